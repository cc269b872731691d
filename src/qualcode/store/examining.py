"""A store's file and what lies beside it, examined without changing a byte of either.

In: a path. Out: findings, those of ``checking.py`` among them. A store that SQLite would have to change first (a run
was interrupted, an older schema, another journal) is examined in a temporary copy that the user alone may read.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from ..errors import StoreError
from . import queries
from .checking import Finding, Row, check_content, read_rows
from .database import connect, create_private, database_errors_or, salt_of
from .opening import (
    SCHEMA_VERSION,
    Header,
    backups,
    immediate_transaction,
    read_header,
    refuse_foreign,
    refuse_missing,
    settle_connection,
    sqlite_errors_named,
    was_interrupted,
)

LEFT_AFTER_SECONDS = 3600.0
"""A temporary file of ours that nothing has touched for so long was left behind."""


@dataclass(frozen=True)
class Examination:
    """What a store is like.

    Attributes
    ----------
    findings : tuple of Finding
        At least one of each check that could be made, those of the file first.
    runs : tuple of dict
        As `Store.coverage_codebooks`; empty where the store cannot be read.
    sources : tuple of dict
        One per current document: name, source_hash; likewise.
    is_pseudonymised : bool
        Its names were replaced; False also where the store cannot be read.
    """

    findings: tuple[Finding, ...]
    runs: tuple[Row, ...] = ()
    sources: tuple[Row, ...] = ()
    is_pseudonymised: bool = False


def examine(path: Path) -> Examination:
    """Check a store, its journal, its backups and what was left beside it; nothing is changed.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Examination
        A file that is no store, or one of a newer qualcode, has a fault of the check "file" and no others.

    Raises
    ------
    StoreError
        If there is no file, it is empty, or another program keeps it locked.
    """
    with ExitStack() as stack, sqlite_errors_named(path):
        try:
            header = read_header(path)
            if header is not None:
                refuse_foreign(path, replace(header, is_wal=False))
        except StoreError as error:
            if salt_of(path):
                raise  # without its passphrase nothing can be said of it
            return Examination((_refused(error), *_beside(path)))
        if header is None:
            refuse_missing(path, create=False)
            raise AssertionError  # it was made just now
        try:
            findings, file = readable(path, header, stack)
            connection = stack.enter_context(closing(connect(file, "ro")))
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        except database_errors_or(StoreError, UnicodeDecodeError) as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            return Examination((_refused(error), *_beside(path)))
        findings += [*check_content(connection), *_beside(path)]
        return _made_of(connection, tuple(findings))


def _made_of(connection: sqlite3.Connection, findings: tuple[Finding, ...]) -> Examination:
    """The findings, with what is needed to hold the store against its study."""
    try:
        runs, sources = (read_rows(connection, sql) for sql in (queries.coverage_codebooks, queries.document_details))
        (renamed,) = connection.execute(queries.is_pseudonymised).fetchone()
        made = [{**run, "settings": json.loads(run["settings"])} for run in runs]
        return Examination(findings, tuple(made), tuple(sources), bool(renamed))
    except database_errors_or(LookupError, ValueError):
        return Examination(findings)  # the checks have named what cannot be read


def _refused(error: Exception) -> Finding:
    found, _, advice = str(error).rpartition(". ")
    if not isinstance(error, StoreError):
        found, advice = f"SQLite cannot read it: {error}", "Take the newest backup that is whole."
    return Finding("file", "fault", f"{found}.", advice)


# --- opening without changing ------------------------------------------------------------------


def readable(path: Path, header: Header, stack: ExitStack) -> tuple[list[Finding], Path]:
    """A store's file as it can be read at today's schema: it itself, or a copy of it for as long as the stack is open.

    And what was found of its schema and journal.
    """
    findings = [*_journal(path, header)]
    if header.version == SCHEMA_VERSION and findings[0].state == "ok":
        return [_schema(header), *findings], path
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="qualcode-")))
    copy = folder / "copy.db"
    if findings[0].state == "ok":
        create_private(copy)
        with closing(connect(path, "ro")) as source, closing(connect(copy, "rw", salt=header.salt)) as target:
            source.backup(target)
    else:  # SQLite would write first
        for ending in ("", "-journal", "-wal"):
            if (part := path.with_name(path.name + ending)).exists():
                shutil.copyfile(part, folder / f"copy.db{ending}")
    _bring_up_to_date(copy)
    return [_schema(header), *findings], copy


def _bring_up_to_date(copy: Path) -> None:
    """What opening a store does, without its backup and its messages; SQLite undoes what was interrupted."""
    with closing(connect(copy, "rw")) as connection:
        settle_connection(connection)
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        if connection.execute("PRAGMA user_version").fetchone()[0] < SCHEMA_VERSION:
            from .schema import apply_migrations  # imports sqlite_utils, 0.3 s

            with immediate_transaction(connection):
                apply_migrations(connection)


def _schema(header: Header) -> Finding:
    if header.version == SCHEMA_VERSION:
        return Finding("file", "ok", f"A store of this qualcode (schema {SCHEMA_VERSION}).")
    found = f"A store of an older qualcode (schema {header.version}; now {SCHEMA_VERSION})"
    return Finding("file", "ok", f"{found}: the next command brings it up to date, after a backup.")


def _journal(path: Path, header: Header) -> Iterator[Finding]:
    """Whether a write was interrupted, and whether the store is as copies of it need it."""
    if header.is_wal:
        with_sqlite = f"sqlite3 {path.name} 'PRAGMA journal_mode=DELETE'"
        found = "Another program set the store to WAL mode: copies of it can lose codings, and qualcode refuses it."
        yield Finding("journal", "fault", found, f"Set it back with: {with_sqlite}")
    elif was_interrupted(path):
        found = "A run was interrupted; nothing of it was stored, and what was there before is whole."
        yield Finding("journal", "warning", found, "The next command that writes, or --fix, clears it up.", "journal")
    else:
        yield Finding("journal", "ok", "Rollback journal; no run was interrupted.")


# --- beside the store --------------------------------------------------------------------------


def _beside(path: Path) -> Iterator[Finding]:
    yield from _backup_findings(path)
    yield _leftover_finding(path)
    if os.name == "posix":
        yield _permissions(path)


def backup_files(path: Path) -> list[Path]:
    """Backups of a store, the newest first."""
    return [path.with_name(f"{path.name}.backup-{number}") for number in sorted(backups(path), reverse=True)]


def _backup_findings(path: Path) -> Iterator[Finding]:
    files = backup_files(path)
    damaged = {file: what for file in files if (what := _damage(file))}
    for file, what in damaged.items():
        yield Finding("backups", "warning", f"{file.name} is damaged ({what}).", "Do not rely on it; delete it.")
    whole = [file for file in files if file not in damaged]
    if plain := [file.name for file in files if salt_of(path) and not salt_of(file)]:
        found = f"The store is encrypted, but not: {', '.join(plain)}."
        yield Finding("backups", "warning", found, "Delete them: they hold what the store held before.")
    if whole:
        made = datetime.fromtimestamp(whole[0].stat().st_mtime, UTC).isoformat(timespec="minutes")
        yield Finding("backups", "ok", f"{len(whole)} whole; the newest is {whole[0].name}, of {made}.")
    elif not files:
        yield Finding("backups", "ok", "None yet: one is made before anything that undo cannot take back.")


def _damage(file: Path) -> str | None:
    """What is wrong with a backup; None where it is whole."""
    try:
        with closing(connect(file, "ro")) as connection:
            (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            connection.execute("SELECT document_id FROM documents").fetchall()
    except database_errors_or(StoreError) as error:
        return str(error)
    return None if said == "ok" else str(said)


def leftovers(path: Path) -> list[Path]:
    """Temporary files that a killed qualcode left in the folder of a store."""
    pattern = re.compile(rf"{re.escape(path.name)}\.backup-\d+\.tmp|\..+\.\d+\.part(-journal)?")
    now = time.time()
    return sorted(
        file
        for file in path.parent.iterdir()
        if pattern.fullmatch(file.name) and file.is_file() and now - file.stat().st_mtime > LEFT_AFTER_SECONDS
    )


def _leftover_finding(path: Path) -> Finding:
    files = leftovers(path)
    if not files:
        return Finding("leftovers", "ok", "No temporary files were left behind.")
    named = ", ".join(file.name for file in files[:3]) + (" …" if len(files) > 3 else "")
    found = f"{len(files)} temporary file(s) were left behind: {named}"
    return Finding("leftovers", "warning", found, "qualcode doctor --fix removes them.", "leftovers")


def _permissions(path: Path) -> Finding:
    """Whether any user of this machine can read the store."""
    file = path.resolve()
    is_open = file.stat().st_mode & 0o004 and all(folder.stat().st_mode & 0o001 for folder in file.parents)
    if is_open:
        found = "Every user of this machine can read the store, and the interviews in it."
        return Finding("permissions", "warning", found, f"chmod 600 {path.name}")
    return Finding("permissions", "ok", "Not every user of this machine can read the store.")
