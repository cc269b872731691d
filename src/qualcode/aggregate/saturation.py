"""Counts in, the saturation curve out: how many codes so many documents raise, and what one more would add.

The curve is averaged over all orders in which the documents could have been held, so that it does not depend
on who happened to be first. It speaks of the codes of the codebook: what the codebook has no name for, no
number of interviews adds to it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..codebook import Codebook
from .bootstrap import INTERVAL, MIN_DOCUMENTS, random_stream
from .counts import Counts, Floats, Integers, tally
from .frames import Rows, documents_frame
from .layout import typed_frame

Bools = NDArray[np.bool_]

SATURATION_COLUMNS: dict[str, str] = {
    "documents": "int64",
    "codes_expected": "float64",
    "codes_low": "float64",
    "codes_high": "float64",
    "new_expected": "float64",
    "codes_observed": "int64",
    "document": "str",
}
"""Columns of `saturation_curve` and their dtypes."""

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Saturation:
    """How complete the codes of some documents are.

    Attributes
    ----------
    documents, codes : int
        Documents; codes of the codebook.
    codes_found : int
        Codes that at least one document raises.
    codes_once, codes_twice : int
        Codes that exactly one, exactly two documents raise.
    share : float
        The share asked for, above 0 to 1.
    documents_for_share : int or None
        Fewest documents that are expected to raise this share of `codes_found`; None without any code.
    new_expected : float
        Codes that one more document is expected to add; nan with fewer than two documents.
    codes_unseen : float
        Codes that are raised out there but in no document, at the least (Chao2; never more than the codebook's
        codes that are left); nan with fewer than two documents.
    undefined : tuple of str
        What is missing, and why.
    """

    documents: int
    codes: int
    codes_found: int
    codes_once: int
    codes_twice: int
    share: float
    documents_for_share: int | None
    new_expected: float
    codes_unseen: float
    undefined: tuple[str, ...]


def saturation_curve(
    documents: Rows, code_counts: Rows, codebook: Codebook, *, seed: int, draws: int = 2000
) -> pd.DataFrame:
    """How many codes n documents raise, for n from none to all.

    Parameters
    ----------
    documents, code_counts : sequence of mapping
        As for `summary_table`. For interviews only, or for a region: those documents and their counts.
    codebook : Codebook
    seed, draws : int
        Of the random orders behind the band.

    Returns
    -------
    DataFrame
        One row per number of documents, 0 to N. Columns and dtypes as in `SATURATION_COLUMNS`:

        `codes_expected`: codes that so many of the documents raise, on average over all choices of them; `codes_low`,
        `codes_high`: between these are 95 of 100 random orders; `new_expected`: codes that the last of them adds, on
        average (nan for none); `codes_observed`: codes raised so far in the order in which the documents were held
        (date, then name; undated ones last), with the name of the last one in `document` (missing for none).

        The band closes at N by its making: it says what order does, not what other people would have said.
        ``attrs``: `unit`, `seed`, `draws`, `n_documents`, `n_codes` (of the codebook), `notes`, `undefined`.

    Raises
    ------
    ValueError
        For `draws` or `seed` out of range.
    AggregateError
        For rows that do not have the shape a table needs.

    Notes
    -----
    Sample-based rarefaction: with S codes found and n_k documents that raise code k, n of N documents are expected to
    raise S - Σ_k C(N - n_k, n) / C(N, n): each term is the chance that a code is in none of them. It is exact, no
    simulation. A document that was not asked about a code counts as silent on it, which makes a curve rise later.

    References
    ----------
    Colwell, Mao & Chang (2004), Ecology 85, 2717-2727.
    Colwell, Chao, Gotelli, Lin, Mao, Chazdon & Longino (2012), Journal of Plant Ecology 5, 3-21.

    Examples
    --------
    >>> from qualcode.codebook import read_codebook
    >>> notes = dict(region="Crete", country=None, stakeholder_group=None, kind="interview", date=None, language="en")
    >>> documents = [dict(notes, document_id=d, name=d, words=900, segments=80) for d in ("a", "b")]
    >>> count = dict(status="auto", segments=2, words=30, intense_segments=0, first_position=3)
    >>> raised = [("a", "data_governance"), ("b", "data_governance"), ("b", "reimbursement")]
    >>> counts = [dict(count, document_id=document, code_id=code) for document, code in raised]
    >>> saturation_curve(documents, counts, read_codebook(), seed=1)["codes_expected"].tolist()
    [0.0, 1.5, 2.0]
    """
    for name, value, least in (("seed", seed, 0), ("draws", draws, 1)):
        if value < least:
            raise ValueError(f"`{name}` must be an int >= {least}. Got {value!r} instead.")
    counts = tally(documents, code_counts, (), codebook, by=None, level="code")
    raises = counts.segments > 0
    frame = documents_frame(documents)
    held = frame.sort_values(["date", "name", "document_id"], na_position="last", kind="stable").index.to_numpy()
    expected = rarefaction(raises.sum(axis=0), len(raises))
    paths = _paths(raises, _ranks(len(raises), draws=draws, seed=seed))
    low, high = np.quantile(paths, INTERVAL, axis=0)
    df = typed_frame(
        {
            "documents": np.arange(len(raises) + 1),
            "codes_expected": expected,
            "codes_low": low,
            "codes_high": high,
            "new_expected": [np.nan, *np.diff(expected)],
            "codes_observed": _paths(raises, np.argsort(held)[None])[0],
            "document": [None, *frame["name"].iloc[held]],
        },
        SATURATION_COLUMNS,
    )
    df.attrs = _attrs(counts, undated=int(frame["date"].isna().sum()), seed=seed, draws=draws)
    return df


def saturation(documents: Rows, code_counts: Rows, codebook: Codebook, *, share: float = 0.9) -> Saturation:
    """How many documents it took, what one more would add, and how much nobody has named yet.

    Parameters
    ----------
    documents, code_counts, codebook
        As for `saturation_curve`.
    share : float
        Of the codes found, above 0 to 1.

    Returns
    -------
    Saturation

    Raises
    ------
    ValueError
        For a `share` out of range.
    AggregateError
        For rows that do not have the shape a table needs.

    Notes
    -----
    `new_expected` = f1 / N, with f1 the codes that only one of N documents raises: what the last document adds on
    average over all orders (the last `new_expected` of the curve), and so the best guess for one more. It is
    Good's and Turing's reasoning: what was seen once stands for what was not seen. `codes_unseen` is `chao2_unseen`.

    References
    ----------
    Good (1953), Biometrika 40, 237-264.
    Chao (1987), Biometrics 43, 783-791.

    Examples
    --------
    >>> from qualcode.codebook import read_codebook
    >>> notes = dict(region="Crete", country=None, stakeholder_group=None, kind="interview", date=None, language="en")
    >>> documents = [dict(notes, document_id=d, name=d, words=900, segments=80) for d in ("a", "b")]
    >>> count = dict(status="auto", segments=2, words=30, intense_segments=0, first_position=3)
    >>> raised = [("a", "data_governance"), ("b", "data_governance"), ("b", "reimbursement")]
    >>> counts = [dict(count, document_id=document, code_id=code) for document, code in raised]
    >>> found = saturation(documents, counts, read_codebook())
    >>> found.codes_found, found.documents_for_share, found.new_expected, found.codes_unseen
    (2, 2, 0.5, 0.25)
    """
    if not 0 < share <= 1:
        raise ValueError(f"`share` must be above 0 and at most 1. Got {share!r} instead.")
    counts = tally(documents, code_counts, (), codebook, by=None, level="code")
    n, raising = len(counts.document_ids), (counts.segments > 0).sum(axis=0)
    found, once, twice = (int(number.sum()) for number in (raising > 0, raising == 1, raising == 2))
    enough = np.flatnonzero(rarefaction(raising, n) >= share * found - _ROUNDING)
    many = n >= MIN_DOCUMENTS
    return Saturation(
        documents=n,
        codes=len(counts.columns),
        codes_found=found,
        codes_once=once,
        codes_twice=twice,
        share=share,
        documents_for_share=int(enough[0]) if found else None,
        new_expected=once / n if many else np.nan,
        codes_unseen=min(chao2_unseen(once, twice, n), float(len(counts.columns) - found)) if many else np.nan,
        undefined=tuple(_undefined(found, n)),
    )


def rarefaction(raising: Integers, documents: int) -> Floats:
    """Codes that n of the documents are expected to raise, for n = 0 to all.

    Parameters
    ----------
    raising : int array, shape (U,)
        Documents that raise each code, 0 to `documents`.
    documents : int

    Returns
    -------
    float array, shape (documents + 1,)
        0 to the number of codes with `raising` above 0; never falls.

    Examples
    --------
    >>> rarefaction(np.array([1, 3, 0]), 3).round(3).tolist()
    [0.0, 1.333, 1.667, 2.0]
    """
    # C(N - n_k, n) / C(N, n) as a product, the chance that one document after the other is silent: exact at its
    # end, where it is 0, and without the large numbers of the factorials.
    left = documents - np.arange(documents, dtype=np.float64)[:, None]
    silent = np.maximum(left - raising, 0) / left
    none = np.cumprod(np.vstack([np.ones(len(raising)), silent]), axis=0)
    expected: Floats = (1 - none).sum(axis=1)
    return expected


def chao2_unseen(once: int, twice: int, documents: int) -> float:
    """Codes that are raised out there but were in no document, at the least.

    Parameters
    ----------
    once, twice : int
        Codes that exactly one (f1), exactly two documents raise (f2).
    documents : int
        N, 1 or more.

    Returns
    -------
    float
        0 or more.

    Notes
    -----
    (N - 1) / N x f1² / (2 f2); where f2 is 0, (N - 1) / N x f1 (f1 - 1) / 2. A lower limit, and a rough one where few
    documents were held.

    References
    ----------
    Chao (1987), Biometrics 43, 783-791; (N - 1) / N and f2 = 0 as in Colwell et al. (2012), Journal of Plant Ecology
    5, 3-21.

    Examples
    --------
    >>> chao2_unseen(4, 2, 10), chao2_unseen(3, 0, 10)
    (3.6, 2.7)
    """
    unseen = once**2 / (2 * twice) if twice else once * (once - 1) / 2
    return (documents - 1) * unseen / documents


def _ranks(documents: int, *, draws: int, seed: int) -> Integers:
    """Place of each document in each random order, 0 = first, shape (B, D)."""
    places = np.tile(np.arange(documents), (draws, 1))
    return random_stream(seed, "saturation").permuted(places, axis=1)


def _paths(raises: Bools, ranks: Integers) -> Integers:
    """Codes raised by the first n documents of each order, shape (B, D + 1)."""
    new = np.zeros((len(ranks), len(raises) + 1), dtype=np.int64)
    for column in raises.T[raises.any(axis=0)]:
        new[np.arange(len(ranks)), ranks[:, column].min(axis=1) + 1] += 1
    return new.cumsum(axis=1)


def _attrs(counts: Counts, *, undated: int, seed: int, draws: int) -> dict[Hashable | None, Any]:
    n, found = len(counts.document_ids), int((counts.segments > 0).any(axis=0).sum())
    notes = [
        f"{found} of the codebook's {len(counts.columns)} codes are raised in {n} documents.",
        "Expected: average over all choices of so many documents (sample-based rarefaction, exact).",
        f"Band: 95 of 100 of {draws:,} random orders of these documents; it closes at the last by its making.",
    ]
    if undated:
        notes.append(f"{undated} {'document' if undated == 1 else 'documents'} without a date come last in the order.")
    if not counts.asked.all():
        notes.append("Documents that were not asked about a code count as silent on it: the curve rises later.")
    return {
        "unit": "codes raised by at least one of so many documents",
        "seed": seed,
        "draws": draws,
        "n_documents": n,
        "n_codes": len(counts.columns),
        "notes": notes,
        "undefined": list(_undefined(found, n)),
    }


def _undefined(found: int, documents: int) -> Iterator[str]:
    if not documents:
        yield "There are no documents."
    elif not found:
        yield "No document raises a code: there is no share of the codes found."
    if documents < MIN_DOCUMENTS:
        yield "What one more document would add is not known from fewer than two."
