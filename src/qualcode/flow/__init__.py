"""One function per thing a user does; the only room that knows all others. Read `tagging` first.

``read -> segment -> tag -> store -> aggregate``: `tag_documents` and `summarize` are the methods section
of a paper in code. Rooms are imported inside the functions, so that a command pays only for what it
uses. Commands, functions and docs use the same verbs.
"""

from .codebooks import (
    CheckReport,
    DiffReport,
    check_codebook,
    codebook_schema,
    compare_codebooks,
    find_code,
)
from .comparing import Comparison, ProfileReport, check_profile, compare
from .demo import DemoReport, run_demo, shipped_sample
from .evaluating import Evaluation, evaluate
from .explaining import Explanation, explain_segment
from .material import Material, read_material
from .models import make_tagger, train_model
from .reading import Preview, PreviewReport, ReadOptions, preview_documents, read_options
from .reporting import study_report
from .results import (
    Quote,
    StatusReport,
    Summary,
    list_codings,
    list_quotes,
    make_filter,
    study_status,
    summarize,
    summary_frame,
)
from .tables import FigureTables, ReportTables, figure_tables, report_table
from .tagging import Progress, TagReport, tag_documents
from .training import CurvePoint, TrainReport, train_codebook
from .trying import Trial, texts_to_try, try_texts
from .workspace import InitReport, Workspace, init_study, open_workspace

__all__ = [
    "CheckReport",
    "Comparison",
    "CurvePoint",
    "DemoReport",
    "DiffReport",
    "Evaluation",
    "Explanation",
    "FigureTables",
    "InitReport",
    "Material",
    "Preview",
    "PreviewReport",
    "ProfileReport",
    "Progress",
    "Quote",
    "ReadOptions",
    "ReportTables",
    "StatusReport",
    "Summary",
    "TagReport",
    "TrainReport",
    "Trial",
    "Workspace",
    "check_codebook",
    "check_profile",
    "codebook_schema",
    "compare",
    "compare_codebooks",
    "evaluate",
    "explain_segment",
    "figure_tables",
    "find_code",
    "init_study",
    "list_codings",
    "list_quotes",
    "make_filter",
    "make_tagger",
    "open_workspace",
    "preview_documents",
    "read_material",
    "read_options",
    "report_table",
    "run_demo",
    "shipped_sample",
    "study_report",
    "study_status",
    "summarize",
    "summary_frame",
    "tag_documents",
    "texts_to_try",
    "train_codebook",
    "train_model",
    "try_texts",
]
