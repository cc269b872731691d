from __future__ import annotations

import pytest

from qualcode.errors import AggregateError, SelectionError
from qualcode.present.figures.shown import documents_told, marks_of, read_summary

from .drawn import book, summary


def test_groups_have_their_documents_and_few_are_small() -> None:
    shown = read_summary(summary(), None)
    assert dict(shown.sizes) == {"Alpha": 4, "Beta": 3, "Gamma": 2}
    assert shown.small == {"Gamma"}
    assert shown.basis(None) == "n = 9 documents in 3 regions."
    assert shown.basis(None, "Gamma") == "n = 2 documents."


def test_groups_keep_the_documents_that_were_not_asked() -> None:
    frame = summary()
    frame.loc[frame["code"] == "pay", ["documents", "documents_not_asked"]] = [1, 3]
    assert read_summary(frame, None).sizes["Alpha"] == 4


@pytest.mark.parametrize(("by", "noun"), [("country", "countries"), ("stakeholder_group", "stakeholder groups")])
def test_groups_are_called_by_what_they_are(by: str, noun: str) -> None:
    assert read_summary(summary(by=by), None).groups_noun == noun


def test_codes_have_number_letter_and_category() -> None:
    codes = read_summary(summary(), book()).codes
    assert [(code.key, code.full_key, code.mark.name) for code in codes] == [
        ("1", "A1", "Data"), ("2", "A2", "Data"), ("3", "B3", "Money"), ("4", "B4", "Money"),
    ]  # fmt: skip
    shown = read_summary(summary(level="category"), book())
    assert [(code.key, code.full_key, code.name) for code in shown.codes] == [("A", "A", "Data"), ("B", "B", "Money")]
    assert (shown.level, shown.counted(1), shown.counted(2)) == (
        ("category", "categories"),
        "1 category",
        "2 categories",
    )


def test_a_category_looks_the_same_whatever_is_drawn() -> None:
    frame = summary()
    money = frame[frame["category"] == "money"]
    assert read_summary(money, book()).codes[0].mark == read_summary(frame, book()).code("pay").mark


def test_thirty_categories_look_different() -> None:
    marks = marks_of([f"c{n}" for n in range(30)], None)
    assert len({mark.letter for mark in marks.values()}) == 30
    assert marks["c26"].letter == "A2"


def test_numbers_that_are_missing_are_nan() -> None:
    row = read_summary(summary(level="category"), None).rows["data", "Alpha"]
    assert row["code_number"] != row["code_number"]


def test_names_that_are_not_there_are_refused() -> None:
    shown = read_summary(summary(), None)
    with pytest.raises(SelectionError, match=r'No code "silo" in this table. Did you mean "silos"\?'):
        shown.code("silo")
    with pytest.raises(SelectionError, match=r'No group "Omega" in this table\.'):
        shown.group("Omega")
    with pytest.raises(AggregateError, match="The table lacks flag, salience"):
        read_summary(summary().drop(columns=["flag", "salience"]), None, "salience")


def test_documents_are_told_by_kind() -> None:
    assert documents_told(3, {"interview": 2, "unknown": 1}) == "n = 3 documents (2 interviews, 1 of unknown kind)."
    assert documents_told(None, {"interview": 1}) == "n = 1 document (1 interview)."
    assert documents_told(None, None) == "Number of documents not known."
