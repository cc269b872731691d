"""Results in, text and files out: terminal tables, CSV, JSON, Markdown, HTML, Excel."""

from .output import FORMATS, choose_format, write_output
from .reports import (
    check_text,
    codebook_text,
    codings_table,
    diff_text,
    init_text,
    json_text,
    preview_text,
    problems_text,
    quotes_text,
    status_text,
    tag_text,
    try_text,
)
from .summary import render_summary
from .table import Column, Format, Table, render

__all__ = [
    "FORMATS",
    "Column",
    "Format",
    "Table",
    "check_text",
    "choose_format",
    "codebook_text",
    "codings_table",
    "diff_text",
    "init_text",
    "json_text",
    "preview_text",
    "problems_text",
    "quotes_text",
    "render",
    "render_summary",
    "status_text",
    "tag_text",
    "try_text",
    "write_output",
]
