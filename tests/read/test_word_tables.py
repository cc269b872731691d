"""Tables in Word documents."""

from qualcode.read.layout import TextBuilder
from qualcode.read.word_tables import add_table


def _blocks(grid: list[list[str]]) -> list[tuple[str, str | None, str | None, str]]:
    builder = TextBuilder()
    add_table(grid, builder)
    return [(b.style, b.speaker, b.time, builder.text[b.start : b.end]) for b in builder.blocks]


def test_practical_table_is_header() -> None:
    grid = [["Interview no.", "BW-01"], ["Date", "14 January"], ["Role of respondent", "Head of a\nlaboratory"]]
    assert _blocks(grid) == [
        ("header", None, None, "Interview no. | BW-01"),
        ("header", None, None, "Date | 14 January"),
        ("header", None, None, "Role of respondent | Head of a laboratory"),
    ]


def test_transcript_table_gives_speakers_and_times() -> None:
    grid = [["Time", "Speaker", "Text"], ["0:05", "I:", "So?"], ["0:09", "R", "Yes.\nNo."], ["", "", "And more."]]
    assert _blocks(grid) == [
        ("header", None, None, "Time | Speaker | Text"),
        ("row", "I", "0:05", "So?"),
        ("row", "R", "0:09", "Yes."),
        ("row", "R", "0:09", "No."),
        ("row", None, None, "And more."),
    ]


def test_transcript_table_without_headers_is_known_by_its_returning_names() -> None:
    grid = [["Anna", "How do you see the region?"], ["Bo", "Well, badly."], ["Anna", "Why is that so?"], ["Bo", "No."]]
    assert [(style, who) for style, who, _, _ in _blocks(grid)] == [("row", "Anna"), ("row", "Bo")] * 2


def test_other_tables_are_rows() -> None:
    assert _blocks([["Topic", "Said by", "Votes"], ["Money", "all", "3"], ["", "", ""]]) == [
        ("row", None, None, "Topic | Said by | Votes"),
        ("row", None, None, "Money | all | 3"),
    ]
