"""Sentences that were found: as text with their context and the match marked, else one row a sentence.

In: the rows of `qualcode.flow.SearchReport`, and its counts. Out: text in any format; what to say beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill, indent
from typing import Any

from .table import WIDTH, Column, Format, Table, render
from .wording import plural

SEARCH_COLUMNS = (
    "document", "region", "country", "stakeholder_group", "kind", "date", "language", "speaker", "role", "position",
    "start", "end", "text", "matches", "before", "after", "codes",
)  # fmt: skip
_TITLES = {
    "document": "Document", "region": "Region", "speaker": "Speaker", "role": "Role", "position": "Segment",
    "text": "Words", "codes": "Codes",
}  # fmt: skip
STARS = ("**", "**")
BOLD = ("\x1b[1m", "\x1b[0m")
"""What is put around a match: for a file, and for a terminal."""

_ON, _OFF = "\x02", "\x03"
NOTHING = "No sentence is like this."


def search_text(rows: Sequence[Mapping[str, Any]], output: Format, *, marks: tuple[str, str] = STARS) -> str | bytes:
    """Sentences that were found.

    Parameters
    ----------
    rows : sequence of mapping
        Of `qualcode.flow.SearchReport`.
    output : {"table", "csv", "json", "md", "html", "xlsx"}
    marks : tuple of str
        What is put around a match in "table"; "md" and "html" have stars.

    Returns
    -------
    str or bytes
    """
    if output in ("table", "md"):
        return "\n\n".join(_sentence(row, output, marks) for row in rows) or NOTHING
    shown = [{**row, "text": _put(_marked(row), STARS)} for row in rows] if output == "html" else rows
    columns = tuple(
        Column(name, _TITLES.get(name, ""), show=_listed if name == "codes" else None) for name in SEARCH_COLUMNS
    )
    return render([Table(columns, shown, title=plural(len(rows), "sentence"))], output)


def search_counts(shown: int, sentences: int, documents: int, others: int) -> str:
    """How much was found, for people.

    Examples
    --------
    >>> search_counts(12, 12, 5, 3)
    '12 sentences in 5 documents; 3 more not by respondents: --role all'
    >>> search_counts(100, 250, 1, 0)
    '250 sentences in 1 document; the first 100 are shown: --limit N'
    """
    parts = [f"{plural(sentences, 'sentence')} in {plural(documents, 'document')}"]
    if shown < sentences:
        parts.append(f"the first {shown:,} {'is' if shown == 1 else 'are'} shown: --limit N")
    if others:
        parts.append(f"{others:,} more not by respondents: --role all")
    return "; ".join(parts)


def _sentence(row: Mapping[str, Any], output: Format, marks: tuple[str, str]) -> str:
    who = [row["speaker"], None if row["role"] == "respondent" else row["role"], row["region"], row["kind"]]
    place = f"{row['document']}:{row['position']}"
    codes = f"codes: {_listed(row['codes'])}" if row["codes"] else ""
    head = f"{_plain(place)} ({_plain(', '.join(part for part in who if part))})" if any(who) else _plain(place)
    if output == "md":
        quoted = [_plain(row["before"]), _put(_marked(row), STARS), _plain(row["after"])]
        return "\n".join([f"> {' '.join(part for part in quoted if part)}", ">", f"> — {head}{codes and f'; {codes}'}"])
    lines = [f"… {_plain(row['before'])}" if row["before"] else "", _marked(row)]
    lines += [f"{_plain(row['after'])} …" if row["after"] else "", codes]
    return "\n".join([head, indent("\n".join(_put(fill(line, WIDTH - 4), marks) for line in lines if line), "    ")])


def _marked(row: Mapping[str, Any]) -> str:
    """The sentence on one line, a sign that takes no part in wrapping before and after each match."""
    text, parts, done = row["text"], [], 0
    for first, last in ((first - row["start"], last - row["start"]) for first, last in row["matches"]):
        # Blanks at the edge are left outside: stars before a blank mark nothing.
        stretch = text[first:last]
        first += len(stretch) - len(stretch.lstrip())
        last -= len(stretch) - len(stretch.rstrip())
        if first < last:
            parts += [_clean(text[done:first]), _ON, _clean(text[first:last]), _OFF]
            done = last
    return " ".join("".join([*parts, _clean(text[done:])]).split())


def _clean(text: str) -> str:
    """Without what a terminal would obey."""
    return "".join(c if c.isprintable() else " " for c in text)


def _plain(text: str) -> str:
    return " ".join(_clean(text).split())


def _put(text: str, marks: tuple[str, str]) -> str:
    return text.replace(_ON, marks[0]).replace(_OFF, marks[1])


def _listed(codes: Sequence[str]) -> str:
    return ", ".join(codes)
