"""The command that hides names in a copy of a store, and gives them back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import SelectionError
from . import options as opt
from .app import PANEL_REPORT, app, say


@app.command(rich_help_panel=PANEL_REPORT)
def pseudonymize(
    out: Annotated[Path | None, typer.Option("--out", help="The new store.", metavar="FILE")] = None,
    suggest: Annotated[
        bool, typer.Option("--suggest", help="Write names_suggested.csv: what may be a name, for you to decide.")
    ] = False,
    examples: Annotated[
        bool, typer.Option("--examples", help="With --suggest: a place of each in its context.")
    ] = False,
    reverse: Annotated[
        Path | None, typer.Option("--reverse", help="Give the names back with this key file.", metavar="KEY")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", help="Where the key file goes; default: beside --out.", metavar="FILE")
    ] = None,
    coders: Annotated[bool, typer.Option("--coders", help="Hide the people who code, too.")] = False,
    store: opt.Store = None,
) -> None:
    """Copy the store with pseudonyms for the people, organisations and places in names.csv; or give them back.

    The store itself stays as it is. Who has the key file, or knows the people, still knows them: the copy is
    pseudonymised, not more.
    """
    from .. import flow, present

    work = flow.open_workspace(store=store)
    if suggest:
        if out or reverse or key or coders:
            raise SelectionError("--suggest writes the queue alone. Leave out --out, --reverse, --key and --coders.")
        say(present.suggested_text(flow.suggest_names(work, examples=examples)))
        return
    if examples:
        raise SelectionError("--examples is for --suggest. Add it, or leave --examples out.")
    if out is None:
        raise SelectionError("Choose one: --suggest, or --out FILE for a copy with pseudonyms.")
    if reverse is None:
        say(present.pseudonymised_text(flow.pseudonymize(work, out, key=key, hide_coders=coders)))
        return
    if key or coders:
        raise SelectionError("--reverse takes the key itself. Leave out --key and --coders.")
    say(present.restored_text(flow.give_back_names(work, reverse, out)))
