"""Statistics of the tables: rows of the store in, DataFrames of frequency and emphasis out.

`frames` checks the rows, `counts` spreads them over matrices documents x codes, `frequency` and
`emphasis` compute, `bootstrap` and `intervals` say how sure that is, `summary` lays it out;
`quotes` chooses what to quote;
`accuracy` compares codings with gold. Nothing here reads a file or the store.
"""

from .accuracy import Accuracy, Judgement, measure
from .counts import ALL, GROUPINGS, MISSING
from .frames import CODING_COLUMNS, DOCUMENT_COLUMNS, codings_frame, documents_frame
from .quotes import Passage, quotes_frame, select_quotes
from .summary import SUMMARY_COLUMNS, cross_regional, summary_table

__all__ = [
    "ALL",
    "CODING_COLUMNS",
    "DOCUMENT_COLUMNS",
    "GROUPINGS",
    "MISSING",
    "SUMMARY_COLUMNS",
    "Accuracy",
    "Judgement",
    "Passage",
    "codings_frame",
    "cross_regional",
    "documents_frame",
    "measure",
    "quotes_frame",
    "select_quotes",
    "summary_table",
]
