"""How a program counts characters, found out from the words it quotes.

The standard wants code points of the plain text, the end behind the last character. Programs differ in four ways: the
byte order mark is a character or not, CRLF is one character or two, characters are code points, UTF-16 units or UTF-8
bytes, and the end is the last character or the one behind it. Where a text has no mark, no CRLF, no emoji, a difference
means nothing, so only those that mean something in this archive are tried; those that put every selection into the very
same place are one.

The rule: a dialect is taken for proven if (1) at least `SURE` of the quotes stand at their places under it and (2)
against each dialect that puts any selection elsewhere, it is right in at least `SURE` of the quotes under which the
two are not equally right, and there is one. Otherwise nothing is proven and the standard's dialect is used.

A program may count in two ways: QualCoder counts what is marked by hand in UTF-16 units, and what it finds or imports
in code points. So a selection whose quote stands elsewhere is placed by itself, where exactly one dialect agrees best.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, product
from typing import Literal

from ..errors import ExchangeError
from .project import Dialect
from .words import folded

Unit = Literal["code points", "UTF-16", "UTF-8"]
Place = tuple[int, int] | None
"""Code points of the LF text, half-open; None = outside of the text or inside of a character."""

STANDARD = Dialect()
SURE = 0.8
SAMPLE = 500
"""Quotes, spread over the archive, that choose the dialects which all are tried on."""
CUT_FROM = 60
"""Characters of a quote that may be the beginning of a longer passage; with an ellipsis, fewer do."""
TELLING = 4
"""Characters of a quote that can place a selection by itself."""
LABEL_UP_TO = 12
"""Characters of a name that is taken for a label ("line:6") when it stands nowhere."""
# QualCoder on Windows writes CR CR LF where it is asked for CR LF.
_LINE_END = re.compile("\r*\n|\r")
_EXTRA_RETURN = re.compile("\r(?=\r*\n)")
_ELLIPSIS = re.compile(r"\s*(?:…|\.\.\.)\s*$")
_CODECS: dict[str, tuple[str, int]] = {"UTF-16": ("utf-16-le", 2), "UTF-8": ("utf-8", 1)}
_CHUNK = 512


@dataclass(frozen=True)
class SourceText:
    """The text of a source as it stands in the archive.

    Attributes
    ----------
    raw : str
        With its line ends, without byte order mark.
    has_mark : bool
        It began with a byte order mark.
    text : str
        With LF only; what `Source.text` will be.
    """

    raw: str
    has_mark: bool = False
    text: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", _LINE_END.sub("\n", self.raw))


@dataclass(frozen=True)
class Quoted:
    """A selection to be placed.

    Attributes
    ----------
    text : int
        Number of its source.
    start, end : int
        As written.
    name : str
        The words it quotes, folded; "" = none.
    """

    text: int
    start: int
    end: int
    name: str


@dataclass(frozen=True)
class Placed:
    """Selections in their places.

    Attributes
    ----------
    dialect : Dialect
    is_verified : bool
    quoted, agreeing : int
    places : list of Place
        One for each selection, in order.
    moved : int
        Selections placed by their own quotes, against `dialect`.
    """

    dialect: Dialect
    is_verified: bool
    quoted: int
    agreeing: int
    places: list[Place]
    moved: int = 0


def decode(content: bytes, *, where: str) -> SourceText:
    r"""The text of a plain text file.

    Parameters
    ----------
    content : bytes
        UTF-8 or, with a byte order mark, UTF-16.
    where : str
        File and entry, for the message.

    Raises
    ------
    ExchangeError
        If it is neither.

    Examples
    --------
    >>> decode(b"\xef\xbb\xbfone\r\ntwo", where="a.qdpx, sources/1.txt")
    SourceText(raw='one\r\ntwo', has_mark=True, text='one\ntwo')
    """
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        raw = content.decode("utf-16" if is_wide else "utf-8")
    except UnicodeDecodeError as fault:
        raise ExchangeError(
            f"{where}: is not UTF-8 text (byte {fault.start}), as the standard wants it. Export the project again, or "
            "save that text as UTF-8."
        ) from fault
    return SourceText(raw.removeprefix("\ufeff"), is_wide or raw.startswith("\ufeff"))


class _Counting:
    """Positions of one way of counting (mark, CRLF, unit) as code points of the LF text; by tables, not by walking."""

    def __init__(self, source: SourceText, *, mark: bool, crlf: bool, unit: Unit) -> None:
        self._base = source.raw if crlf else source.text
        self._returns = [found.start() for found in _EXTRA_RETURN.finditer(source.raw)] if crlf else []
        self._codec, self._width = _CODECS.get(unit, ("", 1))
        self._mark = (3 if unit == "UTF-8" else 1) if mark and source.has_mark else 0
        self._ends: list[int] = []
        if self._codec:
            chunks = (self._base[at : at + _CHUNK] for at in range(0, len(self._base), _CHUNK))
            sizes = (len(chunk.encode(self._codec)) // self._width for chunk in chunks)
            self._ends = list(accumulate(sizes, initial=0))

    def index(self, position: int, *, upwards: bool = False) -> int | None:
        """The code point at a position; None outside of the text, or inside of a character unless `upwards`."""
        if position < 0:
            return None
        at = self._code_point(max(0, position - self._mark), upwards)
        return None if at is None else at - bisect_left(self._returns, at)

    def _code_point(self, position: int, upwards: bool) -> int | None:
        if not self._codec:
            return position if position <= len(self._base) else None
        if position > self._ends[-1]:
            return None
        chunk = max(0, bisect_right(self._ends, position) - 1)
        before = chunk * _CHUNK
        rest = position - self._ends[chunk]
        if not rest:
            return min(before, len(self._base))
        content = self._base[before : before + _CHUNK].encode(self._codec)[: rest * self._width]
        try:
            return before + len(content.decode(self._codec))
        except UnicodeDecodeError:
            return before + len(content.decode(self._codec, "ignore")) + 1 if upwards else None


def place(texts: Sequence[SourceText], selections: Sequence[Quoted], *, is_ours: bool = False) -> Placed:
    """Put selections into their places, in the dialect that their quotes prove.

    Parameters
    ----------
    texts : sequence of SourceText
    selections : sequence of Quoted
    is_ours : bool
        Written by qualcode, which keeps to the standard: if that agrees, no other dialect is tried.

    Returns
    -------
    Placed
        With the standard's dialect, not verified, where the quotes prove none. Without selections nothing is in doubt.
    """
    tried = _Trial(texts, selections, [STANDARD]) if is_ours else None
    if tried is None or not tried.winner()[1]:
        named = [one for one in selections if one.name]
        sample = _Trial(texts, named[:: len(named) // SAMPLE + 1], list(_dialects(texts)))
        tried = _Trial(texts, selections, sample.left() if named else [STANDARD])
    best, is_clear = tried.winner()
    qualities = tried.qualities[best]
    stray = [n for n, one in enumerate(selections) if qualities[n] in (0, 2) and len(one.name.strip()) >= TELLING]
    places, moved = list(tried.places[best]), set()
    for number, (at, quality) in zip(stray, _by_themselves(texts, [selections[n] for n in stray]), strict=True):
        if quality > qualities[number]:
            places[number] = at
            moved.add(number)
    agreeing = sum(quality > 0 or number in moved for number, quality in enumerate(qualities))
    is_sure = is_clear or not selections or (bool(moved) and agreeing == tried.quoted)
    return Placed(tried.dialects[best], is_sure, max(tried.quoted, agreeing), agreeing, places, len(moved))


def _by_themselves(texts: Sequence[SourceText], selections: Sequence[Quoted]) -> Iterator[tuple[Place, int]]:
    """The place where each selection agrees best of all that the dialects give, and how well; 0 where there are two."""
    tried = _Trial(texts, selections, list(_dialects(texts)))
    for number in range(len(selections)):
        best = max(qualities[number] for qualities in tried.qualities)
        pairs = zip(tried.places, tried.qualities, strict=True)
        at, *others = {places[number] for places, qualities in pairs if qualities[number] == best}
        yield at, 0 if others else best


def _dialects(texts: Sequence[SourceText]) -> Iterator[Dialect]:
    """Dialects that can differ in this archive, those nearest to the standard first."""
    marks = [False, True] if any(text.has_mark for text in texts) else [False]
    returns = [False, True] if any("\r\n" in text.raw for text in texts) else [False]
    units: list[Unit] = ["code points"]
    units += ["UTF-16"] if any(max(text.text, default="") > "\uffff" for text in texts) else []
    units += ["UTF-8"] if not all(text.text.isascii() for text in texts) else []
    every = [Dialect(*one) for one in product(marks, returns, units, [False, True])]
    yield from sorted(every, key=_departures)


def _departures(dialect: Dialect) -> int:
    return dialect.bom_counted + dialect.crlf_counted + dialect.end_inclusive + (dialect.unit != "code points")


class _Trial:
    """All dialects tried on all selections.

    `places` and `qualities` have one list for each dialect: where each selection is, and how well its quote agrees
    (see `agreement`).
    """

    def __init__(self, texts: Sequence[SourceText], selections: Sequence[Quoted], dialects: Sequence[Dialect]) -> None:
        found: dict[tuple[Place, ...], list[Dialect]] = {}
        for dialect in dialects:
            found.setdefault(tuple(_places(texts, selections, dialect)), []).append(dialect)
        self._alike = list(found.values())
        self.dialects = [alike[0] for alike in self._alike]
        self.places = [list(places) for places in found]
        self.qualities: list[list[int]] = [[] for _ in found]
        for number, one in enumerate(selections):
            known: dict[Place, int] = {None: 0}
            for places, qualities in zip(self.places, self.qualities, strict=True):
                at = places[number]
                if at not in known:
                    known[at] = agreement(one.name, texts[one.text].text, at) if at else 0
                qualities.append(known[at])
        self.quoted = self._count_quotes(texts, selections)

    def winner(self) -> tuple[int, bool]:
        """Number of the best dialect, and whether it is clearly ahead; the standard's where none is."""
        best = max(range(len(self.dialects)), key=lambda one: sum(self.qualities[one]))
        agreeing = sum(quality > 0 for quality in self.qualities[best])
        is_clear = (
            agreeing > 0
            and agreeing >= SURE * self.quoted
            and all(self._beats(best, other) for other in range(len(self.dialects)) if other != best)
        )
        # The standard's dialect is tried first.
        return (best, True) if is_clear else (0, False)

    def left(self) -> list[Dialect]:
        """The standard's dialect, the best one, and those that it does not clearly beat."""
        best = max(range(len(self.dialects)), key=lambda one: sum(self.qualities[one]))
        groups = [number for number in range(len(self.dialects)) if not number or not self._beats(best, number)]
        return [dialect for number in groups for dialect in self._alike[number]]

    def _beats(self, one: int, other: int) -> bool:
        pairs = zip(self.qualities[one], self.qualities[other], strict=True)
        telling = [mine > theirs for mine, theirs in pairs if mine != theirs]
        return bool(telling) and sum(telling) >= SURE * len(telling)

    def _count_quotes(self, texts: Sequence[SourceText], selections: Sequence[Quoted]) -> int:
        """Names that are quotes: they agree somewhere, or are long, or stand somewhere in their text."""
        stray: dict[tuple[int, str], int] = {}
        count = 0
        for number, one in enumerate(selections):
            if one.name and any(qualities[number] for qualities in self.qualities):
                count += 1
            elif one.name:
                stray[one.text, one.name] = stray.get((one.text, one.name), 0) + 1
        whole: dict[int, str] = {}
        for (text, name), times in stray.items():
            if len(name) <= LABEL_UP_TO:
                whole.setdefault(text, folded(texts[text].text))
            if len(name) > LABEL_UP_TO or name in whole[text]:
                count += times
        return count


def _places(texts: Sequence[SourceText], selections: Sequence[Quoted], dialect: Dialect) -> Iterator[Place]:
    counting = [
        _Counting(text, mark=dialect.bom_counted, crlf=dialect.crlf_counted, unit=dialect.unit) for text in texts
    ]
    for one in selections:
        count = counting[one.text]
        start = count.index(one.start)
        end = count.index(one.end + 1, upwards=True) if dialect.end_inclusive else count.index(one.end)
        yield None if start is None or end is None or end < start else (start, end)


def agreement(name: str, text: str, at: tuple[int, int]) -> int:
    r"""How well a quote agrees with the words at a place.

    Parameters
    ----------
    name : str
        Folded; perhaps only the beginning, with or without an ellipsis.
    text : str
    at : (int, int)
        Code points, half-open.

    Returns
    -------
    int
        3 = exactly, white space folded; 2 = but for white space at the ends; 1 = as the beginning of a passage that
        goes on; 0 = not, or nothing is quoted.

    Examples
    --------
    >>> [agreement("no money", "There is no\nmoney.", at) for at in ((9, 17), (8, 17), (9, 18))]
    [3, 2, 0]
    """
    if not name.strip():
        return 0
    words = folded(text[at[0] : min(at[1], at[0] + 10 * len(name) + 10)])
    if words == name:
        return 3
    if words.strip() == name.strip():
        return 2
    cut = _ELLIPSIS.sub("", name)
    is_long = len(cut) >= (CUT_FROM if cut == name else LABEL_UP_TO)
    return int(is_long and words.lstrip().startswith(cut.strip()))
