"""Pieces of text with their places on a page in, lines in reading order out.

What is not the text itself is taken away only when it is certain: numbers in the margin that run on from line to line,
and heads and feet that stand at the same place of most pages. Columns are told from tables and from names before
their talk by how full their lines are.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby, pairwise
from statistics import median, quantiles

_BLANKS = re.compile(r"[ \t\n\r\f\v]+")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_SAME_ROW, _EXACTLY = 0.4, 0.03
"""Of the font's height: how far baselines of one line may differ, and those of one head or foot."""
_WORD_GAP = 0.15
_BINS = 400
_CROSSED = 0.2
"""Share of the rows that may run over the gap between two columns: titles, wide lines."""
_MIN_ROWS, _MIN_WIDTH, _MIN_FILL, _MIN_DENSE = 4, 0.25, 0.6, 0.7
_LIKE = 1.3
"""How much farther apart the lines of one column may be than those of the other: cells of a table differ more."""
_MAX_COLUMNS = 3
"""How often a page is cut in two, one cut inside the other."""
_PARAGRAPH = 1.5
_EDGE_ROWS = 3
_MOST, _NEARLY_ALL = 0.6, 0.9
_MIN_PAGES = 3
_MIN_RUN, _MIN_LONE_RUN = 5, 10
_NEAR = 3.0
_MAX_SHOWN = 40


@dataclass(frozen=True)
class Piece:
    """Words that stand together on one line.

    Attributes
    ----------
    start, end : float
        Points from the left edge of the page.
    y : float
        Points of the baseline from the lower edge.
    height : float
        Points of the font.
    words : str
    bold : int
        Code points from the start that are bold.
    """

    start: float
    end: float
    y: float
    height: float
    words: str
    bold: int = 0


Page = list[Piece]
_Place = Callable[[Piece], float]
_Spot = tuple[str, int, int]


def piece(place: Sequence[float], words: str, bold: int = 0) -> Piece:
    r"""Piece at start, end, y and height, with blanks as one blank each and ligatures as their letters.

    Examples
    --------
    >>> piece((0, 9, 0, 9), " the\tﬁnance ").words
    ' the finance '
    """
    words = _BLANKS.sub(" ", words.translate(_LIGATURES))
    start, end, y, height = place
    return Piece(start, end, y, height, words, len(words) if bold else 0)


# --- lines and columns -------------------------------------------------------------------------


def lines_in_order(page: Sequence[Piece], depth: int = 0) -> list[Piece]:
    """Join the pieces of a page to lines, in the order they are read.

    Parameters
    ----------
    page : sequence of Piece
        In any order.

    Returns
    -------
    list of Piece
        One a line; columns one after the other, between the lines that run over all of them.

    Examples
    --------
    >>> page = [Piece(0, 20, 50, 10, "Ana:"), Piece(0, 30, 38, 10, "far."), Piece(22, 40, 50, 10, "So")]
    >>> [line.words for line in lines_in_order(page)]
    ['Ana: So', 'far.']
    """
    rows = _rows(page)
    gutter = _gutter(page, rows) if depth < _MAX_COLUMNS else None
    if gutter is None:
        return [_joined(row) for row in rows]
    lines: list[Piece] = []
    band: Page = []
    for row in rows:
        if any(one.start < gutter < one.end for one in row):
            lines += [*_columns(band, gutter, depth), _joined(row)]
            band = []
        else:
            band += row
    return lines + _columns(band, gutter, depth)


def _columns(band: Page, gutter: float, depth: int) -> list[Piece]:
    left = [one for one in band if one.end <= gutter]
    right = [one for one in band if one.end > gutter]
    return [line for side in (left, right) if side for line in lines_in_order(side, depth + 1)]


def _rows(page: Sequence[Piece], same: float = _SAME_ROW) -> list[list[Piece]]:
    """Pieces by baseline from the top, each row from the left."""
    rows: list[list[Piece]] = []
    for one in sorted((one for one in page if one.words.strip()), key=lambda one: (-one.y, one.start)):
        if rows and rows[-1][0].y - one.y <= same * min(one.height, rows[-1][0].height):
            rows[-1].append(one)
        else:
            rows.append([one])
    return [sorted(row, key=lambda one: one.start) for row in rows]


def _joined(row: Sequence[Piece]) -> Piece:
    """One line of the pieces of a row."""
    words, bold = "", 0
    for at, one in enumerate(row):
        if at and one.start - row[at - 1].end >= _WORD_GAP * one.height and not words.endswith(" "):
            words += " "
        if bold == len(words.rstrip()) or bold == len(words):
            bold = len(words) + one.bold if one.bold else bold
        words += one.words.lstrip() if words.endswith(" ") else one.words
    lead = len(words) - len(words.lstrip())
    text = words.strip()
    return replace(
        row[0], end=max(one.end for one in row), words=text, bold=min(len(text), max(0, bold - lead)),
        height=max(one.height for one in row),
    )  # fmt: skip


def _gutter(page: Sequence[Piece], rows: Sequence[list[Piece]]) -> float | None:
    """Where two columns of running text part; None when there are none."""
    if len(rows) < _MIN_ROWS:
        return None
    left, right = min(one.start for one in page), max(one.end for one in page)
    step = (right - left) / _BINS
    if step <= 0:
        return None
    change = [0] * (_BINS + 2)
    for one in page:
        if one.words.strip():
            change[int((one.start - left) / step)] += 1
            change[min(_BINS, int((one.end - left) / step)) + 1] -= 1
    cover = list(accumulate(change))[:_BINS]
    gaps = _gaps(cover, _CROSSED * len(rows))
    for low, high in sorted(gaps, key=lambda span: span[0] - span[1])[:_MAX_COLUMNS]:
        at = left + (low + high) / 2 * step
        sides = [one for one in page if one.end <= at], [one for one in page if one.start >= at]
        steps = [_line_step(side, right - left) for side in sides]
        if min(steps) > 0 and max(steps) <= _LIKE * min(steps):
            return at
    return None


def _gaps(cover: Sequence[int], limit: float) -> Iterator[tuple[int, int]]:
    """Of each stretch of bins with little in them the widest part that has least, as [low, high)."""
    bins = range(int(_BINS * 0.1), int(_BINS * 0.9))
    for is_low, stretch in groupby(bins, key=lambda at: cover[at] <= limit):
        if not is_low:
            continue
        inside = list(stretch)
        least = min(cover[at] for at in inside)
        parts = [list(part) for same, part in groupby(inside, key=lambda at: cover[at] == least) if same]
        widest = max(parts, key=len)
        yield widest[0], widest[-1] + 1


def _line_step(side: Sequence[Piece], whole: float) -> float:
    """Distance of the lines of a column of text; 0 when it is none: narrow, or its lines short or far apart."""
    lines = [_joined(row) for row in _rows(side)]
    if len(lines) < _MIN_ROWS:
        return 0.0
    width = max(line.end for line in lines) - min(line.start for line in lines)
    steps = [one.y - other.y for one, other in pairwise(lines)]
    dense = sum(steps) <= len(steps) * median(steps) / _MIN_DENSE
    full = median(line.end - line.start for line in lines) >= _MIN_FILL * width
    return median(steps) if width >= _MIN_WIDTH * whole and full and dense else 0.0


def paragraph_gap(pages: Sequence[Sequence[Piece]]) -> float:
    """Distance of two baselines from which on a new paragraph begins; infinite when no line follows another.

    Parameters
    ----------
    pages : sequence of sequence of Piece
        The lines of each page, in order.

    Returns
    -------
    float
        Points.
    """
    steps = [step for page in pages for one, other in pairwise(page) if (step := one.y - other.y) > 0]
    if not steps:
        return float("inf")
    usual = quantiles(steps, n=4)[0] if len(steps) > 1 else steps[0]
    return max(usual, median(line.height for page in pages for line in page)) * _PARAGRAPH


# --- heads, feet and numbers in the margin ------------------------------------------------------


def without_heads(pages: Sequence[Page]) -> tuple[list[Page], tuple[str, ...]]:
    """Take away lines that stand, up to their digits, at the same place at the edge of most pages.

    Parameters
    ----------
    pages : sequence of Page

    Returns
    -------
    pages : list of Page
    left_out : tuple of str
        What was taken, with the number of pages.
    """
    edges = [_edges(page) for page in pages]
    places: dict[_Spot, set[int]] = defaultdict(set)
    for at, rows in enumerate(edges):
        for row in (row for edge in rows for row in edge):
            for spot in _spots(row):
                places[spot].add(at)
    needed = max(_MIN_PAGES, _MOST * sum(1 for page in pages if page))
    taken: Counter[str] = Counter()
    shown: dict[str, str] = {}
    kept = []
    for page, rows in zip(pages, edges, strict=True):
        heads = [row for edge in rows for row in _from_outside(edge, places, needed)]
        gone = {one for row in heads for one in row}
        kept.append([one for one in page if one not in gone])
        taken.update({_masked(row) for row in heads})
        for row in heads:
            shown.setdefault(_masked(row), _joined(row).words[:_MAX_SHOWN])
    return kept, tuple(f'running head or foot "{shown[words]}" on {taken[words]} pages' for words in shown)


def _edges(page: Page) -> tuple[list[list[Piece]], list[list[Piece]]]:
    """Outermost rows at the top and at the bottom, from outside; no row twice."""
    rows = _rows(page, _EXACTLY)
    top = rows[:_EDGE_ROWS]
    return top, rows[len(top) :][::-1][:_EDGE_ROWS]


def _masked(row: list[Piece]) -> str:
    return re.sub(r"\d+", "#", _joined(row).words)


def _spots(row: list[Piece]) -> Iterator[_Spot]:
    """Words and height on the page, rounded up and down, so that near ones share one; times are no heads."""
    words = _masked(row)
    if "#:#" not in words:
        for shift in (0, 1):
            yield words, shift, int(row[0].y / _NEAR / 2 + shift / 2)


def _from_outside(rows: list[list[Piece]], places: dict[_Spot, set[int]], needed: float) -> Iterator[list[Piece]]:
    """The rows that stand on enough pages, as far inwards as they follow each other."""
    for row in rows:
        if max((len(places[spot]) for spot in _spots(row)), default=0) < needed:
            return
        yield row


def without_line_numbers(pages: Sequence[Page]) -> tuple[list[Page], tuple[str, ...]]:
    """Take away numbers that run on by one down the margin at one place of nearly every page.

    Each page begins again with 1, at even distances, or goes on where the page before ended.

    Parameters
    ----------
    pages : sequence of Page

    Returns
    -------
    pages : list of Page
    left_out : tuple of str
        What was taken, with the number of pages; empty when the numbers are not certain, and then nothing is taken.
    """
    for place in (_right, _left, _middle):
        runs = _runs(pages, place)
        if _are_certain(runs, pages, place):
            kept = [[one for one in page if one not in run] for page, run in zip(pages, runs, strict=True)]
            return kept, (_count(runs),)
    return list(pages), ()


def _count(runs: Sequence[set[Piece]]) -> str:
    lengths = [len(run) for run in runs if run]
    on = f"on {len(lengths)} page{'s' if len(lengths) > 1 else ''}"
    if len(set(lengths)) == 1:
        return f"{lengths[0]} line numbers a page {on}"
    return f"{sum(lengths)} line numbers {on}"


def _right(one: Piece) -> float:
    return one.end


def _left(one: Piece) -> float:
    return one.start


def _middle(one: Piece) -> float:
    return (one.start + one.end) / 2


def _runs(pages: Sequence[Page], place: _Place) -> list[set[Piece]]:
    """The numbers of each page that may be line numbers."""
    runs: list[set[Piece]] = []
    last = 0
    for page in pages:
        run = _run(page, last + 1, place)
        last = int(run[-1].words) if run else last
        runs.append(set(run))
    return runs


def _are_certain(runs: Sequence[set[Piece]], pages: Sequence[Page], place: _Place) -> bool:
    """Whether nearly all pages have them, at one place, and enough of them."""
    found = [run for run in runs if run]
    written = sum(1 for page in pages if any(one.words.strip() for one in page))
    if not found or len(found) < _NEARLY_ALL * written:
        return False
    places = [median(map(place, run)) for run in found]
    if max(places) - min(places) > _NEAR or max(map(len, found)) < _MIN_RUN:
        return False
    return len(found) > 1 or (len(found[0]) >= _MIN_LONE_RUN and _is_even(sorted(found[0], key=_from_top)))


def _from_top(one: Piece) -> float:
    return -one.y


def _run(page: Page, following: int, place: _Place) -> list[Piece]:
    """The numbers in the margin of a page, from the top; empty when there are none."""
    found = [one for one in page if re.fullmatch(r"[0-9]{1,5}", one.words.strip())]
    for column in _clusters(found, place):
        numbers = sorted(column, key=_from_top)
        values = [int(one.words) for one in numbers]
        # A line on the edge between two pages may be drawn on both.
        begins = values[0] in (following, following - 1) or (values[0] == 1 and _is_even(numbers))
        runs_on = all(other == one + 1 for one, other in pairwise(values))
        if begins and runs_on and _is_margin(numbers, page):
            return numbers
    return []


def _clusters(found: Sequence[Piece], place: _Place) -> list[list[Piece]]:
    """Pieces that stand below each other."""
    clusters: list[list[Piece]] = []
    for one in sorted(found, key=place):
        if clusters and place(one) - place(clusters[-1][-1]) <= _NEAR:
            clusters[-1].append(one)
        else:
            clusters.append([one])
    return clusters


def _is_even(numbers: Sequence[Piece]) -> bool:
    steps = [one.y - other.y for one, other in pairwise(numbers)]
    return bool(steps) and max(steps) <= _PARAGRAPH * min(steps)


def _is_margin(numbers: Sequence[Piece], page: Page) -> bool:
    """Whether all else stands to one side of them."""
    others = [one for one in page if one.words.strip() and one not in numbers]
    left, right = min(one.start for one in numbers), max(one.end for one in numbers)
    inside = sum(1 for one in others if one.start >= right), sum(1 for one in others if one.end <= left)
    return max(inside) >= _NEARLY_ALL * len(others)
