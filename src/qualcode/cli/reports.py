"""Commands whose result is handed in: comparisons, figures and reports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import SelectionError
from . import options as opt
from .app import PANEL_LOOK, PANEL_REPORT, app, say
from .guarding import guard
from .writing import keep_manifest, write


@app.command(rich_help_panel=PANEL_LOOK)
def compare(
    ctx: typer.Context,
    first: Annotated[
        str | None,
        typer.Argument(help="A region, country, stakeholder group, kind, language, codebook version or coder."),
    ] = None,
    second: Annotated[str | None, typer.Argument(help="Another one; default: all other documents.")] = None,
    profile: Annotated[
        Path | None, typer.Option(help="Test a claim: groups of codes against each other, by region.", metavar="FILE")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Attribute the names belong to.", metavar="ATTRIBUTE")] = None,
    level: Annotated[str, typer.Option(help="code or category.", metavar="LEVEL")] = "code",
    region: opt.Region = None,
    country: opt.Country = None,
    stakeholder: opt.Stakeholder = None,
    kind: opt.Kind = None,
    code: opt.Code = None,
    category: opt.Category = None,
    since: opt.Since = None,
    format_: opt.OutputFormat = None,
    out: opt.Out = None,
    allow_names: opt.AllowNames = False,
    store: opt.Store = None,
) -> None:
    """Two groups, or two codings of the same notes: differences with intervals, largest first, and what was said."""
    from .. import flow, present

    if (first is None) == (profile is None):
        raise SelectionError("Name two sides to compare, or a claim: qualcode compare A B, or --profile FILE.")
    if profile is not None and (by is not None or level != "code"):
        raise SelectionError("A profile says itself what it compares. Leave out --by and --level.")
    work = flow.open_workspace(store=store)
    guard(work, out, allow=allow_names)
    filters = flow.make_filter(
        region=region, country=country, stakeholder_group=stakeholder, kind=kind, code=code, category=category,
        since=since,
    )  # fmt: skip
    chosen = present.choose_format(format_, out)
    if profile is not None:
        text = present.profile_text(flow.check_profile(work, filters, profile), chosen)
    else:
        assert first is not None
        text = present.comparison_text(flow.compare(work, filters, first, second, by=by, level=level), chosen)
    write(ctx, work, text, out)


@app.command(rich_help_panel=PANEL_REPORT)
def figures(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option(help="Folder for the figures; made if it is not there.", metavar="DIR")],
    format_: Annotated[str, typer.Option("--format", help="svg, png or pdf.", metavar="FORMAT")] = "svg",
    region: opt.Region = None,
    country: opt.Country = None,
    stakeholder: opt.Stakeholder = None,
    kind: opt.Kind = None,
    code: opt.Code = None,
    since: opt.Since = None,
    store: opt.Store = None,
) -> None:
    """Heat maps, a forest plot a code, a ranking a region, frequency against emphasis, network, saturation."""
    from .. import flow, present

    work = flow.open_workspace(store=store)
    filters = flow.make_filter(country=country, stakeholder_group=stakeholder, kind=kind, since=since)
    drawn = flow.figure_tables(work, filters, region=region, code=code)
    written = present.write_figures(drawn, out, format_)
    keep_manifest(ctx, work, written, beside=out)
    say(f"Wrote {len(written)} figures to {out}.")


@app.command(rich_help_panel=PANEL_REPORT)
def report(
    ctx: typer.Context,
    out: Annotated[
        Path, typer.Option(help="The file (.docx, .html or .xlsx), or a folder with --each-region.", metavar="PATH")
    ],
    region: Annotated[str | None, typer.Option(help="The report of this region (.docx).", metavar="NAME")] = None,
    cross_regional: Annotated[
        bool, typer.Option("--cross-regional", help="The report of all regions (.docx, .html or .xlsx).")
    ] = False,
    each_region: Annotated[bool, typer.Option("--each-region", help="A .docx for every region.")] = False,
    template: Annotated[
        Path | None, typer.Option(help="Your own Word template of a regional report.", metavar="FILE")
    ] = None,
    country: opt.Country = None,
    stakeholder: opt.Stakeholder = None,
    kind: opt.Kind = None,
    since: opt.Since = None,
    allow_names: opt.AllowNames = False,
    store: opt.Store = None,
) -> None:
    """A report to hand in: regional or cross-regional, as Word, HTML or Excel. Your own edits are never overwritten."""
    from .. import flow, present

    if [region is not None, cross_regional, each_region].count(True) != 1:
        raise SelectionError("Choose one: --region NAME, --each-region or --cross-regional.")
    if template is not None and cross_regional:
        raise SelectionError("--template is for regional reports. Leave it out, or choose --region or --each-region.")
    work = flow.open_workspace(store=store)
    guard(work, out, allow=allow_names)
    filters = flow.make_filter(country=country, stakeholder_group=stakeholder, kind=kind, since=since)
    made = flow.study_report(work, filters)
    if cross_regional:
        written = present.write_cross_regional(made, out)
    else:
        written = present.write_regional(made, out, region=region, template=template)
    keep_manifest(ctx, work, written, beside=out)
    for path, state in written.items():
        say(f"{path}: {'written' if state == 'written' else 'unchanged'}.")
