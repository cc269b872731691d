"""Two states of a store in, what changed from one to the other out: codings and tables, per region and code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..codebook import Codebook
from .counts import ALL, MISSING, Column, Counts, Floats, tally
from .emphasis import emphasis
from .frames import Rows
from .frequency import frequency
from .layout import CODE_COLUMNS, code_columns, typed_frame

RECODED_COLUMNS: dict[str, str] = {
    **CODE_COLUMNS,
    "group": "str",
    "codings_before": "int64",
    "codings_after": "int64",
    "unchanged": "int64",
    "added": "int64",
    "removed": "int64",
    "waiting_before": "int64",
    "waiting_after": "int64",
    "share_documents_before": "float64",
    "share_documents_after": "float64",
    "change_documents": "float64",
    "share_words_before": "float64",
    "share_words_after": "float64",
    "change_words": "float64",
    "rank_before": "Int64",
    "rank_after": "Int64",
}
"""Columns of `recoding_table` and their dtypes."""

_NUMBERS = ("share_documents", "share_words", "rank")


@dataclass(frozen=True)
class Held:
    """A coding that counts or waits.

    Attributes
    ----------
    region : str or None
    code : str
        Code id.
    place : hashable
        Its sentence; equal before and after where the sentence is the same one.
    waits : bool
    """

    region: str | None
    code: str
    place: Hashable
    waits: bool = False


@dataclass(frozen=True)
class CodedState:
    """A store at one time.

    Attributes
    ----------
    documents, code_counts : sequence of mapping
        As for `qualcode.aggregate.summary_table`. Counts of codes that `codebook` lacks are left out.
    codings : sequence of Held
    codebook : Codebook
    """

    documents: Rows
    code_counts: Rows
    codings: Sequence[Held]
    codebook: Codebook


def recoding_table(before: CodedState, after: CodedState) -> pd.DataFrame:
    """What changed in the codings and in the tables.

    Parameters
    ----------
    before, after : CodedState

    Returns
    -------
    DataFrame
        One row per region and code that one of the codebooks has, first all regions together ("all"); codes by number,
        then those that only the older codebook has. Columns and dtypes as in `RECODED_COLUMNS`: codings that count
        and how many of these stayed, came and went; those that wait; shares (0-1) of documents and of words with
        their change, after - before; rank by share of words. A share is nan, a rank NA, on a side without the code,
        documents or words.
    """
    columns = tuple(Column(c.id, c.number, c.name, b.category_of[c.id].id) for c, b in _codes(before, after))
    tables = [_table(state, columns) for state in (before, after)]
    regions = sorted({*tables[0], *tables[1]} - {ALL, MISSING})
    groups = [ALL, *regions, *({MISSING} & {*tables[0], *tables[1]})]
    counts = _changes(before.codings, after.codings)
    blank = {name: np.full(len(columns), np.nan) for name in _NUMBERS}
    parts = []
    for group in groups:
        a, b = (table.get(group, blank) for table in tables)
        content: dict[str, Any] = {**code_columns(columns), "group": [group] * len(columns)}
        content |= {name: [found[group, column.id] for column in columns] for name, found in counts.items()}
        content |= {f"{name}_{end}": side[name] for name in _NUMBERS for end, side in (("before", a), ("after", b))}
        content |= {f"change_{what}": b[f"share_{what}"] - a[f"share_{what}"] for what in ("documents", "words")}
        parts.append(typed_frame(content, RECODED_COLUMNS))
    return pd.concat(parts, ignore_index=True)


def _codes(before: CodedState, after: CodedState) -> list[tuple[Any, Codebook]]:
    new = [(code, after.codebook) for code in sorted(after.codebook.codes, key=lambda code: code.number)]
    old = sorted(before.codebook.codes, key=lambda code: code.number)
    return [*new, *((code, before.codebook) for code in old if code.id not in after.codebook.by_id)]


def _table(state: CodedState, columns: Sequence[Column]) -> Mapping[str, Mapping[str, Floats]]:
    """Shares and ranks by group, over the columns of both sides."""
    counted = [row for row in state.code_counts if row["code_id"] in state.codebook.by_id]
    found: dict[str, dict[str, Floats]] = {}
    for by in (None, "region") if state.documents else ():
        counts = tally(state.documents, counted, (), state.codebook, by=by, level="code")
        numbers = {**frequency(counts), **emphasis(counts, None)}
        for place, group in enumerate(counts.groups):
            found[group] = {name: _over(numbers[name][place], counts, columns) for name in _NUMBERS}
    return found


def _over(values: Any, counts: Counts, columns: Sequence[Column]) -> Floats:
    at = {column.id: place for place, column in enumerate(counts.columns)}
    return np.array([float(values[at[column.id]]) if column.id in at else np.nan for column in columns])


def _changes(before: Iterable[Held], after: Iterable[Held]) -> dict[str, Counter[tuple[str, str]]]:
    """Numbers of codings by group and code."""
    (held, waiting), (holds, waits) = _parted(before), _parted(after)
    return {
        "codings_before": _count(held),
        "codings_after": _count(holds),
        "unchanged": _count(held & holds),
        "added": _count(holds - held),
        "removed": _count(held - holds),
        "waiting_before": _count(waiting),
        "waiting_after": _count(waits),
    }


def _parted(codings: Iterable[Held]) -> tuple[set[Held], set[Held]]:
    """Those that count, and those that wait."""
    every = set(codings)
    waits = {one for one in every if one.waits}
    return every - waits, waits


def _count(codings: Collection[Held]) -> Counter[tuple[str, str]]:
    counts = Counter((one.region or MISSING, one.code) for one in codings)
    counts.update((ALL, one.code) for one in codings)
    return counts
