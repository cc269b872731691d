"""Points with 95 % intervals, one a row: a code over all groups, or all codes of one group.

In: a summary. Out: a figure with names at the left and the numbers behind each point at the right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ...codebook import Codebook
from ..wording import plural
from .keys import CategoryKey
from .measures import Measure, Value, measure_of
from .sheet import (
    EDGE,
    FAINT,
    FINE,
    INK,
    NO_DATA,
    SOFT,
    WIDTH,
    Sheet,
    blank_sheet,
    cleaned,
    look,
    row_edges,
    text_width,
    wrapped,
)
from .shown import SMALL, Coded, Shown, read_summary

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BLUE = "#0072B2"
_NAMES, _AXIS = 2.2, 0.5
"""Inches: names of rows at most; what stands below the plot: ticks and what they count."""
_TOGETHER: dict[str, tuple[str, ...]] = {
    "share_documents": ("documents_with_code", "documents"),
    "share_words": ("words", "group_words"),
    "relative_emphasis": (),
}
"""Columns whose sums give the value of all groups together."""
_PLENTY = 2.5
"""Intervals are drawn as far as this many times the largest point; an arrow says that one goes on."""


@dataclass(frozen=True)
class _Row:
    """One point: where it lies, how it looks, and what stands beside it."""

    key: str
    name: str
    value: float
    low: float
    high: float
    raised: str
    numbers: str
    is_small: bool
    shape: str = "o"
    colour: str = _BLUE

    @property
    def has_interval(self) -> bool:
        return self.low == self.low and self.high == self.high


@look()
def forest_plot(
    summary: pd.DataFrame,
    code: str,
    value: Value = "share_documents",
    *,
    codebook: Codebook | None = None,
    kinds: Mapping[str, int] | None = None,
    note: str = "",
) -> Figure:
    """One code in every group, the largest value first, against all groups together.

    Parameters
    ----------
    summary : DataFrame
        Of `qualcode.aggregate.summary_table`: one row a code and group.
    code : str
        Id of the code.
    value : {"share_documents", "share_words", "relative_emphasis"}
    codebook : Codebook or None
        Not needed; as in the other figures.
    kinds : mapping of str to int, or None
        Documents by kind, for the caption: ``{"interview": 20, "workshop": 3}``.
    note : str
        A sentence for the end of the caption.

    Returns
    -------
    Figure
        A hollow point rests on few documents or has no interval. The dashed line is the share of all documents
        (words) of the table, or 0 for relative emphasis. An interval that leaves the plot ends in an arrow.

    Raises
    ------
    ValueError
        For another `value`.
    SelectionError
        If there is no such code.
    AggregateError
        If `summary` lacks columns.
    """
    measure = measure_of(value)
    shown = read_summary(summary, codebook, value, *_TOGETHER[value])
    chosen = shown.code(code)
    found = {group: shown.rows[code, group] for group in shown.sizes if (code, group) in shown.rows}
    rows = [_row(measure, row, cleaned(group)) for group, row in found.items()]
    rows.sort(key=lambda row: (row.value != row.value, -row.value, row.name))
    title = f"{chosen.key} {chosen.name}: {measure.titled(shown, 'it', by=len(rows) > 1, capital=False)}"
    line, line_told = _together(measure, shown, found.values())
    alt = f"Forest plot of {plural(len(rows), 'group')}, {title}{_highest(rows)}."
    caption = [shown.basis(kinds), *_explained(measure, shown, rows), line_told, note]
    if all(row.value != row.value for row in rows):
        return blank_sheet(title, [shown.basis(kinds), note], alt)
    return _drawn(title, rows, measure, caption, alt, line=line, heads=(shown.by.capitalize(), "raise it"))


@look()
def ranking_plot(
    summary: pd.DataFrame,
    group: str | None = None,
    *,
    codebook: Codebook | None = None,
    kinds: Mapping[str, int] | None = None,
    note: str = "",
) -> Figure:
    """All codes of one group by their share of words.

    Parameters
    ----------
    summary : DataFrame
        Of `qualcode.aggregate.summary_table`: one row a code and group.
    group : str or None
        None = the only group of the table.
    codebook : Codebook or None
        Names and colours of the categories; None = made of their ids.
    kinds : mapping of str to int, or None
        The group's documents by kind, for the caption.
    note : str
        A sentence for the end of the caption.

    Returns
    -------
    Figure
        A category is told by the colour and shape of the point and by the letter before the code's number.

    Raises
    ------
    SelectionError
        If there is no such group, or several and none is named.
    AggregateError
        If `summary` lacks columns.
    """
    measure = measure_of("share_words")
    shown = read_summary(summary, codebook, "share_words")
    group = shown.group(group) if shown.rows or group else "all"
    placed = sorted(shown.of(group), key=lambda pair: _descending(measure, pair[1]))
    rows = [_row(measure, row, code.name, code=code) for code, row in placed]
    name = "All documents" if group == "all" else cleaned(group)
    title = f"{name}: {shown.level[1]} by their share of respondents' words (%)"
    alt = f"Ranking of {shown.counted(len(rows))}, {title}{_highest(rows)}."
    basis = shown.basis(kinds, group) if rows else shown.basis(kinds)
    if all(row.value != row.value for row in rows):
        return blank_sheet(title, [basis, note], alt)
    caption = [basis, *_explained(measure, shown, rows), note]
    key = CategoryKey([code.mark for code in shown.codes])
    return _drawn(title, rows, measure, caption, alt, heads=(shown.level[0].capitalize(), "raise it"), key=key)


def _descending(measure: Measure, row: Mapping[str, Any]) -> tuple[bool, float, int]:
    value = measure.bounds(row)[0]
    return value != value, -value, -row["documents_with_code"]


def _row(measure: Measure, row: Mapping[str, Any], name: str, *, code: Coded | None = None) -> _Row:
    value, low, high = measure.bounds(row)
    numbers = "" if value != value else measure.text(value) + ("*" if measure.is_striking(row) else "")
    if low == low and high == high:
        numbers += f"  [{measure.text(low)}, {measure.text(high)}]"
    is_small = bool(row["flag"])
    raised = f"{row['documents_with_code']} of {row['documents']}{SMALL if is_small else ''}"
    raised = raised if row["documents"] else "not asked"
    if code is None:
        return _Row("", name, value, low, high, raised, numbers, is_small)
    return _Row(code.full_key, name, value, low, high, raised, numbers, is_small, code.mark.shape, code.mark.colour)


def _highest(rows: Sequence[_Row]) -> str:
    return f"; highest: {rows[0].name}, {rows[0].numbers.split()[0]}" if rows and rows[0].numbers else ""


def _explained(measure: Measure, shown: Shown, rows: Sequence[_Row]) -> list[str]:
    """What bars, arrows, hollow points and asterisks mean, as far as there are any."""
    said = [measure.interval_told(shown)] if any(row.has_interval for row in rows) else []
    low, high = _limits(rows, measure, None)
    if any(row.low < low or row.high > high for row in rows):
        said.append("Arrow: the bar goes on.")
    if any(row.is_small for row in rows):
        said.append(
            f"Hollow point, {SMALL}: fewer than {shown.attrs.get('small_group', 5)} documents, too few to generalise."
        )
    if any(row.value == row.value and not row.has_interval for row in rows):
        said.append("Hollow point without a bar: its interval is undefined.")
    if any("*" in row.numbers for row in rows):
        said.append("* q < 0.05: stands out from all other groups.")
    return said


def _together(measure: Measure, shown: Shown, rows: Iterable[Mapping[str, Any]]) -> tuple[float | None, str]:
    """Where the dashed line stands, and what it is: all groups together, or 0 for a comparison of groups."""
    if not _TOGETHER[measure.column]:
        return 0.0, "Dashed: as all others."
    parts, wholes = _TOGETHER[measure.column]
    part, whole = (sum(int(row[name]) for row in rows) for name in (parts, wholes))
    if not whole or len(shown.sizes) < 2:
        return None, ""
    return (
        part / whole,
        f"Dashed: all {shown.groups_noun} together, {measure.text(part / whole)} % ({part:,} of {whole:,}).",
    )


# --- drawing -----------------------------------------------------------------------------------


def _drawn(
    title: str,
    rows: Sequence[_Row],
    measure: Measure,
    caption: Sequence[str],
    alt: str,
    *,
    heads: tuple[str, str],
    line: float | None = None,
    key: CategoryKey | None = None,
) -> Figure:
    keys = max(text_width(row.key) for row in rows)
    start = EDGE + (keys + 0.08 if keys else 0)
    names = min(_NAMES, max(text_width(row.name) for row in rows))
    labels = [wrapped(row.name, names + 0.01) for row in rows]
    edges = row_edges(labels)
    raised = max(text_width(text) for text in (heads[1], *(row.raised for row in rows)))
    head = f"{measure.short} [95 % interval]"
    numbers = max(text_width(text) for text in (head, *(row.numbers for row in rows)))
    left = start + names + 0.12
    width = WIDTH - EDGE - left - raised - numbers - 0.36
    top, body = 0.24, edges[-1]
    below = top + body + _AXIS
    sheet = Sheet(title, below + (key.height if key else 0), caption, alt)
    axis = sheet.axes(left, top, width, body)
    axis.set(ylim=(body, 0))
    middles = [(upper + lower) / 2 for upper, lower in pairwise(edges)]
    _draw_points(axis, dict(zip(middles, rows, strict=True)), measure, line)
    right = WIDTH - EDGE - numbers
    for x, text, side in (
        (EDGE, heads[0], "left"),
        (right - 0.18, heads[1], "right"),
        (right, head, "left"),
    ):
        sheet.write(x, top - 0.08, text, ha=side, va="baseline", color=SOFT)
    for row, lines, middle in zip(rows, labels, middles, strict=True):
        y = top + middle
        sheet.write(start - 0.08, y, row.key, ha="right", va="center_baseline", color=SOFT)
        sheet.write(start, y, "\n".join(lines), va="center_baseline")
        sheet.write(right - 0.18, y, row.raised, ha="right", va="center_baseline")
        sheet.write(right, y, row.numbers, va="center_baseline")
    if key:
        key.draw(sheet, below)
    return sheet.figure


def _draw_points(axis: Axes, rows: Mapping[float, _Row], measure: Measure, line: float | None) -> None:
    """Points and bars by their height on an axis."""
    low, high = _limits([*rows.values()], measure, line)
    axis.set(xlim=(low, high), yticks=[], xlabel=measure.unit)
    axis.spines["left"].set_visible(False)
    axis.grid(visible=True, axis="x", color=FAINT, linewidth=0.5)
    if measure.column != "relative_emphasis":
        axis.xaxis.set_major_formatter(lambda share, _: f"{100 * share:g}")
    if line is not None:
        axis.axvline(line, color=INK, linewidth=0.8, linestyle=(0, (4, 3)), gid="together")
    for y, row in rows.items():
        if row.value != row.value:
            axis.text(0.02, y, NO_DATA, transform=axis.get_yaxis_transform(), va="center", color=SOFT, fontsize=FINE)
            continue
        if row.has_interval:
            bar = axis.plot([row.low, row.high], [y, y], color=row.colour, linewidth=1.4, gid="interval")
            bar[0].set_solid_capstyle("butt")
        for end, is_beyond, arrow in ((low, row.low < low, "<"), (high, row.high > high, ">")):
            if is_beyond:
                axis.plot(end, y, marker=arrow, color=row.colour, markersize=4.5, clip_on=False, gid="arrow")
        is_hollow = row.is_small or not row.has_interval
        axis.plot(
            row.value, y, marker=row.shape, markersize=5.5, markeredgewidth=1.1, markeredgecolor=row.colour,
            markerfacecolor="white" if is_hollow else row.colour, clip_on=False, gid="point", zorder=3,
        )  # fmt: skip


def _limits(rows: Sequence[_Row], measure: Measure, line: float | None) -> tuple[float, float]:
    """Ends of the axis: all points, and of the intervals what leaves the points apart."""
    if measure.column == "share_documents":
        return 0.0, 1.0
    points = [row.value for row in rows if row.value == row.value] + [line or 0.0]
    reach = _PLENTY * max(map(abs, points)) or 1.0
    ends = [end for row in rows if row.has_interval for end in (row.low, row.high)]
    high = max(*points, *(min(end, reach) for end in ends), 0.0)
    low = min(*points, *(max(end, -reach) for end in ends), 0.0)
    pad = 0.04 * (high - low) or 0.01
    return low - (pad if low < 0 else 0), min(high + pad, 1.0) if measure.column == "share_words" else high + pad
