from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path

import docx
import pytest
import xlsxwriter

from qualcode.present import first_difference


def found(tmp_path: Path, ending: str, old: bytes, new: bytes) -> str:
    one, two = tmp_path / f"one{ending}", tmp_path / f"two{ending}"
    one.write_bytes(old)
    two.write_bytes(new)
    return first_difference(one, two)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("code,n\na,1\n", "code,n\na,1\n", ""),
        ("code,n\na,1\nb,2\n", "code,n\na,1\nb,3\n", "row 3: n"),
        ("code,n\na,1\n", "code,n\nb,2\n", "row 2: code, n"),
        ("a,b,c,d,e\n1,2,3,4,5\n", "a,b,c,d,e\n0,0,0,0,0\n", "row 2: a, b, c and 2 more"),
        ("code,n\na,1\n", "code,m\na,1\n", "row 1"),
        ("code,n\na,1\n", "code,n\n", "row 2: missing"),
        ("code,n\n", "code,n\na,1\n", "row 2: added"),
        ('t\n"a\nb"\nc\n', 't\n"a\nb"\nd\n', "row 3: t"),
        ("", "code\n", "row 1: added"),
    ],
)
def test_rows_of_csv(tmp_path: Path, old: str, new: str, where: str) -> None:
    assert found(tmp_path, ".csv", old.encode(), new.encode()) == where


def test_rows_of_json(tmp_path: Path) -> None:
    old, new = ([{"code": "a", "n": 1}, {"code": "b", "n": n}] for n in (2, None))
    assert found(tmp_path, ".json", json.dumps(old).encode(), json.dumps(new).encode()) == "row 3: n"


def workbook(cell: object) -> bytes:
    made = BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        for name in ("First", "Second"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["code", "n"])
            sheet.write_row(1, 0, ["a", 1 if name == "First" else cell])
    return made.getvalue()


def test_sheets_of_a_workbook(tmp_path: Path) -> None:
    assert found(tmp_path, ".xlsx", workbook(1), workbook(2)) == "Second, row 2: n"


def test_paragraphs_of_a_word_file(tmp_path: Path) -> None:
    written = []
    for word in ("old", "new"):
        page, made = docx.Document(), BytesIO()
        page.add_paragraph("The same.")
        page.add_paragraph(word)
        page.save(made)
        written.append(made.getvalue())
    assert found(tmp_path, ".docx", *written) == "line 2"


@pytest.mark.parametrize("ending", [".html", ".md", ".txt", ".jsonl", ".svg"])
def test_lines_of_text(tmp_path: Path, ending: str) -> None:
    assert found(tmp_path, ending, "ž\nsecret\n".encode(), "ž\nother\n".encode()) == "line 2"


def test_only_bytes_of_a_drawing_differ(tmp_path: Path) -> None:
    assert found(tmp_path, ".png", b"a", b"b") == ""


@pytest.mark.parametrize("ending", [".xlsx", ".docx", ".json", ".csv", ".html"])
def test_what_is_damaged_is_said_and_not_thrown(tmp_path: Path, ending: str) -> None:
    assert found(tmp_path, ending, b"\xff\x00{", b"\xff\x00{") == "cannot be read any more"


def test_an_archive_that_unpacks_to_too_much_is_not_opened(tmp_path: Path) -> None:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (60 << 20))
    assert found(tmp_path, ".docx", made.getvalue(), made.getvalue()) == "cannot be read any more"
