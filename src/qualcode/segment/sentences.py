"""Sentences with exact offsets: spaCy's tokens, and an own rule for where a sentence ends.

The rule knows what transcripts are full of: abbreviations, initials, ellipses, stage directions, numbers,
hard-wrapped lines, sentences that run over caption cues, and the Greek question mark. A Greek ano teleia
(·) ends none, as a semicolon does not. Every non-blank character lies in exactly one sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import regex
import spacy

from ..model import BlockStyle
from .abbreviations import ALWAYS_OPEN, BEFORE_NUMBER, DEGREES, MONTHS, OPENERS, SHORT_WORDS

MAX_CAPTION_WORDS = 60
"""Captions without any full stop are cut at cue ends when a sentence grows beyond this."""
MAX_SENTENCE = 2_000
"""Code points; a stretch without any full stop is cut at a blank before this: nobody speaks so, or would read it."""

_STOPS = regex.compile(r"[.!?…\u037e\u061f]+|;(?<=[\p{Greek}]\p{M}*;)")
_CLOSERS = "\"'”’“»«›)]}*_"
_OPENING = "\"'“”„‘«»‹([{¿¡*_-–—• \t\n\u00a0"
_STAGE = regex.compile(
    r"\s*(?:(?:\[[^\]\n]{1,60}\]|\((?:[^()\n.!?]|(?<=\b(?:[Dd]r|[Pp]rof|Mr|Mrs|Ms|Ing|St|no))\.){1,80}\))(?=\s|$)\s*)+"
)
_NO_OPENING = regex.compile(rf"[^{regex.escape(_OPENING)}\s]")
_WORD_BEFORE = regex.compile(r"[\p{L}\p{M}\p{N}.'’\-]+$")
_STOP_INSIDE = regex.compile(r"(?<![^\s\x1c-\x1f])[^\s\x1c-\x1f]+[.!?…;\u037e\u061f][^\s\x1c-\x1f]+")
"""A stretch without blanks that has a stop before its end; the blanks are those spaCy cuts at."""
_WRAP_MIN, _WRAP_MAX = 40, 160


@dataclass(frozen=True)
class Span:
    """One block's words inside a turn.

    Attributes
    ----------
    start, end : int
        Code points into `Document.text`, half-open, trimmed.
    style : str
        The block's style: a paragraph, bullet, row, heading or header ends a sentence, a caption does not, a
        line does unless it is hard-wrapped.
    """

    start: int
    end: int
    style: BlockStyle


def split_sentences(text: str, spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Cut the spans of one turn into sentences.

    Parameters
    ----------
    text : str
        The whole `Document.text`.
    spans : sequence of Span
        In order, disjoint.

    Returns
    -------
    list of (int, int)
        Code points into `text`, half-open, trimmed, in order, disjoint; together they cover every
        non-blank character of the spans.

    Examples
    --------
    >>> text = "Dr. Silva came. Well... not really?! [laughs] It costs 1.9 million."
    >>> [text[a:b] for a, b in split_sentences(text, [Span(0, len(text), "line")])]
    ['Dr. Silva came.', 'Well... not really?! [laughs]', 'It costs 1.9 million.']
    """
    sentences: list[tuple[int, int]] = []
    for group in _join_spans(text, spans):
        start, end = group[0].start, group[-1].end
        if group[0].style == "heading":
            sentences.append((start, end))
            continue
        cuts = [*_boundaries(text[start:end]), end - start]
        found = list(_between(text, start, cuts))
        if group[0].style == "caption":
            found = [part for sentence in found for part in _cut_long(text, sentence, group)]
        sentences += found
    return [part for sentence in sentences for part in _cut_endless(text, sentence)]


# --- which spans a sentence may run over -------------------------------------------------------


def _join_spans(text: str, spans: Sequence[Span]) -> Iterator[list[Span]]:
    wrapped = _is_wrapped(spans)
    group: list[Span] = []
    for span in spans:
        if group and not _runs_on(text, group[-1], span, wrapped):
            yield group
            group = []
        group.append(span)
    if group:
        yield group


def _is_wrapped(spans: Sequence[Span]) -> bool:
    """Whether the lines are short enough, all of them, to have been wrapped by an editor."""
    lengths = [span.end - span.start for span in spans if span.style == "line"]
    return bool(lengths) and max(lengths) <= _WRAP_MAX


def _runs_on(text: str, span: Span, following: Span, wrapped: bool) -> bool:
    if text[span.end : following.start].strip():
        return False
    if span.style == following.style == "caption":
        return True
    if (
        span.style not in ("line", "bullet")
        or following.style != "line"
        or text.count("\n", span.end, following.start) > 1
    ):
        return False
    first = text[following.start]
    return first.islower() or (wrapped and span.end - span.start >= _WRAP_MIN and not first.isdigit())


# --- where a sentence ends ---------------------------------------------------------------------


def _boundaries(text: str) -> Iterator[int]:
    """Offsets right after each sentence but the last."""
    last = 0
    inside = _glued(text)
    for stop in _STOPS.finditer(text):
        if stop.start() < last or any(
            start < stop.start() and stop.end() < end for start, end in inside.get(stop.start() >> 8, ())
        ):
            continue
        end = stop.end()
        while end < len(text) and text[end] in _CLOSERS:
            end += 1
        if end < len(text) and not text[end].isspace() and not _is_typo(text, stop.start(), end):
            continue
        stage = _STAGE.match(text, end)
        if stage and _keeps_stage(text, stage.end()):
            end = stage.end()
        if _ends(text, last, stop.start(), stop.end(), end):
            yield end
            last = end


def _glued(text: str) -> dict[int, list[tuple[int, int]]]:
    """Tokens that hold a stop among other signs (addresses, "1.9", "e.g."), by 256-character bucket."""
    buckets: dict[int, list[tuple[int, int]]] = {}
    for stretch in _STOP_INSIDE.finditer(text):
        for token in _tokenizer()(stretch[0]):
            if len(token.text) > 2 and _STOPS.search(token.text, 1, len(token.text) - 1):
                start = stretch.start() + token.idx
                end = start + len(token.text)
                for bucket in range(start >> 8, (end >> 8) + 1):
                    buckets.setdefault(bucket, []).append((start, end))
    return buckets


def _is_typo(text: str, stop: int, end: int) -> bool:
    """Whether a blank is forgotten after the stop ("end.She")."""
    return (
        stop > 1
        and text[stop - 2 : stop].islower()
        and text[end : end + 1].isupper()
        and text[end + 1 : end + 2].islower()
    )


def _keeps_stage(text: str, end: int) -> bool:
    """Whether a stage direction after a stop belongs to the sentence before, unless the next goes on in lower case."""
    opening = _NO_OPENING.search(text, end)
    return not opening or not opening[0].islower()


def _ends(text: str, sentence: int, stop: int, stop_end: int, end: int) -> bool:
    sign = text[stop:stop_end]
    opening = _NO_OPENING.search(text, end)
    if not opening:
        return False
    rest = text[opening.start() : opening.start() + 60]
    lower = rest[0].islower()
    quoted = any(character in _CLOSERS for character in text[stop_end:end])
    if "…" in sign or sign.startswith(".."):
        return not lower and not regex.match(r"I\b", rest) and stop > 0 and not text[stop - 1].isspace()
    if sign != ".":
        return not (lower and quoted)
    return not (lower and quoted) and _full_stop_ends(text, sentence, stop, rest, lower)


def _full_stop_ends(text: str, sentence: int, stop: int, rest: str, lower: bool) -> bool:
    found = _WORD_BEFORE.search(text, max(0, stop - 40), stop)
    if not found:
        return not lower
    word = found[0].lstrip("'’-.")
    folded = word.casefold()
    following = regex.match(r"[\p{L}\p{M}\p{N}'’]+", rest)
    after = following[0] if following else ""
    if folded in ALWAYS_OPEN or (folded in BEFORE_NUMBER and rest[0].isdigit()):
        return False
    if folded in DEGREES and text[max(0, found.start() - 2) : found.start()].endswith((". ", ".")):
        return False
    if len(word) == 1 and word.isalpha() and regex.match(r"\p{L}\.", rest):
        return False
    if "." in word and len(word) <= 6 and not word[0].isdigit():
        return after.casefold() in OPENERS and not lower
    if len(word) == 1 and word.isalpha():
        alone = word == "I" and regex.search(r"\p{Ll}\s+I$", text[max(0, stop - 20) : stop])
        return bool(alone) or (not lower and after.casefold() in OPENERS)
    if word.isdigit() and len(word) <= 2:
        at_start = found.start() - sentence < 20 and not text[sentence : found.start()].strip(_OPENING)
        return not (lower or at_start or after.casefold() in MONTHS)
    return not lower or len(word) >= 4 or folded in SHORT_WORDS


def _between(text: str, start: int, cuts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Trimmed stretches between the cuts (relative to `start`), without the empty ones."""
    at = start
    for cut in cuts:
        stretch = text[at : start + cut]
        if stretch.strip():
            yield at + len(stretch) - len(stretch.lstrip()), at + len(stretch.rstrip())
        at = start + cut


def _cut_long(text: str, sentence: tuple[int, int], group: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Cut an endless sentence of captions at cue ends, so that its pieces stay short."""
    start, end = sentence
    if len(text[start:end].split()) <= MAX_CAPTION_WORDS:
        yield sentence
        return
    inner = [span.end for span in group if start < span.end < end]
    previous = start
    for at, cue_end in enumerate(inner):
        following = inner[at + 1] if at + 1 < len(inner) else end
        if len(text[start:following].split()) > MAX_CAPTION_WORDS // 2 and previous < cue_end:
            yield from _between(text, start, [cue_end - start])
            start = cue_end
        previous = cue_end
    yield from _between(text, start, [end - start])


def _cut_endless(text: str, sentence: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Cut what is too long for a sentence at the last blank that fits, or inside a word that is itself too long."""
    start, end = sentence
    while end - start > MAX_SENTENCE:
        blank = max(text.rfind(sign, start, start + MAX_SENTENCE) for sign in (" ", "\n"))
        cut = blank if blank > start else start + MAX_SENTENCE
        yield from _between(text, start, [cut - start])
        start = cut
    yield from _between(text, start, [end - start])


@cache
def _tokenizer() -> Any:
    return spacy.blank("en").tokenizer
