from __future__ import annotations

from typing import Any

import pandas as pd

from qualcode.aggregate.listings import FACET_COLUMNS, PASSAGE_COLUMNS, facets_frame, matrix_frame, passages_frame

from .mini_study import code_counts, documents, small_codebook


def coding(document: str, position: int, code: str, **given: Any) -> dict[str, Any]:
    row = dict.fromkeys(PASSAGE_COLUMNS) | {"document_id": document, "document": document, "turn": 1}
    row |= {"position": position, "start": 10 * position, "end": 10 * position + 8, "text": "It is so", "code": code}
    return row | {"status": "auto", "probability": 0.8, "language": "en"} | given


def test_neighbouring_sentences_are_one_row_with_its_path() -> None:
    rows = [
        coding("b", 3, "silos"),
        coding("a", 1, "pay", probability=0.9),
        coding("a", 2, "pay", probability=0.7),
        coding("a", 4, "pay"),
        coding("a", 5, "pay", status="pending"),
    ]
    df = passages_frame(rows, small_codebook())
    assert list(df.columns) == list(PASSAGE_COLUMNS)
    assert df[["code_number", "document", "sentences", "words", "start", "end"]].values.tolist() == [
        [1, "b", 1, 3, 30, 38],
        [3, "a", 2, 6, 10, 28],
        [3, "a", 1, 3, 40, 48],
    ]
    assert df["path"].tolist() == ["Data > Silos", "Money > Pay", "Money > Pay"]
    assert df["probability"].tolist() == [0.8, 0.8, 0.8]


def test_matrix_says_raised_not_raised_and_not_asked() -> None:
    rows = [row | {"topics_asked": '["data"]'} if row["document_id"] == "b1" else row for row in documents()]
    df = matrix_frame(rows, code_counts(), small_codebook())
    assert list(df.columns) == ["silos", "consent", "pay", "trials"]
    assert list(df.loc["a1"]) == [1, 0, 1, 0]
    assert list(df.loc["a3"]) == [0, 0, 0, 0]  # its only coding waits for a person
    assert list(df.loc["b1"]) == [1, 0, pd.NA, pd.NA]
    assert int(df.sum().sum()) == 8


def test_no_rows_give_empty_tables_with_all_columns() -> None:
    assert list(facets_frame([]).columns) == list(FACET_COLUMNS)
    assert passages_frame([], small_codebook()).empty
