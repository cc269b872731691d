from __future__ import annotations

import numpy as np
import pytest

from qualcode.tag.features import SCALES, WordFeatures, cue_features, join, window
from qualcode.tag.rules import RuleBook

from .builders import make_codebook

SENTENCES = ["No money for tests.", "No money for drugs.", "Tests cost money.", "We had coffee.", "We had tea."]


def test_a_window_is_the_sentence_after_the_one_before() -> None:
    assert window("We called.", "Nobody came.") == "We called. Nobody came."
    assert window("", "Nobody came.") == "Nobody came."


def test_groups_stand_side_by_side_scaled_in_one_order() -> None:
    joined = join({"cues": np.array([[1.0]]), "window": np.array([[1.0, 0.0]]), "words": np.array([[2.0]])}).toarray()
    assert joined.tolist() == [[SCALES["window"], 0.0, 2 * SCALES["words"], SCALES["cues"]]]
    assert join({"words": np.array([[2.0]])}).tolist() == [[2.0 * SCALES["words"]]]


def test_words_in_two_sentences_make_the_vocabulary() -> None:
    features = WordFeatures.learn(SENTENCES)
    assert features.terms["word"] == ["for", "had", "money", "money for", "no", "no money", "tests", "we", "we had"]
    assert features.names() == features.terms["word"] + features.terms["char"]
    assert features.transform(SENTENCES).shape == (5, len(features.names()))


def test_rarer_words_weigh_more_and_unknown_ones_nothing() -> None:
    features = WordFeatures.learn(SENTENCES)
    idf = dict(zip(features.terms["word"], features.idf["word"], strict=True))
    assert idf["money"] == pytest.approx(np.log(6 / 4) + 1, abs=1e-6)  # smoothed: ln((1 + n) / (1 + df)) + 1
    assert idf["tests"] == pytest.approx(np.log(6 / 3) + 1, abs=1e-6)
    assert features.transform(["xyzzy quux"]).nnz == 0


def test_each_half_of_a_row_has_length_one() -> None:
    features = WordFeatures.learn(SENTENCES)
    rows = features.transform(SENTENCES[:3]).toarray()
    split = len(features.terms["word"])
    assert np.linalg.norm(rows[:, :split], axis=1) == pytest.approx(np.ones(3))
    assert np.linalg.norm(rows[:, split:], axis=1) == pytest.approx(np.ones(3))


def test_restored_features_give_the_same_rows() -> None:
    learned = WordFeatures.learn(SENTENCES)
    restored = WordFeatures(learned.terms, {kind: idf.astype(np.float32) for kind, idf in learned.idf.items()})
    odd = [*SENTENCES, "Tésts cost MONEY", ""]
    assert (learned.transform(odd) != restored.transform(odd)).nnz == 0


def test_cue_features_are_hand_computed_numbers() -> None:
    book = make_codebook(
        {"pay": [{"lemma": "money", "weight": 2}], "data": [{"lemma": "server"}]},
        markers={"deficit": ["problem"], "solved": ["use to"], "intensity": ["huge"]},
    )
    rules = RuleBook(book)
    readings = [rules.read("A huge, huge problem with money."), rules.read("No problem?"), rules.read("It used to.")]
    rows = cue_features(readings, book)
    # pay, data | deficit, negation, solved, hypothetical, good_practice, recommendation, intensity |
    # negated deficits, question, veto
    two, three = np.log(2.0), np.log(3.0)
    assert rows == pytest.approx(
        np.array(
            [
                [three, 0, two, 0, 0, 0, 0, 0, three, 0, 0, 0],
                [0, 0, 0, 0, 0, 0, 0, 0, 0, two, 1, 1],
                [0, 0, 0, 0, two, 0, 0, 0, 0, 0, 0, 1],
            ]
        )
    )
    assert cue_features([], book).shape == (0, 12)
