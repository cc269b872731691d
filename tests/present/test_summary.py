from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from qualcode import flow
from qualcode.present import render_summary
from qualcode.present.summary import RECORD_COLUMNS, abbreviate, frame_records
from qualcode.study import find_study
from studies import DOCUMENTS, SmallStudy


def summary_of(study: SmallStudy, **asked: Any) -> flow.Summary:
    study.tag()
    by, level = asked.pop("by", None), asked.pop("level", "code")
    return flow.summarize(study.work, flow.make_filter(**asked), by=by, level=level)


def shown(summary: flow.Summary, output: Any = "table") -> str:
    rendered = render_summary(summary.frame, by=summary.by, group=summary.group, notes=summary.notes, output=output)
    assert isinstance(rendered, str)
    return rendered


@pytest.fixture(scope="module")
def of_demo(demo: Path) -> flow.Summary:
    study = find_study(demo)
    return flow.summarize(flow.Workspace(study, study.store_path), flow.make_filter())


def percent(share: float, digits: int) -> str:
    return f"{100 * share:.{digits}f}" if share else "·"


def test_the_grid_shows_both_tables_with_group_sizes(study: SmallStudy) -> None:
    lines = shown(summary_of(study)).splitlines()
    assert lines[0] == "Frequency: of each region's documents, the percentage that raise a code"
    assert lines[2].split() == ["No", "Code", "Northfield", "Southport", "raised"]
    assert lines[4].split() == ["documents", "n=2", "n=1"]
    assert lines[5].split() == ["1", "High", "fares", "100", "·", "1", "of", "2"]
    emphasis = next(place for place, line in enumerate(lines) if line.startswith("Emphasis"))
    body = lines[emphasis:]
    assert any(line.split() == ["words", "of", "respondents", "45", "17"] for line in body)
    # 23 of 45 words, nothing in Southport; a star would mean q < 0.05
    assert any(line.split()[:4] == ["1", "High", "fares", "51.1"] for line in body)
    assert lines[-2].startswith("Machine codings by rules.v1")


def test_the_ranking_puts_the_most_emphasised_code_first(study: SmallStudy) -> None:
    lines = shown(summary_of(study, region="Southport")).splitlines()
    assert lines[0] == "Southport: 1 document, 17 words of respondents (n<5: too few documents to generalise)"
    ranked = [line.split() for line in lines[4:7]]
    assert ranked[0][:4] == ["1", "2", "No", "funding"]
    assert "1/1" in ranked[0]
    # "The road is slow." is pending: one sentence, not counted.
    assert [line[-1] for line in ranked if "Delays" in line] == ["1"]
    assert all("0/1" in line for line in ranked[1:])


def test_categories_stand_without_lines_between_them(study: SmallStudy) -> None:
    lines = shown(summary_of(study, level="category")).splitlines()
    assert lines[0].endswith("that raise a category")
    assert [line.split()[0] for line in lines[5:7]] == ["Money", "Service"]
    by_code = shown(summary_of(study)).splitlines()
    assert by_code[7] == ""


@pytest.mark.parametrize("by", ["region", "country", "stakeholder_group", "kind", "language", "document"])
@pytest.mark.parametrize("level", ["code", "category"])
def test_names_of_sixty_characters_and_many_groups_fit_a_hundred_columns(
    study: SmallStudy, by: str, level: str
) -> None:
    names = [f"{'Region of the long names and rivers ' * 2}"[:57] + f"{number:03}" for number in range(24)]
    (study.folder / "qualcode.toml").write_text(
        '[study]\ncodebook = "codebook.yaml"\ntagger = "rules.v1"\nbootstrap_draws = 100\n', encoding="utf-8"
    )
    rows = [
        f"{name}.txt,{name},C {name[:56]},{name[::-1]},interview,{'ab'[place % 2]}{chr(97 + place % 5)}"
        for place, name in enumerate(names)
    ]
    table = "file,region,country,stakeholder_group,kind,language\n" + "\n".join(rows) + "\n"
    (study.notes / "documents.csv").write_text(table, encoding="utf-8")
    for name in DOCUMENTS.splitlines()[1:]:
        (study.notes / name.split(",")[0]).unlink()
    for name in names:
        study.write(f"{name}.txt", "R1: The bus is late. There is no money at all, and the ticket costs too much.\n")
    study.codebook("name: High fares", f"name: {'High fares and what they do to families '[:60] * 2}")
    summary = summary_of(study, by=by, level=level)
    lines = shown(summary).splitlines()
    assert max(map(len, lines)) <= 100
    frequency = "\n".join(lines[: next(n for n, line in enumerate(lines) if line.startswith("Emphasis"))])
    groups = summary.frame["group"].nunique()
    codes = summary.frame["code"].nunique()
    assert len(re.findall(r"(?<!\S)100(?!\S)", frequency)) == groups * codes
    one = summary.frame["group"].iloc[0]
    ranking = render_summary(
        summary.frame[summary.frame["group"] == one], by=by, group=one, notes=summary.notes, output="table"
    )
    assert max(map(len, str(ranking).splitlines())) <= 100


@pytest.mark.parametrize("group", [None, "Crete"])
def test_csv_and_excel_parse_back_to_the_numbers_of_the_frame(
    of_demo: flow.Summary, tmp_path: Path, group: str | None
) -> None:
    frame = of_demo.frame if group is None else of_demo.frame[of_demo.frame["group"] == group]
    expected = frame_records(frame)

    def rendered(output: Any) -> Any:
        return render_summary(frame, by="region", group=group, notes=of_demo.notes, output=output)

    as_json = json.loads(rendered("json"))
    assert [list(row) for row in as_json] == [list(RECORD_COLUMNS)] * len(expected)
    assert as_json == [{name: row[name] for name in RECORD_COLUMNS} for row in expected]
    as_csv = list(csv.DictReader(io.StringIO(rendered("csv"))))
    as_excel = list(openpyxl.load_workbook(io.BytesIO(rendered("xlsx"))).worksheets[0].values)
    assert list(as_excel[0]) == list(RECORD_COLUMNS)
    for row, from_csv, from_excel in zip(as_json, as_csv, as_excel[1:], strict=False):
        for name, in_sheet in zip(RECORD_COLUMNS, from_excel, strict=True):
            value = row[name]
            if value is None:
                assert (from_csv[name], in_sheet) == ("", None)
            elif isinstance(value, str):
                assert (from_csv[name], in_sheet or "") == (value, value)
            else:
                assert float(from_csv[name]) == value
                assert in_sheet == pytest.approx(value, rel=1e-15)


def grid_rows(text: str) -> list[list[str]]:
    """Cells of the Markdown tables' rows that begin with a code number."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return [row for row in rows if row[0].isdecimal()]


def html_rows(page: str) -> list[list[str]]:
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)]
    return [row for row in rows if row and row[0].isdecimal()]


def test_markdown_and_html_parse_back_to_the_numbers_of_the_frame(of_demo: flow.Summary) -> None:
    records = {(row["code_number"], row["group"]): row for row in frame_records(of_demo.frame)}
    groups = list(dict.fromkeys(of_demo.frame["group"]))
    for rows in (grid_rows(shown(of_demo, "md")), html_rows(shown(of_demo, "html"))):
        assert [int(row[0]) for row in rows] == [*range(1, 18), *range(1, 18)]
        frequency, emphasis = rows[:17], rows[17:]
        for number, (often, strongly) in enumerate(zip(frequency, emphasis, strict=True), start=1):
            of_code = [records[number, group] for group in groups]
            assert often[2:-1] == [percent(row["share_documents"], 0) for row in of_code]
            assert [cell.rstrip("*") for cell in strongly[2:]] == [percent(row["share_words"], 1) for row in of_code]
            assert often[-1] == f"{sum(row['documents_with_code'] > 0 for row in of_code)} of 10"


def test_the_terminal_shows_the_same_numbers(of_demo: flow.Summary) -> None:
    records = {(row["code_number"], row["group"]): row for row in frame_records(of_demo.frame)}
    groups = list(dict.fromkeys(of_demo.frame["group"]))
    lines = shown(of_demo).splitlines()
    assert max(map(len, lines)) <= 100
    body = [line.split() for line in lines if line[:2].strip().isdecimal()]
    for row in body[:17]:
        expected = [percent(records[int(row[0]), group]["share_documents"], 0) for group in groups]
        assert row[-13:-3] == expected


def test_html_names_come_out_escaped(study: SmallStudy) -> None:
    study.codebook("name: High fares", 'name: "<b>High & low</b>"')
    page = shown(summary_of(study), "html")
    assert "&lt;b&gt;High &amp; low&lt;/b&gt;" in page
    assert "<b>High" not in page


def test_a_star_marks_what_differs_from_the_other_groups() -> None:
    record: dict[str, Any] = dict.fromkeys(RECORD_COLUMNS, 0) | {
        "code": "fares", "code_name": "Fares", "category": "money", "group": "A", "documents": 9,
        "share_words": 0.0123, "share_documents": 0.5, "documents_with_code": 4, "group_words": 900,
    }  # fmt: skip
    frame = pd.DataFrame([record | {"q_value": 0.049}, record | {"group": "B", "q_value": 0.05}])
    frame.attrs = {"group_documents": {"A": 9, "B": 9}, "group_words": {"A": 900, "B": 900}}
    text = render_summary(frame, by="region", group=None, notes=(), output="table")
    assert "1.2* 1.2" in re.sub(r" +", " ", str(text))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Sofia", "Emilia-Romagna", "Catalonia"], ["Sofia", "ER", "Catal"]),
        (["Alpha North", "Alpha-Nord", "Andes Norte"], ["AN", "AN2", "AN3"]),
        (["abcdefg", "abcdefh"], ["abcde", "abcd2"]),
        (["a b c d e f g", "-", " "], ["ABCDE", "-", " "]),
    ],
)
def test_column_heads_are_short_and_all_different(names: Sequence[str], expected: list[str]) -> None:
    assert list(abbreviate(names).values()) == expected


def test_a_thousand_like_names_still_get_different_short_heads() -> None:
    heads = list(abbreviate([f"interview_{number}" for number in range(1000)]).values())
    assert len(set(heads)) == 1000
    assert max(map(len, heads)) <= 5
