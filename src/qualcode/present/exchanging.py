"""What a packet holds, and what a store took from packets, in words.

In: the report of an export or an import. Out: text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from .table import Column, Table, render
from .wording import plural

SHOWN = 50
"""Conflicts and documents listed."""


@dataclass(frozen=True, match_args=False)
class Exported(Protocol):
    """What `export_text` needs to know; `qualcode.flow.VerdictExport` has it."""

    coders: Mapping[str, int]
    verdicts: int
    looks: int
    memos: int
    left_out: int


def export_text(report: Exported, out: Path) -> str:
    """What was written, and what to mind before it is sent."""
    people = ", ".join(f"{coder} {plural(count, 'action')}" for coder, count in sorted(report.coders.items()))
    lines = [
        f"Wrote {out}: {people}; {plural(report.verdicts, 'decision')}, {plural(report.looks, 'look')}, "
        f"{plural(report.memos, 'note')}.",
        "It holds names of coders and of documents, and no words of a transcript.",
    ]
    if report.memos:
        lines.append("Notes are free text and may name people. Leave them out with --no-memos.")
    if report.left_out:
        lines.append(f"Left out: {plural(report.left_out, 'other action')} of this store.")
    lines.append(f"The others take it in with: qualcode verdicts import {out.name}")
    return "\n".join(lines)


@dataclass(frozen=True, match_args=False)
class Imported(Protocol):
    """What `import_text` needs to know; `qualcode.flow.ImportReport` has it."""

    coders: list[dict[str, Any]]
    known: int
    waiting: Mapping[str, int]
    other_versions: tuple[str, ...]
    not_sent: int
    conflicts: tuple[Any, ...]
    differences: int


def import_text(report: Imported) -> str:
    """What was new, what was not stored and why, and where people said different things."""
    return "\n".join([*_news(report), *_waiting(report), *_conflicts(report.conflicts), *_differences(report)])


def _news(report: Imported) -> Iterator[str]:
    if report.coders:
        columns = (
            Column("coder", "Taken in from"),
            *(
                Column(key, title, right=True)
                for key, title in (
                    ("actions", "Actions"),
                    ("verdicts", "Decisions"),
                    ("looks", "Looks"),
                    ("memos", "Notes"),
                    ("undone", "Taken back"),
                )
            ),
        )
        yield str(render([Table(columns, report.coders)], "table"))
        if report.known:
            yield f"Known before: {plural(report.known, 'action')}."
    else:
        yield f"Nothing new: {plural(report.known, 'action')} known before."


def _waiting(report: Imported) -> Iterator[str]:
    if report.waiting:
        yield "Not stored: what was decided on documents that this store does not hold."
        for name, count in _some(report.waiting.items()):
            other = " (here in another version)" if name in report.other_versions else ""
            yield f"  {name}{other}: {plural(count, 'action')}"
        yield from _more(len(report.waiting))
        yield "Tag these files as the others did, and import the same packet again."
    if report.not_sent:
        yield (
            f"The senders have {plural(report.not_sent, 'more action')}, not in these packets and not here. "
            "To have all, ask for a packet without --since, --coder and --no-memos."
        )


def _conflicts(conflicts: Sequence[Any]) -> Iterator[str]:
    if not conflicts:
        return
    yield f"Decided differently here and there by the same person ({plural(len(conflicts), 'time')}); the newer stands:"
    for one in _some(conflicts):
        place = one.document or "the codebook"
        where = place if one.position is None else f"{place}:{one.position}"
        what = f", {one.code}" if one.code else ""
        who = one.coder_here if one.coder_here == one.coder_there else f"{one.coder_here} and {one.coder_there}"
        said = "wrote two notes" if one.here == "note" else f"said {one.here} here, {one.there} in the packet"
        yield f"  {where}{what}: {who} {said}; {'the packet' if one.is_there else 'this store'}'s stands"
    yield from _more(len(conflicts))


def _differences(report: Imported) -> Iterator[str]:
    if report.differences:
        codes = plural(report.differences, "code") + (" of a sentence" if report.differences == 1 else " of sentences")
        yield f"People differ on {codes}. List them: qualcode agreement --disagreements"


def _some(entries: Any) -> list[Any]:
    return list(entries)[:SHOWN]


def _more(count: int) -> Iterator[str]:
    if count > SHOWN:
        yield f"  and {count - SHOWN:,} more"
