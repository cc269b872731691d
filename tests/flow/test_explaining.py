from __future__ import annotations

import pytest

from qualcode import flow
from qualcode.errors import SelectionError
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
