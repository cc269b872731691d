"""The page a figure is drawn on: as wide as a text column, title above, caption below, a body in inches between.

In: title, height of the body, caption. Out: a matplotlib `Figure` whose body is laid out in inches, and its
bytes. Object API only: nothing of pyplot, and the user's matplotlib settings are neither read nor changed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import SelectionError
from ..output import write_output

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 6.3
"""Inches: the text width of A4 with margins of 2.5 cm."""
FINE, BODY, HEAD = 7.0, 7.5, 9.0
"""Sizes of text in points; nothing is smaller than `FINE`."""
INK, SOFT, FAINT = "#1a1a1a", "#555555", "#d9d9d9"
EDGE = 0.06
NO_DATA = "no data"

_LEADING = 1.22
_FORMATS = ("svg", "png", "pdf")
_FONT = "DejaVu Sans"
"""Comes with matplotlib and has Latin, Greek and Cyrillic."""
_LOOK: dict[str, Any] = {
    "svg.hashsalt": "qualcode",
    "pdf.fonttype": 42,
    "font.family": [_FONT],
    "font.size": BODY,
    "axes.labelsize": BODY,
    "xtick.labelsize": FINE,
    "ytick.labelsize": FINE,
    "text.color": INK,
    "text.parse_math": False,
    # Letters as wide as they were measured, at every resolution: hinting rounds them to whole dots.
    "text.hinting": "none",
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "hatch.linewidth": 0.4,
}


@contextmanager
def look() -> Iterator[None]:
    """The settings every figure is drawn and saved with; what the user has set comes back afterwards."""
    from matplotlib import style

    with style.context(["default", _LOOK]):
        yield


# --- text --------------------------------------------------------------------------------------


def cleaned(text: object) -> str:
    r"""Text on one line without characters that no font shows.

    Examples
    --------
    >>> cleaned("North\x0b-East\n Romania")
    'North-East Romania'
    """
    shown = "".join(c for c in str(text) if (c.isspace() and c not in "\x0b\x0c") or unicodedata.category(c)[0] != "C")
    return " ".join(shown.split())


def leading(size: float) -> float:
    """Inches from one line of text to the next."""
    return _LEADING * size / 72


@lru_cache(maxsize=4096)
def text_width(text: str, size: float = FINE, *, bold: bool = False) -> float:
    """Inches that one line of text takes."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family=_FONT, size=size, weight="bold" if bold else "normal")
    return float(text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]) / 72


def wrapped(text: str, width: float, size: float = FINE, *, bold: bool = False) -> list[str]:
    """Lines of at most `width` inches; a word too long for one is broken, nothing is cut off.

    Examples
    --------
    >>> wrapped("Consent management of health data", 1.0)
    ['Consent', 'management of', 'health data']
    """

    def fits(line: str) -> bool:
        return text_width(line, size, bold=bold) <= width

    lines: list[str] = [""]
    for piece in pieces(text):
        if fits(lines[-1] + piece):
            lines[-1] += piece
            continue
        lines += [piece.lstrip()] if lines[-1] else []
        lines[-1] = piece.lstrip()
        while not fits(lines[-1]) and len(lines[-1]) > 1:
            whole = lines[-1]
            end = next((n for n in range(len(whole) - 1, 1, -1) if fits(whole[:n])), 1)
            lines[-1:] = [whole[:end], whole[end:]]
    return lines


def pieces(text: str) -> list[str]:
    """Parts between which a line may break: after blanks, hyphens and what joins words in names of files.

    Examples
    --------
    >>> pieces("North-East Romania")
    ['North-', 'East', ' Romania']
    """
    return re.findall(r"\s*[^\s_/-]*[_/-]+|\s*[^\s_/-]+", text)


def row_edges(names: Iterable[Sequence[str]], least: float = 0.2) -> list[float]:
    """Upper edges of rows below each other, in inches, each as high as its lines need; and the last one's lower edge.

    Examples
    --------
    >>> [round(edge, 2) for edge in row_edges([["Sofia"], ["North-East", "Romania"]])]
    [0.0, 0.2, 0.49]
    """
    heights = (max(least, 0.05 + leading(FINE) * len(lines)) for lines in names)
    return list(accumulate(heights, initial=0.0))


# --- the page ----------------------------------------------------------------------------------


class Sheet:
    """A figure as wide as a page, with its title and caption written.

    Parameters
    ----------
    title : str
    body : float
        Height of what is drawn, inches.
    caption : sequence of str
        Sentences; empty ones are left out.
    alt : str
        The figure in one sentence, for those who cannot see it.

    Attributes
    ----------
    figure : Figure
    canvas : Axes
        Covers the body; 1 unit is 1 inch, from the top left corner.
    """

    def __init__(self, title: str, body: float, caption: Sequence[str], alt: str) -> None:
        from matplotlib.figure import Figure

        inner = WIDTH - 2 * EDGE
        head = wrapped(cleaned(title), inner, HEAD, bold=True)
        foot = wrapped(" ".join(cleaned(part) for part in caption if part), inner)
        self._top = EDGE + len(head) * leading(HEAD) + 0.08
        self._height = self._top + body + 0.1 + len(foot) * leading(FINE) + EDGE
        self.figure: Figure = Figure(figsize=(WIDTH, self._height), facecolor="white")
        self.figure.set_label(cleaned(alt))
        across = EDGE / WIDTH
        self.figure.text(
            across, 1 - EDGE / self._height, "\n".join(head), fontsize=HEAD, fontweight="bold", va="top", gid="title"
        )
        self.figure.text(
            across, EDGE / self._height, "\n".join(foot), fontsize=FINE, color=SOFT, va="bottom", gid="caption"
        )
        self.canvas = self.axes(0, 0, WIDTH, body)
        self.canvas.set(xlim=(0, WIDTH), ylim=(body, 0))
        self.canvas.set_axis_off()
        # Notebooks show what has this method, with or without the inline backend of matplotlib.
        self.figure.__dict__["_repr_png_"] = partial(figure_bytes, self.figure, "png", 100)

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Axes at a place of the body, in inches from its top left corner."""
        below = self._height - self._top - top - height
        return self.figure.add_axes(
            (left / WIDTH, below / self._height, width / WIDTH, height / self._height), facecolor="none"
        )

    def write(self, x: float, y: float, text: str, **style: Any) -> None:
        """Text on the body, its top left corner at (x, y) inches unless `ha` and `va` say otherwise."""
        chosen: dict[str, Any] = {"fontsize": FINE, "va": "top", "linespacing": 1.05} | style
        self.canvas.text(x, y, text, **chosen)


def blank_sheet(title: str, caption: Sequence[str], alt: str) -> Figure:
    """A figure that says there is nothing to show."""
    sheet = Sheet(title, 0.8, caption, f"{alt} There is no data to show.")
    sheet.write(WIDTH / 2, 0.4, NO_DATA, ha="center", va="center", fontsize=HEAD, color=SOFT)
    return sheet.figure


def ink_on(colour: Any) -> str:
    """Black or white, whichever stands out more from a colour (WCAG 2 relative luminance).

    Examples
    --------
    >>> ink_on("#0072B2"), ink_on("#E69F00")
    ('white', '#1a1a1a')
    """
    from matplotlib.colors import to_rgb

    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "white" if luminance < 0.2 else INK


# --- files -------------------------------------------------------------------------------------


def alt_text(figure: Figure) -> str:
    """The figure in one sentence, for those who cannot see it; also in the file's metadata."""
    return str(figure.get_label())


def figure_bytes(figure: Figure, format: str = "png", dpi: int = 200) -> bytes:  # noqa: A002
    """A figure as the bytes of a file.

    Parameters
    ----------
    figure : Figure
    format : {"svg", "png", "pdf"}
    dpi : int
        Dots per inch of a png.

    Returns
    -------
    bytes
        The same figure gives the same bytes: no time of drawing, no random ids.

    Raises
    ------
    SelectionError
        For another format.
    """
    if format not in _FORMATS:
        raise SelectionError(f'"{format}" is no format of a figure. Formats: {", ".join(_FORMATS)}.')
    title = next((text.get_text().replace("\n", " ") for text in figure.texts if text.get_gid() == "title"), "")
    described = {"svg": "Description", "png": "Description", "pdf": "Subject"}[format]
    undated: Mapping[str, dict[str, None]] = {"svg": {"Date": None}, "png": {}, "pdf": {"CreationDate": None}}
    drawn = BytesIO()
    with look():
        figure.savefig(
            drawn, format=format, dpi=dpi, metadata={"Title": title, described: alt_text(figure), **undated[format]}
        )
    return drawn.getvalue()


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure to a file, whole or not at all.

    Parameters
    ----------
    figure : Figure
    path : Path
        Its ending, ``.svg``, ``.png`` or ``.pdf``, says what is written.

    Raises
    ------
    SelectionError
        For another ending, or if the file cannot be written; an older file of that name is kept.
    """
    path = Path(path)
    ending = path.suffix.lower().removeprefix(".")
    if ending not in _FORMATS:
        raise SelectionError(
            f'{path.name}: the ending "{path.suffix}" is no drawing. Endings: .{", .".join(_FORMATS)}.'
        )
    write_output(figure_bytes(figure, ending), path)
