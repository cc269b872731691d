from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.tag.view import make_view

ODD = st.text(
    alphabet=st.sampled_from("ab ’“–… \n\t\u00a0\u200b\u200d\u00ad\u0301\u0308é👩🦰ά\u2028") | st.characters(),
    max_size=40,
)


@pytest.mark.parametrize(
    ("original", "view"),
    [
        ("plain", "plain"),
        ("don’t", "don't"),
        ("“so”", '"so"'),
        ("a–b — c", "a-b - c"),
        ("wait…", "wait..."),
        ("no\u00a0money", "no money"),
        ("no\nmoney", "no money"),
        ("no\r\nmoney", "no money"),
        ("no \t\u00a0 money", "no money"),
        ("no\u2028money", "no money"),
        ("ge\u200bno\u00adme", "genome"),
        ("\ufeffgenome", "genome"),
        ("no \u200b money", "no money"),
        ("cafe\u0301", "café"),
        ("\u0438\u0306", "й"),
        ("", ""),
    ],
)
def test_the_view_has_plain_quotes_dashes_and_single_blanks(original: str, view: str) -> None:
    assert make_view(original).text == view


@pytest.mark.parametrize(
    ("original", "words", "found"),
    [
        ("there is no\u00a0money", "no money", "no\u00a0money"),
        ("there is no  \n money", "no money", "no  \n money"),
        ("a cafe\u0301 here", "café", "cafe\u0301"),
        ("my ge\u200bnome is", "genome", "ge\u200bnome"),
        ("he said “no”", '"no"', "“no”"),
        ("wait… what", "wait...", "wait…"),
        ("👩‍🔬 said no", "no", "no"),
    ],
)
def test_a_stretch_of_the_view_leads_back_to_the_original_words(original: str, words: str, found: str) -> None:
    view = make_view(original)
    at = view.text.index(words)
    start, end = view.original(at, at + len(words))
    assert original[start:end] == found


@given(ODD)
def test_offsets_are_inside_the_original_ordered_and_as_many_as_characters(original: str) -> None:
    view = make_view(original)
    assert len(view.text) == len(view.starts) == len(view.ends)
    assert all(0 <= a < b <= len(original) for a, b in zip(view.starts, view.ends, strict=True))
    assert list(view.starts) == sorted(view.starts)
    assert list(view.ends) == sorted(view.ends)


@given(ODD)
def test_the_view_of_a_view_is_itself(original: str) -> None:
    once = make_view(original).text
    assert make_view(unicodedata.normalize("NFC", once)).text == make_view(make_view(once).text).text
    assert "  " not in once
    assert "\n" not in once


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=30))
def test_letters_stand_where_they_stood(original: str) -> None:
    view = make_view(original)
    assert unicodedata.normalize("NFC", view.text) == unicodedata.normalize("NFC", original)
    assert (view.starts[0], view.ends[-1]) == (0, len(original))


@given(st.text(st.sampled_from("aZ é’“–ß´·Ωйñ€½«") | st.characters(max_codepoint=0x052F), max_size=30))
def test_the_short_way_through_plain_letters_gives_what_the_long_way_gives(text: str) -> None:
    short, long = make_view(text), make_view(text + "x…")  # three dots for one sign: the long way
    assert short.text == long.text[:-4]
    assert list(short.starts) == list(long.starts)[:-4]
    assert list(short.ends) == list(long.ends)[:-4]
