"""The two tables of a study for people and for programs.

Code x group as a compact grid that fits a hundred columns; one group's ranking with every number;
and, for CSV, JSON and Excel, one row a code and group with all columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .table import Column, Format, Table, is_missing, render
from .wording import plural

if TYPE_CHECKING:
    import pandas as pd


RECORD_COLUMNS = (
    "code_number",
    "code",
    "code_name",
    "category",
    "group",
    "documents",
    "documents_not_asked",
    "documents_unasked",
    "documents_with_code",
    "share_documents",
    "share_documents_low",
    "share_documents_high",
    "segments",
    "words",
    "group_words",
    "share_words",
    "share_words_low",
    "share_words_high",
    "relative_emphasis",
    "relative_emphasis_low",
    "relative_emphasis_high",
    "relative_emphasis_z",
    "q_value",
    "salience",
    "intensity",
    "rank",
    "top_three",
    "segments_pending",
    "documents_pending",
    "flag",
)


def render_summary(
    frame: pd.DataFrame, *, by: str, group: str | None, notes: Sequence[str], output: Format
) -> str | bytes:
    """A summary in one format.

    Parameters
    ----------
    frame : DataFrame
        Columns as `qualcode.aggregate.SUMMARY_COLUMNS`.
    by : str
        What the groups are.
    group : str or None
        Show this group's ranking instead of the grid of all groups.
    notes : sequence of str
    output : Format

    Returns
    -------
    str or bytes
    """
    if output in ("csv", "json", "xlsx"):
        return render([records_table(frame, by=by, notes=notes)], output)
    if group is not None:
        return render([ranking_table(frame, group=group, notes=notes)], output)
    return render(grid_tables(frame, by=by, notes=notes), output)


def records_table(frame: pd.DataFrame, *, by: str, notes: Sequence[str]) -> Table:
    """One row a code and group, all columns."""
    columns = tuple(Column(name, name) for name in RECORD_COLUMNS)
    return Table(columns, frame_records(frame), title=f"Codes by {by}", notes=tuple(notes))


def frame_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain Python values, missing as None."""
    import pandas as pd

    plain = frame.astype(object).where(pd.notna(frame), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


# --- grid --------------------------------------------------------------------------------------


def grid_tables(frame: pd.DataFrame, *, by: str, notes: Sequence[str]) -> list[Table]:
    """Frequency and emphasis as code x group, one table each."""
    records = frame_records(frame)
    # A category's row stands for itself: lines between categories are for tables of codes.
    level, lines = ("code", "category") if _is_by_code(records) else ("category", "")
    groups = list(dict.fromkeys(record["group"] for record in records))
    short = abbreviate(groups, width=max(5, min(14, 50 // max(1, len(groups)))))
    documents, words = frame.attrs["group_documents"], frame.attrs["group_words"]
    spelled = ", ".join(f"{short[g]} {g}" for g in groups if short[g] != g)
    legend = (f"{by.replace('_', ' ').capitalize()}: {spelled}.",) if spelled else ()
    raising = Column("raising", "raised", right=True)
    frequency = Table(
        (*_row_heads(), *_group_columns(groups, short, _percent), raising),
        [
            {"name": "documents", **{g: f"n={documents[g]}" for g in groups}},
            *_grid_rows(records, groups, "share_documents"),
        ],
        title=f"Frequency: of each {by.replace('_', ' ')}'s documents, the percentage that raise a {level}",
        notes=legend,
        groups=lines,
    )
    emphasis = Table(
        (*_row_heads(), *_group_columns(groups, short, _percent_fine)),
        [
            {"name": "words of respondents", **{g: _thousands(words[g]) for g in groups}},
            *_grid_rows(records, groups, "share_words"),
        ],
        title=f"Emphasis: of each {by.replace('_', ' ')}'s words, the percentage in sentences with a {level}"
        " (* q < 0.05: more or less than the other groups)",
        notes=tuple(notes),
        groups=lines,
    )
    return [frequency, emphasis]


def _is_by_code(records: Sequence[dict[str, Any]]) -> bool:
    return any(record["code"] != record["category"] for record in records)


def _row_heads() -> tuple[Column, ...]:
    return Column("number", "No", right=True), Column("name", "Code", flexible=True)


def _group_columns(groups: Sequence[str], short: dict[str, str], show: Any) -> tuple[Column, ...]:
    return tuple(Column(group, short[group], right=True, show=show) for group in groups)


def _grid_rows(records: Sequence[dict[str, Any]], groups: Sequence[str], value: str) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for record in records:
        row = rows.setdefault(
            record["code"],
            {"number": record["code_number"], "name": record["code_name"], "category": record["category"], "hits": 0},
        )
        star = value == "share_words" and not is_missing(record["q_value"]) and record["q_value"] < 0.05
        row[record["group"]] = (record[value], star)
        row["hits"] += (record["documents_with_code"] or 0) > 0
        row["more"] = row.get("more", "") or "+" * (record["documents_with_code"] is None)  # withheld: may be more
    for row in rows.values():
        row["raising"] = f"{row['hits']}{row['more']} of {len(groups)}"
    return list(rows.values())


def _percent(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    return "" if is_missing(cell[0]) else "·" if cell[0] == 0 else f"{100 * cell[0]:.0f}"


def _percent_fine(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    star = "*" if cell[1] else ""
    return "" if is_missing(cell[0]) else "·" if cell[0] == 0 else f"{100 * cell[0]:.1f}{star}"


def _thousands(words: int) -> str:
    return f"{words / 1000:.1f}k" if words >= 1000 else str(words)


def abbreviate(names: Sequence[str], *, width: int = 5) -> dict[str, str]:
    """Short column heads, all different: the name where it fits, initials of several words, else its first letters.

    Examples
    --------
    >>> abbreviate(["Sofia", "Emilia-Romagna", "North-East Romania", "Catalonia"])
    {'Sofia': 'Sofia', 'Emilia-Romagna': 'ER', 'North-East Romania': 'NER', 'Catalonia': 'Catal'}
    """
    short: dict[str, str] = {}
    taken: set[str] = set()
    following: dict[str, int] = {}
    for name in names:
        words = name.replace("-", " ").split()
        initials = "".join(word[0] for word in words).upper() if len(words) > 1 else name
        wanted = name if len(name) <= width else initials[:width]
        candidate, number = wanted, following.get(wanted, 2)
        while candidate in taken:
            candidate, number = f"{wanted[: width - len(str(number))]}{number}", number + 1
        following[wanted] = number
        taken.add(candidate)
        short[name] = candidate
    return short


# --- ranking -----------------------------------------------------------------------------------


def ranking_table(frame: pd.DataFrame, *, group: str, notes: Sequence[str]) -> Table:
    """One group's codes, most emphasised first, against all other groups."""
    records = sorted(
        frame_records(frame),
        key=lambda r: (r["rank"] is None, r["rank"] or 0, -r["documents_with_code"], r["code_number"] or 0),
    )
    rows = [
        {
            **record,
            "raised": (record["documents_with_code"], record["documents"]),
            "documents_interval": (record["share_documents_low"], record["share_documents_high"]),
            "words_interval": (record["share_words_low"], record["share_words_high"]),
            "relative": record["relative_emphasis"],
            "relative_interval": (record["relative_emphasis_low"], record["relative_emphasis_high"]),
        }
        for record in records
    ]
    columns = (
        Column("rank", "#", right=True),
        Column("code_number", "No", right=True),
        Column("code_name", "Code", flexible=True),
        Column("raised", "Docs", right=True, show=lambda pair: f"{pair[0]}/{pair[1]}"),
        Column("documents_interval", "95 %", right=True, show=_percent_range),
        Column("share_words", "Words", right=True, show=lambda value: f"{100 * value:.1f}"),
        Column("words_interval", "95 %", right=True, show=_fine_range),
        Column("relative", "vs rest", right=True, show=lambda value: f"{value:+.1f}"),
        Column("relative_interval", "95 %", right=True, show=_signed_range),
        Column("q_value", "q", right=True, show=lambda value: f"{value:.2f}"),
        Column("salience", "Sal", right=True, show=lambda value: f"{value:.2f}".lstrip("0")),
        Column("intensity", "Int", right=True, show=lambda value: f"{100 * value:.0f}"),
        Column("top_three", "Top3", right=True, show=lambda value: f"{100 * value:.0f}"),
        Column("segments_pending", "Pend", right=True, show=lambda value: str(value) if value else ""),
    )
    flag = records[0]["flag"] if records else ""
    small = f" ({flag}: too few documents to generalise)" if flag else ""
    size = (
        f"{plural(frame.attrs['group_documents'][group], 'document')}, "
        f"{_thousands(frame.attrs['group_words'][group])} words of respondents"
    )
    return Table(columns, rows, title=f"{group}: {size}{small}", notes=(*_RANKING_NOTES, *notes))


_RANKING_NOTES = (
    "Top3: percent of bootstrap draws in which the code is among the first three.",
    "Docs: documents with the code of those asked, its 95 % in percent. Words: percent of respondents' words.",
    "Sal: Smith's S (how early, 0-1). Int: percent of its sentences with a stress word.",
    "Pend: sentences pending, not counted.",
)


def _percent_range(pair: tuple[Any, Any]) -> str:
    return "" if is_missing(pair[0]) else f"{100 * pair[0]:.0f}-{100 * pair[1]:.0f}"


def _fine_range(pair: tuple[Any, Any]) -> str:
    return "" if is_missing(pair[0]) else f"{100 * pair[0]:.1f}-{100 * pair[1]:.1f}"


def _signed_range(pair: tuple[Any, Any]) -> str:
    return "" if is_missing(pair[0]) else f"{pair[0]:+.1f} {pair[1]:+.1f}"
