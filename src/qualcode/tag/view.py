"""A sentence as rules and models see it: composed (NFC), plain quotes and dashes, one blank between words.

The words in the store stay as the source has them; only matching uses this view. Every character
of the view knows which stretch of the original it stands for, so evidence points at the original.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import regex

_PLAIN = {
    **dict.fromkeys("‘’‚‛ʼ′`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    "…": "...",
    **dict.fromkeys("\u200b\u200c\u2060\ufeff\u00ad", ""),
}
_CLUSTER = regex.compile(r"\X")
_LETTERS = regex.compile(r"[ -~¡-¬®-\u02ff\u0386\u0388-\u0482\u048a-\u052f‘’“”„‐-―−€]*+")
"""Signs that stand alone: none of them joins another, and each is one sign of the view."""
_ONE_TO_ONE = str.maketrans({sign: plain for sign, plain in _PLAIN.items() if len(plain) == 1})
_UNEVEN_BLANK = regex.compile(r"\s\s|[^\S ]")
"""Blanks that are not one plain blank: a line break inside a sentence, two blanks in a row."""


@dataclass(frozen=True)
class View:
    """Matching view of a stretch of text.

    Attributes
    ----------
    text : str
        The view.
    starts, ends : sequence of int
        For each character of the view, where the original stretch it stands for starts and ends.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Original offsets of ``text[start:end]`` (not empty).

        Examples
        --------
        >>> view = make_view("Cafe\u0301s don’t")
        >>> view.text, view.original(6, 11)
        ("Cafés don't", (7, 12))
        """
        return self.starts[start], self.ends[end - 1]


def make_view(original: str) -> View:
    """The matching view of `original`.

    Parameters
    ----------
    original : str

    Returns
    -------
    View
    """
    if _LETTERS.fullmatch(original) and not _UNEVEN_BLANK.search(original):
        places = range(len(original) + 1)
        return View(original.translate(_ONE_TO_ONE), places[:-1], places[1:])
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for cluster in _CLUSTER.finditer(original):
        plain = "".join(map(_plain, unicodedata.normalize("NFC", cluster.group())))
        if plain.isspace():
            if text and text[-1] == " ":
                ends[-1] = cluster.end()
                continue
            plain = " "
        if plain:
            text.append(plain)
        starts.extend([cluster.start()] * len(plain))
        ends.extend([cluster.end()] * len(plain))
    return View("".join(text), tuple(starts), tuple(ends))


def _plain(character: str) -> str:
    if character in _PLAIN:
        return _PLAIN[character]
    return " " if character.isspace() else character
