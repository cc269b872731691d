"""The one place that opens a raw connection to a file, plain or encrypted by SQLCipher; it knows the errors of both.

In: a path. Out: a connection that knows nothing of our schema. An encrypted file looks like random bytes; the first 16
are its salt. Copies take the salt of what they are copies of, so they are encrypted with the same key. What SQLite
would put into temporary files stays in memory for an encrypted one.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
from functools import cache
from pathlib import Path
from typing import Any, cast

from ..errors import StoreError
from .passphrase import SALT_BYTES, cipher_key

BUSY_SECONDS = 30.0
MAGIC = b"SQLite format 3\0"

_PAGE = 4096
_RANDOM = 240
"""So many different bytes are in a page of random ones; far fewer in text."""

# Reading a file directly and closing it drops, on POSIX, every lock this process holds on it through
# SQLite (https://sqlite.org/howtocorrupt.html, 2.2). So a file that is already open here is not read again: its salt,
# None for a plain one, is kept with the number of its connections.
_open_files: dict[tuple[int, int], tuple[int, bytes | None]] = {}
opening = threading.RLock()


class _Remembering:
    """A connection that remembers, while it is open, that this process has the file open."""

    file_key: tuple[int, int] | None = None
    salt: bytes | None = None

    def remember(self, path: Path) -> None:
        """Note the open file."""
        self.file_key = _file_key(path)
        with opening:
            count, _ = _open_files.get(self.file_key, (0, None))
            _open_files[self.file_key] = count + 1, self.salt

    def close(self) -> None:
        """Close; a second time does nothing."""
        super().close()  # type: ignore[misc]  # of the connection it is mixed into
        if self.file_key is None:
            return
        with opening:
            count, salt = _open_files.pop(self.file_key)
            if count > 1:
                _open_files[self.file_key] = count - 1, salt
        self.file_key = None


class StoreConnection(_Remembering, sqlite3.Connection):
    """A connection to a plain file; one to an encrypted file does the same, though it is of another module."""


def connect(path: Path, mode: str, *, salt: bytes | None = None) -> StoreConnection:
    """Open a file, in autocommit mode.

    Parameters
    ----------
    path : Path
    mode : {"ro", "rw", "rwc"}
        As in SQLite's URIs.
    salt : bytes or None
        For an empty file: what it begins with, if it is to be encrypted. None = as the file is.

    Raises
    ------
    StoreError
        If the file is encrypted and there is no passphrase, or the extra is not installed. Whether the passphrase is
        the right one shows at the first look into the file: SQLITE_NOTADB.
    """
    salt = salt or salt_of(path)
    options: dict[str, Any] = {"uri": True, "timeout": BUSY_SECONDS, "isolation_level": None}
    if salt is None:
        return sqlite3.connect(uri(path, mode), factory=StoreConnection, **options)
    key = cipher_key(salt, path)
    connection = sqlcipher(path).connect(uri(path, mode), factory=_encrypted_connection(), **options)
    connection.salt = salt
    connection.execute("PRAGMA cipher_log_level = NONE")  # a wrong passphrase is no matter for standard error
    connection.execute(f'PRAGMA key = "{key}"')
    connection.execute("PRAGMA temp_store = MEMORY")
    return cast("StoreConnection", connection)


def attach(connection: sqlite3.Connection, path: Path, name: str, *, mode: str = "ro") -> None:
    """Attach a file to a connection; an encrypted one to an encrypted one only, so that nothing of it ends in a plain.

    Raises
    ------
    StoreError
        If the file is encrypted and the connection is to a plain one.
    """
    salt = salt_of(path)
    if not isinstance(connection, sqlite3.Connection):
        key = "" if salt is None else cipher_key(salt, path)
        connection.execute(f"ATTACH ? AS {name} KEY ?", [uri(path, mode), key])
    elif salt is None:
        connection.execute(f"ATTACH ? AS {name}", [uri(path, mode)])
    else:
        raise StoreError(f"{path} is encrypted, and what it would go into is not. Name an encrypted store first.")


def salt_of(path: Path) -> bytes | None:
    """What an encrypted file begins with; None for a plain, empty or missing one, and for what is no database."""
    with opening:
        try:
            if known := _open_files.get(_file_key(path)):
                return known[1]
            with path.open("rb") as file:
                start = file.read(_PAGE)
        except OSError:
            return None
    is_random = len(start) == _PAGE and len(set(start)) >= _RANDOM and not start.startswith(MAGIC)
    return start[:SALT_BYTES] if is_random else None


def is_open_here(path: Path) -> bool:
    """Whether this process has the file open, so that it must not be read directly."""
    return _file_key(path) in _open_files


def database_errors(name: str = "DatabaseError") -> tuple[type[sqlite3.Error], ...]:
    """An error class of sqlite3 and, where it is in use, its sister of SQLCipher; both have `sqlite_errorcode`."""
    modules = (sqlite3, sys.modules.get("sqlcipher3.dbapi2"))
    return tuple(getattr(module, name) for module in modules if module)


def database_errors_or(*others: type[Exception]) -> tuple[type[Exception], ...]:
    """All errors of a database, and others."""
    return (*database_errors(), *others)


def uri(path: Path, mode: str) -> str:
    """A path as SQLite takes it, whatever signs are in it."""
    named = path.absolute().as_uri()
    if not named.startswith("file:///"):
        named = "file:////" + named.removeprefix("file://")  # a Windows network share: SQLite wants no host
    return f"{named}?mode={mode}"


def create_private(path: Path) -> None:
    """Make an empty file that its owner alone may read, before there is anything in it.

    Raises
    ------
    FileExistsError
        If there is a file of that name.
    OSError
        If it cannot be made.
    """
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def sync(path: Path) -> None:
    """Wait until the disk has a file, or the names in a folder, where the system can say so."""
    if path.is_dir() and os.name != "posix":
        return
    opened = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _file_key(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino


def sqlcipher(path: Path) -> Any:
    """The module that opens encrypted files; a `StoreError` about a file where it is not installed."""
    try:
        from sqlcipher3 import dbapi2
    except ImportError:
        raise StoreError(
            f"{path}: an encrypted store needs more than is installed. Add it with: pip install 'qualcode[encrypt]'"
        ) from None
    return dbapi2


@cache
def _encrypted_connection() -> type[Any]:
    from sqlcipher3 import dbapi2

    return type("EncryptedConnection", (_Remembering, dbapi2.Connection), {})
