"""Counts in, emphasis out: how much people dwell on a code, how soon they come to it, how strongly.

Four views that need not agree: the share of the words, that share against all other groups (in
`relative`), the order of first mention (salience), and how often a coded sentence holds a marker of
intensity.
"""

from __future__ import annotations

import numpy as np

from .bootstrap import Resampled, degrees_of_freedom, spread
from .counts import Counts, Floats, Integers
from .frequency import share
from .intervals import log_interval

_FIRST = 3
"""Ranks up to this one count for `top_three`."""


def emphasis(counts: Counts, resampled: Resampled | None) -> dict[str, Integers | Floats]:
    """Emphasis on each code, per group, but for the comparison with other groups.

    Parameters
    ----------
    counts : Counts
    resampled : Resampled or None
        Sums of the resampled documents; None = no intervals.

    Returns
    -------
    dict of str to array, shape (G, U)
        `words` and `group_words`, those of the documents asked (int); `share_words` (0-1; nan without words
        of respondents) with its standard error `share_words_error` and 95 % interval `share_words_low`,
        `share_words_high` (nan where fewer than two documents raise the code); `salience` (0-1; nan without
        documents); `intensity` (0-1; nan without segments); `rank` (1 = most words; nan where there are
        none) and `top_three`, the share of draws in which the code is among the group's first three (0-1; nan
        where the group cannot be resampled).
    """
    member = counts.membership
    words = member @ counts.words
    group_words = member @ counts.asked_words + 0 * words
    share_words = share(words, group_words)
    drawn = _drawn_shares(counts, resampled)
    df = degrees_of_freedom(member @ (counts.words > 0), counts.asked_documents)
    error = np.sqrt(spread(drawn))
    low, high = log_interval(share_words, error, df=df)
    return {
        "words": words,
        "group_words": group_words,
        "share_words": share_words,
        "share_words_error": error,
        "share_words_low": low,
        "share_words_high": np.minimum(high, 1.0),
        "salience": _mean_over_documents(smith_salience(counts.first), counts),
        "intensity": share(member @ counts.intense, member @ counts.segments),
        "rank": ranks(share_words),
        "top_three": _top_three(drawn),
    }


def smith_salience(first: Floats) -> Floats:
    """Smith's S of each code in each document.

    Parameters
    ----------
    first : float array, shape (D, U)
        Where the document first raises the code; nan = not at all.

    Returns
    -------
    float array, shape (D, U)
        (L - r + 1) / L for the r-th of the L codes a document raises, 0 for a code it does not
        raise. Codes that begin in the same segment follow each other in the order of the columns.

    References
    ----------
    Smith (1993), Cultural Anthropology Methods Newsletter 5(3), 1-3.
    Smith & Borgatti (1997), Journal of Linguistic Anthropology 7, 208-209.

    Examples
    --------
    >>> smith_salience(np.array([[30.0, np.nan, 4.0, 9.0]])).round(3).tolist()
    [[0.333, 0.0, 1.0, 0.667]]
    """
    mentioned = ~np.isnan(first)
    order = np.argsort(first, axis=1, kind="stable")
    rank = np.empty(first.shape)
    np.put_along_axis(rank, order, np.arange(1.0, first.shape[1] + 1)[None, :], axis=1)
    length = mentioned.sum(axis=1, keepdims=True)
    return np.where(mentioned, (length - rank + 1) / np.maximum(length, 1), 0.0)


def ranks(values: Floats) -> Floats:
    """Rank within each row, 1 = largest; equal values share the best rank; nan where 0 or nan.

    Examples
    --------
    >>> ranks(np.array([[0.2, 0.0, 0.5, 0.2]])).tolist()
    [[2.0, nan, 1.0, 2.0]]
    """
    larger = values[:, None, :] > values[:, :, None]
    return np.where(values > 0, larger.sum(axis=2) + 1.0, np.nan)


def _drawn_shares(counts: Counts, resampled: Resampled | None) -> Floats:
    """Share of words in each draw, shape (G, B, U); one draw of nan where nothing was resampled."""
    if resampled is None:
        return np.full((len(counts.groups), 1, len(counts.columns)), np.nan)
    return resampled.words / np.where(resampled.total > 0, resampled.total, np.nan)


def _top_three(drawn: Floats) -> Floats:
    """Share of the draws in which a code is among the first three of its group, shape (G, U)."""
    groups, draws, codes = drawn.shape
    order = ranks(drawn.reshape(groups * draws, codes)).reshape(drawn.shape)
    known = np.asarray(np.isfinite(drawn).any(axis=(1, 2)))
    return np.where(known[:, None], (order <= _FIRST).mean(axis=1), np.nan)


def _mean_over_documents(values: Floats, counts: Counts) -> Floats:
    documents = counts.asked_documents
    return np.where(documents > 0, counts.membership @ values / np.maximum(documents, 1), np.nan)
