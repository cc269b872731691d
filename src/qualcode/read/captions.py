"""Subtitle files (vtt, srt) in: one block a cue (or a voice in it), times and tags taken off.

An own parser: the libraries tried keep ``<00:17.500>`` in the words, drop cues with bad timings, or
lose the speaker of the second voice in a cue. Here no word is lost: whatever is not a time, a number,
a tag or a comment is somebody's words.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from ..errors import ReadError
from .decode import decode, unify_newlines
from .layout import Parsed, TextBuilder, counted

_STAMP = r"(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}"
_TIMING = re.compile(rf"\s*(?P<start>{_STAMP})\s*-->\s*(?P<end>{_STAMP})(?P<settings>\s.*|\s*)")
_BROKEN_TIMING = re.compile(r"[\s\d:.,]*-->[\s\d:.,]*")
_SIDE_BLOCK = re.compile(r"(NOTE|STYLE|REGION)(\s|$)")
_TAG = re.compile(
    rf"</?(?:c|i|b|u|s|ruby|rt|lang|font|span)(?:[.\s][^<>]*)?/?>|<{_STAMP}>|<\d{{1,2}}:\d{{2}}>|\{{\\[^}}]*\}}",
    re.IGNORECASE,
)
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+(?P<name>[^>]*)>|</v>|<v>")
_LABELLED = re.compile(r"(?:[-–—]\s?)?(?P<name>[^\W\d_][^\s:]*(?:\s[^\s:]+){0,3}):\s+(?=\S)")
_ROLLING_SHARE = 1 / 3
_FLASH = 0.1
"""Seconds: what is shown for less is the last line, held while the next one rolls in."""
_NAMED_SHARE = 0.8


@dataclass
class _Cue:
    time: str | None
    seconds: float = _FLASH
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Piece:
    """Words of one voice in one cue."""

    words: str
    speaker: str | None


def parse_captions(raw: bytes, *, format: str, file: str, encoding: str | None = None) -> Parsed:  # noqa: A002
    """Read a WebVTT or SubRip file.

    Parameters
    ----------
    raw : bytes
        The whole file.
    format : {"vtt", "srt"}
    file : str
        Name for the messages.
    encoding : str or None
        None = find it.

    Returns
    -------
    Parsed
        Lines of a cue joined by a blank, cues by LF. A voice gives `Block.speaker`; so does ``Name: words``
        where nearly every cue begins so (Zoom), else it stays in the text.

    Raises
    ------
    ReadError
        If the bytes do not decode, or no cue holds words.
    """
    decoded = decode(raw, file=file, encoding=encoding)
    left_out: Counter[str] = Counter()
    cues = _read_cues(decoded.text, format == "vtt", left_out)
    _drop_rolling(cues, left_out)
    names = _names(cues)
    builder = TextBuilder()
    for cue in cues:
        for piece in _pieces(cue, format == "vtt", names):
            builder.add(piece.words, "caption", speaker=piece.speaker, time=cue.time)
    if not builder.blocks:
        raise ReadError(f"{file}: no cue holds words. Nothing is stored for it.")
    return Parsed(
        builder.text,
        tuple(builder.blocks),
        left_out=(*decoded.notes, *counted(left_out)),
        encoding=decoded.encoding,
        encoding_guessed=decoded.guessed,
        read_as=("captions: each begins with a name (Zoom)",) if names else (),
    )


# --- lines to cues -----------------------------------------------------------------------------


def _read_cues(text: str, vtt: bool, left_out: Counter[str]) -> list[_Cue]:
    lines = text.split("\n")
    at = _skip_header(lines) if vtt else 0
    cues: list[_Cue] = []
    after_blank = True
    while at < len(lines):
        line = lines[at]
        if vtt and after_blank and _SIDE_BLOCK.match(line):
            left_out[f"{line.split()[0]} block"] += 1
            at = _next_blank(lines, at)
        elif _is_timing(line):
            cues.append(_cue(line, left_out))
        elif _is_identifier(lines, at, after_blank, vtt):
            pass
        elif line.strip():
            if not cues:
                cues.append(_Cue(None))
            cues[-1].lines.append(line)
        after_blank = at >= len(lines) or not lines[at].strip()
        at += 1
    return cues


def _skip_header(lines: list[str]) -> int:
    """Position after the WEBVTT header: it ends with the first blank line, or where a cue begins."""
    if not lines[0].startswith("WEBVTT"):
        return 0
    for at, line in enumerate(lines):
        if not line.strip() or _is_timing(line):
            return at
    return len(lines)


def _next_blank(lines: list[str], at: int) -> int:
    while at < len(lines) and lines[at].strip():
        at += 1
    return at


def _is_timing(line: str) -> bool:
    return "-->" in line and bool(_TIMING.fullmatch(line) or _BROKEN_TIMING.fullmatch(line))


def _cue(line: str, left_out: Counter[str]) -> _Cue:
    timing = _TIMING.fullmatch(line)
    if not timing:
        left_out["bad timing (the words are kept)"] += 1
        return _Cue(None)
    seconds = seconds_of(timing["end"]) - seconds_of(timing["start"])
    left_out["timing that ends before it begins (kept)"] += seconds < 0
    return _Cue(timing["start"], seconds)


def seconds_of(stamp: str) -> float:
    """Seconds of a time stamp.

    Examples
    --------
    >>> seconds_of("1:01:03,5"), seconds_of("2:30")
    (3663.5, 150.0)
    """
    seconds = 0.0
    for part in stamp.replace(",", ".").split(":"):
        seconds = 60 * seconds + float(part)
    return seconds


def _is_identifier(lines: list[str], at: int, after_blank: bool, vtt: bool) -> bool:
    """Whether it is a line right above a timing that is a number, or in WebVTT any line that begins a block."""
    if at + 1 >= len(lines) or not _is_timing(lines[at + 1]) or not lines[at].strip():
        return False
    return lines[at].strip().isdigit() or (vtt and after_blank)


# --- cues to words -----------------------------------------------------------------------------


def _drop_rolling(cues: list[_Cue], left_out: Counter[str]) -> None:
    """Live captions show each line twice: first new, then above the next one. The repeat goes.

    Only when at least a third of the cues do so: else "Yes." after "Yes." are two people's words. Between two
    cues some show the last line alone for an instant.
    """
    shown = [[_plain(line) for line in cue.lines if _plain(line)] for cue in cues]
    filled = [at for at, lines in enumerate(shown) if lines]
    repeats = [
        at
        for before, at in pairwise(filled)
        if (len(cues[at].lines) > 1 or cues[at].seconds < _FLASH) and shown[at][0] == shown[before][-1]
    ]
    if len(repeats) < 2 or len(repeats) < _ROLLING_SHARE * (len(filled) - 1):
        return
    for at in repeats:
        first = next(position for position, line in enumerate(cues[at].lines) if _plain(line))
        del cues[at].lines[first]
    left_out["repeated line of rolling captions"] += len(repeats)


def _plain(line: str) -> str:
    return " ".join(_TAG.sub("", _VOICE.sub("", line)).split())


def _names(cues: list[_Cue]) -> frozenset[str]:
    """Names that several cues begin with; none unless nearly all cues do, and somebody speaks on over two.

    Taken off the words, so that a sentence that runs over several cues of one speaker is one sentence.
    """
    filled = [cue for cue in cues if cue.lines]
    found = [_LABELLED.match(_plain(cue.lines[0])) for cue in filled]
    names = [label["name"] if label else None for label in found]
    counts = Counter(name for name in names if name is not None)
    known = frozenset(name for name, count in counts.items() if count > 1)
    certain = sum(counts[name] for name in known) >= _NAMED_SHARE * len(names)
    speaks_on = any(name in known and name == after for name, after in pairwise(names))
    voices = any(_VOICE.search(line) for cue in filled for line in cue.lines)
    return known if certain and speaks_on and not voices else frozenset()


def _pieces(cue: _Cue, vtt: bool, names: frozenset[str]) -> Iterator[_Piece]:
    """Give the words of a cue by voice; a line that may begin with a label stands alone (sentences run over anyway)."""
    for part in _split_labels(cue.lines):
        joined = " ".join(_TAG.sub("", line).strip() for line in part)
        speaker: str | None = None
        at = 0
        if (label := _LABELLED.match(joined)) and label["name"] in names:
            speaker, at = label["name"], label.end()
        for voice in _VOICE.finditer(joined):
            yield from _piece(joined[at : voice.start()], speaker, vtt)
            speaker, at = (voice["name"] or "").strip() or None, voice.end()
        yield from _piece(joined[at:], speaker, vtt)


def _split_labels(lines: list[str]) -> Iterator[list[str]]:
    part: list[str] = []
    for line in lines:
        if part and _LABELLED.match(_plain(line)) and _plain(line)[0].isupper():
            yield part
            part = []
        part.append(line)
    yield part


def _piece(words: str, speaker: str | None, vtt: bool) -> Iterator[_Piece]:
    words = html.unescape(words) if vtt else words
    if words := unify_newlines(words).strip():
        yield _Piece(words, speaker and html.unescape(speaker) if vtt else speaker)
