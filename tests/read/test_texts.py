"""Files of loose texts."""

from pathlib import Path

import pytest

from qualcode.errors import ReadError
from qualcode.read import read_texts


def test_jsonl_keeps_order_and_ids(tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_text('{"id": "b", "text": "Second"}\n\n{"text": "Žalia"}\n', encoding="utf-8")
    assert read_texts(file) == [("b", "Second"), ("2", "Žalia")]


def test_csv_reads_quoted_newlines(tmp_path: Path) -> None:
    file = tmp_path / "texts.csv"
    file.write_text('id,text\nx,"two\nlines"\n', encoding="utf-8-sig")
    assert read_texts(file) == [("x", "two\nlines")]


def test_text_file_is_one_text_a_line(tmp_path: Path) -> None:
    file = tmp_path / "texts.txt"
    file.write_text("one\n\n two \n", encoding="utf-8")
    assert read_texts(file) == [("1", "one"), ("2", "two")]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", '{"text": "ok"}\n{oops\n', "a.jsonl:2: is not JSON"),
        ("a.jsonl", '{"words": "no"}\n', 'a.jsonl:1: is no object with a "text"'),
        ("a.csv", "id,words\n1,x\n", 'a.csv:1: has no column "text"'),
        ("a.txt", " \n", "holds no text"),
    ],
)
def test_faults_are_named_with_their_line(tmp_path: Path, name: str, content: str, message: str) -> None:
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ReadError, match=message):
        read_texts(file)


def test_missing_and_foreign_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no such file"):
        read_texts(tmp_path / "none.jsonl")
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9")
    with pytest.raises(ReadError, match="byte 3"):
        read_texts(tmp_path / "latin.txt")
