"""Frequency against emphasis: what many mention, and what few dwell on.

In: a summary. Out: a figure with one numbered point a code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ...codebook import Codebook
from .keys import CodeKey
from .measures import MEASURES
from .sheet import EDGE, FINE, INK, SOFT, WIDTH, Sheet, blank_sheet, cleaned, ink_on, look
from .shown import Coded, read_summary

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

_HEIGHT, _BELOW = 3.5, 0.55
"""Inches of the plot, and of its ticks and what they count."""
_DISC = 0.19
"""Inches across a numbered disc."""
_BAND = 0.3
"""Inches at the upper and lower edge that belong to the words in the corners."""


@look()
def frequency_emphasis_map(
    summary: pd.DataFrame,
    group: str | None = None,
    *,
    codebook: Codebook | None = None,
    kinds: Mapping[str, int] | None = None,
    note: str = "",
) -> Figure:
    """Share of documents that raise a code against its share of words, one numbered point a code.

    Parameters
    ----------
    summary : DataFrame
        Of `qualcode.aggregate.summary_table`.
    group : str or None
        None = the only group of the table (of ``by=None``).
    codebook : Codebook or None
        Names and colours of the categories; None = made of their ids.
    kinds : mapping of str to int, or None
        The group's documents by kind, for the caption.
    note : str
        A sentence for the end of the caption.

    Returns
    -------
    Figure
        Dashed lines are the medians of the codes shown. Discs that would cover each other are moved
        apart; a thin line leads to the true place. Codes without a value are named in the caption.

    Raises
    ------
    SelectionError
        If there is no such group, or several and none is named.
    AggregateError
        If `summary` lacks columns.
    """
    shown = read_summary(summary, codebook, "share_documents", "share_words")
    group = shown.group(group) if shown.rows or group else "all"
    frequency, emphasis = MEASURES["share_documents"], MEASURES["share_words"]
    level, levels = shown.level
    title = (
        f"{'All documents' if group == 'all' else cleaned(group)}: how many raise a {level}, and how much is said of it"
    )
    found = [(code, frequency.bounds(row)[0], emphasis.bounds(row)[0]) for code, row in shown.of(group)]
    points = [(code, x, y) for code, x, y in found if x == x and y == y]
    basis = shown.basis(kinds, group) if found else shown.basis(kinds)
    alt = f"Map of {shown.counted(len(points))} by share of documents and share of words, {title}."
    if not points:
        return blank_sheet(title, [basis, note], alt)
    lost = [code.key for code, x, y in found if not (x == x and y == y)]
    caption = [
        basis,
        f"Each disc is a {level}; discs that would cover each other are moved apart. Dashed: medians of the {levels}.",
        "Intervals are not shown.",
        f"No value: {', '.join(lost)}." if lost else "",
        shown.small_note({group})
        and f"Fewer than {shown.attrs.get('small_group', 5)} documents: too few to generalise.",
        note,
    ]
    key = CodeKey([code for code, _, _ in points], shape="o")
    sheet = Sheet(title, _HEIGHT + _BELOW + key.height, caption, alt)
    left = EDGE + 0.5
    axis = sheet.axes(left, 0, WIDTH - EDGE - left, _HEIGHT)
    _draw_map(axis, points, (WIDTH - EDGE - left, _HEIGHT))
    key.draw(sheet, _HEIGHT + _BELOW)
    return sheet.figure


def _draw_map(axis: Axes, points: Sequence[tuple[Coded, float, float]], size: tuple[float, float]) -> None:
    """Points on an axis `size` inches wide and high."""
    import numpy as np

    true = np.array([[x, y] for _, x, y in points])
    x_ends, y_ends = _ends(true[:, 0], size[0], _DISC), _ends(true[:, 1], size[1], _BAND)
    axis.set(xlim=x_ends, ylim=y_ends)
    axis.set(xlabel=f"{MEASURES['share_documents'].unit}", ylabel=MEASURES["share_words"].unit)
    for one, ends in ((axis.xaxis, x_ends), (axis.yaxis, y_ends)):
        one.set_major_formatter(lambda share, _: f"{100 * share:.3g}")
        one.set_ticks(
            [tick for tick in one.get_majorticklocs() if max(-1e-9, ends[0]) <= tick <= min(1 + 1e-9, ends[1])]
        )
    axis.tick_params(length=2.5)
    for draw, median in ((axis.axvline, np.median(true[:, 0])), (axis.axhline, np.median(true[:, 1]))):
        draw(float(median), color=SOFT, linewidth=0.7, linestyle=(0, (4, 3)), gid="median", zorder=0)
    for x, y, text in (
        (1.0, 1.0, "mentioned by many, dwelt on"), (1.0, 0.0, "mentioned by many, in passing"),
        (0.0, 1.0, "dwelt on by few"), (0.0, 0.0, "few, in passing"),
    ):  # fmt: skip
        axis.annotate(
            text, (x, y), (4 - 8 * x, 4 - 8 * y), xycoords="axes fraction", textcoords="offset points", fontsize=FINE,
            fontstyle="italic", color=SOFT, ha="right" if x else "left", va="top" if y else "bottom",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip
    start, scale = np.array([x_ends[0], y_ends[0]]), np.array(size) / [x_ends[1] - x_ends[0], y_ends[1] - y_ends[0]]
    places = spread_out((true - start) * scale, size) / scale + start
    for (code, x, y), (shown_x, shown_y) in zip(points, places, strict=True):
        axis.plot([x, shown_x], [y, shown_y], color=code.mark.colour, linewidth=0.7, gid="lead", zorder=1)
        axis.plot(x, y, marker="o", markersize=2, color=INK, gid="true place", zorder=2)
        axis.plot(
            shown_x, shown_y, marker="o", markersize=72 * _DISC, color=code.mark.colour,
            markeredgecolor="white", markeredgewidth=0.6, gid="point", zorder=3,
        )  # fmt: skip
        axis.annotate(
            code.key, (shown_x, shown_y), ha="center", va="center_baseline", fontsize=FINE, fontweight="bold",
            color=ink_on(code.mark.colour), zorder=4,
        )  # fmt: skip


def _ends(values: NDArray[np.float64], length: float, pad: float) -> tuple[float, float]:
    """Ends of an axis of `length` inches that leave `pad` inches free at both sides of the values."""
    low, high = float(values.min()), float(values.max())
    if low == high:
        low, high = low - max(0.05, low) / 2, high + max(0.05, high) / 2
    free = pad * (high - low) / (length - 2 * pad)
    return low - free, high + free


def spread_out(true: NDArray[np.float64], size: tuple[float, float]) -> NDArray[np.float64]:
    """Places near the true ones where discs do not cover each other.

    Parameters
    ----------
    true : float array, shape (n, 2)
        Inches from the lower left corner of the plot.
    size : tuple of float
        Width and height of the plot, inches.

    Returns
    -------
    float array, shape (n, 2)
        Discs push each other away and are drawn back to their true places, step by step; then only pushed. The
        same points give the same places.
    """
    import numpy as np

    turns = np.arange(len(true)) * 2.4  # the golden angle, so that equal points part in all directions
    places = true + 1e-3 * np.column_stack([np.cos(turns), np.sin(turns)])
    edge = np.array([_DISC / 2, _BAND - 0.03])
    for step in range(600):
        apart = places[:, None, :] - places[None, :, :]
        distance = np.hypot(apart[..., 0], apart[..., 1])
        np.fill_diagonal(distance, np.inf)
        push = np.clip(1.06 * _DISC - distance, 0, None) / np.maximum(distance, 1e-9)
        pull = 0.05 * (true - places) if step < 300 else 0.0
        places = np.clip(places + (apart * push[..., None]).sum(axis=1) / 2 + pull, edge, np.array(size) - edge)
    return places
