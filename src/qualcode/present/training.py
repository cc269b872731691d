"""What training a model brought: examples, held-out figures, what more would bring, how to use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from ..codebook import Codebook
from .learning import Taught, learning_record, learning_table
from .table import Column, Format, Table, render
from .wording import json_text, plural


@dataclass(frozen=True, match_args=False)
class Point(Protocol):
    """One point of a learning curve; `qualcode.flow.CurvePoint` has it."""

    examples: int
    right_first: float
    f1: float
    expected: bool


@dataclass(frozen=True, match_args=False)
class Trained(Protocol):
    """What `training_text` needs to know; `qualcode.flow.TrainReport` has it."""

    model: str
    head: str
    counts: dict[str, int]
    added: int
    measured: bool
    figures: dict[str, float]
    thresholds: tuple[float, float]
    curve: tuple[Any, ...]
    advice: tuple[str, ...]
    codebook: Codebook
    learned: Any


_FIGURES = {
    "right_first": "right code first, coded sentences",
    "f1_at_half": "micro-F1 at probability 0.5",
    "auto_precision": "precision of what counts",
    "auto_recall": "recall of what counts",
    "review_recall": "recall of what counts or waits",
    "calibration_error": "expected calibration error",
}


def training_text(report: Trained, output: Format) -> str | bytes:
    """The report: as JSON one object, else tables of examples, figures and, where asked for, the learning curve."""
    if output == "json":
        return json_text(_record(report))
    return render(list(_tables(report)), output)


def _record(report: Trained) -> dict[str, Any]:
    return {
        "model": report.model,
        "measured": report.measured,
        "added": report.added,
        "examples": report.counts,
        "figures": {"sentences": None, **report.figures},
        "auto": report.thresholds[0],
        "review": report.thresholds[1],
        "curve": [asdict(point) for point in report.curve],
        "advice": list(report.advice),
        "learned": None if report.learned is None else learning_record(report.learned),
    }


def _tables(report: Trained) -> Iterator[Table]:
    yield Table(
        (
            Column("number", "No", right=True),
            Column("code", "Code", flexible=True),
            Column("n", "Sentences", right=True),
        ),
        [{"number": c.number, "code": c.name, "n": report.counts[c.id]} for c in report.codebook.codes],
        title="Trained from",
        notes=tuple(_own(report)),
    )
    if report.learned is not None:
        yield learning_table(report.learned, report.codebook)
    yield Table(
        (Column("figure", "On held-out sentences", flexible=True), Column("value", "Value", right=True)),
        list(_figure_rows(report.figures)),
        title="How good it is",
        notes=tuple(_figure_notes(report)),
    )
    if report.curve:
        yield Table(
            (
                Column("examples", "Coded examples", right=True),
                Column("right_first", "Right code first", right=True),
                Column("f1", "F1 at 0.5", right=True),
                Column("how", "How known"),
            ),
            [
                {
                    "examples": point.examples,
                    "right_first": f"{point.right_first:.2f}",
                    "f1": f"{point.f1:.2f}",
                    "how": "expected" if point.expected else "measured",
                }
                for point in report.curve
            ],
            title="What more examples bring",
        )


def _own(report: Trained) -> Iterator[str]:
    learned: Taught | None = report.learned
    if report.added:
        yield f"{plural(report.added, 'sentence')} of your own among them."
    if learned is not None:
        judged = plural(learned.sentences, "sentence")
        yield f"{judged} of {plural(learned.documents, 'document')} that people judged among them."


def _figure_rows(figures: Mapping[str, float]) -> Iterator[dict[str, str]]:
    for name, title in _FIGURES.items():
        value = figures.get(name)
        yield {"figure": title, "value": "none counts" if value is None else f"{value:.2f}"}


def _figure_notes(report: Trained) -> Iterator[str]:
    auto, review = report.thresholds
    sentences = int(report.figures["sentences"])
    if report.measured:
        yield f"Cross-validated on {sentences:,} sentences; counts from {auto:.2f}, waits from {review:.2f}."
    else:
        yield (
            f"Figures and thresholds (counts from {auto:.2f}, waits from {review:.2f}) are those of the model before "
            "your sentences came in. Measure again: qualcode train --measure with the same options."
        )
    yield from report.advice
    yield f'Use it: qualcode tag --model {report.model}, or write model = "{report.model}" into qualcode.toml.'
