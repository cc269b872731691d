from __future__ import annotations

import csv
import json
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from qualcode import flow, present
from qualcode.aggregate import RECODED_COLUMNS
from qualcode.review import Decision, Place
from qualcode.store import Store
from studies import SmallStudy


@pytest.fixture
def report(study: SmallStudy) -> flow.RetagReport:
    """A trial after the meaning of delays has changed, with decisions of people."""
    study.tag()
    with Store(study.store_path) as store:
        ids = {name: known.document_id for name, known in store.known_documents().items()}
        store.verdicts.decide("Ada", [Decision(Place(ids["anna.txt"], 1), "delays", "accept")])
        store.verdicts.decide("Ada", [Decision(Place(ids["ben.txt"], 1), "funding", "accept")])
        store.verdicts.decide("Ada", looked=[Place(ids["ben.txt"], 2)])
    study.codebook('{regex: "slow", weight: 0.6}', '{regex: "slow"}')
    study.codebook('regex: "costs? too much"', 'regex: "costs? far too much"')
    study.codebook("The bus does not come when it should.", "The bus comes late.")
    study.codebook("id: funding", "id: money")
    return flow.tag_with_diff([study.notes], study.work, retag=True, is_trial=True)


def test_people_read_what_changes_and_what_waits_for_them(report: flow.RetagReport) -> None:
    text = str(present.retag_text(report, "table"))
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert lines[0] == "What changes in the codings that count"
    # Two codings went, of two of three documents; delays stay the first by words.
    assert "High fares 2 > 0 0 2 0 66.7 > 0.0 (-66.7) 37.1 > 0.0 (-37.1) 2 > -" in lines
    assert "Documents: would be 3 tagged again. Nothing was stored." in lines
    assert any(line.startswith("New codings on sentences people are done with: they wait") for line in lines)
    assert any(line.startswith("ben.txt Southport 2 delays") and line.endswith("Ada") for line in lines)
    assert "anna.txt 1 delays Ada accept 1.0.0 yes" in lines
    assert "ben.txt 1 funding Ada accept 1.0.0 yes" in lines
    assert max(map(len, text.splitlines())) <= 100


def test_programs_get_one_object(report: flow.RetagReport) -> None:
    found = json.loads(str(present.retag_text(report, "json")))
    assert list(found) == [
        "is_trial", "documents", "tagger", "changes", "waiting", "stale", "gone", "problems", "notes",
    ]  # fmt: skip
    assert (found["is_trial"], found["documents"]["retagged"], found["tagger"]) == (True, 3, "rules.v1")
    assert {tuple(row) for row in found["changes"]} == {tuple(RECODED_COLUMNS)}
    assert (found["waiting"][0]["done_by"], found["stale"][0]["code"], found["gone"][0]["code"]) == (
        ["Ada"], "delays", "funding",
    )  # fmt: skip


def test_csv_and_excel_carry_every_row(report: flow.RetagReport) -> None:
    rows = list(csv.DictReader(StringIO(str(present.retag_text(report, "csv")))))
    assert len(rows) == 4 * 3  # three codes and one that is gone, all and two regions
    book = load_workbook(BytesIO(bytes(present.retag_text(report, "xlsx"))))  # type: ignore[arg-type]
    assert book.sheetnames == ["changes", "waiting", "stale", "gone"]
    assert book["stale"]["A2"].value == "anna.txt"


def test_nothing_changed_is_said(study: SmallStudy) -> None:
    study.tag()
    found = flow.tag_with_diff([study.notes], study.work)
    lines = str(present.retag_text(found, "table")).splitlines()
    assert lines[0] == "The codings that count stay as they are"
    assert "Documents: 3 left as they are." in lines
    assert "By region" not in lines
