"""The mini study as files: the numbers in them are those counted by hand, and a person's edits stay."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from counted_study import CountedStudy, make_counted_study
from qualcode import flow
from qualcode.errors import ReportError, SelectionError
from qualcode.present import write_cross_regional, write_regional
from qualcode.present.sealing import is_ours_untouched
from qualcode.report import StudyReport

ENDINGS = [".docx", ".html", ".xlsx"]


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> CountedStudy:
    """The mini study; only to be read."""
    return make_counted_study(tmp_path_factory.mktemp("counted") / "study")


@pytest.fixture(scope="module")
def report(counted: CountedStudy) -> StudyReport:
    return flow.study_report(counted.work, flow.make_filter())


@pytest.fixture(scope="module")
def made(report: StudyReport, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every kind of report, written once; only to be read."""
    folder = tmp_path_factory.mktemp("made")
    for ending in ENDINGS:
        path = folder / f"all{ending}"
        assert write_cross_regional(report, path) == {path: "written"}
    write_regional(report, folder / "regions", region=None, template=None)
    return folder


def tables(path: Path) -> list[list[list[str]]]:
    """The text of every table of a Word file."""
    document = docx.Document(str(path))
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]


def rows(path: Path, sheet: str) -> list[dict[str, Any]]:
    head, *body = openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in body]


# --- what is in them ---------------------------------------------------------------------------


def test_the_workbook_has_every_cell_as_counted_by_hand(made: Path) -> None:
    counted = {(row["group"], row["code"]): row for row in rows(made / "all.xlsx", "Codes by region") if row["code"]}
    expected = {
        ("Alpha", "silos"): (4, 2, 5, 60, 500),
        ("Alpha", "consent"): (4, 1, 1, 10, 500),
        ("Alpha", "pay"): (4, 1, 1, 10, 500),
        ("Alpha", "trials"): (4, 0, 0, 0, 500),
        ("Beta", "silos"): (3, 1, 1, 10, 600),
        ("Beta", "consent"): (3, 1, 1, 20, 600),
        ("Beta", "pay"): (3, 2, 6, 120, 600),
        ("Beta", "trials"): (3, 0, 0, 0, 600),
        ("Gamma", "silos"): (2, 1, 1, 5, 200),
        ("Gamma", "consent"): (2, 0, 0, 0, 200),
        ("Gamma", "pay"): (2, 0, 0, 0, 200),
        ("Gamma", "trials"): (2, 0, 0, 0, 200),
    }
    names = ("documents", "documents_with_code", "segments", "words", "group_words")
    assert {key: tuple(row[name] for name in names) for key, row in counted.items() if key[0]} == expected


RAISED = ["2 of 4", "1 of 3", "1 of 2", "1 of 4", "1 of 3", "0 of 2", "1 of 4", "2 of 3", "0 of 2", "0 of 4", "0 of 3"]
RAISED += ["0 of 2"]
"""Documents of Alpha, Beta and Gamma that raise silos, consent, pay and trials."""


def test_word_prints_every_barrier_by_region(made: Path) -> None:
    by_region = [table for table in tables(made / "all.docx") if table[0][:2] == ["Region", "Documents raising it"]]
    assert [row[1].split(" (")[0] for table in by_region for row in table[1:]] == RAISED


def test_html_prints_every_barrier_by_region_and_the_words_behind_it(made: Path) -> None:
    page = (made / "all.html").read_text(encoding="utf-8")
    table_rows = [shown(row) for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL)]
    raised = [found for row in table_rows if (found := re.match(r"(?:Alpha|Beta|Gamma)\b\D*(\d)/(\d)\b", row))]
    assert [f"{found[1]} of {found[2]}" for found in raised] == RAISED
    for said in ("We have a terrible gap between", "Hospital records stay locked", "In the north they use one form"):
        assert said in shown(page)


def shown(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def test_a_regional_report_speaks_of_its_region(made: Path) -> None:
    assert sorted(path.name for path in (made / "regions").iterdir()) == ["alpha.docx", "beta.docx", "gamma.docx"]
    said = [paragraph.text for paragraph in docx.Document(str(made / "regions" / "beta.docx")).paragraphs]
    assert said[0] == "Beta"
    whole = " ".join(" ".join(said).split())
    places = [whole.index(heading) for heading in ("Pay (barrier 3)", "Consent (barrier 2)", "Silos (barrier 1)")]
    assert places == sorted(places)  # by emphasis
    for fact in (
        "raised in 2 of 3 interviews and workshops",
        "Patients (2 documents, 2 passages); Companies (1 document, 1 passage)",
        "The ministry should pay for what is shown to work.",
    ):
        assert fact in whole
    assert "Our laboratory keeps every sample" not in whole  # Alpha's


# --- which file --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["report.pdf", "report", "report.doc", "report.csv"])
def test_a_cross_regional_report_ends_in_one_of_three(report: StudyReport, tmp_path: Path, name: str) -> None:
    with pytest.raises(SelectionError) as caught:
        write_cross_regional(report, tmp_path / name)
    ending = Path(name).suffix
    assert str(caught.value) == f'--out {name}: a report ends in .docx, .html, .xlsx. Found "{ending}".'
    assert not list(tmp_path.iterdir())


def test_an_ending_may_be_written_in_capitals(report: StudyReport, tmp_path: Path) -> None:
    path = tmp_path / "ALL.XLSX"
    assert write_cross_regional(report, path) == {path: "written"}
    assert openpyxl.load_workbook(path).sheetnames


def test_a_region_is_found_whatever_its_case_and_a_misspelt_one_gets_the_nearest(
    report: StudyReport, tmp_path: Path
) -> None:
    path = tmp_path / "beta.docx"
    assert write_regional(report, path, region="BETA", template=None) == {path: "written"}
    with pytest.raises(SelectionError) as caught:
        write_regional(report, path, region="Bella", template=None)
    assert str(caught.value) == 'There is no region "Bella" in the store. Did you mean "Beta"?'


@pytest.mark.parametrize("name", ["beta.html", "beta.xlsx", "beta"])
def test_a_regional_report_is_a_word_file(report: StudyReport, tmp_path: Path, name: str) -> None:
    with pytest.raises(SelectionError, match=f"--out {name}: a regional report ends in \\.docx"):
        write_regional(report, tmp_path / name, region="Beta", template=None)
    assert not list(tmp_path.iterdir())


def test_regions_that_differ_in_case_alone_have_a_report_each(report: StudyReport, tmp_path: Path) -> None:
    first, second, *rest = report.regions
    second = replace(second, participation=replace(second.participation, region="alpha"))
    named = replace(report, regions=(first, second, *rest))
    assert len(write_regional(named, tmp_path / "all", region=None, template=None)) == len(report.regions)
    for region, words in (("alpha", 600), ("Alpha", 500), ("GAMMA", 200)):
        path = tmp_path / f"{words}.docx"
        write_regional(named, path, region=region, template=None)
        assert f"Respondents' words: {words}." in "".join(p.text for p in docx.Document(str(path)).paragraphs)


def test_reports_of_each_region_take_a_folder(report: StudyReport, tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match=r"--out all\.docx: a report of each region takes a folder"):
        write_regional(report, tmp_path / "all.docx", region=None, template=None)
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(SelectionError, match="taken cannot be made"):
        write_regional(report, tmp_path / "taken", region=None, template=None)
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_regions_of_almost_the_same_name_keep_a_file_each(report: StudyReport, tmp_path: Path) -> None:
    first, second, _ = report.regions

    def called(chapter: Any, name: str) -> Any:
        return replace(chapter, participation=replace(chapter.participation, region=name))

    named = replace(report, regions=(called(first, "Ghent"), called(second, "Ghent!")))
    written = write_regional(named, tmp_path, region=None, template=None)
    assert [path.name for path in written] == ["ghent.docx", "ghent-2.docx"]
    assert docx.Document(str(tmp_path / "ghent-2.docx")).paragraphs[0].text == "Ghent!"


def test_a_template_that_is_no_word_file_is_refused(report: StudyReport, tmp_path: Path) -> None:
    template = tmp_path / "ours.docx"
    template.write_text("{{ participation.region }}", encoding="utf-8")
    with pytest.raises(ReportError, match="is not a Word file"):
        write_regional(report, tmp_path / "beta.docx", region="Beta", template=template)
    assert not (tmp_path / "beta.docx").exists()


def test_a_teams_own_template_is_filled(report: StudyReport, tmp_path: Path) -> None:
    template = tmp_path / "ours.docx"
    document = docx.Document()
    document.add_paragraph(
        "{{ participation.region }}: {{ participation.interviews }} interviews, silent {{ silent[0] }}"
    )
    document.save(str(template))
    write_regional(report, tmp_path / "gamma.docx", region="Gamma", template=template)
    assert [one.text for one in docx.Document(str(tmp_path / "gamma.docx")).paragraphs] == [
        "Gamma: 2 interviews, silent Consent"
    ]


# --- a person's work stays ---------------------------------------------------------------------


def copied(made: Path, folder: Path) -> list[Path]:
    paths = []
    for ending in ENDINGS:
        path = folder / f"all{ending}"
        path.write_bytes((made / path.name).read_bytes())
        paths.append(path)
    return paths


def test_written_again_from_the_same_store_nothing_changes(made: Path, counted: CountedStudy) -> None:
    again = flow.study_report(counted.work, flow.make_filter())
    paths = [*(made / f"all{ending}" for ending in ENDINGS), *(made / "regions").iterdir()]
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in paths}
    states = [write_cross_regional(again, made / f"all{ending}") for ending in ENDINGS]
    states.append(write_regional(again, made / "regions", region=None, template=None))
    assert {state for one in states for state in one.values()} == {"same"}
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in paths} == before
    assert all(is_ours_untouched(path) for path in paths)


def edit(path: Path) -> None:
    """As a person would: open, write a word, save."""
    if path.suffix == ".docx":
        document = docx.Document(str(path))
        document.add_paragraph("My own word.")
        document.save(str(path))
    elif path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        book.worksheets[0]["A1"] = "My own word."
        book.save(path)
    else:
        path.write_text(path.read_text(encoding="utf-8").replace("Mini", "My", 1), encoding="utf-8")


def test_an_edited_report_is_never_overwritten(made: Path, report: StudyReport, tmp_path: Path) -> None:
    for path in copied(made, tmp_path):
        if path.suffix == ".html":
            continue  # below, without drawing the page again
        edit(path)
        before = path.read_bytes()
        with pytest.raises(ReportError, match=f"{path.name} was edited, or not written by qualcode report"):
            write_cross_regional(report, path)
        assert path.read_bytes() == before


def test_an_edited_page_is_not_ours_any_more(made: Path, tmp_path: Path) -> None:
    page = next(path for path in copied(made, tmp_path) if path.suffix == ".html")
    assert is_ours_untouched(page)
    edit(page)
    assert not is_ours_untouched(page)


def test_one_edited_region_of_a_folder_keeps_all_of_it(report: StudyReport, tmp_path: Path) -> None:
    write_regional(report, tmp_path, region=None, template=None)
    edit(tmp_path / "beta.docx")
    (tmp_path / "alpha.docx").unlink()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(ReportError) as caught:
        write_regional(report, tmp_path, region=None, template=None)
    assert str(caught.value) == (
        f"{tmp_path}: beta.docx: edited, or not written by qualcode report. Nothing was written. "
        "Rename, or give another folder with --out."
    )
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_report_of_newer_numbers_replaces_an_untouched_one(report: StudyReport, tmp_path: Path) -> None:
    path = tmp_path / "all.xlsx"
    write_cross_regional(report, path)
    assert write_cross_regional(replace(report, title="Another title"), path) == {path: "written"}
    assert is_ours_untouched(path)
