"""A file of loose texts in, (id, text) pairs out, for scoring without storing."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from ..errors import ReadError

__all__ = ["read_texts"]


def read_texts(path: Path) -> list[tuple[str, str]]:
    """Texts of a ``.jsonl``, ``.csv`` or ``.txt`` file.

    Parameters
    ----------
    path : Path
        ``.jsonl``: one object a line with ``text`` and optionally ``id``; ``.csv``: a column
        ``text`` and optionally ``id``; any other ending: one text a line. UTF-8. Blank lines are no texts.

    Returns
    -------
    list of (id, text)
        In file order; ids default to the number of the entry, from 1.

    Raises
    ------
    ReadError
        With file and line of the first fault.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ReadError(f"{path}: there is no such file.") from error
    except UnicodeDecodeError as error:
        raise ReadError(f"{path}: is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error
    parse = {".jsonl": _from_jsonl, ".csv": _from_csv}.get(path.suffix.lower(), _from_lines)
    entries = list(parse(content, path))
    if not entries:
        raise ReadError(f"{path}: holds no text.")
    return [(name or str(number), text) for number, (name, text) in enumerate(entries, start=1)]


def _from_jsonl(content: str, path: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except json.JSONDecodeError as error:
            raise ReadError(f"{path}:{number}: is not JSON: {error.msg}.") from error
        if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
            raise ReadError(f'{path}:{number}: is no object with a "text".')
        yield str(entry.get("id", "")), entry["text"]


def _from_csv(content: str, path: Path) -> Iterator[tuple[str, str]]:
    rows = csv.DictReader(StringIO(content, newline=""))
    if "text" not in (rows.fieldnames or ()):
        raise ReadError(f'{path}:1: has no column "text". Columns: {", ".join(rows.fieldnames or ["none"])}.')
    for row in rows:
        yield row.get("id") or "", row["text"] or ""


def _from_lines(content: str, _path: Path) -> Iterator[tuple[str, str]]:
    for line in content.splitlines():
        if line.strip():
            yield "", line.strip()
