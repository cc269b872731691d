"""The command that opens the review page."""

from __future__ import annotations

from typing import Annotated

import typer

from ..errors import SelectionError, nearest
from ..review import QUEUE_ORDERS
from . import options as opt
from .app import PANEL_WORK, app, say


@app.command(rich_help_panel=PANEL_WORK)
def review(
    coder: Annotated[
        str | None,
        typer.Option(help="Your name, kept with what you decide; default: your user name.", metavar="NAME"),
    ] = None,
    queue: Annotated[
        str | None,
        typer.Option(help=f"Begin with a queue: {', '.join(QUEUE_ORDERS)}.", metavar="ORDER"),
    ] = None,
    blind: Annotated[
        bool, typer.Option("--blind", help="Hide codings of the machine and of others until you have looked.")
    ] = False,
    audit: Annotated[
        int | None,
        typer.Option(min=1, help="Draw sentences at random, and begin with them: they measure accuracy.", metavar="N"),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Of the draw; default: the study's.", metavar="NUMBER")
    ] = None,
    region: opt.Region = None,
    country: opt.Country = None,
    stakeholder: opt.Stakeholder = None,
    kind: opt.Kind = None,
    code: opt.Code = None,
    category: opt.Category = None,
    since: opt.Since = None,
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
    """Read the notes with their codings in your browser, and decide: accept, reject, add, undo.

    The page is for this machine alone. What you decide is stored at once; Ctrl-C stops the page.
    """
    from .. import flow, present, web

    person = flow.default_coder() if coder is None else flow.coder_name(coder)
    if queue is not None and queue not in QUEUE_ORDERS:
        raise SelectionError(f'--queue "{queue}" is not known. {nearest(queue, QUEUE_ORDERS)}')
    if audit is not None and queue not in (None, "audit"):
        raise SelectionError("--audit begins with the queue of the sentences drawn. Leave out --queue.")
    order = queue or ("audit" if audit is not None else "uncertain" if code or category else None)
    if order == "audit" and (code or category):
        raise SelectionError("An audit is drawn over all codes. Leave out --code and --category.")
    if seed is not None and audit is None:
        raise SelectionError("--seed is for drawing sentences. Add --audit N, or leave it out.")
    work = flow.open_workspace(store=store)
    asked = flow.make_filter(
        region=region, country=country, stakeholder_group=stakeholder, kind=kind, code=code, category=category,
        since=since,
    )  # fmt: skip
    desk = flow.ReviewDesk(work, person, is_blind=blind)
    # Refuses filters that name what there is not, before a page opens.
    desk.queue(order, asked) if order else desk.documents(asked)
    with web.hold_store(work.store_path, person):
        if audit is not None:
            drawn = flow.draw_audit(work, audit, seed=seed)
            say(present.audit_text(drawn))
        say(_greeting(str(work.store_path), person, is_blind=blind, is_own_name=coder is not None))
        filters = {
            "region": region, "country": country, "stakeholder": stakeholder, "kind": kind, "code": code,
            "category": category, "since": since,
        }  # fmt: skip
        start = web.url("/queue" if order else "/documents", order=order, **filters)
        web.serve(desk, say=say, port=port, start=start, idle_minutes=idle, open_browser=not no_browser)


def _greeting(store: str, person: str, *, is_blind: bool, is_own_name: bool) -> str:
    lines = [f"Reviewing {store} as {person}{'' if is_own_name else ' (another name: --coder NAME)'}."]
    if is_blind:
        lines.append("Blind: you see codings of the machine and of others after you have looked at a sentence.")
    lines.append("What you decide is stored at once. Ctrl-C stops the page.")
    return "\n".join(lines)
