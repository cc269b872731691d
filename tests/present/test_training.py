from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from qualcode import present
from qualcode.codebook import Codebook
from studies import SmallStudy


@dataclass(frozen=True)
class Point:
    examples: int
    right_first: float
    f1: float
    expected: bool = False


@dataclass(frozen=True)
class Report:
    codebook: Codebook
    model: str = "models/hybrid.v2-0"
    head: str = "hybrid"
    counts: dict[str, int] = field(default_factory=lambda: {"fares": 25, "funding": 20, "delays": 9})
    added: int = 0
    measured: bool = True
    figures: dict[str, float] = field(
        default_factory=lambda: {"sentences": 1100.0, "right_first": 0.912, "f1_at_half": 0.6, "auto_recall": 0.0}
    )
    thresholds: tuple[float, float] = (0.95, 0.06)
    curve: tuple[Point, ...] = (Point(27, 0.8, 0.5), Point(54, 0.9, 0.6), Point(108, 0.95, 0.7, expected=True))
    advice: tuple[str, ...] = ("Fewer than 20 examples, so hardly learned: Delays (9).",)
    learned: Any = None


@pytest.fixture
def report(study: SmallStudy) -> Report:
    return Report(study.work.codebook)


def shown(report: Report) -> str:
    return " ".join(str(present.training_text(report, "table")).split())


def test_people_read_examples_figures_curve_and_what_to_do(report: Report) -> None:
    text = shown(report)
    assert "3 Delays 9" in text
    assert "right code first, coded sentences 0.91" in text
    assert "precision of what counts none counts" in text
    assert "Cross-validated on 1,100 sentences; counts from 0.95, waits from 0.06." in text
    assert "hardly learned: Delays (9)" in text
    assert "108 0.95 0.70 expected" in text
    assert "qualcode tag --model models/hybrid.v2-0" in text


def test_figures_of_the_model_before_are_named_as_such(report: Report) -> None:
    text = shown(replace(report, measured=False, added=200, curve=()))
    assert "200 sentences of your own among them" in text
    assert "those of the model before your sentences came in" in text
    assert "What more examples bring" not in text


def test_programs_get_the_same_as_json(report: Report) -> None:
    record = json.loads(str(present.training_text(report, "json")))
    assert (record["model"], record["auto"], record["examples"]["delays"]) == ("models/hybrid.v2-0", 0.95, 9)
    assert record["curve"][-1] == {"examples": 108, "right_first": 0.95, "f1": 0.7, "expected": True}
