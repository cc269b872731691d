from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from aggregate import mini_study
from qualcode.errors import AggregateError, SelectionError
from qualcode.present.figures import forest_plot, ranking_plot

from .drawn import book, caption, lines, marked, of_groups, summary, texts, title


def names(figure: Figure, known: set[str]) -> list[str]:
    """Names of rows from top to bottom."""
    found = [text for text in figure.axes[0].texts if text.get_text() in known]
    return [text.get_text() for text in sorted(found, key=lambda text: text.get_position()[1])]


@pytest.mark.parametrize("value", ["share_documents", "share_words", "relative_emphasis"])
def test_points_and_interval_ends_are_those_of_the_frame(value: str) -> None:
    frame = summary()
    figure = forest_plot(frame, "pay", value)  # type: ignore[arg-type]
    rows = frame[(frame["code"] == "pay") & frame[value].notna()].sort_values(value, ascending=False)
    assert [x[0] for x, _ in lines(figure, "point")] == rows[value].tolist()
    known = rows[rows[f"{value}_low"].notna()]
    assert [x for x, _ in lines(figure, "interval")] == known[[f"{value}_low", f"{value}_high"]].to_numpy().tolist()


def test_groups_stand_in_the_order_of_their_values_with_the_counts_beside_them() -> None:
    figure = forest_plot(summary(), "pay")
    assert names(figure, {"Alpha", "Beta", "Gamma"}) == ["Beta", "Alpha", "Gamma"]
    shown = texts(figure)
    assert {"2 of 3", "1 of 4", "0 of 2†", "67  [21, 94]"} <= set(shown)
    assert title(figure) == "3 Pay: documents that raise it, by region (%)"
    assert "Bars: 95 % interval (Wilson)." in caption(figure)


@pytest.mark.parametrize(
    ("value", "place", "told"),
    [
        ("share_documents", 3 / 9, "all regions together, 33 % (3 of 9)"),
        ("share_words", 130 / 1300, "all regions together, 10.0 % (130 of 1,300)"),
        ("relative_emphasis", 0, "as all others"),
    ],
)
def test_the_dashed_line_is_all_groups_together(value: str, place: float, told: str) -> None:
    figure = forest_plot(summary(), "pay", value)  # type: ignore[arg-type]
    (line,) = marked(figure, "together")
    assert line.get_xdata() == [place, place]
    assert f"Dashed: {told}." in caption(figure)


def test_one_group_has_nothing_to_be_compared_with() -> None:
    figure = forest_plot(summary(by=None), "pay")
    assert not marked(figure, "together")
    assert "Dashed" not in caption(figure)


def test_few_documents_and_a_missing_interval_make_a_hollow_point() -> None:
    figure = forest_plot(summary(), "silos", "share_words")
    fills = [point.get_markerfacecolor() for point in marked(figure, "point")]
    # Alpha 12 %, two documents raise it: an interval. Gamma 2.5 % with two documents; Beta 1.7 % in one of three.
    assert [fill == "white" for fill in fills] == [False, True, True]
    assert "†: fewer than 3 documents" in caption(figure)
    assert "Hollow point without a bar: its interval is undefined." in caption(figure)


def test_an_interval_that_leaves_the_plot_ends_in_an_arrow() -> None:
    frame = summary()
    chosen = (frame["code"] == "pay") & (frame["group"] == "Beta")
    frame.loc[chosen, ["share_words_low", "share_words_high"]] = [0.01, 0.99]
    figure = forest_plot(frame, "pay", "share_words")
    ((x, _),) = lines(figure, "arrow")
    assert x == [figure.axes[1].get_xlim()[1]]
    assert "Arrow: the bar goes on." in caption(figure)
    assert lines(figure, "interval")[0][0] == [0.01, 0.99]


def test_a_group_that_was_not_asked_has_no_point() -> None:
    documents = mini_study.documents()
    for row in documents[-2:]:
        row["topics_asked"] = '["silos"]'
    figure = forest_plot(summary(documents=documents), "pay")
    assert names(figure, {"Alpha", "Beta", "Gamma"})[-1] == "Gamma"
    assert {"not asked", "no data"} <= set(texts(figure))
    assert len(marked(figure, "point")) == 2
    assert "(3 of 7)" in caption(figure)


def test_q_below_five_percent_has_an_asterisk() -> None:
    frame = summary()
    frame["q_value"] = np.where(frame["group"] == "Beta", 0.04, np.nan)
    figure = forest_plot(frame, "pay", "share_words")
    assert sum("*" in text for text in texts(figure)) == 2  # the row and the caption
    assert "* q < 0.05" in caption(figure)


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(SelectionError, match=r'No code "paying" in this table. Did you mean "pay"'):
        forest_plot(summary(), "paying")


def test_words_are_needed_for_a_plot_of_words() -> None:
    with pytest.raises(AggregateError, match="The table lacks words, group_words"):
        forest_plot(summary().drop(columns=["words", "group_words"]), "pay", "share_words")


# --- ranking -----------------------------------------------------------------------------------


def test_codes_stand_by_their_share_of_words_with_documents_beside_them() -> None:
    figure = ranking_plot(summary(), "Alpha", codebook=book(), kinds={"interview": 4})
    # silos 60, consent 10, pay 10, trials 0 of 500 words; equal shares and documents by number.
    assert names(figure, {"Silos", "Consent", "Pay", "Trials"}) == ["Silos", "Consent", "Pay", "Trials"]
    assert {"A1", "A2", "B3", "B4", "2 of 4", "1 of 4", "0 of 4"} <= set(texts(figure))
    assert [x[0] for x, _ in lines(figure, "point")] == [0.12, 0.02, 0.02, 0]
    assert title(figure) == "Alpha: codes by their share of respondents' words (%)"
    assert caption(figure).startswith("n = 4 documents (4 interviews).")


def test_interval_ends_are_those_of_the_frame() -> None:
    frame = summary()
    figure = ranking_plot(frame, "Beta")
    rows = frame[(frame["group"] == "Beta") & frame["share_words_low"].notna()].sort_values("rank")
    assert len(rows)
    assert [x for x, _ in lines(figure, "interval")] == rows[
        ["share_words_low", "share_words_high"]
    ].to_numpy().tolist()


def test_a_category_is_told_by_shape_and_letter_not_by_colour_alone() -> None:
    figure = ranking_plot(of_groups(["Crete"]), codebook=book())
    shapes = {point.get_marker() for point in marked(figure, "point")}
    assert shapes == {"o", "s"}
    assert {"A  Data", "B  Money"} <= set(texts(figure))


def test_categories_of_a_codebook_have_its_colours() -> None:
    plain = {point.get_markeredgecolor() for point in marked(ranking_plot(summary(), "Beta"), "point")}
    assert plain == {"#0072B2", "#E69F00"}
    own = {point.get_markeredgecolor() for point in marked(ranking_plot(summary(), "Beta", codebook=book()), "point")}
    assert own == {"#ffffff"}


def test_a_group_must_be_there_and_be_named_where_there_are_several() -> None:
    with pytest.raises(SelectionError, match=r'No group "Bela" in this table. Did you mean "Beta"'):
        ranking_plot(summary(), "Bela")
    with pytest.raises(SelectionError, match="This table has 3 groups: say which one"):
        ranking_plot(summary())
    assert title(ranking_plot(summary(by=None))).startswith("All documents: ")
