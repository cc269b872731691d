from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from qualcode.tag.trees import Trees, fit_trees


def made_up(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    rows = random.normal(size=(n, 4))
    return rows, rows[:, 0] * rows[:, 1] + random.normal(scale=0.3, size=n) > 0.5


def test_values_of_the_leaves_reached_add_up() -> None:
    # One tree: feature 1 <= 2.5 ? -1 : (feature 0 <= 0 ? 0.5 : 2); and one that is a leaf.
    trees = Trees(
        roots=np.array([0, 5], dtype=np.int32),
        feature=np.array([1, 0, 0, 0, 0, 0], dtype=np.int32),
        left=np.array([1, 1, 3, 3, 4, 5], dtype=np.int32),
        right=np.array([2, 1, 4, 3, 4, 5], dtype=np.int32),
        threshold=np.array([2.5, 0, 0.0, 0, 0, 0]),
        value=np.array([0, -1.0, 0, 0.5, 2.0, 0.25]),
        base=-0.25,
    )
    odds = np.array([-1.0, 0.5, 2.0])
    rows = np.array([[9.0, 2.5], [0.0, 3.0], [0.1, 3.0]])
    assert trees.probabilities(rows) == pytest.approx(1 / (1 + np.exp(-odds)))


@pytest.mark.parametrize("n", [60, 3000])
def test_they_say_what_scikit_learn_says(n: int) -> None:
    rows, truth = made_up(n)
    fitted = HistGradientBoostingClassifier(
        max_iter=200, learning_rate=0.05, max_leaf_nodes=15, l2_regularization=1.0,
        min_samples_leaf=min(100, max(5, n // 50)), early_stopping=False, random_state=0,
    ).fit(rows, truth)  # fmt: skip
    fresh = made_up(500, seed=1)[0]
    assert fit_trees(rows, truth).probabilities(fresh) == pytest.approx(fitted.predict_proba(fresh)[:, 1], abs=1e-12)


def test_they_learn_what_no_straight_line_can() -> None:
    trees = fit_trees(*made_up(3000))
    rows, truth = made_up(1000, seed=2)
    assert ((trees.probabilities(rows) > 0.5) == truth).mean() > 0.85


def test_one_core_and_two_give_the_same_trees() -> None:
    rows, truth = made_up(3000)
    made = []
    for cores in (1, 2):
        with threadpool_limits(limits=cores):
            made.append(fit_trees(rows, truth).probabilities(rows))
    assert np.array_equal(made[0], made[1])


@given(st.integers(0, 10_000))
def test_a_row_is_judged_alike_alone_and_among_others(seed: int) -> None:
    rows = np.random.default_rng(seed).normal(size=(5, 4))
    together = TREES.probabilities(rows)
    assert together.tolist() == [TREES.probabilities(row[None])[0] for row in rows]


TREES = fit_trees(*made_up(300))
