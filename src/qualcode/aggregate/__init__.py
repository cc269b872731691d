"""Statistics of the tables: rows of the store in, DataFrames of frequency and emphasis out.

`frames` checks the rows, `counts` spreads them over matrices documents x codes, `frequency` and
`emphasis` compute, `bootstrap` and `intervals` say how sure that is, `summary` lays it out;
`quotes` chooses what to quote;
`accuracy` compares codings with gold. Nothing here reads a file or the store.
"""

from .accuracy import Accuracy, Judgement, measure
from .association import association_table
from .comparison import compare_codings, compare_groups
from .cooccurrence import cooccurrence_table
from .counts import ALL, GROUPINGS, MISSING
from .frames import CODING_COLUMNS, DOCUMENT_COLUMNS, codings_frame, documents_frame
from .languages import language_table
from .listings import audit_frame, facets_frame, matrix_frame, passages_frame
from .profiles import profile_table
from .quotes import Illustration, Passage, coded_passages, illustrate, quotes_frame, select_quotes
from .saturation import saturation_curve
from .summary import SUMMARY_COLUMNS, cross_regional, summary_table
from .validation import workshop_table

__all__ = [
    "ALL",
    "CODING_COLUMNS",
    "DOCUMENT_COLUMNS",
    "GROUPINGS",
    "MISSING",
    "SUMMARY_COLUMNS",
    "Accuracy",
    "Illustration",
    "Judgement",
    "Passage",
    "association_table",
    "audit_frame",
    "coded_passages",
    "codings_frame",
    "compare_codings",
    "compare_groups",
    "cooccurrence_table",
    "cross_regional",
    "documents_frame",
    "facets_frame",
    "illustrate",
    "language_table",
    "matrix_frame",
    "measure",
    "passages_frame",
    "profile_table",
    "quotes_frame",
    "saturation_curve",
    "select_quotes",
    "summary_table",
    "workshop_table",
]
