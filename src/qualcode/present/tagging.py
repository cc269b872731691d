"""What tagging does, as text for people: a run in counts, a preview, and problems.

In: the report of a tagging run or of a preview, or the problems met. Out: text.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ..model import ALL_ATTRIBUTES, ATTRIBUTES, Attributes, Thresholds, Transcript
from .table import Column, Table, render
from .wording import plural


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
    facet_segments: int | None


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
        if report.facet_segments is not None:
            lines.append(f"Facets in {plural(report.facet_segments, 'sentence')}: hints, to be read.")
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


_MOST_SPEAKERS = 20
"""How many people of a document a preview lists: a survey has hundreds."""


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
    known = [f"{name} {values[name]}" for name in ALL_ATTRIBUTES if name in values]
    if language_guess:
        known.append(f"language {language_guess} (guessed)")
    coded = sum(transcript.is_coded(segment) for segment in transcript.segments)
    lines = [
        document.name,
        f"  format {document.format}, {encoding}; {plural(len(transcript.turns), 'turn')}, "
        f"{plural(coded, 'sentence')} of respondents",
        *(f"  {what}" for what in document.read_as),
        f"  {', '.join(known)}",
    ]
    speakers = list(speakers)
    lines += [
        f"  {speaker.speaker or '(no name)'}: {speaker.role}, {plural(speaker.turns, 'turn')}, "
        f"{plural(speaker.words, 'word')}"
        for speaker in speakers[:_MOST_SPEAKERS]
    ]
    if others := speakers[_MOST_SPEAKERS:]:
        roles = Counter(speaker.role for speaker in others)
        words = plural(sum(speaker.words for speaker in others), "word")
        lines.append(f"  and {', '.join(f'{count:,} more as {role}' for role, count in roles.items())}, {words}")
    lines += [f"  left out: {what}" for what in document.left_out]
    return "\n".join(lines) + "\n"


def _given(attributes: Attributes) -> dict[str, str]:
    given = {name: value for name in ATTRIBUTES if (value := getattr(attributes, name))}
    return given | ({"topics_asked": "; ".join(attributes.topics_asked)} if attributes.topics_asked else {})
