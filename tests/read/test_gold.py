from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from qualcode.errors import GoldError
from qualcode.read import GoldEntry, read_gold

LINES = """\
{"document": "a.txt", "quote": "Nobody pays.", "codes": [5], "kind": "barrier"}

{"document": "b/c.docx", "text": "It was solved.", "codes": [], "kind": "solved"}
{"document": "a.txt", "quote": "Two at once.", "codes": ["data_governance", 7]}
"""
ENTRIES = [
    GoldEntry("a.txt", "Nobody pays.", ("5",), "barrier", 1),
    GoldEntry("b/c.docx", "It was solved.", (), "solved", 3),
    GoldEntry("a.txt", "Two at once.", ("data_governance", "7"), "", 4),
]


def written(folder: Path, name: str, content: str) -> Path:
    file = folder / name
    file.write_text(content, encoding="utf-8")
    return file


def test_lines_are_entries_with_their_line(tmp_path: Path) -> None:
    assert read_gold(written(tmp_path, "gold.jsonl", LINES)) == ENTRIES


@pytest.mark.parametrize(("name", "comma"), [("gold.csv", ","), ("gold.csv", ";"), ("gold.tsv", "\t")])
def test_a_table_says_the_same(tmp_path: Path, name: str, comma: str) -> None:
    between = '"5;7"' if comma == ";" else "5;7"
    rows = [
        ["Document", "Quote", "Codes", "Kind"],
        ["a.txt", "Nobody pays.", between, "barrier"],
        ["b", "Solved.", "", ""],
    ]
    file = written(tmp_path, name, "".join(comma.join(row) + "\n" for row in rows))
    assert read_gold(file) == [
        GoldEntry("a.txt", "Nobody pays.", ("5", "7"), "barrier", 2),
        GoldEntry("b", "Solved.", (), "", 3),
    ]


def test_a_spreadsheet_says_the_same(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["file", "text", "code"], ["a.txt", "Nobody pays.", 5]):
        book.active.append(row)
    book.save(tmp_path / "gold.xlsx")
    assert read_gold(tmp_path / "gold.xlsx") == [GoldEntry("a.txt", "Nobody pays.", ("5",), "", 2)]


def test_every_faulty_line_is_named_at_once(tmp_path: Path) -> None:
    faulty = '{"document": "a.txt"\n[1]\n{"document": "", "quote": "x", "codes": []}\n{"document": "a", "codes": [1]}\n'
    with pytest.raises(GoldError) as caught:
        read_gold(written(tmp_path, "gold.jsonl", faulty))
    found = [(fault.line, fault.message.partition(".")[0]) for fault in caught.value.faults]
    assert found == [
        (1, "is not JSON: Expecting ',' delimiter"),
        (2, "has no document"),
        (3, "has no document"),
        (4, "has no quote"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("gold.jsonl", "\n", "holds no gold coding"),
        ("gold.csv", "document,quote\na,b\n", "has no column codes. Columns: document, quote"),
        ("gold.csv", "a,b\n1,2\n", "no column document and no column quote and no column codes"),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, name: str, content: str, message: str) -> None:
    with pytest.raises(GoldError, match=message):
        read_gold(written(tmp_path, name, content))


def test_a_missing_file_and_foreign_bytes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match=r"gold\.jsonl: cannot be read"):
        read_gold(tmp_path / "gold.jsonl")
    (tmp_path / "gold.jsonl").write_bytes(json.dumps({"quote": "é"}, ensure_ascii=False).encode("cp1252"))
    with pytest.raises(GoldError, match="is not UTF-8 text"):
        read_gold(tmp_path / "gold.jsonl")
