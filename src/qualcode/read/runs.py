"""Paragraphs as runs of words with their weight, and tables: what Word, LibreOffice, RTF and web pages share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..model import BlockStyle
from .layout import TextBuilder
from .word_tables import add_table

_BLANKS = re.compile(r"[ \t\r\n\f]+")


@dataclass
class Runs:
    """The words of one paragraph, run by run.

    Attributes
    ----------
    parts : list of (str, bool)
        Words and whether they are bold.
    """

    parts: list[tuple[str, bool]] = field(default_factory=list)

    def add(self, words: str, bold: bool) -> None:
        """Append words as they are; LF begins a new line."""
        if words:
            self.parts.append((words, bold))

    def add_folded(self, words: str, bold: bool) -> None:
        """Append words as HTML and OpenDocument mean them: blanks in a row are one blank, none begins a line."""
        words = _BLANKS.sub(" ", words)
        if not self.parts or self.parts[-1][0].endswith((" ", "\n")):
            words = words.lstrip(" ")
        self.add(words, bold)

    @property
    def text(self) -> str:
        """All words of the paragraph."""
        return "".join(words for words, _ in self.parts)

    @property
    def bold(self) -> int:
        """Code points at the start that are bold; blanks between bold runs count."""
        length = 0
        for words, bold in self.parts:
            if not bold and words.strip():
                break
            length += len(words)
        return len(self.text[:length].rstrip()) if any(bold and words.strip() for words, bold in self.parts) else 0


Piece = tuple[Runs | list[list[str]], BlockStyle]
"""A paragraph, or the words of a table by row and cell; with its style."""


def add_pieces(pieces: Iterable[Piece], builder: TextBuilder) -> None:
    """Append paragraphs and tables in their order."""
    for piece, style in pieces:
        if isinstance(piece, Runs):
            add_runs(piece, style, builder)
        else:
            add_table(piece, builder)


def add_runs(runs: Runs, style: BlockStyle, builder: TextBuilder) -> None:
    """Append a paragraph; a line break inside begins a new block, headings and notes are never bold."""
    bold = 0 if style in ("heading", "header") else runs.bold
    for line in runs.text.split("\n"):
        builder.add(line, style, bold=min(max(bold, 0), len(line.rstrip())))
        bold -= len(line) + 1
