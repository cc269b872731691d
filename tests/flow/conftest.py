"""The studies these tests work on."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualcode.flow import ProjectExport, Workspace, export_project, open_workspace
from studies import SmallStudy, make_small_study

from .exported_study import decided


@pytest.fixture(scope="session")
def demo(demo_folder: Path) -> Path:
    """The demo study, tagged by the shipped tagger; shared by all test processes, so only read it."""
    return demo_folder


@pytest.fixture
def study(tmp_path: Path) -> SmallStudy:
    """Three notes about buses, not tagged yet."""
    return make_small_study(tmp_path / "buses")


@pytest.fixture
def tagged(study: SmallStudy) -> SmallStudy:
    study.tag()
    return study


@pytest.fixture(scope="session")
def decided_work(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    path = tmp_path_factory.mktemp("export") / "study.db"
    path.write_bytes((demo / "qualcode.db").read_bytes())
    return decided(open_workspace(store=path))


@pytest.fixture(scope="session")
def exported(decided_work: Workspace) -> ProjectExport:
    return export_project(decided_work)
