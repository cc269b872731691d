"""Reading order, and what is taken away because it is certain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.read.pdf_layout import (
    Page,
    Piece,
    lines_in_order,
    paragraph_gap,
    piece,
    without_heads,
    without_line_numbers,
)

LETTER = 5.0


def put(x: float, y: float, words: str) -> Piece:
    return Piece(x, x + LETTER * len(words), y, 10, words)


def column(x: float, name: str, rows: int, top: float = 700, letters: int = 40) -> Page:
    """Lines of one width: "A00 xxxx"."""
    return [put(x, top - 12 * at, f"{name}{at:02} ".ljust(letters, "x")) for at in range(rows)]


def words_of(page: Page) -> list[str]:
    return [line.words.split()[0] for line in lines_in_order(page)]


def test_two_columns_are_read_one_after_the_other_whatever_the_order_in_the_file() -> None:
    left, right = column(50, "A", 20), column(270, "B", 18)
    mixed = [one for pair in zip(left, right, strict=False) for one in pair] + left[18:]
    expected = [f"A{at:02}" for at in range(20)] + [f"B{at:02}" for at in range(18)]
    assert words_of(mixed) == expected
    assert words_of(mixed[::-1]) == expected


def test_a_line_over_both_columns_stands_between_what_is_above_and_below() -> None:
    above = column(50, "A", 6) + column(270, "B", 6)
    below = column(50, "C", 6, top=600) + column(270, "D", 6, top=600)
    title = put(50, 614, "T ".ljust(84, "x"))
    names = words_of([*below, title, *above])
    assert names == [f"{name}{at:02}" for name in "AB" for at in range(6)] + ["T"] + [
        f"{name}{at:02}" for name in "CD" for at in range(6)
    ]


def test_three_columns() -> None:
    page = [one for at, name in enumerate("ABC") for one in column(50 + 170 * at, name, 8, letters=30)]
    assert words_of(page) == [f"{name}{at:02}" for name in "ABC" for at in range(8)]


def test_names_before_their_talk_are_no_column() -> None:
    page = [put(50, 700 - 12 * at, "Ana:") for at in range(10)] + column(120, "A", 10)
    assert [line.words[:8] for line in lines_in_order(page)] == [f"Ana: A{at:02}" for at in range(10)]


def test_cells_of_a_table_are_no_columns() -> None:
    questions = [put(50, 700 - 60 * at, f"Q{at}".ljust(40, "x")) for at in range(5)]
    answers = column(270, "A", 25)
    assert words_of(questions + answers)[:3] == ["Q0".ljust(40, "x"), "A01", "A02"]


def test_pieces_of_a_line_are_joined_by_one_blank_where_there_is_a_gap() -> None:
    row = [piece((0, 24, 50, 10), "Ana:", 1), piece((24, 54, 50, 10), " Yes, "), piece((60, 70, 50.5, 10), "we")]
    (line,) = lines_in_order(row)
    assert (line.words, line.bold) == ("Ana: Yes, we", 4)
    (line,) = lines_in_order([put(0, 50, "sup"), put(15, 53, "er")])  # raised by less than half a line
    assert line.words == "super"


@given(st.permutations(column(50, "A", 9) + column(270, "B", 9)))
def test_the_order_in_the_file_does_not_matter(page: Page) -> None:
    assert words_of(page) == [f"{name}{at:02}" for name in "AB" for at in range(9)]


@given(
    st.lists(
        st.builds(
            Piece, *[st.floats(-50, 900, allow_subnormal=False) for _ in range(3)], st.floats(1, 40), st.just("word")
        ),
        max_size=30,
    )
)
def test_every_word_comes_out_once(page: Page) -> None:
    ordered = [Piece(min(one.start, one.end), max(one.start, one.end), *_rest(one)) for one in page]
    found = " ".join(line.words for line in lines_in_order(ordered))
    assert found.count("word") == len(page)
    paragraph_gap([lines_in_order(ordered)])


def _rest(one: Piece) -> tuple[float, float, str]:
    return one.y, one.height, one.words


# --- heads and feet ----------------------------------------------------------------------------


def test_heads_and_feet_of_most_pages_are_taken_and_counted() -> None:
    pages = [
        [put(50, 800, "Interview 7"), *column(50, "ABCDEF"[at], 9), put(280, 30.0 + at % 2, f"{at} of 5")]
        for at in range(1, 6)
    ]
    pages[0] = pages[0][1:]
    kept, left_out = without_heads(pages)
    assert [len(page) for page in kept] == [9] * 5
    assert left_out == ('running head or foot "1 of 5" on 5 pages', 'running head or foot "Interview 7" on 4 pages')


@pytest.mark.parametrize("pages", [1, 2])
def test_few_pages_prove_nothing(pages: int) -> None:
    given = [[put(50, 800, "Interview 7"), *column(50, "AB"[at], 9)] for at in range(pages)]
    assert without_heads(given) == (given, ())


def test_the_same_words_at_other_heights_or_inside_are_kept() -> None:
    moving = [[put(50, 800 - 30 * at, "Yes."), *column(50, "ABCDEF"[at], 9, top=500)] for at in range(6)]
    inside = [[*column(50, at, 4), put(50, 500, "Yes."), *column(50, at, 4, top=400)] for at in "abcdef"]
    times = [[put(50, 800, f"[00:0{ord(at)}:30]"), *column(50, at, 9)] for at in "ABCDE"]
    names = [[put(50, 800, "Ana:"), put(75, 800, f"{at}."), *column(50, at, 9)] for at in "abcdef"]
    assert without_heads(moving)[1] == ()
    assert without_heads(names)[1] == ()
    assert [len(page) for page in without_heads(times)[0]] == [10] * 5
    assert without_heads(inside)[1] == ()


# --- line numbers ------------------------------------------------------------------------------


def numbered(first: int, rows: int, x: float = 30) -> Page:
    numbers = [put(x - LETTER * len(str(at)), 700 - 12 * (at - first), str(at)) for at in range(first, first + rows)]
    return [*numbers, *column(50, "A", rows)]


def test_numbers_that_begin_again_on_each_page_are_taken() -> None:
    pages, left_out = without_line_numbers([numbered(1, 25), numbered(1, 25), numbered(1, 25)])
    assert left_out == ("25 line numbers a page on 3 pages",)
    assert [len(page) for page in pages] == [25, 25, 25]


def test_numbers_that_go_on_from_page_to_page_are_taken_on_the_right_too() -> None:
    _, left_out = without_line_numbers([numbered(1, 25, x=400), numbered(26, 25, x=400), numbered(51, 3, x=400)])
    assert left_out == ("53 line numbers on 3 pages",)


@pytest.mark.parametrize(
    "pages",
    [
        [numbered(1, 9)],  # too few on a single page
        [numbered(1, 25), numbered(40, 25)],  # they do not run on
        [numbered(1, 25), numbered(26, 25, x=400)],  # not at one place
        [numbered(1, 25), column(50, "A", 9), column(50, "B", 9)],  # not on nearly every page
        [numbered(1990, 25)],  # years
        [[*numbered(1, 25), *column(0, "B", 25, letters=3)]],  # not in the margin
        [[put(30, 700 - 12 * at - 9 * (at % 2), str(at + 1)) for at in range(12)] + column(50, "A", 12)],  # not even
    ],
)
def test_numbers_that_are_not_certain_are_kept(pages: list[Page]) -> None:
    assert without_line_numbers(pages) == (pages, ())
