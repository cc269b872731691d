"""Who asks and who answers."""

import pytest

from qualcode.model import Kind, Role
from qualcode.segment.roles import Spoken, assign_roles, same_persons

ASKS = "And how do you see it?"
ANSWERS = "We have no people, and it takes a year to find one. You know how it is."


def _roles(
    *spoken: tuple[str, str], kind: Kind | None = "interview", cast: dict[str, Role] | None = None, **given: Role
) -> dict[str, Role]:
    return assign_roles([Spoken(*turn) for turn in spoken], kind=kind, cast=cast or {}, given=given)


def test_words_decide() -> None:
    assert _roles(("Interviewer", ANSWERS), ("R1", ASKS)) == {"interviewer": "interviewer", "r1": "respondent"}


def test_of_two_unknown_the_one_who_asks_more_and_speaks_less_interviews() -> None:
    assert _roles(("MK", ASKS), ("DP", ANSWERS), ("MK", "I see. Why?")) == {"mk": "interviewer", "dp": "respondent"}


def test_two_who_both_talk_are_both_respondents() -> None:
    assert set(_roles(("MK", ANSWERS), ("DP", ANSWERS)).values()) == {"respondent"}


def test_initials_inherit_from_the_full_name() -> None:
    turns = [("Devin Becker", ASKS), ("Robert Wrigley", ANSWERS), ("DB", ASKS), ("RW", ANSWERS)]
    assert _roles(*turns) == {
        "devin becker": "interviewer",
        "db": "interviewer",
        "robert wrigley": "respondent",
        "rw": "respondent",
    }
    assert _roles(*turns, DB="respondent")["devin becker"] == "respondent"


def test_ambiguous_initials_stand_for_themselves() -> None:
    assert same_persons(["Anna Berg", "Axel Bohm", "AB"])["ab"] == "ab"


def test_answer_label_needs_somebody_who_asks() -> None:
    assert _roles(("Q", ANSWERS), ("A", ASKS)) == {"q": "interviewer", "a": "respondent"}
    assert _roles(("A", ASKS), ("B", ANSWERS)) == {"a": "interviewer", "b": "respondent"}


def test_header_decides_over_habits() -> None:
    cast: dict[str, Role] = {"sanne vos": "respondent", "malin": "facilitator"}
    assert _roles(("Sanne", ASKS), ("Malin", ANSWERS), cast=cast) == {"sanne": "respondent", "malin": "facilitator"}


def test_researcher_decides_over_all_in_any_case() -> None:
    assert _roles(("Interviewer", ASKS), ("MK", ANSWERS), mk="note", INTERVIEWER="respondent") == {
        "interviewer": "respondent",
        "mk": "note",
    }


@pytest.mark.parametrize(("kind", "role"), [("workshop", "facilitator"), ("interview", "interviewer")])
def test_one_of_many_who_asks_nearly_always(kind: Kind, role: Role) -> None:
    turns = [("Malin", ASKS), ("Bo", ANSWERS), ("Malin", ASKS), ("Eva", ANSWERS), ("Ulf", ANSWERS)]
    assert _roles(*turns, kind=kind) == {"malin": role, "bo": "respondent", "eva": "respondent", "ulf": "respondent"}


def test_workshop_where_several_ask_has_no_facilitator() -> None:
    turns = [("A1", ASKS), ("B1", ASKS), ("C1", ANSWERS), ("A1", ASKS), ("B1", ASKS)]
    assert set(_roles(*turns, kind="workshop").values()) == {"respondent"}


def test_somebody_who_asks_already_leaves_all_others_respondents() -> None:
    assert _roles(("I", ANSWERS), ("MK", ASKS), ("MK", ASKS))["mk"] == "respondent"


def test_greek_question_mark_counts() -> None:
    assert _roles(("Α", "Τι κάνετε;"), ("Β", "Δεν έχουμε χρήματα. Ούτε ανθρώπους."))["α"] == "interviewer"
