"""Ten thousand bad files through all readers: each is refused by name, in time and memory, or read; nothing else."""

from __future__ import annotations

import re
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from qualcode.errors import QualcodeError
from qualcode.read import find_sources, read_document
from qualcode.refi import read_codebook_file, read_project
from reliability.bad_documents import KINDS, Kind, damaged
from reliability.tally import IN_FULL, Tally
from studies import SmallStudy

SECONDS, MEBIBYTES = 10, 500
TAGGED_EVERY = 40
"""One file in so many goes the whole way: into a store that must then be as before, or hold it."""


TALK = re.compile(r"no money|always late|bus is|What is hard")
"""Of what people say in the files: an error may be mailed or logged."""


class TooSlowError(Exception):
    """Ten seconds are over."""


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.ending)
def test_bad_files(study: SmallStudy, tally: Tally, kind: Kind) -> None:
    study.tag()
    before = study.store_path.read_bytes()
    path = study.folder / f"bad.{kind.ending}"
    for what, raw in damaged(kind, kind.count if IN_FULL else -(-kind.count // 20)):
        path.write_bytes(raw)
        tally.tried += 1
        with watched(tally, what):
            read(path, raw)
        if tally.tried % TAGGED_EVERY == 1 and kind.ending not in ("qdpx", "qdc"):
            with watched(tally, f"{what}, tagged"):
                into_store(study, path, before, tally, what)
    assert not tally.unclear, "\n".join(tally.unclear[:5])


def test_there_are_ten_thousand() -> None:
    assert sum(kind.count for kind in KINDS) == 10_000


def read(path: Path, raw: bytes) -> None:
    """Read a file as the commands do."""
    if path.suffix == ".qdpx":
        for source in read_project(raw, file=str(path)).project.sources:
            source.text.encode()
    elif path.suffix == ".qdc":
        read_codebook_file(raw, file=str(path))
    else:
        found = find_sources([path])
        assert found.files or found.problems or found.skipped
        for file in found.files:
            document = read_document(file.path, name=file.name, raw=file.raw)
            assert document.text.strip()
            assert "\0" not in document.text
            document.text.encode()
            ends = [(block.start, block.end) for block in document.blocks]
            assert ends == sorted(ends)
            assert all(0 <= start <= end <= len(document.text) for start, end in ends)


def into_store(study: SmallStudy, path: Path, before: bytes, tally: Tally, what: str) -> None:
    """Tag a file: it is in the store afterwards, or the store is as before."""
    try:
        report = study.tag(path, options=_region())
    except QualcodeError:
        tally.check_kept(study.store_path.read_bytes() == before, f"{what}: refused, and the store has changed")
        raise
    tally.check_kept(report.new + report.unchanged >= 1, f"{what}: neither refused nor stored")
    study.store_path.write_bytes(before)


def _region() -> object:
    from qualcode import flow

    return flow.read_options(attributes={"region": "Northfield"})


# --- time and memory -------------------------------------------------------------------------------


@contextmanager
def watched(tally: Tally, what: str) -> Iterator[None]:
    """Note what takes too long, too much memory, or ends otherwise than with an error of ours that names the file."""
    begin = time.monotonic()
    _forget_peak()
    at_first = _peak()
    try:
        with _at_most(2 * SECONDS):
            yield
    except QualcodeError as error:
        said = str(error)
        named = "bad." in said and len(said) < 2000 and not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", said)
        tally.check_clear(named, f"{what}: {said[:300]!r}")
        tally.check_clear(not TALK.search(said), f"{what}: what people said stands in the error: {said[:300]!r}")
    except (Exception, RecursionError):
        tally.check_clear(False, f"{what}: {traceback.format_exc(limit=-3)}")
    seconds, grown = time.monotonic() - begin, _peak() - at_first
    tally.check_clear(seconds < SECONDS, f"{what}: took {seconds:.1f} s")
    tally.check_clear(grown < MEBIBYTES, f"{what}: took {grown} MiB")


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    if not hasattr(signal, "setitimer"):
        yield  # Windows: what hangs is found by who waits
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooSlowError

    kept = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, kept)


def _forget_peak() -> None:
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak() -> int:
    """MiB this process has held at most since the last time it was forgotten; 0 where the system does not say."""
    if sys.platform != "linux":
        return 0
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found[1]) // 1024 if found else 0
