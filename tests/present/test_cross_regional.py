from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from qualcode.present.cross_regional import cross_regional_docx
from qualcode.present.word import xml_text
from qualcode.report import StudyReport

from .reports import GREEK, LONG, MARKUP, MEAN, PLAIN, extracts, make_report

OFFICE = shutil.which("soffice")


@pytest.fixture(scope="module")
def report() -> StudyReport:
    return make_report()


@pytest.fixture(scope="module")
def data(report: StudyReport) -> bytes:
    return cross_regional_docx(report)


@pytest.fixture(scope="module")
def document(data: bytes) -> Any:
    return docx.Document(BytesIO(data))


def lines(document: Any) -> list[str]:
    return [
        "".join(text.text or "" for text in paragraph.iter(qn("w:t")))
        for paragraph in document.element.body.iter(qn("w:p"))
    ]


def headings(document: Any, level: int) -> list[str]:
    return [p.text for p in document.paragraphs if p.style.name == f"Heading {level}"]


def table(document: Any, caption: str) -> list[list[str]]:
    """Cells of the table under this caption."""
    children = list(document.element.body)
    place = next(n for n, c in enumerate(children) if re.match(rf"Table \d+\. {re.escape(caption)}$", text_of(c)))
    found = next(t for t in document.tables if t._tbl is children[place + 1])
    return [[cell.text.replace("\xa0", " ") for cell in row.cells] for row in found.rows]


def text_of(element: Any) -> str:
    return "".join(text.text or "" for text in element.iter(qn("w:t")))


def test_a_chapter_a_category_and_a_part_a_barrier(document: Any, report: StudyReport) -> None:
    assert headings(document, 1) == [
        "1. Overview",
        "2. Data & access",
        "3. Money",
        "4. How these numbers were made",
        "5. Who was heard",
        "Appendix A. All numbers by region",
        "Appendix B. Region by region",
    ]
    barriers = [f"Barrier {finding.number}. {finding.name}" for finding in report.findings]
    assert [text for text in headings(document, 2) if text.startswith("Barrier")] == barriers


def test_the_contents_are_not_empty_before_they_are_updated(document: Any) -> None:
    listed = [text_of(p._p) for p in document.paragraphs if p.style.name.startswith("toc ")]
    assert [line for line in listed if line] == [
        p.text for p in document.paragraphs if p.style.name in ("Heading 1", "Heading 2")
    ]


def test_the_overview_counts_regions_and_documents(document: Any) -> None:
    cells = table(document, "4 barriers in 3 regions")
    assert cells[1][0] == "Data & access"
    assert cells[2][:4] == ["1", "Data in silos", "3 of 3", "4 of 9 (44 %)"]
    assert cells[2][5] == "5.8 %", "75 of 1300 words"
    assert cells[5][:4] == ["3", "Nobody pays", "2 of 3", "3 of 9 (33 %)"]
    assert cells[6][2:4] == ["0 of 3", "0 of 9 (0 %)"]


def test_documents_without_a_region_are_no_region(report: StudyReport) -> None:
    def missing(finding: Any) -> Any:
        return replace(finding, group="(missing)") if finding.group == LONG else finding

    categories = tuple(
        replace(c, codes=tuple(replace(k, regions=tuple(map(missing, k.regions))) for k in c.codes))
        for c in report.categories
    )
    regions = tuple(
        replace(c, participation=replace(c.participation, region="(missing)")) if c.participation.region == LONG else c
        for c in report.regions
    )
    found = docx.Document(BytesIO(cross_regional_docx(replace(report, categories=categories, regions=regions))))
    assert table(found, "4 barriers in 2 regions")[2][2] == "2 of 2"


def test_a_barrier_has_a_row_a_region_with_both_measures(document: Any) -> None:
    cells = table(document, "Data in silos, by region")
    assert [row[0] for row in cells] == ["Region", f"{MARKUP} †", f"{LONG} †", f"{GREEK} †"]
    greek = cells[3]
    assert greek[1:4] == ["2 of 4 (50 %)", "15–85 %", "12 %"]
    assert re.fullmatch(r"\d+\.\d( \*)?", greek[5])


def test_quotes_stand_by_region_and_silence_is_named(document: Any) -> None:
    said = lines(document)
    assert said[said.index(f"“{PLAIN}”") - 1] == f"{GREEK}, Greece"
    assert f"“{xml_text(MEAN)}”" in said
    assert f"No document raises it in: {MARKUP}; {LONG}; {GREEK}." in said
    assert f"Raised, but in no passage fit to be quoted, in: {MARKUP}." in said


def test_a_region_that_was_not_asked_is_not_silent(report: StudyReport) -> None:
    def unasked(finding: Any) -> Any:
        return replace(finding, documents=0) if (finding.code, finding.group) == ("trials", LONG) else finding

    categories = tuple(
        replace(c, codes=tuple(replace(k, regions=tuple(map(unasked, k.regions))) for k in c.codes))
        for c in report.categories
    )
    said = lines(docx.Document(BytesIO(cross_regional_docx(replace(report, categories=categories)))))
    assert f"Nobody was asked about it in: {LONG}." in said
    assert f"No document raises it in: {MARKUP}; {GREEK}." in said


def test_good_practices_have_country_and_description_and_a_name_to_write(document: Any) -> None:
    cells = table(document, "Good practices told with: Data in silos")
    assert [row[:2] for row in cells] == [
        ["Practice", "Country"],
        ["[To be written: name of the practice]", "Italy"],
        ["[To be written: name of the practice]", LONG],
    ]
    assert table(document, "Good practices told with: Nobody pays")[1][2].startswith("The program found no good")


def test_no_document_and_no_person_is_named(data: bytes) -> None:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        everything = "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    for extract in extracts().values():
        assert extract.document not in everything


def test_methods_are_ready_to_paste_and_missing_tables_are_named(document: Any, report: StudyReport) -> None:
    said = lines(document)
    for paragraph in report.methods:
        assert paragraph in said
    assert "cooccurrence: too few documents" in said


def test_participation_stands_against_the_plan(document: Any) -> None:
    cells = table(document, "Documents collected, by region")
    assert cells[3] == [GREEK, "4 of 10", "0 of 1", "12", "0", "500"]
    assert cells[1][1:] == ["2", "1", "–", "0", "600"]
    assert cells[4][:3] == ["All regions", "8 of 13", "1 of 3"]
    groups = table(document, "Interviews by stakeholder group and region")
    assert groups[0] == ["Region", "industry", "patients & carers", "Not known", "All"]
    assert groups[3] == [GREEK, "2", "1", "1", "4"]


def test_appendices_hold_all_numbers_and_a_sheet_a_region(document: Any) -> None:
    cells = table(document, "Documents that raise a barrier, of those asked about it, by barrier and region")
    assert cells[0] == ["No", "Barrier", MARKUP, LONG, GREEK]
    assert cells[1] == ["1", "Data in silos", "1 of 3", "1 of 2", "2 of 4"]
    assert headings(document, 2)[-3:] == [f"{MARKUP}, Italy", LONG, f"{GREEK}, Greece"]
    assert table(document, f"Barriers with most emphasis in {GREEK}")[1][:3] == ["1", "Data in silos", "2 of 4 (50 %)"]


def test_wide_tables_lie_across(document: Any) -> None:
    across = [section.page_width > section.page_height for section in document.sections]
    assert across == [False, True, False]


def test_figures_have_captions_and_say_what_they_show(document: Any, report: StudyReport) -> None:
    captions = [line for line in lines(document) if re.match(r"Figure \d+\. ", line)]
    raised = sum(finding.documents_with_code > 0 for finding in report.findings)
    assert len(captions) == len(document.inline_shapes) == 3 + raised
    for shape in document.inline_shapes:
        assert len(shape._inline.docPr.get("descr")) > 40


def test_without_a_table_its_figures_are_left_out_and_the_reason_given(report: StudyReport) -> None:
    lacking = replace(report, tables={}, missing={"summary": "no words"})
    found = docx.Document(BytesIO(cross_regional_docx(lacking)))
    assert len(found.inline_shapes) == 0
    assert "Figures of the table “summary” are left out: no words." in lines(found)


def test_one_region_needs_no_map_of_regions(report: StudyReport) -> None:
    found = docx.Document(BytesIO(cross_regional_docx(replace(report, regions=report.regions[:1]))))
    assert not any("by region" in line for line in lines(found) if line.startswith("Figure"))


def test_the_same_report_is_the_same_file(report: StudyReport, data: bytes) -> None:
    with zipfile.ZipFile(BytesIO(data)) as one, zipfile.ZipFile(BytesIO(cross_regional_docx(report))) as two:
        assert {n: one.read(n) for n in one.namelist()} == {n: two.read(n) for n in two.namelist()}


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_an_office_program_lays_it_out(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "report.docx"
    path.write_bytes(data)
    assert OFFICE is not None
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [OFFICE, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, capture_output=True)
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
