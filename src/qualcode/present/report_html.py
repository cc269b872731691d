"""The cross-regional report as one HTML file that needs nothing else, and works without its script.

In: a `StudyReport`. Out: a page with a linked contents, grids code x region whose numbers lead to the quotes behind
them, a chapter a category, a fact sheet a region. Where a number leads is a `Cell`: a barrier in a region. Nobody
is named: a passage has its kind of document, stakeholder group and region.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shlex
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..codebook import Codebook
from ..report import CategoryChapter, Extract, Finding, Participation, StudyReport
from . import phrases
from .inline_svg import inline_svgs
from .report_tables import MISSING, region_names
from .summary import frame_records
from .totals import category_totals, raised_in, stakeholder_groups
from .wording import plural

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PASSAGES = 12
"""Passages shown behind a number; the page says how to see the others."""
LISTED = 6
"""Passages in a list of strengths, recommendations and the like."""
_TINTS = 10
_TEMPLATES = Path(__file__).with_name("templates")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Cell:
    """What stands behind the numbers of one barrier in one region.

    Attributes
    ----------
    anchor : str
        Id of its section on the page.
    finding : Finding
    shown : tuple of Extract
        The chosen quotes, then one a document before any document's second; at most `PASSAGES`.
    passages : int
        All that count; neighbouring sentences of a turn with the code are one passage.
    command : str
        Shows all its sentences.
    """

    anchor: str
    finding: Finding
    shown: tuple[Extract, ...]
    passages: int
    command: str


def report_html(report: StudyReport) -> str:
    """Write the cross-regional report as one self-contained HTML file.

    Parameters
    ----------
    report : StudyReport

    Returns
    -------
    str
        The page. The same report gives the same text.

    Notes
    -----
    The page loads nothing: style, script and figures are in it, and its content policy forbids all else. Control
    characters in quoted words, which no HTML file may hold, are shown as U+FFFD.
    """
    import jinja2
    from markupsafe import Markup

    anchors = Anchors(report)
    figures = inline_svgs(_figures(report, anchors))
    style = "\n".join([_part("report.css"), *_category_colours(report.categories), figures.style])
    script = _part("report.js")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["sentence"] = lambda text: f"{text[:1].upper()}{text[1:].rstrip('.')}."
    page = environment.get_template("report.html.j2").render(
        report=report,
        regions=region_names(report),
        groups=stakeholder_groups(report),
        cells=_cells(report, anchors),
        totals=category_totals(report),
        most_words=max((f.share_words or 0 for f in _regional(report)), default=0),
        anchors=anchors,
        # Markup: drawings of matplotlib, which writes words as escaped text, and two files of this package.
        figures={name: Markup(svg) for name, svg in figures.markup.items()},  # nosec B704
        shapes=Markup(figures.shapes),  # nosec B704
        phrases=phrases,
        plural=plural,
        raised_in=raised_in,
        tint=tint,
        percent_digits=percent_digits,
        range_digits=range_digits,
        stands_out=stands_out,
        sheets={chapter.participation.region for chapter in report.regions},
        listed=LISTED,
        style=Markup(style),  # nosec B704
        script=Markup(script),  # nosec B704
        policy=f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'",
    )
    return page.strip()


class Anchors:
    """Ids on the page of everything a link leads to; readable, and different for different things."""

    def __init__(self, report: StudyReport) -> None:
        self._codes = slugs([finding.code for finding in report.findings])
        self._regions = slugs(
            [*(chapter.participation.region for chapter in report.regions), *(f.group for f in _regional(report))]
        )
        self._categories = slugs([category.category for category in report.categories])

    def code(self, code: str) -> str:
        """The section of a barrier."""
        return f"barrier-{self._codes[code]}"

    def region(self, region: str) -> str:
        """The fact sheet of a region."""
        return f"region-{self._regions[region]}"

    def category(self, category: str) -> str:
        """The chapter of a category."""
        return f"category-{self._categories[category]}"

    def cell(self, code: str, region: str) -> str:
        """The quotes of a barrier in a region."""
        return f"{self._codes[code]}--{self._regions[region]}"


def slugs(names: Sequence[str]) -> dict[str, str]:
    """Names as parts of ids: letters and digits of any script and single hyphens; no two alike.

    Examples
    --------
    >>> slugs(["Västra Götaland", "A & <B>", "A-B", "???"])
    {'Västra Götaland': 'västra-götaland', 'A & <B>': 'a-b', 'A-B': 'a-b-2', '???': 'x'}
    """
    taken: dict[str, str] = {}
    for name in dict.fromkeys(names):
        wanted = "-".join(re.findall(r"[^\W_]+", name.casefold())) or "x"
        slug, number = wanted, 2
        while slug in taken.values():
            slug, number = f"{wanted}-{number}", number + 1
        taken[name] = slug
    return taken


def tint(value: float | None, most: float) -> int:
    """How dark the cell of a grid is, from 0 (nothing) to 10 (`most`).

    Examples
    --------
    >>> tint(0, 0.2), tint(0.001, 0.2), tint(0.2, 0.2), tint(None, 0.2)
    (0, 1, 10, 0)
    """
    return max(1, round(_TINTS * value / most)) if value else 0


def percent_digits(share: float | None, decimals: int) -> str:
    """A share as a percentage for a column of percentages, never rounded to nothing or to all.

    Examples
    --------
    >>> [percent_digits(share, 0) for share in (0.7, 0, 0.001, 0.999, 1, None)]
    ['70', '0', '<1', '>99', '100', '–']
    """
    if share is None:
        return phrases.UNDEFINED
    least = 10**-decimals
    if 0 < share < least / 200:
        return f"<{least:.{decimals}f}"
    if 1 - least / 200 < share < 1:
        return f">{100 - least:.{decimals}f}"
    return f"{100 * share:.{decimals if share else 0}f}"


def range_digits(low: float | None, high: float | None, decimals: int) -> str:
    """An interval of shares, as `percent_digits`."""
    if low is None or high is None:
        return phrases.UNDEFINED
    return f"{percent_digits(low, decimals)}–{percent_digits(high, decimals)}"


def stands_out(finding: Finding) -> str:
    """A mark where a region dwells on a barrier more or less than all others, after correction."""
    if finding.q_value is None or finding.relative_emphasis is None or finding.q_value >= phrases.SIGNIFICANT:
        return ""
    return "▲" if finding.relative_emphasis > 0 else "▼"


# --- what stands behind the numbers ------------------------------------------------------------


def _regional(report: StudyReport) -> Iterator[Finding]:
    return (finding for category in report.categories for code in category.codes for finding in code.regions)


def _cells(report: StudyReport, anchors: Anchors) -> dict[tuple[str, str], Cell]:
    passages = _passages(report)
    return {
        (finding.code, finding.group): _cell(
            finding, passages.get((finding.code, finding.group), []), anchors.cell(finding.code, finding.group)
        )
        for finding in _regional(report)
    }


def _passages(report: StudyReport) -> dict[tuple[str, str], list[Extract]]:
    """Every counted passage, by code and region."""
    found: dict[tuple[str, str], list[Extract]] = {}
    known = {field.name for field in fields(Extract)} - {"codes", "choice"}
    for row in frame_records(report.tables["quotes"]) if "quotes" in report.tables else []:
        extract = Extract(**{name: row[name] for name in known & row.keys()}, codes=(row["code"],))
        found.setdefault((row["code"], extract.region or MISSING), []).append(extract)
    return found


def _cell(finding: Finding, passages: Sequence[Extract], anchor: str) -> Cell:
    others = _fairly([one for one in passages if not any(_overlap(one, quote) for quote in finding.quotes)])
    shown = (*finding.quotes, *others[: PASSAGES - len(finding.quotes)])
    region = "" if finding.group == MISSING else f" --region {_typed(finding.group)}"
    return Cell(
        anchor=anchor,
        finding=finding,
        shown=shown,
        passages=len(finding.quotes) + len(others),
        command=f"qualcode codings --code {finding.number}{region} --status counted",
    )


def _typed(name: str) -> str:
    """A name as it is typed: in double quotes, which Windows knows too, where nothing in it speaks to a shell."""
    plain = shlex.quote(name)
    return plain if plain == name or set(name) & set('"$`\\!%') else f'"{name}"'


def _overlap(one: Extract, other: Extract) -> bool:
    return one.document_id == other.document_id and one.start < other.end and other.start < one.end


def _fairly(passages: Sequence[Extract]) -> list[Extract]:
    """The surest first, but one a document before any document's second."""
    ranked = sorted(passages, key=lambda one: (-(one.probability or 0), one.document_id, one.start))
    turn: dict[str, Iterator[int]] = defaultdict(count)
    return sorted(ranked, key=lambda one: next(turn[one.document_id]))


# --- parts of the page -------------------------------------------------------------------------


def _figures(report: StudyReport, anchors: Anchors) -> dict[str, tuple[bytes, str]]:
    """Every figure the tables allow, by its id."""
    from .figures import alt_text, figure_bytes

    return {name: (figure_bytes(figure, "svg"), alt_text(figure)) for name, figure in _drawn(report, anchors)}


def _drawn(report: StudyReport, anchors: Anchors) -> Iterator[tuple[str, Figure]]:
    from .figures import cooccurrence_network, forest_plot, frequency_emphasis_map, ranking_plot, saturation_figure

    tables, kinds = report.tables, _kinds(report.participation)
    codebook = _codebook(report) if report.categories else None
    if "overall" in tables:
        yield "map", frequency_emphasis_map(tables["overall"], codebook=codebook, kinds=kinds)
    if "summary" in tables:
        for finding in report.findings:
            forest = forest_plot(tables["summary"], finding.code, codebook=codebook, kinds=kinds)
            yield f"forest-{anchors.code(finding.code)}", forest
        for who in (chapter.participation for chapter in report.regions):
            ranking = ranking_plot(tables["summary"], who.region, codebook=codebook, kinds=_kinds(who))
            yield f"ranking-{anchors.region(who.region)}", ranking
    if "cooccurrence" in tables:
        yield "network", cooccurrence_network(tables["cooccurrence"], codebook, kinds=kinds)
    if "saturation" in tables:
        yield "saturation", saturation_figure(tables["saturation"], kinds=kinds)


def _kinds(who: Participation) -> dict[str, int] | None:
    """Documents by kind for a caption, or None where they are not all known."""
    return None if who.other else {"interview": who.interviews, "workshop": who.workshops}


def _codebook(report: StudyReport) -> Codebook:
    """Names, numbers and colours for the figures, as the report has them."""
    categories = [
        {
            "id": category.category,
            "name": category.name,
            "definition": category.definition,
            "colour": category.colour,
            "codes": [
                {
                    "id": code.overall.code,
                    "number": code.overall.number,
                    "name": code.overall.name,
                    "short_definition": code.overall.definition,
                    "definition": code.overall.definition,
                    "colour": category.colour,
                }
                for code in category.codes
            ],
        }
        for category in report.categories
    ]
    return Codebook.model_validate({"id": "report", "title": "Report", "version": "1.0.0", "categories": categories})


def _category_colours(categories: Sequence[CategoryChapter]) -> Iterator[str]:
    """The mark of each category; colours are for telling apart only, never under text."""
    for place, category in enumerate(categories):
        if re.fullmatch(r"#[0-9A-Fa-f]{6}", category.colour):
            yield f".c{place}{{--mark:{category.colour}}}"


def _part(name: str) -> str:
    return (_TEMPLATES / name).read_text("utf-8").strip()


def _digest(text: str) -> str:
    """What a content policy knows an inline style or script by."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _printable(value: Any) -> Any:
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", value) if type(value) is str else value
