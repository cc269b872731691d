from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from foreign_projects import BEN, MONEY, TRAINING, WAITING, note, project, written
from qualcode import flow
from qualcode.refi import read_project
from qualcode.store import Store

from .importing_study import FIRST, QUESTION, at, taken


def test_notes_become_memos(tmp_path: Path) -> None:
    on_passage, on_code, on_coding = note("Ask again"), note("Or funds?", BEN), note("Strong word")
    noted = replace(
        FIRST, notes=(on_passage.guid,), codings=(replace(FIRST.codings[0], notes=(on_coding.guid,)),)
    )  # fmt: skip
    money = replace(MONEY, notes=(on_code.guid,))
    path = written(project(noted, codes=(money, WAITING, TRAINING), notes=(on_passage, on_code, on_coding)), tmp_path)
    assert taken(path).memos == 3
    assert taken(path).memos == 0
    with Store(tmp_path / "study.db") as store:
        assert {(m["coder"], m["position"], m["code"], m["text"]) for m in store.verdicts.memos()} == {
            ("Ana", 1, None, "Ask again"),
            ("Ana", 1, "money", "Strong word"),
            ("Ben", None, "money", "Or funds?"),
        }


def test_a_note_on_words_that_are_never_coded_goes_out_again(tmp_path: Path) -> None:
    asked = note("A leading question")
    path = written(project(replace(QUESTION, notes=(asked.guid,)), notes=(asked,)), tmp_path)
    report = taken(path)
    assert report.memos == 0
    assert {loss.what: loss.count for loss in report.losses}["passage with a memo on words that are never coded"] == 1
    back = read_project(flow.export_project(at(tmp_path)).content, file="back.qdpx").project
    (found,) = back.sources[0].selections
    assert (found.start, found.notes) == (QUESTION.start, (asked.guid,))
    assert [(one.text, one.user) for one in back.notes] == [("A leading question", found.codings[0].user)]


def test_a_note_that_is_part_of_another_one_is_not_lost(tmp_path: Path) -> None:
    long, short = note("It took long"), note("long")
    taken(written(project(replace(FIRST, notes=(long.guid,)), notes=(long,)), tmp_path))
    later = project(replace(FIRST, notes=(long.guid, short.guid)), notes=(long, short))
    assert taken(written(later, tmp_path, "later.qdpx")).memos == 1
    with Store(tmp_path / "study.db") as store:
        assert [memo["text"] for memo in store.verdicts.memos()] == ["It took long\n\nlong"]
