from __future__ import annotations

from typing import Any

import pytest

from qualcode.aggregate.coded import coded_frame
from qualcode.aggregate.frames import documents_frame
from qualcode.errors import AggregateError

from .mini_study import Row, document, small_codebook


def sentence(document_id: str, turn: int, position: int, code: str, words: int = 10) -> Row:
    return {"document_id": document_id, "turn": turn, "position": position, "words": words, "code_id": code}


def frame(*rows: Row) -> list[list[Any]]:
    documents = documents_frame([document("a1", "Alpha", 100), document("a2", "Alpha", 20)])
    return [list(row) for row in coded_frame(rows, documents, small_codebook()).itertuples(index=False)]


def test_rows_are_ordered_by_document_position_and_code() -> None:
    rows = [sentence("a2", 0, 0, "pay"), sentence("a1", 1, 4, "silos"), sentence("a1", 1, 4, "consent")]
    assert (
        frame(*rows)
        == frame(*rows[::-1])
        == [
            ["a1", 1, 4, 10, "consent"],
            ["a1", 1, 4, 10, "silos"],
            ["a2", 0, 0, 10, "pay"],
        ]
    )
    assert frame() == []


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"turn": None}, "coded: turn is a whole number, 0 or more. Found None"),
        ({"document_id": "z9"}, "coded: z9 is not among the documents"),
        ({"code_id": "money"}, "coded: money is not in the codebook.*--retag"),
        ({}, "coded: there are two rows for a1, 4, silos"),
        ({"code_id": "pay", "turn": 2}, "coded: sentence 4 of a1 has two turns"),
        ({"code_id": "pay", "words": 9}, "coded: sentence 4 of a1 has two turns or two numbers of words"),
    ],
)
def test_wrong_rows_are_named(row: Row, message: str) -> None:
    right = sentence("a1", 1, 4, "silos")
    with pytest.raises(AggregateError, match=message):
        frame(right, right | row)


def test_a_row_without_a_column_is_named_by_its_number() -> None:
    row = sentence("a1", 1, 4, "silos")
    del row["turn"]
    with pytest.raises(AggregateError, match="coded: row 1 lacks turn"):
        frame(sentence("a1", 1, 3, "silos"), row)


def test_more_coded_sentences_than_the_document_has_are_refused() -> None:
    with pytest.raises(AggregateError, match=r'"a2.txt" has 3 coded sentences, but only 2 segments'):
        frame(*(sentence("a2", 0, position, "pay") for position in range(3)))
