"""RTF files."""

import codecs
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qualcode.errors import ReadError
from qualcode.read.layout import Parsed
from qualcode.read.rich_text import _PAGES, parse_rich_text

HEAD = (
    r"\rtf1\ansi\ansicpg1252\deff0\uc1{\fonttbl{\f0\fcharset0 Times;}{\f1\fcharset161 Greek;}{\f2\fcharset204 Cyr;}}"
    r"{\colortbl;\red0\green0\blue0;}{\stylesheet{\s0 Normal;}{\s1\b heading 1;}{\*\cs2 Strong;}}{\info{\title Secret}}"
)


def _parse(body: str, *, head: str = HEAD) -> Parsed:
    return parse_rich_text(f"{{{head}\n{body}}}".encode("latin-1"), format="rtf", file="a.rtf")


def _blocks(parsed: Parsed) -> list[tuple[str, str]]:
    return [(b.style, parsed.text[b.start : b.end]) for b in parsed.blocks]


def test_paragraphs_headings_lists_and_tables_in_reading_order() -> None:
    row = r"\trowd\cellx100\cellx200\pard\intbl %s\cell %s\cell\row "
    parsed = _parse(
        r"\pard\s1 Data\par\pard\plain First.\par "
        + row % ("a", r"b\par c")
        + row % ("d", "")
        + r"\pard{\listtext 1.\tab}\ls1 one\par{\pntext\'b7\tab}two\par\pard\outlinelevel1 More\par\pard\plain Last."
    )
    assert _blocks(parsed) == [
        ("heading", "Data"),
        ("paragraph", "First."),
        ("row", "a | b c"),
        ("row", "d"),
        ("bullet", "one"),
        ("bullet", "two"),
        ("heading", "More"),
        ("paragraph", "Last."),
    ]
    assert parsed.left_out == ()
    assert parsed.encoding == "cp1252"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"caf\'e9 \f1\'e1\'e2\f0  {\f2\'e4\'e0} \'80", "café αβ да €"),
        (r"\u8364?\u-10179?\u-8704?\u945\'61!", "€😀α!"),
        (r"{\uc2\u945 ab}{\uc0\u945}x", "ααx"),
        (r"a\~b\_c\-d\emdash e\tab f\{\}\\", "a\xa0b\u2011cd—e\tf{}\\"),
        ("one \ntwo\r\nthree", "one twothree"),
        ("a\\\nb\\line c", "a\nb\nc"),
        (r"{\upr{x}{\*\ud{y}}}", "y"),
        (r'{\field{\*\fldinst HYPERLINK "http://x"}{\fldrslt link}}', "link"),
        (r"{\*\unknown no}yes\bin3 }{}.", "yes."),
    ],
)
def test_characters(body: str, text: str) -> None:
    assert _parse(body).text == text


def test_every_code_page_is_known() -> None:
    assert all(codecs.lookup(page) for page in _PAGES.values())


def test_a_code_page_of_two_bytes_a_character() -> None:
    assert _parse(r"\f0 \'93\'fa\'96{", head=r"\rtf1{\fonttbl{\f0\fcharset128 M;}}").text == "日\ufffd"
    assert _parse(r"\f0 \'93\'fa\'96\'7b", head=r"\rtf1{\fonttbl{\f0\fcharset128 M;}}").text == "日本"


def test_bold_start_ends_with_its_group() -> None:
    parsed = _parse(r"{\b Anna:} Hello\par\b Bo\b0 : no\par\plain plain")
    assert [block.bold for block in parsed.blocks] == [5, 2, 0]


def test_deleted_moved_and_hidden_words_are_dropped_and_counted() -> None:
    parsed = _parse(
        r"We {\deleted al\'20ways}{\revised never} wait{\v hidden}.{\mvf Moved.}\par{\mvt Moved.}\par "
        r"{\deleted gone\par}{\deleted gone} One{\deleted\par} sentence."
    )
    assert parsed.text == "We never wait.\nMoved.\n One sentence."
    assert parsed.left_out == (
        "2 deleted runs",
        "1 hidden run",
        "1 moved passage (read at its new place)",
    )


def test_notes_comments_and_text_boxes() -> None:
    date = 1 << 11 | 5 << 16 | (2024 - 1900) << 20
    parsed = _parse(
        r"We {\*\atrfstart 1}never{\*\atrfend 1}{\*\atnid A}{\*\atnauthor Ana}\chatn"
        rf"{{\*\annotation{{\*\atnref 1}}{{\*\atndate {date}}}\pard Ask\par again.}} wait."
        r"{\footnote\pard A note.\par}"
        r"{\shp{\*\shpinst{\sp{\sn a}{\sv 1}}{\shptxt\pard in the box\par}}{\shprslt{\*\do in the box}}}\par Last."
    )
    assert _blocks(parsed) == [
        ("paragraph", "We never wait."),
        ("paragraph", "in the box"),
        ("paragraph", "Last."),
        ("header", "A note."),
        ("header", 'Comment by Ana, 2024-05-01, on "never": Ask again.'),
    ]


def test_what_is_drawn_is_counted_and_page_headers_are_named() -> None:
    parsed = _parse(
        r"{\header\pard Secret\par}{\footerl\pard\par}Words.{\*\shppict{\pict\pngblip 89504e}}{\nonshppict{\pict 00}}"
        r"{\pict\bin4 }}{{}{\object{\*\objdata 01}{\result{\pict 00}}}{\mmath x}"
        r"{\shp{\*\shpinst{\sp{\sn pib}{\sv{\pict 00}}}}}\u-3979?{\shp{\*\shpinst{\sp{\sn a}{\sv 1}}}}"
    )
    assert parsed.text == "Words."
    assert parsed.left_out == (
        "3 images",
        "1 embedded object",
        "1 equation (not read)",
        "1 sign of a symbol font",
        "1 drawing",
        'page header or footer "Secret"',
    )


def test_what_is_no_character_is_shown_and_counted() -> None:
    parsed = _parse("a\\'81b\0c\\u-9000?d")
    assert parsed.text == "a\ufffdb\ufffdc\ufffdd"
    assert parsed.left_out == (
        "1 byte without a character (shown as \ufffd)",
        "2 characters that no text may hold (shown as \ufffd)",
    )


def test_a_table_inside_of_a_table_is_read_into_its_cell() -> None:
    parsed = _parse(
        r"\pard\intbl outer\cell\pard\intbl\itap2 a\nestcell b\nestcell{\*\nesttableprops\trowd\nestrow}"
        r"{\nonesttables\par}\pard\intbl end\cell\row\pard x"
    )
    assert _blocks(parsed) == [("row", "outer | a b end"), ("paragraph", "x")]


def test_a_file_that_breaks_off_is_read_as_far_as_it_goes() -> None:
    parsed = parse_rich_text(rb"{\rtf1 Some words {\b and", format="rtf", file="a.rtf")
    assert parsed.text == "Some words and"
    assert parsed.left_out == ("1 end of the file (it breaks off)",)


@pytest.mark.parametrize(
    ("raw", "cause"),
    [
        (b"", r"a.rtf: holds no text \(0 bytes\)"),
        (b"PK\x03\x04", "a.rtf: is not RTF: .* renamed"),
        (rb"{\rtf1{\pict 00}}", r"a.rtf: holds no text.* Left out: 1 image\."),
        (b"{\\rtf1" + b"{" * 2000, "groups inside of 1,000 others"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(raw: bytes, cause: str) -> None:
    with pytest.raises(ReadError, match=cause):
        parse_rich_text(raw, format="rtf", file="a.rtf")


def _as_rtf(words: str) -> str:
    units = re.findall("..", words.encode("utf-16-be").hex(" ").replace(" ", ""))
    pairs = [int(high + low, 16) for high, low in zip(units[::2], units[1::2], strict=True)]
    return "".join(rf"\u{pair - 0x10000 if pair >= 0x8000 else pair}?" for pair in pairs)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=20))
@example("😀\ue000")
def test_words_come_out_as_they_went_in(words: str) -> None:
    assert _parse(_as_rtf(words)).text == words


PARTS = st.sampled_from(
    [*"{}\\ ;*'\n0a", "\\par", "\\cell ", "\\row", "\\u", "\\u-1", "\\'", "\\bin9", "\\*", "\\b", "\\footnote",
     "\\shptxt", "\\annotation", "\\atrfstart", "\\atrfend", "\\intbl", "\\pict", "\\upr", "\\ud", "\\ansicpg99999",
     "\\f7", "\\fcharset2"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PARTS, max_size=40))
def test_no_input_crashes(parts: list[str]) -> None:
    try:
        parsed = parse_rich_text(("{\\rtf1 x" + "".join(parts)).encode("latin-1"), format="rtf", file="a.rtf")
    except ReadError:
        return
    assert all(parsed.text[block.start : block.end].strip() for block in parsed.blocks)
