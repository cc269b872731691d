"""The whole report as an Excel workbook: one sheet a table, and a sheet that says what every column counts.

In: a `StudyReport`. Out: the bytes of an .xlsx. Words stay words, whatever they begin with; a missing number is an
empty cell; a table that could not be made is named on the last sheet, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from io import BytesIO
from typing import Any

from ..report import Finding, StudyReport
from .column_notes import ColumnNote, column_note
from .report_tables import region_names
from .summary import frame_records
from .table import is_missing, open_book, write_cell
from .totals import category_totals, raised_in, stakeholder_groups

ROWS = 1_048_575
"""Rows an Excel sheet can hold below its heading."""
_FORMATS = {"share 0-1": "0.0 %", "log2 odds": "0.00", "z": "0.00", "0-1": "0.00", "chi-square": "0.00"}
_FORMATS |= {"times": "0.00", "codes": "0.0"}
_FORMATS |= {"probability of chance 0-1": "0.0000", "number": "0", "rank": "0", "0 or 1": "0"}
_COUNT = "#,##0"
_NARROW, _WIDE = 8, 60
"""Characters of the narrowest and the widest column."""
_WRAPPED = {"text": 80, "paragraph": 110, "meaning": 70, "empty": 45}
"""Columns of running text, and the characters they wrap at; all others stay on one line."""
_SCALE = {"type": "2_color_scale", "min_type": "num", "min_value": 0, "min_color": "#FFFFFF", "max_color": "#8DB0D2"}
_LINE, _TALLEST = 15, 409
"""Points of a line of text, and of the tallest row Excel allows."""


_NO_DATE = "1980-01-01"
SHEETS = {
    "summary": "Codes by region",
    "categories": "Categories by region",
    "overall": "All regions",
    "association": "Association",
    "workshops": "Workshops",
    "cooccurrence": "Co-occurrence",
    "saturation": "Saturation",
    "languages": "Languages",
    "documents": "Documents",
    "matrix": "Document x code",
    "quotes": "Quotes",
    "facets": "Facets",
}
"""Which sheet a table of the report becomes."""


@dataclass(frozen=True)
class Sheet:
    """A table on its way into the workbook.

    Attributes
    ----------
    name : str
    columns : tuple of str
        Two may have one name: a region may be called like a column.
    rows : sequence of sequence
    notes : mapping of int to ColumnNote
        By place, for columns that no list knows: regions, codes.
    scale : range
        Places of the columns that are coloured by their numbers.
    """

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    notes: Mapping[int, ColumnNote] = field(default_factory=dict)
    scale: range = range(0)

    def note(self, place: int) -> ColumnNote:
        """What the column at `place` counts."""
        found = self.notes.get(place) or column_note(self.name, self.columns[place])
        return found or ColumnNote("", "", "")


def report_workbook(report: StudyReport) -> bytes:
    """Write every table of a report into one Excel workbook.

    Parameters
    ----------
    report : StudyReport

    Returns
    -------
    bytes
        An .xlsx. The same report gives the same bytes: its date is that of the report.

    Notes
    -----
    Shares are numbers 0-1 shown as percentages. No cell holds a formula: every text is written as a string. A text
    beyond Excel's 32,767 characters and a table beyond its 1,048,576 rows are cut, and the sheet or the notes say so.
    """
    made = [shortened(sheet) for sheet in _sheets(report)]
    sheets = [sheet for sheet, _ in made]
    sheets.append(_notes(report, sheets, [note for _, note in made if note]))
    buffer = BytesIO()
    with open_book(buffer) as book:
        book.set_properties({"title": report.title, "created": datetime.fromisoformat(report.date or _NO_DATE)})
        for sheet in sheets:
            _write(book, sheet)
    return buffer.getvalue()


def _sheets(report: StudyReport) -> Iterator[Sheet]:
    """All but the notes, in their order; a table that is missing is left out."""
    yield _overview(report)
    yield from _framed(report, "summary", "categories", "overall")
    yield _grid(
        report, "Frequency grid", "documents that raise the code / documents asked", lambda f: f.share_documents
    )
    yield _grid(report, "Emphasis grid", "words of respondents on the code / their words", lambda f: f.share_words)
    yield from _framed(report, "association", "workshops", "cooccurrence", "saturation", "languages")
    yield _participation(report)
    yield from _framed(report, "documents")
    yield from _matrix(report)
    yield from _framed(report, "quotes", "facets")
    yield Sheet("Methods", ("paragraph",), [(paragraph,) for paragraph in report.methods])


def _framed(report: StudyReport, *names: str) -> Iterator[Sheet]:
    """Tables as they are; passages without a path get theirs."""
    for name in names:
        if name not in report.tables:
            continue
        rows = frame_records(report.tables[name])
        columns = tuple(str(column) for column in report.tables[name].columns)
        if name == "quotes" and "path" not in columns:
            paths = {finding.code: f"{finding.category_name} > {finding.name}" for finding in report.findings}
            columns, rows = ("path", *columns), [{"path": paths.get(row["code"]), **row} for row in rows]
        yield Sheet(SHEETS[name], columns, [[row[column] for column in columns] for row in rows])


def _overview(report: StudyReport) -> Sheet:
    """A row a category, and below it a row a code."""
    totals, regions = category_totals(report), len(region_names(report))
    rows: list[dict[str, Any]] = []
    for category in report.categories:
        named = {"code": category.category, "code_name": category.name, "category": category.category}
        total = vars(totals[category.category]) if category.category in totals else {}
        rows.append({"level": "category", **named, "regions_raising": raised_in(category.codes), **total})
        for code in category.codes:
            own = {"level": "code", "code_number": code.overall.number, "code_name": code.overall.name}
            rows.append({**vars(code.overall), **own, "regions_raising": raised_in([code])})
    return Sheet(
        "Overview",
        _OVERVIEW,
        [[row.get(name, regions if name == "regions" else None) for name in _OVERVIEW] for row in rows],
    )


_OVERVIEW = (
    *("level", "code_number", "code", "code_name", "category", "regions_raising", "regions"),
    *("documents_with_code", "documents", "share_documents", "share_documents_low", "share_documents_high"),
    *("share_words", "share_words_low", "share_words_high", "rank", "top_three", "segments", "segments_pending"),
)


def _grid(report: StudyReport, name: str, what: str, value: Callable[[Finding], float | None]) -> Sheet:
    """Codes as rows, regions as columns, and the whole study at the end."""
    chapters = [code for category in report.categories for code in category.codes]
    groups = [finding.group for finding in chapters[0].regions] if chapters else []
    heads = ("code_number", "code", "code_name", "category")
    rows = [
        [one.number, one.code, one.name, one.category, *map(value, code.regions), value(one), raised_in([code])]
        for code in chapters
        for one in [code.overall]
    ]
    shares = range(len(heads), len(heads) + len(groups))
    about = {
        place: ColumnNote(f"{group}: {what}", "share 0-1", "no document was asked, or no words")
        for place, group in zip(shares, groups, strict=True)
    }
    about[shares.stop] = ColumnNote(f"The whole study: {what}", "share 0-1", "no document was asked, or no words")
    return Sheet(name, (*heads, *groups, "all", "regions_raising"), rows, about, shares)


def _participation(report: StudyReport) -> Sheet:
    """A row a region, a column a stakeholder group; the whole study last."""
    groups = stakeholder_groups(report)
    about = {
        place: ColumnNote(f"Interviews with the stakeholder group {group}", "documents")
        for place, group in enumerate(groups, start=len(_PARTICIPATION))
    }
    everyone = [*(chapter.participation for chapter in report.regions), report.participation]
    rows = [
        [*(getattr(who, name) for name in _PARTICIPATION), *(who.groups.get(group, 0) for group in groups)]
        for who in everyone
    ]
    return Sheet("Participation", (*_PARTICIPATION, *groups), rows, about)


_PARTICIPATION = (
    *("region", "country", "interviews", "planned_interviews", "workshops", "planned_workshops"),
    *("workshop_participants", "other", "words"),
)


def _matrix(report: StudyReport) -> Iterator[Sheet]:
    """A row a document with what is known of it, a column a code."""
    if "matrix" not in report.tables:
        return
    frame = report.tables["matrix"]
    known = (
        {row["document_id"]: row for row in frame_records(report.tables["documents"])}
        if "documents" in report.tables
        else {}
    )
    heads = ("document_id", "region", "country", "stakeholder_group", "kind")
    names = {finding.code: f"{finding.number} {finding.name}" for finding in report.findings}
    about = {
        place: ColumnNote(
            f"1 = the document raises {names.get(str(code), code)}, 0 = it does not",
            "0 or 1",
            "it was not asked about it",
        )
        for place, code in enumerate(frame.columns, start=len(heads))
    }
    rows = [
        [document, *(known.get(document, {}).get(name) for name in heads[1:]), *row.values()]
        for document, row in zip(frame.index, frame_records(frame), strict=True)
    ]
    yield Sheet(SHEETS["matrix"], (*heads, *map(str, frame.columns)), rows, about)


def _notes(report: StudyReport, sheets: Sequence[Sheet], cuts: Sequence[str]) -> Sheet:
    """What holds for all sheets, which are left out, and a row for every column of every sheet."""
    columns = ("sheet", "column", "meaning", "unit", "empty")
    rows: list[Sequence[Any]] = [("(all)", None, note, None, None) for note in (*report.notes, *cuts)]
    rows += [
        (SHEETS.get(name, name), None, f"Left out: {reason}", None, None) for name, reason in report.missing.items()
    ]
    for sheet in (*sheets, Sheet("Notes", columns, [])):
        rows += [(sheet.name, column, *sheet.note(place)) for place, column in enumerate(sheet.columns)]
    return Sheet("Notes", columns, rows)


def shortened(sheet: Sheet, most: int = ROWS) -> tuple[Sheet, str]:
    """A sheet with at most so many rows, and a sentence on what was cut off, or ""."""
    if len(sheet.rows) <= most:
        return sheet, ""
    note = f"{sheet.name}: only the first {most:,} of {len(sheet.rows):,} rows, as an Excel sheet holds no more."
    return replace(sheet, rows=sheet.rows[:most]), note


# --- writing -----------------------------------------------------------------------------------


def _write(book: Any, sheet: Sheet) -> None:
    page = book.add_worksheet(sheet.name)
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EFECE4", "text_wrap": True, "valign": "top"})
    for place, column in enumerate(sheet.columns):
        values = [row[place] for row in sheet.rows]
        style = book.add_format(_look(sheet, place, values))
        page.set_column(place, place, _WRAPPED.get(column) or _width(column, values))
        write_cell(page, 0, place, column, head)
        for line, value in enumerate(values, start=1):
            write_cell(page, line, place, value, style)
    for line, height in _heights(sheet):
        page.set_row(line, height)
    page.freeze_panes(1, _frozen(sheet))
    page.autofilter(0, 0, max(1, len(sheet.rows)), len(sheet.columns) - 1)
    if sheet.scale and sheet.rows:
        page.conditional_format(1, sheet.scale.start, len(sheet.rows), sheet.scale.stop - 1, _SCALE)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _look(sheet: Sheet, place: int, values: Sequence[Any]) -> dict[str, Any]:
    """How the cells of a column look: numbers by the unit of the column, running text wrapped."""
    look: dict[str, Any] = {"valign": "top"}
    if sheet.columns[place] in _WRAPPED:
        look["text_wrap"] = True
    if any(isinstance(value, (int, float)) for value in values):
        look["num_format"] = _FORMATS.get(sheet.note(place).unit, _COUNT)
    return look


def _width(column: str, values: Sequence[Any]) -> int:
    """Characters: as wide as the first thousand cells need, within limits."""
    shown = (
        len(f"{value:.4g}" if isinstance(value, float) else str(value))
        for value in values[:1000]
        if not is_missing(value)
    )
    return min(_WIDE, max(_NARROW, len(column) + 3, *shown) + 1) if values else len(column) + 4


def _heights(sheet: Sheet) -> Iterator[tuple[int, int]]:
    """Rows with wrapped text and their height in points: not every program finds it by itself."""
    wrapped = [(place, _WRAPPED[column]) for place, column in enumerate(sheet.columns) if column in _WRAPPED]
    for line, row in enumerate(sheet.rows, start=1):
        lines = max((_lines(str(row[place] or ""), width) for place, width in wrapped), default=1)
        if lines > 1:
            yield line, min(_TALLEST, _LINE * lines)


def _lines(text: str, width: int) -> int:
    """Lines that a text takes; words do not break, so a line holds a tenth less than it could."""
    return sum(1 + int(len(part) / (0.9 * width)) for part in text.split("\n"))


def _frozen(sheet: Sheet) -> int:
    """Columns that stay in sight: what a row is about, where that is a code or a region."""
    for name in ("code_name", "region", "path"):
        if name in sheet.columns[:4]:
            return sheet.columns.index(name) + 1
    return 0
