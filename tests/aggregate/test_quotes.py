from __future__ import annotations

from typing import Any

import pytest

from qualcode.aggregate.quotes import coded_passages, illustrate, quotes_frame, select_quotes
from qualcode.errors import AggregateError

SENTENCE = "the payer does not pay for this"  # 7 words


def coding(document: str, position: int, probability: float, **fields: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"document_id": f"b2:{document}", "document": document, "code": "pay", "code_number": 3}
    row |= {"status": "auto", "turn": 0, "position": position, "start": 100 * position, "end": 100 * position + 31}
    return row | {"text": SENTENCE, "probability": probability, "region": "Crete", "speaker": "R1"} | fields


def chosen(rows: list[dict[str, Any]], **options: Any) -> list[tuple[str, int, int]]:
    return [(q.document, q.first_position, q.last_position) for q in select_quotes(rows, **options)]


def test_neighbouring_sentences_of_a_turn_are_one_passage() -> None:
    quotes = select_quotes([coding("a", 5, 0.6), coding("a", 4, 0.9), coding("a", 7, 0.8)])
    assert [(q.first_position, q.last_position, q.start, q.end) for q in quotes] == [(7, 7, 700, 731), (4, 5, 400, 531)]
    assert quotes[1].probability == pytest.approx(0.75)
    assert quotes[1].words == 14
    assert quotes[1].text == f"{SENTENCE} {SENTENCE}"
    assert (quotes[1].region, quotes[1].speaker, quotes[1].kind) == ("Crete", "R1", None)


def test_another_turn_code_or_document_ends_the_passage() -> None:
    rows = [coding("a", 1, 0.9), coding("a", 2, 0.9, turn=1), coding("b", 2, 0.9)]
    rows += [coding("a", 2, 0.9, code="trials", code_number=4)]
    assert chosen(rows) == [("a", 1, 1), ("b", 2, 2), ("a", 2, 2), ("a", 2, 2)]
    assert [q.code for q in select_quotes(rows)] == ["pay", "pay", "pay", "trials"]


def test_pending_codings_are_neither_quoted_nor_a_bridge() -> None:
    rows = [coding("a", 1, 0.8), coding("a", 2, 0.5, status="pending"), coding("a", 3, 0.9)]
    assert chosen(rows) == [("a", 3, 3), ("a", 1, 1)]


def test_each_document_speaks_once_before_any_speaks_twice() -> None:
    rows = [coding("a", 1, 0.99), coding("a", 9, 0.98), coding("b", 1, 0.7), coding("c", 1, 0.8)]
    assert chosen(rows, per_code=4) == [("a", 1, 1), ("c", 1, 1), ("b", 1, 1), ("a", 9, 9)]
    assert chosen(rows, per_code=2) == [("a", 1, 1), ("c", 1, 1)]


def test_ties_go_by_document_name_and_position() -> None:
    rows = [coding("b", 1, 0.8), coding("a", 9, 0.8), coding("a", 2, 0.8)]
    assert chosen(rows) == [("a", 2, 2), ("b", 1, 1), ("a", 9, 9)]
    assert chosen(rows[::-1]) == chosen(rows)


def test_too_long_a_passage_loses_its_weaker_end() -> None:
    rows = [coding("a", 1, 0.7), coding("a", 2, 0.9), coding("a", 3, 0.8)]
    assert chosen(rows, max_words=14) == [("a", 2, 3)]


def test_a_single_long_sentence_comes_after_all_that_fit() -> None:
    rows = [coding("a", 1, 0.99, text="word " * 70), coding("b", 1, 0.6), coding("b", 5, 0.6)]
    assert chosen(rows) == [("b", 1, 1), ("b", 5, 5), ("a", 1, 1)]


def test_too_short_a_passage_is_left_out() -> None:
    assert chosen([coding("a", 1, 0.9, text="no money"), coding("b", 1, 0.6)]) == [("b", 1, 1)]


def test_codes_come_by_number_then_those_without_by_id() -> None:
    rows = [
        coding("a", n, 0.9, code=code, code_number=number)
        for n, (code, number) in enumerate([("z", None), ("ten", 10), ("two", 2), ("b", None)], start=1)
    ]
    assert [q.code for q in select_quotes(rows)] == ["two", "ten", "b", "z"]


def test_nothing_coded_gives_nothing() -> None:
    assert select_quotes([]) == []


def test_missing_field_is_named() -> None:
    row = coding("a", 1, 0.9)
    del row["turn"]
    with pytest.raises(AggregateError, match="lacks turn"):
        select_quotes([row])


@pytest.mark.parametrize("options", [{"per_code": 0}, {"min_words": 9, "max_words": 8}, {"min_words": -1}])
def test_numbers_out_of_range_are_wrong_use(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="select_quotes"):
        select_quotes([], **options)


def test_quotes_lay_out_as_a_frame_also_without_any() -> None:
    df = quotes_frame(select_quotes([coding("a", 1, 0.9), coding("b", 1, 0.8, code="z", code_number=None)]))
    assert df["document"].tolist() == ["a", "b"]
    assert df["code_number"].isna().tolist() == [False, True]
    assert df["country"].isna().all()
    assert [str(dtype) for dtype in quotes_frame([]).dtypes] == [str(dtype) for dtype in df.dtypes]


def spoken(document: str, text: str, probability: float, **given: Any) -> dict[str, Any]:
    row = {"document_id": document, "document": document, "code": "pay", "status": "auto", "turn": 0, "position": 0}
    return row | {"start": 0, "end": len(text), "text": text, "probability": probability} | given


def test_illustrations_are_typical_ones_and_one_in_other_words_each_of_another_document() -> None:
    rows = [
        spoken("a", "The payer never covers this kind of test.", 0.95),
        spoken("a", "Somebody else entirely should decide on money.", 0.94, turn=4, position=9),
        spoken("b", "The payer never covers that kind of test.", 0.90),
        spoken("c", "The payer hardly covers this kind of test.", 0.85),
        spoken("d", "Reimbursement arrives several years after any approval.", 0.50),
        spoken("e", "Not one word fits but it waits for a person.", 0.99, status="pending"),
        spoken("f", "Too short.", 0.99),
        spoken("g", "Too long a sentence " + "and on it goes " * 20, 0.99),
    ]
    chosen = illustrate(coded_passages(rows), most=3)
    assert [(one.passage.document, one.choice) for one in chosen] == [
        ("a", "typical"),
        ("b", "typical"),
        ("d", "contrasting"),
    ]


def test_one_document_has_no_contrast_and_nothing_gives_nothing() -> None:
    alone = coded_passages([spoken("a", "The payer never covers this kind of test.", 0.95)])
    assert [one.choice for one in illustrate(alone)] == ["typical"]
    assert illustrate([]) == []
    assert [one.choice for one in illustrate(alone, most=1)] == ["typical"]
