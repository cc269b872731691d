"""The command that pools the stores of several teams."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .app import PANEL_WORK, app


@app.command(rich_help_panel=PANEL_WORK)
def merge(
    stores: Annotated[list[Path], typer.Argument(help="Stores of the teams; the first decides.", metavar="STORE...")],
    out: Annotated[Path, typer.Option(help="The new store; there must be no such file yet.", metavar="FILE")],
) -> None:
    """Pool the stores of several teams into a new one: documents, codings, decisions, projects. They are only read.

    Where they differ on one thing, both are kept, the first named is current, and it is listed.
    """
    from .. import flow, present

    merged = flow.merge(stores, out)
    typer.echo(present.merge_text(merged.added, merged.conflicts, out))
