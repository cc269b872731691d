"""What people did, and what was taken back, in words and in any format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .table import Column, Format, Table, render
from .wording import plural

_DIGITS = 10
"""Of an id, as `qualcode.flow` takes them."""


@dataclass(frozen=True, match_args=False)
class Undone(Protocol):
    """What `undo_text` needs to know; `qualcode.flow.UndoReport` has it."""

    action: dict[str, Any]
    documents: int
    next: dict[str, Any] | None


def undo_text(report: Undone) -> str:
    """What was taken back, in counts, and what comes next."""
    action = report.action
    held = [
        plural(action[key], noun)
        for key, noun in (("verdicts", "decision"), ("looks", "look"))
        if action[key] or (key == "verdicts" and action["kind"] != "memo")
    ]
    where = f" on {plural(action['sentences'], 'sentence')} in {plural(report.documents, 'document')}"
    lines = [
        f"Took back {_named(action)}: {', '.join(held) or '1 note'}{where if action['sentences'] else ''}.",
        "What stood before it stands again.",
    ]
    if report.next is None:
        lines.append(f"Nothing else of {action['coder']} stands.")
    else:
        lines.append(f"The newest that stands: {_named(report.next)}.")
    return "\n".join(lines)


def _named(action: Mapping[str, Any]) -> str:
    return f"{_short(action['action'])} ({action['kind']} of {action['coder']}, {action['made_utc']})"


def actions_text(rows: Sequence[Mapping[str, Any]], total: int, output: Format) -> str | bytes:
    """What people did, the newest first.

    Parameters
    ----------
    rows : sequence of mapping
    total : int
        How many there are in all.
    output : Format
    """
    if total:
        newest = (
            f"The newest {len(rows):,} of {plural(total, 'action')}" if len(rows) < total else plural(total, "action")
        )
        notes = (f"{newest}. Take one back: qualcode undo ACTION",)
    else:
        notes = ("Nobody has decided anything yet. Begin with: qualcode review",)
    return render([Table(ACTION_COLUMNS, rows, "What was done", notes)], output)


def _short(action_id: str) -> str:
    return action_id.removeprefix("b2:")[:_DIGITS]


def _time(utc: str) -> str:
    return utc[:16].replace("T", " ")


ACTION_COLUMNS = (
    Column("action", "Action", show=_short),
    Column("made_utc", "Made (UTC)", show=_time),
    Column("coder", "Coder"),
    Column("kind", "Kind"),
    Column("verdicts", "Decisions", right=True),
    Column("looks", "Looks", right=True),
    Column("sentences", "Sentences", right=True),
    Column("undone_utc", "Taken back", show=_time),
    Column("codes", "Codes", show=", ".join, flexible=True),
)
