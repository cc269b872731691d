"""Why a sentence was coded as it was: its best codes with all that spoke for and against them.

In: an explanation. Out: text, or one row a piece of evidence in any format.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import fill
from typing import Any, Protocol

from ..codebook import Codebook
from ..model import Evidence, Score, Thresholds
from .table import WIDTH, Column, Format, Table, render
from .wording import json_text, shortened

_SAID = {
    "cue": "the codebook's cue",
    "word": "word",
    "model": "the sentence alone",
    "turn": "the sentences around it",
    "question": "the question",
    "example": "most similar example",
    "counterexample": "most similar without the code",
    "veto": "veto",
    "language": "language",
}
_FIELDS = ("document", "segment", "code", "probability", "source", "detail", "weight", "start", "end")


@dataclass(frozen=True, match_args=False)
class Explained(Protocol):
    """What `explanation_text` needs to know; `qualcode.flow.Explanation` has it."""

    document: str
    segment: int
    text: str
    before: str
    after: str
    speaker: str | None
    question: str
    score: Score | None
    thresholds: Thresholds
    tagger: str
    notes: tuple[str, ...]
    codebook: Codebook


def explanation_text(found: Explained, output: Format) -> str | bytes:
    """An explanation: as text in whole lines, as JSON one object, else one row a piece of evidence."""
    if output == "table":
        return "\n".join(_lines(found))
    if output == "json":
        return json_text(_record(found))
    rows = [
        {"document": found.document, "segment": found.segment, "code": code, "probability": p, **one.as_dict()}
        for code, p, evidence in _best(found)
        for one in evidence
    ]
    return render([Table(tuple(Column(name, name) for name in _FIELDS), rows, title=found.document)], output)


def _best(found: Explained) -> Iterator[tuple[str, float, tuple[Evidence, ...]]]:
    """The three best codes, and any other at or above `review`."""
    if found.score is None:
        return
    ranked = sorted(found.score.probabilities.items(), key=lambda pair: (-pair[1], pair[0]))
    for place, (code, probability) in enumerate(ranked):
        if place < 3 or probability >= found.thresholds.review:
            yield code, round(probability, 4), found.score.evidence.get(code, ())


def _record(found: Explained) -> dict[str, Any]:
    codes = [
        {
            "code": code,
            "number": found.codebook.by_id[code].number,
            "probability": probability,
            "status": found.thresholds.status(probability),
            "evidence": [one.as_dict() for one in evidence],
        }
        for code, probability, evidence in _best(found)
    ]
    return {
        "document": found.document,
        "segment": found.segment,
        "text": found.text,
        "before": found.before,
        "after": found.after,
        "speaker": found.speaker,
        "question": found.question,
        "tagger": found.tagger,
        "auto": found.thresholds.auto,
        "review": found.thresholds.review,
        "none": None if found.score is None else round(found.score.none, 4),
        "codes": codes,
        "notes": list(found.notes),
    }


def _lines(found: Explained) -> Iterator[str]:
    yield f"{found.document}, segment {found.segment}" + (f", {found.speaker}" if found.speaker else "")
    if found.question:
        yield fill(f"Asked: {shortened(found.question, 200)}", WIDTH)
    if found.before:
        yield fill(f"  … {shortened(found.before, 200)}", WIDTH)
    yield fill(f"> {found.text}", WIDTH)
    if found.after:
        yield fill(f"  {shortened(found.after, 200)} …", WIDTH)
    yield ""
    if found.score is None:
        yield "No respondent says this, so it is not coded."
        return
    for code, probability, evidence in _best(found):
        entry = found.codebook.by_id[code]
        status = {"auto": "counts", "pending": "waits for a person", None: "below review"}
        yield f"{probability:4.2f}  {entry.number:>2} {entry.name}: {status[found.thresholds.status(probability)]}"
        for one in evidence:
            said = f'"{shortened(one.detail, 60)}"' if one.detail != _SAID.get(one.source) else ""
            yield f"      {one.weight:+6.2f}  {_SAID.get(one.source, one.source)} {said}".rstrip()
        yield ""
    yield f"{found.score.none:4.2f}  no code"
    yield from (
        "",
        f"{found.tagger} counts from {found.thresholds.auto:.2f}, shows a person from {found.thresholds.review:.2f}.",
        "Cues weigh as in the codebook; words in log odds against no code; the sentence alone as a probability;",
        "neighbours and question by what they add to it; examples by likeness, -1 to 1.",
        *found.notes,
    )
