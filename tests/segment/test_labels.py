"""What looks like a label, and which are believed."""

import pytest

from qualcode.segment.labels import Label, accept, find_label, is_name_like


@pytest.mark.parametrize(
    ("text", "name", "words", "time"),
    [
        ("Interviewer: So?", "Interviewer", "So?", None),
        ("I: So?", "I", "So?", None),
        ("R1:So?", "R1", "So?", None),
        ("P3 (SME): So?", "P3 (SME)", "So?", None),
        ("MK: So?", "MK", "So?", None),
        ("Dr. Silva: So?", "Dr. Silva", "So?", None),
        ("Μαρία Παπαδάκη: Ναι.", "Μαρία Παπαδάκη", "Ναι.", None),
        ("Участник 2: Да.", "Участник 2", "Да.", None),
        ("[00:12:31] R: So?", "R", "So?", "00:12:31"),
        ("(0:31) R: So?", "R", "So?", "0:31"),
        ("00:12:31 Name: So?", "Name", "So?", "00:12:31"),
        ("00:12:31 - Name: So?", "Name", "So?", "00:12:31"),
        ("Sanne Vos 17:08", "Sanne Vos", "", "17:08"),
        ("Sanne Vos (00:03)", "Sanne Vos", "", "00:03"),
        ("Sanne Vos 00:03: So?", "Sanne Vos", "So?", "00:03"),
        ("Sanne Vos [00:03]: So?", "Sanne Vos", "So?", "00:03"),
        ("Anna: [00:03] So?", "Anna", "So?", "00:03"),
        ("Interviewer:", "Interviewer", "", None),
        ("INTERVIEWER", "INTERVIEWER", "", None),
        ("I\tSo?", "I", "So?", None),
        ("Q. So?", "Q", "So?", None),
        ("Interviewer – So?", "Interviewer", "So?", None),
        ("[00:12:31] So it is", "", "So it is", "00:12:31"),
    ],
)
def test_label_forms(text: str, name: str, words: str, time: str | None) -> None:
    label = find_label(text)
    assert label is not None
    assert (label.name, text[label.length :], label.time) == (name, words, time)


@pytest.mark.parametrize(
    "text",
    [
        "17:30 we met at the station",
        "https://example.org/a: b",
        "He said, and I quote: no.",
        "The ratio was 3:1 in the end.",
        "Is it so? Anna: no.",
        "We have seen in the last years: no.",
        "So - how to say - no.",
        "",
    ],
)
def test_no_label(text: str) -> None:
    assert find_label(text) is None


@pytest.mark.parametrize(
    ("text", "bold", "name", "words", "time"),
    [
        ("**Interviewer:** So?", 16, "Interviewer", "So?", None),
        ("**Interviewer**: So?", 15, "Interviewer", "So?", None),
        ("Prof. Aichele: So?", 14, "Prof. Aichele", "So?", None),
        ("Anna (hospital): So?", 16, "Anna (hospital)", "So?", None),
        ("Anna 0:05 So?", 9, "Anna", "So?", "0:05"),
        ("[0:05] Anna: So?", 12, "Anna", "So?", "0:05"),
    ],
)
def test_bold_labels(text: str, bold: int, name: str, words: str, time: str | None) -> None:
    label = find_label(text, bold=bold)
    assert label is not None
    assert (label.name, text[label.length :], label.time, label.source) == (name, words, time, "bold")


def test_names_are_capitalised_or_codes() -> None:
    assert all(is_name_like(name) for name in ("Anna de Vries", "MK", "R1", "Company A", "Ο Νίκος", "Jean-Luc"))
    assert not any(is_name_like(name) for name in ("One thing", "note", "What he said", "and Anna"))


def _labels(*names: str) -> list[Label]:
    return [Label(name, len(name) + 2, None, "colon") for name in names]


def test_known_words_are_believed_once_and_names_twice() -> None:
    assert accept(_labels("Interviewer", "Anna", "Anna", "Bo"), "Anna Bo") == {"interviewer", "anna"}


@pytest.mark.parametrize("name", ["Note", "One thing", "Example", "Problem", "For example"])
def test_openings_of_speech_are_never_believed(name: str) -> None:
    assert accept(_labels(*[name] * 6), "") == set()


def test_word_that_is_used_in_lower_case_is_no_name() -> None:
    assert accept(_labels("Privacy", "Privacy"), "the privacy and our privacy") == set()
    assert accept(_labels(*["Doctor"] * 5), "the doctor") == {"doctor"}


def test_letters_with_a_full_stop_are_labels_only_as_question_and_answer() -> None:
    def dotted(*names: str) -> list[Label]:
        return [Label(name, 3, None, "dot") for name in names]

    assert accept(dotted("A", "A", "A"), "A. Smith") == set()
    assert accept(dotted("Q", "A", "Q", "A"), "") == {"q", "a"}


def test_name_seen_once_is_believed_when_others_speak_of_it() -> None:
    assert accept(_labels("Bodil"), "Thank you, Bodil.") == {"bodil"}
    assert accept(_labels("Bodil"), "Thank you.") == set()
    assert accept(_labels("Dr. Neri"), "") == {"dr. neri"}


def test_researcher_header_and_format_are_believed() -> None:
    assert accept(_labels("Zed"), "", given={"zed"}) == {"zed"}
    assert accept(_labels("Zed"), "", cast={"zed"}) == {"zed"}
    assert accept([Label("zed", 0, None, "format")], "") == {"zed"}
    assert accept([Label("Zed", 0, "0:05", "time")], "") == {"zed"}
    assert accept([Label("Meeting at", 0, "17:05", "time")], "") == set()


def test_a_name_that_answers_an_interviewer_is_believed_at_once() -> None:
    text = "Interviewer: What stops you?\nBen: Nobody pays.\nInterviewer: Thanks.\nNote: the tape ends here."
    labels = [label for line in text.splitlines() if (label := find_label(line)) is not None]
    assert accept(labels, text) == {"interviewer", "ben"}


def test_a_word_of_the_talk_after_a_question_is_no_speaker() -> None:
    text = "Interviewer: Why?\nMoney: that is the point, and money again."
    labels = [label for line in text.splitlines() if (label := find_label(line)) is not None]
    assert accept(labels, text) == {"interviewer"}
