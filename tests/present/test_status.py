from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qualcode import flow, present
from qualcode.study import RegionPlan


@dataclass(frozen=True)
class Status:
    title: str = "Buses"
    documents: list[dict[str, Any]] = field(default_factory=list)
    plan: Mapping[str, RegionPlan] = field(default_factory=dict)
    auto: int = 6
    pending: int = 1
    expected_wrong: float = 0.9
    variance_wrong: float = 0.64
    made_by: tuple[str, ...] = ("Made by hand.",)


def document(
    region: str | None, kind: str = "interview", group: str | None = None, words: int = 1000
) -> dict[str, Any]:
    return {"region": region, "kind": kind, "stakeholder_group": group, "words": words}


PLAN = {
    "North": RegionPlan(interviews=3, workshops=1, groups={"driver": 2, "passenger": 0}),
    "South": RegionPlan(interviews=2),
}
COLLECTED = [
    document("North", group="driver"),
    document("North", "workshop", group="mixed"),
    document("East", "survey"),
    document(None, group="clerk"),
]


def test_status_holds_numbers_for_programs_and_n_of_m_for_people() -> None:
    status = Status(documents=COLLECTED, plan=PLAN)
    rows = {row["region"]: row for row in json.loads(str(present.status_text(status, "json")))}
    assert list(rows) == ["North", "South", "(missing)", "East", "Total"]
    north = {name: rows["North"][name] for name in ("interviews", "interviews_planned", "driver", "driver_planned")}
    assert north == {"interviews": 1, "interviews_planned": 3, "driver": 1, "driver_planned": 2}
    assert rows["East"]["interviews_planned"] is None
    assert (rows["East"]["other"], rows["(missing)"]["clerk"]) == (1, 1)
    assert rows["Total"] == {
        "region": "Total", "interviews": 2, "interviews_planned": 5, "workshops": 1, "workshops_planned": 1,
        "driver": 1, "driver_planned": 2, "passenger": 0, "passenger_planned": 0, "clerk": 1, "clerk_planned": 0,
        "other": 1, "documents": 4, "words": 4000,
    }  # fmt: skip
    lines = str(present.status_text(status, "table")).splitlines()
    north_line = next(line for line in lines if line.startswith("North"))
    assert north_line.split() == ["North", "1", "of", "3", "1", "of", "1", "1", "of", "2", "0", "2", "2,000"]
    assert "Collected of planned. 6 codings counted, 1 pending." in lines


def test_status_without_a_plan_only_counts() -> None:
    text = str(present.status_text(Status(documents=COLLECTED), "table"))
    assert " of " not in text
    assert "Collected of planned" not in text


def test_status_of_many_groups_with_long_names_fits_a_hundred_columns() -> None:
    documents = [document(f"{'Region ' * 9}{n}"[:60], group=f"{'Group ' * 10}"[:58] + f"{n:02}") for n in range(20)]
    lines = str(present.status_text(Status(documents=documents), "table")).splitlines()
    assert max(map(len, lines)) <= 100


def test_a_new_study_is_told_file_by_file() -> None:
    report = flow.InitReport(written=(Path("qualcode.toml"),), sources=1, kept=(Path("documents.csv"),))
    assert present.init_text(report).splitlines() == [
        "Wrote qualcode.toml.",
        "Kept documents.csv (it was there already).",
        "Found 1 source.",
        "Next: fill in documents.csv, then: qualcode tag --dry-run . and qualcode tag .",
    ]


def test_it_says_how_many_codings_are_probably_wrong() -> None:
    # Sum of 1 - p = 0.9 and of p (1 - p) = 0.64: 0.9 +- 1.96 * 0.8, cut off at 0.
    text = str(present.status_text(Status(documents=COLLECTED, expected_wrong=3.0), "table"))
    assert "about 3 are wrong (1 to 5)" in " ".join(text.split())
    assert "are wrong" not in str(present.status_text(Status(documents=COLLECTED, auto=0), "table"))
