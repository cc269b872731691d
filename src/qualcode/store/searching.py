"""Words as people type them in, an expression for SQLite's full-text search out; and where such words stand in a text.

The index itself is `segments_fts` (``schema_exchange.py``). It keeps no words, so the place of a match is found by
asking the same question of the few texts that are shown.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import closing

from ..errors import SelectionError

Mark = tuple[int, int]
"""First code point of a match in a text, and the one after its last."""

NEAR_MOST = 1000
"""Most words that may stand between two that are near each other."""

_QUOTES = str.maketrans(dict.fromkeys("“”„«»", '"') | {"\0": " "})
_TERM = re.compile(r'"(?P<phrase>[^"]*)"?(?P<star>\*?)|(?P<word>[^\s"]+)')
_OPERATORS = ("AND", "OR", "NOT")
_ON, _OFF = "\x02", "\x03"


def match_of(words: str, *, near: int | None = None) -> str:
    r"""What to ask `segments_fts` for.

    Parameters
    ----------
    words : str
        Words, all of which must be in a segment; ``"words in quotes"`` follow each other, ``word*`` is the beginning
        of a word, OR and NOT in capitals stand between words. Capitals and the accents of Latin letters do not matter,
        nor do other signs: ``don't`` is ``don`` followed by ``t``.
    near : int or None
        Most words, 0 or more, that may stand between the first and the last of them, in any order; None = anywhere.

    Returns
    -------
    str
        An FTS5 expression without a fault, whatever the words are.

    Raises
    ------
    SelectionError
        If there is no letter or digit in it; or `near` comes with one word only, OR or NOT.

    Examples
    --------
    >>> print(match_of('bus "too late" driv* OR don\'t'))
    "bus" "too late" "driv"* OR "don't"
    >>> print(match_of("slow bus", near=3))
    NEAR("slow" "bus", 3)
    """
    parts = _parts(words.encode("utf-8", "replace").decode().translate(_QUOTES))
    if not parts:
        raise SelectionError(f'"{words}" holds no word to search for. Signs are found with --regex.')
    if near is None:
        return " ".join(parts)
    if not 0 <= near <= NEAR_MOST:
        raise SelectionError(f"--near {near}: give a number of words from 0 to {NEAR_MOST:,}.")
    if len(parts) == 1 or any(part in _OPERATORS for part in parts):
        raise SelectionError("--near is for two words or more, without OR and NOT between them.")
    return f"NEAR({' '.join(parts)}, {near})"


def _parts(words: str) -> list[str]:
    """Phrases of FTS5, and the operators between them."""
    parts = []
    for found in _TERM.finditer(words):
        text = found["word"] or found["phrase"] or ""
        if text in _OPERATORS and found["word"]:
            parts.append(text)
        elif _has_word(text):
            is_prefix = found["star"] or text.endswith("*")
            parts.append(f'"{text.rstrip("*")}"{"*" if is_prefix else ""}')
    # An operator stands between two terms; elsewhere it is a word like any other.
    return [
        part if part not in _OPERATORS or _is_between(parts, place) else f'"{part}"' for place, part in enumerate(parts)
    ]


def _is_between(parts: Sequence[str], place: int) -> bool:
    return 0 < place < len(parts) - 1 and not {parts[place - 1], parts[place + 1]} & set(_OPERATORS)


def _has_word(text: str) -> bool:
    """Whether FTS5 finds a word in it; its `unicode61` takes letters, digits and private characters."""
    return any(unicodedata.category(c)[0] in "LN" or unicodedata.category(c) == "Co" for c in text)


def mark_words(texts: Sequence[str], match: str) -> list[tuple[Mark, ...]]:
    """Where the words of a search stand in texts.

    Parameters
    ----------
    texts : sequence of str
    match : str
        From `match_of`.

    Returns
    -------
    list of tuple of (int, int)
        Per text, code points of it: begin and end (exclusive) of each match; none where it does not match.

    Examples
    --------
    >>> mark_words(["The café is slow.", "No word of it."], match_of("CAFE slow"))
    [((4, 8), (12, 16)), ()]
    """
    clean = str.maketrans({_ON: " ", _OFF: " ", "\0": " "})
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute('CREATE VIRTUAL TABLE shown USING fts5(text, tokenize="unicode61 remove_diacritics 2")')
        connection.executemany(
            "INSERT INTO shown (rowid, text) VALUES (?, ?)", enumerate(text.translate(clean) for text in texts)
        )
        marked = dict(connection.execute(_MARKED, {"match": match, "on": _ON, "off": _OFF}))
    return [tuple(_marks(marked.get(place, ""))) for place in range(len(texts))]


_MARKED = "SELECT rowid, highlight(shown, 0, :on, :off) FROM shown WHERE shown MATCH :match"


def _marks(marked: str) -> Iterator[Mark]:
    place = begin = 0
    for character in marked:
        if character == _ON:
            begin = place
        elif character == _OFF:
            yield begin, place
        else:
            place += 1
