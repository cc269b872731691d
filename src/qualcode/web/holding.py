"""One review a store: a second one is told who has it.

The lock lies beside the store, as ``<store>.review.lock``: whoever reviews must be able to write there anyway, for
SQLite keeps its journal there, and a store on a shared drive is held for all machines. The operating system frees the
lock of a process that ended in any way, so an old file holds nobody up.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from ..errors import StoreError

_PATIENCE = 0.5
"""Seconds to wait for one that is just ending."""
_SKIPPED = b"\n"
"""Windows lets nobody else read the byte that is locked, the first; the note comes after it."""


@contextmanager
def hold_store(store: Path, coder: str) -> Iterator[None]:
    """Keep other reviews away from a store.

    Parameters
    ----------
    store : Path
        Exists.
    coder : str
        Who reviews, for the message of the second one.

    Raises
    ------
    StoreError
        If another process holds it, or nothing can be written beside it.
    """
    from filelock import FileLock, Timeout

    path = store.with_name(f"{store.name}.review.lock")
    note = json.dumps({"process": os.getpid(), "coder": coder, "since": datetime.now().astimezone().isoformat()})

    def write_note(descriptor: int) -> None:
        os.truncate(descriptor, 0)
        os.write(descriptor, _SKIPPED + note.encode())

    try:
        lock = FileLock(path, timeout=_PATIENCE, on_acquired=write_note)
        lock.acquire()
    except Timeout as error:
        raise StoreError(
            f"{store} is open in another review{_holder(path)}. Decide there, or stop it with Ctrl-C in its terminal."
        ) from error
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written: {error.strerror}. A review writes beside its store. "
            "Remove the protection of the folder, or work on a copy."
        ) from error
    try:
        yield
    finally:
        # Where a file in use cannot be removed, filelock removes it after the release.
        with suppress(OSError):
            path.unlink()
        lock.release()


def _holder(path: Path) -> str:
    """Who holds a store, in brackets; empty where the note does not say."""
    try:
        with path.open("rb") as file:
            file.seek(len(_SKIPPED))
            note = json.loads(file.read(10_000))
        since = datetime.fromisoformat(note["since"]).astimezone()
        day = "" if since.date() == datetime.now().astimezone().date() else f"{since: on %Y-%m-%d}"
        return f" (process {note['process']}, {note['coder']}, since {since:%H:%M}{day})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
