"""Smoothed probabilities and the truth in, calibration and thresholds with their figures out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..model import Thresholds

TARGET_PRECISION = 0.90
"""`auto` is the lowest threshold at which held-out codings are right this often."""
TARGET_RECALL = 0.95
"""`review` keeps this share of the codings that can be reached at all (probability >= 0.05)."""
_FLOOR = 0.05

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Calibration:
    """Turns smoothed probabilities into calibrated ones: logit(p') = slope * logit(p) + shift.

    Platt (1999), "Probabilistic outputs for support vector machines".

    Examples
    --------
    >>> Calibration(slope=1.0, shift=0.0).apply(np.array([0.25]))
    array([0.25])
    """

    slope: float = 1.0
    shift: float = 0.0

    def apply(self, probabilities: Floats) -> Floats:
        """Calibrated probabilities, same shape, 0-1."""
        return np.asarray(1.0 / (1.0 + np.exp(-(self.slope * _logit(probabilities) + self.shift))))


def calibrate(predicted: Floats, truth: Floats) -> tuple[Calibration, Calibration, Thresholds, dict[str, float]]:
    """Calibration of codes and of "some code", thresholds, and what was measured.

    Parameters
    ----------
    predicted : ndarray, shape (n_sentences, n_codes + 1)
        Probability of each state, "none" first, on sentences that were held out.
    truth : ndarray, shape (n_sentences, n_codes)
        1 where the code applies.

    Returns
    -------
    codes, any_code : Calibration
    thresholds : Thresholds
    figures : dict of str to float
        On the same sentences: ``sentences``, ``codings`` (true ones), ``auto_precision``,
        ``auto_recall``, ``review_recall``, ``f1_at_half``, ``right_first`` (of the coded sentences, the
        share whose most probable code is right), ``calibration_error``; without those that have no
        value (no coding reaches ``auto``).
    """
    codes = fit_calibration(predicted[:, 1:].ravel(), truth.ravel())
    any_code = fit_calibration(1 - predicted[:, 0], truth.max(axis=1))
    flat, true = codes.apply(predicted[:, 1:]).ravel(), truth.ravel() > 0
    thresholds = find_thresholds(flat, true)
    counted, half = flat >= thresholds.auto, flat >= 0.5
    figures = {
        "sentences": float(len(truth)),
        "codings": float(true.sum()),
        "auto_precision": _share(true[counted]),
        "auto_recall": _share(counted[true]),
        "review_recall": _share(flat[true] >= thresholds.review),
        "f1_at_half": float(2 * (true & half).sum() / max(1, half.sum() + true.sum())),
        "right_first": _share(_first_is_right(predicted[:, 1:], truth)),
        "calibration_error": calibration_error(flat, true),
    }
    measured = {name: round(value, 4) for name, value in figures.items() if not np.isnan(value)}
    return codes, any_code, thresholds, measured


def _first_is_right(codes: Floats, truth: Floats) -> Bools:
    """For each coded sentence whether its most probable code applies."""
    coded = truth.max(axis=1) > 0
    return np.asarray(truth[coded, codes[coded].argmax(axis=1)] > 0)


def fit_calibration(probabilities: Floats, truth: Floats) -> Calibration:
    """Slope and shift by maximum likelihood, rounded to 3 digits; the identity where all truths are equal.

    Parameters
    ----------
    probabilities, truth : ndarray, shape (n,)

    Returns
    -------
    Calibration
    """
    from sklearn.linear_model import LogisticRegression

    if truth.min() == truth.max():
        return Calibration()
    fitted = LogisticRegression(C=1e6, max_iter=200).fit(_logit(probabilities)[:, None], truth)
    return Calibration(round(float(fitted.coef_[0, 0]), 3), round(float(fitted.intercept_[0]), 3))


def find_thresholds(probabilities: Floats, truth: Bools) -> Thresholds:
    """Thresholds on a grid of hundredths that meet the targets.

    Parameters
    ----------
    probabilities : ndarray, shape (n,)
        Calibrated, one a sentence and code.
    truth : ndarray of bool, shape (n,)

    Returns
    -------
    Thresholds
        `auto` = 0.95 where no threshold reaches the precision.

    Examples
    --------
    >>> find_thresholds(np.array([0.9, 0.8, 0.7, 0.2]), np.array([True, True, False, True]))
    Thresholds(auto=0.71, review=0.2)
    """
    grid = np.round(np.arange(_FLOOR, 0.96, 0.01), 2)
    reached = [t for t in grid if (probabilities >= t).any() and truth[probabilities >= t].mean() >= TARGET_PRECISION]
    auto = float(reached[0]) if reached else 0.95
    reachable = np.sort(probabilities[truth & (probabilities >= _FLOOR)])
    if not len(reachable):
        return Thresholds(auto=auto, review=auto)
    lowest = reachable[int(len(reachable) * (1 - TARGET_RECALL))]
    return Thresholds(auto=auto, review=min(auto, float(np.floor(round(lowest * 100, 6)) / 100)))


def calibration_error(probabilities: Floats, truth: Bools) -> float:
    """Expected calibration error over ten equal bins of the probabilities >= 0.05, 0-1.

    Naeini, Cooper & Hauskrecht (2015), AAAI. 0 where no probability is that high.

    Examples
    --------
    >>> calibration_error(np.array([0.95, 0.95, 0.01]), np.array([True, False, False]))
    0.45
    """
    used = probabilities >= _FLOOR
    p, t = probabilities[used], truth[used]
    bins = np.minimum((p * 10).astype(int), 9)
    gaps = [abs(p[bins == b].mean() - t[bins == b].mean()) * (bins == b).sum() for b in np.unique(bins)]
    return round(float(np.sum(gaps) / max(1, len(p))), 10)


def _logit(probabilities: Floats) -> Floats:
    clipped = np.clip(probabilities, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(clipped) - np.log1p(-clipped))


def _share(flags: Bools) -> float:
    return float(flags.mean()) if len(flags) else float("nan")
