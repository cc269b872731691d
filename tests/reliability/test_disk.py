"""A disk that is full, and files and folders that may not be written: a clear error, and what was there stays."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reliability.nursery import Ended, Nursery
from reliability.states import faults_of, is_clear, state_of
from reliability.tally import Tally
from studies import ANNA, SmallStudy

SPARE = 4096
"""Bytes that a file may still grow by, where the disk is full."""
DISK = ("disk", "File too large", "No space left")


@pytest.fixture
def full(study: SmallStudy, nursery: Nursery) -> SmallStudy:
    """A tagged study, with much more to tag and old exports beside it."""
    assert nursery.run(study.folder, "tag", "notes/anna.txt", "notes/ben.txt").status == 0
    for name, command in WRITERS:
        if name:
            assert nursery.run(study.folder, *command).status == 0
    assert nursery.run(study.folder, "tag", "notes").status == 0
    for number in range(6):
        study.write(f"more{number}.txt", "".join(ANNA.replace("Anna", f"Anna {number} {turn}") for turn in range(60)))
    return study


WRITERS = (
    ("", ("tag", "notes", "--region", "Northfield")),
    ("", ("import", "theirs.qdpx", "--own-codebook")),
    ("all.html", ("report", "--cross-regional", "--out", "all.html")),
    ("all.docx", ("report", "--cross-regional", "--out", "all.docx")),
    ("table.xlsx", ("summarize", "--out", "table.xlsx")),
    ("study.qdpx", ("export", "study.qdpx")),
    ("study.xlsx", ("export", "study.xlsx")),
)


def _is_refused(
    study: SmallStudy, name: str, old: bytes, ended: Ended, before: list[str], tally: Tally, what: str
) -> None:
    tally.tried += 1
    tally.check_clear(ended.status == 1, f"{what}: exit code {ended.status}: {ended.said}")
    tally.check_clear(is_clear(ended.said) and any(word in ended.said for word in DISK), f"{what}: {ended.said}")
    tally.check_kept(state_of(study.store_path) == before, f"{what}: the store has changed")
    tally.lost += [f"{what}: {fault}" for fault in faults_of(study.store_path)]
    if name:
        tally.check_kept((study.folder / name).read_bytes() == old, f"{what}: the old {name} is gone")
    parts = [path.name for path in study.folder.iterdir() if path.name.endswith((".part", ".tmp"))]
    tally.check_kept(not parts, f"{what}: left behind: {parts}")


@pytest.mark.parametrize("limit", ["size", "device"])
def test_disk_full(full: SmallStudy, nursery: Nursery, tmp_path: Path, tally: Tally, limit: str) -> None:
    from foreign_projects import MONEY, project, selection, written

    text = "I: What is hard?\nR1: There is no money for it.\n" * 400
    written(project(selection("There is no money for it.", MONEY, text=text), text=text), full.folder)
    before = state_of(full.store_path)
    folder = tmp_path / "disk"
    with _small_disk(folder, full.folder) if limit == "device" else _copy(folder, full.folder):
        study = SmallStudy(folder)
        for name, command in WRITERS:
            old = (full.folder / name).read_bytes() if name else b""
            if limit == "size":
                largest = SPARE + (0 if name else study.store_path.stat().st_size)
                ended = nursery.run(study.folder, *command, largest=largest)
            else:
                (study.folder / "filler").unlink(missing_ok=True)
                _fill(study.folder / "filler")
                ended = nursery.run(study.folder, *command)
            _is_refused(study, name, old, ended, before, tally, " ".join(command))
        (study.folder / "filler").unlink(missing_ok=True)
        assert nursery.run(study.folder, "tag", "notes", "--region", "Northfield").status == 0


@contextmanager
def _copy(folder: Path, of: Path) -> Iterator[None]:
    shutil.copytree(of, folder)
    yield


@contextmanager
def _small_disk(folder: Path, of: Path) -> Iterator[None]:
    """A disk in memory, where that can be had."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk needs the right to mount one")
    try:
        shutil.copytree(of, folder, dirs_exist_ok=True)
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], capture_output=True, check=True)


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as filler:
        for size in (65536, 4096):
            try:
                while filler.write(bytes(size)) == size:
                    pass
            except OSError:
                continue
    with file.open("r+b") as filler:
        filler.truncate(max(0, file.stat().st_size - SPARE))


# --- what may not be written -----------------------------------------------------------------------


def test_what_may_not_be_written_or_is_no_store(study: SmallStudy, nursery: Nursery, tally: Tally) -> None:
    assert nursery.run(study.folder, "tag", "notes").status == 0
    store, good = study.store_path, study.store_path.read_bytes()
    for what, content, mode in (
        ("write-protected", good, 0o444),
        ("SQLite", b"Not a store, but a text.\n" * 40, 0o644),
        ("damaged", good[: len(good) // 2], 0o644),
        ("damaged", good[:4096] + bytes(len(good) - 4096), 0o644),
    ):
        store.chmod(0o644)
        store.write_bytes(content)
        store.chmod(mode)
        ended = nursery.run(study.folder, "tag", "notes", "--retag")
        tally.tried += 1
        tally.check_clear(ended.status == 1 and is_clear(ended.said, "qualcode.db", what), f"{what}: {ended.said}")
        tally.check_kept(store.read_bytes() == content, f"{what}: the file has changed")
    store.chmod(0o644)
    store.unlink()
    missing = nursery.run(study.folder, "summarize")
    tally.tried += 1
    tally.check_clear(missing.status == 1 and is_clear(missing.said, "There is no store"), missing.said)
    tally.check_kept(not store.exists(), "an empty store in place of the one that is gone")
    nowhere = nursery.run(study.folder, "tag", "notes", "--store", "gone/qualcode.db")
    tally.tried += 1
    tally.check_clear(nowhere.status == 1 and is_clear(nowhere.said, "folder"), nowhere.said)
