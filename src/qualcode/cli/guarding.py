"""What every command asks before it writes words of people to a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..flow import Workspace


def guard(work: Workspace, out: Path | None, *, allow: bool) -> None:
    """Refuse a file from a store that holds listed names; only say so where that is allowed or there is no list.

    The whole store is looked at, not the file: a name can hide in a packed file, or between two marks of its layout.

    Parameters
    ----------
    work : Workspace
    out : Path or None
        None = nothing is written to a file, so nothing is checked.
    allow : bool
        ``--allow-names`` was given.
    """
    from .. import flow

    _say(None if out is None else flow.check_names(work, allow=allow))


def guard_content(work: Workspace, content: bytes, *, allow: bool) -> None:
    """The same for a file of JSON that holds no transcripts: its own words are looked at, but not its codebooks.

    Parameters
    ----------
    work : Workspace
    content : bytes
    allow : bool
        ``--allow-names`` was given.
    """
    from .. import flow

    tree = {name: value for name, value in json.loads(content).items() if not name.startswith("codebook")}
    _say(flow.check_names(work, _strings(tree), allow=allow))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)


def _say(note: str | None) -> None:
    from .app import say

    if note:
        say(f"Note: {note}")
