"""What differs between two sides, with the words behind it; and the test of a claim. In any format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from .summary import frame_records
from .table import Column, Format, Table, is_missing, render
from .wording import shortened

if TYPE_CHECKING:
    import pandas as pd

QUOTED_CODES = 5
"""Codes whose quotes a terminal shows; every format for programs has all."""
_QUOTE = 300


class Compared(Protocol):
    """What `comparison_text` needs; `qualcode.flow.Comparison` has it."""

    @property
    def names(self) -> tuple[str, str]: ...  # noqa: D102
    @property
    def frame(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def quotes(self) -> Mapping[tuple[str, str], Any]: ...  # noqa: D102
    @property
    def notes(self) -> tuple[str, ...]: ...  # noqa: D102


class Profiled(Protocol):
    """What `profile_text` needs; `qualcode.flow.ProfileReport` has it."""

    @property
    def profile(self) -> Any: ...  # noqa: D102
    @property
    def frame(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def notes(self) -> tuple[str, ...]: ...  # noqa: D102


def comparison_text(found: Compared, output: Format) -> str | bytes:
    """The comparison: all columns and quotes for csv, json and xlsx; else a table and the largest differences quoted.

    Parameters
    ----------
    found : Compared
    output : Format

    Returns
    -------
    str or bytes
    """
    rows = [{**record, **_quotes(found, record["code"])} for record in frame_records(found.frame)]
    title = f"{found.names[0]} against {found.names[1]}"
    if output in ("csv", "json", "xlsx"):
        keys = (*found.frame.columns, "quote_a", "quote_b")
        return render([Table(tuple(Column(key, key) for key in keys), rows, title, found.notes)], output)
    return render([_table(rows, title, found), *_quote_tables(rows, found)], output)


def _quotes(found: Compared, code: str) -> dict[str, str | None]:
    passages = [found.quotes.get((code, name)) for name in found.names]
    return {f"quote_{side}": None if p is None else p.text for side, p in zip("ab", passages, strict=True)}


def _table(rows: Sequence[Mapping[str, Any]], title: str, found: Compared) -> Table:
    short = tuple(shortened(name, 12) for name in found.names)
    shown = [
        {
            **row,
            "in_a": (row["documents_with_code_a"], row.get("documents_a", row.get("documents"))),
            "in_b": (row["documents_with_code_b"], row.get("documents_b", row.get("documents"))),
            "documents_interval": (row["difference_documents_low"], row["difference_documents_high"]),
            "words_interval": (row["difference_words_low"], row["difference_words_high"]),
        }
        for row in rows
    ]
    columns = (
        Column("code_number", "No", right=True),
        Column("code_name", "Code", flexible=True),
        Column("in_a", short[0], right=True, show=_of),
        Column("in_b", short[1], right=True, show=_of),
        Column("difference_documents", "Docs", right=True, show=_points),
        Column("documents_interval", "95 %", right=True, show=_point_range),
        Column("q_documents", "q", right=True, show=lambda value: f"{value:.2f}"),
        Column("difference_words", "Words", right=True, show=_fine_points),
        Column("words_interval", "95 %", right=True, show=_fine_range),
        *((Column("q_value", "q", right=True, show=lambda value: f"{value:.2f}"),) if "q_value" in found.frame else ()),
    )
    said = "Docs and Words: differences in percentage points of documents and of respondents' words."
    return Table(columns, shown, title, (said, *found.notes))


def _quote_tables(rows: Sequence[Mapping[str, Any]], found: Compared) -> list[Table]:
    """The most typical passage of both sides, for the codes that differ most."""
    said = [
        {"side": name, "code": row["code_name"], "quote": shortened(text, _QUOTE)}
        for row in rows[:QUOTED_CODES]
        for name, text in zip(found.names, (row["quote_a"], row["quote_b"]), strict=True)
        if text is not None
    ]
    if not said:
        return []
    columns = (Column("code", "Code", widest=22), Column("side", "Side", widest=16), Column("quote", "Said", widest=58))
    return [Table(columns, said, "What was said, where the difference is largest", groups="code")]


def profile_text(found: Profiled, output: Format) -> str | bytes:
    """The test of a claim: groups by how much more they say on one pole than on the other.

    Parameters
    ----------
    found : Profiled
    output : Format

    Returns
    -------
    str or bytes
    """
    records = frame_records(found.frame)
    first, second = (pole.name for pole in found.profile.poles)
    if output in ("csv", "json", "xlsx"):
        columns = tuple(Column(str(key), str(key)) for key in found.frame.columns)
        return render([Table(columns, records, found.profile.title, found.notes)], output)
    rows = [
        {
            **row,
            "interval": (row["log2_ratio_low"], row["log2_ratio_high"]),
            "difference_interval": (row["difference_low"], row["difference_high"]),
        }
        for row in records
    ]
    shown = (
        Column("group", found.profile.by.replace("_", " ").capitalize(), flexible=True),
        Column("documents", "Docs", right=True),
        Column("words_first", shortened(first, 12), right=True, show=lambda value: f"{value:,}"),
        Column("words_second", shortened(second, 12), right=True, show=lambda value: f"{value:,}"),
        Column("log2_ratio", "log2 ratio", right=True, show=lambda value: f"{value:+.1f}"),
        Column("interval", "95 %", right=True, show=_signed_range),
        Column("difference", "difference", right=True, show=lambda value: f"{value:+.1f}"),
        Column("difference_interval", "95 %", right=True, show=_signed_range),
        Column("q_value", "q", right=True, show=lambda value: f"{value:.2f}"),
        *((Column("expected", "Expected"), Column("agreement", "So it is")) if found.profile.expected else ()),
        Column("flag", "Small", show=str),
    )
    source = f" ({found.profile.source})" if found.profile.source else ""
    claim = f"Claim: {' '.join(found.profile.claim.split())}{source}"
    return render([Table(shown, rows, found.profile.title, (claim, *found.notes))], output)


def _of(pair: tuple[Any, Any]) -> str:
    return "" if is_missing(pair[0]) else f"{pair[0]}/{pair[1]}"


def _points(share: float) -> str:
    return f"{100 * share:+.0f}"


def _fine_points(share: float) -> str:
    return f"{100 * share:+.1f}"


def _point_range(pair: tuple[Any, Any]) -> str:
    return "" if is_missing(pair[0]) else f"{100 * pair[0]:+.0f} {100 * pair[1]:+.0f}"


def _fine_range(pair: tuple[Any, Any]) -> str:
    return "" if is_missing(pair[0]) else f"{100 * pair[0]:+.1f} {100 * pair[1]:+.1f}"


def _signed_range(pair: tuple[Any, Any]) -> str:
    return "" if is_missing(pair[0]) else f"{pair[0]:+.1f} {pair[1]:+.1f}"
