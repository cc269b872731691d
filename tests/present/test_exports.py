from __future__ import annotations

import csv
import io
import json
import sys
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.errors import SelectionError
from qualcode.present import Column, Table
from qualcode.present.exports import TABLE_ENDINGS, differences, read_rows, write_rows

LONG = "It costs too much, and nobody pays. " * 1_112
HOSTILE = [
    *(f"{sign}HYPERLINK(1)" for sign in "=+-@\t\r"),
    "'=already", "'", "plain", 'a "quoted", b', "two\nlines", "BOM \ufeff inside", "Žemaičių ξ 🚌",
    "bell \x07 and \x0b tab", "\x1b[31m", "_x0007_", "007", "1e5", "  blanks  ", LONG,
]  # fmt: skip


def table(texts: list[str]) -> Table:
    rows = [{"document": f"{n}.txt", "n": n, "share": 0.1 * n, "none": None, "text": t} for n, t in enumerate(texts)]
    return Table(tuple(Column(key) for key in ("document", "n", "share", "none", "text")), rows, title="Codings")


@pytest.mark.parametrize("ending", TABLE_ENDINGS)
def test_every_format_gives_hostile_words_back(ending: str) -> None:
    given = table(HOSTILE)
    content, _ = write_rows(given, ending)
    read = read_rows(content, ending)
    assert differences(given.rows, read, ending) == []
    assert [float(row["n"]) for row in read] == list(range(len(HOSTILE)))
    if ending != ".xlsx":  # where one spelling stands for two texts
        assert [row["text"] for row in read] == HOSTILE


@pytest.mark.parametrize("ending", TABLE_ENDINGS)
@settings(max_examples=30, deadline=None)
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), max_size=4))
def test_any_words_come_back(ending: str, texts: list[str]) -> None:
    content, _ = write_rows(table(texts), ending)
    assert differences(table(texts).rows, read_rows(content, ending), ending) == []


def test_excel_has_strings_and_no_formula_link_or_number_made_of_words() -> None:
    content, notes = write_rows(table(HOSTILE), ".xlsx")
    page = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    heads = [cell.value for cell in page[1]]
    assert heads == ["document", "n", "share", "none", "text", "text (2)"]
    for line, words in enumerate(HOSTILE, start=2):
        cell = page.cell(line, 5)
        assert (cell.data_type, cell.hyperlink) == ("s", None)
        assert page.cell(line, 2).data_type == "n"
        if words in ("007", "1e5", "=HYPERLINK(1)"):
            assert cell.value == words
    assert page.cell(len(HOSTILE) + 1, 5).value + page.cell(len(HOSTILE) + 1, 6).value == LONG
    assert notes == (
        "texts longer than an Excel cell (32,767 characters) go on in further columns: text (2)",
        "4 control characters written as Excel spells it (_x0007_)",
    )


def test_csv_says_how_many_texts_it_guarded_and_leaves_them_for_machines_when_told() -> None:
    content, notes = write_rows(table(HOSTILE), ".csv")
    assert notes == ("7 texts like a formula with an apostrophe before it; without: --raw",)
    assert b"\r\n" not in content
    assert not content.startswith(b"\xef\xbb\xbf")
    bare, notes = write_rows(table(HOSTILE), ".csv", raw=True)
    assert notes == ("7 texts like a formula as it is (--raw): do not open the file in Excel",)
    assert [row["text"] for row in csv.DictReader(io.StringIO(bare.decode(), newline=""))] == HOSTILE
    assert differences(table(HOSTILE).rows, read_rows(bare, ".csv", raw=True), ".csv") == []


def test_csv_for_excel_has_a_byte_order_mark_and_ends_rows_as_windows_does() -> None:
    content, _ = write_rows(table(["ξ"]), ".csv", excel=True)
    assert content.decode("utf-8") == "\ufeffdocument,n,share,none,text\r\n0.txt,0,0.0,,ξ\r\n"
    assert differences(table(["ξ"]).rows, read_rows(content, ".csv"), ".csv") == []


def test_tsv_has_tabs() -> None:
    content, _ = write_rows(table(["a\tb"]), ".tsv")
    assert content.decode() == 'document\tn\tshare\tnone\ttext\n0.txt\t0\t0.0\t\t"a\tb"\n'


def test_jsonl_is_an_object_a_line_with_null_for_what_is_missing() -> None:
    content, _ = write_rows(table(["two\nlines", "ξ"]), ".jsonl")
    first, second = content.decode().splitlines()
    assert json.loads(first) == {"document": "0.txt", "n": 0, "share": 0.0, "none": None, "text": "two\nlines"}
    assert "ξ" in second


def test_parquet_keeps_whole_numbers_whole_beside_missing_ones() -> None:
    rows: list[dict[str, Any]] = [{"n": 1, "text": "a"}, {"n": None, "text": None}]
    content, _ = write_rows(Table((Column("n"), Column("text")), rows), ".parquet")
    read = read_rows(content, ".parquet")
    assert (read[0], type(read[0]["n"])) == ({"n": 1, "text": "a"}, int)
    assert read[1]["text"] is None or str(read[1]["text"]) == "<NA>"


def test_parquet_without_pyarrow_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(SelectionError, match=r'pip install "qualcode\[parquet\]"'):
        write_rows(table(["a"]), ".parquet")


def test_what_excel_has_no_room_for_is_refused() -> None:
    wide = Table(tuple(Column(f"c{n}") for n in range(16_385)), [])
    with pytest.raises(SelectionError, match="16,385 columns are more than Excel has"):
        write_rows(wide, ".xlsx")


@pytest.mark.parametrize("ending", TABLE_ENDINGS)
def test_no_rows_are_no_rows(ending: str) -> None:
    content, notes = write_rows(table([]), ending)
    assert (read_rows(content, ending), notes) == ([], ())


def test_a_difference_is_named() -> None:
    before: list[dict[str, Any]] = [{"text": "a"}, {"text": "b", "n": 1}]
    assert differences(before, [{"text": "a"}, {"text": "B", "n": 2}], ".csv") == ['row 2, text: "b" reads back as "B"']
    assert differences(before, before[:1], ".csv") == ["2 rows were written and 1 read back"]
    assert differences([{"text": "a\x07"}], [{"text": "a_x0007_"}], ".xlsx") == []
    assert differences([{"text": "a\x07"}], [{"text": "a_x0007_"}], ".csv") != []
