"""Tables as rows."""

import datetime as dt
import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from qualcode.errors import ReadError
from qualcode.read.cells import Row, check_zip, read_cells


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


def test_zip_checks_name_the_cause() -> None:
    with pytest.raises(ReadError, match="password-protected"):
        check_zip(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.docx", "a Word document")
    with pytest.raises(ReadError, match="not a zip archive"):
        check_zip(b"plain words", "a.docx", "a Word document")
    with pytest.raises(ReadError, match="0 bytes"):
        check_zip(b"", "a.docx", "a Word document")


def test_zip_that_unpacks_to_too_much_is_refused() -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 2_000_000)
    with pytest.raises(ReadError, match="2,000,000 bytes"):
        check_zip(packed.getvalue(), "a.docx", "a Word document", max_bytes=1_000_000)


def test_blank_row_is_blank() -> None:
    assert Row(1, (" ", "")).is_blank
