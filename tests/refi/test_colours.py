from __future__ import annotations

import pytest

from qualcode.refi.colours import read_colour


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#FF00aa", "#FF00AA"),
        ("ff00aa", "#FF00AA"),
        ("#f0a", "#FF00AA"),
        ("#f0a8", "#FF00AA"),
        ("#FF00AA80", "#FF00AA"),
        (" rgb(255, 0,170) ", "#FF00AA"),
        ("rgba(255,0,170,0.5)", "#FF00AA"),
        ("Red", "#FF0000"),
        ("rgb(256,0,0)", None),
        ("#ff", None),
        ("#GG0000", None),
        ("", None),
        ("none", None),
    ],
)
def test_colours_are_read_in_any_way_of_writing(text: str, expected: str | None) -> None:
    assert read_colour(text) == expected
