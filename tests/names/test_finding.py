from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.names import Finder, Name, add_pseudonyms, apply_edits, basic_form


def finder(*spellings: str, kind: str = "person") -> Finder:
    return Finder(add_pseudonyms([Name(spelling, kind) for spelling in spellings]))


def found(names: Finder, text: str, *, loose: bool = False) -> list[str]:
    return [text[hit.start : hit.end] for hit in names.hits(text, loose=loose)]


@pytest.mark.parametrize(
    ("name", "text", "hits"),
    [
        ("Ana", "Anatomy, Ana, banana, ANA. Ana2 ana", ["Ana", "ANA", "Ana"]),
        ("Ana", "Ana's file, Ana’s file, Anas’ files", ["Ana", "Ana", "Anas"]),
        ("Rose", "Rose rose early; a Rose, the rose.", ["Rose", "Rose"]),
        ("Núria", unicodedata.normalize("NFD", "So Núria said"), [unicodedata.normalize("NFD", "Núria")]),
        ("Ana Popa", "Ana  Popa, Ana\nPopa, ANA POPA, Ana\n\nPopa", ["Ana  Popa", "Ana\nPopa", "ANA POPA"]),
        ("Jean-Luc", "Jean-Luc, Jean-\nLuc and Jean Luc", ["Jean-Luc", "Jean-\nLuc", "Jean Luc"]),
        ("Sant'Orsola", "at Sant’Orsola", ["Sant’Orsola"]),
        ("St. Mary", "St. Mary and St Mary", ["St. Mary", "St Mary"]),
        ("Marta Nowak", "I asked Marta. Nowak came.", []),
        ("Petrauskas", "with Petraus-\nkas and Petrausko", ["Petraus-\nkas", "Petrausko"]),
        ("Kaunas", "the Kaunas-\nbased firm", ["Kaunas"]),
        ("Jonas Petrauskas", "Jonui Petrauskui", ["Jonui Petrauskui"]),
        ("Γιώργος", "του Γιώργου, ΓΙΩΡΓΟΣ", ["Γιώργου", "ΓΙΩΡΓΟΣ"]),
        ("ana@spital.ro", "to ana@spital.ro.", ["ana@spital.ro"]),
        ("Ana Popa", "Ana M. Popa, Ana M Popa, R. Ana Popa K.", ["Ana M. Popa", "Ana M Popa", "R. Ana Popa K."]),
        ("Adrian", "Adrian M. and Adrian. M. and J.-R. Adrian", ["Adrian M.", "Adrian", "J.-R. Adrian"]),
        ("John F Kennedy", "John F. Kennedy", ["John F. Kennedy"]),
        ("Târgu Mureș", "la Tîrgu Mureş", ["Tîrgu Mureş"]),
        (
            "Ana Popa",
            "to ana.popa@spital.ro. Or www.spital.ro/ana-popa, see",
            ["ana.popa@spital.ro", "www.spital.ro/ana-popa"],
        ),
        ("Ana", "to Ana@spital.ro, marie.ana(at)x.org, banana@x.org", ["Ana@spital.ro", "marie.ana(at)x.org"]),
        ("Ward 3", "Ward 3 and Ward 30", ["Ward 3"]),
    ],
)
def test_whole_words_in_every_form(name: str, text: str, hits: list[str]) -> None:
    assert found(finder(name), text) == hits


def test_an_organisation_may_be_in_small_letters_but_for_one_word() -> None:
    names = finder("University of Leuven", "Болница Токуда", kind="organisation")
    text = "the university of Leuven, в болница Токуда, a university of leuven, болница токуда"
    assert found(names, text) == ["university of Leuven", "болница Токуда"]


def test_an_initial_that_begins_another_name_is_left_to_it() -> None:
    assert found(finder("Ana", "M. Popa"), "Ana M. Popa") == ["Ana", "M. Popa"]


def test_the_longest_name_wins() -> None:
    assert found(finder("Vall", "Vall Hospital"), "Vall Hospital in Vall") == ["Vall Hospital", "Vall"]


def test_file_names_write_words_together_and_small() -> None:
    names = finder("Ana Popa", "Rösch")
    assert found(names, "notes/interview_ana_popa-2.docx", loose=True) == ["ana_popa"]
    assert found(names, "AnaPopa1.txt", loose=True) == ["AnaPopa"]
    assert found(names, "interviewRösch.txt", loose=True) == ["Rösch"]
    assert found(names, "anapopa", loose=True) == []


def test_a_dictionary_knows_forms_no_pattern_makes() -> None:
    names = Finder([Name("Marija", "person")], lambda word: basic_form(word, "lt"))
    assert found(names, "Marijai ir Jonui") == ["Marijai"]


def test_a_name_that_a_cut_divides_is_replaced_on_both_sides() -> None:
    text = "St. Mary helps"
    edits = finder("St. Mary").edits(text, [3, 4])
    assert apply_edits(text, edits) == "[Person 1] [Person 1] helps"


def test_what_is_nearly_a_name_is_told() -> None:
    names = finder("Petrauskas", "Núria", "Ana Popescu")
    text = "Petrauskos and Nuria and petrauskas and Popescu; Petrauskas, word."
    assert [(text[m.start : m.end], m.why) for m in names.near(text)] == [
        ("Petrauskos", "one letter off"),
        ("Nuria", "without accents"),
        ("petrauskas", "other case"),
        ("Popescu", "part of a name"),
    ]


NAMES = finder("Ana", "Jonas Petrauskas", "Sant'Orsola", "Γιώργος")
WORDS = st.sampled_from(
    [
        "Ana",
        "Ana's",
        "ANA",
        "Jono",
        "Petrausko",
        "Sant’Orsola",
        "Γιώργου",
        "-",
        "\n",
        ". ",
        "www.x.org/Ana@",
        "ana@x.org",
        "M.",
    ]
)


@given(st.lists(st.one_of(WORDS, st.text(max_size=3)), max_size=15))
def test_nothing_is_left_after_the_edits(parts: list[str]) -> None:
    text = " ".join(parts)
    new = apply_edits(text, NAMES.edits(text))
    assert NAMES.hits(new) == []
