from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from aggregate import mini_study
from qualcode.errors import AggregateError
from qualcode.present.figures import heat_map

from .drawn import BULGARIAN, GREEK, book, caption, marked, of_groups, only, summary, texts, title


def grid(figure: object, columns: int) -> list[list[str]]:
    """Numbers of the cells, row by row, as they stand on the page."""
    cells = marked(figure, "cell")  # type: ignore[arg-type]
    found = []
    for cell in cells:
        x, y = cell.get_x() + cell.get_width() / 2, cell.get_y() + cell.get_height() / 2
        inside = [
            text.get_text()
            for text in figure.axes[0].texts  # type: ignore[attr-defined]
            if np.allclose(text.get_position(), (x, y))
        ]
        found.append(inside[0] if inside else "")
    return [found[start : start + columns] for start in range(0, len(found), columns)]


def test_each_cell_has_the_percentage_counted_by_hand() -> None:
    figure = heat_map(summary(), codebook=book())
    assert grid(figure, 3) == [
        ["50", "33", "50"],  # silos: 2 of 4, 1 of 3, 1 of 2
        ["25", "33", "0"],  # consent: 1, 1, 0
        ["25", "67", "0"],  # pay: 1, 2, 0
        ["0", "0", "0"],  # trials
    ]
    assert title(figure) == "Documents that raise each code, by region (%)"
    assert caption(figure).startswith("n = 9 documents in 3 regions.")


def test_words_are_percent_with_one_decimal() -> None:
    # silos: 60 of 500, 10 of 600, 5 of 200 words; pay: 10, 120, 0.
    found = grid(heat_map(summary(), "share_words"), 3)
    assert found[0] == ["12.0", "1.7", "2.5"]
    assert found[2] == ["2.0", "20.0", "0"]


def test_groups_stand_with_their_size_and_few_documents_are_marked() -> None:
    figure = heat_map(summary())
    assert [text for text in texts(figure) if text.startswith("n=")] == ["n=4", "n=3", "n=2†"]
    assert "† fewer than 3 documents: too few to generalise." in caption(figure)
    assert "†" not in caption(heat_map(summary(small_group=2)))


def test_categories_head_their_codes() -> None:
    shown = texts(heat_map(summary(), codebook=book()))
    order = [shown.index(name) for name in ("Data", "Silos", "Consent", "Money", "Pay", "Trials")]
    assert order == sorted(order)


def test_relative_emphasis_has_a_sign_two_colours_and_an_asterisk() -> None:
    frame = summary()
    frame["q_value"] = np.where((frame["code"] == "pay") & (frame["group"] == "Beta"), 0.01, 0.5)
    figure = heat_map(frame, "relative_emphasis")
    found = grid(figure, 3)
    beta = frame.set_index(["code", "group"])["relative_emphasis"]
    assert found[2][1] == f"{beta['pay', 'Beta']:+.1f}*"
    assert found[2][0].startswith("−")
    assert "* q < 0.05" in caption(figure)
    more, less = (marked(figure, "cell")[place].get_facecolor() for place in (7, 6))
    assert more[0] > more[2]  # orange
    assert less[2] > less[0]  # purple
    assert "*" not in "".join(map("".join, grid(heat_map(frame), 3)))  # q is not about documents


def test_darker_is_more_in_grey_print_too_and_text_stands_out() -> None:
    figure = heat_map(of_groups([GREEK, "Crete", BULGARIAN]), "share_words")
    cells = marked(figure, "cell")
    shown = [float(text) for row in grid(figure, 3) for text in row]

    def grey(colour: object) -> float:
        return float(np.dot(to_rgb(colour), (0.299, 0.587, 0.114)))  # type: ignore[arg-type]

    order = np.argsort(shown)
    shades = [grey(cells[place].get_facecolor()) for place in order]
    assert shades == sorted(shades, reverse=True)
    for cell in cells:
        middle = (cell.get_x() + cell.get_width() / 2, cell.get_y() + cell.get_height() / 2)
        text = next(text for text in figure.axes[0].texts if np.allclose(text.get_position(), middle))
        assert abs(grey(text.get_color()) - grey(cell.get_facecolor())) > 0.3


def test_a_cell_without_a_value_is_hatched_not_zero() -> None:
    figure = heat_map(summary(), "relative_emphasis")
    assert grid(figure, 3)[3] == ["", "", ""]  # nobody speaks of trials
    assert [cell.get_hatch() is not None for cell in marked(figure, "cell")] == [False] * 9 + [True] * 3
    assert "Hatched: no value." in caption(figure)


def test_a_code_few_were_asked_about_is_marked_in_its_cell() -> None:
    documents = mini_study.documents()
    for row in documents[:3]:
        row["topics_asked"] = '["silos"]'
    figure = heat_map(summary(documents=documents))
    found = grid(figure, 3)
    assert found[0][0] == "50"  # all four of Alpha
    assert found[2][0].endswith("†")  # one of them
    assert "n=4" in texts(figure)


def test_many_groups_become_rows_and_codes_numbered_columns() -> None:
    figure = heat_map(of_groups([f"Region {n}" for n in range(44)]), codebook=book())
    assert len(marked(figure, "cell")) == 44 * 4
    shown = texts(figure)
    assert {"Region 0", "Region 43", "n=6", "1", "4", "A", "B", "Silos", "Data"} <= set(shown)


def test_documents_as_groups_are_no_small_groups() -> None:
    figure = heat_map(summary(by="document"))
    assert caption(figure).startswith("n = 9 documents. ")
    assert "†" not in "".join(texts(figure))


def test_one_group_and_one_code_are_drawn() -> None:
    assert grid(heat_map(summary(by=None)), 1) == [["44"], ["22"], ["33"], ["0"]]
    assert grid(heat_map(only("pay")), 3) == [["25", "67", "0"]]


def test_kinds_and_a_note_stand_in_the_caption() -> None:
    said = caption(heat_map(summary(), kinds={"interview": 8, "workshop": 1, "report": 0}, note="Not audited."))
    assert said.startswith("n = 9 documents (8 interviews, 1 workshop) in 3 regions.")
    assert said.endswith("Not audited.")


def test_another_value_or_frame_is_refused() -> None:
    with pytest.raises(ValueError, match="`value` must be one of"):
        heat_map(summary(), "salience")  # type: ignore[arg-type]
    with pytest.raises(AggregateError, match=r"The table lacks code_number, code,.*Give the result of summary_table"):
        heat_map(pd.DataFrame({"group": ["a"]}))
