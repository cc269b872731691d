from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.errors import SelectionError
from qualcode.present.figures import alt_text, figure_bytes, save_figure
from qualcode.present.figures.sheet import Sheet, ink_on, text_width, wrapped

from .drawn import FIGURES


@pytest.mark.parametrize("name", ["heat, relative", "network", "map", "saturation"])
@pytest.mark.parametrize("ending", [".svg", ".png", ".PDF"])
def test_the_same_figure_is_the_same_file(tmp_path: Path, name: str, ending: str) -> None:
    for place in ("one", "two"):
        save_figure(FIGURES[name](), tmp_path / f"{place}{ending}")
    content = (tmp_path / f"one{ending}").read_bytes()
    assert content == (tmp_path / f"two{ending}").read_bytes()
    assert b"CreationDate" not in content
    assert b"dc:date" not in content


def test_the_file_says_in_words_what_it_shows() -> None:
    figure = FIGURES["forest, documents"]()
    assert alt_text(figure) in figure_bytes(figure, "svg").decode()
    assert alt_text(figure).encode() in figure_bytes(figure, "png")


@pytest.mark.parametrize("name", ["x.foo", "x", "x.csv", "x.jpg"])
def test_an_ending_that_is_no_drawing_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SelectionError, match=r"is no drawing. Endings: \.svg, \.png, \.pdf\."):
        save_figure(FIGURES["ranking"](), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_another_format_is_refused() -> None:
    with pytest.raises(SelectionError, match=r'"eps" is no format of a figure. Formats: svg, png, pdf'):
        figure_bytes(FIGURES["ranking"](), "eps")


def test_a_figure_in_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match="There is no folder"):
        save_figure(FIGURES["ranking"](), tmp_path / "nowhere" / "x.png")


def test_a_notebook_shows_a_figure_without_pyplot() -> None:
    assert FIGURES["ranking"]()._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined]


def test_matplotlib_is_loaded_for_a_figure_only() -> None:
    code = "import sys, qualcode.present.figures; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_control_characters_and_formulas_of_a_name_are_no_trouble() -> None:
    sheet = Sheet("a\x07b $x^2$\x0b", 1, ["c\x1bd"], "e\x00f")
    assert [text.get_text() for text in sheet.figure.texts] == ["ab $x^2$", "cd"]
    assert alt_text(sheet.figure) == "ef"
    assert figure_bytes(sheet.figure, "png")


@given(text=st.text(alphabet="abc WIΑж-_/ ", max_size=60), width=st.floats(0.3, 2))
@settings(max_examples=60, deadline=None)
def test_wrapping_loses_nothing_and_keeps_to_the_width(text: str, width: float) -> None:
    lines = wrapped(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(text_width(line) <= width for line in lines)


def test_text_stands_out_from_what_it_stands_on() -> None:
    assert [ink_on(colour) for colour in ("white", "black", "#08306b", "#f7fbff")] == [
        "#1a1a1a", "white", "white", "#1a1a1a",
    ]  # fmt: skip
