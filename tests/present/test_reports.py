from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from qualcode import flow, present
from qualcode.codebook import Change
from qualcode.model import Evidence, Score, Thresholds
from qualcode.study import RegionPlan
from studies import SmallStudy

REPORT = flow.TagReport(
    new=1,
    changed=0,
    retagged=2,
    unchanged=0,
    attributes_updated=1,
    words=1234,
    segments=1,
    codings={"auto": 1000},
    by_category=[("Money", 1000, 0)],
    problems=(),
    skipped=(("a.png", ".png is not a document format"), ("b.png", ".png is not a document format")),
    notes=("Mind the gap.",),
    tagger="rules.v1",
    thresholds=Thresholds(auto=0.5, review=0.29),
    store=Path("somewhere") / "mine.db",
)


def test_a_run_is_told_in_counts_with_what_was_left_aside_and_what_is_next() -> None:
    lines = present.tag_text(REPORT).splitlines()
    assert lines[:4] == [
        "Documents: 1 new, 2 tagged again.",
        "Attributes corrected in 1 document.",
        "Respondents: 1,234 words in 1 sentence.",
        "Codings by rules.v1: 1,000 counted (probability 0.50 or more), 0 pending (from 0.29).",
    ]
    assert lines[-3:] == [
        "Note: Mind the gap.",
        "Left aside: 2 files (.png is not a document format).",
        "Store: mine.db. Next: qualcode summarize; qualcode quotes --code 1; qualcode codings",
    ]


def test_a_run_without_new_documents_does_not_speak_of_words() -> None:
    text = present.tag_text(replace(REPORT, new=0, retagged=0, unchanged=7, attributes_updated=0))
    assert text.startswith("Documents: 7 unchanged.\n\n")
    assert "Respondents" not in text


def test_problems_are_counted_and_listed() -> None:
    assert present.problems_text(["a: empty.", "b: binary."]) == (
        "2 sources could not be read:\n  a: empty.\n  b: binary."
    )


def test_a_preview_marks_a_missing_region_and_guesses(study: SmallStudy) -> None:
    study.metadata("ben.txt,Southport", "ben.txt,")
    report = flow.preview_documents([study.notes / "ben.txt"], study.work, flow.ReadOptions())
    text = present.preview_text(replace(report, notes=("A note.",)))
    assert "  region MISSING, stakeholder_group driver, kind interview, date 2025-02-11" in text
    assert text.endswith("Note: A note.\n1 document understood. Nothing was stored.")


@dataclass(frozen=True)
class Trial:
    id: str
    text: str
    score: Score


def trial(text: str, **probabilities: float) -> Trial:
    known = {"fares": 0.0, "funding": 0.0, "delays": 0.0} | probabilities
    evidence = (
        Evidence("cue", "a cue that is rather long " * 9, 0, len(text), 1.0),
        Evidence("question", "Is the\nbus late?", None, None, -0.25),
    )
    return Trial("x", text, Score(0, known, 0.1, {"delays": evidence}))


def test_scores_are_ranked_and_ties_are_broken_by_name(study: SmallStudy) -> None:
    codebook = study.work.codebook
    found = json.loads(str(present.try_text([trial("Late.", funding=0.123456, delays=0.9)], codebook, "json")))
    assert [(c["code"], c["probability"]) for c in found[0]["codes"]] == [
        ("delays", 0.9),
        ("funding", 0.1235),
        ("fares", 0.0),
    ]
    tied = json.loads(str(present.try_text([trial("Late.")], codebook, "json")))
    assert [c["code"] for c in tied[0]["codes"]] == ["delays", "fares", "funding"]
    assert found[0]["codes"][0]["evidence"][1] == {
        "source": "question",
        "detail": "Is the\nbus late?",
        "weight": -0.25,
    }


def test_scores_for_people_fit_a_hundred_columns(study: SmallStudy) -> None:
    text = str(present.try_text([trial("The bus was very late. " * 20, delays=0.9)], study.work.codebook, "table"))
    assert max(map(len, text.splitlines())) <= 100
    assert "  0.90   3 Delays\n" in text
    assert "-0.25  question: Is the bus late?" in text


@pytest.fixture
def tagged(study: SmallStudy) -> SmallStudy:
    study.tag()
    return study


def test_codings_show_people_less_than_programs(tagged: SmallStudy) -> None:
    table = present.codings_table(flow.list_codings(tagged.work, flow.make_filter()))
    assert (table.title, len(table.columns), len(table.shown)) == ("7 codings", 20, 6)
    assert isinstance(table.rows[0]["evidence"], list)
    shown = str(present.render([table], "table"))
    assert "auto" in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_quotes_stand_in_their_context(tagged: SmallStudy) -> None:
    quotes = flow.list_quotes(tagged.work, flow.make_filter(code="fares", region="Northfield"), per_code=1)
    text = str(present.quotes_text(quotes, "table"))
    assert text.startswith("1 High fares\n\n    ")
    markdown = str(present.quotes_text(quotes, "md"))
    assert markdown.startswith("## 1 High fares\n\n> ")
    (row,) = json.loads(str(present.quotes_text(quotes, "json")))
    assert row["text"] in row["text"]
    assert {"before", "after", "speaker", "region", "document", "start", "end", "probability"} <= set(row)


def test_long_quotes_and_names_fit_a_hundred_columns(tagged: SmallStudy) -> None:
    (quote,) = flow.list_quotes(tagged.work, flow.make_filter(code="fares"), per_code=1)
    long = replace(
        quote,
        passage=replace(quote.passage, text="word " * 80, speaker="S" * 60, region="R" * 60, document="d" * 60),
        before="before " * 40,
        after="after " * 40,
    )
    text = str(present.quotes_text([long], "table"))
    assert max(map(len, text.splitlines())) <= 100


def test_no_quote_says_where_to_look() -> None:
    assert "qualcode codings --status pending" in str(present.quotes_text([], "table"))
    assert present.quotes_text([], "json") == "[]"


@dataclass(frozen=True)
class Status:
    title: str = "Buses"
    documents: list[dict[str, Any]] = field(default_factory=list)
    plan: Mapping[str, RegionPlan] = field(default_factory=dict)
    auto: int = 6
    pending: int = 1
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


def test_a_checked_codebook_lists_what_failed(study: SmallStudy) -> None:
    study.codebook("typical: [The ticket costs too much.]", "typical: [It is dear.]")
    text = str(present.check_text(flow.check_codebook(study.work), "table"))
    assert "1 of 2 sentences pass with rules.v1" in text
    assert "  fares: not caught: It is dear." in text
    rows = json.loads(str(present.check_text(flow.check_codebook(study.work), "json")))
    assert rows[0]["failures"] == ["not caught: It is dear."]


def test_a_codebook_is_shown_whole_or_one_code(study: SmallStudy) -> None:
    codebook = study.work.codebook
    assert str(present.codebook_text(codebook, "table")).startswith("What keeps people off the bus, version 1.0.0\n")
    assert json.loads(str(present.codebook_text(codebook, "json")))["id"] == "night_buses"
    code = codebook.by_number[1]
    text = str(present.codebook_text(codebook, "table", code=code))
    assert "  - The driver was friendly. (praise)" in text
    assert "  - 1  /costs? too much/" in text
    assert present.codebook_text(codebook, "xlsx", code=code)[:2] == b"PK"


def test_a_comparison_gives_a_verdict(study: SmallStudy) -> None:
    codebook = study.work.codebook
    change = Change(part="fares", field="name", level="wording", before="a", after="b")
    report = flow.DiffReport(codebook, codebook, (change,), "1.0.1", True)
    text = str(present.diff_text(report, "table"))
    assert text.startswith("1 change\n")
    assert "Meaning did not change." in text
    assert "Version 1.0.0 -> 1.0.0; these changes call for 1.0.1 or higher." in text
    assert str(present.diff_text(replace(report, changes=(), too_low=False), "table")).startswith("No change\n")
