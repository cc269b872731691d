from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from qualcode.refi.words import Legal, changes, folded, is_moment, legal, plain, quote


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_can_be_written(text: str) -> None:
    element = etree.Element("a", name=folded(text))
    element.text = legal(text)
    back = etree.fromstring(etree.tostring(element, encoding="UTF-8"))
    assert (back.text or "") == legal(text)
    assert back.get("name") == folded(text) == folded(back.get("name", ""))
    assert plain(text).encode("utf-8").decode("utf-8") == plain(text)
    assert len(plain(text)) == len(legal(text)) == len(text)


def test_replaced_characters_are_counted() -> None:
    clean = Legal()
    assert (clean("a\x00b\x0b"), clean("fine\n"), clean.count) == ("a\ufffdb\ufffd", "fine\n", 2)
    assert changes("abc", "axc") == 1


def test_a_quote_is_the_beginning_on_one_line() -> None:
    assert quote("two\r\n\tlines\u00a0here ") == "two lines here "
    assert quote("word " * 100) == "word " * 40


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-03-01T10:00:00Z", True),
        ("2025-03-01T10:00:00.1234567+02:00", True),
        ("2025-03-01T10:00:00", True),
        ("2025-03-01 10:00:00", False),
        ("2025-02-30T10:00:00Z", False),
        ("2025-03-01T10:00:00+15:00", False),
        ("2025-03-01", False),
        ("", False),
    ],
)
def test_moments_are_those_of_xml_schema(text: str, expected: bool) -> None:
    assert is_moment(text) is expected
