"""Results in, text and files out: terminal tables, CSV, JSON, Markdown, HTML, Excel."""

from .agreement import agreement_text, disagreements_text
from .assigning import assignment_text, assignments_text
from .auditing import audit_text
from .codebooks import check_text, codebook_text, diff_text
from .comparing import comparison_text, profile_text
from .differing import first_difference
from .doctoring import doctor_counts, doctor_text
from .drawing import draw, write_figures
from .evaluation import evaluation_figure, evaluation_text
from .exchanging import export_text, import_text
from .explaining import explanation_text
from .exporting import codebook_export_text, codebook_import_text, rows_export_text
from .manifests import manifest_path, write_manifest
from .merging import merge_text
from .output import FORMATS, choose_format, write_output
from .passages import codings_table, quotes_text
from .projects import project_export_text, project_import_text
from .pseudonymizing import pseudonymised_text, restored_text, suggested_text
from .replacing import write_export
from .reports import write_cross_regional, write_regional
from .reproducing import reproduction_text
from .retagging import retag_text
from .searching import BOLD, STARS, search_counts, search_text
from .sharing import combined_text, share_preview
from .status import init_text, status_text
from .summary import render_summary
from .table import Column, Format, Table, render
from .tagging import preview_text, problems_text, tag_text
from .training import training_text
from .trying import try_text
from .undoing import actions_text, undo_text
from .wording import json_text

__all__ = [
    "BOLD",
    "FORMATS",
    "STARS",
    "Column",
    "Format",
    "Table",
    "actions_text",
    "agreement_text",
    "assignment_text",
    "assignments_text",
    "audit_text",
    "check_text",
    "choose_format",
    "codebook_export_text",
    "codebook_import_text",
    "codebook_text",
    "codings_table",
    "combined_text",
    "comparison_text",
    "diff_text",
    "disagreements_text",
    "doctor_counts",
    "doctor_text",
    "draw",
    "evaluation_figure",
    "evaluation_text",
    "explanation_text",
    "export_text",
    "first_difference",
    "import_text",
    "init_text",
    "json_text",
    "manifest_path",
    "merge_text",
    "preview_text",
    "problems_text",
    "profile_text",
    "project_export_text",
    "project_import_text",
    "pseudonymised_text",
    "quotes_text",
    "render",
    "render_summary",
    "reproduction_text",
    "restored_text",
    "retag_text",
    "rows_export_text",
    "search_counts",
    "search_text",
    "share_preview",
    "status_text",
    "suggested_text",
    "tag_text",
    "training_text",
    "try_text",
    "undo_text",
    "write_cross_regional",
    "write_export",
    "write_figures",
    "write_manifest",
    "write_output",
    "write_regional",
]
