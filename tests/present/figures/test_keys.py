from __future__ import annotations

from qualcode.present.figures.keys import CategoryKey, CodeKey
from qualcode.present.figures.sheet import Sheet
from qualcode.present.figures.shown import Coded, Mark

from .drawn import boxes, texts

MARKS = [Mark(letter, f"Category {letter} with a name that takes its room", "#0072B2", "o") for letter in "ABCDEFG"]
CODES = [Coded(f"c{n}", str(n), f"Code {n} " + "has a long name " * (n % 7), MARKS[n // 5]) for n in range(35)]


def height_of(sheet: Sheet) -> float:
    """Inches from the upper edge of the body to the lowest letter."""
    return float(max(text.get_position()[1] for text in sheet.canvas.texts))


def test_all_codes_stand_under_their_category_within_the_height() -> None:
    key = CodeKey(CODES, shape="o")
    sheet = Sheet("t", key.height, ["c"], "a")
    key.draw(sheet, 0)
    shown = texts(sheet.figure)
    assert {mark.name for mark in MARKS} <= set(shown)
    assert {str(n) for n in range(35)} <= set(shown)
    assert height_of(sheet) < key.height
    assert len(sheet.canvas.lines) == len(MARKS)


def test_columns_are_about_as_high_as_each_other() -> None:
    sheet = Sheet("t", 9, ["c"], "a")
    CodeKey(CODES).draw(sheet, 0)
    lowest = [
        max(y for x, y in (text.get_position() for text in sheet.canvas.texts) if left <= x < left + 3.15)
        for left in (0, 3.15)
    ]
    assert abs(lowest[0] - lowest[1]) < 1.2


def test_one_code_stands_in_the_first_column_and_a_category_once() -> None:
    sheet = Sheet("t", 1, ["c"], "a")
    CodeKey([Coded("a", "A", "Data", MARKS[0])]).draw(sheet, 0)
    assert texts(sheet.figure) == ["t", "c", "A", "Data"]
    assert all(text.get_position()[0] < 1 for text in sheet.canvas.texts)


def test_categories_flow_into_lines_that_fit_the_page() -> None:
    key = CategoryKey([*MARKS, *MARKS])
    sheet = Sheet("t", key.height, ["c"], "a")
    key.draw(sheet, 0)
    assert len(sheet.canvas.texts) == len(MARKS)
    assert height_of(sheet) < key.height
    assert max(box.x1 for _, box in boxes(sheet.figure)) <= sheet.figure.bbox.x1
