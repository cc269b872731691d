"""Who codes which documents, in any format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .table import Column, Format, Table, render
from .wording import plural

SHARE_COLUMNS = (
    Column("coder", "Coder"),
    Column("region", "Region"),
    Column("documents", "Documents", right=True),
    Column("words", "Words", right=True, show=lambda words: f"{words:,}"),
    Column("shared", "With others", right=True),
)

ASSIGNMENT_COLUMNS = (
    Column("document", "Document", flexible=True),
    Column("region", "Region"),
    Column("coder", "Coder"),
    Column("words", "Words", right=True, show=lambda words: f"{words:,}"),
    Column("sentences", "Sentences", right=True),
    Column("done", "Done", right=True),
    Column("shared", "With others"),
)


@dataclass(frozen=True, match_args=False)
class Assigned(Protocol):
    """What `assignment_text` needs to know; `qualcode.flow.Assignment` has it."""

    shares: list[dict[str, Any]]
    documents: int
    shared: int
    kept: int
    orphans: Mapping[str, int]
    has_changed: bool
    seed: int


def assignment_text(found: Assigned, output: Format) -> str | bytes:
    """Documents and words by coder and region."""
    rows: Sequence[Mapping[str, Any]] = found.shares
    if output in ("table", "md", "html"):
        rows = [{**row, "region": row["region"] or "All"} for row in rows]
    return render([Table(SHARE_COLUMNS, rows, "Who codes what", tuple(_notes(found)), groups="coder")], output)


def _notes(found: Assigned) -> Iterator[str]:
    alone = found.documents - found.shared
    yield (
        f"{plural(found.documents, 'document')}: {found.shared:,} for all coders, {alone:,} for one each "
        f"(seed {found.seed})."
    )
    if not found.has_changed:
        yield "Nothing was stored: it was so before."
    if found.kept:
        yield f"{plural(found.kept, 'document')} outside the filters: their coders stay."
    for coder, count in sorted(found.orphans.items()):
        yield f"{coder} has worked on {plural(count, 'document')} now given to others; what was decided stays."
    yield "Each coder sees it in: qualcode assign --list --coders NAME"


def assignments_text(rows: Sequence[Mapping[str, Any]], output: Format) -> str | bytes:
    """Documents by coder, and how far each is."""
    shown = rows
    if output in ("table", "md", "html"):
        shown = [{**row, "coder": row["coder"] or "(nobody)", "shared": "yes" if row["shared"] else ""} for row in rows]
    notes = ("Done: sentences the coder has looked at as a whole.",)
    return render([Table(ASSIGNMENT_COLUMNS, shown, "Who codes what", notes)], output)
