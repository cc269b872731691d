"""Commands for several coders: shares of the documents, packets of verdicts, taking back, agreement."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import SelectionError
from . import options as opt
from .app import PANEL_LOOK, PANEL_WORK, app, say, verdicts_app
from .guarding import guard_content
from .writing import write

Coders = Annotated[str | None, typer.Option("--coders", help="Names, with commas between.", metavar="NAME,NAME")]


@app.command(rich_help_panel=PANEL_WORK)
def assign(
    coders: Coders = None,
    overlap: Annotated[
        str | None, typer.Option(help="Share of the documents that all coders get; default: 20%.", metavar="SHARE")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Of the draw; default: the study's.", metavar="NUMBER")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="Show who is to code what; change nothing.")] = False,
    region: opt.Region = None,
    country: opt.Country = None,
    stakeholder: opt.Stakeholder = None,
    kind: opt.Kind = None,
    since: opt.Since = None,
    format_: opt.OutputFormat = None,
    out: opt.Out = None,
    store: opt.Store = None,
) -> None:
    """Divide the documents among coders: equal work in every region, and some documents for all, for agreement.

    The same documents, coders and seed give the same shares on every machine. What was decided always stays.
    """
    from .. import flow, present

    work = flow.open_workspace(store=store)
    filters = flow.make_filter(region=region, country=country, stakeholder_group=stakeholder, kind=kind, since=since)
    chosen = present.choose_format(format_, out)
    if list_:
        if overlap is not None or seed is not None:
            raise SelectionError("--list changes nothing. Leave out --overlap and --seed.")
        text = present.assignments_text(flow.list_assignments(work, filters, coders=coders), chosen)
    elif coders is None:
        raise SelectionError("Say who codes: qualcode assign --coders NAME,NAME; or see who does: --list")
    else:
        given = {} if overlap is None else {"overlap": overlap}
        text = present.assignment_text(flow.assign(work, filters, coders=coders, seed=seed, **given), chosen)
    present.write_output(text, out)


@app.command(rich_help_panel=PANEL_WORK)
def undo(
    action: Annotated[
        str | None,
        typer.Argument(
            help="Something of --list, by its first digits; default: your newest decision.", metavar="[ACTION]"
        ),
    ] = None,
    coder: Annotated[
        str | None, typer.Option("--coder", help="Whose; default: your user name.", metavar="NAME")
    ] = None,
    list_: Annotated[
        bool, typer.Option("--list", help="Show what was done, the newest first: tagged, imported, decided.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="With --list: so many actions.", metavar="N")] = 20,
    format_: opt.OutputFormat = None,
    out: opt.Out = None,
    store: opt.Store = None,
) -> None:
    """Take back a decision, a run of tag or an import, as a whole. What stood before stands again.

    Nothing is deleted: tagging or importing the same again brings it back. What people decided outlives the run.
    """
    from .. import flow, present

    work = flow.open_workspace(store=store)
    if list_:
        if action is not None:
            raise SelectionError("--list shows actions and takes none back. Leave out ACTION, or --list.")
        rows, total = flow.list_actions(work, coder=coder, limit=limit)
        chosen = present.choose_format(format_, out)
        present.write_output(present.actions_text(rows, total, chosen), out)
    elif format_ is not None or out is not None:
        raise SelectionError("--format and --out go with --list.")
    else:
        typer.echo(present.undo_text(flow.undo(work, coder=coder, action=action)))


@app.command(rich_help_panel=PANEL_LOOK)
def agreement(
    ctx: typer.Context,
    coders: Annotated[
        str | None,
        typer.Option(help="Names with commas between, or machine; default: all people.", metavar="NAME,NAME"),
    ] = None,
    by: Annotated[str, typer.Option(help="A row is a code, category or region.", metavar="WHAT")] = "code",
    unit: Annotated[str, typer.Option(help="Compare each segment, turn or document.", metavar="UNIT")] = "segment",
    disagreements: Annotated[
        bool, typer.Option("--disagreements", help="List the sentences on which they differ, the worst first.")
    ] = False,
    region: opt.Region = None,
    country: opt.Country = None,
    stakeholder: opt.Stakeholder = None,
    kind: opt.Kind = None,
    since: opt.Since = None,
    format_: opt.OutputFormat = None,
    out: opt.Out = None,
    store: opt.Store = None,
) -> None:
    """How far coders agree: percent, kappa, alpha, AC1 with intervals, only on what both have judged."""
    from .. import flow, present

    work = flow.open_workspace(store=store)
    filters = flow.make_filter(region=region, country=country, stakeholder_group=stakeholder, kind=kind, since=since)
    chosen = present.choose_format(format_, out)
    if disagreements:
        if (by, unit) != ("code", "segment"):
            raise SelectionError("--disagreements lists sentences. Leave out --by and --unit.")
        text = present.disagreements_text(flow.list_disagreements(work, filters, coders=coders), chosen)
    else:
        text = present.agreement_text(flow.agreement(work, filters, coders=coders, by=by, unit=unit), chosen)
    write(ctx, work, text, out)


@verdicts_app.command("export")
def verdicts_export(
    out: Annotated[Path, typer.Option(help="The packet, a file that ends in .qcverdicts.", metavar="FILE")],
    coder: Annotated[
        str | None, typer.Option("--coder", help="Only of this person; default: all.", metavar="NAME")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Only what was done from this day on.", metavar="DATE")
    ] = None,
    no_memos: Annotated[bool, typer.Option("--no-memos", help="Leave out notes, which are free text.")] = False,
    allow_names: opt.AllowNames = False,
    store: opt.Store = None,
) -> None:
    """Write what people decided into a small file to send to others; it holds no words of a transcript."""
    from .. import flow, present

    work = flow.open_workspace(store=store)
    report = flow.export_verdicts(work, out, coder=coder, since=since, memos=not no_memos)
    guard_content(work, report.content, allow=allow_names)
    present.write_output(report.content, out)
    say(present.export_text(report, out))


@verdicts_app.command("import")
def verdicts_import(
    files: Annotated[list[Path], typer.Argument(help="Packets of others.", metavar="FILE...")],
    store: opt.Store = None,
) -> None:
    """Take in packets of others: nothing is overwritten, a second time changes nothing, conflicts are listed."""
    from .. import flow, present

    typer.echo(present.import_text(flow.import_verdicts(flow.open_workspace(store=store), files)))
