"""Checked frames in, matrices documents x codes out: the form every statistic computes on.

`tally` puts each document in its group and spreads the counts over a matrix with one row per
document (in the order of `documents_frame`) and one column per code or category (ordered as people number
them), so that a code nobody raised is a column of zeros and not a gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..codebook import Codebook
from ..errors import AggregateError
from .asked import asked_matrix
from .frames import Rows, Unit, check_counts, counts_frame, documents_frame

By = Literal["region", "country", "stakeholder_group", "kind", "language", "document"]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

GROUPINGS: tuple[By, ...] = ("region", "country", "stakeholder_group", "kind", "language", "document")
ALL = "all"
"""Name of the one group of a table that is not split."""
MISSING = "(missing)"
"""Name of the group of documents whose attribute is not known."""


@dataclass(frozen=True)
class Column:
    """What one column of the matrices counts.

    Attributes
    ----------
    id : str
        Code id or category id.
    number : int or None
        The code's number; None for a category.
    name : str
        As people read it.
    category : str
        Category id.
    """

    id: str
    number: int | None
    name: str
    category: str


@dataclass(frozen=True)
class Counts:
    """All a table needs, as matrices; D documents, U codes or categories, G groups.

    Attributes
    ----------
    columns : tuple of Column, length U
    document_ids : tuple of str, length D
    groups : tuple of str, length G
        In alphabetical order, `MISSING` last.
    group_of : int64 array, shape (D,)
        Which group each document is in.
    document_words : int64 array, shape (D,)
        Words of respondents.
    segments, words, intense : int64 arrays, shape (D, U)
        Segments with the code, words in them, and those of the segments that hold an intensity
        marker; status auto only.
    first : float array, shape (D, U)
        Position of the first segment with the code; nan where the document does not raise it.
    pending : int64 array, shape (D, U)
        Segments whose coding waits for a person.
    asked : bool array, shape (D, U)
        Whether the document was asked about the code. Where not, all the above are 0 (nan).
    unasked : int64 array, shape (D, U)
        Segments with a code the document was not asked about; in no other number.
    """

    columns: tuple[Column, ...]
    document_ids: tuple[str, ...]
    groups: tuple[str, ...]
    group_of: Integers
    document_words: Integers
    segments: Integers
    words: Integers
    intense: Integers
    first: Floats
    pending: Integers
    asked: NDArray[np.bool_]
    unasked: Integers

    @property
    def membership(self) -> Integers:
        """1 where a document is in a group, shape (G, D): ``membership @ words`` sums within groups."""
        same: NDArray[np.bool_] = np.arange(len(self.groups))[:, None] == self.group_of[None, :]
        return same.astype(np.int64)

    @property
    def documents(self) -> Integers:
        """Documents in each group, shape (G,)."""
        return np.bincount(self.group_of, minlength=len(self.groups)).astype(np.int64)

    @property
    def group_words(self) -> Integers:
        """Words of respondents in each group, shape (G,)."""
        words: Integers = self.membership @ self.document_words
        return words

    @property
    def asked_documents(self) -> Integers:
        """Documents of each group that were asked about each code, shape (G, U)."""
        documents: Integers = self.membership @ self.asked
        return documents

    @property
    def asked_words(self) -> Integers:
        """Words of respondents who were asked about each code, shape (D, U), or (D, 1) where all were asked all."""
        words = self.document_words[:, None]
        return words if self.asked.all() else words * self.asked


def tally(
    documents: Rows, code_counts: Rows, category_counts: Rows, codebook: Codebook, *, by: str | None, level: Unit
) -> Counts:
    """Check the rows and spread them over matrices.

    Parameters
    ----------
    documents, code_counts, category_counts : sequence of mapping
        As in `summary_table`; only the counts of `level` are read.
    codebook : Codebook
    by : str or None
        One of `GROUPINGS`, or None for one group `ALL`.
    level : {"code", "category"}

    Returns
    -------
    Counts

    Raises
    ------
    ValueError
        For an unknown `by` or `level`.
    AggregateError
        For rows that do not have the shape a table needs.
    """
    columns = table_columns(codebook, level=level)
    frame = documents_frame(documents)
    counted = counts_frame(code_counts if level == "code" else category_counts, unit=level)
    check_counts(counted, frame, [column.id for column in columns], unit=level)
    groups, group_of = _grouped(frame, by)
    rows = pd.Index(frame["document_id"]).get_indexer(pd.Index(counted["document_id"]))
    cells = pd.Index([column.id for column in columns]).get_indexer(pd.Index(counted["unit_id"]))
    auto = (counted["status"] == "auto").to_numpy(dtype=bool)
    asked = asked_matrix(frame, [column.id for column in columns], codebook, level=level)

    def spread(name: str, chosen: NDArray[np.bool_], empty: float = 0) -> Floats:
        matrix = np.full((len(frame), len(columns)), empty, dtype=np.float64)
        matrix[rows[chosen], cells[chosen]] = counted[name].to_numpy(dtype=np.float64)[chosen]
        return matrix

    def spread_asked(name: str, chosen: NDArray[np.bool_]) -> Integers:
        return (spread(name, chosen) * asked).astype(np.int64)

    return Counts(
        columns=columns,
        document_ids=tuple(frame["document_id"]),
        groups=groups,
        group_of=group_of,
        document_words=frame["words"].to_numpy(dtype=np.int64),
        segments=spread_asked("segments", auto),
        words=spread_asked("words", auto),
        intense=spread_asked("intense_segments", auto),
        first=np.where(asked, spread("first_position", auto, empty=np.nan), np.nan),
        pending=spread_asked("segments", ~auto),
        asked=asked,
        unasked=(spread("segments", auto) * ~asked).astype(np.int64),
    )


def table_columns(codebook: Codebook, *, level: Unit) -> tuple[Column, ...]:
    """List the codes by number, or the categories in the codebook's order.

    Raises
    ------
    ValueError
        For an unknown `level`.
    """
    if level == "category":
        return tuple(Column(c.id, None, c.name, c.id) for c in codebook.categories)
    if level != "code":
        raise ValueError(f'`level` must be "code" or "category". Got {level!r} instead.')
    codes = sorted(codebook.codes, key=lambda code: code.number)
    return tuple(Column(code.id, code.number, code.name, codebook.category_of[code.id].id) for code in codes)


def _grouped(documents: pd.DataFrame, by: str | None) -> tuple[tuple[str, ...], Integers]:
    if by is None:
        return (ALL,), np.zeros(len(documents), dtype=np.int64)
    if by not in GROUPINGS:
        raise ValueError(f"`by` must be one of {', '.join(GROUPINGS)}, or None. Got {by!r} instead.")
    of_document = documents["name" if by == "document" else by]
    named = sorted(set(of_document.dropna()))
    if MISSING in named:
        raise AggregateError(
            f'documents: {by} is written "{MISSING}", the name of the group without one. Leave it empty.'
        )
    groups = (*named, MISSING) if of_document.isna().any() else tuple(named)
    index = {group: number for number, group in enumerate(groups)}
    filled: Sequence[str] = of_document.where(of_document.notna(), MISSING).tolist()
    return groups, np.array([index[group] for group in filled], dtype=np.int64)
