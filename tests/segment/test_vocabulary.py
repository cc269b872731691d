"""Role words."""

import pytest

from qualcode.segment.vocabulary import asks_by_note, base_name, is_role_label, role_word


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("Interviewer", "interviewer"),
        ("INTERVIEWER 2", "interviewer"),
        ("I", "interviewer"),
        ("Q1", "interviewer"),
        ("INT", "interviewer"),
        ("Intervjuare", "interviewer"),
        ("Интервюиращ", "interviewer"),
        ("Entrevistadora", "interviewer"),
        ("Facilitator", "facilitator"),
        ("Moderator's question", "facilitator"),
        ("Malin (facilitator)", "facilitator"),
        ("Συντονίστρια", "facilitator"),
        ("Respondent B", "respondent"),
        ("Participant 12", "respondent"),
        ("R1", "respondent"),
        ("P3 (SME)", "respondent"),
        ("Befragte", "respondent"),
        ("Dalyvis 2", "respondent"),
        ("Участник", "respondent"),
        ("Note taker", "note"),
        ("MK", None),
        ("Anna Berg", None),
        ("A", None),
        ("Speaker 1", None),
    ],
)
def test_role_words(label: str, role: str | None) -> None:
    assert role_word(label) == role


def test_neutral_words_are_labels_without_a_role() -> None:
    assert is_role_label("Speaker 12")
    assert not is_role_label("Anna")


def test_base_name_folds_brackets_case_and_signs() -> None:
    assert base_name("**Dr.  Anna BERG (hospital):**") == "dr. anna berg"


def test_remark_that_a_person_asks() -> None:
    assert asks_by_note("asks the questions")
    assert not asks_by_note("professor, tasks and masks")
