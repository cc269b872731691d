"""The text builder."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from qualcode.read.layout import TextBuilder, counted, listed, plural, trimmed


def test_builder_joins_lines_and_trims_blocks() -> None:
    builder = TextBuilder()
    builder.add("  Anna: yes ", "paragraph", bold=7)
    builder.add("", "paragraph")
    builder.add("no", "row", speaker="R", time="0:05")
    assert builder.text == "  Anna: yes \n\nno"
    first, second = builder.blocks
    assert (builder.text[first.start : first.end], first.bold) == ("Anna: yes", 5)
    assert (builder.text[second.start : second.end], second.speaker, second.time) == ("no", "R", "0:05")


@given(st.lists(st.text(max_size=8), max_size=8))
def test_blocks_are_in_order_trimmed_and_hold_all_words(lines: list[str]) -> None:
    builder = TextBuilder()
    for line in lines:
        builder.add(line, "line")
    stretches = [builder.text[block.start : block.end] for block in builder.blocks]
    assert stretches == [line.strip() for line in lines if line.strip()]
    assert all(a.end <= b.start for a, b in zip(builder.blocks, builder.blocks[1:], strict=False))


def test_trimmed_of_blanks_is_empty() -> None:
    assert trimmed(" \n ", 0, 3) == (0, 0)


def test_counts_are_said_in_words() -> None:
    assert counted(Counter({"image": 1, "repeated line of captions": 2, "comment": 0})) == (
        "1 image",
        "2 repeated lines of captions",
    )
    assert plural("text box") == "text boxes"
    assert listed(["a", "b", "c"], limit=2) == "a, b and 1 more"
