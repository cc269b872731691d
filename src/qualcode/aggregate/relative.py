"""Counts in, relative emphasis out: a group's words on a code against all other groups together.

Log odds with an informative prior, so that a code three people mention does not look like a chasm;
their bootstrap interval; and q-values, because a table of ten regions and seventeen codes is 170
comparisons. The p-values behind them come from documents regrouped at random, not from the bootstrap;
``docs/method.md`` says why.
"""

from __future__ import annotations

import numpy as np

from .bootstrap import MIN_DOCUMENTS, Resampled, degrees_of_freedom, random_stream, spread
from .counts import Counts, Floats, Integers
from .intervals import benjamini_hochberg, welch_interval


def relative_emphasis(counts: Counts, resampled: Resampled | None, *, draws: int, seed: int) -> dict[str, Floats]:
    """Relative emphasis on each code, per group, with interval and q-value.

    Parameters
    ----------
    counts : Counts
    resampled : Resampled or None
        None = no intervals and no q-values.
    draws, seed : int
        Of the regroupings; see `regrouping_p`.

    Returns
    -------
    dict of str to float array, shape (G, U)
        `relative_emphasis`, `relative_emphasis_low`, `relative_emphasis_high` (log2 odds);
        `relative_emphasis_z`, its distance from what regrouping gives in standard deviations; `q_value`
        (0-1, over all cells of the table that have one).
    """
    words, total = group_sums(counts)
    point = _against_rest(counts, words, total, comparable(counts))
    low = high = z = q = np.full(point.shape, np.nan)
    if resampled is not None:
        low, high = _interval(counts, point, resampled)
        z, p = regrouping(counts, point, draws=draws, seed=seed)
        q = benjamini_hochberg(p)
    return {
        "relative_emphasis": point,
        "relative_emphasis_low": low,
        "relative_emphasis_high": high,
        "relative_emphasis_z": z,
        "q_value": q,
    }


def _interval(counts: Counts, point: Floats, resampled: Resampled) -> tuple[Floats, Floats]:
    """Student's interval: bootstrap variances of both sides, degrees of freedom by Welch and Satterthwaite.

    Those of each side are as in `degrees_of_freedom`.
    """
    prior, prior_total = prior_words(counts)
    prior = (prior * testable(counts))[:, None, :]
    inside = spread(log2_odds_of(resampled.words, resampled.total, prior=prior, prior_total=prior_total))
    outside = spread(log2_odds_of(resampled.rest_words, resampled.rest_total, prior=prior, prior_total=prior_total))
    raising, others = _raising(counts)
    documents = counts.asked_documents
    rest = documents.sum(axis=0) - documents
    return welch_interval(
        point, inside, degrees_of_freedom(raising, documents), outside, degrees_of_freedom(others, rest)
    )


def log2_odds(
    words: Floats, total: Floats, rest_words: Floats, rest_total: Floats, *, prior: Floats, prior_total: Floats
) -> Floats:
    """Log2 odds ratio of a code in a group against the rest, both with the same informative prior.

    Parameters
    ----------
    words, rest_words : float arrays
        Words with the code in the group and in the rest.
    total, rest_total : float arrays, broadcast against `words`
        All words of the group and of the rest.
    prior : float array, broadcast against `words`
        Words with the code that the prior adds on each side (a_w).
    prior_total : float array, broadcast against `words`
        All words that the prior adds on each side (a_0), more than `prior`.

    Returns
    -------
    float array
        0 = the same odds, 1 = twice the odds in the group, -1 = half. nan where `prior` is nan.

    Notes
    -----
    log2[(y_i + a_w) / (n_i + a_0 - y_i - a_w)] - log2[(y_j + a_w) / (n_j + a_0 - y_j - a_w)].

    References
    ----------
    Monroe, Colaresi & Quinn (2008), Political Analysis 16, 372-403: the log odds with an
    informative Dirichlet prior.

    Examples
    --------
    >>> one = np.ones(1)
    >>> log2_odds(30 * one, 100 * one, 10 * one, 100 * one, prior=10 * one, prior_total=100.0).round(3).tolist()
    [1.17]
    """
    inside = log2_odds_of(words, total, prior=prior, prior_total=prior_total)
    return inside - log2_odds_of(rest_words, rest_total, prior=prior, prior_total=prior_total)


def log2_odds_of(words: Floats, total: Floats, *, prior: Floats, prior_total: Floats) -> Floats:
    """Log2 odds of one side of `log2_odds`."""
    odds: Floats = np.log2((words + prior) / (total + prior_total - words - prior))
    return odds


def prior_words(counts: Counts) -> tuple[Floats, Floats]:
    """Build the prior, one average document with the pooled shares: a_w of shape (U,), and a_0 of (1,) or (U,)."""
    total = counts.asked_words.sum(axis=0).astype(np.float64)
    documents = counts.asked.sum(axis=0)[: total.size]
    prior_total = total / np.where(total > 0, documents, np.nan)
    return prior_total * counts.words.sum(axis=0) / np.where(total > 0, total, np.nan), prior_total


def group_sums(counts: Counts) -> tuple[Floats, Floats]:
    """Words with each code, shape (G, U), and all words of those asked, shape (G, 1) or (G, U), of each group."""
    words: Floats = (counts.membership @ counts.words).astype(np.float64)
    return words, (counts.membership @ counts.asked_words).astype(np.float64)


def comparable(counts: Counts) -> Floats:
    """1 where relative emphasis has a value and nan where not, shape (G, U).

    It needs words of respondents in the group and in the rest, and a code that some but not all
    words carry.
    """
    of_group = counts.membership @ counts.asked_words
    total = of_group.sum(axis=0)
    of_code = counts.words.sum(axis=0)
    return np.where((of_group > 0) & (of_group < total) & (of_code > 0) & (of_code < total), 1.0, np.nan)


def testable(counts: Counts) -> Floats:
    """1 where resampling can vary relative emphasis and nan where not, shape (G, U).

    It needs two documents that raise the code on both sides: a side drawn again from silent documents
    never raises it, and from one document one does not know how much is said.
    """
    raising, others = _raising(counts)
    return np.where((raising >= MIN_DOCUMENTS) & (others >= MIN_DOCUMENTS), comparable(counts), np.nan)


def _raising(counts: Counts) -> tuple[Integers, Integers]:
    """Documents with words on each code in the group and in all other groups, shape (G, U) each."""
    raising = counts.membership @ (counts.words > 0)
    return raising, raising.sum(axis=0) - raising


def regrouping(counts: Counts, point: Floats, *, draws: int, seed: int) -> tuple[Floats, Floats]:
    """How far a group is from what chance alone makes it, and how often chance does as much: z and p.

    Parameters
    ----------
    counts : Counts
    point : float array, shape (G, U)
        Relative emphasis.
    draws, seed : int

    Returns
    -------
    z, p : float arrays, shape (G, U)
        z in standard deviations; p two-sided, above 0 to 1. nan where `point` is nan, where a side has fewer
        than `MIN_DOCUMENTS` documents, and where regrouping changes nothing (all documents alike).

    Notes
    -----
    The documents are shuffled over the groups, sizes kept, `draws` times: what relative emphasis
    would be if groups did not differ. Each cell is standardised by mean and standard deviation of
    its shuffled values; p is twice the smaller tail among the standardised shuffled values of all
    cells together, so that small p-values can be told apart with few draws.

    References
    ----------
    Tusher, Tibshirani & Chu (2001), PNAS 98, 5116-5121: pooling the permutations of all cells.
    """
    both = np.column_stack([counts.words, counts.asked_words]).astype(np.float64)
    codes = len(counts.columns)
    shuffled = random_stream(seed, "regrouping").permuted(np.tile(np.arange(len(both)), (draws, 1)), axis=1)
    usable = comparable(counts) * _large_enough(counts)
    pool: list[Floats] = []
    z = np.full(point.shape, np.nan)
    start = 0
    for group, size in enumerate(counts.documents):
        weights = np.zeros(shuffled.shape)
        np.put_along_axis(weights, shuffled[:, start : start + size], 1.0, axis=1)
        start += size
        sums = weights @ both
        drawn = _against_rest(counts, sums[:, :codes], sums[:, codes:], usable[group])
        centre, error = drawn.mean(axis=0), _standard_error(drawn[None, :, :])[0]
        z[group] = (point[group] - centre) / error
        pool.append(((drawn - centre) / error)[:, ~np.isnan(z[group])].ravel())
    return z, _two_tails(z, np.sort(np.concatenate(pool)))


def _two_tails(z: Floats, pool: Floats) -> Floats:
    """Twice the smaller tail of sorted `pool` beyond each z, z itself counted in."""
    above = (pool.size - np.searchsorted(pool, z, side="left") + 1) / (pool.size + 1)
    below = (np.searchsorted(pool, z, side="right") + 1) / (pool.size + 1)
    return np.where(np.isnan(z), np.nan, np.minimum(1.0, 2 * np.minimum(above, below)))


def _against_rest(counts: Counts, words: Floats, total: Floats, usable: Floats) -> Floats:
    """`log2_odds` of sums against what is left of the table; nan where `usable` is."""
    prior, prior_total = prior_words(counts)
    rest_words, rest_total = counts.words.sum(axis=0) - words, counts.asked_words.sum(axis=0) - total
    return log2_odds(words, total, rest_words, rest_total, prior=prior * usable, prior_total=prior_total)


def _large_enough(counts: Counts) -> Floats:
    """1 where a group and its rest have two documents asked and nan where not, shape (G, U)."""
    documents = counts.asked_documents
    others = documents.sum(axis=0) - documents
    return np.where((documents >= MIN_DOCUMENTS) & (others >= MIN_DOCUMENTS), 1.0, np.nan)


def _standard_error(drawn: Floats) -> Floats:
    """Take the standard deviation over the draws (second axis), nan where they do not differ."""
    spread = np.ptp(drawn, axis=1)
    return np.where(spread > 0, drawn.std(axis=1, ddof=min(1, drawn.shape[1] - 1)), np.nan)
