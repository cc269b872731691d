"""Numbers in, their uncertainty out: intervals of shares, means and differences, Benjamini-Hochberg q.

Pure functions on arrays; no rows, no frames, no random numbers (those are in `bootstrap`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from .counts import Floats

Z_95 = 1.959963984540054
"""0.975 quantile of the standard normal distribution."""


def wilson_interval(successes: ArrayLike, trials: ArrayLike, *, z: float = Z_95) -> tuple[Floats, Floats]:
    """Wilson's score interval of a proportion, without continuity correction.

    Parameters
    ----------
    successes, trials : array of int, same shape
        0 <= successes <= trials.
    z : float
        Quantile of the normal distribution; 1.96 for a 95 % interval.

    Returns
    -------
    low, high : float arrays
        0-1; nan where trials is 0.

    Notes
    -----
    (p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n), with p = successes / n. It stays within
    0-1 and is not empty at 0 and n.

    References
    ----------
    Wilson (1927), Journal of the American Statistical Association 22, 209-212.
    Newcombe (1998), Statistics in Medicine 17, 857-872, method 3.

    Examples
    --------
    >>> low, high = wilson_interval(15, 148)
    >>> round(float(low), 4), round(float(high), 4)
    (0.0624, 0.1605)
    """
    x, n = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    n = np.where(n > 0, n, np.nan)
    share = x / n
    centre = share + z**2 / (2 * n)
    half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    low, high = (centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n)
    # Rounding leaves 1e-17 where the formula gives exactly 0 or 1.
    return np.where(x == 0, np.minimum(n, 0), low), np.where(x == n, n / n, high)


def newcombe_interval(
    x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, *, z: float = Z_95
) -> tuple[Floats, Floats]:
    """Newcombe's hybrid score interval of a difference of two independent proportions, x1 / n1 - x2 / n2.

    Parameters
    ----------
    x1, n1, x2, n2 : array of int
        Successes and trials of the first and the second sample; broadcast against each other.
    z : float
        As for `wilson_interval`.

    Returns
    -------
    low, high : float arrays
        -1 to 1; nan where n1 or n2 is 0.

    Notes
    -----
    `square_and_add` of the two Wilson intervals, without continuity correction. It stays within -1 to 1 and
    is not empty where both proportions are 0 or 1.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.

    Examples
    --------
    >>> low, high = newcombe_interval(56, 70, 48, 80)
    >>> round(float(low), 4), round(float(high), 4)
    (0.0524, 0.3339)
    """
    first, second = _shares(x1, n1), _shares(x2, n2)
    return square_and_add(first, wilson_interval(x1, n1, z=z), second, wilson_interval(x2, n2, z=z))


def newcombe_paired_interval(
    both: ArrayLike, only_first: ArrayLike, only_second: ArrayLike, neither: ArrayLike, *, z: float = Z_95
) -> tuple[Floats, Floats]:
    """Newcombe's score interval of a difference of two proportions of the same n things, first - second.

    Parameters
    ----------
    both, only_first, only_second, neither : array of int
        How many of the n things have the first and the second property; broadcast against each other.
    z : float
        As for `wilson_interval`.

    Returns
    -------
    low, high : float arrays
        -1 to 1; nan where n is 0.

    Notes
    -----
    `square_and_add` of the two Wilson intervals with the correlation φ of the two properties:
    φ = (ad - bc) / sqrt((a+b)(c+d)(a+c)(b+d)), with a to d in the order of the parameters. A positive ad - bc
    is lowered by n/2, to 0 at the least; φ is 0 where the root is.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17, 2635-2650, method 10.

    Examples
    --------
    >>> low, high = newcombe_paired_interval(36, 12, 2, 0)
    >>> round(float(low), 4), round(float(high), 4)
    (0.0569, 0.3404)
    """
    a, b, c, d = (np.asarray(count, dtype=np.float64) for count in (both, only_first, only_second, neither))
    n = a + b + c + d
    product = a * d - b * c
    lowered = np.where(product > 0, np.maximum(product - n / 2, 0.0), product)
    root = np.sqrt((a + b) * (c + d) * (a + c) * (b + d))
    phi = np.where(root > 0, lowered / np.where(root > 0, root, 1.0), 0.0)
    first, second = wilson_interval(a + b, n, z=z), wilson_interval(a + c, n, z=z)
    return square_and_add(_shares(a + b, n), first, _shares(a + c, n), second, correlation=phi)


def square_and_add(
    first: ArrayLike,
    first_interval: tuple[Floats, Floats],
    second: ArrayLike,
    second_interval: tuple[Floats, Floats],
    *,
    correlation: ArrayLike = 0.0,
) -> tuple[Floats, Floats]:
    """Interval of a difference first - second, made of the intervals of its two sides.

    Parameters
    ----------
    first, second : array of float
    first_interval, second_interval : (low, high)
        Arrays of the same shape, around `first` and `second`.
    correlation : array of float
        Of the two estimates, -1 to 1; 0 = independent.

    Returns
    -------
    low, high : float arrays
        nan where a side or one of its limits is nan.

    Notes
    -----
    With r = correlation: d - sqrt((p1 - l1)² - 2 r (p1 - l1)(u2 - p2) + (u2 - p2)²) and
    d + sqrt((u1 - p1)² - 2 r (u1 - p1)(p2 - l2) + (p2 - l2)²). Sides with skewed intervals give a
    difference with a skewed one.

    References
    ----------
    Zou & Donner (2008), Statistics in Medicine 27, 1693-1702.

    Examples
    --------
    >>> low, high = square_and_add(0.5, (np.array(0.4), np.array(0.6)), 0.2, (np.array(0.1), np.array(0.3)))
    >>> round(float(low), 3), round(float(high), 3)
    (0.159, 0.441)
    """
    one, two = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    (low_1, high_1), (low_2, high_2) = first_interval, second_interval
    down = _root_of_squares(one - low_1, high_2 - two, correlation)
    up = _root_of_squares(high_1 - one, two - low_2, correlation)
    return one - two - down, one - two + up


def _root_of_squares(one: Floats, two: Floats, correlation: ArrayLike) -> Floats:
    root: Floats = np.sqrt(one**2 - 2 * np.asarray(correlation) * one * two + two**2)
    return root


def _shares(part: ArrayLike, whole: ArrayLike) -> Floats:
    return np.asarray(part, dtype=np.float64) / _positive(whole)


def _positive(values: ArrayLike) -> Floats:
    """Values above 0, nan for the others."""
    numbers = np.asarray(values, dtype=np.float64)
    return np.where(numbers > 0, numbers, np.nan)


def t_interval(estimate: ArrayLike, error: ArrayLike, *, df: ArrayLike) -> tuple[Floats, Floats]:
    """95 % interval of an estimate with a standard error: estimate ± t(df) x error.

    Parameters
    ----------
    estimate, error : array of float
        Broadcast against each other; error 0 or more.
    df : array of float
        Degrees of freedom, above 0.

    Returns
    -------
    low, high : float arrays
        nan where the estimate or its error is nan, or df is not above 0.

    Examples
    --------
    >>> low, high = t_interval(1.0, 0.5, df=10)
    >>> round(float(low), 3), round(float(high), 3)
    (-0.114, 2.114)
    """
    degrees = np.asarray(df, dtype=np.float64)
    half = stdtrit(np.where(degrees > 0, degrees, np.nan), 0.975) * np.asarray(error, dtype=np.float64)
    return np.asarray(estimate) - half, np.asarray(estimate) + half


def welch_interval(
    difference: ArrayLike, variance_1: ArrayLike, df_1: ArrayLike, variance_2: ArrayLike, df_2: ArrayLike
) -> tuple[Floats, Floats]:
    """95 % interval of a difference of two independent estimates: difference ± t(df) x sqrt(variance_1 + variance_2).

    Parameters
    ----------
    difference : array of float
    variance_1, variance_2 : array of float
        Of the two estimates; broadcast against `difference`.
    df_1, df_2 : array of int or float
        Their degrees of freedom.

    Returns
    -------
    low, high : float arrays
        nan where a part is nan, degrees of freedom are not above 0, or both variances are 0.

    Notes
    -----
    df = (variance_1 + variance_2)² / (variance_1² / df_1 + variance_2² / df_2).

    References
    ----------
    Welch (1947), Biometrika 34, 28-35. Satterthwaite (1946), Biometrics Bulletin 2, 110-114.

    Examples
    --------
    >>> low, high = welch_interval(1.0, 0.04, 9, 0.09, 14)
    >>> round(float(low), 3), round(float(high), 3)
    (0.253, 1.747)
    """
    one, two = np.asarray(variance_1, dtype=np.float64), np.asarray(variance_2, dtype=np.float64)
    both = one + two
    parts = one**2 / _positive(df_1) + two**2 / _positive(df_2)
    return t_interval(difference, np.sqrt(both), df=both**2 / _positive(parts))


def log_interval(estimate: ArrayLike, error: ArrayLike, *, df: ArrayLike) -> tuple[Floats, Floats]:
    """95 % interval of a positive estimate, symmetric on the log scale: estimate x exp(± t(df) x error / estimate).

    Parameters
    ----------
    estimate, error, df
        As for `t_interval`; estimate 0 or more.

    Returns
    -------
    low, high : float arrays
        Above 0; nan also where the estimate is 0.

    Examples
    --------
    >>> low, high = log_interval(0.04, 0.01, df=5)
    >>> round(float(low), 4), round(float(high), 4)
    (0.021, 0.0761)
    """
    value = np.asarray(estimate, dtype=np.float64)
    positive = np.where(value > 0, value, np.nan)
    low, high = t_interval(np.log(positive), np.asarray(error) / positive, df=df)
    return np.exp(low), np.exp(high)


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """q-values: the smallest false discovery rate at which each p-value would be called a discovery.

    Parameters
    ----------
    p : array of float
        0-1; nan = not tested, and not counted among the tests.

    Returns
    -------
    float array, shape of `p`
        0-1, never below `p`; nan where `p` is nan.

    References
    ----------
    Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, float("nan"), 0.03]).round(3).tolist()
    [0.03, 0.04, nan, 0.04]
    """
    values = np.asarray(p, dtype=np.float64)
    q = np.full(values.size, np.nan)
    tested = np.flatnonzero(~np.isnan(values.ravel()))
    ordered = tested[np.argsort(values.ravel()[tested], kind="stable")]
    scaled = values.ravel()[ordered] * ordered.size / np.arange(1, ordered.size + 1)
    q[ordered] = np.minimum.accumulate(scaled[::-1])[::-1]
    return q.reshape(values.shape)
