"""Plain text and Markdown."""

import pytest

from qualcode.model import Block
from qualcode.read.plain import parse_plain


def _blocks(text: str, format: str = "txt") -> list[tuple[str, str]]:  # noqa: A002
    parsed = parse_plain(text.encode(), format=format, file=f"a.{format}")
    return [(block.style, parsed.text[block.start : block.end]) for block in parsed.blocks]


def test_text_is_untouched_and_each_line_is_a_block() -> None:
    source = "  Interviewer: hello  \n\n\tyes\u2028no\n"
    assert parse_plain(source.encode(), format="txt", file="a.txt").text == source
    assert _blocks(source) == [("line", "Interviewer: hello"), ("line", "yes\u2028no")]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("- one", "one"),
        ("* one", "one"),
        ("• one", "one"),
        ("– one", "one"),
        ("-Fully upstream", "Fully upstream"),
        ("  - [x] done", "done"),
        ("1. one", "1. one"),
        ("2) one", "2) one"),
        ("a) one", "a) one"),
    ],
)
def test_bullets_lose_their_sign_and_keep_their_number(line: str, words: str) -> None:
    assert _blocks(line) == [("bullet", words)]


@pytest.mark.parametrize("line", ["-1 evaluation", "1.9 million", "2019. We", "*Video call*", "A. Smith", "--- well"])
def test_lines_that_only_look_like_bullets(line: str) -> None:
    assert _blocks(line, "md")[0][0] == "line"


def test_markdown_headings_lose_their_hashes() -> None:
    assert _blocks("# Title #\n## 1. Data\n#nothing", "md") == [
        ("heading", "Title"),
        ("heading", "1. Data"),
        ("line", "#nothing"),
    ]


def test_hash_in_plain_text_is_no_heading() -> None:
    assert _blocks("# 1") == [("line", "# 1")]


def test_underlined_line_is_a_heading_and_a_rule_is_nothing() -> None:
    assert _blocks("Opening\n-------\n- one\n\n---\n\ntwo\n***\nthree") == [
        ("heading", "Opening"),
        ("bullet", "one"),
        ("line", "two"),
        ("line", "three"),
    ]


def test_bold_start_counts_its_asterisks() -> None:
    parsed = parse_plain(b"**Interviewer:** Hello\n__R:__ **yes**", format="md", file="a.md")
    assert [block.bold for block in parsed.blocks] == [len("**Interviewer:**"), len("__R:__")]
    assert parsed.text.startswith("**Interviewer:** Hello")


def test_markdown_tables_and_quotes_and_comments() -> None:
    parsed = parse_plain(b"| Who | What |\n|---|---|\n| a | b |\n> said\n<!-- x\ny -->\nend", format="md", file="a.md")
    assert [parsed.text[b.start : b.end] for b in parsed.blocks] == ["Who | What", "a | b", "said", "end"]
    assert parsed.left_out == ("1 HTML comment",)


def test_caption_timings_inside_a_transcript_are_left_out() -> None:
    source = b"I: So?\n\n171\n00:22:53.120 --> 00:23:07.630\nP5: yes"
    parsed = parse_plain(source, format="txt", file="a.txt")
    assert [parsed.text[b.start : b.end] for b in parsed.blocks] == ["I: So?", "P5: yes"]
    assert parsed.left_out == ("1 caption timing inside the text",)


def test_front_matter_becomes_attributes_and_header_blocks() -> None:
    parsed = parse_plain(b"---\nregion: Crete\n---\nHello", format="txt", file="a.txt")
    assert parsed.attributes.region == "Crete"
    assert parsed.blocks == (Block(4, 17, "header"), Block(22, 27, "line"))
