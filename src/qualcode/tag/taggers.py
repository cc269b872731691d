"""The taggers: a transcript in, one `Score` for each respondent's sentence out.

========== =====================================================================================
rules.v1   cues and markers of the codebook alone; works for any codebook
model.v2   embeddings and words, read with the turn, the document and the question; no cues, no veto
hybrid.v2  the same with cues and the veto; prose read apart
========== =====================================================================================

A name stands for one behaviour for ever: a change of behaviour gets a new name. Models of the time of
hybrid.v2 still run (`model_tagger`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from ..codebook import Codebook
from ..model import CoderKind, Coding, Evidence, Score, Segment, Thresholds, Transcript, content_hash
from .evidence import cue_evidence, veto_evidence
from .rules import RULES_VERSION, RuleBook

TAGGERS = ("hybrid.v2", "model.v2", "rules.v1")
"""Names of all taggers, the default first."""

RULES_THRESHOLDS = Thresholds(auto=0.5, review=0.29)
_VETO_SHARE = 0.2
"""What is left of a rule-based probability where the sentence is vetoed."""


class Tagger(Protocol):
    """What every tagger offers."""

    name: str
    kind: CoderKind
    hash: str
    thresholds: Thresholds

    def score(self, transcript: Transcript) -> list[Score]:
        """One `Score` for every coded segment of `transcript`, in order."""
        ...

    def score_written(self, transcript: Transcript) -> list[Score]:
        """The same, read as prose whatever the document's kind."""
        ...

    def explain(self, transcript: Transcript, position: int) -> Score | None:
        """`Score` of one segment, with evidence for its best codes; None where no respondent says it."""
        ...


class RulesTagger:
    """Codes a sentence by the codebook's cues alone: p = 1 - 2 ** -score, less where vetoed.

    Parameters
    ----------
    codebook : Codebook
    """

    name = RULES_VERSION
    kind: CoderKind = "rules"
    thresholds = RULES_THRESHOLDS

    def __init__(self, codebook: Codebook) -> None:
        self._rules = RuleBook(codebook)
        self._codes = [code.id for code in codebook.codes]
        self.hash = content_hash(RULES_VERSION, codebook.hash)

    def score(self, transcript: Transcript) -> list[Score]:
        """See `Tagger.score`."""
        scores = []
        nothing = Score(0, dict.fromkeys(self._codes, 0.0), 1.0)
        for segment in _coded(transcript):
            reading = self._rules.read(segment.text)
            if not reading.scores:  # most sentences: they share their zeros
                scores.append(replace(nothing, segment=segment.position, intense=reading.has("intensity")))
                continue
            left = _VETO_SHARE if reading.veto else 1.0
            probabilities = {code: left * _rule_probability(reading.scores.get(code, 0.0)) for code in self._codes}
            none = math.prod(1.0 - p for p in probabilities.values())
            evidence = {
                code: (*cue_evidence(reading, code, segment), *veto_evidence(reading)) for code in reading.scores
            }
            scores.append(Score(segment.position, probabilities, none, evidence, reading.has("intensity")))
        return scores

    def score_written(self, transcript: Transcript) -> list[Score]:
        """Score as `score` does: rules make no difference between talk and prose."""
        return self.score(transcript)

    def explain(self, transcript: Transcript, position: int) -> Score | None:
        """See `Tagger.explain`."""
        return next((score for score in self.score(transcript) if score.segment == position), None)


def _rule_probability(score: float) -> float:
    return float(1.0 - 2.0**-score)


def decide(scores: Sequence[Score], thresholds: Thresholds) -> list[Coding]:
    """Codings of the scores at or above `review`.

    Parameters
    ----------
    scores : sequence of Score
    thresholds : Thresholds

    Returns
    -------
    list of Coding
        In the order of the scores, most probable first in a segment. A pending coding carries the
        segment's three best codes as evidence.
    """
    codings: list[Coding] = []
    for score in scores:
        ranked = sorted(score.probabilities.items(), key=lambda pair: (-pair[1], pair[0]))
        for code, probability in ranked:
            status = thresholds.status(probability)
            if status is None:
                break
            evidence = score.evidence.get(code, ())
            if status == "pending":
                evidence = (*evidence, *(Evidence("choice", other, weight=p) for other, p in ranked[:3]))
            codings.append(Coding(score.segment, code, round(probability, 6), status, score.intense, evidence))
    return codings


# --- shared steps ------------------------------------------------------------------------------


def _coded(transcript: Transcript) -> Iterator[Segment]:
    return (segment for segment in transcript.segments if transcript.is_coded(segment))
