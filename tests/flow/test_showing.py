from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from qualcode.codebook import Codebook
from qualcode.flow.showing import meaning_changed, own_outcome, page_ranges, reasons_in
from qualcode.model import Document, Segment, Transcript, Turn
from qualcode.review import Reason


def transcript(turns: list[int]) -> Transcript:
    """Turns of so many sentences of ten words each."""
    spoken, said, position = [], [], 0
    for number, length in enumerate(turns):
        first = position
        for _ in range(length):
            said.append(Segment(position, number, position * 20, position * 20 + 19, "x" * 19, 10))
            position += 1
        spoken.append(Turn(number, first * 20, position * 20, "R", "respondent"))
    return Transcript(Document("a.txt", "x" * 20 * position, ()), tuple(spoken), tuple(said))


def test_pages_are_cut_between_turns() -> None:
    assert page_ranges(transcript([3, 3, 3]), words=40) == (range(6), range(6, 9))
    assert page_ranges(transcript([2, 2]), words=1000) == (range(4),)


def test_a_turn_that_is_too_long_is_cut_too() -> None:
    assert page_ranges(transcript([10]), words=20) == (range(4), range(4, 8), range(8, 10))


def test_a_document_without_sentences_has_one_empty_page() -> None:
    assert page_ranges(transcript([])) == (range(0),)


@given(turns=st.lists(st.integers(1, 12), max_size=12), words=st.integers(1, 200))
def test_pages_hold_every_sentence_once(turns: list[int], words: int) -> None:
    pages = page_ranges(transcript(turns), words=words)
    assert [position for page in pages for position in page] == list(range(sum(turns)))
    assert all(len(page) * 10 <= 2 * words + 10 for page in pages)


def test_reasons_count_from_the_start_of_the_sentence() -> None:
    evidence = [
        {"source": "word", "detail": "bus", "start": 104, "end": 107, "weight": -0.2},
        {"source": "cue", "detail": "late", "start": 110, "end": 114, "weight": 0.9},
        {"source": "question", "detail": "Why?", "weight": 0.3},
        {"source": "word", "detail": "elsewhere", "start": 10, "end": 14, "weight": 0.1},
    ]
    segment = Segment(3, 0, 100, 120, "The bus is so late.", 5)
    assert reasons_in(segment, json.dumps(evidence)) == (
        Reason("cue", "late", 10, 14, 0.9),
        Reason("question", "Why?", None, None, 0.3),
        Reason("word", "bus", 4, 7, -0.2),
        Reason("word", "elsewhere", None, None, 0.1),
    )


def test_outcome_of_ones_own_word() -> None:
    assert [own_outcome(d) for d in ("accept", "add", "reject", "unsure")] == [
        *("accepted", "accepted", "rejected", "pending")
    ]


def test_meaning_changes_with_the_definition_and_not_with_the_wording(shipped: Codebook) -> None:
    first, second = shipped.codes[0].id, shipped.codes[1].id
    plain = shipped.model_dump()
    for category in plain["categories"]:
        for code in category["codes"]:
            if code["id"] == first:
                code["definition"] += " And more."
            if code["id"] == second:
                code["name"] += "!"
    assert meaning_changed(shipped, Codebook.model_validate(plain)) == {first}
    assert meaning_changed(shipped, shipped) == frozenset()
