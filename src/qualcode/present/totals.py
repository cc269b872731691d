"""Small sums over a report that its HTML page and its workbook both print.

In: a `StudyReport` or its chapters. Out: counts; a share that is undefined is None.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..report import CodeChapter, StudyReport
from .report_tables import MISSING
from .summary import frame_records


@dataclass(frozen=True)
class CategoryTotal:
    """A category over all regions.

    Attributes
    ----------
    documents, documents_with_code : int
        Documents asked about it; those of them that raise it.
    share_documents, share_words : float or None
        0-1.
    segments, segments_pending : int
        Sentences that count, and that wait for a person; with two codes of the category they count once.
    """

    documents: int
    documents_with_code: int
    share_documents: float | None
    share_words: float | None
    segments: int
    segments_pending: int


def category_totals(report: StudyReport) -> dict[str, CategoryTotal]:
    """Categories by id, summed over the table ``categories``: a document is in one region only.

    Empty where the report has no such table.
    """
    rows = frame_records(report.tables["categories"]) if "categories" in report.tables else []
    found: dict[str, CategoryTotal] = {}
    for category in dict.fromkeys(row["code"] for row in rows):
        names = ("documents", "documents_with_code", "words", "group_words", "segments", "segments_pending")
        total = {name: sum(row[name] for row in rows if row["code"] == category) for name in names}
        found[category] = CategoryTotal(
            documents=total["documents"],
            documents_with_code=total["documents_with_code"],
            share_documents=total["documents_with_code"] / total["documents"] if total["documents"] else None,
            share_words=total["words"] / total["group_words"] if total["group_words"] else None,
            segments=total["segments"],
            segments_pending=total["segments_pending"],
        )
    return found


def raised_in(codes: Sequence[CodeChapter]) -> int:
    """In how many regions at least one of the codes is raised."""
    found = (finding for code in codes for finding in code.regions)
    return len({finding.group for finding in found if finding.documents_with_code and finding.group != MISSING})


def stakeholder_groups(report: StudyReport) -> list[str]:
    """All groups in alphabetical order, the unknown last."""
    everyone = (report.participation, *(chapter.participation for chapter in report.regions))
    return sorted({group for one in everyone for group in one.groups}, key=lambda group: (group == MISSING, group))
