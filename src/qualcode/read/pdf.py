"""A PDF in: its lines in reading order, as plain text has them; heads, feet and line numbers taken away when certain.

The file is opened in a process of its own (`read/pdf_child.py`) with limits of time, memory and pages.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from ..errors import ReadError
from .layout import Parsed, TextBuilder, counted, storable
from .margins import add_note, comment_note
from .pdf_layout import Page, Piece, lines_in_order, paragraph_gap, piece, without_heads, without_line_numbers

MAX_SECONDS = 60
_CHILD = Path(__file__).with_name("pdf_child.py")
_MARK, _MARK_WITHIN = b"%PDF-", 1024
_RIGHT_TO_LEFT = ("\u0590", "\u08ff")
_MANY = 0.3
_SURELY_ONE = 40
"""Code points from which on two equal lines at a page break are one line that the break cuts through."""


def parse_pdf(
    raw: bytes,
    *,
    format: str,  # noqa: A002, ARG001
    file: str,
    encoding: str | None = None,  # noqa: ARG001
    max_seconds: float = MAX_SECONDS,
) -> Parsed:
    """Read a PDF that holds text.

    Parameters
    ----------
    raw : bytes
        The whole file.
    format : {"pdf"}
    file : str
        Name for the messages.
    encoding : str or None
        Has no meaning here: fonts say their own.
    max_seconds : float
        How long the file may take.

    Returns
    -------
    Parsed
        One block of style ``line`` a line, a blank line where a paragraph begins; words cut at the end of a line stay
        cut, several blanks become one. Comments come at the end, as nobody's talk.

    Raises
    ------
    ReadError
        If it is no PDF, damaged, protected by a password, holds no text, or breaks a limit.
    """
    if not raw:
        raise ReadError(f"{file}: holds no text (0 bytes). Nothing is stored for it.")
    if _MARK not in raw[:_MARK_WITHIN]:
        raise ReadError(f"{file}: is not a PDF (it does not begin with %PDF-). Was a file of another kind renamed?")
    found = _opened(raw, file, max_seconds)
    lost: Counter[str] = Counter(found["counts"])
    pages = [[piece(at, storable(words, lost), bold) for *at, words, bold in page] for page in found["pages"]]
    silent = [at for at, page in enumerate(pages, start=1) if not any(one.words.strip() for one in page)]
    if len(silent) == len(pages):
        raise ReadError(
            f"{file}: holds no text on its {len(pages)} page{'s' if len(pages) != 1 else ''}: scanned? Run text "
            "recognition (OCR) first. Nothing is stored for it."
        )
    pages, numbers = without_line_numbers(pages)
    pages, heads = without_heads(pages)
    builder = TextBuilder()
    _add_lines(pages, builder, lost)
    for note in found["notes"]:
        add_note(storable(comment_note(note["words"], author=note["author"], date=_day(note["date"])), lost), builder)
    notes = (*_blank_pages(silent), *numbers, *heads, *_direction(builder.text))
    return Parsed(builder.text, tuple(builder.blocks), left_out=(*notes, *counted(lost)))


def _opened(raw: bytes, file: str, max_seconds: float) -> dict[str, Any]:
    """What the child process says of the file."""
    try:
        # -P: the folder of the script, which is this package, is no place to import from.
        # Our own script by its path, no shell; the strange file is only its input.
        done = subprocess.run(  # nosec B603
            [sys.executable, "-P", str(_CHILD)], input=raw, capture_output=True, timeout=max_seconds, check=False
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired as fault:
        raise ReadError(f"{file}: takes longer than {max_seconds:g} seconds to read. Print it to a new PDF.") from fault
    except OSError as fault:
        raise ReadError(f"{file}: cannot be read, since no second process can be started ({fault}).") from fault
    except json.JSONDecodeError as fault:
        raise ReadError(
            f"{file}: made the program that reads PDFs stop (exit {done.returncode}): damaged, or larger than memory. "
            "Print it to a new PDF."
        ) from fault
    if why := answer.get("refused"):
        raise ReadError(f"{file}: {why}.")
    return answer


def _add_lines(pages: Sequence[Page], builder: TextBuilder, lost: Counter[str]) -> None:
    """Append the lines of all pages; a blank line where a paragraph begins, none where a page or column does."""
    ordered = [lines_in_order(page) for page in pages]
    gap = paragraph_gap(ordered)
    last = ""
    for page in ordered:
        if page and len(last) >= _SURELY_ONE and page[0].words == last:
            del page[0]
            lost["line drawn on both sides of a page break"] += 1
        above: Piece | None = None
        for line in page:
            if above is not None and above.y - line.y > gap:
                builder.add("", "line")
            builder.add(line.words, "line", bold=line.bold)
            above, last = line, line.words


def _blank_pages(silent: Sequence[int]) -> tuple[str, ...]:
    if not silent:
        return ()
    ranges = []
    for _, group in groupby(enumerate(silent), key=lambda pair: pair[1] - pair[0]):
        run = [page for _, page in group]
        ranges.append(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]))
    pages = f"page {ranges[0]} holds" if len(silent) == 1 else f"pages {', '.join(ranges)} hold"
    return (f"{pages} no text: scanned? Run text recognition (OCR) first",)


def _direction(text: str) -> tuple[str, ...]:
    letters = [letter for letter in text if letter.isalpha()]
    low, high = _RIGHT_TO_LEFT
    if sum(low <= letter <= high for letter in letters) <= _MANY * len(letters):
        return ()
    return ("the order of words written from right to left is not certain in a PDF: better use .docx or .txt",)


def _day(written: str) -> str:
    """Day of a date of a PDF ("D:20240501120000Z")."""
    digits = written.removeprefix("D:")[:8]
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if len(digits) == 8 and digits.isdigit() else ""
