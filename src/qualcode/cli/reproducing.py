"""The command that makes a file again from its manifest and says whether it is the same."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path, PureWindowsPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import ReportError, SelectionError
from . import options as opt
from .app import PANEL_REPORT, app
from .writing import INPUTS, OUTPUTS, arguments

if TYPE_CHECKING:
    from ..flow import Manifest


@app.command(rich_help_panel=PANEL_REPORT)
def reproduce(
    ctx: typer.Context,
    manifest: Annotated[
        Path, typer.Argument(help="The manifest that lies beside a table or report.", metavar="FILE.manifest.json")
    ],
    files: Annotated[
        Path | None,
        typer.Option(help="Where gold, profiles and other files it read lie now; default: here.", metavar="FOLDER"),
    ] = None,
    format_: opt.OutputFormat = None,
    out: opt.Out = None,
    store: opt.Store = None,
) -> None:
    """Make a table or report again, and say whether it is the same to the byte, or what differs.

    Nothing is overwritten. Exit code 1 = different.
    """
    from .. import flow, present

    chosen = present.choose_format(format_, out)
    before = flow.read_manifest(manifest)
    compared = [(manifest.parent / name).resolve() for name in (manifest.name, *before.outputs)]
    if out is not None and out.resolve() in compared:
        raise SelectionError(f"--out {out.name} would overwrite what is compared. Give another name.")
    with TemporaryDirectory(prefix="qualcode-") as name:
        made = Path(name) / "made"
        made.mkdir()
        after = flow.read_manifest(_made_again(ctx.find_root(), before, made, store, _places(manifest, files)))
        rows = [_compared(name, before, after, manifest.parent, made) for name in sorted(before.outputs)]
    same = sum(before.outputs[name] == after.outputs.get(name) for name in before.outputs)
    new = sorted(after.outputs.keys() - before.outputs.keys())
    added = [{"about": "output", "what": f"{name} added"} for name in new]
    inputs = [vars(found) for found in flow.differences(before, after)]
    outputs = len(rows) + len(added)
    edited = sum(_is_other(manifest.parent / name, then) for name, then in before.outputs.items())
    text = present.reproduction_text([*rows, *added, *inputs], chosen, same=same, outputs=outputs, edited=edited)
    present.write_output(text, out)
    if same < outputs or edited:
        raise typer.Exit(1)


def _made_again(root: Any, before: Manifest, folder: Path, store: Path | None, places: Sequence[Path]) -> Path:
    """Run the command of a manifest with its files in `folder`; where its new manifest is."""
    words = before.command.name.split()
    command = root.command
    for word in words:
        command = command.commands[word]
    words += arguments(command.params, _options(before, folder, store, places))
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        root.command.main(words, prog_name="qualcode", standalone_mode=False)
    found = list(folder.rglob("*.manifest.json"))
    if not found:
        why = said.getvalue().strip().removeprefix("Error: ")
        raise ReportError(f"It cannot be made again: {why}")
    return found[0]


def _options(before: Manifest, folder: Path, store: Path | None, places: Sequence[Path]) -> dict[str, Any]:
    """The options of a manifest, with paths as they are here."""
    options = {**before.command.options, "allow_names": True}  # what is made is compared and deleted
    for name in OUTPUTS:
        if name in options:
            options[name] = folder / _plain(options[name])
    for name in INPUTS:
        if name in options:
            found = [_found(one, places) for one in _listed(options[name])]
            options[name] = found if isinstance(options[name], list) else found[0]
    if store is not None or "store" in options:
        options["store"] = store or _found(options["store"], places)
    return options


def _plain(name: Any) -> str:
    if not isinstance(name, str) or PureWindowsPath(name).name != name or name in ("", ".."):
        raise SelectionError(f'The manifest names "{name}" as a file, which leaves its folder. Nothing was made.')
    return name


def _places(manifest: Path, files: Path | None) -> tuple[Path, ...]:
    """Where inputs may lie: where it is said, where the command runs, beside the manifest."""
    return (*([] if files is None else [files]), Path(), manifest.parent)


def _found(name: Any, places: Sequence[Path]) -> Path:
    plain = _plain(name)
    for folder in places:
        if (folder / plain).exists():
            return folder / plain
    raise SelectionError(f"{plain}, which it was made from, is not here. Say in which folder it lies: --files FOLDER")


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _compared(name: str, before: Manifest, after: Manifest, beside: Path, made: Path) -> Mapping[str, Any]:
    """One output: the same, or where it begins to differ from the file beside the manifest."""
    from .. import present

    then, now = before.outputs[name], after.outputs.get(name)
    kept, again = beside / name, next((one for one in made.rglob("*") if one.name == name), None)
    said = "identical" if then == now else "different" if now else "missing"
    if not kept.is_file():
        said += "; the file is not beside its manifest"
    elif _is_other(kept, then):
        said += "; the file beside the manifest was changed since"
    if again is not None and _is_other(kept, now) and (where := present.first_difference(kept, again)):
        said += f": {where}"
    return {"about": "output", "what": f"{name} {said}", "before": then[:12], "after": (now or "")[:12]}


def _is_other(file: Path, expected: str | None) -> bool:
    """Whether a file is there, with other bytes than those of this hash."""
    from .. import flow

    return file.is_file() and flow.file_hash(file) != expected
