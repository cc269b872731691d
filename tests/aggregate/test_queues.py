from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from qualcode.aggregate import Queue, Suggestions, order_passages, progress
from qualcode.review import Place

from .mini_study import Row
from .test_suggestions import ROWS, packed, suggested


def places(queue: Queue) -> list[tuple[str, int]]:
    return [(passage.place.document_id, passage.place.position) for passage in queue]


def cue(detail: str, weight: float = 1.0, **given: Any) -> str:
    return json.dumps([{"source": "cue", "detail": detail, "weight": weight, **given}])


VETO = json.dumps([{"source": "veto", "detail": "negated", "weight": -1.0}])


# --- uncertain ---------------------------------------------------------------------------------


def test_uncertain_starts_nearest_to_even_odds() -> None:
    found = packed(suggested("a1", 0, "pay", 0.9), suggested("b1", 1, "pay", 0.55), suggested("a1", 2, "pay", 0.2))
    queue = order_passages(found, order="uncertain")
    assert places(queue) == [("b1", 1), ("a1", 2), ("a1", 0)]
    assert queue[1].worth == pytest.approx(-(0.2 * math.log2(0.2) + 0.8 * math.log2(0.8)))


def test_uncertain_sums_over_the_open_codes_of_a_sentence() -> None:
    found = packed(
        suggested("a1", 0, "pay", 0.5),
        suggested("a2", 0, "pay", 0.2),
        suggested("a2", 0, "silos", 0.8),
        suggested("a2", 0, "consent", 0.5, is_mine=1),
    )
    first, second = order_passages(found, order="uncertain")
    assert (first.place, first.codes) == (Place("a2", 0), ("silos", "pay"))
    assert first.worth == pytest.approx(2 * 0.7219, abs=1e-4)
    assert first.why == "Not sure: Silos (0.80), Pay (0.20)"
    assert second.worth == pytest.approx(1.0)


def test_what_people_leave_open_stands_at_even_odds() -> None:
    (passage,) = order_passages(packed(suggested("a1", 0, "pay", None)), order="uncertain")
    assert passage.worth == pytest.approx(1.0)
    assert passage.why == "Not sure: Pay (people are unsure)"


def test_equal_passages_stand_by_document_and_position() -> None:
    rows = [suggested(d, p, "pay", 0.4) for d, p in (("b1", 0), ("a1", 7), ("a1", 3))]
    assert places(order_passages(packed(*rows), order="uncertain")) == [("a1", 3), ("a1", 7), ("b1", 0)]


# --- conflict ----------------------------------------------------------------------------------


def test_a_cue_speaks_for_what_does_not_count() -> None:
    (passage,) = order_passages(packed(suggested("a1", 0, "pay", 0.41, evidence=cue("reimbursed"))), order="conflict")
    assert passage.worth == pytest.approx(0.5 - 0.41)
    assert passage.why == "The cue “reimbursed” says Pay, the model doubts it (0.41)"


def test_a_veto_speaks_against_what_counts() -> None:
    (passage,) = order_passages(packed(suggested("a1", 0, "pay", 0.93, evidence=VETO)), order="conflict")
    assert passage.worth == pytest.approx(0.93)
    assert passage.why == "A rule reads the sentence as negated, the model says Pay (0.93)"


def test_a_code_counts_where_the_cues_say_another() -> None:
    found = packed(suggested("a1", 0, "pay", 0.9), suggested("a1", 0, "silos", 0.2, evidence=cue("silo", 2.0)))
    (passage,) = order_passages(found, order="conflict")
    assert passage.codes == ("pay", "silos")
    assert passage.worth == pytest.approx(0.9 + (0.75 - 0.2))
    assert passage.why == "The model says Pay (0.90), the cues say something else; the cue “silo” says Silos, " \
        "the model doubts it (0.20)"  # fmt: skip


def test_a_pattern_is_not_shown_but_the_words_it_found() -> None:
    found = packed(
        suggested("a1", 0, "pay", 0.3, evidence=cue(r"/\bpa(y|id)\b/")),
        suggested("a1", 1, "pay", 0.4, evidence=cue(r"/\bpa(y|id)\b/", words="paid")),
    )
    told = [passage.why for passage in order_passages(found, order="conflict")]
    assert told == ["A cue says Pay, the model doubts it (0.30)", "The cue “paid” says Pay, the model doubts it (0.40)"]


@pytest.mark.parametrize(
    "rows",
    [
        [suggested("a1", 0, "pay", 0.9, evidence=cue("paid"))],  # both say yes
        [suggested("a1", 0, "pay", 0.9)],  # most codings have no cue
        [suggested("a1", 0, "pay", 0.3)],
        [suggested("a1", 0, "pay", 0.3, evidence=VETO)],  # both say no
        [suggested("a1", 0, "pay", 0.3, evidence=cue("paid", 0.5))],  # too weak to say anything
        [suggested("a1", 0, "pay", 0.3, evidence=json.dumps(json.loads(cue("paid")) + json.loads(VETO)))],
        # A second code beside the one that cues say.
        [suggested("a1", 0, "pay", 0.9), suggested("a1", 0, "silos", 0.9, evidence=cue("silo"))],
        [suggested("a1", 0, "pay", 0.3, evidence=cue("paid"), outcome="rejected")],
    ],
)
def test_no_conflict(rows: list[Row]) -> None:
    assert not order_passages(packed(*rows), order="conflict")


# --- impact ------------------------------------------------------------------------------------


def test_impact_is_the_expected_change_of_the_table() -> None:
    # Alpha has 4 documents and 500 words, Gamma 2 and 200; a sentence has 10 words.
    found = packed(
        suggested("a1", 0, "pay", 0.9),  # counts, and once more in a1: only the words would go
        suggested("a1", 1, "pay", 0.8),
        suggested("a2", 0, "pay", 0.8),  # the only one that counts in a2
        suggested("g1", 0, "pay", 0.3),  # would be the first of g1
    )
    queue = order_passages(found, order="impact")
    assert places(queue) == [("g1", 0), ("a2", 0), ("a1", 1), ("a1", 0)]
    wanted = [0.3 * (1 / 2 + 10 / 200), 0.2 * (1 / 4 + 10 / 500), 0.2 * 10 / 500, 0.1 * 10 / 500]
    assert [passage.worth for passage in queue] == pytest.approx(wanted)
    assert queue[0].why == (
        "A person decides otherwise with a chance of 0.30; that adds 50 % of the documents and 5 % of the words of "
        "Gamma to Pay"
    )
    assert (
        queue[2].why
        == "A person decides otherwise with a chance of 0.20; that takes 2 % of the words of Alpha from Pay"
    )


def test_what_people_added_counts_for_the_document() -> None:
    waiting = suggested("g1", 0, "pay", 0.3)
    added = suggested("g1", 5, "pay", None, outcome="accepted")
    (alone,) = order_passages(packed(waiting), order="impact")
    (beside,) = order_passages(packed(waiting, added), order="impact")
    assert (alone.worth, beside.worth) == pytest.approx((0.3 * 0.55, 0.3 * 0.05))


# --- stale, random -----------------------------------------------------------------------------


def test_stale_decisions_come_up_though_they_are_decided() -> None:
    found = packed(
        suggested("a1", 0, "pay", 0.9, is_mine=1, is_done=1, outcome="accepted", is_stale=1),
        suggested("a2", 0, "pay", 0.9, is_mine=1, is_done=1, outcome="accepted"),
        suggested("b1", 0, "pay", 0.9, is_mine=1, outcome="rejected", is_stale=1),
        suggested("b1", 0, "silos", 0.9, is_mine=1, outcome="accepted", is_stale=1),
    )
    first, second = order_passages(found, order="stale")
    assert (first.place, first.worth, first.codes) == (Place("b1", 0), 2.0, ("silos", "pay"))
    assert second.why == "Decided when the code meant something else: Pay"
    assert not order_passages(found, order="uncertain")


def test_random_goes_by_content_and_seed() -> None:
    rows = [suggested(d, p, "pay", 0.4) for d in ("a1", "a2", "b1") for p in range(20)]
    there, back = (places(order_passages(packed(*r), order="random", seed=3)) for r in (rows, rows[::-1]))
    other = places(order_passages(packed(*rows), order="random", seed=4))
    assert there == back != other
    assert sorted(there) == sorted(other)
    without = places(order_passages(packed(*rows[1:]), order="random", seed=3))
    assert without == [place for place in there if place != ("a1", 0)]


def test_random_is_uniform() -> None:
    queue = order_passages(packed(*(suggested("a1", p, "pay", 0.4) for p in range(2000))), order="random", seed=1)
    worth = np.sort([passage.worth for passage in queue])
    assert np.abs(worth - np.linspace(0, 1, 2000)).max() < 0.04  # Kolmogorov-Smirnov: 0.03 in 95 of 100
    early = np.array([position for _, position in places(queue)[:1000]])
    assert 900 < early.mean() < 1100


# --- all ---------------------------------------------------------------------------------------


@given(rows=ROWS)
@pytest.mark.parametrize("order", ["uncertain", "impact", "random"])
def test_every_open_sentence_stands_in_the_queue_once(order: str, rows: list[Row]) -> None:
    queue = order_passages(packed(*rows), order=order)
    assert sorted(places(queue)) == sorted({(row["document_id"], row["position"]) for row in rows})
    worth = [passage.worth for passage in queue]
    assert worth == sorted(worth, reverse=True)
    assert sum(len(passage.codes) for passage in queue) == len(rows)


def test_settled_by_others_does_not_come_up() -> None:
    found = packed(
        suggested("a1", 0, "pay", 0.5, outcome="accepted"),
        suggested("a1", 1, "pay", 0.5, outcome="rejected"),
        suggested("a1", 2, "pay", 0.5),
        suggested("a1", 2, "silos", 0.6, outcome="accepted"),
    )
    (passage,) = order_passages(found, order="uncertain")
    assert (passage.place.position, passage.codes) == (2, ("pay",))


def test_a_queue_is_a_sequence() -> None:
    queue = order_passages(packed(*(suggested("a1", p, "pay", 0.4) for p in range(5))), order="uncertain")
    assert len(queue) == 5
    assert queue[1:3] == list(queue)[1:3]
    assert queue[-1].place == Place("a1", 4)
    with pytest.raises(IndexError):
        queue[5]


def test_a_part_of_a_queue_keeps_its_order() -> None:
    found = packed(
        suggested("a1", 0, "pay", 0.9),
        suggested("a1", 1, "silos", 0.5),
        suggested("a1", 2, "pay", 0.6),
        suggested("b1", 0, "pay", 0.5),
        suggested("a1", 3, "pay", 0.5, is_mine=1),
        suggested("a1", 3, "silos", 0.9),
    )
    queue = order_passages(found, order="uncertain")
    assert places(queue.within(["a1"])) == [("a1", 1), ("a1", 2), ("a1", 0), ("a1", 3)]
    # On a1, 3 pay is decided: there only silos is still asked for.
    assert places(queue.within(["a1", "b1"], ["pay"])) == [("b1", 0), ("a1", 2), ("a1", 0)]
    assert len(queue) == 5


def test_unknown_orders_are_named() -> None:
    with pytest.raises(ValueError, match="uncertain, conflict, impact, stale, random"):
        order_passages(packed(), order="audit")


# --- progress ----------------------------------------------------------------------------------


def four() -> Suggestions:
    """Counted: 0.9, 0.8 and one that people accepted; waiting: 0.5; 3.2 expected, 2.7 of 3 counted right."""
    return packed(
        suggested("a1", 0, "pay", 0.9),
        suggested("a1", 1, "pay", 0.8),
        suggested("a2", 0, "pay", 0.3, outcome="accepted", is_mine=1),
        suggested("a2", 1, "pay", 0.5),
        suggested("a2", 2, "pay", 0.6, outcome="rejected"),
    )


def test_progress_by_hand() -> None:
    found = four()
    queue = order_passages(found, order="uncertain")
    assert places(queue) == [("a2", 1), ("a1", 1), ("a1", 0)]
    # Precision 2.7 / 3 = 0.9; after one decision 3.2 / 3.5 = 0.914; after two 3.2 / 3.3 = 0.970; then 3.2 / 3.2.
    # Recall 2.7 / 3.2 = 0.844; after the first decision all that is expected counts.
    done = progress(found, queue)
    assert (done.decided, done.left, done.target) == (1, 3, 0.9)
    assert done.precision == pytest.approx(0.9)
    assert done.recall == pytest.approx(2.7 / 3.2)
    assert (done.to_precision, done.to_recall) == (0, 1)
    assert [progress(found, queue, target=t).to_precision for t in (0.91, 0.95, 0.98, 1.0)] == [1, 2, 3, 3]


def test_progress_of_a_part_of_the_queue() -> None:
    found = four()
    part = order_passages(found, order="uncertain")[1:]
    done = progress(found, part, target=0.95)
    assert (done.left, done.to_recall) == (2, None)
    assert done.recall == pytest.approx(2.7 / 3.2)
    # 2.7 / 2.8 after the first of the two.
    assert done.to_precision == 1


def test_progress_where_nothing_counts() -> None:
    found = packed(suggested("a1", 0, "pay", 0.2))
    done = progress(found, order_passages(found, order="uncertain"))
    assert (done.precision, done.recall, done.to_precision, done.to_recall) == (None, 0.0, 1, 1)
    nothing = progress(packed(), [])
    assert (nothing.precision, nothing.recall, nothing.to_precision, nothing.to_recall) == (None, None, None, None)


@given(rows=ROWS)
def test_all_decided_is_all_right(rows: list[Row]) -> None:
    found = packed(*rows)
    done = progress(found, order_passages(found, order="impact"), target=1.0)
    for steps in (done.to_precision, done.to_recall):
        assert (steps is None) == (not (found.chance > 0).any() and not found.counts.any())


def test_progress_is_the_mean_over_all_that_may_come_true() -> None:
    """Ratios of expectations, by counting: every open code true or not, each outcome weighed by its probability."""
    found = four()
    queue = order_passages(found, order="uncertain")
    p = {("a1", 0): 0.9, ("a1", 1): 0.8, ("a2", 1): 0.5}
    for decided in range(4):
        first = set(places(queue)[:decided])
        right = counted = 0.0
        for truth in range(8):
            applies = {place: bool(truth >> n & 1) for n, place in enumerate(p)}
            weight = math.prod(p[place] if yes else 1 - p[place] for place, yes in applies.items())
            given_ = {place: applies[place] if place in first else p[place] >= 0.7 for place in p}
            right += weight * (1 + sum(given_[place] and applies[place] for place in p))
            counted += weight * (1 + sum(given_.values()))
        steps = progress(found, queue, target=right / counted).to_precision
        assert steps == decided


@pytest.mark.parametrize("target", [0.0, 1.1])
def test_targets_out_of_range_are_refused(target: float) -> None:
    with pytest.raises(ValueError, match="target"):
        progress(packed(), [], target=target)


def test_random_does_not_use_the_probability() -> None:
    sure, unsure = (packed(*(suggested("a1", n, "pay", p) for n in range(9))) for p in (0.9, 0.5))
    assert places(order_passages(sure, order="random")) == places(order_passages(unsure, order="random"))
