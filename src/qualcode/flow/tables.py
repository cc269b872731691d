"""Every table of a report, from one store and one filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, cast

from ..codebook import Codebook
from ..cues import read_translations
from ..errors import AggregateError, CodebookError, SelectionError
from .results import summary_frame
from .workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from ..store import Filter, Store

Row = Mapping[str, Any]


@dataclass(frozen=True)
class ReportTables:
    """Tables by name (see `qualcode.report.StudyReport`), and why others are missing."""

    frames: Mapping[str, pd.DataFrame]
    missing: Mapping[str, str]


def report_tables(store: Store, chosen: Filter, work: Workspace) -> ReportTables:
    """Compute every table of a report.

    Parameters
    ----------
    store : Store
    chosen : Filter
        As `Store.check_filter` gives it, without code and category.
    work : Workspace
        Seed, draws, small groups; which languages the codebook has cues for.

    Returns
    -------
    ReportTables
        A table that cannot be made for these documents is in `missing` with the reason.
    """
    frames: dict[str, pd.DataFrame] = {
        "summary": summary_frame(store, chosen, work.study.study, by="region", level="code"),
        "categories": summary_frame(store, chosen, work.study.study, by="region", level="category"),
        "overall": summary_frame(store, chosen, work.study.study, by=None, level="code"),
    }
    made = _made(_makers(store, chosen, work))
    return ReportTables({**frames, **made.frames}, made.missing)


def _made(makers: Mapping[str, Callable[[], pd.DataFrame]]) -> ReportTables:
    frames: dict[str, pd.DataFrame] = {}
    missing: dict[str, str] = {}
    for name, make in makers.items():
        try:
            frames[name] = make()
        except AggregateError as error:
            missing[name] = str(error)
    return ReportTables(frames, missing)


def report_table(store: Store, chosen: Filter, work: Workspace, name: str) -> pd.DataFrame:
    """One table of a report beside the summaries.

    Parameters
    ----------
    store, chosen, work
        As for `report_tables`.
    name : str

    Returns
    -------
    DataFrame

    Raises
    ------
    ValueError
        For a name that is none.
    AggregateError
        If it cannot be made of these documents.
    """
    makers = _makers(store, chosen, work)
    if name not in makers:
        raise ValueError(f"`name` must be one of {', '.join(makers)}. Got {name!r} instead.")
    return makers[name]()


def counted_codings(codings: Sequence[Row], documents: Sequence[Row], codebook: Codebook) -> list[Row]:
    """Without what documents say of codes they were not asked about: that is in no count, so it is not quoted."""
    from ..aggregate.asked import asked_codes

    asked = {
        row["document_id"]: asked_codes(row["topics_asked"], codebook, where=row["name"])
        for row in documents
        if row["topics_asked"] is not None
    }
    return [row for row in codings if row["code"] in asked.get(row["document_id"], codebook.by_id)]


def _makers(store: Store, chosen: Filter, work: Workspace) -> dict[str, Callable[[], pd.DataFrame]]:
    """What makes each table, not made yet."""
    from .. import aggregate

    codebook = store.codebook()
    documents, code_counts = store.document_rows(chosen), store.code_counts(chosen)
    seed, draws = work.study.study.seed, work.study.study.bootstrap_draws

    def association() -> pd.DataFrame:
        categories = store.category_counts(chosen)
        return aggregate.association_table(documents, code_counts, categories, codebook, by="region", level="code")

    def workshops() -> pd.DataFrame:
        categories = store.category_counts(chosen)
        return aggregate.workshop_table(documents, code_counts, categories, codebook, by="region", level="code")

    def quotes() -> pd.DataFrame:
        codings = store.codings(replace(chosen, status="counted"))
        return aggregate.passages_frame(counted_codings(codings, documents, codebook), codebook)

    def cooccurrence() -> pd.DataFrame:
        turns = {row["document_id"]: row["turns"] for row in store.respondent_turns(chosen)}
        coded = store.coded_sentences(chosen)
        return aggregate.cooccurrence_table(
            documents, coded, codebook, unit="turn", turns=turns, level="code", seed=seed, draws=draws
        )

    def languages() -> pd.DataFrame:
        coded = store.coded_sentences(chosen)
        return aggregate.language_table(documents, coded, seed=seed, draws=draws, reads=_reads(store, work))

    return {
        "association": association,
        "workshops": workshops,
        "cooccurrence": cooccurrence,
        "saturation": lambda: aggregate.saturation_curve(documents, code_counts, codebook, seed=seed, draws=draws),
        "languages": languages,
        "documents": lambda: aggregate.documents_frame(documents).sort_values("name", ignore_index=True),
        "matrix": lambda: aggregate.matrix_frame(documents, code_counts, codebook),
        "quotes": quotes,
        "facets": lambda: aggregate.facets_frame(store.facets(chosen)),
    }


def _reads(store: Store, work: Workspace) -> dict[str, Literal["model", "cues", "not read"]]:
    """How each language of the store is read: an unread one must not look as if nothing was said in it."""
    from ..read import LANGUAGES

    own = store.codebook()
    try:
        translated = read_translations(work.codebook_path, own, told_apart=LANGUAGES)
    except CodebookError:  # another codebook than the store's lies there: how other languages were read is not known
        return {own.language: "model"}
    return {
        language: "model" if language == own.language else "cues" if language in translated else "not read"
        for language in store.values("language")
    }


@dataclass(frozen=True)
class FigureTables:
    """What figures are drawn from.

    Attributes
    ----------
    frames : mapping of str to DataFrame
        `summary`, `overall`, and where they can be made `cooccurrence` and `saturation`.
    codebook : Codebook
    regions, codes : tuple of str
        Regions to rank, and ids of codes to plot over all regions.
    kinds : mapping of str to int
        Documents of each kind.
    missing : mapping of str to str
    """

    frames: Mapping[str, pd.DataFrame]
    codebook: Codebook
    regions: tuple[str, ...]
    codes: tuple[str, ...]
    kinds: Mapping[str, int]
    missing: Mapping[str, str]


def figure_tables(
    work: Workspace, asked: Filter, *, region: str | None = None, code: str | None = None
) -> FigureTables:
    """The tables that figures show.

    Parameters
    ----------
    work : Workspace
    asked : Filter
        Documents.
    region, code : str or None
        Rank this region, plot this code alone; None = all.

    Returns
    -------
    FigureTables
    """
    from ..store import Filter, Store

    with Store(work.store_path, read_only=True) as store:
        chosen = store.check_filter(asked)
        documents = store.document_rows(chosen)
        if not documents:
            raise SelectionError("No document fits all of these filters. What there is: qualcode status")
        wanted = store.check_filter(Filter(region=region, code=code))
        frames = {
            "summary": summary_frame(store, chosen, work.study.study, by="region", level="code"),
            "overall": summary_frame(store, chosen, work.study.study, by=None, level="code"),
        }
        makers = _makers(store, chosen, work)
        made = _made({name: makers[name] for name in ("cooccurrence", "saturation")})
        codebook = store.codebook()
    return FigureTables(
        frames={**frames, **made.frames},
        codebook=codebook,
        regions=(wanted.region,) if wanted.region else tuple(dict.fromkeys(frames["summary"]["group"])),
        codes=cast("tuple[str, ...]", wanted.code)  # a checked filter has ids
        or tuple(one.id for one in sorted(codebook.codes, key=lambda one: one.number)),
        kinds=Counter(row["kind"] or "unknown" for row in documents),
        missing=made.missing,
    )
