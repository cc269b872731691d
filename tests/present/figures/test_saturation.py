from __future__ import annotations

import numpy as np
import pytest

from qualcode.errors import AggregateError
from qualcode.present.figures import alt_text, saturation_figure

from .drawn import caption, curve, texts


def test_line_band_and_steps_are_those_of_the_frame() -> None:
    frame = curve()
    axis = saturation_figure(frame).axes[1]
    drawn = {line.get_label(): line for line in axis.get_lines()}
    expected, observed = drawn["mean of all orders"], drawn["as they were held"]
    assert np.array_equal(expected.get_xdata(), frame["documents"])
    assert np.allclose(expected.get_ydata(), frame["codes_expected"])
    assert np.array_equal(observed.get_ydata(), frame["codes_observed"])
    assert observed.get_drawstyle() == "steps-post"
    corners = np.asarray(axis.collections[0].get_paths()[0].vertices)
    for n, low, high in frame[["documents", "codes_low", "codes_high"]].to_numpy():
        heights = corners[corners[:, 0] == n, 1]
        assert {low, high} <= set(heights)


def test_it_says_how_many_codes_how_many_documents_hold() -> None:
    figure = saturation_figure(curve(), kinds={"interview": 8, "workshop": 1})
    assert caption(figure).startswith("n = 9 documents (8 interviews, 1 workshop). 3 of 4 codes found.")
    assert alt_text(figure).endswith("3 of 4 codes in 9 documents.")
    assert {"95 of 100 orders", "mean of all orders", "as they were held"} <= set(texts(figure))


def test_a_curve_without_what_is_known_of_it_is_drawn() -> None:
    frame = curve()
    frame.attrs = {}
    assert "3 codes found" in caption(saturation_figure(frame))
    assert "Steps" not in caption(saturation_figure(frame.assign(codes_observed=np.nan)))


def test_another_frame_is_refused() -> None:
    with pytest.raises(AggregateError, match=r"The curve lacks codes_low. Give the result of saturation_curve"):
        saturation_figure(curve().drop(columns="codes_low"))
