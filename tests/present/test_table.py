from __future__ import annotations

import csv
import io
import json
import math
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.present import Column, Table, render
from qualcode.present.table import cell_width, guarded, is_missing, render_csv, render_json, spread, unguarded

NAN = float("nan")
FORMULA = '=HYPERLINK("http://x")'
ODD = [
    {"name": FORMULA, "n": 1, "share": 0.25},
    {"name": '<script>alert("1 & 2")</script>', "n": 2, "share": NAN},
    {"name": "a|b\nc, ξ 🚌", "n": 1234567, "share": None},
    {"name": "[bold]not markup[/bold]", "n": 0, "share": 1.0},
]
COLUMNS = (
    Column("name", "Name"),
    Column("n", "N", right=True, show=lambda n: f"{n:,}"),
    Column("share", "Share", right=True, show=lambda s: f"{100 * s:.0f} %"),
    Column("hidden"),
)
TABLE = Table(COLUMNS, [{**row, "hidden": [row["n"], "x"]} for row in ODD], title="Odd <things>", notes=("A & B.",))


def text(table: Table, output: str, **more: Any) -> str:
    rendered = render([table], output, **more)  # type: ignore[arg-type]  # a literal in each test
    assert isinstance(rendered, str)
    return rendered


def sheet(*tables: Table) -> Any:
    rendered = render(tables, "xlsx")
    assert isinstance(rendered, bytes)
    return openpyxl.load_workbook(io.BytesIO(rendered))


class Cells(HTMLParser):
    """The text of every cell of an HTML page, by row."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.in_cell = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002  # as HTMLParser calls it
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.in_cell = True

    def handle_data(self, data: str) -> None:
        if self.in_cell:
            self.rows[-1][-1] += data

    def handle_endtag(self, tag: str) -> None:
        self.in_cell = self.in_cell and tag not in ("td", "th")


@pytest.mark.parametrize(
    ("value", "missing"),
    [(None, True), (NAN, True), (np.float64("nan"), True), (0, False), ("", False), ("nan", False)],
)
def test_missing_is_none_or_nan(value: object, missing: bool) -> None:
    assert is_missing(value) == missing


def test_json_keeps_values_and_gives_null_for_missing_ones() -> None:
    rows = json.loads(text(TABLE, "json"))
    assert [row["share"] for row in rows] == [0.25, None, None, 1.0]
    assert [row["name"] for row in rows] == [row["name"] for row in ODD]
    assert [row["hidden"] for row in rows] == [[1, "x"], [2, "x"], [1234567, "x"], [0, "x"]]
    assert render_json([]) == "[]"
    assert json.loads(render_json([{"a": np.int64(3), "b": np.float64("nan"), "c": {1: (NAN, np.bool_(True))}}])) == [
        {"a": 3, "b": None, "c": {"1": [None, True]}}
    ]


def test_json_has_one_record_a_line() -> None:
    lines = text(TABLE, "json").splitlines()
    assert (lines[0], lines[-1], len(lines)) == ("[", "]", 6)


def test_csv_gives_values_and_leaves_missing_ones_empty() -> None:
    rows = list(csv.DictReader(io.StringIO(text(TABLE, "csv"), newline="")))
    assert [row["share"] for row in rows] == ["0.25", "", "", "1.0"]
    assert [unguarded(row["name"]) for row in rows] == [row["name"] for row in ODD]
    assert rows[0]["name"] == f"'{FORMULA}"
    assert json.loads(rows[2]["hidden"]) == [1234567, "x"]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_csv_text_that_a_spreadsheet_would_run_gets_an_apostrophe_and_gives_it_back(sign: str) -> None:
    words = [f"{sign}1+1", f"'{sign}x", f"''{sign}", f" {sign}x", "'tis"]
    table = Table((Column("t"),), [{"t": word} for word in words])
    lines = list(csv.reader(io.StringIO(render_csv([table]), newline="")))[1:]
    assert [line[0] for line in lines] == [f"'{words[0]}", f"'{words[1]}", f"'{words[2]}", words[3], words[4]]
    assert [unguarded(line[0]) for line in lines] == words
    as_they_are = csv.reader(io.StringIO(render_csv([table], is_guarded=False), newline=""))
    assert [line[0] for line in as_they_are][1:] == words


def test_csv_numbers_have_no_apostrophe_also_where_they_are_text() -> None:
    assert [guarded(value) for value in (-1, -0.5, "-1", "+0.25", "-1e5", "-")] == [
        -1,
        -0.5,
        "-1",
        "+0.25",
        "'-1e5",
        "'-",
    ]


def test_csv_rows_end_as_asked_and_a_carriage_return_inside_stays() -> None:
    table = Table((Column("a"), Column("b")), [{"a": "x\ry", "b": "1\t2"}])
    assert render_csv([table]) == 'a,b\n"x\ry",1\t2'
    assert render_csv([table], delimiter="\t", line_end="\r\n") == 'a\tb\r\n"x\ry"\t"1\t2"'


def test_csv_and_json_hold_the_rows_of_all_tables() -> None:
    both = [TABLE, TABLE]
    assert len(json.loads(str(render(both, "json")))) == 8
    assert len(list(csv.reader(io.StringIO(str(render(both, "csv")))))) == 9


def test_excel_keeps_numbers_as_numbers_and_formulas_as_words() -> None:
    book = sheet(TABLE)
    (page,) = book.worksheets
    assert [cell.value for cell in page[1]] == ["name", "n", "share", "hidden"]
    assert (page["A2"].value, page["A2"].data_type) == (FORMULA, "s")
    assert page["A2"].hyperlink is None
    assert (page["B2"].value, page["C2"].value, page["C3"].value) == (1, 0.25, None)
    assert page["D2"].value == '[1, "x"]'
    assert page["A7"].value == "A & B."
    assert page.freeze_panes == "A2"


def test_excel_text_that_no_cell_can_hold_goes_on_in_further_columns() -> None:
    words = "word " * 8_000
    (page,) = sheet(Table((Column("t", "T"), Column("n")), [{"t": words, "n": 1}, {"t": "short", "n": 2}])).worksheets
    assert [cell.value for cell in page[1]] == ["t", "t (2)", "n"]
    assert page["A2"].value + page["B2"].value == words
    assert [cell.value for cell in page[3]] == ["short", None, 2]


def test_excel_counts_utf_16_so_astral_signs_are_spread_earlier() -> None:
    wide = spread(Table((Column("t"),), [{"t": "🚌" * 20_000}]))
    pieces = [wide.rows[0][column.key] for column in wide.columns]
    assert "".join(pieces) == "🚌" * 20_000
    assert max(len(piece.encode("utf-16-le")) // 2 for piece in pieces) <= 32_767


def test_excel_sheets_get_valid_and_different_names() -> None:
    titles = ["Emphasis: of [each] region's / words, the percentage", "", "Plain"]
    names = sheet(*(Table((Column("t", "T"),), [], title=title) for title in titles)).sheetnames
    assert names[1:] == ["Table 2", "Plain"]
    assert not set("[]:*?/\\") & set(names[0])


def test_two_tables_of_one_title_make_two_sheets() -> None:
    titled = Table((Column("t", "T"),), [], title="The same title, a long one for a sheet")
    assert len(set(sheet(titled, titled).sheetnames)) == 2


def test_html_escapes_what_was_said() -> None:
    page = text(TABLE, "html")
    cells = Cells(page)
    assert "script" not in cells.tags
    assert cells.rows[0] == ["Name", "N", "Share"]
    assert [row[0] for row in cells.rows[1:]] == [row["name"] for row in ODD]
    assert cells.rows[3][1:] == ["1,234,567", ""]
    assert "Odd &lt;things&gt;" in page
    assert "A &amp; B." in page


def test_markdown_keeps_one_line_a_row() -> None:
    lines = text(TABLE, "md").splitlines()
    assert lines[:4] == ["## Odd <things>", "", "| Name | N | Share |", "|---|---:|---:|"]
    assert lines[6] == "| a\\|b c, ξ 🚌 | 1,234,567 |  |"
    assert lines[9] == "*A & B.*  "


def test_terminal_shows_what_people_read() -> None:
    shown = text(TABLE, "table")
    assert shown.startswith("Odd <things>\n\n")
    assert "[bold]not markup[/bold]" in shown
    assert "1,234,567" in shown
    assert "25 %" in shown
    assert "hidden" not in shown
    assert shown.endswith("A & B.\n")


def grid(groups: int, *, rows: int = 3, name: str = "N" * 60, cell: str = "100") -> Table:
    columns = (
        Column("no", "No", right=True),
        Column("name", "Name", flexible=True),
        *(Column(f"g{number}", f"{number:05}", right=True) for number in range(groups)),
    )
    return Table(columns, [{"no": row, "name": name, **{f"g{n}": cell for n in range(groups)}} for row in range(rows)])


@pytest.mark.parametrize("groups", [1, 5, 12, 13, 23, 100])
@pytest.mark.parametrize("name", ["N" * 60, "short", "名" * 40])
def test_a_wide_table_goes_on_below_and_never_cuts_a_number(groups: int, name: str) -> None:
    shown = text(grid(groups, name=name), "table")
    assert max(map(cell_width, shown.splitlines())) <= 100
    assert shown.count("100") - sum(f"{n:05}".count("100") for n in range(groups)) == 3 * groups
    assert all(f"{number:05}" in shown for number in range(groups))


def test_a_name_is_cut_before_columns_go_below() -> None:
    shown = text(grid(10), "table")
    assert shown.count("No") == 1
    assert "…" in shown


def test_long_headings_are_cut_and_long_cells_are_not() -> None:
    columns = (Column("name", "Name", flexible=True), Column("v", "H" * 60, right=True), Column("w", "W", right=True))
    shown = text(Table(columns, [{"name": "a", "v": 7, "w": "1234567890" * 3}]), "table")
    assert "HHHHHHHHHHHHH…" in shown
    assert "1234567890" * 3 in shown


def test_groups_are_parted_by_a_line() -> None:
    columns = (Column("g"), Column("v", "V"))
    rows = [{"g": "a", "v": 1}, {"g": "a", "v": 2}, {"g": "b", "v": 3}]
    assert text(Table(columns, rows, groups="g"), "table").splitlines()[2:] == ["1", "2", "", "3"]
    assert text(Table(columns, rows), "table").splitlines()[2:] == ["1", "2", "3"]


def test_a_table_without_rows_shows_its_headings() -> None:
    empty = Table(COLUMNS, [], title="None")
    assert "Name" in text(empty, "table")
    assert text(empty, "csv") == "name,n,share,hidden"
    assert Cells(text(empty, "html")).rows == [["Name", "N", "Share"]]


@given(
    values=st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
            st.floats(allow_infinity=False),
            st.integers(-(2**53), 2**53),
        ),
        max_size=5,
    )
)
def test_csv_and_json_parse_back_to_the_same(values: list[tuple[str, float, int]]) -> None:
    columns = (Column("t", "T"), Column("f", "F"), Column("i", "I"))
    table = Table(columns, [dict(zip("tfi", value, strict=True)) for value in values])
    as_json = [(row["t"], row["f"], row["i"]) for row in json.loads(text(table, "json"))]
    as_csv = list(csv.DictReader(io.StringIO(text(table, "csv") + "\n", newline="")))
    for (words, number, count), from_json, from_csv in zip(values, as_json, as_csv, strict=True):
        known = None if math.isnan(number) else number
        assert from_json == (words, known, count)
        assert (unguarded(from_csv["t"]), from_csv["i"]) == (words, str(count))
        assert (float(from_csv["f"]) if from_csv["f"] else None) == known


@given(cells=st.lists(st.text(max_size=120), min_size=1, max_size=4), flexible=st.booleans())
def test_no_text_makes_a_terminal_table_wider_than_the_terminal(cells: list[str], flexible: bool) -> None:
    columns = (Column("a", "A", flexible=flexible), Column("b", "B", right=True))
    rows = [{"a": cell, "b": number} for number, cell in enumerate(cells)]
    shown = text(Table(columns, rows, title=cells[0], notes=(cells[-1],)), "table", width=60)
    assert all(cell_width(line) <= 60 for line in shown.splitlines())


def test_a_workbook_of_the_same_rows_is_the_same_whenever_it_is_written() -> None:
    table = Table((Column("a", "A"),), [{"a": 1}])
    made = render([table], "xlsx")
    assert isinstance(made, bytes)
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert book.properties.created == datetime(1980, 1, 1)
