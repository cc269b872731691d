from __future__ import annotations

import pytest

from qualcode.flow.imported import sentences_of
from qualcode.model import Document, Segment, Transcript, Turn, count_words

TEXT = "I: What is hard?\nR: There is no money.  The price is too high. Yes.\n"


@pytest.fixture
def transcript() -> Transcript:
    turns = (Turn(0, 3, 16, "I", "interviewer"), Turn(1, 20, 67, "R", "respondent"))
    places = ((0, 3, 16), (1, 20, 38), (1, 40, 62), (1, 63, 67))
    segments = tuple(
        Segment(i, turn, start, end, TEXT[start:end], count_words(TEXT[start:end]))
        for i, (turn, start, end) in enumerate(places)
    )
    return Transcript(Document("a", TEXT, ()), turns, segments)


def positions(transcript: Transcript, words: str) -> list[int]:
    start = TEXT.index(words)
    return [segment.position for segment in sentences_of(transcript, start, start + len(words))]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("There is no money.", [1]),
        ("no", [1]),  # a few words mean their sentence
        ("There is no money.  The price is too high.", [1, 2]),
        ("There is no money.  The", [1]),  # three letters of the next do not mean it
        ("money.  The price is too high.", [2]),  # "money." is 6 of 15 letters: less than half
        ("no money.  The price is too high.", [1, 2]),  # 8 of 15 letters
        ("money.  The", [1]),  # half of none: most of the first (6 of 15 against 3 of 18)
        ("I: What is hard?", []),
        ("hard?\nR: There is no money.", [1]),  # an interviewer's words are never coded
        ("  ", []),
        (TEXT, [1, 2, 3]),
    ],
)
def test_a_passage_is_about_sentences(transcript: Transcript, words: str, expected: list[int]) -> None:
    assert positions(transcript, words) == expected
