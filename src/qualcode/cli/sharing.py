"""Commands of a study of many teams: counts leave a team, transcripts stay."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..errors import SelectionError
from . import options as opt
from .app import PANEL_REPORT, app, say
from .guarding import guard_content
from .writing import keep_manifest, write


@app.command(rich_help_panel=PANEL_REPORT)
def share(
    region: Annotated[str, typer.Option(help="The region whose counts leave.", metavar="NAME")],
    out: Annotated[Path | None, typer.Option(help="The share, a file that ends in .qcshare.", metavar="FILE")] = None,
    smallest: Annotated[
        int,
        typer.Option(help="What fewer documents have is withheld: 3 or more, or 1 to withhold nothing.", metavar="K"),
    ] = 3,
    preview: Annotated[bool, typer.Option("--preview", help="Show what would leave; write nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Write it without asking.")] = False,
    allow_names: opt.AllowNames = False,
    store: opt.Store = None,
) -> None:
    """Counts of one region for other teams: no text, no names, nothing that few documents say. Shown before written."""
    from .. import flow, present

    if preview == (out is not None):
        raise SelectionError("Choose one: --out FILE.qcshare, or --preview.")
    if out is not None and out.suffix.lower() != ".qcshare":
        raise SelectionError(f"--out {out.name}: a share ends in .qcshare.")
    work = flow.open_workspace(store=store)
    draft = flow.prepare_share(work, region, smallest=smallest)
    text = present.share_preview(draft.share, draft.names)
    if out is None:
        typer.echo(text)
        return
    guard_content(work, flow.share_file(draft), allow=allow_names)
    say(text)
    if not yes:
        if not sys.stdin.isatty():
            raise SelectionError("Nothing was written: nobody is there to confirm. Look at the above and add --yes.")
        if not typer.confirm(f"Write {out}?", err=True):
            say("Nothing was written.")
            raise typer.Exit(1)
    flow.save_share_key(draft)
    present.write_output(flow.share_file(draft), out)
    say(f"Wrote {out}. {draft.key_path.name} keeps ids of documents the same in later shares; do not send it.")


@app.command(rich_help_panel=PANEL_REPORT)
def combine(
    ctx: typer.Context,
    shares: Annotated[list[Path], typer.Argument(help="Shares of all teams.", metavar="FILE...")],
    by: Annotated[
        str, typer.Option(help="region, country, stakeholder_group, kind or language.", metavar="ATTRIBUTE")
    ] = "region",
    level: Annotated[str, typer.Option(help="code or category.", metavar="LEVEL")] = "code",
    report: Annotated[
        Path | None, typer.Option(help="Write the cross-regional report (.docx, .html or .xlsx).", metavar="FILE")
    ] = None,
    format_: opt.OutputFormat = None,
    out: opt.Out = None,
) -> None:
    """The tables of `summarize` over the shares of many teams, as if their transcripts lay in one store."""
    from .. import flow, present

    work = flow.open_workspace()
    if report is not None:
        if format_ is not None or out is not None or by != "region" or level != "code":
            raise SelectionError("--report has all tables. Leave out --by, --level, --format and --out.")
        written = present.write_cross_regional(flow.combined_report(work, shares), report)
        keep_manifest(ctx, work, written, beside=report)
        for path, state in written.items():
            say(f"{path}: {'written' if state == 'written' else 'unchanged'}.")
        return
    chosen = present.choose_format(format_, out)
    found = flow.combine(work, shares, by=by, level=level)
    write(ctx, work, present.combined_text(found.frame, by=found.by, notes=found.notes, output=chosen), out)
    if chosen in ("csv", "json", "xlsx"):
        for note in found.notes:
            say(note)
