from __future__ import annotations

from fractions import Fraction
from math import log2, sqrt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from qualcode.aggregate.comparison import (
    COMPARISON_COLUMNS,
    RECODING_COLUMNS,
    Side,
    compare_codings,
    compare_groups,
)
from qualcode.aggregate.remarks import LINE
from qualcode.codebook import Codebook
from qualcode.errors import AggregateError

from .mini_study import Row, category_counts, code_counts, count, document, documents, small_codebook

ALPHA_BETA: dict[str, Side] = {
    **dict.fromkeys(("a1", "a2", "a3", "a4"), "a"),
    **dict.fromkeys(("b1", "b2", "b3"), "b"),
}
T_1 = 12.7062047  # 0.975 quantile of Student's t with one degree of freedom


def groups(rows: list[Row] | None = None, codes: list[Row] | None = None, **options: Any) -> pd.DataFrame:
    given: dict[str, Any] = {"side_of": ALPHA_BETA, "names": ("Alpha", "Beta"), "level": "code", "seed": 1}
    rows, codes = documents() if rows is None else rows, code_counts() if codes is None else codes
    return compare_groups(rows, codes, category_counts(), small_codebook(), **{**given, "draws": 500, **options})


def codings(before: list[Row], after: list[Row], rows: list[Row] | None = None, **options: Any) -> pd.DataFrame:
    given: dict[str, Any] = {"names": ("v1", "v2"), "level": "code", "seed": 1, "draws": 500}
    rows = documents() if rows is None else rows
    return compare_codings(rows, before, after, small_codebook(), **{**given, **options})


def dtypes(df: pd.DataFrame) -> dict[str, str]:
    return {str(name): str(dtype) for name, dtype in df.dtypes.items()}


def documented(columns: dict[str, str]) -> dict[str, str]:
    return dtypes(pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in columns.items()}))


# --- two groups --------------------------------------------------------------------------------


def test_counts_of_both_sides_and_the_order_of_the_rows() -> None:
    df = groups()
    assert dtypes(df) == documented(COMPARISON_COLUMNS)
    # Differences of documents: pay 1/4 - 2/3, silos 2/4 - 1/3, consent 1/4 - 1/3, trials 0.
    assert df["code"].tolist() == ["pay", "silos", "consent", "trials"]
    np.testing.assert_allclose(df["difference_documents"], [-5 / 12, 1 / 6, -1 / 12, 0])
    sides = ["documents_a", "documents_with_code_a", "documents_b", "documents_with_code_b", "words_a", "words_b"]
    assert df[sides].to_numpy().tolist() == [
        [4, 1, 3, 2, 10, 120],
        [4, 2, 3, 1, 60, 10],
        [4, 1, 3, 1, 10, 20],
        [4, 0, 3, 0, 0, 0],
    ]
    assert set(df["group_words_a"]) == {500}
    assert set(df["group_words_b"]) == {600}
    np.testing.assert_allclose(df["difference_words"], [10 / 500 - 120 / 600, 60 / 500 - 10 / 600, -8 / 600, 0])
    assert set(df["flag"]) == {"Alpha: n<5; Beta: n<5"}


def test_documents_are_compared_by_newcombe_and_fisher() -> None:
    df = groups().set_index("code")
    # Silos: Wilson of 2/4 is 0.15004 to 0.84996, of 1/3 0.06149 to 0.79234.
    # low = 1/6 - sqrt(0.34996^2 + 0.45901^2), high = 1/6 + sqrt(0.34996^2 + 0.27184^2)
    assert df["difference_documents_low"]["silos"] == pytest.approx(1 / 6 - sqrt(0.34996**2 + 0.45901**2), abs=1e-4)
    assert df["difference_documents_high"]["silos"] == pytest.approx(1 / 6 + sqrt(0.34996**2 + 0.27184**2), abs=1e-4)
    # Pay: 3 of 7 documents raise it. Of the 35 ways to place them 1, 12, 18 and 4 put 0 to 3 in Alpha; 1 was seen,
    # and 1, 12 and 4 ways are no more likely than that.
    assert df["p_documents"]["pay"] == pytest.approx(17 / 35)
    assert np.isnan(df["p_documents"]["trials"])
    np.testing.assert_allclose(df["q_documents"][["pay", "silos", "consent"]], 1.0)


def test_relative_emphasis_is_that_of_a_against_b() -> None:
    found = groups().set_index("code")["relative_emphasis"]
    # 1100 words in 7 documents, the prior is one of them. Pay: 10 of 500 words against 120 of 600.
    a_0, a_w = Fraction(1100, 7), Fraction(130, 7)
    odds = ((10 + a_w) / (500 + a_0 - 10 - a_w), (120 + a_w) / (600 + a_0 - 120 - a_w))
    assert found["pay"] == pytest.approx(log2(odds[0]) - log2(odds[1]))
    assert np.isnan(found["trials"])


def two_sides(words_a: list[int], words_b: list[int]) -> tuple[list[Row], list[Row], dict[str, Side]]:
    """Documents of 100 words; `words` of them on pay."""
    named = [*((f"a{i:02}", w) for i, w in enumerate(words_a)), *((f"b{i:02}", w) for i, w in enumerate(words_b))]
    rows = [document(name, None, 100) for name, _ in named]
    codes = [count(name, "pay", 1, words, 0, 0) for name, words in named if words]
    sides: dict[str, Side] = {name: "a" if name[0] == "a" else "b" for name, _ in named}
    return rows, codes, sides


def test_interval_of_words_by_hand() -> None:
    rows, codes, sides = two_sides([10, 20], [4, 6])
    df = groups(rows, codes, side_of=sides, draws=20_000).set_index("code")
    # A draw takes one of two documents twice: shares of 0.1 or 0.2, variance 0.0025, and 0.04 or 0.06, variance
    # 0.0001. One degree of freedom each; Welch: 0.0026^2 / (0.0025^2 + 0.0001^2) = 1.0799, t = 10.687.
    assert df["difference_words"]["pay"] == pytest.approx(0.10)
    half = 10.687 * sqrt(0.0026)
    assert df["difference_words_low"]["pay"] == pytest.approx(0.10 - half, rel=0.02)
    assert df["difference_words_high"]["pay"] == pytest.approx(0.10 + half, rel=0.02)


def test_clear_differences_are_clear_in_every_column() -> None:
    rows, codes, sides = two_sides([20, 25, 30, 22, 18, 27, 24, 21, 26, 23], [0, 0, 0, 2, 0, 0, 3, 0, 0, 0])
    row = groups(rows, codes, side_of=sides, draws=2000).set_index("code").loc["pay"]
    assert row["difference_documents_low"] > 0
    assert row["difference_words_low"] > 0
    assert row["relative_emphasis_low"] > 0
    assert row["q_documents"] < 0.05
    assert row["q_value"] < 0.05
    assert row["flag"] == ""


def test_swapping_the_sides_changes_signs_only() -> None:
    rows, codes, sides = two_sides([20, 25, 0, 22, 18], [0, 9, 0, 2, 4])
    there = groups(rows, codes, side_of=sides).set_index("code").loc["pay"]
    swapped: dict[str, Side] = {name: "b" if side == "a" else "a" for name, side in sides.items()}
    back = groups(rows, codes, side_of=swapped, names=("Beta", "Alpha")).set_index("code").loc["pay"]
    for name in ("difference_documents", "difference_words", "relative_emphasis"):
        assert back[name] == pytest.approx(-there[name])
        assert back[f"{name}_low"] == pytest.approx(-there[f"{name}_high"])
    for name in ("p_documents", "q_documents", "q_value"):
        assert back[name] == pytest.approx(there[name])


def test_documents_of_no_side_change_nothing() -> None:
    df = groups()
    alone = [row for row in documents() if row["document_id"] in ALPHA_BETA]
    pd.testing.assert_frame_equal(df, groups(alone, [row for row in code_counts() if row["document_id"] in ALPHA_BETA]))
    assert df.attrs["left_out"] == 2
    assert df.attrs["n_documents"] == 7


def test_sides_need_not_be_regions_and_rows_may_come_in_any_order() -> None:
    kinds: dict[str, Side] = {row["document_id"]: "a" if row["kind"] == "workshop" else "b" for row in documents()}
    df = groups(side_of=kinds, names=("workshops", "(missing)"))
    assert set(df["documents_a"]) == {1}
    assert set(df["documents_b"]) == {8}
    backwards = groups(documents()[::-1], code_counts()[::-1], side_of=kinds, names=("workshops", "(missing)"))
    pd.testing.assert_frame_equal(df, backwards)
    assert any("workshops is one document" in line for line in df.attrs["undefined"])
    assert df["q_value"].isna().all()


def test_documents_not_asked_leave_the_denominators() -> None:
    rows = [row | {"topics_asked": '["data"]'} if row["document_id"] == "a1" else row for row in documents()]
    df = groups(rows).set_index("code")
    assert df["documents_a"].to_dict() == {"pay": 3, "silos": 4, "consent": 4, "trials": 3}
    assert df["documents_with_code_a"]["pay"] == 0
    assert df["group_words_a"]["pay"] == 400
    nobody = [row | {"topics_asked": '["data"]'} if row["region"] == "Alpha" else row for row in documents()]
    df = groups(nobody)
    assert df["code"].tolist()[-2:] == ["pay", "trials"]  # nothing to compare: last
    assert np.isnan(df.set_index("code")["difference_documents"]["pay"])
    assert "Comparisons are missing for pay, trials: no document of Alpha was asked about it." in df.attrs["undefined"]


def test_attrs_say_how_the_table_was_made_and_what_is_missing() -> None:
    attrs = groups().attrs
    assert (attrs["names"], attrs["difference"], attrs["seed"], attrs["draws"]) == (
        ("Alpha", "Beta"),
        "Alpha - Beta",
        1,
        500,
    )
    assert all(len(line) <= LINE for line in attrs["notes"])
    assert attrs["undefined"] == [
        "Intervals of words are missing for consent, pay, trials: fewer than two documents of Alpha raise it.",
        "Intervals of words are missing for silos, consent, trials: fewer than two documents of Beta raise it.",
        "p_documents is missing for trials: no document raises it, or every one does.",
    ]


def test_silent_sides_have_no_share_of_words() -> None:
    rows, codes, sides = two_sides([10, 20], [0, 0])
    rows = [row | {"words": 0} if row["document_id"][0] == "b" else row for row in rows]
    df = groups(rows, codes, side_of=sides)
    assert df["difference_words"].isna().all()
    assert df["difference_documents"].notna().all()
    assert "Comparisons of words are missing for all: Beta has no words of respondents." in df.attrs["undefined"]


def test_groups_that_do_not_fit_are_refused() -> None:
    with pytest.raises(AggregateError, match='no document on the side "Beta"'):
        groups(side_of={"a1": "a"})
    with pytest.raises(AggregateError, match="x9 is not among the documents"):
        groups(side_of={**ALPHA_BETA, "x9": "a"})
    with pytest.raises(AggregateError, match="not among the documents"):
        groups(codes=[*code_counts(), count("x9", "pay", 1, 1, 0, 0)])
    with pytest.raises(ValueError, match='"a" or "b"'):
        groups(side_of={"a1": "left"})


@pytest.mark.parametrize(
    "options", [{"names": ("A", "A")}, {"seed": -1}, {"draws": 0}, {"small_group": -1}, {"level": "theme"}]
)
def test_wrong_options_are_wrong_use(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        groups(**options)


def test_intervals_of_words_cover_the_true_difference() -> None:
    """300 pairs of groups of 12 and 20 documents; 92 to 98 % of the intervals hold the truth."""
    generator = np.random.Generator(np.random.PCG64(11))
    held = []
    for number in range(300):
        words = [generator.gamma(1.2, scale / 1.2, size=n) for scale, n in ((12.0, 12), (7.0, 20))]
        said = [np.where(generator.random(len(w)) < 0.6, w, 0).clip(0, 90).round().astype(int).tolist() for w in words]
        rows, codes, sides = two_sides(*said)
        row = groups(rows, codes, side_of=sides, draws=200, seed=number).set_index("code").loc["pay"]
        held.append(row["difference_words_low"] <= 0.6 * (0.12 - 0.07) <= row["difference_words_high"])
    assert 0.92 <= np.mean(held) <= 0.98


# --- the same documents twice ------------------------------------------------------------------


def test_documents_gained_and_lost_by_hand() -> None:
    before = code_counts()
    after = [row for row in before if (row["document_id"], row["code_id"]) != ("a1", "silos")]
    after += [count("g2", "trials", 2, 30, 0, 1), count("a3", "trials", 1, 10, 0, 1), count("b2", "silos", 1, 5, 0, 1)]
    df = codings(before, after)
    assert dtypes(df) == documented(RECODING_COLUMNS)
    columns = ["code", "documents_with_code_a", "documents_with_code_b", "gained", "lost", "segments_a", "segments_b"]
    assert df[columns].to_numpy().tolist() == [
        ["trials", 0, 2, 2, 0, 0, 3],
        ["silos", 4, 4, 1, 1, 7, 6],
        ["consent", 2, 2, 0, 0, 2, 2],
        ["pay", 3, 3, 0, 0, 7, 7],
    ]
    assert df["words_a"].tolist() == [0, 75, 30, 130]
    assert df["words_b"].tolist() == [40, 60, 30, 130]
    np.testing.assert_allclose(df["difference_documents"], [2 / 9, 0, 0, 0])
    np.testing.assert_allclose(df["difference_words"], [40 / 1300, -15 / 1300, 0, 0])
    # McNemar: both changes are gains, 2 * (1/2)^2; one of each, 1; none, nothing to test.
    np.testing.assert_allclose(df["p_documents"], [0.5, 1.0, np.nan, np.nan])
    assert df.attrs["undefined"] == [
        "p_documents is missing for consent, pay: no document gained or lost it.",
        "Intervals of words are missing for consent, pay: fewer than two documents' words changed.",
    ]


def test_mcnemar_agrees_with_statsmodels() -> None:
    tables = pytest.importorskip("statsmodels.stats.contingency_tables", reason="gives a second opinion only")
    rows = [document(f"d{i:02}", "A", 100) for i in range(20)]
    before = [count(f"d{i:02}", "pay", 1, 5, 0, 0) for i in range(9)]
    after = [count(f"d{i:02}", "pay", 1, 5, 0, 0) for i in range(7, 19)]
    row = codings(before, after, rows).set_index("code").loc["pay"]
    assert (row["gained"], row["lost"]) == (10, 7)  # both: d07 and d08; neither: d19
    assert row["p_documents"] == pytest.approx(tables.mcnemar([[2, 7], [10, 1]], exact=True).pvalue)
    # Newcombe's paired interval of 12/20 - 9/20, a to d = 2, 10, 7, 1: ad - bc = -68, the root is
    # sqrt(12 * 8 * 9 * 11) = 97.488, phi = -0.697521; Wilson 12/20: 0.386582 to 0.781193, 9/20: 0.258200 to 0.657914.
    minus = sqrt(0.213418**2 + 2 * 0.697521 * 0.213418 * 0.207914 + 0.207914**2)
    plus = sqrt(0.181193**2 + 2 * 0.697521 * 0.181193 * 0.191800 + 0.191800**2)
    assert row["difference_documents_low"] == pytest.approx(0.15 - minus, abs=1e-5)
    assert row["difference_documents_high"] == pytest.approx(0.15 + plus, abs=1e-5)


def test_interval_of_changed_words_draws_the_same_documents_for_both() -> None:
    rows = [document("p", "A", 100), document("q", "A", 100)]
    before = [count("p", "pay", 1, 50, 0, 0), count("q", "pay", 1, 10, 0, 0)]
    after = [count("p", "pay", 2, 60, 0, 0), count("q", "pay", 2, 40, 0, 0)]
    row = codings(before, after, rows, draws=20_000).set_index("code").loc["pay"]
    # Changes of 10 and 30 words of 100: a draw of one document twice gives 0.1 or 0.3, standard deviation 0.1;
    # drawn apart, 0.5 or 0.1 before and 0.6 or 0.4 after, it would be 0.22.
    assert row["difference_words"] == pytest.approx(0.2)
    assert row["difference_words_low"] == pytest.approx(0.2 - T_1 * 0.1, rel=0.02)
    assert row["difference_words_high"] == pytest.approx(0.2 + T_1 * 0.1, rel=0.02)


def test_the_same_coding_twice_shows_no_difference() -> None:
    df = codings(code_counts(), code_counts())
    assert set(df["gained"]) == set(df["lost"]) == {0}
    assert set(df["difference_documents"]) == set(df["difference_words"]) == {0.0}
    assert df["q_documents"].isna().all()
    assert df["code"].tolist() == ["silos", "consent", "pay", "trials"]
    assert set(df["flag"]) == {""}


def other_codebook() -> Codebook:
    """Without trials, with staff."""
    tree = small_codebook().model_dump(mode="json")
    money = tree["categories"][1]
    money["codes"] = [code for code in money["codes"] if code["id"] != "trials"]
    money["codes"].append({**money["codes"][0], "id": "staff", "number": 9, "name": "Staff"})
    return Codebook.model_validate(tree)


def test_codes_only_one_codebook_has_are_missing_on_the_other_side() -> None:
    before, after = code_counts(), [*code_counts(), count("b2", "staff", 1, 7, 0, 5)]
    df = compare_codings(
        documents(),
        [*before, count("a1", "trials", 1, 3, 0, 9)],
        after,
        other_codebook(),
        codebook_before=small_codebook(),
        names=("v1", "v2"),
        level="code",
        seed=1,
        draws=100,
    )
    assert df["code"].tolist() == ["silos", "consent", "pay", "staff", "trials"]
    found = df.set_index("code")
    assert (found["documents_with_code_b"]["staff"], found["words_b"]["staff"]) == (1, 7)
    assert (found["documents_with_code_a"]["trials"], found["words_a"]["trials"]) == (1, 3)
    for name in ("documents_with_code_a", "gained", "lost", "segments_a", "words_a", "share_words_a", "p_documents"):
        assert pd.isna(found[name]["staff"]), name
    for name in ("difference_documents", "difference_documents_low", "difference_words", "difference_words_high"):
        assert found[name][["staff", "trials"]].isna().all(), name
    assert df.attrs["undefined"][:2] == [
        "v1 and all comparisons are missing for staff: its codebook lacks it.",
        "v2 and all comparisons are missing for trials: its codebook lacks it.",
    ]


def test_documents_not_asked_count_in_neither_coding() -> None:
    rows = [row | {"topics_asked": '["pay"]'} if row["document_id"] == "a1" else row for row in documents()]
    found = codings(code_counts(), code_counts()[1:], rows).set_index("code")
    assert found["documents"].to_dict() == {"silos": 8, "consent": 8, "pay": 9, "trials": 8}
    assert found["group_words"]["silos"] == 1200
    assert found["lost"]["silos"] == 0  # the one coding that went was of a1


def test_codings_of_categories_and_of_no_documents() -> None:
    df = codings(category_counts(), category_counts()[1:], level="category")
    assert df["code"].tolist() == ["data", "money"]
    assert df["lost"].tolist() == [1, 0]
    empty = codings([], [], [])
    assert set(empty["documents"]) == {0}
    assert empty[["share_documents_a", "difference_documents", "difference_words", "p_documents"]].isna().all(axis=None)


def test_before_and_after_need_two_names() -> None:
    with pytest.raises(ValueError, match="differ"):
        codings([], [], names=("v1", "v1"))
