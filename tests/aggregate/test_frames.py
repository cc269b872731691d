from __future__ import annotations

import pandas as pd
import pytest

from qualcode.aggregate.frames import (
    CODING_COLUMNS,
    DOCUMENT_COLUMNS,
    check_counts,
    codings_frame,
    counts_frame,
    documents_frame,
)
from qualcode.errors import AggregateError

from .mini_study import Row, category_counts, code_counts, count, document, documents


def test_documents_come_out_by_size_with_fixed_columns_and_dtypes() -> None:
    df = documents_frame(documents()[::-1])
    assert list(df.columns) == list(DOCUMENT_COLUMNS)
    assert df["document_id"].tolist() == ["g1", "a1", "a3", "a4", "b2", "g2", "a2", "b3", "b1"]
    assert df["words"].dtype == df["segments"].dtype == "int64"


def test_text_is_str_from_pandas_3_and_object_in_pandas_2() -> None:
    df = documents_frame([document("a", None, 10), document("b", "Beta", 10)])
    expected = "object" if pd.__version__.startswith("2.") else "str"
    assert {str(df[name].dtype) for name in ("document_id", "region", "country")} == {expected}


def test_missing_attribute_stays_missing() -> None:
    df = documents_frame([document("a", None, 10), document("b", "Beta", 10)])
    assert df["region"].isna().tolist() == [False, True]  # the last one


def test_further_keys_are_ignored() -> None:
    assert "format" not in documents_frame([document("a", "A", 10, format="txt")]).columns


def test_no_rows_give_an_empty_frame_with_all_columns() -> None:
    assert list(documents_frame([]).columns) == list(DOCUMENT_COLUMNS)
    assert counts_frame([], unit="code")["segments"].dtype == "int64"


def test_counts_name_their_unit_alike() -> None:
    assert counts_frame(code_counts(), unit="code")["unit_id"].iloc[0] == "pay"
    assert counts_frame(category_counts(), unit="category")["unit_id"].iloc[0] == "data"


def test_missing_column_is_named_with_its_row() -> None:
    row = document("a", "A", 10)
    del row["language"], row["words"]
    with pytest.raises(AggregateError, match=r"documents: row 1 lacks language, words"):
        documents_frame([document("b", "B", 10), row])


@pytest.mark.parametrize("words", [-1, 1.5, None, "12", True])
def test_words_that_are_no_count_are_refused(words: object) -> None:
    with pytest.raises(AggregateError, match=r"documents: words is a whole number, 0 or more\. Found"):
        documents_frame([document("a", "A", 10) | {"words": words}])


def test_attribute_that_is_no_text_is_refused() -> None:
    with pytest.raises(AggregateError, match=r"documents: date is text or missing\. Found 2024"):
        documents_frame([document("a", "A", 10, date=2024)])


def test_same_document_twice_is_refused() -> None:
    with pytest.raises(AggregateError, match="two rows for a"):
        documents_frame([document("a", "A", 10), document("a", "B", 10)])


def test_same_count_twice_is_refused() -> None:
    with pytest.raises(AggregateError, match="two rows for a1, pay, auto"):
        counts_frame([count("a1", "pay", 1, 9, 0, 0), count("a1", "pay", 2, 9, 0, 0)], unit="code")


def test_unknown_status_is_refused() -> None:
    with pytest.raises(AggregateError, match=r'auto or pending\. Found "maybe"'):
        counts_frame([count("a1", "pay", 1, 9, 0, 0, status="maybe")], unit="code")


def test_more_intense_segments_than_segments_are_refused() -> None:
    with pytest.raises(AggregateError, match="more intense_segments"):
        counts_frame([count("a1", "pay", 1, 9, 2, 0)], unit="code")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (count("zz", "pay", 1, 9, 0, 0), "zz is not among the documents"),
        (count("a1", "old_code", 1, 9, 0, 0), r"old_code is not in the codebook.*qualcode tag --retag"),
        (count("a1", "pay", 1, 101, 0, 0), r'"a1\.txt" has 101 words with pay, but only 100 words'),
        (count("a1", "pay", 11, 9, 0, 0), r'"a1\.txt" has 11 segments with pay, but only 10 segments'),
    ],
)
def test_counts_that_do_not_fit_are_refused(row: Row, message: str) -> None:
    counts = counts_frame([row], unit="code")
    with pytest.raises(AggregateError, match=message):
        check_counts(counts, documents_frame(documents()), ["pay"], unit="code")


def coding(**fields: object) -> Row:
    row: Row = dict.fromkeys(CODING_COLUMNS, "x") | {
        "speaker": None,
        "probability": 0.9,
        "is_intense": 1,
    }
    counts = ("turn", "position", "start", "end", "words", "code_number", "run")
    return row | dict.fromkeys(counts, 3) | fields


def test_codings_keep_their_order_and_get_dtypes() -> None:
    df = codings_frame([coding(text="b"), coding(text="a", probability=1)])
    assert list(df.columns) == list(CODING_COLUMNS)
    assert df["text"].tolist() == ["b", "a"]
    assert df["speaker"].isna().all()
    assert [str(df[name].dtype) for name in ("start", "probability", "is_intense")] == ["int64", "float64", "bool"]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("probability", 1.2, "probability is a number from 0 to 1"),
        ("probability", float("nan"), "probability is a number from 0 to 1"),
        ("is_intense", 2, "is_intense is 0 or 1"),
        ("text", None, "text is text"),
    ],
)
def test_codings_with_wrong_values_are_refused(field: str, value: object, message: str) -> None:
    with pytest.raises(AggregateError, match=f"codings: {message}"):
        codings_frame([coding(**{field: value})])
