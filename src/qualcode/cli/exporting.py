"""The command that writes files for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import SelectionError
from . import options as opt
from .app import PANEL_REPORT, app, say
from .guarding import guard
from .writing import keep_manifest


@app.command(rich_help_panel=PANEL_REPORT)
def export(
    ctx: typer.Context,
    out: Annotated[
        Path,
        typer.Argument(
            help="The file; its ending picks the format: .csv .tsv .xlsx .parquet .jsonl (rows), .spacy .conll .zip "
            "(texts with codings; zip is brat standoff), .qdpx .qdc (projects and codebooks of REFI-QDA).",
            metavar="OUT",
        ),
    ],
    what: Annotated[
        str | None, typer.Option("--what", help="Rows: codings, quotes or matrix (documents x codes).", metavar="WHAT")
    ] = None,
    counts: Annotated[bool, typer.Option("--counts", help="In the matrix: sentences instead of 0 and 1.")] = False,
    excel: Annotated[bool, typer.Option("--excel", help="csv as Excel opens it: byte order mark, CRLF.")] = False,
    raw: Annotated[
        bool, typer.Option("--raw", help="csv without the apostrophe before texts that would run as formulas.")
    ] = False,
    pending: Annotated[
        bool, typer.Option("--pending", help=".qdpx: with the codings that wait for a person, as a user of their own.")
    ] = False,
    region: opt.Region = None,
    country: opt.Country = None,
    stakeholder: opt.Stakeholder = None,
    kind: opt.Kind = None,
    code: opt.Code = None,
    category: opt.Category = None,
    coder: opt.Coder = None,
    since: opt.Since = None,
    status: opt.Status = None,
    allow_names: opt.AllowNames = False,
    store: opt.Store = None,
) -> None:
    """Write codings, quotes, a matrix, whole texts or a project for other programs; each is read back first."""
    from .. import flow, present

    work = flow.open_workspace(store=store)
    filters = {
        "region": region, "country": country, "stakeholder_group": stakeholder, "kind": kind, "code": code,
        "category": category, "coder": coder, "since": since, "status": status,
    }  # fmt: skip
    ending = out.suffix.lower()
    if pending and ending != ".qdpx":
        raise SelectionError("--pending is for .qdpx. For rows of codings that wait: --status pending")
    if ending in (".qdpx", ".qdc"):
        if any(filters.values()) or what or counts or excel or raw:
            raise SelectionError(f"A {ending} holds the whole study. Leave out --what, filters and other options.")
        if ending == ".qdpx":
            guard(work, out, allow=allow_names)
            project = flow.export_project(work, pending=pending)
            present.write_export(project.content, out)
            say(present.project_export_text(project, str(out)))
        else:
            book = flow.export_codebook_file(work, out, from_store=True)
            present.write_export(book.content, out)
            say(present.codebook_export_text(book, str(out)))
        keep_manifest(ctx, work, [out], beside=out)
        return
    guard(work, out, allow=allow_names)
    made = flow.export(
        work, flow.make_filter(**filters), out, what=what or "codings", counts=counts, excel=excel, raw=raw
    )
    present.write_export(made.content, out)
    keep_manifest(ctx, work, [out], beside=out)
    say(present.rows_export_text(made, str(out)))
