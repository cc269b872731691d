"""Paragraphs as runs of words."""

import pytest

from qualcode.read.layout import TextBuilder
from qualcode.read.runs import Piece, Runs, add_pieces


@pytest.mark.parametrize(
    ("parts", "bold"),
    [
        ([("Anna:", True), (" Hello", False)], 5),
        ([("Anna", True), (" ", False), ("B:", True), (" Hello", False)], 7),
        ([("Hello ", False), ("you", True)], 0),
        ([("  ", True), ("Hello", False)], 0),
        ([], 0),
    ],
)
def test_bold_start_goes_over_blanks(parts: list[tuple[str, bool]], bold: int) -> None:
    assert Runs(parts).bold == bold


def test_folded_words_keep_one_blank_and_begin_no_line_with_one() -> None:
    runs = Runs()
    for words in ("\n  We ", " never\t\n", "wait", "\u00a0 "):
        runs.add_folded(words, False)
    runs.add("\n", False)
    runs.add_folded(" again", False)
    assert runs.text == "We never wait\u00a0 \nagain"


def test_pieces_become_blocks_and_line_breaks_part_them() -> None:
    builder = TextBuilder()
    pieces: list[Piece] = [
        (Runs([("I:", True), (" So?\nR: Yes.", False)]), "paragraph"),
        (Runs([("Data", True)]), "heading"),
        ([["Topic", "Said by", "Votes"], ["Money", "all", "3"]], "row"),
    ]
    add_pieces(pieces, builder)
    assert [(b.style, b.bold, builder.text[b.start : b.end]) for b in builder.blocks] == [
        ("paragraph", 2, "I: So?"),
        ("paragraph", 0, "R: Yes."),
        ("heading", 0, "Data"),
        ("row", 0, "Topic | Said by | Votes"),
        ("row", 0, "Money | all | 3"),
    ]
