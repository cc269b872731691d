from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from io import BytesIO
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregate import mini_study
from qualcode.aggregate import (
    association_table,
    cooccurrence_table,
    facets_frame,
    language_table,
    passages_frame,
    saturation_curve,
    workshop_table,
)
from qualcode.present import workbook
from qualcode.present.column_notes import column_note
from qualcode.present.workbook import SHEETS, report_workbook
from qualcode.report import StudyReport

from . import reports


@pytest.fixture(scope="module")
def report() -> StudyReport:
    return reports.make_report()


@pytest.fixture(scope="module")
def book(report: StudyReport) -> Any:
    return opened(report)


def opened(report: StudyReport) -> Any:
    return openpyxl.load_workbook(BytesIO(report_workbook(report)))


def rows(book: Any, sheet: str) -> list[dict[str, Any]]:
    """Rows below the heading, by column."""
    head, *body = book[sheet].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in body]


def unescaped(text: str) -> str:
    """Excel writes control characters as _x000B_, which openpyxl leaves as it stands."""
    return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)


def parts(report: StudyReport) -> dict[str, str]:
    """The XML of every part of the file."""
    with zipfile.ZipFile(BytesIO(report_workbook(report))) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")}


def full(report: StudyReport) -> StudyReport:
    """The report with every table a report may have, as the aggregate room makes them."""
    documents = [row | {"region": reports.REGIONS[row["region"]]} for row in mini_study.documents()]
    codebook = reports.codebook()
    counts, of_categories = mini_study.code_counts(), mini_study.category_counts()
    coded = [
        {**row, "turn": 1, "position": row["first_position"], "words": 5} for row in counts if row["status"] == "auto"
    ]
    spoken = {"document": "a1.txt", "country": None, "stakeholder_group": None, "kind": "interview", "speaker": "R1"}
    facet = {
        "facet": "delay",
        "facet_name": "Delay",
        "facet_group": "impact",
        "document_id": "a1",
        "region": reports.GREEK,
    }
    place = {"turn": 1, "position": 3, "start": 0, "end": 9, "words": 5, "probability": 0.8, "text": "=1+1"}
    coded_as = {"code": "silos", "code_number": 1, "status": "auto", "date": None, "language": "en"}
    coding = {**spoken, **place, **coded_as, "document_id": "a1", "region": reports.GREEK}
    drawn: dict[str, Any] = {"seed": 1, "draws": 50}
    turns = {row["document_id"]: 4 for row in documents}
    tables = {
        **report.tables,
        "association": association_table(documents, counts, of_categories, codebook, by="region", level="code"),
        "workshops": workshop_table(documents, counts, of_categories, codebook, by="region", level="code"),
        "cooccurrence": cooccurrence_table(documents, coded, codebook, unit="turn", turns=turns, level="code", **drawn),
        "saturation": saturation_curve(documents, counts, codebook, **drawn),
        "languages": language_table(documents, coded, **drawn),
        "facets": facets_frame([facet | spoken | place]),
        "quotes": passages_frame([coding], codebook),
    }
    return replace(report, tables=tables, missing={})


# --- the file ----------------------------------------------------------------------------------


def test_sheets_stand_in_their_order_and_missing_tables_are_named(book: Any) -> None:
    names = [
        "Overview", "Codes by region", "Categories by region", "All regions", "Frequency grid", "Emphasis grid",
        "Saturation", "Participation", "Documents", "Document x code", "Quotes", "Methods", "Notes",
    ]  # fmt: skip
    assert [name for name in book.sheetnames if name in names] == [n for n in names if n in book.sheetnames]
    left_out = {
        row["sheet"]: row["meaning"] for row in rows(book, "Notes") if str(row["meaning"]).startswith("Left out")
    }
    assert left_out["Association"] == "Left out: too few documents"
    assert not set(left_out) & set(book.sheetnames)


def test_a_report_with_every_table_has_every_sheet(report: StudyReport) -> None:
    assert opened(full(report)).sheetnames == [
        "Overview", "Codes by region", "Categories by region", "All regions", "Frequency grid", "Emphasis grid",
        "Association", "Workshops", "Co-occurrence", "Saturation", "Languages", "Participation", "Documents",
        "Document x code", "Quotes", "Facets", "Methods", "Notes",
    ]  # fmt: skip


def test_the_notes_say_what_every_column_of_every_sheet_counts(report: StudyReport) -> None:
    book = opened(full(report))
    noted = {(row["sheet"], row["column"]): row for row in rows(book, "Notes")}
    for sheet in book.worksheets:
        for cell in sheet[1]:
            row = noted[sheet.title, cell.value]
            assert row["meaning"], (sheet.title, cell.value)
            assert row["unit"], (sheet.title, cell.value)
            assert row["empty"], (sheet.title, cell.value)


def test_a_column_that_is_never_empty_has_no_empty_cell(report: StudyReport) -> None:
    book = opened(full(report))
    noted = {(row["sheet"], row["column"]): row["empty"] for row in rows(book, "Notes")}
    holes = {
        (sheet.title, name)
        for sheet in book.worksheets
        for row in rows(book, sheet.title)
        for name, value in row.items()
        if value is None and noted[sheet.title, name] == "never"
    }
    assert holes == set()


def test_no_cell_holds_a_formula_or_a_link(report: StudyReport) -> None:
    for name, xml in parts(full(report)).items():
        assert not re.search(r"<f[ >/]", xml), name
        assert "<hyperlink" not in xml, name


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "{=1}", "http://example.org", "0012", " ", "1e5"]
)
def test_words_stay_words(report: StudyReport, text: str) -> None:
    quotes = report.tables["quotes"].assign(text=text)
    book = opened(replace(report, tables={**report.tables, "quotes": quotes}))
    column = [cell.value for cell in book["Quotes"][1]].index("text") + 1
    cell = book["Quotes"].cell(2, column)
    assert (unescaped(cell.value), cell.data_type, cell.hyperlink) == (text, "s", None)


@settings(max_examples=25, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=1, max_size=80))
def test_any_text_can_be_read_back(text: str) -> None:
    frame = pd.DataFrame({"text": [text], "code": ["silos"]})
    report = reports.make_report()
    bare = replace(report, tables={"quotes": frame}, title=text)
    (row,) = rows(opened(bare), "Quotes")
    assert unescaped(row["text"]) == text


def test_a_text_too_long_for_a_cell_says_what_is_cut(report: StudyReport) -> None:
    quotes = report.tables["quotes"].assign(text="word " * 8000)
    book = opened(replace(report, tables={**report.tables, "quotes": quotes}))
    text = rows(book, "Quotes")[0]["text"]
    assert len(text) == 32_767
    assert re.search(r"… \[7,?\d{3} more characters: see the store\]$", text)


def test_a_table_too_long_for_a_sheet_says_what_is_cut(report: StudyReport) -> None:
    sheet, note = workbook.shortened(workbook.Sheet("Quotes", ("text",), [("a",), ("b",), ("c",)]), most=2)
    assert sheet.rows == [("a",), ("b",)]
    assert note == "Quotes: only the first 2 of 3 rows, as an Excel sheet holds no more."
    assert workbook.shortened(sheet, most=2) == (sheet, "")


def test_the_same_report_gives_the_same_bytes_dated_as_it_is(report: StudyReport) -> None:
    assert report_workbook(report) == report_workbook(report)
    properties = parts(report)["docProps/core.xml"]
    assert "2025-03-01T00:00:00Z" in properties
    assert set(re.findall(r"\d{4}-\d\d-\d\d", properties)) == {"2025-03-01"}


def test_sheets_can_be_filtered_and_keep_their_heading_in_sight(report: StudyReport) -> None:
    for sheet in opened(full(report)).worksheets:
        assert sheet.auto_filter.ref == f"A1:{sheet.cell(max(2, sheet.max_row), sheet.max_column).coordinate}"
        assert re.fullmatch("[A-E]2", sheet.freeze_panes)
        assert all(sheet.column_dimensions[letter].width >= 8 for letter in "ABC"[: sheet.max_column])


# --- what it says ------------------------------------------------------------------------------


def test_numbers_are_numbers_and_shares_look_like_percentages(report: StudyReport, book: Any) -> None:
    sheet = book["Codes by region"]
    head = [cell.value for cell in sheet[1]]
    frame = report.tables["summary"].reset_index(drop=True)
    for line, row in frame.iterrows():
        for name in ("documents", "documents_with_code", "share_documents", "share_words_low", "relative_emphasis"):
            cell = sheet.cell(int(str(line)) + 2, head.index(name) + 1)
            assert (cell.value is None) == pd.isna(row[name])
            assert cell.value is None or cell.value == pytest.approx(row[name], rel=1e-15)
    assert sheet.cell(2, head.index("share_documents") + 1).number_format == "0.0 %"
    assert sheet.cell(2, head.index("relative_emphasis") + 1).number_format == "0.00"
    assert sheet.cell(2, head.index("words") + 1).number_format == "#,##0"


def test_grids_have_a_column_a_region_whatever_it_is_called(report: StudyReport, book: Any) -> None:
    head, first, *_ = book["Frequency grid"].iter_rows(values_only=True)
    assert head == (
        "code_number",
        "code",
        "code_name",
        "category",
        *sorted(reports.COUNTRIES),
        "all",
        "regions_raising",
    )
    code = report.categories[0].codes[0]
    assert first[4:] == (
        *(finding.share_documents for finding in code.regions), code.overall.share_documents,
        sum(finding.documents_with_code > 0 for finding in code.regions),
    )  # fmt: skip


def test_the_overview_has_categories_above_their_codes(report: StudyReport, book: Any) -> None:
    found = rows(book, "Overview")
    assert [row["level"] for row in found] == ["category", "code", "code"] * 2
    frame = report.tables["categories"]
    own = frame[frame["code"] == "data"]
    assert found[0]["documents_with_code"] == own["documents_with_code"].sum()
    assert found[0]["share_words"] == pytest.approx(own["words"].sum() / own["group_words"].sum())
    assert found[1]["code"] == "silos"
    raising = [f.group for f in report.categories[0].codes[0].regions if f.documents_with_code]
    assert found[1]["regions_raising"] == len(raising)
    assert {row["regions"] for row in found} == {3}


def test_a_quote_has_its_path_and_all_that_is_known_of_it(book: Any) -> None:
    (row,) = [row for row in rows(book, "Quotes") if row["text"] == reports.PLAIN]
    known = {"region": reports.GREEK, "country": "Greece", "stakeholder_group": "industry", "kind": "interview"}
    assert row["path"] == "Data & access > Data in silos"
    assert {name: row[name] for name in known} == known
    (mean,) = [row for row in rows(book, "Quotes") if str(row["text"]).startswith("Nobody pays for R&D")]
    assert mean["stakeholder_group"] is None


def test_the_matrix_is_0_or_1_with_what_is_known_of_the_document(report: StudyReport, book: Any) -> None:
    found = {row["document_id"]: row for row in rows(book, "Document x code")}
    matrix = report.tables["matrix"]
    for document, expected in matrix.iterrows():
        assert [found[str(document)][code] for code in matrix.columns] == expected.tolist()
    assert found["b1"]["kind"] == "workshop"
    assert found["b1"]["region"] == reports.MARKUP


def test_participation_has_a_row_a_region_and_all(book: Any) -> None:
    found = rows(book, "Participation")
    assert [row["region"] for row in found] == [*sorted(reports.COUNTRIES), "all"]
    assert found[-1]["industry"] == 3
    assert found[-1]["(missing)"] == 4
    assert found[0]["planned_interviews"] is None


def test_methods_are_a_row_a_paragraph(report: StudyReport, book: Any) -> None:
    assert [row["paragraph"] for row in rows(book, "Methods")] == [*report.methods]


def test_every_table_of_a_report_has_a_sheet_name_excel_takes() -> None:
    assert len(set(SHEETS.values())) == len(SHEETS)
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in SHEETS.values())


def test_an_unknown_column_has_no_note() -> None:
    assert column_note("Quotes", "shoe_size") is None


def test_a_report_without_tables_is_still_a_workbook(report: StudyReport) -> None:
    book = opened(replace(report, tables={}, missing=dict.fromkeys(report.tables, "made by hand")))
    assert book.sheetnames == ["Overview", "Frequency grid", "Emphasis grid", "Participation", "Methods", "Notes"]
    assert rows(book, "Overview")[0]["documents_with_code"] is None
    empty = opened(replace(report, tables={}, missing={}, regions=(), categories=(), methods=(), notes=(), date=""))
    assert rows(empty, "Overview") == []
