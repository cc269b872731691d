"""What every command does with a file it was asked for: write it, with the manifest of what it was made of.

And back: the words of a command from the options of a manifest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from ..flow import Command, Workspace

INPUTS = ("paths", "gold", "profile", "template", "codebook", "shares")
OUTPUTS = ("out", "figure", "report")
PATHS = (*INPUTS, *OUTPUTS, "store")
"""Parameters that name files: those read, those written, and the store."""


def write(ctx: typer.Context, work: Workspace, content: str | bytes, out: Path | None) -> None:
    """Print `content`, or write it to `out` and its manifest beside it."""
    from .. import present

    present.write_output(content, out)
    if out is not None:
        keep_manifest(ctx, work, [out], beside=out)


def keep_manifest(ctx: typer.Context, work: Workspace, written: Iterable[Path], *, beside: Path) -> None:
    """Write the manifest of files that were written just now; `beside` is one of them, or their folder."""
    from .. import flow, present

    command = typed(ctx)
    reads_store = any(parameter.name == "store" for parameter in ctx.command.params)
    made = flow.make_manifest(work, command, {path.name: path for path in written}, reads_store=reads_store)
    present.write_manifest(made, present.manifest_path(beside, command.name))


def typed(ctx: typer.Context) -> Command:
    """The command as it was typed, paths by their last part alone."""
    from .. import flow

    given = {
        str(parameter.name): ctx.params[str(parameter.name)]
        for parameter in ctx.command.params
        if getattr(ctx.get_parameter_source(str(parameter.name)), "name", "") == "COMMANDLINE"
    }
    files: dict[str, str | None] = {}
    for name in INPUTS:
        for path in map(Path, _listed(given.get(name))):
            files[path.resolve().name] = flow.file_hash(path) if path.exists() else None
    options: dict[str, Any] = {}
    for name, value in given.items():
        plain = [Path(one).resolve().name for one in _listed(value)] if name in PATHS else _listed(value)
        options[name] = plain if isinstance(value, list | tuple) else plain[0]
    return flow.Command(" ".join(_words(ctx)), options, files)


def _words(ctx: Any) -> Iterator[str]:
    if ctx.parent is not None:
        yield from _words(ctx.parent)
        yield ctx.info_name


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def arguments(parameters: Iterable[Any], options: Mapping[str, Any]) -> list[str]:
    """Options of a manifest as they are typed.

    Parameters
    ----------
    parameters : iterable of typer parameter
        Those of the command, in its order.
    options : mapping of str to object
        Values by the parameter's name.
    """
    words: list[str] = []
    places: list[str] = []
    for parameter in parameters:
        for value in _listed(options.get(parameter.name)):
            if parameter.param_type_name == "argument":
                places.append(str(value))
            else:
                words.append(parameter.opts[0] if value is True else f"{parameter.opts[0]}={value}")
    return [*words, "--", *places]
