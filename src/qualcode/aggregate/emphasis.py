"""Counts in, emphasis out: how much people dwell on a code, how soon they come to it, how strongly.

Four views that need not agree: the share of the words, that share against all other groups (in
`relative`), the order of first mention (salience), and how often a coded sentence holds a marker of
intensity.
"""

from __future__ import annotations

import numpy as np

from .bootstrap import Resampled, percentile_interval
from .counts import Counts, Floats, Integers
from .frequency import share


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
        `words` (int); `share_words` (0-1; nan without words of respondents) with its bootstrap
        interval `share_words_low`, `share_words_high`; `salience` (0-1; nan without documents);
        `intensity` (0-1; nan without segments); `rank` (1 = most words; nan where there are none).
    """
    member = counts.membership
    words = member @ counts.words
    share_words = share(words, counts.group_words[:, None] + 0 * words)
    low, high = _share_interval(counts, resampled)
    return {
        "words": words,
        "share_words": share_words,
        "share_words_low": low,
        "share_words_high": high,
        "salience": _mean_over_documents(smith_salience(counts.first), counts),
        "intensity": share(member @ counts.intense, member @ counts.segments),
        "rank": ranks(share_words),
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


def _share_interval(counts: Counts, resampled: Resampled | None) -> tuple[Floats, Floats]:
    if resampled is None:
        undefined = np.full((len(counts.groups), len(counts.columns)), np.nan)
        return undefined, undefined
    return percentile_interval(resampled.words / np.where(resampled.total > 0, resampled.total, np.nan))


def _mean_over_documents(values: Floats, counts: Counts) -> Floats:
    documents = counts.documents[:, None]
    return np.where(documents > 0, counts.membership @ values / np.maximum(documents, 1), np.nan)
