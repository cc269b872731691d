"""Codebooks of other programs in, ours out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .app import codebook_app, say


@codebook_app.command("import")
def codebook_import(
    file: Annotated[
        Path,
        typer.Argument(help="A codebook (.qdc, .csv, .xlsx) or project (.qdpx) of another program.", metavar="FILE"),
    ],
    out: Annotated[Path, typer.Option(help="The codebook.yaml to be, or its folder.", metavar="PATH")] = Path(
        "codebook.yaml"
    ),
    title: Annotated[str | None, typer.Option(help="Title; default: the name of the file.", metavar="TEXT")] = None,
    language: Annotated[str, typer.Option(help="Language of the notes it is for.", metavar="CODE")] = "en",
) -> None:
    """Make a codebook.yaml of a codebook of NVivo, MAXQDA, ATLAS.ti, QualCoder or Taguette; cues are yours to write."""
    from .. import flow, present

    made = flow.import_codebook_file(file, out, title=title, language=language)
    present.write_output(made.content, made.path)
    say(present.codebook_import_text(made, str(made.path)))


@codebook_app.command("export")
def codebook_export(
    out: Annotated[Path, typer.Argument(help="The file: .csv, .xlsx, .qdc or .yaml.", metavar="OUT")],
    path: Annotated[Path | None, typer.Argument(help="codebook.yaml or its folder; default: the study's.")] = None,
) -> None:
    """Write a codebook for other programs; what they cannot hold is said."""
    from .. import flow, present

    made = flow.export_codebook_file(flow.open_workspace(codebook=path), out)
    present.write_export(made.content, out)
    say(present.codebook_export_text(made, str(out)))
