"""Rows as the content of a file for other programs, and the rows of such a file again, to prove that nothing changed.

csv and tsv (guarded against formulas, see `qualcode.present.table.guarded`), xlsx, parquet, jsonl.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from io import BytesIO, StringIO
from typing import Any

from ..errors import SelectionError
from .table import Table, guarded, is_missing, render, render_csv, spread, unguarded
from .wording import plural

TABLE_ENDINGS = (".csv", ".tsv", ".xlsx", ".parquet", ".jsonl")
_EXCEL_ROWS, _EXCEL_COLUMNS = 1_048_576, 16_384
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
"""What XML cannot hold: Excel writes it as ``_x0007_`` and shows it as it is."""
_FURTHER = re.compile(r"(?P<key>.+) \(\d+\)")
_BOM = "\ufeff"


def write_rows(table: Table, ending: str, *, excel: bool = False, raw: bool = False) -> tuple[bytes, tuple[str, ...]]:
    """The content of a file.

    Parameters
    ----------
    table : Table
    ending : {".csv", ".tsv", ".xlsx", ".parquet", ".jsonl"}
    excel : bool
        csv and tsv as Excel reads it at a double click: a byte order mark, and CRLF at the end of rows.
    raw : bool
        csv and tsv without the apostrophe before what would run as a formula.

    Returns
    -------
    content : bytes
    notes : tuple of str
        What was done so that the format holds everything, with counts.

    Raises
    ------
    SelectionError
        If Excel has fewer rows or columns, or pyarrow is needed and not installed.
    """
    if ending in (".csv", ".tsv"):
        end = "\r\n" if excel else "\n"
        delimiter = "\t" if ending == ".tsv" else ","
        text = render_csv([table], delimiter=delimiter, line_end=end, is_guarded=not raw) + end
        return ((_BOM if excel else "") + text).encode(), tuple(_formula_notes(table, raw))
    if ending == ".xlsx":
        wide = spread(table)
        _check_size(wide)
        content = render([table], "xlsx")
        assert isinstance(content, bytes)
        return content, tuple(_excel_notes(table, wide))
    records = [_record(table, row) for row in table.rows]
    if ending == ".jsonl":
        return "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in records).encode(), ()
    return _parquet(table, records), ()


def read_rows(content: bytes, ending: str, *, raw: bool = False) -> list[dict[str, Any]]:
    """The rows of a file of `write_rows`; in csv and tsv all values are text, missing is "" there."""
    if ending in (".csv", ".tsv"):
        csv.field_size_limit(2**31 - 1)
        text = StringIO(content.decode().removeprefix(_BOM), newline="")
        rows = csv.DictReader(text, delimiter="\t" if ending == ".tsv" else ",")
        return [{key: value if raw else unguarded(value) for key, value in row.items()} for row in rows]
    if ending == ".xlsx":
        return _read_excel(content)
    if ending == ".jsonl":
        return [json.loads(line) for line in content.decode().split("\n") if line]
    found: list[dict[str, Any]] = _pandas().read_parquet(BytesIO(content)).to_dict("records")
    return found


def differences(written: Sequence[Mapping[str, Any]], read: Sequence[Mapping[str, Any]], ending: str) -> list[str]:
    """Texts that a file does not give back, in words; empty = all are the same.

    Parameters
    ----------
    written, read : sequence of mapping
        Rows as they were given to `write_rows`, and as `read_rows` gave them.
    ending : str
        In .xlsx, a sign that XML cannot hold and its spelling in Excel count as the same.

    Examples
    --------
    >>> differences([{"text": "a"}], [{"text": "b"}], ".csv")
    ['row 1, text: "a" reads back as "b"']
    """
    from openpyxl.utils.escape import unescape

    same = unescape if ending == ".xlsx" else str
    if len(written) != len(read):
        return [f"{len(written):,} rows were written and {len(read):,} read back"]
    return [
        f'row {number:,}, {key}: "{value[:60]}" reads back as "{str(after.get(key))[:60]}"'
        for number, (before, after) in enumerate(zip(written, read, strict=True), start=1)
        for key, value in before.items()
        if isinstance(value, str) and same(value) != same(after.get(key) or "")
    ]


def _record(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    values = {column.key: row.get(column.key) for column in table.columns}
    return {key: None if is_missing(value) else value for key, value in values.items()}


def _formula_notes(table: Table, raw: bool) -> Iterator[str]:
    texts = [value for row in table.rows for value in row.values() if guarded(value) != value]
    if texts and raw:
        yield f"{plural(len(texts), 'text')} like a formula as it is (--raw): do not open the file in Excel"
    elif texts:
        yield f"{plural(len(texts), 'text')} like a formula with an apostrophe before it; without: --raw"


def _excel_notes(table: Table, wide: Table) -> Iterator[str]:
    known = {column.key for column in table.columns}
    more = [column.key for column in wide.columns if column.key not in known]
    if more:
        yield f"texts longer than an Excel cell (32,767 characters) go on in further columns: {', '.join(more)}"
    controls = sum(
        len(_CONTROL.findall(value)) for row in table.rows for value in row.values() if isinstance(value, str)
    )
    if controls:
        yield f"{plural(controls, 'control character')} written as Excel spells it (_x0007_)"


def _check_size(table: Table) -> None:
    if len(table.rows) >= _EXCEL_ROWS or len(table.columns) > _EXCEL_COLUMNS:
        raise SelectionError(
            f"{len(table.rows):,} rows and {len(table.columns):,} columns are more than Excel has. Write a .csv or "
            ".parquet, or choose fewer with --region, --code ..."
        )


def _read_excel(content: bytes) -> list[dict[str, Any]]:
    import openpyxl

    book = openpyxl.load_workbook(BytesIO(content), read_only=True)
    header, *lines = book.worksheets[0].iter_rows(values_only=True)
    keys = [str(key) for key in header]
    rows: list[dict[str, Any]] = []
    for cells in lines:
        row: dict[str, Any] = {}
        for key, value in zip(keys, cells, strict=False):
            further = _FURTHER.fullmatch(key)
            if further and further["key"] in row:
                row[further["key"]] += value or ""
            else:
                row[key] = value
        rows.append(row)
    book.close()
    return rows


def _parquet(table: Table, records: Sequence[Mapping[str, Any]]) -> bytes:
    pandas = _pandas()
    frame = pandas.DataFrame(records, columns=[column.key for column in table.columns])
    written = BytesIO()
    # Nullable types: a whole number stays one where another row has none.
    frame.convert_dtypes().to_parquet(written, index=False)
    return written.getvalue()


def _pandas() -> Any:
    try:
        import_module("pyarrow")  # pandas writes parquet with it
    except ImportError as error:
        raise SelectionError('A .parquet file needs pyarrow: pip install "qualcode[parquet]"') from error
    return import_module("pandas")
