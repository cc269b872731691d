"""Where trained models lie: shipped with the package, in the user's cache by content hash, or in a study.

Beside a model lie the embeddings of what it was trained on: they are its examples shown as evidence, and
spare the next training minutes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from ..errors import TagError
from .encoder import Bytes
from .model import Model, load_model, save_model
from .training import TRAINING_VERSION

SHIPPED_MODELS = Path(__file__).with_name("models")
SHIPPED_HASHES = Path(__file__).with_name("data") / "models.sha256"
"""SHA-256 of every file of `SHIPPED_MODELS`, as ``sha256sum`` writes them."""


def model_stem(model_hash: str, folder: Path) -> Path:
    """Path without suffix of the model with this hash in `folder`."""
    return folder / f"{TRAINING_VERSION}-{model_hash.removeprefix('b2:')[:16]}"


def cache_folder() -> Path:
    """The user's folder for models trained here; not made by this call."""
    return user_cache_path("qualcode", appauthor=False) / "models"


def find_trained(model_hash: str) -> Path | None:
    """Path without suffix of the model with this hash, shipped or cached; None where it must be trained first."""
    for folder in (SHIPPED_MODELS, cache_folder()):
        stem = model_stem(model_hash, folder)
        if _with_suffix(stem, ".json").is_file():
            return stem
    return None


def find_named(name: str, study_folder: Path) -> Path:
    """Path without suffix of a model by the name it has in the package, or by its path in a study.

    Raises
    ------
    TagError
        If there is none of that name.
    """
    for stem in (study_folder / name.removesuffix(".json"), SHIPPED_MODELS / name):
        if _with_suffix(stem, ".json").is_file():
            return stem
    shipped = sorted(path.stem for path in SHIPPED_MODELS.glob("*.json"))
    raise TagError(
        f'There is no model "{name}" in {study_folder} or among the shipped ones ({", ".join(shipped)}). '
        "Give the path that `qualcode train` printed."
    )


def keep_trained(model: Model, vectors: Mapping[int, Bytes], folder: Path | None = None) -> Path:
    """Save a model, with the embeddings of its material, where `find_trained` finds it.

    Parameters
    ----------
    model : Model
    vectors : mapping of int to ndarray of int8, shape (384,)
        As `Encoder.vectors_of` gives them; may be empty.
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
    keys = sorted(vectors)
    rows = np.stack([vectors[key] for key in keys]) if keys else np.zeros((0, 0), dtype=np.int8)
    np.savez(_with_suffix(stem, ".vectors.npz"), keys=np.array(keys, dtype=np.uint64), rows=rows)
    return stem


def load_trained(stem: Path) -> tuple[Model, dict[int, Bytes]]:
    """A model and the embeddings kept beside it; none where that file is missing or no longer whole.

    Raises
    ------
    TagError
        If the model was changed or is incomplete; or a file of a shipped one is not the one that shipped.
    """
    if stem.parent == SHIPPED_MODELS:
        _check_shipped(stem)
    return load_model(stem), _load_vectors(_with_suffix(stem, ".vectors.npz"))


def write_hashes() -> None:
    """Pin the files of `SHIPPED_MODELS` as they are now; for who trains them."""
    files = sorted(path for path in SHIPPED_MODELS.iterdir() if path.suffix in (".json", ".npz"))
    lines = "".join(f"{sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)
    SHIPPED_HASHES.write_text(lines, encoding="utf-8", newline="\n")


def _check_shipped(stem: Path) -> None:
    """Refuse a file that is not pinned before anything of it is read."""
    pinned = {name: digest for digest, name in map(str.split, SHIPPED_HASHES.read_text(encoding="utf-8").splitlines())}
    for suffix in (".json", ".npz", ".vectors.npz"):
        file = _with_suffix(stem, suffix)
        if file.is_file() and sha256(file.read_bytes()).hexdigest() != pinned.get(file.name):
            raise TagError(
                f"{file.name} is not the file that this version ships (sha256 differs from {SHIPPED_HASHES.name}). "
                "Install qualcode again; after training shipped models: make model"
            )


def _load_vectors(file: Path) -> dict[int, Bytes]:
    try:
        with np.load(BytesIO(file.read_bytes()), allow_pickle=False) as arrays:
            return dict(zip(arrays["keys"].tolist(), arrays["rows"], strict=True))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return {}  # They are computed again.


def _with_suffix(stem: Path, suffix: str) -> Path:
    return stem.with_name(stem.name + suffix)
