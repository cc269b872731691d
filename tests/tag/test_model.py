from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from qualcode.codebook import Codebook
from qualcode.errors import TagError
from qualcode.tag.encoder import Encoder
from qualcode.tag.model import Model, load_model, save_model
from qualcode.tag.model_tagger import ModelTagger
from qualcode.tag.trees import fit_trees

from .builders import said


@pytest.fixture
def stem(gardening_model: Model, tmp_path: Path) -> Path:
    save_model(gardening_model, tmp_path / "m.v1-0")
    return tmp_path / "m.v1-0"


def json_of(stem: Path) -> Path:
    return stem.with_name(stem.name + ".json")


def npz_of(stem: Path) -> Path:
    return stem.with_name(stem.name + ".npz")


def test_a_model_comes_back_as_it_was(gardening_model: Model, stem: Path) -> None:
    loaded = load_model(stem)
    assert (loaded.hash, loaded.codes) == (gardening_model.hash, gardening_model.codes)
    assert loaded.words.terms == gardening_model.words.terms
    assert dict(loaded.trained_on) == dict(gardening_model.trained_on)
    for name, head in gardening_model.heads.items():
        other = loaded.heads[name]
        same = ("experts", "cues", "chain", "codes", "any_code", "thresholds")
        assert all(getattr(other, part) == getattr(head, part) for part in same)
        assert dict(other.figures) == dict(head.figures)
    for name, expert in gardening_model.experts.items():
        again = loaded.experts[name]
        assert again.reads == expert.reads
        assert np.array_equal(again.log_prior, expert.log_prior)
        assert np.array_equal(again.regression.weights, expert.regression.weights)
        assert np.array_equal(again.regression.bias, expert.regression.bias)


def test_scores_are_the_same_before_and_after_saving(
    gardening: Codebook, gardening_model: Model, encoder: Encoder, stem: Path
) -> None:
    transcript = said("We carry cans from the church.", "The tap is shut.", "I like roses.")
    before = ModelTagger(gardening, gardening_model, encoder).score(transcript)
    after = ModelTagger(gardening, load_model(stem), encoder).score(transcript)
    assert before == after


def test_trees_come_back_as_they_were(gardening_model: Model, tmp_path: Path) -> None:
    rows = np.random.default_rng(0).normal(size=(200, 3))
    trees = fit_trees(rows, rows[:, 0] > 0)
    head = replace(gardening_model.heads["hybrid"], trees=trees)
    save_model(replace(gardening_model, heads={"hybrid": head}), tmp_path / "m")
    loaded = load_model(tmp_path / "m").heads["hybrid"].trees
    assert loaded is not None
    assert np.array_equal(loaded.probabilities(rows), trees.probabilities(rows))


def test_saving_twice_gives_the_same_bytes(stem: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    save_model(load_model(stem), again)
    assert npz_of(again).read_bytes() == npz_of(stem).read_bytes()
    assert json_of(again).read_bytes() == json_of(stem).read_bytes()


def test_the_page_is_plain_json(stem: Path) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    page = json.loads(json_of(stem).read_text(encoding="utf-8"), parse_constant=refuse)
    assert page["codes"] == ["tenure", "water", "soil", "volunteers", "neighbours"]
    assert set(page["heads"]) == {"hybrid", "model", "lean"}


@pytest.mark.parametrize("place", [0, 200, -1])
def test_a_changed_array_file_is_refused(stem: Path, place: int) -> None:
    raw = bytearray(npz_of(stem).read_bytes())
    raw[place] ^= 1
    npz_of(stem).write_bytes(raw)
    with pytest.raises(TagError, match=r"m\.v1-0\.npz was changed .* Train it again"):
        load_model(stem)


@pytest.mark.parametrize("suffix", [".npz", ".json"])
def test_a_missing_file_is_named(stem: Path, suffix: str) -> None:
    stem.with_name(stem.name + suffix).unlink()
    with pytest.raises(TagError, match=rf"not complete: m\.v1-0\{suffix} is missing"):
        load_model(stem)


@pytest.mark.parametrize("page", ["{", "[]", "3", '{"format": 1}', '{"format": 99}', "{}"])
def test_a_page_that_is_none_is_refused(stem: Path, page: str) -> None:
    json_of(stem).write_text(page, encoding="utf-8")
    with pytest.raises(TagError):
        load_model(stem)


def test_a_page_without_a_part_is_refused(stem: Path) -> None:
    page = json.loads(json_of(stem).read_text(encoding="utf-8"))
    del page["heads"]["hybrid"]["thresholds"]
    json_of(stem).write_text(json.dumps(page), encoding="utf-8")
    with pytest.raises(TagError, match="lacks a part"):
        load_model(stem)


class _Trap:
    """Unpickling this would run code."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (pytest.fail, ("a pickle was loaded",))


def test_pickled_arrays_are_never_loaded_even_with_a_right_digest(stem: Path) -> None:
    with np.load(npz_of(stem)) as arrays:
        parts = {name: arrays[name] for name in arrays.files}
    trap = np.empty(1, dtype=object)
    trap[0] = _Trap()
    packed = BytesIO()
    np.savez_compressed(packed, **{**parts, "words.log_prior": trap})
    npz_of(stem).write_bytes(packed.getvalue())
    page = json.loads(json_of(stem).read_text(encoding="utf-8"))
    page["sha256"] = hashlib.sha256(packed.getvalue()).hexdigest()
    json_of(stem).write_text(json.dumps(page), encoding="utf-8")
    with pytest.raises(TagError, match="foreign"):
        load_model(stem)
