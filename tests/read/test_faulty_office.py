"""Faults 12 to 15: Word files full of changes, files that are none, bombs, and document types."""

import tracemalloc
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml

from qualcode.errors import ReadError
from qualcode.read import read_document

SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "samples"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/hostname">]>'


def _read(folder: Path, name: str, raw: bytes) -> tuple[str, tuple[str, ...]]:
    (folder / name).write_bytes(raw)
    document = read_document(folder / name, name=name)
    return document.text, document.left_out


def _saved(document: "docx.document.Document") -> bytes:
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()


def _with_part(raw: bytes, name: str, content: bytes) -> bytes:
    """The archive with one part replaced or added."""
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(raw)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, content)
    return packed.getvalue()


def _minimal_odt(content: str = "<x/>") -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
    return packed.getvalue()


def test_12_changes_comments_tables_boxes_and_notes_each_come_once(tmp_path: Path) -> None:
    document = docx.Document()
    said = document.add_paragraph("Bo: We ")
    by = 'w:author="Ana" w:date="2024-05-01T10:00:00Z"'
    for change in (
        f'<w:ins {W} w:id="1" {by}><w:r><w:t>never</w:t></w:r></w:ins>',
        f'<w:del {W} w:id="2" {by}><w:r><w:delText>always</w:delText></w:r></w:del>',
        f'<w:r {W}><w:t xml:space="preserve"> wait. </w:t></w:r>',
        f'<w:moveFrom {W} w:id="3" {by}><w:r><w:t>It moved.</w:t></w:r></w:moveFrom>',
        f"<w:r {W}><w:pict><w:txbxContent><w:p><w:r><w:t>In a box.</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>",
    ):
        said._p.append(parse_xml(change))
    document.add_comment(said.runs[0], text="Ask again.", author="Ana")
    cells = document.add_table(rows=1, cols=3)._cells
    for cell, words in zip(cells, ("Money", "all", "3"), strict=True):
        cell.text = words
    document.add_paragraph()._p.append(
        parse_xml(f'<w:moveTo {W} w:id="4" {by}><w:r><w:t>It moved.</w:t></w:r></w:moveTo>')
    )
    text, left_out = _read(tmp_path, "a.docx", _saved(document))
    *lines, comment = text.split("\n")
    assert lines == ["Bo: We never wait. ", "In a box.", "Money | all | 3", "It moved."]
    assert comment.startswith("Comment by Ana, ")
    assert comment.endswith(', on "Bo: We": Ask again.')
    assert left_out == ("1 deleted run", "1 moved passage (read at its new place)")


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared/samples")
def test_13_a_document_without_words_is_refused_by_name() -> None:
    with pytest.raises(ReadError, match=r"mammoth_empty\.docx: holds no text"):
        read_document(SAMPLES / "docx" / "mammoth_empty.docx", name="mammoth_empty.docx")


@pytest.mark.parametrize("ending", ["docx", "odt", "xlsx"])
def test_13_renamed_protected_and_damaged_files_are_refused_by_name_and_cause(tmp_path: Path, ending: str) -> None:
    protected = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")
    cut = _minimal_odt()[:60]
    for raw, cause in (
        (b"Only words.", "not a zip archive. Was a file of another kind renamed"),
        (protected, "password-protected or in the old Office format. Remove the password"),
        (cut, "or is damaged"),
        (b"", "holds no text"),
    ):
        with pytest.raises(ReadError, match=rf"a\.{ending}: .*{cause}"):
            _read(tmp_path, f"a.{ending}", raw)


@pytest.mark.parametrize("ending", ["docx", "odt"])
def test_13_a_file_of_the_other_kind_is_refused_by_name(tmp_path: Path, ending: str) -> None:
    raw = _minimal_odt() if ending == "docx" else _saved(docx.Document())
    with pytest.raises(ReadError, match=rf"a\.{ending}: is not a readable "):
        _read(tmp_path, f"a.{ending}", raw)


def test_14_a_bomb_is_refused_before_it_is_inflated(tmp_path: Path) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as out:
        for _ in range(107):
            out.write(b"<w:p/>  " * 131_072)
    assert len(packed.getvalue()) < 400_000
    tracemalloc.start()
    try:
        for name in ("a.docx", "a.odt", "a.xlsx"):
            with pytest.raises(ReadError, match=f"{name}: has a file packed more than 200 to 1"):
                _read(tmp_path, name, packed.getvalue())
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("ending", "part"), [("docx", "word/document.xml"), ("odt", "content.xml")])
def test_14_a_part_of_more_than_50_mib_is_refused(tmp_path: Path, ending: str, part: str) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(part, b"<x>" + b" " * (50 << 20) + b"</x>")
    with pytest.raises(ReadError, match=rf'a\.{ending}: the part "{part}" is larger than 50 MiB'):
        _read(tmp_path, f"a.{ending}", packed.getvalue())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["word/document.xml", "word/styles.xml", "word/comments.xml", "docProps/core.xml"])
def test_15_a_document_type_in_any_part_of_a_word_file_is_refused(tmp_path: Path, part: str, encoding: str) -> None:
    document = docx.Document()
    document.add_paragraph("Words.")
    hostile = f'<?xml version="1.0" encoding="{encoding}"?>{DOCTYPE}<x>&b;&c;</x>'.encode(encoding)
    with pytest.raises(ReadError, match=rf'a\.docx, part "{part}": brings a document type') as caught:
        _read(tmp_path, "a.docx", _with_part(_saved(document), part, hostile))
    assert "aaaaaaaaaa" not in str(caught.value)


def test_15_a_document_type_in_odt_and_xlsx_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r'a\.odt, part "content.xml": brings a document type'):
        _read(tmp_path, "a.odt", _minimal_odt(f"{DOCTYPE}<x>&b;</x>"))
    book = openpyxl.Workbook()
    book.active.append(["words"])
    book.save(tmp_path / "good.xlsx")
    raw = _with_part((tmp_path / "good.xlsx").read_bytes(), "xl/workbook.xml", f"{DOCTYPE}<x>&b;</x>".encode())
    with pytest.raises(ReadError, match=r'a\.xlsx, part "xl/workbook.xml": brings a document type'):
        _read(tmp_path, "a.xlsx", raw)


def test_a_part_whose_bytes_do_not_inflate_is_refused_with_its_name(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Words " * 500)
    raw = bytearray(_saved(document))
    with zipfile.ZipFile(BytesIO(bytes(raw))) as archive:
        entry = archive.getinfo("word/document.xml")
    start = entry.header_offset + 30 + len(entry.filename)
    raw[start : start + 20] = bytes(20)
    with pytest.raises(ReadError, match=r'a\.docx: the part "word/document.xml" is damaged'):
        _read(tmp_path, "a.docx", bytes(raw))
    assert zlib.crc32(bytes(raw))  # the archive itself still opens
