"""What a check of a store found, in any format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from .table import Column, Format, Table, render
from .wording import plural


@dataclass(frozen=True, match_args=False)
class Found(Protocol):
    """What `doctor_text` needs to know of a finding; `qualcode.store.Finding` has it."""

    check: str
    state: Literal["ok", "warning", "fault"]
    found: str
    advice: str


def doctor_text(findings: Sequence[Found], output: Format) -> str | bytes:
    """What was found, one row a finding.

    Parameters
    ----------
    findings : sequence of Found
    output : Format
    """
    rows = [{column.key: getattr(finding, column.key) for column in DOCTOR_COLUMNS} for finding in findings]
    return render([Table(DOCTOR_COLUMNS, rows, "The store and its codings", (doctor_counts(findings),))], output)


def doctor_counts(findings: Sequence[Found]) -> str:
    """How it stands, in a sentence.

    Examples
    --------
    >>> doctor_counts([])
    'Everything is well.'
    """
    counts = Counter(finding.state for finding in findings)
    said = [plural(counts[state], state) for state in ("fault", "warning") if counts[state]]
    return f"{' and '.join(said)}." if said else "Everything is well."


DOCTOR_COLUMNS = (
    Column("check", "Check"),
    Column("state", "State"),
    Column("found", "Found", widest=44),
    Column("advice", "What to do", widest=30),
)
