from __future__ import annotations

from functools import cache
from itertools import combinations
from typing import Any

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score

from qualcode.aggregate.agreement_coefficients import (
    BOUNDED,
    Bools,
    Estimate,
    coefficients,
    estimate,
    estimate_sets,
    extent,
    masi_distance,
    pair_kappas,
    share_interval,
    sum_decisions,
    support,
    z_interval,
)

START = np.array([0])


def table(yes_yes: int, yes_no: int, no_yes: int, no_no: int) -> dict[str, float]:
    """Coefficients of two coders' table."""
    cells = [yes_yes, yes_no, no_yes, no_no]
    said = np.repeat([[True, True, False, False], [True, False, True, False]], cells, axis=1)[:, :, None]
    return {name: value.item() for name, value in coefficients(sum_decisions(said, np.ones_like(said), START)).items()}


def one_set(rows: list[list[int | None]], values: int) -> tuple[Bools, Bools]:
    """Coders x units of single values, as sets of one code; None = not judged."""
    codes = np.array([[-1 if value is None else value for value in row] for row in rows])
    return codes[:, :, None] == np.arange(values), codes >= 0


def masi_alpha(given: Bools, covered: Bools) -> float:
    _, found = estimate_sets(given, covered, START, draws=2, seed=1, stream="")
    return found["masi_alpha"].value.item()


# --- published examples ------------------------------------------------------------------------


def test_gwets_paradox() -> None:
    # The table of 125 subjects that shows the paradox in what is written on AC1 (Gwet 2002, 2008).
    found = table(118, 5, 2, 0)
    assert found["percent_agreement"] == pytest.approx(0.944, abs=5e-4)
    assert found["kappa"] == pytest.approx(-0.0234, abs=5e-5)
    # p = 243/250, e = 2p(1 - p) = 0.054432, (0.944 - 0.054432) / (1 - 0.054432).
    assert found["ac1"] == pytest.approx(0.9408, abs=5e-5)


@pytest.mark.parametrize(
    ("cells", "agreement", "kappa"),
    [((40, 9, 6, 45), 0.85, 0.70), ((80, 10, 5, 5), 0.85, 0.32), ((45, 15, 25, 15), 0.60, 0.13),
     ((25, 35, 5, 35), 0.60, 0.26)],
)  # fmt: skip
def test_feinstein_and_cicchetti(cells: tuple[int, int, int, int], agreement: float, kappa: float) -> None:
    # Feinstein & Cicchetti (1990), Journal of Clinical Epidemiology 43, 543-549: the same agreement, other kappas.
    found = table(*cells)
    assert found["percent_agreement"] == pytest.approx(agreement)
    assert round(found["kappa"], 2) == kappa


def test_krippendorffs_binary_example() -> None:
    # Krippendorff (2011), Computing Krippendorff's alpha-reliability, example A: 0.095.
    meg, owen = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    said = np.array([meg, owen], dtype=bool)[:, :, None]
    found = coefficients(sum_decisions(said, np.ones_like(said), START))
    assert found["alpha"].item() == pytest.approx(0.095, abs=5e-4)


def test_krippendorffs_nominal_example() -> None:
    # The same, example B: Ben and Gerry, 12 articles, 5 values, 0.692. Sets of one code make MASI distance nominal.
    ben, gerry = "aabbdcccedda", "babbbccceddd"
    rows: list[list[int | None]] = [["abcde".index(value) for value in name] for name in (ben, gerry)]
    assert masi_alpha(*one_set(rows, 5)) == pytest.approx(0.692, abs=5e-4)


def test_krippendorffs_example_with_missing_values() -> None:
    # The same, example C: 4 observers, 12 units, some missing, nominal: 0.743.
    n = None
    rows: list[list[int | None]] = [
        [0, 1, 2, 2, 1, 0, 3, 0, 1, n, n, n],
        [0, 1, 2, 2, 1, 1, 3, 0, 1, 4, n, 2],
        [n, 2, 2, 2, 1, 2, 3, 1, 1, 4, 0, n],
        [0, 1, 2, 2, 1, 3, 3, 0, 1, 4, 0, n],
    ]
    assert masi_alpha(*one_set(rows, 5)) == pytest.approx(0.743, abs=5e-4)


def test_masi_alpha_by_hand() -> None:
    # {a} {a}: 0. {a b} {a}: 1 - 1/2 x 2/3 = 2/3. {b} {a}: 1. {} {}: 0. Observed 2 x 5/3 / 8 = 5/12.
    # Of the 8 sets 4 are {a}, 1 {a b}, 1 {b}, 2 {}: expected 2 (4 x 2/3 + 4 + 8 + 2/3 + 2 + 2) / (8 x 7) = 29/42.
    first = [[1, 0], [1, 1], [0, 1], [0, 0]]
    second = [[1, 0], [1, 0], [1, 0], [0, 0]]
    said = np.array([first, second], dtype=bool)
    units, found = estimate_sets(said, np.ones((2, 4), dtype=bool), START, draws=2, seed=1, stream="")
    assert units == 4
    assert found["masi_alpha"].value.item() == pytest.approx(1 - (5 / 12) / (29 / 42))
    assert found["same_sets"].value.item() == 0.5


@pytest.mark.parametrize(
    ("first", "second", "distance"),
    [("", "", 0), ("ab", "ab", 0), ("a", "", 1), ("a", "b", 1), ("ab", "a", 1 - 1 / 2 * 2 / 3),
     ("ab", "bc", 1 - 1 / 3 * 1 / 3), ("abcd", "cd", 1 - 2 / 4 * 2 / 3)],
)  # fmt: skip
def test_masi_distance(first: str, second: str, distance: float) -> None:
    one, two = (np.array([letter in codes for letter in "abcd"]) for codes in (first, second))
    assert masi_distance(one, two) == masi_distance(two, one) == pytest.approx(distance)


# --- second opinions ---------------------------------------------------------------------------

boards = st.integers(2, 4).flatmap(
    lambda coders: st.tuples(
        arrays.arrays(bool, (coders, 12, 3)),
        arrays.arrays(bool, (coders, 12), elements=st.sampled_from([True, True, False])),
    )
)


@settings(max_examples=100, deadline=None)
@given(boards)
def test_alpha_agrees_with_krippendorffs_package(board: tuple[Bools, Bools]) -> None:
    said, covered = board
    found = coefficients(sum_decisions(said, np.repeat(covered[:, :, None], 3, axis=2), START))
    for code in range(3):
        alpha = found["alpha"][0, code].item()
        data = np.where(covered, said[:, :, code], np.nan)
        used = data[:, covered.sum(axis=0) >= 2]
        if len(set(used[~np.isnan(used)])) < 2:
            assert np.isnan(alpha)
        else:
            assert alpha == pytest.approx(krippendorff.alpha(data, level_of_measurement="nominal"))


@settings(max_examples=100, deadline=None)
@given(boards)
def test_masi_alpha_agrees_with_krippendorffs_package(board: tuple[Bools, Bools]) -> None:
    said, covered = board
    domain = ((np.arange(8)[:, None] >> np.arange(3)) & 1).astype(bool)

    def distance(first: Any, second: Any, **_: Any) -> Any:
        return masi_distance(domain[first.astype(int)], domain[second.astype(int)])

    measure: Any = distance
    data = np.where(covered, said @ [1, 2, 4], np.nan)
    used = data[:, covered.sum(axis=0) >= 2]
    alpha = masi_alpha(said, covered)
    if len(set(used[~np.isnan(used)])) < 2:
        assert np.isnan(alpha)
    else:
        opinion = krippendorff.alpha(data, value_domain=np.arange(8.0), level_of_measurement=measure)
        assert alpha == pytest.approx(opinion)


@settings(max_examples=100, deadline=None)
@given(boards)
def test_kappa_agrees_with_scikit_learn(board: tuple[Bools, Bools]) -> None:
    said, covered = board
    sums = sum_decisions(said[:, :, :1], covered[:, :, None], START)
    expected = []
    for i, j in combinations(range(len(said)), 2):
        both = covered[i] & covered[j]
        values = {*said[i, both, 0], *said[j, both, 0]}
        pair = (said[i, both, 0], said[j, both, 0])
        expected.append(cohen_kappa_score(*pair) if len(values) == 2 else np.nan)
    np.testing.assert_allclose(pair_kappas(sums)[0, 0], expected)
    defined = [kappa for kappa in expected if not np.isnan(kappa)]
    light = coefficients(sums)["kappa"].item()
    assert light == pytest.approx(np.mean(defined)) if defined else np.isnan(light)


@settings(max_examples=100, deadline=None)
@given(boards)
def test_percent_and_ac1_by_counting(board: tuple[Bools, Bools]) -> None:
    said, covered = board
    agree, shares = [], []
    for unit in range(12):
        values = said[covered[:, unit], unit, 0].tolist()
        if len(values) >= 2:
            agree.append(np.mean([a == b for a, b in combinations(values, 2)]))
            shares.append(np.mean(values))
    found = coefficients(sum_decisions(said[:, :, :1], covered[:, :, None], START))
    if not agree:
        assert all(np.isnan(value.item()) for value in found.values())
        return
    a, p = np.mean(agree), np.mean(shares)
    assert found["percent_agreement"].item() == pytest.approx(a)
    assert found["prevalence"].item() == pytest.approx(p)
    assert found["ac1"].item() == pytest.approx((a - 2 * p * (1 - p)) / (1 - 2 * p * (1 - p)))


@given(st.lists(st.integers(0, 30), min_size=4, max_size=4).filter(lambda cells: sum(cells) > 0))
def test_byrts_identity(cells: list[int]) -> None:
    # Byrt, Bishop & Carlin (1993): kappa = (PABAK - PI^2 + BI^2) / (1 - PI^2 + BI^2), PABAK = 2 x agreement - 1.
    a, b, c, d = cells
    found = table(a, b, c, d)
    prevalence, bias = (a - d) / sum(cells), (b - c) / sum(cells)
    below = 1 - prevalence**2 + bias**2
    if below < 1e-9:
        assert np.isnan(found["kappa"])
    else:
        pabak = 2 * found["percent_agreement"] - 1
        assert found["kappa"] == pytest.approx((pabak - prevalence**2 + bias**2) / below)


# --- documents and draws -----------------------------------------------------------------------


def test_sums_are_kept_by_document() -> None:
    # Two documents of 2 and 3 units; the second coder has not judged the last unit.
    said = np.array([[1, 0, 1, 1, 0], [1, 1, 0, 1, 0]], dtype=bool)[:, :, None]
    covered = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 1, 0]], dtype=bool)[:, :, None]
    sums = sum_decisions(said, covered, np.array([0, 2]))
    # units, yes, no, apart, split, share of yes; yes-yes, yes-no, no-yes, no-no
    assert sums[:, 0].tolist() == [[2, 3, 1, 1, 1, 1.5, 1, 0, 1, 0], [2, 3, 1, 1, 1, 1.5, 1, 1, 0, 0]]
    assert [counts.tolist() for counts in support(sums)] == [[2], [2], [0]]
    assert {name: counts.tolist() for name, counts in extent(sums, coders=2).items()} == {
        "units": [4],
        "documents": [2],
        "coders": [2],
    }


def test_a_coder_who_judged_nothing_is_not_counted() -> None:
    said = np.zeros((3, 2, 1), dtype=bool)
    covered = np.array([[1, 1], [1, 1], [0, 0]], dtype=bool)[:, :, None]
    assert extent(sum_decisions(said, covered, START), coders=3)["coders"].tolist() == [2]


def test_z_interval_by_hand() -> None:
    # artanh 0.6 = 0.693147; t(9) = 2.262157; s / (1 - v^2) = 0.1 / 0.64; tanh(0.693147 -/+ 0.353462).
    low, high = z_interval(0.6, 0.1, 9)
    assert (low.item(), high.item()) == pytest.approx((np.tanh(0.339685), np.tanh(1.046609)), abs=1e-5)
    low, high = share_interval(0.8, 0.05, 9)
    assert (low.item(), high.item()) == pytest.approx(
        ((np.tanh(0.339685) + 1) / 2, (np.tanh(1.046609) + 1) / 2), abs=1e-5
    )


@pytest.mark.parametrize(("value", "error", "df"), [(np.nan, 0.1, 5), (1.0, 0.1, 5), (0.5, 0.0, 5), (0.5, 0.1, np.nan)])
def test_no_interval_without_spread_or_documents(value: float, error: float, df: float) -> None:
    assert np.isnan(z_interval(value, error, df)).all()


def test_draws_do_not_depend_on_empty_documents_and_are_the_same_again() -> None:
    said, starts = simulated(np.random.default_rng(1), 6)
    first = figures(said, starts, seed=3)
    again = figures(said, starts, seed=3)
    other = figures(said, starts, seed=4)
    for name in first:
        np.testing.assert_array_equal(first[name].low, again[name].low)
        assert (first[name].low != other[name].low).any()
    covered = np.ones(said.shape[:2], dtype=bool)
    empty = np.zeros((2, 3), dtype=bool)
    more = np.concatenate([np.zeros((2, 3, said.shape[2]), dtype=bool), said], axis=1)
    with_empty = estimate_sets(
        more, np.concatenate([empty, covered], axis=1), np.array([0, *(starts + 3)]), draws=300, seed=3, stream=""
    )[1]
    np.testing.assert_array_equal(with_empty["masi_alpha"].low, first["masi_alpha"].low)


# --- do the intervals hold? --------------------------------------------------------------------

RAISED = np.array([0.06, 0.12, 0.25])


def simulated(generator: np.random.Generator, documents: int) -> tuple[Bools, NDArray[np.int64]]:
    """Two coders and three codes; how often a document raises a code, and a coder's errors, differ by document."""
    sizes = np.maximum(10, generator.lognormal(np.log(80), 0.5, documents).astype(int))
    of_document = np.repeat(np.arange(documents), sizes)
    shape, most = (documents, len(RAISED)), np.minimum(0.9, RAISED * 5)
    share = np.where(generator.random(shape) < most, generator.beta(1.5, 1.5 * (most / RAISED - 1), shape), 0)
    truth = generator.random((len(of_document), len(RAISED))) < share[of_document]
    said = []
    for _ in range(2):
        found, wrong = generator.beta(6.4, 1.6, shape), generator.beta(1.2, 78.8, shape)
        said.append(generator.random(truth.shape) < np.where(truth, found[of_document], wrong[of_document]))
    return np.stack(said), np.cumsum(sizes) - sizes


def figures(said: Bools, starts: NDArray[np.int64], *, seed: int) -> dict[str, Estimate]:
    sums = sum_decisions(said, np.ones_like(said), starts)
    sets = estimate_sets(said, np.ones(said.shape[:2], dtype=bool), starts, draws=300, seed=seed, stream="")[1]
    return {**estimate(sums, draws=300, seed=seed, stream=""), **sets}


@cache
def held() -> dict[str, float]:
    """How often an interval of 8 or 20 documents holds what 3,000 documents give."""
    truth = figures(*simulated(np.random.default_rng(0), 3000), seed=1)
    inside: dict[str, list[float]] = {name: [] for name in truth}
    for documents in (8, 20):
        for study in range(150):
            found = figures(*simulated(np.random.default_rng([documents, study]), documents), seed=study)
            for name, figure in found.items():
                known = ~np.isnan(figure.low)
                true = truth[name].value
                inside[name] += ((figure.low <= true) & (true <= figure.high))[known].tolist()
    return {name: float(np.mean(values)) for name, values in inside.items()}


@pytest.mark.parametrize("name", [*BOUNDED, "same_sets", "masi_alpha"])
def test_intervals_cover_the_truth(name: str) -> None:
    assert 0.91 <= held()[name] <= 0.98
