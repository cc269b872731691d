"""Gradient-boosted trees as plain arrays: fitted by scikit-learn, applied without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int32]

_SETTINGS: dict[str, Any] = {"learning_rate": 0.05, "max_leaf_nodes": 15, "l2_regularization": 1.0}
_TREES = 200
_LEAF = 100
"""Least number of rows in a leaf; fewer where there are few rows at all."""


@dataclass(frozen=True)
class Trees:
    """An ensemble whose values add up to the log odds of the true class.

    All trees lie in one list of nodes. An inner node sends a row left where its feature is at most the
    threshold; a leaf points at itself.

    Attributes
    ----------
    roots : ndarray of int32, shape (n_trees,)
    feature, left, right : ndarray of int32, shape (n_nodes,)
    threshold, value : ndarray, shape (n_nodes,)
        `value` is 0 at inner nodes.
    base : float
        Log odds before the first tree.
    """

    roots: Integers
    feature: Integers
    left: Integers
    right: Integers
    threshold: Floats
    value: Floats
    base: float

    def probabilities(self, rows: Floats) -> Floats:
        """Probability of the true class, shape (n_rows,).

        Parameters
        ----------
        rows : ndarray, shape (n_rows, n_features)
            Without missing values.
        """
        odds = np.full(len(rows), self.base)
        number = np.arange(len(rows))
        for root in self.roots:
            node = np.full(len(rows), root)
            while True:
                goes_left = rows[number, self.feature[node]] <= self.threshold[node]
                following = np.where(goes_left, self.left[node], self.right[node])
                if np.array_equal(following, node):
                    break
                node = following
            odds += self.value[node]
        return np.asarray(1.0 / (1.0 + np.exp(-odds)))


def fit_trees(rows: Floats, truth: npt.NDArray[np.bool_]) -> Trees:
    """Fit an ensemble by histogram-based gradient boosting (Friedman 2001; Ke et al. 2017).

    Parameters
    ----------
    rows : ndarray, shape (n_rows, n_features)
        Without missing values.
    truth : ndarray of bool, shape (n_rows,)
        Both values occur.

    Returns
    -------
    Trees
        The same on one processor core and on many.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    leaf = min(_LEAF, max(5, len(rows) // 50))
    fitted = HistGradientBoostingClassifier(
        max_iter=_TREES, min_samples_leaf=leaf, early_stopping=False, random_state=0, **_SETTINGS
    ).fit(rows, truth)
    # scikit-learn offers no public view of these trees; a test compares our sums with its own.
    return _from_nodes([stage[0].nodes for stage in fitted._predictors], float(fitted._baseline_prediction.item()))


def _from_nodes(stages: list[Any], base: float) -> Trees:
    roots = np.cumsum([0, *(len(nodes) for nodes in stages[:-1])])
    own = [root + np.arange(len(nodes)) for root, nodes in zip(roots, stages, strict=True)]
    leaf = np.concatenate([nodes["is_leaf"].astype(bool) for nodes in stages])
    places = np.concatenate(own)

    def pointer(side: str) -> Integers:
        target = np.concatenate([root + nodes[side] for root, nodes in zip(roots, stages, strict=True)])
        return np.where(leaf, places, target).astype(np.int32)

    def column(name: str) -> Any:
        return np.concatenate([nodes[name] for nodes in stages])

    return Trees(
        roots.astype(np.int32),
        np.where(leaf, 0, column("feature_idx")).astype(np.int32),
        pointer("left"),
        pointer("right"),
        np.where(leaf, 0.0, column("num_threshold")),
        np.where(leaf, column("value"), 0.0),
        base,
    )
