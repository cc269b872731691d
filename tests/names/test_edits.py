from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qualcode.names import Edit, Places, apply_edits

TEXT = "Ana met Ben at noon."


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    text = draw(st.text(max_size=40))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    return text, [Edit(start, end, draw(st.text(min_size=1, max_size=6))) for start, end in pairs]


def test_places_move_with_the_words() -> None:
    edits = [Edit(0, 3, "[Person 1]"), Edit(8, 11, "X")]
    assert apply_edits(TEXT, edits) == "[Person 1] met X at noon."
    assert Places(edits).span(4, 7) == (11, 14)
    assert Places(edits).span(8, 11) == (15, 16)
    assert Places(edits).span(9, 10) == (15, 16)  # inside a name: all of its pseudonym
    assert [Places(edits).touches(*place) for place in ((0, 1), (3, 8), (10, 20))] == [True, False, True]


@given(edited())
def test_the_way_back_gives_the_same_text(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    back = Places(edits).back([text[edit.start : edit.end] for edit in edits])
    assert apply_edits(apply_edits(text, edits), back) == text
    for edit in edits:
        start, end = Places(edits).span(edit.start, edit.end)
        assert apply_edits(text, edits)[start:end] == edit.new
        assert Places(back).span(start, end) == (edit.start, edit.end)
