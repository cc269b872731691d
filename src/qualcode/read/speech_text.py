"""Text files that a meeting or speech program wrote: Otter, Teams and Zoom, known by the lines that name who speaks.

Only when it is certain; any other text file is read by `parse_plain`, where the lines stay and `segment` finds who
speaks.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from ..model import BlockStyle
from .captions import seconds_of
from .decode import decode
from .layout import Parsed, TextBuilder, counted
from .plain import parse_plain

_CLOCK = r"(?:\d{1,2}:)?\d{1,2}:\d{2}"
_NAME = r"(?P<name>[^\W_](?:[^\n\t:;?!<>\[\]]{0,58}[^\s:;?!<>\[\]])?)"
_OTTER_END = re.compile(r"\s*Transcribed by https?://otter\.ai/?\s*")
_FEWEST = 3
_LONGEST_PREAMBLE = 15
_MOSTLY = 0.9


@dataclass(frozen=True)
class _Shape:
    """How a program marks who speaks.

    Attributes
    ----------
    called : str
        For the dry run.
    head : re.Pattern
        Of the line above the words, or of two of them; groups time and name, and words where they begin there.
    style : str
        Of the words: sentences run on over captions.
    recurs : bool
        Whether names must come again to be believed.
    """

    called: str
    head: re.Pattern[str]
    style: BlockStyle
    recurs: bool = True


_SHAPES = (
    _Shape(
        "speech: Teams (times, then the name, then the words)",
        re.compile(
            r"^[ \t]*(?P<time>\d{1,2}:\d{1,2}:\d{1,2}[.,]\d{1,3})[ \t]*-->[ \t]*[\d:.,]+[ \t]*\n"
            rf"[ \t]*{_NAME}[ \t]*(?=\n)",
            re.MULTILINE,
        ),
        "caption",
    ),
    _Shape(
        "speech: Zoom (name in brackets and time above the words)",
        re.compile(r"^\[(?P<name>[^\]\n]{1,60})\][ \t]+(?P<time>\d{1,2}:\d{2}:\d{2})[ \t]*(?=\n)", re.MULTILINE),
        "caption",
    ),
    _Shape(
        "speech: chat of Zoom",
        re.compile(
            r"^(?P<time>\d{1,2}:\d{2}:\d{2})[ \t]+From[ \t]+(?P<name>[^\n:]{1,60}?)[ \t]+to[ \t]+[^\n:]{1,60}?:"
            r"[ \t]*(?P<words>.*)",
            re.IGNORECASE | re.MULTILINE,
        ),
        "paragraph",
        recurs=False,
    ),
    _Shape(
        "speech: Otter or Teams (name and time above the words)",
        re.compile(rf"^{_NAME}(?:[ \u00a0]{{2,}}|\t)(?P<time>{_CLOCK})[ \t]*(?=\n)", re.MULTILINE),
        "paragraph",
    ),
)


def parse_text(raw: bytes, *, format: str, file: str, encoding: str | None = None) -> Parsed:  # noqa: A002
    """Read a text file, as the transcript of a meeting program where it certainly is one.

    Parameters
    ----------
    raw : bytes
        The whole file.
    format : {"txt"}
    file : str
        Name for the messages.
    encoding : str or None
        None = find it.

    Returns
    -------
    Parsed
        The words without the lines that name speakers, which become `Block.speaker` and `Block.time`; what stands above
        the first is a header. Any other text as `parse_plain` gives it.

    Raises
    ------
    ReadError
        As `parse_plain`.
    """
    decoded = decode(raw, file=file, encoding=encoding)
    for shape in _SHAPES:
        heads = list(shape.head.finditer(decoded.text))
        if _is_certain(decoded.text, heads, shape):
            builder, left_out = TextBuilder(), Counter[str]()
            _build(decoded.text, heads, shape, builder, left_out)
            return Parsed(
                builder.text,
                tuple(builder.blocks),
                left_out=(*decoded.notes, *counted(left_out)),
                encoding=decoded.encoding,
                encoding_guessed=decoded.guessed,
                read_as=(shape.called,),
            )
    return parse_plain(raw, format=format, file=file, encoding=encoding)


def _is_certain(text: str, heads: list[re.Match[str]], shape: _Shape) -> bool:
    """Whether the lines are heads throughout: soon after the top, over words, in the order of time, by few people."""
    if len(heads) < _FEWEST or text.startswith("---"):
        return False
    above = [line for line in text[: heads[0].start()].split("\n") if line.strip()]
    names = {head["name"] for head in heads}
    ends = [*(head.start() for head in heads[1:]), len(text)]
    filled = sum(bool(_words(text, head, end)) for head, end in zip(heads, ends, strict=True))
    times = [seconds_of(head["time"]) for head in heads]
    onward = sum(before <= after for before, after in pairwise(times))
    return (
        len(above) <= _LONGEST_PREAMBLE
        and filled >= _MOSTLY * len(heads)
        and onward >= _MOSTLY * (len(heads) - 1)
        and (not shape.recurs or len(names) <= max(_FEWEST - 1, len(heads) // 2))
    )


def _words(text: str, head: re.Match[str], end: int) -> list[str]:
    """The lines of words that belong to a head."""
    begun = head.groupdict().get("words") or ""
    return [line for line in (begun, *text[head.end() : end].split("\n")) if line.strip()]


def _build(text: str, heads: list[re.Match[str]], shape: _Shape, builder: TextBuilder, left_out: Counter[str]) -> None:
    for line in text[: heads[0].start()].split("\n"):
        if line.strip():
            builder.add(line, "header")
    for head, end in zip(heads, [*(head.start() for head in heads[1:]), len(text)], strict=True):
        lines = _words(text, head, end)
        left_out["name without words"] += not lines
        for line in lines:
            if _OTTER_END.fullmatch(line):
                left_out['line "Transcribed by ..."'] += 1
            else:
                builder.add(line, shape.style, speaker=" ".join(head["name"].split()), time=head["time"])
