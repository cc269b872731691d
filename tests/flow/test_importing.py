from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from foreign_projects import ANA, BEN, MONEY, TEXT, code, project, selection, written
from qualcode.errors import ExchangeError, ReadError, SelectionError
from qualcode.flow import UndoReport, export_project, list_actions, undo
from qualcode.store import Filter, RunRecord, Store, TaggedDocument

from .importing_study import ACROSS, FIRST, INSIDE, PROJECT, QUESTION, at, counted, dump, taken


def test_codings_become_verdicts_of_those_who_made_them_and_passages_stay_to_the_character(tmp_path: Path) -> None:
    report = taken(written(PROJECT, tmp_path))
    assert (report.new, report.passages, report.uncounted, report.partial, report.is_verified) == (1, 5, 1, 2, True)
    assert report.verdicts == {"Ana": 3, "Ben": 2}
    assert counted(tmp_path, status="counted") == {
        ("money", "There is no money for it."),
        ("money", "The 🧬 test is too dear, and nobody repays it."),
        ("waiting", "The 🧬 test is too dear, and nobody repays it."),
        ("training", "We wait for months."),
        ("training", "Nobody trained our doctors."),
    }
    with Store(tmp_path / "study.db", read_only=True) as store:
        assert [(TEXT[p["start"] : p["end"]], p["code_id"], p["coder"]) for p in store.projects.passages()] == [
            ("What is hard?", "waiting", "Ana"),
            ("There is no money for it.", "money", "Ana"),
            ("nobody repays it", "money", "Ben"),
            ("nobody repays it", "waiting", "Ben"),
            ("We wait for months.\nI: And η υγεία?\nR1: Nobody trained our doctors.", "training", "Ana"),
        ]
        (row,) = store.document_rows()
        assert (row["name"], row["region"], row["kind"]) == ("crete/one", "Crete", "interview")
        assert store.codebook().by_id["money"].definition == "Nobody pays."


def test_the_same_again_adds_nothing(tmp_path: Path) -> None:
    path = written(PROJECT, tmp_path)
    taken(path)
    before = dump(tmp_path)
    again = taken(path)
    assert (again.new, again.known, again.passages, again.known_passages) == (0, 1, 0, 5)
    assert dump(tmp_path) == before


def test_a_later_state_of_the_project_adds_what_is_new(tmp_path: Path) -> None:
    taken(written(PROJECT, tmp_path))
    more = selection("That is all.", MONEY, user=BEN)
    later = taken(written(project(FIRST, INSIDE, ACROSS, QUESTION, more), tmp_path, "later.qdpx"))
    assert (later.new, later.passages, later.known_passages, later.verdicts) == (0, 1, 5, {"Ben": 1})


def test_a_dry_run_says_all_of_it_and_stores_nothing(tmp_path: Path) -> None:
    report = taken(written(PROJECT, tmp_path), dry_run=True)
    assert (report.is_dry, report.passages) == (True, 5)
    assert not (tmp_path / "study.db").exists()


def test_a_refused_import_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    path = written(PROJECT, tmp_path)
    taken(path)
    before = (tmp_path / "study.db").read_bytes()
    broken = tmp_path / "broken.qdpx"
    broken.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ExchangeError, match=r"broken\.qdpx"):
        taken(broken)
    other = code("Another")
    theirs = replace(project(selection("That is all.", other), codes=(other,)), name="Another study")
    with pytest.raises(SelectionError, match="is coded here with the codebook"):
        taken(written(theirs, tmp_path, "other.qdpx"))
    assert (tmp_path / "study.db").read_bytes() == before


def test_files_of_other_kinds_are_sent_to_their_command(tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match=r"qualcode verdicts import a\.qcverdicts"):
        taken(tmp_path / "a.qcverdicts")
    with pytest.raises(SelectionError, match="qualcode codebook import"):
        taken(tmp_path / "a.qdc")
    with pytest.raises(ReadError, match="there is no such file"):
        taken(tmp_path / "none.qdpx")


def test_what_has_no_place_is_counted(tmp_path: Path) -> None:
    losses = {loss.what: loss.count for loss in taken(written(PROJECT, tmp_path)).losses}
    assert losses["variable"] == 1  # Age
    assert losses["case"] == 1


def test_users_of_one_name_are_one_person_and_that_is_said(tmp_path: Path) -> None:
    other = replace(BEN, name="Ana")
    report = taken(written(project(FIRST, selection("That is all.", MONEY, user=other), users=(ANA, other)), tmp_path))
    assert report.verdicts == {"Ana": 2}
    assert any('2 users are called "Ana" and are one person here' in note for note in report.notes)


def test_what_was_confirmed_stays_confirmed_and_what_was_not_is_shown_again(tmp_path: Path) -> None:
    path = written(project(replace(FIRST, name="")), tmp_path)
    first, again = taken(path), taken(path)
    assert first.samples == again.samples == (("crete/one", "Money", "There is no money for it."),)
    taken(path, confirmed=True)
    last = taken(path)
    assert (last.is_confirmed, last.passages, last.samples) == (True, 0, ())


def test_people_of_a_project_are_compared_and_no_machine_is_said_to_have_read_it(tmp_path: Path) -> None:
    from qualcode.flow import agreement, study_status

    taken(written(PROJECT, tmp_path), whole_documents=True)
    work = at(tmp_path)
    frame = agreement(work, Filter()).frame
    assert frame["units"].tolist() == [5, 5, 5, 15]
    with pytest.raises(SelectionError, match="No machine has read these documents"):
        agreement(work, Filter(), coders="Ana,machine")
    made_by = study_status(work).made_by
    assert made_by[-1] == "Coded by people in another program, and read by no machine: 1 document(s)."
    assert not any(line.startswith(("Machine", "Mixed")) for line in made_by)


# --- taking back -------------------------------------------------------------------------------


def undone(folder: Path, action: str | None = None) -> UndoReport:
    """Take the newest import back, or what is named."""
    rows, _ = list_actions(at(folder))
    return undo(at(folder), action=action or next(row["action"] for row in rows if row["kind"] == "import"))


def test_an_import_is_taken_back_with_all_it_brought_and_comes_again(tmp_path: Path) -> None:
    path = written(PROJECT, tmp_path)
    taken(path)
    before, passages = counted(tmp_path), passages_of(tmp_path)
    assert before
    report = undone(tmp_path)
    assert (report.action["kind"], report.action["file"], report.documents) == ("import", path.name, 1)
    assert (report.replaced, report.gone, report.kept) == (0, 1, 0)
    assert report.actions == sum(row["kind"] in ("bulk", "memo") for row in list_actions(at(tmp_path))[0]) > 0
    assert counted(tmp_path) == set()
    assert passages_of(tmp_path) == []
    with Store(tmp_path / "study.db") as store:
        assert (store.status_counts().documents, store.status_counts().undone_imports) == (0, 1)
        assert store.projects.imports() == store.verdicts.memos() == []
    with pytest.raises(SelectionError, match=r"Import [0-9a-f]{10} was taken back already, at 20"):
        undone(tmp_path)
    again = taken(path)
    assert (again.new, again.known_passages) == (1, 0)
    assert counted(tmp_path) == before
    assert passages_of(tmp_path) == passages


def passages_of(folder: Path) -> list[tuple[str, int, int, str, str]]:
    with Store(folder / "study.db", read_only=True) as store:
        keys = ("document", "start", "end", "code_id", "coder")
        return [tuple(row[key] for key in keys) for row in store.projects.passages() if row["is_standing"]]


def test_a_document_that_another_import_brought_too_or_a_tagger_has_read_stays(tmp_path: Path) -> None:
    first = written(PROJECT, tmp_path)
    taken(first)
    later = written(project(FIRST, INSIDE, ACROSS, QUESTION, selection("That is all.", MONEY)), tmp_path, "later.qdpx")
    taken(later)
    report = undone(tmp_path, sha256(first))
    assert (report.documents, report.gone) == (0, 0)
    with Store(tmp_path / "study.db") as store:
        assert len(store.document_rows()) == 1
        name = store.document_rows()[0]["name"]
        transcript = store.transcript(name)
        tagger = RunRecord("rules.v1", "rules", "0", "2026-01-01T10:00:00+00:00")
        store.save_run(tagger, at(tmp_path).codebook, [TaggedDocument(transcript, (), "b2:reading")])
    report = undone(tmp_path, sha256(later))
    assert (report.documents, report.replaced, report.gone, report.kept) == (1, 0, 0, 1)
    run = next(row["action"] for row in list_actions(at(tmp_path))[0] if row["kind"] == "tag")
    assert undone(tmp_path, run).gone == 1


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_store_is_backed_up_before_it_takes_a_project_but_not_when_it_is_new(tmp_path: Path) -> None:
    path = written(PROJECT, tmp_path)
    taken(path)
    assert list(tmp_path.glob("*.backup-*")) == []
    before = dump(tmp_path)
    taken(path, dry_run=True)
    assert list(tmp_path.glob("*.backup-*")) == []
    taken(path)
    (tmp_path / "copy").mkdir()
    (tmp_path / "study.db.backup-1").rename(tmp_path / "copy" / "study.db")
    assert dump(tmp_path / "copy") == before


def test_an_import_that_came_with_a_study_is_taken_back_too(tmp_path: Path) -> None:
    taken(written(PROJECT, tmp_path))
    content = export_project(at(tmp_path)).content
    there = tmp_path / "there"
    there.mkdir()
    (there / "study.qdpx").write_bytes(content)
    assert taken(there / "study.qdpx").restored is not None
    report = undone(there)
    assert (report.gone, report.actions > 0, counted(there)) == (1, True, set())
