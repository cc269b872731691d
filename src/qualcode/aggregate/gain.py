"""Two models' codings of sentences people have judged in, what the second gains over the first out.

A sentence and a code are one decision; only decisions people have made are compared. A document is one voice: the
interval of the difference draws whole documents, and both models are judged on the same draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .bootstrap import MIN_DOCUMENTS, document_weights, spread
from .counts import Floats, Integers
from .intervals import t_interval

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Duel:
    """Judged sentences as people and two models code them; n sentences, U codes.

    Attributes
    ----------
    documents : tuple of str, length n
    codes : tuple of str, length U
    known : ndarray of bool, shape (n, U)
        Decisions people have made.
    truth, before, after : ndarray of bool, shape (n, U)
        What people, the first and the second model give; read only where known.
    weights : ndarray, shape (n,), or None
        How many sentences each stands for, above 0; None = one each.
    """

    documents: tuple[str, ...]
    codes: tuple[str, ...]
    known: Bools
    truth: Bools
    before: Bools
    after: Bools
    weights: Floats | None = None


@dataclass(frozen=True)
class Figures:
    """How well a model's codings fit people's.

    Attributes
    ----------
    precision, recall, f1 : float
        0-1; NaN where 0 of 0.
    given : int
        Codings of the model, unweighted.
    """

    precision: float
    recall: float
    f1: float
    given: int


@dataclass(frozen=True)
class Change:
    """Figures of both models on the same decisions.

    Attributes
    ----------
    before, after : Figures
    wanted : int
        Codings of people.
    decisions : int
    """

    before: Figures
    after: Figures
    wanted: int
    decisions: int


@dataclass(frozen=True)
class Gain:
    """What the second model gains.

    Attributes
    ----------
    overall : Change
        Over all decisions (micro).
    by_code : mapping of str to Change
    difference : float
        Micro-F1 of the second model less that of the first, -1 to 1; NaN where one has none.
    low, high : float
        Its 95 % interval; NaN where the models differ in fewer than two documents.
    sentences, documents : int
    """

    overall: Change
    by_code: Mapping[str, Change]
    difference: float
    low: float
    high: float
    sentences: int
    documents: int


_RIGHT, _GIVEN, _RIGHT_AFTER, _GIVEN_AFTER, _WANTED = range(5)


def measure_gain(duel: Duel, *, seed: int, draws: int) -> Gain:
    """Compare two models on what people decided.

    Parameters
    ----------
    duel : Duel
        At least one sentence.
    seed, draws : int
        Of the document bootstrap; 0 or more, 1 or more.

    Returns
    -------
    Gain

    Notes
    -----
    The interval is `t_interval` around the difference, with its standard deviation over draws of whole documents as
    standard error. Degrees of freedom: the documents in which the models differ, at most n - 1; the others say
    nothing of the difference.

    Examples
    --------
    >>> yes, no = [True], [False]
    >>> truth = np.array([yes, yes, no, no])
    >>> first, second = np.array([yes, no, yes, no]), np.array([yes, yes, no, no])
    >>> gain = measure_gain(Duel(tuple("aabb"), ("pay",), truth | True, truth, first, second), seed=1, draws=100)
    >>> gain.overall.before.f1, gain.overall.after.f1, gain.difference
    (0.5, 1.0, 0.5)
    """
    names = sorted(set(duel.documents))
    at = np.searchsorted(names, duel.documents)
    weights = np.ones(len(at)) if duel.weights is None else duel.weights
    parts = (duel.truth & duel.before, duel.before, duel.truth & duel.after, duel.after, duel.truth)
    counts = np.stack([part & duel.known for part in parts], axis=-1)
    by_document: Floats = np.zeros((len(names), *counts.shape[1:]))
    np.add.at(by_document, at, counts * weights[:, None, None])
    whole, plain, decided = by_document.sum(axis=0), counts.sum(axis=0), duel.known.sum(axis=0)
    drawn = document_weights(len(names), draws=draws, seed=seed, stream="gain") @ by_document.sum(axis=1)
    difference = _difference(whole.sum(axis=0))
    low, high = t_interval(difference, np.sqrt(spread(_difference(drawn)[None, :, None]))[0, 0], df=_degrees(duel, at))
    return Gain(
        overall=_change(whole.sum(axis=0), plain.sum(axis=0), decided.sum()),
        by_code={code: _change(whole[k], plain[k], decided[k]) for k, code in enumerate(duel.codes)},
        difference=float(difference),
        low=float(low),
        high=float(high),
        sentences=len(at),
        documents=len(names),
    )


def _degrees(duel: Duel, at: Integers) -> float:
    differing = len(np.unique(at[((duel.before != duel.after) & duel.known).any(axis=1)]))
    return float(min(differing, len(np.unique(at)) - 1)) if differing >= MIN_DOCUMENTS else np.nan


def _change(sums: Floats, plain: Integers, decisions: int) -> Change:
    """Figures of sums of decisions, weighted and plain, in the order of the columns above."""
    wanted = sums[_WANTED]
    return Change(
        _figures(sums[_RIGHT], sums[_GIVEN], wanted, int(plain[_GIVEN])),
        _figures(sums[_RIGHT_AFTER], sums[_GIVEN_AFTER], wanted, int(plain[_GIVEN_AFTER])),
        int(plain[_WANTED]),
        int(decisions),
    )


def _figures(right: float, given: float, wanted: float, plain: int) -> Figures:
    f1 = float(_ratio(2 * right, given + wanted))
    return Figures(float(_ratio(right, given)), float(_ratio(right, wanted)), f1, plain)


def _difference(sums: Floats) -> Floats:
    """Second F1 less the first, of sums, shape (..., 5)."""
    before = _ratio(2 * sums[..., _RIGHT], sums[..., _GIVEN] + sums[..., _WANTED])
    return _ratio(2 * sums[..., _RIGHT_AFTER], sums[..., _GIVEN_AFTER] + sums[..., _WANTED]) - before


def _ratio(part: npt.ArrayLike, whole: npt.ArrayLike) -> Floats:
    a, b = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    return np.asarray(np.divide(a, b, out=np.full(b.shape, np.nan), where=b > 0))
