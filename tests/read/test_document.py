"""One file to one document."""

import hashlib
from pathlib import Path

import pytest

from qualcode.errors import ReadError
from qualcode.read import FORMATS, read_document


def test_document_says_where_it_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "a.TXT"
    file.write_bytes("Gött\r\n".encode("cp1252"))
    document = read_document(file, name="sofia/a.TXT")
    assert (document.name, document.text, document.format) == ("sofia/a.TXT", "Gött\n", "txt")
    assert (document.encoding, document.encoding_guessed) == ("cp1252", True)
    assert document.source_hash == "sha256:" + hashlib.sha256(file.read_bytes()).hexdigest()


def test_given_encoding_is_certain(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Gött".encode("cp1252"))
    assert not read_document(tmp_path / "a.txt", name="a.txt", encoding="cp1252").encoding_guessed


@pytest.mark.parametrize("ending", FORMATS)
def test_empty_file_of_every_format_is_refused_by_name(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"empty.{ending}"
    file.write_bytes(b"")
    with pytest.raises(ReadError, match=f"empty.{ending}.*holds no text"):
        read_document(file, name=file.name)


@pytest.mark.parametrize("ending", ["docx", "xlsx"])
def test_renamed_text_file_is_refused(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"a.{ending}"
    file.write_text("only words", encoding="utf-8")
    with pytest.raises(ReadError, match="not a zip archive"):
        read_document(file, name=file.name)


def test_missing_file_folder_and_unknown_ending(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no such file"):
        read_document(tmp_path / "a.txt", name="a.txt")
    (tmp_path / "b.txt").mkdir()
    with pytest.raises(ReadError, match="cannot be read"):
        read_document(tmp_path / "b.txt", name="b.txt")
    (tmp_path / "c.xyz").write_bytes(b"x")
    with pytest.raises(ReadError, match="not a document format"):
        read_document(tmp_path / "c.xyz", name="c.pdf")
