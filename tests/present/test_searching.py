"""Sentences that were found, as people and programs read them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from qualcode.present import BOLD, search_counts, search_text

ROW: dict[str, Any] = {
    "document": "anna.txt", "region": "Northfield", "country": None, "stakeholder_group": "passenger",
    "kind": "interview", "date": "2025-01-10", "language": "en", "speaker": "Anna", "role": "respondent",
    "position": 3, "start": 100, "end": 128, "text": "The bus is slow, slow\nat night",
    "matches": [[111, 115], [117, 121]], "before": "I wait.", "after": "", "codes": ["delays", "fares"],
}  # fmt: skip


def test_text_has_the_match_marked_in_its_context() -> None:
    assert search_text([ROW], "table") == (
        "anna.txt:3 (Anna, Northfield, interview)\n"
        "    … I wait.\n"
        "    The bus is **slow**, **slow** at night\n"
        "    codes: delays, fares"
    )


def test_a_terminal_gets_bold_type_and_nothing_else_to_obey() -> None:
    row = {
        **ROW,
        "text": "a \x1b[31mslow",
        "start": 0,
        "end": 11,
        "matches": [[7, 11]],
        "before": "\x1b]0;x\x07",
        "codes": [],
    }
    shown = search_text([row], "table", marks=BOLD)
    assert isinstance(shown, str)
    assert shown.splitlines()[1:] == ["    … ]0;x", "    a [31m\x1b[1mslow\x1b[0m"]


def test_others_are_named_by_their_role() -> None:
    shown = str(search_text([{**ROW, "role": "interviewer", "kind": None}], "table"))
    assert shown.startswith("anna.txt:3 (Anna, interviewer, Northfield)\n")
    bare = {**ROW, "speaker": None, "region": None, "kind": None}
    assert str(search_text([bare], "table")).startswith("anna.txt:3\n")


def test_blanks_at_the_edge_of_a_match_are_not_marked() -> None:
    row = {**ROW, "matches": [[110, 116], [121, 122]]}
    assert "The bus is **slow,** slow at night" in str(search_text([row], "table"))


def test_long_sentences_are_wrapped_around_their_marks() -> None:
    text = "word " * 40 + "slow"
    row = {**ROW, "text": text, "start": 0, "matches": [[200, 204]], "before": "", "codes": []}
    lines = str(search_text([row], "table")).splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[-1].endswith("**slow**")


def test_markdown_quotes_it() -> None:
    assert search_text([{**ROW, "after": "So it is."}], "md") == (
        "> I wait. The bus is **slow**, **slow** at night So it is.\n"
        ">\n"
        "> — anna.txt:3 (Anna, Northfield, interview); codes: delays, fares"
    )


def test_programs_get_the_words_as_they_are() -> None:
    assert json.loads(search_text([ROW], "json")) == [ROW]
    head, line = str(search_text([{**ROW, "text": "slow"}], "csv")).splitlines()
    assert head == ",".join(ROW)
    assert '"[[111, 115], [117, 121]]",I wait.,,"[""delays"", ""fares""]"' in line
    page = str(search_text([{**ROW, "text": "<b>slow", "start": 0, "matches": [[3, 7]]}], "html"))
    assert "&lt;b&gt;**slow**" in page
    assert isinstance(search_text([ROW], "xlsx"), bytes)


@pytest.mark.parametrize("output", ["table", "md"])
def test_nothing_is_said(output: Any) -> None:
    assert search_text([], output) == "No sentence is like this."
    assert search_text([], "json") == "[]"


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((12, 12, 5, 3), "12 sentences in 5 documents; 3 more not by respondents: --role all"),
        ((1, 1, 1, 0), "1 sentence in 1 document"),
        ((0, 0, 0, 0), "0 sentences in 0 documents"),
        ((1, 2, 1, 0), "2 sentences in 1 document; the first 1 is shown: --limit N"),
        (
            (100, 250, 7, 1),
            "250 sentences in 7 documents; the first 100 are shown: --limit N; 1 more not by respondents: --role all",
        ),
    ],
)  # fmt: skip
def test_counts_say_what_is_not_shown(counts: tuple[int, int, int, int], said: str) -> None:
    assert search_counts(*counts) == said
