"""A store in, another file with every row as somebody's function gives it out: whole or not at all.

The copy is made under another name, rewritten in one transaction, packed, so that no page keeps a word of before, and
only then put in its place. The store itself is opened for reading alone.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from ..errors import StoreError
from .database import connect, create_private, salt_of, sync
from .opening import immediate_transaction, open_connection, sqlite_errors_named

Tables = dict[str, list[dict[str, Any]]]
"""Rows by table, as columns by name, in the order they lie in."""

NO_ROWS_OF_OURS = ("segments_fts", "_sqlite_migrations", "sqlite_")


Keys = dict[str, list[str]]
"""Columns of the primary key by table."""


def read_tables(path: Path, only: Collection[str] | None = None) -> Tables:
    """All rows of a store but those of its search index; with `only`, of these tables.

    Raises
    ------
    StoreError
        As `qualcode.store.Store` does.
    """
    with closing(open_connection(path, read_only=True)) as connection, sqlite_errors_named(path):
        return _tables(connection, only)


def rewrite_store(path: Path, out: Path, rewrite: Callable[[Tables, Keys], Tables]) -> None:
    """Write a copy of a store with other rows.

    Parameters
    ----------
    path : Path
        The store; it stays as it is.
    out : Path
        The new file; there must be none.
    rewrite : callable
        Takes the rows of the store and their keys, gives the rows of the copy; what it raises leaves no file.

    Raises
    ------
    StoreError
        If `out` exists or cannot be written, or the new rows do not fit each other.
    """
    if out.exists():
        raise StoreError(f"{out} exists already. Name another file, or move it away first.")
    if not out.parent.is_dir():
        raise StoreError(f"There is no folder {out.parent} for the store {out.name}. Make the folder first.")
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    try:
        with sqlite_errors_named(out):
            _copy(path, part)
            with closing(connect(part, "rw")) as connection:
                connection.execute("PRAGMA journal_mode = MEMORY")  # a journal on disk would hold the words of before
                connection.execute("PRAGMA secure_delete = ON")
                connection.execute("PRAGMA temp_store = MEMORY")
                connection.execute("PRAGMA foreign_keys = ON")
                before = _tables(connection)
                keys = {name: _key(connection, name) for name in before}
                with _without_triggers(connection), immediate_transaction(connection):
                    _write(connection, before, rewrite(before, keys))
                connection.execute("VACUUM")
                connection.execute("PRAGMA journal_mode = DELETE")
        sync(part)
        part.replace(out)
        sync(out.parent)
    finally:
        part.unlink(missing_ok=True)


def _copy(path: Path, part: Path) -> None:
    create_private(part)
    with (
        closing(open_connection(path, read_only=True)) as source,
        closing(connect(part, "rw", salt=salt_of(path))) as copy,
    ):
        source.backup(copy)


def _names(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid")
    return [name for (name,) in rows if not name.startswith(NO_ROWS_OF_OURS)]


def _tables(connection: sqlite3.Connection, only: Collection[str] | None = None) -> Tables:
    tables: Tables = {}
    for name in _names(connection):
        if only is not None and name not in only:
            continue
        order = "rowid" if _has_rowid(connection, name) else ", ".join(f'"{one}"' for one in _key(connection, name))
        found = connection.execute(f'SELECT * FROM "{name}" ORDER BY {order}')
        columns = [column for column, *_ in found.description]
        tables[name] = [dict(zip(columns, row, strict=True)) for row in found]
    return tables


def _key(connection: sqlite3.Connection, table: str) -> list[str]:
    rows = connection.execute("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", [table])
    return [name for (name,) in rows]


def _has_rowid(connection: sqlite3.Connection, table: str) -> bool:
    (without,) = connection.execute("SELECT wr FROM pragma_table_list WHERE name = ?", [table]).fetchone()
    return not without


@contextmanager
def _without_triggers(connection: sqlite3.Connection) -> Iterator[None]:
    """Without the triggers that keep what people said from being changed: here it is, and all of it."""
    triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        connection.execute(f'DROP TRIGGER "{name}"')
    yield
    for _, sql in triggers:
        connection.execute(sql)


def _write(connection: sqlite3.Connection, before: Tables, after: Tables) -> None:
    connection.execute("PRAGMA defer_foreign_keys = ON")
    changed = [name for name, rows in after.items() if rows != before[name]]
    for name in reversed(changed):
        connection.execute(f'DELETE FROM "{name}"')
    for name in changed:
        rows = after[name]
        if rows:
            columns = ", ".join(f'"{column}"' for column in rows[0])
            marks = ", ".join("?" * len(rows[0]))
            connection.executemany(
                f'INSERT INTO "{name}" ({columns}) VALUES ({marks})', (tuple(row.values()) for row in rows)
            )
    if connection.execute("PRAGMA foreign_key_check").fetchone():
        raise StoreError("The rewritten rows do not fit each other, so nothing was written. Please report this.")
    _index_words(connection)


def _index_words(connection: sqlite3.Connection) -> None:
    """Fill the search index anew: it keeps words of its own."""
    connection.execute("INSERT INTO segments_fts (segments_fts) VALUES ('delete-all')")
    for document_id, text in connection.execute("SELECT document_id, text FROM documents ORDER BY rowid").fetchall():
        places = connection.execute(
            'SELECT segment_id, start, "end" FROM segments WHERE document_id = ? ORDER BY segment_id', [document_id]
        ).fetchall()
        words = [(segment_id, text[start:end]) for segment_id, start, end in places]
        connection.executemany("INSERT INTO segments_fts (rowid, text) VALUES (?, ?)", words)
