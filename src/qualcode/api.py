"""The Python API: a store in, its tables as DataFrames and its figures out, for notebooks.

``qualcode.open("qualcode.db")`` gives a `StudyStore`. It only reads. The numbers are those of
``qualcode summarize``: same filters, same settings (seed, draws, small groups) of the
``qualcode.toml`` beside the store, same formulas (``docs/method.md``).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, TypedDict, Unpack

import pandas as pd

from . import flow
from .aggregate import audit_frame, codings_frame, documents_frame, quotes_frame, select_quotes
from .codebook import Codebook
from .errors import SelectionError
from .report import StudyReport
from .store import Filter, Store
from .study import DEFAULT_STORE, find_study

if TYPE_CHECKING:
    from matplotlib.figure import Figure

By = Literal["region", "country", "stakeholder_group", "kind", "language", "document"]
Level = Literal["code", "category"]

_KEYS = ["code_number", "code", "code_name", "category", "group", "documents"]
_FREQUENCY = [
    *("documents_not_asked", "documents_unasked", "documents_with_code"),
    *("share_documents", "share_documents_low", "share_documents_high", "segments"),
    *("segments_pending", "documents_pending", "flag"),
]
_EMPHASIS = [
    *("words", "group_words", "share_words", "share_words_low", "share_words_high", "segments_audited"),
    *("share_words_corrected", "share_words_corrected_low", "share_words_corrected_high"),
    *("relative_emphasis", "relative_emphasis_low", "relative_emphasis_high", "relative_emphasis_z", "q_value"),
    *("salience", "intensity", "rank", "top_three", "flag"),
]


class DocumentFilter(TypedDict, total=False):
    """Which documents: each a value as the study writes it, or None for all; `since` is an ISO date."""

    region: str | None
    country: str | None
    stakeholder_group: str | None
    kind: str | None
    since: str | None


class CodingFilter(DocumentFilter, total=False):
    """Which codings: also by code and category (number, id or name), coder and status ("counted": auto or accepted)."""

    code: str | int | Sequence[str | int] | None
    category: str | Sequence[str] | None
    coder: str | None
    status: Literal["auto", "accepted", "pending", "counted"] | None


class SummaryOptions(DocumentFilter, total=False):
    """Options of `StudyStore.summary` that `frequency` and `emphasis` hand on."""

    seed: int | None
    draws: int | None
    small_group: int | None


Value = Literal["share_documents", "share_words", "relative_emphasis"]
FigureName = Literal[
    "heat_map", "forest_plot", "ranking_plot", "frequency_emphasis_map", "cooccurrence_network", "saturation"
]
Table = Literal["association", "workshops", "cooccurrence", "saturation", "languages", "matrix", "facets"]
"""Tables of `StudyStore.table`."""

_UNITS: dict[str, str] = {
    "codings": "a row a sentence and code; probability 0-1",
    "quotes": "a row a passage; probability 0-1",
    "documents": "a row a document; words and segments of respondents",
    "audit": "a row a sentence that a person judged; chance above 0 to 1",
    "matrix": "a row a document, a column a code: 1 raised, 0 not raised, missing: not asked",
    "facets": "a row a sentence and facet; probability 0-1",
}
"""What a row of a list is; statistics say so themselves."""


class StudyStore:
    """A store, read-only; every method gives a DataFrame, but for `figure` and `report`.

    DataFrames are tidy: a row is one thing (a group and code, a sentence and code, a document), the index counts
    0, 1, 2 ... (`compare` and `profile`: after sorting), missing values mean undefined or not known, never 0. Their
    ``attrs`` hold at least `unit` (what numbers count) and `n_documents`; those of statistics also `notes` (what the
    numbers rest on, to stand under a table) and mostly `undefined` (what is missing, and why). Only codings with
    status auto (the machine is sure) and accepted (people say so) count, and only words of respondents.

    Parameters
    ----------
    path : str or Path
        The SQLite file that ``qualcode tag`` wrote.

    Attributes
    ----------
    path : Path
    settings : qualcode.study.Settings
        ``[study]`` of the ``qualcode.toml`` beside the store: seed, draws, small groups.
    codebook : Codebook

    Raises
    ------
    StoreError
        If there is no such store, or it cannot be read.
    StudyError
        If the ``qualcode.toml`` beside the store has faults.

    Examples
    --------
    >>> import qualcode
    >>> with qualcode.open("qualcode.db") as study:  # doctest: +SKIP
    ...     study.frequency(by="region")
    """

    def __init__(self, path: str | Path = DEFAULT_STORE) -> None:
        self.path = Path(path)
        self._study = find_study(self.path.resolve().parent)
        self.settings = self._study.study
        self._store = Store(self.path, read_only=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"StudyStore({str(self.path)!r})"

    def close(self) -> None:
        """Close the file; the DataFrames stay usable."""
        self._store.close()

    @property
    def codebook(self) -> Codebook:
        """The codebook of the current codings."""
        return self._store.codebook()

    def summary(
        self,
        *,
        by: By | None = "region",
        level: Level = "code",
        seed: int | None = None,
        draws: int | None = None,
        small_group: int | None = None,
        **chosen: Unpack[DocumentFilter],
    ) -> pd.DataFrame:
        """Frequency and emphasis, one row per group and code.

        Parameters
        ----------
        by : {"region", "country", "stakeholder_group", "kind", "language", "document"} or None
            What groups the documents; None = one group "all".
        level : {"code", "category"}
            What is counted.
        seed, draws, small_group : int or None
            None = as ``qualcode.toml`` says.
        **chosen : region, country, stakeholder_group, kind, since
            Which documents. The attribute that groups the table chooses rows instead:
            ``summary(by="region", region="Crete")`` is Crete against all other regions.

        Returns
        -------
        DataFrame
            As `qualcode.aggregate.summary_table`: columns and dtypes in
            `qualcode.aggregate.SUMMARY_COLUMNS`, remarks in ``attrs``. Groups in alphabetical order, codes by
            number, a row also where nobody raises the code. The columns `share_words_corrected` are filled where
            a person has judged a random sample of sentences (see `audit`), else missing.

        Raises
        ------
        SelectionError
            For a value that no document has, with the nearest one.
        ValueError
            For an unknown `by` or `level`, or a number out of range.
        """
        asked = {"seed": seed, "bootstrap_draws": draws, "small_group": small_group}
        settings = self.settings.model_copy(update={name: value for name, value in asked.items() if value is not None})
        return flow.summary_frame(self._store, self._store.check_filter(Filter(**chosen)), settings, by=by, level=level)

    def frequency(
        self, *, by: By | None = "region", level: Level = "code", **options: Unpack[SummaryOptions]
    ) -> pd.DataFrame:
        """How many raise each code, one row per group and code.

        Parameters
        ----------
        by, level, **options
            As for `summary`.

        Returns
        -------
        DataFrame
            The columns of `summary` that are about documents and segments: `documents_with_code`
            (int64), `share_documents` with its interval (float64, 0-1), `segments`, the pending ones
            (int64) and `flag`.
        """
        return _columns(self.summary(by=by, level=level, **options), [*_KEYS, *_FREQUENCY])

    def emphasis(
        self, *, by: By | None = "region", level: Level = "code", **options: Unpack[SummaryOptions]
    ) -> pd.DataFrame:
        """How much they dwell on each code, one row per group and code.

        Parameters
        ----------
        by, level, **options
            As for `summary`.

        Returns
        -------
        DataFrame
            The columns of `summary` that are about words: `words`, `group_words`, `segments_audited` (int64),
            `share_words` and `share_words_corrected` (0-1), `relative_emphasis` (log2 odds), their intervals,
            `q_value`, `salience`, `intensity`, `top_three` (float64), `rank` (Int64) and `flag`.
        """
        return _columns(self.summary(by=by, level=level, **options), [*_KEYS, *_EMPHASIS])

    def compare(
        self,
        first: str,
        second: str | None = None,
        *,
        by: str | None = None,
        level: Level = "code",
        **chosen: Unpack[DocumentFilter],
    ) -> pd.DataFrame:
        """Compare two groups of documents, or two codings of the same documents.

        Parameters
        ----------
        first, second : str
            Two regions, countries, stakeholder groups, kinds, languages, codebook versions or coders; `second` None =
            all other documents.
        by : str or None
            Attribute the names belong to; None = the one that has them.
        level : {"code", "category"}
        **chosen
            Which documents take part, as for `summary`.

        Returns
        -------
        DataFrame
            As `qualcode.aggregate.compare_groups` or `qualcode.aggregate.compare_codings`: columns that end in
            `_a` are of `first`, in `_b` of `second`, every difference is a - b; the largest first. And two
            columns of str, `quote_a` and `quote_b`: the most typical passage of each side (missing where there is
            none).

        Raises
        ------
        SelectionError
            For names that are not there, or not of one kind.
        """
        found = flow.compare(self._workspace, Filter(**chosen), first, second, by=by, level=level)
        df = found.frame
        for side, name in zip("ab", found.names, strict=True):
            passages = [found.quotes.get((code, name)) for code in df["code"]]
            df[f"quote_{side}"] = pd.Series([None if p is None else p.text for p in passages], dtype="str")
        return df

    def profile(self, path: str | Path, **chosen: Unpack[DocumentFilter]) -> pd.DataFrame:
        """Test a claim about which groups dwell on which codes.

        Parameters
        ----------
        path : str or Path
            A profile (TOML): two poles, each a list of codes, and which pole a group is said to dwell on. One ships
            in the folder ``profiles`` beside `qualcode.codebook.shipped_codebook`.
        **chosen
            Which documents, as for `summary`.

        Returns
        -------
        DataFrame
            As `qualcode.aggregate.profile_table`: one row a group, by its log ratio. ``attrs["claim"]`` holds the
            test of all groups expected at one pole against those at the other; None where nothing is expected.

        Raises
        ------
        ProfileError
            If the file has faults.
        """
        return flow.check_profile(self._workspace, Filter(**chosen), Path(path)).frame

    def table(self, name: Table, **chosen: Unpack[DocumentFilter]) -> pd.DataFrame:
        """Give one of the further tables of a report.

        Parameters
        ----------
        name : {"association", "workshops", "cooccurrence", "saturation", "languages", "matrix", "facets"}
            Which; see below.
        **chosen
            Which documents, as for `summary`.

        Returns
        -------
        DataFrame
            Columns, units and what is undefined are described with the function in `qualcode.aggregate`:

            - "association" (`association_table`): does it depend on the region how many documents raise a code? A
              row a code; p is withheld, with the `reason`, where the counts are too small;
            - "workshops" (`workshop_table`): what a region's workshops made of what its interviews raised. A row a
              region and code;
            - "cooccurrence" (`cooccurrence_table`): which codes come together in a turn. A row a pair;
            - "saturation" (`saturation_curve`): codes found after so many documents. A row a number of documents;
            - "languages" (`language_table`): how much of each language was coded. A row a language;
            - "matrix" (`matrix_frame`): which document raises which code. Index `document_id`, a column a code;
            - "facets" (`facets_frame`): sentences with a facet (affected party, impact, recommendation ...). A row
              a sentence and facet; empty where the notes were tagged without facets.

        Raises
        ------
        AggregateError
            If the table cannot be made of these documents.
        ValueError
            For another name.
        """
        df = flow.report_table(self._store, self._store.check_filter(Filter(**chosen)), self._workspace, name)
        return _listed(df, name) if name in _UNITS else df

    def audit(self) -> pd.DataFrame:
        """Give the sentences of the random sample that a person has judged, one row each.

        ``qualcode review --audit N`` draws them, and opens the page to judge them; in Python
        `qualcode.flow.draw_audit` and `qualcode.store.Store.save_audit_verdicts`, as in
        ``notebooks/05_check_the_machine.ipynb``.

        Returns
        -------
        DataFrame
            Columns as `qualcode.aggregate.listings.AUDIT_COLUMNS`: `document_id`, `stratum`, `coder` (who judged),
            `machine` and `person` (code ids in the order of their numbers, apart by a blank, "" for none) as str,
            `position` and `words` as int64, `chance` (with which it was drawn, above 0 to 1) as float64: a sentence
            stands for 1 / `chance` sentences. By document name and position; empty without an audit.
        """
        return _listed(audit_frame(self._store.audit_rows()), "audit")

    def figure(
        self,
        name: FigureName,
        *,
        group: str | None = None,
        code: str | int | None = None,
        value: Value = "share_documents",
        **chosen: Unpack[DocumentFilter],
    ) -> Figure:
        """Draw one figure.

        Parameters
        ----------
        name : {"heat_map", "forest_plot", "ranking_plot", "frequency_emphasis_map", "cooccurrence_network",
                "saturation"}
            Code x region; one code over the regions (needs `code`); the codes of one region (needs `group`);
            how many raise a code against how much is said of it; which codes come together; codes found after
            so many documents.
        group : str or None
            The region of a ranking, or of a frequency-emphasis map; the map without it is of all documents.
        code : str, int or None
            The code of a forest plot: number, id or name.
        value : {"share_documents", "share_words", "relative_emphasis"}
            What a heat map or a forest plot shows.
        **chosen
            Which documents, as for `summary`.

        Returns
        -------
        matplotlib.figure.Figure
            Shows itself in a notebook; ``savefig`` writes it.

        Raises
        ------
        SelectionError
            For a value that is not there, or a figure that needs one that is not given.
        """
        from . import present

        needs = {"ranking_plot": group, "forest_plot": code}
        if name in needs and needs[name] is None:
            raise SelectionError(f"{name} needs {'group' if name == 'ranking_plot' else 'code'}=...")
        asked = Filter(**chosen)
        drawn = flow.figure_tables(self._workspace, asked, region=group, code=None if code is None else str(code))
        return present.draw(drawn, name, group=group and drawn.regions[0], code=drawn.codes[0], value=value)

    def report(self, **chosen: Unpack[DocumentFilter]) -> StudyReport:
        """Give everything a report says, as plain values and tables.

        Parameters
        ----------
        **chosen : country, stakeholder_group, kind, since
            Which documents. Not `region`: a report compares regions; choose one when writing.

        Returns
        -------
        StudyReport
            Chapters a region and a category, tables, methods section; ``qualcode.write_report(report,
            "report.docx")`` writes it.

        Raises
        ------
        SelectionError
            If no document fits, or a region is given.
        """
        return flow.study_report(self._workspace, Filter(**chosen))

    @property
    def _workspace(self) -> flow.Workspace:
        return flow.Workspace(self._study, self.path, self._study.codebook_path)

    def codings(self, **chosen: Unpack[CodingFilter]) -> pd.DataFrame:
        """Give current codings, one row per segment and code.

        Parameters
        ----------
        **chosen : region, country, stakeholder_group, kind, since, code, category, coder, status
            Which codings; code by number, id or name, or several of them.

        Returns
        -------
        DataFrame
            Columns as `qualcode.aggregate.CODING_COLUMNS`: text as str, `start`, `end` (code points),
            positions, words, `code_number`, `run` as int64, `probability` of the machine as float64 (0-1; missing where
            people alone gave the code), `is_intense` as bool, `decided_by` as JSON text: a list of names, `evidence`
            likewise: a list of objects with `source`, `detail`, `weight`,
            `start` and `end`. By document name and segment.

        Raises
        ------
        SelectionError
            For a value that does not exist, with the nearest one.
        """
        return _listed(codings_frame(self._store.codings(self._store.check_filter(Filter(**chosen)))), "codings")

    def quotes(
        self, *, per_code: int = 3, max_words: int = 60, min_words: int = 6, **chosen: Unpack[CodingFilter]
    ) -> pd.DataFrame:
        """Give the most typical passages of each code, one row per passage.

        A passage is neighbouring sentences of a turn with the same code; typical is what people accepted, then what
        the machine was surest of.
        Every document has its say before one is quoted twice.

        Parameters
        ----------
        per_code : int
            At most so many passages per code.
        max_words, min_words : int
            A longer passage loses its less sure end; a shorter one is left out.
        **chosen
            As for `codings`; only codings that count are quoted.

        Returns
        -------
        DataFrame
            One column per field of `qualcode.aggregate.Passage`; see `quotes_frame` there.

        Raises
        ------
        SelectionError
            For a value that does not exist, with the nearest one.
        """
        rows = self._store.codings(self._store.check_filter(Filter(**chosen)))
        passages = select_quotes(rows, per_code=per_code, max_words=max_words, min_words=min_words)
        return _listed(quotes_frame(passages), "quotes")

    def documents(self, **chosen: Unpack[DocumentFilter]) -> pd.DataFrame:
        """Give current documents, one row each, by name.

        Parameters
        ----------
        **chosen : region, country, stakeholder_group, kind, since
            Which documents.

        Returns
        -------
        DataFrame
            Columns as `qualcode.aggregate.DOCUMENT_COLUMNS`: text as str, missing where not known;
            `words` and `segments` of respondents as int64.

        Raises
        ------
        SelectionError
            For a value that no document has, with the nearest one.
        """
        rows = self._store.document_rows(self._store.check_filter(Filter(**chosen)))
        return _listed(documents_frame(rows).sort_values("name", ignore_index=True), "documents")


def write_report(report: StudyReport, path: str | Path, region: str | None = None) -> Path:
    """Write a report as a file; see `qualcode.write_report`."""
    from . import present

    path = Path(path)
    if region is None:
        present.write_cross_regional(report, path)
    else:
        present.write_regional(report, path, region=region, template=None)
    return path


def _columns(df: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    columns = df[names]
    columns.attrs = df.attrs
    return columns


def _listed(df: pd.DataFrame, name: str) -> pd.DataFrame:
    df.attrs = {"unit": _UNITS[name], "n_documents": df.get("document_id", df.index).nunique()}
    return df
