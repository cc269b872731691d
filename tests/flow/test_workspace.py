from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import pytest

from qualcode import flow
from qualcode.errors import CodebookError, StudyError
from qualcode.model import ALL_ATTRIBUTES
from qualcode.study import find_study
from studies import SmallStudy


def test_settings_are_found_from_a_folder_inside_the_study(study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(study.notes)
    work = flow.open_workspace()
    assert work.study.study.title == "Night buses"
    assert work.store_path.resolve() == study.store_path.resolve()
    assert [code.id for code in work.codebook.codes] == ["fares", "funding", "delays"]


def test_without_settings_the_shipped_codebook_and_a_store_in_the_working_folder_are_used(tmp_path: Path) -> None:
    work = flow.open_workspace()
    assert work.store_path == tmp_path.resolve() / "qualcode.db"
    assert work.codebook_path is None
    assert len(work.codebook.codes) == 17


def test_the_option_wins_over_the_environment_and_that_over_the_settings(
    study: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(study.folder)
    assert flow.open_workspace().store_path.name == "qualcode.db"
    monkeypatch.setenv("QUALCODE_STORE", "from_environment.db")
    assert flow.open_workspace().store_path == Path("from_environment.db")
    assert flow.open_workspace(store=Path("given.db")).store_path == Path("given.db")


def test_a_codebook_is_read_only_when_it_is_needed(study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(study.folder)
    (study.folder / "codebook.yaml").unlink()
    work = flow.open_workspace()
    with pytest.raises(CodebookError, match=r"codebook\.yaml"):
        _ = work.codebook


def test_faulty_settings_are_named_with_their_line(study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    study.settings("[thresholds]\nautomatic = 0.5\n")
    monkeypatch.chdir(study.folder)
    line = (study.folder / "qualcode.toml").read_text(encoding="utf-8").splitlines().index("automatic = 0.5") + 1
    with pytest.raises(StudyError, match=rf"qualcode\.toml:{line}: thresholds\.automatic"):
        flow.open_workspace()


def test_init_lists_every_source_once_with_empty_attributes(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    (folder / "sofia").mkdir(parents=True)
    for name in ("b.txt", "sofia/a, first.md", "picture.png"):
        (folder / name).write_text("Words.", encoding="utf-8")
    report = flow.init_study(folder)
    assert [path.name for path in report.written] == ["qualcode.toml", "documents.csv"]
    assert (report.sources, report.kept) == (2, ())
    with (folder / "documents.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["file"] for row in rows] == ["b.txt", "sofia/a, first.md"]
    assert list(rows[0]) == ["file", *ALL_ATTRIBUTES]
    assert all(not value for row in rows for name, value in row.items() if name != "file")


def test_init_writes_settings_that_are_valid_and_titled(tmp_path: Path) -> None:
    flow.init_study(tmp_path / "x", title='The "night" buses \\ 2025')
    settings = tomllib.loads((tmp_path / "x" / "qualcode.toml").read_text(encoding="utf-8"))
    assert settings["study"]["title"] == 'The "night" buses \\ 2025'
    assert len(find_study(tmp_path / "x").regions) == 10


def test_init_never_overwrites(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "documents.csv").write_text("file,region\na.txt,Here\n", encoding="utf-8")
    (folder / "qualcode.toml").write_text('[study]\ntitle = "Mine"\n', encoding="utf-8")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    report = flow.init_study(folder, title="Other")
    assert report.written == ()
    assert {path.name for path in report.kept} == {"documents.csv", "qualcode.toml"}
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_init_makes_what_is_missing_and_keeps_the_rest(tmp_path: Path) -> None:
    (tmp_path / "documents.csv").write_text("file,region\n", encoding="utf-8")
    report = flow.init_study(tmp_path)
    assert ([p.name for p in report.written], [p.name for p in report.kept]) == (["qualcode.toml"], ["documents.csv"])


def test_what_init_writes_is_understood_by_the_dry_run(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("R1: Nobody pays for it.", encoding="utf-8")
    flow.init_study(tmp_path)
    study = find_study(tmp_path)
    report = flow.preview_documents([tmp_path], flow.Workspace(study, study.store_path), flow.ReadOptions())
    assert [p.transcript.document.name for p in report.previews] == ["a.txt"]
    assert report.problems == ()


def test_init_keeps_attributes_that_lie_beside_the_notes(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.txt").write_text("I: Well?\nR: It is late.\n", encoding="utf-8")
    (notes / "documents.csv").write_text("file,region\na.txt,Crete\n", encoding="utf-8")
    report = flow.init_study(tmp_path)
    assert [path.name for path in report.written] == ["qualcode.toml"]
    assert [path.resolve() for path in report.kept] == [(notes / "documents.csv").resolve()]
    assert not (tmp_path / "documents.csv").exists()
