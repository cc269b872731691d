"""What spoke for and against a coding, in words a researcher understands: cues, words, similar examples, vetoes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from ..model import Evidence, Segment
from .features import WordFeatures
from .model import Expert
from .rules import Reading

Matrix = npt.NDArray[np.float32]

_TERMS_FOR, _TERMS_AGAINST = 3, 2
_WEIGHTY = 0.1
"""Least contribution, in log odds against "none", of a word that is named."""


@dataclass(frozen=True)
class Examples:
    """The codebook's example sentences as a model compares them with what was said.

    Attributes
    ----------
    texts : sequence of str, length n
    codes : sequence of tuple of str, length n
        Code ids of each; empty where no code applies.
    vectors : ndarray, shape (n, 384)
        Their embeddings.
    """

    texts: Sequence[str]
    codes: Sequence[tuple[str, ...]]
    vectors: Matrix

    def nearest(self, vector: Matrix, code: str) -> Iterator[Evidence]:
        """The most similar example of the code, and the most similar one without it; weight = cosine, -1 to 1."""
        likeness = self.vectors @ vector
        has_code = np.array([code in codes for codes in self.codes])
        for chosen, source in ((has_code, "example"), (~has_code, "counterexample")):
            if chosen.any():
                best = int(np.argmax(np.where(chosen, likeness, -2.0)))
                yield Evidence(source, self.texts[best], weight=float(likeness[best]))


def cue_evidence(reading: Reading, code: str, segment: Segment) -> Iterator[Evidence]:
    """The codebook's cues for the code in the sentence."""
    for hit in reading.hits:
        if hit.code == code:
            yield Evidence("cue", hit.label, segment.start + hit.start, segment.start + hit.end, hit.weight)


def veto_evidence(reading: Reading) -> Iterator[Evidence]:
    """Why the sentence reports no present problem, where something says so."""
    if reading.veto is not None:
        yield Evidence("veto", reading.veto, weight=-1.0)


def term_evidence(words: WordFeatures, expert: Expert, state: int, segment: Segment) -> Iterator[Evidence]:
    """The words and pairs of words that spoke most for and most against a code.

    Parameters
    ----------
    words : WordFeatures
    expert : Expert
        Reads words alone.
    state : int
        Of the code.
    segment : Segment

    Yields
    ------
    Evidence
        Weight = contribution to the log odds of the code against "none".
    """
    row = _row(words, segment.text)
    weights = expert.regression.weights
    n_words = len(words.terms["word"])
    pulls = [
        (float(value * (weights[state, column] - weights[0, column])), words.terms["word"][column])
        for column, value in zip(row.col, row.data, strict=True)
        if column < n_words
    ]
    pulls.sort(key=lambda pair: (-pair[0], pair[1]))
    speaking = [pair for pair in pulls[:_TERMS_FOR] if pair[0] >= _WEIGHTY]
    against = [pair for pair in pulls[::-1][:_TERMS_AGAINST] if pair[0] <= -_WEIGHTY]
    for weight, term in (*speaking, *against):
        start, end = _place(term, segment)
        yield Evidence("word", term, start, end, weight)


@lru_cache(maxsize=1)
def _row(words: WordFeatures, text: str) -> Any:
    """Word features of one sentence; its codes ask for them one after the other."""
    return words.transform([text]).tocoo()


def _place(term: str, segment: Segment) -> tuple[int, int] | tuple[None, None]:
    """Where a term stands in the document; None where accents or signs hide it."""
    pattern = r"\b" + r"\W+".join(map(re.escape, term.split())) + r"\b"
    found = re.search(pattern, segment.text, re.IGNORECASE)
    return (segment.start + found.start(), segment.start + found.end()) if found else (None, None)
