"""The schema as a page: a store (or a freshly migrated one) in, Markdown and a Mermaid diagram out.

``docs/schema.md`` and the diagram of ``ARCHITECTURE.md`` are made here, so they cannot go stale.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import queries
from .comments import COMMENTS, TABLE
from .opening import SCHEMA_VERSION, open_connection

INTERNAL = ("_sqlite_migrations",)
"""Tables of the migration machinery; no data of a study."""

COMPUTED = {"segments": "INTEGER", "text": "TEXT"}
"""Types of what the views compute: SQLite's versions report it differently."""


@dataclass(frozen=True)
class Column:
    """A column as SQLite reports it.

    Attributes
    ----------
    name, type : str
        Type as declared: TEXT, INTEGER or REAL.
    key : int
        1-based place in the primary key, 0 = not in it.
    required : bool
        Never NULL.
    refers_to : str or None
        Table of the foreign key the column is part of.
    comment : str
        Its line in ``comments.py``.
    """

    name: str
    type: str
    key: int
    required: bool
    refers_to: str | None
    comment: str


@dataclass(frozen=True)
class Relation:
    """A table or view with its columns."""

    name: str
    is_view: bool
    comment: str
    columns: tuple[Column, ...]


def describe_schema(path: Path | None = None) -> str:
    """Markdown of every table and view: what one row is, and each column with its meaning.

    Parameters
    ----------
    path : Path or None
        A store; None = a new one in memory.

    Returns
    -------
    str
        Views first, since they are what other programs should read.
    """
    relations = read_relations(path)
    parts = [f"Schema {SCHEMA_VERSION}.", "", "## Views: for SQL, R and Datasette", ""]
    for relation in relations:
        if relation.is_view:
            parts += _render_relation(relation)
    parts += ["## Tables", ""]
    for relation in relations:
        if not relation.is_view:
            parts += _render_relation(relation)
    return "\n".join(parts).rstrip() + "\n"


def render_er_diagram(path: Path | None = None) -> str:
    """Mermaid ``erDiagram`` of the tables and their foreign keys.

    Parameters
    ----------
    path : Path or None
        A store; None = a new one in memory.

    Returns
    -------
    str
        Without the code fence.
    """
    tables = [relation for relation in read_relations(path) if not relation.is_view]
    lines = ["erDiagram"]
    for table in tables:
        targets: dict[str, list[str]] = {}
        for column in table.columns:
            if column.refers_to:
                targets.setdefault(column.refers_to, []).append(column.name)
        lines += [f'    {target} ||--o{{ {table.name} : "{", ".join(names)}"' for target, names in targets.items()]
    for table in tables:
        lines.append(f"    {table.name} {{")
        lines += [f"        {column.type} {column.name}{_marks(column)}" for column in table.columns]
        lines.append("    }")
    return "\n".join(lines) + "\n"


def read_relations(path: Path | None = None) -> list[Relation]:
    """Tables, then views, in the order they were made.

    Parameters
    ----------
    path : Path or None
        A store; None = a new one in memory.
    """
    with _schema_of(path) as connection:
        found = connection.execute(queries.relations).fetchall()
        return [
            Relation(name, kind == "view", _comment(name, TABLE), _read_columns(connection, name, kind))
            for name, kind in found
            if name not in INTERNAL
        ]


@contextmanager
def _schema_of(path: Path | None) -> Iterator[sqlite3.Connection]:
    if path is not None:
        with closing(open_connection(path, read_only=True)) as connection:
            yield connection
        return
    from .schema import apply_migrations  # imports sqlite_utils, 0.3 s

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        apply_migrations(connection)
        yield connection


def _read_columns(connection: sqlite3.Connection, relation: str, what: str) -> tuple[Column, ...]:
    named = {"relation": relation}
    targets: dict[str, str] = {}
    # The narrower of two foreign keys comes first: a code belongs to its category, through it to the codebook.
    for target, column in connection.execute(queries.foreign_keys_of, named):
        targets.setdefault(column, target)
    return tuple(
        Column(
            name,
            COMPUTED.get(name, kind) if what == "view" else kind,
            key,
            bool(required) or bool(key),
            targets.get(name),
            _comment(relation, name),
        )
        for name, kind, required, key in connection.execute(queries.columns_of, named)
    )


def _comment(relation: str, column: str) -> str:
    return COMMENTS.get(relation, {}).get(column, "")


def _marks(column: Column) -> str:
    marks = [mark for mark, holds in (("PK", column.key), ("FK", column.refers_to)) if holds]
    return " " + ", ".join(marks) if marks else ""


def _render_relation(relation: Relation) -> list[str]:
    lines = [f"### {relation.name}", "", relation.comment, "", "| column | type | meaning |", "|---|---|---|"]
    rows = [f"| `{column.name}` | {_type(column)} | {_meaning(column)} |" for column in relation.columns]
    return [*lines, *rows, ""]


def _type(column: Column) -> str:
    return f"{column.type}{', key' if column.key else ''}"


def _meaning(column: Column) -> str:
    link = f" (`{column.refers_to}`)" if column.refers_to else ""
    return column.comment.replace("|", "\\|") + link
