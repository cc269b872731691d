"""csv, tsv and xlsx in, rows of strings with their line numbers out; the only reader of tables.

Used for documents and for ``documents.csv``. Cells keep their words as written; newlines inside a
cell are LF.
"""

from __future__ import annotations

import csv
import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO, StringIO
from typing import Any

import openpyxl
from openpyxl.utils.escape import unescape

from ..archive import Archive
from ..errors import ReadError, nearest, shown
from .decode import decode, unify_newlines
from .layout import counted, storable
from .office import open_office

DELIMITERS = (",", ";", "\t", "|")
_NO_DELIMITER = "\x1f"
_CELL_LIMIT = 2**31 - 1
_MOST_CELLS = 20_000_000
"""Of a sheet, counting empty ones between filled ones."""


@dataclass(frozen=True)
class Row:
    """One row of a table.

    Attributes
    ----------
    line : int
        1-based line (csv) or row (xlsx) where it begins.
    cells : tuple of str
        As written.
    """

    line: int
    cells: tuple[str, ...]

    @property
    def is_blank(self) -> bool:
        """Whether no cell holds anything."""
        return not any(cell.strip() for cell in self.cells)

    def cell(self, at: int | None) -> str:
        """The cell of a column; "" where there is none."""
        return self.cells[at] if at is not None and at < len(self.cells) else ""


@dataclass(frozen=True)
class Table:
    """The rows of one table and how they were read.

    Attributes
    ----------
    rows : tuple of Row
        Without blank rows.
    encoding, encoding_guessed
        As for `Document`.
    notes : tuple of str
        What was not taken over.
    read_as : tuple of str
        What was chosen: the sheet, where there are several.
    """

    rows: tuple[Row, ...]
    encoding: str = "utf-8"
    encoding_guessed: bool = False
    notes: tuple[str, ...] = ()
    read_as: tuple[str, ...] = ()


def read_cells(
    raw: bytes,
    *,
    format: str,  # noqa: A002
    file: str,
    encoding: str | None = None,
    sheet: str | None = None,
) -> Table:
    """Read a table.

    Parameters
    ----------
    raw : bytes
        The whole file.
    format : {"csv", "tsv", "xlsx"}
    file : str
        Name for the messages.
    encoding : str or None
        For csv and tsv; None = find it.
    sheet : str or None
        For xlsx: the sheet to read; None = the first that is shown and holds anything.

    Returns
    -------
    Table

    Raises
    ------
    ReadError
        If it cannot be read, holds nothing, has no such sheet, or a quoted cell never ends.
    """
    if format == "xlsx":
        return _read_xlsx(raw, file, sheet)
    decoded = decode(raw, file=file, encoding=encoding)
    delimiters = ("\t",) if format == "tsv" else DELIMITERS
    rows = _read_csv(decoded.text, delimiters, file)
    return Table(rows, decoded.encoding, decoded.guessed, decoded.notes)


# --- csv ---------------------------------------------------------------------------------------


def _read_csv(text: str, delimiters: Iterable[str], file: str) -> tuple[Row, ...]:
    """Take the reading that gives most cells and the same number in every row."""
    readings: list[tuple[float, int, tuple[Row, ...]]] = []
    failures: list[csv.Error] = []
    for delimiter in (*delimiters, _NO_DELIMITER):
        try:
            rows = _parse(text, delimiter)
        except csv.Error as error:
            failures.append(error)
            continue
        width = len(rows[0].cells)
        if width > 1 or delimiter == _NO_DELIMITER:
            even = sum(1 for row in rows if len(row.cells) == width) / len(rows)
            readings.append((even if width > 1 else -1.0, width, rows))
    if not readings:
        raise ReadError(f"{file}: is not a valid table: {failures[0]}. Check the quotation marks.")
    best = max(readings, key=lambda reading: (round(reading[0], 1), reading[1]))
    return best[2]


def _parse(text: str, delimiter: str) -> tuple[Row, ...]:
    csv.field_size_limit(_CELL_LIMIT)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=False)
    rows: list[Row] = []
    line = 1
    try:
        for cells in reader:
            row = Row(line, tuple(cells))
            line = reader.line_num + 1
            if not row.is_blank:
                rows.append(row)
    except csv.Error as error:
        raise csv.Error(f"the row that begins on line {line}: {error}") from error
    return tuple(rows)


# --- xlsx --------------------------------------------------------------------------------------


def _read_xlsx(raw: bytes, file: str, wanted: str | None) -> Table:
    """Take one sheet; other sheets are counted, and what is hidden in it is read and counted."""
    archive = open_office(raw, file=file, what="an Excel workbook (.xlsx)")
    seen: Counter[str] = Counter()
    try:
        book = _load(raw, data_only=True)
        sheets = [(sheet, _sheet_rows(sheet, seen)) for sheet in book.worksheets]
    except Exception as error:  # openpyxl fails in whatever way the damage leads it to
        why = shown(error)
        raise ReadError(f"{file}: cannot be read as an Excel workbook ({why}). Save it again as .xlsx.") from error
    filled = [(sheet, rows) for sheet, rows in sheets if rows]
    if not filled:
        raise ReadError(f"{file}: holds no text in any sheet. Nothing is stored for it.")
    sheet, rows = _choose_sheet(filled, wanted, file)
    others = [
        f'sheet "{other.title}" ({len(found)} row{"s" * (len(found) != 1)})'
        for other, found in filled
        if other is not sheet
    ]
    seen["hidden row (read all the same)"] = _hidden_rows(sheet, rows)
    seen["hidden column (read all the same)"] = _hidden_columns(sheet, rows)
    seen["formula without a stored result (open and save the file in Excel)"] = _unsolved(raw, sheet, archive)
    read_as = (f'sheet "{sheet.title}" of {len(filled)} with words',) if others else ()
    return Table(rows, notes=(*others, *counted(seen)), read_as=read_as)


def _load(raw: bytes, *, data_only: bool) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles it does not know
        return openpyxl.load_workbook(BytesIO(raw), data_only=data_only)


def _choose_sheet(
    filled: list[tuple[Any, tuple[Row, ...]]], wanted: str | None, file: str
) -> tuple[Any, tuple[Row, ...]]:
    if not wanted:
        return next((pair for pair in filled if pair[0].sheet_state == "visible"), filled[0])
    titles = {sheet.title.strip().casefold(): (sheet, rows) for sheet, rows in filled}
    if (found := titles.get(wanted.strip().casefold())) is None:
        raise ReadError(
            f'{file}: has no sheet "{wanted}" with words. {nearest(wanted, [sheet.title for sheet, _ in filled])}'
        )
    return found


def _sheet_rows(sheet: Any, seen: Counter[str]) -> tuple[Row, ...]:
    """Rows with words, all of one width; by the cells there are, since a stray one may lie a million rows down."""
    filled: dict[int, dict[int, str]] = {}
    for (number, column), cell in sorted(sheet._cells.items()):
        if words := storable(_cell_text(cell.value), seen):
            filled.setdefault(number, {})[column] = words
    width = max((max(cells) for cells in filled.values()), default=0)
    if width * len(filled) > _MOST_CELLS:
        raise ValueError(
            f'sheet "{sheet.title}" has cells far from the others and reaches over {width * len(filled):,}: clear these'
        )
    rows = (Row(number, tuple(cells.get(at, "") for at in range(1, width + 1))) for number, cells in filled.items())
    return tuple(row for row in rows if not row.is_blank)


def _hidden_rows(sheet: Any, rows: tuple[Row, ...]) -> int:
    hidden = {number for number, row in sheet.row_dimensions.items() if row.hidden}
    return sum(1 for row in rows if row.line in hidden)


def _hidden_columns(sheet: Any, rows: tuple[Row, ...]) -> int:
    spans = [
        range(group.min - 1, group.max) for group in sheet.column_dimensions.values() if group.hidden and group.min
    ]
    width = max(len(row.cells) for row in rows)
    hidden = {at for span in spans for at in span if at < width}
    return sum(1 for at in hidden if any(row.cell(at).strip() for row in rows))


def _unsolved(raw: bytes, sheet: Any, archive: Archive) -> int:
    """Formulas whose result the file does not hold: the program that wrote it did not calculate."""
    parts = [name for name in archive.names if name.startswith("xl/worksheets/")]
    if not any(b"<f" in archive.read(name) for name in parts):
        return 0
    stored = sheet._cells
    formulas = _load(raw, data_only=False)[sheet.title]._cells
    return sum(
        1 for at, cell in formulas.items() if cell.data_type == "f" and at in stored and stored[at].value is None
    )


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return unify_newlines(unescape(str(value)))
