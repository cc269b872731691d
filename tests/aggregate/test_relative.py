from __future__ import annotations

from fractions import Fraction
from math import log2

import numpy as np
import pytest

from qualcode.aggregate.bootstrap import resample
from qualcode.aggregate.counts import Counts, Floats, tally
from qualcode.aggregate.relative import (
    comparable,
    log2_odds,
    prior_words,
    regrouping,
    relative_emphasis,
)

from .mini_study import Row, code_counts, count, document, documents, small_codebook

SILOS, CONSENT, PAY, TRIALS = range(4)


def counts_of(rows: list[Row], codes: list[Row], by: str | None = "region") -> Counts:
    return tally(rows, codes, [], small_codebook(), by=by, level="code")


def relative(counts: Counts, *, draws: int = 1000, seed: int = 1) -> dict[str, Floats]:
    drawn = resample(counts, draws=draws, seed=seed)
    return relative_emphasis(counts, drawn, draws=draws, seed=seed)


def by_hand(y_i: int, n_i: int, y_j: int, n_j: int, documents: int) -> float:
    """Monroe, Colaresi & Quinn's formula in exact fractions, prior = one average document."""
    a_0 = Fraction(n_i + n_j, documents)
    a_w = a_0 * Fraction(y_i + y_j, n_i + n_j)
    return log2((y_i + a_w) / (n_i + a_0 - y_i - a_w)) - log2((y_j + a_w) / (n_j + a_0 - y_j - a_w))


def test_prior_is_one_average_document() -> None:
    prior, total = prior_words(counts_of(documents(), code_counts()))
    assert total == pytest.approx(1300 / 9)
    np.testing.assert_allclose(prior, [75 / 9, 30 / 9, 130 / 9, 0])


def test_relative_emphasis_of_the_mini_study() -> None:
    point = relative(counts_of(documents(), code_counts()))["relative_emphasis"]
    # Silos in Alpha: (60 + 75/9) / (500 + 1300/9 - 60 - 75/9) against (15 + 75/9) / (800 + 1300/9 - 15 - 75/9)
    # = 0.11861 / 0.02533 = 4.682, and log2 of it 2.227.
    assert point[0, SILOS] == pytest.approx(2.2272, abs=1e-4)
    expected = [
        [by_hand(60, 500, 15, 800, 9), by_hand(10, 500, 20, 800, 9), by_hand(10, 500, 120, 800, 9)],
        [by_hand(10, 600, 65, 700, 9), by_hand(20, 600, 10, 700, 9), by_hand(120, 600, 10, 700, 9)],
        [by_hand(5, 200, 70, 1100, 9), by_hand(0, 200, 30, 1100, 9), by_hand(0, 200, 130, 1100, 9)],
    ]
    np.testing.assert_allclose(point[:, :3], expected)
    assert np.isnan(point[:, TRIALS]).all()


def test_same_odds_are_zero_and_swapping_sides_changes_the_sign() -> None:
    y, n = np.array([30.0, 8.0]), np.array([100.0, 90.0])
    there = log2_odds(y, n, y[::-1], n[::-1], prior=np.full(2, 5.0), prior_total=np.array([50.0]))
    assert there[0] == pytest.approx(-there[1])
    same = log2_odds(y, n, y, n, prior=np.full(2, 5.0), prior_total=np.array([50.0]))
    assert same.tolist() == [0.0, 0.0]


def test_prior_pulls_small_groups_to_zero() -> None:
    few = by_hand(3, 30, 10, 1000, 10)
    many = by_hand(300, 3000, 1000, 100_000, 1000)
    assert 0 < few < many


def test_group_of_half_the_words_is_the_mirror_of_the_rest() -> None:
    counts = counts_of(documents(), code_counts(), by="kind")
    point = relative(counts)["relative_emphasis"]
    np.testing.assert_allclose(point[0, :3], -point[1, :3])


def test_interval_brackets_the_point() -> None:
    found = relative(counts_of(documents(), code_counts()))
    defined = ~np.isnan(found["relative_emphasis_low"])
    low, point, high = (found[f"relative_emphasis{end}"][defined] for end in ("_low", "", "_high"))
    assert ((low < point) & (point < high)).all()
    # Two documents raise the code and two do elsewhere: silos in Alpha (a1, a2 against b1, g1) alone.
    assert defined.tolist() == [[True, False, False, False], [False] * 4, [False] * 4]


def test_interval_by_hand_where_only_two_outcomes_vary() -> None:
    # The rest is two equal documents, so only A varies: p or q stands for both; 20 or 8 words of 200.
    rows = [document(name, "A" if name in "pq" else "B", 100) for name in "pqrs"]
    codes = [count(name, "pay", 1, words, 0, 0) for name, words in zip("pqrs", (10, 4, 7, 7), strict=True)]
    found = relative(counts_of(rows, codes))
    a_0, a_w = 100, 7  # 400 words in 4 documents; 28 of 400 words
    apart = log2((20 + a_w) / (200 + a_0 - 20 - a_w)) - log2((8 + a_w) / (200 + a_0 - 8 - a_w))
    # Half of the draws each: the standard error is half of what lies between. n - 1 = 1: t(1) = 12.706.
    assert found["relative_emphasis"][0, PAY] == pytest.approx(0.0)
    assert found["relative_emphasis_high"][0, PAY] == pytest.approx(12.7062 * apart / 2, rel=0.01)
    assert found["relative_emphasis_low"][0, PAY] == pytest.approx(-found["relative_emphasis_high"][0, PAY])


def test_identical_documents_have_no_q_value() -> None:
    rows = [document(name, "A" if name in "pq" else "B", 100) for name in "pqrs"]
    found = relative(counts_of(rows, [count(name, "pay", 1, 10, 0, 0) for name in "pqrs"]))
    assert found["relative_emphasis"][0, PAY] == 0.0
    assert found["relative_emphasis_low"][0, PAY] == pytest.approx(0.0)
    assert np.isnan(found["q_value"]).all()


def test_q_value_corrects_the_regrouping_p_of_all_cells_together() -> None:
    counts = counts_of(documents(), code_counts())
    found = relative(counts)
    z, p = regrouping(counts, found["relative_emphasis"], draws=1000, seed=1)
    np.testing.assert_array_equal(found["relative_emphasis_z"], z)
    tested = ~np.isnan(p)
    assert tested.tolist() == [[True, True, True, False]] * 3  # nobody raises trials
    ordered = np.sort(p[tested])
    smallest_false_share = [min(9 * q / rank for rank, q in enumerate(ordered, 1) if q >= one) for one in p[tested]]
    np.testing.assert_allclose(found["q_value"][tested], smallest_false_share)


def test_nothing_to_compare_with_is_missing() -> None:
    alone = counts_of([document("p", "A", 100), document("q", "A", 50)], [count("p", "pay", 1, 10, 0, 0)])
    silent = counts_of([document("p", "A", 100), document("q", "B", 0)], [count("p", "pay", 1, 10, 0, 0)])
    every_word = counts_of(
        [document("p", "A", 10), document("q", "B", 10)],
        [count("p", "pay", 1, 10, 0, 0), count("q", "pay", 1, 10, 0, 0)],
    )
    for counts in (alone, silent, every_word):
        assert np.isnan(comparable(counts)).all()
        assert np.isnan(relative(counts)["relative_emphasis"]).all()


def two_regions(with_code: set[int], size: int = 10) -> Counts:
    """`size` documents in A and in B, of 100 words; those of `with_code` spend 10 on pay."""
    rows = [document(f"d{i:02}", "A" if i < size else "B", 100) for i in range(2 * size)]
    return counts_of(rows, [count(f"d{i:02}", "pay", 1, 10, 0, 0) for i in sorted(with_code)])


def test_regrouping_p_counts_shuffles_as_extreme() -> None:
    # All 5 documents of A and none of B raise pay: 2 of the 252 ways to choose 5 of 10 are as extreme.
    counts = two_regions({0, 1, 2, 3, 4}, size=5)
    point = relative(counts)["relative_emphasis"]
    _, p = regrouping(counts, point, draws=20_000, seed=1)
    assert p[:, PAY].tolist() == pytest.approx([2 / 252, 2 / 252], rel=0.15)
    assert np.isnan(p[:, :PAY]).all()


def test_regrouping_p_is_near_one_without_a_difference() -> None:
    counts = two_regions({0, 1, 2, 10, 11, 12})
    z, p = regrouping(counts, relative(counts)["relative_emphasis"], draws=500, seed=1)
    assert p[0, PAY] == pytest.approx(1.0)
    assert z[0, PAY] == pytest.approx(0.0, abs=0.2)


def test_regrouping_never_gives_a_p_of_zero() -> None:
    counts = two_regions(set(range(10)))
    _, p = regrouping(counts, relative(counts)["relative_emphasis"], draws=100, seed=1)
    assert 0 < p[0, PAY] < 0.05


def test_groups_that_never_raise_the_code_have_a_q_value_but_no_interval() -> None:
    found = relative(two_regions(set(range(10))))
    assert np.isnan(found["relative_emphasis_low"]).all()
    assert found["q_value"][1, PAY] < 0.05


def test_a_group_of_one_document_has_no_q_value_and_neither_has_its_only_rival() -> None:
    rows = [document(f"d{i}", "A" if i else "B", 100) for i in range(9)]
    found = relative(counts_of(rows, [count(f"d{i}", "pay", 1, 10 * (i + 1), 0, 0) for i in range(9)]))
    assert found["relative_emphasis"][1, PAY] < 0
    assert np.isnan(found["q_value"][:, PAY]).tolist() == [True, True]  # the rest of A is B


def test_q_values_find_few_differences_where_there_are_none() -> None:
    """Ten groups of five documents from one source: of 25 tables at most a few have a q below 0.05."""
    generator = np.random.Generator(np.random.PCG64(7))
    alarms = 0
    for _ in range(25):
        rows = [document(f"d{i:02}", f"R{i % 10}", int(generator.integers(900, 1800))) for i in range(50)]
        codes = [
            count(row["document_id"], code, 1, int(words), 0, 0)
            for row in rows
            for code in ("silos", "consent", "pay", "trials")
            if (words := 14 * generator.poisson(generator.gamma(0.6, 1.5)))
        ]
        alarms += bool((relative(counts_of(rows, codes), draws=400)["q_value"] < 0.05).any())
    assert alarms <= 4
