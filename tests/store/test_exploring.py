"""The connection for SQL: it reads, knows our words, and writes nothing, whatever a region is called."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from counted_study import CountedStudy, make_counted_study
from qualcode.errors import StoreError
from qualcode.store import QUOTES, REGIONS, SEARCH, emphasis_sql, frequency_sql, open_explored


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> CountedStudy:
    return make_counted_study(tmp_path_factory.mktemp("explored") / "study")


@pytest.fixture
def sql(study: CountedStudy) -> Iterator[sqlite3.Connection]:
    with closing(open_explored(study.store_path)) as connection:
        yield connection


def test_it_only_reads(sql: sqlite3.Connection, study: CountedStudy) -> None:
    before = study.store_path.read_bytes()
    for statement in (
        "DELETE FROM codings",
        "CREATE TABLE x (y)",
        "INSERT INTO segments_fts (rowid, text) VALUES (1, 'a')",
    ):
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            sql.execute(statement)
    assert study.store_path.read_bytes() == before


def test_there_must_be_a_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no store"):
        open_explored(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []


def test_its_view_of_the_codings_is_that_of_the_store(sql: sqlite3.Connection) -> None:
    for query in (
        "SELECT count(*) FROM {}codings_long",
        "SELECT * FROM {}codings_long ORDER BY segment_id, code_number",
    ):
        assert sql.execute(query.format("")).fetchall() == sql.execute(query.format("main.")).fetchall()


def test_regions_are_in_the_order_of_the_tables(sql: sqlite3.Connection) -> None:
    assert [row[0] for row in sql.execute(REGIONS)] == ["Alpha", "Beta", "Gamma"]


def test_a_region_may_be_called_anything(sql: sqlite3.Connection) -> None:
    names = ['It\'s "here"', "a; DROP TABLE codings --", ":region", "é\n"]
    for make in (frequency_sql, emphasis_sql):
        cursor = sql.execute(make(names))
        assert [column[0] for column in cursor.description][-4:] == names
        assert {row[-4:] for row in cursor} == {(None, None, None, None)}
        assert sql.execute(make([])).fetchall()


@pytest.mark.parametrize(
    ("code", "region", "expected"),
    [("consent", "", ["a2.txt", "b3.txt"]), ("", "gamma", ["g1.txt"]), ("", "", 16), ("CONSENT", "Beta", ["b3.txt"])],
)
def test_quotes_of_a_code(sql: sqlite3.Connection, code: str, region: str, expected: object) -> None:
    rows = sql.execute(QUOTES, {"code": code, "region": region}).fetchall()
    assert (len(rows) if isinstance(expected, int) else sorted(row[0] for row in rows)) == expected
    assert all(row[5] for row in rows)


@pytest.mark.parametrize(
    ("words", "documents"), [("four SILOS", ["g1.txt"]), ('"four silos', ["g1.txt"]), ("", []), ("'?", []), (None, [])]
)
def test_search_takes_what_people_type(sql: sqlite3.Connection, words: str | None, documents: list[str]) -> None:
    assert [row[0] for row in sql.execute(SEARCH, {"words": words})] == documents
