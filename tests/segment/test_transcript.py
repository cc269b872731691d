"""Documents to transcripts, through real files."""

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.model import Transcript, count_words
from qualcode.read import read_document
from qualcode.segment import describe_speakers, segment_document, segment_passage

SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "samples"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared/samples")


def check(transcript: Transcript) -> None:
    """The promises about offsets that hold for every transcript."""
    text = transcript.document.text
    covered: set[int] = set()
    for position, segment in enumerate(transcript.segments):
        turn = transcript.turns[segment.turn]
        assert segment.position == position
        assert text[segment.start : segment.end] == segment.text == segment.text.strip() != ""
        assert turn.start <= segment.start < segment.end <= turn.end
        assert segment.words == count_words(segment.text)
        covered.update(range(segment.start, segment.end))
    for before, after in zip(transcript.segments, transcript.segments[1:], strict=False):
        assert before.end <= after.start
        assert before.turn <= after.turn
    for position, turn in enumerate(transcript.turns):
        assert turn.position == position
        assert all(at in covered or text[at].isspace() for at in range(turn.start, turn.end))


def _lost_words(transcript: Transcript) -> int:
    """Words of the text that are in no segment and in no label or time before a turn."""
    return count_words(transcript.document.text) - sum(segment.words for segment in transcript.segments)


snippets = st.sampled_from(
    [
        "Interviewer: ", "R1: ", "[00:01:02] I: ", "Anna Berg 0:05",
        "- ", "1. ", "# Data", "**Bo:** ", "Date: today", "Note: ",
        "We have no people. ", "Е, няма пари! ", "Τι κάνεις; ", "Trūksta žmonių… ", "cafe\u0301 👩‍🔬 ",
        "Dr. J. Smith ", "[laughs] ",
        "(pause)", "1.9 million", "\n", "\n\n", "\r\n", "\t", "\u00a0", "“Yes?” ", "---",
        "END", "Table 2: data", "e.g. ",
    ]
)  # fmt: skip


@settings(deadline=None)
@given(
    st.lists(snippets, min_size=1, max_size=30), st.sampled_from(["txt", "md"]), st.sampled_from(["utf-8", "utf-16"])
)
def test_offsets_hold_for_any_text_through_a_real_file(parts: list[str], ending: str, encoding: str) -> None:
    source = "x " + "".join(parts)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"a.{ending}"
        file.write_bytes(source.encode(encoding))
        document = read_document(file, name="a")
    assert document.text == source.replace("\r\n", "\n")
    check(segment_document(document))


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_passage_keeps_every_character(text: str) -> None:
    transcript = segment_passage(text)
    check(transcript)
    assert "".join("".join(segment.text.split()) for segment in transcript.segments) == "".join(
        transcript.document.text.split()
    )


def test_passage_is_one_respondent_turn_without_labels() -> None:
    transcript = segment_passage("Interviewer: no.\r\nYes.", name="t")
    assert [(turn.speaker, turn.role) for turn in transcript.turns] == [(None, "respondent")]
    assert [segment.text for segment in transcript.segments] == ["Interviewer: no.", "Yes."]
    assert segment_passage(" \n").segments == ()


def _segment(name: str) -> Transcript:
    transcript = segment_document(read_document(SAMPLES / name, name=name))
    check(transcript)
    assert "\ufffd" not in transcript.document.text
    return transcript


@needs_samples
@pytest.mark.parametrize("name", ["wrigley_tagged.csv", "wrigley_voice.vtt", "wrigley_speakers_crlf_cp1252.srt"])
def test_real_oral_history_has_the_right_roles_and_every_word(name: str) -> None:
    transcript = _segment(f"oralhistory/{name}")
    roles = {summary.speaker: summary.role for summary in describe_speakers(transcript)}
    expected = {"Devin Becker": "interviewer", "DB": "interviewer", "Robert Wrigley": "respondent", "RW": "respondent"}
    assert {who: role for who, role in roles.items() if who in expected} == expected
    labels = "".join(re.findall(r"(?m)^(?:DB|RW|Unknown|Devin Becker|Robert Wrigley): ", transcript.document.text))
    assert _lost_words(transcript) == (count_words(labels) if name.endswith("srt") else 0)
    assert "words—the lesser" in transcript.document.text or name.endswith("csv")


@needs_samples
def test_real_observation_notes_and_interview() -> None:
    transcript = _segment("codereview/P5R1.txt")
    assert [(s.speaker, s.role) for s in describe_speakers(transcript)] == [
        (None, "heading"),
        (None, "respondent"),
        ("I", "interviewer"),
        ("P5", "respondent"),
    ]
    headings = [s.text for s in transcript.segments if transcript.turns[s.turn].role == "heading"]
    assert headings == ["REVIEW TYPE AND GOAL", "CONTEXT", "TRANSCRIPT", "GENERAL STRATEGY", "NOTES", "INTERVIEW"]
    labels_and_timing = 12 + count_words("171\n00:22:53.120 --> 00:23:07.630")
    assert _lost_words(transcript) == labels_and_timing


@needs_samples
@pytest.mark.parametrize(
    "name",
    ["greek_ud_gud.txt", "greek_nfd.txt", "greek_cp1253.txt", "lithuanian_ud_alksnis.txt", "lithuanian_cp1257.txt"],
)
def test_real_sentence_lists_keep_their_sentences(name: str) -> None:
    transcript = _segment(f"languages/{name}")
    assert _lost_words(transcript) == 0
    lines = [line for line in transcript.document.text.split("\n") if line.strip()]
    assert len(transcript.segments) >= 0.95 * len(lines)


@needs_samples
@pytest.mark.parametrize(
    "name", ["docx/mammoth_footnotes.docx", "docx/mammoth_utf8-bom.docx", "vtt/webvttpy_cue_tags.vtt"]
)
def test_real_small_files(name: str) -> None:
    assert _lost_words(_segment(name)) == 0
