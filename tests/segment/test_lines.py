"""Header, headings and cast."""

from qualcode.model import Block, BlockStyle, Document
from qualcode.segment.lines import mark_headings, read_cast, read_lines


def _document(*lines: str, style: BlockStyle = "line") -> Document:
    text = "\n".join(lines)
    blocks = []
    start = 0
    for line in lines:
        if line.strip():
            words = line.removeprefix("- ")
            at = start + len(line) - len(words)
            blocks.append(Block(at, start + len(line), "bullet" if line.startswith("- ") else style))
        start += len(line) + 1
    return Document("a.txt", text, tuple(blocks))


def _matter(*lines: str, style: BlockStyle = "line") -> list[str]:
    found = read_lines(_document(*lines, style=style))
    for line in found:  # as if every label were believed that is a plain name
        if line.label and line.label.name not in ("I", "R", "Interviewer", "Respondent", "Facilitator"):
            line.label = None
    mark_headings(found)
    return [line.matter for line in found]


def test_practical_header_with_a_title_and_a_cast() -> None:
    lines = ("Crete - an interview", "Date: 4 February", "Respondent: academia, biology", "", "I: So?", "R: Yes.")
    assert _matter(*lines) == ["header"] * 3 + ["talk"] * 2


def test_header_and_talk_without_a_blank_line_between() -> None:
    lines = ("Date: 4 February", "Interviewer: Hello, how are you?", "Respondent: Fine.", "Interviewer: Good.")
    assert _matter(*lines) == ["header", "talk", "talk", "talk"]


def test_unpunctuated_talk_is_no_header() -> None:
    lines = (
        "so hello everybody",
        "Interviewer: how are you",
        "Respondent: fine",
        "Interviewer: good",
        "Respondent: yes",
    )
    assert _matter(*lines) == ["talk"] * 5


def test_practical_words_in_mid_speech_are_talk() -> None:
    assert _matter("I: So?", "R: We met.", "Date: we had none.", "Place: neither.") == ["talk"] * 4


def test_cast_of_the_header() -> None:
    cast = read_cast(
        read_lines(
            _document(
                "Interview 4",
                "Moderator: Elena",
                "Present: MK (asks the questions), DP (professor, genetics)",
                "Participants: interviewer (Q), chief officer of a company (A); Wout Jansen (biotech)",
                "Note taker: Matteo",
            )
        )
    )
    assert cast == {
        "elena": "facilitator",
        "mk": "interviewer",
        "dp": "respondent",
        "q": "interviewer",
        "a": "respondent",
        "wout jansen": "respondent",
        "matteo": "note",
    }


def test_headings_of_plain_text() -> None:
    lines = (
        "CONTEXT",
        "- One thing was said.",
        "",
        "Table 2: Data",
        "- It is slow.",
        "",
        "Closing words",
        "",
        "I: So?",
    )
    assert _matter(*lines) == ["heading", "talk", "heading", "talk", "heading", "talk"]


def test_sentences_and_stage_directions_are_no_headings() -> None:
    lines = ("I: So it is?", "", "It got a laugh.", "", "[They laugh]", "", "YES.", "", "I: And then?")
    assert _matter(*lines) == ["talk"] * 5


def test_short_lines_of_unpunctuated_talk_are_no_headings() -> None:
    lines = (
        "I: so how is it there",
        "",
        "R: it is not so good",
        "",
        "Four kilos",
        "",
        "I: and why is that so",
        "",
        "R: money I think so",
    )
    assert _matter(*lines) == ["talk"] * 5
