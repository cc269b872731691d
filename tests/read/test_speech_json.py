"""JSON of speech recognition."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.errors import ReadError
from qualcode.model import Document
from qualcode.read.layout import Parsed
from qualcode.read.speech_json import parse_speech_json
from qualcode.segment import segment_document


def _parse(tree: Any) -> Parsed:
    raw = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
    return parse_speech_json(raw, format="json", file="a.json")


def _spoken(parsed: Parsed) -> list[tuple[str | None, str | None, str]]:
    return [(b.speaker, b.time, parsed.text[b.start : b.end]) for b in parsed.blocks]


def test_whisper_has_times_and_no_speakers() -> None:
    parsed = _parse(
        {
            "text": " So. Yes.",
            "segments": [
                {"id": 0, "seek": 0, "start": 0.0, "end": 3.2, "text": " So.", "tokens": [1]},
                {"id": 1, "start": 3663.4204, "end": 3664, "text": " Yes.\n"},
                {"id": 2, "start": 3700, "text": " "},
            ],
            "language": "en",
        }
    )
    assert _spoken(parsed) == [(None, "00:00:00.000", "So."), (None, "01:01:03.420", "Yes.")]
    assert parsed.text == "So.\nYes."
    assert parsed.left_out == ("1 segment without words",)
    assert parsed.read_as == ("speech: segments of Whisper or WhisperX",)


def test_segments_of_one_speaker_are_one_turn_and_sentences_run_on() -> None:
    parsed = _parse(
        {
            "segments": [
                {"start": 0.5, "end": 2, "text": "What hinders", "speaker": "SPEAKER_00"},
                {"start": 2.5, "end": 3, "text": "you?", "speaker": "SPEAKER_00"},
                {"start": 3.5, "end": 9, "text": "No money.", "speaker": "SPEAKER_01"},
            ]
        }
    )
    transcript = segment_document(Document("a.json", parsed.text, parsed.blocks))
    assert [(t.speaker, t.role, t.time) for t in transcript.turns] == [
        ("SPEAKER_00", "interviewer", "00:00:00.500"),
        ("SPEAKER_01", "respondent", "00:00:03.500"),
    ]
    assert [s.text for s in transcript.segments] == ["What hinders\nyou?", "No money."]


def test_whisperx_speakers_of_words_fill_in_and_what_is_unclear_is_counted() -> None:
    words = [
        {"word": "No", "speaker": "B"},
        {"word": "money", "speaker": "B"},
        {"word": "oh", "speaker": "A"},
        {"word": "5"},
    ]
    parsed = _parse(
        {
            "segments": [
                {"start": 1, "text": "So?", "speaker": "A", "words": []},
                {"start": float("nan"), "text": "No money. Oh. 5", "words": words},
                {"text": "Mm."},
            ]
        }
    )
    assert _spoken(parsed) == [("A", "00:00:01.000", "So?"), ("B", None, "No money. Oh. 5"), ("Unknown", None, "Mm.")]
    assert parsed.left_out == (
        "1 segment that holds words of a second speaker (kept with the first)",
        '1 segment without a speaker (spoken by "Unknown")',
    )


@pytest.mark.parametrize(
    ("tree", "spoken", "called"),
    [
        (
            {"systeminfo": "", "transcription": [{"timestamps": {"from": "00:00:01,000", "to": "x"}, "text": " Hi."}]},
            (None, "00:00:01,000", "Hi."),
            "segments of whisper.cpp",
        ),
        (
            {"text": "Hi.", "chunks": [{"timestamp": [1.5, None], "text": " Hi."}]},
            (None, "00:00:01.500", "Hi."),
            "chunks",
        ),
        ([{"speaker": 1, "text": "Hi.", "start": "0:03"}], ("Speaker 1", "0:03", "Hi."), "a list of segments"),
        ({"text": "Hi.", "language": "en"}, (None, None, "Hi."), "the text of Whisper, without times"),
    ],
)
def test_other_shapes(tree: Any, spoken: tuple[str | None, str | None, str], called: str) -> None:
    parsed = _parse(tree)
    assert _spoken(parsed) == [spoken]
    assert called in parsed.read_as[0]


@pytest.mark.parametrize(
    ("tree", "found"),
    [
        ({"name": "x", "version": 1}, 'found an object with "name", "version". Read are'),
        ([], "found a list of 0. Read are"),
        ([1, 2], "found a list of 2, the first 1. Read are"),
        ([{"text": "no speaker and no time"}], 'found a list of 1, the first an object with "text". Read are'),
        ({"segments": [{"start": 1}]}, 'found an object with "segments"'),
        ("words", 'found "words"'),
        ({}, "found an object with nothing in it"),
    ],
)
def test_other_json_is_refused_with_what_was_found_and_what_is_read(tree: Any, found: str) -> None:
    with pytest.raises(ReadError) as caught:
        _parse(tree)
    assert found in str(caught.value)
    assert str(caught.value).startswith("a.json: is JSON, but no transcript: ")


def test_codings_that_qualcode_wrote_are_no_transcript() -> None:
    with pytest.raises(ReadError, match="no transcript"):
        _parse([{"document": "a", "speaker": "R", "text": "Yes.", "start": 3, "code_number": 1}])


@pytest.mark.parametrize("raw", [b'{"segments": [', b"[" * 100_000, b'{"segments": [{"text": ""}]}', b"\xff\xfe\x00"])
def test_damaged_or_empty_files_are_refused_by_name(raw: bytes) -> None:
    with pytest.raises(ReadError, match=r"a\.json"):
        _parse(raw)


def test_what_no_text_may_hold_is_replaced_and_counted() -> None:
    parsed = _parse(b'[{"text": "a\\u0000b \\ud83d c \\ud83d\\ude00", "speaker": "R\\ud800"}]')
    assert _spoken(parsed) == [("R\ufffd", None, "a\ufffdb \ufffd c 😀")]
    assert parsed.left_out == ("3 characters that no text may hold (shown as \ufffd)",)


_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("text", "speaker", "start", "words", "segments")), inner)
    ),
    max_leaves=8,
)


@given(_values)
def test_whatever_the_json_says_it_is_read_or_refused(tree: Any) -> None:
    try:
        parsed = _parse(tree)
    except ReadError:
        return
    parsed.text.encode()
    assert all(parsed.text[b.start : b.end].strip() for b in parsed.blocks)
