"""A codebook's example sentences and dialogues in, a trained and calibrated `Model` out; deterministic.

Examples and dialogues come in batches written by different hands. Every figure here (calibration,
thresholds) rests on opinions that were given without seeing the batch judged, and, where there are
dialogues, on their turns with the questions asked, as in a real transcript.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from ..codebook import Codebook
from ..errors import TagError
from ..model import content_hash, count_words
from .calibration import calibrate
from .context import Chain, opening_prior
from .encoder import MODEL_SHA256, Encoder
from .features import Group, WordFeatures, cue_features, join, window
from .model import Expert, Head, Model
from .regression import Linear, fit_linear
from .rules import RuleBook
from .stacking import Opinions, codes_asked_for, judge, lay_out, likelihoods, probabilities
from .trees import Trees, fit_trees

TRAINING_VERSION = "hybrid.v2"
MIN_EXAMPLES_PER_CODE = 8
DEFINITIONS = "definitions"
"""Batch of the codebook's own sentences: always trained on, never judged."""

EXPERTS: tuple[Group, ...] = ("window", "sentence", "words")
"""One expert for each of these groups of features."""


@dataclass(frozen=True)
class HeadPlan:
    """Which experts a head hears and how it weighs them.

    Attributes
    ----------
    experts : tuple of Group
    cues : bool
        The codebook's cues and the veto are read too.
    written : bool
        For reports and survey answers; its experts learned from prose. All others are for talk.
    turn : bool
        Sentences are read with their neighbours and the rest of the document.
    question : bool
        What was asked is read too.
    stacked : bool
        Trees weigh the opinions, where there are `STACKED_FROM` codings to learn it from; else their mean is
        smoothed over the turn.
    """

    experts: tuple[Group, ...] = EXPERTS
    cues: bool = True
    written: bool = False
    turn: bool = True
    question: bool = True
    stacked: bool = True


WRITTEN = "written"
HEADS: dict[str, HeadPlan] = {
    "hybrid": HeadPlan(),
    "model": HeadPlan(cues=False),
    "lean": HeadPlan(experts=("words",)),
    WRITTEN: HeadPlan(written=True, turn=False, question=False),
}
"""Heads of a model; "lean" is the one that works without embeddings."""
WRITTEN_CHAIN = Chain(enter=0.5)
"""Written sentences are judged alone: only `enter` matters."""
TALK_IN_PROSE = 0.2
"""Weight of spoken examples for the experts on prose: held-out prose had the code first in 52 % without, 67 % with."""
DIALOGUE_WEIGHT = 3.0
"""How much more real talk counts than a lone example, for `TrainingTurn.weight`; 1, 2, 3 and 5 were tried."""

STACKED_FROM = 500
"""Held-out codings from which trees weigh better than a mean: with 125 they were worse, with 728 better."""

_FOLDS = 4
_STRENGTH = 10.0
"""Inverse regularisation C of the regressions, chosen by leave-batches-out cross-validation."""

Floats = npt.NDArray[np.float64]
States = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class TrainingTurn:
    """Sentences that belong together, each with its codes: an example, or an answer of a dialogue.

    Attributes
    ----------
    sentences : tuple of str
        One or more.
    codes : tuple of tuple of str
        Code ids of each sentence; empty where no code applies.
    batch : str
        Who or what it was written with; whole batches are held out together.
    question : str
        What was asked before; "" = not known.
    dialogue : str
        Id of the dialogue it is an answer of; "" = an example. In dialogues barriers are as frequent as in
        talk, so they may set thresholds.
    written : bool
        Prose, for the head that reads reports and survey answers.
    weight : float
        How much it counts in training, above 0.
    before : str
        The sentence before the first, read with it but not learned from; "" = none, or not known.
    """

    sentences: tuple[str, ...]
    codes: tuple[tuple[str, ...], ...]
    batch: str
    question: str = ""
    dialogue: str = ""
    written: bool = False
    weight: float = 1.0
    before: str = ""


def texts_read(turns: Sequence[TrainingTurn]) -> list[str]:
    """All that experts embed of the turns: sentences, sentences with the one before, questions."""
    texts = []
    for turn in turns:
        told = (turn.before, *turn.sentences) if turn.before else turn.sentences
        texts += [*turn.sentences, *(window(b, s) for b, s in pairwise(told))]
        texts += [turn.question] if turn.question else []
    return texts


def training_hash(codebook: Codebook, material: Sequence[Any], *versions: str) -> str:
    """Content hash of everything a model depends on; title, version and description are not part of it.

    Parameters
    ----------
    codebook : Codebook
    material : sequence
        The examples and dialogues as read, as plain JSON values, before they are cut.
    *versions : str
        Of what cuts them.

    Returns
    -------
    str
    """
    plain = codebook.model_dump(mode="json", exclude={"version", "title", "description", "source"})
    return content_hash(TRAINING_VERSION, MODEL_SHA256, *versions, plain, list(material))


def check_turns(codebook: Codebook, turns: Sequence[TrainingTurn]) -> None:
    """Refuse too few examples.

    Raises
    ------
    TagError
        Naming every code with fewer than `MIN_EXAMPLES_PER_CODE` examples, or that there are no
        examples without a code.
    """
    written = [turn for turn in turns if turn.batch != DEFINITIONS]
    counts = {code.id: sum(any(code.id in c for c in turn.codes) for turn in written) for code in codebook.codes}
    few = [f"{code} ({n})" for code, n in counts.items() if n < MIN_EXAMPLES_PER_CODE]
    if few:
        raise TagError(
            f"Too few examples to train a model: {', '.join(few)}. Write at least {MIN_EXAMPLES_PER_CODE} sentences "
            "a code into examples.jsonl, or run with: --tagger rules.v1"
        )
    without = sum(not any(turn.codes) for turn in written)
    if without < MIN_EXAMPLES_PER_CODE:
        raise TagError(
            f"Only {without} examples carry no code. A model needs sentences to which nothing applies "
            f"(small talk, neutral talk of the topic): write at least {MIN_EXAMPLES_PER_CODE} into examples.jsonl."
        )


def train(
    codebook: Codebook,
    turns: Sequence[TrainingTurn],
    encoder: Encoder | None,
    *,
    model_hash: str,
    heads: Mapping[str, HeadPlan] = HEADS,
) -> Model:
    """Train, calibrate and set thresholds.

    Parameters
    ----------
    codebook : Codebook
    turns : sequence of TrainingTurn
    encoder : Encoder or None
        None trains only what works without embeddings ("lean").
    model_hash : str
        From `training_hash`.
    heads : mapping of str to HeadPlan
        Which heads; those that need what is not at hand are left out.

    Returns
    -------
    Model

    Raises
    ------
    TagError
        If there are too few examples.
    """
    check_turns(codebook, turns)
    has_prose = any(turn.written and turn.batch != DEFINITIONS for turn in turns)
    if not has_prose:
        turns = [replace(turn, written=False) for turn in turns]
    plans = {
        name: plan
        for name, plan in heads.items()
        if (has_prose or not plan.written) and (encoder is not None or plan.experts == ("words",))
    }
    school = _School(codebook, turns, encoder)
    experts: dict[str, Expert] = {}
    made: dict[str, Head] = {}
    for written in sorted({plan.written for plan in plans.values()}):
        wanted = {group for plan in plans.values() if plan.written == written for group in plan.experts}
        taught = {group: school.teach(group, written=written) for group in EXPERTS if group in wanted}
        experts |= {expert_name(group, written=written): one.expert for group, one in taught.items()}
        made |= {name: school.head(plan, taught) for name, plan in plans.items() if plan.written == written}
    return Model(
        hash=model_hash,
        codes=tuple(school.place),
        words=school.words,
        experts=experts,
        heads={name: made[name] for name in plans},
        trained_on={
            "sentences": sum(len(turn.sentences) for turn in turns),
            "coded_sentences": sum(bool(codes) for turn in turns for codes in turn.codes),
            "examples": sum(not turn.dialogue and turn.batch != DEFINITIONS for turn in turns),
            "dialogues": len({turn.dialogue for turn in turns if turn.dialogue}),
            "batches": len({turn.batch for turn in turns}),
        },
    )


def refit(
    model: Model, codebook: Codebook, turns: Sequence[TrainingTurn], encoder: Encoder | None, *, model_hash: str
) -> Model:
    """The model with its experts fitted again; how they are weighed, calibration and thresholds stay as measured.

    For a few hundred sentences more: measuring takes most of the time, and so few change it little.

    Parameters
    ----------
    model : Model
        Of `train`, from most of the same turns.
    codebook : Codebook
    turns : sequence of TrainingTurn
    encoder : Encoder or None
        Not None where the model has experts that read embeddings.
    model_hash : str

    Returns
    -------
    Model
    """
    if not any(name.startswith(WRITTEN) for name in model.experts):
        turns = [replace(turn, written=False) for turn in turns]
    school = _School(codebook, turns, encoder)
    experts = {}
    for name, expert in model.experts.items():
        weights = school.rows.weights_of(written=name.startswith(WRITTEN))
        experts[name] = school.fit_on_all(expert.reads[0], weights)
    counted = {**model.trained_on, "sentences": sum(len(turn.sentences) for turn in turns)}
    return replace(model, hash=model_hash, words=school.words, experts=experts, trained_on=counted)


def expert_name(group: Group, *, written: bool) -> str:
    """Name of an expert in a model."""
    return f"{WRITTEN}.{group}" if written else group


# --- rows and features -------------------------------------------------------------------------


@dataclass(frozen=True)
class _Rows:
    """The turns as one row per sentence and code.

    `first_rows` lists, for each turn, the first row of each of its sentences; fold -1 is never held out.
    """

    sentences: list[str]
    windows: list[str]
    states: States
    weights: Floats
    folds: npt.NDArray[np.int64]
    written: Bools
    dialogue: Bools
    first_rows: list[list[int]]
    n_states: int

    def weights_of(self, *, written: bool) -> Floats:
        """Sample weights of experts on prose or on talk; 0 where they do not learn from a row.

        Experts on talk learn from talk. Those on prose learn from prose, and a little from spoken
        examples, without which they know too few words.
        """
        if written:
            return np.where(self.written, self.weights, np.where(self.dialogue, 0.0, TALK_IN_PROSE * self.weights))
        return np.where(self.written, 0.0, self.weights)


def _make_rows(turns: Sequence[TrainingTurn], place: Mapping[str, int]) -> _Rows:
    sentences: list[str] = []
    windows: list[str] = []
    states: list[int] = []
    weights: list[float] = []
    origins: list[int] = []
    first_rows: list[list[int]] = []
    for number, turn in enumerate(turns):
        first_rows.append([])
        for before, sentence, codes in zip((turn.before, *turn.sentences), turn.sentences, turn.codes, strict=False):
            first_rows[-1].append(len(sentences))
            for code in codes or (None,):
                sentences.append(sentence)
                windows.append(window(before, sentence))
                states.append(place[code] if code else 0)
                weights.append(turn.weight / max(1, len(codes)))
                origins.append(number)
    return _Rows(
        sentences,
        windows,
        np.array(states),
        np.array(weights),
        _folds(turns)[origins],
        np.array([turn.written for turn in turns])[origins],
        np.array([bool(turn.dialogue) for turn in turns])[origins],
        first_rows,
        len(place) + 1,
    )


def _folds(turns: Sequence[TrainingTurn]) -> npt.NDArray[np.int64]:
    """Fold of each turn; -1 = always trained on.

    Of talk whole batches, where there are several; of prose, and where there is one batch, single turns.
    """
    batches = sorted({turn.batch for turn in turns if turn.batch != DEFINITIONS and not turn.written})
    return np.array(
        [
            -1
            if turn.batch == DEFINITIONS
            else number % _FOLDS
            if turn.written or len(batches) == 1
            else batches.index(turn.batch) % _FOLDS
            for number, turn in enumerate(turns)
        ]
    )


@dataclass(frozen=True)
class _Taught:
    """An expert, and what it says of sentences and questions whose batch it has not seen.

    Attributes
    ----------
    expert : Expert
        Trained on all.
    sentences : ndarray, shape (n_rows, n_states)
        Likelihoods.
    questions : ndarray, shape (n_turns, n_states)
        Probabilities of each turn's question read as a statement; all alike where nothing was asked.
    """

    expert: Expert
    sentences: Floats
    questions: Floats


@dataclass
class _School:
    """Material with its features; teaches experts and heads."""

    codebook: Codebook
    turns: Sequence[TrainingTurn]
    encoder: Encoder | None
    place: dict[str, int] = field(init=False)
    rows: _Rows = field(init=False)
    words: WordFeatures = field(init=False)

    def __post_init__(self) -> None:
        self.place = {code.id: number for number, code in enumerate(self.codebook.codes, start=1)}
        self.rows = _make_rows(self.turns, self.place)
        self.words = WordFeatures.learn(self.rows.sentences)
        self._asked = sorted({turn.question for turn in self.turns if turn.question})
        at = {text: number for number, text in enumerate(self._asked)}
        self._question_of = np.array([at.get(turn.question, -1) for turn in self.turns])
        self._turn_folds = np.array([self.rows.folds[first[0]] for first in self.rows.first_rows])
        self._seen_words: dict[int, WordFeatures] = {}

    @cached_property
    def _cues(self) -> Floats:
        rulebook = RuleBook(self.codebook)
        return cue_features([rulebook.read(sentence) for sentence in self.rows.sentences], self.codebook)

    # --- experts

    def teach(self, group: Group, *, written: bool) -> _Taught:
        """An expert that reads one group of features."""
        rows, weights = self.rows, self.rows.weights_of(written=written)
        said = np.ones((len(rows.states), rows.n_states))
        asked = np.ones((len(self.turns), rows.n_states))
        for fold in self._fold_numbers():
            words = self._words_without(fold)
            features = self._features(group, words, rows.sentences, rows.windows)
            held_out = rows.folds == fold
            expert = self._fit(group, features, np.where(held_out, 0.0, weights), log_prior_of=weights)
            said[held_out] = likelihoods(expert, features[held_out])
            turns = np.flatnonzero((self._turn_folds == fold) & (self._question_of >= 0))
            if len(turns) and not written:
                of_questions = probabilities(expert, self._features(group, words, self._asked, self._asked))
                asked[turns] = of_questions[self._question_of[turns]]
        return _Taught(self.fit_on_all(group, weights), said, asked)

    def fit_on_all(self, group: Group, weights: Floats) -> Expert:
        """An expert that has seen every row with a weight."""
        features = self._features(group, self.words, self.rows.sentences, self.rows.windows)
        return self._fit(group, features, weights, log_prior_of=weights).rounded()

    def _fold_numbers(self) -> list[int]:
        return sorted(set(self.rows.folds.tolist()) - {-1})

    def _words_without(self, fold: int) -> WordFeatures:
        if fold not in self._seen_words:
            seen = [s for s, other in zip(self.rows.sentences, self.rows.folds != fold, strict=True) if other]
            self._seen_words[fold] = WordFeatures.learn(seen)
        return self._seen_words[fold]

    def _features(self, group: Group, words: WordFeatures, sentences: Sequence[str], windows: Sequence[str]) -> Any:
        if group == "words":
            return join({"words": words.transform(sentences)})
        assert self.encoder is not None, "experts that read embeddings are planned only where there is an encoder"
        return join({group: self.encoder.embed(windows if group == "window" else sentences).astype(np.float64)})

    def _fit(self, group: Group, features: Any, weights: Floats, *, log_prior_of: Floats) -> Expert:
        used = weights > 0
        regression: Linear = fit_linear(
            features[used], self.rows.states[used], weights[used], n_states=self.rows.n_states, strength=_STRENGTH
        )
        shares = np.bincount(self.rows.states, weights=log_prior_of, minlength=self.rows.n_states) + 1.0
        return Expert((group,), regression, np.log(shares / shares.sum()))

    # --- heads

    def head(self, plan: HeadPlan, taught: Mapping[Group, _Taught]) -> Head:
        """A head over experts: trees and calibration learned from what the experts say of held-out turns."""
        chain = WRITTEN_CHAIN if plan.written else measure_chain(self.turns)
        documents = list(self._documents(plan, taught))
        folds = np.array([fold for fold, turns, _ in documents for turn in turns for _ in turn.words])
        truth = np.concatenate([true for _, _, true in documents])
        trees, predicted = None, None
        if plan.stacked and truth.sum() >= STACKED_FROM:
            laid_out = np.concatenate([lay_out(turns, chain) for _, turns, _ in documents])
            trees, predicted = _stack(laid_out, truth, folds)
        else:
            predicted = judge([turns for _, turns, _ in documents], chain, None)
        names = tuple(expert_name(group, written=plan.written) for group in plan.experts)
        return Head(names, plan.cues, chain, trees, *calibrate(predicted, truth))

    def _documents(
        self, plan: HeadPlan, taught: Mapping[Group, _Taught]
    ) -> Iterator[tuple[int, list[Opinions], Floats]]:
        """Fold, turns and truth, shape (n_sentences, n_codes), of each document that sets the head's thresholds."""
        by_document: dict[str, list[int]] = {}
        for number in _to_judge(self.turns, written=plan.written):
            by_document.setdefault(self.turns[number].dialogue or f"example {number}", []).append(number)
        for numbers in by_document.values():
            turns = [self._opinions(number, plan, taught) for number in numbers]
            fold, truth = int(self._turn_folds[numbers[0]]), np.concatenate([self._truth(n) for n in numbers])
            if plan.turn:
                yield fold, turns, truth
            else:
                alone = (turn.sentence(row) for turn in turns for row in range(len(turn.words)))
                yield from ((fold, [one], true[None]) for one, true in zip(alone, truth, strict=True))

    def _opinions(self, number: int, plan: HeadPlan, taught: Mapping[Group, _Taught]) -> Opinions:
        first, n_codes = self.rows.first_rows[number], len(self.place)
        asked = None
        if plan.question and self._question_of[number] >= 0:
            asked = codes_asked_for([taught[group].questions[number : number + 1] for group in plan.experts])[0]
        return Opinions(
            {group: taught[group].sentences[first] for group in plan.experts},
            opening_prior(n_codes, asked),
            np.array([max(1.0, count_words(sentence)) for sentence in self.turns[number].sentences]),
            self._cues[first, :n_codes] if plan.cues else None,
            self._cues[first, -1] > 0,
        )

    def _truth(self, number: int) -> Floats:
        turn = self.turns[number]
        truth = np.zeros((len(turn.sentences), len(self.place)))
        for line, codes in zip(truth, turn.codes, strict=True):
            line[[self.place[code] - 1 for code in codes]] = 1.0
        return truth


def _stack(laid_out: Floats, truth: Floats, folds: npt.NDArray[np.int64]) -> tuple[Trees, Floats]:
    """Trees learned from all rows, and the probability of each state by trees that have not seen the fold."""
    n, n_codes, n_features = laid_out.shape
    codes = np.zeros((n, n_codes))
    for fold in np.unique(folds):
        seen, unseen = folds != fold, folds == fold
        trees = fit_trees(laid_out[seen].reshape(-1, n_features), truth[seen].ravel() > 0)
        codes[unseen] = trees.probabilities(laid_out[unseen].reshape(-1, n_features)).reshape(-1, n_codes)
    trees = fit_trees(laid_out.reshape(-1, n_features), truth.ravel() > 0)
    return trees, np.hstack([np.prod(1.0 - codes, axis=1, keepdims=True), codes])


# --- turns -------------------------------------------------------------------------------------


def measure_chain(turns: Sequence[TrainingTurn]) -> Chain:
    """How often passages open, go on and end in the dialogues; the default where there are none.

    Parameters
    ----------
    turns : sequence of TrainingTurn

    Returns
    -------
    Chain
        Rounded to two digits.
    """
    counts = {"outside": 0, "opened": 0, "inside": 0, "stayed": 0, "switched": 0}
    for turn in turns:
        if not turn.dialogue:
            continue
        for before, codes in zip(((), *turn.codes), turn.codes, strict=False):
            if not before:
                counts["outside"] += 1
                counts["opened"] += bool(codes)
            else:
                counts["inside"] += 1
                counts["stayed"] += bool(set(before) & set(codes))
                counts["switched"] += bool(codes) and not set(before) & set(codes)
    left = counts["inside"] - counts["stayed"]
    if not counts["opened"] or not left:
        return Chain()
    return Chain(
        enter=round(counts["opened"] / counts["outside"], 2),
        stay=round(counts["stayed"] / counts["inside"], 2),
        switch=round(max(0.02, counts["switched"] / left), 2),
    )


def _to_judge(turns: Sequence[TrainingTurn], *, written: bool) -> list[int]:
    """Turns that set a head's thresholds: prose for the written one; dialogues, else examples, for talk."""
    dialogues = not written and any(turn.dialogue for turn in turns)
    return [
        number
        for number, turn in enumerate(turns)
        if turn.batch != DEFINITIONS and turn.written == written and bool(turn.dialogue) == dialogues
    ]
