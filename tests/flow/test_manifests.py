from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from qualcode import flow
from qualcode.flow.manifests import PACKAGES
from studies import SmallStudy, make_small_study

COMMAND = flow.Command("summarize", {"out": "t.csv"}, {})


@pytest.fixture
def study(tmp_path: Path) -> SmallStudy:
    made = make_small_study(tmp_path / "buses")
    made.tag()
    (made.folder / "t.csv").write_bytes(b"a,b\n")
    return made


def made(study: SmallStudy) -> dict[str, object]:
    return flow.make_manifest(study.work, COMMAND, {"t.csv": study.folder / "t.csv"})


def test_it_says_all_that_numbers_depend_on(study: SmallStudy) -> None:
    page = made(study)
    assert set(page) == {"format", "command", "outputs", "settings", "store", "versions"}
    # sha256sum of the four bytes, as any other program gives it
    assert page["outputs"] == {"t.csv": "5be08c9684a1d25efcee09318204824278b08bbfb4aef973ffefd0b9d7478313"}
    assert set(page["versions"]) == {"qualcode", "python", *PACKAGES}  # type: ignore[call-overload]
    assert json.loads(json.dumps(page)) == page


def test_a_copy_of_the_study_and_a_second_machine_have_the_same(study: SmallStudy, tmp_path: Path) -> None:
    copy = SmallStudy(shutil.copytree(study.folder, tmp_path / "copy"))
    other = make_small_study(tmp_path / "other")
    other.tag()
    shutil.copy(study.folder / "t.csv", other.folder)
    assert made(copy) == made(other) == made(study)


def test_there_need_be_no_store(study: SmallStudy) -> None:
    study.store_path.unlink()
    assert made(study)["store"] is None
    assert not study.store_path.exists()


def test_the_hash_of_a_folder_is_that_of_names_and_contents(study: SmallStudy, tmp_path: Path) -> None:
    copy = shutil.copytree(study.notes, tmp_path / "copy")
    assert flow.file_hash(copy) == flow.file_hash(study.notes)
    (copy / "ben.txt").rename(copy / "bert.txt")
    assert flow.file_hash(copy) != flow.file_hash(study.notes)
