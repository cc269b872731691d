from __future__ import annotations

import getpass

import pytest

from qualcode import flow
from qualcode.errors import SelectionError
from qualcode.flow.undoing import short_id
from qualcode.review import Decision, Place
from qualcode.store import Filter, Memo, Store
from studies import SmallStudy, dump

NOON = "2026-03-03T12:00:00+00:00"


@pytest.fixture
def decided(tagged: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Ids of what Ann did twice, and Ben once; Ann is at the machine."""
    monkeypatch.setattr(getpass, "getuser", lambda: "ann")
    with Store(tagged.store_path) as store:
        ids = {name: known.document_id for name, known in store.known_documents().items()}
        both = [
            Decision(Place(ids["anna.txt"], 1), "delays", "accept"),
            Decision(Place(ids["ben.txt"], 1), "funding", "reject"),
        ]
        made = {
            "first": store.verdicts.decide("Ann", both, looked=[Place(ids["anna.txt"], 1)], made_utc=NOON),
            "bens": store.verdicts.decide("Ben", both, kind="bulk", made_utc=NOON),
            "note": store.verdicts.note("Ann", Memo("Hm.", code="fares"), made_utc=NOON),
        }
    return {name: action for name, action in made.items() if action}


def test_the_newest_of_the_person_at_the_machine_is_taken_back(tagged: SmallStudy, decided: dict[str, str]) -> None:
    report = flow.undo(tagged.work)
    assert (report.action["action"], report.action["kind"], report.documents) == (decided["note"], "memo", 0)
    assert report.next is not None
    assert report.next["action"] == decided["first"]
    report = flow.undo(tagged.work)
    assert (report.action["action"], report.documents, report.next) == (decided["first"], 2, None)
    assert (report.action["verdicts"], report.action["looks"], report.action["sentences"]) == (2, 1, 2)
    assert report.action["undone_utc"] is not None
    with pytest.raises(
        SelectionError, match=r"Everything that Ann did is taken back already. See: qualcode undo --list"
    ):
        flow.undo(tagged.work)
    with Store(tagged.store_path, read_only=True) as store:
        assert [row["action_id"] for row in store.verdicts.actions()] == [decided["bens"]]


def test_an_action_is_named_by_its_first_digits(tagged: SmallStudy, decided: dict[str, str]) -> None:
    first = {"action": decided["first"]}
    assert flow.undo(tagged.work, action=short_id(first)).action["action"] == decided["first"]
    with pytest.raises(SelectionError, match=f"Action {short_id(first)} was taken back already, at 20"):
        flow.undo(tagged.work, action=decided["first"])


def test_what_somebody_else_did_needs_the_name(tagged: SmallStudy, decided: dict[str, str]) -> None:
    short = short_id({"action": decided["bens"]})
    with pytest.raises(SelectionError) as caught:
        flow.undo(tagged.work, action=decided["bens"])
    assert str(caught.value) == (
        f'Action {short} is of Ben, not of Ann. If it shall be taken back: qualcode undo {short} --coder "Ben"'
    )
    assert flow.undo(tagged.work, action=short, coder="ben").action["coder"] == "Ben"


@pytest.mark.parametrize("action", ["", "b2:", "zzz"])
def test_no_such_action(tagged: SmallStudy, decided: dict[str, str], action: str) -> None:
    with pytest.raises(SelectionError, match=f'There is no action "{action}". List them: qualcode undo --list'):
        flow.undo(tagged.work, action=action)


def test_digits_that_several_actions_begin_with_are_refused(tagged: SmallStudy, decided: dict[str, str]) -> None:
    with Store(tagged.store_path) as store:
        store.verdicts.decide(
            "Ann", [Decision(Place(store.known_documents()["cleo.txt"].document_id, 1), "fares", "unsure")]
        )
        for number in range(20):
            store.verdicts.note("Ann", Memo(str(number), code="fares"), made_utc=NOON)
        firsts = [row["action_id"][3] for row in store.verdicts.actions(limit=-1)]
    doubled = next(digit for digit in firsts if firsts.count(digit) > 1)  # 23 actions, 16 digits
    with pytest.raises(SelectionError, match=f'"{doubled}" begins the ids of .* actions. Give more of its digits.'):
        flow.undo(tagged.work, action=doubled)


def test_a_stranger_is_told_who_has_decided(
    tagged: SmallStudy, decided: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "zoe")
    with pytest.raises(SelectionError, match=r"Zoe has decided nothing in this store. People who have: Ann, Ben."):
        flow.undo(tagged.work)
    with pytest.raises(
        SelectionError, match=r'Nobody called "Bent" has decided anything in this store. Did you mean "Ben"'
    ):
        flow.undo(tagged.work, coder="Bent")


def test_a_store_without_decisions_has_nothing_to_take_back(
    tagged: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "ann")
    with pytest.raises(SelectionError, match=r"Ann has decided nothing in this store. Name somebody: --coder NAME"):
        flow.undo(tagged.work)
    assert [row["kind"] for row in flow.list_actions(tagged.work)[0]] == ["tag"]


def test_the_list_has_the_newest_first_and_what_was_taken_back(tagged: SmallStudy, decided: dict[str, str]) -> None:
    flow.undo(tagged.work, action=decided["first"])
    (run, *rows), total = flow.list_actions(tagged.work)
    assert (run["kind"], run["coder"], run["documents"], total) == ("tag", "rules.v1", 3, 4)
    assert [row["action"] for row in rows] == [decided["note"], decided["bens"], decided["first"]]
    assert {key: rows[1][key] for key in ("coder", "kind", "codes", "verdicts", "looks", "sentences", "made_utc")} == {
        "coder": "Ben", "kind": "bulk", "codes": ["delays", "funding"], "verdicts": 2, "looks": 0, "sentences": 2,
        "made_utc": NOON,
    }  # fmt: skip
    assert [row["undone_utc"] is None for row in rows] == [True, True, False]
    rows, total = flow.list_actions(tagged.work, coder="ann", limit=1)
    assert ([row["action"] for row in rows], total) == ([decided["note"]], 2)


def test_a_run_is_taken_back_and_tagging_brings_it_back(tagged: SmallStudy, decided: dict[str, str]) -> None:
    codings = tagged.codings()
    (run, *_), _ = flow.list_actions(tagged.work)
    report = flow.undo(tagged.work, action=short_id(run))
    assert (report.documents, report.replaced, report.gone, report.kept, report.next) == (3, 0, 3, 0, None)
    assert report.action["undone_utc"] is not None
    assert tagged.codings() == []
    with pytest.raises(SelectionError, match=f"Run {short_id(run)} was taken back already, at 20"):
        flow.undo(tagged.work, action=run["action"])
    assert tagged.tag().new == 3
    assert tagged.codings() == codings
    assert flow.list_actions(tagged.work)[0][0]["undone_utc"] is None


def test_what_a_newer_run_covers_stays_as_it_is(tagged: SmallStudy) -> None:
    before = tagged.codings()
    ((first, *_), _) = flow.list_actions(tagged.work)
    tagged.settings("[thresholds]\nauto = 0.9999\nreview = 0.9999\n")
    tagged.tag()
    assert (now := tagged.codings()) != before
    report = flow.undo(tagged.work, action=first["action"])
    assert (report.replaced, report.gone, report.kept) == (0, 0, 3)
    assert tagged.codings() == now
    second = next(row for row in flow.list_actions(tagged.work)[0] if row["undone_utc"] is None)
    tagged.settings("")
    tagged.tag()
    report = flow.undo(tagged.work, action=first["action"])
    assert (report.replaced, report.gone, report.kept) == (3, 0, 0)
    assert tagged.codings() == now
    assert flow.undo(tagged.work, action=second["action"]).gone == 3


def test_a_bulk_decision_of_the_desk_is_backed_up(tagged: SmallStudy) -> None:
    before = dump(tagged.store_path)
    desk = flow.ReviewDesk(tagged.work, "Ann")
    desk.decide_all(Filter(status="pending"), "accept")
    (backup,) = tagged.folder.glob("qualcode.db.backup-*")
    assert dump(backup) == before
