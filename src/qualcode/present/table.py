"""One table, every format: terminal, CSV, JSON, Markdown, HTML, Excel.

A `Table` holds plain values; how a value is shown is a property of its column and only concerns
formats that people read (table, md, html). CSV, JSON and Excel carry the values themselves; in CSV, a
text that a spreadsheet would run as a formula has an apostrophe before it (`guarded`).
"""

from __future__ import annotations

import csv
import html
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO, StringIO
from textwrap import wrap
from typing import Any, Literal

Format = Literal["table", "csv", "json", "md", "html", "xlsx"]
WIDTH = 100
"""Columns of a terminal table."""
_EXCEL_CELL = 32_767


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    key : str
        Name in CSV, JSON and Excel.
    title : str
        Heading people read; empty hides the column from formats people read.
    right : bool
        Align numbers right.
    show : callable or None
        Turns a value into what people read; None shows it as it is, missing as "".
    flexible : bool
        In the terminal, this column takes what the others leave and is cut rather than wrapped; when
        the others leave too little, they go on in a second table below.
    widest : int or None
        In a terminal table without a flexible column, wrap at this width.
    """

    key: str
    title: str = ""
    right: bool = False
    show: Callable[[Any], str] | None = None
    flexible: bool = False
    widest: int | None = None

    def text(self, row: Mapping[str, Any]) -> str:
        """The cell as people read it."""
        value = row.get(self.key)
        if is_missing(value):
            return ""
        return self.show(value) if self.show else str(value)


@dataclass(frozen=True)
class Table:
    """Rows with columns, a title and notes.

    Attributes
    ----------
    columns : tuple of Column
    rows : sequence of mapping
        Values by column key; missing is None or NaN.
    title : str
    notes : tuple of str
        What the numbers count; printed under the table, not in CSV and JSON.
    groups : str
        Key of a column whose change draws a line between rows, or "".
    """

    columns: tuple[Column, ...]
    rows: Sequence[Mapping[str, Any]]
    title: str = ""
    notes: tuple[str, ...] = ()
    groups: str = ""

    @property
    def shown(self) -> tuple[Column, ...]:
        """Columns people read."""
        return tuple(column for column in self.columns if column.title)


def is_missing(value: Any) -> bool:
    """None or a float NaN."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def render(tables: Sequence[Table], output: Format, *, width: int = WIDTH) -> str | bytes:
    """Tables in one format.

    Parameters
    ----------
    tables : sequence of Table
        CSV and JSON hold the rows of all of them, one after the other; they have the same columns.
    output : {"table", "csv", "json", "md", "html", "xlsx"}
    width : int
        Columns of the terminal; only for "table".

    Returns
    -------
    str or bytes
        Bytes for "xlsx" only.
    """
    if output == "xlsx":
        return _render_xlsx(tables)
    if output == "json":
        return render_json([_record(row, table) for table in tables for row in table.rows])
    if output == "csv":
        return render_csv(tables)
    if output == "md":
        return "\n".join(_render_markdown(table) for table in tables)
    if output == "html":
        return _render_html(tables)
    return "\n".join(_render_terminal(table, width) for table in tables)


def render_json(records: Sequence[Any]) -> str:
    """A JSON array with one record a line; missing numbers are null.

    Examples
    --------
    >>> print(render_json([{"a": float("nan")}, {"a": 1}]))
    [
    {"a": null},
    {"a": 1}
    ]
    """
    lines = ",\n".join(json.dumps(_clean(record), ensure_ascii=False, allow_nan=False) for record in records)
    return f"[\n{lines}\n]" if records else "[]"


def _clean(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _clean(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(v) for v in value]
    if hasattr(value, "item"):  # numpy scalars
        value = value.item()
    return None if is_missing(value) else value


def _record(row: Mapping[str, Any], table: Table) -> dict[str, Any]:
    return {column.key: row.get(column.key) for column in table.columns}


def render_csv(tables: Sequence[Table], *, delimiter: str = ",", line_end: str = "\n", is_guarded: bool = True) -> str:
    """Rows apart by `delimiter`, with one header; without the last line end.

    Parameters
    ----------
    tables : sequence of Table
        With the same columns.
    delimiter, line_end : str
    is_guarded : bool
        Texts that begin like a formula get an apostrophe, see `guarded`.

    Returns
    -------
    str
    """
    lines: list[str] = []
    # csv quotes a lone carriage return only where it ends lines with one, so it does, and it is taken off again.
    writer = csv.writer(_Lines(lines), lineterminator="\r\n", delimiter=delimiter)
    writer.writerow([column.key for column in tables[0].columns])
    for table in tables:
        for row in table.rows:
            cells = (_cell(row.get(column.key)) for column in table.columns)
            writer.writerow([guarded(cell) if is_guarded else cell for cell in cells])
    return line_end.join(line.removesuffix("\r\n") for line in lines)


class _Lines:
    def __init__(self, lines: list[str]) -> None:
        self.write = lines.append


_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def guarded(value: Any) -> Any:
    """A cell of a CSV that no spreadsheet runs: a text that begins with = + - @, a tab or CR gets an apostrophe.

    So does one that begins so behind apostrophes; numbers stay, also as text. `unguarded` takes it off again.

    Examples
    --------
    >>> [guarded(value) for value in ("=1+1", "'-no", "'tis", "-5", -5)]
    ["'=1+1", "''-no", "'tis", '-5', -5]
    """
    is_formula = isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value)
    return f"'{value}" if is_formula else value


def unguarded(text: str) -> str:
    """The text that `guarded` was given.

    Examples
    --------
    >>> [unguarded(text) for text in ("'=1+1", "''-no", "'tis", "-5")]
    ['=1+1', "'-no", "'tis", '-5']
    """
    return text[1:] if _GUARDED.match(text) else text


def _cell(value: Any) -> Any:
    if is_missing(value):
        return ""
    if isinstance(value, (list, tuple, dict)):
        return json.dumps(_clean(value), ensure_ascii=False)
    return value


def _render_markdown(table: Table) -> str:
    lines = [f"## {table.title}", ""] if table.title else []
    lines.append("| " + " | ".join(column.title for column in table.shown) + " |")
    lines.append("|" + "|".join("---:" if column.right else "---" for column in table.shown) + "|")
    for row in table.rows:
        cells = (column.text(row).replace("|", "\\|").replace("\n", " ") for column in table.shown)
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", *(f"*{note}*  " for note in table.notes)] if table.notes else []
    return "\n".join(lines) + "\n"


def _render_html(tables: Sequence[Table]) -> str:
    parts = [
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>qualcode</title>',
        _STYLE,
        "</head><body>",
    ]
    for table in tables:
        heads = "".join(f"<th scope=col{_right(c)}>{html.escape(c.title)}</th>" for c in table.shown)
        body = "\n".join(
            "<tr>" + "".join(f"<td{_right(c)}>{html.escape(c.text(row))}</td>" for c in table.shown) + "</tr>"
            for row in table.rows
        )
        notes = "".join(f"<p class=note>{html.escape(note)}</p>" for note in table.notes)
        caption = html.escape(table.title)
        parts.append(
            f"<table><caption>{caption}</caption><thead><tr>{heads}</tr></thead>\n<tbody>{body}</tbody></table>{notes}"
        )
    return "\n".join([*parts, "</body></html>"])


_STYLE = (
    "<style>body{font:15px/1.45 system-ui,sans-serif;margin:2rem;color:#1a1a1a}"
    "table{border-collapse:collapse;margin:0 0 .6rem}caption{text-align:left;font-weight:600;padding:.4rem 0}"
    "th,td{border-bottom:1px solid #ddd;padding:.25rem .6rem;text-align:left;vertical-align:top}"
    ".r{text-align:right;font-variant-numeric:tabular-nums}.note{color:#555;margin:.1rem 0}</style>"
)


def _right(column: Column) -> str:
    return " class=r" if column.right else ""


def _render_xlsx(tables: Sequence[Table]) -> bytes:
    buffer = BytesIO()
    with open_book(buffer) as book:
        bold = book.add_format({"bold": True})
        for table, name in zip(map(spread, tables), _sheet_names([table.title for table in tables]), strict=True):
            sheet = book.add_worksheet(name)
            for place, column in enumerate(table.columns):
                sheet.write_string(0, place, column.key, bold)
                for line, row in enumerate(table.rows, start=1):
                    write_cell(sheet, line, place, row.get(column.key))
            for line, note in enumerate(table.notes, start=len(table.rows) + 2):
                sheet.write_string(line, 0, note)
            sheet.freeze_panes(1, 0)
    return buffer.getvalue()


def spread(table: Table) -> Table:
    """The same table with further columns for texts longer than an Excel cell: ``text``, ``text (2)`` ...

    Put together again, the columns give the text.
    """
    columns: list[Column] = []
    rows = [dict(row) for row in table.rows]
    for column in table.columns:
        pieces = [_pieces(row.get(column.key)) for row in rows]
        keys = [column.key, *(f"{column.key} ({n})" for n in range(2, max(map(len, pieces), default=1) + 1))]
        columns += [replace(column, key=key) for key in keys]
        for row, parts in zip(rows, pieces, strict=True):
            row.update(zip(keys, parts, strict=False))
    return replace(table, columns=tuple(columns), rows=rows)


def _pieces(value: Any) -> list[Any]:
    """A value as cells that Excel takes, which counts UTF-16 units."""
    text = _cell(value)
    if not isinstance(text, str) or len(text) <= _EXCEL_CELL // 2:
        return [value]
    size = _EXCEL_CELL if max(text) <= "\uffff" else _EXCEL_CELL // 2
    return [text[start : start + size] for start in range(0, len(text), size)]


def open_book(buffer: BytesIO) -> Any:
    """An empty Excel workbook in which formulas and links in quoted speech stay words; `with` writes it."""
    import xlsxwriter

    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(1980, 1, 1)})  # the same rows are the same bytes, whenever written
    return book


def write_cell(sheet: Any, line: int, place: int, value: Any, style: Any = None) -> None:
    """Write one value as what it is: a number, or a string and never a formula; missing stays empty.

    Parameters
    ----------
    sheet : xlsxwriter worksheet
    line, place : int
        Row and column, from 0.
    value : object
        Lists and mappings become JSON. A text that no cell can hold is cut, and says so.
    style : xlsxwriter format or None
    """
    if is_missing(value):
        return
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        sheet.write_number(line, place, value, style)
        return
    text = str(_cell(value))
    if len(text) > _EXCEL_CELL:
        mark = f" … [{len(text) - _EXCEL_CELL + 60} more characters: see the store]"
        text = text[: _EXCEL_CELL - len(mark)] + mark
    sheet.write_string(line, place, text, style)


def _sheet_names(titles: Sequence[str]) -> list[str]:
    """Names that Excel takes: without its signs, short, and different whatever the case."""
    names: list[str] = []
    for number, title in enumerate(titles, start=1):
        kept = "".join(c for c in title if c not in "[]:*?/\\'").strip()[:26] or f"Table {number}"
        taken = {name.casefold() for name in names}
        names.append(f"{kept} {number}" if kept.casefold() in taken else kept)
    return names


_NAME_WIDTH = 24
"""A flexible column is not cut below this; rather, columns go to a second table."""
_HEADING_WIDTH = 14
"""A heading longer than this and than its cells is cut; a cell that is not flexible never is."""


def _render_terminal(table: Table, width: int) -> str:
    blocks = _blocks(table, width)
    drawn = [_draw(table, columns, width) for columns in blocks]
    parts = [_wrapped(table.title, width), *drawn] if table.title else drawn
    notes = "".join(_wrapped(note, width) for note in table.notes)
    return "\n".join(parts) + notes


def _wrapped(text: str, width: int) -> str:
    return "".join(
        f"{line}\n" for one in text.splitlines() for line in wrap(one, width, break_on_hyphens=False) or [""]
    )


def _blocks(table: Table, width: int) -> list[dict[Column, int | None]]:
    """Columns with their widths, in as many blocks as fit `width`, the leading columns in each.

    Only for a table with a flexible column, which takes what the others leave; else rich decides.
    """
    shown = table.shown
    flexible = next((place for place, column in enumerate(shown) if column.flexible), None)
    if flexible is None:
        return [dict.fromkeys(shown)]
    natural = {column: _natural_width(column, table) for column in shown}
    head, rest = shown[: flexible + 1], shown[flexible + 1 :]
    name = shown[flexible]
    room = width - sum(natural[c] + 1 for c in head[:-1]) - min(natural[name], _NAME_WIDTH)
    blocks: list[list[Column]] = [[]]
    for column in rest:
        if blocks[-1] and sum(natural[c] + 1 for c in (*blocks[-1], column)) > room:
            blocks.append([])
        blocks[-1].append(column)
    # All blocks give the name the same width, so that they read as one table.
    widest = max(sum(natural[c] + 1 for c in (*head[:-1], *block)) for block in blocks)
    natural[name] = max(1, min(natural[name], width - widest))
    return [{column: natural[column] for column in (*head, *block)} for block in blocks]


def _natural_width(column: Column, table: Table) -> int:
    cells = max((cell_width(column.text(row)) for row in table.rows), default=1)
    title = cell_width(column.title)
    return max(cells, title if column.flexible else min(title, _HEADING_WIDTH), 1)


def cell_width(text: str) -> int:
    """Terminal columns of one line of text; wide characters take two."""
    from rich.cells import cell_len

    return cell_len(text)


def _draw(table: Table, columns: Mapping[Column, int | None], width: int) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    fixed = all(columns.values())
    drawn = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 0 if fixed else 1), show_edge=False)
    for column, wanted in columns.items():
        drawn.add_column(
            Text(column.title),
            justify="right" if column.right else "left",
            width=wanted,
            max_width=None if fixed else column.widest,
            no_wrap=fixed,
            overflow="ellipsis" if fixed else "fold",
        )
    before: Any = None
    for row in table.rows:
        if table.groups and before is not None and row.get(table.groups) != before:
            drawn.add_section()
        before = row.get(table.groups)
        # Text, not str: square brackets in quoted speech are not markup.
        drawn.add_row(*(Text(column.text(row)) for column in columns))
    buffer = StringIO()
    Console(width=width, file=buffer, color_system=None, force_terminal=False, legacy_windows=False).print(drawn)
    return "".join(f"{line.rstrip()}\n" for line in buffer.getvalue().splitlines())
