from __future__ import annotations

import numpy as np
import pytest

from qualcode.tag.regression import Linear, fit_linear

X = np.array([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0], [0.1, 0.9], [0.0, 0.0], [0.1, 0.1]])
STATES = np.array([1, 1, 2, 2, 0, 0])
ONES = np.ones(6)


def test_log_probabilities_are_a_softmax() -> None:
    linear = Linear(np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([0.5, 0.0]))
    (row,) = linear.log_probabilities(np.array([[1.0, 1.0]]))
    scores = np.array([1.5, 2.0])
    assert row == pytest.approx(scores - np.log(np.exp(scores).sum()))


def test_huge_scores_do_not_overflow() -> None:
    linear = Linear(np.array([[1e4], [-1e4]]), np.zeros(2))
    assert linear.log_probabilities(np.array([[1.0]])).tolist() == [[0.0, -2e4]]


def test_a_fitted_regression_knows_its_training_sentences() -> None:
    linear = fit_linear(X, STATES, ONES, n_states=3, strength=10.0)
    assert linear.log_probabilities(X).argmax(axis=1).tolist() == STATES.tolist()


def test_a_state_without_a_sentence_is_ruled_out_and_keeps_its_place() -> None:
    linear = fit_linear(X, np.where(STATES == 2, 3, STATES), ONES, n_states=4, strength=10.0)
    probabilities = np.exp(linear.log_probabilities(X))
    assert probabilities.shape == (6, 4)
    assert probabilities[:, 2].max() < 1e-9
    assert probabilities.argmax(axis=1).tolist() == [1, 1, 3, 3, 0, 0]


def test_two_states_are_as_sure_as_scikit_learn_says() -> None:
    from sklearn.linear_model import LogisticRegression

    two = np.array([0, 0, 1, 1, 1, 0])
    linear = fit_linear(X, two, ONES, n_states=2, strength=1.0)
    expected = LogisticRegression(C=1.0, max_iter=400, tol=1e-4).fit(X, two).predict_proba(X)
    assert np.exp(linear.log_probabilities(X)) == pytest.approx(expected, abs=1e-9)


def test_a_weight_of_two_is_a_sentence_twice() -> None:
    weighted = fit_linear(X, STATES, np.array([2.0, 1, 1, 1, 1, 1]), n_states=3, strength=1.0)
    doubled = fit_linear(
        np.vstack([X[:1], X]), np.concatenate([STATES[:1], STATES]), np.ones(7), n_states=3, strength=1.0
    )
    assert weighted.weights == pytest.approx(doubled.weights, abs=1e-3)


def test_fitting_twice_gives_the_same_bits() -> None:
    one, two = (fit_linear(X, STATES, ONES, n_states=3, strength=10.0) for _ in range(2))
    assert np.array_equal(one.weights, two.weights)
    assert np.array_equal(one.bias, two.bias)


def test_rounding_twice_changes_nothing_more() -> None:
    once = Linear(np.array([[0.1, 1 / 3]]), np.array([0.1])).rounded()
    assert np.array_equal(once.weights, once.rounded().weights)
    assert once.weights.tolist() == [[0.0999755859375, 0.333251953125]]
    assert once.bias.tolist() == [0.1]
