"""All figures of a study as files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ..codebook import Codebook
from ..errors import SelectionError, nearest
from .figures import (
    cooccurrence_network,
    forest_plot,
    frequency_emphasis_map,
    heat_map,
    ranking_plot,
    saturation_figure,
    save_figure,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

FIGURE_FORMATS = ("svg", "png", "pdf")


class Drawable(Protocol):
    """What `write_figures` needs; `qualcode.flow.FigureTables` has it."""

    @property
    def frames(self) -> Mapping[str, pd.DataFrame]: ...  # noqa: D102
    @property
    def codebook(self) -> Codebook: ...  # noqa: D102
    @property
    def regions(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def codes(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def kinds(self) -> Mapping[str, int]: ...  # noqa: D102
    @property
    def missing(self) -> Mapping[str, str]: ...  # noqa: D102


def write_figures(found: Drawable, folder: Path, output: str) -> list[Path]:
    """Draw every figure into a folder; figures of the same name are replaced.

    Parameters
    ----------
    found : Drawable
    folder : Path
        Made if it is not there.
    output : {"svg", "png", "pdf"}

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    SelectionError
        For another format, or a folder that cannot be made.
    """
    if output not in FIGURE_FORMATS:
        raise SelectionError(f'--format "{output}" is not known. Formats of figures: {", ".join(FIGURE_FORMATS)}.')
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SelectionError(f"{folder} cannot be made: {error.strerror}.") from error
    written: list[Path] = []
    for name, figure in _drawn(found):
        path = folder / f"{name}.{output}"
        save_figure(figure, path)
        written.append(path)
    return written


def _drawn(found: Drawable) -> Iterator[tuple[str, Figure]]:
    summary, book, kinds = found.frames["summary"], found.codebook, found.kinds
    for name, value in (
        ("frequency", "share_documents"),
        ("emphasis", "share_words"),
        ("relative_emphasis", "relative_emphasis"),
    ):
        yield f"heat_map_{name}", heat_map(summary, value, codebook=book, kinds=kinds)  # type: ignore[arg-type]
    for code in found.codes:
        yield f"code_{book.by_id[code].number:02}_{code}", forest_plot(summary, code, codebook=book, kinds=kinds)
    for region, name in file_names(found.regions).items():
        yield f"region_{name}", ranking_plot(summary, region, codebook=book)
    yield "frequency_and_emphasis", frequency_emphasis_map(found.frames["overall"], codebook=book, kinds=kinds)
    if "cooccurrence" in found.frames:
        yield "cooccurrence", cooccurrence_network(found.frames["cooccurrence"], book, kinds=kinds)
    if "saturation" in found.frames:
        yield "saturation", saturation_figure(found.frames["saturation"], kinds=kinds)


def draw(found: Drawable, name: str, *, group: str | None = None, code: str | None = None, value: Any) -> Figure:
    """One figure by its name.

    Parameters
    ----------
    found : Drawable
    name : {"heat_map", "forest_plot", "ranking_plot", "frequency_emphasis_map", "cooccurrence_network", "saturation"}
    group, code : str or None
        The group of a ranking or map, the code id of a forest plot.
    value : {"share_documents", "share_words", "relative_emphasis"}
        What a heat map or forest plot shows.

    Returns
    -------
    Figure

    Raises
    ------
    SelectionError
        For another name, or a figure whose table cannot be made.
    """
    summary, book, kinds = found.frames["summary"], found.codebook, found.kinds
    of_table = {"cooccurrence_network": "cooccurrence", "saturation": "saturation"}
    if of_table.get(name) in found.missing:
        raise SelectionError(f"{name} cannot be drawn: {found.missing[of_table[name]]}")
    makers: dict[str, Callable[[], Figure]] = {
        "heat_map": lambda: heat_map(summary, value, codebook=book, kinds=kinds),
        "forest_plot": lambda: forest_plot(summary, str(code), value, codebook=book, kinds=kinds),
        "ranking_plot": lambda: ranking_plot(summary, group, codebook=book),
        "frequency_emphasis_map": lambda: frequency_emphasis_map(
            found.frames["overall"] if group is None else summary,
            group,
            codebook=book,
            kinds=kinds if group is None else None,
        ),
        "cooccurrence_network": lambda: cooccurrence_network(found.frames["cooccurrence"], book, kinds=kinds),
        "saturation": lambda: saturation_figure(found.frames["saturation"], kinds=kinds),
    }
    if name not in makers:
        raise SelectionError(f'There is no figure "{name}". {nearest(name, list(makers))}')
    return makers[name]()


def file_name(name: str) -> str:
    """A name as a part of a file name on every system.

    Examples
    --------
    >>> file_name("Västra Götaland"), file_name("Κρήτη / 2"), file_name("...")
    ('vastra-gotaland', 'κρητη-2', 'unnamed')
    """
    plain = "".join(c for c in unicodedata.normalize("NFD", name.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "-", plain).strip("-") or "unnamed"


def file_names(names: Iterable[str]) -> dict[str, str]:
    """A part of a file name for each name, different ones for different names.

    Examples
    --------
    >>> file_names(["Crete", "Ghent", "ghent!"])
    {'Crete': 'crete', 'Ghent': 'ghent', 'ghent!': 'ghent-2'}
    """
    given: dict[str, str] = {}
    for name in names:
        plain = file_name(name)
        numbered = (plain if number == 1 else f"{plain}-{number}" for number in count(1))
        given[name] = next(one for one in numbered if one not in given.values())
    return given
