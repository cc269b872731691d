from __future__ import annotations

from itertools import combinations, permutations
from math import comb
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given as sampled
from hypothesis import settings
from hypothesis import strategies as st

from qualcode.aggregate.saturation import (
    SATURATION_COLUMNS,
    Saturation,
    chao2_unseen,
    rarefaction,
    saturation,
    saturation_curve,
)
from qualcode.errors import AggregateError

from .mini_study import Row, code_counts, count, document, documents, small_codebook

CODES = ("silos", "consent", "pay", "trials")


def curve(rows: list[Row] | None = None, counts: list[Row] | None = None, **options: Any) -> pd.DataFrame:
    given: dict[str, Any] = {"seed": 1, "draws": 500, **options}
    return saturation_curve(
        documents() if rows is None else rows, code_counts() if counts is None else counts, small_codebook(), **given
    )


def study(raised: dict[str, str], **attributes: Any) -> tuple[list[Row], list[Row]]:
    """Documents that raise codes, as ``{"d1": "silos pay"}``."""
    rows = [document(name, "Alpha", 100, **attributes) for name in raised]
    return rows, [count(name, code, 1, 10, 0, 0) for name, codes in raised.items() for code in codes.split()]


def test_expected_codes_of_the_mini_study() -> None:
    # Silos: 4 of 9 documents, consent 2, pay 3, trials none; (b1's and a3's pending codings do not count).
    expected = [sum(1 - comb(9 - k, n) / comb(9, n) for k in (4, 2, 3)) for n in range(10)]
    df = curve()
    np.testing.assert_allclose(df["codes_expected"], expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(df["new_expected"][1:], np.diff(expected), rtol=0, atol=1e-12)
    assert df["codes_expected"].iloc[[0, 1, 9]].tolist() == [0, pytest.approx(1.0), 3]  # (4 + 2 + 3) / 9 = 1
    assert np.isnan(df["new_expected"].iloc[0])


def test_expected_codes_are_the_mean_over_all_choices() -> None:
    raised = [{"silos"}, {"silos", "pay"}, {"consent"}, set(), {"silos", "consent"}]
    raising = np.array([sum(code in held for held in raised) for code in CODES])
    for n, expected in enumerate(rarefaction(raising, len(raised))):
        found = [len(set().union(*chosen)) for chosen in combinations(raised, n)]
        assert expected == pytest.approx(np.mean(found))


def test_many_documents_neither_overflow_nor_lose_the_end() -> None:
    expected = rarefaction(np.array([1, 800, 1600, 0]), 1600)
    assert expected[-1] == 3
    assert expected[1] == pytest.approx((1 + 800 + 1600) / 1600)
    assert (np.diff(expected) >= 0).all()


def test_observed_codes_follow_date_then_name() -> None:
    rows, counts = study({"d": "silos", "c": "silos pay", "b": "consent", "a": "trials"})
    dates = {"d": "2025-01", "c": "2025-02-03", "b": "2025-02-03", "a": None}
    rows = [row | {"date": dates[row["document_id"]]} for row in rows]
    df = curve(rows, counts)
    assert df["codes_observed"].tolist() == [0, 1, 2, 3, 4]
    assert df["document"].tolist()[1:] == ["d.txt", "b.txt", "c.txt", "a.txt"]
    assert df["document"].isna().tolist() == [True, False, False, False, False]
    assert "1 document without a date come last in the order." in df.attrs["notes"]


def test_band_holds_95_of_100_orders() -> None:
    raised = [{"silos"}, {"silos", "pay"}, {"consent"}, {"pay"}]
    rows, counts = study({f"d{i}": " ".join(sorted(held)) for i, held in enumerate(raised)})
    df = curve(rows, counts, draws=4000)
    for n in range(5):
        found = [len(set().union(*order[:n])) for order in permutations(raised)]
        assert df["codes_low"].iloc[n] == min(found)  # each order is one of 24: every value has more than 2.5 %
        assert df["codes_high"].iloc[n] == max(found)


def test_columns_and_dtypes_are_the_documented_ones() -> None:
    empty = pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in SATURATION_COLUMNS.items()})
    for df in (curve(), curve([], [])):
        assert df.dtypes.astype(str).to_dict() == empty.dtypes.astype(str).to_dict()
    assert curve().attrs["n_documents"] == 9
    assert curve().attrs["n_codes"] == 4


def test_row_order_does_not_matter_and_the_seed_does() -> None:
    raised = {f"d{i:02}": CODES[i % 4] if i % 3 else "" for i in range(40)}
    rows, counts = study(raised)
    pd.testing.assert_frame_equal(curve(rows, counts), curve(rows[::-1], counts[::-1]))
    first, other = curve(rows, counts, draws=5), curve(rows, counts, draws=5, seed=2)
    assert not first["codes_low"].equals(other["codes_low"])
    pd.testing.assert_series_equal(first["codes_expected"], other["codes_expected"])


def test_a_document_not_asked_about_a_code_is_silent_on_it() -> None:
    rows, counts = study({"a": "silos", "b": "silos pay"}, topics_asked='["data"]')
    df = curve(rows, counts)
    assert df["codes_observed"].tolist() == [0, 1, 1]
    assert (
        "Documents that were not asked about a code count as silent on it: the curve rises later."
        in (df.attrs["notes"])
    )


def test_no_documents_are_a_curve_of_one_point() -> None:
    df = curve([], [])
    assert df[["documents", "codes_expected", "codes_observed"]].values.tolist() == [[0, 0, 0]]
    assert df.attrs["undefined"][0] == "There are no documents."


def test_summary_of_the_mini_study() -> None:
    # Expected: 1, 1.72, 2.23, 2.56, 2.78 of 3 codes: 2.7 is reached at 5. No code is in one document, consent in two.
    found = saturation(documents(), code_counts(), small_codebook())
    assert found == Saturation(9, 4, 3, 0, 1, 0.9, 5, 0.0, 0.0, ())
    # Consent is in two: any eight documents have all three codes.
    assert saturation(documents(), code_counts(), small_codebook(), share=1).documents_for_share == 8


def test_one_more_document_adds_what_the_last_one_added() -> None:
    rows, counts = study({"a": "silos", "b": "silos pay", "c": "silos pay trials", "d": ""})
    found = saturation(rows, counts, small_codebook())
    assert found.new_expected == 1 / 4  # trials alone are in one of four documents
    assert curve(rows, counts)["new_expected"].iloc[-1] == pytest.approx(1 / 4)
    assert found.codes_unseen == pytest.approx(3 / 4 * 1 / 2)


def test_chao2_is_the_published_formula() -> None:
    # EstimateS, classic formula: S_obs + ((m - 1) / m) Q1^2 / (2 Q2).
    assert chao2_unseen(10, 4, 50) == pytest.approx(49 / 50 * 100 / 8)
    assert chao2_unseen(10, 0, 50) == pytest.approx(49 / 50 * 10 * 9 / 2)
    assert chao2_unseen(0, 3, 50) == 0


def test_no_more_codes_are_unseen_than_the_codebook_has() -> None:
    rows, counts = study({"a": "silos", "b": "consent", "c": "pay"})
    assert chao2_unseen(3, 0, 3) == 2
    assert saturation(rows, counts, small_codebook()).codes_unseen == 1


def test_what_cannot_be_known_is_missing_with_its_reason() -> None:
    none, silent, one = (
        saturation(*study(raised), small_codebook()) for raised in ({}, {"a": "", "b": ""}, {"a": "silos"})
    )
    assert none.undefined[0] == "There are no documents."
    assert silent.documents_for_share is None
    assert silent.undefined == ("No document raises a code: there is no share of the codes found.",)
    assert one.documents_for_share == 1
    assert np.isnan([one.new_expected, one.codes_unseen, none.new_expected]).all()
    assert one.undefined == ("What one more document would add is not known from fewer than two.",)


@pytest.mark.parametrize("options", [{"seed": -1}, {"draws": 0}])
def test_wrong_options_are_wrong_use(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        curve(**options)


@pytest.mark.parametrize("share", [0, 1.1])
def test_a_share_is_above_0_and_at_most_1(share: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        saturation(documents(), code_counts(), small_codebook(), share=share)


def test_counts_of_other_documents_are_refused() -> None:
    with pytest.raises(AggregateError, match="b3, g1 are not among the documents"):
        curve(documents()[:6])


@settings(max_examples=50, deadline=None)
@sampled(st.lists(st.sets(st.sampled_from(CODES)), max_size=9))
def test_curves_rise_to_what_was_found(raised: list[set[str]]) -> None:
    rows, counts = study({f"d{i}": " ".join(sorted(held)) for i, held in enumerate(raised)})
    df = curve(rows, counts, draws=1000)
    found = len(set().union(*raised))
    for name in ("codes_expected", "codes_low", "codes_high", "codes_observed"):
        assert (df[name].diff()[1:] >= 0).all()
        assert df[name].iloc[0] == 0
        assert df[name].iloc[-1] == found
    # The mean may leave a 95 % band by what the orders beyond it weigh: at most 2.5 % of the codes found.
    slack = 0.025 * found + 1e-9
    assert (df["codes_expected"] >= df["codes_low"] - slack - 0.02).all()
    assert (df["codes_expected"] <= df["codes_high"] + slack + 0.02).all()
    assert (df["new_expected"].diff()[2:] <= 1e-9).all()  # each document adds less than the one before
