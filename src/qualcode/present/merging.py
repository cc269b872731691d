"""What came together when stores were pooled, and what they say differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .table import Column, Table, render
from .wording import plural


@dataclass(frozen=True, match_args=False)
class Differing(Protocol):
    """What `merge_text` needs to know of a conflict; `qualcode.store.Conflict` has it."""

    document: str | None
    differs: str
    kept: str
    store: Path


def merge_text(added: Sequence[tuple[Path, Mapping[str, int]]], conflicts: Sequence[Differing], out: Path) -> str:
    """What each store brought, and what they say differently.

    Parameters
    ----------
    added : sequence of (Path, mapping of str to int)
        For each store: documents, runs, actions and passages that came with it.
    conflicts : sequence of Differing
    out : Path
        The new store.
    """
    nouns = ("document", "run", "action", "passage")
    lines = [
        f"{path}: {', '.join(plural(counts[f'{noun}s'], noun) for noun in nouns)}{'' if not number else ' more'}."
        for number, (path, counts) in enumerate(added)
    ]
    if conflicts:
        rows = [
            {"document": one.document or "(all)", "differs": one.differs, "kept": one.kept, "store": one.store.name}
            for one in conflicts
        ]
        notes = ("Where stores differ, the one named first decides. Nothing of the others was overwritten.",)
        lines += ["", str(render([Table(CONFLICT_COLUMNS, rows, "What the stores say differently", notes)], "table"))]
    else:
        lines.append("The stores do not contradict each other.")
    return "\n".join([*lines, f"Wrote {out}."])


CONFLICT_COLUMNS = (
    Column("document", "Document", widest=26),
    Column("store", "Other store", widest=16),
    Column("differs", "What differs there", widest=26),
    Column("kept", "What the new store holds", widest=24),
)
