"""What people did, as rows of a store and as plain dictionaries that every store of the study understands.

A sentence is named by its document and position there, a codebook by its hash. An action goes from store to store
whole or not at all: its id is the hash of all it says. A store that lacks one of its sentences leaves it aside, and
may take it later.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..codebook import Codebook
from . import queries
from .records import coder_id
from .saving import add_codebook

Row = dict[str, Any]
Rows = Callable[..., list[Row]]
Place = tuple[str, int]
"""Document id and position."""


@dataclass(frozen=True)
class Received:
    """What a store made of actions from elsewhere; each is named by its id.

    Attributes
    ----------
    new : tuple of str
        Stored now.
    known : tuple of str
        Stored before.
    undone : tuple of str
        Of those known: they stood here, and are taken back now.
    waiting : mapping of str to tuple of str
        Not stored, with the ids of the documents that hold a sentence this store does not.
    """

    new: tuple[str, ...]
    known: tuple[str, ...]
    undone: tuple[str, ...]
    waiting: Mapping[str, tuple[str, ...]]


def read_actions(rows: Rows) -> list[Row]:
    """Give all actions of a store, undone ones too; see `qualcode.store.Verdicts.export_actions`."""
    return [
        {
            **row,
            "verdicts": json.loads(row["verdicts"]),
            "looks": [{**look, "is_blind": bool(look["is_blind"])} for look in json.loads(row["looks"])],
            "memo": row["memo"] and json.loads(row["memo"]),
        }
        for row in rows(queries.whole_actions)
    ]


def write_actions(
    connection: sqlite3.Connection, rows: Rows, actions: Sequence[Row], codebooks: Mapping[str, Codebook]
) -> Received:
    """Add actions to a store, inside the caller's transaction; see `qualcode.store.Verdicts.import_actions`."""
    states = {row["action_id"]: row["undone_utc"] for row in rows(queries.action_states)}
    segments = _segments(rows, actions)
    known = [action for action in actions if action["action_id"] in states]
    waiting = {
        action["action_id"]: lacking
        for action in actions
        if action["action_id"] not in states
        and (lacking := tuple(sorted({place[0] for place in _places(action) if place not in segments})))
    }
    new = [action for action in actions if action["action_id"] not in {*states, *waiting}]
    undone = [action for action in known if action["undone_utc"] is not None]
    for action in undone:
        connection.execute(queries.undo_earlier, action)
    for codebook_id in sorted({part["codebook_id"] for action in new for part in _parts(action)}):
        add_codebook(connection, codebooks[codebook_id])
    for action in new:
        _add(connection, action, segments)
    return Received(
        new=tuple(action["action_id"] for action in new),
        known=tuple(action["action_id"] for action in known),
        undone=tuple(action["action_id"] for action in undone if states[action["action_id"]] is None),
        waiting=waiting,
    )


def _add(connection: sqlite3.Connection, action: Row, segments: Mapping[Place, int]) -> None:
    person = {"coder_id": coder_id("human", action["coder"]), "name": action["coder"], "kind": "human"}
    connection.execute(queries.add_coder, person)
    connection.execute(queries.add_action, {**action, "coder_id": person["coder_id"]})
    memos = [action["memo"]] if action["memo"] else []
    for sql, parts in (
        (queries.add_verdict, action["verdicts"]),
        (queries.add_look, action["looks"]),
        (queries.add_memo, memos),
    ):
        for part in parts:
            segment = segments.get((part["document_id"], part["position"]))  # None: a memo on a code as such
            connection.execute(sql, {**part, "action_id": action["action_id"], "segment_id": segment})


def _parts(action: Row) -> Iterator[Row]:
    yield from action["verdicts"]
    yield from action["looks"]
    if action["memo"]:
        yield action["memo"]


def _places(action: Row) -> Iterator[Place]:
    for part in _parts(action):
        if part["document_id"] is not None:
            yield part["document_id"], part["position"]


def _segments(rows: Rows, actions: Sequence[Row]) -> dict[Place, int]:
    """The store's numbers of all respondents' segments in documents that the actions name, of any version."""
    documents = sorted({document_id for action in actions for document_id, _ in _places(action)})
    found = rows(queries.coded_segments_of, {"documents": json.dumps(documents)})
    return {(row["document_id"], row["position"]): row["segment_id"] for row in found}
