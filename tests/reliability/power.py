"""A disk that notes every write, and what of it is left when the power goes.

The program's own statements are noted as it makes them, and run again through `apsw`, whose SQLite lets us see each
call to the operating system. What is not yet synced may be there, not be there, be there in another order, or in part.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import apsw

from qualcode.store.database import StoreConnection
from qualcode.store.opening import settle_connection

Loss = Literal["dropped", "torn", "reordered", "kept"]
LOSSES: tuple[Loss, ...] = ("dropped", "torn", "reordered", "kept")
HALF_A_SECTOR = 256


# --- what the program says ---------------------------------------------------------------------


class NotedConnection(StoreConnection):
    """A connection of the program that notes what is said to it."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.said: list[tuple[str, Any]] = []

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Note a statement and run it."""
        self.said.append((sql, parameters))
        return super().execute(sql, parameters)

    def executemany(self, sql: str, rows: Iterable[Any], /) -> sqlite3.Cursor:
        """Note a statement once for each row, and run it."""
        kept = list(rows)
        self.said += [(sql, row) for row in kept]
        return super().executemany(sql, kept)


def noted(path: Path) -> NotedConnection:
    """A connection as the store opens it."""
    connection = sqlite3.connect(path, isolation_level=None, factory=NotedConnection)
    settle_connection(connection)
    connection.said.clear()
    return connection


# --- what the operating system is told ---------------------------------------------------------


@dataclass(frozen=True)
class Call:
    """One call to the operating system: "create", "write", "truncate", "sync" or "delete" (`place` 1 = synced)."""

    what: str
    file: str
    place: int = 0
    data: bytes = b""


class NotedFiles(apsw.VFS):
    """The system's files, with every call that changes one noted."""

    def __init__(self, calls: list[Call]) -> None:
        self.calls = calls
        super().__init__("noted", base="")

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802
        """Open a file; one without a name is nobody's after a crash."""
        if name is None:
            return super().xOpen(name, flags)
        return _NotedFile(self.calls, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        """Delete a file."""
        self.calls.append(Call("delete", Path(filename).name, int(syncdir)))
        super().xDelete(filename, syncdir)


class _NotedFile(apsw.VFSFile):
    def __init__(self, calls: list[Call], name: Any, flags: list[int]) -> None:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self.calls, self.name = calls, Path(path).name
        if not Path(path).exists():
            calls.append(Call("create", self.name))
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self.calls.append(Call("write", self.name, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self.calls.append(Call("truncate", self.name, newsize))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self.calls.append(Call("sync", self.name))
        super().xSync(flags)


def run_again(store: Path, said: Sequence[tuple[str, Any]]) -> tuple[list[Call], list[int]]:
    """Say it all to another SQLite; the calls it makes, and after how many of them each transaction had ended."""
    calls: list[Call] = []
    ends: list[int] = []
    files = NotedFiles(calls)
    connection = apsw.Connection(str(store), vfs="noted")
    settle_connection(connection)  # type: ignore[arg-type]
    for sql, parameters in said:
        connection.execute(sql, parameters).fetchall()
        if sql == "COMMIT":
            ends.append(len(calls))
    connection.close()
    files.unregister()
    return calls, ends


# --- what is left ------------------------------------------------------------------------------


@dataclass
class _File:
    """A file on the disk: what is certainly there, and what was said since."""

    synced: bytes = b""
    waiting: list[Call] = field(default_factory=list)
    is_announced: bool = False
    """Its first sync has synced its folder too, as SQLite does it on Unix."""


def left_after(calls: Sequence[Call], before: dict[str, bytes], loss: Loss, chance: random.Random) -> dict[str, bytes]:
    """Files by name, after the power went when the last of `calls` had returned."""
    known = {name: _File(content, is_announced=True) for name, content in before.items()}
    synced = dict(known)
    for call in calls:
        if call.what == "create":
            known[call.file] = _File()
        elif call.what == "delete":
            del known[call.file]
            synced = dict(known) if call.place else synced
        elif call.what == "sync":
            file = known[call.file]
            file.synced, file.waiting = _applied(file.synced, file.waiting), []
            if not file.is_announced:
                file.is_announced, synced = True, dict(known)
        else:
            known[call.file].waiting.append(call)
    left: dict[str, bytes] = {}
    for name in sorted({*known, *synced}):
        is_new = loss == "kept" or (
            loss != "dropped" and known.get(name) is not synced.get(name) and chance.random() < 0.5
        )
        if (there := (known if is_new else synced).get(name)) is not None:
            left[name] = _applied(there.synced, _survivors(there.waiting, loss, chance))
    return left


def _survivors(waiting: Sequence[Call], loss: Loss, chance: random.Random) -> list[Call]:
    """Which of the calls that are not synced have reached the disk, and how."""
    if loss == "kept":
        return list(waiting)
    if loss == "dropped":
        return []
    if loss == "reordered":
        chosen = [call for call in waiting if chance.random() < 0.5]
        chance.shuffle(chosen)
        return chosen
    through = list(waiting[: chance.randrange(len(waiting) + 1)])
    if through and through[-1].what == "write":
        last = through.pop()
        length = HALF_A_SECTOR * chance.randrange(1 + len(last.data) // HALF_A_SECTOR)
        through.append(Call("write", last.file, last.place, last.data[:length]))
    return through


def _applied(content: bytes, calls: Iterable[Call]) -> bytes:
    made = bytearray(content)
    for call in calls:
        if call.what == "truncate":
            del made[call.place :]
        else:
            made += bytes(max(0, call.place - len(made)))
            made[call.place : call.place + len(call.data)] = call.data
    return bytes(made)
