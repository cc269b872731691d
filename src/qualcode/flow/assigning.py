"""Who codes which documents: shares of equal work in every region, and documents that all code, for agreement."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..errors import SelectionError
from ..model import content_hash
from .people import coder_names, find_person
from .workspace import Workspace

if TYPE_CHECKING:
    from ..store import Filter, Row, Store

OVERLAP = "20%"
"""Share of the documents that all coders get."""
MISSING_REGION = "(missing)"


@dataclass(frozen=True)
class Assignment:
    """Who was given what.

    Attributes
    ----------
    shares : list of dict
        One per coder and region, and one per coder over all (region None): coder, region, documents, words, shared
        (documents that somebody else has too).
    documents : int
        Documents given out, each once.
    shared : int
        Of these, those with two coders or more.
    kept : int
        Documents that do not fit the filters and keep the coders they had.
    orphans : mapping of str to int
        Documents that a person has worked on and is not given now, by name; the work stays.
    has_changed : bool
        Something was stored.
    seed : int
    """

    shares: list[dict[str, Any]]
    documents: int
    shared: int
    kept: int
    orphans: Mapping[str, int]
    has_changed: bool
    seed: int


def assign(
    work: Workspace, asked: Filter, *, coders: str, overlap: str = OVERLAP, seed: int | None = None
) -> Assignment:
    """Divide the documents among coders, and keep it in the store.

    Parameters
    ----------
    work : Workspace
    asked : Filter
        Documents to divide; the others keep the coders they have.
    coders : str
        Names, with commas between.
    overlap : str
        Share of these documents that all coders get, as "20%" or "0.2"; with one coder it does not matter.
    seed : int or None
        None = the study's.

    Returns
    -------
    Assignment

    Raises
    ------
    SelectionError
        For names or an overlap that are none, or if no document fits.

    Notes
    -----
    See `divide`. Documents are ordered by the hash of their content and the seed: the same documents, coders and
    seed give the same shares on every machine.
    """
    from ..store import Store

    names, share = coder_names(coders), parse_overlap(overlap)
    seed = work.study.study.seed if seed is None else seed
    with Store(work.store_path) as store, store.writing():
        chosen = _documents(store, asked)
        before = {key: tuple(people) for key, people in store.verdicts.assignments().items()}
        divided = divide(chosen, names, overlap=share, seed=seed)
        after = {**before, **{key: tuple(sorted(people)) for key, people in divided.items()}}
        if after != before:
            given: dict[str, list[str]] = {}
            for key, people in after.items():
                for person in people:
                    given.setdefault(person, []).append(key)
            store.verdicts.assign(given)
        worked = {(row["coder"], row["document_id"]) for row in store.verdicts.judgements()}
    return Assignment(
        shares=_shares(chosen, divided, names),
        documents=len(divided),
        shared=sum(len(people) > 1 for people in divided.values()),
        kept=len(before.keys() - divided.keys()),
        orphans=Counter(coder for coder, key in sorted(worked) if key in divided and coder not in divided[key]),
        has_changed=after != before,
        seed=seed,
    )


def list_assignments(work: Workspace, asked: Filter, *, coders: str | None = None) -> list[dict[str, Any]]:
    """List who is to code which document, and how far each is.

    Parameters
    ----------
    work : Workspace
    asked : Filter
        Documents.
    coders : str or None
        Names, with commas between; None = all, also documents without anybody.

    Returns
    -------
    list of dict
        One per document and coder, by name: document, region, coder (None = nobody), words, sentences, done
        (sentences the coder is done with), shared (somebody else has it too).

    Raises
    ------
    SelectionError
        If no document fits, or nothing is assigned to the person.
    """
    from ..store import Store

    with Store(work.store_path, read_only=True) as store:
        chosen = _documents(store, asked)
        assigned = store.verdicts.assignments()
        known = sorted({person for people in assigned.values() for person in people})
        wanted = (
            None
            if coders is None
            else [find_person(name, known, what="is given documents") for name in coder_names(coders)]
        )
        done = {person: store.verdicts.done(person) for person in known}
    rows: list[dict[str, Any]] = []
    for row in chosen:
        people: Sequence[str | None] = assigned.get(row["document_id"]) or [None]
        rows += (
            {
                "document": row["name"],
                "region": row["region"],
                "coder": person,
                "words": row["words"],
                "sentences": row["segments"],
                "done": None if person is None else done[person].get(row["document_id"], 0),
                "shared": len(people) > 1,
            }
            for person in people
            if wanted is None or person in wanted
        )
    return rows


def parse_overlap(given: str) -> Fraction:
    """A share as typed: a percentage, or a number from 0 to 1.

    Raises
    ------
    SelectionError
        For anything else.

    Examples
    --------
    >>> parse_overlap("20%") == parse_overlap("0.2") == Fraction(1, 5)
    True
    """
    found = re.fullmatch(r"(\d{1,3}(?:\.\d{1,6})?|\.\d{1,6})\s*(%?)", given.strip(), re.ASCII)
    share = Fraction(found[1]) / (100 if found[2] else 1) if found else Fraction(-1)
    if not 0 <= share <= 1:
        raise SelectionError(f'--overlap "{given}" is no share of the documents. Write it as 20% or 0.2; at most 100%.')
    return share


def divide(documents: Sequence[Row], coders: Sequence[str], *, overlap: Fraction, seed: int) -> dict[str, list[str]]:
    """Divide documents among coders, region by region.

    Parameters
    ----------
    documents : sequence of dict
        document_id, region and words of each; their order does not matter.
    coders : sequence of str
    overlap : Fraction
        Share of the documents that all coders get, 0-1.
    seed : int

    Returns
    -------
    dict of str to list of str
        Coders by document id.

    Notes
    -----
    Within a region documents are in random order. Of all, region after region, every 1 / `overlap`-th one goes to all
    coders, so that each region has its share of them, and there are `overlap` x n in all, rounded. Of the
    others the longest goes first, each to the coder with the fewest words in the region so far, of equals to the one
    with the fewest in all. Shared documents are no reason to give somebody less: all have them.
    """

    def drawn(key: str | None) -> str:
        return content_hash("assign", seed, key)

    by_region: dict[str | None, list[Row]] = defaultdict(list)
    for row in sorted(documents, key=lambda row: drawn(row["document_id"])):
        by_region[row["region"]].append(row)
    given: dict[str, list[str]] = {}
    total, place = Counter[str](), 0
    for region in sorted(by_region, key=drawn):
        alone = []
        for row in by_region[region]:
            place += 1
            if _rounded(place * overlap) > _rounded((place - 1) * overlap):
                given[row["document_id"]] = list(coders)
            else:
                alone.append(row)
        here = Counter[str]()
        for row in sorted(alone, key=lambda row: (-row["words"], drawn(row["document_id"]))):
            person = min(coders, key=lambda coder: (here[coder], total[coder], drawn(f"{coder} {row['document_id']}")))
            given[row["document_id"]] = [person]
            for words in (here, total):
                words[person] += row["words"]
    return given


def _rounded(number: Fraction) -> int:
    return (2 * number.numerator + number.denominator) // (2 * number.denominator)


def _documents(store: Store, asked: Filter) -> list[Row]:
    found = store.document_rows(store.check_filter(asked))
    if not found:
        raise SelectionError("No document fits all of these filters. What there is: qualcode status")
    return found


def _shares(
    documents: Sequence[Row], divided: Mapping[str, Sequence[str]], coders: Sequence[str]
) -> list[dict[str, Any]]:
    regions = sorted(
        {row["region"] or MISSING_REGION for row in documents}, key=lambda name: (name == MISSING_REGION, name)
    )
    rows = []
    for coder in coders:
        for region in (*regions, None):
            mine = [
                row
                for row in documents
                if coder in divided[row["document_id"]] and region in (None, row["region"] or MISSING_REGION)
            ]
            rows.append(
                {
                    "coder": coder,
                    "region": region,
                    "documents": len(mine),
                    "words": sum(row["words"] for row in mine),
                    "shared": sum(len(divided[row["document_id"]]) > 1 for row in mine),
                }
            )
    return rows
