"""`doctor` as typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from store.damaged import damage
from studies import SmallStudy, dump

from .test_app import Ran
from .test_reports import refused


@pytest.fixture
def here(study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> SmallStudy:
    """The small study, tagged, as the working folder."""
    study.tag()
    study.store_path.chmod(0o600)
    monkeypatch.chdir(study.folder)
    return study


@pytest.mark.usefixtures("here")
def test_a_whole_store_is_well_and_the_code_is_0() -> None:
    ran = Ran("doctor")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("The store and its codings\n")
    assert ran.out.rstrip().endswith("Everything is well.")


def test_warnings_alone_are_no_problem(here: SmallStudy) -> None:
    here.write("anna.txt", "Anna: No.\n")
    ran = Ran("doctor", "--format", "json")
    assert ran.code == 0
    assert [row["found"] for row in ran.json() if row["state"] == "warning"] == [
        "notes/anna.txt was changed since it was tagged."
    ]


def test_a_fault_is_code_1_and_fix_mends_it(here: SmallStudy) -> None:
    before = dump(here.store_path)
    damage(here.store_path, "UPDATE segments SET words = 99 WHERE segment_id = 2")
    ran = Ran("doctor", "--format", "json")
    assert ran.code == 1
    assert [(row["check"], row["advice"]) for row in json.loads(ran.out) if row["state"] == "fault"] == [
        ("words", "qualcode doctor --fix counts them again.")
    ]
    ran = Ran("doctor", "--fix", "--format", "csv", "--out", "found.csv")
    assert ran.code == 0
    assert "Counted words again: 1 number(s) differ.\n" in ran.err
    assert (here.folder / "found.csv").read_text(encoding="utf-8").startswith("check,state,found,advice\n")
    assert sorted(dump(here.store_path)) == sorted(before)
    assert (here.folder / "qualcode.db.backup-1").is_file()


def test_what_is_no_store_is_a_finding_and_what_is_not_there_an_error(here: SmallStudy, tmp_path: Path) -> None:
    ran = Ran("doctor", "--store", here.folder / "codebook.yaml", "--format", "json")
    assert ran.code == 1
    assert "is not a SQLite file" in json.loads(ran.out)[0]["found"]
    assert "There is no store" in refused("doctor", "--store", tmp_path / "none.db")
