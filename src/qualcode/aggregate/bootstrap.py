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

from .counts import Counts, Floats, Integers

INTERVAL = (0.025, 0.975)
"""The quantiles of a 95 % interval."""
MIN_DOCUMENTS = 2
"""A group with fewer documents cannot be resampled; a code fewer of them raise has no interval of its words."""


@dataclass(frozen=True)
class Resampled:
    """Sums over resampled documents; G groups, B draws, U codes.

    Attributes
    ----------
    words, rest_words : float arrays, shape (G, B, U)
        Words with the code in the group, and in all other groups together.
    total, rest_total : float arrays, shape (G, B, 1) or (G, B, U)
        Words of the respondents asked, likewise. nan in the rows of groups too small to be resampled.
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
    both = np.column_stack([counts.words, counts.asked_words]).astype(np.float64)
    codes = len(counts.columns)
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
    return Resampled(sums[:, :, :codes], sums[:, :, codes:], rest[:, :, :codes], rest[:, :, codes:])


def document_weights(documents: int, *, draws: int, seed: int, stream: str) -> Floats:
    """What each document weighs in each draw.

    Parameters
    ----------
    documents : int
        How many there are.
    draws, seed : int
        As for `resample`.
    stream : str
        Name of the random stream; another name gives independent numbers.

    Returns
    -------
    float array, shape (draws, documents)
        0 or more; each row sums to `documents`.

    Notes
    -----
    Of n documents n - 1 are drawn with replacement, and each weighs n / (n - 1): the variance over the draws
    is then that of an estimate from n documents, where n of n would give (n - 1) / n of it.

    References
    ----------
    Rao & Wu (1988), Journal of the American Statistical Association 83, 231-241.

    Examples
    --------
    >>> document_weights(3, draws=2, seed=1, stream="Crete").sum(axis=1).tolist()
    [3.0, 3.0]
    """
    if documents < MIN_DOCUMENTS:
        return np.ones((draws, documents))
    chances = np.full(documents, 1 / documents)
    drawn = random_stream(seed, stream).multinomial(documents - 1, chances, size=draws)
    return drawn.astype(np.float64) * (documents / (documents - 1))


def random_stream(seed: int, name: str) -> np.random.Generator:
    """PCG64 seeded with `seed` and a name: the same numbers on every machine, others for other names."""
    digest = hashlib.blake2b(name.encode("utf-8"), digest_size=8).digest()
    return np.random.Generator(np.random.PCG64([seed, int.from_bytes(digest, "big")]))


def degrees_of_freedom(raising: Integers, documents: Integers) -> Floats:
    """Degrees of freedom behind the words of a code: the documents that raise it, at most n - 1.

    How much people say on a code is known from those only who raise it.

    Examples
    --------
    >>> degrees_of_freedom(np.array([1, 4, 10]), np.array([10, 10, 10])).tolist()
    [nan, 4.0, 9.0]
    """
    return np.where(raising >= MIN_DOCUMENTS, np.minimum(raising, documents - 1), np.nan)


def spread(values: Floats) -> Floats:
    """Variance over the draws, draws without a value left out.

    Parameters
    ----------
    values : float array, shape (G, B, U)
        Draws on the second axis.

    Returns
    -------
    float array, shape (G, U)
        nan where no draw has a value.
    """
    defined = ~np.isnan(values)
    drawn = defined.sum(axis=1)
    some = np.where(drawn > 0, drawn, np.nan)
    centre = np.where(defined, values, 0.0).sum(axis=1) / some
    deviations = np.where(defined, values - centre[:, None, :], 0.0)
    variance: Floats = (deviations**2).sum(axis=1) / some
    return variance
