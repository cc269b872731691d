"""`assign`, `verdicts`, `undo` and `agreement` as typed: what is printed, written, refused."""

from __future__ import annotations

import getpass
import json
import shutil
from pathlib import Path

import pytest

from qualcode.review import Decision, DecisionKind, Place
from qualcode.store import Memo, Store
from studies import SmallStudy, dump

from .test_app import Ran


@pytest.fixture
def here(study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> SmallStudy:
    """The small study, tagged, as the working folder; Ann is at the machine."""
    monkeypatch.chdir(study.folder)
    monkeypatch.setattr(getpass, "getuser", lambda: "ann")
    study.tag()
    return study


def decide(store_path: Path, coder: str, *said: tuple[str, int, str, DecisionKind]) -> None:
    """Decide, and be done with these sentences."""
    with Store(store_path) as store:
        ids = {name: known.document_id for name, known in store.known_documents().items()}
        decisions = [Decision(Place(ids[name], at), code, decision) for name, at, code, decision in said]
        store.verdicts.decide(coder, decisions, looked=[decision.place for decision in decisions])


def refused(*arguments: object) -> str:
    ran = Ran(*arguments)
    assert (ran.code, ran.out) == (1, ""), ran.err
    return ran.err.removeprefix("Error: ").rstrip("\n")


# --- assign ------------------------------------------------------------------------------------


def test_documents_are_divided_and_listed(here: SmallStudy) -> None:
    ran = Ran("assign", "--coders", "Ann, Ben", "--overlap", "34%", "--seed", 7)
    assert (ran.code, ran.err) == (0, "")
    assert "3 documents: 1 for all coders, 2 for one each (seed 7)." in ran.out
    rows = Ran("assign", "--list", "--format", "json").json()
    assert sorted(row["coder"] for row in rows if row["shared"]) == ["Ann", "Ben"]
    assert len(rows) == 4
    mine = Ran("assign", "--list", "--coders", "ann", "--format", "json").json()
    assert {row["coder"] for row in mine} == {"Ann"}
    again = Ran("assign", "--coders", "Ann,Ben", "--overlap", "0.34", "--seed", 7)
    assert "Nothing was stored: it was so before." in again.out


def test_a_fifth_goes_to_all_where_nothing_is_said(here: SmallStudy) -> None:
    rows = Ran("assign", "--coders", "Ann,Ben", "--kind", "interview", "--format", "json").json()
    assert sum(row["documents"] for row in rows if row["region"] is None) == 2  # a fifth of two is none


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Say who codes: qualcode assign --coders NAME,NAME; or see who does: --list"),
        (["--coders", "Ann,Ann"], "Ann is named twice. Name each person once."),
        (["--coders", "Ann,machine"], '"machine" stands for the tagger. Give the name of a person.'),
        (["--coders", "Ann", "--overlap", "20"], '--overlap "20" is no share of the documents. Write it as 20% or 0.2'),
        (["--coders", "Ann", "--region", "Northfild"], 'There is no region "Northfild" in the store. Did you mean'),
        (["--list", "--overlap", "20%"], "--list changes nothing. Leave out --overlap and --seed."),
    ],
)
def test_a_wrong_assignment_is_refused(here: SmallStudy, arguments: list[str], message: str) -> None:
    before = here.store_path.read_bytes()
    assert refused("assign", *arguments).startswith(message)
    assert here.store_path.read_bytes() == before


# --- verdicts ----------------------------------------------------------------------------------


def test_two_copies_exchange_packets(here: SmallStudy, tmp_path: Path) -> None:
    other = Path(shutil.copy(here.store_path, tmp_path / "other.db"))
    decide(here.store_path, "Ann", ("anna.txt", 1, "delays", "accept"))
    decide(other, "Ben", ("anna.txt", 1, "delays", "reject"))
    with Store(other) as store:
        store.verdicts.note("Ben", Memo("Hm.", code="delays"))
    for source, packet in ((here.store_path, "ann.qcverdicts"), (other, "ben.qcverdicts")):
        ran = Ran("verdicts", "export", "--store", source, "--out", packet)
        assert (ran.code, ran.out) == (0, "")
        assert f"Wrote {packet}: " in ran.err
        assert ("Notes are free text and may name people." in ran.err) == (packet == "ben.qcverdicts")
    assert Ran("verdicts", "import", "--store", other, "ann.qcverdicts").code == 0
    ran = Ran("verdicts", "import", "ben.qcverdicts", "ann.qcverdicts")
    assert (ran.code, ran.err) == (0, "")
    assert "People differ on 1 code of a sentence. List them: qualcode agreement --disagreements" in ran.out
    assert sorted(dump(here.store_path)) == sorted(dump(other))
    again = Ran("verdicts", "import", "ben.qcverdicts", "ann.qcverdicts")
    assert (again.code, again.out.splitlines()[0]) == (0, "Nothing new: 3 actions known before.")


def test_notes_people_and_days_can_be_left_out(here: SmallStudy) -> None:
    decide(here.store_path, "Ann", ("anna.txt", 1, "delays", "accept"))
    decide(here.store_path, "Ben", ("anna.txt", 1, "delays", "accept"))
    with Store(here.store_path) as store:
        store.verdicts.note("Ann", Memo("Maria said so.", code="delays"))
    ran = Ran("verdicts", "export", "--out", "a.json", "--coder", "Ann", "--no-memos", "--since", "2020")
    assert "Wrote a.json: Ann 1 action; 1 decision, 1 look, 0 notes." in ran.err
    assert "Left out: 2 other actions of this store." in ran.err
    packet = json.loads(Path("a.json").read_text(encoding="utf-8"))
    assert [action["coder"] for action in packet["actions"]] == ["Ann"]
    assert "Maria" not in json.dumps(packet)


def test_a_changed_packet_is_refused_by_name(here: SmallStudy) -> None:
    decide(here.store_path, "Ann", ("anna.txt", 1, "delays", "accept"))
    assert Ran("verdicts", "export", "--out", "ann.qcverdicts").code == 0
    packet = Path("ann.qcverdicts")
    packet.write_text(packet.read_text(encoding="utf-8").replace('"accept"', '"reject"'), encoding="utf-8")
    before = here.store_path.read_bytes()
    assert refused("verdicts", "import", "ann.qcverdicts") == (
        "ann.qcverdicts: was damaged or edited on its way: its checksum does not fit. Ask for it again."
    )
    assert here.store_path.read_bytes() == before


def test_an_export_does_not_write_over_a_store(here: SmallStudy) -> None:
    before = here.store_path.read_bytes()
    assert refused("verdicts", "export", "--out", "qualcode.db").startswith("--out qualcode.db: a packet ends in")
    assert here.store_path.read_bytes() == before
    assert refused("verdicts", "export", "--out", "a.qcverdicts").startswith("Nobody has decided anything")
    assert not Path("a.qcverdicts").exists()


# --- undo --------------------------------------------------------------------------------------


def test_the_newest_action_is_taken_back(here: SmallStudy) -> None:
    decide(here.store_path, "Ann", ("anna.txt", 1, "delays", "reject"))
    decide(here.store_path, "Ann", ("ben.txt", 1, "funding", "reject"))
    assert ("anna.txt", "delays", "auto") not in here.codings()
    ran = Ran("undo")
    assert (ran.code, ran.err) == (0, "")
    assert ": 1 decision, 1 look on 1 sentence in 1 document.\n" in ran.out
    assert Ran("undo").out.endswith("Nothing else of Ann stands.\n")
    assert ("anna.txt", "delays", "auto") in here.codings()
    rows = Ran("undo", "--list", "--format", "json").json()
    decided = [(row["codes"], row["undone_utc"] is None) for row in rows if row["kind"] != "tag"]
    assert decided == [(["funding"], False), (["delays"], False)]


def test_an_action_of_the_list_is_taken_back(here: SmallStudy) -> None:
    decide(here.store_path, "Ben", ("anna.txt", 1, "delays", "reject"))
    action = Ran("undo", "--list").out.splitlines()[4].split()[0]
    assert refused("undo", action) == (
        f'Action {action} is of Ben, not of Ann. If it shall be taken back: qualcode undo {action} --coder "Ben"'
    )
    assert Ran("undo", action, "--coder", "Ben").out.startswith(f"Took back {action} (decide of Ben, 20")


def test_a_run_of_the_list_is_taken_back_and_comes_again(here: SmallStudy) -> None:
    codings = here.codings()
    listed = Ran("undo", "--list").out.splitlines()[4].split()
    run = listed[0]
    assert (listed[3:5], listed[-2:]) == (["rules.v1", "tag"], ["3", "documents"])
    ran = Ran("undo", run)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[1:] == [
        "3 documents are in no table any longer.",
        "Nothing was deleted, and what people decided stays. Tagging the same files again brings it back.",
    ]
    assert here.codings() == []
    assert "1 run is taken back. See: qualcode undo --list" in Ran("status").out
    assert Ran("status", "--format", "json").json()[-1]["undone_runs"] == 1
    assert refused("undo", run).startswith(f"Run {run} was taken back already, at 20")
    assert Ran("tag", "notes").code == 0
    assert here.codings() == codings


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            [],
            "Ann has decided nothing in this store. Name somebody: --coder NAME. What was tagged or imported is taken "
            "back by its id: qualcode undo --list",
        ),
        (["--list", "abc"], "--list shows actions and takes none back. Leave out ACTION, or --list."),
        (["--format", "json"], "--format and --out go with --list."),
    ],
)
def test_a_wrong_undo_is_refused(here: SmallStudy, arguments: list[str], message: str) -> None:
    assert refused("undo", *arguments) == message


# --- agreement ---------------------------------------------------------------------------------


@pytest.fixture
def judged(here: SmallStudy) -> SmallStudy:
    silent: tuple[str, int, str, DecisionKind] = ("anna.txt", 2, "delays", "reject")
    fares: tuple[str, int, str, DecisionKind] = ("anna.txt", 3, "fares", "accept")
    decide(here.store_path, "Ann", ("anna.txt", 1, "delays", "accept"), silent, fares)
    decide(here.store_path, "Ben", ("anna.txt", 1, "delays", "reject"), silent, fares)
    return here


def test_agreement_is_shown_in_every_format(judged: SmallStudy, tmp_path: Path) -> None:
    ran = Ran("agreement")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Agreement of Ann and Ben by code\n")
    records = {row["code"]: row for row in Ran("agreement", "--format", "json").json()}
    assert (records["fares"]["percent_agreement"], round(records["delays"]["percent_agreement"], 3)) == (1.0, 0.667)
    assert [row["group"] for row in Ran("agreement", "--by", "region", "--format", "json").json()] == [
        "Northfield",
        "all",
    ]
    machine = Ran("agreement", "--coders", "Ann,machine", "--unit", "turn", "--kind", "interview", "--format", "json")
    assert {row["code"]: row["coders"] for row in machine.json()}["delays"] == 2
    out = tmp_path / "agreement.xlsx"
    assert Ran("agreement", "--out", out).code == 0
    assert out.stat().st_size > 0


def test_disagreements_are_listed_with_their_words(judged: SmallStudy) -> None:
    (row,) = Ran("agreement", "--disagreements", "--format", "json").json()
    assert (row["document"], row["position"], row["codes_Ann"], row["codes_Ben"]) == ("anna.txt", 1, "delays", "")
    assert row["text"] == "The bus is always late in the evening."
    assert "anna.txt:1" in Ran("agreement", "--disagreements").out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--coders", "Ann"], '--coders "Ann": name two coders or more, each once, as in Ann,Ben or Ann,machine.'),
        (["--by", "cod"], '--by "cod" is not known. Did you mean "code"?'),
        (["--disagreements", "--by", "region"], "--disagreements lists sentences. Leave out --by and --unit."),
    ],
)
def test_a_wrong_question_is_refused(judged: SmallStudy, arguments: list[str], message: str) -> None:
    assert refused("agreement", *arguments) == message


def test_agreement_of_nobody_says_where_to_begin(here: SmallStudy) -> None:
    assert refused("agreement") == ("Nobody has decided anything in these documents yet. Begin with: qualcode review")
