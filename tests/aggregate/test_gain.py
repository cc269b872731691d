from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from qualcode.aggregate import Duel, Gain, measure_gain

# Two codes. The second model finds pay in a1 and drops data in c0, both rightly; it adds pay in b1, wrongly.
TRUTH = np.array([[1, 0], [1, 0], [1, 1], [0, 0], [0, 0]], dtype=bool)
BEFORE = np.array([[1, 0], [0, 0], [1, 0], [0, 0], [0, 1]], dtype=bool)
AFTER = np.array([[1, 0], [1, 0], [1, 0], [1, 0], [0, 0]], dtype=bool)
DUEL = Duel(("a", "a", "b", "b", "c"), ("pay", "data"), np.ones((5, 2), dtype=bool), TRUTH, BEFORE, AFTER)


def gained(duel: Duel = DUEL, draws: int = 500) -> Gain:
    return measure_gain(duel, seed=1, draws=draws)


def test_both_models_are_counted_over_the_same_decisions() -> None:
    gain = gained()
    # Before: 2 right of 3 given, 4 wanted. After: 3 right of 4 given.
    before, after = gain.overall.before, gain.overall.after
    assert before.precision == pytest.approx(2 / 3)
    assert (before.recall, before.given) == (0.5, 3)
    assert (after.precision, after.recall, after.given) == (0.75, 0.75, 4)
    assert (gain.overall.wanted, gain.overall.decisions) == (4, 10)
    assert gain.difference == pytest.approx(0.75 - 4 / 7)
    assert gain.low < gain.difference < gain.high
    assert (gain.sentences, gain.documents) == (5, 3)


def test_codes_are_told_apart() -> None:
    pay, data = gained().by_code["pay"], gained().by_code["data"]
    assert [pay.before.f1, pay.after.f1] == pytest.approx([4 / 5, 6 / 7])
    assert pay.wanted == 3
    assert (data.before.f1, data.after.f1) == (0.0, 0.0)
    assert math.isnan(data.after.precision)


def test_decisions_nobody_made_do_not_count() -> None:
    known = DUEL.known.copy()
    known[3, 0] = known[4, 1] = False
    gain = gained(replace(DUEL, known=known))
    assert (gain.overall.before.precision, gain.overall.after.precision) == (1.0, 1.0)
    assert gain.overall.decisions == 8


def test_a_sentence_counts_as_often_as_it_stands_for_others() -> None:
    doubled = np.array([0, 0, 1, 2, 2, 3, 4])
    names = tuple(DUEL.documents[n] for n in doubled)
    tables = {name: getattr(DUEL, name)[doubled] for name in ("known", "truth", "before", "after")}
    twice = gained(replace(DUEL, documents=names, **tables))
    weighed = gained(replace(DUEL, weights=np.array([2.0, 1.0, 2.0, 1.0, 1.0])))
    assert weighed.difference == pytest.approx(twice.difference)
    assert [weighed.low, weighed.high] == pytest.approx([twice.low, twice.high])
    assert weighed.overall.wanted == 4


@pytest.mark.parametrize("documents", [("a",) * 5, ("a", "a", "a", "b", "c")])
def test_there_is_no_interval_where_the_models_differ_in_fewer_than_two_documents(documents: tuple[str, ...]) -> None:
    same = AFTER.copy()
    same[3:] = BEFORE[3:]
    gain = gained(replace(DUEL, documents=documents, after=same))
    assert gain.difference > 0
    assert math.isnan(gain.low)
    assert math.isnan(gain.high)


def test_without_any_coding_there_is_nothing_to_compare() -> None:
    nothing = np.zeros((5, 2), dtype=bool)
    gain = gained(replace(DUEL, truth=nothing, before=nothing, after=nothing))
    assert math.isnan(gain.difference)
    assert math.isnan(gain.overall.after.f1)


@given(st.lists(st.tuples(st.sampled_from("abcd"), *[st.booleans()] * 6), min_size=1, max_size=30))
def test_figures_are_those_of_scikit_learn_and_turn_round_with_the_models(rows: list[tuple[object, ...]]) -> None:
    truth, before, after = (np.array([row[1 + 2 * k : 3 + 2 * k] for row in rows], dtype=bool) for k in range(3))
    documents = tuple(str(row[0]) for row in rows)
    duel = Duel(documents, ("pay", "data"), np.ones(truth.shape, dtype=bool), truth, before, after)
    there, back = gained(duel, 50), gained(replace(duel, before=after, after=before), 50)
    for figures, codings in ((there.overall.before, before), (there.overall.after, after)):
        if truth.any() or codings.any():
            assert figures.f1 == pytest.approx(f1_score(truth, codings, average="micro"))
        else:
            assert math.isnan(figures.f1)
    assert there.difference == pytest.approx(-back.difference, nan_ok=True)
    assert there.low == pytest.approx(-back.high, nan_ok=True)
