"""People's decisions in, a model that has learned them out, and what that gains on documents it had not learned from.

The shipped examples are never forgotten: decisions are added to them. Before anything is written, the judged documents
are dealt into folds; each fold is tagged by the model before and by one that has learned the other folds' decisions.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ..codebook import Codebook
from ..errors import StoreError, TagError
from ..model import Transcript, content_hash
from .material import JudgedSentence, Material, material_hash, training_turns
from .models import NEVER, in_languages, tagger_of, train_model
from .showing import changed_meanings
from .training import TrainReport, base_model, keep_model, training_material
from .workspace import Workspace

if TYPE_CHECKING:
    from ..aggregate import Duel, Gain
    from ..store import Row
    from ..tag import Encoder, Model

ENOUGH_SENTENCES, ENOUGH_CODINGS = 50, 20
"""Judged sentences, and codes people gave them, from which a model may learn: with fewer, a gain cannot be told from
chance."""
ENOUGH_AUDITED = 50
"""Judged sentences of a random sample whose gain is reported apart; `ENOUGH_CODINGS` of people among them."""
SHOWN_LOSSES = 5
"""Codes named in a refusal."""

JUDGED = "judged"
"""Judged sentences a model was trained on, in `Model.trained_on`."""

LeftOut = Literal["differ", "waits", "stale", "language"]
_Place = tuple[str, int]
_Given = dict[_Place, set[str]]


@dataclass(frozen=True)
class Learned:
    """What people's decisions gained.

    Attributes
    ----------
    sentences, documents : int
        Learned from.
    left_out : mapping of {"differ", "waits", "stale", "language"} to int
        Judged sentences not learned from: people differ or are unsure; nothing counts and something still waits;
        decided when a code meant something else; not in the codebook's language.
    folds : int
    gain : Gain
        On sentences of documents that were held out.
    audited : Gain or None
        The same on sentences drawn at random, weighed by how many each stands for; None where there are too few.
    is_forced : bool
        Kept although the gain is below 0.
    is_compared_with_own : bool
        The model in use has learned decisions itself, so the codebook's own was compared with and built upon.
    """

    sentences: int
    documents: int
    left_out: Mapping[LeftOut, int]
    folds: int
    gain: Gain
    audited: Gain | None
    is_forced: bool
    is_compared_with_own: bool


@dataclass(frozen=True)
class _Answer:
    """A judged sentence with its document id and position; `known` are the codes a person has decided on."""

    place: _Place
    sentence: JudgedSentence
    known: frozenset[str]

    @property
    def decided(self) -> frozenset[str]:
        """Codes people gave it."""
        return self.known.intersection(self.sentence.codes)


@dataclass(frozen=True)
class _Answers:
    """Judged sentences, by document id and position; transcripts by document id; `weights` of those drawn at random."""

    answers: list[_Answer]
    transcripts: dict[str, Transcript]
    left_out: Counter[LeftOut]
    weights: dict[_Place, float]


def learn_from_verdicts(
    work: Workspace,
    *,
    add: Sequence[Path] = (),
    folder: Path | None = None,
    measure: bool = False,
    folds: int = 3,
    force: bool = False,
    progress: Callable[[str], None] = lambda _step: None,
) -> TrainReport:
    """Train a codebook's model with the team's decisions added to its examples, and keep it in the study.

    Parameters
    ----------
    work : Workspace
    add : sequence of Path
        Files like ``examples.jsonl`` with a team's own examples, learned too.
    folder : Path or None
        Where the model is kept; None = ``models`` beside the study's settings.
    measure : bool
        Learn weights, calibration and thresholds anew, in each fold too.
    folds : int
        2 or more; no more than there are judged documents are made.
    force : bool
        Keep a model that is worse.
    progress : callable
        Told each step.

    Returns
    -------
    TrainReport
        With `learned`. The same decisions give the same model, in whatever order they were made.

    Raises
    ------
    TagError
        If the micro-F1 of what counts is below that of the model before, on the sentences of documents held out, and
        not `force`; if too few sentences are judged, or in one document only. Nothing is written then.
    StoreError
        If there is no store, or nothing was tagged yet.
    CodebookError, SelectionError
        As `train_codebook`.
    ValueError
        For fewer than two folds.
    """
    from ..tag import load_encoder

    if folds < 2:
        raise ValueError(f"`folds` of `learn_from_verdicts` must be 2 or more. Got {folds!r} instead.")
    material, encoder = training_material(work, add), load_encoder()
    known = _read_answers(work)
    _check_enough(known)
    school = _School(work, material, encoder, measure=measure)
    folds = min(folds, len(known.transcripts))
    gain, audited = _gains(work, known, _compare(school, known, folds, progress))
    if not force and gain.difference < 0:
        raise TagError(_refusal(gain, work.codebook))
    progress(f"{_said(gain)}: learning all decisions")
    judged = [answer.sentence for answer in known.answers]
    model = school.learn(judged)
    report = keep_model(work, model, school.with_judged(judged), encoder, folder=folder, measured=measure)
    learned = Learned(
        sentences=len(judged),
        documents=len(known.transcripts),
        left_out=dict(known.left_out),
        folds=folds,
        gain=gain,
        audited=audited,
        is_forced=gain.difference < 0,
        is_compared_with_own=school.is_own,
    )
    return replace(report, learned=learned)


# --- what people decided -----------------------------------------------------------------------


def _read_answers(work: Workspace) -> _Answers:
    from ..store import Store
    from ..tag import RulesTagger

    with Store(work.store_path, read_only=True) as store:
        if not store.coverage_codebooks():
            raise StoreError(f"{work.store_path} holds no codings yet. Tag your notes first: qualcode tag FILES")
        rows = [row for row in store.verdicts.judged_sentences() if row["codebook"] == work.codebook.id]
        names = {row["document_id"]: row["document"] for row in rows}
        # Turns in other languages are read by cues: no model learns from them.
        languages = in_languages(work, lambda: RulesTagger(work.codebook))
        transcripts = {key: languages.own_part(store.transcript(name)) for key, name in names.items()}
        used = {book for row in rows for _, book in json.loads(row["decided_with"])}
        reader = _Reader(work.codebook, changed_meanings(store, used, work.codebook))
        sample = store.audit_sample()
    answers, left_out = [], Counter[LeftOut]()
    for row in rows:
        transcript = transcripts[row["document_id"]]
        found = reader.read(row, transcript)
        if isinstance(found, _Answer):
            answers.append(found)
        else:
            left_out[found] += 1
    used = {answer.sentence.document for answer in answers}
    transcripts = {key: transcript for key, transcript in transcripts.items() if key in used}
    return _Answers(answers, transcripts, left_out, _weights(sample, answers))


@dataclass(frozen=True)
class _Reader:
    """What a row of `judged_sentences` says; `changed` has the codes that meant something else, by codebook id."""

    codebook: Codebook
    changed: Mapping[str, frozenset[str]]

    def read(self, row: Row, transcript: Transcript) -> _Answer | LeftOut:
        accepted, rejected, pending, auto, waiting = (
            set(json.loads(row[name])) & self.codebook.by_id.keys()
            for name in ("accepted", "rejected", "pending", "auto", "waiting")
        )
        if any(code in self.changed.get(book, ()) for code, book in json.loads(row["decided_with"])):
            return "stale"
        if pending:
            return "differ"
        # Who is done with a sentence has turned down what was not given to it.
        codes = accepted if row["is_done"] else accepted | auto
        if waiting and not codes and not row["is_done"]:
            return "waits"
        segment = transcript.segments[row["position"]]
        if not transcript.is_coded(segment):
            return "language"
        sentence = _in_context(transcript, row, tuple(code.id for code in self.codebook.codes if code.id in codes))
        known = self.codebook.by_id if row["is_done"] else accepted | rejected
        return _Answer((row["document_id"], row["position"]), sentence, frozenset(known))


def _in_context(transcript: Transcript, row: Row, codes: tuple[str, ...]) -> JudgedSentence:
    from ..tag import WRITTEN_KINDS

    segment = transcript.segments[row["position"]]
    neighbour = transcript.segments[segment.position - 1] if segment.position else None
    return JudgedSentence(
        segment.text,
        codes,
        row["document_id"],
        before=neighbour.text if neighbour is not None and neighbour.turn == segment.turn else "",
        question=transcript.question_before(segment.turn),
        written=transcript.document.attributes.kind in WRITTEN_KINDS,
    )


def _weights(sample: Sequence[Row], answers: Sequence[_Answer]) -> dict[_Place, float]:
    """How many sentences each judged one of the random sample stands for: those of its stratum over those judged."""
    judged = {answer.place for answer in answers}
    size: dict[str, float] = defaultdict(float)
    seen: Counter[str] = Counter()
    for row in sample:
        size[row["stratum"]] += 1 / row["chance"]
        seen[row["stratum"]] += (row["document_id"], row["position"]) in judged
    return {
        place: size[row["stratum"]] / seen[row["stratum"]]
        for row in sample
        if (place := (row["document_id"], row["position"])) in judged
    }


def _check_enough(known: _Answers) -> None:
    sentences = len(known.answers)
    codings = sum(len(answer.decided) for answer in known.answers)
    if sentences < ENOUGH_SENTENCES or codings < ENOUGH_CODINGS:
        unused = sum(known.left_out.values())
        more = f" ({unused} more cannot be learned from yet: people differ, or something still waits)" if unused else ""
        raise TagError(
            f"{sentences} sentences are judged, and people gave them {codings} codes{more}. Learning needs "
            f"{ENOUGH_SENTENCES} sentences and {ENOUGH_CODINGS} codes. Judge more: qualcode review"
        )
    if len(known.transcripts) < 2:
        (only,) = known.transcripts.values()
        raise TagError(
            f"All decisions are in one document ({only.document.name}), so nobody could tell what they are worth "
            "elsewhere. Judge sentences of other documents too: qualcode review"
        )


# --- learning ----------------------------------------------------------------------------------


class _School:
    """Teaches the decisions given to it, beside the examples.

    Attributes
    ----------
    base : Model
        The model before: it has not learned from any decision.
    is_own : bool
        It is the codebook's own because the one in use has.
    """

    def __init__(self, work: Workspace, material: Material, encoder: Encoder | None, *, measure: bool) -> None:
        self.work, self._material, self._encoder, self._measure = work, material, encoder, measure
        self.base = base_model(work, material, encoder)
        self.is_own = JUDGED in self.base.trained_on
        if self.is_own:
            self.base = base_model(replace(work, model=None), material, encoder)

    def with_judged(self, judged: Sequence[JudgedSentence]) -> Material:
        """All there is to learn from."""
        return replace(self._material, judged=tuple(judged))

    def learn(self, judged: Sequence[JudgedSentence], base: Model | None = None) -> Model:
        """A model that knows these sentences too; of `base` only the experts it has are fitted."""
        from ..tag import refit

        codebook, material = self.work.codebook, self.with_judged(judged)
        key = material_hash(codebook, material)
        if self._measure:
            model = train_model(codebook, material, self._encoder)
        else:
            # How opinions are weighed comes from the model before, which therefore belongs to what this one is.
            key = content_hash(key, self.base.hash)
            turns = training_turns(codebook, material)
            model = refit(base or self.base, codebook, turns, self._encoder, model_hash=key)
        return replace(model, trained_on={**model.trained_on, JUDGED: len(judged)})

    def codes_given(self, model: Model, transcripts: Mapping[str, Transcript]) -> _Given:
        """Codes that count, by document id and position."""
        name = "model.v2" if self.work.study.study.tagger == "model.v2" else "hybrid.v2"
        tagger = tagger_of(self.work, model, self._encoder, name=name, shown_from=NEVER, tells_pulls=False)
        auto = self.work.study.thresholds_over(tagger.thresholds).auto
        return {
            (key, score.segment): {code for code, p in score.probabilities.items() if p >= auto}
            for key, transcript in transcripts.items()
            for score in tagger.score(transcript)
        }


def _compare(school: _School, known: _Answers, folds: int, progress: Callable[[str], None]) -> tuple[_Given, _Given]:
    """What the model before gives, and what models give that have not learned from the document."""
    from ..tag import WRITTEN

    progress("tagging the judged documents with the model before")
    before = school.codes_given(school.base, known.transcripts)
    after: _Given = {}
    prose = any(answer.sentence.written for answer in known.answers)
    experts = {name: e for name, e in school.base.experts.items() if prose or not name.startswith(WRITTEN)}
    lean = replace(school.base, experts=experts)  # experts that none of these documents need take as long to fit
    fold_of = _folds(known.transcripts, folds)
    for fold in sorted(set(fold_of.values())):
        progress(f"learning without fold {fold + 1} of {folds} and tagging it")
        model = school.learn([a.sentence for a in known.answers if fold_of[a.sentence.document] != fold], lean)
        after |= school.codes_given(model, {key: t for key, t in known.transcripts.items() if fold_of[key] == fold})
    return before, after


def _folds(documents: Iterable[str], folds: int) -> dict[str, int]:
    """Whole documents, dealt in an order that is theirs for ever."""
    return {key: number % folds for number, key in enumerate(sorted(documents, key=lambda d: content_hash("fold", d)))}


def _gains(work: Workspace, known: _Answers, given: tuple[_Given, _Given]) -> tuple[Gain, Gain | None]:
    """On all judged sentences, and on those drawn at random where they are enough."""
    from ..aggregate import measure_gain

    settings = work.study.study
    codes = tuple(code.id for code in work.codebook.codes)
    gain = measure_gain(_duel(known.answers, codes, given), seed=settings.seed, draws=settings.bootstrap_draws)
    drawn = [answer for answer in known.answers if answer.place in known.weights]
    codings = sum(len(answer.decided) for answer in drawn)
    if len(drawn) < ENOUGH_AUDITED or codings < ENOUGH_CODINGS:
        return gain, None
    duel = replace(_duel(drawn, codes, given), weights=np.array([known.weights[answer.place] for answer in drawn]))
    return gain, measure_gain(duel, seed=settings.seed, draws=settings.bootstrap_draws)


def _duel(answers: Sequence[_Answer], codes: tuple[str, ...], given: tuple[_Given, _Given]) -> Duel:
    from ..aggregate import Duel

    def table(sets: Iterable[Collection[str]]) -> Any:
        return np.array([[code in one for code in codes] for one in sets])

    before, after = (table(model[answer.place] for answer in answers) for model in given)
    known, truth = table(answer.known for answer in answers), table(answer.sentence.codes for answer in answers)
    return Duel(tuple(answer.place[0] for answer in answers), codes, known, truth, before, after)


def _said(gain: Gain) -> str:
    interval = f", 95 % interval {gain.low:+.3f} to {gain.high:+.3f}" if gain.low == gain.low else ""
    before, after = gain.overall.before.f1, gain.overall.after.f1
    return f"F1 of what counts {before:.3f} → {after:.3f} ({gain.difference:+.3f}{interval})"


def _refusal(gain: Gain, codebook: Codebook) -> str:
    lost = {c: one.before.f1 - one.after.f1 for c, one in gain.by_code.items() if one.after.f1 < one.before.f1}
    worst = [
        f"  {codebook.by_id[code].name}: {gain.by_code[code].before.f1:.2f} → {gain.by_code[code].after.f1:.2f} "
        f"({gain.by_code[code].wanted} codings of people)"
        for code in sorted(lost, key=lambda code: -lost[code])[:SHOWN_LOSSES]
    ]
    return "\n".join(
        [
            f"These decisions do not make the model better on documents it has not learned from: {_said(gain)} on "
            f"{gain.sentences:,} judged sentences of {gain.documents} documents. Nothing was written.",
            *(["It loses most on:", *worst] if worst else []),
            "Look at the decisions on these codes (qualcode review --code NAME), decide more, or keep the model all "
            "the same: --force",
        ]
    )
