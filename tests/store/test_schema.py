from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from qualcode.store import SCHEMA_VERSION, Store
from qualcode.store.schema import apply_migrations

from .builders import RUN, codebook, query, two_documents

ATTRIBUTES = ["region", "country", "stakeholder_group", "kind", "date", "language"]

VIEWS = {
    "documents_long": [
        *("document_id", "document", "version", *ATTRIBUTES, "words", "segments", "format", "encoding"),
        *("source_hash", "left_out", "coder", "coder_kind", "codebook_version", "run"),
    ],
    "segments_long": [
        *("segment_id", "document_id", "document", *ATTRIBUTES, "speaker", "role", "time", "heading"),
        *("turn", "position", "start", "end", "text", "words", "is_coded"),
    ],
    "codings_long": [
        *("segment_id", "document_id", "document", *ATTRIBUTES, "speaker", "role", "turn", "position"),
        *("start", "end", "text", "words", "code_number", "code", "code_name", "category", "category_name"),
        *("probability", "status", "is_intense", "coder", "coder_kind", "evidence", "codebook_version", "run"),
    ],
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Store(tmp_path / "study.db", create=True) as store:
        store.save_run(RUN, codebook(), two_documents())
    return tmp_path / "study.db"


def test_version_is_the_number_of_migrations() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    assert apply_migrations(connection) == SCHEMA_VERSION
    assert apply_migrations(connection) == SCHEMA_VERSION
    connection.close()


def test_every_table_is_strict(path: Path) -> None:
    loose = "SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND NOT strict"
    assert query(path, loose) == [("sqlite_schema",)]


@pytest.mark.parametrize("view", VIEWS)
def test_columns_of_the_views_are_pinned(path: Path, view: str) -> None:
    columns = query(path, "SELECT name FROM pragma_table_info(?) ORDER BY cid", view)
    assert [name for (name,) in columns] == VIEWS[view]
    assert query(path, f"SELECT count(*) FROM {view}") == [({"documents_long": 2, "segments_long": 12}.get(view, 7),)]


def test_foreign_keys_hold(path: Path) -> None:
    assert query(path, "PRAGMA foreign_key_check") == []
    assert query(path, "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE documents SET kind = 'song'", "CHECK"),
        ("UPDATE documents SET text = 'a' || char(0)", "CHECK"),
        ("UPDATE documents SET words = 'many'", "cannot store TEXT"),
        ("UPDATE documents SET name = 'same', version = rowid, is_current = 1", "UNIQUE"),
        ("UPDATE coverage SET run_id = 9", "FOREIGN KEY"),
        ("UPDATE turns SET role = 'boss'", "CHECK"),
        ("UPDATE segments SET turn = 99", "FOREIGN KEY"),
        ('UPDATE segments SET "end" = start', "CHECK"),
        ("UPDATE codings SET status = 'maybe'", "CHECK"),
        ("UPDATE codings SET evidence = 'none'", "CHECK"),
        ("INSERT INTO coders VALUES ('other', 'hybrid.v1', 'model')", "UNIQUE"),
        ("INSERT INTO codings VALUES (1, 2, 'weather', 0.5, 'auto', 0, '[]')", "not in the codebook"),
        ("INSERT INTO codings VALUES (1, 1, 'money', 0.5, 'auto', 0, '[]')", "not a respondent's"),
    ],
)
def test_database_itself_refuses(path: Path, statement: str, message: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(sqlite3.IntegrityError, match=message):
        connection.execute(statement)
    connection.close()
