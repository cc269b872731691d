from __future__ import annotations

from typing import Any

from present.reports import GREEK, LONG, MARKUP, make_report
from qualcode.present.report_tables import (
    collected_table,
    grid_table,
    groups_table,
    overview_table,
    practices_table,
    region_names,
    regions_table,
)
from qualcode.report import CodeChapter


def chapter(code: str) -> CodeChapter:
    return next(c for category in make_report().categories for c in category.codes if c.overall.code == code)


def cells(row: Any, *names: str) -> list[Any]:
    return [row[name] for name in names]


def test_overview_has_a_row_for_every_barrier_and_marks_the_categories() -> None:
    table, groups = overview_table(make_report())
    named = [row for place, row in enumerate(table.rows) if place not in groups]
    assert len(named) == 4
    assert len(groups) == 2
    silos = next(row for row in named if row["number"] == 1)
    # a1, a2, b1 and g1 of nine documents; 75 of 1,300 words are 5.8 %.
    assert cells(silos, "regions", "raised", "words") == [
        "3 of 3",
        "4 of 9 (44\N{NO-BREAK SPACE}%)",
        "5.8\N{NO-BREAK SPACE}%",
    ]


def test_a_barrier_has_a_row_for_every_region_also_where_nobody_raises_it() -> None:
    rows = regions_table(make_report(), chapter("trials")).rows
    assert [row["region"].removesuffix(" †") for row in rows] == sorted([GREEK, MARKUP, LONG])
    assert all(row["raised"].startswith("0 of ") for row in rows)
    assert all(row["region"].endswith("†") for row in rows)  # fewer than five documents each


def test_no_practice_is_said_and_not_left_empty() -> None:
    (row,) = practices_table(chapter("trials").overall, []).rows
    assert any("no good practice" in str(value).lower() for value in row.values())


def test_participation_adds_up() -> None:
    report = make_report()
    everyone = [chapter.participation for chapter in report.regions]
    assert [row["region"] for row in collected_table(everyone).rows] == region_names(report)
    groups = groups_table([report.participation], ["industry", "patients & carers", "(missing)"])
    assert groups.rows[0]["all"] == "8"
    assert groups.rows[0]["region"] == "All regions"


def test_a_grid_has_a_number_for_every_barrier_and_region() -> None:
    report = make_report()
    table = grid_table(report, region_names(report), "share_documents")
    silos = next(row for row in table.rows if row["number"] == 1)
    assert [silos[f"region {name}"] for name in (GREEK, MARKUP, LONG)] == ["2 of 4", "1 of 3", "1 of 2"]
    assert [column.title for column in table.columns[2:]] == region_names(report)
    assert len(table.rows) == 4
