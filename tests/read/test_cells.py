"""Tables as rows."""

import datetime as dt
import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from qualcode.errors import ReadError
from qualcode.read.cells import Row, read_cells


def _csv(text: str, format: str = "csv") -> list[tuple[int, tuple[str, ...]]]:  # noqa: A002
    table = read_cells(text.encode(), format=format, file="a.csv")
    return [(row.line, row.cells) for row in table.rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(delimiter: str) -> None:
    text = f"speaker{delimiter}text\nI{delimiter}Well. Yes.\nR{delimiter}No.\n"
    assert [cells for _, cells in _csv(text)] == [("speaker", "text"), ("I", "Well. Yes."), ("R", "No.")]


def test_semicolons_inside_words_do_not_win_over_commas() -> None:
    assert _csv('speaker,text\nR,"yes; no; maybe"\nR,a; b\n')[1:] == [(2, ("R", "yes; no; maybe")), (3, ("R", "a; b"))]


def test_quoted_newlines_are_lf_and_lines_are_counted() -> None:
    assert _csv('text,x\r\n"one\r\ntwo",1\r\n\r\n"said ""no""",2\r\n') == [
        (1, ("text", "x")),
        (2, ("one\ntwo", "1")),
        (5, ('said "no"', "2")),
    ]


def test_one_column_may_hold_commas() -> None:
    assert _csv("text\nWell, yes, no\n") == [(1, ("text",)), (2, ("Well, yes, no",))]


def test_quotation_that_never_ends_is_refused_with_its_line() -> None:
    with pytest.raises(ReadError, match="the row that begins on line 2"):
        _csv('a,b\n"one,2\nthree,4\n')


def test_very_long_cell_is_kept_whole() -> None:
    words = "word " * 100_000
    assert _csv(f'speaker,text\nR,"{words}"\n')[1][1][1] == words


def _workbook(tmp_path: Path, rows: list[list[object]], second: list[list[object]] | None = None) -> bytes:
    book = openpyxl.Workbook()
    book.active.append([])
    for row in rows:
        book.active.append(row)
    if second:
        sheet = book.create_sheet("Notes")
        for row in second:
            sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    return (tmp_path / "a.xlsx").read_bytes()


def test_xlsx_gives_words_numbers_and_dates_as_text(tmp_path: Path) -> None:
    raw = _workbook(
        tmp_path,
        [["text", "date", "n"], ["Žalia\r\nlapas _x000D_", dt.datetime(2025, 3, 1), 3.0], [None, None, None]],
        second=[["x"], ["y"]],
    )
    table = read_cells(raw, format="xlsx", file="a.xlsx")
    assert table.rows[1].cells == ("Žalia\nlapas \n", "2025-03-01", "3")
    assert [row.line for row in table.rows] == [2, 3]
    assert table.notes == ('sheet "Notes" (2 rows)',)


def test_xlsx_without_words_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="holds no text"):
        read_cells(_workbook(tmp_path, []), format="xlsx", file="a.xlsx")


def test_blank_row_is_blank() -> None:
    assert Row(1, (" ", "")).is_blank


# --- what a workbook hides ----------------------------------------------------------------------


def _saved(book: openpyxl.Workbook) -> bytes:
    raw = BytesIO()
    book.save(raw)
    return raw.getvalue()


def _two_sheets() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.active.title = "Codes"
    book.active.append(["hidden list"])
    sheet = book.create_sheet("Interview 2")
    sheet.append(["speaker", "text", "note"])
    sheet.append(["R", "Yes.", "calm"])
    sheet.append(["R", "No.", ""])
    return book


def test_the_sheet_that_is_read_is_told_and_can_be_chosen() -> None:
    raw = _saved(_two_sheets())
    first = read_cells(raw, format="xlsx", file="a.xlsx")
    assert (first.rows[0].cells, first.read_as) == (("hidden list",), ('sheet "Codes" of 2 with words',))
    second = read_cells(raw, format="xlsx", file="a.xlsx", sheet="interview 2")
    assert second.rows[1].cells == ("R", "Yes.", "calm")
    assert (second.notes, second.read_as) == (('sheet "Codes" (1 row)',), ('sheet "Interview 2" of 2 with words',))
    with pytest.raises(ReadError, match=r'a\.xlsx: has no sheet "Interview 3" with words. Did you mean "Interview 2"'):
        read_cells(raw, format="xlsx", file="a.xlsx", sheet="Interview 3")


def test_hidden_sheets_come_last_and_hidden_rows_and_columns_are_read_and_counted() -> None:
    book = _two_sheets()
    book["Codes"].sheet_state = "hidden"
    book["Interview 2"].row_dimensions[3].hidden = True
    book["Interview 2"].column_dimensions["C"].hidden = True
    book["Interview 2"].column_dimensions["F"].hidden = True
    table = read_cells(_saved(book), format="xlsx", file="a.xlsx")
    assert [row.cells for row in table.rows] == [("speaker", "text", "note"), ("R", "Yes.", "calm"), ("R", "No.", "")]
    assert table.notes[1:] == ("1 hidden row (read all the same)", "1 hidden column (read all the same)")


def test_a_formula_gives_its_stored_result_and_is_counted_without_one() -> None:
    book = _two_sheets()
    book["Codes"]["A2"] = "=1+1"
    table = read_cells(_saved(book), format="xlsx", file="a.xlsx")
    assert [row.cells for row in table.rows] == [("hidden list",)]
    assert "1 formula without a stored result (open and save the file in Excel)" in table.notes


def test_durations_truths_and_times_are_words_and_what_no_text_may_hold_is_replaced() -> None:
    book = openpyxl.Workbook()
    book.active.append(["text", dt.timedelta(seconds=63), True, dt.time(10, 2), 0.5, "a_x0000_b_xD800_c"])
    table = read_cells(_saved(book), format="xlsx", file="a.xlsx")
    assert table.rows[0].cells == ("text", "0:01:03", "TRUE", "10:02:00", "0.5", "a\ufffdb\ufffdc")
    assert table.notes == ("2 characters that no text may hold (shown as \ufffd)",)


def test_a_damaged_workbook_is_refused_by_name() -> None:
    raw = bytearray(_saved(_two_sheets()))
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(bytes(raw))) as whole, zipfile.ZipFile(packed, "w") as damaged:
        for name in whole.namelist():
            damaged.writestr(name, b"<worksheet><sheetData><row r='x'" if "sheet2" in name else whole.read(name))
    with pytest.raises(ReadError, match=r"a\.xlsx: cannot be read as an Excel workbook"):
        read_cells(packed.getvalue(), format="xlsx", file="a.xlsx")


def test_a_stray_cell_a_million_rows_down_costs_nothing() -> None:
    book = _two_sheets()
    book["Codes"]["B1048576"] = "stray"
    table = read_cells(_saved(book), format="xlsx", file="a.xlsx")
    assert [(row.line, row.cells) for row in table.rows] == [(1, ("hidden list", "")), (1048576, ("", "stray"))]


def test_a_sheet_that_reaches_over_millions_of_cells_is_refused() -> None:
    book = _two_sheets()
    for line in range(1, 1300):
        book["Codes"].cell(line, 1, "x")
    book["Codes"]["XFD1"] = "stray"
    with pytest.raises(ReadError, match=r'sheet "Codes" has cells far from the others and reaches over 21,282,816'):
        read_cells(_saved(book), format="xlsx", file="a.xlsx")
