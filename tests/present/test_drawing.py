from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counted_study import CountedStudy, make_counted_study
from qualcode import flow
from qualcode.errors import SelectionError
from qualcode.present import draw, write_figures
from qualcode.present.drawing import file_name, file_names
from qualcode.present.figures.sheet import alt_text


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> CountedStudy:
    """The mini study; only to be read."""
    return make_counted_study(tmp_path_factory.mktemp("counted") / "study")


@pytest.fixture(scope="module")
def drawn(counted: CountedStudy) -> flow.FigureTables:
    return flow.figure_tables(counted.work, flow.make_filter())


HEAT = ["heat_map_frequency", "heat_map_emphasis", "heat_map_relative_emphasis"]
WHOLE = ["frequency_and_emphasis", "cooccurrence", "saturation"]


@pytest.fixture(scope="module")
def written(drawn: flow.FigureTables, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_figures(drawn, tmp_path_factory.mktemp("figures") / "new" / "folder", "svg")


def test_every_figure_of_a_study_is_drawn_in_order(written: list[Path]) -> None:
    codes = ["code_01_silos", "code_02_consent", "code_03_pay", "code_04_trials"]
    regions = ["region_alpha", "region_beta", "region_gamma"]
    assert [path.name for path in written] == [f"{name}.svg" for name in [*HEAT, *codes, *regions, *WHOLE]]
    assert sorted(written) == sorted(written[0].parent.iterdir())


def test_figures_say_what_they_show_and_how_many_were_heard(written: list[Path]) -> None:
    said = {path.stem: path.read_text(encoding="utf-8") for path in written}
    assert all(text.startswith("<?xml") for text in said.values())
    # Pay is raised by 1 of 4 in Alpha and by 2 of 3 in Beta.
    assert all(cell in said["code_03_pay"] for cell in ("1 of 4", "2 of 3", "0 of 2"))
    assert "9 documents (8 interviews, 1 workshop)" in said["heat_map_frequency"]
    assert "Beta" in said["region_beta"]
    assert "Alpha" not in said["region_beta"]


def test_one_region_and_one_code_leave_the_other_figures(counted: CountedStudy, tmp_path: Path) -> None:
    one = flow.figure_tables(counted.work, flow.make_filter(), region="Beta", code="pay")
    kept = tmp_path / "code_03_pay.png"
    kept.write_bytes(b"older")
    paths = write_figures(one, tmp_path, "png")
    assert [path.stem for path in paths] == [*HEAT, "code_03_pay", "region_beta", *WHOLE]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)  # the older one was replaced


@pytest.mark.parametrize("output", ["jpg", "SVG", ""])
def test_other_formats_are_refused_before_anything_is_made(
    drawn: flow.FigureTables, tmp_path: Path, output: str
) -> None:
    with pytest.raises(SelectionError) as caught:
        write_figures(drawn, tmp_path / "figures", output)
    assert str(caught.value) == f'--format "{output}" is not known. Formats of figures: svg, png, pdf.'
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_said(drawn: flow.FigureTables, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(SelectionError, match="taken cannot be made"):
        write_figures(drawn, tmp_path / "taken", "svg")


# --- one figure --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "chosen", "shown"),
    [
        ("heat_map", {}, "Documents that raise each code"),
        ("forest_plot", {"code": "pay"}, "Pay"),
        ("ranking_plot", {"group": "Beta"}, "Beta"),
        ("frequency_emphasis_map", {}, "All documents"),
        ("frequency_emphasis_map", {"group": "Gamma"}, "Gamma"),
        ("cooccurrence_network", {}, "raised together"),
        ("saturation", {}, "code"),
    ],
)
def test_a_figure_is_drawn_by_its_name(drawn: flow.FigureTables, name: str, chosen: dict[str, str], shown: str) -> None:
    figure = draw(drawn, name, value="share_documents", **chosen)
    title = next(text.get_text() for text in figure.texts if text.get_gid() == "title")
    assert shown in title
    assert alt_text(figure)


def test_a_heat_map_shows_the_number_asked_for(drawn: flow.FigureTables) -> None:
    shown = {value: alt_text(draw(drawn, "heat_map", value=value)) for value in ("share_documents", "share_words")}
    assert len(set(shown.values())) == 2


def test_an_unknown_figure_gets_the_nearest(drawn: flow.FigureTables) -> None:
    with pytest.raises(SelectionError) as caught:
        draw(drawn, "heatmap", value="share_documents")
    assert str(caught.value) == 'There is no figure "heatmap". Did you mean "heat_map"?'


@pytest.mark.parametrize(("name", "table"), [("cooccurrence_network", "cooccurrence"), ("saturation", "saturation")])
def test_a_figure_without_its_table_says_why_and_the_others_are_drawn(
    drawn: flow.FigureTables, tmp_path: Path, name: str, table: str
) -> None:
    frames = {key: frame for key, frame in drawn.frames.items() if key != table}
    poorer = replace(drawn, frames=frames, missing={table: "There are too few turns."}, codes=(), regions=())
    with pytest.raises(SelectionError) as caught:
        draw(poorer, name, value="share_documents")
    assert str(caught.value) == f"{name} cannot be drawn: There are too few turns."
    stems = [path.stem for path in write_figures(poorer, tmp_path, "svg")]
    assert stems == [*HEAT, *(one for one in WHOLE if one != table)]


# --- names of files ----------------------------------------------------------------------------


@given(st.text())
def test_any_name_becomes_a_part_of_a_file_name(name: str) -> None:
    made = file_name(name)
    assert re.fullmatch(r"[^\W_]+(-[^\W_]+)*", made)
    assert file_name(made) == made


@given(st.lists(st.text(alphabet="aAäb -2", max_size=4), unique=True))
def test_different_names_become_different_files(names: list[str]) -> None:
    made = file_names(names)
    assert list(made) == names
    assert len(set(made.values())) == len(names)
