"""Word documents."""

import zipfile
from io import BytesIO
from pathlib import Path

import docx
import pytest
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

from qualcode.errors import ReadError
from qualcode.read.layout import Parsed
from qualcode.read.word import parse_word

SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "samples"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared/samples")
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def _parse(document: "docx.document.Document") -> Parsed:
    saved = BytesIO()
    document.save(saved)
    return parse_word(saved.getvalue(), format="docx", file="a.docx")


def _blocks(parsed: Parsed) -> list[tuple[str, str]]:
    return [(b.style, parsed.text[b.start : b.end]) for b in parsed.blocks]


def _with_body(*paragraphs: str) -> Parsed:
    document = docx.Document()
    for inner in paragraphs:
        document.element.body.insert(len(document.element.body) - 1, parse_xml(f"<w:p {NAMESPACES}>{inner}</w:p>"))
    return _parse(document)


def test_paragraphs_tables_headings_and_lists_in_reading_order() -> None:
    document = docx.Document()
    document.add_heading("Interview", level=0)
    document.add_paragraph("First.")
    table = document.add_table(rows=2, cols=3)
    for cell, words in zip(table._cells, ["a", "b", "c", "d", "", "f"], strict=True):
        cell.text = words
    document.add_heading("Data", level=2)
    document.add_paragraph("one", style="List Bullet")
    document.add_paragraph("")
    document.add_paragraph("Last.")
    parsed = _parse(document)
    assert _blocks(parsed) == [
        ("heading", "Interview"),
        ("paragraph", "First."),
        ("row", "a | b | c"),
        ("row", "d | f"),
        ("heading", "Data"),
        ("bullet", "one"),
        ("paragraph", "Last."),
    ]
    assert parsed.text == "Interview\nFirst.\na | b | c\nd | f\nData\none\n\nLast."


def test_bold_start_is_counted_in_code_points() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph()
    paragraph.add_run("😀 Anna").bold = True
    paragraph.add_run(":").bold = True
    paragraph.add_run(" Hello ")
    paragraph.add_run("you").bold = True
    document.add_paragraph("plain")
    document.add_paragraph().add_run("Bo", style="Strong")
    assert [b.bold for b in _parse(document).blocks] == [len("😀 Anna:"), 0, 2]


def test_line_breaks_begin_a_block_and_tabs_stay() -> None:
    document = docx.Document()
    run = document.add_paragraph().add_run("I:\tSo?")
    run.add_break()
    run.add_text("R: Yes.")
    assert _blocks(_parse(document)) == [("paragraph", "I:\tSo?"), ("paragraph", "R: Yes.")]


def test_insertions_stay_and_deletions_go_and_are_counted() -> None:
    parsed = _with_body(
        '<w:r><w:t xml:space="preserve">We </w:t></w:r><w:ins w:id="1" w:author="x"><w:r><w:t>never</w:t></w:r></w:ins>'
        '<w:del w:id="2" w:author="x"><w:r><w:delText>always</w:delText></w:r></w:del>'
        '<w:r><w:t xml:space="preserve"> </w:t></w:r><w:hyperlink><w:r><w:t>wait</w:t></w:r></w:hyperlink>'
        '<w:r><w:commentReference w:id="3"/></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>'
    )
    assert parsed.text == "We never wait"
    assert parsed.left_out == ("1 tracked deletion", "1 comment (not read)", "1 hidden run of text")


def test_a_text_box_is_read_once_after_its_paragraph() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>two words</w:t></w:r></w:p></w:txbxContent>"
    parsed = _with_body(
        "<w:r><w:t>Outside</w:t></w:r><w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        "<w:r><w:drawing/></w:r>"
    )
    assert parsed.text == "Outside\ntwo words"
    assert parsed.left_out == ("1 image",)


def test_footnotes_are_kept_at_the_end_as_nobodys_talk() -> None:
    document = docx.Document()
    document.add_paragraph("Nobody pays.")
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xml = (
        f'<w:footnotes xmlns:w="{name}"><w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>'
        '<w:footnote w:id="1"><w:p><w:r><w:t>Said with</w:t></w:r></w:p><w:p><w:r><w:t>a smile.</w:t></w:r></w:p>'
        "</w:footnote></w:footnotes>"
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, xml.encode(), document.part.package)
    document.part.relate_to(part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes")
    assert _blocks(_parse(document)) == [("paragraph", "Nobody pays."), ("header", "Said with a smile.")]


def test_page_header_is_named() -> None:
    document = docx.Document()
    document.add_paragraph("Words.")
    document.sections[0].header.paragraphs[0].text = "Confidential"
    assert _parse(document).left_out == ('page header or footer "Confidential"',)


def test_document_without_words_is_refused() -> None:
    with pytest.raises(ReadError, match="holds no text"):
        _parse(docx.Document())


def test_doctype_is_refused_before_parsing() -> None:
    saved = BytesIO()
    with zipfile.ZipFile(saved, "w") as archive:
        archive.writestr("word/document.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    with pytest.raises(ReadError, match="DOCTYPE"):
        parse_word(saved.getvalue(), format="docx", file="a.docx")


def test_zip_that_is_no_word_document_is_refused() -> None:
    saved = BytesIO()
    with zipfile.ZipFile(saved, "w") as archive:
        archive.writestr("a.txt", "words")
    with pytest.raises(ReadError, match="is not a readable Word document"):
        parse_word(saved.getvalue(), format="docx", file="a.docx")


@needs_samples
def test_real_files() -> None:
    footnotes = parse_word((SAMPLES / "docx" / "mammoth_footnotes.docx").read_bytes(), format="docx", file="f")
    assert footnotes.text == "Ouch.\nA tachyon walks into a bar.\nFin."
    assert [block.style for block in footnotes.blocks] == ["paragraph", "header", "header"]
    assert footnotes.left_out == ()
    marked = parse_word((SAMPLES / "docx" / "mammoth_utf8-bom.docx").read_bytes(), format="docx", file="b")
    assert marked.text == "This XML has a byte order mark."
    box = parse_word((SAMPLES / "docx" / "mammoth_text-box.docx").read_bytes(), format="docx", file="t")
    assert (box.text.strip(), box.left_out) == ("Datum plane", ())
    with pytest.raises(ReadError, match="holds no text"):
        parse_word((SAMPLES / "docx" / "mammoth_empty.docx").read_bytes(), format="docx", file="e")
