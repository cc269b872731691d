from __future__ import annotations

import pytest

from qualcode.aggregate import SUMMARY_COLUMNS
from qualcode.present.column_notes import column_note


@pytest.mark.parametrize("column", SUMMARY_COLUMNS)
def test_every_column_of_the_main_table_says_what_it_counts_and_in_what_unit(column: str) -> None:
    note = column_note("Codes by region", column)
    assert note is not None
    assert note.meaning
    assert note.unit


def test_a_sheet_may_mean_something_else_by_a_name() -> None:
    ours, theirs = column_note("Codes by region", "words"), column_note("Documents", "words")
    assert ours is not None
    assert theirs is not None
    assert ours.meaning != theirs.meaning


def test_an_unknown_column_has_no_note() -> None:
    assert column_note("Quotes", "shoe_size") is None
