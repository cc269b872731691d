from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qualcode.codebook import read_codebook
from qualcode.present.exporting import codebook_export_text, codebook_import_text, rows_export_text

BOOK = read_codebook()


@dataclass(frozen=True)
class Told:
    """All that the three texts need."""

    what: str = "coding"
    rows: int = 1_200
    documents: int = 1
    notes: tuple[str, ...] = ("one note",)
    left_out: tuple[str, ...] = ("3 cues",)
    undefined: int = 1
    codebook: Any = BOOK


def test_an_export_says_what_it_holds() -> None:
    assert rows_export_text(Told(), "a.csv").splitlines() == [
        "Wrote a.csv: 1,200 codings of 1 document. Read back: every text is the same.",
        "  one note.",
    ]
    assert rows_export_text(Told("document", notes=()), "m.csv").startswith("Wrote m.csv: 1,200 documents. Read")


def test_a_codebook_says_what_is_lost_and_what_is_to_be_done() -> None:
    assert codebook_export_text(Told(), "a.qdc").splitlines() == [
        "Wrote a.qdc: 17 codes in 6 categories.",
        "  left out: 3 cues.",
    ]
    assert codebook_import_text(Told(), "codebook.yaml").splitlines() == [
        "Wrote codebook.yaml: 17 codes in 6 categories; no cues yet: nothing is tagged until they are written "
        "(docs/codebook.md).",
        "1 code without a definition: write one.",
        "Note: one note.",
        "  left out: 3 cues.",
    ]
