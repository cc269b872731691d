"""The Python API: a store in, its tables as DataFrames out, for notebooks.

``qualcode.open("qualcode.db")`` gives a `StudyStore`. It only reads. The numbers are those of
``qualcode summarize``: same filters, same settings (seed, draws, small groups) of the
``qualcode.toml`` beside the store, same formulas (``docs/method.md``).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypedDict, Unpack

import pandas as pd

from .aggregate import codings_frame, documents_frame, quotes_frame, select_quotes
from .codebook import Codebook
from .flow import summary_frame
from .store import Filter, Store
from .study import DEFAULT_STORE, find_study

By = Literal["region", "country", "stakeholder_group", "kind", "language", "document"]
Level = Literal["code", "category"]

_KEYS = ["code_number", "code", "code_name", "category", "group", "documents"]
_FREQUENCY = [
    *("documents_with_code", "share_documents", "share_documents_low", "share_documents_high", "segments"),
    *("segments_pending", "documents_pending", "flag"),
]
_EMPHASIS = [
    *("words", "group_words", "share_words", "share_words_low", "share_words_high"),
    *("relative_emphasis", "relative_emphasis_low", "relative_emphasis_high", "q_value"),
    *("salience", "intensity", "rank", "flag"),
]


class DocumentFilter(TypedDict, total=False):
    """Which documents: each a value as the study writes it, or None for all; `since` is an ISO date."""

    region: str | None
    country: str | None
    stakeholder_group: str | None
    kind: str | None
    since: str | None


class CodingFilter(DocumentFilter, total=False):
    """Which codings: also by code and category (number, id or name), coder and status."""

    code: str | int | Sequence[str | int] | None
    category: str | Sequence[str] | None
    coder: str | None
    status: Literal["auto", "pending"] | None


class SummaryOptions(DocumentFilter, total=False):
    """Options of `StudyStore.summary` that `frequency` and `emphasis` hand on."""

    seed: int | None
    draws: int | None
    small_group: int | None


class StudyStore:
    """A store, read-only; every method gives a DataFrame.

    Parameters
    ----------
    path : str or Path
        The SQLite file that ``qualcode tag`` wrote.

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
        self.settings = find_study(self.path.resolve().parent).study
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
            `qualcode.aggregate.SUMMARY_COLUMNS`, remarks in ``attrs``.

        Raises
        ------
        SelectionError
            For a value that no document has, with the nearest one.
        ValueError
            For an unknown `by` or `level`, or a number out of range.
        """
        asked = {"seed": seed, "bootstrap_draws": draws, "small_group": small_group}
        settings = self.settings.model_copy(update={name: value for name, value in asked.items() if value is not None})
        return summary_frame(self._store, self._store.check_filter(Filter(**chosen)), settings, by=by, level=level)

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
            The columns of `summary` that are about words: `words`, `group_words` (int64),
            `share_words` (0-1), `relative_emphasis` (log2 odds), their intervals, `q_value`,
            `salience`, `intensity` (float64), `rank` (Int64) and `flag`.
        """
        return _columns(self.summary(by=by, level=level, **options), [*_KEYS, *_EMPHASIS])

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
            positions, words, `code_number`, `run` as int64, `probability` as float64 (0-1),
            `is_intense` as bool, `evidence` as JSON text. By document name and segment.

        Raises
        ------
        SelectionError
            For a value that does not exist, with the nearest one.
        """
        return codings_frame(self._store.codings(self._store.check_filter(Filter(**chosen))))

    def quotes(
        self, *, per_code: int = 3, max_words: int = 60, min_words: int = 6, **chosen: Unpack[CodingFilter]
    ) -> pd.DataFrame:
        """Give the most typical passages of each code, one row per passage.

        Parameters
        ----------
        per_code : int
            At most so many passages per code.
        max_words, min_words : int
            How long a passage is.
        **chosen
            As for `codings`; only codings with status auto are quoted.

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
        return quotes_frame(select_quotes(rows, per_code=per_code, max_words=max_words, min_words=min_words))

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
        return documents_frame(rows).sort_values("name", ignore_index=True)


def _columns(df: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    columns = df[names]
    columns.attrs = df.attrs
    return columns
