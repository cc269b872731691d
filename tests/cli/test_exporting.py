from __future__ import annotations

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qualcode.cli import app
from studies import SmallStudy, query

runner = CliRunner()


@pytest.fixture
def tagged(study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> SmallStudy:
    monkeypatch.chdir(study.folder)
    study.tag()
    return study


def run(*arguments: str) -> tuple[int, str, str]:
    result = runner.invoke(app, ["export", *arguments], catch_exceptions=False)
    return result.exit_code, result.stdout, result.stderr


def test_a_file_is_written_and_said_on_standard_error(tagged: SmallStudy) -> None:
    code, out, err = run("codings.csv", "--region", "Northfield")
    assert (code, out) == (0, "")
    assert err.startswith("Wrote codings.csv: 5 codings of 2 documents. Read back: every text is the same.")
    rows = list(csv.DictReader((tagged.folder / "codings.csv").read_text(encoding="utf-8").splitlines()))
    assert {row["region"] for row in rows} == {"Northfield"}
    assert not list(tagged.folder.glob("*.part"))


def test_options_reach_the_file(tagged: SmallStudy) -> None:
    assert run("m.csv", "--what", "matrix", "--counts", "--excel")[0] == 0
    assert (tagged.folder / "m.csv").read_bytes().startswith(b"\xef\xbb\xbfdocument,region")
    assert run("p.jsonl", "--status", "pending", "--code", "delays")[2].startswith("Wrote p.jsonl: 1 coding of 1 doc")


def test_the_attributes_of_the_study_are_not_overwritten(tagged: SmallStudy) -> None:
    path = Path("notes") / "documents.csv"
    before = path.read_bytes()
    code, _, err = run(str(path))
    assert (code, path.read_bytes()) == (1, before)
    assert "holds something else, so it is not overwritten" in err


def test_a_project_takes_the_whole_study(tagged: SmallStudy) -> None:
    assert "holds the whole study" in run("a.qdpx", "--region", "Northfield")[2]
    assert "holds the whole study" in run("a.qdc", "--raw")[2]
    assert "--pending is for .qdpx" in run("a.csv", "--pending")[2]
    assert not list(tagged.folder.glob("a.*"))


def test_a_project_and_its_codebook_are_written(tagged: SmallStudy) -> None:
    code, _, err = run("a.qdpx")
    assert (code, err[:13]) == (0, "Wrote a.qdpx:")
    code, _, err = run("a.qdc")
    assert (code, err.splitlines()[0]) == (0, "Wrote a.qdc: 3 codes in 2 categories.")


R_EXAMPLE = """
library(DBI)
store <- dbConnect(RSQLite::SQLite(), "qualcode.db", flags = RSQLite::SQLITE_RO)
codings <- dbGetQuery(store, "
  SELECT region, code_name, count(DISTINCT document) AS documents, sum(words) AS words
  FROM codings_long
  WHERE status IN ('auto', 'accepted')
  GROUP BY region, code_name ORDER BY region, documents DESC, code_name")
dbDisconnect(store)
barplot(xtabs(documents ~ region + code_name, codings), beside = TRUE, legend = TRUE)
"""
"""Of the documentation, as it stands there."""


def test_the_sql_of_the_example_for_r_runs(tagged: SmallStudy) -> None:
    sql = R_EXAMPLE.split('"')[3]
    assert sql.strip().startswith("SELECT region")
    assert query(tagged.store_path, sql) == [
        ("Northfield", "Delays", 2, 27),
        ("Northfield", "High fares", 2, 23),
        ("Southport", "No funding", 1, 9),
    ]
