"""Faulty and foreign text files at the door: empty, in old encodings, mixed, with signs that no text has.

What becomes of them in the store is in tests/flow/test_faulty_sources.py.
"""

import codecs
from pathlib import Path

import pytest

from qualcode.errors import ReadError
from qualcode.model import Document
from qualcode.read import read_document

TALK = "Ana: We wait – “for hours”.\nBen: No money.\n\nAna: Late.\n"
GREEK = "Άννα: Η υγεία είναι ακριβή.\n"
HEBREW = "דנה: האוטובוס מאחר תמיד.\n"
ARABIC = "ليلى: الحافلة متأخرة دائما.\n"


def read(folder: Path, raw: bytes, encoding: str | None = None) -> Document:
    file = folder / "a.txt"
    file.write_bytes(raw)
    return read_document(file, name="a.txt", encoding=encoding)


@pytest.mark.parametrize("raw", [b"", b" \t\n\r\n\x0c", codecs.BOM_UTF8, codecs.BOM_UTF8 + b"\n"])
def test_a_file_without_words_is_refused_as_such(tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(ReadError, match=rf"a.txt: holds no text \({len(raw)} bytes\). Nothing is stored for it."):
        read(tmp_path, raw)


def test_an_old_windows_file_is_right_and_says_how_it_was_read(tmp_path: Path) -> None:
    document = read(tmp_path, TALK.encode("cp1252"))
    assert (document.text, document.encoding, document.encoding_guessed) == (TALK, "cp1252", True)


@pytest.mark.parametrize("encoding", [None, "cp1252", "latin-1", "utf-8"])
def test_a_file_in_two_encodings_is_refused_with_the_first_foreign_byte(tmp_path: Path, encoding: str | None) -> None:
    # "Café\n" takes 6 bytes in UTF-8, so the é of the second "Café" is byte 9 of the file, counted from 0.
    with pytest.raises(ReadError, match=r"byte 9 \(line 2\) is 0xe9"):
        read(tmp_path, "Café\n".encode() + "Café\n".encode("cp1252"), encoding)


@pytest.mark.parametrize("text", [TALK, GREEK, HEBREW, ARABIC])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16"])
def test_utf16_with_and_without_its_mark_has_no_nuls(tmp_path: Path, text: str, encoding: str) -> None:
    document = read(tmp_path, text.encode(encoding))
    assert document.text == text
    assert document.encoding_guessed is (encoding != "utf-16")


def test_a_nul_is_refused_with_its_place_and_other_controls_are_counted(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="byte 9"):
        read(tmp_path, b"Ana: We w\0ait.")
    document = read(tmp_path, b"Ana: We w\x07ait\x1b.")
    assert document.text == "Ana: We w\x07ait\x1b."
    assert document.left_out == ("2 control characters in the text (kept)",)


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_newlines_and_marks_move_nothing(tmp_path: Path, newline: str, mark: bytes) -> None:
    plain = read(tmp_path, TALK.encode())
    other = read(tmp_path, mark + TALK.replace("\n", newline).encode())
    assert (other.text, other.blocks) == (plain.text, plain.blocks)
    # By hand: "Ana: We wait – “for hours”." has 27 code points, so the second line begins at 28.
    assert [(block.start, block.end) for block in other.blocks] == [(0, 27), (28, 42), (44, 54)]


@pytest.mark.parametrize("text", [HEBREW, ARABIC, "Ana: 👩‍👩‍👧 \U0001d518 late.\n"])
def test_signs_keep_their_order_and_count_as_code_points(tmp_path: Path, text: str) -> None:
    document = read(tmp_path, text.encode())
    assert document.text == text
    assert document.blocks[0].end == len(text) - 1
