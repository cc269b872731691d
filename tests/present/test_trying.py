from __future__ import annotations

import json
from dataclasses import dataclass

from qualcode import present
from qualcode.model import Evidence, Score
from studies import SmallStudy


@dataclass(frozen=True)
class Trial:
    id: str
    text: str
    score: Score


def trial(text: str, **probabilities: float) -> Trial:
    known = {"fares": 0.0, "funding": 0.0, "delays": 0.0} | probabilities
    evidence = (
        Evidence("cue", "a cue that is rather long " * 9, 0, len(text), 1.0),
        Evidence("question", "Is the\nbus late?", None, None, -0.25),
    )
    return Trial("x", text, Score(0, known, 0.1, {"delays": evidence}))


def test_scores_are_ranked_and_ties_are_broken_by_name(study: SmallStudy) -> None:
    codebook = study.work.codebook
    found = json.loads(str(present.try_text([trial("Late.", funding=0.123456, delays=0.9)], codebook, "json")))
    assert [(c["code"], c["probability"]) for c in found[0]["codes"]] == [
        ("delays", 0.9),
        ("funding", 0.1235),
        ("fares", 0.0),
    ]
    tied = json.loads(str(present.try_text([trial("Late.")], codebook, "json")))
    assert [c["code"] for c in tied[0]["codes"]] == ["delays", "fares", "funding"]
    assert found[0]["codes"][0]["evidence"][1] == {
        "source": "question",
        "detail": "Is the\nbus late?",
        "weight": -0.25,
    }


def test_scores_for_people_fit_a_hundred_columns(study: SmallStudy) -> None:
    text = str(present.try_text([trial("The bus was very late. " * 20, delays=0.9)], study.work.codebook, "table"))
    assert max(map(len, text.splitlines())) <= 100
    assert "  0.90   3 Delays\n" in text
    assert "-0.25  question: Is the bus late?" in text
