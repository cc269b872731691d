from __future__ import annotations

import importlib.util
import re
import zipfile
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode import report as contract
from qualcode.errors import ReportError, SelectionError
from qualcode.present.regional import FILTERS, TEMPLATE, context, regional_docx
from qualcode.present.word import xml_text
from qualcode.present.word_styles import TO_BE_WRITTEN
from qualcode.report import StudyReport

from .reports import DATA_ACCESS, ENDLESS, GREEK, GREEK_WORDS, LONG, MARKUP, MEAN, PLAIN, extracts, make_report

Maker = Callable[..., Path]


@pytest.fixture(scope="module")
def report() -> StudyReport:
    return make_report()


@pytest.fixture(scope="module")
def greek(report: StudyReport) -> Any:
    return opened(regional_docx(report, GREEK))


@pytest.fixture
def template(tmp_path: Path) -> Maker:
    """A team's template with these paragraphs."""

    def make(*paragraphs: str) -> Path:
        document = docx.Document()
        for text in paragraphs:
            document.add_paragraph(text)
        path = tmp_path / "team.docx"
        document.save(str(path))
        return path

    return make


def opened(data: bytes) -> Any:
    return docx.Document(BytesIO(data))


def lines(document: Any) -> list[str]:
    """Every paragraph's text, of tables too, as it stands in the file."""
    return [
        "".join(text.text or "" for text in paragraph.iter(qn("w:t")))
        for paragraph in document.element.body.iter(qn("w:p"))
    ]


def headings(document: Any, level: int) -> list[str]:
    return [p.text for p in document.paragraphs if p.style.name == f"Heading {level}"]


# --- our template ------------------------------------------------------------------------------


def test_the_chapters_are_those_of_the_regional_report(greek: Any) -> None:
    assert headings(greek, 1) == [
        "Who was heard",
        "1. Largest barriers",
        "2. Strengths and weaknesses",
        "3. Best practices",
        "4. Access to secondary health data",
        "5. What the workshop made of the interviews",
        "6. Barriers nobody raised",
        "7. How these numbers were made",
    ]


def test_barriers_come_in_the_order_of_emphasis_each_with_its_four_parts(greek: Any) -> None:
    barriers = ["1.1 Data in silos (barrier 1)", "1.2 Consent & <privacy> (barrier 2)", "1.3 Nobody pays (barrier 3)"]
    assert headings(greek, 2)[:3] == barriers
    parts = ["Detailed description", "Affected parties", "Impact", "Recommended actions"]
    assert headings(greek, 3)[:12] == 3 * parts
    assert [line for line in lines(greek) if line in barriers][:3] == barriers, "the contents list them first"


def test_counts_stand_in_words_and_in_a_table(greek: Any) -> None:
    text = "\n".join(lines(greek)).replace("\xa0", " ")
    assert "raised in 2 of 4 interviews (50 %; between 15 % and 85 %" in text
    assert "takes up about one word in eight of what respondents say (12 %" in text
    row = [cell.text.replace("\xa0", " ") for cell in greek.tables[1].rows[1].cells]
    assert row[:3] == ["2 of 4 (50 %)", "15–85 %", "12 %"]
    assert row[6:] == ["1", "0"]


def test_quotes_say_who_speaks_and_why_they_were_chosen(greek: Any) -> None:
    said = lines(greek)
    assert said[said.index(f"“{PLAIN}”") + 1] == "interview, industry (typical)"
    assert said[said.index(f"“{GREEK_WORDS}”") + 1] == "interview (contrasting)"


@pytest.mark.parametrize("region", [GREEK, MARKUP, LONG])
def test_no_document_and_no_person_is_named(report: StudyReport, region: str) -> None:
    with zipfile.ZipFile(BytesIO(regional_docx(report, region))) as archive:
        everything = "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    for extract in extracts().values():
        assert extract.document not in everything
        assert f">{extract.speaker}<" not in everything


def test_quoted_words_come_out_as_they_are(report: StudyReport) -> None:
    said = lines(opened(regional_docx(report, MARKUP)))
    assert f"“{xml_text(MEAN)}”" in said
    for kept in ("{{ money }}", "{% if %}", "{_{", "&amp;", "]]>", '<b>"free"</b>', "\u2028"):
        assert kept in xml_text(MEAN)
    assert f"“{ENDLESS}”" in lines(opened(regional_docx(report, GREEK)))


def test_what_a_program_cannot_know_is_marked_in_one_style(report: StudyReport) -> None:
    for region in (GREEK, MARKUP, LONG):
        document = opened(regional_docx(report, region))
        marked = [
            "".join(text.text or "" for text in paragraph.iter(qn("w:t")))
            for paragraph in document.element.body.iter(qn("w:p"))
            if (style := paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")) is not None
            and style.get(qn("w:val")) == document.styles[TO_BE_WRITTEN].style_id
        ]
        assert marked == [line for line in lines(document) if line.startswith("[To be written")]
        assert "[To be written: which organisations take part, and what does each do?]" in marked


def test_facets_are_counted_where_there_are_some_and_left_to_the_author_elsewhere(greek: Any) -> None:
    said = lines(greek)
    assert "Named in passages on this barrier: Patients (2 documents, 3 passages); Firms & start-ups" in "".join(said)
    assert said.count("[To be written: how are they affected?]") == 1
    assert said.count("[To be written: who is affected, and how?]") == 2


def test_long_lists_say_where_more_passages_are(greek: Any) -> None:
    said = " ".join(lines(greek))
    assert f"Further passages of {GREEK}: sheets Quotes and Facets" in said
    assert f"Weaknesses. Further passages of {GREEK}: sheets Quotes and Facets" in said


def test_strengths_stand_beside_weaknesses(greek: Any) -> None:
    table = next(table for table in greek.tables if table.rows[0].cells[0].text == "Strengths")
    cells = [[cell.text for cell in row.cells] for row in table.rows]
    assert cells[1] == [
        f"“{PLAIN}” (interview, industry)",
        "“We keep the samples in one house and the records in another.” (source not described)",
    ]
    assert cells[4][0] == ""
    assert cells[-1] == ["[To be written: further strengths]", "[To be written: further weaknesses]"]


def test_data_access_has_its_four_headings_in_order_even_without_a_word(report: StudyReport) -> None:
    for region in (GREEK, LONG):
        assert headings(opened(regional_docx(report, region)), 2)[-4:] == list(DATA_ACCESS)


def test_workshop_and_silence_are_told(report: StudyReport) -> None:
    said = lines(opened(regional_docx(report, MARKUP)))
    assert "Confirmed, raised in interviews and in the workshop: Nobody pays." in said
    assert "Dropped, raised in interviews only: Consent & <privacy>." in said
    assert report.region(MARKUP).silent[0] in said
    said = lines(opened(regional_docx(report, LONG)))
    assert any("cannot be compared" in line for line in said)
    assert any("without looking for affected parties" in line for line in said)


def test_methods_and_notes_are_printed(report: StudyReport, greek: Any) -> None:
    said = lines(greek)
    for paragraph in (*report.methods, *report.notes, *report.region(GREEK).notes):
        assert paragraph in said


def test_captions_are_numbered_one_after_the_other(greek: Any) -> None:
    captions = [line for line in lines(greek) if re.match(r"Table \d+\. ", line)]
    assert [int(line.split()[1][:-1]) for line in captions] == [1, 2, 3, 4, 5]


def test_no_tag_is_left_in_any_part(report: StudyReport) -> None:
    for region in (GREEK, MARKUP, LONG):
        for line in lines(opened(regional_docx(report, region))):
            assert not re.search(r"\{\{|\{%", line.replace("{{ money }} {% if %}", "")), line


def test_a_region_where_nobody_raises_anything_still_has_a_report(report: StudyReport) -> None:
    empty = replace(report.region(LONG), findings=())
    said = lines(opened(regional_docx(replace(report, regions=(empty,)), LONG)))
    assert "No document of the region raises a barrier of the codebook." in said


def test_the_same_report_is_the_same_file(report: StudyReport) -> None:
    files = []
    for _ in range(2):
        with zipfile.ZipFile(BytesIO(regional_docx(report, GREEK))) as archive:
            files.append([(name, archive.read(name)) for name in archive.namelist()])
    assert files[0] == files[1]


def test_the_title_of_the_file_is_plain_text(greek: Any, report: StudyReport) -> None:
    assert greek.core_properties.title == f"{report.title}: {GREEK}"


def test_an_unknown_region_is_refused_with_the_nearest(report: StudyReport) -> None:
    with pytest.raises(SelectionError, match="Did you mean"):
        regional_docx(report, GREEK[:-1])


@settings(max_examples=20, deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters="\n\r\t"), min_size=1).map(str.strip).filter(bool))
def test_any_words_can_be_quoted(words: str) -> None:
    report = make_small(words)
    said = lines(opened(regional_docx(report, GREEK)))
    assert f"“{xml_text(words)}”" in said


def make_small(words: str) -> StudyReport:
    chapter = REPORT.region(GREEK)
    finding = replace(chapter.findings[0], quotes=(replace(extracts()["plain"], text=words),))
    return replace(REPORT, regions=(replace(chapter, findings=(finding,)),))


REPORT = make_report()


# --- a team's own template ---------------------------------------------------------------------


def test_a_team_s_template_sees_fields_and_phrases(report: StudyReport, template: Maker) -> None:
    path = template(
        "{{ participation.region }} in {{ report.title }}",
        "{%p for finding in findings %}",
        '{{ finding.number }} {{ finding | raised("talks") }}',
        "{%p endfor %}",
        "{{ findings[1].top_three }}",
    )
    said = lines(opened(regional_docx(report, GREEK, template=path)))
    assert said[0] == f"{GREEK} in {report.title}"
    assert [line[:13] for line in said[1:4]] == ["1 raised in 2", "2 raised in 1", "3 raised in 1"]
    assert said[4] == "–", "not known"


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ("{{ barriers }}", "'barriers' is undefined"),
        ("{{ participation.regoin }}", "no attribute 'regoin'"),
        ("{%p for finding in findings %}", "end of template"),
        ("{{ findings | raisd }}", "No filter named 'raisd'"),
        ("{{ findings[0] | }}", "expected token"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{{ participation.country + 1 }}", "cannot be filled"),
        ("{{ report.__class__.__mro__ }}", "unsafe"),
    ],
)
def test_a_wrong_tag_is_named_with_its_file(report: StudyReport, template: Maker, tag: str, found: str) -> None:
    path = template(tag)
    with pytest.raises(ReportError) as caught:
        regional_docx(report, GREEK, template=path)
    assert str(path) in str(caught.value)
    assert found in str(caught.value)
    assert "docs/report-templates.md" in str(caught.value)


def test_a_syntax_error_shows_what_stands_near_it(report: StudyReport, template: Maker) -> None:
    with pytest.raises(ReportError, match=r"near “.*Our barriers"):
        regional_docx(report, GREEK, template=template("Our barriers", "{{ findings | raisd }}"))


@pytest.mark.parametrize("content", [b"", b"plain text", b"PK\x05\x06" + 18 * b"\x00"])
def test_a_template_that_is_no_word_file_is_refused(report: StudyReport, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "team.docx"
    path.write_bytes(content)
    with pytest.raises(ReportError, match=r"team\.docx is not a Word file"):
        regional_docx(report, GREEK, template=path)
    with pytest.raises(ReportError, match=r"other\.docx is not a Word file"):
        regional_docx(report, GREEK, template=tmp_path / "other.docx")


# --- documentation -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "report-templates.md").read_text(encoding="utf-8")


SHOWN = [value for value in vars(contract).values() if is_dataclass(value)]


@pytest.mark.parametrize("kind", SHOWN, ids=[getattr(kind, "__name__", "") for kind in SHOWN])
def test_the_page_lists_every_field(page: str, kind: Any) -> None:
    section = re.search(rf"^### {kind.__name__}\n(.*?)(?=^##|\Z)", page, flags=re.MULTILINE | re.DOTALL)
    assert section is not None, kind
    rows = re.findall(r"^\| (`.*?) \|", section[1], flags=re.MULTILINE)
    listed = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(listed) == sorted(field.name for field in fields(kind))


def test_the_page_lists_every_filter_and_ours_alone(page: str) -> None:
    listed = re.findall(r"\\\| (\w+)", page[page.index("## Filters") :])
    assert sorted(listed) == sorted(FILTERS)


def test_a_template_sees_what_the_page_says(report: StudyReport) -> None:
    chapter = {field.name for field in fields(contract.RegionChapter)}
    assert set(context(report, GREEK)) == {"report", "least_documents"} | chapter


def test_our_template_is_what_its_maker_makes(root: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_templates", root / "docs" / "make_templates.py")
    assert spec is not None
    assert spec.loader is not None
    maker: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    with (
        zipfile.ZipFile(TEMPLATE) as kept,
        zipfile.ZipFile(BytesIO(maker.regional_template())) as made,
    ):
        assert kept.namelist() == made.namelist()
        for name in kept.namelist():
            assert kept.read(name) == made.read(name), f"{name}: python docs/make_templates.py"
