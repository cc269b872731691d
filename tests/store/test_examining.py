"""A store's file and what lies beside it are examined as they are: nothing is changed, whatever they are like."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from random import Random

import pytest

from qualcode.errors import StoreError
from qualcode.store import SCHEMA_VERSION, Finding, Store, examine
from qualcode.store.examining import LEFT_AFTER_SECONDS, backup_files

from .damaged import full_store, kill_in_the_middle

KEPT = sorted(Path(__file__).with_name("data").glob("schema_*.db"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return full_store(tmp_path / "study.db")


def tree(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def examined(path: Path) -> list[Finding]:
    """What is not well; after this, every file in the folder is byte for byte as before."""
    before = tree(path.parent)
    findings = examine(path).findings
    assert tree(path.parent) == before
    return [finding for finding in findings if finding.state != "ok"]


def test_a_whole_store_has_no_finding_and_says_what_it_is_made_of(path: Path) -> None:
    assert examined(path) == []
    found = examine(path)
    assert [run["settings"] for run in found.runs] == [{"auto": 0.5, "review": 0.2}]
    assert [row["name"] for row in found.sources] == ["crete/one.txt", "ghent/two.txt"]


@pytest.mark.parametrize("kept", KEPT, ids=[file.stem for file in KEPT])
def test_stores_of_every_schema_are_whole_and_stay_at_theirs(kept: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(kept, tmp_path / "study.db"))
    path.chmod(0o600)
    assert examined(path) == []
    version = int(kept.stem.partition("_")[2])
    said = examine(path).findings[0].found
    assert (f"schema {version}; now {SCHEMA_VERSION}" in said) == (version < SCHEMA_VERSION)


def test_a_store_that_is_not_there_or_empty_is_no_finding(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no store"):
        examine(tmp_path / "study.db")
    (tmp_path / "study.db").touch()
    with pytest.raises(StoreError, match="is empty"):
        examine(tmp_path / "study.db")
    assert tree(tmp_path) == {"study.db": b""}


def text_file(path: Path) -> None:
    path.write_text("Interviewer: Hello\n" * 40, encoding="utf-8")


def foreign_database(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE contacts (name)")
        connection.commit()


def newer_store(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")


def garbage(path: Path) -> None:
    raw = path.read_bytes()
    path.write_bytes(raw[:100] + b"\xff" * (len(raw) - 100))


@pytest.mark.parametrize(
    ("make", "said", "advice"),
    [
        (text_file, "is not a SQLite file", "Name another with --store."),
        (foreign_database, "of another program", "Name another with --store."),
        (newer_store, "was made by a newer qualcode", "Update with: pip install --upgrade qualcode"),
        (garbage, "SQLite cannot read it", "Take the newest backup that is whole."),
    ],
)
def test_what_cannot_be_opened_is_a_fault_of_the_file(path: Path, make: object, said: str, advice: str) -> None:
    make(path)  # type: ignore[operator]
    (finding,) = examined(path)
    assert (finding.check, finding.state, finding.advice) == ("file", "fault", advice)
    assert said in finding.found


def test_half_a_store_is_examined_as_far_as_it_goes(path: Path) -> None:
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2])
    findings = examined(path)
    assert {"pages", "file"} & {finding.check for finding in findings}
    assert {finding.state for finding in findings} == {"fault"}


def test_a_wal_store_is_a_fault_and_its_content_is_checked(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("UPDATE runs SET seed = 8")
        connection.commit()
        shutil.copytree(path.parent, path.parent / "as it lies")
    moved = path.parent / "as it lies" / path.name
    assert [(finding.check, finding.state) for finding in examined(moved)] == [("journal", "fault"), ("ids", "fault")]


@pytest.mark.skipif(os.name != "posix", reason="kills a process as POSIX does")
def test_an_interrupted_write_is_named_and_left_to_be_undone(path: Path) -> None:
    kill_in_the_middle(path)
    assert path.with_name("study.db-journal").stat().st_size
    (finding,) = examined(path)
    assert (finding.check, finding.state, finding.mends) == ("journal", "warning", "journal")
    Store(path).close()
    assert examined(path) == []


def test_a_store_that_somebody_writes_to_is_examined_as_it_was_committed(path: Path) -> None:
    with Store(path) as store, store.writing():
        store.verdicts.assign({"Anna": []})
        assert examined(path) == []


def test_backups_are_counted_and_a_damaged_one_is_named(path: Path) -> None:
    shutil.copy(KEPT[0], path.with_name("study.db.backup-2"))
    path.with_name("study.db.backup-10").write_bytes(path.read_bytes()[:5000])
    path.with_name("other.db.backup-3").write_bytes(b"")
    assert [file.name for file in backup_files(path)] == ["study.db.backup-10", "study.db.backup-2"]
    (finding,) = examined(path)
    assert (finding.check, finding.state) == ("backups", "warning")
    assert finding.found.startswith("study.db.backup-10 is damaged (")
    (well,) = [one.found for one in examine(path).findings if one.check == "backups" and one.state == "ok"]
    assert well.startswith("1 whole; the newest is study.db.backup-2, of ")


def test_temporary_files_of_ours_are_named_once_they_are_old(path: Path) -> None:
    for name in ("study.db.backup-3.tmp", ".table.csv.4711.part", "notes.part"):
        file = path.with_name(name)
        file.touch()
        assert examined(path) == []
    old = time.time() - LEFT_AFTER_SECONDS - 60
    for name in ("study.db.backup-3.tmp", ".table.csv.4711.part", "notes.part"):
        os.utime(path.with_name(name), (old, old))
    (finding,) = examined(path)
    assert (finding.check, finding.state, finding.mends) == ("leftovers", "warning", "leftovers")
    assert finding.found == "2 temporary file(s) were left behind: .table.csv.4711.part, study.db.backup-3.tmp"


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_store_that_all_may_read_is_a_warning_where_all_may_reach_it(path: Path) -> None:
    folders = [folder for folder in path.parents if not folder.stat().st_mode & 0o001]
    path.chmod(0o644)
    assert bool(examined(path)) == (not folders)


def test_any_flipped_bit_is_a_finding_or_nothing_and_never_an_error(path: Path) -> None:
    raw, random = path.read_bytes(), Random(7)
    for _ in range(25):
        damaged = bytearray(raw)
        damaged[random.randrange(len(raw))] ^= 1 << random.randrange(8)
        path.write_bytes(damaged)
        with suppress(StoreError):
            examine(path)
        assert path.read_bytes() == damaged
