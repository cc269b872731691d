"""A path in, an open and checked SQLite connection with today's schema out; or a `StoreError`.

What is not a store of ours is refused by name before SQLite touches it. Pending migrations run in
one transaction, after a backup copy beside the file. The settings are the careful ones: rollback
journal, every commit synced to disk, foreign keys on, 30 s patience with other writers, no mmap.
"""

from __future__ import annotations

import filecmp
import logging
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ..errors import StoreError
from . import passphrase
from .database import (
    BUSY_SECONDS,
    MAGIC,
    StoreConnection,
    attach,
    connect,
    create_private,
    database_errors,
    database_errors_or,
    is_open_here,
    opening,
    salt_of,
    sync,
)
from .equality import first_difference

SCHEMA_VERSION = 5
"""Number of migrations in ``schema.py``, kept as ``PRAGMA user_version``; a constant so that opening
a store that needs no migration does not import sqlite_utils (0.3 s)."""

APPLICATION_ID = 0x71636F64
"""``PRAGMA application_id`` of a store: "qcod" in ASCII."""

BACKUPS_KEPT = 10
CACHE_KIB = 65536
"""So much may change in a transaction before SQLite locks readers out; see ``PRAGMA cache_spill``."""

SQLITE_NEEDED = (3, 38, 0)
"""STRICT tables came with 3.37, JSON functions are always there since 3.38."""

_log = logging.getLogger("qualcode")
_HEADER_BYTES = 100
_TO_BE_UNDONE = (sqlite3.SQLITE_READONLY_ROLLBACK, sqlite3.SQLITE_READONLY)
"""What a connection that may not write is told where a run was interrupted; by SQLCipher, in less detail."""


@dataclass(frozen=True)
class Header:
    """What the first 100 bytes say; `salt` is None for a plain file."""

    is_sqlite: bool
    is_wal: bool
    application_id: int
    version: int
    salt: bytes | None = None


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
        qualcode, write-protected, damaged, or in use; or it is encrypted, and the passphrase is missing or another. The
        file is as before.
    """
    if create and read_only:
        raise ValueError("`create` and `read_only` of `open_connection` exclude each other. Got True for both.")
    if sqlite3.sqlite_version_info < SQLITE_NEEDED:
        needed = ".".join(map(str, SQLITE_NEEDED))
        raise StoreError(f"Python here comes with SQLite {sqlite3.sqlite_version}; the store needs {needed} or newer.")
    with opening, sqlite_errors_named(path):
        header = read_header(path)
        if header is None:
            refuse_missing(path, create=create)
        else:
            refuse_foreign(path, header)
        rolled_back = _roll_back(path)
        if rolled_back and header and header.salt:
            header = read_header(path)  # only now can be read what an encrypted file says of itself
        pending = header is None or header.version < SCHEMA_VERSION
        if pending or not read_only:
            _refuse_write_protected(path)
        if pending:
            _migrate(path)
        connection = _connect(path, "ro" if read_only else "rw")
        try:
            _check_identity(path, connection)
            connection.remember(path)
        except BaseException:
            connection.close()
            raise
    if rolled_back:
        _log.warning("%s: a run was interrupted; it was rolled back, nothing of it was stored. Run it again.", path)
    return connection


# --- refusing ----------------------------------------------------------------------------------


def read_header(path: Path) -> Header | None:
    """Read the file's header; None for a missing or empty file."""
    try:
        path.stat()
        if path.is_dir():
            raise StoreError(f"{path} is a folder, not a store. Name a file, such as {path / 'qualcode.db'}.")
        if is_open_here(path):
            return Header(True, False, APPLICATION_ID, SCHEMA_VERSION, salt_of(path))
        if salt := salt_of(path):
            return _encrypted_header(path, salt)
        with path.open("rb") as file:
            start = file.read(_HEADER_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as error:
        raise StoreError(f"{path} may not be read by you. Change its permissions.") from error
    if not start:
        return None
    return Header(
        is_sqlite=start.startswith(MAGIC) and len(start) == _HEADER_BYTES,
        is_wal=start[18:20] == b"\x02\x02",
        application_id=int.from_bytes(start[68:72]),
        version=int.from_bytes(start[60:64]),
    )


def _encrypted_header(path: Path, salt: bytes) -> Header:
    """What an encrypted file says of itself, with its passphrase."""
    try:
        with closing(_connect(path, "ro", salt=salt)) as connection:
            ((application_id,), (version,), (journal,)) = (
                connection.execute(f"PRAGMA {name}").fetchone()
                for name in ("application_id", "user_version", "journal_mode")
            )
    except database_errors("OperationalError") as error:
        if error.sqlite_errorcode not in _TO_BE_UNDONE:
            raise
        return Header(True, False, APPLICATION_ID, SCHEMA_VERSION, salt)  # to be read again when it is undone
    return Header(True, journal == "wal", application_id, version, salt)


def refuse_missing(path: Path, *, create: bool) -> None:
    """Refuse a store that is not there or empty; with `create` only where there is no folder for it."""
    if not path.parent.is_dir():
        raise StoreError(f"There is no folder {path.parent} for the store {path.name}. Make the folder first.")
    if not create:
        what = f"{path} is empty" if path.exists() else f"There is no store {path} yet"
        raise StoreError(f"{what}. Fill it from your notes with: qualcode tag FILES")


def refuse_foreign(path: Path, header: Header) -> None:
    """Refuse what is no store of ours, is in WAL mode or of a newer qualcode."""
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


def _connect(path: Path, mode: str, *, salt: bytes | None = None) -> StoreConnection:
    connection = connect(path, mode, salt=salt)
    try:
        settle_connection(connection)
        connection.execute("PRAGMA schema_version").fetchone()  # the first look into the file
    except BaseException as error:
        connection.close()
        if connection.salt and getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_NOTADB:
            where = passphrase.source()
            passphrase.forget()
            raise StoreError(
                f"{path} does not open with this passphrase ({where}): it is another one's, or the file is damaged or "
                "no qualcode store. It was left as it is."
            ) from error
        raise
    return connection


def settle_connection(connection: sqlite3.Connection) -> None:
    """Set on a connection what does not stay in the file."""
    for setting in (
        "foreign_keys = ON",
        "synchronous = EXTRA",  # the folder too is synced once the journal is gone: what was confirmed stays
        "mmap_size = 0",
        f"cache_size = -{CACHE_KIB}",
    ):
        connection.execute(f"PRAGMA {setting}")


def _roll_back(path: Path) -> bool:
    """Undo what a program that was killed while it wrote has left; whether there was anything."""
    if was_interrupted(path):
        _refuse_write_protected(path)
        _connect(path, "rw").close()  # its first look undoes it
        return True
    # A journal that was never complete undoes nothing, for the store was not touched yet; SQLite leaves it where it is.
    journal = _journal(path)
    if not (journal.exists() and journal.stat().st_size and path.exists()):
        return False
    try:
        with closing(_connect(path, "rw")) as connection:
            connection.execute("PRAGMA busy_timeout = 0")
            connection.execute("BEGIN IMMEDIATE")  # so nobody is writing
            is_left = journal.exists()
            journal.unlink(missing_ok=True)
            return is_left
    except database_errors_or(OSError):
        return False


def was_interrupted(path: Path) -> bool:
    """Whether a program was killed while it wrote, and its half transaction still lies in the journal."""
    journal = _journal(path)
    if not (journal.exists() and journal.stat().st_size):
        return False
    # Somebody may be writing just now. Only SQLite can tell: it refuses to undo what a program left behind, not what
    # one is at, to a connection that may not write.
    try:
        _connect(path, "ro").close()
    except database_errors("OperationalError") as error:
        return error.sqlite_errorcode in _TO_BE_UNDONE
    return False


def _journal(path: Path) -> Path:
    return path.with_name(f"{path.name}-journal")


# --- migrating ---------------------------------------------------------------------------------


def _migrate(path: Path) -> None:
    """Make or update the schema in one transaction; a backup copy first if there was one."""
    is_new = not path.exists()
    # With a passphrase in the environment no word of a new store is ever plain.
    salt = os.urandom(passphrase.SALT_BYTES) if passphrase.is_given() and (is_new or not path.stat().st_size) else None
    try:
        with suppress(OSError):  # SQLite says better what is wrong
            create_private(path)
        with closing(_connect(path, "rwc", salt=salt)) as connection:
            connection.remember(path)  # the backup must not read the file directly: that would drop the lock
            with immediate_transaction(connection):
                _migrate_inside(path, connection)
    except BaseException:
        if is_new and path.exists() and path.stat().st_size == 0:
            path.unlink()
        if salt is None or salt_of(path) in (None, salt):
            raise
        _migrate(path)  # another program made it meanwhile, with a salt of its own


def _migrate_inside(path: Path, connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version >= SCHEMA_VERSION:
        return  # another program did it while this one waited for its turn
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if version:
        back_up(path)
    elif tables:
        raise StoreError(f"{path} is being filled by another program, not qualcode. Name another file with --store.")
    from .schema import apply_migrations  # imports sqlite_utils, 0.3 s: only when there is something to do

    version = apply_migrations(connection)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {version}")


def back_up(path: Path) -> Path:
    """Copy the store, as last committed, to ``<store>.backup-<n>``; keep the last ten.

    The caller is in a transaction, so that no two do so at once. A copy equal to the newest one is not kept twice. What
    goes wrong is a `StoreError`, and the older copies are as before.
    """
    numbers = sorted(backups(path))
    newest = path.with_name(f"{path.name}.backup-{numbers[-1]}") if numbers else None
    target = path.with_name(f"{path.name}.backup-{numbers[-1] + 1 if numbers else 1}")
    unfinished = target.with_name(f"{target.name}.tmp")
    try:
        with sqlite_errors_named(target):
            _copy(path, unfinished)
        if newest and _is_same(newest, unfinished):
            target = newest
        else:
            unfinished.replace(target)
            sync(path.parent)
            for number in numbers[: max(0, len(numbers) + 1 - BACKUPS_KEPT)]:
                path.with_name(f"{path.name}.backup-{number}").unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            f"{path} could not be copied to {target.name} ({error.strerror}); nothing was done."
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    _log.warning("%s: a copy as it was before is in %s", path, target.name)
    return target


def _copy(path: Path, new: Path) -> None:
    """Copy the store, as last committed, into a new file, and wait until the disk has it."""
    new.unlink(missing_ok=True)
    create_private(new)
    shutil.copymode(path, new)  # who may not read the store may not read its copy
    # A second connection, because SQLite copies nothing out of a connection that is about to write.
    with closing(_connect(path, "ro")) as source, closing(connect(new, "rw", salt=salt_of(path))) as copy:
        source.backup(copy)
    sync(new)


def _is_same(newest: Path, copy: Path) -> bool:
    """Whether the newest backup says what the copy says; two encrypted files of the same rows have other bytes."""
    if salt_of(copy) is None:
        return filecmp.cmp(newest, copy, shallow=False)
    try:
        with closing(connect(newest, "ro", salt=salt_of(newest))) as connection:
            attach(connection, copy, "copy")
            return first_difference(connection, "copy") is None
    except database_errors_or(StoreError):
        return False  # it is plain, of another passphrase, or damaged


def backups(path: Path) -> list[int]:
    """Numbers of the backups of a store, in no order."""
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
    except database_errors() as error:
        message = _MESSAGES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if message is None:
            raise
        raise StoreError(message.format(path=path, error=error, writer=_writer(path))) from error


def _writer(path: Path) -> str:
    """Who is writing, with its number where Linux tells it."""
    try:
        inode = path.stat().st_ino
        for line in Path("/proc/locks").read_text(encoding="ascii").splitlines():
            found = _LOCK.search(line)
            if found and int(found["inode"]) == inode and int(found["start"]) in _WRITERS_LOCKS:
                return f"another program (process {found['pid']})"
    except OSError:
        pass
    return "another program"


_LOCK = re.compile(r" WRITE (?P<pid>\d+) \w+:\w+:(?P<inode>\d+) (?P<start>\d+) ")
_WRITERS_LOCKS = (0x40000000, 0x40000001)
"""The bytes of the file that SQLite locks to write: pending and reserved."""

_IN_USE = (
    f"{{path}} is in use by {{writer}}; waited {BUSY_SECONDS:.0f} s. Close it there and try again; nothing was changed."
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
