"""Studies for the tests of flow, cli and present: a small one about buses, and the demo, made once a session."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import chdir, closing, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qualcode import flow
from qualcode.cli import app
from qualcode.flow.material import material_hash
from qualcode.store import Filter, Store
from qualcode.study import Study, find_study
from qualcode.tag import find_trained, load_encoder
from qualcode.tag.encoder import text_key

CODEBOOK = """\
id: night_buses
title: What keeps people off the bus
version: 1.0.0
markers: {intensity: [terrible]}
categories:
  - id: money
    name: Money
    definition: Paying for the bus.
    colour: "#1f5fa8"
    codes:
      - id: fares
        number: 1
        name: High fares
        short_definition: The ticket costs too much.
        definition: Passengers cannot or do not want to pay the fare.
        colour: "#2f6fb8"
        cues: [{regex: "costs? too much"}]
        examples:
          typical: [The ticket costs too much.]
          counter: [{text: The driver was friendly., because: praise}]
      - id: funding
        number: 2
        name: No funding
        short_definition: Nobody pays for the line.
        definition: The town or the operator has no money for the line.
        colour: "#4f8fd8"
        cues: [{regex: "no money"}]
  - id: service
    name: Service
    definition: The bus itself.
    colour: "#a85f1f"
    codes:
      - id: delays
        number: 3
        name: Delays
        short_definition: The bus comes late.
        definition: The bus does not come when it should.
        colour: "#b86f2f"
        cues: [{regex: "\\\\blate\\\\b"}, {regex: "slow", weight: 0.6}]
"""

SETTINGS = """\
[study]
title = "Night buses"
codebook = "codebook.yaml"
tagger = "rules.v1"
bootstrap_draws = 100

[regions."Northfield"]
interviews = 3
workshops = 1
groups = { passenger = 2, driver = 1 }

[regions."Southport"]
interviews = 2
"""

DOCUMENTS = """\
file,region,stakeholder_group,kind,date
anna.txt,Northfield,passenger,interview,2025-01-10
ben.txt,Southport,driver,interview,2025-02-11
cleo.txt,Northfield,driver,workshop,2025-03-12
"""

ANNA = """\
Interviewer: Is the bus late?
Anna: The bus is always late in the evening. My garden is fine. The ticket costs too much, it is terrible.
Interviewer: Thank you.
Anna: Goodbye then.
"""
BEN = """\
Interviewer: What is hard?
Ben: The town has no money for a second bus. The road is slow.
Interviewer: And at night?
Ben: At night I sleep.
"""
CLEO = """\
Moderator: Who wants to begin?
Cleo: It came late again, and the ticket costs too much for a family of five.
Dora: We are always late.
Moderator: Cleo?
Cleo: Nothing more.
Dora: Nor I.
"""
NOTES = {"anna.txt": ANNA, "ben.txt": BEN, "cleo.txt": CLEO}


@dataclass(frozen=True)
class SmallStudy:
    """A study folder with three notes about buses, a codebook of three codes, and rules.v1 as its tagger."""

    folder: Path

    @property
    def notes(self) -> Path:
        return self.folder / "notes"

    @property
    def store_path(self) -> Path:
        return self.folder / "qualcode.db"

    @property
    def work(self) -> flow.Workspace:
        study = find_study(self.folder)
        return flow.Workspace(study, study.store_path, study.codebook_path)

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.notes / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def settings(self, more: str) -> None:
        (self.folder / "qualcode.toml").write_text(f"{SETTINGS}\n{more}", encoding="utf-8")

    def codebook(self, old: str, new: str) -> None:
        path = self.folder / "codebook.yaml"
        source = path.read_text(encoding="utf-8")
        assert old in source
        path.write_text(source.replace(old, new), encoding="utf-8")

    def metadata(self, old: str, new: str) -> None:
        path = self.notes / "documents.csv"
        source = path.read_text(encoding="utf-8")
        assert old in source
        path.write_text(source.replace(old, new), encoding="utf-8")

    def tag(self, *paths: Path, **given: Any) -> flow.TagReport:
        return flow.tag_documents(list(paths) or [self.notes], self.work, **given)

    def codings(self, **asked: Any) -> list[tuple[str, str, str]]:
        """(document, code, status) of every current coding."""
        with Store(self.store_path, read_only=True) as store:
            return [(row["document"], row["code"], row["status"]) for row in store.codings(Filter(**asked))]

    def documents(self) -> dict[str, dict[str, Any]]:
        with Store(self.store_path, read_only=True) as store:
            return {row["name"]: row for row in store.document_rows()}


def make_small_study(folder: Path) -> SmallStudy:
    (folder / "notes").mkdir(parents=True)
    study = SmallStudy(folder)
    (folder / "codebook.yaml").write_text(CODEBOOK, encoding="utf-8")
    (folder / "qualcode.toml").write_text(SETTINGS, encoding="utf-8")
    (study.notes / "documents.csv").write_text(DOCUMENTS, encoding="utf-8")
    for name, text in NOTES.items():
        study.write(name, text)
    return study


def dump(store: Path) -> list[str]:
    """Everything a store holds, as SQL."""
    with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True)) as connection:
        return list(connection.iterdump())


def query(store: Path, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(sql, values).fetchall()


def make_once(tmp: pytest.TempPathFactory, name: str, build: Callable[[Path], None], *, seconds: float = 300) -> Path:
    """A folder that the first of all test processes builds while the others wait; read it, do not change it."""
    base = tmp.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done, failed = root / name, root / f"{name}.done", root / f"{name}.failed"
    try:
        (root / f"{name}.begun").touch(exist_ok=False)
    except FileExistsError:
        begin = time.monotonic()
        while not done.exists():
            if failed.exists() or time.monotonic() - begin > seconds:
                pytest.fail(f"{name} could not be made by another test process")
            time.sleep(0.05)
        return folder
    try:
        build(folder)
    except BaseException:
        failed.touch()
        raise
    done.touch()
    return folder


def need_shipped_model() -> None:
    """Fail at once where the shipped model is stale; every test would train its own, for minutes."""
    work = flow.Workspace(Study(), Path("unused.db"))
    if find_trained(material_hash(work.codebook, flow.read_material(None, work.codebook))) is None:
        pytest.fail("The shipped model does not belong to the codebook, its examples and dialogues: run make model")


def make_demo(folder: Path) -> None:
    need_shipped_model()
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
            patch.setenv(variable, str(folder.parent / "cache"))
        said = StringIO()
        with chdir(folder.parent), redirect_stdout(said), redirect_stderr(said), suppress(SystemExit):
            app(["demo"], prog_name="qualcode")
    folder.with_name("qualcode-demo").rename(folder)
    _said_of(folder).write_text(said.getvalue(), encoding="utf-8")
    if (encoder := load_encoder()) is not None:
        known = {text_key(text): row for text, row in encoder._known.items()}
        np.savez(_vectors_of(folder), keys=np.array(list(known), dtype=np.uint64), rows=np.stack(list(known.values())))


def demo_once(tmp: pytest.TempPathFactory) -> Path:
    """The demo study, shared by all test processes: only to be read. No process embeds its sentences again."""
    folder = make_once(tmp, "demo", make_demo)
    if (encoder := load_encoder()) is not None:
        with np.load(_vectors_of(folder)) as kept:
            encoder.shelve(dict(zip(kept["keys"].tolist(), kept["rows"], strict=True)))
    return folder


def demo_said(folder: Path) -> str:
    """What `qualcode demo` printed when it made the demo study in `folder`."""
    return _said_of(folder).read_text(encoding="utf-8")


def _said_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}_said.txt")


def _vectors_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}_vectors.npz")
