"""Rows in, the tables that are handed on out: every coded passage, documents x codes, every facet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..codebook import Codebook
from .counts import tally
from .frames import Rows
from .layout import typed_frame
from .quotes import coded_passages

PASSAGE_COLUMNS: dict[str, str] = {
    "code_number": "Int64",
    "code": "str",
    "code_name": "str",
    "category": "str",
    "path": "str",
    "region": "str",
    "country": "str",
    "stakeholder_group": "str",
    "kind": "str",
    "date": "str",
    "language": "str",
    "document_id": "str",
    "document": "str",
    "speaker": "str",
    "turn": "int64",
    "start": "int64",
    "end": "int64",
    "sentences": "int64",
    "words": "int64",
    "probability": "float64",
    "status": "str",
    "text": "str",
}
"""Columns of `passages_frame` and their dtypes."""

FACET_COLUMNS: dict[str, str] = {
    "facet": "str",
    "facet_name": "str",
    "facet_group": "str",
    "region": "str",
    "country": "str",
    "stakeholder_group": "str",
    "kind": "str",
    "document_id": "str",
    "document": "str",
    "speaker": "str",
    "turn": "int64",
    "position": "int64",
    "start": "int64",
    "end": "int64",
    "words": "int64",
    "probability": "float64",
    "text": "str",
}
"""Columns of `facets_frame` and their dtypes."""


def passages_frame(codings: Rows, codebook: Codebook) -> pd.DataFrame:
    """Every passage that counts, one row each.

    Parameters
    ----------
    codings : sequence of mapping
        As the view ``codings_long`` has them; only status auto and accepted.
    codebook : Codebook

    Returns
    -------
    DataFrame
        Columns as `PASSAGE_COLUMNS`; `path` is "Category > Code". By code number, document and place. A passage
        joins neighbouring sentences of a turn with the same code; one with two codes has two rows.
    """
    dated = {row["document_id"]: (row["date"], row["language"]) for row in codings}
    rows: list[Mapping[str, Any]] = []
    for passage in coded_passages(codings):
        code = codebook.by_id[passage.code]
        category = codebook.category_of[code.id]
        names = {"code_number": code.number, "code_name": code.name, "category": category.id}
        date, language = dated[passage.document_id]
        span = {"sentences": passage.last_position - passage.first_position + 1, "date": date, "language": language}
        rows.append({**vars(passage), **names, **span, "path": f"{category.name} > {code.name}"})
    rows.sort(key=lambda row: (row["code_number"], row["document"], row["start"]))
    return _listed(rows, PASSAGE_COLUMNS)


def matrix_frame(documents: Rows, code_counts: Rows, codebook: Codebook) -> pd.DataFrame:
    """Which document raises which code.

    Parameters
    ----------
    documents, code_counts : sequence of mapping
        As for `summary_table`.
    codebook : Codebook

    Returns
    -------
    DataFrame
        Index document_id, one Int64 column a code in the order of their numbers: 1 raised, 0 not raised, NA not asked.
    """
    counts = tally(documents, code_counts, (), codebook, by=None, level="code")
    raised = pd.DataFrame(
        (counts.segments > 0).astype("int64"),
        index=pd.Index(counts.document_ids, name="document_id"),
        columns=[column.id for column in counts.columns],
    ).astype("Int64")
    return raised.mask(~counts.asked)


def facets_frame(facets: Rows) -> pd.DataFrame:
    """Every sentence with a facet, one row for each of its facets.

    Parameters
    ----------
    facets : sequence of mapping
        As the view ``facets_long`` has them.

    Returns
    -------
    DataFrame
        Columns as `FACET_COLUMNS`; in the order of the rows.
    """
    return _listed(facets, FACET_COLUMNS)


AUDIT_COLUMNS: dict[str, str] = {
    "document_id": "str",
    "position": "int64",
    "words": "int64",
    "stratum": "str",
    "chance": "float64",
    "coder": "str",
    "machine": "str",
    "person": "str",
}
"""Columns of `audit_frame` and their dtypes."""


def audit_frame(audit: Rows) -> pd.DataFrame:
    """Every sentence of the random sample that a person has judged.

    Parameters
    ----------
    audit : sequence of mapping
        As the store gives them; `machine` and `person` are JSON lists of code ids.

    Returns
    -------
    DataFrame
        Columns as `AUDIT_COLUMNS`; in `machine` and `person` the ids stand apart by a blank, "" for none.
    """
    rows = [{**row, **{who: " ".join(json.loads(row[who])) for who in ("machine", "person")}} for row in audit]
    return _listed(rows, AUDIT_COLUMNS)


def _listed(rows: Rows, columns: Mapping[str, str]) -> pd.DataFrame:
    return typed_frame({name: [row[name] for row in rows] for name in columns}, columns)
