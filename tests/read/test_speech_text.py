"""Text files of meeting and speech programs."""

from pathlib import Path

import pytest

from qualcode.model import Document
from qualcode.read.layout import Parsed
from qualcode.read.plain import parse_plain
from qualcode.read.speech_text import parse_text
from qualcode.segment import segment_document

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / ".." / "shared" / "samples"


def _parse(text: str) -> Parsed:
    return parse_text(text.encode(), format="txt", file="a.txt")


def _spoken(parsed: Parsed) -> list[tuple[str | None, str | None, str]]:
    return [(b.speaker, b.time, parsed.text[b.start : b.end]) for b in parsed.blocks]


OTTER = """Visit in Sofia
Tue, Mar 5, 2024 10:02AM • 45:12

SPEAKERS
Ana Ruiz, Speaker 2

Ana Ruiz  0:03{blanks}
What hinders you most?

Speaker 2  0:12{blanks}
We have no money.
And note: no people.

Speaker 2  0:40
The law is unclear.

Ana Ruiz  1:02:09
Thank you.

Transcribed by https://otter.ai
""".format(blanks="  ")


def test_otter() -> None:
    parsed = _parse(OTTER)
    assert _spoken(parsed)[4:] == [
        ("Ana Ruiz", "0:03", "What hinders you most?"),
        ("Speaker 2", "0:12", "We have no money."),
        ("Speaker 2", "0:12", "And note: no people."),
        ("Speaker 2", "0:40", "The law is unclear."),
        ("Ana Ruiz", "1:02:09", "Thank you."),
    ]
    assert {block.style for block in parsed.blocks[:4]} == {"header"}
    assert parsed.left_out == ('1 line "Transcribed by ..."',)
    assert parsed.read_as == ("speech: Otter or Teams (name and time above the words)",)
    turns = segment_document(Document("a.txt", parsed.text, parsed.blocks)).turns
    assert [(turn.role, turn.speaker, turn.time) for turn in turns] == [
        ("note", None, None),
        ("interviewer", "Ana Ruiz", "0:03"),
        ("respondent", "Speaker 2", "0:12"),
        ("interviewer", "Ana Ruiz", "1:02:09"),
    ]


def test_teams_with_times_then_names() -> None:
    parsed = _parse(
        "0:0:3.120 --> 0:0:6.90\nAna Ruiz\nSo what is it\n\n0:0:6.120 --> 0:0:9.90\nAna Ruiz\nthat hinders you?\n"
        "0:0:9.120 --> 0:0:19.90\nBo Ek\nThe law.\nMostly.\n\n0:1:0.0 --> 0:1:2.5\nAna Ruiz\nI see.\n"
    )
    assert _spoken(parsed) == [
        ("Ana Ruiz", "0:0:3.120", "So what is it"),
        ("Ana Ruiz", "0:0:6.120", "that hinders you?"),
        ("Bo Ek", "0:0:9.120", "The law."),
        ("Bo Ek", "0:0:9.120", "Mostly."),
        ("Ana Ruiz", "0:1:0.0", "I see."),
    ]
    transcript = segment_document(Document("a.txt", parsed.text, parsed.blocks))
    assert [turn.speaker for turn in transcript.turns] == ["Ana Ruiz", "Bo Ek", "Ana Ruiz"]
    assert transcript.segments[0].text == "So what is it\nthat hinders you?"


def test_zoom_captions() -> None:
    parsed = _parse(
        "[Ana Ruiz] 10:02:11\nHow is it?\n[Bo Ek] 10:02:15\nSlow and\n[Bo Ek] 10:02:19\nbad.\n\n[Bo Ek] 10:03:00\nYes."
    )
    assert _spoken(parsed) == [
        ("Ana Ruiz", "10:02:11", "How is it?"),
        ("Bo Ek", "10:02:15", "Slow and"),
        ("Bo Ek", "10:02:19", "bad."),
        ("Bo Ek", "10:03:00", "Yes."),
    ]


def test_chat_of_zoom_old_and_new() -> None:
    parsed = _parse(
        "10:02:11\t From  Ana Ruiz  to  Everyone : How is it?\n"
        "10:03:01 From Bo Ek to Ana Ruiz(Direct Message): Bad: no law.\n"
        "10:03:40\t From Cy to Everyone:\n\tNo money.\n\tNone.\n"
    )
    assert _spoken(parsed) == [
        ("Ana Ruiz", "10:02:11", "How is it?"),
        ("Bo Ek", "10:03:01", "Bad: no law."),
        ("Cy", "10:03:40", "No money."),
        ("Cy", "10:03:40", "None."),
    ]
    assert parsed.read_as == ("speech: chat of Zoom",)


@pytest.mark.parametrize(
    "text",
    [
        "Ana  0:03\nYes.\n\nBo  0:12\nNo.\n",  # two are too few
        "Ana  0:30\nA.\n\nBo  0:20\nB.\n\nAna  0:10\nC.\n\nBo  0:00\nD.\n",  # times that run back
        "Bus  7:03\nTram  7:12\nTrain  8:30\nBoat  9:15\n",  # a timetable: nobody's words below
        "Ana  0:03\nA.\n\nBo  0:12\nB.\n\nCy  0:30\nC.\n\nDi  0:40\nD.\n",  # every name once
        "---\nregion: Sofia\n---\n" + OTTER,  # front matter
        "\n".join(f"line {at} of a text" for at in range(20)) + "\n" + OTTER,  # long after the top
    ],
)
def test_what_is_not_certain_is_read_as_plain_text(text: str) -> None:
    assert _parse(text) == parse_plain(text.encode(), format="txt", file="a.txt")


@pytest.mark.parametrize("folder", [ROOT / "transcripts_sample", SAMPLES / "codereview"])
def test_real_transcripts_are_read_as_before(folder: Path) -> None:
    if not folder.is_dir():
        pytest.skip(f"needs {folder.name}")
    for path in folder.glob("*.txt"):
        raw = path.read_bytes()
        assert parse_text(raw, format="txt", file="a.txt") == parse_plain(raw, format="txt", file="a.txt"), path.name


def test_a_long_line_without_end_takes_no_long_time() -> None:
    text = "word " * 200_000
    assert _parse(text).blocks[0].end == len(text) - 1
