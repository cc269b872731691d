from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reliability.nursery import Nursery
from reliability.tally import Tally
from studies import SmallStudy, make_small_study


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Iterator[Tally]:
    """Counts of this test; nothing may be lost and no error unclear. ``measure.py`` reads them."""
    counted = Tally()
    yield counted
    for name, count in (("tries", counted.tried), ("lost", len(counted.lost)), ("unclear", len(counted.unclear))):
        record_property(name, count)
    assert counted.tried
    assert not counted.lost, "\n".join(counted.lost[:20])
    assert not counted.unclear, "\n".join(counted.unclear[:20])


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Runs the program in processes that start at once and can be killed."""
    if not Nursery.works_here():
        pytest.skip("this system cannot fork processes")
    with Nursery() as started:
        yield started


@pytest.fixture
def study(tmp_path: Path) -> SmallStudy:
    """The small study about buses, not tagged."""
    return make_small_study(tmp_path / "study")
