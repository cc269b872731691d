"""What was done, and taking it back: decisions of people, runs of taggers, imports of projects."""

from __future__ import annotations

import heapq
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import SelectionError
from .people import default_coder, find_person
from .workspace import Workspace

if TYPE_CHECKING:
    from ..store import Row, Store

SHORT_ID = 10
"""Digits of an id that people read and type."""


@dataclass(frozen=True)
class UndoReport:
    """What was taken back.

    Attributes
    ----------
    action : dict
        As `list_actions` gives it, as it is now.
    documents : int
        Documents it touched.
    next : dict or None
        The newest action of the person that still stands; None after a run or an import.
    actions : int
        Of people, taken back with an import.
    replaced, gone, kept : int
        Of the documents of a run or an import: those with codings or words from before again, those that are in no
        table any longer, and those for which nothing changes, because they were tagged since.
    """

    action: dict[str, Any]
    documents: int
    next: dict[str, Any] | None
    actions: int = 0
    replaced: int = 0
    gone: int = 0
    kept: int = 0


def undo(work: Workspace, *, coder: str | None = None, action: str | None = None) -> UndoReport:
    """Take back an action, a run or an import as a whole; what stood before it stands again.

    Parameters
    ----------
    work : Workspace
    coder : str or None
        Whose action; None = the user's name. A run or an import is nobody's.
    action : str or None
        Id, or its first digits; None = the newest action of the person that stands.

    Returns
    -------
    UndoReport

    Raises
    ------
    SelectionError
        If there is no such action, it is somebody else's, or it is taken back already.
    """
    from ..store import Store

    with Store(work.store_path) as store, store.writing():
        rows = _everything(store)
        people = {row["coder"] for row in rows if not _is_material(row)}
        person = find_person(coder, people) if coder is not None else None
        wanted = _named(action, rows) if action is not None else _newest(person or default_coder(), rows)
        if wanted["undone_utc"] is not None:
            raise SelectionError(f"{_what(wanted)} was taken back already, at {wanted['undone_utc']}.")
        if _is_material(wanted):
            return _undo_material(store, wanted)
        return _undo_action(store, wanted, person or default_coder())


def _undo_action(store: Store, wanted: Row, person: str) -> UndoReport:
    if wanted["coder"] != person:
        raise SelectionError(
            f"{_what(wanted)} is of {wanted['coder']}, not of {person}. "
            f'If it shall be taken back: qualcode undo {short_id(wanted)} --coder "{wanted["coder"]}"'
        )
    places = store.verdicts.undo(wanted["action"])
    now = _everything(store)
    mine = (row for row in now if row["coder"] == person and row["undone_utc"] is None and not _is_material(row))
    return UndoReport(_again(wanted, now), len({place.document_id for place in places}), next(mine, None))


def _undo_material(store: Store, wanted: Row) -> UndoReport:
    """Take back a run or an import, and see what that makes of its documents."""
    before = _current(store)
    if wanted["kind"] == "import":
        actions, names = store.undo_import(wanted["action"])
    else:
        (run_id,) = (row["run_id"] for row in store.runs_and_imports() if row["id"] == wanted["action"])
        actions, names = 0, store.undo_run(run_id)
    after = _current(store)
    shown = [name for name in names if name in before]
    gone = sum(name not in after for name in shown)
    kept = sum(after.get(name) == before[name] for name in shown)
    return UndoReport(
        _again(wanted, _everything(store)), len(names), None, actions, len(shown) - gone - kept, gone, kept
    )


def _current(store: Store) -> dict[str, tuple[str, int | None]]:
    """Document id and run of the current documents, by name."""
    return {row["name"]: (row["document_id"], row["run"]) for row in store.document_rows()}


def _again(wanted: Row, rows: list[Row]) -> Row:
    return next(row for row in rows if row["action"] == wanted["action"])


def list_actions(work: Workspace, *, coder: str | None = None, limit: int = 20) -> tuple[list[dict[str, Any]], int]:
    """List what was done, the newest first: what people decided, what was tagged and imported.

    Parameters
    ----------
    work : Workspace
    coder : str or None
        What this person did; None = everything.
    limit : int
        At most so many.

    Returns
    -------
    rows : list of dict
        action (id), made_utc, coder (person or tagger; for an import, the program that wrote the file), kind, codes
        (ids), verdicts, looks, sentences, undone_utc (None = stands), documents (None = an action of a person),
        file (None = no import). The counts of a run and an import are 0: what they brought are documents.
    total : int
        How many there are.

    Raises
    ------
    SelectionError
        If nobody of that name has done anything.
    """
    from ..store import Store

    with Store(work.store_path, read_only=True) as store:
        rows = _everything(store)
    if coder is not None:
        own = [row for row in rows if not _is_material(row)]
        person = find_person(coder, {row["coder"] for row in own})
        rows = [row for row in own if row["coder"] == person]
    return rows[:limit], len(rows)


def short_id(action: Row) -> str:
    """The digits people read.

    Examples
    --------
    >>> short_id({"action": "b2:0123456789abcdef"})
    '0123456789'
    """
    return _digits(action["action"])[:SHORT_ID]


def _digits(action_id: str) -> str:
    return action_id.rpartition(":")[2]


def _everything(store: Store) -> list[Row]:
    """All that can be taken back, the newest first.

    Actions keep the order of their clock, whatever the times of an imported one say.
    """
    actions = [_plain(row) for row in store.verdicts.actions(limit=-1, standing=False)]
    material = [_plain_material(row) for row in store.runs_and_imports()]
    return list(heapq.merge(actions, material, key=lambda row: row["made_utc"], reverse=True))


def _is_material(row: Row) -> bool:
    """Whether it is a run or an import, which are nobody's."""
    return row["kind"] in ("tag", "import")


def _what(row: Row) -> str:
    noun = {"tag": "Run", "import": "Import"}.get(row["kind"], "Action")
    return f"{noun} {short_id(row)}"


def _newest(person: str, rows: list[Row]) -> Row:
    own = [row for row in rows if not _is_material(row)]
    mine = [row for row in own if row["coder"] == person]
    standing = [row for row in mine if row["undone_utc"] is None]
    if standing:
        return standing[0]
    if mine:
        raise SelectionError(f"Everything that {person} did is taken back already. See: qualcode undo --list")
    others = sorted({row["coder"] for row in own})
    known = f" People who have: {', '.join(others)}." if others else ""
    more = "" if len(own) == len(rows) else " What was tagged or imported is taken back by its id: qualcode undo --list"
    raise SelectionError(f"{person} has decided nothing in this store.{known} Name somebody: --coder NAME.{more}")


def _named(action: str, rows: list[Row]) -> Row:
    digits = _digits(action.strip().lower())
    found = [row for row in rows if digits and _digits(row["action"]).startswith(digits)]
    if len(found) == 1:
        return found[0]
    if found:
        raise SelectionError(f'"{action}" begins the ids of {len(found)} actions. Give more of its digits.')
    raise SelectionError(f'There is no action "{action}". List them: qualcode undo --list')


def _plain(row: Row) -> Row:
    return {
        "action": row["action_id"],
        "made_utc": row["made_utc"],
        "coder": row["coder"],
        "kind": row["kind"],
        "codes": json.loads(row["codes"]),
        "verdicts": row["verdicts"],
        "looks": row["looks"],
        "sentences": row["segments"],
        "undone_utc": row["undone_utc"],
        "documents": None,
        "file": None,
    }


def _plain_material(row: Row) -> Row:
    return {
        "action": row["id"],
        "made_utc": row["made_utc"],
        "coder": row["coder"],
        "kind": row["kind"],
        "codes": [],
        "verdicts": 0,
        "looks": 0,
        "sentences": 0,
        "undone_utc": row["undone_utc"],
        "documents": row["documents"],
        "file": row["file"],
    }
