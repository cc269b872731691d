"""Counts of one region in, what of them must not leave it out; and tables of counts of which a part is withheld.

A number that stands for few people tells of these people. The rule, with k the smallest number that is told:

1. A code that 1 to k - 1 documents of the region raise is withheld: all its numbers, in each document. So is a code
   fewer than k documents were asked about. That nobody raises a code is told.
2. What documents share their attributes with fewer than k of the region is withheld: stakeholder group, then
   language, kind and country, until k documents are alike. Where fewer than k stay apart, others are withheld with
   them. What all documents have in common is told.
3. No sum that is told contains what is withheld: a category is counted without the codes withheld, and so is the
   order of first mention. There is nothing to subtract from, and so no second cell has to be withheld to hide the
   first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..codebook import Codebook
from ..share import ATTRIBUTES, Attribute, Part, Withheld
from .audit import AuditSums
from .counts import Counts, Floats, Integers, tally
from .frames import Rows, Unit
from .summary import summary_table

Bools = NDArray[np.bool_]

NOT_TOLD = "(withheld)"
"""Name of the group of documents whose attribute is withheld."""
BOUND_COLUMNS: dict[str, str] = {
    **{f"{name}_{end}": "Int64" for name in ("documents_with_code", "words") for end in ("least", "most")},
    **{f"{name}_{end}": "float64" for name in ("share_documents", "share_words") for end in ("least", "most")},
    "withheld": "str",
}
"""Columns that `partial_summary` adds: between what the number lies, and what is withheld."""

_OF_CELL = (
    *("documents_with_code", "segments", "words", "intensity"),
    *(f"{name}{end}" for name in ("share_documents", "share_words") for end in ("", "_low", "_high")),
)
_OF_MACHINE = tuple(f"share_words_corrected{end}" for end in ("", "_low", "_high"))
_OF_CODE = (*(f"relative_emphasis{end}" for end in ("", "_low", "_high", "_z")), "q_value")
_OF_GROUP = ("salience", "rank", "top_three")


# --- what is withheld --------------------------------------------------------------------------


def withheld_codes(
    documents: Sequence[str],
    raising: Mapping[Part, Mapping[str, set[str]]],
    asked: Mapping[str, set[str]],
    codes: Sequence[str],
    *,
    smallest: int,
) -> list[Withheld]:
    """Which codes of a region are withheld, in which part of the counts.

    Parameters
    ----------
    documents : sequence of str
        Ids of all documents of the region.
    raising : mapping of {"counted", "pending", "machine"} to mapping of str to set of str
        Documents that hold a code, by code. `machine`: by the machine's word, or in a sentence of the audit.
    asked : mapping of str to set of str
        Documents asked about a code, by code; a code that is not there was asked of all.
    codes : sequence of str
        All codes.
    smallest : int
        k; 1 = nothing is withheld.

    Returns
    -------
    list of Withheld
        By part and code, with the least and most documents that hold the code. What is withheld of `counted` is
        withheld of `machine` too, with bounds that tell nothing.

    Examples
    --------
    >>> raising = {"counted": {"silos": {"a"}, "pay": {"a", "b", "c"}}}
    >>> [(one.code, one.least, one.most) for one in withheld_codes("abcd", raising, {}, ["silos", "pay"], smallest=3)]
    [('silos', 1, 2)]
    """
    found: dict[tuple[Part, str], Withheld] = {}
    for part, held in raising.items():
        for code in codes:
            bounds = _bounds(held.get(code, set()), asked.get(code, set(documents)), smallest)
            if bounds:
                found[part, code] = Withheld(part=part, code=code, least=bounds[0], most=bounds[1])
    if "machine" in raising:
        for code in codes:
            if ("counted", code) in found:  # whatever the machine says: else this part would tell of the other
                found["machine", code] = Withheld(part="machine", code=code, least=0, most=len(documents))
    return [found[part, code] for part in raising for code in codes if (part, code) in found]


def _bounds(held: set[str], asked: set[str], smallest: int) -> tuple[int, int] | None:
    """Least and most documents asked that hold a code, where it is withheld; what others say unasked is judged too."""
    inside, outside = len(held & asked), len(held - asked)
    if 0 < len(asked) < smallest:
        return 0, len(asked)
    if 0 < inside < smallest:
        return 1, smallest - 1
    return (0, len(asked)) if 0 < outside < smallest else None


def withheld_attributes(documents: Rows, *, smallest: int) -> list[tuple[Attribute, ...]]:
    """Which attributes of each document of a region are withheld.

    Parameters
    ----------
    documents : sequence of mapping
        Keys as `qualcode.share.ATTRIBUTES`; None = not known, which is a value as any other.
    smallest : int
        k; at most the number of documents.

    Returns
    -------
    list of tuple of str
        One for each document: names of `ATTRIBUTES`. Of those told and withheld alike there are k documents or more.

    Examples
    --------
    >>> rows = [dict(stakeholder_group=g, language="en", kind="interview", country="Greece") for g in "aaabb"]
    >>> withheld_attributes(rows, smallest=2), withheld_attributes(rows, smallest=3)[-1]
    ([(), (), (), (), ()], ('stakeholder_group',))
    """
    differing = [name for name in ATTRIBUTES if len({row[name] for row in documents}) > 1]
    hidden = [0] * len(documents)  # how many of `differing` are withheld, from the first on

    def alike(place: int) -> tuple[Any, ...]:
        return hidden[place], *(documents[place][name] for name in differing[hidden[place] :])

    for step in range(1, len(differing) + 1):
        sizes = Counter(alike(place) for place in range(len(documents)))
        for place in [place for place in range(len(documents)) if sizes[alike(place)] < smallest]:
            hidden[place] = step
    while True:  # too few with nothing told: the smallest class joins them
        sizes = Counter(alike(place) for place in range(len(documents)))
        if min(sizes.values(), default=smallest) >= smallest:
            return [tuple(differing[:number]) for number in hidden]
        joining = min((key for key in sizes if key[0] < len(differing)), key=lambda key: (sizes[key], str(key)))
        for place in [place for place in range(len(documents)) if alike(place) == joining]:
            hidden[place] = len(differing)


# --- tables of which a part is withheld --------------------------------------------------------


@dataclass(frozen=True)
class Hidden:
    """A code withheld in a region.

    Attributes
    ----------
    region : str
    documents : tuple of str
        Ids of all documents of the share.
    withheld : Withheld
    """

    region: str
    documents: tuple[str, ...]
    withheld: Withheld


def partial_summary(
    documents: Rows,
    code_counts: Rows,
    category_counts: Rows,
    codebook: Codebook,
    *,
    by: str | None,
    level: Unit,
    hidden: Sequence[Hidden],
    seed: int,
    draws: int,
    small_group: int,
    audit: Rows | AuditSums = (),
    machine_counts: Rows | None = None,
) -> pd.DataFrame:
    """`summary_table` of counts of which a part is withheld.

    Parameters
    ----------
    documents, code_counts, category_counts, codebook, by, level, seed, draws, small_group, audit, machine_counts
        As for `summary_table`, without what is withheld.
    hidden : sequence of Hidden

    Returns
    -------
    DataFrame
        Without `hidden` the result of `summary_table`, to the last digit. Else with `BOUND_COLUMNS`, and missing where
        a withheld number goes in: the row itself; relative emphasis and q of the code in all groups; salience, rank
        and top three of all codes in the group. q-values are corrected over the cells that have one. Whole numbers
        become Int64. ``attrs["undefined"]`` says what is missing and why.

    Raises
    ------
    ValueError, AggregateError
        As `summary_table`.
    """
    key = f"{level}_id"

    def table(is_used: Callable[[str], bool]) -> pd.DataFrame:
        def used(rows: Rows) -> Rows:
            return [row for row in rows if is_used(row[key])]

        counted = used(code_counts) if level == "code" else (), used(category_counts) if level == "category" else ()
        machine = None if machine_counts is None else used(machine_counts)
        return summary_table(
            documents, *counted, codebook, by=by, level=level, seed=seed, draws=draws, small_group=small_group,
            audit=audit, machine_counts=machine,
        )  # fmt: skip

    df = table(lambda _unit: True)
    if not hidden:
        return df
    counts = tally(documents, (), (), codebook, by=by, level=level)
    gaps = _gaps(counts, hidden, codebook, level=level)
    with_gaps = {counts.columns[unit].id for unit in np.flatnonzero(gaps.cells.any(axis=0))}
    whole = table(lambda unit: unit not in with_gaps)
    return _marked(df, whole, gaps, counts, hidden)


@dataclass(frozen=True)
class _Gaps:
    """Where something is withheld, shape (G, U).

    Attributes
    ----------
    documents, words : int arrays
        Most documents that hold the code among those withheld, and most words in them.
    least : int array
        Fewest documents.
    pending, machine, unasked : bool arrays
    """

    documents: Integers
    words: Integers
    least: Integers
    pending: Bools
    machine: Bools
    unasked: Bools

    @property
    def cells(self) -> Bools:
        """Where counts themselves are withheld."""
        return np.asarray(self.documents > 0)


def _gaps(counts: Counts, hidden: Sequence[Hidden], codebook: Codebook, *, level: Unit) -> _Gaps:
    shape = (len(counts.groups), len(counts.columns))
    documents, words, least = np.zeros((3, *shape), dtype=np.int64)
    gaps = _Gaps(documents, words, least, *np.zeros((3, *shape), dtype=np.bool_))
    place = {column.id: number for number, column in enumerate(counts.columns)}
    index = {document: number for number, document in enumerate(counts.document_ids)}
    for one in hidden:
        code = one.withheld.code
        unit = place[code if level == "code" else codebook.category_of[code].id]
        within = np.array([index[document] for document in one.documents])
        asked = within[counts.asked[within, unit]]
        for group in range(len(counts.groups)):
            here = asked[counts.group_of[asked] == group]
            if one.withheld.part == "counted":
                gaps.unasked[group, unit] |= bool((counts.group_of[within] == group).sum() > len(here))
            if not len(here):
                continue
            if one.withheld.part == "counted":
                _add(gaps, counts, group, unit, here, one.withheld.most)
                if level == "code" and len(here) == len(asked):
                    gaps.least[group, unit] += one.withheld.least
            elif one.withheld.part == "machine":
                gaps.machine[group, unit] = True
            else:
                gaps.pending[group, unit] = True
    return gaps


def _add(gaps: _Gaps, counts: Counts, group: int, unit: int, here: Integers, most: int) -> None:
    """Add what a code withheld may hide in a group: the largest documents."""
    largest = np.sort(counts.document_words[here])[::-1]
    gaps.documents[group, unit] += min(most, len(here))
    gaps.words[group, unit] += int(largest[:most].sum())


def _marked(
    df: pd.DataFrame, whole: pd.DataFrame, gaps: _Gaps, counts: Counts, hidden: Sequence[Hidden]
) -> pd.DataFrame:
    """The table with missing values and bounds in place of what is withheld."""
    cells = gaps.cells
    known = {name: df[name].to_numpy(dtype=np.float64) for name in ("documents", "group_words")}
    bounds = _bound_columns(df, gaps, known)
    df = df.astype({name: "Int64" for name in df.columns if str(df[name].dtype) == "int64"})
    code, group = (np.broadcast_to(cells.any(axis=axis, keepdims=True), cells.shape) for axis in (0, 1))
    df["q_value"] = whole["q_value"]
    for names, where in (
        (_OF_CELL, cells),
        (_OF_MACHINE, cells | gaps.machine),
        (_OF_CODE, code),
        (_OF_GROUP, group),
        (("segments_pending", "documents_pending"), gaps.pending),
        (("documents_unasked",), gaps.unasked),
    ):
        df.loc[where.ravel(), list(names)] = pd.NA
    said = _withheld_text(counts, gaps)
    # What the table says is missing "anywhere" may only be withheld.
    attrs = df.attrs | {"undefined": _reasons(hidden)}
    df = df.assign(**bounds, withheld=pd.Series(said, dtype="str"))
    df.attrs = attrs
    return df


def _bound_columns(df: pd.DataFrame, gaps: _Gaps, known: Mapping[str, Floats]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, whole, share, least, most in (
        ("documents_with_code", "documents", "share_documents", gaps.least, gaps.documents),
        ("words", "group_words", "share_words", 0 * gaps.words, gaps.words),
    ):
        total = known[whole]
        ends = {
            "least": df[name].to_numpy(dtype=np.float64) + least.ravel(),
            "most": np.minimum(df[name].to_numpy(dtype=np.float64) + most.ravel(), total),
        }
        for end, values in ends.items():
            found[f"{name}_{end}"] = pd.array(values, dtype="Float64").astype("Int64")
            found[f"{share}_{end}"] = np.where(total > 0, values / np.maximum(total, 1), np.nan)
    return {name: found[name] for name in BOUND_COLUMNS if name in found}


def _withheld_text(counts: Counts, gaps: _Gaps) -> list[str]:
    named = {"counted": gaps.cells, "pending": gaps.pending, "machine": gaps.machine & ~gaps.cells}
    return [
        ", ".join(name for name, where in named.items() if where[group, unit])
        for group in range(len(counts.groups))
        for unit in range(len(counts.columns))
    ]


def _reasons(hidden: Sequence[Hidden]) -> list[str]:
    regions: dict[str, list[str]] = {}
    for one in hidden:
        if one.withheld.part == "counted":
            regions.setdefault(one.region, []).append(one.withheld.code)
    listed = "; ".join(f"{region}: {', '.join(codes)}" for region, codes in regions.items())
    said = (
        [
            f"Withheld by the teams, as few documents raise them: {listed}. Their rows are missing, with bounds "
            "(_least, _most); so are relative_emphasis and q_value of the code in all groups, and salience, rank and "
            "top_three of all codes in the group.",
        ]
        if regions
        else []
    )
    others: tuple[tuple[Literal["pending", "machine"], str], ...] = (
        ("pending", "segments_pending and documents_pending"),
        ("machine", "share_words_corrected"),
    )
    for part, columns in others:
        regions_of = sorted({one.region for one in hidden if one.withheld.part == part})
        if regions_of:
            said.append(f"{columns} are missing where a team withholds them ({', '.join(regions_of)}).")
    return said
