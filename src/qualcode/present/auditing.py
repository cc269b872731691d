"""What was drawn for the audit, as text for people.

In: the report of a draw. Out: text.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Protocol

from .wording import plural


@dataclass(frozen=True, match_args=False)
class Audited(Protocol):
    """What `audit_text` needs to know; `qualcode.flow.AuditReport` has it."""

    drawn: int
    added: int
    left: int
    waiting: int
    sentences: int
    strata: tuple[Any, ...]
    seed: int


def audit_text(report: Audited) -> str:
    """How many sentences are in the sample, of what kind, and how many wait to be judged."""
    kinds: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for stratum in report.strata:
        kinds[stratum.predicted][0] += stratum.drawn
        kinds[stratum.predicted][1] += stratum.size
    parts = [
        f"{kinds[kind][0]:,} of {kinds[kind][1]:,} {what}"
        for kind, what in (
            ("counts", "with a code that counts"),
            ("waits", "with one that waits"),
            ("nothing", "without a code"),
        )
        if kind in kinds
    ]
    lines = [
        f"Audit: {report.drawn:,} of {plural(report.sentences, 'sentence')} drawn at random from each region "
        f"({'; '.join(parts)}), seed {report.seed}.",
        f"{report.added:,} new in the sample; {report.waiting:,} wait to be judged.",
    ]
    if report.left:
        lines.append(
            f"{report.left:,} left the sample: documents, regions or the seed have changed since. What people said of "
            "them stays."
        )
    return "\n".join(lines)
