"""Rows of the store in, checked DataFrames out; the only door through which rows become frames.

In: lists of mappings as the store returns them (one per document; one per document, code and
status). Out: DataFrames with fixed columns, dtypes and order, whatever the order of the rows.
Everything a table relies on is checked here, so that a wrong row is an `AggregateError` that
names it and never a wrong number. Text is asked for as "str": dtype `str` from pandas 3 on (missing is
nan), `object` in pandas 2 (missing is None); ask with ``isna()``, which holds for both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import pandas as pd

from ..errors import AggregateError

Rows = Sequence[Mapping[str, Any]]
Unit = Literal["code", "category"]
Content = Literal["text", "text or missing", "count", "share or missing", "flag"]

DOCUMENT_COLUMNS: dict[str, Content] = {
    "document_id": "text",
    "name": "text",
    "region": "text or missing",
    "country": "text or missing",
    "stakeholder_group": "text or missing",
    "kind": "text or missing",
    "date": "text or missing",
    "language": "text or missing",
    "words": "count",
    "segments": "count",
    "topics_asked": "text or missing",
}
"""What a row of documents holds; `words` and `segments` are those of respondents, `topics_asked` may be left out."""

CODING_COLUMNS: dict[str, Content] = {
    "document_id": "text",
    "document": "text",
    "region": "text or missing",
    "country": "text or missing",
    "stakeholder_group": "text or missing",
    "kind": "text or missing",
    "date": "text or missing",
    "language": "text or missing",
    "speaker": "text or missing",
    "role": "text",
    "turn": "count",
    "position": "count",
    "start": "count",
    "end": "count",
    "text": "text",
    "words": "count",
    "code_number": "count",
    "code": "text",
    "category": "text",
    "probability": "share or missing",
    "status": "text",
    "is_intense": "flag",
    "coder": "text",
    "decided_by": "text",
    "evidence": "text",
    "codebook_version": "text",
    "run": "count",
}
"""What a row of codings holds: one segment with one code, and where it comes from. `probability` is that of the machine
(missing: people alone gave the code); `decided_by`, a JSON list of people, may be left out."""

_COUNT_COLUMNS: dict[str, Content] = {
    "status": "text",
    "segments": "count",
    "words": "count",
    "intense_segments": "count",
    "first_position": "count",
}
_STATUSES = ("auto", "pending")
_SHOWN = 3


def documents_frame(rows: Rows) -> pd.DataFrame:
    """Check documents, one row each, in the one order that every random draw goes by.

    Parameters
    ----------
    rows : sequence of mapping
        Keys as in `DOCUMENT_COLUMNS`; further keys are ignored. Missing attributes are None.

    Returns
    -------
    DataFrame
        Index 0, 1 ...; columns `DOCUMENT_COLUMNS`; text as str (missing stays missing), counts as int64. By words,
        then segments, region (missing last) and `document_id`: an order that a team can tell without telling its ids.

    Raises
    ------
    AggregateError
        For a missing column, a value of the wrong type, or a document that is there twice.

    Examples
    --------
    >>> row = dict(document_id="b2:1", name="a.txt", region="Crete", country=None, stakeholder_group=None,
    ...            kind="interview", date=None, language="en", words=900, segments=80)
    >>> documents_frame([row])[["name", "region", "words"]].values.tolist()
    [['a.txt', 'Crete', 900]]
    """
    df = checked_frame([{"topics_asked": None, **row} for row in rows], DOCUMENT_COLUMNS, "documents")
    refuse_doubles(df, ["document_id"], "documents")
    return df.sort_values(["words", "segments", "region", "document_id"], ignore_index=True)


def codings_frame(rows: Rows) -> pd.DataFrame:
    """Check codings, one row each, in the order of the rows.

    Parameters
    ----------
    rows : sequence of mapping
        Keys as in `CODING_COLUMNS`; further keys are ignored.

    Returns
    -------
    DataFrame
        Index 0, 1 ...; columns `CODING_COLUMNS`; text as str (missing stays missing), counts as
        int64, `probability` as float64 (0-1; nan where people alone gave the code), `is_intense` as bool,
        `decided_by` and `evidence` as JSON text.

    Raises
    ------
    AggregateError
        For a missing column or a value of the wrong type.
    """
    return checked_frame([{"decided_by": "[]", **row} for row in rows], CODING_COLUMNS, "codings")


def counts_frame(rows: Rows, *, unit: Unit) -> pd.DataFrame:
    """Check counts per document, code (or category) and status.

    Parameters
    ----------
    rows : sequence of mapping
        Keys `document_id`, `code_id` (`category_id` for categories), `status`, `segments`, `words`,
        `intense_segments`, `first_position`; further keys are ignored.
    unit : {"code", "category"}
        What is counted.

    Returns
    -------
    DataFrame
        Columns as the keys, with `unit_id` for the code or category; ordered by document, unit and
        status; counts as int64.

    Raises
    ------
    AggregateError
        For a missing column, a value of the wrong type, an unknown status, more intense segments
        than segments, or a row that is there twice.
    """
    what, key = f"{unit}_counts", f"{unit}_id"
    df = checked_frame(rows, {"document_id": "text", key: "text", **_COUNT_COLUMNS}, what)
    keys = ["document_id", key, "status"]
    refuse_doubles(df, keys, what)
    wrong = df.loc[~df["status"].isin(_STATUSES), "status"]
    if len(wrong):
        raise AggregateError(f'{what}: status is {" or ".join(_STATUSES)}. Found "{wrong.iloc[0]}".')
    if (df["intense_segments"] > df["segments"]).any():
        raise AggregateError(f"{what}: a row has more intense_segments than segments.")
    return df.sort_values(keys, ignore_index=True).rename(columns={key: "unit_id"})


def check_counts(counts: pd.DataFrame, documents: pd.DataFrame, known: Sequence[str], *, unit: Unit) -> None:
    """Refuse counts that do not fit the documents or the codebook.

    Parameters
    ----------
    counts, documents : DataFrame
        From `counts_frame` and `documents_frame`.
    known : sequence of str
        Ids of the codebook.
    unit : {"code", "category"}
        For the message.

    Raises
    ------
    AggregateError
        For a document or an id nobody knows, or more words with a code than the document has.
    """
    what = f"{unit}_counts"
    strangers = sorted(set(counts["document_id"]) - set(documents["document_id"]))
    if strangers:
        raise AggregateError(f"{what}: {listed_some(strangers)} not among the documents. Use one selection for both.")
    unknown = sorted(set(counts["unit_id"]) - set(known))
    if unknown:
        raise AggregateError(
            f"{what}: {listed_some(unknown)} not in the codebook. Part of the store was coded with another codebook; "
            "run: qualcode tag --retag"
        )
    joined = counts.merge(documents, on="document_id", suffixes=("", "_all"))
    for column in ("words", "segments"):
        over = joined[joined[column] > joined[f"{column}_all"]]
        if len(over):
            row = over.iloc[0]
            raise AggregateError(
                f'{what}: "{row["name"]}" has {row[column]} {column} with {row["unit_id"]}, '
                f"but only {row[f'{column}_all']} {column} of respondents."
            )


def checked_frame(rows: Rows, columns: Mapping[str, Content], what: str) -> pd.DataFrame:
    """Rows as a frame with these columns, each value checked; `what` names the table in an error."""
    for number, row in enumerate(rows):
        missing = [name for name in columns if name not in row]
        if missing:
            raise AggregateError(f"{what}: row {number} lacks {', '.join(missing)}.")
    return pd.DataFrame(
        {
            name: _checked_column([row[name] for row in rows], content, f"{what}: {name}")
            for name, content in columns.items()
        }
    )


def _checked_column(values: list[Any], content: Content, where: str) -> pd.Series[Any]:
    is_right, meaning, dtype = _CONTENTS[content]
    for value in values:
        if not is_right(value):
            raise AggregateError(f"{where} is {meaning}. Found {value!r}.")
    column: pd.Series[Any] = pd.Series(values, dtype=dtype)
    return column


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_CONTENTS: dict[Content, tuple[Callable[[Any], bool], str, Any]] = {
    "text": (lambda v: isinstance(v, str), "text", "str"),
    "text or missing": (lambda v: v is None or isinstance(v, str), "text or missing", "str"),
    "count": (lambda v: _is_number(v) and isinstance(v, int) and v >= 0, "a whole number, 0 or more", "int64"),
    "share or missing": (
        lambda v: v is None or (_is_number(v) and 0 <= v <= 1),
        "a number from 0 to 1, or missing",
        "float64",
    ),
    "flag": (lambda v: v in (0, 1), "0 or 1", "bool"),
}
"""For each content: whether a value is right, how to say it, and the column's dtype."""


def refuse_doubles(df: pd.DataFrame, keys: list[str], what: str) -> None:
    """Refuse two rows with the same keys; `what` names the table in the error."""
    doubled = df[df.duplicated(keys)]
    if len(doubled):
        named = ", ".join(str(doubled.iloc[0][key]) for key in keys)
        raise AggregateError(f"{what}: there are two rows for {named}.")


def listed_some(names: Sequence[str]) -> str:
    """The first names of a list with the verb that fits, for a message: "a, b, c and 4 more are"."""
    shown = ", ".join(names[:_SHOWN])
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{shown}{more} {'is' if len(names) == 1 else 'are'}"
