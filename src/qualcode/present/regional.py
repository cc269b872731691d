"""The report of one region as a Word file, from a template a team may change.

In: a `StudyReport` and the name of a region. Out: the bytes of a .docx, made of our template or the team's own.

A template is a Word file with tags of Jinja, read by docxtpl: ``{{ participation.region }}`` prints a value,
``{%p for finding in findings %}`` repeats paragraphs, ``{%tr for ... %}`` rows of a table. It sees

- every field of the region's `RegionChapter` by its name: ``participation``, ``findings``, ``silent``, ``strengths``,
  ``weaknesses``, ``practices``, ``data_access``, ``workshop``, ``has_facets``, ``notes``;
- ``report``: the whole `StudyReport`; ``least_documents``: the size below which a region is small;
- as filters, the phrases of `qualcode.present.phrases`: ``{{ finding | raised("interviews") }}``; see `FILTERS`.

``docs/report-templates.md`` lists them all. Quoted words come out as they are: nothing in them is read as a tag
or as markup. A value that is not known prints as "–"; a name that does not exist is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ..errors import ReportError, SelectionError, nearest
from ..report import StudyReport
from . import phrases
from .word import document_bytes, xml_text
from .wording import shortened

TEMPLATE = Path(__file__).with_name("templates") / "regional_report.docx"
"""Our own; made by ``docs/make_templates.py``."""


def beside(left: Sequence[object], right: Sequence[object]) -> list[tuple[object, object]]:
    """Two lists as rows of a table with two columns; the shorter one is filled up with None.

    Examples
    --------
    >>> beside("ab", "x")
    [('a', 'x'), ('b', None)]
    """
    return list(zip_longest(left, right))


FILTERS: dict[str, Callable[..., Any]] = {
    "beside": beside,
    "blank": phrases.blank,
    "documents_noun": phrases.documents_noun,
    "facets": phrases.facets,
    "more": phrases.more,
    "of_planned": phrases.of_planned,
    "pending": phrases.pending,
    "percent": phrases.percent,
    "percent_range": phrases.percent_range,
    "quoted": phrases.quoted,
    "raised": phrases.raised,
    "rank": phrases.rank,
    "relative": phrases.relative,
    "share_of_words": phrases.share_of_words,
    "small_group": phrases.small_group,
    "source": phrases.source,
    "times": phrases.times,
    "times_range": phrases.times_range,
}
"""What a template may write after ``|``, besides the filters of Jinja."""


def regional_docx(report: StudyReport, region: str, *, template: Path | None = None) -> bytes:
    """The report of one region.

    Parameters
    ----------
    report : StudyReport
    region : str
        One of the report's regions.
    template : Path or None
        A team's own .docx; None = ours.

    Returns
    -------
    bytes
        A .docx; the same for the same report and template.

    Raises
    ------
    SelectionError
        If the report has no such region.
    ReportError
        If the template is no Word file, or a tag in it cannot be read or filled.
    """
    names = [chapter.participation.region for chapter in report.regions]
    if region not in names:
        raise SelectionError(f'No region "{region}" in the report. {nearest(region, names)}')
    document = _fill(template or TEMPLATE, context(report, region))
    return document_bytes(document, title=f"{report.title}: {region}", subject="Regional report", date=report.date)


def context(report: StudyReport, region: str) -> dict[str, Any]:
    """What a template sees, by name."""
    chapter = report.region(region)
    shown = {"report": report, "least_documents": phrases.least_documents(report)}
    return shown | {field.name: getattr(chapter, field.name) for field in fields(chapter)}


def _fill(template: Path, values: Mapping[str, Any]) -> Any:
    from docxtpl import DocxTemplate
    from jinja2 import TemplateError

    document = DocxTemplate(template)
    try:
        document.init_docx()
    except Exception as error:  # whatever is wrong with a file that is not ours
        raise ReportError(f"{template} is not a Word file (.docx) that can be read: {error}") from error
    try:
        document.render(dict(values), _environment(), autoescape=True)
    except TemplateError as error:
        raise ReportError(f"{template}: a tag is wrong: {error.message}{_near(error)}. {_HELP}") from error
    except Exception as error:  # raised inside an expression of the template
        raise ReportError(f"{template}: a tag cannot be filled: {error}. {_HELP}") from error
    return document.docx


_HELP = "Names a template may use: docs/report-templates.md"


def _near(error: Any) -> str:
    lines = " ".join(line for line in getattr(error, "docx_context", ()) if line.strip())
    return f", near “{shortened(lines, 200)}”" if lines else ""


def _environment() -> Any:
    """Jinja for files of others: no access to Python behind the values, no misspelt names, no markup from quotes."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined, finalize=_printed)
    environment.filters.update(FILTERS)
    return environment


def _printed(value: object) -> object:
    """A value as it is printed: "–" for None, text without what XML cannot hold or docxtpl would take for a tag."""
    from markupsafe import Markup, escape

    if value is None:
        return phrases.UNDEFINED
    if not isinstance(value, str):
        return value
    # docxtpl turns "{_{" into "{{" after rendering, so an underscore is written as a character reference.
    escaped = str(escape(xml_text(value))).replace("_", "&#95;")
    return Markup(escaped)  # nosec B704
