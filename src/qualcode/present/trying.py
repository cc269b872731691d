"""Scores of texts that were tried, for people with evidence and for programs in full.

In: the scored texts and their codebook. Out: text, or one row a text and code in any format.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import Any, Protocol

from ..codebook import Codebook
from ..model import Score
from .table import WIDTH, Column, Format, Table, render, render_json
from .wording import plural, shortened


@dataclass(frozen=True, match_args=False)
class Tried(Protocol):
    """What `try_text` needs to know of a text; `qualcode.flow.Trial` has it."""

    id: str
    text: str
    score: Score


def try_text(trials: Sequence[Tried], codebook: Codebook, output: Format) -> str | bytes:
    """Scores of texts: as JSON one object a text with all codes, as text the best codes with evidence.

    The other formats have one row a text and code, most probable first.
    """
    records = [_trial_record(trial, codebook) for trial in trials]
    if output == "json":
        return render_json(records)
    if output == "table":
        return "\n\n".join(_trial_text(trial, codebook) for trial in trials)
    rows = [
        {"id": record["id"], "text": record["text"], "none": record["none"], **code}
        for record in records
        for code in record["codes"]
    ]
    titles = {"id": "Id", "number": "No", "code": "Code", "probability": "p"}
    columns = tuple(Column(name, titles.get(name, ""), right=name in ("number", "probability")) for name in _TRY_FIELDS)
    return render([Table(columns, rows, title=plural(len(records), "text"))], output)


_TRY_FIELDS = ("id", "text", "none", "number", "code", "probability", "evidence")


def _trial_record(trial: Tried, codebook: Codebook) -> dict[str, Any]:
    return {
        "id": trial.id,
        "text": trial.text,
        "none": round(trial.score.none, 4),
        "codes": [
            {
                "number": codebook.by_id[code].number,
                "code": code,
                "probability": round(probability, 4),
                "evidence": [evidence.as_dict() for evidence in trial.score.evidence.get(code, ())],
            }
            for code, probability in _ranked(trial.score)
        ],
    }


def _ranked(score: Score) -> list[tuple[str, float]]:
    return sorted(score.probabilities.items(), key=lambda pair: (-pair[1], pair[0]))


def _trial_text(trial: Tried, codebook: Codebook, best: int = 3) -> str:
    lines = [fill(trial.text, WIDTH)]
    for code, probability in _ranked(trial.score)[:best]:
        entry = codebook.by_id[code]
        lines.append(f"  {probability:4.2f}  {entry.number:>2} {entry.name}")
        for evidence in trial.score.evidence.get(code, ()):
            said = trial.text[evidence.start : evidence.end] if evidence.source == "cue" else ""
            words = f': "{shortened(said, 22)}"' if said else ""
            lines.append(f"        {evidence.weight:+5.2f}  {evidence.source}: {shortened(evidence.detail, 54)}{words}")
    lines.append(f"  {trial.score.none:4.2f}  no code")
    return "\n".join(lines)
