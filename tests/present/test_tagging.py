from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from qualcode import flow, present
from qualcode.model import Thresholds
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


def test_facets_are_told_where_they_were_looked_for() -> None:
    assert "Facets" not in present.tag_text(REPORT)
    line = "Facets in 1 sentence: hints, to be read."
    assert line in present.tag_text(replace(REPORT, facet_segments=1)).splitlines()
    assert line not in present.tag_text(replace(REPORT, new=0, retagged=0, unchanged=3, facet_segments=1))


def test_a_preview_shows_what_was_asked_about(study: SmallStudy) -> None:
    study.settings('[documents."ben.txt"]\ntopics_asked = [1, "Service"]\n')
    report = flow.preview_documents([study.notes / "ben.txt"], study.work, flow.ReadOptions())
    assert "date 2025-02-11, topics_asked 1; Service" in present.preview_text(report)


def test_a_preview_tells_how_a_file_was_read_and_lists_the_first_speakers(study: SmallStudy) -> None:
    rows = "".join(f"p{at},The bus of line {at} is late.\n" for at in range(23))
    study.write("survey.csv", f"ID,What is wrong?\n{rows}")
    report = flow.preview_documents([study.notes / "survey.csv"], study.work, flow.ReadOptions())
    lines = present.preview_text(report).splitlines()
    assert lines[:4] == [
        "survey.csv",
        "  format csv, utf-8; 46 turns, 23 sentences of respondents",
        "  table: a row is a respondent, the headers are what was asked",
        "  columns: text = What is wrong? (guessed), speaker = ID (guessed)",
    ]
    assert "  p18 (respondent): respondent, 1 turn, 7 words" in lines
    assert "  and 4 more as respondent, 28 words" in lines  # 20 are listed, one of them the heading
    assert "p19 (respondent)" not in "\n".join(lines)
