"""Segments and a codebook in, codings out: rules, trained models, and both together."""

from .encoder import Encoder, find_model, load_encoder
from .library import find_trained, keep_trained
from .model import Model, load_model, save_model
from .rules import RULES_VERSION, Reading, RuleBook
from .taggers import TAGGERS, Context, ModelTagger, RulesTagger, Tagger, decide
from .training import DEFINITIONS, TRAINING_VERSION, TrainingTurn, check_turns, train, training_hash

__all__ = [
    "DEFINITIONS",
    "RULES_VERSION",
    "TAGGERS",
    "TRAINING_VERSION",
    "Context",
    "Encoder",
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
    "find_trained",
    "keep_trained",
    "load_encoder",
    "load_model",
    "save_model",
    "train",
    "training_hash",
]
