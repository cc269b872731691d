"""Eleven dialects made of real texts: ten come back exactly, one is not taken for proven."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from qualcode.errors import ExchangeError
from qualcode.refi import Dialect, read_project
from qualcode.refi.dialects import STANDARD, Quoted, SourceText, agreement, decode, place
from qualcode.refi.words import folded

from .archives import archive, passages, selection, source

SAMPLE = Path(__file__).parents[2] / "transcripts_sample"
UNITS: dict[str, Callable[[str], int]] = {
    "code points": len,
    "UTF-16": lambda text: len(text.encode("utf-16-le")) // 2,
    "UTF-8": lambda text: len(text.encode("utf-8")),
}


def sample_text() -> str:
    """A text of the sample with an emoji in each paragraph."""
    text = (SAMPLE / "crete_interview_01.txt").read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    return text.replace(". ", ". 🧬", 40).replace("the", "τη", 10)


def written_in(dialect: Dialect, text: str, places: list[tuple[int, int]], *, mark: bool, crlf: bool) -> list[Quoted]:
    """Selections as a program of that dialect counts them."""
    size = UNITS[dialect.unit]

    def position(at: int) -> int:
        before = text[:at].replace("\n", "\r\n") if dialect.crlf_counted and crlf else text[:at]
        first = (3 if dialect.unit == "UTF-8" else 1) if dialect.bom_counted and mark else 0
        return size(before) + first

    return [
        Quoted(0, position(start), position(end) - dialect.end_inclusive, folded(text[start:end]))
        for start, end in places
    ]


DIALECTS = {
    "standard": (STANDARD, False, False),
    "mark": (Dialect(bom_counted=True), True, False),
    "mark not counted": (STANDARD, True, False),
    "CRLF as two": (Dialect(crlf_counted=True), False, True),
    "CRLF as one": (STANDARD, False, True),
    "mark, CRLF as two": (Dialect(bom_counted=True, crlf_counted=True), True, True),
    "UTF-16": (Dialect(unit="UTF-16"), False, False),
    "UTF-8": (Dialect(unit="UTF-8"), False, False),
    "UTF-8, CRLF as two": (Dialect(crlf_counted=True, unit="UTF-8"), False, True),
    "end inclusive": (Dialect(end_inclusive=True), False, False),
}


@pytest.mark.parametrize("name", [*DIALECTS, "no words"])
def test_a_dialect_is_found_from_the_words(name: str) -> None:
    dialect, mark, crlf = DIALECTS.get(name, (STANDARD, False, False))
    text, quotes = sample_text(), name != "no words"
    places = passages(text, 60)
    parts = "".join(
        selection(number, one.start, one.end, one.name if quotes else None)
        for number, one in enumerate(written_in(dialect, text, list(places), mark=mark, crlf=crlf))
    )
    content = (text.replace("\n", "\r\n") if crlf else text).encode("utf-8-sig" if mark else "utf-8")
    received = read_project(archive(content, source(parts)), file="theirs.qdpx")
    (found,) = received.project.sources
    assert found.text == text
    assert [(one.start, one.end) for one in found.selections] == list(places)
    assert received.dialect == dialect
    assert (received.is_verified, received.quoted, received.agreeing) == ((True, 60, 60) if quotes else (False, 0, 0))
    assert received.losses == ()


@pytest.mark.parametrize(
    ("mark", "crlf", "unit", "inclusive"), list(product((False, True), (False, True), UNITS, (False, True)))
)
def test_every_dialect_gives_its_own_places_back(mark: bool, crlf: bool, unit: str, inclusive: bool) -> None:
    text = "I: Why?\nR: 🧬 no money.\nη υγεία 🧬🧬 is dear.\n\nWe wait 🧬 for long.\n" * 30
    dialect = Dialect(mark, crlf, unit, inclusive)  # type: ignore[arg-type]
    places = list(passages(text, 40))
    raw = SourceText(text.replace("\n", "\r\n"), has_mark=True)
    placed = place([raw], written_in(dialect, text, places, mark=True, crlf=True))
    assert (placed.dialect, placed.is_verified, placed.places) == (dialect, True, places)


def test_a_thousand_quotes_are_tried_by_a_sample_and_all_are_counted() -> None:
    text = sample_text() * 5
    places = list(passages(text, 1200))
    raw = SourceText(text.replace("\n", "\r\n"))
    placed = place([raw], written_in(Dialect(crlf_counted=True), text, places, mark=False, crlf=True))
    assert (placed.dialect, placed.agreeing, placed.places) == (Dialect(crlf_counted=True), 1200, places)


def test_what_does_not_tell_is_not_proven() -> None:
    # The quote stands before the emoji, the selection without words behind it: nothing says how the emoji counts.
    text = SourceText("No money. 🧬 We wait.")
    known, unknown = Quoted(0, 0, 8, "No money"), Quoted(0, 12, 14, "")
    assert place([text], [known]).is_verified
    assert not place([text], [known, unknown]).is_verified


def test_words_that_stand_nowhere_prove_nothing() -> None:
    text = SourceText("No money. We wait for a long time.")
    placed = place([text], [Quoted(0, 0, 8, "something else altogether"), Quoted(0, 10, 17, "line:6")])
    assert (placed.is_verified, placed.quoted, placed.agreeing) == (False, 1, 0)
    assert placed.dialect == STANDARD


def test_an_emoji_is_not_cut_in_half() -> None:
    text = SourceText("a🧬b money is short")
    quoted = [Quoted(0, 5, 10, "money"), Quoted(0, 2, 4, "")]
    assert place([text], quoted).places == [(4, 9), None]


def test_our_own_files_need_no_proof_against_other_dialects() -> None:
    text = SourceText("🧬 " + "A long sentence about money. " * 20)
    whole = Quoted(0, 2, 550, text.text[2:202])
    assert not place([text], [whole]).is_verified
    assert place([text], [whole], is_ours=True).is_verified


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("We wait for months", 3),
        ("We wait for months ", 2),
        ("We wait for mo …", 1),
        ("We wait...", 0),  # too short to say anything
        ("We", 0),
        ("", 0),
    ],
)
def test_a_quote_may_be_cut(name: str, expected: int) -> None:
    assert agreement(name, "We wait\nfor months.", (0, 18)) == expected


def test_a_long_quote_may_be_cut_without_saying_so() -> None:
    text = "word " * 100
    assert agreement(text[:200], text, (0, 400)) == 1
    assert agreement(text[:40], text, (0, 400)) == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_texts_are_decoded(encoding: str) -> None:
    found = decode("η\r\nυ".encode(encoding), where="x")
    assert (found.raw, found.text, found.has_mark) == ("η\r\nυ", "η\nυ", encoding != "utf-8")


def test_another_encoding_is_refused_by_name() -> None:
    with pytest.raises(ExchangeError, match=r"a\.qdpx, sources/1\.txt: is not UTF-8 text \(byte 3\)"):
        decode(b"abc\x80", where="a.qdpx, sources/1.txt")
