"""The power goes after any call to the disk: the store opens, is sound, and is as before the step or after it."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from qualcode.review import Decision, Place
from qualcode.store import Store
from reliability.states import faults_of, state_of
from reliability.tally import IN_FULL, Tally
from store.builders import LATER, RUN, codebook, coding, tagged, two_documents

pytest.importorskip("apsw", reason="apsw is not installed")

from reliability.power import LOSSES, NotedConnection, left_after, noted, run_again

SCHEDULES = 200


@contextmanager
def noting(path: Path) -> Iterator[tuple[Store, NotedConnection]]:
    """A store whose statements are noted."""
    with Store(path) as store:
        own, store._connection = store._connection, noted(path)
        try:
            yield store, store._connection
        finally:
            store._connection.close()
            store._connection = own


def work(store: Store) -> Iterator[None]:
    """What people do with a store; each step is one transaction."""
    items = two_documents()
    store.save_run(LATER, codebook("1.1.0"), [tagged("crete/three.txt", [coding(1, "money")])])
    yield
    place = Place(items[0].transcript.document_id, 1)
    action = store.verdicts.decide("Ana", [Decision(place, "money", "reject"), Decision(place, "travel", "add")])
    yield
    assert action
    store.verdicts.decide("Ben", [Decision(place, "money", "accept")], looked=[place], kind="bulk")
    yield
    store.verdicts.undo(action)
    yield
    store.save_run(RUN, codebook(), [tagged("crete/one.txt", [coding(n, "price") for n in (1, 2, 3)])])
    yield


def test_power_cut(tmp_path: Path, tally: Tally) -> None:
    path = tmp_path / "qualcode.db"
    with Store(path, create=True) as store:
        store.save_run(RUN, codebook(), two_documents())
    again = tmp_path / "again" / "qualcode.db"
    again.parent.mkdir()
    shutil.copy(path, again)
    before = path.read_bytes()
    with noting(path) as (store, connection):
        states = [state_of(path), *(state_of(path) for _ in work(store))]
        said = list(connection.said)
    assert len({tuple(state) for state in states}) == len(states)
    calls, ends = run_again(again, said)
    # The other SQLite has made the same store of the same statements.
    assert (len(ends), state_of(again)) == (len(states) - 1, states[-1])
    assert {call.what for call in calls} == {"create", "write", "sync", "delete"}
    chance, folder = random.Random(1), tmp_path / "left"
    cuts = [(cut, loss) for cut in range(len(calls) + 1) for loss in LOSSES]
    assert len(cuts) >= SCHEDULES
    for cut, loss in cuts if IN_FULL else chance.sample(cuts, SCHEDULES // 5):
        folder.mkdir()
        for name, content in left_after(calls[:cut], {path.name: before}, loss, chance).items():
            (folder / name).write_bytes(content)
        tally.tried += 1
        where = f"{loss}, {cut} of {len(calls)} calls"
        try:
            with Store(folder / path.name) as store:
                store.codings()
        except Exception as error:
            tally.check_kept(False, f"{where}: {error}")
        done = sum(end <= cut for end in ends)
        found = state_of(folder / path.name)
        tally.check_kept(found in states[done : done + 2], f"{where}: is not as before or after step {done + 1}")
        tally.lost += [f"{where}: {fault}" for fault in faults_of(folder / path.name)]
        shutil.rmtree(folder)


def test_a_disk_that_forgets_what_was_synced_is_noticed(tmp_path: Path) -> None:
    """The test above would see a fault: of a disk that does not keep what it says to have kept."""
    path = tmp_path / "qualcode.db"
    with Store(path, create=True) as store:
        store.save_run(RUN, codebook(), two_documents())
    before = path.read_bytes()
    with noting(path) as (store, connection):
        steps = work(store)
        next(steps)
        said = list(connection.said)
    after = state_of(path)
    path.write_bytes(before)
    calls, _ = run_again(path, said)
    forgotten = [call for call in calls if call.what != "sync" and not call.file.endswith("-journal")]
    path.write_bytes(left_after(forgotten, {path.name: before}, "torn", random.Random(2))[path.name])
    assert faults_of(path) or state_of(path) != after
