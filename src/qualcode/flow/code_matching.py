"""Which codes of a project are which codes of a codebook."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from ..codebook import Codebook
from ..errors import ReadError, SelectionError, nearest
from .codebook_files import codebook_from_tree

if TYPE_CHECKING:
    from ..refi import Code, Project

SHOWN = 8


@dataclass(frozen=True)
class CodeMatch:
    """How the codes of a project are taken.

    Attributes
    ----------
    codebook : Codebook
    codes : mapping of str to str
        Code id by GUID; a code that is left out is not in it.
    is_own : bool
        The codebook was made from the project's codes.
    used : int
        Codes of the project with at least one coding.
    left_out : int
        Those of them that have no code to go to, as the csv says.
    """

    codebook: Codebook
    codes: Mapping[str, str]
    is_own: bool
    used: int
    left_out: int = 0


def match_codes(
    project: Project,
    books: Sequence[Codebook],
    *,
    codes: Path | None = None,
    own: bool = False,
    own_before: Collection[str] = (),
    file: str = "project",
) -> CodeMatch:
    """Find the codebook whose codes a project was coded with, or make one.

    A code is that of a codebook if it has its GUID, or its name, id, or number with name, whatever the capitals.

    Parameters
    ----------
    project : Project
    books : sequence of Codebook
        In the order of preference.
    codes : Path or None
        A csv with the columns ``code`` (theirs) and ``to`` (ours, blank = leave it out).
    own : bool
        Make one in any case.
    own_before : collection of str
        Ids of codebooks that were made of projects: a later state of such a project makes it again, with what is new.
    file : str
        Of the project, for the messages.

    Returns
    -------
    CodeMatch

    Raises
    ------
    SelectionError
        If only some codes are those of a codebook, and neither `codes` nor `own` says what to do; or both do.
    ReadError
        If the csv cannot be used.
    """
    if codes and own:
        raise SelectionError("--codes and --own-codebook exclude each other. Leave one of them out.")
    used = _used(project)
    named = {code.guid: code for root in project.codes for _, code in root.walk()}
    best, found = _best(books, named, used)
    if not used and not any(code.is_codable for code in named.values()):
        return CodeMatch(best, found, False, 0)
    made, ids = codebook_from_tree(project.name or file, project.codes, used=used)
    if own or made.id in own_before or not (codes or any(key in found for key in used or named)):
        return CodeMatch(made, ids, True, len(used))
    given = _given(codes, best, [code.name for code in named.values()]) if codes else {}
    left_out = {key for key in named if given.get(_fold(named[key].name), "?") is None}
    found |= {key: code for key in named if (code := given.get(_fold(named[key].name)))}
    unknown = [named[key].name for key in used if key not in {*found, *left_out}]
    if unknown:
        listed = ", ".join(unknown[:SHOWN]) + (f" and {len(unknown) - SHOWN} more" if len(unknown) > SHOWN else "")
        raise SelectionError(
            f'{file}: {len(used) - len(unknown)} of its {len(used)} codes are in "{best.title}"; not: {listed}. '
            "Say what they are with --codes FILE, a csv with the columns code and to (blank leaves a code out), or "
            "take all of them as a codebook of their own with --own-codebook"
        )
    taken = {key: code for key, code in found.items() if key not in left_out}
    return CodeMatch(best, taken, False, len(used), len(left_out.intersection(used)))


def _used(project: Project) -> list[str]:
    """GUIDs of all codes that were given, in the order of the codebook."""
    given = {coding.code for s in project.sources for selection in s.selections for coding in selection.codings}
    return [code.guid for root in project.codes for _, code in root.walk() if code.guid in given]


def _best(books: Sequence[Codebook], named: Mapping[str, Code], used: Sequence[str]) -> tuple[Codebook, dict[str, str]]:
    """The codebook with most of the codes, the first of those alike; and its code ids by GUID."""
    found = [(book, _same(book, named)) for book in books]
    return max(found, key=lambda one: sum(key in one[1] for key in used))


def _same(book: Codebook, named: Mapping[str, Code]) -> dict[str, str]:
    from ..refi import guid

    by_guid = {guid("code", book.id, code.id): code.id for code in book.codes}
    by_name = {
        _fold(name): code.id for code in book.codes for name in (code.id, code.name, f"{code.number} {code.name}")
    }
    ids = {key: by_guid.get(key) or by_name.get(_fold(code.name)) for key, code in named.items()}
    return {key: code_id for key, code_id in ids.items() if code_id}


def _fold(name: str) -> str:
    """A name for comparing: no capitals, one blank or none between words, no sign behind a number.

    Examples
    --------
    >>> _fold("5. Data  sharing") == _fold("5 data_sharing")
    True
    """
    return " ".join(re.sub(r"[\W_]+", " ", name.casefold()).split())


def _given(path: Path, book: Codebook, theirs: Sequence[str]) -> dict[str, str | None]:
    """The csv: code id by their name; None = left out."""
    try:
        content = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ReadError(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise ReadError(f"{path}: is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error
    rows = csv.DictReader(StringIO(content, newline=""), delimiter=";" if ";" in content.partition("\n")[0] else ",")
    if not {"code", "to"} <= set(rows.fieldnames or ()):
        raise ReadError(
            f'{path}:1: needs the columns "code" and "to". Found: {", ".join(rows.fieldnames or ["none"])}.'
        )
    known = {_fold(name) for name in theirs}
    topics = {**{_fold(k): v[0] for k, v in book.topics.items() if len(v) == 1}}
    found: dict[str, str | None] = {}
    for row in rows:
        name, to = row["code"] or "", (row["to"] or "").strip()
        if _fold(name) not in known:
            raise ReadError(f'{path}:{rows.line_num}: the project has no code "{name}". {nearest(name, theirs)}')
        if to and _fold(to) not in topics:
            names = [code.name for code in book.codes]
            raise ReadError(f'{path}:{rows.line_num}: "{to}" is no code of {book.title}. {nearest(to, names)}')
        found[_fold(name)] = topics[_fold(to)] if to else None
    return found
