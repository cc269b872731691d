"""A file of gold codings in, one entry a coded passage out; all faults at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from ..errors import Fault, GoldError
from .cells import read_cells
from .values import header_key

T = TypeVar("T")

DOCUMENT_HEADERS = frozenset({"document", "file", "filename", "document_name"})
QUOTE_HEADERS = frozenset({"quote", "text", "passage", "segment"})
CODES_HEADERS = frozenset({"codes", "code", "code_id", "code_number", "barrier"})


@dataclass(frozen=True)
class GoldEntry:
    """One passage of a document as a person coded it.

    Attributes
    ----------
    document : str
        Name of the document.
    quote : str
        The exact words; a line end counts as a blank.
    codes : tuple of str
        Ids or numbers, as written; empty = looked at, and no code applies.
    kind : str
        Why no code applies ("negated", "solved" ...); "" = not said.
    line : int
        Where the entry stands in its file, from 1.
    """

    document: str
    quote: str
    codes: tuple[str, ...]
    kind: str
    line: int


def read_gold(path: Path) -> list[GoldEntry]:
    """Gold codings of a ``.jsonl``, ``.csv``, ``.tsv`` or ``.xlsx`` file.

    Parameters
    ----------
    path : Path
        ``.jsonl``: an object a line with ``document``, ``quote``, ``codes`` (a list of numbers or ids) and
        optionally ``kind``. Tables: columns of the same names; several codes stand in one cell with ``;`` between.

    Returns
    -------
    list of GoldEntry
        In file order, at least one.

    Raises
    ------
    GoldError
        With every fault and its line.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise GoldError([Fault(str(path), 0, f"cannot be read ({error.strerror}).")]) from error
    faults: list[Fault] = []
    suffix = path.suffix.casefold()
    parse = _from_table if suffix in (".csv", ".tsv", ".xlsx") else _from_lines
    entries = list(parse(raw, path, faults))
    if not entries and not faults:
        faults.append(Fault(str(path), 0, "holds no gold coding."))
    if faults:
        raise GoldError(faults)
    return entries


def _from_lines(raw: bytes, path: Path, faults: list[Fault]) -> Iterator[GoldEntry]:
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults.append(Fault(str(path), 0, f"is not UTF-8 text (byte {error.start}). Save it as UTF-8."))
        return
    for number, line in enumerate(content.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except json.JSONDecodeError as error:
            faults.append(Fault(str(path), number, f"is not JSON: {error.msg}. Write one object a line."))
            continue
        values: dict[str, Any] = {header_key(k): v for k, v in entry.items()} if isinstance(entry, dict) else {}
        codes = _value(values, CODES_HEADERS, [])
        listed = codes if isinstance(codes, list) else [codes]
        yield from _entry(
            path,
            number,
            document=_value(values, DOCUMENT_HEADERS, ""),
            quote=_value(values, QUOTE_HEADERS, ""),
            codes=[str(code) for code in listed if code not in (None, "")],
            kind=values.get("kind") or "",
            faults=faults,
        )


def _from_table(raw: bytes, path: Path, faults: list[Fault]) -> Iterator[GoldEntry]:
    rows = read_cells(raw, format=path.suffix.removeprefix(".").casefold(), file=str(path)).rows
    headers = [header_key(cell) for cell in rows[0].cells] if rows else []
    absent = [
        name
        for name, known in (("document", DOCUMENT_HEADERS), ("quote", QUOTE_HEADERS), ("codes", CODES_HEADERS))
        if not known & set(headers)
    ]
    if absent:
        found = ", ".join(rows[0].cells) if rows else "none"
        faults.append(Fault(str(path), 1, f"has no column {' and no column '.join(absent)}. Columns: {found}."))
        return
    for row in rows[1:]:
        values = dict(zip(headers, row.cells, strict=False))
        yield from _entry(
            path,
            row.line,
            document=_value(values, DOCUMENT_HEADERS, "").strip(),
            quote=_value(values, QUOTE_HEADERS, ""),
            codes=[code.strip() for code in _value(values, CODES_HEADERS, "").split(";") if code.strip()],
            kind=values.get("kind", "").strip(),
            faults=faults,
        )


def _value(values: Mapping[str, T], names: frozenset[str], default: T) -> T:
    return next((value for name, value in values.items() if name in names), default)


def _entry(
    path: Path, line: int, *, document: object, quote: object, codes: list[str], kind: object, faults: list[Fault]
) -> Iterator[GoldEntry]:
    for name, value in (("document", document), ("quote", quote)):
        if not isinstance(value, str) or not value.strip():
            faults.append(Fault(str(path), line, f"has no {name}. Write the {name} as text."))
            return
    yield GoldEntry(str(document), str(quote), tuple(codes), str(kind), line)
