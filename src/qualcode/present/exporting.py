"""What was written into a file for other programs, or made of theirs, and what was left out, in words.

In: the report of an export or of a codebook that came in. Out: text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from .wording import plural


@dataclass(frozen=True, match_args=False)
class Exported(Protocol):
    """What `rows_export_text` needs to know; `qualcode.flow.Export` has it."""

    what: str
    rows: int
    documents: int
    notes: tuple[str, ...]


@dataclass(frozen=True, match_args=False)
class Book(Protocol):
    """What `codebook_export_text` needs to know; `qualcode.flow.CodebookExport` has it."""

    codebook: Any
    left_out: tuple[str, ...]


@dataclass(frozen=True, match_args=False)
class MadeBook(Protocol):
    """What `codebook_import_text` needs to know; `qualcode.flow.CodebookImport` has it."""

    codebook: Any
    undefined: int
    notes: tuple[str, ...]
    left_out: tuple[str, ...]


def rows_export_text(report: Exported, out: str) -> str:
    """What a file holds, that it was read back, and what had to be done or left out."""
    of = "" if report.what == "document" else f" of {plural(report.documents, 'document')}"
    return "\n".join(
        [
            f"Wrote {out}: {plural(report.rows, report.what)}{of}. Read back: every text is the same.",
            *(f"  {note}." for note in report.notes),
        ]
    )


def codebook_export_text(report: Book, out: str) -> str:
    """What a file with a codebook holds, and what it cannot."""
    return "\n".join(
        [f"Wrote {out}: {size_text(report.codebook)}.", *(f"  left out: {one}." for one in report.left_out)]
    )


def codebook_import_text(report: MadeBook, out: str) -> str:
    """What a codebook of another program became, and what is to be written before it can tag."""
    undefined = [f"{plural(report.undefined, 'code')} without a definition: write one."] if report.undefined else []
    return "\n".join(
        [
            f"Wrote {out}: {size_text(report.codebook)}; no cues yet: nothing is tagged until they are written "
            "(docs/codebook.md).",
            *undefined,
            *(f"Note: {note}." for note in report.notes),
            *(f"  left out: {one}." for one in report.left_out),
        ]
    )


def size_text(codebook: Any) -> str:
    """How many codes and categories a codebook has.

    Examples
    --------
    >>> from qualcode.codebook import read_codebook
    >>> size_text(read_codebook())
    '17 codes in 6 categories'
    """
    categories = len(codebook.categories)
    return f"{plural(len(codebook.codes), 'code')} in {categories} categor{'y' if categories == 1 else 'ies'}"
