from __future__ import annotations

import pandas as pd
import pytest

from qualcode.errors import AggregateError
from qualcode.present.figures import alt_text, cooccurrence_network

from .drawn import book, caption, marked, pairs, texts, title


def together_in(documents: list[int]) -> pd.DataFrame:
    """The six pairs with Jaccard coefficients 0.1, 0.2 ..., together in so many documents."""
    frame = pairs()
    frame["jaccard"] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    frame["documents_both"] = documents
    return frame


def test_only_pairs_of_several_documents_are_joined() -> None:
    figure = cooccurrence_network(together_in([2, 0, 1, 3, 2, 0]), book())
    assert len(marked(figure, "pair")) == 3
    assert "Drawn: the 3 (of 6 pairs) raised together in two documents or more." in caption(figure)
    assert caption(figure).startswith("n = 9 documents.")
    assert {"Jaccard 0.10", "Jaccard 0.50"} <= set(texts(figure))


def test_the_strongest_are_chosen_and_drawn_thick_dark_and_last() -> None:
    figure = cooccurrence_network(together_in([2] * 6), book(), strongest=4)
    drawn = marked(figure, "pair")
    assert len(drawn) == 4
    widths, greys = [line.get_linewidth() for line in drawn], [line.get_edgecolor()[0] for line in drawn]
    assert widths == sorted(widths)
    assert greys == sorted(greys, reverse=True)
    assert "Drawn: the 4 strongest of the 6 (of 6 pairs)" in caption(figure)


def test_every_code_is_named_with_the_documents_that_have_it() -> None:
    figure = cooccurrence_network(pairs(), book(), kinds={"interview": 8, "workshop": 1})
    # silos a1, a2, b1, g1; consent a2, b3; pay a1, b1, b2.
    assert {"A1 Silos (4)", "A2 Consent (2)", "B3 Pay (3)", "B4 Trials (0)"} <= set(texts(figure))
    assert title(figure) == "Codes raised together in one document"
    assert caption(figure).startswith("n = 9 documents (8 interviews, 1 workshop).")


def test_without_a_sure_pair_it_says_so() -> None:
    figure = cooccurrence_network(together_in([1] * 6))
    assert not marked(figure, "pair")
    assert "Of 6 pairs none is raised together in two documents: no line is drawn." in caption(figure)
    assert "0 pairs" in alt_text(figure)


def test_categories_are_drawn_too() -> None:
    figure = cooccurrence_network(pairs(level="category"))
    assert title(figure) == "Categories raised together in one document"
    assert {"A Data (5)", "B Money (3)"} <= set(texts(figure))


def test_another_frame_is_refused() -> None:
    with pytest.raises(AggregateError, match=r"The pairs lack units_a.*Give the result of cooccurrence_table"):
        cooccurrence_network(pairs().drop(columns=["units_a", "jaccard"]))


def test_a_frame_that_does_not_tell_its_documents_is_not_said_to_have_none() -> None:
    frame = pairs()
    frame.attrs = {}
    assert caption(cooccurrence_network(frame)).startswith("Number of documents not known.")
