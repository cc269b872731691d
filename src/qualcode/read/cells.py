"""csv, tsv and xlsx in, rows of strings with their line numbers out; the only reader of tables.

Used for documents and for ``documents.csv``. Cells keep their words as written; newlines inside a
cell are LF.
"""

from __future__ import annotations

import csv
import warnings
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO, StringIO

import openpyxl
from openpyxl.utils.escape import unescape
from openpyxl.utils.exceptions import InvalidFileException

from ..errors import ReadError
from .decode import decode, unify_newlines

DELIMITERS = (",", ";", "\t", "|")
_NO_DELIMITER = "\x1f"
_CELL_LIMIT = 2**31 - 1
_OLE = b"\xd0\xcf\x11\xe0"


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
    """

    rows: tuple[Row, ...]
    encoding: str = "utf-8"
    encoding_guessed: bool = False
    notes: tuple[str, ...] = ()


def read_cells(raw: bytes, *, format: str, file: str, encoding: str | None = None) -> Table:  # noqa: A002
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

    Returns
    -------
    Table

    Raises
    ------
    ReadError
        If it cannot be read, holds nothing, or a quoted cell never ends.
    """
    if format == "xlsx":
        return _read_xlsx(raw, file)
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


def _read_xlsx(raw: bytes, file: str) -> Table:
    """Take the first sheet that holds anything; other sheets are counted."""
    check_zip(raw, file, "an Excel workbook (.xlsx)")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles it does not know
            book = openpyxl.load_workbook(BytesIO(raw), read_only=True, data_only=True)
            sheets = [(sheet.title, _sheet_rows(sheet)) for sheet in book.worksheets]
            book.close()
    except (InvalidFileException, KeyError, ValueError, TypeError, zipfile.BadZipFile, SyntaxError) as error:
        raise ReadError(f"{file}: cannot be read as an Excel workbook ({error}). Save it again as .xlsx.") from error
    filled = [(title, rows) for title, rows in sheets if rows]
    if not filled:
        raise ReadError(f"{file}: holds no text in any sheet. Nothing is stored for it.")
    notes = tuple(f'sheet "{title}" ({len(rows)} rows)' for title, rows in filled[1:])
    return Table(filled[0][1], notes=notes)


def _sheet_rows(sheet: Iterable[Iterable[object]]) -> tuple[Row, ...]:
    rows = (
        Row(number, tuple(_cell_text(getattr(cell, "value", None)) for cell in cells))
        for number, cells in enumerate(sheet, start=1)
    )
    return tuple(row for row in rows if not row.is_blank)


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return unify_newlines(unescape(str(value)))


def check_zip(raw: bytes, file: str, what: str, max_bytes: int = 300_000_000) -> None:
    """Refuse what only pretends to be a zipped Office file, before a parser sees it.

    Raises
    ------
    ReadError
        If it is password-protected, not a zip, or unpacks to more than `max_bytes`.
    """
    if raw.startswith(_OLE):
        raise ReadError(
            f"{file}: is not {what}: it is password-protected or in the old Office format. "
            "Remove the password, or save it in the new format."
        )
    if not raw:
        raise ReadError(f"{file}: holds no text (0 bytes). Nothing is stored for it.")
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as error:
        raise ReadError(f"{file}: is not {what}: not a zip archive. Was a file of another kind renamed?") from error
    if any(entry.flag_bits & 1 for entry in entries):
        raise ReadError(f"{file}: is encrypted. Remove the password and save it again.")
    if (size := sum(entry.file_size for entry in entries)) > max_bytes:
        raise ReadError(f"{file}: unpacks to {size:,} bytes, more than the allowed {max_bytes:,}. It is not read.")
