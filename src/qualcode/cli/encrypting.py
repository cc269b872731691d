"""The commands that write the store as an encrypted copy, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from . import options as opt
from .app import PANEL_SETUP, app, say

Copy = Annotated[Path, typer.Option("--out", help="The new store; there must be no such file yet.", metavar="FILE")]


@app.command(rich_help_panel=PANEL_SETUP)
def encrypt(out: Copy, store: opt.Store = None) -> None:
    """Write an encrypted copy of the store. Without its passphrase nobody can open it, and nobody can give it back.

    The passphrase is the line in the file that QUALCODE_KEY_FILE names, or in QUALCODE_KEY, or is asked for. The store
    itself stays as it is. Comes with the extra named encrypt.
    """
    from .. import flow

    left = flow.encrypt(flow.open_workspace(store=store), out)
    say(f"Wrote {out}, encrypted; every row is the same. Keep the passphrase where you find it in ten years.")
    say(f"Still there, and not encrypted: {', '.join(map(str, left))}")
    say(f"First check the copy: qualcode doctor --store {out}")
    say("Then delete what is not encrypted, also from the recycle bin and from your own backups.")


@app.command(rich_help_panel=PANEL_SETUP)
def decrypt(out: Copy, store: opt.Store = None) -> None:
    """Write a plain copy of an encrypted store, as for another passphrase: decrypt, encrypt anew, delete the plain one.

    The store itself stays as it is.
    """
    from .. import flow

    flow.decrypt(flow.open_workspace(store=store), out)
    say(f"Wrote {out}; every row is the same. It is not encrypted: who has the file can read the interviews.")
