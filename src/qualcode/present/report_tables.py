"""The tables of the cross-regional report, as rows people read.

In: parts of a `StudyReport`. Out: a `Table` whose title is its caption and whose cells are the texts to print.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, Literal

from ..report import CodeChapter, Extract, Finding, Participation, RegionChapter, StudyReport
from .phrases import (
    SIGNIFICANT,
    UNDEFINED,
    blank,
    least_documents,
    of_planned,
    percent,
    percent_range,
    quoted,
    source,
    times,
    times_range,
)
from .table import Column, Table
from .wording import plural

MISSING = "(missing)"
"""The group of documents whose attribute is not known."""
MOST_PRACTICES = 8
MOST_QUOTED = 3
TOP = 5
"""Barriers on the sheet of a region."""


def region_names(report: StudyReport) -> list[str]:
    """Names of the regions; documents whose region is not known are no region."""
    return [chapter.participation.region for chapter in report.regions if chapter.participation.region != MISSING]


def overview_table(report: StudyReport) -> tuple[Table, list[int]]:
    """Every barrier over all regions, and which rows only name a category."""
    columns = (
        Column("number", "No", right=True),
        Column("name", "Barrier"),
        Column("regions", "Regions", right=True),
        Column("raised", "Documents raising it", right=True),
        Column("raised_range", "95 %", right=True),
        Column("words", "Share of words", right=True),
        Column("words_range", "95 %", right=True),
        Column("rank", "Rank", right=True),
    )
    rows: list[dict[str, Any]] = []
    groups = []
    for category in report.categories:
        groups.append(len(rows))
        rows.append({"name": category.name})
        rows += [_overview_row(code) for code in category.codes]
    notes = ("Rank: by share of words, over all regions. Regions: those with a document that raises the barrier.",)
    regions, barriers = plural(len(region_names(report)), "region"), plural(len(report.findings), "barrier")
    return Table(columns, rows, title=f"{barriers} in {regions}", notes=notes), groups


def _overview_row(code: CodeChapter) -> dict[str, Any]:
    named = [finding for finding in code.regions if finding.group != MISSING]
    finding = code.overall
    return {
        "number": finding.number,
        "name": finding.name,
        "regions": f"{sum(one.documents_with_code > 0 for one in named)} of {len(named)}",
        "rank": finding.rank,
        **_shares(finding),
    }


def _shares(finding: Finding) -> dict[str, Any]:
    """Frequency and emphasis with their intervals, as the tables show them."""
    return {
        "raised": f"{finding.documents_with_code} of {finding.documents} ({percent(finding.share_documents)})",
        "raised_range": percent_range(finding.share_documents_low, finding.share_documents_high),
        "words": percent(finding.share_words),
        "words_range": percent_range(finding.share_words_low, finding.share_words_high),
    }


def regions_table(report: StudyReport, code: CodeChapter) -> Table:
    """One barrier: a row a region, also where nobody raises it."""
    least = least_documents(report)
    columns = (
        Column("region", "Region"),
        Column("raised", "Documents raising it", right=True),
        Column("raised_range", "95 %", right=True),
        Column("words", "Share of words", right=True),
        Column("words_range", "95 %", right=True),
        Column("times", "Against other regions", right=True),
        Column("times_range", "95 %", right=True),
    )
    rows = [
        {
            "region": f"{finding.group} †" if finding.documents < least else finding.group,
            "times": f"{times(finding.relative_emphasis)}{_star(finding)}",
            "times_range": times_range(finding.relative_emphasis_low, finding.relative_emphasis_high),
            **_shares(finding),
        }
        for finding in code.regions
    ]
    notes = ["Against other regions: ratio of odds, 1 = as much. * q below 0.05 among all comparisons."]
    if any(finding.documents < least for finding in code.regions):
        notes.append(f"† Fewer than {least} documents: they do not speak for the region.")
    return Table(columns, rows, title=f"{code.overall.name}, by region", notes=(" ".join(notes),))


def _star(finding: Finding) -> str:
    return " *" if finding.q_value is not None and finding.q_value < SIGNIFICANT else ""


def practices_table(finding: Finding, practices: Sequence[Extract]) -> Table:
    """Good practices told with a barrier; their names are left to the author."""
    columns = Column("practice", "Practice"), Column("country", "Country"), Column("description", "Description")
    rows = [
        {
            "practice": blank("name of the practice"),
            "country": practice.country or practice.region,
            "description": f"{quoted(practice)} ({source(practice, region=True)})",
        }
        for practice in practices[:MOST_PRACTICES]
    ]
    if not rows:
        rows = [_NO_PRACTICE]
    return Table(columns, rows, title=f"Good practices told with: {finding.name}")


_NO_PRACTICE: dict[str, str | None] = {
    "practice": blank("a practice, if you know one"),
    "country": UNDEFINED,
    "description": "The program found no good practice in passages on this barrier.",
}


def collected_table(everyone: Sequence[Participation]) -> Table:
    """Documents by region, against the plan."""
    columns = (
        Column("region", "Region"),
        Column("interviews", "Interviews", right=True),
        Column("workshops", "Workshops", right=True),
        Column("participants", "Workshop participants planned", right=True),
        Column("other", "Other documents", right=True),
        Column("words", "Words of respondents", right=True),
    )
    rows = [
        {
            "region": _region_name(heard),
            "interviews": of_planned(heard.interviews, heard.planned_interviews),
            "workshops": of_planned(heard.workshops, heard.planned_workshops),
            "participants": UNDEFINED if heard.workshop_participants is None else f"{heard.workshop_participants:,}",
            "other": f"{heard.other:,}",
            "words": f"{heard.words:,}",
        }
        for heard in everyone
    ]
    notes = ("Collected of planned, where there is a plan.",)
    return Table(columns, rows, title="Documents collected, by region", notes=notes)


def groups_table(everyone: Sequence[Participation], groups: Sequence[str]) -> Table:
    """Interviews by region and stakeholder group."""
    titles = {MISSING: "Not known"}
    columns = (
        Column("region", "Region"),
        *(Column(f"group {name}", titles.get(name, name), right=True) for name in groups),
        Column("all", "All", right=True),
    )
    rows = [
        {
            "region": _region_name(heard),
            **{f"group {name}": f"{heard.groups.get(name, 0)}" for name in groups},
            "all": f"{sum(heard.groups.values())}",
        }
        for heard in everyone
    ]
    return Table(columns, rows, title="Interviews by stakeholder group and region")


def _region_name(heard: Participation) -> str:
    return "All regions" if heard.region == "all" else heard.region


def grid_table(report: StudyReport, regions: Sequence[str], value: Literal["share_documents", "share_words"]) -> Table:
    """Barrier x region with one number a cell, for a page across."""
    what, notes = _GRIDS[value]
    rows = []
    for category in report.categories:
        for code in category.codes:
            cells = {f"region {one.group}": _grid_cell(one, value) for one in code.regions}
            rows.append({"number": code.overall.number, "name": code.overall.name, **cells})
    columns = Column("number", "No", right=True), Column("name", "Barrier")
    regional = tuple(Column(f"region {region}", region, right=True) for region in regions)
    return Table((*columns, *regional), rows, title=f"{what}, by barrier and region", notes=notes)


_GRIDS = {
    "share_documents": ("Documents that raise a barrier, of those asked about it", ()),
    "share_words": ("Share of words on a barrier", ("* q below 0.05: more or less than in all other regions.",)),
}


def _grid_cell(finding: Finding, value: str) -> str:
    if value == "share_documents":
        return f"{finding.documents_with_code} of {finding.documents}"
    return f"{percent(finding.share_words)}{_star(finding)}"


def strengths_table(chapter: RegionChapter) -> Table:
    """Strengths and weaknesses of a region side by side, as told."""
    columns = Column("strength", "Strengths"), Column("weakness", "Weaknesses")
    pairs = zip_longest(chapter.strengths[:MOST_QUOTED], chapter.weaknesses[:MOST_QUOTED])
    rows = [{"strength": _said(left), "weakness": _said(right)} for left, right in pairs]
    if not rows:
        rows = [{"strength": blank("strengths"), "weakness": blank("weaknesses")}]
    return Table(columns, rows, title=f"Strengths and weaknesses of {chapter.participation.region}, as told")


def _said(extract: Extract | None) -> str | None:
    return None if extract is None else f"{quoted(extract)} ({source(extract)})"


def top_table(chapter: RegionChapter) -> Table:
    """The barriers a region dwells on most."""
    columns = (
        Column("number", "No", right=True),
        Column("name", "Barrier"),
        Column("raised", "Documents raising it", right=True),
        Column("raised_range", "95 %", right=True),
        Column("words", "Share of words", right=True),
        Column("words_range", "95 %", right=True),
        Column("top_three", "Among first three", right=True),
    )
    rows = [
        {"number": one.number, "name": one.name, "top_three": percent(one.top_three), **_shares(one)}
        for one in chapter.findings[:TOP]
    ]
    rows = rows or [{"name": "No document of the region raises a barrier."}]
    notes = ("Among first three: share of resampled sets of documents in which the barrier is in the region's top 3.",)
    return Table(columns, rows, title=f"Barriers with most emphasis in {chapter.participation.region}", notes=notes)
