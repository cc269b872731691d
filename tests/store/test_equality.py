from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from qualcode.store.equality import first_difference

SCHEMA = """
CREATE TABLE said (words TEXT) STRICT;
CREATE TABLE keyed (a TEXT, b INTEGER, PRIMARY KEY (a, b)) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE found USING fts5(words);
INSERT INTO said VALUES ('bus'), (NULL);
INSERT INTO keyed VALUES ('a', 1), ('a', 2);
INSERT INTO found VALUES ('bus');
"""


def differs(tmp_path: Path, change: str) -> str | None:
    paths = tmp_path / "a.db", tmp_path / "b.db"
    for path, sql in zip(paths, (SCHEMA, SCHEMA + change), strict=True):
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(sql)
    with closing(sqlite3.connect(paths[0])) as connection:
        connection.execute("ATTACH ? AS other", [str(paths[1])])
        return first_difference(connection, "other")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("", None),
        ("UPDATE said SET words = 'buS' WHERE words = 'bus'", "said"),
        ("UPDATE said SET words = '' WHERE words IS NULL", "said"),
        ("INSERT INTO said VALUES ('more')", "said"),
        ("DELETE FROM said WHERE words IS NULL", "said"),
        ("UPDATE said SET rowid = 9 WHERE rowid = 1", "said"),
        ("UPDATE said SET words = CAST(x'ff' AS TEXT) WHERE words = 'bus'", "said"),
        ("UPDATE keyed SET b = 3 WHERE b = 2", "keyed"),
        ("DELETE FROM keyed WHERE b = 2", "keyed"),
        ("INSERT INTO found VALUES ('late')", "found_content"),
        ("CREATE INDEX more ON said (words)", "schema"),
        ("DROP TABLE keyed", "schema"),
        ("PRAGMA user_version = 1", "user_version"),
        ("PRAGMA application_id = 1", "application_id"),
    ],
)
def test_what_differs_is_named(tmp_path: Path, change: str, found: str | None) -> None:
    assert differs(tmp_path, change) == found
