"""Documents with codings as brat standoff: a zip with a .txt and an .ann for each, and read back.

In: names, texts and codings. Out: the content of a zip file, always the same bytes for the same study.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

SETTINGS = "annotation.conf"
_MARK = re.compile(r"T\d+\t(?P<code>\S+) (?P<places>[\d ;]+)\t(?P<text>.*)")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNSAFE = re.compile(r'[\x00-\x1f<>:"|?*\\]')


def write_standoff(documents: Iterable[tuple[str, str, Sequence[Mapping[str, Any]]]]) -> bytes:
    """A zip for brat.

    Parameters
    ----------
    documents : iterable of (str, str, sequence of mapping)
        Name, text, and codings with `start`, `end`, `code`, `probability` (None = no machine said), `status` and
        `decided_by`.

    Returns
    -------
    bytes
        Text-bound annotations count code points. One over several lines has a fragment for each line, as brat asks;
        probability, status and who decided stand in a note of the annotator (``#``).

    Examples
    --------
    >>> coding = {"start": 0, "end": 3, "code": "fares", "probability": 0.9, "status": "auto", "decided_by": ""}
    >>> read_standoff(write_standoff([("a/b.txt", "Too dear.", [coding])]))
    [('a/b.txt', 'Too dear.', [(0, 3, 'fares', 'Too')])]
    """
    packed = BytesIO()
    taken: set[str] = set()
    codes: set[str] = set()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text, codings in documents:
            stem = _stem(name, taken)
            codes.update(row["code"] for row in codings)
            _add(archive, f"{stem}.txt", text)
            _add(archive, f"{stem}.ann", "".join(_lines(text, codings)))
        entities = "\n".join(sorted(codes))
        _add(archive, SETTINGS, f"[entities]\n{entities}\n\n[relations]\n\n[events]\n\n[attributes]\n")
    return packed.getvalue()


def read_standoff(content: bytes) -> list[tuple[str, str, list[tuple[int, int, str, str]]]]:
    """Name, text, and (start, end, code, words in one line) of the codings of each document of `write_standoff`."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".txt")]
        return [
            (name, archive.read(name).decode(), _places(archive.read(f"{name[:-4]}.ann").decode())) for name in names
        ]


def _lines(text: str, codings: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    for number, row in enumerate(codings, start=1):
        fragments = [
            (found.start(), found.end()) for found in re.compile(r"[^\n]+").finditer(text, row["start"], row["end"])
        ]
        places = ";".join(f"{start} {end}" for start, end in fragments)
        yield f"T{number}\t{row['code']} {places}\t{' '.join(text[start:end] for start, end in fragments)}\n"
        sure = "" if row["probability"] is None else f"probability {row['probability']:.4f}, "
        who = f" by {' '.join(row['decided_by'].split())}" if row["decided_by"] else ""
        yield f"#{number}\tAnnotatorNotes T{number}\t{sure}{row['status']}{who}\n"


def _places(annotations: str) -> list[tuple[int, int, str, str]]:
    found = (_MARK.fullmatch(line) for line in annotations.split("\n"))
    places = []
    for mark in filter(None, found):
        ends = re.findall(r"\d+", mark["places"])
        places.append((int(ends[0]), int(ends[-1]), mark["code"], mark["text"]))
    return places


def _stem(name: str, taken: set[str]) -> str:
    """The name without .txt, as every file system takes it, and different from all others."""
    plain = _UNSAFE.sub("_", name.removesuffix(".txt"))
    parts = [part for part in plain.split("/") if part not in ("", ".", "..")] or ["document"]
    stem, number = "/".join(parts), 2
    while stem.casefold() in taken:
        stem, number = f"{'/'.join(parts)} ({number})", number + 1
    taken.add(stem.casefold())
    return stem


def _add(archive: zipfile.ZipFile, name: str, text: str) -> None:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 0  # the same bytes on every system
    archive.writestr(info, text.encode())
