from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from counted_study import RUN, SAID, codebook, document, make_counted_study
from qualcode import flow
from qualcode.model import Coding
from qualcode.present import comparison_text, profile_text
from qualcode.present.table import WIDTH, Format
from qualcode.store import Store

PROFILE = """\
title = "Data or money"
claim = '''Alpha speaks of data,
Beta of money.'''
source = "A report"

[[poles]]
name = "data and all that"
codes = ["data"]

[[poles]]
name = "money"
codes = ["money"]
"""
EXPECTED = '\n[expected]\nAlpha = "data and all that"\nBeta = "money"\n'


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> flow.Workspace:
    """The mini study, coded by a person in one document too."""
    study = make_counted_study(tmp_path_factory.mktemp("counted") / "study", facets=False)
    later = replace(RUN, coder="Kim", coder_kind="human", settings={}, finished_utc="2025-04-06T00:00:00+00:00")
    again = replace(RUN, finished_utc="2025-04-07T00:00:00+00:00")
    kept = replace(document("a1.txt"), facets=())
    with Store(study.store_path) as store:
        store.save_run(later, codebook(), [replace(kept, codings=(Coding(3, "silos", 1.0, "auto"),))])
        store.save_run(again, codebook(), [kept])
    return study.work


@pytest.fixture(scope="module")
def groups(work: flow.Workspace) -> flow.Comparison:
    return flow.compare(work, flow.make_filter(), "Alpha", "Beta")


@pytest.fixture(scope="module")
def codings(work: flow.Workspace) -> flow.Comparison:
    return flow.compare(work, flow.make_filter(), "hybrid.v2", "Kim")


@pytest.fixture
def claimed(work: flow.Workspace, tmp_path: Path) -> Callable[[str], flow.ProfileReport]:
    def check(source: str) -> flow.ProfileReport:
        path = tmp_path / "claim.toml"
        path.write_text(source, encoding="utf-8")
        return flow.check_profile(work, flow.make_filter(), path)

    return check


def text(found: flow.Comparison | flow.ProfileReport, output: Format = "table") -> str:
    made = profile_text(found, output) if isinstance(found, flow.ProfileReport) else comparison_text(found, output)
    assert isinstance(made, str)
    return made


def test_a_terminal_shows_differences_in_points_with_intervals_and_then_quotes(groups: flow.Comparison) -> None:
    shown = text(groups)
    lines = shown.splitlines()
    assert lines[0] == "Alpha against Beta"
    assert lines[2].split() == ["No", "Code", "Alpha", "Beta", "Docs", "95", "%", "q", "Words", "95", "%", "q"]
    # pay: 1 of 4 against 2 of 3 documents, -42 points; 2 against 20 % of words, -18 points.
    pay = next(line for line in lines if " Pay" in line)
    assert pay.split()[:5] == ["3", "Pay", "1/4", "2/3", "-42"]
    assert "-18.0" in pay.split()
    trials = next(line for line in lines if " Trials" in line)
    assert trials.split()[:5] == ["4", "Trials", "0/4", "0/3", "+0"]
    assert "Docs and Words: differences in percentage points of documents and of respondents' words." in shown
    quoted = " ".join(shown.split("What was said, where the difference is largest")[1].split())
    assert all(words in quoted for words in ("The insurer pays for the drug", "Each town stores its scans on"))


def test_no_line_is_wider_than_a_terminal(groups: flow.Comparison, codings: flow.Comparison) -> None:
    for found in (groups, codings):
        assert max(map(len, text(found).splitlines())) <= WIDTH


def test_two_codings_have_one_number_of_documents_and_no_log_odds(codings: flow.Comparison) -> None:
    lines = text(codings).splitlines()
    assert lines[0] == "hybrid.v2 against Kim"
    assert lines[2].split() == ["No", "Code", "hybrid.v2", "Kim", "Docs", "95", "%", "q", "Words", "95", "%"]
    pay = next(line for line in lines if " Pay" in line)
    assert pay.split()[:5] == ["3", "Pay", "1/1", "0/1", "-100"]


@pytest.mark.parametrize("which", ["groups", "codings"])
def test_programs_get_every_column_and_both_quotes(which: str, request: pytest.FixtureRequest) -> None:
    found: flow.Comparison = request.getfixturevalue(which)
    records = json.loads(text(found, "json"))
    assert list(records[0]) == [*found.frame.columns, "quote_a", "quote_b"]
    rows = list(csv.DictReader(io.StringIO(text(found, "csv"))))
    assert [row["code"] for row in rows] == [record["code"] for record in records] == found.frame["code"].tolist()
    made = comparison_text(found, "xlsx")
    assert isinstance(made, bytes)
    sheet = openpyxl.load_workbook(io.BytesIO(made)).worksheets[0]
    assert [cell.value for cell in sheet[1]] == list(records[0])
    assert sheet.cell(2, 2).value == records[0]["code"]


def test_numbers_and_quotes_are_those_of_the_comparison(groups: flow.Comparison) -> None:
    records = {record["code"]: record for record in json.loads(text(groups, "json"))}
    assert records["pay"]["difference_documents"] == pytest.approx(-5 / 12)
    assert (records["pay"]["quote_a"], records["pay"]["quote_b"]) == (SAID["a1.txt"][0], SAID["b2.txt"][2])
    assert (records["trials"]["p_documents"], records["trials"]["quote_a"]) == (None, None)
    trials = next(row for row in csv.DictReader(io.StringIO(text(groups, "csv"))) if row["code"] == "trials")
    assert (trials["p_documents"], trials["quote_b"]) == ("", "")


@pytest.mark.parametrize("output", ["md", "html"])
def test_pages_have_the_table_its_notes_and_the_quotes(groups: flow.Comparison, output: Format) -> None:
    made = text(groups, output)
    for words in ("Alpha against Beta", "1/4", "Differences are Alpha - Beta", "The insurer pays for the drug"):
        assert words in made


def test_without_quotes_there_is_no_table_of_them(groups: flow.Comparison) -> None:
    assert "What was said" not in text(replace(groups, quotes={}))


# --- a claim -----------------------------------------------------------------------------------


def test_a_profile_orders_groups_by_their_ratio(claimed: Callable[[str], flow.ProfileReport]) -> None:
    shown = text(claimed(PROFILE))
    lines = shown.splitlines()
    assert lines[0] == "Data or money"
    assert lines[2].split()[:2] == ["Region", "Docs"]
    assert "data and al… money log2 ratio" in " ".join(lines[2].split())
    assert [line.split()[:4] for line in lines[4:7]] == [
        ["Alpha", "4", "60", "10"],
        ["Gamma", "2", "5", "0"],
        ["Beta", "3", "30", "120"],
    ]
    assert "Claim: Alpha speaks of data, Beta of money. (A report)" in shown
    assert "Expected" not in shown
    assert max(map(len, lines)) <= WIDTH


def test_an_expectation_has_columns_and_a_verdict_on_the_whole(claimed: Callable[[str], flow.ProfileReport]) -> None:
    shown = text(claimed(PROFILE + EXPECTED))
    assert "Expected" in shown
    assert "So it is" in shown
    assert "All expected at data and all that against all expected at money: log2 +" in " ".join(shown.split())


def test_a_profile_for_programs_has_every_column(claimed: Callable[[str], flow.ProfileReport]) -> None:
    found = claimed(PROFILE + EXPECTED)
    records = json.loads(text(found, "json"))
    assert list(records[0]) == list(found.frame.columns)
    assert [record["group"] for record in records] == ["Alpha", "Gamma", "Beta"]
    rows = list(csv.DictReader(io.StringIO(text(found, "csv"))))
    assert [row["words_second"] for row in rows] == ["10", "0", "120"]
    made = profile_text(found, "xlsx")
    assert isinstance(made, bytes)
    said = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(made)).worksheets[0]["A"]]
    assert any(str(value).startswith("All expected at") for value in said)
