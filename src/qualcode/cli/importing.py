"""The command that takes in projects of other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from . import options as opt
from .app import PANEL_WORK, app, say


@app.command("import", rich_help_panel=PANEL_WORK)
def import_(
    file: Annotated[Path, typer.Argument(help="A project of another program (.qdpx).", metavar="FILE")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come in; store nothing.")] = False,
    codes: Annotated[
        Path | None,
        typer.Option(help="Which codes are which: a csv with the columns code (theirs) and to (ours).", metavar="FILE"),
    ] = None,
    own_codebook: Annotated[
        bool, typer.Option("--own-codebook", help="Take the project's codes as a codebook of their own.")
    ] = False,
    whole_documents: Annotated[
        bool,
        typer.Option("--whole-documents", help="Who coded in a document has read all of it: silence means no."),
    ] = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="The passages shown last time are right, though the file cannot prove it.")
    ] = False,
    tag: Annotated[bool, typer.Option("--tag", help="Tag its documents with the study's codebook too.")] = False,
    metadata: Annotated[
        Path | None, typer.Option(help="Attributes by name of the document, as for tag.", metavar="FILE")
    ] = None,
    speakers: Annotated[
        list[str] | None,
        typer.Option(help='Role of a speaker label, as "MK=interviewer". Repeatable.', metavar="LABEL=ROLE"),
    ] = None,
    region: Annotated[str | None, typer.Option(help="Region of every document.", metavar="NAME")] = None,
    country: Annotated[str | None, typer.Option(help="Country of every document.", metavar="NAME")] = None,
    stakeholder: Annotated[str | None, typer.Option(help="Stakeholder group of them.", metavar="GROUP")] = None,
    kind: Annotated[str | None, typer.Option(help="interview, workshop, report or survey.", metavar="KIND")] = None,
    date: Annotated[str | None, typer.Option(help="Date of every document.", metavar="DATE")] = None,
    language: Annotated[str | None, typer.Option(help="Language of every document.", metavar="CODE")] = None,
    codebook: opt.CodebookPath = None,
    store: opt.Store = None,
) -> None:
    """Take in a REFI-QDA project of NVivo, MAXQDA, ATLAS.ti, QualCoder ...: texts, attributes, codings, memos.

    Codings become decisions of the people who made them; the same file again adds nothing.
    """
    from .. import flow, present

    reading = flow.read_options(
        metadata=metadata,
        speakers=speakers or (),
        attributes={
            "region": region, "country": country, "stakeholder_group": stakeholder, "kind": kind, "date": date,
            "language": language,
        },
    )  # fmt: skip
    options = flow.ImportOptions(
        reading=reading, codes=codes, own_codebook=own_codebook, whole_documents=whole_documents, confirmed=confirm,
        tag=tag, dry_run=dry_run,
    )  # fmt: skip
    report = flow.import_project(flow.open_workspace(store=store, codebook=codebook), file, options)
    say(present.project_import_text(report, store=str(flow.open_workspace(store=store).store_path)))
