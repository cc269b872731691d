"""A path in, an open and checked SQLite connection with today's schema out; or a `StoreError`.

What is not a store of ours is refused by name before SQLite touches it. Pending migrations run in
one transaction, after a backup copy beside the file. The settings are the careful ones: rollback
journal, every commit synced to disk, foreign keys on, 30 s patience with other writers, no mmap.
"""

from __future__ import annotations

import os
import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..errors import StoreError

SCHEMA_VERSION = 4
"""Number of migrations in ``schema.py``, kept as ``PRAGMA user_version``; a constant so that opening
a store that needs no migration does not import sqlite_utils (0.3 s)."""

APPLICATION_ID = 0x71636F64
"""``PRAGMA application_id`` of a store: "qcod" in ASCII."""

BACKUPS_KEPT = 10
BUSY_SECONDS = 30.0
CACHE_KIB = 65536
"""So much may change in a transaction before SQLite locks readers out; see ``PRAGMA cache_spill``."""

SQLITE_NEEDED = (3, 38, 0)
"""STRICT tables came with 3.37, JSON functions are always there since 3.38."""

_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100

# Reading a file directly and closing it drops, on POSIX, every lock this process holds on it through
# SQLite (https://sqlite.org/howtocorrupt.html, 2.2). So the header of a file that is already open
# here is not read again: it was checked when it was opened.
_open_files: dict[tuple[int, int], int] = {}
_opening = threading.RLock()


@dataclass(frozen=True)
class _Header:
    """What the first 100 bytes say."""

    is_sqlite: bool
    is_wal: bool
    application_id: int
    version: int


class StoreConnection(sqlite3.Connection):
    """A connection that remembers, while it is open, that this process has the file open."""

    file_key: tuple[int, int] | None = None

    def remember(self, path: Path) -> None:
        """Note the open file."""
        status = path.stat()
        self.file_key = (status.st_dev, status.st_ino)
        with _opening:
            _open_files[self.file_key] = _open_files.get(self.file_key, 0) + 1

    def close(self) -> None:
        """Close; a second time does nothing."""
        super().close()
        if self.file_key is None:
            return
        with _opening:
            _open_files[self.file_key] -= 1
            if not _open_files[self.file_key]:
                del _open_files[self.file_key]
        self.file_key = None


def open_connection(path: Path, *, create: bool = False, read_only: bool = False) -> StoreConnection:
    """Open a store, bring its schema up to date, refuse what is not a store.

    Parameters
    ----------
    path : Path
        The store's file.
    create : bool
        Make the file when there is none.
    read_only : bool
        The connection cannot write. A store of an older schema is migrated first all the same.

    Returns
    -------
    StoreConnection
        In autocommit mode: transactions begin with ``BEGIN IMMEDIATE``.

    Raises
    ------
    StoreError
        If there is no store (and not `create`), the file is something else, in WAL mode, of a newer
        qualcode, write-protected, damaged, or in use; the file is as before.
    """
    if create and read_only:
        raise ValueError("`create` and `read_only` of `open_connection` exclude each other. Got True for both.")
    if sqlite3.sqlite_version_info < SQLITE_NEEDED:
        needed = ".".join(map(str, SQLITE_NEEDED))
        raise StoreError(f"Python here comes with SQLite {sqlite3.sqlite_version}; the store needs {needed} or newer.")
    with _opening, sqlite_errors_named(path):
        header = _read_header(path)
        if header is None:
            _refuse_missing(path, create=create)
        else:
            _refuse_foreign(path, header)
        pending = header is None or header.version < SCHEMA_VERSION
        if pending or not read_only:
            _refuse_write_protected(path)
        if pending:
            _migrate(path)
        connection = _connect_read_only(path) if read_only else _connect(path, "rw")
        try:
            _check_identity(path, connection)
            connection.remember(path)
        except BaseException:
            connection.close()
            raise
    return connection


# --- refusing ----------------------------------------------------------------------------------


def _read_header(path: Path) -> _Header | None:
    """Read the file's header; None for a missing or empty file."""
    try:
        status = path.stat()
        if path.is_dir():
            raise StoreError(f"{path} is a folder, not a store. Name a file, such as {path / 'qualcode.db'}.")
        if (status.st_dev, status.st_ino) in _open_files:
            return _Header(True, False, APPLICATION_ID, SCHEMA_VERSION)
        with path.open("rb") as file:
            start = file.read(_HEADER_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as error:
        raise StoreError(f"{path} may not be read by you. Change its permissions.") from error
    if not start:
        return None
    return _Header(
        is_sqlite=start.startswith(_MAGIC) and len(start) == _HEADER_BYTES,
        is_wal=start[18:20] == b"\x02\x02",
        application_id=int.from_bytes(start[68:72]),
        version=int.from_bytes(start[60:64]),
    )


def _refuse_missing(path: Path, *, create: bool) -> None:
    if not path.parent.is_dir():
        raise StoreError(f"There is no folder {path.parent} for the store {path.name}. Make the folder first.")
    if not create:
        what = f"{path} is empty" if path.exists() else f"There is no store {path} yet"
        raise StoreError(f"{what}. Fill it from your notes with: qualcode tag FILES")


def _refuse_foreign(path: Path, header: _Header) -> None:
    if not header.is_sqlite:
        raise StoreError(f"{path} is not a SQLite file, so not a qualcode store. Name another with --store.")
    if header.application_id != APPLICATION_ID:
        raise StoreError(
            f"{path} is a SQLite file of another program, not a qualcode store. Name another with --store."
        )
    if header.is_wal:
        raise StoreError(
            f"{path} was set to WAL mode by another program; copies of such a file can lose codings. "
            f"Set it back with: sqlite3 {path.name} 'PRAGMA journal_mode=DELETE'"
        )
    _refuse_newer(path, header.version)


def _refuse_newer(path: Path, version: int) -> None:
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{path} was made by a newer qualcode (schema {version}; this one knows {SCHEMA_VERSION}). "
            "It was left as it is. Update with: pip install --upgrade qualcode"
        )


def _refuse_write_protected(path: Path) -> None:
    # The permission bits are looked at too: an administrator may write everything, but a file
    # somebody protected should stay as it is.
    if path.exists() and not (os.access(path, os.W_OK) and path.stat().st_mode & 0o222):
        raise StoreError(f"{path} is write-protected. Remove the protection, or work on a copy.")


def _check_identity(path: Path, connection: sqlite3.Connection) -> None:
    """Ask the same questions again through SQLite, which has undone a half-finished write by now."""
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    _refuse_newer(path, version)
    if application_id != APPLICATION_ID or version < SCHEMA_VERSION:
        raise StoreError(f"{path} is not a complete qualcode store. Move it away and tag again, or take a backup copy.")


# --- connecting --------------------------------------------------------------------------------


def _connect(path: Path, mode: str) -> StoreConnection:
    connection = sqlite3.connect(
        _uri(path, mode), uri=True, timeout=BUSY_SECONDS, isolation_level=None, factory=StoreConnection
    )
    try:
        settle_connection(connection)
        connection.execute("PRAGMA schema_version").fetchone()  # the first look into the file
    except BaseException:
        connection.close()
        raise
    return connection


def settle_connection(connection: sqlite3.Connection) -> None:
    """Set on a connection what does not stay in the file."""
    for setting in (
        "foreign_keys = ON",
        "synchronous = FULL",
        "mmap_size = 0",
        f"cache_size = -{CACHE_KIB}",
    ):
        connection.execute(f"PRAGMA {setting}")


def _connect_read_only(path: Path) -> StoreConnection:
    try:
        return _connect(path, "ro")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_READONLY_ROLLBACK:
            raise
    # A program was killed while it wrote. Its half transaction is undone by the first look of a
    # connection that may write.
    _refuse_write_protected(path)
    _connect(path, "rw").close()
    return _connect(path, "ro")


def _uri(path: Path, mode: str) -> str:
    uri = path.absolute().as_uri()
    if not uri.startswith("file:///"):
        uri = "file:////" + uri.removeprefix("file://")  # a Windows network share: SQLite wants no host
    return f"{uri}?mode={mode}"


# --- migrating ---------------------------------------------------------------------------------


def _migrate(path: Path) -> None:
    """Make or update the schema in one transaction; a backup copy first if there was one."""
    is_new = not path.exists()
    try:
        with closing(_connect(path, "rwc")) as connection, immediate_transaction(connection):
            _migrate_inside(path, connection)
    except BaseException:
        if is_new and path.exists() and path.stat().st_size == 0:
            path.unlink()
        raise


def _migrate_inside(path: Path, connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version >= SCHEMA_VERSION:
        return  # another program did it while this one waited for its turn
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if version:
        _back_up(path)
    elif tables:
        raise StoreError(f"{path} is being filled by another program, not qualcode. Name another file with --store.")
    from .schema import apply_migrations  # imports sqlite_utils, 0.3 s: only when there is something to do

    version = apply_migrations(connection)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {version}")


def _back_up(path: Path) -> Path:
    """Copy the store, as last committed, to ``<store>.backup-<n>``; keep the last ten."""
    numbers = sorted(_backups(path))
    target = path.with_name(f"{path.name}.backup-{numbers[-1] + 1 if numbers else 1}")
    unfinished = target.with_name(f"{target.name}.tmp")
    unfinished.unlink(missing_ok=True)
    # A second connection, because SQLite copies nothing out of a connection that is about to write.
    with closing(_connect(path, "ro")) as source, closing(sqlite3.connect(unfinished)) as copy:
        source.backup(copy)
    unfinished.replace(target)
    for number in numbers[: max(0, len(numbers) + 1 - BACKUPS_KEPT)]:
        path.with_name(f"{path.name}.backup-{number}").unlink(missing_ok=True)
    return target


def _backups(path: Path) -> list[int]:
    pattern = re.compile(re.escape(path.name) + r"\.backup-(\d+)")
    return [int(found[1]) for file in path.parent.iterdir() if (found := pattern.fullmatch(file.name))]


# --- transactions and errors -------------------------------------------------------------------


@contextmanager
def immediate_transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing; waits for its turn at the start, so that it cannot fail for it later."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def sqlite_errors_named(path: Path) -> Iterator[None]:
    """Turn the errors a user can solve into `StoreError`; a fault of ours stays what it is."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        message = _MESSAGES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if message is None:
            raise
        raise StoreError(message.format(path=path, error=error)) from error


_IN_USE = (
    f"{{path}} is in use by another program (waited {BUSY_SECONDS:.0f} s). Close it there and try again; "
    "nothing was changed."
)
_DAMAGED = "{path} is damaged ({error}). Take the newest copy of it, or tag again into a new file."
_MESSAGES = {
    sqlite3.SQLITE_BUSY: _IN_USE,
    sqlite3.SQLITE_LOCKED: _IN_USE,
    sqlite3.SQLITE_PERM: "{path} may not be opened by you. Change its permissions.",
    sqlite3.SQLITE_READONLY: "{path}, or its folder, is write-protected. Remove the protection, or work on a copy.",
    sqlite3.SQLITE_CANTOPEN: "{path} cannot be opened ({error}). Check that you may write in its folder.",
    sqlite3.SQLITE_FULL: "The disk is full: nothing was written to {path}. Make room and try again.",
    sqlite3.SQLITE_IOERR: "The disk refused to read or write {path} ({error}); nothing was changed.",
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
}
