"""What people type becomes a question that SQLite understands, whatever it is; and the answer's words are found."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.errors import SelectionError
from qualcode.store import mark_words, match_of

SENTENCES = (
    "The bus is too late.",
    "Don't wait for the café; drivers never do.",
    "A taxi AND a bus, or not.",
    "Late is the bus, and the tickets cost 12,5 euros.",
)


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    """The index of the store, with a few sentences."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(
            """CREATE VIRTUAL TABLE f USING fts5(text, content='', tokenize="unicode61 remove_diacritics 2")"""
        )
        connection.executemany("INSERT INTO f (rowid, text) VALUES (?, ?)", enumerate(SENTENCES))
        yield connection


def found(index: sqlite3.Connection, words: str, near: int | None = None) -> list[int]:
    match = match_of(words, near=near)
    return [row[0] for row in index.execute("SELECT rowid FROM f WHERE f MATCH ? ORDER BY rowid", [match])]


@pytest.mark.parametrize(
    ("words", "sentences"),
    [
        ("bus", [0, 2, 3]),
        ("BUS late", [0, 3]),
        ('"too late"', [0]),
        ("“too late”", [0]),
        ('"late too"', []),
        ('late "the bus', [0, 3]),
        ("driv*", [1]),
        ('"never d"*', [1]),
        ("driv", []),
        ("don't", [1]),
        ("don’t", [1]),
        ("cafe", [1]),
        ("CAFÉ", [1]),
        ("cafe\u0301", [1]),
        ("12,5", [3]),
        ("taxi OR late", [0, 2, 3]),
        ("bus late OR taxi", [0, 2, 3]),
        ("bus NOT late", [2]),
        ("bus AND late", [0, 3]),
        ("not", [2]),
        ("NOT", [2]),
        ("taxi AND", [2]),
        ("or not", [2]),
        ("OR taxi", [2]),
        ("taxi OR OR cafe", []),
        ("text:bus", []),
        ("^bus - + ( )", [0, 2, 3]),
        ("NEAR(bus late)", []),
        ("{text}: bus", []),
    ],
)
def test_words_are_found_as_the_page_says(index: sqlite3.Connection, words: str, sentences: list[int]) -> None:
    assert found(index, words) == sentences


@pytest.mark.parametrize(("near", "sentences"), [(0, []), (1, []), (2, [0, 3]), (1000, [0, 3])])
def test_near_counts_the_words_between_in_any_order(index: sqlite3.Connection, near: int, sentences: list[int]) -> None:
    assert found(index, "bus late", near) == sentences


@pytest.mark.parametrize("words", ["", "  ", "?!", '""', "*", "- . *", "👍"])
def test_signs_alone_are_no_words(words: str) -> None:
    with pytest.raises(SelectionError, match="holds no word to search for"):
        match_of(words)


@pytest.mark.parametrize("words", ["bus", "bus OR late", "bus NOT late", '"the bus"', "bus ?"])
def test_near_needs_two_words_and_no_operator(words: str) -> None:
    with pytest.raises(SelectionError, match="two words or more, without OR and NOT"):
        match_of(words, near=3)


@pytest.mark.parametrize("near", [-1, 1001])
def test_near_has_a_range(near: int) -> None:
    with pytest.raises(SelectionError, match=f"--near {near}: give a number of words from 0 to 1,000"):
        match_of("bus late", near=near)


def test_a_long_question_is_a_question(index: sqlite3.Connection) -> None:
    for sign in (" ", " OR ", " NOT ", '" "'):
        assert found(index, sign.join(f"w{n}" for n in range(2000))) == []


TYPED = (
    st.sampled_from([*'abusé"*’“”()^:{}+-,\0\x02\ud800 \t', "AND ", "OR ", "NOT ", "bus ", "NEAR("]) | st.characters()
)


@given(st.lists(TYPED).map("".join))
def test_nothing_that_is_typed_is_a_fault(words: str) -> None:
    for near in (None, 2):
        try:
            match = match_of(words, near=near)
        except SelectionError:
            continue
        mark_words(SENTENCES, match)


# --- marks -------------------------------------------------------------------------------------


def marked(text: str, words: str, near: int | None = None) -> list[str]:
    (places,) = mark_words([text], match_of(words, near=near))
    return [text[first:last] for first, last in places]


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("🚌 The bus; the BUS.", "bus", ["bus", "BUS"]),
        ("The cafe\u0301 is here.", "café", ["cafe\u0301"]),
        ("No money at all, no Money.", '"no money"', ["No money", "no Money"]),
        ("Drivers drive.", "driv*", ["Drivers", "drive"]),
        ("Don't.", "don’t", ["Don't"]),
        ("bus \x02late\x03 bus", "late", ["late"]),
        ("a\nbus\nb", "bus", ["bus"]),
    ],
)
def test_marks_are_code_points_of_the_text(text: str, words: str, expected: list[str]) -> None:
    assert marked(text, words) == expected


def test_only_words_that_are_near_are_marked() -> None:
    text = "The bus was late, and then in the evening another bus."
    assert marked(text, "bus late", 1) == ["bus", "late"]


def test_texts_are_marked_each_for_itself() -> None:
    assert mark_words(["no", "a bus", "bus"], match_of("bus")) == [(), ((2, 5),), ((0, 3),)]


@given(st.text(), st.text(st.sampled_from("abcäéß 日"), min_size=1, max_size=5).filter(str.strip), st.text())
def test_a_word_that_stands_alone_is_marked_where_it_stands(before: str, word: str, after: str) -> None:
    before, after = (part.replace("\ud800", "") for part in (before, after))
    word = word.split()[0]
    text = f"{before}\n{word}\n{after}".encode("utf-8", "replace").decode()
    (places,) = mark_words([text], match_of(word))
    at = len(before.encode("utf-8", "replace").decode()) + 1
    assert (at, at + len(word)) in places
