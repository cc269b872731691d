"""The cross-regional report as a Word file: what all regions together say, barrier by barrier.

In: a `StudyReport`. Out: the bytes of a .docx: cover, contents, overview, a chapter a category, how the numbers
were made, who was heard, the numbers by region, and a sheet a region.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, get_args

from ..report import CategoryChapter, CodeChapter, Extract, Finding, RegionChapter, StudyReport
from .phrases import (
    documents_noun,
    facets,
    least_documents,
    more,
    of_planned,
    pending,
    raised,
    relative,
    share_of_words,
    small_group,
)
from .report_tables import (
    MISSING,
    MOST_PRACTICES,
    MOST_QUOTED,
    collected_table,
    grid_table,
    groups_table,
    overview_table,
    practices_table,
    region_names,
    regions_table,
    strengths_table,
    top_table,
)
from .word import Writer
from .wording import plural

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_QUOTES_A_REGION = 2
_REGIONS_A_TABLE = 10
Value = Literal["share_documents", "share_words"]


def cross_regional_docx(report: StudyReport) -> bytes:
    """The whole report.

    Parameters
    ----------
    report : StudyReport

    Returns
    -------
    bytes
        A .docx; the same for the same report.
    """
    writer = Writer(report.title)
    _cover(writer, report)
    writer.contents()
    _overview(writer, report)
    for number, category in enumerate(report.categories, start=2):
        _category(writer, report, category, number)
    number = len(report.categories) + 2
    _methods(writer, report, number)
    _participation(writer, report, number + 1)
    _numbers_by_region(writer, report)
    _fact_sheets(writer, report)
    return writer.finish(title=report.title, subject="Cross-regional report", date=report.date)


# --- cover and overview ------------------------------------------------------------------------


def _cover(writer: Writer, report: StudyReport) -> None:
    heard = report.participation
    writer.text(report.title, "Title")
    writer.text("Cross-regional report", "Subtitle")
    writer.text(
        f"{plural(len(region_names(report)), 'region')}, {plural(heard.interviews, 'interview')}, "
        f"{plural(heard.workshops, 'workshop')}; {heard.words:,} words of respondents. "
        f"Numbers as of {report.date[:10]}."
    )
    writer.bullets([chapter.participation.region for chapter in report.regions])
    writer.blank("authors, organisations, version, funding statement")
    for note in report.notes:
        writer.text(note, "Note")


def _overview(writer: Writer, report: StudyReport) -> None:
    writer.heading("1. Overview", 1, new_page=True)
    writer.blank("what this report finds, in five sentences")
    writer.heading("How to read the numbers", 2)
    writer.bullets(_READING)
    writer.heading("All barriers", 2)
    table, groups = overview_table(report)
    writer.table(table, (0.9, 4.3, 1.7, 3.0, 2.0, 1.7, 2.0, 1.2), groups=groups)
    writer.heading("Where barriers are raised, and dwelt on", 2)
    _overview_figures(writer, report)


_READING = (
    "Frequency: in how many documents a barrier is raised. A document, that is an interview or a workshop, counts "
    "once, however long it is.",
    "Emphasis: which share of the respondents' words stands in sentences with the barrier. Few people may dwell on "
    "what many only mention.",
    "Intervals (95 %) say where a share might lie if other people of the same regions had been asked. Where they are "
    "wide, few people were heard.",
    "Against other regions: 1 = as much emphasis as in all other regions together, 2 = twice the odds, 0.5 = half. "
    "A star marks what stands out among all comparisons of the study (q below 0.05).",
)


def _overview_figures(writer: Writer, report: StudyReport) -> None:
    from .figures import frequency_emphasis_map, heat_map

    summary, overall = report.tables.get("summary"), report.tables.get("overall")
    if summary is not None and len(report.regions) > 1:
        for value, caption in _CAPTIONS.items():
            _figure(writer, heat_map(summary, value=value), caption, numbers="appendix A")
    if overall is not None:
        caption = "Frequency against emphasis, all regions"
        _figure(writer, frequency_emphasis_map(overall), caption, numbers="table 1")
    for name in ("summary", "overall"):
        if name in report.missing:
            writer.text(f"Figures of the table “{name}” are left out: {report.missing[name]}.", "Note")


_CAPTIONS: dict[Value, str] = {
    "share_documents": "Share of documents that raise a barrier, by region",
    "share_words": "Share of words on a barrier, by region",
}


def _figure(writer: Writer, figure: Figure, caption: str, *, numbers: str) -> None:
    from .figures import alt_text, figure_bytes

    described = f"{alt_text(figure)} The numbers stand in {numbers}."
    writer.figure(figure_bytes(figure, "png", dpi=150), caption, described=described)


# --- categories and barriers -------------------------------------------------------------------


def _category(writer: Writer, report: StudyReport, category: CategoryChapter, number: int) -> None:
    writer.heading(f"{number}. {category.name}", 1, new_page=True)
    writer.text(category.definition)
    writer.blank(f"what the regions have in common and where they differ on: {category.name}")
    for code in category.codes:
        _barrier(writer, report, code)


def _barrier(writer: Writer, report: StudyReport, code: CodeChapter) -> None:
    finding = code.overall
    writer.heading(f"Barrier {finding.number}. {finding.name}", 2)
    writer.text(finding.definition)
    noun = documents_noun(report.participation)
    writer.text(
        f"Over all regions it is {raised(finding, noun)}. It {share_of_words(finding)}. {pending(finding)}".strip()
    )
    _facet_lines(writer, finding)
    writer.table(regions_table(report, code), (3.7, 3.0, 2.0, 1.7, 2.0, 2.0, 2.0))
    summary = report.tables.get("summary")
    if summary is not None and finding.documents_with_code:
        from .figures import forest_plot

        caption = f"{finding.name}: share of documents raising it, with 95 % intervals"
        figure = forest_plot(summary, finding.code, value="share_documents")
        _figure(writer, figure, caption, numbers="the table before it")
    _quotes_by_region(writer, code)
    if finding.recommendations:
        writer.heading("What respondents recommend", 3)
        writer.quotes(finding.recommendations[:MOST_QUOTED], region=True)
        _rest(writer, finding.recommendations, MOST_QUOTED)
    writer.table(practices_table(finding, code.practices), (4, 3.4, 9))
    _rest(writer, code.practices, MOST_PRACTICES)


def _facet_lines(writer: Writer, finding: Finding) -> None:
    for label, counts in (("Affected parties named with it", finding.affected), ("Impacts", finding.impacts)):
        if counts:
            writer.text(f"{label}: {facets(counts)}.")


def _quotes_by_region(writer: Writer, code: CodeChapter) -> None:
    writer.heading("In the respondents' words", 3)
    quoting = [finding for finding in code.regions if finding.quotes]
    for finding in quoting:
        countries = dict.fromkeys(extract.country for extract in finding.quotes if extract.country)
        writer.text(", ".join((finding.group, *countries)), "Quote region")
        writer.quotes(finding.quotes[:_QUOTES_A_REGION])
    silent = [finding.group for finding in code.regions if finding.documents and not finding.documents_with_code]
    if silent:
        writer.text(f"No document raises it in: {'; '.join(silent)}.")
    unasked = [finding.group for finding in code.regions if not finding.documents]
    if unasked:
        writer.text(f"Nobody was asked about it in: {'; '.join(unasked)}.")
    unquoted = [finding.group for finding in code.regions if finding.documents_with_code and not finding.quotes]
    if unquoted:
        writer.text(f"Raised, but in no passage fit to be quoted, in: {'; '.join(unquoted)}.")


def _rest(writer: Writer, extracts: Sequence[Extract], shown: int) -> None:
    if rest := more(extracts, shown):
        writer.text(rest, "Note")


# --- methods and participation -----------------------------------------------------------------


def _methods(writer: Writer, report: StudyReport, number: int) -> None:
    writer.heading(f"{number}. How these numbers were made", 1, new_page=True)
    for paragraph in report.methods:
        writer.text(paragraph)
    for note in report.notes:
        writer.text(note, "Note")
    if report.missing:
        writer.heading("Tables that could not be made", 2)
        writer.bullets([f"{name}: {reason}" for name, reason in report.missing.items()])


def _participation(writer: Writer, report: StudyReport, number: int) -> None:
    writer.page(landscape=True)
    writer.heading(f"{number}. Who was heard", 1)
    everyone = (*(chapter.participation for chapter in report.regions), report.participation)
    writer.table(collected_table(everyone), (6, 3, 3, 3, 2, 3))
    groups = sorted({name for heard in everyone for name in heard.groups}, key=lambda name: (name == MISSING, name))
    if groups:
        writer.table(groups_table(everyone, groups), (6, *(3 for _ in groups), 2.5))


# --- appendix ----------------------------------------------------------------------------------


def _numbers_by_region(writer: Writer, report: StudyReport) -> None:
    writer.heading("Appendix A. All numbers by region", 1, new_page=True)
    regions = [chapter.participation.region for chapter in report.regions]
    for value in get_args(Value):
        for start in range(0, len(regions), _REGIONS_A_TABLE):
            names = regions[start : start + _REGIONS_A_TABLE]
            writer.table(grid_table(report, names, value), (0.8, 5.4, *(2.3 for _ in names)))


def _fact_sheets(writer: Writer, report: StudyReport) -> None:
    writer.page(landscape=False)
    writer.heading("Appendix B. Region by region", 1)
    for place, chapter in enumerate(report.regions):
        _fact_sheet(writer, report, chapter, new_page=place > 0)


def _fact_sheet(writer: Writer, report: StudyReport, chapter: RegionChapter, *, new_page: bool) -> None:
    heard = chapter.participation
    writer.heading(", ".join(filter(None, (heard.region, heard.country))), 2, new_page=new_page)
    writer.text(
        f"Interviews: {of_planned(heard.interviews, heard.planned_interviews)}. "
        f"Workshops: {of_planned(heard.workshops, heard.planned_workshops)}. {heard.words:,} words of respondents. "
        f"{small_group(heard, least_documents(report))}".strip()
    )
    writer.table(top_table(chapter), (0.9, 4.7, 2.7, 2.0, 1.7, 2.0, 2.2))
    if chapter.findings:
        first = chapter.findings[0]
        writer.text(f"Most emphasised: {first.name}, {relative(first)}.")
    writer.table(strengths_table(chapter), (1, 1))
    for label, extracts in (("Strengths", chapter.strengths), ("Weaknesses", chapter.weaknesses)):
        if rest := more(extracts, MOST_QUOTED, heard.region):
            writer.text(f"{label}. {rest}", "Note")
    writer.heading("What the workshop made of the interviews", 3)
    _workshop(writer, chapter)
    for note in chapter.notes:
        writer.text(note, "Note")


def _workshop(writer: Writer, chapter: RegionChapter) -> None:
    outcome = chapter.workshop
    if not outcome.has_both:
        writer.text("The region has no interview or no workshop in the store; the two cannot be compared.")
        return
    for label, names in (("Confirmed", outcome.confirmed), ("Added", outcome.added), ("Dropped", outcome.dropped)):
        writer.text(f"{label}: {'; '.join(names) or 'nothing'}.")
