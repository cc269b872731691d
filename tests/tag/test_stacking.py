from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.tag.context import Chain, smooth
from qualcode.tag.model import Expert
from qualcode.tag.regression import Linear
from qualcode.tag.stacking import VETO_FACTOR, Opinions, codes_asked_for, judge, lay_out, likelihoods
from qualcode.tag.trees import fit_trees

CHAIN = Chain(enter=0.25, stay=0.5, switch=0.1)
N_CODES = 3


def turn(n: int, seed: int, *, cues: bool = True, prior: tuple[float, ...] = (1 / 3, 1 / 3, 1 / 3)) -> Opinions:
    random = np.random.default_rng(seed)
    experts = {name: random.uniform(0.05, 5, size=(n, N_CODES + 1)) for name in ("sentence", "words")}
    scores = random.uniform(0, 1, size=(n, N_CODES)) if cues else None
    return Opinions(experts, np.array(prior), random.integers(1, 30, n).astype(float), scores, np.zeros(n, dtype=bool))


def test_likelihoods_take_the_training_shares_out() -> None:
    shares = np.array([0.5, 0.25, 0.25])
    expert = Expert(("words",), Linear(np.zeros((3, 1)), np.log([0.5, 0.3, 0.2])), np.log(shares))
    assert likelihoods(expert, np.zeros((1, 1))) == pytest.approx(np.array([[1.0, 1.2, 0.8]]))


def test_likelihoods_are_above_zero() -> None:
    expert = Expert(("words",), Linear(np.zeros((2, 1)), np.array([0.0, -2000.0])), np.log([0.5, 0.5]))
    assert likelihoods(expert, np.zeros((1, 1))).min() > 0


def test_what_a_question_asks_for_leaves_none_out_and_sums_to_one() -> None:
    assert codes_asked_for([np.array([[0.8, 0.15, 0.05]])]) == pytest.approx(np.array([[0.75, 0.25]]))


def test_experts_on_a_question_are_mixed_by_their_geometric_mean() -> None:
    one, other = np.array([[0.2, 0.4, 0.4]]), np.array([[0.1, 0.8, 0.1]])
    share = np.sqrt(0.4 * 0.8) / (np.sqrt(0.4 * 0.8) + np.sqrt(0.4 * 0.1))
    assert codes_asked_for([one, other]) == pytest.approx(np.array([[share, 1 - share]]))


def test_the_mean_of_the_experts_is_geometric_and_a_veto_damps_codes() -> None:
    opinions = Opinions(
        {"a": np.array([[1.0, 4.0], [1.0, 4.0]]), "b": np.array([[1.0, 9.0], [1.0, 9.0]])},
        np.ones(1), np.ones(2), np.zeros((2, 1)), np.array([False, True]),
    )  # fmt: skip
    assert opinions.mixed() == pytest.approx(np.array([[1.0, 6.0], [1.0, 6.0 * VETO_FACTOR]]))


def test_a_head_that_reads_no_cues_knows_no_veto() -> None:
    opinions = Opinions({"a": np.array([[1.0, 4.0]])}, np.ones(1), np.ones(1), None, np.array([True]))
    assert opinions.mixed() == pytest.approx(np.array([[1.0, 4.0]]))


def test_without_trees_the_mean_is_smoothed_over_each_turn() -> None:
    turns = [turn(3, 1), turn(2, 2)]
    expected = np.concatenate([smooth(one.mixed(), CHAIN, one.prior) for one in turns])
    assert judge([turns], CHAIN, None) == pytest.approx(expected)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.booleans())
def test_rows_are_as_many_as_sentences_and_codes_and_finite(lengths: list[int], cues: bool) -> None:
    rows = lay_out([turn(n, seed, cues=cues) for seed, n in enumerate(lengths)], CHAIN)
    assert rows.shape[:2] == (sum(lengths), N_CODES)
    assert rows.shape[2] == lay_out([turn(1, 0, cues=cues)], CHAIN).shape[2]
    assert np.isfinite(rows).all()


@given(st.permutations(range(N_CODES)))
def test_all_codes_are_laid_out_alike(order: list[int]) -> None:
    one = turn(4, 3, prior=(0.2, 0.5, 0.3))
    states = [0, *(k + 1 for k in order)]
    assert one.cues is not None
    swapped = Opinions(
        {name: opinion[:, states] for name, opinion in one.experts.items()},
        one.prior[order], one.words, one.cues[:, order], one.vetoed,
    )  # fmt: skip
    assert lay_out([swapped], CHAIN) == pytest.approx(lay_out([one], CHAIN)[:, order], abs=1e-9)


def test_a_sentence_taken_alone_is_a_turn_of_one() -> None:
    one = turn(3, 5)
    alone = one.sentence(1)
    assert len(alone.words) == 1
    assert lay_out([alone], CHAIN).shape == (1, N_CODES, lay_out([one], CHAIN).shape[2])
    assert np.array_equal(alone.experts["words"][0], one.experts["words"][1])


def test_the_rest_of_the_document_is_seen_and_other_documents_are_not() -> None:
    first, second = turn(2, 6), turn(2, 7)
    together, apart = lay_out([first, second], CHAIN), lay_out([first], CHAIN)
    assert not np.array_equal(together[:2], apart)
    assert np.array_equal(lay_out([first], CHAIN), apart)


def test_with_trees_codes_may_apply_together_and_none_is_their_absence() -> None:
    turns = [turn(4, seed) for seed in range(12)]
    rows = lay_out(turns, CHAIN)
    truth = rows[:, :, 0] > np.median(rows[:, :, 0])
    trees = fit_trees(rows.reshape(-1, rows.shape[2]), truth.ravel())
    judged = judge([turns], CHAIN, trees)
    assert judged.shape == (48, N_CODES + 1)
    assert judged[:, 0] == pytest.approx(np.prod(1 - judged[:, 1:], axis=1))
    assert (judged[:, 1:] > 0.5).sum(axis=1).max() > 1


def test_a_codebook_of_one_code_has_no_rival() -> None:
    one = Opinions({"a": np.array([[1.0, 2.0]])}, np.ones(1), np.ones(1), None, np.array([False]))
    assert np.isfinite(lay_out([one], CHAIN)).all()


def test_documents_judged_at_once_are_judged_as_each_alone() -> None:
    documents = [[turn(3, 1), turn(2, 2)], [turn(1, 3)]]
    rows = np.concatenate([lay_out(turns, CHAIN) for turns in documents])
    trees = fit_trees(rows.reshape(-1, rows.shape[2]), rows[:, :, 0].ravel() > -2)
    for weighed in (trees, None):
        alone = np.concatenate([judge([turns], CHAIN, weighed) for turns in documents])
        assert np.array_equal(judge(documents, CHAIN, weighed), alone)
