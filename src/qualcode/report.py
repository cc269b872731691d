"""What a report is made of: frozen dataclasses that `flow` fills and `present` prints.

In: nothing. Out: plain values, ready to be written as Word, HTML or Excel. Numbers keep their unit (shares
0-1); None = undefined, and the reason stands in the notes. Quoted words are those of the store, unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Extract:
    """A passage to quote, and where it stands.

    Attributes
    ----------
    text : str
        The respondent's own words: one sentence or a few neighbouring ones.
    document_id, document : str
        Id and name of the document.
    start, end : int
        Code points into the document's text, half-open.
    region, country, stakeholder_group, kind, speaker : str or None
        None = not known.
    codes : tuple of str
        Ids of the codes that count on the passage.
    choice : {"typical", "contrasting", ""}
        Why it was chosen: surest and most central; farthest in wording from the typical one; "" where
        every passage of a kind is given.
    probability : float or None
        Mean over its sentences of the coding asked for, 0-1; None for a facet alone.
    """

    text: str
    document_id: str
    document: str
    start: int
    end: int
    region: str | None = None
    country: str | None = None
    stakeholder_group: str | None = None
    kind: str | None = None
    speaker: str | None = None
    codes: tuple[str, ...] = ()
    choice: Literal["typical", "contrasting", ""] = ""
    probability: float | None = None


@dataclass(frozen=True)
class FacetCount:
    """How often a facet (an affected party, an impact) stands with a code.

    Attributes
    ----------
    facet, name : str
        Id and name in the facets' codebook.
    documents : int
        Documents with at least one such passage.
    passages : int
        Passages of the code that have the facet in one of their sentences.
    """

    facet: str
    name: str
    documents: int
    passages: int


@dataclass(frozen=True)
class Finding:
    """One barrier in one region, or in the whole study.

    Attributes
    ----------
    code, name, definition, category, category_name : str
    number : int
    group : str
        The region, or "all".
    documents, documents_with_code : int
        Documents that were asked about the code; those of them that raise it.
    share_documents, share_documents_low, share_documents_high : float or None
        0-1, Wilson 95 %.
    share_words, share_words_low, share_words_high : float or None
        0-1, document bootstrap 95 %.
    relative_emphasis, relative_emphasis_low, relative_emphasis_high, q_value : float or None
        Log2 odds against all other groups.
    rank : int or None
        1 = most words in the group.
    top_three : float or None
        Share of bootstrap draws in which the code is among the group's first three, 0-1.
    segments, segments_pending : int
        Sentences that count, and that wait for a person.
    quotes : tuple of Extract
        At most three, one a document; typical first.
    affected, impacts : tuple of FacetCount
        Most documents first.
    recommendations : tuple of Extract
        What respondents say should be done, in passages of this code or beside them in the same turn.
    practices : tuple of Extract
        What works, likewise.
    """

    code: str
    number: int
    name: str
    definition: str
    category: str
    category_name: str
    group: str
    documents: int
    documents_with_code: int
    share_documents: float | None
    share_documents_low: float | None
    share_documents_high: float | None
    share_words: float | None
    share_words_low: float | None
    share_words_high: float | None
    relative_emphasis: float | None
    relative_emphasis_low: float | None
    relative_emphasis_high: float | None
    q_value: float | None
    rank: int | None
    top_three: float | None
    segments: int
    segments_pending: int
    quotes: tuple[Extract, ...] = ()
    affected: tuple[FacetCount, ...] = ()
    impacts: tuple[FacetCount, ...] = ()
    recommendations: tuple[Extract, ...] = ()
    practices: tuple[Extract, ...] = ()


@dataclass(frozen=True)
class Participation:
    """Who was heard in one region (or in all: region "all").

    Attributes
    ----------
    region : str
    country : str or None
    interviews, workshops, other : int
        Documents in the store by kind; `other` = reports, surveys and unknown.
    groups : mapping of str to int
        Interviews by stakeholder group; "(missing)" = not known.
    words : int
        Respondents' words.
    planned_interviews, planned_workshops, workshop_participants : int or None
        As ``qualcode.toml`` plans; None without a plan.
    """

    region: str
    country: str | None
    interviews: int
    workshops: int
    other: int
    groups: Mapping[str, int]
    words: int
    planned_interviews: int | None = None
    planned_workshops: int | None = None
    workshop_participants: int | None = None


@dataclass(frozen=True)
class WorkshopOutcome:
    """What a region's workshop did with what the interviews raised: names of codes.

    `has_both` is False where the region has no interview or no workshop; then the three are empty.
    """

    has_both: bool
    confirmed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True)
class RegionChapter:
    """All that is known of one region.

    Attributes
    ----------
    participation : Participation
    findings : tuple of Finding
        Barriers raised, most emphasised first.
    silent : tuple of str
        Names of the codes no document of the region raises.
    strengths, weaknesses, practices : tuple of Extract
    data_access : mapping of str to tuple of Extract
        Passages on access to secondary health data, by the four headings of the regional report in
        their order: how it is accessed, barriers, how it should be, good practices.
    workshop : WorkshopOutcome
    has_facets : bool
        False where the notes were tagged before facets existed, or the codebook has none.
    notes : tuple of str
        What the numbers of this region rest on and what limits them.
    """

    participation: Participation
    findings: tuple[Finding, ...]
    silent: tuple[str, ...]
    strengths: tuple[Extract, ...]
    weaknesses: tuple[Extract, ...]
    practices: tuple[Extract, ...]
    data_access: Mapping[str, tuple[Extract, ...]]
    workshop: WorkshopOutcome
    has_facets: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class CodeChapter:
    """One barrier over all regions.

    Attributes
    ----------
    overall : Finding
        The group "all"; its quotes are not filled: they stand by region.
    regions : tuple of Finding
        One a region, in alphabetical order, also where nobody raises it; with quotes.
    practices : tuple of Extract
        Good practices told with this barrier, all regions.
    """

    overall: Finding
    regions: tuple[Finding, ...]
    practices: tuple[Extract, ...]


@dataclass(frozen=True)
class CategoryChapter:
    """One category: its definition and its barriers in the order of their numbers."""

    category: str
    name: str
    definition: str
    colour: str
    codes: tuple[CodeChapter, ...]


@dataclass(frozen=True)
class StudyReport:
    """Everything a cross-regional or regional report says.

    Attributes
    ----------
    title : str
        Of the study.
    date : str
        ISO date of the newest run the numbers come from: a report made twice from one store is the same.
    regions : tuple of RegionChapter
        In alphabetical order.
    categories : tuple of CategoryChapter
        In the codebook's order.
    participation : Participation
        Of all regions together.
    methods : tuple of str
        Paragraphs, ready to paste: material, coding, statistics, limits.
    tables : mapping of str to DataFrame
        Keys: ``summary`` (code x region, as `qualcode.aggregate.summary_table`), ``categories`` (category x
        region), ``overall`` (code, group "all"), ``association``, ``workshops``, ``cooccurrence``, ``saturation``,
        ``languages``, ``documents``, ``matrix`` (document x code, 0/1), ``quotes`` (a row a coded passage), ``facets``.
        A table that cannot be made is left out and named in `missing`.
    missing : mapping of str to str
        Tables left out, each with the reason.
    notes : tuple of str
        What the numbers count, which machine coded, whether audited.
    """

    title: str
    date: str
    regions: tuple[RegionChapter, ...]
    categories: tuple[CategoryChapter, ...]
    participation: Participation
    methods: tuple[str, ...]
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    missing: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The study's barriers over all regions, by number."""
        return tuple(code.overall for category in self.categories for code in category.codes)

    def region(self, name: str) -> RegionChapter:
        """The chapter of one region; KeyError for a name that is not there."""
        for chapter in self.regions:
            if chapter.participation.region == name:
                return chapter
        raise KeyError(name)
