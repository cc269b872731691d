"""The command that says whether a store is whole."""

from __future__ import annotations

from typing import Annotated

import typer

from . import options as opt
from .app import PANEL_SETUP, app, say


@app.command(rich_help_panel=PANEL_SETUP)
def doctor(
    fix: Annotated[
        bool, typer.Option("--fix", help="Mend what can be mended without losing anything, after a backup.")
    ] = False,
    codebook: opt.CodebookPath = None,
    model: opt.ModelName = None,
    format_: opt.OutputFormat = None,
    out: opt.Out = None,
    store: opt.Store = None,
) -> None:
    """Check the store: texts, places, codings, decisions, search index, backups; what is stale, what was interrupted.

    Nothing is changed without --fix, not even by reading. Exit code 1 if there is a fault; warnings alone are none.
    """
    from .. import flow, present

    work = flow.open_workspace(store=store, codebook=codebook, model=model)
    chosen = present.choose_format(format_, out)
    report = flow.doctor(work, fix=fix)
    for sentence in report.done:
        say(sentence)
    present.write_output(present.doctor_text(report.findings, chosen), out)
    if not report.is_healthy:
        raise typer.Exit(1)
