"""Statistics of the tables: rows of the store in, DataFrames of frequency and emphasis out.

`frames` checks the rows, `counts` spreads them over matrices documents x codes, `frequency` and
`emphasis` compute, `bootstrap` and `intervals` say how sure that is, `summary` lays it out;
`quotes` chooses what to quote;
`accuracy` compares codings with gold, `agreement` coders with each other. Nothing here reads a file or the store.
"""

from .accuracy import Accuracy, Judgement, measure
from .agreement import AGREEMENT_COLUMNS, agreement_table
from .association import association_table
from .audit import AuditSums, sum_audit
from .audited import AuditAccuracy, Estimate, audit_accuracy
from .comparison import compare_codings, compare_groups
from .cooccurrence import cooccurrence_table
from .counts import ALL, GROUPINGS, MISSING
from .disagreement import disagreements
from .frames import CODING_COLUMNS, DOCUMENT_COLUMNS, codings_frame, documents_frame
from .gain import Change, Duel, Figures, Gain, measure_gain
from .languages import language_table
from .listings import audit_frame, facets_frame, matrix_frame, passages_frame
from .profiles import profile_table
from .queues import Queue, QueuedPassage, order_passages, progress
from .quotes import Illustration, Passage, coded_passages, illustrate, quotes_frame, select_quotes
from .recoding import RECODED_COLUMNS, CodedState, Held, recoding_table
from .sampling import Sample, Stratum, draw_sample
from .saturation import saturation_curve
from .suggestions import Suggestions, pack_suggestions
from .summary import SUMMARY_COLUMNS, cross_regional, summary_table
from .suppression import (
    BOUND_COLUMNS,
    NOT_TOLD,
    Hidden,
    partial_summary,
    withheld_attributes,
    withheld_codes,
)
from .validation import workshop_table

__all__ = [
    "AGREEMENT_COLUMNS",
    "ALL",
    "BOUND_COLUMNS",
    "CODING_COLUMNS",
    "DOCUMENT_COLUMNS",
    "GROUPINGS",
    "MISSING",
    "NOT_TOLD",
    "RECODED_COLUMNS",
    "SUMMARY_COLUMNS",
    "Accuracy",
    "AuditAccuracy",
    "AuditSums",
    "Change",
    "CodedState",
    "Duel",
    "Estimate",
    "Figures",
    "Gain",
    "Held",
    "Hidden",
    "Illustration",
    "Judgement",
    "Passage",
    "Queue",
    "QueuedPassage",
    "Sample",
    "Stratum",
    "Suggestions",
    "agreement_table",
    "association_table",
    "audit_accuracy",
    "audit_frame",
    "coded_passages",
    "codings_frame",
    "compare_codings",
    "compare_groups",
    "cooccurrence_table",
    "cross_regional",
    "disagreements",
    "documents_frame",
    "draw_sample",
    "facets_frame",
    "illustrate",
    "language_table",
    "matrix_frame",
    "measure",
    "measure_gain",
    "order_passages",
    "pack_suggestions",
    "partial_summary",
    "passages_frame",
    "profile_table",
    "progress",
    "quotes_frame",
    "recoding_table",
    "saturation_curve",
    "select_quotes",
    "sum_audit",
    "summary_table",
    "withheld_attributes",
    "withheld_codes",
    "workshop_table",
]
