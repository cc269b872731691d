"""The examples on docs/method.md are run, and the page names every column of the tables."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from qualcode.aggregate import AGREEMENT_COLUMNS, SUMMARY_COLUMNS

PAGE = Path(__file__).parents[2] / "docs" / "method.md"
NAMES_ONLY = {"code_number", "code", "code_name", "category", "group", "words", "group_words"}


def test_examples_give_what_the_page_says() -> None:
    failed, attempted = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert attempted > 0
    assert failed == 0


@pytest.mark.parametrize("column", sorted({*SUMMARY_COLUMNS, *AGREEMENT_COLUMNS} - NAMES_ONLY))
def test_page_names_every_number(column: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    for ending in ("_low", "_high"):
        column = column.removesuffix(ending)
    assert column in page
