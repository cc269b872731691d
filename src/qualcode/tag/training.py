"""A codebook's example sentences and dialogues in, a trained and calibrated `Model` out; deterministic.

Examples and dialogues come in batches written by different hands. Every figure here (calibration,
thresholds) rests on opinions that were given without seeing the batch judged, and, where there are
dialogues, on their turns with the questions asked, as in a real transcript.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..codebook import Codebook
from ..errors import TagError
from ..model import content_hash
from .calibration import calibrate
from .context import Chain, opening_prior, smooth
from .encoder import MODEL_SHA256, Encoder
from .features import Group, WordFeatures, cue_features, join, window
from .model import Head, Model
from .regression import Linear, fit_linear
from .rules import RuleBook

TRAINING_VERSION = "hybrid.v1"
MIN_EXAMPLES_PER_CODE = 8
DEFINITIONS = "definitions"
"""Batch of the codebook's own sentences: always trained on, never judged."""

HEADS: dict[str, tuple[Group, ...]] = {
    "hybrid": ("window", "words", "cues"),
    "model": ("window", "words"),
    "lean": ("words", "cues"),
    "written": ("window", "words", "cues"),
}
WRITTEN = "written"
"""The head for reports and survey answers; all others are for talk."""
WRITTEN_CHAIN = Chain(enter=0.5)
"""Written sentences are judged alone: only `enter` matters."""
TALK_IN_PROSE = 0.2
"""Weight of spoken examples in the written head: held-out prose had the right code first in 52 % without, 67 % with."""
VETO_FACTOR = 0.25
"""What is left of the evidence for every code where the sentence is vetoed."""
QUESTION_SHARE = 0.5
"""How far the question moves the prior of the code that opens a passage, 0-1."""

DIALOGUE_WEIGHT = 3.0
"""How much more a sentence of a dialogue counts than one of an example; 1, 2, 3 and 5 were tried."""

_FOLDS = 4
_STRENGTH = 10.0
"""Inverse regularisation C of the regressions, chosen by leave-batches-out cross-validation."""

Floats = npt.NDArray[np.float64]
States = npt.NDArray[np.int64]


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
    dialogue : bool
        An answer of a dialogue: barriers are as frequent as in talk, so it may set thresholds.
    written : bool
        Prose, for the head that reads reports and survey answers.
    """

    sentences: tuple[str, ...]
    codes: tuple[tuple[str, ...], ...]
    batch: str
    question: str = ""
    dialogue: bool = False
    written: bool = False


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
    written: npt.NDArray[np.bool_]
    dialogue: npt.NDArray[np.bool_]
    first_rows: list[list[int]]
    n_states: int

    def weights_of(self, name: str) -> Floats:
        """Sample weights of a head; 0 where it does not learn from a row.

        Heads for talk learn from talk. The written head learns from prose, and a little from spoken
        examples, without which it knows too few words.
        """
        if name == WRITTEN:
            return np.where(self.written, self.weights, np.where(self.dialogue, 0.0, TALK_IN_PROSE * self.weights))
        return np.where(self.written, 0.0, self.weights)


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


def train(codebook: Codebook, turns: Sequence[TrainingTurn], encoder: Encoder | None, *, model_hash: str) -> Model:
    """Train, calibrate and set thresholds.

    Parameters
    ----------
    codebook : Codebook
    turns : sequence of TrainingTurn
    encoder : Encoder or None
        None trains only what works without embeddings ("lean").
    model_hash : str
        From `training_hash`.

    Returns
    -------
    Model

    Raises
    ------
    TagError
        If there are too few examples.
    """
    check_turns(codebook, turns)
    if not any(turn.written and turn.batch != DEFINITIONS for turn in turns):
        turns = [replace(turn, written=False) for turn in turns]
    place = {code.id: number for number, code in enumerate(codebook.codes, start=1)}
    rows = _rows(turns, place)
    rulebook = RuleBook(codebook)
    fixed = _fixed_features(rows, rulebook, encoder)
    words = WordFeatures.learn(rows.sentences)
    features: dict[Group, Any] = {**fixed, "words": words.transform(rows.sentences)}
    vetoed = np.asarray(fixed["cues"][:, -1] > 0)
    spoken = measure_chain(turns)
    heads = {}
    for name, judged in _held_out(rows, fixed, _questions(turns, rulebook, encoder)).items():
        sees, weights = HEADS[name], rows.weights_of(name)
        log_prior, chain = _log_prior(rows, weights), WRITTEN_CHAIN if name == WRITTEN else spoken
        ratios = likelihoods(judged.sentences, log_prior, vetoed if "cues" in sees else None)
        chosen = _to_judge(turns, written=name == WRITTEN)
        measured = calibrate(*_in_turns(turns, chosen, rows, ratios, judged.questions, chain, place))
        heads[name] = Head(sees, _fit(features, sees, rows, weights).rounded(), log_prior, chain, *measured)
    return Model(
        hash=model_hash,
        codes=tuple(place),
        words=words,
        heads=heads,
        trained_on={
            "sentences": sum(len(turn.sentences) for turn in turns),
            "coded_sentences": sum(bool(codes) for turn in turns for codes in turn.codes),
            "examples": sum(not turn.dialogue and turn.batch != DEFINITIONS for turn in turns),
            "dialogue_answers": sum(turn.dialogue for turn in turns),
            "batches": len({turn.batch for turn in turns}),
        },
    )


# --- rows and features -------------------------------------------------------------------------


def _rows(turns: Sequence[TrainingTurn], place: Mapping[str, int]) -> _Rows:
    sentences: list[str] = []
    windows: list[str] = []
    states: list[int] = []
    weights: list[float] = []
    origins: list[int] = []
    first_rows: list[list[int]] = []
    for number, turn in enumerate(turns):
        first_rows.append([])
        for before, sentence, codes in zip(("", *turn.sentences), turn.sentences, turn.codes, strict=False):
            first_rows[-1].append(len(sentences))
            for code in codes or (None,):
                sentences.append(sentence)
                windows.append(window(before, sentence))
                states.append(place[code] if code else 0)
                weights.append((DIALOGUE_WEIGHT if turn.dialogue else 1.0) / max(1, len(codes)))
                origins.append(number)
    folds = _folds(turns)
    written = np.array([turn.written for turn in turns])
    dialogue = np.array([turn.dialogue for turn in turns])
    return _Rows(
        sentences,
        windows,
        np.array(states),
        np.array(weights),
        folds[origins],
        written[origins],
        dialogue[origins],
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


def _fixed_features(rows: _Rows, rulebook: RuleBook, encoder: Encoder | None) -> dict[Group, Any]:
    """Features that do not depend on which sentences are held out."""
    cues = cue_features([rulebook.read(sentence) for sentence in rows.sentences], rulebook.codebook)
    if encoder is None:
        return {"cues": cues}
    return {"window": encoder.embed(rows.windows).astype(np.float64), "cues": cues}


@dataclass(frozen=True)
class _Questions:
    """What was asked before each turn.

    Attributes
    ----------
    texts : list of str
        Different questions.
    of_turn : ndarray of int
        For each turn the place of its question in `texts`, -1 = none.
    fixed : mapping of Group to matrix
        Features of the questions.
    """

    texts: list[str]
    of_turn: npt.NDArray[np.int64]
    fixed: Mapping[Group, Any]


def _questions(turns: Sequence[TrainingTurn], rulebook: RuleBook, encoder: Encoder | None) -> _Questions:
    texts = sorted({turn.question for turn in turns if turn.question})
    place = {text: number for number, text in enumerate(texts)}
    of_turn = np.array([place.get(turn.question, -1) for turn in turns])
    fixed: dict[Group, Any] = {"cues": cue_features([rulebook.read(text) for text in texts], rulebook.codebook)}
    if encoder is not None:
        fixed["window"] = encoder.embed(texts).astype(np.float64)
    return _Questions(texts, of_turn, fixed)


def _possible_heads(fixed: Mapping[Group, Any], rows: _Rows) -> dict[str, tuple[Group, ...]]:
    """Heads whose features and sentences are at hand."""
    return {
        name: sees
        for name, sees in HEADS.items()
        if set(sees) <= {*fixed, "words"} and (name != WRITTEN or rows.written.any())
    }


def _fit(features: Mapping[Group, Any], sees: Sequence[Group], rows: _Rows, weights: Floats) -> Linear:
    """Regression over the rows with a weight."""
    matrix, used = join({name: features[name] for name in sees}), weights > 0
    return fit_linear(matrix[used], rows.states[used], weights[used], n_states=rows.n_states, strength=_STRENGTH)


def _log_prior(rows: _Rows, weights: Floats) -> Floats:
    prior = np.bincount(rows.states, weights=weights, minlength=rows.n_states) + 1.0
    return np.asarray(np.log(prior / prior.sum()))


# --- held-out judgement ------------------------------------------------------------------------


@dataclass(frozen=True)
class _Judged:
    """Probabilities a head gives without having seen the batch.

    Attributes
    ----------
    sentences : ndarray, shape (n_rows, n_states)
    questions : ndarray, shape (n_turns, n_codes)
        What each turn's question asks for; rows sum to 1, all alike where nothing was asked.
    """

    sentences: Floats
    questions: Floats


def _held_out(rows: _Rows, fixed: Mapping[Group, Any], questions: _Questions) -> dict[str, _Judged]:
    n_turns, n_codes = len(questions.of_turn), rows.n_states - 1
    judged = {
        name: _Judged(np.zeros((len(rows.states), rows.n_states)), np.full((n_turns, n_codes), 1.0 / n_codes))
        for name in _possible_heads(fixed, rows)
    }
    turn_folds = np.array([rows.folds[first[0]] for first in rows.first_rows])
    for fold in sorted(set(rows.folds.tolist()) - {-1}):
        seen, unseen = rows.folds != fold, rows.folds == fold
        words = WordFeatures.learn([s for s, keep in zip(rows.sentences, seen, strict=True) if keep])
        features: dict[Group, Any] = {**fixed, "words": words.transform(rows.sentences)}
        asked = np.flatnonzero((turn_folds == fold) & (questions.of_turn >= 0))
        of_questions = {**questions.fixed, "words": words.transform(questions.texts)} if len(asked) else {}
        for name, sees in _possible_heads(fixed, rows).items():
            regression = _fit(features, sees, rows, np.where(seen, rows.weights_of(name), 0.0))
            matrix = join({group: features[group] for group in sees})
            judged[name].sentences[unseen] = np.exp(regression.log_probabilities(matrix[unseen]))
            if len(asked):
                matrix = join({group: of_questions[group] for group in sees})
                wanted = codes_asked_for(np.exp(regression.log_probabilities(matrix)))
                judged[name].questions[asked] = wanted[questions.of_turn[asked]]
    return judged


def codes_asked_for(probabilities: Floats) -> Floats:
    """Which codes a question asks for, given that it asks for one; rows sum to 1.

    Parameters
    ----------
    probabilities : ndarray, shape (n_questions, n_states)
        Of the question read as if it were a statement; state 0 is "none".
    """
    return np.asarray(probabilities[:, 1:] / probabilities[:, 1:].sum(axis=1, keepdims=True))


# --- turns -------------------------------------------------------------------------------------


def likelihoods(probabilities: Floats, log_prior: Floats, vetoed: npt.NDArray[np.bool_] | None) -> Floats:
    """What the chain reads: probabilities without the training shares, vetoed sentences damped.

    Parameters
    ----------
    probabilities : ndarray, shape (n_sentences, n_states)
    log_prior : ndarray, shape (n_states,)
    vetoed : ndarray of bool, shape (n_sentences,), or None

    Returns
    -------
    ndarray, shape (n_sentences, n_states)
        Above 0; only ratios within a row matter.
    """
    ratio = np.asarray(probabilities / np.exp(log_prior))
    if vetoed is not None:
        ratio[vetoed, 1:] *= VETO_FACTOR
    return np.asarray(np.maximum(ratio, 1e-12))


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
        if turn.batch != DEFINITIONS and turn.written == written and turn.dialogue == dialogues
    ]


def _in_turns(
    turns: Sequence[TrainingTurn],
    chosen: Sequence[int],
    rows: _Rows,
    ratios: Floats,
    questions: Floats,
    chain: Chain,
    place: Mapping[str, int],
) -> tuple[Floats, Floats]:
    """Smoothed probabilities, shape (n, n_states), and truth, shape (n, n_codes), of held-out turns."""
    predicted: list[Floats] = []
    truth: list[Floats] = []
    for number in chosen:
        turn = turns[number]
        prior = opening_prior(rows.n_states - 1, questions[number], QUESTION_SHARE)
        predicted.append(smooth(ratios[rows.first_rows[number]], chain, prior, alone=turn.written))
        true = np.zeros((len(turn.sentences), rows.n_states - 1))
        for line, codes in zip(true, turn.codes, strict=True):
            line[[place[code] - 1 for code in codes]] = 1.0
        truth.append(true)
    return np.concatenate(predicted), np.concatenate(truth)
