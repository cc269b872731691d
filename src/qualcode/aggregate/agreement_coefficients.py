"""What coders decided in, coefficients of agreement out: kappa, alpha, AC1, MASI, and their intervals.

Pure functions on arrays; no rows, no frames. All coefficients are functions of sums over units, so that the
bootstrap of whole documents is one product of matrices: sums of each document, times what it weighs in each draw.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .bootstrap import MIN_DOCUMENTS, document_weights, spread
from .counts import Floats, Integers
from .intervals import t_interval

Bools = NDArray[np.bool_]

BOUNDED: tuple[str, ...] = ("percent_agreement", "kappa", "alpha", "ac1")
"""Coefficients that `coefficients` gives; the first lies within 0-1, the others within -1 to 1."""
_APART = 3
_PAIRS = 6
_AT_ONCE = 500
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Estimate:
    """A coefficient with its 95 % interval; arrays of one shape, nan where undefined."""

    value: Floats
    low: Floats
    high: Floats


def pairs_of(coders: int) -> list[tuple[int, int]]:
    """All pairs of coders, by number: ``[(0, 1), (0, 2), (1, 2)]`` of three."""
    return list(combinations(range(coders), 2))


def sum_decisions(given: Bools, covered: Bools, starts: Integers) -> Floats:
    """Sums over the units of each document; C coders, N units, U codes, D documents.

    Parameters
    ----------
    given, covered : bool arrays, shape (C, N, U)
        Whether the coder gives the unit the code, and has decided on it at all.
    starts : int array, shape (D,)
        The first unit of each document; documents lie one after another, none is empty.

    Returns
    -------
    float array, shape (D, U, 6 + 4 C(C - 1) / 2)
        Of units that at least two coders cover, with m coders of whom k say yes: units; k; m - k; the share of pairs
        of coders that differ, 2k(m - k) / (m(m - 1)); k(m - k) / (m - 1); k / m. Then for each pair of
        coders the units of both with yes-yes, yes-no, no-yes and no-no.
    """
    m = covered.sum(axis=0)
    used = m >= 2
    k = (given & covered).sum(axis=0) * used
    m = m * used
    unlike, most = k * (m - k), np.maximum(m, 2)
    parts = [used, k, m - k, 2 * unlike / (most * (most - 1)), unlike / (most - 1), k / most]
    for i, j in pairs_of(len(given)):
        both = covered[i] & covered[j]
        parts += [both & a & b for a in (given[i], ~given[i]) for b in (given[j], ~given[j])]
    return np.stack([np.add.reduceat(part, starts, axis=0, dtype=np.float64) for part in parts], axis=-1)


def coefficients(sums: Floats) -> dict[str, Floats]:
    """Coefficients of agreement on yes or no, of sums as `sum_decisions` gives them, over any documents.

    Parameters
    ----------
    sums : float array, shape (..., S)

    Returns
    -------
    dict of str to float array, shape (...)
        `percent_agreement` (0-1), `kappa`, `alpha`, `ac1` (-1 to 1) and `prevalence` (0-1), the mean share of yes.
        nan without units; `kappa` and `alpha` also where all decisions are yes or all are no.

    Notes
    -----
    `percent_agreement` = a, the mean over units of the share of pairs that agree. `kappa` = (a - e) / (1 - e),
    e = the chance to agree if each of two coders said yes at random, as often as they do; of more coders the mean of
    all pairs that have one (Light's kappa). `alpha` = 1 - (n - 1) Σ k(m - k)/(m - 1) / (yes x no), with n = yes + no
    decisions (Krippendorff, nominal). `ac1` = (a - e) / (1 - e), e = 2p(1 - p), p = prevalence.

    References
    ----------
    Cohen (1960), Educational and Psychological Measurement 20, 37-46. Light (1971), Psychological Bulletin 76, 365-377.
    Krippendorff (2004), Content Analysis, 2nd ed., chapter 11.
    Gwet (2008), British Journal of Mathematical and Statistical Psychology 61, 29-48.

    Examples
    --------
    >>> cells = [118, 5, 2, 0]  # units with yes-yes, yes-no, no-yes, no-no
    >>> given = np.repeat([[True, True, False, False], [True, False, True, False]], cells, axis=1)[:, :, None]
    >>> sums = sum_decisions(given, np.ones_like(given), np.array([0]))
    >>> {name: round(float(value.item()), 3) for name, value in coefficients(sums).items()}
    {'percent_agreement': 0.944, 'kappa': -0.023, 'alpha': -0.025, 'ac1': 0.941, 'prevalence': 0.972}
    """
    units, yes, no, apart, split, share = np.moveaxis(sums[..., :_PAIRS], -1, 0)
    agree, p = 1 - _ratio(apart, units), _ratio(share, units)
    chance = 2 * p * (1 - p)
    return {
        "percent_agreement": agree,
        "kappa": _mean(pair_kappas(sums)),
        "alpha": 1 - _ratio((yes + no - 1) * split, yes * no),
        "ac1": (agree - chance) / (1 - chance),
        "prevalence": p,
    }


def pair_kappas(sums: Floats) -> Floats:
    """Cohen's kappa of each pair of coders, shape (..., pairs); nan where a pair has no units or no variation."""
    a, b, c, d = np.moveaxis(pair_tables(sums), -1, 0)
    return _ratio(2 * (a * d - b * c), (a + b) * (b + d) + (a + c) * (c + d))


def pair_tables(sums: Floats) -> Floats:
    """Yes-yes, yes-no, no-yes and no-no of each pair of coders, shape (..., pairs, 4)."""
    tables: Floats = sums[..., _PAIRS:].reshape(*sums.shape[:-1], (sums.shape[-1] - _PAIRS) // 4, 4)
    return tables


def estimate(sums: Floats, *, draws: int, seed: int, stream: str) -> dict[str, Estimate]:
    """Coefficients over all documents with their 95 % intervals.

    Parameters
    ----------
    sums : float array, shape (D, R, S)
        Of each document and row of a table, from `sum_decisions`; only documents with a unit in some row.
    draws, seed : int
        Of the document bootstrap.
    stream : str
        Name of the random numbers.

    Returns
    -------
    dict of str to Estimate, arrays of shape (R,)
        For each of `BOUNDED`. No interval (nan) of `percent_agreement` and `ac1` where coders disagree in fewer than
        two documents; of `kappa` and `alpha` also where they agree on a yes, or on a no, in fewer than two.

    Notes
    -----
    `z_interval`, with the standard deviation over the draws as standard error. Degrees of freedom: the documents that
    hold disagreement, at most n - 1; for `kappa` and `alpha` also at most those with an agreed yes, or no: how well
    chance is corrected for is known from the rarer answer, which few documents may hold.
    """
    whole = coefficients(sums.sum(axis=0))
    weights = document_weights(len(sums), draws=draws, seed=seed, stream=stream)
    drawn = coefficients(np.tensordot(weights, sums, axes=1))
    apart, yes, no = support(sums)
    errors = {name: np.sqrt(spread(drawn[name][None]))[0] for name in BOUNDED}
    most = len(sums) - 1
    df = {name: _degrees(apart, most) for name in BOUNDED}
    df |= {name: _degrees(np.minimum(apart, np.minimum(yes, no)), most) for name in ("kappa", "alpha")}
    found = {}
    for name in BOUNDED:
        low, high = (share_interval if name == "percent_agreement" else z_interval)(whole[name], errors[name], df[name])
        found[name] = Estimate(whole[name], low, high)
    return found


def support(sums: Floats) -> tuple[Integers, Integers, Integers]:
    """Documents with a disagreement, with an agreed yes, and with an agreed no, each of shape (R,)."""
    tables = pair_tables(sums).sum(axis=-2)
    apart, yes, no = sums[..., _APART], tables[..., 0], tables[..., 3]
    return (apart > 0).sum(axis=0), (yes > 0).sum(axis=0), (no > 0).sum(axis=0)


def extent(sums: Floats, *, coders: int) -> dict[str, Integers]:
    """What each row rests on: `units`, `documents` with one, and how many of the `coders` judged one; shape (R,)."""
    tables = pair_tables(sums.sum(axis=0)).sum(axis=-1)
    pairs = np.array(pairs_of(coders))
    judged = [(tables[..., (pairs == coder).any(axis=1)] > 0).any(axis=-1) for coder in range(coders)]
    return {
        "units": sums[..., 0].sum(axis=0).astype(np.int64),
        "documents": (sums[..., 0] > 0).sum(axis=0),
        "coders": np.sum(judged, axis=0),
    }


def z_interval(value: ArrayLike, error: ArrayLike, df: ArrayLike) -> tuple[Floats, Floats]:
    """95 % interval of a coefficient within -1 to 1, symmetric on Fisher's scale: tanh(artanh v ± t(df) s / (1 - v²)).

    Parameters
    ----------
    value, error : array of float
        The coefficient and its standard error, 0 or more.
    df : array of float
        Degrees of freedom of Student's t; nan = no interval.

    Returns
    -------
    low, high : float arrays
        Within -1 to 1; nan where the value is nan, -1 or 1, the error is 0 (but for rounding) or df is nan.

    References
    ----------
    Fisher (1921), Metron 1, 3-32.

    Examples
    --------
    >>> low, high = z_interval(0.6, 0.1, 9)
    >>> round(float(low), 3), round(float(high), 3)
    (0.327, 0.78)
    """
    v, s = np.asarray(value, dtype=np.float64), np.asarray(error, dtype=np.float64)
    inside = np.where((np.abs(v) < 1) & (s > _ROUNDING), v, np.nan)
    low, high = t_interval(np.arctanh(inside), s / (1 - inside**2), df=df)
    return np.tanh(low), np.tanh(high)


def share_interval(value: ArrayLike, error: ArrayLike, df: ArrayLike) -> tuple[Floats, Floats]:
    """`z_interval` of a share within 0-1."""
    low, high = z_interval(2 * np.asarray(value) - 1, 2 * np.asarray(error), df)
    return (low + 1) / 2, (high + 1) / 2


# --- sets of codes -----------------------------------------------------------------------------


def masi_distance(first: Bools, second: Bools) -> Floats:
    """How far two sets of codes are apart: 1 - Jaccard x monotonicity.

    Parameters
    ----------
    first, second : bool arrays, shape (..., U)
        Which codes each set holds; broadcast against each other.

    Returns
    -------
    float array, shape (...)
        0 (same set, also both empty) to 1 (nothing in common). Monotonicity is 1 for equal sets, 2/3 where one holds
        the other, 1/3 where they overlap.

    References
    ----------
    Passonneau (2006), LREC 2006, 831-836.

    Examples
    --------
    >>> one, both, neither = np.array([True, False]), np.array([True, True]), np.array([False, False])
    >>> [round(float(masi_distance(a, b)), 3) for a, b in ((one, both), (one, neither), (neither, neither))]
    [0.667, 1.0, 0.0]
    """
    return _masi((first & second).sum(axis=-1), first.sum(axis=-1), second.sum(axis=-1))


def _masi(common: Integers | Floats, first: Integers | Floats, second: Integers | Floats) -> Floats:
    """`masi_distance` of the numbers of codes in common and in each set."""
    union = first + second - common
    holds = common == np.minimum(first, second)
    monotonicity = np.where(common == union, 1.0, np.where(holds, 2 / 3, 1 / 3))
    return np.where(union > 0, 1 - common / np.maximum(union, 1) * monotonicity, 0.0)


def estimate_sets(
    given: Bools, covered: Bools, starts: Integers, *, draws: int, seed: int, stream: str
) -> tuple[int, Mapping[str, Estimate]]:
    """Agreement on whole sets of codes, over units that at least two coders cover for every code.

    Parameters
    ----------
    given : bool array, shape (C, N, U)
    covered : bool array, shape (C, N)
        Whether the coder has decided on every code of the unit.
    starts, draws, seed, stream
        As for `sum_decisions` and `estimate`.

    Returns
    -------
    units : int
    dict of str to Estimate, arrays of shape (1,)
        `same_sets`: mean share of pairs of coders with exactly the same set (0-1). `masi_alpha`: Krippendorff's alpha
        with MASI distance; nan where all sets are the same. Intervals as in `estimate`, from documents with differing
        sets, and for `masi_alpha` also documents with sets in part or wholly agreed that are not empty.

    Notes
    -----
    alpha = 1 - observed / expected distance: observed = the mean distance within units, each unit with m coders
    weighing m; expected = the mean distance between any two of all n sets.
    """
    covered = covered & (covered.sum(axis=0) >= 2)
    of_document = np.repeat(np.arange(len(starts)), np.diff([*starts, given.shape[1]]))
    units, m = covered.any(axis=0), np.maximum(covered.sum(axis=0), 2)
    apart, differing, agreed = (np.zeros(given.shape[1]) for _ in range(3))
    for i, j in pairs_of(len(given)):
        both = covered[i] & covered[j]
        distance = masi_distance(given[i], given[j])
        apart += np.where(both, distance, 0.0)
        differing += both & (distance > 0)
        agreed += both & (given[i] & given[j]).any(axis=-1)
    values = [units, units * m, 2 * apart / (m - 1), 2 * differing / (m * (m - 1)), agreed]
    sums: Floats = np.stack(
        [np.bincount(of_document, value, minlength=len(starts)) for value in values], axis=1
    ).astype(np.float64)
    kept = sums[:, 0] > 0
    sums, between = sums[kept], _distances(given, covered, of_document, len(starts))[np.ix_(kept, kept)]
    weights = document_weights(len(sums), draws=draws, seed=seed, stream=stream)
    whole = _set_coefficients(np.ones((1, len(sums))), sums, between)
    drawn = _set_coefficients(weights, sums, between)
    apart_in, agreed_in = ((sums[:, column] > 0).sum() for column in (3, 4))
    df = {"same_sets": apart_in, "masi_alpha": min(apart_in, agreed_in)}
    found = {}
    for name, interval in (("same_sets", share_interval), ("masi_alpha", z_interval)):
        error = np.sqrt(spread(drawn[name][None, :, None]))[0]
        found[name] = Estimate(whole[name], *interval(whole[name], error, _degrees(df[name], len(sums) - 1)))
    return int(units.sum()), found


def _set_coefficients(weights: Floats, sums: Floats, between: Floats) -> dict[str, Floats]:
    """`same_sets` and `masi_alpha` of documents weighed in each draw, shape (draws,)."""
    units, n, apart, differing, _ = (weights @ sums).T
    expected = ((weights @ between) * weights).sum(axis=1)
    return {"same_sets": 1 - _ratio(differing, units), "masi_alpha": 1 - _ratio((n - 1) * apart, expected)}


def _distances(given: Bools, covered: Bools, of_document: Integers, documents: int) -> Floats:
    """Sum of the distances between all sets of two documents, shape (D, D)."""
    codes = given.shape[-1]
    packed, place = np.unique(np.packbits(given[covered], axis=-1), axis=0, return_inverse=True)
    sets = np.unpackbits(packed, axis=-1, count=codes).astype(np.float64)
    document = np.broadcast_to(of_document, covered.shape)[covered]
    cells = np.bincount(document * len(sets) + place.ravel(), minlength=documents * len(sets))
    held = cells.reshape(documents, len(sets)).astype(np.float64)
    sizes = sets.sum(axis=1)
    total = np.zeros((documents, documents))
    for at in range(0, len(sets), _AT_ONCE):
        some = slice(at, at + _AT_ONCE)
        distance = _masi(sets[some] @ sets.T, sizes[some, None], sizes[None, :])
        total += held[:, some] @ (distance @ held.T)
    return total


# --- small helpers -----------------------------------------------------------------------------


def _ratio(part: Floats, whole: Floats) -> Floats:
    """Part / whole, nan where the whole is 0."""
    known = np.where(whole > 0, whole, np.nan)
    return np.asarray(part / known)


def _mean(values: Floats) -> Floats:
    """Mean over the last axis of the values that are defined, nan where none is."""
    known = ~np.isnan(values)
    return _ratio(np.where(known, values, 0.0).sum(axis=-1), known.sum(axis=-1).astype(np.float64))


def _degrees(documents: ArrayLike, most: int) -> Floats:
    """Degrees of freedom, nan where they rest on fewer than two documents."""
    held = np.asarray(documents)
    return np.where((held >= MIN_DOCUMENTS) & (most >= 1), np.minimum(held, most), np.nan)
