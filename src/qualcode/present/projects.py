"""What a project held, what was taken from it, and what is lost, in words.

In: the report of an import or export. Out: text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .wording import plural, shortened

SAMPLE_WIDTH = 100
SHOWN = 20
"""Losses and notes listed."""


@dataclass(frozen=True, match_args=False)
class Imported(Protocol):
    """What `project_import_text` needs to know; `qualcode.flow.ProjectImport` has it."""

    file: str
    origin: str
    dialect: Any
    is_verified: bool
    is_confirmed: bool
    quoted: int
    agreeing: int
    restored: Any
    match: Any
    new: int
    known: int
    renamed: tuple[tuple[str, str], ...]
    passages: int
    known_passages: int
    verdicts: Mapping[str, int]
    partial: int
    uncounted: int
    decided_here: int
    memos: int
    samples: tuple[tuple[str, str, str], ...]
    without_region: int
    notes: tuple[str, ...]
    losses: tuple[Any, ...]
    is_dry: bool


@dataclass(frozen=True, match_args=False)
class Exported(Protocol):
    """What `project_export_text` needs to know; `qualcode.flow.ProjectExport` has it."""

    documents: int
    codes: int
    codings: int
    memos: int
    users: tuple[str, ...]
    losses: tuple[Any, ...]


def project_export_text(report: Exported, out: str) -> str:
    """What was written, that it was proven, and what other programs will not see."""
    return "\n".join(
        [
            f"Wrote {out}: {plural(report.documents, 'document')}, {plural(report.codes, 'code')} and categories, "
            f"{plural(report.codings, 'coding')} by {', '.join(report.users) or 'nobody'}, "
            f"{plural(report.memos, 'memo')}.",
            "Read back and compared: every text and the words of every coding are the same.",
            *_listed("Other programs will not see", report.losses),
        ]
    )


def project_import_text(report: Imported, store: str) -> str:
    """What came in, how sure its places are, and what was left."""
    return "\n".join(_lines(report, store))


def _lines(report: Imported, store: str) -> Iterator[str]:
    by = f" (written by {report.origin})" if report.origin else ""
    yield f"{'Would import' if report.is_dry else 'Imported'} {report.file}{by} into {store}."
    if report.restored is not None:
        yield from _restored(report.restored)
    else:
        yield from _taken(report)
    yield from (f"Note: {note}." for note in report.notes[:SHOWN])
    if len(report.notes) > SHOWN:
        yield f"Note: and {len(report.notes) - SHOWN} more of the kind."
    yield from _listed("Left out or changed", report.losses)
    if report.is_dry:
        yield "Nothing was stored: this was a dry run."


def _restored(done: Any) -> Iterator[str]:
    yield (
        f"It is a study of qualcode, unchanged since it was written: {plural(done.new, 'new document')} with "
        f"{plural(done.codings, 'coding')} of the machine, {plural(done.actions, 'action')} of people."
    )
    if done.known or done.known_actions:
        known = f"{plural(done.known, 'document')}, {plural(done.known_actions, 'action')}"
        yield f"Known already, and left as they are: {known}."


def _taken(report: Imported) -> Iterator[str]:
    match = report.match
    yield f"Documents: {report.new:,} new, {report.known:,} known by their words."
    yield from (f'  "{theirs}" is "{ours}" here: that name has other words.' for theirs, ours in report.renamed)
    if match.is_own:
        yield (
            f"Codes: the project's own, as codebook {match.codebook.id} ({plural(len(match.codebook.codes), 'code')}), "
            "without cues. To tag with it, make a codebook.yaml of the file: qualcode codebook import"
        )
    else:
        which = f"{match.used - match.left_out} of" if match.left_out else "all"
        left_out = f"; {match.left_out} left out, as --codes says" if match.left_out else ""
        yield f'Codes: {which} {match.used} with codings are codes of "{match.codebook.title}"{left_out}.'
    yield from _places(report)
    if not report.passages and report.known_passages:
        yield f"Codings: nothing new; all {report.known_passages:,} are here already."
    else:
        known = f", {report.known_passages:,} known" if report.known_passages else ""
        yield f"Codings: {plural(report.passages, 'new passage')}{known}."
    for coder, count in report.verdicts.items():
        waits = "" if report.is_verified or report.is_confirmed else " (to be confirmed)"
        yield f"  {coder}: {plural(count, 'sentence')} with a code{waits}."
    for count, words in (
        (report.partial, "passage(s) begin or end inside a sentence: the sentence counts, the passage is kept"),
        (
            report.uncounted,
            "passage(s) lie on words that are not coded (an interviewer's, a heading): kept, not counted",
        ),
        (report.decided_here, "sentence(s) were decided by the same person here: that decision stands"),
        (report.memos, "memo(s)"),
        (
            report.without_region,
            "document(s) have no region, so tables by region leave them out: import again with --region or --metadata",
        ),
    ):
        if count:
            yield f"  {count:,} {words}."


def _places(report: Imported) -> Iterator[str]:
    how = dialect_text(report.dialect)
    if report.is_verified:
        yield f"Places: {report.agreeing:,} of {report.quoted:,} quoted passages stand where the file says ({how})."
        return
    if not report.passages and not report.known_passages:
        return
    state = "confirmed by you" if report.is_confirmed else "UNVERIFIED"
    yield f"Places: {state}. The file quotes no words that would prove how it counts; read as {how}."
    if not report.is_confirmed:
        yield "Look whether these are the words that were coded:"
        for document, code, words in report.samples:
            yield f"  {document} [{code}]: {shortened(words, SAMPLE_WIDTH)}"
        yield "Until then they wait and do not count. If they are right, import the file again with --confirm."


def dialect_text(dialect: Any) -> str:
    """How a program counts characters."""
    parts = [f"counted in {dialect.unit}"]
    parts += ["the byte order mark is a character"] * dialect.bom_counted
    parts += ["a line end is two characters"] * dialect.crlf_counted
    parts += ["the end is the last character"] * dialect.end_inclusive
    return ", ".join(parts)


def _listed(title: str, losses: Sequence[Any]) -> Iterator[str]:
    if losses:
        yield f"{title}:"
        yield from (f"  {plural_of(loss.count, loss.what)}: {loss.why}." for loss in losses[:SHOWN])
    if len(losses) > SHOWN:
        yield f"  and {len(losses) - SHOWN} more kinds."


def plural_of(count: int, what: str) -> str:
    """A counted phrase whose first noun takes the plural.

    Examples
    --------
    >>> plural_of(2, "coding of a document as a whole"), plural_of(1, "picture source")
    ('2 codings of a document as a whole', '1 picture source')
    """
    if count == 1:
        return f"1 {what}"
    words = what.split(" ")
    ends = ("of", "on", "with", "that", "whose", "by", "left", "twice", "somebody", "drawn", "and", "waiting")
    at = next((i - 1 for i, word in enumerate(words) if i and word in ends), len(words) - 1)
    noun = words[at]
    words[at] = noun[:-1] + "ies" if noun.endswith("y") else noun + ("es" if noun.endswith(("x", "s")) else "s")
    return f"{count:,} {' '.join(words)}"
