"""A plain store in, an encrypted copy of it out, or the other way round; proved row by row before it has its name."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

from ..errors import StoreError
from .database import attach, connect, create_private, database_errors, salt_of, sqlcipher, sync
from .equality import first_difference
from .examining import backup_files
from .opening import immediate_transaction, open_connection, refuse_missing, sqlite_errors_named
from .passphrase import SALT_BYTES, settle_new


def encrypt_store(path: Path, out: Path) -> list[Path]:
    """Write an encrypted copy of a plain store; the store stays as it is.

    Parameters
    ----------
    path : Path
        The store.
    out : Path
        The new file, of which there must be none.

    Returns
    -------
    list of Path
        What is still there and not encrypted: the store, and those of its backups that are plain.

    Raises
    ------
    StoreError
        If `out` exists or cannot be written, the store is encrypted already or cannot be opened, there is no
        passphrase or it is too short, or the extra is not installed. Then there is no new file.
    """
    _refuse(path, out, wants_encrypted=False)
    sqlcipher(out)
    settle_new()
    _copy(path, out, os.urandom(SALT_BYTES))
    return [path, *(file for file in backup_files(path) if not is_encrypted(file))]


def decrypt_store(path: Path, out: Path) -> None:
    """Write a plain copy of an encrypted store; the store stays as it is.

    Parameters
    ----------
    path : Path
        The store.
    out : Path
        The new file, of which there must be none.

    Raises
    ------
    StoreError
        If `out` exists or cannot be written, the store is not encrypted or cannot be opened, or the passphrase is
        wrong or missing. Then there is no new file.
    """
    _refuse(path, out, wants_encrypted=True)
    _copy(path, out, None)


def is_encrypted(path: Path) -> bool:
    """Whether a file is encrypted, as far as that can be told without its passphrase."""
    return salt_of(path) is not None


def _refuse(path: Path, out: Path, *, wants_encrypted: bool) -> None:
    if out.exists():
        raise StoreError(f"{out} exists already. Name another file, or move it away first.")
    if not out.parent.is_dir():
        raise StoreError(f"There is no folder {out.parent} for the store {out.name}. Make the folder first.")
    if not path.exists():
        refuse_missing(path, create=False)
    if is_encrypted(path) != wants_encrypted:
        what = "not encrypted" if wants_encrypted else "encrypted already"
        raise StoreError(f"{path} is {what}. Nothing was written.")


def _copy(path: Path, out: Path, salt: bytes | None) -> None:
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        # What stays open keeps the store at today's schema, and from being removed under the copy.
        with sqlite_errors_named(out), closing(open_connection(path, read_only=True)):
            part.unlink(missing_ok=True)
            create_private(part)
            _export(path, part, salt)
            _prove(path, part, salt)
        sync(part)
        part.replace(out)
        sync(out.parent)
    except OSError as error:
        raise StoreError(f"{out} cannot be written: {error.strerror}. There is no new file.") from error
    finally:
        for ending in ("", "-journal"):
            part.with_name(part.name + ending).unlink(missing_ok=True)


def _export(path: Path, part: Path, salt: bytes | None) -> None:
    """Copy everything; the connection is always to the encrypted file, since that can read a plain one too."""
    target, origin = ("main", "plain") if salt else ("plain", "main")
    with closing(connect(part, "rw", salt=salt) if salt else connect(path, "rw")) as connection:
        attach(connection, path if salt else part, "plain", mode="ro" if salt else "rw")
        with immediate_transaction(connection):
            connection.execute("SELECT sqlcipher_export(?, ?)", [target, origin]).fetchone()
            for setting in ("user_version", "application_id"):
                (value,) = connection.execute(f"PRAGMA {origin}.{setting}").fetchone()
                connection.execute(f"PRAGMA {target}.{setting} = {value}")


def _prove(path: Path, part: Path, salt: bytes | None) -> None:
    with closing(connect(part if salt else path, "ro")) as connection:
        attach(connection, path if salt else part, "plain")
        try:
            differs = first_difference(connection, "plain")
        except database_errors() as error:
            differs = str(error)
    if differs:
        raise StoreError(
            f"The copy is not the same as {path} ({differs}), so there is no new file. Was it written to meanwhile? "
            "Try again."
        )
