"""What an expert reads of a sentence: its embedding, its embedding with the one before, its words, the rules' reading.

Groups of numbers: ``sentence`` is the embedding of the sentence, ``window`` that of the sentence with the
sentence before it, ``words`` TF-IDF of words and characters, ``cues`` the rules' hits and markers. An expert
that reads several has them scaled and side by side. Learned state is word lists and arrays, never pickled objects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ..codebook import Codebook, Markers
from .rules import Reading

Floats = npt.NDArray[np.float64]
Group = Literal["window", "sentence", "words", "cues"]

SCALES: dict[Group, float] = {"window": 0.5, "sentence": 0.5, "words": 1.0, "cues": 0.2}
"""Weight of each group among the features, chosen by leave-batches-out cross-validation."""

_MIN_SENTENCES = {"word": 2, "char": 3}
"""A term must stand in this many training sentences."""
_MAX_TERMS = {"word": 8_000, "char": 18_000}


def window(before: str, sentence: str) -> str:
    """A sentence with the one before it, as the embedding reads it.

    Examples
    --------
    >>> window("", "Nobody came."), window("We called.", "Nobody came.")
    ('Nobody came.', 'We called. Nobody came.')
    """
    return f"{before} {sentence}".strip()


def join(groups: Mapping[Group, Any]) -> Any:
    """Feature groups side by side, each scaled.

    Parameters
    ----------
    groups : mapping of Group to matrix, shape (n_sentences, n_group_features)
        Dense or sparse; joined in this order.

    Returns
    -------
    ndarray or sparse matrix, shape (n_sentences, n_features)
        Dense where the only group is.
    """
    from scipy.sparse import csr_matrix, hstack

    if len(groups) == 1:
        ((name, only),) = groups.items()
        return only * SCALES[name]

    return csr_matrix(hstack([csr_matrix(groups[name]) * scale for name, scale in SCALES.items() if name in groups]))


class WordFeatures:
    """TF-IDF of words (1-2) and of characters inside words (3-5), with a fixed vocabulary.

    Parameters
    ----------
    terms : mapping of {"word", "char"} to list of str
        The vocabulary, in column order.
    idf : mapping of {"word", "char"} to ndarray
        Inverse document frequencies, one a term.
    """

    def __init__(self, terms: Mapping[str, Sequence[str]], idf: Mapping[str, npt.NDArray[Any]]) -> None:
        self.terms = {kind: list(terms[kind]) for kind in ("word", "char")}
        self.idf = {kind: np.asarray(idf[kind], dtype=np.float64) for kind in ("word", "char")}
        self._vectorizers = [self._restore(kind) for kind in ("word", "char")]

    @classmethod
    def learn(cls, sentences: Sequence[str]) -> WordFeatures:
        """Vocabulary and weights from training sentences."""
        fitted = {kind: _vectorizer(kind).fit(sentences) for kind in ("word", "char")}
        terms = {kind: list(v.get_feature_names_out()) for kind, v in fitted.items()}
        # Rounded as a saved model keeps them: it scores the same before and after saving.
        return cls(terms, {kind: v.idf_.astype(np.float32) for kind, v in fitted.items()})

    def transform(self, sentences: Sequence[str]) -> Any:
        """Sparse matrix, shape (n_sentences, n_terms)."""
        from scipy.sparse import csr_matrix, hstack

        return csr_matrix(hstack([vectorizer.transform(sentences) for vectorizer in self._vectorizers]))

    def names(self) -> list[str]:
        """The terms in column order."""
        return self.terms["word"] + self.terms["char"]

    def _restore(self, kind: str) -> Any:
        vectorizer = _vectorizer(kind, vocabulary=self.terms[kind])
        vectorizer.idf_ = self.idf[kind]
        return vectorizer


def _vectorizer(kind: str, vocabulary: list[str] | None = None) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    shape: dict[str, Any] = (
        {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"}  # nosec B105
        if kind == "word"
        else {"analyzer": "char_wb", "ngram_range": (3, 5)}
    )
    if vocabulary is None:
        shape |= {"min_df": _MIN_SENTENCES[kind], "max_features": _MAX_TERMS[kind]}
    return TfidfVectorizer(
        sublinear_tf=True, strip_accents="unicode", lowercase=True, vocabulary=vocabulary, dtype=np.float64, **shape
    )


def cue_features(readings: Sequence[Reading], codebook: Codebook) -> Floats:
    """What the rules saw, as numbers.

    Parameters
    ----------
    readings : sequence of Reading, length n
    codebook : Codebook

    Returns
    -------
    ndarray, shape (n, n_codes + n_marker_groups + 3)
        log(1 + cue score) of each code; log(1 + count) of each marker group and of negated
        deficits; 1 for a question; 1 where the veto holds.
    """
    groups = list(Markers.model_fields)
    rows = np.zeros((len(readings), len(codebook.codes) + len(groups) + 3))
    place = {code.id: number for number, code in enumerate(codebook.codes)}
    first = len(place)
    for row, reading in zip(rows, readings, strict=True):
        for code, score in reading.scores.items():
            row[place[code]] = np.log1p(score)
        for marker in reading.markers:
            row[first + (len(groups) if marker.negated else groups.index(marker.group))] += 1
        row[-2:] = reading.question, reading.veto is not None
    rows[:, first:-2] = np.log1p(rows[:, first:-2])
    return rows
