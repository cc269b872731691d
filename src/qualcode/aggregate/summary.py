"""Rows of the store in, the two tables of a study out: frequency and emphasis by code and group.

`summary_table` checks the rows, counts, and lays every number out as one row per group and code;
`cross_regional` turns that into the compact code x group table for a terminal. What a number means
and when it is undefined stands in ``docs/method.md`` and, for the table at hand, in its ``attrs``.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from ..codebook import Codebook
from ..errors import AggregateError
from .audit import AuditSums, audit_notes, corrected_shares, no_audit
from .bootstrap import resample
from .counts import MISSING, Counts, Floats, Integers, tally
from .emphasis import emphasis
from .frames import Rows, Unit
from .frequency import frequency
from .layout import typed_frame
from .relative import relative_emphasis
from .remarks import notes, undefined

SUMMARY_COLUMNS: dict[str, str] = {
    "code_number": "Int64",
    "code": "str",
    "code_name": "str",
    "category": "str",
    "group": "str",
    "documents": "int64",
    "documents_not_asked": "int64",
    "documents_unasked": "int64",
    "documents_with_code": "int64",
    "share_documents": "float64",
    "share_documents_low": "float64",
    "share_documents_high": "float64",
    "segments": "int64",
    "words": "int64",
    "group_words": "int64",
    "share_words": "float64",
    "share_words_low": "float64",
    "share_words_high": "float64",
    "segments_audited": "int64",
    "share_words_corrected": "float64",
    "share_words_corrected_low": "float64",
    "share_words_corrected_high": "float64",
    "relative_emphasis": "float64",
    "relative_emphasis_low": "float64",
    "relative_emphasis_high": "float64",
    "relative_emphasis_z": "float64",
    "q_value": "float64",
    "salience": "float64",
    "intensity": "float64",
    "rank": "Int64",
    "top_three": "float64",
    "segments_pending": "int64",
    "documents_pending": "int64",
    "flag": "str",
}
"""Columns of `summary_table` and their dtypes; a missing float is nan, a missing Int64 is NA.

"str" is what pandas makes of it: dtype `str` from pandas 3, `object` in pandas 2 (see `frames`).
"""

UNIT = "frequency: documents; emphasis: words of respondents; shares 0-1; relative emphasis: log2 odds"


def summary_table(
    documents: Rows,
    code_counts: Rows,
    category_counts: Rows,
    codebook: Codebook,
    *,
    by: str | None,
    level: Unit,
    seed: int,
    draws: int = 2000,
    small_group: int = 5,
    audit: Rows | AuditSums = (),
    machine_counts: Rows | None = None,
) -> pd.DataFrame:
    """Frequency of and emphasis on each code, per group.

    Parameters
    ----------
    documents : sequence of mapping
        One per current document: `document_id`, `name`, `region`, `country`, `stakeholder_group`,
        `kind`, `date`, `language`, `words` and `segments` of respondents.
    code_counts, category_counts : sequence of mapping
        One per document, code (category) and status ("auto" or "pending"): `document_id`, `code_id`
        (`category_id`), `status`, `segments`, `words`, `intense_segments`, `first_position`.
        In `category_counts` a segment with two codes of a category counts once.
    codebook : Codebook
        Which codes there are, and their order.
    by : {"region", "country", "stakeholder_group", "kind", "language", "document"} or None
        What groups the documents; None = one group "all". Documents without the attribute form the
        group "(missing)".
    level : {"code", "category"}
        What is counted.
    seed : int
        Seed of the bootstrap and of the regroupings behind `q_value`, 0 or more.
    draws : int
        Draws of the bootstrap, and regroupings; 1 or more.
    small_group : int
        Groups with fewer documents are flagged.
    audit : sequence of mapping, or AuditSums
        Sentences drawn for a person to judge, as in `qualcode.aggregate.audit.corrected_shares`; empty = none.
    machine_counts : sequence of mapping or None
        Counts of `level` by the machine alone, for the correction by the audit; None = no person has changed any
        count. Codings that people decided on count in all other columns.

    Returns
    -------
    DataFrame
        One row per group and code, also where nobody raises it; groups in alphabetical order
        ("(missing)" last), codes by number, categories in the codebook's order. Columns and dtypes
        as in `SUMMARY_COLUMNS`. For categories `code` and `category` are the category's id and
        `code_number` is missing. Shares are 0-1. Only status auto counts; pending codings
        are in `segments_pending` and `documents_pending` alone.

        ``attrs``: `unit`, `by`, `level`, `seed`, `draws`, `small_group`, `n_documents`, all documents and
        words of each group (`group_documents`, `group_words`; a row may count fewer, see topics_asked), and two
        lists of sentences: `notes` (what the numbers count, to stand under a table) and `undefined` (which
        are missing, and why).

    Raises
    ------
    ValueError
        For an unknown `by` or `level`, or `draws`, `seed`, `small_group` out of range.
    AggregateError
        For rows that do not have the shape a table needs.

    Notes
    -----
    The formulas are in ``docs/method.md``. The result does not depend on the order of the rows.
    """
    for name, value, least in (("seed", seed, 0), ("draws", draws, 1), ("small_group", small_group, 0)):
        if value < least:
            raise ValueError(f"`{name}` of `summary_table` must be an int >= {least}. Got {value!r} instead.")
    counts = tally(documents, code_counts, category_counts, codebook, by=by, level=level)
    can_resample = by != "document" and len(counts.groups) > 0
    resampled = resample(counts, draws=draws, seed=seed) if can_resample else None
    compared = relative_emphasis(counts, resampled, draws=draws, seed=seed)
    corrected = no_audit(counts)
    if audit and can_resample:
        machine = counts
        if machine_counts is not None:
            machine = tally(documents, machine_counts, machine_counts, codebook, by=by, level=level)
        corrected = corrected_shares(machine, audit, codebook, level=level, draws=draws, seed=seed)
    numbers = {**frequency(counts), **emphasis(counts, resampled), **compared, **corrected}
    df = _long_frame(counts, numbers, small_group)
    if by == "document":
        df[["share_documents_low", "share_documents_high"]] = np.nan
    df.attrs = {
        "unit": UNIT,
        "by": by,
        "level": level,
        "seed": seed,
        "draws": draws,
        "small_group": small_group,
        "n_documents": len(counts.group_of),
        "group_documents": dict(zip(counts.groups, counts.documents.tolist(), strict=True)),
        "group_words": dict(zip(counts.groups, counts.group_words.tolist(), strict=True)),
        "notes": [
            *notes(counts, by=by, level=level, draws=draws, small_group=small_group),
            *audit_notes(audit, corrected["segments_audited"]),
        ],
        "undefined": undefined(counts, by=by, level=level),
    }
    return df


def cross_regional(
    summary: pd.DataFrame, *, value: Literal["share_documents", "share_words"] = "share_documents"
) -> pd.DataFrame:
    """Lay out the compact table code x group, for a terminal.

    Parameters
    ----------
    summary : DataFrame
        From `summary_table`.
    value : {"share_documents", "share_words"}
        What the cells show, 0-1.

    Returns
    -------
    DataFrame
        One row per code in the order of `summary`; columns `code_number`, `code`, `code_name`,
        `category`, one float column per group, and `groups_raising_it` ("7 of 10": groups in which
        at least one document has the code, of all groups; "(missing)" is no group here).
        ``attrs`` as in `summary`, with `value` added.

    Raises
    ------
    ValueError
        For another `value`.
    AggregateError
        If a group has the name of a column, or `summary` is no summary table.
    """
    if value not in ("share_documents", "share_words"):
        raise ValueError(f'`value` must be "share_documents" or "share_words". Got {value!r} instead.')
    keys = ["code_number", "code", "code_name", "category"]
    lacking = [name for name in (*keys, "group", "documents_with_code", value) if name not in summary.columns]
    if lacking:
        raise AggregateError(f"The table lacks {', '.join(lacking)}. Give the result of summary_table.")
    groups = list(dict.fromkeys(summary["group"]))
    taken = sorted(set(groups) & {*keys, "groups_raising_it"})
    if taken:
        raise AggregateError(f'A group is called "{taken[0]}", as a column of this table is. Rename the group.')
    df = summary[keys].drop_duplicates("code").reset_index(drop=True)
    for group in groups:
        df[group] = summary.loc[summary["group"] == group, value].to_numpy()
    named = summary[summary["group"] != MISSING]
    raising = (named["documents_with_code"] > 0).groupby(named["code"]).sum()
    total = len(set(groups) - {MISSING})
    df["groups_raising_it"] = [f"{int(raising.get(code, 0))} of {total}" for code in df["code"]]
    df.attrs = {**summary.attrs, "value": value}
    return df


def _long_frame(counts: Counts, numbers: dict[str, Integers | Floats], small_group: int) -> pd.DataFrame:
    """Arrays (G, U) and what is known of groups and codes as one row per group and code."""
    groups, columns = len(counts.groups), len(counts.columns)
    flags = np.where(counts.asked_documents < small_group, f"n<{small_group}", "")
    content = {
        "code_number": [column.number for column in counts.columns] * groups,
        "code": [column.id for column in counts.columns] * groups,
        "code_name": [column.name for column in counts.columns] * groups,
        "category": [column.category for column in counts.columns] * groups,
        "group": np.repeat(np.array(counts.groups, dtype=object), columns),
        "flag": flags.ravel().astype(object),
        **{name: array.ravel() for name, array in numbers.items()},
    }
    return typed_frame(content, SUMMARY_COLUMNS)
