"""Suggested codings in, compact arrays out: what the queues of a review compute on.

Packing 300,000 rows takes half a second, ordering their arrays a tenth of one: whoever shows queue after queue keeps
the arrays, and `Suggestions.replace` puts in what a decision has changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ..codebook import Codebook
from ..errors import AggregateError
from ..review import Place
from .counts import MISSING
from .frames import Rows, listed_some

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_NEEDED = ("document_id", "position", "words", "code", "probability", "outcome", "is_mine", "is_done", "is_stale")
_OF_ROWS = (
    "document", "position", "words", "code", "probability", "outcome", "is_mine", "is_done", "is_stale", "evidence",
    "cue_weight", "is_vetoed",
)  # fmt: skip
_OUTCOMES = ("auto", "accepted", "pending", "rejected")
_EVEN = 0.5


@dataclass(frozen=True, eq=False)
class Suggestions:
    """Codes on sentences as arrays; n suggestions, D documents, C codes, G regions, S sentences.

    Made by `pack_suggestions`. Rows are in the order of `document_id`, position and code number.

    Attributes
    ----------
    document_ids : tuple of str, length D
        Sorted.
    codes, names : tuple of str, length C
        Ids and names, by code number.
    regions : tuple of str, length G
    region_of : int64 array, shape (D,)
    region_documents, region_words : int64 array, shape (G,)
        Documents, and respondents' words in them.
    document, position, words, code : int64 array, shape (n,)
        Place of the document in `document_ids`; position and words of the sentence; place of the code in `codes`.
    probability : float array, shape (n,)
        0-1; nan = no machine suggested it.
    outcome : int64 array, shape (n,)
        0 auto, 1 accepted, 2 pending, 3 rejected.
    is_mine, is_done, is_stale : bool array, shape (n,)
    evidence : object array, shape (n,)
        JSON text, or None.
    cue_weight : float array, shape (n,)
        Sum of the weights of the cues for the code in the sentence; 0 = none.
    is_vetoed : bool array, shape (n,)
        A rule says that the sentence reports no present problem.
    """

    document_ids: tuple[str, ...]
    codes: tuple[str, ...]
    names: tuple[str, ...]
    regions: tuple[str, ...]
    region_of: Integers
    region_documents: Integers
    region_words: Integers
    document: Integers
    position: Integers
    words: Integers
    code: Integers
    probability: Floats
    outcome: Integers
    is_mine: Bools
    is_done: Bools
    is_stale: Bools
    evidence: npt.NDArray[np.object_]
    cue_weight: Floats
    is_vetoed: Bools

    @cached_property
    def starts(self) -> Integers:
        """First row of each sentence, shape (S,)."""
        if not len(self.document):
            return np.zeros(0, dtype=np.int64)
        is_first = (np.diff(self.document) != 0) | (np.diff(self.position) != 0)
        return np.concatenate(([0], np.flatnonzero(is_first) + 1))

    @cached_property
    def sentence(self) -> Integers:
        """Number of the sentence of each row, shape (n,)."""
        return np.repeat(np.arange(len(self.starts)), np.diff(np.append(self.starts, len(self.document))))

    @cached_property
    def counts(self) -> Bools:
        """Whether the code counts in the tables now, shape (n,)."""
        return np.asarray(self.outcome <= 1)

    @cached_property
    def is_open(self) -> Bools:
        """Whether this person may still decide on it, shape (n,): nobody has, or people leave it open."""
        unsettled = (self.outcome == 0) | (self.outcome == 2)
        return np.asarray(unsettled & ~self.is_mine & ~self.is_done)

    @cached_property
    def chance(self) -> Floats:
        """Chance that the code applies, shape (n,): 1 and 0 where people say so, even odds where nobody knows."""
        p = np.where(np.isnan(self.probability), _EVEN, self.probability)
        return np.where(self.outcome == 1, 1.0, np.where(self.outcome == 3, 0.0, p))

    def place(self, sentence: int) -> Place:
        """Where a sentence stands."""
        row = self.starts[sentence]
        return Place(self.document_ids[self.document[row]], int(self.position[row]))

    def numbers(self, places: Sequence[Place]) -> Integers:
        """Numbers of the sentences at some places, which all have suggestions."""
        documents = {name: number for number, name in enumerate(self.document_ids)}
        wide = int(self.position.max(initial=0)) + 1
        wanted = [documents[place.document_id] * wide + place.position for place in places]
        first = self.document[self.starts] * wide + self.position[self.starts]
        return np.searchsorted(first, np.array(wanted, dtype=np.int64)).astype(np.int64)

    def rows_of(self, sentence: int) -> Integers:
        """Rows of a sentence."""
        start = self.starts[sentence]
        stop = self.starts[sentence + 1] if sentence + 1 < len(self.starts) else len(self.document)
        return np.arange(start, stop)

    def replace(self, rows: Rows, document_ids: Sequence[str]) -> Suggestions:
        """The same with all suggestions of some documents anew.

        Parameters
        ----------
        rows : sequence of mapping
            As for `pack_suggestions`, of these documents only.
        document_ids : sequence of str

        Returns
        -------
        Suggestions

        Raises
        ------
        AggregateError
            As `pack_suggestions`; also for a row of another document.
        """
        strangers = sorted({row["document_id"] for row in rows} - set(document_ids))
        if strangers:
            raise AggregateError(f"suggestions: {listed_some(strangers)} not among the documents to replace.")
        places = {name: number for number, name in enumerate(self.document_ids)}
        kept = ~np.isin(self.document, [places[name] for name in document_ids if name in places])
        fresh = _columns(rows, places, {name: number for number, name in enumerate(self.codes)})
        both: dict[str, Any] = {name: np.concatenate([getattr(self, name)[kept], fresh[name]]) for name in fresh}
        return _sorted(replace(self, **both))


def pack_suggestions(suggestions: Rows, documents: Rows, codebook: Codebook) -> Suggestions:
    """Check suggestions and spread them over arrays.

    Parameters
    ----------
    suggestions : sequence of mapping
        One per sentence and code: `document_id`, `position` and `words` of the sentence, `code` (id), `probability`
        (0-1; None = no machine suggested it), `outcome` ("auto", "accepted", "pending", "rejected": what holds now),
        `is_mine` (this person has decided on it), `is_done` (on the whole sentence), `is_stale` (a decision was made
        when the code meant something else); all three 0 or 1. `evidence` (JSON list of `qualcode.model.Evidence`) is
        read for the order "conflict" alone, and only its cues and vetoes; it may be left out.
    documents : sequence of mapping
        `document_id`, `region` (None = not known), `words` (of respondents); also those without suggestions.
    codebook : Codebook

    Returns
    -------
    Suggestions

    Raises
    ------
    AggregateError
        For a row without a needed field, an unknown document, code or outcome, a probability out of range, or two
        rows for one code of a sentence.
    """
    known = sorted({row["document_id"] for row in documents})
    places = {name: number for number, name in enumerate(known)}
    regions = sorted({row["region"] or MISSING for row in documents})
    region_of, document_words = np.zeros(len(known), dtype=np.int64), np.zeros(len(known))
    for row in documents:
        region_of[places[row["document_id"]]] = regions.index(row["region"] or MISSING)
        document_words[places[row["document_id"]]] = row["words"]
    codes = sorted(codebook.codes, key=lambda code: code.number)
    return _sorted(
        Suggestions(
            document_ids=tuple(known),
            codes=tuple(code.id for code in codes),
            names=tuple(code.name for code in codes),
            regions=tuple(regions),
            region_of=region_of,
            region_documents=np.bincount(region_of, minlength=len(regions)),
            region_words=np.bincount(region_of, document_words, minlength=len(regions)).astype(np.int64),
            **_columns(suggestions, places, {code.id: number for number, code in enumerate(codes)}),
        )
    )


def _columns(rows: Rows, documents: Mapping[str, int], codes: Mapping[str, int]) -> dict[str, Any]:
    """Checked columns of suggestions as arrays, in the order of the rows."""
    try:
        raw = {name: [row[name] for row in rows] for name in _NEEDED}
    except KeyError:
        number, row = next((n, row) for n, row in enumerate(rows) if not row.keys() >= set(_NEEDED))
        lacking = [name for name in _NEEDED if name not in row]
        raise AggregateError(f"suggestions: row {number} lacks {', '.join(lacking)}.") from None
    evidence = np.empty(len(rows), dtype=object)
    evidence[:] = [row.get("evidence") for row in rows]
    probability = np.array(raw["probability"], dtype=np.float64)
    wrong = probability[(probability < 0) | (probability > 1)]
    if len(wrong):
        raise AggregateError(f"suggestions: probability is 0-1 or missing. Found {wrong[0]}.")
    return {
        "document": _numbered(raw["document_id"], documents, "document"),
        "position": np.array(raw["position"], dtype=np.int64),
        "words": np.array(raw["words"], dtype=np.int64),
        "code": _numbered(raw["code"], codes, "code"),
        "probability": probability,
        "outcome": _numbered(raw["outcome"], {name: n for n, name in enumerate(_OUTCOMES)}, "outcome"),
        **{name: np.array(raw[name], dtype=bool) for name in ("is_mine", "is_done", "is_stale")},
        "evidence": evidence,
        **_rules(evidence),
    }


def _rules(evidence: npt.NDArray[np.object_]) -> dict[str, Any]:
    """What rules say for and against the codes."""
    weight, vetoed = np.zeros(len(evidence)), np.zeros(len(evidence), dtype=bool)
    for row, text in enumerate(evidence):
        # A fifth of the rows hold a cue or a veto; only these are parsed.
        if text is not None and ('"cue"' in text or '"veto"' in text):
            for reason in json.loads(text):
                if reason["source"] == "cue":
                    weight[row] += reason.get("weight", 0.0)
                vetoed[row] |= reason["source"] == "veto"
    return {"cue_weight": weight, "is_vetoed": vetoed}


def _numbered(values: Sequence[str], numbers: Mapping[str, int], what: str) -> Integers:
    try:
        return np.array([numbers[value] for value in values], dtype=np.int64)
    except KeyError as error:
        raise AggregateError(f'suggestions: {what} "{error.args[0]}" is not known.') from None


def _sorted(found: Suggestions) -> Suggestions:
    """By document, position and code."""
    order = np.lexsort((found.code, found.position, found.document))
    columns: dict[str, Any] = {name: getattr(found, name)[order] for name in _OF_ROWS}
    d, p, c = columns["document"], columns["position"], columns["code"]
    doubled = np.flatnonzero((np.diff(d) == 0) & (np.diff(p) == 0) & (np.diff(c) == 0))
    if len(doubled):
        row = doubled[0]
        where = f"{found.document_ids[d[row]]}, {p[row]}, {found.codes[c[row]]}"
        raise AggregateError(f"suggestions: there are two rows for {where}.")
    return replace(found, **columns)
