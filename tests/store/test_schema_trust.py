"""A store of schema 4 with an import and two runs, made by the migrations themselves, brought to schema 5."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from qualcode.store import schema
from qualcode.store.schema_trust import add_trust

DOCUMENT = "INSERT INTO documents VALUES (?, 'one.txt', ?, ?, {}'Hello.', NULL)".format(
    "NULL, NULL, NULL, NULL, NULL, NULL, 1, 'txt', 'utf-8', 'h', 'h', 'h', '[]', "
)
RUN = "INSERT INTO runs VALUES (?, ?, ?, 'book', NULL, '{}', NULL, '0', ?, ?, 1, NULL)"


@pytest.fixture
def old(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Words replaced after an import and two runs of a tagger, the later of which has the earlier time."""
    with closing(sqlite3.connect(tmp_path / "study.db", isolation_level=None)) as connection:
        connection.execute("BEGIN")
        db = Database(connection, execute_plugins=False, strict=True)
        for step in (schema.m001_initial, schema.m002_topics_facets_audit, schema.m003_review, schema.m004_exchange):
            step(db)
        connection.execute("INSERT INTO codebooks VALUES ('book', 'book', 'Book', '1.0.0', 'en', '{}')")
        connection.execute("INSERT INTO categories VALUES ('book', 'all', 0, 'All', '#000000')")
        connection.execute("INSERT INTO codes VALUES ('book', 'money', 'all', 1, 'Money', '-', '#000000')")
        connection.execute("INSERT INTO coders VALUES ('p', 'import', 'human'), ('m', 'rules.v1', 'rules')")
        connection.executemany(DOCUMENT, [("first", 1, 0), ("second", 2, 1)])
        connection.executemany(RUN, [(1, "a", "p", "3", "3"), (2, "b", "m", "2", "2"), (3, "c", "m", "1", "1")])
        connection.execute("INSERT INTO coverage VALUES (1, 'first', 0), (2, 'first', 1)")
        connection.execute("INSERT INTO coverage VALUES (2, 'second', 0), (3, 'second', 1)")
        content = json.dumps({"documents": {"guid": "first"}})
        connection.execute("INSERT INTO imports VALUES ('i', 'f', 'o', '3', 'book', '{}', 1, ?)", [content])
        connection.execute("INSERT INTO actions VALUES ('act', 'p', 'bulk', 1, '3', NULL)")
        connection.execute(
            "INSERT INTO passages VALUES ('p', 'i', 'first', 0, 5, 'book', 'money', 'p', 'g', NULL, 'act')"
        )
        yield connection


def test_order_of_runs_is_that_of_what_is_current_over_all_versions(old: sqlite3.Connection) -> None:
    add_trust(Database(old, execute_plugins=False, strict=True))
    rows = old.execute("SELECT document_id, run_id, sequence, undone_utc FROM coverage ORDER BY sequence").fetchall()
    assert rows == [("first", 1, 1, None), ("first", 2, 2, None), ("second", 2, 3, None), ("second", 3, 4, None)]


def test_what_an_import_brought_is_known(old: sqlite3.Connection) -> None:
    add_trust(Database(old, execute_plugins=False, strict=True))
    assert old.execute("SELECT * FROM import_coverage").fetchall() == [("i", 1, "first")]
    assert old.execute("SELECT * FROM import_actions").fetchall() == [("i", "act")]
    assert (
        old.execute("SELECT undone_utc FROM imports UNION ALL SELECT undone_utc FROM runs").fetchall() == [(None,)] * 4
    )
    assert old.execute("SELECT count(*) FROM pseudonymised").fetchone() == (0,)


def test_passage_of_an_import_that_was_taken_back_says_so(old: sqlite3.Connection) -> None:
    add_trust(Database(old, execute_plugins=False, strict=True))
    old.execute("UPDATE documents SET is_current = 1 - is_current WHERE version = 2")
    old.execute("UPDATE documents SET is_current = 1 WHERE version = 1")
    assert old.execute("SELECT undone_utc FROM passages_long").fetchall() == [(None,)]
    old.execute("UPDATE imports SET undone_utc = '4'")
    assert old.execute("SELECT undone_utc FROM passages_long").fetchall() == [("4",)]
