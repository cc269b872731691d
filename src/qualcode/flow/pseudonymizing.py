"""A store and the study's list of names in, a store with pseudonyms and a key file out; the way back; the check.

Called pseudonymised, never anonymous: who holds the key, or knows the people, still knows them.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Fault, NamesError, NamesLeftError, SelectionError, StoreError
from .pseudonymised_rows import KEY_FORMAT, KEY_VERSION, NEVER, Hidden, give_names_back, hide_names, key_hash
from .workspace import Workspace

if TYPE_CHECKING:
    from ..names import Finder, Name, NearMiss, Suggester, Suspect
    from ..store import Keys, Tables

SUGGESTED_FILE = "names_suggested.csv"
"""The queue of what may be a name, beside qualcode.toml."""
COLUMNS = ("name", "kind", "places", "why", "decision")
IGNORE = "ignore"
_PSEUDONYM = re.compile(r"\[[^\[\]\n]{1,40} \d+\]")
CONTEXT = 30
"""Characters of the text on both sides of an example."""


@dataclass(frozen=True)
class Pseudonymised:
    """What `pseudonymize` wrote.

    Attributes
    ----------
    out, key : Path
    documents : int
    places : dict of str to int
        Places replaced in texts, by pseudonym.
    names : int
        Listed names that were found.
    near : int
        Words that are nearly a listed name; they were left.
    in_codebook : int
        Cells of the codebook that hold a listed name; they were left.
    still : tuple of str
        Files beside the store that hold the names as before.
    """

    out: Path
    key: Path
    documents: int
    places: dict[str, int]
    names: int
    near: int
    in_codebook: int
    still: tuple[str, ...]


@dataclass(frozen=True)
class Restored:
    """What `give_back_names` wrote: the file, and how many documents got names back."""

    out: Path
    documents: int


@dataclass(frozen=True)
class Suggested:
    """The queue.

    Attributes
    ----------
    path : Path
    rows : tuple of dict
        name, kind, places, why, decision; with examples also example.
    ignored : int
        Rows a person has marked, of these.
    """

    path: Path
    rows: tuple[dict[str, Any], ...]
    ignored: int


# --- doing -------------------------------------------------------------------------------------


def pseudonymize(work: Workspace, out: Path, *, key: Path | None = None, hide_coders: bool = False) -> Pseudonymised:
    """Copy the store with a pseudonym for every name of the list, and write the key that reverses it.

    Parameters
    ----------
    work : Workspace
    out : Path
        The new store; there must be none.
    key : Path or None
        The key file; None = beside `out`. One that is there already must hold the same key.
    hide_coders : bool
        People who code get pseudonyms too.

    Returns
    -------
    Pseudonymised

    Raises
    ------
    NamesError
        For a list with faults, or none.
    StoreError
        If a file is there already, or cannot be written; or the proof fails. Then nothing is written.
    """
    from ..store import rewrite_store

    key_file = key or out.with_name(f"{out.name}.key.json")
    known = _read_key(key_file) if key_file.exists() else None
    names = _names(work)
    finder = _finders(names)
    made: list[tuple[Hidden, int, int]] = []

    def rewrite(tables: Tables, keys: Keys) -> Tables:
        hidden = hide_names(
            tables,
            keys,
            finder,
            salt=known["salt"] if known else secrets.token_hex(16),
            made_utc=known["made_utc"] if known else datetime.now(UTC).isoformat(timespec="seconds"),
            hide_coders=hide_coders,
        )
        if known is None:
            _write_key(key_file, hidden.key)
        elif known != json.loads(json.dumps(hidden.key)):
            raise StoreError(f"{key_file} is the key to another store. Name another with --key, or move it away.")
        near = sum(len(finder(None).near(row["text"])) for row in hidden.tables["documents"])
        book = sum(
            bool(isinstance(value, str) and finder(None).hits(value))
            for table in NEVER
            for row in tables[table]
            for value in row.values()
        )
        made.append((hidden, near, book))
        return hidden.tables

    try:
        rewrite_store(work.store_path, out, rewrite)
    except BaseException:
        if known is None and made:
            key_file.unlink(missing_ok=True)  # a key to a store that is not there
        raise
    hidden, near, book = made[0]
    return Pseudonymised(
        out, key_file, len(hidden.tables["documents"]), dict(hidden.counts), len(hidden.key["names"]), near, book,
        tuple(_still(work, out)),
    )  # fmt: skip


def give_back_names(work: Workspace, key: Path, out: Path) -> Restored:
    """Copy a pseudonymised store with its names; what was decided and noted since comes along.

    Parameters
    ----------
    work : Workspace
        Its store is the pseudonymised one.
    key : Path
    out : Path
        The new store; there must be none.

    Raises
    ------
    StoreError
        If the key is none, or not to this store; or `out` is there.
    """
    from ..store import rewrite_store

    known = _read_key(key)
    documents = 0

    def rewrite(tables: Tables, keys: Keys) -> Tables:
        nonlocal documents
        if key_hash(known) not in {row["key_hash"] for row in tables["pseudonymised"]}:
            raise StoreError(f"{key} is not the key to {work.store_path}. Name the key that was written with it.")
        documents = sum(row["document_id"] in known["documents"] for row in tables["documents"])
        return give_names_back(tables, keys, known)

    rewrite_store(work.store_path, out, rewrite)
    return Restored(out, documents)


def _names(work: Workspace) -> tuple[Name, ...]:
    from ..names import read_names

    names = read_names(work.study.names_path, taken=_said_already(work))
    if not names:
        raise NamesError([Fault(str(work.study.names_path), 0, "holds no name. Write one a line below the first.")])
    return names


def _said_already(work: Workspace) -> set[str]:
    """What stands in the store as a pseudonym does: whoever is called so must not be taken for a listed one."""
    from ..store import read_tables

    tables = read_tables(work.store_path, ("documents", "turns", "memos"))
    return {
        found[0]
        for table, columns in (("documents", ("text",)), ("turns", ("speaker", "heading")), ("memos", ("text",)))
        for row in tables[table]
        for column in columns
        for found in _PSEUDONYM.finditer(row[column] or "")
    }


def _finders(names: tuple[Name, ...]) -> Callable[[str | None], Finder]:
    """One finder a language; English has no cases, and its dictionary no names worth the time."""
    from ..names import Finder, basic_form

    plain = Finder(names)

    @cache
    def of(language: str | None) -> Finder:
        if language in (None, "", "en"):
            return plain
        return Finder(names, partial(basic_form, language=language))

    return of


def _still(work: Workspace, out: Path) -> Iterator[str]:
    """What is beside the new store and holds the names as before."""
    path = work.store_path
    yield str(path)
    backups = re.compile(re.escape(path.name) + r"\.backup-\d+")
    found = [one for one in path.parent.iterdir() if backups.fullmatch(one.name)]
    if found:
        yield f"{len(found)} backups of it"
    yield "the files it was read from"
    yield str(work.study.names_path)
    parts = re.compile(rf"\.{re.escape(out.name)}.*\.part(-journal)?")
    yield from (
        f"{one} (a copy that was cut short; remove it)" for one in out.parent.iterdir() if parts.fullmatch(one.name)
    )


def is_pseudonymised(work: Workspace) -> bool:
    """Whether the store is there and was made by `pseudonymize`."""
    from ..store import read_tables

    return work.store_path.is_file() and bool(read_tables(work.store_path, ("pseudonymised",))["pseudonymised"])


def refuse_names_again(work: Workspace) -> None:
    """Refuse to read files into a pseudonymised store: they would bring names with them.

    Raises
    ------
    StoreError
    """
    if is_pseudonymised(work):
        raise StoreError(
            f"{work.store_path} is pseudonymised, and files bring names with them. Take them into the store it was "
            "made from, and pseudonymize that again; or, if they hold no names, add --allow-names."
        )


# --- the key -----------------------------------------------------------------------------------


def _write_key(path: Path, key: Mapping[str, Any]) -> None:
    """Write the key whole or not at all, for its owner alone from the first byte on."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.unlink(missing_ok=True)
        with open(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123
            json.dump(key, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}. Nothing was written.") from error
    finally:
        part.unlink(missing_ok=True)


def _read_key(path: Path) -> dict[str, Any]:
    try:
        key = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}. Name the key file.") from error
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{path} is not a key file, or is damaged. Take a copy of it.") from error
    if not isinstance(key, dict) or key.get("format") != KEY_FORMAT:
        raise StoreError(f"{path} is not a key file of qualcode. Name the one that was written with the store.")
    if key.get("version") != KEY_VERSION:
        raise StoreError(f"{path} is of another version of qualcode. Update with: pip install --upgrade qualcode")
    if not isinstance(key.get("salt"), str) or not isinstance(key.get("made_utc"), str):
        raise StoreError(f"{path} is damaged: its salt or time is missing. Take a copy of it.")
    return key


# --- suggesting --------------------------------------------------------------------------------


def suggest_names(work: Workspace, *, examples: bool = False) -> Suggested:
    """Write the queue of what may be a name and is not on the list, for a person to decide.

    Parameters
    ----------
    work : Workspace
    examples : bool
        With a place of each in its context, which is personal data.

    Returns
    -------
    Suggested
        Rows marked to be ignored in a queue of before stay so.
    """
    from ..names import Suggester, is_common, read_names

    names = read_names(work.study.names_path) if work.study.names_path.is_file() else ()
    path = work.study.folder / SUGGESTED_FILE
    before = {row["name"]: row["decision"] for row in _read_queue(path)}
    finder = _finders(names)(None)
    seen: Counter[tuple[str, str, str]] = Counter()
    example: dict[str, str] = {}
    suggesters: dict[str, Suggester] = {}
    for text, language in _texts(work):
        if language not in suggesters:
            suggesters[language] = Suggester(partial(is_common, language=language))
        for start, end, kind, words, why in _suspects(text, finder, suggesters[language]):
            seen[words, kind, why] += 1
            example.setdefault(words, " ".join(text[max(0, start - CONTEXT) : end + CONTEXT].split()))
    merged: dict[str, dict[str, Any]] = {}
    for (words, kind, why), places in sorted(seen.items(), key=lambda one: (-one[1], one[0])):
        row = merged.setdefault(words, {"name": words, "kind": kind, "places": 0, "why": why})
        row["places"] += places
    rows = sorted(merged.values(), key=lambda row: (row["kind"], -row["places"], row["name"]))
    for row in rows:
        row["decision"] = before.get(row["name"], "")
        if examples:
            row["example"] = example[row["name"]]
    _write_queue(path, rows, (*COLUMNS, *(("example",) if examples else ())))
    return Suggested(path, tuple(rows), sum(row["decision"] == IGNORE for row in rows))


def _suspects(text: str, finder: Finder, suggester: Suggester) -> Iterator[tuple[int, int, str, str, str]]:
    from ..names import find_patterns

    taken = [(hit.start, hit.end) for hit in finder.hits(text)]

    def is_free(one: Suspect | NearMiss) -> bool:
        return not any(start < one.end and one.start < end for start, end in taken)

    patterns = [one for one in find_patterns(text) if is_free(one)]  # an address is told whole, not its words
    taken += [(one.start, one.end) for one in patterns]
    near = [one for one in finder.near(text) if is_free(one)]
    taken += [(one.start, one.end) for one in near]
    for miss in near:
        why = f"nearly line {finder.names[miss.name].line} of the list: {miss.why}"
        yield miss.start, miss.end, finder.names[miss.name].kind, text[miss.start : miss.end], why
    for one in (*patterns, *filter(is_free, suggester.suspects(text))):
        if not _is_pseudonym(text, one.start):
            yield one.start, one.end, one.kind, one.words, "looks like one"


def _is_pseudonym(text: str, start: int) -> bool:
    return _PSEUDONYM.match(text, max(0, start - 1)) is not None


def _texts(work: Workspace) -> Iterator[tuple[str, str]]:
    """All texts of a store that people wrote or said, with their language."""
    from ..store import read_tables

    tables = read_tables(work.store_path, ("documents", "turns", "memos", "coders"))
    language = {row["document_id"]: row["language"] or "en" for row in tables["documents"]}
    for row in tables["documents"]:
        yield row["text"], language[row["document_id"]]
        for name in ("name", "stakeholder_group"):
            yield row[name] or "", language[row["document_id"]]
    yield from ((one, "en") for one in dict.fromkeys(str(row["speaker"] or "") for row in tables["turns"]))
    yield from ((row["text"], "en") for row in tables["memos"])


_FILE_NAME = re.compile(r"[^\n]{1,250}\.\w{2,5}")


def _all_texts(work: Workspace) -> Iterator[str]:
    """All that may hold a name: texts, and what stands beside them."""
    from ..store import read_tables

    yield from (text for text, _ in _texts(work))
    tables = read_tables(work.store_path, ("documents", "turns", "coders", "imports"))
    yield from dict.fromkeys(
        str(row[column])
        for table, columns in (
            ("documents", ("region", "country", "left_out")),
            ("turns", ("heading",)),
            ("imports", ("file", "origin", "content")),
        )
        for row in tables[table]
        for column in columns
        if row[column]
    )
    yield from (row["name"] for row in tables["coders"] if row["kind"] == "human")


def _read_queue(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    try:
        source = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise NamesError([Fault(str(path), 0, "cannot be read as UTF-8 text. Save it so, or remove it.")]) from error
    first = source.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(source), delimiter=";" if first.count(";") > first.count(",") else ",")
    if "name" not in (reader.fieldnames or ()):
        raise NamesError([Fault(str(path), 1, 'the column "name" is missing. Make the file anew, or add it.')])
    rows = [{c: (row.get(c) or "").strip() for c in COLUMNS} for row in reader]
    return [{**row, "decision": row["decision"].lower()} for row in rows if row["name"]]


def _write_queue(path: Path, rows: Iterable[Mapping[str, Any]], columns: tuple[str, ...]) -> None:
    made = io.StringIO()
    writer = csv.DictWriter(made, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(made.getvalue(), encoding="utf-8", newline="\n")
        part.replace(path)
    except OSError as error:
        raise SelectionError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)


# --- the check of what goes out ----------------------------------------------------------------


def check_names(work: Workspace, texts: Iterable[str] | None = None, *, allow: bool = False) -> str | None:
    """Refuse to write listed names, and what looks like a person's address or number.

    Parameters
    ----------
    work : Workspace
    texts : iterable of str or None
        What would be written; None = the words of the whole store.
    allow : bool
        Say so instead of refusing.

    Returns
    -------
    str or None
        A note, never with a name in it; None = nothing was found.

    Raises
    ------
    NamesLeftError
        If the study has a list, or a queue, and something is found. Without both there is only the note.
    """
    from ..names import CERTAIN_KINDS, Finder, Name, find_patterns, read_names

    names = read_names(work.study.names_path) if work.study.names_path.is_file() else ()
    queue = _read_queue(work.study.folder / SUGGESTED_FILE)
    listed = Finder(names)
    spelt = {spelling for name in names for spelling in name.spellings}
    ignored = {row["name"] for row in queue if row["decision"] == IGNORE}
    waiting = Finder(
        [Name(row["name"], "person") for row in queue if row["name"] not in spelt | ignored], has_forms=False
    )
    found: Counter[str] = Counter()
    for text in texts if texts is not None else _all_texts(work):
        found["place(s) with listed names"] += len(listed.hits(text, loose=_FILE_NAME.fullmatch(text) is not None))
        found["place(s) with suggested names nobody has decided on"] += len(waiting.hits(text))
        for one in find_patterns(text, CERTAIN_KINDS):
            found[f"place(s) that look like {_ARTICLES[one.kind]}"] += one.words not in spelt | ignored
    told = ", ".join(f"{count} {what}" for what, count in found.items() if count)
    if not told:
        return None
    if allow or not (names or queue):
        return f"What is written holds {told}. Find and hide names with: qualcode pseudonymize"
    raise NamesLeftError(
        f"What would be written holds {told}. Make a store without them (qualcode pseudonymize --out FILE) and write "
        "from it with --store; or write them all the same with --allow-names."
    )


_ARTICLES = {
    "e-mail": "an e-mail address",
    "phone": "a phone number",
    "number": "a personal number",
    "birth date": "a birth date",
}
