r""".txt and .md in: the text as it is, and one block for each line that holds words.

Markup that is nobody's words stays in the text but outside of every block: ``#`` of headings, bullet
signs, rules, underlines of headings, front-matter fences, HTML comments, and caption timings that
some recorders leave in a transcript. Who speaks is not asked here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ..model import Attributes, Block, BlockStyle
from .decode import decode
from .front_matter import parse_front_matter
from .layout import Parsed, counted, trimmed

_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(?=\S)")
_CLOSING_HASHES = re.compile(r"\s+#+\s*$")
_RULE = re.compile(r"\s*([-=_*~–—])(\s*\1){2,}\s*")
_UNDERLINE = re.compile(r"\s{0,3}(={3,}|-{3,}|~{3,})\s*")
_BULLET = re.compile(r"\s*(?:[-*+–—•‣◦▪●·]\s+|[-–—•‣◦▪●](?=[^\W\d_]))(?=\S)(?:\[[ xX]\]\s+)?")
_NUMBERED = re.compile(r"\s*(?:\d{1,2}[.)]|[a-zA-Z]\))\s+\S")
_QUOTE = re.compile(r"\s{0,3}(?:>\s?)+(?=\S)")
_BOLD = re.compile(r"(\*\*|__)(?=\S)[^\n]{1,80}?(?<=\S)\1")
_TIMING = re.compile(r"\s*(\d{1,2}:)?\d{1,2}:\d{2}[.,]\d{1,3}\s*-->\s*(\d{1,2}:)?\d{1,2}:\d{2}[.,]\d{1,3}.*")
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


@dataclass(frozen=True)
class _Line:
    start: int
    end: int
    text: str


def parse_plain(raw: bytes, *, format: str, file: str, encoding: str | None = None) -> Parsed:  # noqa: A002
    """Read a text or Markdown file.

    Parameters
    ----------
    raw : bytes
        The whole file.
    format : {"txt", "md"}
    file : str
        Name for the messages.
    encoding : str or None
        None = find it.

    Returns
    -------
    Parsed

    Raises
    ------
    ReadError
        If the bytes do not decode, or the front matter is faulty.
    """
    decoded = decode(raw, file=file, encoding=encoding)
    matter = parse_front_matter(decoded.text, file=file)
    left_out: Counter[str] = Counter()
    lines = [line for line in _lines(decoded.text) if line.start >= matter.end]
    if format == "md":
        lines = _without_comments(decoded.text, lines, left_out)
    blocks = [*matter.blocks, *_blocks(lines, format == "md", left_out)]
    return Parsed(
        text=decoded.text,
        blocks=tuple(blocks),
        attributes=matter.attributes if matter.end else Attributes(),
        left_out=(*decoded.notes, *matter.left_out, *counted(left_out)),
        encoding=decoded.encoding,
        encoding_guessed=decoded.guessed,
    )


def _lines(text: str) -> Iterator[_Line]:
    start = 0
    for line in text.split("\n"):
        yield _Line(start, start + len(line), line)
        start += len(line) + 1


def _without_comments(text: str, lines: list[_Line], left_out: Counter[str]) -> list[_Line]:
    """Lines outside of HTML comments; a comment inside a line stays, it may be part of a sentence."""
    hidden = [
        match.span()
        for match in _COMMENT.finditer(text)
        if not text[text.rfind("\n", 0, match.start()) + 1 : match.start()].strip()
    ]
    left_out["HTML comment"] += len(hidden)
    return [line for line in lines if not any(start <= line.start < end for start, end in hidden)]


def _blocks(lines: list[_Line], markdown: bool, left_out: Counter[str]) -> Iterator[Block]:
    skip = _timing_lines(lines)
    left_out["caption timing inside the text"] += sum(1 for at in skip if _TIMING.fullmatch(lines[at].text))
    for at, line in enumerate(lines):
        if at in skip or not line.text.strip() or _RULE.fullmatch(line.text):
            continue
        if markdown and "|" in line.text and _TABLE_RULE.fullmatch(line.text):
            continue
        underlined = at + 1 < len(lines) and _is_underline(lines, at + 1)
        yield _block(line, underlined, markdown)


def _timing_lines(lines: list[_Line]) -> set[int]:
    """Positions of caption timings and of the cue numbers right above them."""
    found: set[int] = set()
    for at, line in enumerate(lines):
        if _TIMING.fullmatch(line.text):
            found.add(at)
            if at and lines[at - 1].text.strip().isdigit():
                found.add(at - 1)
    return found


def _is_underline(lines: list[_Line], at: int) -> bool:
    """Whether it is a rule right under a short line that stands after a blank one."""
    if not _UNDERLINE.fullmatch(lines[at].text):
        return False
    above = lines[at - 1].text.strip()
    alone = at < 2 or not lines[at - 2].text.strip()
    return bool(above) and alone and len(above) <= 100 and not _BULLET.match(above)


def _block(line: _Line, underlined: bool, markdown: bool) -> Block:
    style, skipped, end = _style(line.text, underlined, markdown)
    start, stop = trimmed(line.text, skipped, end)
    bold = _BOLD.match(line.text, start, stop)
    return Block(line.start + start, line.start + stop, style, bold=len(bold[0]) if bold and style != "heading" else 0)


def _style(text: str, underlined: bool, markdown: bool) -> tuple[BlockStyle, int, int]:
    """Style of a line, how many code points of markup it begins with, and where its words end."""
    if markdown and (hashes := _HEADING.match(text)):
        closing = _CLOSING_HASHES.search(text, hashes.end())
        return "heading", hashes.end(), closing.start() if closing else len(text)
    if underlined:
        return "heading", 0, len(text)
    if markdown and (quote := _QUOTE.match(text)):
        return "line", quote.end(), len(text)
    if markdown and text.lstrip().startswith("|") and text.rstrip().endswith("|") and len(text.strip()) > 2:
        return "row", text.index("|") + 1, text.rindex("|")
    if bullet := _BULLET.match(text):
        return "bullet", bullet.end(), len(text)
    return ("bullet" if _NUMBERED.match(text) else "line"), 0, len(text)
