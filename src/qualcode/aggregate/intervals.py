"""Numbers in, their uncertainty out: Wilson's interval, Benjamini-Hochberg q.

Pure functions on arrays; no rows, no frames, no random numbers (those are in `bootstrap`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

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
