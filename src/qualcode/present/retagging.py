"""What tagging changed, in any format: codings, tables, and what it means for people's decisions.

In: the report of a run. Out: text, or rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .summary import frame_records
from .table import Column, Format, Table, is_missing, render
from .wording import json_text, plural

MOST = 20
"""Rows of a list that people see; programs get all."""
_ALL = "all"


@dataclass(frozen=True, match_args=False)
class Retagged(Protocol):
    """What `retag_text` needs to know; `qualcode.flow.RetagReport` has it."""

    tagged: Any
    is_trial: bool
    frame: Any
    waiting: Any
    stale: Any
    gone: Any
    notes: tuple[str, ...]


LISTS: dict[str, tuple[str, ...]] = {
    "waiting": ("document", "region", "position", "code", "probability", "done_by"),
    "stale": ("document", "position", "code", "coder", "decision", "codebook_version", "is_new"),
    "gone": ("document", "position", "code", "coder", "decision", "codebook_version", "is_new"),
}
_TITLES = {
    "waiting": "New codings on sentences people are done with: they wait (qualcode review)",
    "stale": "Decisions made when the code meant something else: they hold (qualcode review --queue stale)",
    "gone": "Decisions on codes that are gone: kept, without effect",
}


def retag_text(found: Retagged, output: Format) -> str | bytes:
    """What changed.

    Parameters
    ----------
    found : Retagged
    output : Format
        JSON is one object; CSV the table per region and code alone; xlsx has a sheet for each list too; the others
        show people what differs.

    Returns
    -------
    str or bytes
        Bytes for "xlsx" only.
    """
    if output == "json":
        return json_text(_record(found))
    columns = tuple(Column(str(key), str(key)) for key in found.frame.columns)
    whole = Table(columns, frame_records(found.frame), "changes", _notes(found))
    if output == "csv":
        return render([whole], output)
    if output == "xlsx":
        return render([whole, *(_list(found, name, name) for name in LISTS)], output)
    return render(list(_tables(found)), output)


def _record(found: Retagged) -> dict[str, Any]:
    tagged = found.tagged
    counts = {name: getattr(tagged, name) for name in ("new", "changed", "retagged", "unchanged")}
    return {
        "is_trial": found.is_trial,
        "documents": counts,
        "tagger": tagged.tagger,
        "changes": [{key: _plain(value) for key, value in row.items()} for row in frame_records(found.frame)],
        **{name: [dict(row) for row in getattr(found, name)] for name in LISTS},
        "problems": list(tagged.problems),
        "notes": [*found.notes, *tagged.notes],
    }


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return None if is_missing(value) else value


def _notes(found: Retagged) -> tuple[str, ...]:
    tagged = found.tagged
    counts = ((tagged.new, "new"), (tagged.changed, "changed"), (tagged.retagged, "tagged again"))
    done = ", ".join(f"{n:,} {what}" for n, what in (*counts, (tagged.unchanged, "left as they are")) if n)
    would = "would be " if found.is_trial else ""
    return (
        f"Documents: {would}{done or 'none'}.{' Nothing was stored.' if found.is_trial else ''}",
        *found.notes,
        *(tagged.notes if found.is_trial else ()),
    )


# --- what people read --------------------------------------------------------------------------


def _tables(found: Retagged) -> Iterator[Table]:
    changed = [_shown(row) for row in frame_records(found.frame) if _differs(row)]
    totals = [row for row in changed if row["group"] == _ALL]
    regional = sorted((row for row in changed if row["group"] != _ALL), key=_size, reverse=True)
    title = "What changes in the codings that count" if totals else "The codings that count stay as they are"
    explained = _EXPLAINED if totals else ()
    yield Table((Column("code_name", "Code", flexible=True), *_COLUMNS), totals, title, (*explained, *_notes(found)))
    if regional:
        kept = sorted(regional[:MOST], key=lambda row: (row["group"], row["number"]))
        left = len(regional) - len(kept)
        more = (f"{left:,} more rows, with smaller changes: --format csv",) if left else ()
        columns = (Column("group", "Region"), Column("code_name", "Code", flexible=True), *_REGIONAL)
        yield Table(columns, kept, "By region, in points", more, groups="group")
    for name in LISTS:
        if getattr(found, name):
            yield _list(found, name, _TITLES[name], most=MOST)


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    pairs = {name: (row[f"{name}_before"], row[f"{name}_after"]) for name in ("codings", "waiting", "rank")}
    shares = {
        what: (row[f"share_{what}_before"], row[f"share_{what}_after"], row[f"change_{what}"])
        for what in ("documents", "words")
    }
    return {**row, **pairs, **shares, "number": _zero(row["code_number"])}


def _differs(row: Mapping[str, Any]) -> bool:
    moved = any(_zero(row[name]) for name in ("added", "removed", "change_documents", "change_words"))
    return moved or row["waiting_before"] != row["waiting_after"]


def _size(row: Mapping[str, Any]) -> tuple[float, int]:
    """How large a change is: in the tables, then in codings."""
    return max(abs(_zero(row[f"change_{what}"])) for what in ("documents", "words")), row["added"] + row["removed"]


def _zero(value: Any) -> float:
    return 0.0 if is_missing(value) else float(value)


def _pair(values: tuple[Any, Any]) -> str:
    """Before and after; one number where they are the same."""
    before, after = ("-" if is_missing(value) else f"{value:,}" for value in values)
    return before if before == after else f"{before} > {after}"


def _points(values: tuple[Any, Any, Any]) -> str:
    """Shares in per cent before and after, and the change in points."""
    before, after = ("-" if is_missing(value) else f"{100 * value:.1f}" for value in values[:2])
    change = "" if is_missing(values[2]) else f" ({100 * values[2]:+.1f})"
    return before if before == after else f"{before} > {after}{change}"


_COLUMNS = (
    Column("codings", "Codings", right=True, show=_pair),
    Column("added", "+", right=True),
    Column("removed", "-", right=True),
    Column("waiting", "Wait", right=True, show=_pair),
    Column("documents", "% docs", right=True, show=_points),
    Column("words", "% words", right=True, show=_points),
    Column("rank", "Rank", right=True, show=_pair),
)
_REGIONAL = (
    *_COLUMNS[:3],
    Column("change_documents", "docs", right=True, show=lambda share: f"{100 * share:+.0f}"),
    Column("change_words", "words", right=True, show=lambda share: f"{100 * share:+.1f}"),
    _COLUMNS[-1],
)
_EXPLAINED = (
    "Codings that count, by people's word where they decided; + came, - went. Wait: for a person. % docs, % words: "
    "shares of documents and of respondents' words, with the change in points; rank by words.",
)


def _list(found: Retagged, name: str, title: str, *, most: int | None = None) -> Table:
    rows: Sequence[Mapping[str, Any]] = getattr(found, name)
    more = (f"{len(rows) - most:,} more: --format json",) if most and len(rows) > most else ()
    columns = tuple(Column(key, _HEADS[key], show=_SHOWN.get(key)) for key in LISTS[name])
    counted = f"{title}: {plural(len(rows), 'coding' if name == 'waiting' else 'decision')}" if most else title
    return Table(columns, rows[:most], counted, more)


_HEADS = {
    "document": "Document",
    "region": "Region",
    "position": "Segment",
    "code": "Code",
    "probability": "p",
    "done_by": "Done by",
    "coder": "Coder",
    "decision": "Said",
    "codebook_version": "Codebook",
    "is_new": "By this run",
}
_SHOWN: dict[str, Any] = {
    "probability": lambda p: f"{p:.2f}",
    "done_by": ", ".join,
    "is_new": lambda new: "yes" if new else "no",
}
