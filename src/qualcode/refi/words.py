"""Words as XML can hold and quote them, and moments as XML Schema writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

QUOTE_LENGTH = 200
"""Characters of a passage that a selection quotes."""
REPLACEMENT = "\ufffd"
# What XML 1.0 has no way to write, escaped or not; a lone surrogate cannot even be encoded.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACE = re.compile(r"\s+")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?")


def legal(text: str) -> str:
    r"""The text with every character that XML cannot hold replaced by U+FFFD.

    Examples
    --------
    >>> legal("a\x0bb\n")
    'a�b\n'
    """
    return _ILLEGAL.sub(REPLACEMENT, text)


class Legal:
    """`legal` that counts what it replaces."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, text: str) -> str:
        """The text as XML can hold it."""
        after = legal(text)
        self.count += changes(text, after)
        return after


def plain(text: str) -> str:
    r"""The text as a text file holds it so that it reads back the same: as many characters, all in the same places.

    Half characters become U+FFFD, carriage returns line feeds, and a byte order mark at the start a blank.

    Examples
    --------
    >>> plain("\ufeffa\rb\x0b")
    ' a\nb\x0b'
    """
    text = _SURROGATE.sub(REPLACEMENT, text).replace("\r", "\n")
    return f" {text[1:]}" if text.startswith("\ufeff") else text


def changes(before: str, after: str) -> int:
    """How many characters differ between two texts of one length."""
    return 0 if before == after else sum(one != other for one, other in zip(before, after, strict=True))


def folded(text: str) -> str:
    r"""Each run of white space as one blank, what XML cannot hold replaced: the same before and after a parser.

    Examples
    --------
    >>> folded("two\r\n  lines ")
    'two lines '
    """
    return _ILLEGAL.sub(REPLACEMENT, _SPACE.sub(" ", text))


def quote(text: str) -> str:
    """A passage as its selection quotes it: the first 200 characters, white space folded."""
    # Folding never makes a text longer, and a passage may be a whole document.
    return folded(text[: QUOTE_LENGTH * 10])[:QUOTE_LENGTH]


def memo(texts: Iterable[str]) -> str:
    r"""What several notes say, as one text.

    Examples
    --------
    >>> memo(["Ask again", "", "Done"])
    'Ask again\n\nDone'
    """
    return "\n\n".join(filter(None, texts))


def is_moment(text: str) -> bool:
    """Whether a text is a moment that a reader of XML Schema accepts (``2025-03-01T10:00:00Z``).

    Examples
    --------
    >>> is_moment("2025-03-01T10:00:00+02:00"), is_moment("2025-02-30T10:00:00"), is_moment("yesterday")
    (True, False, False)
    """
    if not _MOMENT.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
