"""Zipped Office files at the door."""

import random
import zipfile
from io import BytesIO

import pytest

from qualcode.errors import ReadError
from qualcode.read.office import open_office

WHAT = "a Word document (.docx)"


def _zip(**parts: bytes) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(f"{name}.xml", content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("raw", "cause"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.docx: is not a Word document .* password-protected"),
        (b"plain words", "a.docx: .* not a zip archive. Was a file of another kind renamed?"),
        (b"", r"a.docx: holds no text \(0 bytes\)"),
        (b"PK\x03\x04 cut off", "a.docx: is not a Word document .* damaged"),
    ],
)
def test_what_only_pretends_is_refused_by_name_and_cause(raw: bytes, cause: str) -> None:
    with pytest.raises(ReadError, match=cause):
        open_office(raw, file="a.docx", what=WHAT)


def test_a_zip_that_is_one_opens() -> None:
    assert open_office(_zip(a=b"<a>DOCTYPE</a>"), file="a.docx", what=WHAT).names == ("a.xml",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32"])
def test_a_document_type_in_any_part_is_refused_with_the_name_of_the_part(encoding: str) -> None:
    raw = _zip(a=b"<a/>", b='<!DOCTYPE x [<!ENTITY y "z">]><x>&y;</x>'.encode(encoding))
    with pytest.raises(ReadError, match=r'a.xlsx, part "b.xml": brings a document type'):
        open_office(raw, file="a.xlsx", what=WHAT)


def test_an_archive_that_lost_bytes_in_the_middle_is_refused_by_name() -> None:
    raw = _zip(a=b"<a/>", b=b"<b/>")
    with pytest.raises(ReadError, match=r"a\.docx: .*damaged"):
        open_office(raw[:10] + raw[20:], file="a.docx", what=WHAT)


def test_a_part_that_is_too_large_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qualcode.read.office.MAX_XML", 2**20)
    with pytest.raises(ReadError, match=r'a\.xlsx: the part "b\.xml" is larger than 1 MiB'):
        open_office(_zip(a=b"<a/>", b=b"<b>" + random.Random(1).randbytes(2**20)), file="a.xlsx", what=WHAT)
