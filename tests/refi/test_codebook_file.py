"""Codebook files: made here, of real programs, and odd ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from qualcode.errors import ExchangeError
from qualcode.refi import Code, Set, guid, read_codebook_file, write_codebook_file

SHARED = Path(__file__).parents[2] / "../shared"
SAMPLES, XSD = SHARED / "samples/refi", SHARED / "refi/Codebook.xsd"
HEAD = '<?xml version="1.0" encoding="utf-8"?>'
CODES = '<Codes><Code guid="0D62985D-B147-5D01-A9B5-CAE5DCD98342" name="costs" isCodable="true"/></Codes>'


def tree(depth: int) -> Code:
    below = (tree(depth - 1),) if depth else ()
    return Code(guid(str(depth)), "same", depth % 2 == 0, "#00AAFF", "What it\nmeans <b>", codes=below)


def test_seven_levels_and_sets_come_back() -> None:
    sets = (Set(guid("s"), "Group", "of one", (guid("1"),)),)
    written = write_codebook_file((tree(6),), sets, origin="qualcode 1")
    received = read_codebook_file(written.content, file="a.qdc")
    assert (received.codes, received.sets, received.origin, received.notes) == ((tree(6),), sets, "qualcode 1", ())
    assert write_codebook_file(received.codes, received.sets, origin="qualcode 1").content == written.content
    assert [(loss.what, loss.count) for loss in written.losses] == [("repeated name of a code", 6)]


@pytest.mark.skipif(not XSD.exists(), reason="the schemas are not here")
def test_the_schema_is_kept() -> None:
    odd = Code(guid("o"), "a\x0b" * 150, colour="rgb(1,2,3)")
    written = write_codebook_file((tree(6), odd), (Set(guid("s"), "G", "", (odd.guid,)),), origin="q")
    etree.XMLSchema(etree.parse(XSD)).assertValid(etree.fromstring(written.content))
    assert [loss.what for loss in written.losses] == [
        "long name of a code", "repeated name of a code", "control character",
    ]  # fmt: skip


def test_pyrefiqda_reads_the_same_codes(tmp_path: Path) -> None:
    pyrefiqda = pytest.importorskip("pyrefiqda")
    path = tmp_path / "a.qdc"
    path.write_bytes(write_codebook_file((tree(2),), (), origin="q").content)
    code = pyrefiqda.RefiCodebook.load(path).codes.code[0]
    assert (code.name, code.is_codable, code.code[0].code[0].guid) == ("same", True, guid("0"))


def test_notes_and_sources_have_no_place() -> None:
    code = Code(guid("c"), "c", notes=(guid("n"),))
    written = write_codebook_file((code,), (Set(guid("s"), "G", sources=(guid("x"),)),), origin="q")
    assert {loss.what: loss.count for loss in written.losses} == {"note on a code": 1, "member of a set": 1}


def test_an_empty_codebook_is_not_written() -> None:
    with pytest.raises(ExchangeError, match="no code to write"):
        write_codebook_file((), (), origin="q")


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (
            f'{HEAD}<CodeBook xmlns="urn:QDA-XML:codebook:0:4">{CODES}</CodeBook>',
            'XML namespace "urn:QDA-XML:codebook:0:4"',
        ),
        (
            f'{HEAD}<CodeBook xmlns="urn:QDA-XML:codebook:1:0">{CODES}</CodeBook>',
            'XML namespace "urn:QDA-XML:codebook:1:0"',
        ),
        (f"{HEAD}<CodeBook>{CODES}</CodeBook>", 'XML namespace ""'),
        (f'\ufeff{HEAD}<CodeBook xmlns="urn:QDA-XML:codebook:1.0">{CODES}</CodeBook>', "byte order mark"),
        (f'{HEAD}<CodeBook xmlns="urn:QDA-XML:codebook:1.0">{CODES}<Sets/></CodeBook>', "an empty list of sets"),
        (
            f'{HEAD}<Project xmlns="urn:QDA-XML:codebook:1.0"><CodeBook>{CODES}</CodeBook></Project>',
            "inside of a project",
        ),
        (f'{HEAD}<CodeBook xmlns="urn:QDA-XML:codebook:1.0"/>', "it holds no code"),
    ],
)
def test_what_departs_from_the_standard_is_accepted_and_noted(text: str, note: str) -> None:
    received = read_codebook_file(text.encode(), file="a.qdc")
    (said,) = received.notes
    assert note in said
    if "Code guid" in text:
        assert [(code.guid, code.name) for code in received.codes] == [
            ("0d62985d-b147-5d01-a9b5-cae5dcd98342", "costs")
        ]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "not readable XML"),
        (b"name,definition\n", "not readable XML"),
        (b"<html/>", "holds <html> where a REFI-QDA codebook holds <CodeBook>"),
        (b"<!DOCTYPE CodeBook><CodeBook/>", "brings a document type"),
        (HEAD.encode() + b"<CodeBook><Codes>", "not readable XML"),
    ],
)
def test_other_files_are_refused_by_name(raw: bytes, message: str) -> None:
    with pytest.raises(ExchangeError, match=message) as caught:
        read_codebook_file(raw, file="a.qdc")
    assert str(caught.value).startswith("a.qdc")


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not here")
def test_files_of_real_programs_are_read() -> None:
    def read(name: str) -> bytes:
        return (SAMPLES / name).read_bytes()

    taguette = read_codebook_file(read("taguette152_codebook.qdc"), file="t.qdc")
    assert ([code.name for code in taguette.codes][:2], len(taguette.codes)) == (["interesting", "open: privacy"], 6)
    assert taguette.notes == ("an empty list of sets",)
    atlas = read_codebook_file(read("requal_atlasti_win23_ns1.0.qdc"), file="a.qdc")
    assert (atlas.origin, atlas.codes[0].description) == ("ATLAS.ti Win 23.4.0", "description")
    assert atlas.sets[0].codes == (atlas.codes[0].guid,)
    with pytest.raises(ExchangeError, match="not readable XML"):
        read_codebook_file(read("requal_atlasti_win23_ns0-4_truncated.qdc"), file="b.qdc")
