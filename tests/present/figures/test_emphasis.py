from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.errors import SelectionError
from qualcode.present.figures import frequency_emphasis_map
from qualcode.present.figures.emphasis import spread_out

from .drawn import book, caption, lines, marked, of_groups, summary, texts, title


def test_each_code_stands_at_its_shares() -> None:
    figure = frequency_emphasis_map(summary(by=None), codebook=book())
    places = [(x[0], y[0]) for x, y in lines(figure, "true place")]
    # Documents 4, 2, 3, 0 of 9; words 75, 30, 130, 0 of 1300.
    assert np.allclose(places, [(4 / 9, 75 / 1300), (2 / 9, 30 / 1300), (3 / 9, 130 / 1300), (0, 0)])
    assert {"1", "2", "3", "4", "Silos", "Consent", "Pay", "Trials", "Data", "Money"} <= set(texts(figure))
    assert caption(figure).startswith("n = 9 documents.")


def test_dashed_lines_are_the_medians_and_corners_are_named() -> None:
    figure = frequency_emphasis_map(summary(by=None))
    across, up = marked(figure, "median")
    assert np.allclose(across.get_xdata(), (2 / 9 + 3 / 9) / 2)
    assert np.allclose(up.get_ydata(), (30 + 75) / 2 / 1300)
    assert {
        "mentioned by many, dwelt on", "mentioned by many, in passing", "dwelt on by few", "few, in passing",
    } <= set(texts(figure))  # fmt: skip


def test_one_group_of_several_is_drawn_by_its_name() -> None:
    figure = frequency_emphasis_map(summary(), "Gamma")
    assert title(figure) == "Gamma: how many raise a code, and how much is said of it"
    assert "n = 2 documents." in caption(figure)
    assert "Fewer than 3 documents" in caption(figure)
    with pytest.raises(SelectionError, match="3 groups"):
        frequency_emphasis_map(summary())


def test_codes_at_one_place_are_moved_apart_and_joined_to_it() -> None:
    figure = frequency_emphasis_map(summary(), "Gamma")  # three codes that nobody raises
    true, shown = ([(x[0], y[0]) for x, y in lines(figure, gid)] for gid in ("true place", "point"))
    assert len(set(true)) == 2
    assert len(set(shown)) == 4
    assert [(x[0], y[0]) for x, y in lines(figure, "lead")] == true
    assert [(x[1], y[1]) for x, y in lines(figure, "lead")] == shown


def test_a_code_without_a_value_is_named_below() -> None:
    frame = summary(by=None)
    frame.loc[frame["code"] == "pay", "share_words"] = np.nan
    figure = frequency_emphasis_map(frame)
    assert len(marked(figure, "point")) == 3
    assert "No value: 3." in caption(figure)


def test_a_group_whose_codes_are_all_alike_is_drawn() -> None:
    assert len(marked(frequency_emphasis_map(of_groups(["Crete"], size=4)), "point")) == 4


@given(places=st.lists(st.tuples(st.floats(0.3, 5), st.floats(0.4, 3)), min_size=1, max_size=25))
@settings(max_examples=40, deadline=None)
def test_discs_never_cover_each_other_nor_leave_the_plot(places: list[tuple[float, float]]) -> None:
    true = np.array(places)
    found = spread_out(true, (5.6, 3.5))
    apart = np.hypot(*(found[:, None] - found[None]).transpose(2, 0, 1))[np.triu_indices(len(found), 1)]
    assert (apart > 0.17).all()  # of 0.19 inches across
    assert ((found > 0) & (found < (5.6, 3.5))).all()
    assert np.array_equal(found, spread_out(true, (5.6, 3.5)))


def test_a_lone_disc_stays_where_it_is() -> None:
    assert np.allclose(spread_out(np.array([[2.0, 2.0], [4.0, 1.0]]), (5.6, 3.5)), [[2, 2], [4, 1]], atol=1e-3)
