"""Zip files and XML from strangers: hostile and damaged ones are refused before anything is read of them."""

from __future__ import annotations

import io
import random
import stat
import struct
import tracemalloc
import warnings
import zipfile
import zlib

import pytest

from qualcode.archive import Archive, parse_xml
from qualcode.errors import ExchangeError, ReadError


def zipped(*parts: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w", method) as archive:
        warnings.simplefilter("ignore")  # zipfile warns of names that are there twice, which is what is wanted
        for name, content in parts:
            archive.writestr(name, content)
    return target.getvalue()


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("link.txt")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return info


def backslash() -> bytes:
    return zipped(("a/b.txt", b"x")).replace(b"a/b.txt", b"a\\b.txt")


def overlapping(count: int, size: int) -> bytes:
    """One packed text that `count` entries of the directory all point at."""
    data = zlib.compress(b"\0" * size)[2:-4]
    crc = zlib.crc32(b"\0" * size)
    name = b"000000.txt"
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 33, crc, len(data), size, len(name), 0) + name + data
    entries = b"".join(
        struct.pack(
            "<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 33, crc, len(data), size, len(name), 0, 0, 0, 0, 0, 0
        )
        + f"{number:06d}.txt".encode()
        for number in range(count)
    )  # fmt: skip
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(entries), len(local), 0)
    return local + entries + end


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (zipped(("../evil.txt", b"x")), r'name leaves the archive: "\.\./evil\.txt"'),
        (zipped(("a/../../evil.txt", b"x")), "name leaves the archive"),
        (zipped(("/etc/passwd", b"x")), 'name leaves the archive: "/etc/passwd"'),
        (zipped(("/sources/a.txt", b"x")), "name leaves the archive"),
        (backslash(), "name leaves the archive"),
        (zipped(("C:/evil.txt", b"x")), "name leaves the archive"),
        (zipped((link(), b"/etc/passwd")), "a link instead of a file"),
        (zipped(("a.txt", b"x"), ("a.txt", b"y")), 'holds "a.txt" twice'),
        (zipped(("a.txt", b"x"), ("A.TXT", b"y")), 'holds "A.TXT" twice'),
        (zipped(("bomb.txt", b"\0" * 2**22)), "packed more than 200 to 1"),
        (zipped(("a.txt", b"x"), method=zipfile.ZIP_BZIP2), "packed in a way that is not read"),
        (zipped(*((f"{number}", b"") for number in range(5001))), "holds 5,001 files"),
        (b"no zip file at all", "is not a zip archive, or is damaged"),
        (b"", "is not a zip archive"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "protected by a password or in the old Office format"),
    ],
)
def test_what_no_honest_program_writes_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(ReadError, match=message) as caught:
        Archive(content, file="theirs.zip")
    assert str(caught.value).startswith("theirs.zip: ")


def test_entries_over_each_other_are_refused_before_anything_is_inflated() -> None:
    bomb = overlapping(1000, 10 * 2**20)
    assert len(bomb) < 100_000
    tracemalloc.start()
    with pytest.raises(ReadError, match=r"unpack to 10,485,760,000 bytes"):
        Archive(bomb, file="bomb.zip")
    with pytest.raises(ReadError, match="lie over each other"):
        Archive(overlapping(50, 2**20), file="bomb.zip")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30 * 2**20


def test_a_truncated_archive_is_refused() -> None:
    with pytest.raises(ExchangeError, match="is not a REFI-QDA project, or is damaged"):
        Archive(zipped(("a.txt", b"x" * 100))[:-30], file="a.qdpx", what="a REFI-QDA project", error=ExchangeError)


def test_a_damaged_entry_is_named() -> None:
    content = zipped(("a.txt", b"some words"), method=zipfile.ZIP_STORED).replace(b"some words", b"soma words", 1)
    archive = Archive(content, file="a.zip")
    with pytest.raises(ReadError, match=r'a\.zip: the part "a\.txt" is damaged'):
        archive.read("a.txt")


def test_an_encrypted_entry_is_refused() -> None:
    content = bytearray(zipped(("a.txt", b"x")))
    content[6] |= 1
    content[content.index(b"PK\1\2") + 8] |= 1
    with pytest.raises(ReadError, match="protected by a password"):
        Archive(bytes(content), file="a.zip")


def test_a_folder_may_begin_with_a_slash_where_that_is_known() -> None:
    archive = Archive(zipped(("/Sources/a.txt", b"x")), file="a.qdpx", rooted="sources")
    assert archive.read("/Sources/a.txt") == b"x"
    for name in ("/sources/../../x", "//sources/x", "/etc/passwd"):
        with pytest.raises(ReadError, match="leaves the archive"):
            Archive(zipped((name, b"x")), file="a.qdpx", rooted="sources")


def one_entry(name: bytes, data: bytes, size: int, method: int = 8) -> tuple[bytes, bytes]:
    """Local part and directory entry of a file that says it inflates to `size` bytes."""
    common = struct.pack("<5H3I2H", 20, 0, method, 0, 33, zlib.crc32(data), len(data), size, len(name), 0)
    return b"PK\3\4" + common + name + data, b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack(
        "<3H2I", 0, 0, 0, 0, 0
    ) + name  # fmt: skip


def test_an_entry_that_lies_about_its_size_is_not_inflated_beyond_it() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = b"".join(packer.compress(bytes(2**20)) for _ in range(64)) + packer.flush()
    local, directory = one_entry(b"a.txt", data, 1000)
    raw = local + directory + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(directory), len(local), 0)
    archive = Archive(raw, file="a.zip")
    tracemalloc.start()
    with pytest.raises(ReadError, match=r'a\.zip: the part "a\.txt" is damaged'):
        archive.read("a.txt")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**20


def test_old_names_that_are_longer_in_utf_8_do_not_lie_over_each_other() -> None:
    local, directory = one_entry("ééé.txt".encode("cp437"), b"one", 3, method=0)
    more, further = one_entry(b"b.txt", b"two", 3, method=0)
    further = further[:42] + struct.pack("<I", len(local)) + further[46:]
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 2, 2, len(directory + further), len(local + more), 0)
    archive = Archive(local + more + directory + further + end, file="a.zip")
    assert [archive.read(name) for name in archive.names] == [b"one", b"two"]
    assert archive.names == ("ééé.txt", "b.txt")


def test_names_are_files_in_order_and_folders_are_none() -> None:
    archive = Archive(zipped(("b/", b""), ("b/2.txt", b"two"), ("a.txt", b"one")), file="a.zip")
    assert archive.names == ("b/2.txt", "a.txt")


def test_any_damage_gives_a_clear_error_or_the_words() -> None:
    whole = zipped(("a.xml", b"<a>" + bytes(range(32, 60)) * 20 + b"</a>"), ("b.txt", b"words"))
    chance, messages = random.Random(6), set()
    for _ in range(1500):
        content = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        content = content[: chance.randint(0, len(content))] if chance.random() < 0.2 else content
        try:
            archive = Archive(bytes(content), file="a.zip")
            for name in archive.names:
                archive.read(name)
        except ReadError as fault:
            messages.add(str(fault)[:7])
    assert messages == {"a.zip: "}


LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(10)
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<!DOCTYPE a><a/>", "brings a document type"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>', "brings a document type"),
        (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>', "brings a document type"),
        (LAUGHS + b"]><a>&k;</a>", "document type|not readable XML"),
        (LAUGHS + b']><a b="&k;"/>', "document type|not readable XML"),
        (b"<a><b></a>", "is not readable XML"),
        (b"", "is not readable XML"),
        (b"\0\1\2", "is not readable XML"),
    ],
)
def test_xml_that_brings_its_own_rules_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        parse_xml(content, file="a.xml")
    with pytest.raises(ExchangeError, match=message):
        Archive(zipped(("a.xml", content)), file="a.qdpx", error=ExchangeError).xml("a.xml")


def test_xml_is_read_without_comments_and_with_a_mark_before_it() -> None:
    root = parse_xml(b'\xef\xbb\xbf<?xml version="1.0"?><a><!-- no --><b/><?do it?></a>', file="a.xml")
    assert [child.tag for child in root] == ["b"]


def test_xml_beyond_the_limit_is_not_parsed() -> None:
    big = b"<a>" + b"x" * 2**20 + b"</a>"
    with pytest.raises(ReadError, match="larger than 1 MiB"):
        parse_xml(big, file="a.xml", limit=2**20)
    with pytest.raises(ReadError, match="larger than 1 MiB"):
        Archive(zipped(("a.xml", big), method=zipfile.ZIP_STORED), file="a.zip").xml("a.xml", limit=2**20)
