"""All rows of a store and a list of names in, rows with pseudonyms and the key to them out; and back with the key.

Sentences, turns and passages keep their number and order and move with the words. What the way back cannot work out
from the replaced words (the words of evidence, hashes) stands in the key as it was.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from ..errors import StoreError
from ..model import content_hash, count_words

if TYPE_CHECKING:
    from ..names import Finder, Places
    from ..store import Keys, Tables

Row = dict[str, Any]
Key = dict[str, Any]
"""The content of a key file."""

KEY_FORMAT, KEY_VERSION = "qualcode-key", 1
NEVER = ("codebooks", "categories", "codes")
"""Tables of the codebook: its words are the study's own, and a name in them is named, not replaced."""

_TEXTS = {
    "documents": ("region", "country", "stakeholder_group", "left_out"),
    "turns": ("speaker", "heading"),
    "runs": ("settings",),
    "memos": ("text",),
    "imports": ("origin", "content"),
}
"""Columns beside the text itself that may hold a name; JSON is rewritten inside its strings."""


@dataclass(frozen=True)
class Hidden:
    """Rows with pseudonyms.

    Attributes
    ----------
    tables : Tables
    key : dict
        Content of the key file.
    counts : Counter of str
        Places replaced in texts, by pseudonym.
    """

    tables: Tables
    key: Key
    counts: Counter[str]


def hide_names(
    tables: Tables,
    keys: Keys,
    finder: Callable[[str | None], Finder],
    *,
    salt: str,
    made_utc: str,
    hide_coders: bool = False,
) -> Hidden:
    """Replace the names of a list everywhere in a store.

    Parameters
    ----------
    tables, keys
        As `qualcode.store.rewrite_store` gives them.
    finder : callable
        The finder for texts of a language (None = not known).
    salt : str
        Secret, kept in the key: without it a hash of a known file would tell that its document is in the store.
    made_utc : str
    hide_coders : bool
        People who code get pseudonyms too, listed or not.

    Raises
    ------
    StoreError
        If a name is left, or the way back would not give the same rows; then nothing may be written.
    """
    made = _Hiding(tables, finder, salt=salt, hide_coders=hide_coders)
    new = made.run()
    key: Key = {"format": KEY_FORMAT, "version": KEY_VERSION, "made_utc": made_utc, "salt": salt, **made.key}
    key["cells"] = dict(_differing(_restored(new, key), tables, keys))
    key["names"] = made.names()
    _prove(tables, new, key, keys)
    _refuse_left(new, finder)
    if new != tables:
        row = {"key_hash": key_hash(key), "made_utc": made_utc, "names": len(key["names"])}
        new["pseudonymised"] = [*tables["pseudonymised"], row]
    return Hidden(new, key, made.counts)


def give_names_back(tables: Tables, keys: Keys, key: Mapping[str, Any]) -> Tables:
    """Undo `hide_names`; what was decided and written since stays and comes along."""
    restored = _restored(tables, key)
    for table, cells in key["cells"].items():
        rows = {tuple(row[name] for name in keys[table]): row for row in restored[table]}
        for place, changes in cells:
            row = rows.get(tuple(place), {})
            for column, (now, before) in changes.items():
                if column in row and row[column] == now:  # otherwise somebody changed it since
                    row[column] = before
    restored["pseudonymised"] = [row for row in restored["pseudonymised"] if row["key_hash"] != key_hash(key)]
    return restored


def key_hash(key: Mapping[str, Any]) -> str:
    """What a store remembers of the key that fits it."""
    return content_hash("pseudonyms", dict(key))


class _Hiding:
    """One pass over the rows."""

    def __init__(self, tables: Tables, finder: Callable[[str | None], Finder], *, salt: str, hide_coders: bool) -> None:
        self.old = tables
        self.new: Tables = {name: [dict(row) for row in rows] for name, rows in tables.items()}
        self.finder, self.salt, self.hide_coders = finder, salt, hide_coders
        self.is_first = not tables["pseudonymised"]  # hashes are salted once
        self.counts: Counter[str] = Counter()
        self.forms: dict[str, Counter[str]] = defaultdict(Counter)
        self.key: Key = {"documents": {}, "coders": {}, "imports": {}, "memos": {}}
        self.places: dict[str, Places] = {}

    def run(self) -> Tables:
        """The new rows."""
        from ..store import content_ids, fitting_ids, with_ids

        fitting = fitting_ids(self.old)
        self._documents()
        self._coders()
        for table, columns in _TEXTS.items():
            for row in self.new[table]:
                for column in columns:
                    row[column] = self._small(row[column])
        for row in self.new["imports"]:
            row["file"] = self._file(row["file"])
            content = json.loads(row["content"])
            for source in content.get("project", {}).get("sources", ()):
                source["name"] = self._file(source["name"])
            row["content"] = _json(content)
        move_rows(self.new, self.places, self._evidence)
        moved = {
            row["import_id"]: self._salted(row["import_id"]) if self.is_first else row["import_id"]
            for row in self.old["imports"]
        }
        self._tell_apart()
        ids = content_ids(self.new, moved=moved, only=fitting)
        named = with_ids(self.new, ids)
        for row in named["imports"]:
            row["content"] = _with_strings(row["content"], lambda one: ids["document_id"].get(one, one))
        self._keep_hashed(ids)
        self.key["documents"] = {ids["document_id"][old]: entry for old, entry in self.key["documents"].items()}
        self.key["imports"] = {new: old for old, new in moved.items() if new != old}
        return named

    def _keep_hashed(self, ids: Mapping[str, Mapping[str, str]]) -> None:
        """Keep the words that ids are made of: they must be back before the ids are."""
        for new, old in zip(self.new["turns"], self.old["turns"], strict=True):
            if new["speaker"] != old["speaker"]:
                speakers = self.key["documents"][old["document_id"]].setdefault("speakers", {})
                speakers[str(old["position"])] = old["speaker"]
        for new, old in zip(self.new["memos"], self.old["memos"], strict=True):
            if new["text"] != old["text"]:
                self.key["memos"][ids["action_id"][old["action_id"]]] = old["text"]

    def names(self) -> dict[str, Row]:
        """Pseudonyms with the name each stands for, and the forms of it that were replaced."""
        listed = self.finder(None).names
        return {
            one.pseudonym: {"name": one.name, "kind": one.kind, "forms": dict(self.forms[one.pseudonym])}
            for one in listed
            if one.pseudonym in self.forms
        }

    # --- parts ---------------------------------------------------------------------------------

    def _documents(self) -> None:
        from ..names import Places, apply_edits

        cuts: dict[str, set[int]] = defaultdict(set)
        for table in ("turns", "segments", "passages"):
            for row in self.old[table]:
                cuts[row["document_id"]] |= {row["start"], row["end"]}
        names: dict[str, str] = {}
        for row in self.new["documents"]:
            key, text, name = row["document_id"], row["text"], row["name"]
            edits = self.finder(row["language"]).edits(text, cuts[key])
            self._count(text, edits)
            self.places[key] = Places(edits)
            back = self.places[key].back([text[edit.start : edit.end] for edit in edits])
            row["text"] = apply_edits(text, edits)
            row["name"] = names.setdefault(name, _unique(self._file(name), set(names.values())))
            row["text_hash"] = _text_hash(row["text"]) if edits else row["text_hash"]
            if self.is_first:
                for column in ("source_hash", "reading_hash"):
                    row[column] = self._salted(row[column])
            self.key["documents"][key] = {"name": name, "edits": [[e.start, e.end, e.new] for e in back]}

    def _tell_apart(self) -> None:
        """Give an older version another name where it differed from a newer one in its names alone."""
        from ..store import content_ids

        rows = sorted(self.new["documents"], key=lambda row: (not row["is_current"], -row["version"]))
        ids, taken, seen = content_ids(self.new)["document_id"], {row["name"] for row in rows}, set()
        for row in rows:
            if ids[row["document_id"]] in seen:
                row["name"] = _unique(row["name"], taken)
                taken.add(row["name"])
            seen.add(ids[row["document_id"]])

    def _coders(self) -> None:
        people = sorted(row["name"] for row in self.old["coders"] if row["kind"] == "human")
        numbers = {name: f"[Coder {number}]" for number, name in enumerate(people, start=1)}
        taken = {row["name"] for row in self.old["coders"]}
        for row in self.new["coders"]:
            if row["kind"] != "human":
                continue
            name = row["name"]
            is_hidden = name.startswith("[") and name.endswith("]")
            wanted = numbers[name] if self.hide_coders and not is_hidden else self._plain(name)
            if wanted != name:
                row["name"] = _unique(wanted, taken)
                taken.add(row["name"])
                self.key["coders"][row["name"]] = name

    def _small(self, value: str | None) -> str | None:
        """A short text, or the strings of a JSON text, with pseudonyms."""
        if not value:
            return value
        if value[0] in "[{" and value[-1] in "]}":
            return _with_strings(value, self._plain)
        return self._plain(value)

    def _plain(self, value: str) -> str:
        from ..names import apply_edits

        edits = self.finder(None).edits(value)
        self._note(value, edits)
        return apply_edits(value, edits)

    def _evidence(self, words: str, new: str | None) -> str:
        """Words of evidence; a model's are in small letters, and may be a part of a name that stood there."""
        made = self._file(words) if words == words.lower() else self._plain(words)
        return new if new is not None and made == words and words == words.lower() else made

    def _file(self, name: str) -> str:
        from ..names import apply_edits

        edits = self.finder(None).edits(name, loose=True)
        self._note(name, edits)
        return apply_edits(name, edits)

    def _count(self, text: str, edits: list[Any]) -> None:
        self.counts.update(edit.new for edit in edits)
        self._note(text, edits)

    def _note(self, text: str, edits: list[Any]) -> None:
        for edit in edits:
            self.forms[edit.new][text[edit.start : edit.end]] += 1

    def _salted(self, known: str) -> str:
        if not known:
            return known
        head = known.partition(":")[0]
        digest = hashlib.sha256(f"{self.salt}:{known}".encode()).hexdigest()
        return f"{head}:{digest if head == 'sha256' else digest[:32]}"


Reword = Callable[[str, str | None], str]
"""The words of evidence, and those of its place where a name stood there, to what it says from then on."""


def move_rows(tables: Tables, places: Mapping[str, Places], reword: Reword) -> None:
    """Move what points into the texts of some documents; their words are the new ones already."""
    texts = {row["document_id"]: row["text"] for row in tables["documents"]}
    segments = {}
    for table in ("turns", "segments", "passages"):
        for row in tables[table]:
            key = row["document_id"]
            if key in places:
                row["start"], row["end"] = places[key].span(row["start"], row["end"])
                if table == "segments":
                    row["words"] = count_words(texts[key][row["start"] : row["end"]])
    words: Counter[str] = Counter()
    for row in tables["segments"]:
        segments[row["segment_id"]] = row["document_id"]
        words[row["document_id"]] += row["words"] * row["is_coded"]
    for row in tables["documents"]:
        if row["document_id"] in places:
            row["words"] = words[row["document_id"]]
    for table in ("codings", "facets"):
        for row in tables[table]:
            key = segments[row["segment_id"]]
            if key in places and row["evidence"] != "[]":
                row["evidence"] = _evidence(row["evidence"], places[key], texts[key], reword)
    for row in tables["imports"]:
        row["content"] = _selections(row["content"], places)


def _evidence(written: str, places: Places, text: str, reword: Reword) -> str:
    found = json.loads(written)
    for one in found:
        new = None
        if one.get("start") is not None and one.get("end") is not None:
            is_named = places.touches(one["start"], one["end"])
            one["start"], one["end"] = places.span(one["start"], one["end"])
            new = text[one["start"] : one["end"]] if is_named else None
        one["detail"] = reword(one["detail"], new)
    return _json(found)


def _selections(written: str, places: Mapping[str, Places]) -> str:
    """Move the passages of an imported project that became nobody's verdict."""
    content = json.loads(written)
    documents = content.get("documents", {})
    for source in content.get("project", {}).get("sources", ()):
        moved = places.get(documents.get(source.get("guid"), ""))
        if moved is not None:
            for one in source.get("selections", ()):
                one["start"], one["end"] = moved.span(one["start"], one["end"])
    return _json(content)


# --- the way back ------------------------------------------------------------------------------


def _restored(tables: Tables, key: Mapping[str, Any]) -> Tables:
    """What the replaced words alone give back."""
    from ..names import Edit, Places, apply_edits
    from ..store import content_ids, fitting_ids, with_ids

    fitting = fitting_ids(tables)
    new: Tables = {name: [dict(row) for row in rows] for name, rows in tables.items()}
    places: dict[str, Places] = {}
    for row in new["documents"]:
        entry = key["documents"].get(row["document_id"])
        if entry is not None:
            edits = [Edit(*one) for one in entry["edits"]]
            row["text"], row["name"] = apply_edits(row["text"], edits), entry["name"]
            row["text_hash"] = _text_hash(row["text"]) if edits else row["text_hash"]
            places[row["document_id"]] = Places(edits)
    for row in new["coders"]:
        if row["kind"] == "human":
            row["name"] = key["coders"].get(row["name"], row["name"])
    for row in new["turns"]:
        speakers = key["documents"].get(row["document_id"], {}).get("speakers", {})
        row["speaker"] = speakers.get(str(row["position"]), row["speaker"])
    for row in new["memos"]:
        row["text"] = key["memos"].get(row["action_id"], row["text"])
    move_rows(new, places, lambda words, _new: words)
    ids = content_ids(new, moved=key["imports"], only=fitting)
    named = with_ids(new, ids)
    for row in named["imports"]:
        row["content"] = _with_strings(row["content"], lambda one: ids["document_id"].get(one, one))
    return named


def _differing(restored: Tables, wanted: Tables, keys: Keys) -> Iterator[tuple[str, list[Any]]]:
    """Cells that the way back does not give by itself: key of the row, column, what it gives, what it should be."""
    for table, rows in wanted.items():
        if table == "pseudonymised":
            continue
        given = {tuple(row[name] for name in keys[table]): row for row in restored[table]}
        cells = []
        for row in rows:
            place = tuple(row[name] for name in keys[table])
            changed = {c: [given[place][c], value] for c, value in row.items() if given[place][c] != value}
            if changed:
                cells.append([list(place), changed])
        if cells:
            yield table, cells


def _prove(old: Tables, new: Tables, key: Key, keys: Keys) -> None:
    """Refuse to go on where the way back gives other rows, or a sentence or passage other words."""
    again = give_names_back(new, keys, key)
    for table, rows in old.items():
        if _sorted(again[table], keys[table]) != _sorted(rows, keys[table]):
            raise StoreError(f"The key would not restore {table}, so nothing was written. Please report this.")
    now, was = ({row["document_id"]: row["text"] for row in one["documents"]} for one in (new, old))
    for table in ("segments", "passages"):
        for row, before in zip(new[table], old[table], strict=True):
            start, end = row["start"], row["end"]
            words = now[row["document_id"]][start:end]
            for left, right, plain in reversed(key["documents"][row["document_id"]]["edits"]):
                if start <= left and right <= end:
                    words = words[: left - start] + plain + words[right - start :]
            if words != was[before["document_id"]][before["start"] : before["end"]]:
                raise StoreError(f"Words in {table} would change, so nothing was written. Please report this.")


def _refuse_left(tables: Tables, finder: Callable[[str | None], Finder]) -> None:
    plain = finder(None)
    for table, rows in tables.items():
        if table in NEVER:
            continue
        left = sum(bool(plain.hits(v)) for row in rows for c, v in row.items() if isinstance(v, str) and not _is_id(c))
        if left:
            raise StoreError(
                f"Listed names are left in {left} cells of {table}, so nothing was written. Please report this."
            )


def _is_id(column: str) -> bool:
    return column.endswith(("_id", "_hash", "_utc"))


# --- small things ------------------------------------------------------------------------------


def _with_strings(written: str, change: Callable[[str], str]) -> str:
    """A JSON text with every string in it changed; text that is none comes back as it is, changed as a whole."""
    try:
        content = json.loads(written)
    except ValueError:
        return change(written)

    def walk(value: Any) -> Any:
        if isinstance(value, str):
            return change(value)
        if isinstance(value, list):
            return [walk(one) for one in value]
        if isinstance(value, dict):
            return {change(name): walk(one) for name, one in value.items()}
        return value

    changed = walk(content)
    return written if changed == content else _json(changed)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _text_hash(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode("utf-8")).hexdigest()


def _unique(name: str, taken: set[str]) -> str:
    """The name, or with a number where another has it."""
    path = PurePosixPath(name)
    number, made = 2, name
    while made in taken:
        made = name.removesuffix(path.suffix) + f" ({number}){path.suffix}"
        number += 1
    return made


def _sorted(rows: list[Row], key: list[str]) -> list[Row]:
    return sorted(rows, key=lambda row: [str(row[name]) for name in key])
