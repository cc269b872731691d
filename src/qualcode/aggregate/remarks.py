"""Counts in, sentences out: what stands under a table, how it was made and what is missing and why."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .bootstrap import MIN_DOCUMENTS
from .counts import Counts
from .frames import Unit
from .relative import comparable, testable

LINE = 98
"""Characters of a note, so that it stays one line under a table of 100 columns."""

_WRITTEN_OUT = 6


def notes(counts: Counts, *, by: str | None, level: Unit, draws: int, small_group: int) -> list[str]:
    """What the numbers of a table count, for its reader.

    Parameters
    ----------
    counts : Counts
    by, level, draws, small_group
        As given to `summary_table`.

    Returns
    -------
    list of str
        At most seven, each a line of about `LINE` characters (a very long name of a group makes its line longer).
    """
    sampled = by != "document"
    wilson = "; 95 % Wilson interval" if sampled else ""
    drawn = f"; 95 %: {draws:,} bootstrap draws of documents" if sampled else ""
    said = [
        f"Only respondents' words count. Frequency: a document once per {level}{wilson}.",
        f"Emphasis: share of words in sentences with the {level}{drawn}.",
    ]
    if len(counts.groups) > 1:
        said.append("vs rest: log2 odds against all other groups (1 = twice the odds); prior: one average document.")
    if len(counts.groups) > 1 and sampled:
        said.append(f"q: documents regrouped at random {draws:,} times, Benjamini-Hochberg over the whole table.")
    small = [group for group, n in zip(counts.groups, counts.documents, strict=True) if n < small_group]
    if small and sampled:
        said.append(_line(f"Fewer than {small_group} documents, so intervals are too narrow:", small))
    if not counts.asked.all():
        documents = int((~counts.asked.all(axis=1)).sum())
        unasked = int((counts.unasked > 0).sum())
        said.append(
            f"Not asked is not 'not mentioned': {documents} documents count only for the topics they were asked about; "
            f"{unasked} mentions without having been asked are left out."
        )
    pending = int(counts.pending.sum())
    if pending:
        codings = "coding" if pending == 1 else "codings"
        said.append(f"Pending, not counted: {pending:,} {codings} in the whole table (one sentence with one {level}).")
    return said


def undefined(counts: Counts, *, by: str | None, level: Unit) -> list[str]:
    """Which numbers of a table are missing, and why.

    Parameters
    ----------
    counts : Counts
    by, level
        As given to `summary_table`.

    Returns
    -------
    list of str
        One sentence for each reason that occurs; empty when nothing is missing.
    """
    if not len(counts.group_of):
        return ["There are no documents."]
    said: list[str] = []
    silent = _where(counts, counts.group_words == 0)
    if silent:
        said.append(f"share_words, rank and relative_emphasis are missing for {silent}: no words of respondents.")
    if by == "document":
        said.append("Intervals and q_value are missing: each group is one document.")
    else:
        alone = _where(counts, (counts.documents < MIN_DOCUMENTS) & (counts.group_words > 0))
        if alone:
            said.append(
                f"Intervals of share_words and relative_emphasis and q_value are missing for {alone}: one document."
            )
        said += _untested(counts, level=level)
    said += _incomparable(counts, level=level)
    if (counts.asked_documents == 0).any():
        said.append(f"Shares are missing where no document was asked about the {level}.")
    if (counts.membership @ counts.segments == 0).any():
        said.append(
            f"intensity is missing where no segment has the {level}, rank where no word has; the interval of "
            "share_words where fewer than two documents raise it (share_documents_high says how far it may be raised)."
        )
    return said


def _incomparable(counts: Counts, *, level: Unit) -> list[str]:
    if len(counts.groups) == 1:
        return [f'relative_emphasis is missing: there is no group beside "{counts.groups[0]}".']
    said: list[str] = []
    never = [column.id for column, n in zip(counts.columns, counts.words.sum(axis=0), strict=True) if n == 0]
    if never:
        said.append(f"relative_emphasis is missing for {_listed(never)}: no words with the {level} anywhere.")
    lost = np.isnan(comparable(counts)) & (counts.membership @ counts.words > 0)
    if lost.any():
        said.append("relative_emphasis is missing where the other groups have no words, or all words have the code.")
    return said


def _untested(counts: Counts, *, level: Unit) -> list[str]:
    said: list[str] = []
    large = (counts.documents >= MIN_DOCUMENTS)[:, None]
    cells = int((~np.isnan(comparable(counts)) & np.isnan(testable(counts)) & large).sum())
    if cells:
        said.append(
            f"Interval of relative_emphasis missing in {cells} cells: fewer than two documents raise the {level} in "
            "the group, or in all other groups."
        )
    rest = len(counts.group_of) - counts.documents
    lonely = _where(counts, (counts.documents >= MIN_DOCUMENTS) & (rest > 0) & (rest < MIN_DOCUMENTS))
    if lonely:
        said.append(f"q_value is missing for {lonely}: all other groups together are one document.")
    if len(counts.groups) > 1 and np.ptp(counts.document_words) == 0:
        alike = (np.ptp(counts.words, axis=0) == 0) & (counts.words.sum(axis=0) > 0)
        same = [column.id for column, is_alike in zip(counts.columns, alike, strict=True) if is_alike]
        said += [f"q_value is missing for {_listed(same)}: all documents are alike."] if same else []
    return said


def _where(counts: Counts, chosen: NDArray[np.bool_]) -> str:
    return _listed([group for group, is_chosen in zip(counts.groups, chosen, strict=True) if is_chosen])


def _listed(names: list[str], *, shown: int = _WRITTEN_OUT) -> str:
    if len(names) <= shown:
        return ", ".join(names)
    return f"{', '.join(names[:shown])} and {len(names) - shown} more"


def _line(start: str, names: list[str]) -> str:
    """`start` and as many names as fit in a line, at least one."""
    lines = [f"{start} {_listed(names, shown=shown)}." for shown in range(len(names), 0, -1)]
    return next((line for line in lines if len(line) <= LINE), lines[-1])
