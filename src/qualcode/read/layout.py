"""What every format reader hands back, and the builder that keeps text and blocks in step."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..model import Attributes, Block, BlockStyle

_AFTER_NOUN = ("of", "without", "inside", "above", "that")
_NOT_STORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True)
class Parsed:
    """Text and layout of one source, before it becomes a `Document`.

    Attributes
    ----------
    text : str
        The words, newlines LF.
    blocks : tuple of Block
        In order, disjoint, trimmed.
    attributes : Attributes
        From front matter; else all None.
    left_out : tuple of str
        What was not taken over, with counts.
    encoding : str
        As for `Document`.
    encoding_guessed : bool
        As for `Document`.
    read_as : tuple of str
        As for `Document`.
    """

    text: str
    blocks: tuple[Block, ...]
    attributes: Attributes = field(default_factory=Attributes)
    left_out: tuple[str, ...] = ()
    encoding: str = "utf-8"
    encoding_guessed: bool = False
    read_as: tuple[str, ...] = ()


@dataclass
class TextBuilder:
    """Collects lines of text with their blocks; the lines are joined by LF.

    For formats whose text is assembled (docx, tables, captions); plain text keeps its own text.
    """

    blocks: list[Block] = field(default_factory=list)
    _lines: list[str] = field(default_factory=list)
    _length: int = 0

    def add(
        self,
        line: str,
        style: BlockStyle,
        *,
        speaker: str | None = None,
        time: str | None = None,
        bold: int = 0,
    ) -> None:
        """Append one line; a blank one leaves an empty line and no block."""
        start = self._length
        self._lines.append(line)
        self._length += len(line) + 1
        if line.strip():
            lead = len(line) - len(line.lstrip())
            end = start + len(line.rstrip())
            self.blocks.append(Block(start + lead, end, style, speaker, time, max(0, bold - lead)))

    @property
    def text(self) -> str:
        """All lines so far."""
        return "\n".join(self._lines)


def storable(words: str, seen: Counter[str]) -> str:
    r"""Put U+FFFD where a character is none that text may hold (NUL, half of a surrogate pair), and count it.

    Examples
    --------
    >>> seen: Counter[str] = Counter()
    >>> storable("a\0b", seen), counted(seen)
    ('a\ufffdb', ('1 character that no text may hold (shown as \ufffd)',))
    """
    clean, found = _NOT_STORABLE.subn("\ufffd", words)
    seen["character that no text may hold (shown as \ufffd)"] += found
    return clean


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Narrow a stretch by the blanks at its ends; empty at `start` when there is nothing else.

    Examples
    --------
    >>> trimmed("  ab  ", 0, 6)
    (2, 4)
    """
    stretch = text[start:end]
    lead = len(stretch) - len(stretch.lstrip())
    return (start, start) if lead == len(stretch) else (start + lead, start + len(stretch.rstrip()))


def counted(counts: Counter[str]) -> tuple[str, ...]:
    """Give counts as phrases, in the order first met: ``("2 images", "1 comment")``.

    Keys are singular; the plural takes an s.

    Examples
    --------
    >>> counted(Counter({"image": 2, "comment": 1}))
    ('2 images', '1 comment')
    """
    return tuple(f"{n} {what if n == 1 else plural(what)}" for what, n in counts.items() if n)


def plural(what: str) -> str:
    """Plural of a phrase by its first noun.

    Examples
    --------
    >>> plural("row without words"), plural("text box (not read)")
    ('rows without words', 'text boxes (not read)')
    """
    words = what.split(" ")
    at = next(
        (i - 1 for i, word in enumerate(words) if i and (word in _AFTER_NOUN or word.startswith("("))), len(words) - 1
    )
    noun = words[at]
    words[at] = noun[:-1] + "ies" if noun.endswith("y") else noun + ("es" if noun.endswith(("x", "s")) else "s")
    return " ".join(words)


def listed(names: Iterable[str], limit: int = 8, separator: str = ", ") -> str:
    """Names joined for a message, at most `limit` of them."""
    names = list(names)
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return separator.join(names[:limit]) + more
