"""Frames to draw, made of the mini study, and what is found on a figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from aggregate import mini_study
from aggregate.mini_study import count, document
from qualcode.aggregate import cooccurrence_table, saturation_curve, summary_table
from qualcode.codebook import Codebook
from qualcode.present.figures import (
    cooccurrence_network,
    forest_plot,
    frequency_emphasis_map,
    heat_map,
    ranking_plot,
    saturation_figure,
)

GREEK, BULGARIAN, ISLANDS = (
    "Κεντρική Μακεδονία",
    "Югозападен район – София",
    "The Region of the Upper Valleys, the Lower Valleys and All the Islands in Between",
)
STRANGE = (GREEK, BULGARIAN, ISLANDS, r"$\alpha$ & <b>", "a_file_name_without_any_blank_that_is_far_too_long.docx")


def book() -> Codebook:
    return mini_study.small_codebook()


def summary(by: Any = "region", level: Any = "code", documents: Any = None, **more: Any) -> pd.DataFrame:
    """The mini study's table; Alpha 4, Beta 3, Gamma 2 documents, all of them few."""
    rows = mini_study.documents() if documents is None else documents
    counts = mini_study.code_counts(), mini_study.category_counts()
    return summary_table(rows, *counts, book(), by=by, level=level, seed=1, **{"draws": 200, "small_group": 3} | more)


def of_groups(names: list[str], size: int = 6, words: int = 300) -> pd.DataFrame:
    """Groups of these names and equal size, in which codes are raised in turns."""
    documents = [document(f"{g}-{d}", name, words) for g, name in enumerate(names) for d in range(size)]
    codes = [code.id for code in book().codes]
    counts = [
        count(f"{g}-{d}", codes[(g * d + d) % 4], 1 + d, 10 * (1 + d + g % 5), 0, d)
        for g in range(len(names))
        for d in range(0 if words else size, size)
    ]
    return summary_table(documents, counts, [], book(), by="region", level="code", seed=1, draws=50)


def pairs(unit: Any = "document", level: Any = "code") -> pd.DataFrame:
    """Silos and pay are together in two documents of three, silos and consent in one of four."""
    rows = [
        {"document_id": row["document_id"], "turn": 1, "position": place, "words": row["words"], "code_id": code}
        for place, row in enumerate(mini_study.code_counts())
        if row["status"] == "auto"
        for code in [row["code_id"]]
    ]
    return cooccurrence_table(mini_study.documents(), rows, book(), unit=unit, level=level, seed=1, draws=200)


def curve() -> pd.DataFrame:
    return saturation_curve(mini_study.documents(), mini_study.code_counts(), book(), seed=1, draws=200)


FIGURES: dict[str, Callable[[], Figure]] = {
    "heat, documents": lambda: heat_map(summary()),
    "heat, words": lambda: heat_map(summary(), "share_words", codebook=book()),
    "heat, relative": lambda: heat_map(summary(), "relative_emphasis"),
    "heat, categories": lambda: heat_map(summary(level="category")),
    "heat, documents as groups": lambda: heat_map(summary(by="document")),
    "heat, one group": lambda: heat_map(summary(by=None)),
    "heat, strange names": lambda: heat_map(of_groups(list(STRANGE))),
    "heat, 44 groups": lambda: heat_map(of_groups([f"Region {n}" for n in range(42)] + [GREEK, ISLANDS])),
    "heat, one code": lambda: heat_map(only("pay")),
    "forest, documents": lambda: forest_plot(summary(), "pay"),
    "forest, words": lambda: forest_plot(summary(), "pay", "share_words", codebook=book()),
    "forest, relative": lambda: forest_plot(summary(), "silos", "relative_emphasis"),
    "forest, one group": lambda: forest_plot(summary(by=None), "pay"),
    "forest, strange names": lambda: forest_plot(of_groups(list(STRANGE)), "pay", "share_words"),
    "forest, 44 groups": lambda: forest_plot(of_groups([f"Region {n}" for n in range(44)]), "silos"),
    "ranking": lambda: ranking_plot(summary(), "Beta", codebook=book()),
    "ranking, all": lambda: ranking_plot(summary(by=None)),
    "ranking, categories": lambda: ranking_plot(summary(by=None, level="category")),
    "ranking, one code": lambda: ranking_plot(only("pay"), "Beta"),
    "map": lambda: frequency_emphasis_map(summary(by=None), codebook=book()),
    "map, group": lambda: frequency_emphasis_map(summary(), "Gamma"),
    "map, one code": lambda: frequency_emphasis_map(only("pay"), "Beta"),
    "network": lambda: cooccurrence_network(pairs(), book()),
    "network, categories": lambda: cooccurrence_network(pairs(level="category")),
    "saturation": lambda: saturation_figure(curve()),
}
"""Every figure in every shape."""


@cache
def figure_of(name: str) -> Figure:
    """One of `FIGURES`, drawn once for all tests that only look at it."""
    return FIGURES[name]()


NOTHING: dict[str, Callable[[], Figure]] = {
    "heat": lambda: heat_map(nobody()),
    "heat, no words": lambda: heat_map(of_groups([GREEK, "Crete"], words=0), "share_words"),
    "forest, no words": lambda: forest_plot(of_groups([GREEK, "Crete"], words=0), "pay", "relative_emphasis"),
    "ranking, no words": lambda: ranking_plot(of_groups([GREEK, "Crete"], words=0), GREEK),
    "ranking": lambda: ranking_plot(nobody()),
    "map": lambda: frequency_emphasis_map(nobody()),
    "map, no words": lambda: frequency_emphasis_map(of_groups([GREEK, "Crete"], words=0), GREEK),
    "network": lambda: cooccurrence_network(cooccurrence_table([], [], book(), unit="turn", level="code", seed=1)),
    "saturation": lambda: saturation_figure(saturation_curve([], [], book(), seed=1)),
}
"""Figures of frames without a value."""


def nobody() -> pd.DataFrame:
    return summary_table([], [], [], book(), by="region", level="code", seed=1, draws=10)


def only(code: str) -> pd.DataFrame:
    frame = summary()
    return frame[frame["code"] == code]


# --- what is on a figure -----------------------------------------------------------------------


def texts(figure: Figure) -> list[str]:
    """Every text that is shown, lines joined."""
    return [text.get_text().replace("\n", " ") for text in _text_artists(figure) if text.get_text()]


def caption(figure: Figure) -> str:
    return next(text.get_text().replace("\n", " ") for text in figure.texts if text.get_gid() == "caption")


def title(figure: Figure) -> str:
    return next(text.get_text().replace("\n", " ") for text in figure.texts if text.get_gid() == "title")


def marked(figure: Figure, gid: str) -> list[Any]:
    """Artists of one kind, in drawing order."""
    return [artist for axis in figure.axes for artist in axis.get_children() if artist.get_gid() == gid]


def lines(figure: Figure, gid: str) -> list[tuple[list[float], list[float]]]:
    """Data of lines and points of one kind."""
    return [
        ([float(x) for x in line.get_xdata()], [float(y) for y in line.get_ydata()]) for line in marked(figure, gid)
    ]


def boxes(figure: Figure) -> list[tuple[str, Bbox]]:
    """Every text with the pixels it covers."""
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    figure.draw(renderer)
    return [(text.get_text(), text.get_window_extent(renderer)) for text in _text_artists(figure) if text.get_text()]


def sizes_of_letters(figure: Figure) -> list[float]:
    return [float(text.get_fontsize()) for text in _text_artists(figure)]


def _text_artists(figure: Figure) -> Iterator[Text]:
    yield from figure.texts
    for axis in figure.axes:
        yield from axis.texts
        if axis.axison:
            yield from (axis.xaxis.label, axis.yaxis.label)
            for one, ends in ((axis.xaxis, axis.get_xlim()), (axis.yaxis, axis.get_ylim())):
                # Ticks outside the limits are there but not drawn.
                drawn = [tick for tick in one.get_major_ticks() if min(ends) <= tick.get_loc() <= max(ends)]
                yield from (tick.label1 for tick in drawn)
        legend = axis.get_legend()
        yield from legend.get_texts() if legend else ()
