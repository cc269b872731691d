"""Two files of the same kind in, the first place where they differ out: table, row, columns."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO, StringIO
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ..archive import Archive
from ..errors import QualcodeError

Rows = Sequence[Sequence[str]]

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SHOWN = 3
"""Columns named where more differ."""


def first_difference(before: Path, after: Path) -> str:
    r"""Say where two files begin to differ.

    Parameters
    ----------
    before, after : Path
        Of one ending.

    Returns
    -------
    str
        Sheet, row and columns of a table, else a line or paragraph, both counted from 1; no word of the files but
        headings of columns. "" where only bytes differ that no reader sees, or for figures and other binary files.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     one, two = Path(folder) / "one.csv", Path(folder) / "two.csv"
    ...     _ = one.write_text("code,n\na,1\nb,2\n"), two.write_text("code,n\na,1\nb,3\n")
    ...     first_difference(one, two)
    'row 3: n'
    """
    read = _READERS.get(before.suffix.lower())
    if read is None:
        return ""
    try:
        old, new = read(before.read_bytes(), before.name), read(after.read_bytes(), after.name)
    except (OSError, ValueError, KeyError, csv.Error, zipfile.BadZipFile, QualcodeError):
        return "cannot be read any more"
    for name in dict.fromkeys([*old, *new]):
        if found := _in_rows(old.get(name, ()), new.get(name, ()), word="row" if read in _TABLES else "line"):
            return f"{name}, {found}" if name else found
    return ""


def _in_rows(old: Rows, new: Rows, *, word: str) -> str:
    for number, (one, other) in enumerate(zip_longest(old, new), start=1):
        if one is None or other is None:
            return f"{word} {number}: {'added' if one is None else 'missing'}"
        if list(one) != list(other):
            head = old[0]
            pairs = enumerate(zip_longest(one, other))
            named = [head[place] if place < len(head) else str(place + 1) for place, (a, b) in pairs if a != b]
            more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
            is_table = word == "row" and number > 1
            return f"{word} {number}" + (f": {', '.join(named[:_SHOWN])}{more}" if is_table else "")
    return ""


def _csv(content: bytes, _name: str) -> Mapping[str, Rows]:
    text = content.decode("utf-8-sig")
    return {"": list(csv.reader(StringIO(text), delimiter="\t" if "\t" in text.split("\n", 1)[0] else ","))}


def _json(content: bytes, _name: str) -> Mapping[str, Rows]:
    page = json.loads(content)
    records = [one for one in (page if isinstance(page, list) else [page]) if isinstance(one, dict)]
    keys = list(dict.fromkeys(key for record in records for key in record))
    return {"": [keys, *([json.dumps(record.get(key)) for key in keys] for record in records)]}


def _xlsx(content: bytes, name: str) -> Mapping[str, Rows]:
    import openpyxl

    Archive(content, file=name)  # judges it first
    book = openpyxl.load_workbook(BytesIO(content), read_only=True)
    return {
        sheet.title: [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        for sheet in book.worksheets
    }


def _docx(content: bytes, name: str) -> Mapping[str, Rows]:
    body = Archive(content, file=name).xml("word/document.xml")
    return {"": [["".join(text.text or "" for text in one.iter(f"{_WORD}t"))] for one in body.iter(f"{_WORD}p")]}


def _lines(content: bytes, _name: str) -> Mapping[str, Rows]:
    return {"": [[line] for line in content.decode("utf-8").split("\n")]}


_READERS: dict[str, Callable[[bytes, str], Mapping[str, Rows]]] = {
    **dict.fromkeys((".csv", ".tsv"), _csv),
    ".json": _json,
    ".xlsx": _xlsx,
    ".docx": _docx,
    **dict.fromkeys((".html", ".htm", ".md", ".txt", ".jsonl", ".conll", ".svg"), _lines),
}
_TABLES: tuple[Any, ...] = (_csv, _json, _xlsx)
