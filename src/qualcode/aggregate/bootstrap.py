"""Matrices in, resampled sums out: whole documents are drawn again, with replacement, within groups.

What one person says in one interview hangs together; sentences or words drawn one by one would
give intervals far too narrow. So the unit that is drawn is the document. Each group has a random
stream of its own, made of the seed and the group's name: a group's interval depends on its own
documents and on nothing else in the table.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from .counts import Counts, Floats

INTERVAL = (0.025, 0.975)
"""The percentiles of a 95 % interval."""
MIN_DOCUMENTS = 2
"""A group with fewer documents cannot be resampled."""


@dataclass(frozen=True)
class Resampled:
    """Sums over resampled documents; G groups, B draws, U codes.

    Attributes
    ----------
    words, rest_words : float arrays, shape (G, B, U)
        Words with the code in the group, and in all other groups together.
    total, rest_total : float arrays, shape (G, B, 1)
        Words of respondents, likewise. nan in the rows of groups too small to be resampled.
    """

    words: Floats
    total: Floats
    rest_words: Floats
    rest_total: Floats


def resample(counts: Counts, *, draws: int, seed: int) -> Resampled:
    """Sum words over documents drawn with replacement within each group.

    Parameters
    ----------
    counts : Counts
        At least one group.
    draws : int
        How often, 1 or more.
    seed : int
        0 or more.

    Returns
    -------
    Resampled
        The same numbers for the same documents and seed, whatever the order of the rows.

    Notes
    -----
    Documents alone in their group are drawn together, as one group, where they stand among the
    others of a comparison ("collapsed strata"): drawn each by itself they would not vary at all.
    """
    both = np.column_stack([counts.words, counts.document_words]).astype(np.float64)
    sums = np.empty((len(counts.groups), draws, both.shape[1]))
    alone: list[int] = []
    for number, group in enumerate(counts.groups):
        members = np.flatnonzero(counts.group_of == number)
        if len(members) < MIN_DOCUMENTS:
            alone += members.tolist()
        sums[number] = document_weights(len(members), draws=draws, seed=seed, stream=group) @ both[members]
    total = sums[counts.documents >= MIN_DOCUMENTS].sum(axis=0)
    total += document_weights(len(alone), draws=draws, seed=seed, stream="") @ both[sorted(alone)]
    rest = total - sums
    sums[counts.documents < MIN_DOCUMENTS] = rest[counts.documents < MIN_DOCUMENTS] = np.nan
    return Resampled(sums[:, :, :-1], sums[:, :, -1:], rest[:, :, :-1], rest[:, :, -1:])


def document_weights(documents: int, *, draws: int, seed: int, stream: str) -> Floats:
    """How often each document is drawn, in each draw.

    Parameters
    ----------
    documents : int
        How many there are, and how many are drawn each time.
    draws, seed : int
        As for `resample`.
    stream : str
        Name of the random stream; another name gives independent numbers.

    Returns
    -------
    float array, shape (draws, documents)
        Whole numbers; each row sums to `documents`.

    Examples
    --------
    >>> document_weights(3, draws=2, seed=1, stream="Crete").sum(axis=1).tolist()
    [3.0, 3.0]
    """
    if documents == 0:
        return np.zeros((draws, 0))
    chances = np.full(documents, 1 / documents)
    return random_stream(seed, stream).multinomial(documents, chances, size=draws).astype(np.float64)


def random_stream(seed: int, name: str) -> np.random.Generator:
    """PCG64 seeded with `seed` and a name: the same numbers on every machine, others for other names."""
    digest = hashlib.blake2b(name.encode("utf-8"), digest_size=8).digest()
    return np.random.Generator(np.random.PCG64([seed, int.from_bytes(digest, "big")]))


def percentile_interval(values: Floats) -> tuple[Floats, Floats]:
    """2.5 and 97.5 percentile over the draws, draws without a value left out.

    Parameters
    ----------
    values : float array, shape (G, B, U)
        Draws on the second axis.

    Returns
    -------
    low, high : float arrays, shape (G, U)
        nan where no draw has a value.
    """
    low, high = np.quantile(values, INTERVAL, axis=1)
    for group, column in np.argwhere(np.isnan(low)):
        defined = values[group, ~np.isnan(values[group, :, column]), column]
        if defined.size:
            low[group, column], high[group, column] = np.quantile(defined, INTERVAL)
    return low, high
