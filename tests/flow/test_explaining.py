from __future__ import annotations

import pytest

from qualcode import flow
from qualcode.errors import SelectionError
from qualcode.review import Decision, Place
from qualcode.store import Store
from studies import SmallStudy


def test_a_sentence_is_shown_with_its_neighbours_question_and_reasons(tagged: SmallStudy) -> None:
    found = flow.explain_segment(tagged.work, "anna.txt:3")
    assert found.text == "The ticket costs too much, it is terrible."
    assert found.before == "My garden is fine."
    assert found.after == "Thank you."
    assert (found.speaker, found.question) == ("Anna", "Is the bus late?")
    assert found.score is not None
    assert found.score.evidence["fares"][0].source == "cue"
    assert (found.tagger, found.thresholds.auto, found.notes) == ("rules.v1", 0.5, ())


def test_what_nobody_asked_about_has_no_score(tagged: SmallStudy) -> None:
    found = flow.explain_segment(tagged.work, "anna.txt:0")
    assert (found.text, found.before, found.score) == ("Is the bus late?", "", None)


def test_it_says_where_the_store_was_made_otherwise(tagged: SmallStudy) -> None:
    tagged.codebook("no money", "no cash")
    (note,) = flow.explain_segment(tagged.work, "anna.txt:3").notes
    assert "made with another tagger or codebook" in note


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("anna.txt", r'"anna.txt" names no segment\. Write DOCUMENT:SEGMENT'),
        ("anna.txt:x", "names no segment"),
        ("ana.txt:1", r'no document "ana\.txt" in the store\. Did you mean "anna\.txt"'),
        ("anna.txt:99", r"anna\.txt has segments 0 to 5\. There is no 99"),
    ],
)
def test_what_is_not_there_is_refused(tagged: SmallStudy, address: str, message: str) -> None:
    with pytest.raises(SelectionError, match=message):
        flow.explain_segment(tagged.work, address)


def test_it_says_what_people_decided_and_what_holds(tagged: SmallStudy) -> None:
    with Store(tagged.store_path) as store:
        place = Place(store.known_documents()["cleo.txt"].document_id, 1)
        store.verdicts.decide("Ada", [Decision(place, "fares", "reject"), Decision(place, "funding", "add")])
        store.verdicts.decide("Ben", [Decision(place, "fares", "accept")])
        store.verdicts.decide("Kim", [Decision(place, "fares", "accept")], kind="adjudicate")
        store.verdicts.decide("Ada", looked=[place])
    assert flow.explain_segment(tagged.work, "cleo.txt:1").notes == (
        "People on fares: Ada rejects it, Ben accepts it, Kim accepts it (adjudicated). It counts.",
        "People on funding: Ada adds it. It counts.",
        "delays waits: Ada looked at the sentence and did not give it.",
        "Done with the sentence: Ada.",
    )
