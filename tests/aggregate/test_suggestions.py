from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.aggregate import Suggestions, pack_suggestions
from qualcode.errors import AggregateError
from qualcode.review import Place

from .mini_study import Row, documents, small_codebook


def suggested(document_id: str, position: int, code: str, probability: float | None, **given: Any) -> Row:
    """A row as the store gives it: counts from 0.7, nobody has decided."""
    outcome = "auto" if probability is not None and probability >= 0.7 else "pending"
    row: Row = {"document_id": document_id, "region": None, "position": position, "words": 10, "code": code}
    row |= {"probability": probability, "machine_status": outcome, "outcome": outcome, "evidence": "[]"}
    return row | {"is_mine": 0, "is_done": 0, "is_stale": 0} | given


def packed(*rows: Row) -> Suggestions:
    return pack_suggestions(rows, documents(), small_codebook())


def told(found: Suggestions) -> list[tuple[str, int, str]]:
    return [
        (found.document_ids[d], int(p), found.codes[c])
        for d, p, c in zip(found.document, found.position, found.code, strict=True)
    ]


def test_rows_are_sorted_by_document_position_and_code_number() -> None:
    found = packed(
        suggested("b1", 3, "silos", 0.4),
        suggested("a1", 9, "pay", 0.9),
        suggested("a1", 9, "consent", 0.2),
        suggested("a1", 2, "pay", None),
    )
    assert told(found) == [("a1", 2, "pay"), ("a1", 9, "consent"), ("a1", 9, "pay"), ("b1", 3, "silos")]
    assert found.starts.tolist() == [0, 1, 3]
    assert found.sentence.tolist() == [0, 1, 1, 2]
    assert found.place(1) == Place("a1", 9)
    assert found.rows_of(1).tolist() == [1, 2]
    assert found.numbers([Place("b1", 3), Place("a1", 2)]).tolist() == [2, 0]


def test_regions_hold_all_documents() -> None:
    found = pack_suggestions([], [*documents(), {"document_id": "x", "region": None, "words": 40}], small_codebook())
    assert found.regions == ("(missing)", "Alpha", "Beta", "Gamma")
    assert found.region_documents.tolist() == [1, 4, 3, 2]
    assert found.region_words.tolist() == [40, 500, 600, 200]
    assert not len(found.starts)


def test_chance_is_what_people_say_before_what_the_machine_says() -> None:
    found = packed(
        suggested("a1", 0, "pay", 0.3),
        suggested("a1", 1, "pay", 0.3, outcome="accepted"),
        suggested("a1", 2, "pay", 0.9, outcome="rejected"),
        suggested("a1", 3, "pay", None),
    )
    assert found.chance.tolist() == [0.3, 1.0, 0.0, 0.5]
    assert found.counts.tolist() == [False, True, False, False]
    assert found.is_open.tolist() == [True, False, False, True]


def test_what_this_person_has_dealt_with_is_not_open() -> None:
    found = packed(
        suggested("a1", 0, "pay", 0.9, is_mine=1),
        suggested("a1", 0, "silos", 0.9),
        suggested("a1", 1, "pay", 0.9, is_done=1),
    )
    assert found.is_open.tolist() == [True, False, False]


def test_cues_and_vetoes_are_read_from_the_evidence() -> None:
    cues = '[{"source": "cue", "detail": "a", "weight": 1.0}, {"source": "cue", "detail": "b", "weight": 0.5}]'
    found = packed(
        suggested("a1", 0, "pay", 0.9, evidence=cues),
        suggested("a1", 1, "pay", 0.9, evidence='[{"source": "veto", "detail": "negated", "weight": -1.0}]'),
        suggested("a1", 2, "pay", 0.9, evidence='[{"source": "word", "detail": "\\"cue\\"", "weight": 1.0}]'),
        suggested("a1", 3, "pay", 0.9, evidence=None),
    )
    assert found.cue_weight.tolist() == [1.5, 0.0, 0.0, 0.0]
    assert found.is_vetoed.tolist() == [False, True, False, False]


def test_evidence_may_be_left_out() -> None:
    row = suggested("a1", 0, "pay", 0.9)
    del row["evidence"]
    assert packed(row).evidence.tolist() == [None]


ROWS = st.lists(
    st.builds(
        suggested,
        st.sampled_from(["a1", "a2", "b1"]),
        st.integers(0, 3),
        st.sampled_from(["silos", "consent", "pay"]),
        st.none() | st.floats(0, 1),
    ),
    max_size=12,
    unique_by=lambda row: (row["document_id"], row["position"], row["code"]),
)


@given(before=ROWS, after=ROWS)
def test_replacing_documents_is_packing_anew(before: list[Row], after: list[Row]) -> None:
    changed = ["a1", "b1"]
    fresh = [row for row in after if row["document_id"] in changed]
    kept = [row for row in before if row["document_id"] not in changed]
    found, wanted = packed(*before).replace(fresh, changed), packed(*kept, *fresh)
    assert told(found) == told(wanted)
    np.testing.assert_array_equal(found.chance, wanted.chance)
    np.testing.assert_array_equal(found.starts, wanted.starts)


def test_replacing_refuses_rows_of_other_documents() -> None:
    with pytest.raises(AggregateError, match="a2 is not among"):
        packed().replace([suggested("a2", 0, "pay", 0.5)], ["a1"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"document_id": "zz"}, 'document "zz"'),
        ({"code": "zz"}, 'code "zz"'),
        ({"outcome": "zz"}, 'outcome "zz"'),
        ({"probability": 1.5}, "probability is 0-1 or missing. Found 1.5"),
        ({"probability": -0.5}, "Found -0.5"),
    ],
)
def test_wrong_values_are_named(change: Row, said: str) -> None:
    with pytest.raises(AggregateError, match=said):
        packed(suggested("a1", 0, "pay", 0.5) | change)


def test_a_lacking_column_and_a_double_are_named() -> None:
    row = suggested("a1", 4, "pay", 0.5)
    with pytest.raises(AggregateError, match="row 1 lacks words"):
        packed(row, {name: value for name, value in row.items() if name != "words"})
    with pytest.raises(AggregateError, match="two rows for a1, 4, pay"):
        packed(row, row)
