"""A file may be replaced by a newer one of its kind, never by something else: codings never end `documents.csv`."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Hashable
from io import BytesIO
from pathlib import Path

from ..errors import SelectionError
from .output import write_output

_COLUMNS = 3
"""Names of the first columns that tell what a table is."""
_MAGIC = {".parquet": 4, ".spacy": 1}
_TOLD_BY = {"annotation.conf", "qualcode.json"}


def write_export(content: bytes, out: Path) -> None:
    """Write a file whole or not at all; replace only one of the same kind.

    Parameters
    ----------
    content : bytes
    out : Path

    Raises
    ------
    SelectionError
        If `out` is something else by now, or cannot be written. It stays as it is.
    """
    try:
        before = out.read_bytes() if out.is_file() else b""
    except OSError as error:
        raise SelectionError(f"{out} cannot be read: {error.strerror}.") from error
    ending = out.suffix.lower()
    if before and _kind(before, ending) != _kind(content, ending):
        raise SelectionError(
            f"{out} is there already and holds something else, so it is not overwritten. Give another name, or move it."
        )
    write_output(content, out)


def _kind(content: bytes, ending: str) -> Hashable:
    """What tells one kind of file from another of the same ending; None = not of that ending at all."""
    try:
        if ending == ".qdc":
            return b'origin="qualcode' in content[:2000] or None
        if ending == ".jsonl":
            return tuple(json.loads(content.split(b"\n", 1)[0]))[:_COLUMNS]
        if ending == ".xlsx":
            return _first_cells(content)
        if zipfile.is_zipfile(BytesIO(content)):
            return frozenset(_TOLD_BY & set(zipfile.ZipFile(BytesIO(content)).namelist()))
        if ending in _MAGIC:
            return content[: _MAGIC[ending]]
        first = content.decode("utf-8-sig").split("\n", 1)[0].rstrip("\r")
        return tuple(re.split("[,;\t]", first)[:_COLUMNS])
    except (ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None


def _first_cells(content: bytes) -> Hashable:
    import openpyxl

    book = openpyxl.load_workbook(BytesIO(content), read_only=True)
    first = next(book.worksheets[0].iter_rows(max_row=1, max_col=_COLUMNS, values_only=True), ())
    book.close()
    return first
