"""A browser, studies to review, and the review itself as a process."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from studies import SmallStudy, make_once, make_small_study

from .running import NO_CHROMIUM, Review, Tab, find_chromium, open_browser, open_tab

DORA = """\
Interviewer: How is the road?
Dora: The road is slow. My bus is slow at night. It is so slow that I walk. I like the river.
"""
WAITING = ("The road is slow.", "My bus is slow at night.", "It is so slow that I walk.")


@pytest.fixture(autouse=True)
def _loopback(loopback_only: None) -> None:
    """The review is on 127.0.0.1."""


# Not for the whole session: as long as it is open, no other test of this process can run asyncio.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if (program := find_chromium()) is None:
        pytest.skip(NO_CHROMIUM)
    with open_browser(program) as opened:
        yield opened


def _make_buses(folder: Path) -> None:
    study = make_small_study(folder)
    study.write("dora.txt", DORA)
    study.metadata("cleo.txt,", "dora.txt,Southport,passenger,interview,2025-04-13\ncleo.txt,")
    study.tag()


@pytest.fixture(scope="session")
def tagged_buses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four notes about buses, tagged; only to be copied."""
    return make_once(tmp_path_factory, "buses_to_review", _make_buses)


@pytest.fixture
def buses(tagged_buses: Path, tmp_path: Path) -> SmallStudy:
    """A copy of the notes about buses: seven codings count, three and one wait."""
    shutil.copytree(tagged_buses, tmp_path / "buses")
    return SmallStudy(tmp_path / "buses")


@pytest.fixture
def start() -> Iterator[Callable[..., Review]]:
    """Starts reviews; each must end well."""
    with ExitStack() as stack:

        def started(store: Path, *options: str) -> Review:
            review = Review.start(store, *options)
            stack.callback(review.stop)
            return review

        yield started


@pytest.fixture
def enter(browser: Browser, start: Callable[..., Review]) -> Iterator[Callable[..., Tab]]:
    """Starts a review of a store as Anna, and opens it."""
    with ExitStack() as stack:

        def entered(store: Path, *options: str, **context: Any) -> Tab:
            review = start(store, "--coder", "Anna", *options)
            return stack.enter_context(open_tab(browser, review, **context))

        yield entered


@pytest.fixture
def anna(enter: Callable[..., Tab], buses: SmallStudy) -> Tab:
    """Anna's browser at the notes about buses."""
    return enter(buses.store_path)


@pytest.fixture
def demo(demo_folder: Path, tmp_path: Path) -> Path:
    """A copy of the demo study."""
    return Path(shutil.copytree(demo_folder, tmp_path / "demo"))
