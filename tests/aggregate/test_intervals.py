from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.aggregate.intervals import (
    Z_95,
    benjamini_hochberg,
    newcombe_interval,
    newcombe_paired_interval,
    square_and_add,
    welch_interval,
    wilson_interval,
)


# Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3 (score, no correction).
@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_newcombes_examples(successes: int, trials: int, low: float, high: float) -> None:
    found = wilson_interval(successes, trials)
    assert [round(float(x), 4) for x in found] == [low, high]


def test_wilson_ends_are_exact_at_none_and_all() -> None:
    low, high = wilson_interval([0, 7], [7, 7])
    assert low[0] == 0.0
    assert high[1] == 1.0
    assert low[1] == pytest.approx(1 - high[0])
    # By hand at 0 of n: z² / (n + z²).
    assert high[0] == pytest.approx(Z_95**2 / (7 + Z_95**2))


def test_wilson_without_trials_is_missing() -> None:
    assert np.isnan(wilson_interval(0, 0)).all()


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_brackets_the_share_within_0_and_1(case: tuple[int, int]) -> None:
    low, high = wilson_interval(*case)
    assert 0 <= low <= case[0] / case[1] <= high <= 1


def test_wilson_agrees_with_scipy() -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy gives a second opinion only")
    found = stats.binomtest(7, 19).proportion_ci(method="wilson")
    assert [float(x) for x in wilson_interval(7, 19)] == pytest.approx([found.low, found.high])


# Newcombe (1998), Statistics in Medicine 17, 873-890, table II, method 10.
@pytest.mark.parametrize(
    ("x1", "n1", "x2", "n2", "low", "high"),
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (0, 10, 0, 10, -0.2775, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0000),
        (10, 10, 0, 10, 0.6075, 1.0000),
    ],
)
def test_newcombe_gives_newcombes_examples(x1: int, n1: int, x2: int, n2: int, low: float, high: float) -> None:
    found = newcombe_interval(x1, n1, x2, n2)
    assert [round(float(x), 4) for x in found] == [low, high]


two_samples = st.tuples(st.integers(1, 200), st.integers(1, 200)).flatmap(
    lambda n: st.tuples(st.integers(0, n[0]), st.just(n[0]), st.integers(0, n[1]), st.just(n[1]))
)


@given(two_samples)
def test_newcombe_agrees_with_statsmodels(case: tuple[int, int, int, int]) -> None:
    stats = pytest.importorskip("statsmodels.stats.proportion", reason="statsmodels gives a second opinion only")
    found = [float(x) for x in newcombe_interval(*case)]
    assert found == pytest.approx(stats.confint_proportions_2indep(*case, method="newcomb"), abs=1e-9)


@given(two_samples)
def test_newcombe_brackets_the_difference_and_swapping_the_samples_changes_the_sign(
    case: tuple[int, int, int, int],
) -> None:
    x1, n1, x2, n2 = case
    low, high = newcombe_interval(x1, n1, x2, n2)
    assert -1 - 1e-12 <= low <= x1 / n1 - x2 / n2 <= high <= 1 + 1e-12
    back_low, back_high = newcombe_interval(x2, n2, x1, n1)
    assert [float(-back_high), float(-back_low)] == pytest.approx([float(low), float(high)])


def test_newcombe_takes_arrays_and_is_missing_without_trials() -> None:
    low, high = newcombe_interval([56, 0, 3], [70, 0, 5], [48, 2, 0], [80, 5, 0])
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [False, True, True]
    assert float(low[0]) == pytest.approx(0.0524, abs=5e-5)


@pytest.mark.parametrize(
    ("cells", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17, 2635-2650, table II, method 10.
        ((36, 12, 2, 0), 0.0569, 0.3404),
        # Bentur et al. (2009) in Fagerland, Lydersen & Laake (2014), Statistics in Medicine 33, 2850-2875.
        ((1, 1, 7, 12), -0.5069, -0.0256),
    ],
)
def test_paired_newcombe_gives_published_examples(cells: tuple[int, ...], low: float, high: float) -> None:
    found = newcombe_paired_interval(*cells)
    assert [round(float(x), 4) for x in found] == [low, high]


def test_paired_newcombe_by_hand() -> None:
    # a, b, c, d = 20, 6, 2, 12: n = 40, shares 26/40 and 22/40. ad - bc = 240 - 12 = 228, less n/2 = 208;
    # the root is sqrt(26 * 14 * 22 * 18) = 379.663, so phi = 0.547854.
    # Wilson: 26/40 -> 0.495059 to 0.778655; 22/40 -> 0.398291 to 0.692947.
    # low = 0.1 - sqrt(0.154941^2 - 2 * 0.547854 * 0.154941 * 0.142947 + 0.142947^2) = 0.1 - 0.142030
    # high = 0.1 + sqrt(0.128655^2 - 2 * 0.547854 * 0.128655 * 0.151709 + 0.151709^2) = 0.1 + 0.134839
    low, high = newcombe_paired_interval(20, 6, 2, 12)
    assert float(low) == pytest.approx(-0.042030, abs=2e-6)
    assert float(high) == pytest.approx(0.234839, abs=2e-6)


def test_paired_newcombe_without_correlation_is_the_unpaired_one() -> None:
    # ad - bc = 10 * 11 - 9 * 10 = 20 = n / 2: the correction leaves phi = 0.
    paired = newcombe_paired_interval(10, 9, 10, 11)
    unpaired = newcombe_interval(19, 40, 20, 40)
    assert [float(x) for x in paired] == pytest.approx([float(x) for x in unpaired])
    # ad - bc = 12 * 12 - 8 * 8 = 80: more than n / 2 = 20, so the pairs hang together and the interval is narrower.
    assert float(newcombe_paired_interval(12, 8, 8, 12)[1]) < float(newcombe_interval(20, 40, 20, 40)[1])


@given(st.tuples(*[st.integers(0, 60)] * 4).filter(lambda cells: sum(cells) > 0))
def test_paired_newcombe_brackets_the_difference(cells: tuple[int, int, int, int]) -> None:
    _, b, c, _ = cells
    low, high = newcombe_paired_interval(*cells)
    assert -1 - 1e-12 <= low <= (b - c) / sum(cells) + 1e-12
    assert (b - c) / sum(cells) - 1e-12 <= high <= 1 + 1e-12


def test_paired_newcombe_of_nothing_is_missing() -> None:
    assert np.isnan(newcombe_paired_interval(0, 0, 0, 0)).all()


def test_square_and_add_by_hand() -> None:
    # 0.5 (0.4 to 0.6) less 0.2 (0.15 to 0.3): 0.3 - sqrt(0.1^2 + 0.1^2) and 0.3 + sqrt(0.1^2 + 0.05^2).
    low, high = square_and_add(0.5, (np.array(0.4), np.array(0.6)), 0.2, (np.array(0.15), np.array(0.3)))
    assert [float(low), float(high)] == pytest.approx([0.3 - 0.1414214, 0.3 + 0.1118034])


def test_welch_is_that_of_two_samples() -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy gives a second opinion only")
    one, two = np.array([3.0, 5.0, 4.0, 8.0, 6.0]), np.array([1.0, 2.0, 6.0])
    variances = [sample.var(ddof=1) / sample.size for sample in (one, two)]
    found = welch_interval(one.mean() - two.mean(), variances[0], 4, variances[1], 2)
    expected = stats.ttest_ind(one, two, equal_var=False).confidence_interval()
    assert [float(x) for x in found] == pytest.approx([expected.low, expected.high])


def test_welch_without_variance_or_degrees_is_missing() -> None:
    low, high = welch_interval(1.0, [0.0, 0.1, 0.1, np.nan], [3, 0, np.nan, 3], [0.0, 0.1, 0.1, 0.1], 3)
    assert np.isnan(low).all()
    assert np.isnan(high).all()


# Benjamini & Hochberg (1995), section 4.1: 15 hypotheses; four are rejected at 0.05.
P_1995 = [
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
    *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000),
]


def test_benjamini_hochberg_rejects_the_four_of_the_paper() -> None:
    q = benjamini_hochberg(P_1995)
    assert int((q <= 0.05).sum()) == 4
    # By hand: 15 p(k) / k; the 6th (0.0695) and 7th (0.06386) take the 8th's 15 * 0.0344 / 8.
    assert q[:4].tolist() == pytest.approx([0.0015, 0.003, 0.0095, 0.035625])
    assert q[4:8].tolist() == pytest.approx([15 * 0.0201 / 5, 15 * 0.0298 / 7, 15 * 0.0298 / 7, 0.0645])


def test_benjamini_hochberg_keeps_order_shape_and_gaps() -> None:
    q = benjamini_hochberg([[0.04, np.nan], [0.01, 0.03]])
    np.testing.assert_allclose(q, [[0.04, np.nan], [0.03, 0.04]])


def test_benjamini_hochberg_agrees_with_scipy() -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy gives a second opinion only")
    p = np.random.Generator(np.random.PCG64(1)).random(50)
    np.testing.assert_allclose(benjamini_hochberg(p), stats.false_discovery_control(p))
