from __future__ import annotations

from math import exp, sqrt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.aggregate.association import (
    ASSOCIATION_COLUMNS,
    EXPECTED_COLUMNS,
    association_table,
    cramers_v,
    expected_table,
)

from .mini_study import Row, category_counts, code_counts, count, document, documents, small_codebook


def study(**with_code: tuple[int, int]) -> tuple[list[Row], list[Row]]:
    """Documents of regions, ``A=(with pay, all)``."""
    rows = [document(f"{region}{i}", region, 100) for region, (_, n) in with_code.items() for i in range(n)]
    codes = [count(f"{region}{i}", "pay", 1, 9, 0, 0) for region, (x, _) in with_code.items() for i in range(x)]
    return rows, codes


def table(rows: list[Row], codes: list[Row], **options: Any) -> pd.DataFrame:
    return association_table(rows, codes, category_counts(), small_codebook(), **{"by": "region", **options})


def pay(**with_code: tuple[int, int]) -> dict[str, Any]:
    df = table(*study(**with_code), level="code")
    return dict(df[df["code"] == "pay"].iloc[0])


def test_three_groups_by_hand() -> None:
    # 12, 6 and 6 of 20 documents each: 24 of 60. Expected with 8, without 12 in each group.
    # chi-square = 16/8 + 4/8 + 4/8 + 16/12 + 4/12 + 4/12 = 5; with 2 degrees of freedom p = exp(-5/2).
    row = pay(A=(12, 20), B=(6, 20), C=(6, 20))
    assert (row["test"], row["groups"], row["documents"], row["documents_with_code"], row["df"]) == (
        "chi-square",
        3,
        60,
        24,
        2,
    )
    assert (row["expected_least"], row["expected_below_5"], row["reason"]) == (8.0, 0.0, "")
    assert row["statistic"] == pytest.approx(5.0)
    assert row["p_value"] == row["q_value"] == pytest.approx(exp(-2.5))
    assert row["cramers_v"] == pytest.approx(sqrt(5 / 60))
    # Bergsma: phi2 = 5/60 - 2/59 = 0.049435; the smaller side is 2 - 1/59 - 1 = 0.983051.
    assert row["cramers_v_corrected"] == pytest.approx(0.224249, abs=1e-6)


def test_two_groups_have_fishers_test_however_few() -> None:
    # Fisher's lady tasting tea: 3 of 4 against 1 of 4; (1 + 16 + 16 + 1) / 70.
    row = pay(A=(3, 4), B=(1, 4))
    assert (row["test"], row["df"], row["expected_least"], row["expected_below_5"]) == ("fisher", 1, 2.0, 1.0)
    assert row["p_value"] == pytest.approx(34 / 70)
    assert row["statistic"] == pytest.approx(2.0)  # four cells, each (3 - 2)^2 / 2
    assert row["cramers_v"] == pytest.approx(0.5)


def test_cochrans_rule_allows_a_fifth_of_small_cells() -> None:
    # Half of all documents: in the group of 8 four are expected with and four without.
    allowed = pay(A=(4, 8), B=(20, 40), C=(25, 40), D=(15, 40), E=(20, 40))
    assert (allowed["test"], allowed["expected_below_5"], allowed["reason"]) == ("chi-square", 0.2, "")
    refused = pay(A=(4, 8), B=(20, 40), C=(25, 40), D=(15, 40))
    assert refused["test"] == ""
    assert np.isnan(refused["p_value"])
    assert np.isnan(refused["q_value"])
    assert refused["reason"] == "2 of 8 expected counts (25 %) are below 5, more than 20 %"
    assert refused["cramers_v"] == pytest.approx(sqrt(refused["statistic"] / 128))


def test_cochrans_rule_allows_no_cell_below_one() -> None:
    many = {f"R{i}": (10, 20) for i in range(9)}
    row = pay(A=(1, 1), **many)
    assert (row["expected_least"], row["expected_below_5"]) == (pytest.approx(0.5, abs=0.01), 0.1)
    assert row["reason"] == "the smallest expected count is 0.50, below 1"
    assert np.isnan(row["p_value"])
    assert row["cramers_v"] > 0


def test_nothing_to_test_says_why() -> None:
    nobody = pay(A=(0, 9), B=(0, 9))
    assert nobody["reason"] == "no document raises it"
    assert pay(A=(9, 9), B=(8, 8))["reason"] == "all 17 documents raise it"
    assert pay(A=(3, 9))["reason"] == 'only one group: "A"'
    missing = ["expected_least", "statistic", "p_value", "q_value", "cramers_v", "cramers_v_corrected"]
    assert all(np.isnan(nobody[name]) for name in missing)
    assert nobody["df"] is pd.NA
    assert table([], [], level="code")["reason"].tolist() == ["no document was asked about it"] * 4


def test_q_values_correct_the_tests_that_were_made() -> None:
    rows, codes = study(A=(18, 20), B=(8, 20))
    codes += [count(f"{region}{i}", "silos", 1, 5, 0, 0) for region, n in (("A", 12), ("B", 8)) for i in range(n)]
    df = table(rows, codes, level="code").set_index("code")
    p = df["p_value"]
    assert p.notna().tolist() == [True, False, True, False]
    assert df["q_value"]["pay"] == pytest.approx(2 * p["pay"])
    assert df["q_value"]["silos"] == pytest.approx(p["silos"])


def test_documents_that_were_not_asked_or_have_no_region_do_not_count() -> None:
    rows, codes = study(A=(5, 10), B=(2, 10), C=(3, 10))
    rows = [row | {"topics_asked": '["silos"]'} if row["region"] == "C" else row for row in rows]
    rows += [document("x", None, 100)]
    codes += [count("x", "pay", 1, 9, 0, 0)]
    df = table(rows, codes, level="code").set_index("code")
    assert df["documents"].tolist() == [30, 20, 20, 20]
    assert (df["groups"]["pay"], df["documents_with_code"]["pay"], df["test"]["pay"]) == (2, 7, "fisher")
    assert df.attrs["n_documents"] == 30
    assert df.attrs["notes"][-1] == "1 document without region left out."


def test_expected_counts_of_the_mini_study() -> None:
    df = expected_table(documents(), code_counts(), category_counts(), small_codebook(), by="region", level="code")
    assert dict(df.dtypes.astype(str)) == dict(
        pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in EXPECTED_COLUMNS.items()}).dtypes.astype(str)
    )
    silos = df[df["code"] == "silos"]
    counted = silos[["group", "documents", "with_code", "without_code"]].to_numpy().tolist()
    assert counted == [["Alpha", 4, 2, 2], ["Beta", 3, 1, 2], ["Gamma", 2, 1, 1]]
    # 4 of 9 documents raise silos, in groups of 4, 3 and 2.
    np.testing.assert_allclose(silos["expected_with"], [16 / 9, 12 / 9, 8 / 9])
    np.testing.assert_allclose(silos["expected_without"], [20 / 9, 15 / 9, 10 / 9])


def test_expected_counts_of_a_group_that_was_not_asked_are_missing() -> None:
    rows = [row | {"topics_asked": '["pay"]'} if row["region"] == "Gamma" else row for row in documents()]
    df = expected_table(rows, code_counts(), [], small_codebook(), by="region", level="code")
    gamma = df[df["group"] == "Gamma"].set_index("code")
    assert np.isnan(gamma["expected_with"]["silos"])
    assert gamma["expected_with"]["pay"] == pytest.approx(2 * 3 / 9)


def test_categories_and_columns() -> None:
    df = table(documents(), code_counts(), level="category")
    assert df["code"].tolist() == ["data", "money"]
    assert df["documents_with_code"].tolist() == [5, 3]
    empty = pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in ASSOCIATION_COLUMNS.items()})
    assert dict(df.dtypes.astype(str)) == dict(empty.dtypes.astype(str))


def test_row_order_does_not_matter() -> None:
    rows, codes = study(A=(12, 20), B=(6, 20), C=(6, 20))
    pd.testing.assert_frame_equal(table(rows, codes, level="code"), table(rows[::-1], codes[::-1], level="code"))


@pytest.mark.parametrize("options", [{"by": "speaker", "level": "code"}, {"level": "theme"}])
def test_wrong_options_are_wrong_use(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        table(documents(), code_counts(), **options)


cells = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 12)).map(sorted), min_size=2, max_size=5)


@settings(max_examples=60, deadline=None)
@given(cells)
def test_agrees_with_scipy(regions: list[list[int]]) -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy gives a second opinion only")
    row = pay(**{f"R{i}": (x, n) for i, (x, n) in enumerate(regions) if n})
    table = np.array([[x, n - x] for x, n in regions if n])
    if len(table) < 2 or 0 in table.sum(axis=0):
        assert row["reason"]
        assert np.isnan(row["statistic"])
        return
    found = stats.chi2_contingency(table, correction=False)
    assert row["statistic"] == pytest.approx(found.statistic)
    assert row["expected_least"] == pytest.approx(found.expected_freq.min())
    assert row["cramers_v"] == pytest.approx(stats.contingency.association(table, method="cramer"))
    if row["test"] == "chi-square":
        assert row["p_value"] == pytest.approx(found.pvalue)
    elif row["test"] == "fisher":
        assert row["p_value"] == pytest.approx(stats.fisher_exact(table).pvalue)
    assert 0 <= row["cramers_v"] <= 1 + 1e-12
    corrected = row["cramers_v_corrected"]
    assert np.isnan(corrected) or 0 <= corrected <= 1


def test_cramers_v_at_its_ends() -> None:
    assert cramers_v(0.0, 30, 3) == (0.0, 0.0)
    assert cramers_v(30.0, 30, 2) == pytest.approx((1.0, 1.0))
    assert np.isnan(cramers_v(2.0, 2, 2)[1])
