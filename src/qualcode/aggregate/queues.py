"""Suggested codings in, passages to decide on out, in the order of what a decision is worth.

A passage is a sentence with a code that this person may still decide on: nobody has settled it, the person has not
decided on it and is not done with the sentence. What others have accepted or rejected does not come up: a second
opinion on it is asked for where two coders have looked, in the list of disagreements. Sentences that no machine gives
a code are in no queue: only the audit sample reaches them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, overload

import numpy as np

from ..review import Place, Progress
from .suggestions import Bools, Floats, Integers, Suggestions

_SHARES = ("documents", "words")
_DOUBT = 0.5
"""A rule says a code from this strength of its cues on: one cue of weight 1."""


@dataclass(frozen=True)
class QueuedPassage:
    """A sentence to decide on.

    Attributes
    ----------
    place : Place
    worth : float
        What the order goes by, 0 or more; its unit depends on the order.
    why : str
        Why it stands where it stands, in plain words.
    codes : tuple of str
        Ids of the codes to decide on, the most probable first.
    """

    place: Place
    worth: float
    why: str
    codes: tuple[str, ...]


class Queue(Sequence[QueuedPassage]):
    """Passages in order, each made when it is asked for: a queue may hold 200,000 and a page shows one.

    Parameters
    ----------
    suggestions : Suggestions
    chosen : bool array, shape (n,)
        Suggestions that put their sentence into the queue.
    worth : float array, shape (S,)
        Of the sentences.
    why : callable
        Says of the chosen rows of a sentence why it is in the queue.
    """

    def __init__(self, suggestions: Suggestions, chosen: Bools, worth: Floats, why: Callable[[Integers], str]) -> None:
        self.suggestions = suggestions
        self._chosen, self._worth, self._why = chosen, worth, why
        waiting = np.flatnonzero(np.bincount(suggestions.sentence[chosen], minlength=len(suggestions.starts)))
        self.sentences: Integers = waiting[np.argsort(-worth[waiting], kind="stable")]

    def __len__(self) -> int:
        return len(self.sentences)

    @overload
    def __getitem__(self, index: int) -> QueuedPassage: ...
    @overload
    def __getitem__(self, index: slice) -> list[QueuedPassage]: ...
    def __getitem__(self, index: int | slice) -> QueuedPassage | list[QueuedPassage]:
        if isinstance(index, slice):
            return [self._passage(int(sentence)) for sentence in self.sentences[index]]
        return self._passage(int(self.sentences[index]))

    def __iter__(self) -> Iterator[QueuedPassage]:
        return (self._passage(int(sentence)) for sentence in self.sentences)

    def within(self, document_ids: Collection[str], codes: Collection[str] | None = None) -> Queue:
        """The same order, of some documents and of sentences with one of the codes to decide on; None = any code.

        Parameters
        ----------
        document_ids : collection of str
        codes : collection of str or None
            Code ids.

        Returns
        -------
        Queue
        """
        found = self.suggestions
        is_wanted = np.array([name in document_ids for name in found.document_ids], dtype=bool)[found.document]
        if codes is not None:
            is_wanted &= np.array([code in codes for code in found.codes], dtype=bool)[found.code]
        kept = _any(found, self._chosen & is_wanted)
        fewer = copy(self)
        fewer.sentences = self.sentences[kept[self.sentences]]
        return fewer

    def _passage(self, sentence: int) -> QueuedPassage:
        rows = self.suggestions.rows_of(sentence)
        rows = rows[self._chosen[rows]]
        rows = rows[np.argsort(-self.suggestions.chance[rows], kind="stable")]
        codes = tuple(self.suggestions.codes[code] for code in self.suggestions.code[rows])
        return QueuedPassage(self.suggestions.place(sentence), float(self._worth[sentence]), self._why(rows), codes)


def order_passages(suggestions: Suggestions, *, order: str, seed: int = 0) -> Queue:
    """Passages to decide on, those worth most first, equal ones by `document_id` and position.

    Parameters
    ----------
    suggestions : Suggestions
    order : {"uncertain", "conflict", "impact", "stale", "random"}
        See Notes. The order "audit" is that of the audit sample, which the store keeps.
    seed : int
        Of the order "random".

    Returns
    -------
    Queue
        A sequence of `QueuedPassage`.

    Raises
    ------
    ValueError
        For another order.

    Notes
    -----
    With p the probability of a code (1/2 where no machine gave one), summed over the open codes of a sentence:

    uncertain : the binary entropy of p in bits, 1 at even odds.
    conflict : how far rule and model are apart; only sentences where they are. A rule says a code where its cues
        weigh 1 or more and no veto (negated, solved, hypothetical, asked) stands in the sentence. Apart are: a cue says
        a code that does not count, strength of the cues less p (strength = 1 - 2^-weight); a veto stands in a
        sentence in which the code counts, p; a code counts without a cue while the cues of the sentence say only codes
        that do not count, p.
    impact : the expected change of the region's table, q (D + W): q is the chance that a person turns the decision
        (p where the code does not count, 1 - p where it does); D = 1 / documents of the region where no other sentence
        of the document counts for the code, else 0: the change of the share of documents; W = words of the
        sentence / words of the region: the change of the share of words.
    stale : the number of decisions made when their code meant something else; decided sentences come up too.
    random : a hash of seed, document and position, whatever the order of the rows.

    Examples
    --------
    >>> from qualcode.aggregate import pack_suggestions
    >>> from qualcode.codebook import read_codebook
    >>> row = dict(document_id="b2:1", words=12, is_mine=0, is_done=0, is_stale=0)
    >>> rows = [dict(row, position=4, code="reimbursement", probability=0.93, outcome="auto"),
    ...         dict(row, position=9, code="clinical_trials", probability=0.41, outcome="pending")]
    >>> documents = [dict(document_id="b2:1", region="Crete", words=900)]
    >>> queue = order_passages(pack_suggestions(rows, documents, read_codebook()), order="uncertain")
    >>> [(passage.place.position, round(passage.worth, 2), passage.codes) for passage in queue]
    [(9, 0.98, ('clinical_trials',)), (4, 0.37, ('reimbursement',))]
    """
    if order not in _ORDERS:
        raise ValueError(f"`order` must be one of {', '.join(_ORDERS)}. Got {order!r} instead.")
    return _ORDERS[order](suggestions, seed)


def progress(
    suggestions: Suggestions,
    queue: Sequence[QueuedPassage],
    *,
    target: float = 0.9,
    fitting: Bools | None = None,
) -> Progress:
    """How good the codings are expected to be, and how many decisions in this order make them good enough.

    Parameters
    ----------
    suggestions : Suggestions
        All the figures are about; the queue may hold a part of them.
    queue : sequence of QueuedPassage
    target : float
        Of precision and recall, above 0 to 1.
    fitting : bool array, shape (n,), or None
        Suggestions the queue was made of, where it holds a part of them; None = all.

    Returns
    -------
    Progress
        `decided` are fitting sentences this person is done with or has decided on, with nothing left to decide.

    Raises
    ------
    ValueError
        For a target out of range.

    Notes
    -----
    With p the chance that a code applies (1 or 0 where people have said so) and c whether it counts, precision is
    expected as sum of p c / sum of c, recall as sum of p c / sum of p. A decision makes c of its sentence's open
    codes equal to the truth, of which p is the mean: both sums gain p (1 - c), the count of codings p - c.
    Ratios of expectations, not expectations of ratios; the difference vanishes with many codings. They are as good as
    the probabilities are calibrated.
    """
    if not 0 < target <= 1:
        raise ValueError(f"`target` must be above 0 and at most 1. Got {target!r} instead.")
    sentences = _sentences(suggestions, queue)
    p, c, is_open = suggestions.chance, suggestions.counts, suggestions.is_open
    n = len(suggestions.starts)
    gained = np.bincount(suggestions.sentence, p * ~c * is_open, n)[sentences]
    turned = np.bincount(suggestions.sentence, (p - c) * is_open, n)[sentences]
    right = np.concatenate(([0.0], np.cumsum(gained))) + (p * c).sum()
    counted = np.concatenate(([0.0], np.cumsum(turned))) + c.sum()
    precision, recall = _ratios(right, counted), _ratios(right, np.full(len(right), p.sum()))
    part = np.ones(len(is_open), dtype=bool) if fitting is None else fitting
    mine = _any(suggestions, part & (suggestions.is_mine | suggestions.is_done))
    still = _any(suggestions, part & is_open)
    return Progress(
        decided=int((mine & ~still).sum()),
        left=len(queue),
        precision=_known(precision[0]),
        recall=_known(recall[0]),
        to_precision=_first(precision, target),
        to_recall=_first(recall, target),
        target=target,
    )


# --- orders ------------------------------------------------------------------------------------


def _uncertain(found: Suggestions, _seed: int) -> Queue:
    worth = _summed(found, _entropy(found.chance) * found.is_open)

    def why(rows: Integers) -> str:
        return f"Not sure: {_listed(found, rows)}"

    return Queue(found, found.is_open, worth, why)


def _impact(found: Suggestions, _seed: int) -> Queue:
    change = _change(found)
    turns = np.where(found.counts, 1.0 - found.chance, found.chance)
    value = turns * change.sum(axis=0) * found.is_open

    def why(rows: Integers) -> str:
        row = rows[np.argmax(value[rows])]
        shares = [
            f"{100 * share:.2g} % of the {of}" for share, of in zip(change[:, row], _SHARES, strict=True) if share
        ]
        region, name = found.regions[found.region_of[found.document[row]]], found.names[found.code[row]]
        moved = f"takes {{}} of {region} from {name}" if found.counts[row] else f"adds {{}} of {region} to {name}"
        return f"A person decides otherwise with a chance of {turns[row]:.2f}; that " + moved.format(
            " and ".join(shares)
        )

    return Queue(found, found.is_open, _summed(found, value), why)


def _conflict(found: Suggestions, _seed: int) -> Queue:
    strength, vetoed = 1.0 - 2.0**-found.cue_weight, found.is_vetoed
    said = (strength >= _DOUBT) & ~vetoed
    missed = said & ~found.counts
    denied = vetoed & found.counts
    # Cues say something of the sentence, and nothing of what counts in it.
    elsewhere = _any(found, missed) & ~_any(found, said & found.counts)
    unsaid = found.counts & ~vetoed & elsewhere[found.sentence]
    apart = found.is_open & (missed | denied | unsaid)
    distance = np.where(missed, np.maximum(strength - found.chance, 0.0), found.chance) * apart

    def why(rows: Integers) -> str:
        said = [_clash(found, row, missed=bool(missed[row]), denied=bool(denied[row])) for row in rows]
        return "; ".join([f"{said[0][0].upper()}{said[0][1:]}", *said[1:]])

    return Queue(found, apart, _summed(found, distance), why)


def _stale(found: Suggestions, _seed: int) -> Queue:
    def why(rows: Integers) -> str:
        names = ", ".join(found.names[code] for code in found.code[rows])
        return f"Decided when the code meant something else: {names}"

    return Queue(found, found.is_stale, _summed(found, found.is_stale.astype(float)), why)


def _random(found: Suggestions, seed: int) -> Queue:
    keys = [blake2b(f"{seed} {name}".encode(), digest_size=8).digest() for name in found.document_ids]
    of_document = np.array([int.from_bytes(key, "big") for key in keys], dtype=np.uint64)
    mixed = of_document[found.document[found.starts]] + found.position[found.starts].astype(np.uint64)
    # splitmix64 (Steele, Lea & Flood 2014): neighbouring positions get numbers that have nothing in common.
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    worth = mixed.astype(np.float64) / 2.0**64

    def why(_rows: Integers) -> str:
        return "Drawn at random"

    return Queue(found, found.is_open, worth, why)


_ORDERS: dict[str, Callable[[Suggestions, int], Queue]] = {
    "uncertain": _uncertain,
    "conflict": _conflict,
    "impact": _impact,
    "stale": _stale,
    "random": _random,
}


# --- what they go by ---------------------------------------------------------------------------


def _entropy(p: Floats) -> Floats:
    """Binary entropy in bits."""
    q = np.clip(p, 1e-12, 1.0 - 1e-12)
    return np.asarray(-(q * np.log2(q) + (1.0 - q) * np.log2(1.0 - q)))


def _change(found: Suggestions) -> Floats:
    """By how much a turned decision changes the region's shares of documents and of words, shape (2, n)."""
    cell = found.document * len(found.codes) + found.code
    counted = np.bincount(cell, found.counts, len(found.document_ids) * len(found.codes))
    is_decisive = counted[cell] - found.counts == 0
    region = found.region_of[found.document]
    return np.stack(
        [
            is_decisive / found.region_documents[region],
            found.words / np.maximum(found.region_words[region], 1),
        ]
    )


def _summed(found: Suggestions, values: Floats) -> Floats:
    """Sums over the rows of each sentence, shape (S,)."""
    return np.bincount(found.sentence, values, len(found.starts)).astype(np.float64)


def _any(found: Suggestions, flags: Bools) -> Bools:
    """Whether a row of the sentence has the flag, shape (S,)."""
    return _summed(found, flags.astype(float)) > 0


# --- words -------------------------------------------------------------------------------------


def _listed(found: Suggestions, rows: Integers) -> str:
    return ", ".join(f"{found.names[found.code[row]]} ({_odds(found, row)})" for row in rows)


def _odds(found: Suggestions, row: int) -> str:
    return "people are unsure" if np.isnan(found.probability[row]) else f"{found.probability[row]:.2f}"


def _clash(found: Suggestions, row: int, *, missed: bool, denied: bool) -> str:
    name, odds = found.names[found.code[row]], _odds(found, row)
    if missed:
        return f"{_cue_words(found.evidence[row])} says {name}, the model doubts it ({odds})"
    if denied:
        veto = next(r["detail"] for r in json.loads(found.evidence[row]) if r["source"] == "veto")
        return f"a rule reads the sentence as {veto}, the model says {name} ({odds})"
    return f"the model says {name} ({odds}), the cues say something else"


def _cue_words(evidence: str) -> str:
    """The words of the strongest cue where they are given, else the cue; a regular expression is not shown."""
    cues = [reason for reason in json.loads(evidence) if reason["source"] == "cue"]
    best: dict[str, Any] = max(cues, key=lambda reason: reason.get("weight", 0.0))
    words = best.get("words") or best["detail"]
    return "a cue" if words.startswith("/") else f"the cue “{words}”"


# --- progress ----------------------------------------------------------------------------------


def _sentences(suggestions: Suggestions, queue: Sequence[QueuedPassage]) -> Integers:
    """Numbers of the queue's sentences, in its order."""
    if isinstance(queue, Queue) and queue.suggestions is suggestions:
        return queue.sentences
    return suggestions.numbers([passage.place for passage in queue])


def _ratios(part: Floats, whole: Floats) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _first(values: Floats, target: float) -> int | None:
    """After how many decisions the values reach the target; rounding does not keep them below it."""
    reached = np.flatnonzero(values >= target - 1e-9)
    return int(reached[0]) if len(reached) else None
