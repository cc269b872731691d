"""A store in, a whole report out: every number and every passage that a document of the study prints.

`study_report` reads the store once and lays out regions, categories and codes as in `qualcode.report`; the
rooms of `present` turn that into Word, HTML and Excel. Which passages are quoted, and what stands beside
them, is decided here by rules that the methods section names.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..codebook import Code, Codebook
from ..errors import SelectionError
from ..report import (
    CategoryChapter,
    CodeChapter,
    Extract,
    FacetCount,
    Finding,
    Participation,
    RegionChapter,
    StudyReport,
    WorkshopOutcome,
)
from ..study import Study
from .methods import methods_text, region_notes
from .results import provenance
from .tables import ReportTables, counted_codings, report_tables
from .workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from ..aggregate import Passage
    from ..store import Filter

Row = Mapping[str, Any]

ALL = "all"
REACH = 2
"""Sentences before and after a passage, in the same turn, in which a facet still belongs to it."""
QUOTED_WORDS = 60
"""A longer passage is quoted shortened to so many words."""
LISTED = 8
"""Extracts of one kind in a region (strengths, good practices ...); the rest is in the store."""
DATA_CATEGORY = "health_data"
"""Category whose passages fill the section on access to secondary health data, where the codebook has it."""
DATA_HEADINGS = (
    "How health data are reached for secondary use",
    "What stands in the way",
    "How access should work in the future",
    "What works already, and why",
)
"""The four headings of the partners' regional report on access to secondary health data."""


def study_report(work: Workspace, asked: Filter) -> StudyReport:
    """Everything a report of the study says.

    Parameters
    ----------
    work : Workspace
    asked : Filter
        Documents to report on: country, stakeholder group, kind, since. Regions are compared with each
        other, so a filter by region, code or category is refused: choose the region when writing.

    Returns
    -------
    StudyReport

    Raises
    ------
    SelectionError
        If no document fits, the filter names a region, code, category or status, or a region is called "all".
    """
    from ..store import Store

    if asked.region or asked.code or asked.category or asked.status:
        raise SelectionError(
            "A report compares whole regions over all codes. Leave out region, code, category and status."
        )
    with Store(work.store_path, read_only=True) as store:
        chosen = store.check_filter(asked)
        documents = store.document_rows(chosen)
        if not documents:
            raise SelectionError("No document fits all of these filters. What there is: qualcode status")
        codebook = store.codebook()
        selection = _selection(chosen, len(documents), len(store.document_rows()))
        material = _Material(
            # A plan of the whole study says nothing of a part of its documents.
            study=work.study.model_copy(update={"regions": {}}) if selection else work.study,
            codebook=codebook,
            documents=documents,
            codings=counted_codings(store.codings(replace(chosen, status="counted")), documents, codebook),
            facets=store.facets(chosen),
            has_facets=store.facets_codebook() is not None,
            tables=report_tables(store, chosen, work),
            made_by=tuple(provenance(store, documents)),
        )
        # Of the documents reported on: runs over others must not be named as theirs.
        used = {row["run"] for row in documents}
        runs = [run for run in store.coverage_codebooks() if run["run"] in used]
        named = {row["document_id"] for row in documents}
        audit = [row for row in store.audit_rows() if row["document_id"] in named]
        decided = [row for row in store.verdicts.decided() if row["document_id"] in named]
    methods = methods_text(
        material.documents,
        material.codings,
        codebook,
        runs,
        audit,
        work.study,
        decided=decided,
        selection=selection,
        has_facets=material.has_facets,
    )
    return _laid_out(material, methods, runs)


def counted_report(
    *,
    study: Study,
    codebook: Codebook,
    documents: Sequence[Row],
    tables: ReportTables,
    methods: tuple[str, ...],
    made_by: tuple[str, ...],
    date: str,
) -> StudyReport:
    """A report of counts alone: every number, no quotes and nothing that is found beside them.

    Parameters
    ----------
    study : Study
    codebook : Codebook
    documents : sequence of mapping
        As `Store.document_rows`.
    tables : ReportTables
        With `summary`, `categories` and `overall`.
    methods, made_by : tuple of str
    date : str
        Of the newest run.
    """
    material = _Material(study, codebook, documents, (), (), has_facets=False, tables=tables, made_by=made_by)
    return _laid_out(material, methods, [{"finished_utc": date}])


def _selection(chosen: Filter, taken: int, known: int) -> str:
    """Which documents were chosen, where not all are."""
    names = ("country", "stakeholder_group", "kind", "since", "coder")
    given = [f'{name.replace("_", " ")} "{getattr(chosen, name)}"' for name in names if getattr(chosen, name)]
    return f"Only documents with {', '.join(given)} were taken: {taken:,} of the {known:,} coded." if given else ""


@dataclass(frozen=True)
class _Material:
    """What was read from the store, with the passages by region and code.

    `passages` are whole, by region and for `ALL` together: what is said beside them is sought along all of them.
    `quotable` are those of a region, shortened.
    """

    study: Study
    codebook: Codebook
    documents: Sequence[Row]
    codings: Sequence[Row]
    facets: Sequence[Row]
    has_facets: bool
    tables: Any
    made_by: tuple[str, ...]
    passages: dict[tuple[str, str], list[Passage]] = field(default_factory=lambda: defaultdict(list))
    quotable: dict[tuple[str, str], list[Passage]] = field(default_factory=lambda: defaultdict(list))
    by_turn: dict[tuple[str, int], list[Row]] = field(default_factory=lambda: defaultdict(list))
    codes_at: dict[tuple[str, int], set[str]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        from ..aggregate import MISSING, coded_passages

        for passage in coded_passages(self.codings):
            for group in (ALL, passage.region or MISSING):
                self.passages[group, passage.code].append(passage)
        for passage in coded_passages(self.codings, max_words=QUOTED_WORDS):
            self.quotable[passage.region or MISSING, passage.code].append(passage)
        for row in self.facets:
            self.by_turn[row["document_id"], row["turn"]].append(row)
        for row in self.codings:
            self.codes_at[row["document_id"], row["position"]].add(row["code"])

    def beside(self, passage: Passage) -> list[Row]:
        """Facets in or near a passage, in the same turn."""
        first, last = passage.first_position - REACH, passage.last_position + REACH
        rows = self.by_turn[passage.document_id, passage.turn]
        return [row for row in rows if first <= row["position"] <= last]


def _laid_out(material: _Material, methods: tuple[str, ...], runs: Sequence[Row]) -> StudyReport:
    frames = material.tables.frames
    regions = list(dict.fromkeys(frames["summary"]["group"]))
    if ALL in regions:
        raise SelectionError(f'A region called "{ALL}" cannot be told from all regions together. Give it another name.')
    findings = {
        (row["group"], row["code"]): _finding(row, material)
        for name in ("summary", "overall")
        for row in frames[name].to_dict("records")
    }
    return StudyReport(
        title=material.study.study.title,
        date=max((run["finished_utc"] for run in runs), default="")[:10],
        regions=tuple(_region(region, findings, material) for region in regions),
        categories=tuple(_category(category, regions, findings) for category in material.codebook.categories),
        participation=_participation(ALL, material.documents, material.study),
        methods=methods,
        tables=frames,
        missing=material.tables.missing,
        notes=(*frames["summary"].attrs["notes"], *material.made_by),
    )


# --- findings ----------------------------------------------------------------------------------


def _finding(row: Row, material: _Material) -> Finding:
    from ..aggregate import illustrate

    code = material.codebook.by_id[row["code"]]
    category = material.codebook.category_of[code.id]
    passages = material.passages[row["group"], code.id]
    return Finding(
        code=code.id,
        number=code.number,
        name=code.name,
        definition=code.short_definition,
        category=category.id,
        category_name=category.name,
        group=row["group"],
        **{name: _known(row[name]) for name in _NUMBERS},
        quotes=tuple(
            _quoted(one.passage, one.choice, material)
            for one in illustrate(material.quotable[row["group"], code.id], max_words=QUOTED_WORDS)
        ),
        affected=_facet_counts(passages, "affected_party", material),
        impacts=_facet_counts(passages, "impact", material),
        recommendations=_beside(passages, ("recommendation",), material),
        practices=_beside(passages, ("good_practice",), material),
    )


_NUMBERS = (
    *("documents", "documents_with_code", "segments", "segments_pending", "rank", "top_three"),
    *("share_documents", "share_documents_low", "share_documents_high"),
    *("share_words", "share_words_low", "share_words_high"),
    *("relative_emphasis", "relative_emphasis_low", "relative_emphasis_high", "q_value"),
)


def _known(value: Any) -> Any:
    """A plain Python number, None for a missing one."""
    plain = value.item() if hasattr(value, "item") else value
    return None if plain is None or str(plain) == "<NA>" or plain != plain else plain  # NA != NA is no truth


def _quoted(passage: Passage, choice: Any, material: _Material) -> Extract:
    positions = range(passage.first_position, passage.last_position + 1)
    codes = set().union(*(material.codes_at[passage.document_id, position] for position in positions))
    return Extract(
        text=passage.text,
        document_id=passage.document_id,
        document=passage.document,
        start=passage.start,
        end=passage.end,
        region=passage.region,
        country=passage.country,
        stakeholder_group=passage.stakeholder_group,
        kind=passage.kind,
        speaker=passage.speaker,
        codes=_in_order(codes, material.codebook),
        choice=choice,
        probability=passage.probability,
    )


def _in_order(codes: Iterable[str], codebook: Codebook) -> tuple[str, ...]:
    return tuple(sorted(codes, key=lambda code: codebook.by_id[code].number))


# --- facets ------------------------------------------------------------------------------------


def _facet_counts(passages: Sequence[Passage], group: str, material: _Material) -> tuple[FacetCount, ...]:
    """How many passages, and of how many documents, have each facet of a group in them."""
    found: Counter[str] = Counter()
    documents: dict[str, set[str]] = defaultdict(set)
    names: dict[str, str] = {}
    for passage in passages:
        inside = [row for row in material.beside(passage) if row["facet_group"] == group]
        here = [r for r in inside if passage.first_position <= r["position"] <= passage.last_position]
        for row in {row["facet"]: row for row in here}.values():
            found[row["facet"]] += 1
            documents[row["facet"]].add(passage.document_id)
            names[row["facet"]] = row["facet_name"]
    counts = [FacetCount(facet, names[facet], len(documents[facet]), n) for facet, n in found.items()]
    return tuple(sorted(counts, key=lambda c: (-c.documents, -c.passages, c.name)))


def _beside(passages: Sequence[Passage], facets: Sequence[str], material: _Material) -> tuple[Extract, ...]:
    """Sentences with one of the facets in or near the passages."""
    rows = {
        (row["document_id"], row["position"]): row
        for p in passages
        for row in material.beside(p)
        if row["facet"] in facets
    }
    return _extracts(rows.values(), material)


def _extracts(rows: Iterable[Row], material: _Material, *, most: int = LISTED) -> tuple[Extract, ...]:
    """Neighbouring sentences with a facet as one extract; one a document first, surest first."""
    from ..aggregate import select_quotes

    as_codings = [{**row, "code": "facet", "code_number": None, "status": "auto"} for row in rows]
    chosen = select_quotes(as_codings, per_code=most) if as_codings else []
    return tuple(replace(_quoted(passage, "", material), probability=None) for passage in chosen)


# --- chapters ----------------------------------------------------------------------------------


def _region(region: str, findings: Mapping[tuple[str, str], Finding], material: _Material) -> RegionChapter:
    from ..aggregate import MISSING

    own = [finding for (group, _), finding in findings.items() if group == region]
    raised = sorted((f for f in own if f.documents_with_code), key=lambda f: (-(f.share_words or 0), f.number))
    documents = [row for row in material.documents if (row["region"] or MISSING) == region]
    of_region = [row for row in material.facets if (row["region"] or MISSING) == region]

    def told(facet: str) -> tuple[Extract, ...]:
        return _extracts([row for row in of_region if row["facet"] == facet], material)

    return RegionChapter(
        participation=_participation(region, documents, material.study),
        findings=tuple(raised),
        silent=tuple(f.name for f in own if f.documents and not f.documents_with_code),
        strengths=told("strength"),
        weaknesses=told("weakness"),
        practices=told("good_practice"),
        data_access=_data_access(raised),
        workshop=_workshop(region, material.tables.frames.get("workshops")),
        has_facets=material.has_facets,
        notes=region_notes(region, documents, own, material.study),
    )


def _data_access(findings: Sequence[Finding]) -> Mapping[str, tuple[Extract, ...]]:
    """Passages under the four headings on access to health data; the first is for the author alone."""
    own = [finding for finding in findings if finding.category == DATA_CATEGORY]
    reached, barriers, wanted, works = DATA_HEADINGS
    return {
        reached: (),
        barriers: tuple(finding.quotes[0] for finding in own if finding.quotes),
        wanted: _once(extract for finding in own for extract in finding.recommendations),
        works: _once(extract for finding in own for extract in finding.practices),
    }


def _once(extracts: Iterable[Extract]) -> tuple[Extract, ...]:
    return tuple({(one.document_id, one.start): one for one in extracts}.values())[:LISTED]


def _workshop(region: str, frame: pd.DataFrame | None) -> WorkshopOutcome:
    if frame is None:
        return WorkshopOutcome(has_both=False)
    own = frame[frame["group"] == region]
    named = {
        result: tuple(own.loc[own["result"] == result, "code_name"]) for result in ("confirmed", "added", "dropped")
    }
    missing = own["result"].isin(["no workshop", "no interviews"])
    return WorkshopOutcome(has_both=not missing.all() and bool(len(own)), **named)


def _category(category: Any, regions: Sequence[str], findings: Mapping[tuple[str, str], Finding]) -> CategoryChapter:
    codes: Sequence[Code] = sorted(category.codes, key=lambda code: code.number)
    return CategoryChapter(
        category=category.id,
        name=category.name,
        definition=category.definition,
        colour=category.colour,
        codes=tuple(_code(code, regions, findings) for code in codes),
    )


def _code(code: Code, regions: Sequence[str], findings: Mapping[tuple[str, str], Finding]) -> CodeChapter:
    overall = findings[ALL, code.id]
    return CodeChapter(
        overall=overall,
        regions=tuple(findings[region, code.id] for region in regions),
        practices=overall.practices,
    )


def _participation(region: str, documents: Sequence[Row], study: Study) -> Participation:
    from ..aggregate import MISSING

    kinds = Counter(row["kind"] for row in documents)
    groups = Counter(row["stakeholder_group"] or MISSING for row in documents if row["kind"] == "interview")
    plans = (
        list(study.regions.values()) if region == ALL else [study.regions[region]] if region in study.regions else []
    )
    countries = {row["country"] for row in documents if row["country"]}
    return Participation(
        region=region,
        country=next(iter(countries)) if region != ALL and len(countries) == 1 else None,
        interviews=kinds["interview"],
        workshops=kinds["workshop"],
        other=len(documents) - kinds["interview"] - kinds["workshop"],
        groups={name: groups[name] for name in sorted(groups, key=lambda name: (name == MISSING, name))},
        words=sum(row["words"] for row in documents),
        planned_interviews=sum(plan.interviews for plan in plans) if plans else None,
        planned_workshops=sum(plan.workshops for plan in plans) if plans else None,
        workshop_participants=sum(plan.workshop_participants for plan in plans) if plans else None,
    )
