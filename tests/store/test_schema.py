from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from qualcode.store import SCHEMA_VERSION, AuditDraw, Memo, Store
from qualcode.store.schema import apply_migrations

from .builders import RUN, codebook, facets_book, query, two_documents_with_facets

ATTRIBUTES = ["region", "country", "stakeholder_group", "kind", "date", "language"]

VIEWS = {
    "documents_long": [
        *("document_id", "document", "version", *ATTRIBUTES, "topics_asked", "words", "segments", "format", "encoding"),
        *("source_hash", "left_out", "coder", "coder_kind", "codebook_version", "run"),
    ],
    "segments_long": [
        *("segment_id", "document_id", "document", *ATTRIBUTES, "speaker", "role", "time", "heading"),
        *("turn", "position", "start", "end", "text", "words", "is_coded"),
    ],
    "codings_long": [
        *("segment_id", "document_id", "document", *ATTRIBUTES, "speaker", "role", "turn", "position"),
        *("start", "end", "text", "words", "code_number", "code", "code_name", "category", "category_name"),
        *("probability", "status", "is_intense", "coder", "coder_kind", "decided_by", "evidence"),
        *("codebook_version", "run"),
    ],
    "verdicts_long": [
        *("segment_id", "document_id", "document", *ATTRIBUTES, "speaker", "role", "turn", "position"),
        *("start", "end", "text", "words", "code_number", "code", "code_name", "category", "decision", "coder"),
        *("action", "made_utc", "undone_utc", "codebook_version", "clock", "action_id"),
    ],
    "facets_long": [
        *("segment_id", "document_id", "document", *ATTRIBUTES, "speaker", "role", "turn", "position"),
        *("start", "end", "text", "words", "facet", "facet_number", "facet_name", "facet_group"),
        *("probability", "evidence", "run"),
    ],
}
ROWS = {"documents_long": 2, "segments_long": 12, "codings_long": 6, "verdicts_long": 2, "facets_long": 3}
VERDICT = "INSERT INTO verdicts (action_id, segment_id, codebook_id, code_id, decision)"
SAID = ("verdicts", "looks")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Store(tmp_path / "study.db", create=True) as store:
        store.save_run(RUN, codebook(), two_documents_with_facets(), facets=facets_book())
        store.save_audit_sample(1, [AuditDraw("crete/one.txt", 1, "all", 0.5)])
        store.save_audit_verdicts("Anna", {("crete/one.txt", 1): {"money"}})
        store.verdicts.note("Anna", Memo("to be discussed", code="money"))
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
    assert query(path, f"SELECT count(*) FROM {view}") == [(ROWS[view],)]


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
        ("UPDATE documents SET topics_asked = '1; 2'", "CHECK"),
        ("UPDATE runs SET facets_id = 'b2:none'", "FOREIGN KEY"),
        ("INSERT INTO facets VALUES (1, 2, 'money', 0.5, '[]')", "not among the facets"),
        ("INSERT INTO facets VALUES (1, 1, 'patients', 0.5, '[]')", "not a respondent's"),
        ("INSERT INTO facets VALUES (1, 2, 'patients', 1.5, '[]')", "CHECK"),
        ("INSERT INTO audits VALUES (1, 1, 'all', 0.5)", "not a respondent's"),
        ("INSERT INTO audits VALUES (1, 3, 'all', 0.0)", "CHECK"),
        *((f"UPDATE {table} SET segment_id = 3", "what a person said stays") for table in SAID),
        *((f"DELETE FROM {table}", "what a person said stays") for table in SAID),
        ("UPDATE memos SET text = ''", "what a person said stays"),
        (f"{VERDICT} SELECT action_id, 1, codebook_id, code_id, 'accept' FROM verdicts", "not a respondent's"),
        (f"{VERDICT} SELECT action_id, 3, codebook_id, 'sun', 'accept' FROM verdicts LIMIT 1", "FOREIGN KEY"),
        (f"{VERDICT} SELECT action_id, 3, codebook_id, code_id, 'keep' FROM verdicts", "CHECK"),
        (f"{VERDICT} SELECT 'none', 3, codebook_id, code_id, 'add' FROM verdicts LIMIT 1", "FOREIGN KEY"),
        ("INSERT INTO looks SELECT action_id, 1, codebook_id, 0 FROM verdicts LIMIT 1", "not a respondent's"),
        ("INSERT INTO memos SELECT action_id, NULL, codebook_id, NULL, 'x' FROM verdicts LIMIT 1", "CHECK"),
        ("DELETE FROM actions", "what a person did stays"),
        ("UPDATE actions SET clock = clock + 1", "what a person did stays"),
        ("UPDATE actions SET undone_utc = NULL", "what a person did stays"),
        ("UPDATE actions SET kind = 'other', undone_utc = 'x'", "what a person did stays|CHECK"),
    ],
)
def test_database_itself_refuses(path: Path, statement: str, message: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(sqlite3.IntegrityError, match=message):
        connection.execute(statement)
    connection.close()
