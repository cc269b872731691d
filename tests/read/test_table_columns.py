"""Which column of a table is what."""

import pytest

from qualcode.errors import ReadError
from qualcode.read.cells import Row
from qualcode.read.table_columns import Columns, choose_columns

TURNS = (("1", "I", "Where is it?", "calm"), ("2", "R", "We have no people at all.", ""))
ANSWERS = (
    ("p1", "No money, and no people at all.", "A clear law would help."),
    ("p2", "The registry is slow.", "More training for all of us."),
)


def _choose(header: str, rows: tuple[tuple[str, ...], ...], is_headed: bool = True, **given: str) -> Columns:
    numbered = tuple(Row(line, cells) for line, cells in enumerate(rows, start=2))
    return choose_columns(tuple(header.split(",")), numbered, given, is_headed=is_headed, file="a.csv")


@pytest.mark.parametrize(
    "header",
    [
        "Nr,Wer,Antwort,Bemerkung",
        "numéro,Locuteur,Réponse,humeur",
        "id,Quién,Respuesta,humor",
        "id,Chi,Risposta,umore",
        "αριθμός,Ομιλητής,Κείμενο,διάθεση",
        "nr,Kalbėtojas,Tekstas,nuotaika",
        "номер,Говорител,Текст,настроение",
        "nr,Vorbitor,Răspuns,stare",
        "nr,Spreker,Tekst,stemming",
        "nr,TALARE,SVAR,humör",
    ],
)
def test_headers_are_known_in_the_languages_of_the_regions(header: str) -> None:
    assert _choose(header, TURNS) == Columns(text=(2,), speaker=1)


def test_time_and_role_are_found_and_a_lone_role_is_the_speaker() -> None:
    assert _choose("Zeit,Rolle,Text,Sprecher", TURNS) == Columns(text=(2,), speaker=3, role=1, time=0)
    assert _choose("Zeit,Rolle,Text,x", TURNS) == Columns(text=(2,), speaker=1, time=0)


def test_several_columns_of_free_answers_are_wide_and_the_id_is_the_speaker() -> None:
    assert _choose("ID,Barriers,Wishes", ANSWERS) == Columns(text=(1, 2), speaker=0, is_wide=True)


def test_one_column_under_a_question_is_wide_as_well() -> None:
    assert _choose("ID,What hinders you?,group", (("p1", "No money.", "a"),)).text == (1,)
    assert _choose("ID,What hinders you?,group", (("p1", "No money.", "a"),)).is_wide


def test_rows_in_which_people_come_again_are_turns_whatever_the_headers_ask() -> None:
    rows = tuple((who, "We have no people at all here.", "Wir haben gar keine Leute.") for who in "IRIRIR")
    rows = tuple((who, f"{words} {at}", f"{other} {at}") for at, (who, words, other) in enumerate(rows))
    assert _choose("Who,What did they say?,In German", rows) == Columns(text=(1,), speaker=0)
    assert _choose("Who,What did they say?,In German", rows, text="What did they say?+In German").is_wide


def test_scales_notes_and_known_columns_are_no_answers() -> None:
    rows = tuple(
        (f"p{at}", f"It is slow here, case {at}.", "Very satisfied" if at % 2 else "Not satisfied", "said so in a note")
        for at in range(8)
    )
    assert _choose("ID,What hinders you?,Are you satisfied?,Notes", rows).text == (1,)


def test_a_column_called_text_wins_over_other_wordy_ones() -> None:
    rows = (("We have no people at all.", "Wir haben gar keine Leute hier."),)
    assert _choose("text,original wording", rows) == Columns(text=(0,))


def test_a_column_called_comment_beside_questions_is_one_of_the_answers() -> None:
    rows = (("p1", "No money at all.", "A clear law.", "Thanks for asking me."),)
    assert _choose("ID,What hinders?,What helps?,Comment", rows).text == (1, 2, 3)


def test_without_headers_the_longest_column_is_the_text() -> None:
    rows = (("I", "How is it?"), ("R", "Badly."), ("I", "Why?"), ("R", "No staff."))
    assert _choose("column 1,column 2", rows, is_headed=False) == Columns(text=(1,), speaker=0)


def test_what_is_given_wins_and_the_rest_is_guessed() -> None:
    chosen = _choose("ID,Barriers,Wishes", ANSWERS, text="wishes")
    assert chosen == Columns(text=(2,), given=frozenset({"text"}))
    assert _choose("Who,Text,Name", TURNS, speaker="Who").speaker == 0
    assert _choose("Who,Text,Name,x", TURNS, speaker="").speaker is None


def test_several_texts_are_joined_by_a_plus_even_where_a_header_holds_one() -> None:
    rows = (("p1", "x", "y", "z"),)
    assert _choose("ID,Q1,Q2 + Q3,Q4", rows, text="Q1+Q2 + Q3+Q4").text == (1, 2, 3)
    assert _choose("ID,Q1,Q2 + Q3,Q4", rows, text="Q4 + Q1").text == (3, 1)


def test_a_wrong_header_is_refused_with_the_nearest() -> None:
    with pytest.raises(ReadError, match=r'a.csv: has no column "Barrier". Did you mean "Barriers"\?'):
        _choose("ID,Barriers,Wishes", ANSWERS, text="Barrier+Wishes")
    with pytest.raises(ReadError, match=r'has no column "Zzz"\. Known: ID, Barriers, Wishes.'):
        _choose("ID,Barriers,Wishes", ANSWERS, speaker="Zzz")


def test_a_header_that_is_there_twice_cannot_be_chosen() -> None:
    with pytest.raises(ReadError, match=r'a\.csv: 2 columns are called "q"'):
        _choose("Q,q ,x", ANSWERS, text="q")
