"""Where trained models lie: shipped with the package, or in the user's cache, by content hash."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_cache_path

from .model import Model, load_model, save_model
from .training import TRAINING_VERSION

SHIPPED_MODELS = Path(__file__).with_name("models")


def model_stem(model_hash: str, folder: Path) -> Path:
    """Path without suffix of the model with this hash in `folder`."""
    return folder / f"{TRAINING_VERSION}-{model_hash.removeprefix('b2:')[:16]}"


def cache_folder() -> Path:
    """The user's folder for models trained here; not made by this call."""
    return user_cache_path("qualcode", appauthor=False) / "models"


def find_trained(model_hash: str) -> Model | None:
    """The model with this hash, shipped or cached; None where it must be trained first.

    Raises
    ------
    TagError
        If there is one and it was changed or is incomplete.
    """
    for folder in (SHIPPED_MODELS, cache_folder()):
        stem = model_stem(model_hash, folder)
        if stem.with_name(stem.name + ".json").is_file():
            return load_model(stem)
    return None


def keep_trained(model: Model, folder: Path | None = None) -> Path:
    """Save a model where `find_trained` finds it.

    Parameters
    ----------
    model : Model
    folder : Path or None
        None = the user's cache.

    Returns
    -------
    Path
        Its path without suffix.
    """
    folder = folder or cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    stem = model_stem(model.hash, folder)
    save_model(model, stem)
    return stem
