from __future__ import annotations

import json
from pathlib import Path

import pytest

from qualcode import flow
from qualcode.codebook import Example, read_codebook
from qualcode.errors import CodebookError, SelectionError, TagError
from qualcode.flow.material import Material, read_material
from qualcode.flow.training import some_of
from qualcode.study import find_study
from qualcode.tag import load_encoder
from studies import SmallStudy

GARDENING = Path(__file__).parents[1] / "codebooks" / "community_gardening"


@pytest.fixture
def work(tmp_path: Path) -> flow.Workspace:
    (tmp_path / "qualcode.toml").write_text('[study]\ntitle = "Gardens"\n', encoding="utf-8")
    return flow.Workspace(find_study(tmp_path), tmp_path / "qualcode.db", GARDENING)


def write_own(work: flow.Workspace) -> Path:
    file = work.study.folder / "own.jsonl"
    entries = [
        {"id": f"o-{n}", "text": f"The zeppelin took the beans {n}.", "codes": [1], "kind": "barrier"} for n in range(9)
    ]
    file.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    return file


def test_a_model_is_trained_measured_and_kept_in_the_study(work: flow.Workspace) -> None:
    report = flow.train_codebook(work, curve=True)
    assert report.measured
    assert report.model.startswith("models/hybrid.v2-")
    assert report.counts == dict.fromkeys(("tenure", "water", "soil", "volunteers", "neighbours"), 25)
    assert 0.5 < report.figures["right_first"] <= 1
    assert (work.study.folder / f"{report.model}.json").is_file()
    half, whole, twice = report.curve[-3:]
    assert (whole.examples, twice.examples, twice.expected) == (125, 250, True)
    assert half.examples == 60
    assert twice.right_first >= whole.right_first
    assert report.advice[-1].startswith("Twice as many examples (250) would put the right code first in about")


@pytest.mark.skipif(load_encoder() is None, reason="the embedding weights are not installed")
def test_own_sentences_are_learned_without_measuring_again(work: flow.Workspace) -> None:
    own = write_own(work)
    before = flow.train_codebook(work)
    report = flow.train_codebook(work, add=[own])
    assert (report.added, report.measured) == (9, False)
    assert report.figures == before.figures
    assert report.counts["tenure"] == 34
    said = [("1", "The zeppelin took the beans again.")]
    first, second = (
        flow.try_texts(said, flow.Workspace(work.study, work.store_path, GARDENING, model), kind="interview")[0]
        for model in (before.model, report.model)
    )
    assert second.score.probabilities["tenure"] > first.score.probabilities["tenure"] + 0.1


def test_no_examples_no_model(study: SmallStudy) -> None:
    with pytest.raises(SelectionError, match=r"no examples to train from\. Write examples\.jsonl .* 20 sentences"):
        flow.train_codebook(study.work)


def test_too_few_examples_are_refused_and_nothing_is_written(study: SmallStudy) -> None:
    lines = [{"id": f"e-{n}", "text": f"Late {n}.", "codes": [3], "kind": "barrier"} for n in range(9)]
    (study.folder / "examples.jsonl").write_text("".join(json.dumps(x) + "\n" for x in lines), encoding="utf-8")
    with pytest.raises(TagError, match=r"Too few examples to train a model: fares \(0\), funding \(0\)"):
        flow.train_codebook(study.work)
    assert not (study.folder / "models").exists()


def test_a_missing_file_of_own_sentences_is_refused(work: flow.Workspace) -> None:
    with pytest.raises(CodebookError, match="no such file of examples"):
        flow.train_codebook(work, add=[Path("nowhere.jsonl")])


def test_a_share_of_the_material_keeps_every_code_and_is_the_same_each_time() -> None:
    codebook = read_codebook(GARDENING)
    material = read_material(GARDENING, codebook)
    half = some_of(material, 0.5)
    counts = {n: sum(n in e.codes for e in half.examples) for n in range(1, 6)}
    assert set(counts.values()) == {12}
    assert half == some_of(material, 0.5)
    assert set(some_of(material, 0.25).examples) < set(half.examples)
    assert some_of(material, 1.0) == Material(material.examples, material.dialogues)


def test_a_sentence_decided_twice_counts_as_decided_last() -> None:
    from qualcode.flow.training import _without_clashes

    first, last = (
        Example.model_validate({"id": name, "text": "The same.", "codes": codes, "kind": "barrier"})
        for name, codes in (("a", [1]), ("b", []))
    )
    assert _without_clashes([first, last]) == (last,)
