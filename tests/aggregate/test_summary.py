from __future__ import annotations

import time
from math import log2
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given as sampled
from hypothesis import settings
from hypothesis import strategies as st

from qualcode.aggregate import SUMMARY_COLUMNS, cross_regional, summary_table
from qualcode.errors import AggregateError

from .mini_study import Row, category_counts, code_counts, count, document, documents, small_codebook

NAN = float("nan")


def table(rows: list[Row] | None = None, codes: list[Row] | None = None, **options: Any) -> pd.DataFrame:
    given: dict[str, Any] = {"by": "region", "level": "code", "seed": 1, "draws": 500, **options}
    rows = documents() if rows is None else rows
    codes = code_counts() if codes is None else codes
    return summary_table(rows, codes, category_counts(), small_codebook(), **given)


def documented() -> pd.DataFrame:
    """No rows, and the documented columns; pandas 2 reads "str" as object."""
    return pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in SUMMARY_COLUMNS.items()})


def dtypes(df: pd.DataFrame) -> dict[str, str]:
    return {str(name): str(dtype) for name, dtype in df.dtypes.items()}


def cells(df: pd.DataFrame, *columns: str) -> list[list[Any]]:
    return [list(row) for row in df[list(columns)].itertuples(index=False)]


def test_every_counted_cell_of_the_mini_study() -> None:
    df = table()
    counted = ("group", "code", "documents", "documents_with_code", "segments", "words", "group_words")
    assert cells(df, *counted, "segments_pending", "documents_pending", "flag") == [
        ["Alpha", "silos", 4, 2, 5, 60, 500, 0, 0, "n<5"],
        ["Alpha", "consent", 4, 1, 1, 10, 500, 0, 0, "n<5"],
        ["Alpha", "pay", 4, 1, 1, 10, 500, 1, 1, "n<5"],
        ["Alpha", "trials", 4, 0, 0, 0, 500, 0, 0, "n<5"],
        ["Beta", "silos", 3, 1, 1, 10, 600, 0, 0, "n<5"],
        ["Beta", "consent", 3, 1, 1, 20, 600, 0, 0, "n<5"],
        ["Beta", "pay", 3, 2, 6, 120, 600, 2, 1, "n<5"],
        ["Beta", "trials", 3, 0, 0, 0, 600, 0, 0, "n<5"],
        ["Gamma", "silos", 2, 1, 1, 5, 200, 0, 0, "n<5"],
        ["Gamma", "consent", 2, 0, 0, 0, 200, 0, 0, "n<5"],
        ["Gamma", "pay", 2, 0, 0, 0, 200, 0, 0, "n<5"],
        ["Gamma", "trials", 2, 0, 0, 0, 200, 0, 0, "n<5"],
    ]


def test_every_computed_cell_of_the_mini_study() -> None:
    df = table()
    expected = {
        "share_documents": [2 / 4, 1 / 4, 1 / 4, 0, 1 / 3, 1 / 3, 2 / 3, 0, 1 / 2, 0, 0, 0],
        "share_words": [0.12, 0.02, 0.02, 0, 1 / 60, 1 / 30, 0.2, 0, 0.025, 0, 0, 0],
        "salience": [0.375, 0.125, 0.25, 0, 1 / 6, 1 / 3, 2 / 3, 0, 0.5, 0, 0, 0],
        "intensity": [0.4, 0, 0, NAN, 0, 0, 1, NAN, 0, NAN, NAN, NAN],
    }
    # The formula of docs/method.md in ninths of a word: the prior is 1300 / 9 words, of which Y / 9 have
    # a code that Y words have anywhere. Silos in Alpha: (9 * 60 + 75) / (9 * 500 + 1300 - 9 * 60 - 75).
    odds = {
        "Alpha": [(615 / 5185, 210 / 8290), (120 / 5680, 210 / 8290), (220 / 5580, 1210 / 7290)],
        "Beta": [(165 / 6535, 660 / 6940), (210 / 6490, 120 / 7480), (1210 / 5490, 220 / 7380)],
        "Gamma": [(120 / 2980, 705 / 10495), (30 / 3070, 300 / 10900), (130 / 2970, 1300 / 9900)],
    }
    expected["relative_emphasis"] = [
        value for group in odds.values() for value in [*(log2(inside / rest) for inside, rest in group), NAN]
    ]
    for name, values in expected.items():
        np.testing.assert_allclose(df[name], values, atol=1e-6, err_msg=name)
    ranks = [1, 2, 2, None, 3, 2, 1, None, 1, None, None, None]
    assert [None if pd.isna(rank) else int(rank) for rank in df["rank"]] == ranks


def test_columns_and_dtypes_are_the_documented_ones() -> None:
    df = table()
    assert dtypes(df) == dtypes(documented())
    assert cells(df.head(2), "code_number", "code_name", "category") == [[1, "Silos", "data"], [2, "Consent", "data"]]


def test_categories_count_a_segment_with_two_codes_once() -> None:
    df = table(level="category")
    assert dtypes(df) == dtypes(documented())
    assert df["code_number"].isna().all()
    assert cells(df, "group", "code", "category", "segments", "words") == [
        ["Alpha", "data", "data", 5, 60],  # by codes it would be 6 segments and 70 words
        ["Alpha", "money", "money", 1, 10],
        ["Beta", "data", "data", 2, 30],
        ["Beta", "money", "money", 6, 120],
        ["Gamma", "data", "data", 1, 5],
        ["Gamma", "money", "money", 0, 0],
    ]


def test_one_group_compares_with_nothing() -> None:
    df = table(by=None)
    assert cells(df, "group", "documents", "documents_with_code", "words") == [
        ["all", 9, 4, 75],
        ["all", 9, 2, 30],
        ["all", 9, 3, 130],
        ["all", 9, 0, 0],
    ]
    assert df["relative_emphasis"].isna().all()
    assert df["q_value"].isna().all()
    assert df["share_words_low"].notna().tolist() == [True, True, True, False]  # nobody raises trials
    assert set(df["flag"]) == {""}


def test_by_document_has_points_and_no_intervals() -> None:
    df = table(by="document")
    assert df["group"].iloc[0] == "a1.txt"
    assert df["share_words"].iloc[0] == pytest.approx(0.2)
    assert df["relative_emphasis"].notna().any()
    missing = [name for name in df.columns if name.endswith(("_low", "_high"))]
    assert len(missing) == 8
    assert df[[*missing, "q_value"]].isna().all(axis=None)


def test_missing_attribute_is_its_own_last_group() -> None:
    rows = [row | {"region": None} if row["document_id"] == "a4" else row for row in documents()]
    assert list(dict.fromkeys(table(rows)["group"])) == ["Alpha", "Beta", "Gamma", "(missing)"]


def test_flag_follows_the_limit() -> None:
    assert list(dict.fromkeys(table(small_group=4)["flag"])) == ["", "n<4"]


def test_row_order_does_not_matter() -> None:
    pd.testing.assert_frame_equal(table(), table(documents()[::-1], code_counts()[::-1]))


def test_same_seed_same_table_other_seed_other_intervals() -> None:
    pd.testing.assert_frame_equal(table(seed=3), table(seed=3))
    first, other = table(seed=3), table(seed=4)
    ends = [f"{name}_{end}" for name in ("share_words", "relative_emphasis") for end in ("low", "high")]
    random = [*ends, "relative_emphasis_z", "q_value", "top_three"]
    pd.testing.assert_frame_equal(first.drop(columns=random), other.drop(columns=random))
    assert not first[random].equals(other[random])


def test_moving_a_document_changes_the_two_regions_and_every_comparison_only() -> None:
    moved = [row | {"region": "Beta"} if row["document_id"] == "a1" else row for row in documents()]
    before, after = (df.set_index(["group", "code"]) for df in (table(), table(moved)))
    compared = [name for name in before.columns if name.startswith("relative") or name == "q_value"]
    own = [name for name in before.columns if name not in compared]
    # Gamma keeps every number that is its own, bootstrap intervals included; the pool it is
    # compared with has the same words, so its relative emphasis stays too.
    pd.testing.assert_frame_equal(
        before.loc[["Gamma"], [*own, "relative_emphasis"]], after.loc[["Gamma"], [*own, "relative_emphasis"]]
    )
    pending = ["segments_pending", "documents_pending"]
    pd.testing.assert_frame_equal(before[pending], after[pending])
    assert cells(after.loc[["Alpha"]], "documents", "documents_with_code", "words", "group_words") == [
        [3, 1, 40, 400],
        [3, 1, 10, 400],
        [3, 0, 0, 400],
        [3, 0, 0, 400],
    ]
    assert cells(after.loc[["Beta"]], "documents", "documents_with_code", "words", "group_words") == [
        [4, 2, 30, 700],
        [4, 1, 20, 700],
        [4, 3, 130, 700],
        [4, 0, 0, 700],
    ]


def test_documents_not_asked_are_in_no_denominator() -> None:
    # b1 (300 words, pays 90 words on it) and a1 were asked about data alone; b1 and a1 raise pay all the same.
    asked = {"a1": '["data"]', "b1": '["1", "Consent"]'}
    rows = [row | {"topics_asked": asked.get(row["document_id"])} for row in documents()]
    before, after = (df.set_index(["group", "code"]) for df in (table(), table(rows)))
    shown = ("documents", "documents_not_asked", "documents_unasked", "documents_with_code", "words", "group_words")
    assert cells(after.loc[["Beta"]], *shown) == [
        [3, 0, 0, 1, 10, 600],
        [3, 0, 0, 1, 20, 600],
        [2, 1, 1, 1, 30, 300],
        [2, 1, 0, 0, 0, 300],
    ]
    assert after.loc[("Beta", "pay"), "share_documents"] == 1 / 2
    assert after.loc[("Beta", "pay"), "share_words"] == 30 / 300
    assert after.loc[("Beta", "pay"), "segments_pending"] == 0
    assert cells(after.loc[["Alpha"]], *shown)[2] == [3, 1, 1, 0, 0, 400]
    data = ["silos", "consent"]
    own = [name for name in before.columns if name not in ("salience", "rank", "top_three", "q_value")]
    pd.testing.assert_frame_equal(before.loc[(slice(None), data), own], after.loc[(slice(None), data), own])
    assert any(
        "2 documents count only for the topics they were asked about" in note for note in table(rows).attrs["notes"]
    )


def test_topics_nobody_knows_are_refused() -> None:
    rows = [row | {"topics_asked": '["payment"]'} for row in documents()]
    with pytest.raises(AggregateError, match=r'g1.txt.*"payment"'):
        table(rows)


def test_pending_codings_move_no_number_that_counts() -> None:
    auto = [row for row in code_counts() if row["status"] == "auto"]
    pending = ["segments_pending", "documents_pending"]
    pd.testing.assert_frame_equal(table().drop(columns=pending), table(codes=auto).drop(columns=pending))


def test_attrs_say_how_the_table_was_made() -> None:
    attrs = table().attrs
    assert (attrs["by"], attrs["level"], attrs["seed"], attrs["draws"], attrs["n_documents"]) == (
        "region",
        "code",
        1,
        500,
        9,
    )
    assert all(isinstance(line, str) for line in [*attrs["notes"], *attrs["undefined"], attrs["unit"]])


def test_no_documents_give_an_empty_table_or_zeros() -> None:
    empty = table([], [])
    assert len(empty) == 0
    assert dtypes(empty) == dtypes(documented())
    whole = table([], [], by=None)
    assert cells(whole, "group", "documents", "words")[0] == ["all", 0, 0]
    assert whole[["share_documents", "share_documents_low", "share_words", "salience"]].isna().all(axis=None)
    assert whole.attrs["undefined"] == ["There are no documents."]


@pytest.mark.parametrize(
    "options",
    [{"by": "speaker"}, {"level": "theme"}, {"draws": 0}, {"seed": -1}, {"small_group": -1}],
)
def test_wrong_options_are_wrong_use(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        table(**options)


@settings(max_examples=40, deadline=None)
@sampled(st.data())
def test_shares_stay_in_range_and_groups_add_up(data: st.DataObject) -> None:
    regions = st.sampled_from(["A", "B", "C", None])
    rows = [
        document(f"d{i}", data.draw(regions), data.draw(st.integers(0, 60)))
        for i in range(data.draw(st.integers(0, 7)))
    ]
    codes = []
    for row in rows:
        for code in ("silos", "pay"):
            segments = data.draw(st.integers(0, row["segments"]))
            if segments:
                words = data.draw(st.integers(0, row["words"]))
                codes.append(count(row["document_id"], code, segments, words, data.draw(st.integers(0, segments)), 0))
    df = table(rows, codes, draws=50)
    for name in [name for name in df.columns if name.startswith("share_")] + ["salience", "intensity", "q_value"]:
        assert df[name].dropna().between(0, 1).all(), name
    assert df.groupby("group")["documents"].first().sum() == len(rows)
    assert df["words"].sum() == sum(row["words"] for row in codes)
    assert np.isfinite(df["relative_emphasis"].dropna()).all()


def test_cross_regional_lays_codes_against_groups() -> None:
    wide = cross_regional(table())
    assert list(wide.columns) == [
        *("code_number", "code", "code_name", "category", "Alpha", "Beta", "Gamma", "groups_raising_it")
    ]
    assert wide["code"].tolist() == ["silos", "consent", "pay", "trials"]
    assert wide["groups_raising_it"].tolist() == ["3 of 3", "2 of 3", "2 of 3", "0 of 3"]
    np.testing.assert_allclose(wide["Beta"], [1 / 3, 1 / 3, 2 / 3, 0])
    np.testing.assert_allclose(cross_regional(table(), value="share_words")["Beta"], [1 / 60, 1 / 30, 0.2, 0])
    assert wide.attrs["value"] == "share_documents"
    assert wide.attrs["by"] == "region"


def test_documents_without_region_are_shown_but_raise_no_region() -> None:
    rows = [row | {"region": None} if row["region"] == "Gamma" else row for row in documents()]
    wide = cross_regional(table(rows))
    assert "(missing)" in wide.columns
    assert wide["groups_raising_it"].tolist() == ["2 of 2", "2 of 2", "2 of 2", "0 of 2"]


def test_cross_regional_refuses_what_it_cannot_lay_out() -> None:
    with pytest.raises(ValueError, match="share_documents"):
        cross_regional(table(), value="words")  # type: ignore[arg-type]
    with pytest.raises(AggregateError, match="lacks group"):
        cross_regional(table().drop(columns="group"))
    with pytest.raises(AggregateError, match='called "category"'):
        cross_regional(table([document("a", "category", 10)], []))


def test_a_whole_study_takes_well_under_half_a_second() -> None:
    generator = np.random.Generator(np.random.PCG64(1))
    rows = [document(f"d{i:03}", f"R{i % 10}", int(generator.integers(2000, 9000))) for i in range(160)]
    codes = [
        count(row["document_id"], code, 3, 40, 1, int(generator.integers(0, 99)))
        for row in rows
        for code in ("silos", "consent", "pay", "trials")
    ]
    start = time.process_time()
    table(rows, codes, draws=2000)
    assert time.process_time() - start < 0.5
