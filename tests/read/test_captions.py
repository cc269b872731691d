"""Subtitle files."""

import re
from pathlib import Path

import pytest

from qualcode.errors import ReadError
from qualcode.model import Document
from qualcode.read.captions import parse_captions
from qualcode.read.layout import Parsed
from qualcode.segment import segment_document

SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "samples"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared/samples")


def _parse(text: str, format: str = "vtt") -> Parsed:  # noqa: A002
    return parse_captions(text.encode(), format=format, file=f"a.{format}")


def _cues(parsed: Parsed) -> list[tuple[str | None, str | None, str]]:
    return [(b.speaker, b.time, parsed.text[b.start : b.end]) for b in parsed.blocks]


VTT = """WEBVTT Kind: captions
Language: en

STYLE
::cue { color: red }

NOTE a remark

intro
00:00:01.000 --> 00:00:02.000 align:start
<v.loud Anna Berg>Hello
<i>there</i>, how <00:00:01.500><c.x>are</c> you?</v>

02:03.000 --> 02:04.000
<v Bo>5 &lt; 6 &amp; 7 <b>yes</b></v> <v Anna Berg>No.
"""


def test_voices_times_and_tags() -> None:
    parsed = _parse(VTT)
    assert _cues(parsed) == [
        ("Anna Berg", "00:00:01.000", "Hello there, how are you?"),
        ("Bo", "02:03.000", "5 < 6 & 7 yes"),
        ("Anna Berg", "02:03.000", "No."),
    ]
    assert parsed.text == "Hello there, how are you?\n5 < 6 & 7 yes\nNo."
    assert parsed.left_out == ("1 STYLE block", "1 NOTE block")


def test_srt_keeps_labels_and_joins_lines_by_a_blank() -> None:
    first = "1\n00:00:01,000 --> 00:00:02,000\nInterviewer: So,\nhow is it?\n\n"
    source = first + "2\n00:00:02,000 --> 00:00:03,000\n{\\an8}Bad &amp; slow, 3 --> 5\n2015\n"
    parsed = _parse(source, "srt")
    assert [words for _, _, words in _cues(parsed)] == ["Interviewer: So, how is it?", "Bad &amp; slow, 3 --> 5 2015"]


def test_line_with_another_label_begins_a_block() -> None:
    parsed = _parse("1\n00:00:01,000 --> 00:00:02,000\nAnna: Yes.\nBo: No.\n", "srt")
    assert [words for _, _, words in _cues(parsed)] == ["Anna: Yes.", "Bo: No."]


def test_bad_timing_keeps_its_words_and_is_counted() -> None:
    parsed = _parse("WEBVTT\n\n00:01 --> 00:02\nfirst\n\n00:00:03.000 --> 00:00:04.000\n\nsecond after a blank\n")
    assert [words for _, _, words in _cues(parsed)] == ["first", "second after a blank"]
    assert parsed.left_out == ("1 bad timing (the words are kept)",)


def test_cues_without_blank_lines_between() -> None:
    parsed = _parse("1\n00:00:01,000 --> 00:00:02,000\none\n2\n00:00:02,000 --> 00:00:03,000\ntwo", "srt")
    assert [words for _, _, words in _cues(parsed)] == ["one", "two"]


def test_rolling_captions_lose_their_repeats_only() -> None:
    cue = "00:00:0{0}.000 --> 00:00:0{1}.000\n{2}\n\n"
    lines = ["one\ntwo", "two\nthree", "three\nfour"]
    parsed = _parse("WEBVTT\n\n" + "".join(cue.format(i, i + 1, line) for i, line in enumerate(lines)))
    assert parsed.text == "one two\nthree\nfour"
    assert parsed.left_out == ("2 repeated lines of rolling captions",)


def test_two_people_who_say_the_same_both_stay() -> None:
    source = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>Yes.\n\n00:02.000 --> 00:03.000\n<v B>Yes.\n"
    assert _cues(_parse(source)) == [("A", "00:01.000", "Yes."), ("B", "00:02.000", "Yes.")]


def test_file_without_words_is_refused() -> None:
    with pytest.raises(ReadError, match="no cue holds words"):
        _parse("WEBVTT\n\n00:01.000 --> 00:02.000\n<c></c>\n")


@needs_samples
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("webvttpy_cue_tags.vtt", "When the moon hits your eye\nLike a big-a pizza pie\nThat's amore"),
        ("webvttpy_invalid_timeframe_in_cue_text.vtt", "Caption text #1\nCaption text #2\nCaption text #3"),
        ("webvttpy_youtube_dl.vtt", "yeah\nwhat\nthis will happen is I'm telling"),
    ],
)
def test_real_files(name: str, text: str) -> None:
    assert parse_captions((SAMPLES / "vtt" / name).read_bytes(), format="vtt", file=name).text == text


@needs_samples
def test_real_vtt_and_srt_hold_every_word() -> None:
    folder = SAMPLES / "oralhistory"
    vtt = (folder / "wrigley_voice.vtt").read_bytes()
    parsed = parse_captions(vtt, format="vtt", file="a.vtt")
    expected = re.sub(r"<[^>]*>", "", "\n".join(vtt.decode().split("\n")[4:]))
    expected = re.sub(r"(?m)^\d+\n[\d:. >-]+$", "", expected)
    assert parsed.text.split() == expected.split()
    srt = (folder / "wrigley_speakers_crlf_cp1252.srt").read_bytes()
    labelled = parse_captions(srt, format="srt", file="a.srt").text
    assert re.sub(r"(?m)^(DB|RW|Unknown|Devin Becker|Robert Wrigley): ", "", labelled) == parsed.text


def test_automatic_captions_that_hold_a_line_while_the_next_rolls_in_are_not_doubled() -> None:
    """The pattern of automatic captions: a blank first, then old line and new one, between them the old one alone."""
    source = (
        "WEBVTT\nKind: captions\n\n"
        "00:00:00.000 --> 00:00:02.000 align:start\n \nhello<00:00:01.000><c> world</c>\n\n"
        "00:00:02.000 --> 00:00:02.010 align:start\nhello world\n \n\n"
        "00:00:02.010 --> 00:00:04.000 align:start\nhello world\nhow<00:00:03.000><c> are</c>\n\n"
        "00:00:04.000 --> 00:00:04.010 align:start\nhow are\n \n\n"
        "00:00:04.010 --> 00:00:06.000 align:start\nhow are\nyou<00:00:05.000><c> today</c>\n"
    )
    parsed = _parse(source)
    assert parsed.text == "hello world\nhow are\nyou today"
    assert parsed.left_out == ("4 repeated lines of rolling captions",)
    assert [time for _, time, _ in _cues(parsed)] == ["00:00:00.000", "00:00:02.010", "00:00:04.010"]


def test_a_timing_that_ends_before_it_begins_is_said() -> None:
    parsed = _parse("WEBVTT\n\n00:00:09.000 --> 00:00:08.000\nfirst\n\n00:00:10.000 --> 00:00:12.000\nsecond\n")
    assert parsed.text == "first\nsecond"
    assert parsed.left_out == ("1 timing that ends before it begins (kept)",)


ZOOM = """WEBVTT

1
00:00:01.000 --> 00:00:02.000
Ana Ruiz: So how is

2
00:00:02.000 --> 00:00:03.000
Ana Ruiz: it?

3
00:00:03.000 --> 00:00:04.000
Bo Ek: We have a problem: money

4
00:00:04.000 --> 00:00:05.000
Bo Ek: and people.

5
00:00:05.000 --> 00:00:06.000
and time.
"""


@pytest.mark.parametrize("format", ["vtt", "srt"])
def test_names_before_nearly_every_cue_are_speakers_and_their_sentences_run_on(format: str) -> None:  # noqa: A002
    parsed = _parse(ZOOM if format == "vtt" else ZOOM.removeprefix("WEBVTT\n\n").replace(".000", ",000"), format)
    stamp = "00:00:0{}.000" if format == "vtt" else "00:00:0{},000"
    assert _cues(parsed) == [
        ("Ana Ruiz", stamp.format(1), "So how is"),
        ("Ana Ruiz", stamp.format(2), "it?"),
        ("Bo Ek", stamp.format(3), "We have a problem: money"),
        ("Bo Ek", stamp.format(4), "and people."),
        (None, stamp.format(5), "and time."),
    ]
    assert parsed.read_as == ("captions: each begins with a name (Zoom)",)
    transcript = segment_document(Document("a.vtt", parsed.text, parsed.blocks))
    assert [(turn.speaker, turn.time) for turn in transcript.turns] == [
        ("Ana Ruiz", stamp.format(1)),
        ("Bo Ek", stamp.format(3)),
    ]
    assert transcript.segments[0].text == "So how is\nit?"


def test_names_that_nobody_repeats_stay_in_the_words() -> None:
    source = "1\n00:00:01,000 --> 00:00:02,000\nFirst: money.\n\n2\n00:00:02,000 --> 00:00:03,000\nSecond: people.\n"
    assert _parse(source, "srt").text == "First: money.\nSecond: people."


def test_voices_of_teams_join_into_turns() -> None:
    cue = "e{0}/9-0\n00:00:0{0}.000 --> 00:00:0{1}.000\n<v Ana Ruiz>{2}</v>\n\n"
    parsed = _parse("WEBVTT\n\n" + cue.format(1, 2, "So how") + cue.format(2, 3, "is it?"))
    (turn,) = segment_document(Document("a.vtt", parsed.text, parsed.blocks)).turns
    assert (parsed.text[turn.start : turn.end], turn.time) == ("So how\nis it?", "00:00:01.000")
