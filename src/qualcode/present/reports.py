"""Results of commands as text for people, and as tables for every format."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import fill, indent
from typing import Any, Protocol

from ..codebook import Change, Code, Codebook
from ..model import ATTRIBUTES, Attributes, Score, Thresholds, Transcript
from ..study import RegionPlan
from .table import WIDTH, Column, Format, Table, render, render_json


def json_text(content: Any) -> str:
    """Any plain content as indented JSON."""
    return json.dumps(content, ensure_ascii=False, indent=2)


def plural(count: int, noun: str) -> str:
    """``"1 document"``, ``"2 documents"``.

    Examples
    --------
    >>> plural(1, "coding"), plural(12345, "word")
    ('1 coding', '12,345 words')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


# --- tag ---------------------------------------------------------------------------------------


@dataclass(frozen=True, match_args=False)
class Tagged(Protocol):
    """What `tag_text` needs to know; `qualcode.flow.TagReport` has it."""

    new: int
    changed: int
    retagged: int
    unchanged: int
    attributes_updated: int
    words: int
    segments: int
    codings: Mapping[str, int]
    by_category: list[tuple[str, int, int]]
    skipped: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    tagger: str
    thresholds: Thresholds
    store: Path


def tag_text(report: Tagged) -> str:
    """What a tagging run did, in counts, and what to run next."""
    done = [
        f"{count:,} {what}"
        for count, what in (
            (report.new, "new"),
            (report.changed, "changed"),
            (report.retagged, "tagged again"),
            (report.unchanged, "unchanged"),
        )
        if count
    ]
    lines = [f"Documents: {', '.join(done) or 'none'}."]
    if report.attributes_updated:
        lines.append(f"Attributes corrected in {plural(report.attributes_updated, 'document')}.")
    if report.new + report.changed + report.retagged:
        auto, pending = report.codings.get("auto", 0), report.codings.get("pending", 0)
        lines += [
            f"Respondents: {plural(report.words, 'word')} in {plural(report.segments, 'sentence')}.",
            f"Codings by {report.tagger}: {auto:,} counted (probability {report.thresholds.auto:.2f} or more), "
            f"{pending:,} pending (from {report.thresholds.review:.2f}).",
        ]
    lines.append("")
    columns = (
        Column("category", "In the store"),
        Column("auto", "Counted", right=True),
        Column("pending", "Pending", right=True),
    )
    rows = [{"category": name, "auto": auto, "pending": pending} for name, auto, pending in report.by_category]
    lines.append(str(render([Table(columns, rows)], "table")))
    lines += [f"Note: {note}" for note in report.notes]
    if report.skipped:
        reasons: dict[str, int] = defaultdict(int)
        for _name, reason in report.skipped:
            reasons[reason] += 1
        lines.append(
            "Left aside: " + "; ".join(f"{plural(n, 'file')} ({why})" for why, n in sorted(reasons.items())) + "."
        )
    lines.append(f"Store: {report.store.name}. Next: qualcode summarize; qualcode quotes --code 1; qualcode codings")
    return "\n".join(lines)


def problems_text(problems: Sequence[str]) -> str:
    """Sources that could not be read, one a line."""
    return "\n".join(
        [f"{plural(len(problems), 'source')} could not be read:", *(f"  {problem}" for problem in problems)]
    )


@dataclass(frozen=True, match_args=False)
class Previewed(Protocol):
    """What `preview_text` needs to know; `qualcode.flow.PreviewReport` has it."""

    previews: tuple[Any, ...]
    skipped: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def preview_text(report: Previewed) -> str:
    """What was understood of each source, before anything is stored."""
    parts = [_preview(p.transcript, p.speakers, p.language_guess) for p in report.previews]
    parts += [f"Left aside: {name} ({reason})" for name, reason in report.skipped]
    parts += [f"Note: {note}" for note in report.notes]
    parts.append(f"{plural(len(report.previews), 'document')} understood. Nothing was stored.")
    return "\n".join(parts)


def _preview(transcript: Transcript, speakers: Iterable[Any], language_guess: str | None) -> str:
    document = transcript.document
    encoding = document.encoding + (" (guessed)" if document.encoding_guessed else "")
    values = {**dict.fromkeys(document.attributes.missing, "MISSING"), **_given(document.attributes)}
    known = [f"{name} {values[name]}" for name in ATTRIBUTES if name in values]
    if language_guess:
        known.append(f"language {language_guess} (guessed)")
    coded = sum(transcript.is_coded(segment) for segment in transcript.segments)
    lines = [
        document.name,
        f"  format {document.format}, {encoding}; {plural(len(transcript.turns), 'turn')}, "
        f"{plural(coded, 'sentence')} of respondents",
        f"  {', '.join(known)}",
    ]
    lines += [
        f"  {speaker.speaker or '(no name)'}: {speaker.role}, {plural(speaker.turns, 'turn')}, "
        f"{plural(speaker.words, 'word')}"
        for speaker in speakers
    ]
    lines += [f"  left out: {what}" for what in document.left_out]
    return "\n".join(lines) + "\n"


def _given(attributes: Attributes) -> dict[str, str]:
    return {name: value for name in ATTRIBUTES if (value := getattr(attributes, name))}


# --- try ---------------------------------------------------------------------------------------


@dataclass(frozen=True, match_args=False)
class Tried(Protocol):
    """What `try_text` needs to know of a text; `qualcode.flow.Trial` has it."""

    id: str
    text: str
    score: Score


def try_text(trials: Sequence[Tried], codebook: Codebook, output: Format) -> str | bytes:
    """Scores of texts: as JSON one object a text with all codes, as text the best codes with evidence.

    The other formats have one row a text and code, most probable first.
    """
    records = [_trial_record(trial, codebook) for trial in trials]
    if output == "json":
        return render_json(records)
    if output == "table":
        return "\n\n".join(_trial_text(trial, codebook) for trial in trials)
    rows = [
        {"id": record["id"], "text": record["text"], "none": record["none"], **code}
        for record in records
        for code in record["codes"]
    ]
    titles = {"id": "Id", "number": "No", "code": "Code", "probability": "p"}
    columns = tuple(Column(name, titles.get(name, ""), right=name in ("number", "probability")) for name in _TRY_FIELDS)
    return render([Table(columns, rows, title=plural(len(records), "text"))], output)


_TRY_FIELDS = ("id", "text", "none", "number", "code", "probability", "evidence")


def _trial_record(trial: Tried, codebook: Codebook) -> dict[str, Any]:
    return {
        "id": trial.id,
        "text": trial.text,
        "none": round(trial.score.none, 4),
        "codes": [
            {
                "number": codebook.by_id[code].number,
                "code": code,
                "probability": round(probability, 4),
                "evidence": [evidence.as_dict() for evidence in trial.score.evidence.get(code, ())],
            }
            for code, probability in _ranked(trial.score)
        ],
    }


def _ranked(score: Score) -> list[tuple[str, float]]:
    return sorted(score.probabilities.items(), key=lambda pair: (-pair[1], pair[0]))


def _trial_text(trial: Tried, codebook: Codebook, best: int = 3) -> str:
    lines = [fill(trial.text, WIDTH)]
    for code, probability in _ranked(trial.score)[:best]:
        entry = codebook.by_id[code]
        lines.append(f"  {probability:4.2f}  {entry.number:>2} {entry.name}")
        for evidence in trial.score.evidence.get(code, ()):
            said = trial.text[evidence.start : evidence.end] if evidence.source == "cue" else ""
            words = f': "{_short(said, 22)}"' if said else ""
            lines.append(f"        {evidence.weight:+5.2f}  {evidence.source}: {_short(evidence.detail, 54)}{words}")
    lines.append(f"  {trial.score.none:4.2f}  no code")
    return "\n".join(lines)


def _short(text: str, width: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1] + "…"


# --- codings, quotes ---------------------------------------------------------------------------

CODING_COLUMNS = (
    "document",
    "region",
    "country",
    "stakeholder_group",
    "kind",
    "date",
    "speaker",
    "role",
    "start",
    "end",
    "text",
    "code_number",
    "code",
    "category",
    "probability",
    "status",
    "coder",
    "evidence",
    "codebook_version",
    "run",
)
_CODING_TITLES = {
    "document": "Document",
    "speaker": "Speaker",
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
            right=name in ("code_number", "probability"),
            show={"probability": lambda p: f"{p:.2f}", "text": lambda t: " ".join(t.split())}.get(name),
            widest={"document": 20, "speaker": 12}.get(name),
        )
        for name in CODING_COLUMNS
    )
    plain = [{**row, "evidence": json.loads(row["evidence"])} for row in rows]
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
    words = " ".join(passage.text.split())
    if output == "md":
        return f"> {words}\n>\n> ({who}; probability {passage.probability:.2f})"
    lines = [fill(f"“{words}”", WIDTH - 4)]
    if quote.before:
        lines.insert(0, fill(f"… {' '.join(quote.before.split())}", WIDTH - 4))
    if quote.after:
        lines.append(fill(f"{' '.join(quote.after.split())} …", WIDTH - 4))
    lines.append(fill(f"({who}; probability {passage.probability:.2f})", WIDTH - 4))
    return indent("\n".join(lines), "    ")


_QUOTE_FIELDS = (
    "code_number", "code", "document", "region", "country", "stakeholder_group", "kind", "speaker", "start", "end",
    "text", "words", "probability",
)  # fmt: skip


def _quotes_table(quotes: Sequence[Quoted]) -> Table:
    columns = tuple(Column(name, name) for name in (*_QUOTE_FIELDS, "before", "after"))
    rows = [
        {**{name: getattr(q.passage, name) for name in _QUOTE_FIELDS}, "before": q.before, "after": q.after}
        for q in quotes
    ]
    return Table(columns, rows, title="Quotes")


# --- status, init ------------------------------------------------------------------------------


@dataclass(frozen=True, match_args=False)
class Statused(Protocol):
    """What `status_text` needs to know; `qualcode.flow.StatusReport` has it."""

    title: str
    documents: list[dict[str, Any]]
    plan: Mapping[str, RegionPlan]
    auto: int
    pending: int
    made_by: tuple[str, ...]


def status_text(report: Statused, output: Format) -> str | bytes:
    """Documents and words by region, kind and stakeholder group, against the plan."""
    table = _status_table(report)
    if output in ("table", "md", "html"):
        table = replace(table, rows=[_with_plan(row) for row in table.rows])
    return render([table], output)


def _status_table(report: Statused) -> Table:
    """Numbers only: each count with its plan in a column ``<name>_planned``, which people do not see."""
    groups = _stakeholder_groups(report)
    others = any(row["kind"] not in ("interview", "workshop") for row in report.documents)
    counted = (("interviews", "Interviews"), ("workshops", "Workshops"), *((g, g.capitalize()) for g in groups))
    columns = (
        Column("region", "Region", flexible=True),
        *(
            column
            for name, title in counted
            for column in (Column(name, title, right=True), Column(f"{name}{_PLANNED}"))
        ),
        Column("other", "Other" if others else "", right=True),
        Column("documents", "Documents", right=True),
        Column("words", "Words", right=True, show=lambda words: f"{words:,}" if isinstance(words, int) else words),
    )
    regions = list(dict.fromkeys([*report.plan, *sorted({row["region"] or "(missing)" for row in report.documents})]))
    rows = [_status_row(region, report, groups) for region in regions]
    total = {column.key: _sum(row[column.key] for row in rows) for column in columns[1:]}
    planned = "Collected of planned. " if report.plan else ""
    notes = (
        f"{planned}{report.auto:,} codings counted, {report.pending:,} pending.",
        *report.made_by,
    )
    return Table(columns, [*rows, {"region": "Total", **total}], title=report.title, notes=notes)


_PLANNED = "_planned"


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _stakeholder_groups(report: Statused) -> list[str]:
    planned = [group for plan in report.plan.values() for group in plan.groups]
    interviews = [row for row in report.documents if row["kind"] == "interview"]
    found = sorted({row["stakeholder_group"] for row in interviews if row["stakeholder_group"]})
    return list(dict.fromkeys([*planned, *found]))


def _status_row(region: str, report: Statused, groups: Sequence[str]) -> dict[str, Any]:
    rows = [row for row in report.documents if (row["region"] or "(missing)") == region]
    plan = report.plan.get(region)
    interviews = [row for row in rows if row["kind"] == "interview"]
    by_group = {
        name: value
        for group in groups
        for name, value in (
            (group, sum(row["stakeholder_group"] == group for row in interviews)),
            (f"{group}{_PLANNED}", plan.groups.get(group, 0) if plan else None),
        )
    }
    return {
        "region": region,
        "interviews": len(interviews),
        "interviews_planned": plan.interviews if plan else None,
        "workshops": sum(row["kind"] == "workshop" for row in rows),
        "workshops_planned": plan.workshops if plan else None,
        **by_group,
        "other": sum(row["kind"] not in ("interview", "workshop") for row in rows),
        "documents": len(rows),
        "words": sum(row["words"] for row in rows),
    }


def _with_plan(row: Mapping[str, Any]) -> dict[str, Any]:
    """Counts beside what is planned: ``"3 of 44"``; nothing where nothing is planned or collected."""
    shown = dict(row)
    for name in (key.removesuffix(_PLANNED) for key in row if key.endswith(_PLANNED)):
        count, planned = row[name], row[f"{name}{_PLANNED}"]
        if planned is not None:
            shown[name] = f"{count} of {planned}"
        if not count and not planned:
            shown[name] = ""
    return shown


@dataclass(frozen=True, match_args=False)
class Initialised(Protocol):
    """What `init_text` needs to know; `qualcode.flow.InitReport` has it."""

    written: tuple[Path, ...]
    sources: int
    kept: tuple[Path, ...]


def init_text(report: Initialised) -> str:
    """What was made and what to do next."""
    lines = [f"Wrote {path}." for path in report.written]
    lines += [f"Kept {path} (it was there already)." for path in report.kept]
    lines.append(f"Found {plural(report.sources, 'source')}.")
    lines.append("Next: fill in documents.csv, then: qualcode tag --dry-run . and qualcode tag .")
    return "\n".join(lines)


# --- codebook ----------------------------------------------------------------------------------


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
