"""The studies these tests work on."""

from __future__ import annotations

from pathlib import Path

import pytest

from studies import SmallStudy, make_demo, make_once, make_small_study


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo study, tagged by the shipped tagger; shared by all test processes, so only read it."""
    return make_once(tmp_path_factory, "demo", make_demo)


@pytest.fixture
def study(tmp_path: Path) -> SmallStudy:
    """Three notes about buses, not tagged yet."""
    return make_small_study(tmp_path / "buses")


@pytest.fixture
def tagged(study: SmallStudy) -> SmallStudy:
    study.tag()
    return study
