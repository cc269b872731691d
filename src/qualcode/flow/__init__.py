"""One function per thing a user does; the only room that knows all others. Read `tagging` first.

``read -> segment -> tag -> store -> aggregate``: `tag_documents` and `summarize` are the methods section
of a paper in code. Rooms are imported inside the functions, so that a command pays only for what it
uses. Commands, functions and docs use the same verbs.
"""

from .agreeing import Agreement, Disagreements, agreement, list_disagreements
from .assigning import Assignment, assign, list_assignments
from .auditing import AuditReport, draw_audit
from .codebook_files import CodebookExport, CodebookImport, export_codebook_file, import_codebook_file
from .codebooks import (
    CheckReport,
    DiffReport,
    check_codebook,
    codebook_schema,
    compare_codebooks,
    find_code,
)
from .combining import Combined, combine, combined_report
from .comparing import Comparison, ProfileReport, check_profile, compare
from .demo import DemoReport, run_demo, shipped_sample
from .doctoring import DoctorReport, doctor
from .encrypting import decrypt, encrypt
from .evaluating import Evaluation, evaluate
from .exchanging import ImportReport, VerdictExport, export_verdicts, import_verdicts
from .explaining import Explanation, explain_segment
from .exploring import Exploration, exploration
from .exporting import Export, export
from .exporting_projects import ProjectExport, export_project
from .importing import ImportOptions, ProjectImport, import_project
from .learning import Learned, learn_from_verdicts
from .manifests import Command, file_hash, make_manifest
from .material import Material, read_material
from .merging import merge
from .models import make_tagger, train_model
from .people import coder_name, default_coder
from .pseudonymizing import (
    Pseudonymised,
    Restored,
    Suggested,
    check_names,
    give_back_names,
    is_pseudonymised,
    pseudonymize,
    refuse_names_again,
    suggest_names,
)
from .reading import Preview, PreviewReport, ReadOptions, preview_documents, read_options
from .reporting import study_report
from .reproducing import Difference, Manifest, differences, read_manifest
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
from .retagging import RetagReport, stale_codes, tag_with_diff
from .reviewing import ReviewDesk
from .searching import SearchReport, search
from .sharing import ShareDraft, prepare_share, save_share_key, share_file
from .tables import FigureTables, ReportTables, figure_tables, report_table
from .tagging import Progress, TagReport, tag_documents
from .training import CurvePoint, TrainReport, train_codebook
from .trying import Trial, texts_to_try, try_texts
from .undoing import UndoReport, list_actions, undo
from .workspace import InitReport, Workspace, init_study, open_workspace

__all__ = [
    "Agreement",
    "Assignment",
    "AuditReport",
    "CheckReport",
    "CodebookExport",
    "CodebookImport",
    "Combined",
    "Command",
    "Comparison",
    "CurvePoint",
    "DemoReport",
    "DiffReport",
    "Difference",
    "Disagreements",
    "DoctorReport",
    "Evaluation",
    "Explanation",
    "Exploration",
    "Export",
    "FigureTables",
    "ImportOptions",
    "ImportReport",
    "InitReport",
    "Learned",
    "Manifest",
    "Material",
    "Preview",
    "PreviewReport",
    "ProfileReport",
    "Progress",
    "ProjectExport",
    "ProjectImport",
    "Pseudonymised",
    "Quote",
    "ReadOptions",
    "ReportTables",
    "Restored",
    "RetagReport",
    "ReviewDesk",
    "SearchReport",
    "ShareDraft",
    "StatusReport",
    "Suggested",
    "Summary",
    "TagReport",
    "TrainReport",
    "Trial",
    "UndoReport",
    "VerdictExport",
    "Workspace",
    "agreement",
    "assign",
    "check_codebook",
    "check_names",
    "check_profile",
    "codebook_schema",
    "coder_name",
    "combine",
    "combined_report",
    "compare",
    "compare_codebooks",
    "decrypt",
    "default_coder",
    "differences",
    "doctor",
    "draw_audit",
    "encrypt",
    "evaluate",
    "explain_segment",
    "exploration",
    "export",
    "export_codebook_file",
    "export_project",
    "export_verdicts",
    "figure_tables",
    "file_hash",
    "find_code",
    "give_back_names",
    "import_codebook_file",
    "import_project",
    "import_verdicts",
    "init_study",
    "is_pseudonymised",
    "learn_from_verdicts",
    "list_actions",
    "list_assignments",
    "list_codings",
    "list_disagreements",
    "list_quotes",
    "make_filter",
    "make_manifest",
    "make_tagger",
    "merge",
    "open_workspace",
    "prepare_share",
    "preview_documents",
    "pseudonymize",
    "read_manifest",
    "read_material",
    "read_options",
    "refuse_names_again",
    "report_table",
    "run_demo",
    "save_share_key",
    "search",
    "share_file",
    "shipped_sample",
    "stale_codes",
    "study_report",
    "study_status",
    "suggest_names",
    "summarize",
    "summary_frame",
    "tag_documents",
    "tag_with_diff",
    "texts_to_try",
    "train_codebook",
    "train_model",
    "try_texts",
    "undo",
]
