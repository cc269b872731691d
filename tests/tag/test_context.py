from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.tag.context import Chain, opening_prior, smooth

CHAIN = Chain(enter=0.3, stay=0.6, switch=0.35)
PRIOR = np.array([0.5, 0.3, 0.2])


def brute_force(likelihoods: np.ndarray, chain: Chain, prior: np.ndarray) -> np.ndarray:
    """Sum over every path of states."""
    n, states = likelihoods.shape
    start, step = chain.start(prior), chain.transitions(prior)
    result = np.zeros_like(likelihoods)
    for path in product(range(states), repeat=n):
        weight = start[path[0]] * likelihoods[0, path[0]]
        for t in range(1, n):
            weight *= step[path[t - 1], path[t]] * likelihoods[t, path[t]]
        for t, state in enumerate(path):
            result[t, state] += weight
    return np.asarray(result / result.sum(axis=1, keepdims=True))


def test_smoothing_is_the_sum_over_all_paths() -> None:
    likelihoods = np.array([[1.0, 0.2, 3.0, 0.1], [1.0, 4.0, 0.3, 0.1], [1.0, 0.9, 1.1, 1.0], [1.0, 0.01, 0.02, 9.0]])
    assert smooth(likelihoods, CHAIN, PRIOR) == pytest.approx(brute_force(likelihoods, CHAIN, PRIOR), abs=1e-12)


@given(st.lists(st.lists(st.floats(1e-6, 1e3), min_size=3, max_size=3), min_size=1, max_size=5))
def test_smoothing_any_turn_is_the_sum_over_all_paths(rows: list[list[float]]) -> None:
    likelihoods, prior = np.array(rows), np.array([0.7, 0.3])
    assert smooth(likelihoods, CHAIN, prior) == pytest.approx(brute_force(likelihoods, CHAIN, prior), abs=1e-9)


def test_one_sentence_is_bayes_rule() -> None:
    likelihoods = np.array([[1.0, 2.0, 1.0, 1.0]])
    joint = np.array([0.7, 0.3 * 0.5 * 2, 0.3 * 0.3, 0.3 * 0.2])
    assert smooth(likelihoods, CHAIN, PRIOR) == pytest.approx((joint / joint.sum())[None, :])


def test_transitions_are_hand_computed() -> None:
    step = CHAIN.transitions(np.array([0.5, 0.25, 0.25]))
    assert step[0] == pytest.approx([0.7, 0.15, 0.075, 0.075])
    # leaving code 1: 0.4, of it 0.35 to the others by their shares of the prior
    assert step[1] == pytest.approx([0.4 * 0.65, 0.6, 0.4 * 0.35 * 0.5, 0.4 * 0.35 * 0.5])
    assert step[2] == pytest.approx([0.4 * 0.65, 0.4 * 0.35 * 2 / 3, 0.6, 0.4 * 0.35 / 3])


@pytest.mark.parametrize("prior", [[1.0], [1.0, 0.0], [0.0, 0.0, 1.0], [1 / 3, 1 / 3, 1 / 3]])
def test_rows_of_transitions_sum_to_one_even_for_odd_priors(prior: list[float]) -> None:
    step = CHAIN.transitions(np.array(prior))
    assert step.sum(axis=1) == pytest.approx(np.ones(len(prior) + 1))
    assert step.min() >= 0


def test_sentences_alone_are_turns_of_their_own() -> None:
    likelihoods = np.array([[1.0, 0.9, 0.5, 0.5], [1.0, 30.0, 0.5, 0.5]])
    single = np.concatenate([smooth(row[None, :], CHAIN, PRIOR) for row in likelihoods])
    assert smooth(likelihoods, CHAIN, PRIOR, alone=True) == pytest.approx(single)


def test_a_weak_sentence_between_two_strong_ones_is_pulled_up() -> None:
    weak, strong = [1.0, 0.9, 0.5, 0.5], [1.0, 30.0, 0.5, 0.5]
    alone = smooth(np.array([weak]), CHAIN, PRIOR)[0, 1]
    between = smooth(np.array([strong, weak, strong]), CHAIN, PRIOR)[1, 1]
    assert between > 2 * alone


def test_long_turns_do_not_underflow() -> None:
    found = smooth(np.full((5_000, 4), 1e-12), CHAIN, PRIOR)
    assert np.isfinite(found).all()
    assert found.sum(axis=1) == pytest.approx(np.ones(5_000))


def test_no_sentence_gives_no_row() -> None:
    assert smooth(np.zeros((0, 4)), CHAIN, PRIOR).shape == (0, 4)


def test_likelihoods_are_not_changed() -> None:
    likelihoods = np.array([[1.0, 2.0, 3.0, 4.0], [1.0, 1.0, 1.0, 1.0]])
    before = likelihoods.copy()
    smooth(likelihoods, CHAIN, PRIOR)
    assert np.array_equal(likelihoods, before)


def test_a_question_moves_the_opening_prior_by_its_share() -> None:
    asked = np.array([1.0, 0.0, 0.0, 0.0])
    assert opening_prior(4, None, 0.5) == pytest.approx([0.25] * 4)
    assert opening_prior(4, asked, 0.5) == pytest.approx([0.625, 0.125, 0.125, 0.125])
    assert opening_prior(4, asked, 0.0) == pytest.approx([0.25] * 4)
    assert opening_prior(4, asked, 1.0) == pytest.approx(asked)
