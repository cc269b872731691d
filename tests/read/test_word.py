"""Word documents."""

import re
from io import BytesIO
from pathlib import Path

import docx
import docx.enum.style
import pytest
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.errors import ReadError
from qualcode.read.layout import Parsed
from qualcode.read.word import parse_word

SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "samples"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared/samples")
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
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
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>.</w:t></w:r>'
    )
    assert parsed.text == "We never wait."
    assert parsed.left_out == ("1 deleted run", "1 hidden run")


def test_a_move_is_read_once_at_its_new_place() -> None:
    parsed = _with_body(
        '<w:moveFrom w:id="1" w:author="x"><w:r><w:t>Moved.</w:t></w:r></w:moveFrom><w:r><w:t>Stays.</w:t></w:r>',
        '<w:moveTo w:id="2" w:author="x"><w:r><w:t>Moved.</w:t></w:r></w:moveTo>',
    )
    assert parsed.text == "Stays.\nMoved."
    assert parsed.left_out == ("1 moved passage (read at its new place)",)


def test_a_paragraph_whose_end_is_deleted_runs_on_into_the_next() -> None:
    gone = '<w:pPr><w:rPr><w:del w:id="1" w:author="x"/></w:rPr></w:pPr>'
    parsed = _with_body(
        f'{gone}<w:r><w:t xml:space="preserve">One </w:t></w:r>',
        "<w:r><w:t>sentence.</w:t></w:r>",
        f'{gone}<w:del w:id="2"><w:r><w:delText>a</w:delText></w:r><w:r><w:delText>b</w:delText></w:r></w:del>',
        "<w:r><w:t>Next.</w:t></w:r>",
        f"{gone}<w:r><w:t>Last.</w:t></w:r>",
    )
    assert parsed.text == "One sentence.\nNext.\nLast."
    assert parsed.left_out == ("2 deleted runs",)


def test_a_text_box_is_read_once_after_its_paragraph() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>two words</w:t></w:r></w:p></w:txbxContent>"
    parsed = _with_body(
        "<w:r><w:t>Outside</w:t></w:r><w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>",
        "<w:r><w:t>After</w:t></w:r>",
    )
    assert parsed.text == "Outside\ntwo words\nAfter"
    assert parsed.left_out == ()


def test_what_is_drawn_is_counted_by_kind() -> None:
    parsed = _with_body(
        "<w:r><w:t>x</w:t></w:r><w:r><w:drawing><pic:pic/></w:drawing></w:r><w:r><w:pict><v:imagedata/></w:pict></w:r>"
        "<w:r><w:drawing><c:chart/></w:drawing><w:drawing/></w:r>"
        '<w:r><w:object><v:imagedata/><o:OLEObject ProgID="Equation.3"/></w:object><w:object/></w:r>'
        '<m:oMathPara><m:oMath><m:r><m:t>=1</m:t></m:r></m:oMath></m:oMathPara><w:r><w:sym w:char="F04A"/></w:r>',
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>Click</w:t></w:r></w:sdtContent></w:sdt>",
    )
    assert parsed.text == "x=1\n"
    assert parsed.left_out == (
        "2 images",
        "1 chart",
        "1 drawing",
        "1 equation (not read)",
        "1 embedded object",
        "1 equation (read as plain signs)",
        "1 sign of a symbol font",
        "1 unfilled form field",
    )


def test_a_field_gives_its_result_and_not_its_instruction() -> None:
    parsed = _with_body(
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>7</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        '<w:fldSimple w:instr="DATE"><w:r><w:t xml:space="preserve"> May</w:t></w:r></w:fldSimple>'
    )
    assert parsed.text == "7 May"


def test_comments_are_labelled_lines_at_the_end_that_quote_their_passage() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Bo: ")
    passage = paragraph.add_run("We never wait.")
    paragraph.add_run(" Really.")
    document.add_comment(passage, text="Ask again.\nWhy?", author="Ana", initials="A")
    document.add_paragraph("Last.")
    parsed = _parse(document)
    style, words = _blocks(parsed)[-1]
    assert style == "header"
    assert re.fullmatch(r'Comment by Ana, \d{4}-\d\d-\d\d, on "We never wait\.": Ask again\. Why\?', words)
    assert parsed.text.startswith("Bo: We never wait. Really.\nLast.\nComment")
    assert parsed.left_out == ()


def test_a_comment_on_two_paragraphs_quotes_both() -> None:
    document = docx.Document()
    first, last = document.add_paragraph("One.").runs[0], document.add_paragraph("Two.").runs[0]
    document.add_comment([first, last], text="Both.", author="")
    assert 'on "One. Two.": Both.' in _parse(document).text


def test_tables_inside_of_tables_and_text_boxes_of_cells_are_kept() -> None:
    document = docx.Document()
    cell = document.add_table(rows=1, cols=2).cell(0, 1)
    cell.text = "outer"
    inner = cell.add_table(rows=1, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "a", "b"
    box = (
        f"<w:r {NAMESPACES}><w:pict><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>"
    )
    cell.paragraphs[0]._p.append(parse_xml(box))
    assert _parse(document).text == "outer a b\nbox"


def test_lines_of_a_table_of_contents_are_nobodys_talk() -> None:
    document = docx.Document()
    document.styles.add_style("TOC 1", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("Money\t3", style="TOC 1")
    document.add_paragraph("Words.")
    assert [style for style, _ in _blocks(_parse(document))] == ["header", "paragraph"]


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


WORDS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"), include_characters="\t"),
    min_size=1,
    max_size=30,
).filter(lambda words: words.strip() and len(words.splitlines()) == 1)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(WORDS, st.booleans()), min_size=1, max_size=5))
def test_words_come_out_as_they_went_in(runs: list[tuple[str, bool]]) -> None:
    document = docx.Document()
    for words, bold in runs:
        document.add_paragraph().add_run(words).bold = bold
    parsed = _parse(document)
    assert parsed.text == "\n".join(words for words, _ in runs)
    assert [block.bold > 0 for block in parsed.blocks] == [bold for _, bold in runs]


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
