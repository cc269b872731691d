from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.aggregate import documents_frame, summary_table
from qualcode.aggregate.asked import asked_codes, asked_matrix
from qualcode.aggregate.frames import Unit
from qualcode.errors import AggregateError

from .mini_study import category_counts, code_counts, document, documents, small_codebook

CODES = ("silos", "consent", "pay", "trials")
CATEGORIES = ("data", "money")


def matrix(topics: dict[str, str | None], level: Unit = "code") -> list[list[bool]]:
    frame = documents_frame([document(name, "Alpha", 10, topics_asked=text) for name, text in topics.items()])
    units = CODES if level == "code" else CATEGORIES
    return asked_matrix(frame, units, small_codebook(), level=level).tolist()  # type: ignore[no-any-return]


def test_a_document_without_topics_was_asked_about_everything() -> None:
    assert matrix({"a": None, "b": None}) == [[True] * 4] * 2
    assert matrix({"a": None}, "category") == [[True, True]]


def test_topics_are_codes_and_all_codes_of_categories() -> None:
    assert matrix({"a": '["pay"]', "b": '["data"]', "c": '["data", "4"]', "d": None}) == [
        [False, False, True, False],
        [True, True, False, False],
        [True, True, False, True],
        [True, True, True, True],
    ]


def test_a_category_was_asked_about_where_one_of_its_codes_was() -> None:
    assert matrix({"a": '["pay"]', "b": '["1", "4"]', "c": "[]"}, "category") == [
        [False, True],
        [True, True],
        [False, False],
    ]


@pytest.mark.parametrize("topic", ["1", "silos", "Silos", "SILOS"])
def test_a_code_goes_by_number_id_or_name(topic: str) -> None:
    assert asked_codes(json.dumps([topic]), small_codebook(), where="a.txt") == {"silos"}


@given(st.lists(st.sampled_from([*CODES, *CATEGORIES])))
def test_order_and_repetition_of_topics_do_not_matter(topics: list[str]) -> None:
    codes = {"data": {"silos", "consent"}, "money": {"pay", "trials"}}
    expected = set().union(*(codes.get(topic, {topic}) for topic in topics))
    assert asked_codes(json.dumps(topics), small_codebook(), where="a.txt") == expected


def test_a_topic_that_is_none_is_answered_with_the_document_and_the_nearest() -> None:
    with pytest.raises(AggregateError) as caught:
        matrix({"a": None, "b": '["pay", "consents"]'})
    assert str(caught.value) == (
        'documents: "b.txt": topics_asked names "consents", which is no code or category of the codebook. '
        'Did you mean "Consent"?'
    )
    with pytest.raises(AggregateError, match=r'a\.txt: topics_asked names "9", .* Known'):
        asked_codes('["9"]', small_codebook(), where="a.txt")


@pytest.mark.parametrize("text", ["pay", "", "3", '"pay"', '{"pay": 1}', "[3]", "[null]"])
def test_what_is_no_list_of_texts_is_refused(text: str) -> None:
    with pytest.raises(AggregateError) as caught:
        asked_codes(text, small_codebook(), where="a.txt")
    assert str(caught.value) == f"a.txt: topics_asked is a JSON list of texts. Found {text!r}."


def test_who_was_not_asked_is_in_no_denominator() -> None:
    def table(rows: list[dict[str, Any]]) -> pd.DataFrame:
        counts = code_counts(), category_counts(), small_codebook()
        return summary_table(rows, *counts, by=None, level="code", seed=1, draws=100).set_index("code")

    whole = table(documents())
    rows = [row | {"topics_asked": '["data"]'} if row["document_id"] in ("b1", "b3") else row for row in documents()]
    partly = table(rows)
    # b1 and b3 were not asked about money: 7 documents with 800 words are left; b1 raised pay all the same.
    assert (whole.loc["pay", "documents"], whole.loc["pay", "documents_with_code"]) == (9, 3)
    pay = partly.loc["pay"]
    assert (pay["documents"], pay["documents_not_asked"], pay["documents_unasked"]) == (7, 2, 1)
    assert (pay["documents_with_code"], pay["words"], pay["group_words"]) == (2, 40, 800)
    numbers = ["documents", "documents_with_code", "words", "share_words"]
    pd.testing.assert_frame_equal(partly.loc[["silos", "consent"], numbers], whole.loc[["silos", "consent"], numbers])
