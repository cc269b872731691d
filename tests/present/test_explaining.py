from __future__ import annotations

import csv
import json
from dataclasses import dataclass, replace
from io import StringIO

import pytest

from qualcode import present
from qualcode.codebook import Codebook
from qualcode.model import Evidence, Score, Thresholds
from studies import SmallStudy

EVIDENCE = (
    Evidence("cue", "costs? too much", 100, 114, 1.0),
    Evidence("word", "ticket", 104, 110, 0.42),
    Evidence("model", "the sentence alone", 100, 126, 0.61),
    Evidence("turn", "the sentences around it", weight=0.11),
    Evidence("question", "What about\nmoney?", weight=-0.05),
    Evidence("example", "The fare is more than my lunch.", weight=0.7),
)


SCORE = Score(3, {"fares": 0.8, "delays": 0.1, "funding": 0.0}, 0.15, {"fares": EVIDENCE})
THRESHOLDS = Thresholds(0.7, 0.1)


@dataclass(frozen=True)
class Explanation:
    codebook: Codebook
    document: str = "anna.txt"
    segment: int = 3
    text: str = "The ticket costs too much."
    before: str = "My garden is fine."
    after: str = ""
    speaker: str | None = "Anna"
    question: str = "What about\nmoney?"
    score: Score | None = SCORE
    thresholds: Thresholds = THRESHOLDS
    tagger: str = "hybrid.v2"
    notes: tuple[str, ...] = ("Tag again.",)


@pytest.fixture
def explanation(study: SmallStudy) -> Explanation:
    return Explanation(study.work.codebook)


def test_people_read_the_sentence_in_its_place_and_every_reason(explanation: Explanation) -> None:
    lines = str(present.explanation_text(explanation, "table")).splitlines()
    assert lines[:4] == [
        "anna.txt, segment 3, Anna",
        "Asked: What about money?",
        "  … My garden is fine.",
        "> The ticket costs too much.",
    ]
    assert "0.80   1 High fares: counts" in lines
    assert "0.10   3 Delays: waits for a person" in lines
    assert "0.00   2 No funding: below review" in lines
    assert '       +1.00  the codebook\'s cue "costs? too much"' in lines
    assert "       +0.61  the sentence alone" in lines
    assert '       -0.05  the question "What about money?"' in lines
    assert "0.15  no code" in lines
    assert any(line.startswith("hybrid.v2 counts from 0.70, shows a person from 0.10.") for line in lines)
    assert lines[-1] == "Tag again."


def test_programs_get_the_same_as_json(explanation: Explanation) -> None:
    record = json.loads(str(present.explanation_text(explanation, "json")))
    assert (record["document"], record["segment"], record["none"], record["auto"]) == ("anna.txt", 3, 0.15, 0.7)
    assert [(c["code"], c["number"], c["status"]) for c in record["codes"]] == [
        ("fares", 1, "auto"), ("delays", 3, "pending"), ("funding", 2, None),
    ]  # fmt: skip
    assert record["codes"][0]["evidence"][1] == {
        "source": "word", "detail": "ticket", "start": 104, "end": 110, "weight": 0.42,
    }  # fmt: skip


def test_a_table_has_a_row_for_each_reason(explanation: Explanation) -> None:
    header, *rows = csv.reader(StringIO(str(present.explanation_text(explanation, "csv"))))
    assert len(rows) == len(EVIDENCE)
    assert dict(zip(header, rows[0], strict=True)) == {
        "document": "anna.txt", "segment": "3", "code": "fares", "probability": "0.8", "source": "cue",
        "detail": "costs? too much", "weight": "1.0", "start": "100", "end": "114",
    }  # fmt: skip


def test_what_no_respondent_says_is_said_to_be_uncoded(explanation: Explanation) -> None:
    asked = replace(explanation, score=None)
    assert "No respondent says this, so it is not coded." in str(present.explanation_text(asked, "table"))
    record = json.loads(str(present.explanation_text(asked, "json")))
    assert (record["none"], record["codes"]) == (None, [])
