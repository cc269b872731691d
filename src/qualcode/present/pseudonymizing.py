"""What was hidden, given back or suggested, in counts: never a name."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from .wording import plural


@dataclass(frozen=True, match_args=False)
class Pseudonymised(Protocol):
    """What `pseudonymised_text` needs to know; `qualcode.flow.Pseudonymised` has it."""

    out: Path
    key: Path
    documents: int
    places: dict[str, int]
    names: int
    near: int
    in_codebook: int
    still: tuple[str, ...]


@dataclass(frozen=True, match_args=False)
class Suggested(Protocol):
    """What `suggested_text` needs to know; `qualcode.flow.Suggested` has it."""

    path: Path
    rows: tuple[dict[str, Any], ...]
    ignored: int


@dataclass(frozen=True, match_args=False)
class Restored(Protocol):
    """What `restored_text` needs to know; `qualcode.flow.Restored` has it."""

    out: Path
    documents: int


def pseudonymised_text(report: Pseudonymised) -> str:
    """What was written, what was left, and where the names still are."""
    places = sum(report.places.values())
    lines = [
        f"Wrote {report.out}: {plural(report.names, 'listed name')} found, {plural(places, 'place')} replaced in "
        f"{plural(report.documents, 'document')}. Sentences, codings and decisions are the same, and proved to be.",
        f"The key is {report.key}. Keep it away from the new store: who has both has the names.",
        f"The names are still in: {', '.join(report.still)}. Pseudonymised is less than nameless: who knows the people "
        "may know them by what they say.",
    ]
    if report.near:
        lines.append(
            f"{plural(report.near, 'word')} nearly a listed name were left. List them with: qualcode pseudonymize "
            "--suggest"
        )
    if report.in_codebook:
        lines.append(f"{plural(report.in_codebook, 'cell')} of the codebook with a listed name were left.")
    return "\n".join(lines)


def restored_text(report: Restored) -> str:
    """What was written."""
    return f"Wrote {report.out}: {plural(report.documents, 'document')} with their names, and all that was done since."


def suggested_text(report: Suggested) -> str:
    """How many rows of which kind, and what to do with them."""
    kinds = Counter(str(row["kind"]) for row in report.rows)
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "none"
    return (
        f"Wrote {report.path}: {plural(len(report.rows), 'row')} ({told}), {report.ignored} ignored. Move what is a "
        "name to names.csv, and write ignore under decision where it is none. No list finds all: read your texts too."
    )
