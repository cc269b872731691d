"""Packets that go from one copy of a study to another."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from qualcode import flow
from qualcode.errors import SelectionError
from qualcode.flow.exchanging import count_differences
from qualcode.flow.packets import read_packet
from qualcode.review import ActionKind, Decision, DecisionKind, Place
from qualcode.store import Memo, Store
from studies import ANNA, SmallStudy, dump, make_small_study

DAYS = [f"2026-03-{day:02}T12:00:00+00:00" for day in range(1, 32)]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> SmallStudy:
    """Three notes about buses, tagged; only to be copied."""
    study = make_small_study(tmp_path_factory.mktemp("empty") / "buses")
    study.tag()
    return study


@pytest.fixture
def here(empty: SmallStudy, tmp_path: Path) -> Desk:
    return Desk(empty, tmp_path / "here")


@pytest.fixture
def there(empty: SmallStudy, tmp_path: Path) -> Desk:
    return Desk(empty, tmp_path / "there")


class Desk:
    """A copy of the study at which people decide."""

    def __init__(self, study: SmallStudy, folder: Path) -> None:
        self.study = SmallStudy(Path(shutil.copytree(study.folder, folder)))
        self.work = self.study.work
        with Store(self.work.store_path, read_only=True) as store:
            self.ids = {name: known.document_id for name, known in store.known_documents().items()}

    def decide(
        self,
        coder: str,
        *said: tuple[str, int, str, DecisionKind],
        day: int = 1,
        looked: tuple[tuple[str, int], ...] = (),
        kind: ActionKind = "decide",
    ) -> str:
        decisions = [Decision(Place(self.ids[name], at), code, decision) for name, at, code, decision in said]
        places = [Place(self.ids[name], at) for name, at in looked]
        with Store(self.work.store_path) as store:
            action = store.verdicts.decide(coder, decisions, looked=places, kind=kind, made_utc=DAYS[day])
        assert action is not None
        return action

    def note(self, coder: str, text: str, name: str, at: int) -> None:
        with Store(self.work.store_path) as store:
            store.verdicts.note(coder, Memo(text, Place(self.ids[name], at)), made_utc=DAYS[1])

    def undo(self, action: str, *, day: int = 20) -> None:
        with Store(self.work.store_path) as store:
            store.verdicts.undo(action, undone_utc=DAYS[day])

    def send(self, to: Desk, **chosen: str | bool | None) -> flow.ImportReport:
        path = to.study.folder / "packet.qcverdicts"
        path.write_bytes(flow.export_verdicts(self.work, path, **chosen).content)  # type: ignore[arg-type]
        return flow.import_verdicts(to.work, [path])

    def actions(self) -> set[str]:
        with Store(self.work.store_path, read_only=True) as store:
            return {row["action_id"] for row in store.verdicts.export_actions()}


def same(here: Desk, there: Desk) -> bool:
    return sorted(dump(here.work.store_path)) == sorted(dump(there.work.store_path))


# --- two coders, two copies --------------------------------------------------------------------


def test_two_coders_who_exchange_packets_three_times_end_with_the_same_store(here: Desk, there: Desk) -> None:
    first = here.decide("Ann", ("anna.txt", 1, "delays", "accept"), looked=(("anna.txt", 1),))
    there.decide("Ben", ("anna.txt", 1, "delays", "reject"), ("cleo.txt", 1, "fares", "accept"), kind="bulk")
    there.note("Ben", "Late by how much?", "anna.txt", 1)
    here.send(there)
    there.send(here)
    assert same(here, there)

    here.undo(first)
    here.decide("Ann", ("anna.txt", 1, "delays", "unsure"), day=3)
    there.decide("Ann", ("ben.txt", 1, "funding", "reject"), day=4)  # Ann came by
    there.note("Ben", "", "anna.txt", 1)
    there.send(here)
    here.send(there)
    assert same(here, there)

    here.decide("Ann", ("anna.txt", 1, "delays", "accept"), kind="adjudicate", day=6)
    there.decide("Ben", ("anna.txt", 3, "fares", "unsure"), looked=(("anna.txt", 3),), day=6)
    here.send(there)
    there.send(here)
    assert same(here, there)
    assert here.send(there).coders == []
    with Store(here.work.store_path, read_only=True) as mine, Store(there.work.store_path, read_only=True) as theirs:
        assert mine.verdicts.judgements() == theirs.verdicts.judgements()
        assert mine.codings() == theirs.codings()
        assert mine.code_counts() == theirs.code_counts()
        assert mine.verdicts.actions(limit=-1) == theirs.verdicts.actions(limit=-1)
    assert len(here.actions()) == 8


def test_the_report_counts_by_person(here: Desk, there: Desk) -> None:
    action = here.decide("Ann", ("anna.txt", 1, "delays", "accept"), looked=(("anna.txt", 1), ("anna.txt", 2)))
    here.note("Ann", "Hm.", "anna.txt", 1)
    here.decide("Ben", ("cleo.txt", 1, "fares", "accept"))
    report = here.send(there)
    nothing = {"actions": 0, "verdicts": 0, "looks": 0, "memos": 0, "undone": 0}
    assert report.coders == [
        {**nothing, "coder": "Ann", "actions": 2, "verdicts": 1, "looks": 2, "memos": 1},
        {**nothing, "coder": "Ben", "actions": 1, "verdicts": 1},
    ]
    assert (report.known, report.waiting, report.conflicts, report.not_sent) == (0, {}, (), 0)
    here.undo(action)
    report = here.send(there)
    assert report.coders == [{**nothing, "coder": "Ann", "undone": 1}]
    assert report.known == 3
    before = there.work.store_path.read_bytes()
    assert here.send(there).coders == []
    assert there.work.store_path.read_bytes() == before


def test_several_packets_are_taken_in_at_once(here: Desk, there: Desk, empty: SmallStudy, tmp_path: Path) -> None:
    here.decide("Ann", ("anna.txt", 1, "delays", "accept"))
    there.decide("Ben", ("anna.txt", 1, "delays", "accept"))
    third = Desk(empty, tmp_path / "third")
    files = []
    for number, desk in enumerate((here, there)):
        files.append(tmp_path / f"{number}.json")
        files[-1].write_bytes(flow.export_verdicts(desk.work, files[-1]).content)
    report = flow.import_verdicts(third.work, [*files, files[0]])
    assert ([row["coder"] for row in report.coders], report.known) == (["Ann", "Ben"], 1)
    assert third.actions() == here.actions() | there.actions()


# --- what is sent ------------------------------------------------------------------------------


def test_one_person_s_decisions_alone(here: Desk, there: Desk) -> None:
    mine = here.decide("Ann", ("anna.txt", 1, "delays", "accept"))
    here.decide("Ben", ("cleo.txt", 1, "fares", "accept"))
    report = here.send(there, coder="ann")
    assert there.actions() == {mine}
    assert report.not_sent == 1


def test_since_takes_what_was_done_or_taken_back_from_then_on(here: Desk, there: Desk) -> None:
    old = here.decide("Ann", ("anna.txt", 1, "delays", "accept"), day=1)
    undone = here.decide("Ann", ("anna.txt", 3, "fares", "accept"), day=2)
    new = here.decide("Ann", ("ben.txt", 1, "funding", "accept"), day=9)
    here.undo(undone, day=10)
    report = here.send(there, since="2026-03-10")
    assert there.actions() == {undone, new}
    assert report.not_sent == 1
    assert here.send(there, since="2026").not_sent == 0
    assert there.actions() == {old, undone, new}


def test_notes_can_be_left_out(here: Desk, there: Desk) -> None:
    here.decide("Ann", ("anna.txt", 1, "delays", "accept"))
    here.note("Ann", "Maria is the mayor's wife.", "anna.txt", 1)
    packet = flow.export_verdicts(here.work, Path("a.json"), memos=False)
    assert (packet.memos, packet.left_out) == (0, 1)
    assert b"mayor" not in packet.content
    report = here.send(there, memos=False)
    assert (report.coders[0]["memos"], report.not_sent) == (0, 1)
    assert here.send(there).coders[0]["memos"] == 1


@pytest.mark.parametrize(
    ("out", "chosen", "message"),
    [
        ("a.csv", {}, "--out a.csv: a packet ends in .qcverdicts or .json."),
        ("qualcode.db", {}, "--out qualcode.db: a packet ends in"),
        ("a.json", {"coder": "Bent"}, 'Nobody called "Bent" has decided anything in this store. Did you mean "Ben"?'),
        ("a.json", {"since": "March"}, '"March" is not a date. Write it as 2025-03-31, 2025-03 or 2025.'),
        ("a.json", {"since": "2030"}, "Nobody has decided anything that fits. What was done: qualcode undo --list"),
    ],
)
def test_an_export_of_nothing_is_refused(here: Desk, out: str, chosen: dict[str, str], message: str) -> None:
    here.decide("Ben", ("cleo.txt", 1, "fares", "accept"))
    with pytest.raises(SelectionError) as caught:
        flow.export_verdicts(here.work, Path(out), **chosen)  # type: ignore[arg-type]
    assert str(caught.value).startswith(message)


def test_an_export_of_a_store_without_decisions_is_refused(here: Desk) -> None:
    with pytest.raises(SelectionError, match="Nobody has decided anything"):
        flow.export_verdicts(here.work, Path("a.json"), coder="Ann")


# --- what does not fit -------------------------------------------------------------------------


def test_decisions_on_documents_that_are_not_here_wait_for_them(here: Desk, there: Desk, tmp_path: Path) -> None:
    here.decide("Ann", ("anna.txt", 1, "delays", "accept"), ("ben.txt", 1, "funding", "reject"))
    here.decide("Ann", ("cleo.txt", 1, "fares", "reject"))
    (there.study.notes / "ben.txt").unlink()
    there.study.write("anna.txt", ANNA.replace("Thank you", "Thanks"))
    there.work.store_path.unlink()
    there.study.tag()
    report = here.send(there)
    assert report.waiting == {"anna.txt": 1, "ben.txt": 1}
    assert report.other_versions == ("anna.txt",)
    assert [(row["coder"], row["verdicts"]) for row in report.coders] == [("Ann", 1)]
    for name in ("anna.txt", "ben.txt"):
        shutil.copy(here.study.notes / name, there.study.notes / name)
    there.study.tag()
    report = here.send(there)
    assert (report.waiting, report.coders[0]["verdicts"], report.known) == ({}, 2, 1)


def test_a_person_who_decided_twice_unknowingly_is_told_and_the_newer_stands(here: Desk, there: Desk) -> None:
    for desk in (here, there):
        desk.decide("Ann", ("anna.txt", 1, "delays", "accept"), ("anna.txt", 3, "fares", "accept"))
    here.decide("Ann", ("cleo.txt", 1, "fares", "accept"), day=2)  # the clock here goes on
    here.decide("Ann", ("anna.txt", 1, "delays", "reject"), ("anna.txt", 3, "fares", "unsure"), day=2)
    there.decide("Ann", ("anna.txt", 1, "delays", "unsure"), ("anna.txt", 3, "fares", "unsure"), day=9)
    (found,) = there.send(here).conflicts
    assert (found.document, found.position, found.code) == ("anna.txt", 1, "Delays")
    assert (found.coder_here, found.here, found.there, found.is_there) == ("Ann", "reject", "unsure", False)
    with Store(here.work.store_path, read_only=True) as store:
        opinions = {(o["code"], o["position"]): o["decision"] for o in store.verdicts.opinions()}
    assert opinions["delays", 1] == "reject"
    assert there.send(here).conflicts == ()


def test_a_changed_mind_is_no_conflict(here: Desk, there: Desk) -> None:
    here.decide("Ann", ("anna.txt", 1, "delays", "accept"), day=1)
    here.send(there)
    there.decide("Ann", ("anna.txt", 1, "delays", "reject"), day=5)
    assert there.send(here, since="2026-03-06").conflicts == ()  # the older one was left out, not unknown
    with Store(here.work.store_path, read_only=True) as store:
        assert [o["decision"] for o in store.verdicts.opinions()] == ["reject"]


def test_what_was_taken_back_is_no_conflict(here: Desk, there: Desk) -> None:
    here.undo(here.decide("Ann", ("anna.txt", 1, "delays", "accept")))
    there.decide("Ann", ("anna.txt", 1, "delays", "reject"))
    assert there.send(here).conflicts == ()


def test_added_and_accepted_are_the_same_word(here: Desk, there: Desk) -> None:
    here.decide("Ann", ("anna.txt", 1, "delays", "accept"), day=1)
    there.study.codebook("late", "tardy")  # there the machine does not suggest it
    there.study.tag()
    there.decide("Ann", ("anna.txt", 1, "delays", "accept"), day=2)
    with Store(there.work.store_path, read_only=True) as store:
        assert [o["decision"] for o in store.verdicts.opinions()] == ["add"]
    assert there.send(here).conflicts == ()


def test_two_notes_and_two_settlements_are_conflicts_too(here: Desk, there: Desk) -> None:
    for desk, coder, text, decision in ((here, "Ann", "a", "accept"), (there, "Ben", "b", "reject")):
        desk.note("Cleo", text, "anna.txt", 1)
        verdict: DecisionKind = "accept" if decision == "accept" else "reject"
        desk.decide(coder, ("anna.txt", 1, "delays", verdict), kind="adjudicate")
    settled, noted = sorted(there.send(here).conflicts, key=lambda found: found.code is None)
    assert (settled.coder_here, settled.coder_there, settled.here, settled.there) == ("Ann", "Ben", "accept", "reject")
    assert (noted.coder_here, noted.coder_there, noted.here, noted.there) == ("Cleo", "Cleo", "note", "note")


def test_people_who_differ_are_counted(here: Desk, there: Desk) -> None:
    here.decide("Ann", ("anna.txt", 1, "delays", "accept"), ("anna.txt", 3, "fares", "accept"))
    there.decide("Ben", ("anna.txt", 1, "delays", "reject"), looked=(("anna.txt", 3),))
    assert there.send(here).differences == 2
    here.decide("Ann", ("anna.txt", 1, "delays", "reject"), kind="adjudicate")
    assert there.send(here).differences == 1


@pytest.mark.parametrize(
    ("first", "second", "differ"),
    [
        (('["a"]', '["a"]', 0), ("[]", '["a"]', 0), 1),
        (('["a"]', '["a"]', 0), ("[]", "[]", 1), 1),
        (('["a"]', '["a"]', 0), ("[]", "[]", 0), 0),  # nothing said of a
        (('["a"]', '["a"]', 0), ('["a", "b"]', '["a"]', 1), 0),  # the first was not asked of b
        (('["a"]', '["a"]', 1), ('["a", "b"]', '["a"]', 1), 1),
        (("[]", "[]", 1), ("[]", "[]", 1), 0),
    ],
)
def test_differences_need_a_yes_and_a_known_no(
    first: tuple[str, str, int], second: tuple[str, str, int], differ: int
) -> None:
    rows = [
        {"document_id": "d", "position": 1, "codes": codes, "judged": judged, "looked": looked}
        for codes, judged, looked in (first, second)
    ]
    assert count_differences(rows, []) == differ
    settled = [{"document_id": "d", "position": 1, "code": code, "is_adjudicated": 1} for code in "ab"]
    assert count_differences(rows, settled) == 0


def test_the_packet_names_what_it_left_out(here: Desk, tmp_path: Path) -> None:
    old = here.decide("Ann", ("anna.txt", 1, "delays", "accept"), day=1)
    here.decide("Ann", ("anna.txt", 3, "fares", "accept"), day=9)
    path = tmp_path / "a.json"
    path.write_bytes(flow.export_verdicts(here.work, path, since="2026-03-10").content)
    assert read_packet(path).left_out == (old,)
