"""Actions that go from store to store: whole, once, and with the same end in whatever order."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.review import Decision, DecisionKind, Place
from qualcode.store import Memo, Store, coder_id

from .builders import CRETE, LATER, RUN, TALK, codebook, coding, dump, query, tagged, two_documents

NOON = "2026-03-03T12:00:00+00:00"
LATE = "2026-03-03T18:00:00+00:00"
ONE, TWO = (item.transcript.document_id for item in two_documents())
BOOKS = {codebook().hash: codebook()}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two documents on which nobody has decided anything; only to be copied."""
    path = tmp_path_factory.mktemp("empty") / "store.db"
    with Store(path, create=True) as store:
        store.save_run(RUN, codebook(), two_documents())
    return path


@pytest.fixture
def path(empty: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(empty, tmp_path / "a.db"))


@pytest.fixture
def copy(path: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(path, tmp_path / "b.db"))


def send(source: Path, target: Path) -> Any:
    with Store(source, read_only=True) as store:
        actions = store.verdicts.export_actions()
    with Store(target) as store:
        return store.verdicts.import_actions(actions, BOOKS)


def said(position: int, code: str, decision: DecisionKind = "accept", document: str = ONE) -> Decision:
    return Decision(Place(document, position), code, decision)


# --- what is exported --------------------------------------------------------------------------


def test_an_action_is_written_in_words_that_every_store_knows(path: Path) -> None:
    with Store(path) as store:
        looked = [Place(ONE, 2)]
        first = store.verdicts.decide(
            "Ann", [said(2, "price"), said(1, "money")], looked=looked, is_blind=True, made_utc=NOON
        )
        second = store.verdicts.note("Ann", Memo("Really?", Place(ONE, 2), "price"), made_utc=NOON)
        store.verdicts.note("Ann", Memo("Broad.", code="money"), made_utc=NOON)
        assert second
        store.verdicts.undo(second, undone_utc=LATE)
        decided, noted, on_code = store.verdicts.export_actions()
    book = codebook().hash
    place = {"document_id": ONE, "document": "crete/one.txt", "codebook_id": book}
    assert decided == {
        "action_id": first,
        "coder": "Ann",
        "kind": "decide",
        "clock": 1,
        "made_utc": NOON,
        "undone_utc": None,
        "verdicts": [
            {**place, "position": 1, "code_id": "money", "decision": "accept"},
            {**place, "position": 2, "code_id": "price", "decision": "accept"},
        ],
        "looks": [{**place, "position": 2, "is_blind": True}],
        "memo": None,
    }
    assert noted["memo"] == {**place, "position": 2, "code_id": "price", "text": "Really?"}
    assert (noted["clock"], noted["undone_utc"], noted["verdicts"], noted["looks"]) == (2, LATE, [], [])
    nowhere = {"document_id": None, "document": None, "position": None}
    assert on_code["memo"] == {**nowhere, "codebook_id": book, "code_id": "money", "text": "Broad."}


def test_a_store_without_actions_exports_none(path: Path) -> None:
    with Store(path, read_only=True) as store:
        assert store.verdicts.export_actions() == []


# --- what is taken in --------------------------------------------------------------------------


def test_what_is_taken_in_is_what_was_sent(path: Path, copy: Path) -> None:
    with Store(path) as store:
        store.verdicts.decide("Ann", [said(1, "money", "reject")], looked=[Place(TWO, 3)])
        store.verdicts.note("Ann", Memo("Hm.", Place(ONE, 1)))
        store.verdicts.decide("Ben", [said(1, "money")])
        store.verdicts.undo(store.verdicts.export_actions()[-1]["action_id"])
    received = send(path, copy)
    assert (len(received.new), received.known, received.undone, received.waiting) == (3, (), (), {})
    assert sorted(dump(copy)) == sorted(dump(path))


def test_a_second_time_changes_not_a_byte(path: Path, copy: Path) -> None:
    with Store(path) as store:
        action = store.verdicts.decide("Ann", [said(1, "money")], looked=[Place(ONE, 1)])
    send(path, copy)
    before = copy.read_bytes()
    received = send(path, copy)
    assert (received.new, received.known) == ((), (action,))
    assert copy.read_bytes() == before


def test_decisions_hold_in_the_other_store_too(path: Path, copy: Path) -> None:
    with Store(path) as store:
        store.verdicts.decide("Ann", [said(1, "money", "reject"), said(3, "travel")])
    send(path, copy)
    assert query(copy, "SELECT code_id, outcome FROM decisions ORDER BY 1") == [
        ("money", "rejected"),
        ("travel", "accepted"),
    ]


def test_what_was_taken_back_in_one_store_is_taken_back_in_both(path: Path, copy: Path) -> None:
    with Store(path) as store:
        action = store.verdicts.decide("Ann", [said(1, "money", "reject")])
        assert action
    send(path, copy)
    with Store(path) as store:
        store.verdicts.undo(action, undone_utc=LATE)
    received = send(path, copy)
    assert (received.known, received.undone) == ((action,), (action,))
    assert query(copy, "SELECT count(*) FROM decisions") == [(0,)]
    assert send(copy, path).undone == ()


def test_of_two_times_of_taking_back_the_earlier_stays(path: Path, copy: Path) -> None:
    with Store(path) as store:
        action = store.verdicts.decide("Ann", [said(1, "money")])
        assert action
    send(path, copy)
    for where, time in ((path, LATE), (copy, NOON)):
        with Store(where) as store:
            store.verdicts.undo(action, undone_utc=time)
    assert send(path, copy).undone == ()
    assert send(copy, path).undone == ()
    for where in (path, copy):
        assert query(where, "SELECT undone_utc FROM actions") == [(NOON,)]


def test_an_action_on_a_document_that_is_not_here_waits_whole(path: Path, tmp_path: Path) -> None:
    small = tmp_path / "small.db"
    with Store(small, create=True) as store:
        store.save_run(RUN, codebook(), two_documents()[:1])
    with Store(path) as store:
        both = store.verdicts.decide("Ann", [said(1, "money"), said(3, "travel", document=TWO)], kind="bulk")
        one = store.verdicts.decide("Ann", [said(2, "price", "reject")])
    received = send(path, small)
    assert (received.new, received.waiting) == ((one,), {both: (TWO,)})
    assert query(small, "SELECT code_id FROM verdicts") == [("price",)]
    with Store(small) as store:
        store.save_run(RUN, codebook(), two_documents())
    received = send(path, small)
    assert (received.new, received.known, received.waiting) == ((both,), (one,), {})


def test_an_action_on_a_sentence_of_an_interviewer_waits(path: Path, copy: Path) -> None:
    with Store(path) as store:
        store.verdicts.decide("Ann", [said(1, "money")])
        (action,) = store.verdicts.export_actions()
    changed = {**action, "verdicts": [{**action["verdicts"][0], "position": 0}]}
    before = copy.read_bytes()
    with Store(copy) as store:
        assert store.verdicts.import_actions([changed], BOOKS).waiting == {action["action_id"]: (ONE,)}
    assert copy.read_bytes() == before


def test_decisions_on_an_older_version_of_a_document_are_kept(path: Path, copy: Path) -> None:
    with Store(path) as store:
        action = store.verdicts.decide("Ann", [said(1, "money", "reject")])
    with Store(copy) as store:
        longer = [*TALK, ("R1", "respondent", ["One more thing."])]
        store.save_run(LATER, codebook(), [tagged("crete/one.txt", (coding(1, "money"),), talk=longer)])
    assert send(path, copy).new == (action,)
    assert query(copy, "SELECT document_id FROM verdicts JOIN segments USING (segment_id)") == [(ONE,)]


def test_a_codebook_that_the_store_does_not_hold_comes_along(path: Path, copy: Path) -> None:
    newer = codebook("2.0.0")
    with Store(path) as store:
        store.save_run(LATER, newer, two_documents())
        store.verdicts.decide("Ann", [said(1, "money", "reject")])
        actions = store.verdicts.export_actions()
    with Store(copy) as store:
        store.verdicts.import_actions(actions, {newer.hash: newer})
        assert store.codebook(newer.hash) == newer
        assert store.codebook() == codebook()  # that of the runs, as before
        assert store.verdicts.opinions()[0]["codebook_version"] == "2.0.0"
    assert query(copy, "SELECT outcome FROM decisions") == [("rejected",)]


def test_a_person_is_the_same_on_every_machine(path: Path, copy: Path) -> None:
    with Store(path) as store:
        store.verdicts.decide("Zoë", [said(1, "money")])
    send(path, copy)
    assert query(copy, "SELECT coder_id, name FROM coders WHERE kind = 'human'") == [(coder_id("human", "Zoë"), "Zoë")]


# --- in whatever order -------------------------------------------------------------------------

PEOPLE = ("Ann", "Ben")
PLACES = (Place(ONE, 1), Place(ONE, 3), Place(TWO, 3))
CODES = ("money", "price", "travel")
DECISIONS: tuple[DecisionKind, ...] = ("accept", "reject", "unsure")
TIMES = (NOON, "2026-03-03T12:00:01+00:00")

stores = st.integers(0, 2)
decide = st.tuples(
    st.just("decide"), stores, st.sampled_from(PEOPLE), st.sampled_from(PLACES), st.sampled_from(CODES),
    st.sampled_from(DECISIONS), st.booleans(), st.sampled_from(["decide", "adjudicate"]), st.sampled_from(TIMES),
)  # fmt: skip
note = st.tuples(
    st.just("note"), stores, st.sampled_from(PEOPLE), st.sampled_from(PLACES), st.sampled_from(["", "a", "b"])
)
undo = st.tuples(st.just("undo"), stores, st.integers(0, 5), st.sampled_from(TIMES))
exchange = st.tuples(st.just("send"), stores, stores)


@settings(max_examples=30, deadline=None)
@given(steps=st.lists(st.one_of(decide, decide, note, undo, exchange), max_size=14))
def test_stores_say_the_same_after_all_was_sent_everywhere(
    empty: Path, steps: Sequence[tuple[Any, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("stores")
    paths = [Path(shutil.copy(empty, folder / f"{number}.db")) for number in range(3)]
    for kind, where, *rest in steps:
        take(kind, paths, where, rest)
    for source in paths:
        for target in paths:
            send(source, target)
    send(paths[2], paths[0])
    send(paths[2], paths[1])
    told = [sorted(dump(path)) for path in paths]
    assert told[0] == told[1] == told[2]
    for path in paths:
        kept = "SELECT segment_id, codebook, code_id, outcome FROM"
        assert query(path, f"{kept} decisions ORDER BY 1, 2, 3") == query(path, f"{kept} outcomes ORDER BY 1, 2, 3")


def take(kind: str, paths: Sequence[Path], where: int, rest: Sequence[Any]) -> None:
    if kind == "send":
        send(paths[where], paths[rest[0]])
        return
    with Store(paths[where]) as store:
        if kind == "decide":
            person, place, code, decision, is_looked, how, time = rest
            looked = [place] if is_looked and how == "decide" else []
            store.verdicts.decide(person, [Decision(place, code, decision)], looked=looked, kind=how, made_utc=time)
        elif kind == "note":
            person, place, text = rest
            store.verdicts.note(person, Memo(text, place), made_utc=NOON)
        else:
            standing = store.verdicts.actions(limit=-1)
            if standing:
                store.verdicts.undo(standing[rest[0] % len(standing)]["action_id"], undone_utc=rest[1])


def test_attributes_of_documents_do_not_matter(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with Store(other, create=True) as store:
        items = [tagged("crete/one.txt", attributes=replace(CRETE, region="Elsewhere"))]
        store.save_run(RUN, codebook(), items)
    with Store(path) as store:
        action = store.verdicts.decide("Ann", [said(1, "money")])
    assert send(path, other).new == (action,)
