"""Sentence by sentence likelihoods in, probabilities smoothed over a turn out.

A passage that reports a barrier runs over one to three sentences and answers a question. A turn is
read as a hidden Markov chain whose states are "none" and the codes; the forward-backward algorithm
(Rabiner 1989, Proc. IEEE 77(2), 257-286) gives each sentence the probability of every state given
the whole turn. The question enters as the prior of the state in which a passage opens.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Chain:
    """How passages open, go on and end.

    Attributes
    ----------
    enter : float
        Probability that a sentence outside of a passage is followed by one that opens a passage, 0-1.
    stay : float
        Probability that a passage goes on with the next sentence, 0-1.
    switch : float
        Given that a passage ends, probability that another code's passage follows at once, 0-1.
    """

    enter: float = 0.3
    stay: float = 0.6
    switch: float = 0.35

    def start(self, prior: Floats) -> Floats:
        """Distribution over states for the first sentence of a turn, shape (n_codes + 1,)."""
        return np.concatenate(([1.0 - self.enter], self.enter * prior))

    def transitions(self, prior: Floats) -> Floats:
        """Row-stochastic matrix, shape (n_codes + 1, n_codes + 1); state 0 is "none"."""
        n = len(prior)
        matrix = np.empty((n + 1, n + 1))
        matrix[0] = self.start(prior)
        leave = 1.0 - self.stay
        matrix[1:, 0] = leave * (1.0 - self.switch)
        others = np.tile(prior, (n, 1))
        np.fill_diagonal(others, 0.0)
        totals = others.sum(axis=1, keepdims=True)
        others = np.divide(others, totals, out=np.full_like(others, 1.0 / max(n, 1)), where=totals > 0)
        matrix[1:, 1:] = leave * self.switch * others
        matrix[1:, 1:] += np.eye(n) * self.stay
        # A codebook of one code, or a prior on one code alone, leaves nothing to switch to.
        return np.asarray(matrix / matrix.sum(axis=1, keepdims=True))


QUESTION_SHARE = 0.5
"""How far the question moves the prior of the code that opens a passage, 0-1."""


def opening_prior(n_codes: int, question: Floats | None, share: float = QUESTION_SHARE) -> Floats:
    """With which code a passage opens: all alike, moved towards what was asked.

    Parameters
    ----------
    n_codes : int
    question : ndarray, shape (n_codes,), or None
        Which codes the question asks for; sums to 1.
    share : float
        How far it moves the prior, 0-1.

    Returns
    -------
    ndarray, shape (n_codes,)
        Sums to 1.
    """
    prior = np.full(n_codes, 1.0 / n_codes)
    return prior if question is None else np.asarray((1 - share) * prior + share * question)


def smooth(likelihoods: Floats, chain: Chain, prior: Floats, *, alone: bool = False) -> Floats:
    """Probability of each state for each sentence, given the whole turn.

    Parameters
    ----------
    likelihoods : ndarray, shape (n_sentences, n_codes + 1)
        Proportional to P(sentence | state), all above 0; column 0 is "none".
    chain : Chain
    prior : ndarray, shape (n_codes,)
        With which code a passage opens; sums to 1.
    alone : bool
        Judge each sentence as if it were a turn of its own.

    Returns
    -------
    ndarray, shape (n_sentences, n_codes + 1)
        Rows sum to 1.
    """
    n = len(likelihoods)
    if n == 0:
        return likelihoods
    if alone:
        joint = chain.start(prior) * likelihoods
        return np.asarray(joint / joint.sum(axis=1, keepdims=True))
    transitions = chain.transitions(prior)
    forward = np.empty_like(likelihoods)
    forward[0] = _normal(chain.start(prior) * likelihoods[0])
    for t in range(1, n):
        forward[t] = _normal((forward[t - 1] @ transitions) * likelihoods[t])
    backward = np.ones_like(likelihoods)
    for t in range(n - 2, -1, -1):
        backward[t] = _normal(transitions @ (likelihoods[t + 1] * backward[t + 1]))
    joint = forward * backward
    return np.asarray(joint / joint.sum(axis=1, keepdims=True))


def _normal(values: Floats) -> Floats:
    return np.asarray(values / values.sum())
