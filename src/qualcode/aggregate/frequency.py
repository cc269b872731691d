"""Counts in, frequency out: how many raise a code. A document counts once, however long it talks."""

from __future__ import annotations

import numpy as np

from .counts import Counts, Floats, Integers
from .intervals import wilson_interval


def frequency(counts: Counts) -> dict[str, Integers | Floats]:
    """Documents and segments with each code, per group.

    Parameters
    ----------
    counts : Counts

    Returns
    -------
    dict of str to array, shape (G, U)
        `documents` (asked about the code), `documents_with_code`, `segments`, `segments_pending`,
        `documents_pending`, `documents_not_asked`, and of these `documents_unasked`, which raise the code all
        the same and count nowhere else (int); `share_documents` with its 95 % Wilson interval
        `share_documents_low`, `share_documents_high` (0-1; nan where no document was asked).
    """
    member = counts.membership
    with_code = member @ (counts.segments > 0)
    trials = counts.asked_documents
    low, high = wilson_interval(with_code, trials)
    return {
        "documents": trials,
        "documents_with_code": with_code,
        "share_documents": share(with_code, trials),
        "share_documents_low": low,
        "share_documents_high": high,
        "segments": member @ counts.segments,
        "segments_pending": member @ counts.pending,
        "documents_pending": member @ (counts.pending > 0),
        "documents_not_asked": member @ ~counts.asked,
        "documents_unasked": member @ (counts.unasked > 0),
    }


def share(part: Integers, whole: Integers) -> Floats:
    """Part / whole, nan where the whole is 0."""
    known = whole > 0
    return np.where(known, part / np.where(known, whole, 1), np.nan)
