"""Multinomial logistic regression as plain arrays: fitted by scikit-learn, applied without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Linear:
    """Weights of one multinomial logistic regression.

    Attributes
    ----------
    weights : ndarray, shape (n_states, n_features)
    bias : ndarray, shape (n_states,)
        State 0 is "none", then the codes in codebook order.
    """

    weights: npt.NDArray[Any]
    bias: npt.NDArray[Any]

    def rounded(self) -> Linear:
        """Weights as a saved model keeps them, so that it scores the same before and after saving."""
        return Linear(self.weights.astype(np.float16).astype(np.float64), self.bias)

    def log_probabilities(self, features: Any) -> Floats:
        """Log probability of each state, shape (n_sentences, n_states)."""
        scores = np.asarray(features @ self.weights.T.astype(np.float64)) + self.bias
        scores -= scores.max(axis=1, keepdims=True)
        return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)))


def fit_linear(
    features: Any, states: npt.NDArray[np.int64], weights: Floats, *, n_states: int, strength: float
) -> Linear:
    """Fit one expert's regression.

    Parameters
    ----------
    features : ndarray or sparse matrix, shape (n_sentences, n_features)
    states : ndarray of int, shape (n_sentences,)
        0 = none, k = the k-th code.
    weights : ndarray, shape (n_sentences,)
        Sample weights, above 0.
    n_states : int
        Codes + 1; a state without any training sentence gets a bias that rules it out.
    strength : float
        Inverse regularisation C, above 0.

    Returns
    -------
    Linear
    """
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    # One thread: the steps are so small that threads only wait for one another, and sums keep their order.
    with threadpool_limits(limits=1):
        fitted = LogisticRegression(C=strength, max_iter=400, tol=1e-4).fit(features, states, sample_weight=weights)
    coefficients, intercepts = fitted.coef_, fitted.intercept_
    if len(fitted.classes_) == 2:  # scikit-learn keeps one row for two classes
        coefficients = np.vstack([-coefficients, coefficients]) / 2
        intercepts = np.concatenate([-intercepts, intercepts]) / 2
    full = np.zeros((n_states, features.shape[1]))
    bias = np.full(n_states, -30.0)
    full[fitted.classes_] = coefficients
    bias[fitted.classes_] = intercepts
    return Linear(full, bias)
