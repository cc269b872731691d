"""What a figure shows of a frame: its groups and codes, how categories look, and the words of its caption.

In: a frame of `qualcode.aggregate.summary_table`. Out: the same, checked, cleaned for print and easy to ask.
A category is told by colour, by the shape of its marker and by its letter, so that grey print loses nothing.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...codebook import Codebook
from ...errors import AggregateError, SelectionError, nearest
from ..table import is_missing
from ..wording import plural
from .sheet import cleaned

if TYPE_CHECKING:
    import pandas as pd

SMALL = "†"
"""Marks what rests on few documents."""

_SHAPES = "os^DvPX<>p*h"
_COLOURS = ("#0072B2", "#E69F00", "#CC79A7", "#009E73", "#D55E00", "#56B4E9", "#F0E442", "#000000")
"""Of Okabe & Ito (2008), told apart by colour-blind readers."""
LEVELS = {"code": ("code", "codes"), "category": ("category", "categories")}
_PLURALS = {"country": "countries"}
_NEEDED = ("code_number", "code", "code_name", "category", "group", "documents", "documents_with_code", "flag")


@dataclass(frozen=True)
class Mark:
    """How a category looks."""

    letter: str
    name: str
    colour: str
    shape: str


@dataclass(frozen=True)
class Coded:
    """A code as it is shown: `key` is its number, or its category's letter where it has none."""

    id: str
    key: str
    name: str
    mark: Mark

    @property
    def full_key(self) -> str:
        """Letter of the category and number: "A1"."""
        return self.key if self.key == self.mark.letter else f"{self.mark.letter}{self.key}"


@dataclass(frozen=True)
class Shown:
    """A summary ready to draw.

    Attributes
    ----------
    rows : mapping of (code, group) to row
        Missing numbers are nan (pandas' NA too).
    sizes : mapping of str to int
        Documents of each group, in the frame's order, with those not asked about a code.
    small : frozenset of str
        Groups with too few documents.
    codes : tuple of Coded
    by : str
        What the groups are: "region".
    attrs : mapping
        As of the frame.
    """

    rows: Mapping[tuple[str, str], Mapping[str, Any]]
    sizes: Mapping[str, int]
    small: frozenset[str]
    codes: tuple[Coded, ...]
    by: str
    attrs: Mapping[Any, Any]

    @property
    def level(self) -> tuple[str, str]:
        """What is shown, in the singular and the plural."""
        return LEVELS["category" if self.codes and all(c.key == c.mark.letter for c in self.codes) else "code"]

    def counted(self, n: int) -> str:
        """So many codes: "1 code", "17 codes"."""
        return f"{n} {self.level[n != 1]}"

    @property
    def groups_noun(self) -> str:
        """What the groups are, in the plural: "regions"."""
        return _PLURALS.get(self.by, self.by + "s")

    def of(self, group: str) -> list[tuple[Coded, Mapping[str, Any]]]:
        """Codes of one group with their rows."""
        return [(code, self.rows[code.id, group]) for code in self.codes if (code.id, group) in self.rows]

    def code(self, wanted: str) -> Coded:
        """One code by its id; SelectionError for one that is not there."""
        for code in self.codes:
            if code.id == wanted:
                return code
        raise SelectionError(f'No code "{wanted}" in this table. {nearest(wanted, [c.id for c in self.codes])}')

    def group(self, wanted: str | None) -> str:
        """One group by its name, None = the only one; SelectionError for one that is not there."""
        names = list(self.sizes)
        if wanted is None and len(names) == 1:
            return names[0]
        if wanted is None or wanted not in names:
            raise SelectionError(
                f"This table has {len(names)} groups: say which one is to be drawn, or make a table of all (by=None)."
                if wanted is None
                else f'No group "{wanted}" in this table. {nearest(wanted, names)}'
            )
        return wanted

    def basis(self, kinds: Mapping[str, int] | None, group: str | None = None) -> str:
        """What the figure rests on: "n = 23 documents (20 interviews, 3 workshops) in 10 regions."."""
        total = sum(self.sizes.values()) if group is None else self.sizes[group]
        several = group is None and len(self.sizes) > 1 and self.by != "document"
        where = f" in {len(self.sizes)} {self.groups_noun}" if several else ""
        return documents_told(total, kinds, where)

    def size_texts(self) -> dict[str, str]:
        """Documents of each group with the mark of few: "n=3†"; nothing where a group is a document."""
        if self.by == "document":
            return dict.fromkeys(self.sizes, "")
        return {group: f"n={n:,}{SMALL if group in self.small else ''}" for group, n in self.sizes.items()}

    def small_note(self, groups: Container[str]) -> str:
        """What `SMALL` means, where it is used."""
        least = self.attrs.get("small_group", 5)
        flagged = any(row["flag"] for (_, group), row in self.rows.items() if group in groups)
        return f"{SMALL} fewer than {least} documents: too few to generalise." if flagged else ""


def documents_told(total: int | None, kinds: Mapping[str, int] | None, where: str = "") -> str:
    """How many documents of which kinds, as a sentence; `total` None = not known, or all that `kinds` has.

    Examples
    --------
    >>> documents_told(23, {"interview": 22, "workshop": 1}, " in 10 regions")
    'n = 23 documents (22 interviews, 1 workshop) in 10 regions.'
    """
    if total is None and not kinds:
        return "Number of documents not known."
    counted = {kind: count for kind, count in (kinds or {}).items() if count}
    total = sum(counted.values()) if total is None else total
    of_kinds = ", ".join(
        f"{count:,} of unknown kind" if kind == "unknown" else plural(count, kind) for kind, count in counted.items()
    )
    return f"n = {plural(total, 'document')}{f' ({of_kinds})' if of_kinds else ''}{where}."


def read_summary(summary: pd.DataFrame, codebook: Codebook | None, *values: str) -> Shown:
    """Check a summary and lay it out for drawing.

    Parameters
    ----------
    summary : DataFrame
        Of `qualcode.aggregate.summary_table`.
    codebook : Codebook or None
        Names and colours of the categories; None = made of their ids.
    *values : str
        Columns that are shown.

    Raises
    ------
    AggregateError
        If columns are missing.
    """
    lacking = [name for name in (*_NEEDED, *values) if name not in summary.columns]
    if lacking:
        raise AggregateError(f"The table lacks {', '.join(lacking)}. Give the result of summary_table.")
    records = _records(summary)
    by = summary.attrs.get("by")
    sizes: dict[str, int] = {}
    flags: dict[str, bool] = {}
    for row in records:
        row["flag"] *= by != "document"  # a document is no sample of itself
        group, n = row["group"], int(row["documents"]) + int(row.get("documents_not_asked", 0))
        sizes[group] = max(n, sizes.get(group, 0))
        flags[group] = bool(row["flag"]) and flags.get(group, True)
    return Shown(
        {(row["code"], row["group"]): row for row in records},
        sizes,
        frozenset(group for group, is_small in flags.items() if is_small),
        tuple(read_codes(records, codebook)),
        str(by or "group").replace("_", " "),
        summary.attrs,
    )


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain values; what is missing, pandas' NA too, as nan."""
    plain = frame.astype(object).where(frame.notna(), float("nan"))
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


def read_codes(rows: Sequence[Mapping[str, Any]], codebook: Codebook | None) -> list[Coded]:
    """Each code once, by category; a `code_number` that is missing makes it a category."""
    marks = marks_of((row["category"] for row in rows), codebook)
    codes: dict[str, Coded] = {}
    for row in rows:
        number, mark = row["code_number"], marks[row["category"]]
        key = mark.letter if is_missing(number) else str(int(number))
        codes.setdefault(row["code"], Coded(row["code"], key, cleaned(row["code_name"]), mark))
    order = list(marks.values())
    return sorted(codes.values(), key=lambda code: order.index(code.mark))


def marks_of(categories: Iterable[str], codebook: Codebook | None) -> dict[str, Mark]:
    """How each category looks; with a codebook the same in every figure, whatever is drawn.

    Examples
    --------
    >>> marks_of(["health_data", "financial"], None)["financial"]
    Mark(letter='B', name='Financial', colour='#E69F00', shape='s')
    """
    known = {category.id: category for category in codebook.categories} if codebook else {}
    marks: dict[str, Mark] = {}
    for place, id_ in enumerate(dict.fromkeys([*known, *categories])):
        again = place // 26
        marks[id_] = Mark(
            chr(ord("A") + place % 26) + (str(again + 1) if again else ""),
            cleaned(known[id_].name if id_ in known else id_.replace("_", " ").capitalize()),
            known[id_].colour if id_ in known else _COLOURS[place % len(_COLOURS)],
            _SHAPES[place % len(_SHAPES)],
        )
    return marks
