from __future__ import annotations

import json
import shutil
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from qualcode.codebook import Codebook, facets_file, read_codebook, read_examples
from qualcode.errors import TagError
from qualcode.flow.material import material_hash, read_material
from qualcode.tag import library
from qualcode.tag.encoder import Encoder, find_model
from qualcode.tag.library import (
    SHIPPED_HASHES,
    SHIPPED_MODELS,
    cache_folder,
    find_named,
    find_trained,
    keep_trained,
    load_trained,
    model_stem,
    write_hashes,
)
from qualcode.tag.model import Model


def test_the_shipped_model_belongs_to_the_shipped_codebook_and_its_examples(
    shipped: Codebook, shipped_model: Model
) -> None:
    assert shipped_model.codes == tuple(code.id for code in shipped.codes)
    found = find_trained(shipped_model.hash)
    assert found is not None
    assert load_trained(found)[0].hash == shipped_model.hash


def test_the_shipped_model_is_whole(shipped_model: Model) -> None:
    assert set(shipped_model.heads) == {"hybrid", "model", "lean", "written"}
    assert shipped_model.trained_on["dialogues"] > 0
    for name, head in shipped_model.heads.items():
        assert 0 < head.thresholds.review <= head.thresholds.auto < 1, name
        assert head.codes.slope > 0, name
        assert head.trees is not None, name
    for name, expert in shipped_model.experts.items():
        assert np.isfinite(expert.regression.weights).all(), name
        assert expert.regression.weights.shape[0] == 18, name
        assert np.exp(expert.log_prior).sum() == pytest.approx(1), name


def test_models_of_the_codebook_and_its_facets_are_shipped_with_the_embeddings_of_their_examples(
    shipped: Codebook,
) -> None:
    names = sorted(path.name for path in SHIPPED_MODELS.iterdir())
    stems = [name.removesuffix(".json") for name in names if name.endswith(".json")]
    assert [stem.partition("-")[0] for stem in stems] == ["hybrid.v1", "hybrid.v2", "hybrid.v2"]
    assert names == sorted(
        [f"{stem}{suffix}" for stem in stems for suffix in (".json", ".npz")]
        + [f"{stem}.vectors.npz" for stem in stems[1:]]
    )
    for path, codebook in ((None, shipped), (facets_file(), read_codebook(facets_file()))):
        found = find_trained(material_hash(codebook, read_material(path, codebook)))
        assert found is not None
        assert found.name in stems


def test_embeddings_kept_beside_a_model_are_those_the_encoder_gives(encoder: Encoder, shipped_model: Model) -> None:
    stem = find_trained(shipped_model.hash)
    assert stem is not None
    vectors = load_trained(stem)[1]
    texts = [example.text for example in read_examples(None, read_codebook())[::400]]
    file = find_model()
    assert file is not None
    fresh = Encoder(file).vectors_of(texts)
    # Bytes, so that another processor's rounding may differ by one.
    assert max(np.abs(vectors[key].astype(int) - row).max() for key, row in fresh.items()) <= 1


def test_a_model_is_found_by_path_or_by_the_name_it_ships_under(gardening_model: Model, tmp_path: Path) -> None:
    stem = keep_trained(gardening_model, {}, tmp_path / "models")
    assert find_named(f"models/{stem.name}", tmp_path) == stem
    assert find_named(f"models/{stem.name}.json", tmp_path) == stem
    assert find_named("hybrid.v1-7e4e45813f9b8e61", tmp_path).parent == SHIPPED_MODELS
    with pytest.raises(TagError, match=r'There is no model "models/x" in .* or among the shipped ones \(hybrid\.v1-'):
        find_named("models/x", tmp_path)


def test_embeddings_that_are_missing_or_broken_are_left_to_be_computed_again(
    gardening_model: Model, tmp_path: Path
) -> None:
    stem = keep_trained(gardening_model, {7: np.ones(384, dtype=np.int8)}, tmp_path)
    file = stem.with_name(stem.name + ".vectors.npz")
    assert list(load_trained(stem)[1]) == [7]
    file.write_bytes(file.read_bytes()[:50])
    assert load_trained(stem)[1] == {}
    file.unlink()
    assert load_trained(stem)[1] == {}


def test_the_cache_lies_in_the_users_folder_and_is_made_on_keeping(gardening_model: Model, tmp_path: Path) -> None:
    folder = cache_folder()
    assert folder.is_relative_to(tmp_path.parent)
    assert not folder.exists()
    assert find_trained(gardening_model.hash) is None
    stem = keep_trained(gardening_model, {})
    assert stem.parent == folder
    assert find_trained(gardening_model.hash) == stem
    assert load_trained(stem)[0].codes == gardening_model.codes


def test_a_model_is_found_by_its_hash_alone(gardening_model: Model) -> None:
    keep_trained(gardening_model, {})
    assert find_trained("b2:" + "0" * 32) is None
    other = replace(gardening_model, hash="b2:" + "1" * 32)
    assert keep_trained(other, {}) != keep_trained(gardening_model, {})


def test_a_changed_model_in_the_cache_is_refused(gardening_model: Model) -> None:
    stem = keep_trained(gardening_model, {})
    stem.with_name(stem.name + ".npz").write_bytes(b"x")
    with pytest.raises(TagError, match="was changed"):
        load_trained(stem)


def test_the_file_name_holds_the_tagger_and_the_hash(tmp_path: Path) -> None:
    assert model_stem("b2:0123456789abcdef0000", tmp_path) == tmp_path / "hybrid.v2-0123456789abcdef"


# --- poisoned models ---------------------------------------------------------------------------

FACETS = "hybrid.v2-2ff7ac6b3d14a726"
"""The smallest shipped model."""


def test_every_shipped_file_is_pinned(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(library, "SHIPPED_HASHES", tmp_path / "again")
    write_hashes()
    assert (tmp_path / "again").read_bytes() == SHIPPED_HASHES.read_bytes()


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The shipped models in an installation that somebody can write to."""
    folder = tmp_path / "models"
    folder.mkdir()
    for file in SHIPPED_MODELS.glob(f"{FACETS}*"):
        shutil.copy(file, folder)
    monkeypatch.setattr(library, "SHIPPED_MODELS", folder)
    return folder / FACETS


def beside(stem: Path, suffix: str) -> Path:
    return stem.with_name(stem.name + suffix)


def test_shipped_models_are_loaded_as_they_are(installed: Path) -> None:
    model, vectors = load_trained(installed)
    assert model.hash.startswith("b2:2ff7ac6b3d14a726")
    assert vectors


def test_a_page_that_lowers_a_threshold_is_refused(installed: Path) -> None:
    file = beside(installed, ".json")
    page = json.loads(file.read_text(encoding="utf-8"))
    page["heads"]["hybrid"]["thresholds"]["auto"] = 0.01
    file.write_text(json.dumps(page), encoding="utf-8")
    with pytest.raises(TagError, match=r"2ff7ac6b3d14a726\.json is not the file that this version ships"):
        load_trained(installed)


def test_swapped_weights_are_refused_even_where_their_page_agrees(installed: Path) -> None:
    with np.load(beside(installed, ".npz")) as arrays:
        parts = {name: arrays[name] * 0 if name.endswith("weights") else arrays[name] for name in arrays.files}
    packed = BytesIO()
    np.savez_compressed(packed, **parts)
    beside(installed, ".npz").write_bytes(packed.getvalue())
    page = json.loads(beside(installed, ".json").read_text(encoding="utf-8"))
    page["sha256"] = sha256(packed.getvalue()).hexdigest()
    beside(installed, ".json").write_text(json.dumps(page), encoding="utf-8")
    with pytest.raises(TagError, match="is not the file that this version ships"):
        load_trained(installed)


def test_embeddings_of_other_sentences_are_refused(installed: Path) -> None:
    file = beside(installed, ".vectors.npz")
    with np.load(file) as arrays:
        keys, rows = arrays["keys"], arrays["rows"]
    np.savez(file, keys=keys, rows=rows[::-1])
    with pytest.raises(TagError, match=r"vectors\.npz is not the file that this version ships"):
        load_trained(installed)


class _Order:
    """A pickle that would make a file of its own when it is loaded."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[object, tuple[str, ...]]:
        return (open, (str(self.file), "w"))


@pytest.mark.parametrize("suffix", [".npz", ".vectors.npz"])
@pytest.mark.parametrize("is_shipped", [True, False])
def test_a_pickle_in_place_of_arrays_runs_nothing(
    installed: Path, gardening_model: Model, tmp_path: Path, suffix: str, *, is_shipped: bool
) -> None:
    stem = installed if is_shipped else keep_trained(gardening_model, {}, tmp_path)
    order = np.empty(1, dtype=object)
    order[0] = _Order(tmp_path / "was_run")
    packed = BytesIO()
    np.savez(packed, keys=order, rows=order)
    beside(stem, suffix).write_bytes(packed.getvalue())
    if is_shipped or suffix == ".npz":
        with pytest.raises(TagError):
            load_trained(stem)
    else:
        assert load_trained(stem)[1] == {}
    assert not (tmp_path / "was_run").exists()
