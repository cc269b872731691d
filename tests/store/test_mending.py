"""Mending makes a damaged store equal to what it was, after a backup, and touches nothing that could be lost."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from qualcode.errors import StoreError
from qualcode.store import Store, examine, mend
from qualcode.store.examining import LEFT_AFTER_SECONDS
from qualcode.store.opening import BACKUPS_KEPT

from .builders import dump
from .damaged import damage, flip, full_store, kill_in_the_middle
from .test_checking import FIRST


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return full_store(tmp_path_factory.mktemp("whole") / "study.db")


@pytest.fixture
def path(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(whole, tmp_path / "study.db"))


def tables(path: Path) -> list[str]:
    """Everything but triggers, which `damage` makes again, and how the index is cut into blocks."""
    return sorted(line for line in dump(path) if not line.startswith("CREATE TRIGGER") and "segments_fts_" not in line)


def faults(path: Path) -> list[str]:
    return [finding.check for finding in examine(path).findings if finding.state != "ok"]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE segments SET words = 7 WHERE segment_id = 3", "Counted words again: 1 number(s) differ."),
        (f"UPDATE documents SET words = 7 WHERE {FIRST}", "Counted words again: 1 number(s) differ."),
        (
            "UPDATE documents SET is_current = 0 WHERE version = 2",
            "Made the newest of what stands current again: 1 row(s) differ.",
        ),
        ("UPDATE coverage SET is_current = 0", "Made the newest of what stands current again: 3 row(s) differ."),
        ("UPDATE runs SET documents = 7", "Made the newest of what stands current again: 1 row(s) differ."),
        ("DELETE FROM intense", "Kept 2 sentence(s) as intense, as their codings say."),
        ("UPDATE decisions SET outcome = 'rejected'", "Made 2 outcome(s) again from what people decided."),
        ("DELETE FROM decisions", "Made 2 outcome(s) again from what people decided."),
        ("INSERT INTO segments_fts (rowid, text) VALUES (4, 'ghost')", "Made the search index again: 19 sentence(s)."),
        (
            "INSERT INTO segments_fts (segments_fts) VALUES ('delete-all')",
            "Made the search index again: 19 sentence(s).",
        ),
    ],
)
def test_what_can_be_made_again_is(path: Path, sql: str, said: str) -> None:
    before = tables(path)
    damage(path, sql)
    assert len(set(faults(path))) == 1
    assert mend(path, examine(path).findings) == [said]
    assert faults(path) == []
    assert tables(path) == before
    with Store(path) as store:
        assert [row["position"] for row in store.search("hours")] == [3, 3]
    assert faults(path.with_name("study.db.backup-1")) != []


def test_a_damaged_text_comes_back_from_the_newest_backup_that_has_it(path: Path) -> None:
    before = tables(path)
    for number in range(1, BACKUPS_KEPT + 1):  # the only whole one is the next to be thrown away
        shutil.copy(path, path.with_name(f"study.db.backup-{number}"))
        if number > 1:
            flip(path.with_name(f"study.db.backup-{number}"), b"There is no money.")
    path.with_name("study.db.backup-9").write_bytes(b"no store")
    flip(path, b"There is no money.")
    done = mend(path, examine(path).findings)
    assert done == ["Took the text of ghent/two.txt (version 2) from study.db.backup-1."]
    assert tables(path) == before
    assert not path.with_name("study.db.backup-1").exists()


def test_a_damaged_text_without_a_backup_stays_and_is_still_named(path: Path) -> None:
    flip(path, b"There is no money.")
    damaged = tables(path)
    assert mend(path, examine(path).findings) == []
    assert tables(path) == damaged
    assert faults(path) == ["texts"]
    assert [file.name for file in path.parent.iterdir()] == ["study.db"]


def test_the_index_of_a_text_that_came_back_finds_its_words(path: Path) -> None:
    shutil.copy(path, path.with_name("study.db.backup-1"))
    damage(path, "INSERT INTO segments_fts (segments_fts) VALUES ('delete-all')")
    flip(path, b"There is no money.")
    assert len(mend(path, examine(path).findings)) == 2
    with Store(path) as store:
        assert [row["document"] for row in store.search("money")] == ["crete/one.txt", "ghent/two.txt"]


def test_the_index_of_sentences_without_a_document_is_made_again_once(path: Path) -> None:
    damage(path, "DELETE FROM documents WHERE name = 'crete/one.txt'")
    assert "search index" in faults(path)
    assert len(mend(path, examine(path).findings)) == 1
    assert "search index" not in faults(path)


def test_an_index_that_cannot_be_read_is_made_again(path: Path) -> None:
    damage(path, "DELETE FROM segments_fts_data WHERE id > 10")
    assert faults(path) == ["search index"]
    assert mend(path, examine(path).findings) == ["Made the search index again: 19 sentence(s)."]
    assert faults(path) == []


def test_what_people_and_runs_said_is_never_mended(path: Path) -> None:
    damage(path, "UPDATE verdicts SET decision = 'unsure' WHERE code_id = 'travel'", "UPDATE runs SET seed = 8")
    findings = examine(path).findings
    before = path.read_bytes()
    assert mend(path, [finding for finding in findings if finding.check == "ids"]) == []
    assert path.read_bytes() == before


def test_a_whole_store_is_not_written_to(path: Path) -> None:
    before = path.read_bytes()
    assert mend(path, examine(path).findings) == []
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["study.db"]


def test_old_temporary_files_are_removed_and_nothing_else(path: Path) -> None:
    names = ("study.db.backup-3.tmp", ".table.csv.4711.part", "mine.part", ".new.csv.4712.part")
    old = time.time() - LEFT_AFTER_SECONDS - 60
    for name in names:
        path.with_name(name).touch()
    for name in names[:3]:
        os.utime(path.with_name(name), (old, old))
    assert mend(path, examine(path).findings) == ["Removed 2 temporary file(s)."]
    assert sorted(file.name for file in path.parent.iterdir()) == [".new.csv.4712.part", "mine.part", "study.db"]


def test_damaged_pages_are_not_written_to(path: Path) -> None:
    damage(path, "DELETE FROM intense")
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) - 3 * 4096])
    before = path.read_bytes()
    assert mend(path, examine(path).findings) == []
    assert path.read_bytes() == before


@pytest.mark.skipif(os.name != "posix", reason="kills a process as POSIX does")
def test_after_an_interrupted_write_the_store_is_as_before(path: Path) -> None:
    before = tables(path)
    kill_in_the_middle(path)
    assert faults(path) == ["journal"]
    assert mend(path, examine(path).findings) == []  # opening says it
    assert faults(path) == []
    assert tables(path) == before


def test_a_protected_store_is_not_mended(path: Path) -> None:
    damage(path, "DELETE FROM intense")
    path.chmod(0o444)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="write-protected"):
        mend(path, examine(path).findings)
    assert path.read_bytes() == before
