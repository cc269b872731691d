"""`encrypt` and `decrypt` as typed, and a whole study in an encrypted store."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qualcode.store import is_encrypted, passphrase, read_tables
from studies import SmallStudy

from .test_app import Ran
from .test_reports import refused

pytest.importorskip("sqlcipher3")

KEY = "five words drawn at random"
SAID = (b"second bus", b"friendly garden", b"My garden", b"costs too much", b"family of five", b"SQLite format 3")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passphrase, "ITERATIONS", 100)  # for speed; `tests/store` makes as many as SQLCipher


@pytest.fixture
def here(study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> SmallStudy:
    """The small study as the working folder, with a key file elsewhere."""
    key = study.folder.with_name("key")
    key.write_text(f"{KEY}\n", encoding="utf-8")
    monkeypatch.chdir(study.folder)
    monkeypatch.setenv("QUALCODE_KEY_FILE", str(key))
    return study


_watched: list[Path] = []
_seen: list[str] = []


def _look(event: str, arguments: tuple[Any, ...]) -> None:
    """Read every database of the study whenever a file is opened, renamed or removed."""
    if _watched and event in ("os.remove", "os.rename", "shutil.rmtree", "sqlite3.connect"):
        (folder,) = _watched
        _watched.clear()  # not what this look itself does
        _seen.extend(readable(folder))
        _watched.append(folder)


sys.addaudithook(_look)


@pytest.fixture
def seen(here: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Files that could be read without a key, at any time of the test."""
    temporary = here.folder / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    _watched.append(here.folder)
    yield _seen
    _watched.clear()
    _seen.clear()


def readable(folder: Path) -> list[str]:
    """Files with words of the notes, but for the notes themselves and what is written for people."""
    files = [path for path in folder.rglob("*") if path.is_file() and "notes" not in path.parts]
    return [
        str(path)
        for path in files
        if path.suffix not in (".csv", ".yaml") and any(word in path.read_bytes() for word in SAID)
    ]


def test_a_copy_is_encrypted_and_what_is_left_is_said(here: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUALCODE_KEY_FILE")
    here.tag()
    monkeypatch.setenv("QUALCODE_KEY", KEY)
    ran = Ran("encrypt", "--out", "secret.db")
    assert (ran.code, ran.out) == (0, "")
    assert "Wrote secret.db, encrypted; every row is the same." in ran.err
    assert f"Still there, and not encrypted: {here.store_path}\n" in ran.err
    assert "qualcode doctor --store secret.db" in ran.err
    assert KEY not in ran.err
    ran = Ran("decrypt", "--store", "secret.db", "--out", "back.db")
    assert (ran.code, ran.out) == (0, "")
    assert "who has the file can read the interviews" in ran.err
    assert read_tables(Path("back.db")) == read_tables(here.store_path)
    assert (
        refused("encrypt", "--out", "secret.db")
        == "secret.db exists already. Name another file, or move it away first."
    )


def test_a_study_lives_in_an_encrypted_store_and_nothing_of_it_is_ever_plain(here: SmallStudy, seen: list[str]) -> None:
    def run(*arguments: str) -> str:
        ran = Ran(*arguments)
        assert ran.code == 0, (arguments, ran.err)
        assert KEY not in ran.out + ran.err
        return ran.out

    run("tag", "notes")
    assert is_encrypted(here.store_path)
    here.write("anna.txt", "Anna: The bus is slow. My garden is fine.\n")
    run("tag", "notes", "--diff", "--dry-run")
    run("tag", "notes", "--diff")
    run("summarize", "--out", "numbers.csv")
    run("search", "bus")
    run("doctor")
    run("doctor", "--fix")
    shutil.copy(here.store_path, "other.db")
    run("merge", "qualcode.db", "other.db", "--out", "pool.db")
    Path("names.csv").write_text("name,kind\nAnna,person\n", encoding="utf-8")
    run("pseudonymize", "--out", "hidden.db")
    run("status", "--store", "hidden.db")
    run("undo", json.loads(run("undo", "--list", "--format", "json"))[0]["action"])
    assert is_encrypted(Path("pool.db"))
    assert is_encrypted(Path("hidden.db"))
    assert seen == readable(here.folder) == []
    assert KEY.encode() not in b"".join(path.read_bytes() for path in here.folder.rglob("*") if path.is_file())


def test_a_plain_store_is_seen(here: SmallStudy, seen: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUALCODE_KEY_FILE")
    assert Ran("tag", "notes").code == 0
    assert Ran("tag", "notes", "--diff", "--dry-run", "--retag").code == 0
    assert {Path(path).parent.name[:19] for path in seen} == {"buses", ".qualcode.db.trial-"}


def test_without_its_key_a_store_is_refused_and_left_alone(here: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    here.tag()
    before = here.store_path.read_bytes()
    monkeypatch.delenv("QUALCODE_KEY_FILE")
    commands = (["status"], ["doctor"], ["tag", "notes"], ["undo"], ["decrypt", "--out", "a.db"])
    for command in commands:
        assert "qualcode.db needs a passphrase" in refused(*command)
    monkeypatch.setenv("QUALCODE_KEY", "a wrong passphrase")
    for command in commands:
        said = refused(*command)
        assert "qualcode.db does not open with this passphrase (QUALCODE_KEY)" in said
        assert "wrong passphrase" not in said
    assert "Datasette cannot show that" in refused("explore", "--no-browser")
    assert here.store_path.read_bytes() == before
    assert not Path("a.db").exists()
