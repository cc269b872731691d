"""A trained model as arrays and one JSON page: saved, checked and loaded without running any code.

Two files with one stem: ``<stem>.npz`` holds the arrays, ``<stem>.json`` the settings, figures and
the SHA-256 of the first. Pickle is neither written nor read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import TagError
from ..model import Thresholds
from .calibration import Calibration
from .context import Chain
from .features import Group, WordFeatures
from .regression import Linear
from .trees import Trees

FORMAT = 2
"""Written; formats 1 (hybrid.v1) and 2 (hybrid.v2) are read."""


@dataclass(frozen=True)
class Expert:
    """One regression over some of the features of a sentence by itself.

    Attributes
    ----------
    reads : tuple of {"window", "sentence", "words", "cues"}
        Its feature groups.
    regression : Linear
    log_prior : ndarray, shape (n_codes + 1,)
        Log share of each state in its training sentences.
    """

    reads: tuple[Group, ...]
    regression: Linear
    log_prior: npt.NDArray[np.float64]

    def rounded(self) -> Expert:
        """As a saved model keeps it, so that it scores the same before and after saving."""
        return replace(self, regression=self.regression.rounded())


@dataclass(frozen=True)
class Head:
    """How the opinions of some experts become probabilities, with what was measured.

    Attributes
    ----------
    experts : tuple of str
        Their names in `Model.experts`.
    cues : bool
        The codebook's cues and the veto are read too.
    chain : Chain
    trees : Trees or None
        Weigh the opinions on a sentence, its turn and document; None = their mean, smoothed over the turn.
    codes : Calibration
        Of the probability of a code.
    any_code : Calibration
        Of the probability that some code applies.
    thresholds : Thresholds
        Set by cross-validation to the targets of `calibration`.
    figures : mapping of str to float
        Cross-validated figures as `calibration.calibrate` gives them.
    """

    experts: tuple[str, ...]
    cues: bool
    chain: Chain
    trees: Trees | None
    codes: Calibration
    any_code: Calibration
    thresholds: Thresholds
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Model:
    """Everything a model tagger has learned.

    Attributes
    ----------
    hash : str
        Content hash of what it was trained from (codebook, examples, encoder, training version).
    codes : tuple of str
        Code ids in state order; state 0 is "none".
    words : WordFeatures
    experts : mapping of str to Expert
        For talk under the name of what they read, for prose under "written." and that name.
    heads : mapping of str to Head
        By name: "hybrid", "model", "lean" (without embeddings) for talk; "written" for prose.
    trained_on : mapping of str to int
        Sentences, coded sentences, examples, dialogues, batches.
    """

    hash: str
    codes: tuple[str, ...]
    words: WordFeatures
    experts: Mapping[str, Expert]
    heads: Mapping[str, Head]
    trained_on: Mapping[str, int]


_TREE_PARTS = ("roots", "feature", "left", "right", "threshold", "value")


def save_model(model: Model, stem: Path) -> None:
    """Write ``<stem>.npz`` and ``<stem>.json``; the same model gives the same bytes.

    Parameters
    ----------
    model : Model
    stem : Path
        Path without suffix; its folder exists.
    """
    arrays: dict[str, npt.NDArray[Any]] = {}
    for name, expert in model.experts.items():
        arrays[f"{name}.weights"] = expert.regression.weights.astype(np.float16)
        arrays[f"{name}.bias"] = expert.regression.bias
        arrays[f"{name}.log_prior"] = expert.log_prior
    for name, head in model.heads.items():
        if head.trees is not None:
            arrays |= {f"{name}.trees.{part}": getattr(head.trees, part) for part in _TREE_PARTS}
    for kind, terms in model.words.terms.items():
        arrays[f"terms.{kind}"] = np.frombuffer("\n".join(terms).encode("utf-8"), dtype=np.uint8)
        arrays[f"idf.{kind}"] = model.words.idf[kind].astype(np.float32)
    packed = BytesIO()
    np.savez_compressed(packed, **arrays)  # type: ignore[arg-type]  # the stub takes bool for the rest
    page = {
        "format": FORMAT,
        "hash": model.hash,
        "sha256": hashlib.sha256(packed.getvalue()).hexdigest(),
        "codes": list(model.codes),
        "trained_on": dict(model.trained_on),
        "experts": {name: list(expert.reads) for name, expert in model.experts.items()},
        "heads": {name: _head_page(head) for name, head in model.heads.items()},
    }
    _npz(stem).write_bytes(packed.getvalue())
    _json(stem).write_text(json.dumps(page, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def _head_page(head: Head) -> dict[str, Any]:
    return {
        "experts": list(head.experts),
        "cues": head.cues,
        "base": None if head.trees is None else head.trees.base,
        "chain": asdict(head.chain),
        "codes": asdict(head.codes),
        "any_code": asdict(head.any_code),
        "thresholds": asdict(head.thresholds),
        "figures": dict(head.figures),
    }


def load_model(stem: Path) -> Model:
    """Read a model and check it.

    Parameters
    ----------
    stem : Path
        Path without suffix.

    Returns
    -------
    Model

    Raises
    ------
    TagError
        If a file is missing, was changed after it was written, or is of a newer format.
    """
    try:
        page = json.loads(_json(stem).read_text(encoding="utf-8"))
        packed = _npz(stem).read_bytes()
    except FileNotFoundError as error:
        missing = Path(str(error.filename)).name
        raise TagError(
            f"The model {stem.name} is not complete: {missing} is missing. Install qualcode again."
        ) from error
    except json.JSONDecodeError as error:
        raise TagError(f"{_json(stem).name}:{error.lineno}: the model's page is not JSON. Train it again.") from error
    if not isinstance(page, dict):
        raise TagError(f"{_json(stem).name}: the model's page is no mapping. Train it again.")
    if page.get("format") not in (1, FORMAT):
        raise TagError(f"The model {stem.name} has format {page.get('format')}; this version reads 1 to {FORMAT}.")
    if hashlib.sha256(packed).hexdigest() != page.get("sha256"):
        raise TagError(f"{_npz(stem).name} was changed after it was trained (sha256 differs). Train it again.")
    try:
        with np.load(BytesIO(packed), allow_pickle=False) as arrays:
            return _from_parts(page, arrays)
    except (KeyError, TypeError, ValueError) as error:
        raise TagError(f"The model {stem.name} lacks a part or holds a foreign one. Train it again.") from error


def _from_parts(page: dict[str, Any], arrays: Any) -> Model:
    terms = {kind: bytes(arrays[f"terms.{kind}"]).decode("utf-8").split("\n") for kind in ("word", "char")}
    if page["format"] == 1:
        # Each head of hybrid.v1 was one expert that read everything, cues included.
        page["experts"] = {name: entry["sees"] for name, entry in page["heads"].items()}
        old = {"base": None}
        page["heads"] = {n: {**e, **old, "experts": [n], "cues": "cues" in e["sees"]} for n, e in page["heads"].items()}
    experts = {
        name: Expert(
            tuple(reads),
            Linear(arrays[f"{name}.weights"].astype(np.float64), arrays[f"{name}.bias"]),
            arrays[f"{name}.log_prior"],
        )
        for name, reads in page["experts"].items()
    }
    return Model(
        hash=page["hash"],
        codes=tuple(page["codes"]),
        words=WordFeatures(terms, {kind: arrays[f"idf.{kind}"] for kind in ("word", "char")}),
        experts=experts,
        heads={name: _head_from_parts(name, entry, arrays) for name, entry in page["heads"].items()},
        trained_on=page["trained_on"],
    )


def _head_from_parts(name: str, entry: dict[str, Any], arrays: Any) -> Head:
    trees = None
    if entry["base"] is not None:
        trees = Trees(**{part: arrays[f"{name}.trees.{part}"] for part in _TREE_PARTS}, base=entry["base"])
    return Head(
        experts=tuple(entry["experts"]),
        cues=entry["cues"],
        chain=Chain(**entry["chain"]),
        trees=trees,
        codes=Calibration(**entry["codes"]),
        any_code=Calibration(**entry["any_code"]),
        thresholds=Thresholds(**entry["thresholds"]),
        figures=entry["figures"],
    )


def _npz(stem: Path) -> Path:
    return stem.with_name(stem.name + ".npz")


def _json(stem: Path) -> Path:
    return stem.with_name(stem.name + ".json")
