"""Which codes are raised together: codes on a ring, grouped by category, with lines between them.

In: a frame of `qualcode.aggregate.cooccurrence_table`. Out: a figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot, sqrt
from typing import TYPE_CHECKING, Any

from ...codebook import Codebook
from ...errors import AggregateError
from ..wording import plural
from .keys import CategoryKey, draw_mark
from .sheet import EDGE, FAINT, FINE, SOFT, WIDTH, Sheet, blank_sheet, leading, look, wrapped
from .shown import LEVELS, Coded, documents_told, read_codes

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_ENDS = ("a", "b")
_OF_CODES = ("code_number", "code", "code_name", "category", "units")
_NEEDED = (*(f"{name}_{end}" for name in _OF_CODES for end in _ENDS), "jaccard", "documents_both")
_LABELS, _GAP = 1.7, 0.2
"""Inches for the names at each side, and from the ring to them."""
_SLOT, _LOWEST = 0.26, 1.8
"""Inches from name to name, and of the ring's height, at the least."""
_LEAST = 2
"""Documents that raise a pair together for a line; the interval of Jaccard's coefficient never reaches 0."""
_SAMPLES = 0.26
"""Inches of the line that shows what thickness means."""


@dataclass(frozen=True)
class _Node:
    """A code on the ring: its place in inches, the units that have it, and its name in lines."""

    code: Coded
    units: int
    lines: list[str]
    x: float
    y: float

    @property
    def is_right(self) -> bool:
        return self.x >= WIDTH / 2


@look()
def cooccurrence_network(
    pairs: pd.DataFrame,
    codebook: Codebook | None = None,
    *,
    kinds: Mapping[str, int] | None = None,
    strongest: int = 30,
    note: str = "",
) -> Figure:
    """Codes that are raised together, the strongest pairs joined by lines.

    Parameters
    ----------
    pairs : DataFrame
        Of `qualcode.aggregate.cooccurrence_table`: one row a pair of codes.
    codebook : Codebook or None
        Names and colours of the categories; None = made of their ids.
    kinds : mapping of str to int, or None
        Documents by kind, for the caption: ``{"interview": 20, "workshop": 3}``.
    strongest : int
        Lines drawn at most, the largest Jaccard coefficients first. A pair that fewer than two
        documents raise together has none. The caption says how many there were.
    note : str
        A sentence for the end of the caption.

    Returns
    -------
    Figure
        A point grows with the turns (documents) that have the code, in brackets; a line is thicker and darker the
        larger the Jaccard coefficient.

    Raises
    ------
    AggregateError
        If `pairs` lacks columns.
    """
    lacking = [name for name in _NEEDED if name not in pairs.columns]
    if lacking:
        raise AggregateError(f"The pairs lack {', '.join(lacking)}. Give the result of cooccurrence_table.")
    within = str(pairs.attrs.get("within", "unit"))
    codes, units = _codes(pairs, codebook)
    noun, nouns = LEVELS[pairs.attrs.get("level", "code")]
    title = f"{nouns.capitalize()} raised together in one {within}"
    basis = documents_told(pairs.attrs.get("n_documents"), kinds)
    sure = pairs[pairs["documents_both"] >= _LEAST].sort_values(
        ["jaccard", "code_a", "code_b"], ascending=[False, True, True]
    )
    drawn = sure.head(strongest)
    alt = f"Network of {len(codes)} {nouns} with lines between {plural(len(drawn), 'pair')}: {title}."
    if not any(units.values()):
        return blank_sheet(title, [basis, note], alt)
    nodes, height = _ring(codes, units)
    caption = [
        basis,
        f"In brackets: {within}s with the {noun}; a point's area grows with them.",
        f"Lines: Jaccard coefficient, of the {within}s with one of two {nouns} the share with both.",
        _told(len(drawn), len(sure), len(pairs)),
        note,
    ]
    key = CategoryKey(code.mark for code in codes)
    sheet = Sheet(title, height + _SAMPLES + key.height, caption, alt)
    strengths = drawn["jaccard"].tolist()
    for a, b, jaccard in reversed(list(zip(drawn["code_a"], drawn["code_b"], strengths, strict=True))):
        _draw_line(sheet, nodes[a], nodes[b], height / 2, _strength(jaccard, strengths))
    most = max(units.values())
    for node in nodes.values():
        _draw_node(sheet, node, 4 + 8 * sqrt(node.units / most))
    _draw_samples(sheet, strengths, height + 0.08)
    key.draw(sheet, height + _SAMPLES)
    return sheet.figure


def _codes(pairs: pd.DataFrame, codebook: Codebook | None) -> tuple[list[Coded], dict[str, int]]:
    """Codes of both ends in the codebook's order, and the most units each has (topics not asked make them differ)."""
    plain = pairs.astype(object).where(pairs.notna(), None)
    ends = [
        dict(zip(_OF_CODES, row, strict=True))
        for end in _ENDS
        for row in plain[[f"{name}_{end}" for name in _OF_CODES]].itertuples(index=False)
    ]
    units: dict[str, int] = {}
    for row in ends:
        units[row["code"]] = max(int(row["units"]), units.get(row["code"], 0))
    return read_codes(ends, codebook), units


def _told(drawn: int, sure: int, pairs: int) -> str:
    """How many pairs are drawn of how many."""
    if not sure:
        return f"Of {plural(pairs, 'pair')} none is raised together in two documents: no line is drawn."
    chosen = f"the {drawn} strongest of the {sure:,}" if drawn < sure else f"the {sure:,}"
    return f"Drawn: {chosen} (of {plural(pairs, 'pair')}) raised together in two documents or more."


def _ring(codes: Sequence[Coded], units: Mapping[str, int]) -> tuple[dict[str, _Node], float]:
    """Places on an ellipse, clockwise from the top, names apart from each other; and the height it takes."""
    lines = [wrapped(f"{code.full_key} {code.name} ({units[code.id]:,})", _LABELS - EDGE) for code in codes]
    slot = max(_SLOT, 0.07 + leading(FINE) * max(map(len, lines)))
    right = (len(codes) + 1) // 2
    height = max(_LOWEST, slot * right + 0.1)
    across, down = WIDTH / 2 - _LABELS - _GAP, height / 2
    nodes = {}
    for place, code in enumerate(codes):
        is_right = place < right
        of_side = right if is_right else len(codes) - right
        n = place if is_right else len(codes) - 1 - place
        y = height * (n + 0.5) / of_side
        x = across * sqrt(max(0.0, 1 - ((y - down) / down) ** 2))
        nodes[code.id] = _Node(code, units[code.id], lines[place], WIDTH / 2 + (x if is_right else -x), y)
    return nodes, height


def _strength(jaccard: float, all_: Sequence[float]) -> float:
    """From 0, the weakest line drawn, to 1, the strongest."""
    low, high = min(all_), max(all_)
    return (jaccard - low) / (high - low) if high > low else 1.0


def _line_style(strength: float) -> dict[str, Any]:
    return {"color": str(0.72 - 0.62 * strength), "linewidth": 0.5 + 3.0 * strength}


def _draw_line(sheet: Sheet, one: _Node, other: _Node, middle: float, strength: float) -> None:
    """A curve bent towards the middle of the ring."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    pull = min(0.65, 0.2 + 0.2 * hypot(one.x - other.x, one.y - other.y))  # neighbours need no detour
    bend = [(1 - pull) * (a + b) / 2 + pull * m for a, b, m in ((one.x, other.x, WIDTH / 2), (one.y, other.y, middle))]
    curve = Path([(one.x, one.y), bend, (other.x, other.y)], [Path.MOVETO, Path.CURVE3, Path.CURVE3])
    sheet.canvas.add_patch(PathPatch(curve, fill=False, capstyle="round", gid="pair", **_line_style(strength)))


def _draw_node(sheet: Sheet, node: _Node, size: float) -> None:
    end = WIDTH - _LABELS if node.is_right else _LABELS
    sheet.canvas.plot([node.x, end], [node.y, node.y], color=FAINT, linewidth=0.5, zorder=0)
    draw_mark(sheet, node.x, node.y, node.code.mark, size=size)
    x, side = (end + 0.04, "left") if node.is_right else (end - 0.04, "right")
    sheet.write(x, node.y, "\n".join(node.lines), va="center_baseline", ha=side)


def _draw_samples(sheet: Sheet, strengths: Sequence[float], top: float) -> None:
    """What thickness and darkness of lines mean: the weakest and the strongest."""
    x = EDGE + 0.04
    for jaccard in sorted({min(strengths), max(strengths)}) if strengths else []:
        sheet.canvas.plot([x, x + 0.35], [top + 0.05] * 2, gid="sample", **_line_style(_strength(jaccard, strengths)))
        sheet.write(x + 0.42, top + 0.05, f"Jaccard {jaccard:.2f}", va="center_baseline", color=SOFT)
        x += 1.25
