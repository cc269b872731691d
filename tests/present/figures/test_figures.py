"""What holds for every figure."""

from __future__ import annotations

from itertools import combinations

import matplotlib as mpl
import pytest

from qualcode.present.figures import alt_text, figure_bytes

from .drawn import FIGURES, NOTHING, boxes, caption, figure_of, sizes_of_letters, texts, title


@pytest.mark.parametrize("name", FIGURES)
def test_it_fits_a_page_and_nothing_is_cut_or_covered(name: str) -> None:
    figure = figure_of(name)
    assert figure.get_figwidth() == 6.3
    page, found = figure.bbox, boxes(figure)
    for text, box in found:
        assert page.x0 <= box.x0 <= box.x1 <= page.x1, text
        assert page.y0 <= box.y0 <= box.y1 <= page.y1, text
    for (one, box), (other, beside) in combinations(found, 2):
        # Boxes hold the room of letters with a tail too; so much may touch.
        width = min(box.x1, beside.x1) - max(box.x0, beside.x0)
        height = min(box.y1, beside.y1) - max(box.y0, beside.y0)
        assert min(width, height) < 2.5, (one, other)


@pytest.mark.parametrize("name", FIGURES)
def test_no_letter_is_smaller_than_seven_points(name: str) -> None:
    assert min(sizes_of_letters(figure_of(name))) >= 7


@pytest.mark.parametrize("name", FIGURES)
def test_it_says_what_it_shows_and_how_many_documents_it_rests_on(name: str) -> None:
    figure = figure_of(name)
    assert title(figure)
    assert caption(figure).startswith("n = ")
    assert "document" in caption(figure)
    assert alt_text(figure).endswith(".")
    assert "nan" not in " ".join(texts(figure)).lower().split()


@pytest.mark.parametrize("name", NOTHING)
def test_without_a_value_it_says_so(name: str) -> None:
    figure = NOTHING[name]()
    assert "no data" in texts(figure)
    assert caption(figure).startswith("n = ")
    assert "no data" in alt_text(figure)
    assert figure_bytes(figure, "svg")


def test_the_users_settings_are_neither_read_nor_changed() -> None:
    plain = figure_bytes(FIGURES["forest, words"](), "svg")
    with mpl.rc_context({"font.size": 30, "axes.grid": True, "text.usetex": False, "lines.linewidth": 9}):
        before = dict(mpl.rcParams)
        assert figure_bytes(FIGURES["forest, words"](), "svg") == plain
        assert dict(mpl.rcParams) == before
