"""Segments and a codebook in, codings out: rules, trained models, and both together."""

from .encoder import Bytes, Encoder, find_model, load_encoder
from .evidence import Examples
from .facets import FACETS_FROM, FacetTagger
from .languages import LanguageTagger
from .library import find_named, find_trained, keep_trained, load_trained
from .model import Model, load_model, save_model
from .model_tagger import WRITTEN_KINDS, Context, ModelTagger
from .rules import RULES_VERSION, Reading, RuleBook
from .taggers import TAGGERS, RulesTagger, Tagger, decide
from .training import (
    DEFINITIONS,
    DIALOGUE_WEIGHT,
    HEADS,
    TRAINING_VERSION,
    WRITTEN,
    HeadPlan,
    TrainingTurn,
    check_turns,
    refit,
    texts_read,
    train,
    training_hash,
)

__all__ = [
    "DEFINITIONS",
    "DIALOGUE_WEIGHT",
    "FACETS_FROM",
    "HEADS",
    "RULES_VERSION",
    "TAGGERS",
    "TRAINING_VERSION",
    "WRITTEN",
    "WRITTEN_KINDS",
    "Bytes",
    "Context",
    "Encoder",
    "Examples",
    "FacetTagger",
    "HeadPlan",
    "LanguageTagger",
    "Model",
    "ModelTagger",
    "Reading",
    "RuleBook",
    "RulesTagger",
    "Tagger",
    "TrainingTurn",
    "check_turns",
    "decide",
    "find_model",
    "find_named",
    "find_trained",
    "keep_trained",
    "load_encoder",
    "load_model",
    "load_trained",
    "refit",
    "save_model",
    "texts_read",
    "train",
    "training_hash",
]
