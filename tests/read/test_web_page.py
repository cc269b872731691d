"""Web pages."""

from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.errors import ReadError
from qualcode.read.layout import Parsed
from qualcode.read.web_page import parse_web_page


def _parse(page: str, *, encoding: str = "utf-8") -> Parsed:
    return parse_web_page(page.encode(encoding), format="html", file="a.html")


def _blocks(parsed: Parsed) -> list[tuple[str, str]]:
    return [(b.style, parsed.text[b.start : b.end]) for b in parsed.blocks]


def test_paragraphs_headings_lists_and_tables_in_reading_order() -> None:
    parsed = _parse(
        "<!DOCTYPE html><html><body><h1>Data</h1>loose <i>words</i><p>First\n  line.<ul><li>one<li><p>two</p></ul>"
        "<table><caption>Votes</caption><thead><tr><th>Topic<th>Said by<th>n</thead>"
        "<tr><td>Money</td><td><p>all</p><p>of them</p></td><td>3</td></tr></table>"
        "<dl><dt>Q<dd>A</dl>Last.</body></html>"
    )
    assert _blocks(parsed) == [
        ("heading", "Data"),
        ("paragraph", "loose words"),
        ("paragraph", "First line."),
        ("bullet", "one"),
        ("bullet", "two"),
        ("heading", "Votes"),
        ("row", "Topic | Said by | n"),
        ("row", "Money | all of them | 3"),
        ("paragraph", "Q"),
        ("paragraph", "A"),
        ("paragraph", "Last."),
    ]
    assert parsed.left_out == ()


def test_blanks_entities_and_line_breaks_are_what_the_page_shows() -> None:
    parsed = _parse("<p> a&nbsp;b &amp;lt; &#8364;&euro; <b> c</b>\n<i>d</i><br> R: e</p><pre>f\n  g</pre>")
    assert parsed.text == "a\u00a0b &lt; €€ c d\nR: e\nf\n  g"


def test_bold_starts_by_element_and_by_style() -> None:
    parsed = _parse(
        "<p><b>Anna:</b> Hello<p><strong>Bo</strong> <span style='font-weight: 700'>x:</span> y"
        "<p>no <b>start</b><p style='font-weight:bold'>All<p><b style='font-weight:normal'>none</b>"
    )
    assert [block.bold for block in parsed.blocks] == [5, 5, 0, 3, 0]


def test_what_is_not_shown_or_nobodys_words_is_counted() -> None:
    parsed = _parse(
        "<html><head><title>Saved page</title><style>p{}</style><script src=x></script></head><body>"
        "<script>var words = 'x'</script><template>x</template><nav><a>Home</a></nav><nav></nav><noscript>on</noscript>"
        "<p hidden>x</p><p style='display:none'>x</p><p hidden></p><input type=hidden value=x><textarea>x</textarea>"
        "<p>Words <del>gone</del><ins>kept</ins><!-- remark --><!--[if mso]>x<![endif]--><img><img alt=x></p>"
        "<svg><text>x</text></svg><iframe></iframe><math><mi>x</mi></math><button>Save</button></body></html>"
    )
    assert parsed.text == "Words kept"
    assert parsed.left_out == (
        'page title "Saved page"',
        "1 script",
        "1 template",
        "1 navigation",
        "1 passage for browsers without scripts",
        "2 hidden elements",
        "1 form field",
        "1 deleted run",
        "1 HTML comment",
        "2 images",
        "1 drawing",
        "1 embedded page",
        "1 equation (not read)",
        "1 button",
    )


def test_a_table_that_only_places_things_is_read_as_paragraphs() -> None:
    inner = "<table><tr><td>a</td><td>b</td><td>c</td></tr></table>"
    parsed = _parse(f"<table><tr><td><p>left</p></td><td>{inner}</td></tr></table><table><tr><td>one</td></tr></table>")
    assert _blocks(parsed) == [("paragraph", "left"), ("row", "a | b | c"), ("paragraph", "one")]


def test_a_page_saved_by_word() -> None:
    parsed = _parse(
        "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><meta name=Generator content='Word 15'>"
        "<!--[if gte mso 9]><xml><o:Author>x</o:Author></xml><![endif]--></head><body><div class=WordSection1>"
        "<p class=MsoTitle>Interview</p><p class=MsoNormal><b>Bo:</b> We never wait"
        "<a href='#_ftn1'><span class=MsoFootnoteReference>[1]</span></a>.<o:p></o:p></p>"
        "<p class=MsoListParagraph><![if !supportLists]><span style='mso-list:Ignore'>1.<span>&nbsp; </span></span>"
        "<![endif]>first</p><p class=MsoListParagraph><span style='font-family:Symbol'>·<span>&nbsp; </span></span>"
        "second</p><p class=MsoListParagraph>No. It is plain.</p></div>"
        "<p class=MsoFootnoteText><a><span class=MsoFootnoteReference>[1]</span></a> A note.</p></body></html>",
    )
    assert _blocks(parsed) == [
        ("heading", "Interview"),
        ("paragraph", "Bo: We never wait."),
        ("bullet", "first"),
        ("bullet", "second"),
        ("bullet", "No. It is plain."),
        ("header", "A note."),
    ]
    assert parsed.left_out == ("2 marks of a note",)


def test_a_page_exported_by_taguette_with_its_tags() -> None:
    parsed = _parse(
        "<!DOCTYPE html><html><head><meta charset='UTF-8'><style>.highlight {}</style><title>talk.txt</title></head>"
        "<body><h1>talk.txt</h1><p>We <span class='highlight'>never wait</span>"
        "<span class='taglist'> [time, trust]</span> here.</p></body></html>"
    )
    assert _blocks(parsed) == [("heading", "talk.txt"), ("paragraph", "We never wait here.")]
    assert parsed.left_out == ("1 tag list of Taguette",)


def test_a_page_saved_by_libreoffice() -> None:
    parsed = _parse(
        "<body><div title='header'><p>Secret</p></div><p>Words.<sup><a class='sdfootnoteanc' name='x'>1</a></sup></p>"
        "<div id='sdfootnote1'><p class='sdfootnote'><a class='sdfootnotesym'>1</a>A note.</p></div></body>"
    )
    assert _blocks(parsed) == [("header", "Secret"), ("paragraph", "Words."), ("header", "A note.")]


@pytest.mark.parametrize(
    ("page", "encoding", "found", "guessed"),
    [
        ("<meta charset=utf-8><p>Gött", "utf-8", "utf-8", False),
        ("<meta charset=iso-8859-1><p>Gött – €", "cp1252", "cp1252", False),
        ("<meta http-equiv=x content='text/html; charset=windows-1253'><p>Gδtt αυτό", "cp1253", "cp1253", False),
        ("<meta charset=iso-8859-1><p>Gött – in truth UTF-8", "utf-8", "utf-8", False),
        ("<p>Gött", "utf-16", "utf-16-le", False),
        ("<meta charset=utf-8><p>Göttliche Grüße für alle", "cp1252", "cp1252", True),
        ("<meta charset=nonsense><p>Göttliche Grüße für alle", "cp1252", "cp1252", True),
    ],
)
def test_encodings(page: str, encoding: str, found: str, guessed: bool) -> None:
    parsed = _parse(page, encoding=encoding)
    assert parsed.text == page.partition("<p>")[2]
    assert (parsed.encoding, parsed.encoding_guessed) == (found, guessed)


def test_a_given_encoding_wins() -> None:
    raw = "<meta charset=windows-1252><p>αυτό".encode("cp1253")
    assert parse_web_page(raw, format="html", file="a.html", encoding="cp1253").text == "αυτό"


@pytest.mark.parametrize(
    ("page", "cause"),
    [
        ("", r"a.html: holds no text \(0 bytes\)"),
        ("<!-- only a remark -->", "a.html: holds no text"),
        ("<body><img><script>x</script></body>", r"holds no text.* Left out: 1 image, 1 script\."),
        ("<div>" * 300 + "x", "elements inside of more than 200 others"),
        ("<b>" * 5000 + "x", "elements inside of more than 200 others"),
        ("<head><meta name='generator' content='qualcode'></head><p>x", "a page that qualcode wrote"),
        ("<head><title>qualcode</title></head><p>x", "a page that qualcode wrote"),
        ("<p>x\0", "NUL"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(page: str, cause: str) -> None:
    with pytest.raises(ReadError, match=cause):
        _parse(page)


def test_entities_of_a_document_type_do_not_expand() -> None:
    page = '<!DOCTYPE html [<!ENTITY secret SYSTEM "file:///etc/hostname">]><p>a&secret;b</p>'
    assert "&secret;" in _parse(page).text


WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=4), min_size=1, max_size=5))
def test_words_come_out_as_they_went_in(paragraphs: list[list[str]]) -> None:
    lines = [" ".join(words) for words in paragraphs]
    parsed = _parse("<body>" + "".join(f"<p>{escape(line)}</p>\n" for line in lines))
    assert [parsed.text[b.start : b.end] for b in parsed.blocks] == lines


MARKUP = st.sampled_from(
    ["<p>", "</p>", "<table>", "<tr>", "<td>", "</table>", "<b>", "</b>", "<ul>", "<li>", "<pre>", "<br>", "<!--",
     "-->", "<h1>", "<div hidden>", "</div>", "<script>", "</script>", "<svg>", "&", "&#x0;", "<", "words", " ",
     "<caption>", "<p class=MsoListParagraph>", "·&nbsp;", "<![if x]>", "<?php", "<frameset>", "</html>"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(MARKUP, max_size=30))
def test_no_input_crashes(parts: list[str]) -> None:
    try:
        parsed = _parse("words " + "".join(parts))
    except ReadError:
        return
    assert all(parsed.text[block.start : block.end].strip() for block in parsed.blocks)
