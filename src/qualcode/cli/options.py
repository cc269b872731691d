"""Options that several commands share, each spelled once, and the filters they make."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Store = Annotated[
    Path | None,
    typer.Option(
        "--store", help="SQLite file; default: qualcode.toml, QUALCODE_STORE, or qualcode.db.", metavar="FILE"
    ),
]
CodebookPath = Annotated[
    Path | None,
    typer.Option("--codebook", help="codebook.yaml or its folder; default: the 17 barriers.", metavar="PATH"),
]
TaggerName = Annotated[str | None, typer.Option("--tagger", help="hybrid.v2, model.v2 or rules.v1.", metavar="NAME")]

ModelName = Annotated[
    str | None,
    typer.Option(
        "--model", help="A model of `qualcode train`, or an older one; default: the codebook's.", metavar="NAME"
    ),
]

Region = Annotated[str | None, typer.Option("--region", help="Only this region.", metavar="NAME")]
Country = Annotated[str | None, typer.Option("--country", help="Only this country.", metavar="NAME")]
Stakeholder = Annotated[str | None, typer.Option("--stakeholder", help="Only this stakeholder group.", metavar="GROUP")]
Kind = Annotated[
    str | None, typer.Option("--kind", help="Only interviews, workshops, reports or surveys.", metavar="KIND")
]
Code = Annotated[str | None, typer.Option("--code", help="Only this code: number, id or name.", metavar="CODE")]
Category = Annotated[str | None, typer.Option("--category", help="Only this category: id or name.", metavar="CATEGORY")]
Coder = Annotated[str | None, typer.Option("--coder", help="Only codings of this coder.", metavar="NAME")]
Since = Annotated[str | None, typer.Option("--since", help="Only documents dated from this day on.", metavar="DATE")]

AllowNames = Annotated[
    bool, typer.Option("--allow-names", help="Write to the file although listed names are left in the store.")
]
Status = Annotated[
    str | None,
    typer.Option("--status", help="auto, accepted, pending or counted (auto or accepted).", metavar="STATUS"),
]

OutputFormat = Annotated[
    str | None, typer.Option("--format", help="table, csv, json, md, html or xlsx.", metavar="FORMAT")
]
Out = Annotated[
    Path | None, typer.Option("--out", help="Write to this file; its ending picks the format.", metavar="FILE")
]
