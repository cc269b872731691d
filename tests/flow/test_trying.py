from __future__ import annotations

import json
from pathlib import Path

import pytest

from qualcode import flow
from qualcode.errors import ReadError, SelectionError
from qualcode.flow.trying import score_of_passage
from qualcode.model import Evidence, Score
from studies import SmallStudy

THREE = "The ticket costs too much. Lovely weather today. And the bus is late, as the ticket costs too much."


def test_one_text_gets_the_number_one() -> None:
    assert flow.texts_to_try("The bus is late.", None) == [("1", "The bus is late.")]


@pytest.mark.parametrize("text", ["", "  ", "\n\t"])
def test_a_blank_text_is_refused(text: str) -> None:
    with pytest.raises(SelectionError, match="The text is blank"):
        flow.texts_to_try(text, None)


def test_text_and_file_exclude_each_other_and_one_is_needed() -> None:
    for text, file in ((None, None), ("x", Path("x.txt"))):
        with pytest.raises(SelectionError, match="Give one text, or a file"):
            flow.texts_to_try(text, file)


def test_texts_come_from_jsonl_csv_and_lines_in_file_order(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        json.dumps({"id": "q7", "text": "Late, ξ."}) + "\n" + json.dumps({"text": "Two."}) + "\n", encoding="utf-8"
    )
    (tmp_path / "a.csv").write_text('id,text\nx,"Late, again."\ny,Two.\n', encoding="utf-8")
    (tmp_path / "a.txt").write_text("Late.\n\nTwo.\n", encoding="utf-8")
    assert flow.texts_to_try(None, tmp_path / "a.jsonl") == [("q7", "Late, ξ."), ("2", "Two.")]
    assert flow.texts_to_try(None, tmp_path / "a.csv") == [("x", "Late, again."), ("y", "Two.")]
    assert [text for _, text in flow.texts_to_try(None, tmp_path / "a.txt")] == ["Late.", "Two."]


def test_a_missing_file_of_texts_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"gone\.jsonl"):
        flow.texts_to_try(None, tmp_path / "gone.jsonl")


def test_trials_keep_the_order_and_cover_every_code(study: SmallStudy) -> None:
    trials = flow.try_texts([("b", "The bus is late."), ("a", "Nice."), ("b", "No money.")], study.work)
    assert [(trial.id, trial.text) for trial in trials] == [
        ("b", "The bus is late."),
        ("a", "Nice."),
        ("b", "No money."),
    ]
    assert all(set(trial.score.probabilities) == {"fares", "funding", "delays"} for trial in trials)
    # rules.v1: one cue of weight 1 is p = 1 - 2**-1
    assert [trial.score.probabilities["delays"] for trial in trials] == [0.5, 0.0, 0.0]
    assert trials[2].score.probabilities["funding"] == 0.5


def test_a_text_of_three_sentences_is_one_answer(study: SmallStudy) -> None:
    (trial,) = flow.try_texts([("1", THREE)], study.work)
    assert trial.score.probabilities == {"fares": 0.5, "funding": 0.0, "delays": 0.5}
    # The last sentence has both codes: none = (1 - 0.5) * (1 - 0.5).
    assert trial.score.none == 0.25
    said = [THREE[e.start : e.end] for e in trial.score.evidence["fares"]]
    assert said == ["costs too much", "costs too much"]
    assert [e.start for e in trial.score.evidence["delays"]] == [THREE.index("late")]


def test_a_text_without_a_word_has_no_code(study: SmallStudy) -> None:
    (trial,) = flow.try_texts([("1", "…")], study.work)
    assert max(trial.score.probabilities.values()) == 0.0
    assert trial.score.none == 1.0


def test_a_passage_takes_the_best_of_each_code_and_the_least_none(study: SmallStudy) -> None:
    codebook = study.work.codebook
    evidence = (Evidence("cue", "late", 0, 4, 1.0),)
    scores = [
        Score(0, {"fares": 0.2, "funding": 0.0, "delays": 0.9}, 0.1, {"delays": evidence}),
        Score(1, {"fares": 0.6, "funding": 0.1, "delays": 0.3}, 0.4, {"delays": evidence}, intense=True),
    ]
    best = score_of_passage(scores, codebook)
    assert best.probabilities == {"fares": 0.6, "funding": 0.1, "delays": 0.9}
    assert (best.none, best.intense) == (0.1, True)
    assert best.evidence["delays"] == evidence * 2
    nothing = score_of_passage([], codebook)
    assert (set(nothing.probabilities.values()), nothing.none) == ({0.0}, 1.0)


def test_nothing_is_stored(study: SmallStudy) -> None:
    before = sorted(study.folder.rglob("*"))
    flow.try_texts([("1", THREE)], study.work)
    assert sorted(study.folder.rglob("*")) == before
