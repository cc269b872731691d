from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.aggregate.intervals import Z_95, benjamini_hochberg, wilson_interval


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
