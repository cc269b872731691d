from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualcode.errors import StoreError
from qualcode.review import Decision, DecisionKind, Place
from qualcode.store import Filter, Memo, Store

from .builders import LATER, RUN, codebook, coding, dump, query, tagged, two_documents

ONE = "crete/one.txt"
NOON = "2026-03-03T12:00:00+00:00"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Six codings in one document: sentence 1 has money and price, 5 has money; travel waits on two others."""
    with Store(tmp_path / "study.db", create=True) as store:
        store.save_run(RUN, codebook(), two_documents())
        yield store


def at(store: Store, position: int, name: str = ONE) -> Place:
    return Place(next(r["document_id"] for r in store.document_rows() if r["name"] == name), position)


def decide(store: Store, coder: str, position: int, **codes: DecisionKind) -> str | None:
    place = at(store, position)
    return store.verdicts.decide(coder, [Decision(place, code, said) for code, said in codes.items()])


def outcome(store: Store, position: int, code: str, name: str = ONE) -> str | None:
    """What holds for a code of a sentence; None = nothing is said of it."""
    place = at(store, position, name)
    found = [
        row["outcome"]
        for row in store.verdicts.suggestions("Anna")
        if (row["document_id"], row["position"], row["code"]) == (place.document_id, place.position, code)
    ]
    return found[0] if found else None


# --- what a decision does ----------------------------------------------------------------------


def test_accepted_counts_rejected_does_not_and_added_does(store: Store) -> None:
    assert decide(store, "Anna", 1, money="accept", price="reject", travel="add") is not None
    assert [outcome(store, 1, code) for code in ("money", "price", "travel")] == ["accepted", "rejected", "accepted"]
    shown = {(row["code"], row["status"]): row for row in store.codings() if row["position"] == 1}
    assert set(shown) >= {("money", "accepted"), ("travel", "accepted")}
    assert not any(code == "price" for code, _ in shown)
    added = shown["travel", "accepted"]
    assert (added["coder"], added["coder_kind"], added["probability"], added["evidence"]) == (
        "people",
        "human",
        None,
        "[]",
    )
    assert json.loads(shown["money", "accepted"]["decided_by"]) == ["Anna"]
    assert shown["money", "accepted"]["coder"] == "hybrid.v1"


def test_tables_count_what_people_say(store: Store) -> None:
    before = {(r["code_id"], r["status"]): r["segments"] for r in store.code_counts(Filter(region="Crete"))}
    decide(store, "Anna", 1, price="reject", travel="add")
    after = {(r["code_id"], r["status"]): r["segments"] for r in store.code_counts(Filter(region="Crete"))}
    assert after["price", "auto"] == before["price", "auto"] - 1
    assert after["travel", "auto"] == before.get(("travel", "auto"), 0) + 1
    machine = store.code_counts(Filter(region="Crete"), machine_only=True)
    assert {(r["code_id"], r["status"]): r["segments"] for r in machine} == before
    categories = {(r["category_id"], r["status"]): r["segments"] for r in store.category_counts(Filter(region="Crete"))}
    assert categories["distance", "auto"] == after["travel", "auto"]
    counts = store.status_counts()
    assert (counts.accepted, counts.rejected) == (1, 1)
    assert ("travel", 1) in {(r["code_id"], r["position"]) for r in store.coded_sentences()}


@pytest.mark.parametrize(
    ("anna", "ben", "expected"),
    [
        ("accept", "accept", "accepted"),
        ("reject", "reject", "rejected"),
        ("accept", "reject", "pending"),
        ("reject", "accept", "pending"),
        ("unsure", "unsure", "pending"),
        ("unsure", "accept", "accepted"),
        ("reject", "unsure", "rejected"),
    ],
)
def test_what_two_people_say_together(store: Store, anna: DecisionKind, ben: DecisionKind, expected: str) -> None:
    decide(store, "Anna", 1, price=anna)
    decide(store, "Ben", 1, price=ben)
    assert outcome(store, 1, "price") == expected


def test_who_is_done_with_a_sentence_and_silent_on_a_code_says_no(store: Store) -> None:
    decide(store, "Anna", 1, travel="add")
    store.verdicts.decide("Ben", looked=[at(store, 1)], is_blind=True)
    assert outcome(store, 1, "travel") == "pending"
    decide(store, "Anna", 1, travel="reject")
    assert outcome(store, 1, "travel") == "rejected"


def test_a_machines_coding_on_a_sentence_somebody_is_done_with_waits(store: Store) -> None:
    store.verdicts.decide("Ben", looked=[at(store, 1)])
    assert outcome(store, 1, "price") == "pending"
    assert {r["status"] for r in store.codings() if r["position"] == 1 and r["code"] == "price"} == {"pending"}
    # Also one that a later pass brings.
    store.save_run(LATER, codebook(), [tagged(ONE, [coding(1, "travel")])])
    assert outcome(store, 1, "travel") == "pending"


def test_an_adjudication_holds_whatever_people_say_and_is_nobodys_own_word(store: Store) -> None:
    decide(store, "Anna", 1, price="accept")
    decide(store, "Ben", 1, price="reject")
    action = store.verdicts.decide("Anna", [Decision(at(store, 1), "price", "reject")], kind="adjudicate")
    assert outcome(store, 1, "price") == "rejected"
    decide(store, "Ben", 1, price="accept")
    assert outcome(store, 1, "price") == "rejected"
    said = {row["coder"]: json.loads(row["codes"]) for row in store.verdicts.judgements()}
    assert said == {"Anna": ["price"], "Ben": ["price"]}
    assert action is not None
    store.verdicts.undo(action)
    assert outcome(store, 1, "price") == "accepted"


def test_word_of_people_stands_when_the_machine_reads_again(store: Store) -> None:
    decide(store, "Anna", 1, price="reject", travel="add")
    store.save_run(LATER, codebook(), [tagged(ONE, [coding(1, "travel"), coding(1, "price")])])
    assert (outcome(store, 1, "price"), outcome(store, 1, "travel")) == ("rejected", "accepted")
    row = next(r for r in store.verdicts.suggestions("Anna") if r["code"] == "travel" and r["position"] == 1)
    assert (row["machine_status"], row["is_mine"]) == ("auto", 1)


def test_other_codebooks_of_the_same_name_share_decisions_and_others_do_not(store: Store) -> None:
    decide(store, "Anna", 1, price="reject")
    store.save_run(RUN, codebook("2.0.0"), two_documents())
    assert outcome(store, 1, "price") == "rejected"
    other = codebook(id="other")
    store.save_run(RUN, other, two_documents())
    assert outcome(store, 1, "price") == "auto"


def test_accept_and_add_say_the_same_and_the_store_knows_which_it_is(store: Store) -> None:
    decide(store, "Anna", 1, price="add", travel="accept")
    kept = query(store.path, "SELECT code_id, decision FROM verdicts ORDER BY code_id")
    assert kept == [("price", "accept"), ("travel", "add")]


# --- undo, order, repetition -------------------------------------------------------------------


def test_undo_takes_an_action_back_as_a_whole(store: Store) -> None:
    before = [dict(row) for row in store.codings()]
    first = decide(store, "Anna", 1, price="reject")
    second = store.verdicts.decide("Anna", [Decision(at(store, 5), "money", "reject")], looked=[at(store, 1)])
    assert first is not None
    assert second is not None
    assert store.verdicts.undo(second) == [at(store, 1), at(store, 5)]
    assert outcome(store, 5, "money") == "auto"
    assert outcome(store, 1, "price") == "rejected"
    store.verdicts.undo(first)
    assert store.codings() == before
    with pytest.raises(StoreError, match="still stands"):
        store.verdicts.undo(first)
    assert [row["undone_utc"] is None for row in store.verdicts.actions(standing=False)] == [False, False]
    assert store.verdicts.actions() == []


def test_undone_second_thought_leaves_the_first(store: Store) -> None:
    decide(store, "Anna", 1, price="accept")
    second = decide(store, "Anna", 1, price="reject")
    assert second is not None
    store.verdicts.undo(second)
    assert outcome(store, 1, "price") == "accepted"


def test_the_same_again_is_no_news(store: Store) -> None:
    decide(store, "Anna", 1, price="reject")
    content = store.path.read_bytes()
    assert decide(store, "Anna", 1, price="reject") is None
    assert store.verdicts.decide("Anna") is None
    assert store.path.read_bytes() == content


def test_what_is_done_later_counts_even_when_the_clock_of_the_machine_goes_back(store: Store) -> None:
    place = at(store, 1)
    store.verdicts.decide("Anna", [Decision(place, "price", "reject")], made_utc="2030-01-01T00:00:00+00:00")
    store.verdicts.decide("Anna", [Decision(place, "price", "accept")], made_utc="2020-01-01T00:00:00+00:00")
    assert outcome(store, 1, "price") == "accepted"


def test_ids_of_actions_are_the_same_on_every_machine(store: Store, tmp_path: Path) -> None:
    with Store(tmp_path / "other.db", create=True) as other:
        # Read in another order: segments have other numbers.
        other.save_run(RUN, codebook(), reversed(two_documents()))
        ids = []
        for one in (store, other):
            said = [Decision(at(one, 5), "money", "reject"), Decision(at(one, 1), "price", "reject")]
            ids.append(one.verdicts.decide("Anna", said, looked=[at(one, 5)], made_utc=NOON))
            ids.append(one.verdicts.note("Anna", Memo("why", at(one, 1)), made_utc=NOON))
        assert ids[:2] == ids[2:]


# --- refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("position", "code", "message"),
    [
        (0, "money", "no respondent's sentence"),
        (99, "money", "no respondent's sentence"),
        (1, "mony", 'no code "mony".*Did you mean "money"'),
    ],
)
def test_a_decision_on_nothing_is_refused_whole(store: Store, position: int, code: str, message: str) -> None:
    before = store.path.read_bytes()
    good, bad = Decision(at(store, 1), "price", "reject"), Decision(at(store, position), code, "reject")
    with pytest.raises(StoreError, match=message):
        store.verdicts.decide("Anna", [good, bad])
    assert store.path.read_bytes() == before


def test_a_look_or_a_memo_on_nothing_is_refused(store: Store) -> None:
    before = store.path.read_bytes()
    with pytest.raises(StoreError, match="no respondent's sentence"):
        store.verdicts.decide("Anna", looked=[at(store, 1), at(store, 0)])
    with pytest.raises(StoreError, match="no respondent's sentence"):
        store.verdicts.note("Anna", Memo("text", at(store, 99)))
    with pytest.raises(StoreError, match='no code "mony"'):
        store.verdicts.note("Anna", Memo("text", code="mony"))
    assert store.path.read_bytes() == before


def test_an_older_version_cannot_be_decided_on(store: Store) -> None:
    old = at(store, 1)
    store.save_run(RUN, codebook(), [tagged(ONE, talk=[("R", "respondent", ["New words.", "And more."])])])
    with pytest.raises(StoreError, match="current, tagged document"):
        store.verdicts.decide("Anna", [Decision(old, "price", "reject")])


def test_decisions_on_an_older_version_stay_readable(store: Store) -> None:
    decide(store, "Anna", 1, price="reject")
    store.save_run(RUN, codebook(), [tagged(ONE, talk=[("R", "respondent", ["New words.", "And more."])])])
    assert store.verdicts.opinions() == []
    assert query(store.path, "SELECT document, code, decision FROM verdicts_long") == [(ONE, "price", "reject")]


def test_people_have_names(store: Store) -> None:
    with pytest.raises(ValueError, match="`coder`"):
        decide(store, " ", 1, price="reject")
    with pytest.raises(ValueError, match="`memo`"):
        store.verdicts.note("Anna", Memo("text"))


def test_read_only_store_takes_no_decision(store: Store) -> None:
    with Store(store.path, read_only=True) as reader, pytest.raises(StoreError, match="for reading only"):
        decide(reader, "Anna", 1, price="reject")


# --- memos, looks, assignments -----------------------------------------------------------------


def test_newest_memo_of_a_person_stands_and_an_empty_one_takes_it_away(store: Store) -> None:
    place = at(store, 1)
    assert store.verdicts.note("Anna", Memo("first", place, "price"))
    assert store.verdicts.note("Anna", Memo(" second\0 ", place, "price"))
    assert store.verdicts.note("Anna", Memo("second", place, "price")) is None
    store.verdicts.note("Ben", Memo("mine", place))
    store.verdicts.note("Anna", Memo("about the code", code="price"))
    kept = {(m["coder"], m["position"], m["code"]): m["text"] for m in store.verdicts.memos()}
    assert kept == {
        ("Anna", 1, "price"): "second",
        ("Ben", 1, None): "mine",
        ("Anna", None, "price"): "about the code",
    }
    store.verdicts.note("Anna", Memo("", place, "price"))
    assert {m["text"] for m in store.verdicts.memos(coder="Anna")} == {"about the code"}


def test_done_is_counted_by_document_and_person(store: Store) -> None:
    store.verdicts.decide("Anna", looked=[at(store, 1), at(store, 5)], is_blind=True)
    store.verdicts.decide("Ben", looked=[at(store, 1)])
    document = at(store, 1).document_id
    assert (store.verdicts.done("Anna"), store.verdicts.done("Cleo")) == ({document: 2}, {})
    assert [(r["position"], r["coder"], r["is_blind"]) for r in store.verdicts.looks()] == [
        (1, "Anna", 1),
        (1, "Ben", 0),
        (5, "Anna", 1),
    ]


def test_judgements_say_what_was_looked_at_and_what_was_judged_alone(store: Store) -> None:
    decide(store, "Anna", 1, price="reject", money="accept", travel="unsure")
    store.verdicts.decide("Ben", [Decision(at(store, 1), "travel", "add")], looked=[at(store, 1)], kind="done")
    rows = {
        r["coder"]: (json.loads(r["codes"]), sorted(json.loads(r["judged"])), r["looked"])
        for r in store.verdicts.judgements()
    }
    assert rows == {"Anna": (["money"], ["money", "price"], 0), "Ben": (["travel"], ["travel"], 1)}
    machine = {
        r["position"]: json.loads(r["codes"]) for r in store.verdicts.machine_judgements() if r["document"] == ONE
    }
    assert sorted(machine[1]) == ["money", "price"]


def test_assignments_replace_those_before(store: Store) -> None:
    document = at(store, 1).document_id
    store.verdicts.assign({"Anna": [document], "Ben": [document]})
    store.verdicts.assign({"Cleo": [document]})
    assert store.verdicts.assignments() == {document: ["Cleo"]}


def test_state_differs_as_soon_as_something_was_decided(store: Store) -> None:
    states = [store.verdicts.state()]
    action = decide(store, "Anna", 1, price="reject")
    states.append(store.verdicts.state())
    assert action is not None
    store.verdicts.undo(action)
    states.append(store.verdicts.state())
    store.save_run(LATER, codebook("2.0.0"), two_documents())
    states.append(store.verdicts.state())
    assert all(a != b for i, a in enumerate(states) for b in states[:i])


def test_suggestions_of_one_document_or_of_some_segments(store: Store) -> None:
    everything = store.verdicts.suggestions("Anna")
    of_one = [row for row in everything if row["document"] == ONE]
    assert store.verdicts.suggestions("Anna", document_id=at(store, 1).document_id) == of_one
    first = [row for row in of_one if row["position"] == 1]
    assert store.verdicts.suggestions("Anna", segments=[first[0]["segment_id"]]) == first
    assert {row["code"] for row in store.verdicts.suggestions("Anna", Filter(code="travel"))} == {"travel"}
    with_evidence = store.verdicts.suggestions("Anna", with_evidence=True)
    assert [{**row, "evidence": "[]"} for row in with_evidence] == everything


def test_what_two_people_settle_alike_stands_when_one_of_them_takes_it_back(store: Store) -> None:
    place = at(store, 1)
    first = store.verdicts.decide("Anna", [Decision(place, "price", "reject")], kind="adjudicate")
    assert store.verdicts.decide("Ben", [Decision(place, "price", "reject")], kind="adjudicate") is not None
    assert store.verdicts.decide("Ben", [Decision(place, "price", "reject")], kind="adjudicate") is None
    assert first is not None
    store.verdicts.undo(first)
    assert query(store.path, "SELECT code_id, outcome FROM decisions") == [("price", "rejected")]


# --- the table of decisions is what people said, whatever they did ---------------------------------

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["Anna", "Ben", "Cleo"]),
        st.sampled_from(["decide", "done", "adjudicate", "undo"]),
        st.sampled_from([1, 2, 5]),
        st.dictionaries(
            st.sampled_from(["money", "price", "travel"]), st.sampled_from(["accept", "reject", "add", "unsure"])
        ),
    ),
    max_size=8,
)


def _expected(actions: list[dict[str, Any]]) -> dict[tuple[int, str], str]:
    """What holds, by the rules in plain Python."""
    said: dict[tuple[int, str], dict[str, str]] = {}
    settled: dict[tuple[int, str], str] = {}
    done: dict[int, set[str]] = {}
    for action in actions:
        if action["undone"]:
            continue
        for code, decision in action["said"].items():
            key = (action["position"], code)
            if action["kind"] == "adjudicate":
                settled[key] = decision
            else:
                said.setdefault(key, {})[action["coder"]] = decision
        if action["kind"] == "done":
            done.setdefault(action["position"], set()).add(action["coder"])
    found = {}
    for key in said.keys() | settled.keys():
        yes = {c for c, d in said.get(key, {}).items() if d in ("accept", "add")}
        no = {c for c, d in said.get(key, {}).items() if d == "reject"}
        no |= done.get(key[0], set()) - said.get(key, {}).keys()
        if key in settled:
            found[key] = {"reject": "rejected", "unsure": "pending"}.get(settled[key], "accepted")
        elif bool(yes) != bool(no):
            found[key] = "accepted" if yes else "rejected"
        else:
            found[key] = "pending"
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_decisions_follow_from_the_actions(tmp_path_factory: pytest.TempPathFactory, steps: list[Any]) -> None:
    path = tmp_path_factory.mktemp("verdicts") / "study.db"
    actions: list[dict[str, Any]] = []
    with Store(path, create=True) as store:
        store.save_run(RUN, codebook(), two_documents())
        for coder, kind, position, said in steps:
            if kind == "undo":
                standing = [action for action in actions if not action["undone"] and action["coder"] == coder]
                if standing:
                    store.verdicts.undo(standing[-1]["id"])
                    standing[-1]["undone"] = True
                continue
            place = at(store, position)
            decisions = [Decision(place, code, decision) for code, decision in said.items()]
            action = store.verdicts.decide(coder, decisions, looked=[place] if kind == "done" else [], kind=kind)
            if action is not None:
                actions.append(
                    {"id": action, "coder": coder, "kind": kind, "position": position, "said": said, "undone": False}
                )
        positions = {row["segment_id"]: row["position"] for row in store.verdicts.suggestions("Anna")}
        positions |= {n: position for position, n in store.verdicts.segment_ids(at(store, 1).document_id).items()}
    kept = {(positions[s], code): o for s, code, o in query(path, "SELECT segment_id, code_id, outcome FROM decisions")}
    assert kept == _expected(actions)
    computed = query(path, "SELECT segment_id, codebook, code_id, outcome FROM outcomes ORDER BY 1, 2, 3")
    assert computed == query(path, "SELECT segment_id, codebook, code_id, outcome FROM decisions ORDER BY 1, 2, 3")
    assert dump(path)


# --- for learning ------------------------------------------------------------------------------


def test_judged_sentences_say_what_holds_by_whose_word(store: Store) -> None:
    decide(store, "Anna", 1, money="accept", travel="unsure")
    decide(store, "Anna", 3, price="reject")
    store.verdicts.decide("Ben", looked=[at(store, 5), at(store, 5, "ghent/two.txt")])
    rows = {(row["document"], row["position"]): row for row in store.verdicts.judged_sentences()}
    assert list(rows) == sorted(rows, key=lambda key: (at(store, 1, key[0]).document_id, key[1]))
    lists = ("accepted", "rejected", "pending", "auto", "waiting")
    told = {key: (row["is_done"], *(json.loads(row[name]) for name in lists)) for key, row in rows.items()}
    assert told == {
        (ONE, 1): (0, ["money"], [], ["travel"], ["price"], []),
        (ONE, 3): (0, [], ["price"], [], [], ["travel"]),
        (ONE, 5): (1, [], [], [], ["money"], []),
        ("ghent/two.txt", 5): (1, [], [], [], [], []),
    }
    decided_with = json.loads(rows[ONE, 1]["decided_with"])
    assert sorted(decided_with) == [["money", codebook().hash], ["travel", codebook().hash]]
    assert {row["codebook"] for row in rows.values()} == {codebook().id}


def test_who_decides_again_by_a_newer_codebook_no_longer_decides_by_the_older(store: Store) -> None:
    decide(store, "Anna", 1, money="accept")
    newer = codebook().model_copy(update={"version": "9.0.0"})
    store.save_run(RUN, newer, two_documents())
    decide(store, "Anna", 1, money="accept")
    (row,) = store.verdicts.judged_sentences()
    assert json.loads(row["decided_with"]) == [["money", newer.hash]]
