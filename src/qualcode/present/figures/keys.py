"""What stands below a figure to be looked up: categories with their markers, codes with their numbers.

In: codes. Out: text and markers on a sheet, with the height they take known beforehand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .sheet import EDGE, FINE, WIDTH, Sheet, leading, text_width, wrapped
from .shown import Coded, Mark

_PAUSE = 0.4
"""Lines left free below a category."""
_Line = tuple[str, str, str]
"""Number, text and weight of its letters."""


def draw_mark(sheet: Sheet, x: float, y: float, mark: Mark, *, shape: str = "", size: float = 4.5) -> None:
    """The marker of a category on the body of a sheet, `size` points across; `shape` = not its own."""
    sheet.canvas.plot(
        [x], [y], marker=shape or mark.shape, markersize=size, color=mark.colour, markeredgecolor="black",
        markeredgewidth=0.4, linestyle="none", clip_on=False,
    )  # fmt: skip


class CategoryKey:
    """Categories with marker and letter, in lines below a figure."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        self._items: list[tuple[float, int, Mark]] = []
        x, line = EDGE, 0
        for mark in dict.fromkeys(marks):
            width = 0.36 + text_width(f"{mark.letter}  {mark.name}")
            if x + width > WIDTH and x > EDGE:
                x, line = EDGE, line + 1
            self._items.append((x, line, mark))
            x += width
        self.height = (line + 1) * (leading(FINE) + 0.03)

    def draw(self, sheet: Sheet, top: float) -> None:
        """Write it, `top` inches below the upper edge of the body."""
        for x, line, mark in self._items:
            y = top + (line + 0.75) * (leading(FINE) + 0.03)
            draw_mark(sheet, x + 0.05, y - 0.035, mark)
            sheet.write(x + 0.13, y, f"{mark.letter}  {mark.name}", va="baseline")


class CodeKey:
    """Codes by category with their numbers, in columns of about the same height.

    Parameters
    ----------
    codes : sequence of Coded
        At least one.
    columns : int
    shape : str
        Marker of all codes in the figure, in the colour of their category; empty = none.
    """

    _INDENT = 0.3

    def __init__(self, codes: Sequence[Coded], columns: int = 2, *, shape: str = "") -> None:
        self._width, self._shape = (WIDTH - 2 * EDGE) / columns, shape
        blocks: dict[Mark, list[_Line]] = {}
        for code in codes:
            lines = blocks.setdefault(code.mark, [])
            # A category that is itself what is shown stands once, not under its own name.
            if not lines and code.key != code.mark.letter:
                lines += self._lines(code.mark.letter, code.mark.name, weight="bold")
            lines += self._lines(code.key, code.name)
        self._columns: list[list[tuple[Mark, list[_Line]]]] = [[] for _ in range(columns)]
        total, passed = sum(map(len, blocks.values())), 0.0
        for mark, lines in blocks.items():
            place = min(columns - 1, int(columns * (passed + len(lines) / 2) / total - 1e-9))
            self._columns[place].append((mark, lines))
            passed += len(lines)
        self.height = leading(FINE) * max(sum(len(lines) + _PAUSE for _, lines in column) for column in self._columns)

    def _lines(self, key: str, name: str, *, weight: str = "normal") -> list[_Line]:
        lines = wrapped(name, self._width - self._INDENT - 0.12, bold=weight == "bold")
        return [(key if place == 0 else "", line, weight) for place, line in enumerate(lines)]

    def draw(self, sheet: Sheet, top: float) -> None:
        """Write it, `top` inches below the upper edge of the body."""
        for place, column in enumerate(self._columns):
            x, y = EDGE + place * self._width, top + 0.8 * leading(FINE)
            for mark, lines in column:
                if self._shape:
                    draw_mark(sheet, x + 0.05, y - 0.035, mark, shape=self._shape)
                for key, line, weight in lines:
                    sheet.write(x + self._INDENT - 0.06, y, key, ha="right", va="baseline", fontweight=weight)
                    sheet.write(x + self._INDENT, y, line, va="baseline", fontweight=weight)
                    y += leading(FINE)
                y += _PAUSE * leading(FINE)
