"""Coded passages: codings as a table, and quotes with their context.

In: the rows of codings, or quotes. Out: a table of codings, or quotes as text or rows in any format.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill, indent
from typing import Any, Protocol

from .table import WIDTH, Column, Format, Table, render
from .wording import plural

CODING_COLUMNS = (
    "document",
    "region",
    "country",
    "stakeholder_group",
    "kind",
    "date",
    "speaker",
    "role",
    "position",
    "start",
    "end",
    "text",
    "code_number",
    "code",
    "category",
    "probability",
    "status",
    "coder",
    "decided_by",
    "evidence",
    "codebook_version",
    "run",
)
_CODING_TITLES = {
    "document": "Document",
    "speaker": "Speaker",
    "position": "Segment",
    "text": "Words",
    "code_number": "No",
    "probability": "p",
    "status": "Status",
}


def codings_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """One row a coding; people see the main columns, programs all."""
    columns = tuple(
        Column(
            name,
            _CODING_TITLES.get(name, ""),
            right=name in ("position", "code_number", "probability"),
            show={"probability": lambda p: f"{p:.2f}", "text": lambda t: " ".join(t.split())}.get(name),
            widest={"document": 20, "speaker": 12}.get(name),
        )
        for name in CODING_COLUMNS
    )
    plain = [{**row, **{name: json.loads(row[name]) for name in ("decided_by", "evidence")}} for row in rows]
    notes = (
        ("No: number of the code (qualcode codebook show). All columns, with evidence: --format csv",) if rows else ()
    )
    return Table(columns, plain, title=f"{plural(len(rows), 'coding')}", notes=notes)


@dataclass(frozen=True, match_args=False)
class Quoted(Protocol):
    """What `quotes_text` needs to know of a quote; `qualcode.flow.Quote` has it."""

    passage: Any
    code_name: str
    before: str
    after: str


def quotes_text(quotes: Sequence[Quoted], output: Format) -> str | bytes:
    """Typical passages: as text with their context, else one row a passage."""
    if output not in ("table", "md"):
        return render([_quotes_table(quotes)], output)
    if not quotes:
        return "No passage: no coding counts here. Pending ones: qualcode codings --status pending"
    parts: list[str] = []
    last = None
    for quote in quotes:
        passage = quote.passage
        if passage.code != last:
            number = f"{passage.code_number} " if passage.code_number is not None else ""
            parts.append(f"{'## ' if output == 'md' else ''}{number}{quote.code_name}")
            last = passage.code
        parts.append(_quote(quote, output))
    return "\n\n".join(parts)


def _quote(quote: Quoted, output: Format) -> str:
    passage = quote.passage
    who = ", ".join(part for part in (passage.speaker, passage.region, passage.kind, passage.document) if part)
    sure = "accepted by people" if passage.status == "accepted" else f"probability {passage.probability:.2f}"
    words = " ".join(passage.text.split())
    if output == "md":
        return f"> {words}\n>\n> ({who}; {sure})"
    lines = [fill(f"“{words}”", WIDTH - 4)]
    if quote.before:
        lines.insert(0, fill(f"… {' '.join(quote.before.split())}", WIDTH - 4))
    if quote.after:
        lines.append(fill(f"{' '.join(quote.after.split())} …", WIDTH - 4))
    lines.append(fill(f"({who}; {sure})", WIDTH - 4))
    return indent("\n".join(lines), "    ")


_QUOTE_FIELDS = (
    "code_number", "code", "document", "region", "country", "stakeholder_group", "kind", "speaker", "start", "end",
    "text", "words", "probability", "status",
)  # fmt: skip


def _quotes_table(quotes: Sequence[Quoted]) -> Table:
    columns = tuple(Column(name, name) for name in (*_QUOTE_FIELDS, "before", "after"))
    rows = [
        {**{name: getattr(q.passage, name) for name in _QUOTE_FIELDS}, "before": q.before, "after": q.after}
        for q in quotes
    ]
    return Table(columns, rows, title="Quotes")
