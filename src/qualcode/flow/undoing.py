"""What was done, and taking it back: the decisions of people."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import SelectionError
from .people import default_coder, find_person
from .workspace import Workspace

if TYPE_CHECKING:
    from ..store import Row

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
        The newest action of the person that still stands.
    """

    action: dict[str, Any]
    documents: int
    next: dict[str, Any] | None


def undo(work: Workspace, *, coder: str | None = None, action: str | None = None) -> UndoReport:
    """Take an action back as a whole; what stood before it stands again.

    Parameters
    ----------
    work : Workspace
    coder : str or None
        Whose; None = the user's name.
    action : str or None
        Id, or its first digits; None = the newest of the person that stands.

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
        rows = store.verdicts.actions(limit=-1, standing=False)
        person = find_person(coder, {row["coder"] for row in rows}) if coder is not None else default_coder()
        wanted = _named(action, rows) if action is not None else _newest(person, rows)
        if wanted["coder"] != person:
            raise SelectionError(
                f"Action {short_id(wanted)} is of {wanted['coder']}, not of {person}. "
                f'If it shall be taken back: qualcode undo {short_id(wanted)} --coder "{wanted["coder"]}"'
            )
        if wanted["undone_utc"] is not None:
            raise SelectionError(f"Action {short_id(wanted)} was taken back already, at {wanted['undone_utc']}.")
        places = store.verdicts.undo(wanted["action_id"])
        now = store.verdicts.actions(limit=-1, standing=False)
    mine = [row for row in now if row["coder"] == person and row["undone_utc"] is None]
    return UndoReport(
        action=next(_plain(row) for row in now if row["action_id"] == wanted["action_id"]),
        documents=len({place.document_id for place in places}),
        next=_plain(mine[0]) if mine else None,
    )


def list_actions(work: Workspace, *, coder: str | None = None, limit: int = 20) -> tuple[list[dict[str, Any]], int]:
    """List what people did, the newest first.

    Parameters
    ----------
    work : Workspace
    coder : str or None
        None = everybody.
    limit : int
        At most so many.

    Returns
    -------
    rows : list of dict
        action (id), made_utc, coder, kind, codes (ids), verdicts, looks, sentences, undone_utc (None = stands).
    total : int
        How many there are.

    Raises
    ------
    SelectionError
        If nobody of that name has done anything.
    """
    from ..store import Store

    with Store(work.store_path, read_only=True) as store:
        rows = store.verdicts.actions(limit=-1, standing=False)
    if coder is not None:
        person = find_person(coder, {row["coder"] for row in rows})
        rows = [row for row in rows if row["coder"] == person]
    return [_plain(row) for row in rows[:limit]], len(rows)


def short_id(action: Row) -> str:
    """The digits people read.

    Examples
    --------
    >>> short_id({"action_id": "b2:0123456789abcdef"})
    '0123456789'
    """
    return str(action["action_id"]).removeprefix("b2:")[:SHORT_ID]


def _newest(person: str, rows: list[Row]) -> Row:
    mine = [row for row in rows if row["coder"] == person]
    standing = [row for row in mine if row["undone_utc"] is None]
    if standing:
        return standing[0]
    if mine:
        raise SelectionError(f"Everything that {person} did is taken back already. See: qualcode undo --list")
    others = sorted({row["coder"] for row in rows})
    known = f" People who have: {', '.join(others)}." if others else ""
    raise SelectionError(f"{person} has decided nothing in this store.{known} Name somebody: --coder NAME")


def _named(action: str, rows: list[Row]) -> Row:
    digits = action.strip().removeprefix("b2:").lower()
    found = [row for row in rows if digits and row["action_id"].removeprefix("b2:").startswith(digits)]
    if len(found) == 1:
        return found[0]
    if found:
        raise SelectionError(f'"{action}" begins the ids of {len(found)} actions. Give more of its digits.')
    raise SelectionError(f'There is no action "{action}". List them: qualcode undo --list')


def _plain(row: Row) -> dict[str, Any]:
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
    }
