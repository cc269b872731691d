"""Every table of a report, from one store and one filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from ..codebook import Codebook
from ..errors import AggregateError, SelectionError
from ..study import Settings
from .results import summary_frame
from .workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from ..store import Filter, Store


@dataclass(frozen=True)
class ReportTables:
    """Tables by name (see `qualcode.report.StudyReport`), and why others are missing."""

    frames: Mapping[str, pd.DataFrame]
    missing: Mapping[str, str]


def report_tables(store: Store, chosen: Filter, settings: Settings) -> ReportTables:
    """Compute every table of a report.

    Parameters
    ----------
    store : Store
    chosen : Filter
        As `Store.check_filter` gives it, without code and category.
    settings : Settings
        Seed, draws, small groups.

    Returns
    -------
    ReportTables
        A table that cannot be made for these documents is in `missing` with the reason.
    """
    frames: dict[str, pd.DataFrame] = {
        "summary": summary_frame(store, chosen, settings, by="region", level="code"),
        "categories": summary_frame(store, chosen, settings, by="region", level="category"),
        "overall": summary_frame(store, chosen, settings, by=None, level="code"),
    }
    missing: dict[str, str] = {}
    for name, make in _makers(store, chosen, settings).items():
        try:
            frames[name] = make()
        except AggregateError as error:
            missing[name] = str(error)
    return ReportTables(frames, missing)


def report_table(store: Store, chosen: Filter, settings: Settings, name: str) -> pd.DataFrame:
    """One table of a report beside the summaries.

    Parameters
    ----------
    store, chosen, settings
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
    makers = _makers(store, chosen, settings)
    if name not in makers:
        raise ValueError(f"`name` must be one of {', '.join(makers)}. Got {name!r} instead.")
    return makers[name]()


def _makers(store: Store, chosen: Filter, settings: Settings) -> dict[str, Callable[[], pd.DataFrame]]:
    """What makes each table, not made yet."""
    from .. import aggregate

    codebook = store.codebook()
    documents, code_counts = store.document_rows(chosen), store.code_counts(chosen)
    seed, draws = settings.seed, settings.bootstrap_draws

    def association() -> pd.DataFrame:
        categories = store.category_counts(chosen)
        return aggregate.association_table(documents, code_counts, categories, codebook, by="region", level="code")

    def workshops() -> pd.DataFrame:
        categories = store.category_counts(chosen)
        return aggregate.workshop_table(documents, code_counts, categories, codebook, by="region", level="code")

    def cooccurrence() -> pd.DataFrame:
        turns = {row["document_id"]: row["turns"] for row in store.respondent_turns(chosen)}
        coded = store.coded_sentences(chosen)
        return aggregate.cooccurrence_table(
            documents, coded, codebook, unit="turn", turns=turns, level="code", seed=seed, draws=draws
        )

    return {
        "association": association,
        "workshops": workshops,
        "cooccurrence": cooccurrence,
        "saturation": lambda: aggregate.saturation_curve(documents, code_counts, codebook, seed=seed, draws=draws),
        "languages": lambda: aggregate.language_table(documents, store.coded_sentences(chosen), seed=seed, draws=draws),
        "documents": lambda: aggregate.documents_frame(documents).sort_values("name", ignore_index=True),
        "matrix": lambda: aggregate.matrix_frame(documents, code_counts, codebook),
        "quotes": lambda: aggregate.passages_frame(store.codings(replace(chosen, status="auto")), codebook),
        "facets": lambda: aggregate.facets_frame(store.facets(chosen)),
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
        tables = report_tables(store, chosen, work.study.study)
        codebook = store.codebook()
    return FigureTables(
        frames=tables.frames,
        codebook=codebook,
        regions=(wanted.region,) if wanted.region else tuple(dict.fromkeys(tables.frames["summary"]["group"])),
        codes=cast("tuple[str, ...]", wanted.code)  # a checked filter has ids
        or tuple(one.id for one in sorted(codebook.codes, key=lambda one: one.number)),
        kinds=Counter(row["kind"] or "unknown" for row in documents),
        missing=tables.missing,
    )
