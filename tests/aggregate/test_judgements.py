from __future__ import annotations

import numpy as np
import pytest

from qualcode.aggregate.counts import table_columns
from qualcode.aggregate.judgements import (
    Board,
    by_column,
    by_unit,
    judgements_frame,
    read_board,
    regions_of,
    sentences_frame,
)
from qualcode.errors import AggregateError

from .mini_coders import Row, judged, places
from .mini_study import small_codebook

CODERS = ("A", "B")


def board(rows: list[Row], *names: str) -> Board:
    return read_board(judgements_frame(rows, CODERS), sentences_frame(places(*names)), small_codebook(), CODERS)


def test_who_gave_and_covered_what() -> None:
    rows = [judged("B", "b1/0/0", "pay", decided=["trials"], looked=0), judged("A", "a1/1/4", "silos", "trials")]
    found = board(rows, "b1/0/0", "a1/1/4", "a1/0/2")
    assert (found.documents, found.starts.tolist()) == (("a1", "b1"), [0, 2])
    # Codes by number: silos, consent, pay, trials. a1/0/2 is nobody's.
    assert found.given[0].astype(int).tolist() == [[0, 0, 0, 0], [1, 0, 0, 1], [0, 0, 0, 0]]
    assert found.covered[0].astype(int).tolist() == [[0, 0, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0]]
    assert found.given[1, 2].astype(int).tolist() == [0, 0, 1, 0]
    assert found.covered[1, 2].astype(int).tolist() == [0, 0, 1, 1]


def test_categories() -> None:
    rows = [judged("A", "a1/0/0", "consent"), judged("B", "a1/0/0", "pay", decided=["silos", "consent"], looked=0)]
    book = small_codebook()
    found = by_column(board(rows, "a1/0/0"), table_columns(book, level="category"), book)
    assert found.given[:, 0].astype(int).tolist() == [[1, 0], [0, 0]]
    assert found.covered[:, 0].astype(int).tolist() == [[1, 1], [1, 0]]


def test_turns_and_documents() -> None:
    rows = [judged("A", place, *codes) for place, *codes in (("a1/0/0",), ("a1/0/1", "pay"), ("a1/3/7",), ("b1/0/0",))]
    names = ("a1/0/0", "a1/0/1", "a1/3/7", "a1/3/8", "b1/0/0")
    where = sentences_frame(places(*names))
    turns = by_unit(board(rows, *names), where, unit="turn")
    assert (turns.documents, turns.starts.tolist()) == (("a1", "b1"), [0, 2])
    assert turns.given[0, :, 2].tolist() == [True, False, False]
    assert turns.covered[0, :, 2].tolist() == [True, False, True]
    whole = by_unit(board(rows, *names), where, unit="document")
    assert whole.starts.tolist() == [0, 1]
    assert whole.covered[0, :, 0].tolist() == [False, True]
    assert not whole.given.any()


def test_a_part_of_the_documents() -> None:
    rows = [judged("A", place, "pay") for place in ("a1/0/0", "b1/0/0", "b1/0/1", "c1/0/0")]
    part = board(rows, "a1/0/0", "b1/0/0", "b1/0/1", "c1/0/0").part(np.array([False, True, True]))
    assert (part.documents, part.starts.tolist(), part.given.shape) == (("b1", "c1"), [0, 2], (2, 3, 4))
    assert part.of_document.tolist() == [0, 0, 1]


def test_regions() -> None:
    rows = [judged("A", "a1/0/0"), judged("A", "b1/0/0", region=None)]
    found = regions_of(judgements_frame(rows, CODERS), board(rows, "a1/0/0", "b1/0/0", "c1/0/0"))
    assert found.tolist() == ["Alpha", "(missing)", ""]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"codes": "pay"}, "codes is a JSON list of code ids. Found 'pay'"),
        ({"judged": "[1]"}, "judged is a JSON list of code ids"),
        ({"codes": '["price"]'}, 'codes has "price", which is not in the codebook'),
        ({"looked": 2}, "looked is 0 or 1"),
    ],
)
def test_wrong_rows_are_refused(row: Row, message: str) -> None:
    with pytest.raises(AggregateError, match=message.replace("[", r"\[").replace("]", r"\]")):
        board([judged("A", "a1/0/0") | row], "a1/0/0")


def test_a_coder_judges_a_sentence_once() -> None:
    with pytest.raises(AggregateError, match="two rows for a1, 0, A"):
        judgements_frame([judged("A", "a1/0/0"), judged("A", "a1/0/0", "pay")], CODERS)
    with pytest.raises(AggregateError, match="two rows for a1, 0"):
        sentences_frame(places("a1/0/0", "a1/0/0"))
