"""OpenDocument texts."""

import zipfile
from io import BytesIO
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.errors import ReadError
from qualcode.read.layout import Parsed
from qualcode.read.open_document import parse_open_document

SPACES = {
    "office": "office:1.0",
    "text": "text:1.0",
    "table": "table:1.0",
    "draw": "drawing:1.0",
    "style": "style:1.0",
    "fo": "xsl-fo-compatible:1.0",
}
NAMESPACES = " ".join(
    [f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}"' for short, long in SPACES.items()]
    + ['xmlns:dc="http://purl.org/dc/elements/1.1/"', 'xmlns:xlink="http://www.w3.org/1999/xlink"']
)
MANIFEST = '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">%s</m:manifest>'
STYLES = """
<style:style style:family="text" style:name="T1"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:family="text" style:name="T2"><style:text-properties text:display="none"/></style:style>
<style:style style:family="paragraph" style:name="P1" style:parent-style-name="Title"/>
<style:style style:family="paragraph" style:name="P2" style:parent-style-name="Strong"/>"""
NAMED = """<style:style style:family="paragraph" style:name="Title"/>
<style:style style:family="paragraph" style:name="Strong"><style:text-properties fo:font-weight="700"/></style:style>"""


def _odt(body: str, *, head: str = "", manifest: str = "", kind: str = "text", **parts: str) -> bytes:
    content = (
        f"<office:document-content {NAMESPACES}><office:automatic-styles>{STYLES}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    styles = (
        f"<office:document-styles {NAMESPACES}><office:styles>{NAMED}</office:styles>{head}</office:document-styles>"
    )
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("META-INF/manifest.xml", MANIFEST % manifest)
        for name, xml in {"content.xml": content, "styles.xml": styles, **parts}.items():
            archive.writestr(name, xml)
    return packed.getvalue()


def _parse(body: str, **more: str) -> Parsed:
    return parse_open_document(_odt(body, **more), format="odt", file="a.odt")


def _blocks(parsed: Parsed) -> list[tuple[str, str]]:
    return [(b.style, parsed.text[b.start : b.end]) for b in parsed.blocks]


def test_paragraphs_headings_lists_and_tables_in_reading_order() -> None:
    cell = "<table:table-cell><text:p>%s</text:p></table:table-cell>"
    row = f"<table:table-row>{cell}<table:covered-table-cell/>%s</table:table-row>"
    parsed = _parse(
        '<text:p text:style-name="P1">Interview</text:p><text:h text:outline-level="1">Data</text:h>'
        "<text:p>First.</text:p>"
        f"<table:table><table:table-header-rows>{row % ('a', cell % 'b')}</table:table-header-rows>"
        f"{row % ('c', cell % '')}</table:table>"
        "<text:list><text:list-item><text:p>one</text:p><text:list><text:list-item><text:p>two</text:p></text:list-item>"
        "</text:list></text:list-item></text:list><text:section><text:p>Last.</text:p></text:section>"
    )
    assert _blocks(parsed) == [
        ("heading", "Interview"),
        ("heading", "Data"),
        ("paragraph", "First."),
        ("row", "a | b"),
        ("row", "c"),
        ("bullet", "one"),
        ("bullet", "two"),
        ("paragraph", "Last."),
    ]
    assert parsed.left_out == ()


def test_blanks_tabs_and_line_breaks_are_what_the_page_shows() -> None:
    parsed = _parse('<text:p>\n  We <text:s text:c="2"/>never\n wait<text:tab/>x<text:line-break/>y<text:s/></text:p>')
    assert parsed.text == "We   never wait\tx\ny "


def test_bold_starts_by_span_and_by_paragraph() -> None:
    parsed = _parse(
        '<text:p><text:span text:style-name="T1">Anna:</text:span> Hello</text:p>'
        '<text:p text:style-name="P2">All</text:p><text:p>none</text:p>'
    )
    assert [block.bold for block in parsed.blocks] == [5, 3, 0]


def test_tracked_deletions_and_hidden_words_are_dropped_and_counted() -> None:
    deletion = "<text:changed-region><text:deletion><text:p>always</text:p></text:deletion></text:changed-region>"
    insertion = "<text:changed-region><text:insertion/></text:changed-region>"
    parsed = _parse(
        f"<text:tracked-changes>{deletion}{insertion}{deletion}</text:tracked-changes>"
        "<text:p>We <text:change/><text:change-start/>never<text:change-end/> wait"
        '<text:span text:style-name="T2">hidden</text:span></text:p>'
        '<text:section text:display="none"><text:p>no</text:p></text:section>'
    )
    assert parsed.text == "We never wait"
    assert parsed.left_out == ("2 deleted passages", "1 hidden run", "1 hidden section")


def test_notes_and_then_comments_stand_at_the_end_as_nobodys_talk() -> None:
    body = "<text:note-body><text:p>A note.</text:p></text:note-body>"
    note = f"<text:note><text:note-citation>1</text:note-citation>{body}</text:note>"
    comment = (
        '<office:annotation office:name="c1"><dc:creator>Ana</dc:creator><dc:date>2024-05-01T10:00:00</dc:date>'
        "<text:p>Ask</text:p><text:p>again.</text:p></office:annotation>"
    )
    parsed = _parse(
        f'<text:p>We {comment}never<office:annotation-end office:name="c1"/> wait.{note}</text:p><text:p>Last.</text:p>'
    )
    assert _blocks(parsed) == [
        ("paragraph", "We never wait."),
        ("paragraph", "Last."),
        ("header", "A note."),
        ("header", 'Comment by Ana, 2024-05-01, on "never": Ask again.'),
    ]


def test_drawn_things_are_counted_by_kind_and_text_boxes_read_once() -> None:
    frame = "<draw:frame>%s</draw:frame>"
    objects = [
        frame % "<draw:image/>",
        frame % '<draw:object xlink:href="./Object 1"/><draw:image/>',
        frame % '<draw:object xlink:href="./Object 2"/>',
        frame % "<draw:object-ole/>",
        frame % "<draw:text-box><text:p>in the box</text:p></draw:text-box>",
        "<draw:custom-shape><text:p>in a shape</text:p><draw:enhanced-geometry/></draw:custom-shape>",
        "<draw:line/>",
    ]
    kind = '<m:file-entry m:full-path="Object %d/" m:media-type="application/vnd.oasis.opendocument.%s"/>'
    parsed = _parse(
        f"<text:p>Words.{''.join(objects)}</text:p><text:p>Last.</text:p>",
        manifest=kind % (1, "chart") + kind % (2, "formula"),
    )
    assert parsed.text == "Words.\nin the box\nin a shape\nLast."
    assert parsed.left_out == ("1 image", "1 chart", "1 equation (not read)", "1 embedded object", "1 drawing")


def test_table_of_contents_is_nobodys_talk_and_page_headers_are_named() -> None:
    contents = "<text:index-title><text:p>Contents</text:p></text:index-title><text:p>Data 1</text:p>"
    parsed = _parse(
        f"<text:table-of-content><text:index-body>{contents}</text:index-body></text:table-of-content><text:p>x</text:p>",
        head="<office:master-styles><style:master-page><style:header><text:p>Secret</text:p></style:header>"
        "<style:footer><text:p/></style:footer></style:master-page></office:master-styles>",
    )
    assert [style for style, _ in _blocks(parsed)] == ["header", "header", "paragraph"]
    assert parsed.left_out == ('page header or footer "Secret"',)


@pytest.mark.parametrize(
    ("raw", "cause"),
    [
        (_odt("", manifest="<m:file-entry><m:encryption-data/></m:file-entry>"), "a.odt: is password-protected"),
        (_odt("", **{"encrypted-package": "x"}), "a.odt: is password-protected"),
        (_odt("<text:p>x</text:p>", kind="presentation"), "is not a readable OpenDocument text"),
        (_odt("<text:p> </text:p>"), r"holds no text\. Nothing is stored"),
        (b"only words", "not a zip archive"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(raw: bytes, cause: str) -> None:
    with pytest.raises(ReadError, match=cause):
        parse_open_document(raw, format="odt", file="a.odt")


WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=12)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=4), min_size=1, max_size=5))
def test_words_come_out_as_they_went_in(paragraphs: list[list[str]]) -> None:
    lines = [" ".join(words) for words in paragraphs]
    parsed = _parse("".join(f"<text:p>{escape(line)}</text:p>" for line in lines))
    assert [parsed.text[b.start : b.end] for b in parsed.blocks] == lines
