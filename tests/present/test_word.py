from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Cm
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from qualcode.present.table import Column, Table
from qualcode.present.word import Writer, xml_text
from qualcode.present.word_styles import TO_BE_WRITTEN

XML_CHARACTERS = "[\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001"
    "a5f645400000000049454e44ae426082"
)
TABLE = Table(
    (Column("name", "Name"), Column("count", "Count", right=True)),
    [{"name": "Group"}, {"name": "one", "count": 1}, {"name": "[To be written: two]", "count": None}],
    title="Counts & <names>",
    notes=("As counted.",),
)


@pytest.fixture(scope="module")
def document() -> Any:
    writer = Writer("A study & its <title>")
    writer.text("Cover", "Title")
    writer.contents()
    writer.heading("First & foremost", 1, new_page=True)
    writer.table(TABLE, (3, 1), groups=[0])
    writer.heading("Part", 2)
    writer.heading("Not listed", 3)
    writer.figure(PNG, "A dot", described="A single dot.")
    writer.page(landscape=True)
    writer.table(TABLE, (3, 1))
    writer.blank("what follows?")
    return docx.Document(BytesIO(writer.finish(title="A study", subject="Report", date="2025-03-01")))


def test_tables_and_figures_have_numbered_captions(document: Any) -> None:
    captions = [words(p) for p in document.paragraphs if "aption" in p.style.name]
    assert captions == ["Table 1. Counts & <names>", "Figure 1. A dot", "Table 2. Counts & <names>"]
    assert fields(document)[-3:] == ["SEQ Table \\* ARABIC", "SEQ Figure \\* ARABIC", "SEQ Table \\* ARABIC"]


def test_captions_and_headings_stay_with_what_they_name(document: Any) -> None:
    for name in ("Heading 1", "Heading 2", "Heading 3", "Table caption", "Figure", "Table head", "Quote"):
        assert document.styles[name].paragraph_format.keep_with_next, name


def test_the_head_of_a_table_is_repeated_and_rows_stay_whole(document: Any) -> None:
    for table in document.tables:
        assert [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows] == [True, False, False, False]
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) == "Counts & <names>"


def test_tables_are_as_wide_as_the_page_lets_them(document: Any) -> None:
    for table, section in zip(document.tables, document.sections, strict=True):
        text_width = section.page_width - section.left_margin - section.right_margin
        assert sum(column.width for column in table.columns) == pytest.approx(text_width, abs=Cm(0.01))
    assert document.sections[0].page_height > document.sections[0].page_width
    assert document.sections[1].page_height < document.sections[1].page_width


def test_groups_span_the_table_and_blanks_have_their_style(document: Any) -> None:
    table = document.tables[0]
    assert table.rows[1].cells[0]._tc is table.rows[1].cells[1]._tc
    assert table.rows[3].cells[0].paragraphs[0].style.name == TO_BE_WRITTEN
    assert document.paragraphs[-1].style.name == TO_BE_WRITTEN
    assert document.paragraphs[-1].text == "[To be written: what follows?]"


def test_pictures_say_what_they_show(document: Any) -> None:
    (shape,) = document.inline_shapes
    assert shape._inline.docPr.get("descr") == "A single dot."
    assert [shape._inline.get(f"dist{side}") for side in "TBLR"] == ["0"] * 4, "else it leaves the margin"
    assert shape.height <= document.sections[0].page_height - Cm(7)  # a square as wide as the text


def test_contents_list_the_headings_with_links_that_lead_to_them(document: Any) -> None:
    listed = [p for p in document.paragraphs if p.style.name.startswith("toc ")]
    assert [words(p) for p in listed] == ["First & foremost", "Part", ""]
    anchors = [link.get(qn("w:anchor")) for link in document.element.body.iter(qn("w:hyperlink"))]
    bookmarks = [mark.get(qn("w:name")) for mark in document.element.body.iter(qn("w:bookmarkStart"))]
    assert anchors == bookmarks
    kinds = [mark.get(qn("w:fldCharType")) for mark in document.element.body.iter(qn("w:fldChar"))]
    assert kinds == ["begin", "separate", "end"]
    assert 'TOC \\o "1-2"' in etree.tostring(document.element.body, encoding="unicode")


def test_the_page_is_a4_with_its_language_and_page_numbers(document: Any) -> None:
    page = document.sections[0]
    assert (page.page_width, page.page_height) == (pytest.approx(Cm(21), abs=1000), pytest.approx(Cm(29.7), abs=1000))
    assert {lang.get(qn("w:val")) for lang in document.styles.element.iter(qn("w:lang"))} == {"en-GB"}
    footer = document.sections[0].footer.paragraphs[0]
    assert words(footer) == "A study & its <title> · page 1 of 1"
    assert [f.get(qn("w:instr")).strip() for f in footer._p.iter(qn("w:fldSimple"))] == ["PAGE", "NUMPAGES"]
    assert document.sections[0].different_first_page_header_footer
    assert not document.sections[1].different_first_page_header_footer


def test_properties_depend_on_the_content_alone(document: Any) -> None:
    about = document.core_properties
    assert (about.title, about.subject, about.created.isoformat()) == ("A study", "Report", "2025-03-01T00:00:00+00:00")
    assert about.created == about.modified


def test_looks_are_styles_not_direct_formatting(document: Any) -> None:
    formatted = [run for run in document.element.body.iter(qn("w:rPr")) if len(run)]
    assert formatted == []


@settings(max_examples=20, deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters="\t\n\r"), max_size=60))
def test_any_text_is_a_paragraph_that_reads_the_same(text: str) -> None:
    writer = Writer("t")
    writer.text(text)
    read = docx.Document(BytesIO(writer.finish(title=text, subject="", date="2025-03-01")))
    assert read.paragraphs[-1].text == xml_text(text)


@given(st.text())
def test_only_what_xml_cannot_hold_is_replaced(text: str) -> None:
    shown = xml_text(text)
    assert len(shown) == len(text)
    for old, new in zip(text, shown, strict=True):
        assert old == new or not re.fullmatch(
            "[\t\n\r\u0020-\u007e\u0080-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", old
        )


def words(paragraph: Any) -> str:
    return "".join(text.text or "" for text in paragraph._p.iter(qn("w:t")))


def fields(document: Any) -> list[str]:
    return [field.get(qn("w:instr")).strip() for field in document.element.body.iter(qn("w:fldSimple"))]
