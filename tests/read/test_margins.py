"""Notes, comments and the account of what was left out."""

from collections import Counter

import pytest

from qualcode.errors import ReadError
from qualcode.read.layout import TextBuilder
from qualcode.read.margins import add_note, comment_note, finish


@pytest.mark.parametrize(
    ("known", "label"),
    [
        ({}, "Comment: x"),
        ({"author": "Ana"}, "Comment by Ana: x"),
        ({"date": "2024-05-01T23:59:00Z"}, "Comment 2024-05-01: x"),
        ({"author": "Ana", "passage": " we \n wait "}, 'Comment by Ana, on "we wait": x'),
        ({"passage": "a" * 61}, f'Comment on "{"a" * 60}…": x'),
    ],
)
def test_a_comment_says_what_is_known_of_it(known: dict[str, str], label: str) -> None:
    assert comment_note("x", **known) == label


def test_an_empty_comment_is_none() -> None:
    assert comment_note(" \n", author="Ana") == ""


def test_a_note_is_one_line_and_nobodys_talk() -> None:
    builder = TextBuilder()
    add_note("two\n lines", builder)
    add_note(" \n ", builder)
    assert [(b.style, builder.text[b.start : b.end]) for b in builder.blocks] == [("header", "two lines")]


def test_the_account_counts_and_names_each_page_header_once() -> None:
    builder = TextBuilder()
    builder.add("words", "paragraph")
    parsed = finish(
        builder, Counter({"image": 2}), file="a", headers=["Page\n1", "Page 1", " ", "x" * 41], notes=("n",)
    )
    assert parsed.left_out == (
        "n",
        "2 images",
        'page header or footer "Page 1"',
        f'page header or footer "{"x" * 40}"',
    )


def test_without_words_it_is_refused_and_says_what_there_was() -> None:
    with pytest.raises(ReadError, match=r"a.docx: holds no text. .* Left out: 3 images\.$"):
        finish(TextBuilder(), Counter({"image": 3}), file="a.docx")
    with pytest.raises(ReadError, match=r"stored for it\.$"):
        finish(TextBuilder(), Counter(), file="a.docx")


def test_headings_that_name_speakers_become_bold_lines_and_that_is_said() -> None:
    builder = TextBuilder()
    for _ in range(2):
        for line in ("#Interviewer", "Why?", "#Anna:", "So."):
            builder.add(line.removeprefix("#"), "heading" if line.startswith("#") else "paragraph")
    parsed = finish(builder, Counter(), file="a")
    assert [(block.style, block.bold) for block in parsed.blocks[:3]] == [
        ("paragraph", 11),
        ("paragraph", 0),
        ("paragraph", 5),
    ]
    assert parsed.read_as == ("headings read as speakers: Interviewer, Anna",)
