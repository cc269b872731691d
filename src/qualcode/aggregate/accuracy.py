"""Judged sentences and gold in, how often they agree out: every figure with its n, intervals over documents.

A sentence and a code are one decision. A document is one voice: intervals are percentile bootstrap
intervals that draw whole documents. What cannot be computed (0 of 0) is NaN, and `Accuracy.notes` says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

BINS = 10
_FLOOR = 0.05
"""Probabilities below are no news: calibration leaves them out."""
_GRID = np.round(np.arange(0.05, 1.0, 0.05), 2)
_BEST = (1, 3)
_HALF = 0.5
"""More likely than not: where `confusion` counts from."""


@dataclass(frozen=True)
class Judgement:
    """Every respondent's sentence of some documents, as a coder judged it and as the gold has it.

    Attributes
    ----------
    documents : tuple of str, length n
        Document of each sentence; sentences of a document stand together, in order.
    turns : ndarray of int, shape (n,)
        Turn of each sentence in its document; passages never cross turns.
    codes : tuple of str, length n_codes
    probabilities : ndarray, shape (n, n_codes)
        0-1; 0 or 1 where the coder gives none.
    truth : ndarray of bool, shape (n, n_codes)
    traps : tuple of str or None, length n
        Kind of trap, where the gold says that a sentence only looks like one with a code.
    has_probabilities : bool
        Whether ranking, calibration and curves mean anything.
    """

    documents: tuple[str, ...]
    turns: Integers
    codes: tuple[str, ...]
    probabilities: Floats
    truth: Bools
    traps: tuple[str | None, ...]
    has_probabilities: bool = True


@dataclass(frozen=True)
class Accuracy:
    """How often a coder and the gold agree.

    Attributes
    ----------
    overall : DataFrame
        One row a threshold: ``threshold`` (its name), ``value``; ``precision``, ``recall``, ``f1`` over all
        decisions, each with ``_low`` and ``_high``; ``macro_f1``, the mean over codes that occur;
        ``detection_precision``, ``_recall``, ``_f1`` of "some code"; ``passage_precision``, ``_recall``, ``_f1``;
        ``profile_precision``, ``_recall``, ``_f1`` of "the code occurs in the document"; ``given``, ``wanted`` codings;
        ``traps_coded`` of ``traps``.
    per_code : DataFrame
        At the first threshold: ``code``, ``precision``, ``recall``, ``f1`` with ``f1_low``, ``f1_high``,
        ``passage_recall``, ``average_precision``, ``given``, ``wanted``.
    ranking : DataFrame
        ``best`` (1, 3), ``share`` of sentences with a code that have one among so many most probable,
        ``low``, ``high``, ``n``.
    traps : DataFrame
        ``threshold``, ``kind``, ``coded``, ``n``.
    confusion : DataFrame
        ``gold`` and ``given`` at 0.5 (code or "none"; of several the most probable, a right one before
        others as probable), ``sentences``.
    calibration : DataFrame
        ``low``, ``high`` end of a bin of probabilities >= 0.05, ``mean_probability``, ``share_right``, ``n``.
    curve : DataFrame
        ``threshold``, ``precision``, ``recall``, ``given``.
    effort : DataFrame
        ``read``: share of sentences read, the most suspicious first; ``seen``: share of those with a code among them.
    calibration_error : float
        Expected calibration error over the bins, 0-1.
    thresholds : mapping of str to float
    documents, sentences, coded_sentences : int
    notes : tuple of str
    """

    overall: pd.DataFrame
    per_code: pd.DataFrame
    ranking: pd.DataFrame
    traps: pd.DataFrame
    confusion: pd.DataFrame
    calibration: pd.DataFrame
    curve: pd.DataFrame
    effort: pd.DataFrame
    calibration_error: float
    thresholds: Mapping[str, float]
    documents: int
    sentences: int
    coded_sentences: int
    notes: tuple[str, ...]


def measure(judgement: Judgement, thresholds: Mapping[str, float], *, seed: int, draws: int) -> Accuracy:
    """Compare a coder with the gold.

    Parameters
    ----------
    judgement : Judgement
        At least one sentence.
    thresholds : mapping of str to float
        By name; codings at or above count. Per-code figures are at the first.
    seed, draws : int
        Of the bootstrap.

    Returns
    -------
    Accuracy

    Raises
    ------
    ValueError
        If there is no sentence or no threshold.

    Examples
    --------
    >>> chances, gold = np.array([[0.9], [0.8], [0.1], [0.3]]), np.array([[True], [False], [False], [True]])
    >>> judged = Judgement(("a", "a", "b", "b"), np.array([0, 1, 0, 1]), ("pay",), chances, gold, (None,) * 4)
    >>> found = measure(judged, {"half": 0.5}, seed=1, draws=100)
    >>> found.overall[["precision", "recall", "f1", "given", "wanted"]].to_dict("records")
    [{'precision': 0.5, 'recall': 0.5, 'f1': 0.5, 'given': 2, 'wanted': 2}]
    """
    if not len(judgement.documents) or not thresholds:
        raise ValueError("`measure` needs at least one sentence and one threshold.")
    names = list(dict.fromkeys(judgement.documents))
    place = {name: number for number, name in enumerate(names)}
    at = np.array([place[name] for name in judgement.documents])
    weights = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws)
    desk = _Desk(judgement, at, len(names), weights.astype(float))
    first = next(iter(thresholds.values()))
    ranked = judgement.has_probabilities
    calibration = desk.calibration() if ranked else desk.calibration().iloc[:0]
    overall = pd.DataFrame([{"threshold": name, **desk.overall(value)} for name, value in thresholds.items()])
    return Accuracy(
        overall=overall,
        per_code=pd.DataFrame(list(desk.per_code(first))),
        ranking=pd.DataFrame([desk.ranking(best) for best in _BEST] if ranked else [], columns=_RANKING),
        traps=pd.DataFrame(
            [row for name, value in thresholds.items() for row in desk.traps(name, value)], columns=_TRAPS
        ),
        confusion=desk.confusion(_HALF),
        calibration=calibration,
        curve=pd.DataFrame([desk.point(value) for value in _GRID] if ranked else [], columns=_CURVE),
        effort=desk.effort() if ranked else pd.DataFrame(columns=_EFFORT),
        calibration_error=_expected_error(calibration),
        thresholds=dict(thresholds),
        documents=len(names),
        sentences=len(judgement.documents),
        coded_sentences=int(judgement.truth.any(axis=1).sum()),
        notes=tuple(_notes(judgement, overall, len(names))),
    )


_RANKING = ["best", "share", "low", "high", "n"]
_TRAPS = ["threshold", "kind", "coded", "n"]
_CURVE = ["threshold", "precision", "recall", "given"]
_EFFORT = ["read", "seen"]


def _notes(judgement: Judgement, overall: pd.DataFrame, documents: int) -> Iterator[str]:
    if documents < 5:
        yield f"From {documents} document(s): intervals over so few documents are too narrow."
    if not judgement.truth.any():
        yield "The gold has no code in these documents: recall and F1 are undefined."
    for row in overall[overall["given"] == 0].itertuples():
        yield f"Nothing is coded at {row.threshold} ({row.value:.2f}): precision is undefined there."
    absent = [c for c, n in zip(judgement.codes, judgement.truth.sum(axis=0), strict=True) if not n]
    if absent and judgement.truth.any():
        yield f"Not in the gold, so without recall: {', '.join(absent)}."
    if not judgement.has_probabilities:
        yield "Codings without probabilities: no ranking, calibration or curves."
    elif not (judgement.probabilities >= _FLOOR).any():
        yield f"No probability reaches {_FLOOR}: calibration is undefined."


@dataclass(frozen=True)
class _Desk:
    """A judgement, the document of each sentence, and how often each draw has each document, (draws, documents)."""

    judgement: Judgement
    at: Integers
    n_documents: int
    weights: Floats

    def _by_document(self, counts: Floats) -> Floats:
        """Sums of sentence counts, shape (n, ...), over documents, shape (n_documents, ...)."""
        sums = np.zeros((self.n_documents, *counts.shape[1:]))
        np.add.at(sums, self.at, counts)
        return sums

    def _interval(self, right: Floats, given: Floats, wanted: Floats) -> dict[str, tuple[float, float, float]]:
        """Precision, recall and F1 of sentence counts, with the bounds of their intervals."""
        counts = self._by_document(np.stack([right, given, wanted], axis=1))
        point, drawn = _figures(*counts.sum(axis=0)), _figures(*(self.weights @ counts).T)
        return {name: (float(point[name]), *_bounds(drawn[name])) for name in point}

    def _given(self, threshold: float) -> Bools:
        return np.asarray(self.judgement.probabilities >= threshold)

    def overall(self, threshold: float) -> dict[str, float]:
        given, truth = self._given(threshold), self.judgement.truth
        micro = self._interval((given & truth).sum(axis=1), given.sum(axis=1), truth.sum(axis=1))
        row: dict[str, float] = {"value": threshold}
        for name, (point, low, high) in micro.items():
            row |= {name: point, f"{name}_low": low, f"{name}_high": high}
        occur = truth.any(axis=0)
        by_code = _figures((given & truth).sum(axis=0), given.sum(axis=0), truth.sum(axis=0))
        row["macro_f1"] = float(by_code["f1"][occur].mean()) if occur.any() else np.nan
        detected, coded = _some(given), _some(truth)
        row |= _named("detection", _figures((detected & coded).sum(), detected.sum(), coded.sum()))
        row |= self._passages(given, truth)
        profile = [self._by_document(flags.astype(float)) > 0 for flags in (given, truth)]
        row |= _named("profile", _figures((profile[0] & profile[1]).sum(), profile[0].sum(), profile[1].sum()))
        traps = np.array([kind is not None for kind in self.judgement.traps])
        return row | {
            "given": int(given.sum()),
            "wanted": int(truth.sum()),
            "traps_coded": int(detected[traps].sum()),
            "traps": int(traps.sum()),
        }

    def _passages(self, given: Bools, truth: Bools) -> dict[str, float]:
        """Passages met: gold ones with a sentence given the code, given ones with a sentence that has it."""
        met = wanted = right = made = 0
        for code in range(truth.shape[1]):
            for passage in self._runs(truth[:, code]):
                wanted, met = wanted + 1, met + bool(given[passage, code].any())
            for passage in self._runs(given[:, code]):
                made, right = made + 1, right + bool(truth[passage, code].any())
        precision, recall = _ratio(right, made), _ratio(met, wanted)
        f1 = 2 * precision * recall / (precision + recall) if precision + recall > 0 else precision + recall
        return {"passage_precision": precision, "passage_recall": recall, "passage_f1": f1}

    def _runs(self, flags: Bools) -> Iterator[slice]:
        """Stretches of flagged sentences in a row within one turn of one document."""
        start = None
        turn = list(zip(self.at.tolist(), self.judgement.turns.tolist(), strict=True))
        for number, flag in enumerate(flags.tolist()):
            goes_on = start is not None and flag and turn[number] == turn[number - 1]
            if start is not None and not goes_on:
                yield slice(start, number)
                start = None
            if flag and start is None:
                start = number
        if start is not None:
            yield slice(start, len(flags))

    def per_code(self, threshold: float) -> Iterator[dict[str, object]]:
        for number, code in enumerate(self.judgement.codes):
            p, true = self.judgement.probabilities[:, number], self.judgement.truth[:, number]
            given = np.asarray(p >= threshold)
            right, made, wanted = (flags.astype(float) for flags in (given & true, given, true))
            figures = self._interval(right, made, wanted)
            passages = list(self._runs(true))
            yield {
                "code": code,
                "precision": figures["precision"][0],
                "recall": figures["recall"][0],
                "f1": figures["f1"][0],
                "f1_low": figures["f1"][1],
                "f1_high": figures["f1"][2],
                "passage_recall": _ratio(sum(bool(given[passage].any()) for passage in passages), len(passages)),
                "average_precision": _average_precision(p, true) if self.judgement.has_probabilities else np.nan,
                "given": int(given.sum()),
                "wanted": int(true.sum()),
            }

    def ranking(self, best: int) -> dict[str, float]:
        p, truth = self.judgement.probabilities, self.judgement.truth
        coded = _some(truth)
        first = np.argsort(-p, axis=1, kind="stable")[:, :best]
        hits = np.take_along_axis(truth, first, axis=1).any(axis=1) & coded
        counts = self._by_document(np.stack([hits, coded], axis=1).astype(float))
        drawn = self.weights @ counts
        low, high = _bounds(_ratios(drawn[:, 0], drawn[:, 1]))
        n = int(coded.sum())
        return {"best": best, "share": _ratio(int(hits.sum()), n), "low": low, "high": high, "n": n}

    def traps(self, name: str, threshold: float) -> Iterator[dict[str, object]]:
        coded = _some(self._given(threshold))
        for kind in sorted({kind for kind in self.judgement.traps if kind is not None}):
            rows = [number for number, other in enumerate(self.judgement.traps) if other == kind]
            yield {"threshold": name, "kind": kind, "coded": int(coded[rows].sum()), "n": len(rows)}

    def confusion(self, threshold: float) -> pd.DataFrame:
        names = np.array(["none", *self.judgement.codes])
        p, truth = self.judgement.probabilities, self.judgement.truth
        # People's codes are all equally probable: a right one among them is no confusion.
        best = np.where(p == p.max(axis=1, keepdims=True), 1 + truth, 0).argmax(axis=1)
        given = np.where((p >= threshold).any(axis=1), best + 1, 0)
        gold = np.where(truth.any(axis=1), np.where(truth, p, -1.0).argmax(axis=1) + 1, 0)
        pairs = pd.DataFrame({"gold": names[gold], "given": names[given]})
        counted = pairs.value_counts(["gold", "given"]).rename("sentences").reset_index()
        return counted.sort_values(["gold", "given"], ignore_index=True)

    def calibration(self) -> pd.DataFrame:
        used = self.judgement.probabilities >= _FLOOR
        p, true = self.judgement.probabilities[used], self.judgement.truth[used]
        bins = np.minimum((p * BINS).astype(int), BINS - 1)
        rows = [
            {
                "low": number / BINS,
                "high": (number + 1) / BINS,
                "mean_probability": float(p[bins == number].mean()),
                "share_right": float(true[bins == number].mean()),
                "n": int((bins == number).sum()),
            }
            for number in np.unique(bins)
        ]
        return pd.DataFrame(rows, columns=["low", "high", "mean_probability", "share_right", "n"])

    def point(self, threshold: float) -> dict[str, float]:
        given, truth = self._given(threshold), self.judgement.truth
        right = int((given & truth).sum())
        precision, recall = _ratio(right, int(given.sum())), _ratio(right, int(truth.sum()))
        return {"threshold": float(threshold), "precision": precision, "recall": recall, "given": int(given.sum())}

    def effort(self) -> pd.DataFrame:
        none = np.prod(1.0 - self.judgement.probabilities, axis=1)
        coded = _some(self.judgement.truth)
        seen = np.cumsum(coded[np.argsort(none, kind="stable")])
        read = np.round(np.arange(0.05, 1.0001, 0.05), 2)
        upto = np.maximum(1, np.round(read * len(coded)).astype(int))
        return pd.DataFrame({"read": read, "seen": [_ratio(int(seen[n - 1]), int(coded.sum())) for n in upto]})


def _some(flags: Bools) -> Bools:
    """Sentences with any code, shape (n,)."""
    return np.asarray(flags.any(axis=1))


def _named(name: str, figures: Mapping[str, npt.NDArray[np.float64]]) -> dict[str, float]:
    return {f"{name}_{figure}": float(value) for figure, value in figures.items()}


def _figures(right: npt.ArrayLike, given: npt.ArrayLike, wanted: npt.ArrayLike) -> dict[str, Floats]:
    """Precision, recall and F1; NaN where 0 of 0."""
    both = np.asarray(given, dtype=float) + np.asarray(wanted, dtype=float)
    return {
        "precision": _ratios(right, given),
        "recall": _ratios(right, wanted),
        "f1": _ratios(2 * np.asarray(right, dtype=float), both),
    }


def _ratios(part: npt.ArrayLike, whole: npt.ArrayLike) -> Floats:
    a, b = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    return np.asarray(np.divide(a, b, out=np.full(np.broadcast(a, b).shape, np.nan), where=b > 0))


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def _bounds(drawn: Floats) -> tuple[float, float]:
    """95 % percentile interval of the draws that have a value; NaN where none has."""
    known = drawn[~np.isnan(drawn)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.percentile(known, [2.5, 97.5])
    return float(low), float(high)


def _average_precision(probabilities: Floats, truth: Bools) -> float:
    """Mean of the precisions at each true sentence in order of probability; NaN without one.

    Equal probabilities share the precision at their end, as in scikit-learn's ``average_precision_score``.
    """
    if not truth.any():
        return float("nan")
    order = np.argsort(-probabilities, kind="stable")
    p, true = probabilities[order], truth[order]
    last = np.append(np.diff(p) != 0, True)
    found, upto = np.cumsum(true)[last], np.flatnonzero(last) + 1
    gained = np.diff(np.concatenate(([0], found)))
    return float((gained * found / upto).sum() / truth.sum())


def _expected_error(calibration: pd.DataFrame) -> float:
    """Mean distance of confidence and success, weighted by the decisions in each bin (Naeini et al. 2015)."""
    if calibration.empty:
        return float("nan")
    gaps = (calibration["mean_probability"] - calibration["share_right"]).abs()
    return float((gaps * calibration["n"]).sum() / calibration["n"].sum())
