from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.aggregate.sampling import LEAST, allocate, draw_sample
from qualcode.errors import AggregateError


def sentences(sizes: Mapping[str, int], machine: str = "m1") -> list[dict[str, Any]]:
    """So many sentences of each "Region_predicted", dealt to three documents a region."""
    rows = []
    for name, size in sizes.items():
        region, predicted = name.split("_")
        for i in range(size):
            place = {"document_id": f"{region}{i % 3}", "position": (i, predicted)}
            rows.append({**place, "region": region, "predicted": predicted, "machine": machine})
    return rows


MIXED = {"A_counts": 40, "A_waits": 20, "A_nothing": 140, "B_counts": 10, "B_waits": 1, "B_nothing": 89}


def chosen(rows: list[dict[str, Any]], n: int, *, seed: int = 1) -> set[tuple[str, Any]]:
    return {(rows[i]["document_id"], rows[i]["position"]) for i, _ in draw_sample(rows, n, seed=seed).drawn}


def test_each_stratum_gives_its_share_with_a_known_chance() -> None:
    sample = draw_sample(sentences(MIXED), 60, seed=1)
    assert [(s.region, s.predicted, s.size) for s in sample.strata] == [
        ("A", "counts", 40), ("A", "waits", 20), ("A", "nothing", 140),
        ("B", "counts", 10), ("B", "waits", 1), ("B", "nothing", 89),
    ]  # fmt: skip
    assert sum(s.drawn for s in sample.strata) == len(sample.drawn) == 60
    assert all(min(LEAST, s.size) <= s.drawn <= s.size for s in sample.strata)
    taken = Counter(stratum for _, stratum in sample.drawn)
    assert all(taken[stratum] == stratum.drawn for stratum in sample.strata)
    single = sample.strata[4]
    assert (single.name, single.drawn, single.chance) == ("B: waits", 1, 1.0)


def test_the_order_of_the_rows_does_not_matter_and_the_seed_does() -> None:
    rows = sentences(MIXED)
    assert chosen(rows, 60) == chosen(rows[::-1], 60)
    assert chosen(rows, 60) != chosen(rows, 60, seed=2)


def test_another_machine_is_audited_with_other_sentences() -> None:
    """A model may have learned from what was judged: its own errors there say nothing of those elsewhere."""
    assert chosen(sentences(MIXED), 60) != chosen(sentences(MIXED, "m2"), 60)


def test_a_larger_sample_holds_the_smaller_one() -> None:
    rows = sentences(MIXED)
    before: set[tuple[str, Any]] = set()
    for n in (11, 12, 30, 31, 100, 299, 300):
        now = chosen(rows, n)
        assert before <= now
        assert len(now) == n
        before = now
    assert chosen(rows, 5000) == before  # there are 300


def test_new_documents_leave_it_a_random_sample_of_all() -> None:
    """What it was before does not matter: the same sample as if all had been there from the start."""
    old = sentences(MIXED)
    new = [{**row, "document_id": f"new{row['document_id']}"} for row in sentences({"A_counts": 40, "A_nothing": 30})]
    assert chosen([*old, *new], 90) == chosen([*new, *old], 90)


def test_every_sentence_of_a_stratum_has_the_chance_it_is_said_to_have() -> None:
    """Over many seeds each is drawn as often as `chance` says, also in a sample that was extended."""
    rows = sentences({"A_counts": 6, "A_nothing": 12})
    draws = 1500
    for n in (6, 9):
        hits: Counter[int] = Counter()
        for seed in range(draws):
            sample = draw_sample(rows, n, seed=seed)
            hits.update(i for i, _ in sample.drawn)
        for stratum in sample.strata:
            members = [i for i, row in enumerate(rows) if row["predicted"] == stratum.predicted]
            shares = np.array([hits[i] for i in members]) / draws
            assert np.abs(shares - stratum.chance).max() < 4 * 0.5 / draws**0.5


def test_a_sample_too_small_for_its_strata_is_refused_with_the_least() -> None:
    with pytest.raises(AggregateError, match="Draw at least 11"):
        draw_sample(sentences(MIXED), 10, seed=1)


def test_regions_are_drawn_half_way_between_alike_and_in_proportion() -> None:
    # 400 and 100 sentences of one kind: square roots 20 and 10, so two thirds and one third of 60.
    small_and_large = draw_sample(sentences({"A_nothing": 400, "B_nothing": 100}), 60, seed=1).strata
    assert [s.drawn for s in small_and_large] == [40, 20]


def test_sentences_where_errors_are_frequent_are_drawn_more_often() -> None:
    # Square roots of the expected errors 0.10, 0.47, 0.06: 0.316, 0.686, 0.245 of 1.247.
    of_one = draw_sample(sentences({"A_counts": 500, "A_waits": 500, "A_nothing": 500}), 200, seed=1).strata
    assert [s.drawn for s in of_one] == [51, 110, 39]


@given(st.lists(st.tuples(st.integers(1, 40), st.floats(0.01, 100)), min_size=1, max_size=8), st.integers(0, 300))
def test_allocation_is_whole_and_monotone(strata: list[tuple[int, float]], more: int) -> None:
    sizes, weights = [size for size, _ in strata], [weight for _, weight in strata]
    n = sum(min(LEAST, size) for size in sizes) + more
    drawn, next_ = allocate(sizes, weights, n), allocate(sizes, weights, n + 1)
    assert sum(drawn) == min(n, sum(sizes))
    assert all(min(LEAST, size) <= one <= size for one, size in zip(drawn, sizes, strict=True))
    assert all(one <= then for one, then in zip(drawn, next_, strict=True))
