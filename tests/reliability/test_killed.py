"""kill -9 at random moments: a run, an import or a decision is absent or complete, a report is the old or the new."""

from __future__ import annotations

import http.client
import json
import random
import re
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from foreign_projects import MONEY, TRAINING, WAITING, project, selection, written
from reliability.nursery import Child, Nursery
from reliability.states import actions_of, faults_of, has_hot_journal, state_of
from reliability.tally import Tally, tries
from studies import ANNA, SmallStudy, make_small_study, query

KILLS = 50
MORE_NOTES = 8


@pytest.fixture(scope="module")
def ready(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> SmallStudy:
    """A tagged study with notes that are not tagged yet; it is copied, not changed."""
    study = make_small_study(tmp_path_factory.mktemp("killed") / "study")
    assert nursery.run(study.folder, "tag", "notes").status == 0
    for number in range(MORE_NOTES):
        name = f"more{number}.txt"
        study.write(name, "".join(ANNA.replace("Anna", f"Anna {number}{turn}") for turn in range(12)))
        with (study.notes / "documents.csv").open("a", encoding="utf-8") as table:
            table.write(f"{name},Northfield,driver,interview,2025-04-0{number + 1}\n")
    return study


def copied(ready: SmallStudy, folder: Path) -> SmallStudy:
    """The study in a folder of its own."""
    shutil.copytree(ready.folder, folder)
    return SmallStudy(folder)


def moments(seconds: float, count: int) -> Iterator[float]:
    """Seconds after which to kill a command that takes so long, from its start to a little after its end."""
    chance = random.Random(count)
    yield from (chance.uniform(0, 1.1 * seconds) for _ in range(count))


def is_whole(nursery: Nursery, ready: SmallStudy, folder: Path, tally: Tally, *command: str, ends: str) -> None:
    """Kill a command again and again: each time the store is as before or as after; the next start ends the work."""
    whole = copied(ready, folder / "whole")
    before = state_of(whole.store_path)
    begin = time.monotonic()
    said = nursery.run(whole.folder, *command)
    seconds, after = time.monotonic() - begin, state_of(whole.store_path)
    assert (said.status, before != after) == (0, True), said.said
    assert ends in said.said
    for number, moment in enumerate(moments(seconds, tries(KILLS))):
        study = copied(ready, folder / str(number))
        child = nursery.start(study.folder, *command)
        time.sleep(moment)
        child.kill()
        ended = child.wait()
        tally.tried += 1
        hot = has_hot_journal(study.store_path)
        where = f"killed after {moment:.3f} s of {seconds:.3f}"
        found = state_of(study.store_path) if not hot else None  # the program itself is to roll it back
        again = nursery.run(study.folder, *command)
        tally.check_clear(again.status == 0 and "Traceback" not in again.said, f"{where}, then: {again.said}")
        tally.check_clear(not hot or "rolled back" in again.said, f"{where}: nothing said of it: {again.said}")
        tally.check_kept(found in (None, before, after), f"{where}: half of it is stored")
        tally.check_kept(ends not in ended.said or found == after, f"{where}: it had said that it was done")
        tally.check_kept(state_of(study.store_path) == after, f"{where}: the next start does not end the work")
        tally.lost += [f"{where}: {fault}" for fault in faults_of(study.store_path)]
        shutil.rmtree(study.folder)


def test_tag(nursery: Nursery, ready: SmallStudy, tmp_path: Path, tally: Tally) -> None:
    is_whole(nursery, ready, tmp_path, tally, "tag", "notes", ends="Store: qualcode.db")


def test_import(nursery: Nursery, ready: SmallStudy, tmp_path: Path, tally: Tally) -> None:
    texts = [f"I: What is hard?\nR1: There is no money for it, I say {n}. We wait for months.\n" * 9 for n in range(9)]
    first = project(selection("There is no money for it", MONEY, text=texts[0]), text=texts[0], name="theirs/0")
    sources = [
        project(
            selection(f"There is no money for it, I say {n}", MONEY, WAITING, TRAINING, text=text),
            text=text,
            name=f"theirs/{n}",
        ).sources[0]
        for n, text in enumerate(texts)
    ]
    study = copied(ready, tmp_path / "with_project")
    from dataclasses import replace

    written(replace(first, sources=tuple(sources)), study.folder)
    is_whole(nursery, study, tmp_path, tally, "import", "theirs.qdpx", "--own-codebook", ends="theirs")


# --- a report --------------------------------------------------------------------------------------


def test_report(nursery: Nursery, ready: SmallStudy, tmp_path: Path, tally: Tally) -> None:
    study = copied(ready, tmp_path / "study")
    store = study.store_path.read_bytes()
    for number, ending in enumerate(("html", "docx", "xlsx")):
        command, file = ("report", "--cross-regional", "--out", f"all.{ending}"), study.folder / f"all.{ending}"
        begin = time.monotonic()
        assert nursery.run(study.folder, *command).status == 0
        seconds = time.monotonic() - begin
        old = file.read_bytes()
        study.settings(f"[thresholds]\nauto = 0.{2 + number}\nreview = 0.1")
        for moment in moments(seconds, max(1, tries(KILLS) // 3)):
            file.write_bytes(old)
            child = nursery.start(study.folder, *command)
            time.sleep(moment)
            child.kill()
            child.wait()
            tally.tried += 1
            where = f"killed after {moment:.3f} s of {seconds:.3f}"
            tally.check_kept(file.read_bytes() == old or _opens(file), f"{where}: half a report")
            tally.check_kept(study.store_path.read_bytes() == store, f"{where}: the store has changed")
        again = nursery.run(study.folder, *command)
        tally.check_clear(again.status == 0, again.said)


def _opens(file: Path) -> bool:
    if file.suffix == ".html":
        return file.read_text(encoding="utf-8").rstrip().endswith("</html>")
    with zipfile.ZipFile(file) as archive:
        return archive.testzip() is None


# --- the page --------------------------------------------------------------------------------------


class Reviewer:
    """A browser at a `qualcode review` that runs."""

    def __init__(self, child: Child) -> None:
        while not (address := re.search(r"^http://(127\.0\.0\.1:\d+)(/\S+)", child.said(), re.MULTILINE)):
            time.sleep(0.005)
        self.host = address[1]
        self.cookie = ""
        self._ask("GET", address[2])
        found = re.search(r'<meta name="csrf" content="([^"]+)">', self._ask("GET", "/documents"))
        assert found
        self.token = found[1]

    def decide(self, document: str, position: int, code: str, decision: str) -> str | None:
        """Decide; the id under which it is stored."""
        one = {"document_id": document, "position": position, "code": code, "decision": decision}
        answer = json.loads(self._ask("POST", "/decide", {"decisions": [one]}))
        found: str | None = answer["action"]
        return found

    def _ask(self, method: str, target: str, said: object = None) -> str:
        connection = http.client.HTTPConnection(self.host, timeout=20)
        headers = {"Cookie": self.cookie}
        if method == "POST":
            headers |= {"Origin": f"http://{self.host}", "X-Qualcode-Token": self.token}
            headers["Content-Type"] = "application/json"
        connection.request(method, target, None if said is None else json.dumps(said), headers)
        answer = connection.getresponse()
        if cookie := answer.getheader("Set-Cookie"):
            self.cookie = cookie.partition(";")[0]
        text = answer.read().decode()
        connection.close()
        assert answer.status < 400, text
        return text


@contextmanager
def ended_by(child: Child) -> Iterator[Child]:
    """Kill what still runs, whatever happens."""
    try:
        yield child
    finally:
        child.kill()
        child.wait()


@pytest.mark.usefixtures("loopback_only")
def test_review(nursery: Nursery, ready: SmallStudy, tmp_path: Path, tally: Tally) -> None:
    chance = random.Random(7)
    sentences = query(ready.store_path, "SELECT document_id, position FROM segments WHERE is_coded ORDER BY 1, 2")
    for number in range(tries(KILLS)):
        study = copied(ready, tmp_path / str(number))
        child = nursery.start(study.folder, "review", "--no-browser", "--idle", "1", "--coder", "Ana")
        stored: list[str] = []
        with ended_by(child):
            page = Reviewer(child)
            until = time.monotonic() + chance.uniform(0, 0.25)
            killer = _kill_at(child, until)
            try:
                for document, position in sentences * 9:
                    decision = chance.choice(["accept", "reject", "unsure"])
                    stored += filter(None, [page.decide(document, position, "delays", decision)])
            except (OSError, http.client.HTTPException):
                pass  # the page is gone
            killer()
        tally.tried += 1
        store = study.store_path
        again = nursery.run(study.folder, "status")
        tally.check_clear(again.status == 0 and "Traceback" not in again.said, again.said)
        standing = actions_of(store)
        tally.check_kept(set(stored) <= standing, f"{len(set(stored) - standing)} decisions of {len(stored)}")
        tally.check_kept(len(standing) - len(set(stored)) <= 1, "decisions that nobody made")
        empty = "SELECT count(*) FROM actions WHERE action_id NOT IN (SELECT action_id FROM verdicts)"
        tally.check_kept(query(store, empty) == [(0,)], "half a decision")
        tally.lost += faults_of(store)
        shutil.rmtree(study.folder)


def _kill_at(child: Child, moment: float) -> Callable[[], None]:
    """Kill a process at a moment, from a thread; what is returned waits for it."""
    import threading

    thread = threading.Timer(max(0.0, moment - time.monotonic()), child.kill)
    thread.start()
    return thread.join
