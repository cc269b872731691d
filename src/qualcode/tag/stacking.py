"""Opinions of experts about the sentences of a document in, one row of numbers for each sentence and code out.

Each expert judges a sentence by itself. What they say about it, about its neighbours, the turn, the
rest of the document and the question asked before is laid out here, alike for every code, for a second model
(`trees`) that has learned on dialogues how far to trust whom: stacked generalisation (Wolpert 1992).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .context import Chain, smooth
from .model import Expert
from .trees import Trees

Floats = npt.NDArray[np.float64]

VETO_FACTOR = 0.25
"""What is left of the evidence for every code where the sentence is vetoed."""

_FLOOR = 1e-6
_ABSENT = -6.0
"""Log odds that stand for a neighbour that does not exist: nobody reports anything there."""
_ABSENT_ANY = -3.0


@dataclass(frozen=True)
class Opinions:
    """What is known of the sentences of one turn before they are read together.

    Attributes
    ----------
    experts : mapping of str to ndarray, shape (n_sentences, n_codes + 1)
        Likelihood of each state, "none" first; only ratios within a row matter.
    prior : ndarray, shape (n_codes,)
        With which code a passage opens, given the question; sums to 1.
    words : ndarray, shape (n_sentences,)
        Words of each sentence, 1 or more.
    cues : ndarray, shape (n_sentences, n_codes), or None
        log(1 + cue score); None where cues are not read.
    vetoed : ndarray of bool, shape (n_sentences,)
    """

    experts: Mapping[str, Floats]
    prior: Floats
    words: Floats
    cues: Floats | None
    vetoed: npt.NDArray[np.bool_]

    def mixed(self) -> Floats:
        """Geometric mean of the experts, codes damped where the sentence is vetoed; same shape."""
        logs = [np.log(np.maximum(opinion, 1e-12)) for opinion in self.experts.values()]
        mean = np.exp(np.mean(logs, axis=0))
        if self.cues is not None:
            mean[self.vetoed, 1:] *= VETO_FACTOR
        return np.asarray(np.maximum(mean, 1e-12))

    def sentence(self, row: int) -> Opinions:
        """The same for one sentence, as if it were the whole turn."""
        only = slice(row, row + 1)
        experts = {name: opinion[only] for name, opinion in self.experts.items()}
        cues = None if self.cues is None else self.cues[only]
        return Opinions(experts, self.prior, self.words[only], cues, self.vetoed[only])


def likelihoods(expert: Expert, features: Any) -> Floats:
    """What an expert says of sentences, without how often each state was in its training.

    Returns
    -------
    ndarray, shape (n_sentences, n_states)
        Above 0; only ratios within a row matter.
    """
    return np.asarray(np.maximum(probabilities(expert, features) / np.exp(expert.log_prior), 1e-12))


def probabilities(expert: Expert, features: Any) -> Floats:
    """Probability of each state, shape (n_sentences, n_states), above 0."""
    return np.asarray(np.maximum(np.exp(expert.regression.log_probabilities(features)), 1e-12))


def codes_asked_for(opinions: Sequence[Floats]) -> Floats:
    """Which codes questions ask for, given that they ask for one; rows sum to 1.

    Parameters
    ----------
    opinions : sequence of ndarray, shape (n_questions, n_states)
        Probabilities each expert gives the questions read as statements; state 0 is "none".

    Returns
    -------
    ndarray, shape (n_questions, n_codes)
    """
    mixed = np.exp(np.mean([np.log(opinion) for opinion in opinions], axis=0))
    return np.asarray(mixed[:, 1:] / mixed[:, 1:].sum(axis=1, keepdims=True))


def judge(documents: Sequence[Sequence[Opinions]], chain: Chain, trees: Trees | None) -> Floats:
    """Probability of each state for each sentence of some documents, not calibrated.

    Parameters
    ----------
    documents : sequence of sequence of Opinions
        The respondents' turns of each document, in order; all with the same experts. At least one turn in all.
    chain : Chain
    trees : Trees or None
        None smooths the mean of the experts over each turn.

    Returns
    -------
    ndarray, shape (n_sentences, n_codes + 1)
        "None" first: with trees, which let codes apply together, the probability that not one does.
    """
    if trees is None:
        return np.concatenate([smooth(turn.mixed(), chain, turn.prior) for turns in documents for turn in turns])
    laid_out = np.concatenate([lay_out(turns, chain) for turns in documents])
    n, n_codes, n_features = laid_out.shape
    codes = trees.probabilities(laid_out.reshape(-1, n_features)).reshape(n, n_codes)
    return np.hstack([np.prod(1.0 - codes, axis=1, keepdims=True), codes])


def lay_out(turns: Sequence[Opinions], chain: Chain) -> Floats:
    """One row of numbers for each sentence and code of a document.

    Parameters
    ----------
    turns : sequence of Opinions
        The respondents' turns of one document, in order; all with the same experts.
    chain : Chain

    Returns
    -------
    ndarray, shape (n_sentences, n_codes, n_features)
    """
    mixed = [turn.mixed() for turn in turns]
    alone = [_judged_alone(ratios, chain) for ratios in mixed]
    best = np.stack([codes.max(axis=0) for codes in alone])
    rows = []
    for number, turn in enumerate(turns):
        elsewhere = np.delete(best, number, axis=0)
        rest = elsewhere.max(axis=0) if len(elsewhere) else np.zeros(best.shape[1])
        before = alone[number - 1][-1] if number else np.zeros(best.shape[1])
        rows.append(_turn(turn, mixed[number], alone[number], chain, rest, before))
    return np.concatenate(rows)


def _turn(turn: Opinions, mixed: Floats, alone: Floats, chain: Chain, rest: Floats, before: Floats) -> Floats:
    n, n_codes = alone.shape
    smoothed = smooth(mixed, chain, turn.prior)
    codes, some = _log_odds(alone), _log_odds(alone.sum(axis=1, keepdims=True))
    columns = [codes, _log_odds(smoothed[:, 1:]), some, _log_odds(1.0 - smoothed[:, :1])]
    for steps in (1, -1, 2, -2):
        columns += [_shifted(codes, steps, _ABSENT), _shifted(some, steps, _ABSENT_ANY)]
    columns.append(_log_odds(alone / alone.sum(axis=1, keepdims=True)))
    columns.append(np.log(np.maximum(turn.prior * n_codes, _FLOOR))[None])
    columns.append(_log_odds(alone.max(axis=0))[None])
    columns.append(_log_odds(_best_rival(smoothed[:, 1:])))
    columns += [_log_odds(rest)[None], _log_odds(before)[None]]
    length = np.log(turn.words)[:, None]
    columns += [length, _shifted(length, 1, 0.0), _shifted(length, -1, 0.0)]
    for opinion in turn.experts.values():
        one = _judged_alone(opinion, chain)
        codes, some = _log_odds(one), _log_odds(one.sum(axis=1, keepdims=True))
        for steps in (0, 1, -1):
            columns += [_shifted(codes, steps, _ABSENT), _shifted(some, steps, _ABSENT_ANY)]
    if turn.cues is not None:
        columns += [_shifted(turn.cues, steps, 0.0) for steps in (0, 1, -1)]
        columns.append(turn.vetoed[:, None].astype(float))
    return np.stack([np.broadcast_to(column, (n, n_codes)) for column in columns], axis=-1)


def _judged_alone(ratios: Floats, chain: Chain) -> Floats:
    """Probability of each code for each sentence by itself, all codes alike before; shape (n_sentences, n_codes)."""
    n_codes = ratios.shape[1] - 1
    return smooth(ratios, chain, np.full(n_codes, 1.0 / n_codes), alone=True)[:, 1:]


def _log_odds(probabilities: Floats) -> Floats:
    p = np.clip(probabilities, _FLOOR, 1.0)
    return np.asarray(np.log(p) - np.log(np.maximum(1.0 - p, _FLOOR)))


def _shifted(rows: Floats, steps: int, absent: float) -> Floats:
    """Row of the sentence `steps` before (after, where negative) in place of its own."""
    if steps == 0:
        return rows
    moved = np.full_like(rows, absent)
    if abs(steps) < len(rows):
        if steps > 0:
            moved[steps:] = rows[:-steps]
        else:
            moved[:steps] = rows[-steps:]
    return moved


def _best_rival(probabilities: Floats) -> Floats:
    """For each code the probability of the best other one; 0 where there is one code."""
    if probabilities.shape[1] == 1:
        return np.zeros_like(probabilities)
    ordered = np.sort(probabilities, axis=1)
    first, second = ordered[:, -1:], ordered[:, -2:-1]
    return np.asarray(np.where(probabilities >= first, second, first))
