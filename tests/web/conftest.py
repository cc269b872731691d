"""Real stores and real desks for the tests of the review page."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from qualcode import flow
from qualcode.web.app import create_app
from studies import SmallStudy, make_small_study

from .visitor import PORT, Visitor


@pytest.fixture(autouse=True)
def _loopback(loopback_only: None) -> None:
    """asyncio wakes itself through a socket where there are no pipes for that."""


@pytest.fixture(scope="session")
def _tagged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make_small_study(tmp_path_factory.mktemp("web") / "buses")
    made.tag()
    return made.folder


@pytest.fixture
def study(_tagged: Path, tmp_path: Path) -> SmallStudy:
    """Three notes about buses, tagged."""
    return SmallStudy(Path(shutil.copytree(_tagged, tmp_path / "buses")))


@pytest.fixture
def desk(study: SmallStudy) -> flow.ReviewDesk:
    return flow.ReviewDesk(study.work, "Anna")


@pytest.fixture
def anna(desk: flow.ReviewDesk) -> Visitor:
    """Anna, at the page."""
    return Visitor(create_app(desk, port=PORT))
