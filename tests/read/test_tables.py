"""Tables of talk."""

from pathlib import Path

import pytest

from qualcode.errors import ReadError
from qualcode.read.layout import Parsed
from qualcode.read.tables import parse_table

SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "samples"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared/samples")


def _parse(text: str) -> Parsed:
    return parse_table(text.encode(), format="csv", file="a.csv")


def _rows(parsed: Parsed) -> list[tuple[str | None, str | None, str]]:
    return [(b.speaker, b.time, parsed.text[b.start : b.end]) for b in parsed.blocks]


def test_columns_are_found_by_their_headers_in_any_order() -> None:
    parsed = _parse('Start,Words,Who,mood\n0:05,"Hello, you.",I:,calm\n0:09, Hi ,R,\n')
    assert _rows(parsed) == [("I", "0:05", "Hello, you."), ("R", "0:09", "Hi")]
    assert parsed.text == "Hello, you.\n Hi "
    assert parsed.left_out == ("columns not read: mood",)


def test_without_a_known_header_the_longest_column_is_the_text() -> None:
    assert _rows(_parse("id,note,q7\n1,x,We have no people at all\n2,y,Money\n")) == [
        (None, None, "We have no people at all"),
        (None, None, "Money"),
    ]


def test_table_without_headers() -> None:
    parsed = _parse("INT,How do you see it?\nDr. A,Badly.\nINT,Why?\nDr. A,No staff.\n")
    assert _rows(parsed)[:2] == [("INT", None, "How do you see it?"), ("Dr. A", None, "Badly.")]


def test_role_column_completes_or_replaces_the_speaker() -> None:
    assert _rows(_parse("role,name,text\ninterviewer,Anna,So?\nrespondent,Bo,Yes\n"))[0][0] == "Anna (interviewer)"
    assert _rows(_parse("role,text\ninterviewer,So?\n"))[0][0] == "interviewer"


def test_entities_stay_and_rows_without_words_are_counted() -> None:
    parsed = _parse('speaker,text\nR,a&#8212;b &amp; c\nI,\nI," "\n')
    assert _rows(parsed) == [("R", None, "a&#8212;b &amp; c")]
    assert parsed.left_out == ("2 HTML entities (kept as written)", "2 rows without words")


def test_row_with_too_many_cells_is_refused_with_its_line() -> None:
    with pytest.raises(ReadError, match=r"a.csv:3: the row has 3 cells under 2 headers"):
        _parse("speaker,text\nR,yes\nR,yes, but\n")


def test_blank_cells_at_the_end_do_no_harm() -> None:
    assert _rows(_parse("speaker,text\nR,yes,,\n")) == [("R", None, "yes")]


def test_table_without_words_is_refused() -> None:
    with pytest.raises(ReadError, match="holds no text under its headers"):
        _parse("speaker,text\nR,\n")


@needs_samples
def test_real_oral_history_table() -> None:
    raw = (SAMPLES / "oralhistory" / "wrigley_tagged.csv").read_bytes()
    parsed = parse_table(raw, format="csv", file="a.csv")
    assert len(parsed.blocks) == 235
    assert {b.speaker for b in parsed.blocks} == {"Devin Becker", "Robert Wrigley", "DB", "RW", None}
    assert "159 HTML entities (kept as written)" in parsed.left_out
    assert all(parsed.text[b.start : b.end].strip() == parsed.text[b.start : b.end] for b in parsed.blocks)


@pytest.mark.parametrize("header", ["document,text,code_number,code,probability", "code_number,code,share_documents"])
def test_a_table_that_qualcode_wrote_is_no_talk(header: str) -> None:
    raw = f"{header}\n{','.join('x' for _ in header.split(','))}\n".encode()
    with pytest.raises(ReadError, match="is a table that qualcode wrote, not notes"):
        parse_table(raw, format="csv", file="codings.csv")
