"""Codes x groups as a heat map: darker is more, every cell with its number.

In: a summary. Out: a figure. Where there are more groups than fit side by side, groups become rows and codes
columns, named by their numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from math import ceil
from typing import TYPE_CHECKING, Any

from ...codebook import Codebook
from ..wording import plural
from .keys import CodeKey
from .measures import Measure, Value, measure_of
from .sheet import (
    EDGE,
    FAINT,
    FINE,
    SOFT,
    WIDTH,
    Sheet,
    blank_sheet,
    cleaned,
    ink_on,
    leading,
    look,
    pieces,
    row_edges,
    text_width,
    wrapped,
)  # fmt: skip
from .shown import SMALL, Coded, Shown, read_summary

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_LABELS, _WIDEST = 2.3, 0.8
"""Inches that names of rows get at least, where they are that long, and a column at most."""
_HEADING, _GAP, _BAR = 0.19, 0.07, 0.36
"""Inches of a category's heading, between categories side by side, and of the scale below."""
_NUMBER, _KEYS, _SHORT = 0.22, 0.3, 1.1
"""Inches of a code's number as a row and as a column, and of names of groups as rows at the least."""
_LEVEL = 8
"""Lines that the name of a column may have before it is turned upwards."""


@look()
def heat_map(
    summary: pd.DataFrame,
    value: Value = "share_documents",
    *,
    codebook: Codebook | None = None,
    kinds: Mapping[str, int] | None = None,
    note: str = "",
) -> Figure:
    """Every code in every group: how many raise it, how much is said, or whether more than elsewhere.

    Parameters
    ----------
    summary : DataFrame
        Of `qualcode.aggregate.summary_table`: one row a code and group.
    value : {"share_documents", "share_words", "relative_emphasis"}
        Shares as percentages, darker = more (documents always from 0 to 100 %); relative emphasis as log2 odds,
        with its sign and in two colours. An asterisk is q < 0.05.
    codebook : Codebook or None
        Names of the categories; None = made of their ids.
    kinds : mapping of str to int, or None
        Documents by kind, for the caption: ``{"interview": 20, "workshop": 3}``.
    note : str
        A sentence for the end of the caption.

    Returns
    -------
    Figure
        6.3 inches wide, as high as its rows need. A cell without a value is hatched.

    Raises
    ------
    ValueError
        For another `value`.
    AggregateError
        If `summary` lacks columns.
    """
    measure = measure_of(value)
    shown = read_summary(summary, codebook, value)
    title = measure.titled(shown, f"each {shown.level[0]}", by=len(shown.sizes) > 1)
    known = [number for number in (measure.bounds(row)[0] for row in shown.rows.values()) if number == number]
    alt = f"Heat map of {shown.counted(len(shown.codes))} in {plural(len(shown.sizes), 'group')}: {title}."
    if not known:
        return blank_sheet(title, [shown.basis(kinds), note], alt)
    is_striking = any(measure.is_striking(row) for row in shown.rows.values())
    caption = [
        shown.basis(kinds),
        measure.counts.format(code=shown.level[0]),
        "* q < 0.05: stands out from all other groups." if is_striking else "",
        shown.small_note(shown.sizes),
        "Hatched: no value." if len(known) < len(shown.codes) * len(shown.sizes) else "",
        "Intervals are not shown.",
        note,
    ]
    cells = _Cells(shown, measure, known)
    upright = _Upright(cells)
    layout = upright if upright.fits else _Turned(cells)
    sheet = Sheet(title, layout.height, caption, alt)
    layout.draw(sheet)
    return sheet.figure


class _Cells:
    """Numbers and darkness of the cells."""

    def __init__(self, shown: Shown, measure: Measure, known: Sequence[float]) -> None:
        from matplotlib import colormaps
        from matplotlib.colors import Normalize

        self.shown, self.measure = shown, measure
        self.is_signed = measure.column == "relative_emphasis"
        end = 1.0 if measure.column == "share_documents" else max(map(abs, known)) or 1.0
        self.ends = (-end if self.is_signed else 0.0, end)
        self._norm = Normalize(*self.ends)
        self._colours = colormaps["PuOr_r" if self.is_signed else "Blues"]
        self.width = 0.08 + max(text_width(self.text(place)) for place in shown.rows)

    def text(self, place: tuple[str, str]) -> str:
        """The number of a cell with its marks; empty where there is none."""
        row = self.shown.rows.get(place)
        if row is None or (value := self.measure.bounds(row)[0]) != value:
            return ""
        few = SMALL if row["flag"] and place[1] not in self.shown.small else ""
        return self.measure.text(value) + ("*" if self.measure.is_striking(row) else "") + few

    def colour(self, value: float) -> Any:
        """Of the scale; its darkest tenths are left out, so that black stays apart from blue."""
        return self._colours(
            0.08 + 0.84 * float(self._norm(value)) if self.is_signed else 0.92 * float(self._norm(value))
        )

    def draw(self, sheet: Sheet, place: tuple[str, str], x: float, y: float, width: float, height: float) -> None:
        """One cell, its upper left corner at (x, y)."""
        from matplotlib.patches import Rectangle

        text = self.text(place)
        colour = self.colour(self.measure.bounds(self.shown.rows[place])[0]) if text else "white"
        sheet.canvas.add_patch(
            Rectangle(
                (x, y), width, height, facecolor=colour, edgecolor=FAINT if text else SOFT, linewidth=0.5,
                hatch=None if text else "/////", gid="cell",
            )
        )  # fmt: skip
        if text:
            sheet.write(x + width / 2, y + height / 2, text, ha="center", va="center_baseline", color=ink_on(colour))

    def draw_scale(self, sheet: Sheet, left: float, top: float) -> None:
        """What darkness means."""
        from matplotlib.patches import Rectangle

        low, high = self.ends
        steps, width = 24, 1.5
        left = min(left, WIDTH - EDGE - width - 0.15 - text_width(self.measure.scale))
        for step in range(steps):
            colour = self.colour(low + (high - low) * (step + 0.5) / steps)
            corner = (left + step * width / steps, top)
            sheet.canvas.add_patch(
                Rectangle(corner, width / steps, 0.09, facecolor=colour, edgecolor=colour, linewidth=0.2)
            )
        sheet.canvas.add_patch(Rectangle((left, top), width, 0.09, fill=False, edgecolor=SOFT, linewidth=0.4))
        for end, side in ((low, 0.0), (high, width)):
            sheet.write(left + side, top + 0.1, self.measure.text(end), ha="center")
        sheet.write(left + width + 0.15, top + 0.045, self.measure.scale, va="center_baseline")


class _Upright:
    """Codes as rows, groups as columns."""

    def __init__(self, cells: _Cells) -> None:
        self._cells, shown = cells, cells.shown
        self._sizes = shown.size_texts()
        least = max(cells.width, 0.06 + max(map(text_width, self._sizes.values())))
        names = 0.08 + _NUMBER + max(text_width(code.name) for code in shown.codes)
        room = WIDTH - 2 * EDGE - min(names, _LABELS)
        self.fits = least * len(shown.sizes) <= room
        self._column = min(_WIDEST, max(least, room / len(shown.sizes)))
        self.left = min(EDGE + names, WIDTH - EDGE - self._column * len(shown.sizes))
        self._names = {code: wrapped(code.name, self.left - EDGE - _NUMBER - 0.06) for code in shown.codes}
        self._heads, self._is_level = _heads(shown.sizes, self._column)
        high = [
            leading(FINE) * len(lines) if self._is_level else max(map(text_width, lines))
            for lines in self._heads.values()
        ]
        self._top = max(high) + 0.05 + leading(FINE) + 0.04
        headings = 0 if shown.level[0] == "category" else len({code.mark for code in shown.codes})
        self.height = self._top + headings * _HEADING + row_edges(self._names.values())[-1] + _BAR

    def draw(self, sheet: Sheet) -> None:
        shown = self._cells.shown
        right = self.left + len(shown.sizes) * self._column
        for place, (group, lines) in enumerate(self._heads.items()):
            x, y = self.left + (place + 0.5) * self._column, self._top - 0.04 - leading(FINE)
            turn: dict[str, Any] = (
                {} if self._is_level else {"rotation": 90, "rotation_mode": "anchor", "ha": "left", "va": "center"}
            )
            sheet.write(x, y - 0.04, "\n".join(lines), **{"ha": "center", "va": "bottom"} | turn)
            sheet.write(x, y, self._sizes[group], ha="center", color=SOFT)
        y = self._top
        for mark, codes in groupby(shown.codes, key=lambda code: code.mark):
            if shown.level[0] == "code":
                sheet.canvas.plot([EDGE, right], [y, y], color=SOFT, linewidth=0.6)
                sheet.write(EDGE, y + _HEADING / 2, mark.name, va="center", fontweight="bold")
                y += _HEADING
            for code in codes:
                y = self._draw_row(sheet, code, y)
        self._cells.draw_scale(sheet, self.left, y + 0.1)

    def _draw_row(self, sheet: Sheet, code: Coded, y: float) -> float:
        """One row, and where the next one starts."""
        height = row_edges([self._names[code]])[-1]
        middle = y + height / 2
        sheet.write(EDGE + _NUMBER - 0.07, middle, code.key, ha="right", va="center_baseline", color=SOFT)
        sheet.write(EDGE + _NUMBER, middle, "\n".join(self._names[code]), va="center_baseline")
        for place, group in enumerate(self._cells.shown.sizes):
            x = self.left + place * self._column
            self._cells.draw(sheet, (code.id, group), x, y, self._column, height)
        return y + height


def _heads(groups: Mapping[str, int], width: float) -> tuple[dict[str, list[str]], bool]:
    """Names of columns in lines, level where they fit so, else to be turned upwards."""
    names = {group: cleaned(group) for group in groups}
    level = {group: wrapped(name, width - 0.04) for group, name in names.items()}
    words_whole = all(text_width(word.strip()) <= width - 0.04 for name in names.values() for word in pieces(name))
    if words_whole and max(map(len, level.values())) <= _LEVEL:
        return level, True
    lines = max(1, int((width - 0.02) / leading(FINE)))
    length = 1.0
    while max(len(wrapped(name, length)) for name in names.values()) > lines:
        length += 0.1
    return {group: wrapped(name, length) for group, name in names.items()}, False


class _Turned:
    """Groups as rows, codes as columns; as many grids below each other as the codes need."""

    def __init__(self, cells: _Cells) -> None:
        self._cells, shown = cells, cells.shown
        self._sizes = shown.size_texts()
        self._column = max(cells.width, 0.06 + max(text_width(code.key) for code in shown.codes))
        size = max(map(text_width, self._sizes.values())) + 0.12
        names = max(text_width(cleaned(group)) for group in shown.sizes)
        whole = len(shown.codes) * self._column + _GAP * len({code.mark for code in shown.codes})
        # Rather names in several lines than another grid.
        self._grids = self._placed(shown.codes, ceil(whole / (WIDTH - 2 * EDGE - _SHORT - size)))
        widest = max(grid[-1][0] for grid in self._grids) + self._column
        labels = min(names + size, WIDTH - 2 * EDGE - widest, 2 * _LABELS)
        self.left = EDGE + labels
        self._names = {group: wrapped(cleaned(group), labels - size) for group in shown.sizes}
        self._edges = row_edges(self._names.values(), 0.165)
        self._grid = _KEYS + self._edges[-1] + 0.12
        self._key = CodeKey(shown.codes)
        self._below = len(self._grids) * self._grid
        self.height = self._below + _BAR + self._key.height

    def _placed(self, codes: Sequence[Coded], grids: int) -> list[list[tuple[float, Coded]]]:
        """Codes with the place of their column, as many in each grid."""
        each = ceil(len(codes) / grids)
        placed: list[list[tuple[float, Coded]]] = []
        for start in range(0, len(codes), each):
            x, before, grid = 0.0, codes[start].mark, []
            for code in codes[start : start + each]:
                x += _GAP if code.mark != before else 0
                grid.append((x, code))
                x, before = x + self._column, code.mark
            placed.append(grid)
        return placed

    def draw(self, sheet: Sheet) -> None:
        for place, grid in enumerate(self._grids):
            self._draw_grid(sheet, grid, place * self._grid)
        self._cells.draw_scale(sheet, self.left, self._below)
        self._key.draw(sheet, self._below + _BAR)

    def _draw_grid(self, sheet: Sheet, grid: list[tuple[float, Coded]], top: float) -> None:
        rows = top + _KEYS
        for mark, codes in groupby(grid, key=lambda placed: placed[1].mark):
            places = [self.left + x for x, _ in codes]
            ends = [places[0] + 0.02, places[-1] + self._column - 0.02]
            sheet.write(sum(ends) / 2, top, mark.letter, ha="center", fontweight="bold")
            sheet.canvas.plot(ends, [top + leading(FINE)] * 2, color=SOFT, linewidth=0.6)
        for x, code in grid:
            if code.key != code.mark.letter:
                sheet.write(self.left + x + self._column / 2, rows - 0.02, code.key, ha="center", va="bottom")
        for (group, lines), (upper, lower) in zip(self._names.items(), pairwise(self._edges), strict=True):
            y, middle = rows + upper, rows + (upper + lower) / 2
            sheet.write(EDGE, middle, "\n".join(lines), va="center_baseline")
            sheet.write(self.left - 0.05, middle, self._sizes[group], ha="right", va="center_baseline", color=SOFT)
            for x, code in grid:
                self._cells.draw(sheet, (code.id, group), self.left + x, y, self._column, lower - upper)
