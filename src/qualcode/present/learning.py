"""What people's decisions gained a model: by code, over all, and what was left out.

In: what was learned. Out: a table for people, a plain record for programs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ..codebook import Codebook
from .table import Column, Table, is_missing
from .wording import plural


@dataclass(frozen=True, match_args=False)
class Figures(Protocol):
    """How well codings fit people's; `qualcode.aggregate.Figures` has it."""

    precision: float
    recall: float
    f1: float
    given: int


@dataclass(frozen=True, match_args=False)
class Change(Protocol):
    """Figures before and after; `qualcode.aggregate.Change` has it."""

    before: Any
    after: Any
    wanted: int
    decisions: int


@dataclass(frozen=True, match_args=False)
class Gain(Protocol):
    """What was gained on some sentences; `qualcode.aggregate.Gain` has it."""

    overall: Any
    by_code: Mapping[str, Any]
    difference: float
    low: float
    high: float
    sentences: int
    documents: int


@dataclass(frozen=True, match_args=False)
class Taught(Protocol):
    """What decisions taught; `qualcode.flow.Learned` has it."""

    sentences: int
    documents: int
    left_out: Mapping[Any, int]
    folds: int
    gain: Any
    audited: Any
    is_forced: bool
    is_compared_with_own: bool


_WHY = {
    "differ": "people differ or are unsure",
    "waits": "nothing counts and something still waits",
    "stale": "decided when a code meant something else",
    "language": "in another language",
}
_SHARES = ("precision", "recall", "f1")


def learning_record(learned: Taught) -> dict[str, Any]:
    """All figures as plain values; what is undefined is None."""
    return {
        "sentences": learned.sentences,
        "documents": learned.documents,
        "left_out": {why: learned.left_out.get(why, 0) for why in _WHY},
        "folds": learned.folds,
        "forced": learned.is_forced,
        "compared_with_own": learned.is_compared_with_own,
        "gain": _gain_record(learned.gain),
        "audited": None if learned.audited is None else _gain_record(learned.audited),
    }


def _gain_record(gain: Gain) -> dict[str, Any]:
    return {
        "f1_difference": _plain(gain.difference),
        "low": _plain(gain.low),
        "high": _plain(gain.high),
        "sentences": gain.sentences,
        "documents": gain.documents,
        "overall": _change_record(gain.overall),
        "by_code": {code: _change_record(change) for code, change in gain.by_code.items()},
    }


def _change_record(change: Change) -> dict[str, Any]:
    sides = {"before": change.before, "after": change.after}
    figures = {
        side: {**{name: _plain(getattr(of, name)) for name in _SHARES}, "given": of.given} for side, of in sides.items()
    }
    return {**figures, "wanted": change.wanted, "decisions": change.decisions}


def _plain(value: float) -> float | None:
    return None if is_missing(value) else round(value, 4)


# --- what people read --------------------------------------------------------------------------


def learning_table(learned: Taught, codebook: Codebook) -> Table:
    """Precision, recall and F1 of each code before and after, and of all together."""
    gain: Gain = learned.gain
    rows = [
        {"number": code.number, "code": code.name, **_cells(gain.by_code[code.id])}
        for code in codebook.codes
        if gain.by_code[code.id].decisions
    ]
    return Table(
        (
            Column("number", "No", right=True),
            Column("code", "Code", flexible=True),
            Column("wanted", "People's", right=True),
            Column("precision", "Precision", right=True),
            Column("recall", "Recall", right=True),
            Column("f1", "F1", right=True),
        ),
        [*rows, {"number": None, "code": "All", **_cells(gain.overall)}],
        title="What people's decisions gain, on documents not learned from",
        notes=tuple(_notes(learned)),
    )


def _cells(change: Change) -> dict[str, Any]:
    shares = {name: _arrow(getattr(change.before, name), getattr(change.after, name)) for name in _SHARES}
    return {"wanted": change.wanted, **shares}


def _arrow(before: float, after: float) -> str:
    return " → ".join("none" if is_missing(value) else f"{value:.2f}" for value in (before, after))


def _notes(learned: Taught) -> Iterator[str]:
    gain: Gain = learned.gain
    yield (
        f"Model before → model with the decisions, of what counts. F1 {_difference(gain)}, on "
        f"{plural(gain.sentences, 'judged sentence')} of {plural(gain.documents, 'document')}, each tagged by a model "
        f"that had learned from other documents only ({learned.folds} folds). People's: codes they gave."
    )
    if is_missing(gain.low):
        yield "The models differ in too few documents for an interval."
    elif gain.low <= 0 <= gain.high:
        yield "The difference may be chance: its interval holds 0."
    if learned.audited is not None:
        drawn: Gain = learned.audited
        yield (
            f"On the {plural(drawn.sentences, 'sentence')} drawn at random, weighed up to all: precision, recall, F1 "
            f"{', '.join(_cells(drawn.overall)[name] for name in _SHARES)}; F1 {_difference(drawn)}."
        )
    else:
        yield "Sentences that a queue or a person chose are no random sample: over all the notes figures are others."
    if any(learned.left_out.values()):
        reasons = (f"{n:,} {_WHY[why]}" for why, n in learned.left_out.items() if n)
        yield f"Judged but left out: {'; '.join(reasons)}."
    if learned.is_compared_with_own:
        yield (
            "The model in use has learned decisions already and cannot be compared with: the model before is the "
            "codebook's own, and all decisions of the store are learned anew."
        )
    if learned.is_forced:
        yield "This model is worse than the one before; it was kept because of --force."


def _difference(gain: Gain) -> str:
    interval = "" if is_missing(gain.low) else f" (95 % interval {gain.low:+.3f} to {gain.high:+.3f})"
    return f"{gain.difference:+.3f}{interval}"
