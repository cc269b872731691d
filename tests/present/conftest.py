"""The studies these tests work on."""

from __future__ import annotations

from pathlib import Path

import pytest

from studies import SmallStudy, make_small_study


@pytest.fixture(scope="session")
def demo(demo_folder: Path) -> Path:
    """The demo study, tagged by the shipped tagger; shared by all test processes, so only read it."""
    return demo_folder


@pytest.fixture
def study(tmp_path: Path) -> SmallStudy:
    """Three notes about buses, not tagged yet."""
    return make_small_study(tmp_path / "buses")
