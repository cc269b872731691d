"""Commands that look into the store itself: sentences by their words, and everything with SQL in a browser."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from . import options as opt
from .app import PANEL_LOOK, app, say
from .guarding import guard
from .writing import write


@app.command(rich_help_panel=PANEL_LOOK)
def search(
    ctx: typer.Context,
    words: Annotated[
        str, typer.Argument(help='Words, "a phrase" in quotes, begin*, OR, NOT; all in one sentence.', metavar="WORDS")
    ],
    near: Annotated[
        int | None, typer.Option(min=0, max=1000, help="At most so many other words between them.", metavar="N")
    ] = None,
    regex: Annotated[bool, typer.Option("--regex", help="WORDS is a regular expression.")] = False,
    role: Annotated[
        str,
        typer.Option(help="respondent, or all: interviewers, facilitators, notes and headings too.", metavar="ROLE"),
    ] = "respondent",
    region: opt.Region = None,
    country: opt.Country = None,
    stakeholder: opt.Stakeholder = None,
    kind: opt.Kind = None,
    code: opt.Code = None,
    category: opt.Category = None,
    since: opt.Since = None,
    context: Annotated[
        int, typer.Option(min=0, max=100, help="Sentences shown before and after each.", metavar="N")
    ] = 1,
    limit: Annotated[int, typer.Option(min=1, help="Show at most so many sentences.", metavar="N")] = 100,
    format_: opt.OutputFormat = None,
    out: opt.Out = None,
    allow_names: opt.AllowNames = False,
    store: opt.Store = None,
) -> None:
    """Find sentences by their words, with what stands around them and the codes that count on them.

    Capitals and accents do not matter.
    """
    from .. import flow, present

    work = flow.open_workspace(store=store)
    guard(work, out, allow=allow_names)
    filters = flow.make_filter(
        region=region, country=country, stakeholder_group=stakeholder, kind=kind, code=code, category=category,
        since=since,
    )  # fmt: skip
    chosen = present.choose_format(format_, out)
    found = flow.search(
        work, words, filters, near=near, is_regex=regex, role=role, context=context, limit=limit
    )  # fmt: skip
    marks = present.BOLD if out is None and _shows_bold() else present.STARS
    write(ctx, work, present.search_text(found.rows, chosen, marks=marks), out)
    say(present.search_counts(len(found.rows), found.sentences, found.documents, found.others))


@app.command(rich_help_panel=PANEL_LOOK)
def explore(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the page on this machine; 0 = a free one.", metavar="N")
    ] = 0,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the page's address, which works once, instead of opening it.")
    ] = False,
    idle: Annotated[
        float, typer.Option(min=0, help="Stop after so long without a request; 0 = never.", metavar="MINUTES")
    ] = 60,
    store: opt.Store = None,
) -> None:
    """Look through the store in your browser with Datasette: tables, filters, SQL. Nothing can be changed there.

    The page is for this machine alone; Ctrl-C stops it. Datasette comes with the extra named explore.
    """
    from .. import flow, web

    work = flow.open_workspace(store=store)
    opened = flow.exploration(work)
    say(f"Exploring {work.store_path}, for reading only. Ctrl-C stops the page.")
    web.explore(opened, say=say, port=port, idle_minutes=idle, open_browser=not no_browser)


def _shows_bold() -> bool:
    """Whether standard output is a terminal that knows bold type."""
    if not sys.stdout.isatty():
        return False
    from rich.console import Console

    console = Console(file=sys.stdout)
    return not (console.legacy_windows or console.is_dumb_terminal)
