from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from foreign_projects import project, written
from qualcode import flow
from qualcode.store import Filter, Store

from .importing_study import FIRST, INSIDE, PROJECT, at, counted, dump, taken


def test_places_that_nothing_proves_wait_until_a_person_confirms_them(tmp_path: Path) -> None:
    path = written(project(*(replace(one, name="") for one in (FIRST, INSIDE))), tmp_path)
    report = taken(path)
    assert not report.is_verified
    assert ("crete/one", "Money", "There is no money for it.") in report.samples
    assert counted(tmp_path, status="counted") == set()
    assert len(counted(tmp_path, status="pending")) == 3
    confirmed = taken(path, confirmed=True)
    assert (confirmed.passages, confirmed.is_confirmed) == (3, True)
    assert len(counted(tmp_path, status="counted")) == 3
    before = dump(tmp_path)
    assert taken(path).passages == 0
    assert dump(tmp_path) == before


def test_silence_says_no_only_where_asked(tmp_path: Path) -> None:
    taken(written(PROJECT, tmp_path))
    with Store(tmp_path / "study.db") as store:
        assert store.verdicts.looks() == []
    (tmp_path / "study.db").unlink()
    taken(written(PROJECT, tmp_path), whole_documents=True)
    with Store(tmp_path / "study.db") as store:
        assert len(store.verdicts.looks()) == 2 * 5  # two people, five respondents' sentences
        # Ana gave Money where Ben was silent: they differ, so it waits.
        assert {row["status"] for row in store.codings(Filter(code="money"))} == {"pending"}


def test_an_import_is_taken_back_as_a_whole_and_can_come_again(tmp_path: Path) -> None:
    path = written(PROJECT, tmp_path)
    taken(path)
    work = at(tmp_path)
    flow.undo(work, coder="Ana")
    assert {code for code, _ in counted(tmp_path)} == {"money", "waiting"}
    again = taken(path)
    # The passage on the interviewer's words was nobody's verdict, so it had stayed.
    assert (again.passages, again.known_passages, again.verdicts) == (2, 3, {"Ana": 3})


def test_what_a_person_decided_here_stands(tmp_path: Path) -> None:
    path = written(PROJECT, tmp_path)
    taken(path)
    work = at(tmp_path)
    flow.undo(work, coder="Ana")
    with Store(tmp_path / "study.db") as store:
        from qualcode.review import Decision, Place

        document_id = store.document_rows()[0]["document_id"]
        store.verdicts.decide("Ana", [Decision(Place(document_id, 1), "money", "reject")])
    again = taken(path)
    assert again.decided_here == 1
    assert ("money", "There is no money for it.") not in counted(tmp_path, status="counted")


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="needs a time zone that can be set")
def test_a_time_without_a_zone_is_the_same_on_every_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    local = replace(FIRST, codings=(replace(FIRST.codings[0], created="2025-03-01T10:00:00"),))
    path = written(project(local), tmp_path)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        taken(path)
    finally:
        monkeypatch.undo()
        time.tzset()
    with Store(tmp_path / "study.db") as store:
        assert [action["made_utc"] for action in store.verdicts.export_actions()] == ["2025-03-01T10:00:00+00:00"]
