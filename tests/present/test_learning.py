from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from qualcode import present
from qualcode.codebook import Codebook
from studies import SmallStudy

from .test_training import Report

NAN = float("nan")
KEYS = (
    *("sentences", "documents", "left_out", "folds", "forced", "compared_with_own", "gain", "audited"),
    *("f1_difference", "low", "high", "sentences", "documents", "overall", "by_code"),
)
"""Of what was learned, and of a gain; the page on JSON names them."""


@dataclass(frozen=True)
class Figures:
    precision: float
    recall: float
    f1: float
    given: int


@dataclass(frozen=True)
class Change:
    before: Figures
    after: Figures
    wanted: int
    decisions: int = 60


BETTER = Change(Figures(0.9, 0.5, 0.6429, 10), Figures(0.8, 0.8, 0.8, 18), 18)
UNKNOWN = Change(Figures(NAN, 0.0, 0.0, 0), Figures(NAN, 0.0, 0.0, 0), 4)
UNDECIDED = Change(Figures(NAN, NAN, NAN, 0), Figures(NAN, NAN, NAN, 0), 0, 0)


@dataclass(frozen=True)
class Gain:
    overall: Change = BETTER
    by_code: Mapping[str, Change] = field(
        default_factory=lambda: {"fares": BETTER, "funding": UNKNOWN, "delays": UNDECIDED}
    )
    difference: float = 0.15711
    low: float = 0.02
    high: float = 0.29
    sentences: int = 1060
    documents: int = 4


@dataclass(frozen=True)
class Learned:
    sentences: int = 1060
    documents: int = 4
    left_out: Mapping[str, int] = field(default_factory=lambda: {"differ": 2, "stale": 1})
    folds: int = 3
    gain: Any = field(default_factory=Gain)
    audited: Any = None
    is_forced: bool = False
    is_compared_with_own: bool = False


@pytest.fixture
def codebook(study: SmallStudy) -> Codebook:
    return study.work.codebook


def shown(codebook: Codebook, learned: Learned) -> str:
    report = Report(codebook, measured=False, curve=(), learned=learned)
    return " ".join(str(present.training_text(report, "table")).split())


def test_people_read_each_code_before_and_after(codebook: Codebook) -> None:
    text = shown(codebook, Learned())
    assert "1 High fares 18 0.90 → 0.80 0.50 → 0.80 0.64 → 0.80" in text
    assert "2 No funding 4 none → none 0.00 → 0.00 0.00 → 0.00" in text
    assert text.count("Delays") == 2  # of the examples; nobody decided on it
    assert "All 18 0.90 → 0.80" in text
    assert "F1 +0.157 (95 % interval +0.020 to +0.290), on 1,060 judged sentences of 4 documents" in text
    assert "Judged but left out: 2 people differ or are unsure; 1 decided when a code meant something else." in text
    assert "1,060 sentences of 4 documents that people judged among them" in text
    assert "no random sample" in text
    assert "chance" not in text
    assert "qualcode tag --model models/hybrid.v2-0" in text


@pytest.mark.parametrize(
    ("learned", "said"),
    [
        (Learned(gain=Gain(low=-0.01)), "The difference may be chance"),
        (Learned(gain=Gain(low=NAN, high=NAN)), "too few documents for an interval"),
        (Learned(audited=Gain(sentences=60)), "On the 60 sentences drawn at random, weighed up to all: precision"),
        (Learned(is_compared_with_own=True), "the model before is the codebook's own"),
        (Learned(is_forced=True), "kept because of --force"),
    ],
)
def test_what_limits_the_figures_is_said(codebook: Codebook, learned: Learned, said: str) -> None:
    assert said in shown(codebook, learned)


def test_programs_get_the_same_as_json(codebook: Codebook) -> None:
    report = Report(codebook, learned=Learned(audited=Gain(low=NAN)))
    record = json.loads(str(present.training_text(report, "json")))["learned"]
    assert (tuple(record), tuple(record["gain"])) == (KEYS[:8], KEYS[8:])
    assert record["left_out"] == {"differ": 2, "waits": 0, "stale": 1, "language": 0}
    assert (record["gain"]["f1_difference"], record["audited"]["low"]) == (0.1571, None)
    assert record["gain"]["by_code"]["funding"] == {
        "before": {"precision": None, "recall": 0.0, "f1": 0.0, "given": 0},
        "after": {"precision": None, "recall": 0.0, "f1": 0.0, "given": 0},
        "wanted": 4,
        "decisions": 60,
    }
    bare = json.loads(str(present.training_text(replace(report, learned=None), "json")))
    assert bare["learned"] is None
