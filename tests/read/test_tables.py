"""Tables of talk."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.errors import ReadError
from qualcode.model import Attributes, Document
from qualcode.read.layout import Parsed
from qualcode.read.tables import parse_table
from qualcode.segment import segment_document

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


# --- a row is a respondent ----------------------------------------------------------------------

SURVEY = """ID;Region;Age;What hinders you?;What would help?
p1;Sofia;34;No money, no people.;"A clear law,
soon"
p2;Sofia;54;Nobody knows. Do you?;
"""


def _talk(parsed: Parsed) -> list[tuple[str, str | None, str, str]]:
    """Role, speaker, words and question of every turn."""
    document = Document("a.csv", parsed.text, parsed.blocks)
    transcript = segment_document(document)
    return [
        (turn.role, turn.speaker, parsed.text[turn.start : turn.end], transcript.question_before(turn.position))
        for turn in transcript.turns
    ]


def test_each_answer_stands_under_its_question_and_is_a_respondent_s() -> None:
    parsed = _parse(SURVEY)
    assert _talk(parsed) == [
        ("heading", None, "What hinders you?", ""),
        ("respondent", "p1 (respondent)", "No money, no people.", "What hinders you?"),
        ("heading", None, "What would help?", "What hinders you?"),
        ("respondent", "p1 (respondent)", "A clear law,\nsoon", "What would help?"),
        ("heading", None, "What hinders you?", "What would help?"),
        ("respondent", "p2 (respondent)", "Nobody knows. Do you?", "What hinders you?"),
    ]
    assert parsed.left_out == ("1 empty answer", "columns not read: Age")
    assert parsed.read_as == (
        "table: a row is a respondent, the headers are what was asked",
        "columns: text = What hinders you? + What would help? (guessed), speaker = ID (guessed)",
    )


def test_respondents_without_a_name_are_numbered_by_row() -> None:
    parsed = _parse("What hinders you?,What helps you?\n,A good law\nNo money,\n")
    assert [(b.speaker, parsed.text[b.start : b.end]) for b in parsed.blocks if b.style == "row"] == [
        ("Respondent 1", "A good law"),
        ("Respondent 2", "No money"),
    ]


def test_a_role_that_is_chosen_stands_beside_the_name() -> None:
    raw = b"ID,Job,A,B\np1,nurse,Yes.,No.\n,driver,Well.,\n"
    parsed = parse_table(raw, format="csv", file="a.csv", columns={"text": "A+B", "speaker": "ID", "role": "Job"})
    assert [block.speaker for block in parsed.blocks if block.style == "row"] == [
        "p1 (nurse)",
        "p1 (nurse)",
        "Respondent 2 (driver)",
    ]


def test_somebody_who_asks_back_in_a_survey_stays_a_respondent() -> None:
    rows = "".join(f"I{at},Why do you ask that?,Is it not clear to you?\n" for at in (1, 2, 3))
    parsed = _parse(f"ID,What hinders you?,What helps?\n{rows}")
    assert {role for role, speaker, *_ in _talk(parsed) if speaker} == {"respondent"}


def test_attributes_come_from_columns_that_say_the_same_in_every_row() -> None:
    assert _parse(SURVEY).attributes == Attributes(region="Sofia")
    parsed = _parse("speaker,text,region,date,kind\nA,Yes.,Sofia,1.3.2025,talk\nB,No.,Crete,1.3.2025,talk\n")
    assert parsed.attributes == Attributes(date="2025-03-01")
    assert parsed.left_out == (
        "columns not read: region, kind",
        "region by row (2 values): a document has one, so save one table for each",
    )


def test_columns_are_read_as_given() -> None:
    raw = SURVEY.encode()
    given = {"text": "What would help?+Age", "speaker": "Region", "sheet": "no matter in csv"}
    parsed = parse_table(raw, format="csv", file="a.csv", columns=given)
    assert [parsed.text[b.start : b.end] for b in parsed.blocks][:4] == [
        "What would help?",
        "A clear law,\nsoon",
        "Age",
        "34",
    ]
    assert parsed.read_as[1] == "columns: text = What would help? + Age, speaker = Region"
    assert parsed.left_out == ("1 empty answer", "columns not read: ID, What hinders you?")
    with pytest.raises(ReadError, match=r'a\.csv: has no column "Ager"\. Did you mean "Age"'):
        parse_table(raw, format="csv", file="a.csv", columns={"text": "Ager"})


def test_several_texts_of_a_table_without_headers_are_one_turn() -> None:
    raw = b"R,Badly.,No staff.\nR,Well.,\n"
    parsed = parse_table(raw, format="csv", file="a.csv", columns={"text": "column 2+column 3", "speaker": "column 1"})
    assert _rows(parsed) == [("R", None, "Badly.\nNo staff."), ("R", None, "Well.")]


def test_titles_above_the_headers_are_taken_off_and_counted() -> None:
    parsed = _parse("Interview 3,,\n,,\nspeaker,text,\nI,So?,\nR,Yes.,\n")
    assert _rows(parsed) == [("I", None, "So?"), ("R", None, "Yes.")]
    assert parsed.left_out == ("1 row above the headers",)


def test_a_row_of_one_cell_is_no_title_where_there_are_no_headers() -> None:
    parsed = _parse(",Let us begin.\nI,How is it?\nR,Badly.\nI,Why?\nR,No staff.\nI,Oh?\n")
    assert _rows(parsed)[:2] == [(None, None, "Let us begin."), ("I", None, "How is it?")]


def test_a_survey_of_qualtrics_has_its_questions_in_the_second_row() -> None:
    ids = '"{""ImportId"":""recordId""}","{""ImportId"":""QID1_TEXT""}"'
    parsed = _parse(f"ResponseId,Q1\nResponse ID,What hinders you most?\n{ids}\nR_1,No people.\nR_2,No money.\n")
    assert _rows(parsed)[:2] == [(None, None, "What hinders you most?"), ("R_1 (respondent)", None, "No people.")]
    assert parsed.left_out == ("2 rows of column ids",)


def test_how_a_table_of_turns_was_read_is_told() -> None:
    assert _parse("Wer,Antwort\nI,So?\n").read_as == (
        "table: a row is a turn",
        "columns: text = Antwort (guessed), speaker = Wer (guessed)",
    )


_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), min_size=1).filter(str.strip)


@given(st.lists(st.tuples(_WORDS, st.lists(_WORDS, min_size=2, max_size=2)), min_size=1, max_size=5))
def test_no_answer_is_lost_or_changed(people: list[tuple[str, list[str]]]) -> None:
    written = StringIO()
    csv.writer(written, delimiter="\t").writerows([("ID", "A", "B"), *((name, *answers) for name, answers in people)])
    given = {"text": "A+B", "speaker": "ID"}
    parsed = parse_table(written.getvalue().encode(), format="tsv", file="a.tsv", columns=given)
    answers = [parsed.text[b.start : b.end] for b in parsed.blocks if b.style == "row"]
    assert answers == [words.strip() for _, own in people for words in own]
