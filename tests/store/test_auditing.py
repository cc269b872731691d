from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualcode.errors import StoreError
from qualcode.review import Decision, Place
from qualcode.store import AuditDraw, Store

from .builders import LATER, RUN, codebook, coding, dump, query, tagged, two_documents

ONE, TWO = "crete/one.txt", "ghent/two.txt"
DRAWN = [AuditDraw(ONE, 1, "coded", 0.5), AuditDraw(ONE, 5, "coded", 0.5), AuditDraw(TWO, 1, "none", 0.125)]
NOON, EVENING = "2026-03-03T12:00:00+00:00", "2026-03-03T20:00:00+00:00"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A sample of three segments: with money and price, with money, and with no code."""
    with Store(tmp_path / "study.db", create=True) as store:
        store.save_run(RUN, codebook(), two_documents())
        assert store.save_audit_sample(1, DRAWN) == 3
        yield store


def audited(store: Store) -> dict[tuple[int, str], tuple[list[str], list[str]]]:
    """Codes of the machine and of the person by position and stratum."""
    rows = store.audit_rows()
    return {(r["position"], r["stratum"]): (json.loads(r["machine"]), json.loads(r["person"])) for r in rows}


def verdicts(store: Store) -> list[tuple[Any, ...]]:
    return query(
        store.path,
        "SELECT segment_id, code_id, decision, kind FROM verdicts JOIN actions USING (action_id) "
        "ORDER BY clock, segment_id, code_id",
    )


def test_nobody_has_looked_at_a_new_sample(store: Store) -> None:
    assert store.audit_rows() == []
    assert query(store.path, "SELECT stratum, chance FROM audits ORDER BY segment_id") == [
        ("coded", 0.5),
        ("coded", 0.5),
        ("none", 0.125),
    ]
    assert [(row["position"], row["is_done"]) for row in store.verdicts.audit_waiting("Anna")] == [
        (1, 0),
        (5, 0),
        (1, 0),
    ]


def test_what_a_person_found_stands_beside_what_the_machine_counts(store: Store) -> None:
    found = {(ONE, 1): {"price", "travel"}, (TWO, 1): set[str]()}
    assert store.save_audit_verdicts("Anna", found, decided_utc=NOON) == 2
    one, two = (row["document_id"] for row in store.document_rows())
    assert store.audit_rows() == [
        {
            "document_id": one,
            "segment_id": 2,
            "position": 1,
            "words": 4,
            "stratum": "coded",
            "chance": 0.5,
            "coder": "Anna",
            "machine": '["money","price"]',
            "person": '["price","travel"]',
        },
        {
            "document_id": two,
            "segment_id": 8,
            "position": 1,
            "words": 4,
            "stratum": "none",
            "chance": 0.125,
            "coder": "Anna",
            "machine": "[]",
            "person": "[]",
        },
    ]
    assert verdicts(store) == [
        (2, "money", "reject", "audit"),
        (2, "price", "accept", "audit"),
        (2, "travel", "add", "audit"),
    ]
    assert query(store.path, "SELECT name, kind FROM coders WHERE kind = 'human'") == [("Anna", "human")]


def test_the_same_again_writes_nothing(store: Store) -> None:
    found = {(ONE, 1): {"price", "travel"}, (TWO, 1): set[str]()}
    store.save_audit_verdicts("Anna", found, decided_utc=NOON)
    content = store.path.read_bytes()
    assert store.save_audit_verdicts("Anna", found, decided_utc=EVENING) == 0
    assert store.save_audit_verdicts("Anna", {}) == 0
    assert store.save_audit_sample(1, DRAWN) == 0
    assert store.path.read_bytes() == content


def test_a_second_thought_is_a_further_verdict_and_counts(store: Store) -> None:
    store.save_audit_verdicts("Anna", {(ONE, 1): {"price", "travel"}}, decided_utc=NOON)
    assert store.save_audit_verdicts("Anna", {(ONE, 1): {"money", "price"}}, decided_utc=EVENING) == 1
    assert verdicts(store)[3:] == [(2, "money", "accept", "audit"), (2, "travel", "reject", "audit")]
    assert audited(store) == {(1, "coded"): (["money", "price"], ["money", "price"])}
    assert store.verdicts.actions()[0]["made_utc"] == EVENING


def test_the_person_who_looked_last_decides_and_the_others_verdicts_stay(store: Store) -> None:
    store.save_audit_verdicts("Anna", {(ONE, 5): {"money"}})
    store.save_audit_verdicts("Ben", {(ONE, 5): set()})
    assert [(row["coder"], row["person"]) for row in store.audit_rows()] == [("Ben", "[]")]
    assert verdicts(store) == [(6, "money", "accept", "audit"), (6, "money", "reject", "audit")]


def test_other_verdicts_of_the_person_count_too_when_they_are_newer(store: Store) -> None:
    store.save_audit_verdicts("Anna", {(ONE, 5): {"money"}})
    place = Place(store.document_rows()[0]["document_id"], 5)
    store.verdicts.decide("Anna", [Decision(place, "money", "unsure")])
    assert audited(store) == {(5, "coded"): (["money"], [])}
    store.save_audit_verdicts("Anna", {(ONE, 5): {"money"}})
    assert audited(store) == {(5, "coded"): (["money"], ["money"])}


def test_codings_of_a_later_pass_of_the_run_are_the_machines(store: Store) -> None:
    store.save_audit_verdicts("Anna", {(ONE, 1): {"price"}})
    store.save_run(LATER, codebook(), [tagged(ONE, [coding(1, "travel"), coding(1, "money", 0.3, "pending")])])
    assert audited(store) == {(1, "coded"): (["travel"], ["price"])}


def test_audit_of_another_run_or_an_older_text_does_not_count(store: Store) -> None:
    store.save_audit_verdicts("Anna", {(ONE, 1): {"price"}, (TWO, 1): set()})
    store.save_run(replace(RUN, seed=8), codebook(), [two_documents()[0]])
    assert [row["stratum"] for row in store.audit_rows()] == ["none"]
    with pytest.raises(StoreError, match=r"crete/one\.txt, sentence 1 is not in the audit sample"):
        store.save_audit_verdicts("Anna", {(ONE, 1): set()})
    store.save_run(RUN, codebook(), [tagged(TWO, talk=[("R", "respondent", ["New words."])])])
    assert store.audit_rows() == []


def test_drawn_again_takes_the_new_chance_and_keeps_what_was_found(store: Store) -> None:
    store.save_audit_verdicts("Anna", {(ONE, 1): {"price"}})
    again = [AuditDraw(ONE, 1, "coded", 0.75), AuditDraw(ONE, 2, "coded", 0.75), DRAWN[2]]
    assert store.save_audit_sample(1, again) == 2
    assert [(row["chance"], row["person"]) for row in store.audit_rows()] == [(0.75, '["price"]')]


@pytest.mark.parametrize(
    ("draw", "run", "message"),
    [
        (AuditDraw(ONE, 0, "all", 0.5), 1, r"crete/one\.txt, sentence 0: no sentence of a respondent that run 1"),
        (AuditDraw(ONE, 99, "all", 0.5), 1, "sentence 99"),
        (AuditDraw("none.txt", 1, "all", 0.5), 1, r"none\.txt"),
        (AuditDraw(ONE, 2, "all", 0.5), 7, "run 7 has read"),
    ],
)
def test_a_sample_of_what_the_run_has_not_read_is_refused_whole(
    store: Store, draw: AuditDraw, run: int, message: str
) -> None:
    before = store.path.read_bytes()
    with pytest.raises(StoreError, match=message):
        store.save_audit_sample(run, [AuditDraw(TWO, 2, "all", 0.5), draw] if run == 1 else [draw])
    assert store.path.read_bytes() == before


@pytest.mark.parametrize("chance", [0.0, -0.1, 1.01, float("nan")])
def test_a_chance_out_of_range_is_refused(store: Store, chance: float) -> None:
    before = store.path.read_bytes()
    with pytest.raises(ValueError, match="`chance` of `AuditDraw`"):
        store.save_audit_sample(1, [AuditDraw(TWO, 2, "all", chance)])
    assert store.path.read_bytes() == before


@pytest.mark.parametrize(
    ("place", "codes", "message"),
    [
        ((ONE, 2), ["money"], r"crete/one\.txt, sentence 2 is not in the audit sample of the current run"),
        (("none.txt", 1), [], r"none\.txt, sentence 1 is not in"),
        ((ONE, 5), ["mony"], r'crete/one\.txt, sentence 5: there is no code "mony".*Did you mean "money"'),
    ],
)
def test_verdicts_that_fit_nothing_are_refused_whole(
    store: Store, place: tuple[str, int], codes: list[str], message: str
) -> None:
    before = store.path.read_bytes()
    with pytest.raises(StoreError, match=message):
        store.save_audit_verdicts("Anna", {(ONE, 1): {"price"}, place: codes})
    assert store.path.read_bytes() == before


def test_a_person_has_a_name(store: Store) -> None:
    with pytest.raises(ValueError, match="`coder_name`"):
        store.save_audit_verdicts("  ", {(ONE, 1): set()})


CODES = ["money", "price", "travel"]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    thoughts=st.lists(
        st.tuples(
            st.sampled_from(["Anna", "Ben"]),
            st.dictionaries(st.sampled_from([(ONE, 1), (ONE, 5), (TWO, 1)]), st.sets(st.sampled_from(CODES))),
        ),
        max_size=6,
    )
)
def test_whatever_was_thought_before_the_last_thought_of_a_segment_counts(
    tmp_path_factory: pytest.TempPathFactory, thoughts: list[tuple[str, dict[tuple[str, int], set[str]]]]
) -> None:
    path = tmp_path_factory.mktemp("audit") / "study.db"
    last: dict[tuple[str, int], tuple[str, list[str]]] = {}
    said: dict[tuple[str, tuple[str, int]], set[str]] = {}
    with Store(path, create=True) as store:
        store.save_run(RUN, codebook(), two_documents())
        store.save_audit_sample(1, DRAWN)
        for coder, found in thoughts:
            store.save_audit_verdicts(coder, found)
            # Who says the same again says nothing new.
            news = {place: codes for place, codes in found.items() if said.get((coder, place)) != codes}
            said |= {(coder, place): codes for place, codes in news.items()}
            last |= {place: (coder, sorted(codes)) for place, codes in news.items()}
            before = dump(path)
            assert store.save_audit_verdicts(coder, found) == 0
            assert dump(path) == before
        names = {row["document_id"]: row["name"] for row in store.document_rows()}
        rows = store.audit_rows()
    assert {
        (names[row["document_id"]], row["position"]): (row["coder"], sorted(json.loads(row["person"]))) for row in rows
    } == last
