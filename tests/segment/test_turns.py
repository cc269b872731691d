"""Who speaks, in every form transcripts come in."""

from pathlib import Path

import pytest

from qualcode.model import Attributes, Document, Kind, Role
from qualcode.read import read_document
from qualcode.segment import segment_document
from qualcode.segment.turns import find_turns


def _document(tmp_path: Path, text: str, ending: str = "txt") -> Document:
    file = tmp_path / f"a.{ending}"
    file.write_text(text, encoding="utf-8")
    return read_document(file, name=file.name)


def _turns(
    tmp_path: Path, text: str, ending: str = "txt", kind: Kind = "interview", **roles: Role
) -> list[tuple[str, str | None, str]]:
    document = _document(tmp_path, text, ending)
    document = Document(document.name, document.text, document.blocks, Attributes(kind=kind))
    return [(d.role or "", d.speaker, document.text[d.start : d.end]) for d in find_turns(document, roles)]


QUESTION, ANSWER = "How do you see it?", "We have no people here, and it is slow."


@pytest.mark.parametrize(
    ("asks", "answers"),
    [
        ("Interviewer: {}", "Respondent: {}"),
        ("I: {}", "R: {}"),
        ("Q: {}", "A: {}"),
        ("Q. {}", "A. {}"),
        ("MK: {}", "DP: {}"),
        ("INT: {}", "R1: {}"),
        ("Anna Berg: {}", "Dr. Silva: {}"),
        ("Anna Berg 17:08\n{}", "Dr. Silva 17:09\n{}"),
        ("Anna Berg (00:03)\n{}", "Dr. Silva (00:09)\n{}"),
        ("Speaker 1  0:03\n{}", "Speaker 2  0:09\n{}"),
        ("[00:12:31] I: {}", "[00:12:39] P3 (SME): {}"),
        ("00:12:31 Anna: {}", "00:12:39 Bo: {}"),
        ("[00:12:31] Anna\n{}", "[00:12:39] Bo\n{}"),
        ("**Interviewer:** {}", "**Respondent:** {}"),
        ("**Anna**\n{}", "**Bo**\n{}"),
        ("Anna\t{}", "Bo\t{}"),
        ("I  {}", "R  {}"),
        ("Q1: {}", "A1: {}"),
        ("INTERVIEWER\n{}", "RESPONDENT\n{}"),
        ("Интервюиращ: {}", "Участник: {}"),
        ("Συντονίστρια: {}", "Συμμετέχων: {}"),
        ("Klausėja: {}", "Dalyvis: {}"),
    ],
)
def test_label_forms_give_speakers_roles_and_clean_words(tmp_path: Path, asks: str, answers: str) -> None:
    text = "\n\n".join([asks.format(QUESTION), answers.format(ANSWER)] * 3)
    found = _turns(tmp_path, text)
    assert [words for _, _, words in found] == [QUESTION, ANSWER] * 3
    assert [role in ("interviewer", "facilitator") for role, _, _ in found] == [True, False] * 3
    assert all(role in ("interviewer", "facilitator", "respondent") for role, _, _ in found)


def test_times_are_kept_as_written(tmp_path: Path) -> None:
    drafts = find_turns(_document(tmp_path, "[00:01] I: So?\n\nAnna 0:05\nYes.\n\nAnna 0:09\nNo."), {})
    assert [draft.time for draft in drafts] == ["00:01", "0:05", "0:09"]


def test_unlabelled_paragraphs_continue_the_turn(tmp_path: Path) -> None:
    assert _turns(tmp_path, "I: So?\n\nR: One.\n\nNote: two.\n\n[laughs]\n\nThree.") == [
        ("interviewer", "I", "So?"),
        ("respondent", "R", "One.\n\nNote: two.\n\n[laughs]\n\nThree."),
    ]


def test_labels_in_mid_line_are_words(tmp_path: Path) -> None:
    assert len(_turns(tmp_path, "I: So?\n\nR: He said R: no. I: why? And one thing: yes.")) == 2


def test_time_alone_parts_the_turn_but_not_the_speaker(tmp_path: Path) -> None:
    assert _turns(tmp_path, "I: So?\n\nR: One.\n\n[00:15:00]\n\nTwo.") == [
        ("interviewer", "I", "So?"),
        ("respondent", "R", "One."),
        ("respondent", "R", "Two."),
    ]


def test_headings_headers_and_remarks_are_nobodys_talk(tmp_path: Path) -> None:
    text = (
        "---\nregion: Crete\n---\n# Interview\n\nDate: today\n\n*Small talk left out.*\n\nI: So?\n\nR: Yes.\n\n"
        "## Data\n\nThe phone rings.\n\nI: And data?\n\nR: None.\n\n[End of recording]\n"
    )
    document = _document(tmp_path, text, "md")
    transcript = segment_document(document)
    roles = [(turn.role, turn.speaker, turn.heading) for turn in transcript.turns]
    assert roles == [
        ("note", None, None),
        ("heading", None, "Interview"),
        ("note", None, "Interview"),
        ("note", None, "Interview"),
        ("interviewer", "I", "Interview"),
        ("respondent", "R", "Interview"),
        ("heading", None, "Data"),
        ("note", None, "Data"),
        ("interviewer", "I", "Data"),
        ("respondent", "R", "Data"),
        ("note", None, "Data"),
    ]


def test_minutes_are_talk_bullet_by_bullet(tmp_path: Path) -> None:
    text = (
        "MINUTES\nDate: today\nModerator: Elena\n\nFour tables met.\n\nTable 1: Data\n"
        "- Moderator's question: what is slow?\n"
        "- The data are slow.\n  They wait a year.\n- Nobody knows.\n"
    )
    assert _turns(tmp_path, text, kind="workshop") == [
        ("note", None, "MINUTES\nDate: today\nModerator: Elena"),
        ("note", None, "Four tables met."),
        ("heading", None, "Table 1: Data"),
        ("facilitator", "Moderator's question", "what is slow?"),
        ("respondent", None, "The data are slow.\n  They wait a year."),
        ("respondent", None, "Nobody knows."),
    ]


def test_bold_keywords_of_bullets_are_words(tmp_path: Path) -> None:
    text = "# Barriers\n\n- **Data:** they are slow\n- **Money:** none\n- **P1:** we wait\n- people\n"
    assert _turns(tmp_path, text, "md", "workshop")[1:] == [
        ("respondent", None, "**Data:** they are slow"),
        ("respondent", None, "**Money:** none"),
        ("respondent", "P1", "we wait"),
        ("respondent", None, "people"),
    ]


@pytest.mark.parametrize("kind", ["interview", "report", "survey", "workshop"])
def test_text_without_labels_is_the_respondents(tmp_path: Path, kind: Kind) -> None:
    assert _turns(tmp_path, "We have no people.\n\nIt is slow.", kind=kind) == [
        ("respondent", None, "We have no people."),
        ("respondent", None, "It is slow."),
    ]


def test_bullets_inside_a_turn_stay_with_the_speaker(tmp_path: Path) -> None:
    assert _turns(tmp_path, "I: So?\nR: Three things:\n- money\n- people\nI: And?\nR: No.")[1:4] == [
        ("respondent", "R", "Three things:"),
        ("respondent", "R", "money"),
        ("respondent", "R", "people"),
    ]


def test_voices_and_columns_run_on(tmp_path: Path) -> None:
    cues = ("<v Anna>How is", "<v Anna>it?", "<v Bo>It is bad.")
    vtt = "WEBVTT\n\n" + "\n\n".join(f"00:0{at}.000 --> 00:0{at + 1}.000\n{cue}" for at, cue in enumerate(cues))
    assert _turns(tmp_path, vtt, "vtt") == [("interviewer", "Anna", "How is\nit?"), ("respondent", "Bo", "It is bad.")]
    table = "speaker,text\nINT,So?\nR,One.\nR,Two.\n,Three.\nINT,Why?\n"
    assert _turns(tmp_path, table, "csv") == [
        ("interviewer", "INT", "So?"),
        ("respondent", "R", "One.\nTwo.\nThree."),
        ("interviewer", "INT", "Why?"),
    ]


def test_answers_of_a_survey_are_turns_of_their_own(tmp_path: Path) -> None:
    assert _turns(tmp_path, "id,answer\n1,No money\n2,No people\n", "csv", "survey") == [
        ("respondent", None, "No money"),
        ("respondent", None, "No people"),
    ]


def test_labels_in_captions(tmp_path: Path) -> None:
    cue = "{0}\n00:00:0{0},000 --> 00:00:0{1},000\n{2}\n\n"
    lines = ["Interviewer: So", "how is it?", "Dr. Pieters: It is", "bad.", "Interviewer: Why?"]
    srt = "".join(cue.format(at + 1, at + 2, line) for at, line in enumerate(lines))
    assert _turns(tmp_path, srt, "srt") == [
        ("interviewer", "Interviewer", "So\nhow is it?"),
        ("respondent", "Dr. Pieters", "It is\nbad."),
        ("interviewer", "Interviewer", "Why?"),
    ]


def test_researcher_overrides_and_names_labels(tmp_path: Path) -> None:
    found = _turns(tmp_path, "Zed: Yes.\n\nI: No.", zed="note", i="respondent")
    assert [(role, speaker) for role, speaker, _ in found] == [("note", "Zed"), ("respondent", "I")]


def test_cast_of_the_header_gives_roles(tmp_path: Path) -> None:
    text = "Workshop\nFacilitator: Annelies\nParticipants: Wout (biotech), Bart\n\n"
    text += "Annelies: We begin.\n\nWout: No?\n\nBart: No!"
    assert _turns(tmp_path, text, kind="workshop")[1:] == [
        ("facilitator", "Annelies", "We begin."),
        ("respondent", "Wout", "No?"),
        ("respondent", "Bart", "No!"),
    ]
