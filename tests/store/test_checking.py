"""Every fault a store can have is named by its check; a whole store has none."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from qualcode.store import Finding
from qualcode.store.checking import SHOWN, check_content

from .damaged import damage, flip, full_store

CHECKS = [
    "pages", "schema", "relations", "texts", "places", "words", "evidence", "passages", "ids", "codebooks", "current",
    "intense", "decisions", "search index",
]  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return full_store(tmp_path_factory.mktemp("whole") / "study.db")


@pytest.fixture
def path(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(whole, tmp_path / "study.db"))


def checked(path: Path) -> list[Finding]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        return check_content(connection)


def faults(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for finding in checked(path):
        if finding.state != "ok":
            found.setdefault(finding.check, []).append(finding.found)
    return found


def test_a_whole_store_has_no_fault_and_says_what_was_looked_at(whole: Path) -> None:
    before = whole.read_bytes()
    findings = checked(whole)
    assert [finding.check for finding in findings] == CHECKS
    assert {finding.state for finding in findings} == {"ok"}
    said = {finding.check: finding.found for finding in findings}
    assert said["texts"] == "3 texts are as they were stored (SHA-256)."
    assert said["places"] == "19 sentences lie in their turns, these in their texts."
    assert said["passages"] == "1 passages lie in their texts."
    assert whole.read_bytes() == before


FIRST = "document_id = (SELECT document_id FROM documents WHERE name = 'crete/one.txt')"
DAMAGES = [
    ("UPDATE codings SET segment_id = 999 WHERE segment_id = 6", "relations", "1 row(s) of codings belong to no"),
    ("UPDATE codings SET segment_id = 5 WHERE segment_id = 6", "relations", "no respondent's or not in their run"),
    ("DELETE FROM coverage WHERE sequence = 2", "relations", "not in their run"),
    ("UPDATE codings SET code_id = 'gone' WHERE segment_id = 3", "relations", "1 coding(s) with a code that"),
    ("UPDATE facets SET facet_id = 'gone' WHERE facet_id = 'patients'", "relations", "1 facet(s) that"),
    ("DELETE FROM memos WHERE code_id = 'travel'", "relations", "1 action(s) that say nothing."),
    ("DELETE FROM coders WHERE name = 'Cleo'", "relations", "1 row(s) of passages belong to no row of coders."),
    (f"UPDATE documents SET text = replace(text, 'money', 'honey') WHERE {FIRST}", "texts", "crete/one.txt"),
    (f"UPDATE documents SET text_hash = 'sha256:0' WHERE {FIRST}", "texts", "6 coding(s) and 3 decision(s) on it"),
    ("UPDATE segments SET start = start - 3 WHERE segment_id = 4", "places", "sentence 3 begins before the one before"),
    ('UPDATE segments SET "end" = 9999 WHERE segment_id = 6', "places", "sentence 5 is not in the text."),
    (f"UPDATE turns SET start = start + 2 WHERE position = 3 AND {FIRST}", "places", "sentence 5 is not in its turn."),
    (f"UPDATE turns SET role = 'note' WHERE position = 3 AND {FIRST}", "places", "sentence 5 is said to be coded"),
    ("DELETE FROM segments WHERE segment_id = 5", "places", "sentence 4 is missing."),
    ("UPDATE segments SET words = 7 WHERE segment_id = 3", "words", "1 sentence(s) hold another number of words"),
    (f"UPDATE documents SET words = 7 WHERE {FIRST}", "words", "it holds another number of words than is stored."),
    (
        """UPDATE codings SET evidence = '[{"source":"cue","detail":"x","start":0,"end":9999,"weight":1}]'
           WHERE segment_id = 2 AND code_id = 'money'""",
        "evidence",
        "1 piece(s) of evidence point outside the text.",
    ),
    (
        """UPDATE codings SET evidence = '[{"source":"word","detail":"hard","start":3,"end":7,"weight":1}]'
           WHERE segment_id = 2 AND code_id = 'money'""",
        "evidence",
        "1 piece(s) of evidence name other words than stand there.",
    ),
    ('UPDATE passages SET "end" = 9999', "passages", "1 passage(s) do not lie in their text."),
    ("UPDATE passages SET start = 21", "passages", "1 passage(s) were changed after they came in."),
    (f"UPDATE documents SET name = 'crete/zero.txt' WHERE {FIRST}", "ids", "crete/zero.txt (version 1) was changed"),
    ("UPDATE coders SET name = 'Hanna' WHERE name = 'Anna'", "ids", "The coder Hanna was changed"),
    ("UPDATE runs SET seed = 8", "ids", "Run 1 was changed after it was stored"),
    ("UPDATE verdicts SET decision = 'unsure' WHERE code_id = 'travel'", "ids", "What Ben did at"),
    ("UPDATE memos SET text = 'Ask never.' WHERE segment_id IS NOT NULL", "ids", "What Anna did at"),
    ("UPDATE codebooks SET content = '{' WHERE name = 'small'", "codebooks", "Codebook small 1.0.0 cannot be read."),
    (
        "UPDATE codebooks SET content = replace(content, 'Long', 'Short') WHERE name = 'small'",
        "codebooks",
        "Codebook small 1.0.0 was changed after it was stored",
    ),
    ("UPDATE codes SET number = 9 WHERE code_id = 'travel'", "codebooks", "is another in the table codes"),
    ("UPDATE documents SET is_current = 0 WHERE version = 2", "current", "ghent/two.txt: its newest version is not"),
    ("UPDATE coverage SET is_current = 0", "current", "crete/one.txt: the newest run over it is not the current one."),
    ("UPDATE coverage SET undone_utc = '2026'", "current", "crete/one.txt: its newest version is not the current one."),
    ("UPDATE runs SET documents = 7", "current", "1 run(s) cover another number of documents than is stored."),
    ("DELETE FROM intense", "intense", "2 intense sentence(s) are not kept as such."),
    ("UPDATE decisions SET outcome = 'rejected'", "decisions", "outcome(s) are not what people's decisions"),
    ("DELETE FROM decisions", "decisions", "outcome(s) are not what"),
    ("INSERT INTO segments_fts (rowid, text) VALUES (4, 'ghost')", "search index", "1 sentence(s) are not found by"),
    ("INSERT INTO segments_fts (rowid, text) VALUES (99, 'ghost')", "search index", "1 sentence(s) are not found by"),
    ("INSERT INTO segments_fts (segments_fts) VALUES ('delete-all')", "search index", "19 sentence(s) are not found"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "check", "said"), DAMAGES, ids=[f"{d[1]} {n}" for n, d in enumerate(DAMAGES)])
def test_a_fault_is_named_by_its_check(path: Path, sql: str, check: str, said: str) -> None:
    damage(path, sql)
    found = faults(path)
    assert any(said in one for one in found[check]), found


def test_a_flipped_bit_in_a_text_is_found_though_sqlite_finds_nothing(path: Path) -> None:
    flip(path, b"There is no money.")
    found = faults(path)
    assert list(found) == ["texts"]
    (said,) = found["texts"]
    assert said == (
        "ghent/two.txt (version 2): its text was changed or damaged after it was stored; 1 coding(s) on it are stale."
    )


def test_bytes_that_are_no_text_are_a_finding_and_not_an_error(path: Path) -> None:
    damage(path, f"UPDATE documents SET text = CAST(x'ff' || CAST(text AS BLOB) AS TEXT) WHERE {FIRST}")
    assert list(faults(path)) == ["texts"]
    damage(path, "UPDATE coders SET name = CAST(x'ffff' AS TEXT) WHERE name = 'Ben'")
    assert list(faults(path)) == ["texts", "ids"]


def test_damaged_pages_end_the_check_they_are_met_in_and_no_other(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'actions'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    raw = bytearray(path.read_bytes())
    raw[(page - 1) * size : page * size] = b"\xff" * size
    path.write_bytes(raw)
    found = faults(path)
    assert found["pages"]
    assert found["ids"] == ["This could not be checked (database disk image is malformed)."]
    assert not {"texts", "places", "words", "codebooks"} & set(found)


def test_of_many_faults_some_are_named_and_the_rest_is_counted(path: Path) -> None:
    copies = f"""
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {SHOWN + 5})
        INSERT INTO coders (coder_id, name, kind) SELECT 'x' || i, 'coder ' || i, 'human' FROM n
    """
    damage(path, copies)
    found = faults(path)
    assert list(found) == ["ids"]
    assert len(found["ids"]) == SHOWN + 1
    assert found["ids"][-1] == "… and 5 more."


def test_what_is_said_holds_no_words_of_a_transcript(path: Path) -> None:
    for sql, *_ in DAMAGES[7:20]:
        damage(path, sql)
    said = " ".join(line for lines in faults(path).values() for line in lines)
    assert not [word for word in ("money", "price", "four hours", "Nothing.") if word in said]
