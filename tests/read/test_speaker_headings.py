"""Headings that name speakers."""

import pytest

from qualcode.model import Block
from qualcode.read.layout import TextBuilder
from qualcode.read.speaker_headings import with_speakers


def _styles(*lines: str) -> list[str]:
    """Styles of lines of which those with a # are headings."""
    builder = TextBuilder()
    for line in lines:
        builder.add(line.removeprefix("#"), "heading" if line.startswith("#") else "paragraph")
    found = with_speakers(builder.blocks, builder.text)
    assert [(block.start, block.end) for block in found] == [(block.start, block.end) for block in builder.blocks]
    return ["bold" if block.bold == block.end - block.start else block.style[0] for block in found]


@pytest.mark.parametrize(
    ("asks", "answers"),
    [
        ("Interviewer", "Anna"),
        ("Moderator:", "P1:"),
        ("Интервюиращ", "Иван"),
        ("I1", "Dr Bo Ek"),
        ("Researcher", "Respondent 2"),
    ],
)
def test_headings_that_take_turns_are_speakers_when_one_says_so(asks: str, answers: str) -> None:
    lines = [
        "#Interview 3",
        f"#{asks}",
        "Why?",
        f"#{answers}",
        "So.",
        "And so.",
        f"#{asks}",
        "Ah.",
        f"#{answers}",
        "Yes.",
    ]
    assert _styles(*lines) == ["h", "bold", "p", "bold", "p", "p", "bold", "p", "bold", "p"]


@pytest.mark.parametrize(
    "lines",
    [
        ["#Discussion", "x", "#Votes", "y"] * 3,  # topics that come again
        ["#Participants", "x", "#Votes", "y"] * 2,  # no one person
        ["#Interviewer", "x", "#Anna", "y"],  # each once
        ["#Interviewer", "x", "#Topic", "y", "#Interviewer", "z"],  # only one comes again
        ["#Interviewer", "#Anna", "y"] * 2,  # nothing is said below it
        ["#Interviewer", "x", "#Interviewer", "x", "#Anna", "y", "#Anna", "y"],  # no turns
        ["x", "y"],
    ],
)
def test_other_headings_stay(lines: list[str]) -> None:
    assert _styles(*lines) == ["h" if line.startswith("#") else "p" for line in lines]


def test_no_blocks() -> None:
    assert with_speakers([], "") == ()
    assert with_speakers([Block(0, 1, "heading")], "x") == (Block(0, 1, "heading"),)
