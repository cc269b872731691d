"""Edits of a text in, the new text and every place of it out, and the way back."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """One stretch of a text and what stands there instead.

    Attributes
    ----------
    start, end : int
        Code points, half-open, start < end.
    new : str
        Not empty.
    """

    start: int
    end: int
    new: str


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits, which are in order and do not overlap.

    Examples
    --------
    >>> apply_edits("Ana called.", [Edit(0, 3, "[Person 1]")])
    '[Person 1] called.'
    """
    parts, at = [], 0
    for edit in edits:
        parts += [text[at : edit.start], edit.new]
        at = edit.end
    return "".join([*parts, text[at:]])


class Places:
    """Where the places of a text are after its edits.

    Parameters
    ----------
    edits : sequence of Edit
        In order, not overlapping.

    Examples
    --------
    >>> places = Places([Edit(0, 3, "[Person 1]")])
    >>> places.span(0, 3), places.span(4, 10), places.span(1, 2)
    ((0, 10), (11, 17), (0, 10))
    """

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._edits = edits
        self._starts = [edit.start for edit in edits]
        self._shifts = [0]
        for edit in edits:
            self._shifts.append(self._shifts[-1] + len(edit.new) - (edit.end - edit.start))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Start and end of a stretch afterwards; one that begins or ends inside an edit takes all of it."""
        return self._at(start, is_end=False), self._at(end, is_end=True)

    def touches(self, start: int, end: int) -> bool:
        """Whether an edit changes any of a stretch."""
        before = bisect_right(self._starts, end - 1)
        return before > 0 and self._edits[before - 1].end > start

    def _at(self, place: int, *, is_end: bool) -> int:
        before = bisect_right(self._starts, place)
        if not before or self._edits[before - 1].end <= place:
            return place + self._shifts[before]
        edit = self._edits[before - 1]  # the place is at its start or inside
        start = edit.start + self._shifts[before - 1]
        return start + len(edit.new) if is_end and place > edit.start else start

    def back(self, old: Sequence[str]) -> list[Edit]:
        """The edits of the new text that give the old one again; `old` are the words each edit replaced."""
        spans = [self.span(edit.start, edit.end) for edit in self._edits]
        return [Edit(start, end, words) for (start, end), words in zip(spans, old, strict=True)]
