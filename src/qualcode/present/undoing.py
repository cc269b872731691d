"""What was done, and what was taken back, in words and in any format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    actions: int
    replaced: int
    gone: int
    kept: int


_AGAIN = {"tag": "Tagging the same files again", "import": "Importing the file again"}
"""What brings back a run or an import."""


def undo_text(report: Undone) -> str:
    """What was taken back, in counts, and what comes next."""
    action = report.action
    return "\n".join(_material_lines(report) if action["kind"] in _AGAIN else _action_lines(report))


def _material_lines(report: Undone) -> Iterator[str]:
    action = report.action
    people = f", {plural(report.actions, 'action')} of people" if report.actions else ""
    documents = plural(report.documents, "document") if report.documents else "no documents"
    yield f"Took back {_named(action)}: {documents}{people}."
    for count, now in (
        (report.replaced, "again as before it"),
        (report.gone, "in no table any longer"),
        (report.kept, f"as {'it was' if report.kept == 1 else 'they were'}: tagged since"),
    ):
        if count:
            yield f"{plural(count, 'document')} {'is' if count == 1 else 'are'} {now}."
    yield f"Nothing was deleted{'' if report.actions else ', and what people decided stays'}. " + (
        f"{_AGAIN[action['kind']]} brings it back."
    )


def _action_lines(report: Undone) -> list[str]:
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
    return lines


def _named(action: Mapping[str, Any]) -> str:
    what = action["file"] or f"{action['kind']} of {action['coder']}"
    return f"{_short(action['action'])} ({what}, {action['made_utc']})"


def actions_text(rows: Sequence[Mapping[str, Any]], total: int, output: Format) -> str | bytes:
    """What was done, the newest first.

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
        notes = ("Nothing was done yet. Begin with: qualcode tag FILES",)
    if output in ("table", "md", "html"):
        rows = [{**row, "codes": [_brought(row)]} if row["kind"] in _AGAIN else row for row in rows]
    return render([Table(ACTION_COLUMNS, rows, "What was done", notes)], output)


def _brought(row: Mapping[str, Any]) -> str:
    documents = plural(row["documents"], "document")
    return f"{row['file']} ({documents})" if row["file"] else documents


def _short(action_id: str) -> str:
    return action_id.rpartition(":")[2][:_DIGITS]


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
    Column("codes", "What", show=", ".join, flexible=True),
    Column("documents"),
    Column("file"),
)
