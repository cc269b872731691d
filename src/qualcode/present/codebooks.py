"""Codebooks: how their examples fared, what they hold, and how two of them differ.

In: a codebook, one of its codes, or the report of a check or comparison. Out: text, or rows in any format.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import fill
from typing import Any, Protocol

from ..codebook import Change, Code, Codebook
from .table import WIDTH, Column, Format, Table, render
from .wording import json_text, plural


@dataclass(frozen=True, match_args=False)
class Checked(Protocol):
    """What `check_text` needs to know; `qualcode.flow.CheckReport` has it."""

    codebook: Codebook
    tagger: str
    rows: tuple[Any, ...]
    uncoded_examples: int


def check_text(report: Checked, output: Format) -> str | bytes:
    """How each code's examples fared, and every sentence that failed."""
    columns = (
        Column("number", "No", right=True),
        Column("code", "Code"),
        Column("cues", "Cues", right=True),
        Column("typical", "Typical", right=True),
        Column("borderline", "Borderline", right=True),
        Column("counter", "Counter", right=True),
        Column("examples", "Examples", right=True),
        Column("failures", ""),
    )
    rows = [
        {
            "number": row.code.number,
            "code": row.code.id,
            "cues": len(row.code.cues),
            **{name: "{}/{}".format(*getattr(row, name)) for name in ("typical", "borderline", "counter")},
            "examples": row.examples,
            "failures": list(row.failures),
        }
        for row in report.rows
    ]
    failed = [f"  {row.code.id}: {failure}" for row in report.rows for failure in row.failures]
    passed = sum(n for row in report.rows for n in (row.typical[0], row.borderline[0], row.counter[0]))
    tried = sum(n for row in report.rows for n in (row.typical[1], row.borderline[1], row.counter[1]))
    coded = sum(row.examples for row in report.rows)
    notes = (
        f"{report.codebook.title}, version {report.codebook.version}, {report.codebook.hash}",
        f"{passed} of {tried} sentences pass with {report.tagger}: typical and borderline ones caught, "
        "counter-examples not.",
        f"examples.jsonl: {coded:,} codings of sentences and {report.uncoded_examples:,} sentences without a code.",
        *failed,
    )
    return render([Table(columns, rows, title="", notes=notes)], output)


def codebook_text(codebook: Codebook, output: Format, *, code: Code | None = None) -> str | bytes:
    """A codebook as an overview, or one code with everything a coder needs."""
    if output == "json":
        return json_text(code.model_dump(mode="json") if code else codebook.model_dump(mode="json"))
    if code is not None and output in ("table", "md"):
        return _code_text(code, codebook)
    columns = (
        Column("category", ""),
        Column("number", "No", right=True),
        Column("code", "Id"),
        Column("name", ""),
        Column("short_definition", "Means"),
        Column("definition", ""),
        Column("colour", ""),
    )
    rows = [
        {
            "category": codebook.category_of[entry.id].name,
            "number": entry.number,
            "code": entry.id,
            "name": entry.name,
            "short_definition": entry.short_definition,
            "definition": entry.definition,
            "colour": entry.colour,
        }
        for entry in codebook.codes
        if code is None or entry.id == code.id
    ]
    title = f"{codebook.title}, version {codebook.version}"
    return render([Table(columns, rows, title=title, groups="category")], output)


def _code_text(code: Code, codebook: Codebook) -> str:
    lines = [
        f"{code.number} {code.name} ({code.id})",
        fill(
            f"in {codebook.category_of[code.id].name}; themes: {', '.join(t.name for t in code.themes) or 'none'}",
            WIDTH,
        ),
        "",
        fill(code.definition, WIDTH),
        "",
        "Use when",
        *(_item(text) for text in code.use_when),
        "Do not use when",
        *(_item(f"{entry.text}{_instead(entry.use_instead)}") for entry in code.not_when),
        "Typical",
        *(_item(text) for text in code.examples.typical),
        "Borderline, but in",
        *(_item(text) for text in code.examples.borderline),
        "Not this code",
        *(_item(f"{entry.text} ({entry.because}{_instead(entry.use_instead)})") for entry in code.examples.counter),
        f"Cues ({len(code.cues)})",
        *(
            _item(f"{cue.weight:g}  {cue.label}{f' (with a {cue.needs} word)' if cue.needs else ''}")
            for cue in code.cues
        ),
    ]
    return "\n".join(lines)


def _instead(code_id: str | None) -> str:
    return f" -> {code_id}" if code_id else ""


def _item(text: str) -> str:
    return fill(text, WIDTH, initial_indent="  - ", subsequent_indent="    ")


@dataclass(frozen=True, match_args=False)
class Diffed(Protocol):
    """What `diff_text` needs to know; `qualcode.flow.DiffReport` has it."""

    before: Codebook
    after: Codebook
    changes: tuple[Change, ...]
    required: str
    too_low: bool


def diff_text(report: Diffed, output: Format) -> str | bytes:
    """What changed between two codebooks, and the version that calls for."""
    columns = (
        Column("level", "Changes"),
        Column("part", "Part"),
        Column("field", "Field"),
        Column("before", "Before"),
        Column("after", "After"),
    )
    rows = [change.model_dump() for change in report.changes]
    meaning = any(change.level == "meaning" for change in report.changes)
    verdict = "Meaning changed: codings of these codes are stale." if meaning else "Meaning did not change."
    version = f"Version {report.before.version} -> {report.after.version}"
    needed = f"; these changes call for {report.required} or higher" if report.too_low else ""
    title = plural(len(rows), "change") if rows else "No change"
    return render([Table(columns, rows, title=title, notes=(verdict, f"{version}{needed}."))], output)
