from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qualcode.codebook import Codebook
from qualcode.errors import TagError
from qualcode.tag.library import SHIPPED_MODELS, cache_folder, find_trained, keep_trained, model_stem
from qualcode.tag.model import Model


def test_the_shipped_model_belongs_to_the_shipped_codebook_and_its_examples(
    shipped: Codebook, shipped_model: Model
) -> None:
    assert shipped_model.codes == tuple(code.id for code in shipped.codes)
    found = find_trained(shipped_model.hash)
    assert found is not None
    assert found.hash == shipped_model.hash


def test_the_shipped_model_is_whole(shipped_model: Model) -> None:
    assert set(shipped_model.heads) == {"hybrid", "model", "lean", "written"}
    assert shipped_model.trained_on["dialogue_answers"] > 0
    for name, head in shipped_model.heads.items():
        assert 0 < head.thresholds.review <= head.thresholds.auto < 1, name
        assert np.isfinite(head.regression.weights).all(), name
        assert head.regression.weights.shape[0] == 18, name
        assert np.exp(head.log_prior).sum() == pytest.approx(1), name
        assert head.codes.slope > 0, name


def test_one_model_is_shipped() -> None:
    assert sorted(path.suffix for path in SHIPPED_MODELS.iterdir()) == [".json", ".npz"]
    assert len({path.stem for path in SHIPPED_MODELS.iterdir()}) == 1


def test_the_cache_lies_in_the_users_folder_and_is_made_on_keeping(gardening_model: Model, tmp_path: Path) -> None:
    folder = cache_folder()
    assert folder.is_relative_to(tmp_path.parent)
    assert not folder.exists()
    assert find_trained(gardening_model.hash) is None
    stem = keep_trained(gardening_model)
    assert stem.parent == folder
    found = find_trained(gardening_model.hash)
    assert found is not None
    assert found.codes == gardening_model.codes


def test_a_model_is_found_by_its_hash_alone(gardening_model: Model) -> None:
    keep_trained(gardening_model)
    assert find_trained("b2:" + "0" * 32) is None
    other = replace(gardening_model, hash="b2:" + "1" * 32)
    assert keep_trained(other) != keep_trained(gardening_model)


def test_a_changed_model_in_the_cache_is_refused(gardening_model: Model) -> None:
    stem = keep_trained(gardening_model)
    stem.with_name(stem.name + ".npz").write_bytes(b"x")
    with pytest.raises(TagError, match="was changed"):
        find_trained(gardening_model.hash)


def test_the_file_name_holds_the_tagger_and_the_hash(tmp_path: Path) -> None:
    assert model_stem("b2:0123456789abcdef0000", tmp_path) == tmp_path / "hybrid.v1-0123456789abcdef"
