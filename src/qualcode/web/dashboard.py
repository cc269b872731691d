"""What the dashboard shows: a summary as a grid of cells with their tints, their reasons and where they lead.

In: a `Summary` of `qualcode.flow`. Out: a `Dashboard` for the template, and figures as SVG. A number that is
undefined is "–" with the reason, never 0. The table adds up over its groups where it says "All": each document is
in one group.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from ..codebook import Codebook
from ..errors import SelectionError
from ..present.phrases import SIGNIFICANT
from ..present.report_html import percent_digits, range_digits, tint
from ..present.report_tables import MISSING
from ..present.summary import frame_records
from ..present.wording import plural
from ..review import DocumentLine

if TYPE_CHECKING:
    import pandas as pd

    from ..flow import Summary

Show = Literal["documents", "words"]
SHOWS: dict[Show, str] = {"documents": "share of documents", "words": "share of words"}
LEVELS = {"code": "codes", "category": "categories"}
BY = {"region": "region", "country": "country", "stakeholder_group": "stakeholder", "kind": "kind"}
"""What may group the table, and the name of its filter in an address."""
FIGURES = ("heat", "map")

ALL = "All"
_NOT_ASKED = "no document was asked about it"
_NO_WORDS = "no words of respondents"
_ADDED = ("documents", "documents_with_code", "words", "group_words", "segments", "segments_pending")
_Row = Mapping[str, Any]


@dataclass(frozen=True)
class Cell:
    """A number of the table.

    Attributes
    ----------
    shown : str
        Percent; "–" = undefined.
    said : str
        What it is, in words: "Reimbursement, Crete, 2 of 3 documents".
    why : str
        Why it is undefined; empty where it is not.
    range : str
        Its 95 % interval, percent; empty where there is none.
    counts : str
        "2/3" documents; empty for words.
    tint : int
        0 (nothing) to 10.
    mark : str
        "▲" or "▼" where the group dwells on it more or less than all others, q < 0.05.
    is_small : bool
        Few documents were asked, so that it does not speak for the group.
    pending : int
        Sentences that wait for a person.
    leads_to : mapping of str to str, or None
        Filters of the quotes behind it; None = there are none, or no filter finds them.
    """

    shown: str
    said: str
    why: str = ""
    range: str = ""
    counts: str = ""
    tint: int = 0
    mark: str = ""
    is_small: bool = False
    pending: int = 0
    leads_to: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Row:
    """A code or category with its cells.

    Attributes
    ----------
    code, name : str
        Id and name, of a category where the table is of these.
    number : int or None
        None = a category.
    cells : tuple of Cell
        One a group.
    total : Cell or None
        Over all groups; None where there is one only.
    """

    code: str
    name: str
    number: int | None
    cells: tuple[Cell, ...]
    total: Cell | None


@dataclass(frozen=True)
class Group:
    """A column of the table.

    Attributes
    ----------
    name : str
    documents, words : int
        Of the group; words are the respondents'.
    is_small : bool
    pending : int
        Codings that wait for a person (a sentence with two codes of a category is one where the table is of
        categories).
    leads_to : mapping of str to str, or None
        Filters of what waits; None = no filter finds the group.
    """

    name: str
    documents: int
    words: int
    is_small: bool
    pending: int
    leads_to: Mapping[str, str] | None


@dataclass(frozen=True)
class Dashboard:
    """The tables page.

    Attributes
    ----------
    show : {"documents", "words"}
    by, level : str
        As of the summary.
    groups : tuple of Group
    sections : mapping of str to tuple of Row
        Rows by category id; a table of categories has one section, "".
    filters : mapping of str to str
        Of the address, without what the table is made of.
    reasons : tuple of str
        Why cells are undefined, each reason that occurs once.
    notes : tuple of str
        What the numbers rest on.
    has_marks, has_ranges : bool
        Whether a cell has a mark; whether every number that could have an interval has one.
    least : int
        Groups with fewer documents are small.
    done, sentences : int
        Of the person: sentences done, of those of respondents.
    """

    show: Show
    by: str
    level: str
    groups: tuple[Group, ...]
    sections: Mapping[str, tuple[Row, ...]]
    filters: Mapping[str, str]
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    has_marks: bool
    has_ranges: bool
    least: int
    done: int = 0
    sentences: int = 0

    @property
    def pending(self) -> int:
        """Codings that wait, in all groups."""
        return sum(group.pending for group in self.groups)

    @property
    def noun(self) -> str:
        """What groups the table, as people say it."""
        return self.by.replace("_", " ")

    @property
    def caption(self) -> str:
        """What the table shows, with its unit."""
        what = {
            "documents": f"Frequency: % of each {self.noun}’s documents that raise a {self.level}",
            "words": f"Emphasis: % of each {self.noun}’s words of respondents in sentences with a {self.level}",
        }
        return f"{what[self.show]}, with 95 % intervals"

    @property
    def made(self) -> dict[str, str]:
        """What the table is made of, as the address says it."""
        return {"show": self.show, "by": self.by, "level": self.level}

    @property
    def switches(self) -> dict[str, tuple[str, str, Mapping[str, str]]]:
        """By their names in the address: what is to choose, what is chosen, and the choices in words."""
        groupings = {by: by.replace("_", " ") for by in BY}
        shows = {str(show): said for show, said in SHOWS.items()}
        return {
            "show": ("Show", self.show, shows), "by": ("by", self.by, groupings), "level": ("of", self.level, LEVELS)
        }  # fmt: skip

    @property
    def figures(self) -> tuple[str, ...]:
        """Names of the figures of the page."""
        return FIGURES

    def address(self, **changed: str) -> dict[str, str]:
        """The query of this page, with some of it changed."""
        return {**self.made, **self.filters, **changed}

    def alt(self, name: str) -> str:
        """A figure of the page in words; its numbers stand in the table.

        Examples
        --------
        >>> Dashboard("words", "kind", "code", (), {}, {}, (), (), False, True, 5).alt("map")
        'Map of codes by share of documents and share of words, over all documents shown.'
        """
        what = LEVELS[self.level]
        if name == "map":
            return f"Map of {what} by share of documents and share of words, over all documents shown."
        return f"Heat map of {what} by {self.noun}: {SHOWS[self.show]}, the numbers of the table."


def make_dashboard(
    summary: Summary, show: Show, filters: Mapping[str, str], documents: Iterable[DocumentLine] = ()
) -> Dashboard:
    """Lay a summary out for the page.

    Parameters
    ----------
    summary : Summary
        By one of `BY`.
    show : {"documents", "words"}
    filters : mapping of str to str
        Of the address, as people typed them: region, country, stakeholder, kind, code, category.
    documents : iterable of DocumentLine
        Those the table is made of, for how far the person is.

    Returns
    -------
    Dashboard
    """
    rows = frame_records(summary.frame)
    attrs, least = summary.frame.attrs, int(summary.frame.attrs["small_group"])
    by_code: dict[str, list[_Row]] = {}
    for row in rows:
        by_code.setdefault(row["code"], []).append(row)
    names = list(dict.fromkeys(row["group"] for row in rows))
    most = 1.0 if show == "documents" else max((row["share_words"] or 0.0 for row in rows), default=0.0)
    maker = _Maker(show, summary.by, summary.level, filters, most)
    sections: dict[str, list[Row]] = {}
    for of_code in by_code.values():
        section = of_code[0]["category"] if summary.level == "code" else ""
        sections.setdefault(section, []).append(maker.row(of_code))
    cells = [cell for made in sections.values() for row in made for cell in row.cells]
    lines = tuple(documents)
    return Dashboard(
        show=show,
        by=summary.by,
        level=summary.level,
        groups=tuple(
            Group(
                name,
                documents=attrs["group_documents"][name],
                words=attrs["group_words"][name],
                is_small=attrs["group_documents"][name] < least,
                pending=sum(row["segments_pending"] for row in rows if row["group"] == name),
                leads_to=maker.narrowed(name),
            )
            for name in names
        ),
        sections={name: tuple(made) for name, made in sections.items()},
        filters=dict(filters),
        reasons=tuple(dict.fromkeys(cell.why for cell in cells if cell.why)),
        notes=summary.notes,
        has_marks=any(cell.mark for cell in cells),
        has_ranges=all(cell.range for cell in cells if not cell.why),
        least=least,
        done=sum(line.done for line in lines),
        sentences=sum(line.sentences for line in lines),
    )


@dataclass(frozen=True)
class _Maker:
    """Makes rows of what is the same for all of them; `most` is the darkest share."""

    show: Show
    by: str
    level: str
    filters: Mapping[str, str]
    most: float

    def row(self, rows: Sequence[_Row]) -> Row:
        first = rows[0]
        total = {**first, "group": ALL, "flag": "", "q_value": None}
        total |= {name: sum(row[name] for row in rows) for name in _ADDED}
        for share, part, whole in (
            ("share_documents", "documents_with_code", "documents"), ("share_words", "words", "group_words")
        ):  # fmt: skip
            total |= {share: total[part] / total[whole] if total[whole] else None}
            total |= {f"{share}_low": None, f"{share}_high": None}
        return Row(
            code=first["code"],
            name=first["code_name"],
            number=first["code_number"],
            cells=tuple(self.cell(row, self.narrowed(row["group"])) for row in rows),
            total=self.cell(total, self.kept()) if len(rows) > 1 else None,
        )

    def cell(self, row: _Row, narrowed: Mapping[str, str] | None) -> Cell:
        value, low, high = (row[f"share_{self.show}{end}"] for end in ("", "_low", "_high"))
        of = f"{row['documents_with_code']} of {plural(row['documents'], 'document')}"
        why = _NOT_ASKED if not row["documents"] else _NO_WORDS if value is None else ""
        if why:
            value = None
        decimals = 0 if self.show == "documents" else 1
        behind = bool(row["segments"]) and narrowed is not None
        return Cell(
            shown=percent_digits(value, decimals),
            said=f"{row['code_name']}, {row['group']}, {why or of}",
            why=why,
            range="" if value is None or low is None else range_digits(low, high, decimals),
            counts=f"{row['documents_with_code']}/{row['documents']}" if self.show == "documents" and not why else "",
            tint=tint(value, self.most) if self.most else 0,
            mark=self._mark(row),
            is_small=bool(row["flag"]),
            pending=row["segments_pending"],
            leads_to={**cast("Mapping[str, str]", narrowed), self.level: row["code"]} if behind else None,
        )

    def _mark(self, row: _Row) -> str:
        q, more = row["q_value"], row["relative_emphasis"]
        if self.show == "documents" or q is None or more is None or q >= SIGNIFICANT:
            return ""
        return "▲" if more > 0 else "▼"

    def kept(self) -> dict[str, str]:
        """Filters of documents: which code, the cell says."""
        return {name: value for name, value in self.filters.items() if name not in LEVELS}

    def narrowed(self, group: str) -> dict[str, str] | None:
        """Filters that leave this group; None = no filter asks for what is not known."""
        return None if group == MISSING else {**self.kept(), BY[self.by]: group}


# --- figures -----------------------------------------------------------------------------------


def figure_svg(
    summary: Summary, name: str, *, show: Show, codebook: Codebook, filters: Mapping[str, str] | None = None
) -> bytes:
    """A figure of the page.

    Parameters
    ----------
    summary : Summary
    name : {"heat", "map"}
        The table as a heat map; frequency against emphasis, over all groups of the table.
    show : {"documents", "words"}
        Of the heat map.
    codebook : Codebook
        Names and colours.
    filters : mapping of str to str, or None
        As in the address, to be said in the caption.

    Returns
    -------
    bytes
        SVG.

    Raises
    ------
    SelectionError
        For another `name`.
    """
    from ..present.figures import Value, figure_bytes, frequency_emphasis_map, heat_map

    told = ", ".join(f"{name} {value}" for name, value in (filters or {}).items())
    note = f"Only {told}." if told else ""
    if name == "heat":
        figure = heat_map(summary.frame, cast("Value", f"share_{show}"), codebook=codebook, note=note)
    elif name == "map":
        figure = frequency_emphasis_map(_over_all(summary.frame), codebook=codebook, note=note)
    else:
        raise SelectionError(f'There is no figure "{name}". Figures of this page: {", ".join(FIGURES)}.')
    return figure_bytes(figure, "svg")


def _over_all(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a code: its groups added up, as each document is in one of them."""
    columns = [*_ADDED, "documents_not_asked"]
    added = frame.groupby("code", sort=False)[columns].sum()
    least = frame.attrs["small_group"]
    df = (
        frame.drop_duplicates("code")
        .set_index("code")
        .assign(
            **{name: added[name] for name in columns},
            group="all",
            share_documents=added["documents_with_code"] / added["documents"],
            share_words=added["words"] / added["group_words"],
            flag=[f"n<{least}" if documents < least else "" for documents in added["documents"]],
        )
        .reset_index()
    )
    df.attrs = {**frame.attrs, "by": None}
    return df
