"""Whether two files of a store say the same: every object, every row of every table, in its order."""

from __future__ import annotations

import sqlite3
from itertools import zip_longest


def first_difference(connection: sqlite3.Connection, other: str) -> str | None:
    """Compare the main file of a connection with one that is attached to it.

    Parameters
    ----------
    connection : sqlite3.Connection
        Of its own: it gives text as bytes from now on.
    other : str
        Name under which the other file is attached.

    Returns
    -------
    str or None
        The first table that differs, "schema" or a setting; None where nothing does.
    """
    connection.text_factory = bytes  # what a damaged text holds is compared, too

    def read(schema: str, sql: str) -> sqlite3.Cursor:
        return connection.execute(sql.format(schema=schema))

    for setting in ("user_version", "application_id"):
        if len({read(schema, f"PRAGMA {{schema}}.{setting}").fetchone() for schema in ("main", other)}) > 1:
            return setting
    ours, theirs = (read(schema, _OBJECTS).fetchall() for schema in ("main", other))
    if ours != theirs:
        return "schema"
    for name, sql in [(row[1].decode(), row[3]) for row in ours if row[0] == b"table"]:
        if sql.upper().startswith(b"CREATE VIRTUAL"):
            continue  # what it is made of lies in other tables
        key = read("main", f"SELECT name FROM pragma_table_info('{name}') WHERE pk > 0 ORDER BY pk").fetchall()
        has_rowid = b"WITHOUT ROWID" not in sql.upper()
        order = "rowid" if has_rowid else ", ".join(f'"{column.decode()}"' for (column,) in key)
        rows = (read(schema, f'SELECT * FROM {{schema}}."{name}" ORDER BY {order}') for schema in ("main", other))
        if any(one != two for one, two in zip_longest(*rows)):
            return str(name)
    return None


_OBJECTS = "SELECT type, name, tbl_name, sql FROM {schema}.sqlite_schema ORDER BY type, name"
