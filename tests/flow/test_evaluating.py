from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from qualcode import flow
from qualcode.errors import GoldError, SelectionError
from qualcode.flow.evaluating import covered
from qualcode.segment import segment_passage
from studies import SmallStudy, dump

GOLD: list[dict[str, object]] = [
    {"document": "anna.txt", "quote": "The bus is always late in the evening.", "codes": [3]},
    {"document": "anna.txt", "quote": "The ticket costs\ntoo much", "codes": ["fares"]},
    {"document": "anna.txt", "quote": "My garden is fine.", "codes": [], "kind": "chatter"},
    {"document": "ben.txt", "quote": "The town has no money for a second bus.", "codes": [2]},
    {"document": "ben.txt", "quote": "At night I sleep.", "codes": [3]},
]


def write_gold(study: SmallStudy, entries: Sequence[Mapping[str, object]] = GOLD) -> Path:
    file = study.folder / "gold.jsonl"
    file.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    return file


def row(found: flow.Evaluation, name: str) -> dict[str, float]:
    overall = found.accuracy.overall
    return dict(overall[overall["threshold"] == name].iloc[0])


def test_a_tagger_is_judged_on_the_documents_the_gold_names(tagged: SmallStudy) -> None:
    before = dump(tagged.store_path)
    found = flow.evaluate(tagged.work, gold=write_gold(tagged))
    # Given at auto: late, costs too much, no money; gold has these and "At night I sleep."; slow waits.
    counted = row(found, "auto")
    assert (counted["precision"], counted["recall"]) == (1.0, 0.75)
    assert (found.accuracy.documents, found.accuracy.sentences) == (2, 7)
    assert (found.judged, found.codebook.id) == ("rules.v1", "night_buses")
    assert dump(tagged.store_path) == before


def test_notes_can_be_judged_without_a_store(study: SmallStudy) -> None:
    found = flow.evaluate(study.work, [study.notes], gold=write_gold(study))
    assert row(found, "auto")["recall"] == 0.75
    assert not study.store_path.exists()


def test_entries_without_a_code_are_traps(tagged: SmallStudy) -> None:
    traps = flow.evaluate(tagged.work, gold=write_gold(tagged)).accuracy.traps
    assert set(traps["kind"]) == {"chatter"}
    assert set(traps["coded"]) == {0}


def test_a_coder_of_the_store_is_judged_by_what_counts(tagged: SmallStudy) -> None:
    found = flow.evaluate(tagged.work, gold=write_gold(tagged), coder="rules.v1")
    assert row(found, "counted")["recall"] == 0.75
    assert found.accuracy.calibration.empty or found.accuracy.calibration["n"].sum() == 0
    assert found.judged == "rules.v1"


def test_a_coder_can_be_the_reference_and_agrees_with_itself(tagged: SmallStudy) -> None:
    found = flow.evaluate(tagged.work, gold_coder="rules.v1", coder="rules.v1")
    assert row(found, "counted")["f1"] == 1.0
    assert found.accuracy.documents == 3


def test_everything_that_does_not_fit_is_named_with_its_line(tagged: SmallStudy) -> None:
    gold = write_gold(
        tagged,
        [
            {"document": "ana.txt", "quote": "x", "codes": [1]},
            {"document": "anna.txt", "quote": "The tram is late.", "codes": [3]},
            {"document": "cleo.txt", "quote": "late", "codes": [9]},
        ],
    )
    with pytest.raises(GoldError) as caught:
        flow.evaluate(tagged.work, gold=gold)
    lines = str(caught.value).splitlines()
    assert 'gold.jsonl:1: names a document "ana.txt" that is not here. Did you mean "anna.txt"?' in lines[0]
    assert '"The tram is late." does not stand in anna.txt' in lines[1]
    assert {line.partition("gold.jsonl:3: ")[2].split(" ")[0] for line in lines[2:]} == {'"late"', "has"}
    assert "stands 2 times" in str(caught.value)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "Name one reference"),
        ({"gold": Path("x"), "gold_coder": "y"}, "Name one reference"),
        ({"gold_coder": "Mia"}, r'no coder "Mia" in the store'),
        ({"gold_coder": "rules.v1", "paths": [Path("notes")]}, "leave the notes out"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(
    tagged: SmallStudy, given: dict[str, object], message: str
) -> None:
    with pytest.raises(SelectionError, match=message):
        flow.evaluate(tagged.work, **given)  # type: ignore[arg-type]  # as the command line gives them


def test_a_sentence_is_covered_when_more_than_half_of_it_is_quoted() -> None:
    passage = segment_passage("We waited for a year. Then nobody answered at all. We left.")
    found = covered(passage, "a year. Then nobody answered at")
    assert [segment.text for segment in found] == ["Then nobody answered at all."]
    assert len(covered(passage, "waited for a year. Then nobody answered at")) == 2
