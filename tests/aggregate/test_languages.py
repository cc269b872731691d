from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from qualcode.aggregate.bootstrap import document_weights
from qualcode.aggregate.intervals import log_interval
from qualcode.aggregate.languages import LANGUAGE_COLUMNS, language_table
from qualcode.errors import AggregateError

from .mini_study import Row, document
from .test_coded import sentence

NAN = float("nan")
READS = {"en": "model", "sv": "cues", "lt": "not read"}


def study() -> list[Row]:
    """Sentences of respondents: en 10 + 20 + 10, lt 5 + 5, sv 10, no language 4."""
    return [
        document("e1", "Alpha", 100, language="en"),
        document("e2", "Alpha", 200, language="en"),
        document("e3", "Beta", 100, language="en"),
        document("l1", "Beta", 50, language="lt"),
        document("l2", "Beta", 50, language="lt"),
        document("s1", "Gamma", 100, language="sv"),
        document("x1", "Gamma", 40, language=None),
    ]


def coded() -> list[Row]:
    """Sentences with a code: e1 3 (one has two codes), e2 2, s1 1, x1 1."""
    return [
        *(sentence("e1", 0, position, "silos") for position in (1, 2, 5)),
        sentence("e1", 0, 5, "pay"),
        *(sentence("e2", 1, position, "pay") for position in (7, 8)),
        sentence("s1", 0, 3, "pay"),
        sentence("x1", 0, 0, "pay"),
    ]


def table(rows: list[Row] | None = None, sentences: list[Row] | None = None, **options: Any) -> pd.DataFrame:
    given: dict[str, Any] = {"seed": 1, "draws": 300, "reads": READS, **options}
    return language_table(study() if rows is None else rows, coded() if sentences is None else sentences, **given)


def cells(df: pd.DataFrame, *columns: str) -> list[list[Any]]:
    return [list(row) for row in df[list(columns)].itertuples(index=False)]


def test_every_cell() -> None:
    df = table()
    counted = ("language", "documents", "documents_without_code", "words", "segments", "coded_segments")
    assert cells(df, *counted) == [
        ["en", 3, 1, 400, 40, 5],
        ["lt", 2, 2, 100, 10, 0],
        ["sv", 1, 0, 100, 10, 1],
        ["(missing)", 1, 0, 40, 4, 1],
    ]
    np.testing.assert_allclose(df["share_coded"], [5 / 40, NAN, 1 / 10, 1 / 4])
    assert df["read_by"].tolist()[:3] == ["model", "not read", "cues"]
    assert df["read_by"].isna().tolist() == [False, False, False, True]


def test_interval_is_that_of_documents_drawn_again() -> None:
    weights = document_weights(3, draws=300, seed=1, stream="language en")
    drawn = weights @ [3, 0, 2] / (weights @ [10, 10, 20])  # e1, e3, e2: by size
    expected = log_interval(5 / 40, drawn.std(), df=2)
    row = table().iloc[0]
    assert (row["share_coded_low"], row["share_coded_high"]) == pytest.approx((expected[0], min(1, expected[1])))


def test_what_is_not_read_is_unknown_and_not_zero() -> None:
    unread, looked_for = table(), table(reads=None)
    assert np.isnan(unread["share_coded"].iloc[1])
    assert looked_for["share_coded"].iloc[1] == 0
    assert looked_for["read_by"].isna().all()
    assert unread.attrs["undefined"] == [
        "share_coded is missing for lt: not read, so nothing was looked for.",
        "Its interval is missing for sv, (missing): fewer than two documents have a code, or all alike.",
    ]


def test_a_language_without_sentences_has_no_share() -> None:
    df = table([document("s1", "Gamma", 0, language="sv")], [])
    assert cells(df, "language", "segments", "coded_segments") == [["sv", 0, 0]]
    assert df["share_coded"].isna().all()
    assert df.attrs["undefined"] == ["share_coded is missing for sv: no sentences of respondents."]


def test_a_language_keeps_its_interval_whatever_else_is_in_the_table() -> None:
    english = [row for row in study() if row["language"] == "en"]
    alone = table(english, [row for row in coded() if row["document_id"].startswith("e")])
    pd.testing.assert_frame_equal(alone, table().head(1))


def test_columns_and_dtypes_are_the_documented_ones() -> None:
    empty = pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in LANGUAGE_COLUMNS.items()})
    for df in (table(), table(reads=None), table([], [])):
        assert df.dtypes.astype(str).to_dict() == empty.dtypes.astype(str).to_dict()
    assert len(table([], [])) == 0
    assert table().attrs["n_documents"] == 7


def test_row_order_does_not_matter() -> None:
    pd.testing.assert_frame_equal(table(), table(study()[::-1], coded()[::-1]))


@pytest.mark.parametrize("options", [{"seed": -1}, {"draws": 0}, {"reads": {"en": "by heart"}}])
def test_wrong_options_are_wrong_use(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        table(**options)


def test_a_language_with_the_name_of_none_is_refused() -> None:
    with pytest.raises(AggregateError, match=r'language is written "\(missing\)"'):
        table([document("e1", "Alpha", 100, language="(missing)")], [])
