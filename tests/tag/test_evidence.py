from __future__ import annotations

import numpy as np
import pytest

from qualcode.model import Evidence, Segment
from qualcode.tag.evidence import Examples, cue_evidence, term_evidence, veto_evidence
from qualcode.tag.features import WordFeatures
from qualcode.tag.model import Expert
from qualcode.tag.regression import Linear
from qualcode.tag.rules import RuleBook

from .builders import make_codebook

SAID = Segment(3, 1, 100, 124, "Nobody pays. Café, money?", 4)


def words_of(*terms: str) -> WordFeatures:
    return WordFeatures({"word": list(terms), "char": ["pay"]}, {"word": np.ones(len(terms)), "char": np.zeros(1)})


def test_the_nearest_example_with_and_without_the_code_are_shown() -> None:
    examples = Examples(
        ["far", "near", "other"],
        [("pay",), ("pay", "data"), ()],
        np.array([[0, 1], [0.6, 0.8], [1, 0]], dtype=np.float32),
    )
    found = list(examples.nearest(np.array([1, 0], dtype=np.float32), "pay"))
    assert [(e.source, e.detail) for e in found] == [("example", "near"), ("counterexample", "other")]
    assert [e.weight for e in found] == pytest.approx([0.6, 1.0])


def test_where_all_examples_have_the_code_there_is_no_counterexample() -> None:
    examples = Examples(["one"], [("pay",)], np.ones((1, 1), dtype=np.float32))
    assert [e.source for e in examples.nearest(np.ones(1, dtype=np.float32), "pay")] == ["example"]
    assert [e.source for e in examples.nearest(np.ones(1, dtype=np.float32), "data")] == ["counterexample"]


def test_words_weigh_by_what_they_add_to_the_odds_against_no_code() -> None:
    # Four of five terms occur, once each: TF-IDF gives each 1 / 2.
    words = words_of("cafe", "money", "nobody pays", "pays", "trial")
    weights = np.zeros((2, 6))
    weights[1, :5] = [0.0, -2.0, 3.0, 1.0, 9.0]
    weights[0, :5] = [0.0, 1.0, 0.0, 0.9, 0.0]
    found = list(term_evidence(words, Expert(("words",), Linear(weights, np.zeros(2)), np.zeros(2)), 1, SAID))
    assert [(e.detail, e.start, e.end) for e in found] == [("nobody pays", 100, 111), ("money", 119, 124)]
    assert [e.weight for e in found] == pytest.approx([1.5, -1.5])


def test_a_word_hidden_by_accents_has_no_place() -> None:
    words = words_of("cafe")
    expert = Expert(("words",), Linear(np.array([[0.0, 0.0], [2.0, 0.0]]), np.zeros(2)), np.zeros(2))
    (found,) = term_evidence(words, expert, 1, SAID)
    assert (found.start, found.end) == (None, None)


def test_cues_and_veto_are_named() -> None:
    book = make_codebook({"pay": [{"lemma": "no money"}], "data": []}, markers={"solved": ["use to"]})
    reading = RuleBook(book).read("There used to be no money.")
    said = Segment(0, 0, 10, 36, "There used to be no money.", 6)
    assert list(cue_evidence(reading, "pay", said)) == [Evidence("cue", "no money", 27, 35, 1.0)]
    assert list(cue_evidence(reading, "data", said)) == []
    assert list(veto_evidence(reading)) == [Evidence("veto", "solved", weight=-1.0)]
    assert list(veto_evidence(RuleBook(book).read("There is no money."))) == []
