"""One review a store: who comes second is told who is there, and nobody waits for the dead."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from qualcode.errors import StoreError
from qualcode.web.holding import hold_store

HOLD = """
import sys
from pathlib import Path
from qualcode.web.holding import hold_store
with hold_store(Path(sys.argv[1]), "Anna"):
    print("held", flush=True)
    sys.stdin.readline()
"""


def holder(store: Path) -> subprocess.Popen[str]:
    """Another process that holds the store until it is told to go."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(store)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "study.db"
    path.touch()
    return path


def test_a_second_review_is_told_who_is_there(store: Path) -> None:
    process = holder(store)
    try:
        with pytest.raises(
            StoreError, match=rf"study.db is open in another review \(process {process.pid}, Anna, since \d\d:\d\d\)\. "
        ):
            hold_store(store, "Ben").__enter__()
    finally:
        process.communicate("\n")
    with hold_store(store, "Ben"):
        pass


def test_a_review_that_was_killed_holds_nobody_up(store: Path) -> None:
    process = holder(store)
    process.kill()
    process.communicate()
    assert store.with_name("study.db.review.lock").exists()
    with hold_store(store, "Ben"):
        note = (
            json.loads(store.with_name("study.db.review.lock").read_text(encoding="utf-8"))
            if os.name == "posix"
            else {}
        )
        assert note.get("coder", "Ben") == "Ben"


def test_nothing_stays_beside_the_store(store: Path) -> None:
    for _ in range(2):
        with hold_store(store, "Anna"):
            assert store.with_name("study.db.review.lock").exists()
        assert list(store.parent.iterdir()) == [store]


def test_a_fault_frees_the_store(store: Path) -> None:
    with pytest.raises(KeyboardInterrupt), hold_store(store, "Anna"):
        raise KeyboardInterrupt
    with hold_store(store, "Ben"):
        pass


def test_two_stores_are_held_apart(store: Path) -> None:
    with hold_store(store, "Anna"), hold_store(store.with_name("other.db"), "Anna"):
        pass


@pytest.mark.parametrize(
    "note", ["", "\n", "\n{}", "\n[]", "\n{broken", '\n{"process": 1, "coder": "A", "since": "x"}']
)
@pytest.mark.skipif(os.name != "posix", reason="elsewhere a file that is locked cannot be written over")
def test_a_note_that_cannot_be_read_is_left_out(store: Path, note: str) -> None:
    process = holder(store)
    try:
        store.with_name("study.db.review.lock").write_text(note, encoding="utf-8")
        with pytest.raises(StoreError, match=r"study.db is open in another review\. Decide there"):
            hold_store(store, "Ben").__enter__()
    finally:
        process.communicate("\n")


def test_a_lock_that_cannot_be_written_says_so(store: Path) -> None:
    store.with_name("study.db.review.lock").mkdir()
    with pytest.raises(
        StoreError, match=r"study\.db\.review\.lock cannot be written: .+ A review writes beside its store"
    ):
        hold_store(store, "Anna").__enter__()
