"""Rows of counted sentences in, a checked frame out: which sentence of which turn has which code.

Counts by document say how much; what is said together, and how many sentences have no code at all, only
the sentences themselves can say.
"""

from __future__ import annotations

import pandas as pd

from ..codebook import Codebook
from ..errors import AggregateError
from .frames import Content, Rows, checked_frame, listed_some, refuse_doubles

CODED_COLUMNS: dict[str, Content] = {
    "document_id": "text",
    "turn": "count",
    "position": "count",
    "words": "count",
    "code_id": "text",
}
"""What a row of coded sentences holds: one respondent's sentence with one code that counts (status auto)."""


def coded_frame(rows: Rows, documents: pd.DataFrame, codebook: Codebook | None) -> pd.DataFrame:
    """Check coded sentences, one row per sentence and code, ordered by document, position and code.

    Parameters
    ----------
    rows : sequence of mapping
        Keys as in `CODED_COLUMNS`; further keys are ignored.
    documents : DataFrame
        From `documents_frame`.
    codebook : Codebook or None
        None = any code is right.

    Returns
    -------
    DataFrame
        Index 0, 1 ...; columns `CODED_COLUMNS`; text as str, counts as int64.

    Raises
    ------
    AggregateError
        For a missing column, a value of the wrong type, a row that is there twice, a sentence in two turns or
        with two lengths, a document or code nobody knows, or more coded sentences than the document has.

    Examples
    --------
    >>> from qualcode.aggregate.frames import documents_frame
    >>> document = dict(document_id="b2:1", name="a.txt", region="Crete", country=None, stakeholder_group=None,
    ...                 kind="interview", date=None, language="en", words=900, segments=80)
    >>> row = dict(document_id="b2:1", turn=3, position=7, words=12, code_id="reimbursement")
    >>> coded_frame([row], documents_frame([document]), None).values.tolist()
    [['b2:1', 3, 7, 12, 'reimbursement']]
    """
    df = checked_frame(rows, CODED_COLUMNS, "coded")
    refuse_doubles(df, ["document_id", "position", "code_id"], "coded")
    strangers = sorted(set(df["document_id"]) - set(documents["document_id"]))
    if strangers:
        raise AggregateError(f"coded: {listed_some(strangers)} not among the documents. Use one selection for both.")
    unknown = sorted(set(df["code_id"]) - set(codebook.by_id)) if codebook else []
    if unknown:
        raise AggregateError(
            f"coded: {listed_some(unknown)} not in the codebook. Part of the store was coded with another codebook; "
            "run: qualcode tag --retag"
        )
    sentences = df.drop_duplicates(["document_id", "turn", "position", "words"])
    twice = sentences[sentences.duplicated(["document_id", "position"])]
    if len(twice):
        row = twice.iloc[0]
        raise AggregateError(
            f"coded: sentence {row['position']} of {row['document_id']} has two turns or two numbers of words."
        )
    of_document = documents.set_index("document_id")
    counted = sentences.groupby("document_id").size()
    over = counted[counted > of_document["segments"].reindex(counted.index)]
    if len(over):
        name, segments = of_document.loc[over.index[0], ["name", "segments"]]
        raise AggregateError(
            f'coded: "{name}" has {over.iloc[0]} coded sentences, but only {segments} segments of respondents.'
        )
    return df.sort_values(["document_id", "position", "code_id"], ignore_index=True)
