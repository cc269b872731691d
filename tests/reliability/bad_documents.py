"""Small valid files of every format the program reads, and what may become of them: cut, flipped, nested, swapped."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import docx
import openpyxl

from foreign_projects import MONEY, WAITING, project, selection
from pdf_files import lines, pdf
from qualcode.refi import write_project

TALK = (
    "Interviewer: What is hard?\n"
    "Ana: There is no money for it – and “nobody” repays it. We wait for months.\n"
    "\n"
    "Interviewer: And η υγεία?\n"
    "Ana: The bus is always late.\n"
)
_ODT = "urn:oasis:names:tc:opendocument:xmlns"
_XML_DEPTHS = (40, 300, 3000, 60_000)
_LONG = (5_000, 200_000, 3_000_000)


# --- valid files -----------------------------------------------------------------------------------


def _word() -> bytes:
    made, target = docx.Document(), io.BytesIO()
    for line in TALK.splitlines():
        made.add_paragraph(line)
    table = made.add_table(rows=2, cols=2)
    table.cell(0, 0).text, table.cell(1, 1).text = "Ana", "The bus is late."
    made.save(target)
    return target.getvalue()


def _workbook() -> bytes:
    made, target = openpyxl.Workbook(), io.BytesIO()
    assert made.active is not None
    for row in (("Speaker", "Text"), ("Interviewer", "What is hard?"), ("Ana", "There is no money for it.")):
        made.active.append(row)
    made.save(target)
    return target.getvalue()


def _open_document() -> bytes:
    body = "".join(f"<text:p>{line}</text:p>" for line in TALK.splitlines())
    content = (
        f'<office:document-content xmlns:office="{_ODT}:office:1.0" xmlns:text="{_ODT}:text:1.0">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return _zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content.encode()})


def _project() -> bytes:
    return write_project(project(selection("There is no money for it.", MONEY, WAITING))).content


def _captions(stop: str) -> str:
    said = ("What is hard?", "There is no money for it.", "The bus is always late.")
    return "".join(
        f"{n}\n00:00:0{n}{stop}000 --> 00:00:0{n + 1}{stop}000\nAna: {words}\n\n" for n, words in enumerate(said)
    )


_SPEECH = {"segments": [{"start": 0.0, "end": 2.5, "speaker": "Ana", "text": f"{line}"} for line in TALK.split("\n")]}
_CODES = (
    '<?xml version="1.0" encoding="utf-8"?><CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes>'
    '<Code guid="00000000-0000-0000-0000-000000000001" name="Money" isCodable="true" color="#ff0000">'
    "<Description>Nobody pays.</Description>"
    '<Code guid="00000000-0000-0000-0000-000000000002" name="Fares" isCodable="true"/></Code></Codes></CodeBook>'
)
_RTF = (
    r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\f0 "
    r"Ana: There is no money for it.\par Ben: The bus is {\b late}.\par}"
)
_PAGE = "<!doctype html><html><head><title>Talk</title></head><body>" + "".join(
    f"<p><b>{line.partition(':')[0]}</b>: {line.partition(':')[2]}</p>" for line in TALK.splitlines()
)
_TABLE = 'speaker,text\nInterviewer,What is hard?\nAna,"There is no money, for it."\nAna,The bus is late.\n'


def _zipped(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


@dataclass(frozen=True)
class Kind:
    """A format.

    Attributes
    ----------
    ending : str
    count : int
        Bad files of it in the full number.
    make : callable
        A valid file.
    opens, closes : str
        What nests in it.
    """

    ending: str
    count: int
    make: Callable[[], bytes]
    opens: str = "("
    closes: str = ")"


KINDS = (
    Kind("txt", 1200, TALK.encode),
    Kind("md", 700, f"---\nregion: Crete\n---\n# Talk\n\n{TALK}\n| a | b |\n|---|---|\n| c | d |\n".encode, "> ", ""),
    Kind("csv", 900, _TABLE.encode, '"', '"'),
    Kind("tsv", 500, _TABLE.replace(",", "\t").encode, '"', '"'),
    Kind("vtt", 600, lambda: f"WEBVTT\n\n{_captions('.')}".encode(), "<v Ana>", "</v>"),
    Kind("srt", 500, lambda: _captions(",").encode(), "<i>", "</i>"),
    Kind("json", 700, lambda: json.dumps(_SPEECH).encode(), "[", "]"),
    Kind("html", 900, _PAGE.encode, "<div>", "</div>"),
    Kind("rtf", 800, _RTF.encode, "{", "}"),
    Kind("docx", 900, _word, "<w:p>", "</w:p>"),
    Kind("odt", 700, _open_document, "<text:p>", "</text:p>"),
    Kind("xlsx", 600, _workbook, "<c>", "</c>"),
    Kind("qdpx", 500, _project, "<a>", "</a>"),
    Kind("qdc", 250, _CODES.encode, "<Code>", "</Code>"),
    Kind("zip", 150, lambda: _zipped({"a.txt": TALK.encode(), "b.docx": _word(), "c.csv": _TABLE.encode()})),
    Kind("pdf", 100, lambda: pdf(lines(["Ana: There is no money.", "Ben: The bus is late."])), "[", "]"),
)  # fmt: skip
"""10,000 files in all; of PDFs, each of which is read in a process of its own, only a hundred."""


# --- what becomes of them --------------------------------------------------------------------------


def damaged(kind: Kind, count: int) -> Iterator[tuple[str, bytes]]:
    """`count` bad files of a format, each with the name of what was done to it; always the same ones."""
    valid, chance = kind.make(), random.Random(kind.ending)
    ways = list(_WAYS)
    if valid.startswith(b"PK"):
        ways += _ARCHIVE_WAYS * 3
    for number in range(count):
        way = ways[number % len(ways)]
        yield f"{kind.ending} {number}: {way.__name__.strip('_')}", way(valid, chance, kind)


def _cut(raw: bytes, chance: random.Random, _kind: Kind) -> bytes:
    return raw[: chance.randrange(len(raw))]


def _begun_late(raw: bytes, chance: random.Random, _kind: Kind) -> bytes:
    return raw[chance.randrange(len(raw)) :]


def _flipped(raw: bytes, chance: random.Random, _kind: Kind) -> bytes:
    made = bytearray(raw)
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
    return bytes(made)


def _overwritten(raw: bytes, chance: random.Random, _kind: Kind) -> bytes:
    start = chance.randrange(len(raw))
    return raw[:start] + chance.randbytes(chance.randrange(1, 60)) + raw[start + chance.randrange(60) :]


def _random(raw: bytes, chance: random.Random, _kind: Kind) -> bytes:
    return raw[: chance.choice((0, 4, 8))] + chance.randbytes(chance.choice((1, 30, 3000)))


def _shuffled(raw: bytes, chance: random.Random, _kind: Kind) -> bytes:
    places = sorted(chance.randrange(len(raw)) for _ in range(3))
    pieces = [raw[a:b] for a, b in zip([0, *places], [*places, None], strict=True)]
    chance.shuffle(pieces)
    return b"".join(pieces)


def _nested(raw: bytes, chance: random.Random, kind: Kind) -> bytes:
    """Something opened very often, closed as often or never."""
    depth, at = chance.choice(_XML_DEPTHS), chance.randrange(len(raw))
    return raw[:at] + kind.opens.encode() * depth + kind.closes.encode() * (depth * chance.randrange(2)) + raw[at:]


def _long_line(raw: bytes, chance: random.Random, _kind: Kind) -> bytes:
    length, at = chance.choices(_LONG, (8, 4, 1))[0], chance.randrange(len(raw))
    word = chance.choice((b"x", b"late ", b"a,b;", b"\xc3\xa9", b"<", b"&", b"\\", b'"', b"9"))
    return raw[:at] + word * (length // len(word)) + raw[at:]


def _other_signs(raw: bytes, chance: random.Random, _kind: Kind) -> bytes:
    """NULs, controls, halves of characters, marks of other encodings."""
    at = chance.randrange(len(raw))
    sign = chance.choice(
        (b"\0", b"\x1b", b"\xed\xa0\x80", b"\xff\xfe", b"\xef\xbb\xbf", b"\xf4\x90\x80\x80", b"&#0;", b"\r")
    )
    return raw[:at] + sign * chance.choice((1, 5, 500)) + raw[at:]


def _encoded(raw: bytes, chance: random.Random, _kind: Kind) -> bytes:
    return raw.decode("latin-1").encode(chance.choice(("utf-16", "utf-16-le", "utf-32", "utf-7", "utf-8")))


_Way = Callable[[bytes, random.Random, Kind], bytes]
_WAYS: list[_Way] = [
    _cut, _begun_late, _flipped, _flipped, _overwritten, _random, _shuffled, _nested, _long_line, _other_signs,
    _encoded,
]  # fmt: skip


def _parts(raw: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _a_part_damaged(raw: bytes, chance: random.Random, kind: Kind) -> bytes:
    """Bad words in a good archive: no checksum tells."""
    parts = _parts(raw)
    name = chance.choice(sorted(parts))
    parts[name] = chance.choice(_WAYS)(parts[name] or b"?", chance, kind)
    return _zipped(parts)


def _parts_swapped(raw: bytes, chance: random.Random, _kind: Kind) -> bytes:
    parts = _parts(raw)
    one, other = chance.choices(sorted(parts), k=2)
    parts[one], parts[other] = parts[other], parts[one]
    return _zipped(parts)


def _a_part_missing(raw: bytes, chance: random.Random, _kind: Kind) -> bytes:
    parts = _parts(raw)
    del parts[chance.choice(sorted(parts))]
    return _zipped(parts)


_ARCHIVE_WAYS: list[_Way] = [_a_part_damaged, _a_part_damaged, _parts_swapped, _a_part_missing]
