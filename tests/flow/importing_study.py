"""A project of one interview, coded by two people, and a small study that takes it in."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from foreign_projects import BEN, MONEY, TRAINING, WAITING, project, selection
from qualcode.flow import ImportOptions, ProjectImport, Workspace, import_project, open_workspace
from qualcode.store import Filter, Store
from studies import CODEBOOK

FIRST = selection("There is no money for it.", MONEY)
INSIDE = selection("nobody repays it", MONEY, WAITING, user=BEN)
ACROSS = selection("We wait for months.\nI: And η υγεία?\nR1: Nobody trained our doctors.", TRAINING)
QUESTION = selection("What is hard?", WAITING)
PROJECT = project(FIRST, INSIDE, ACROSS, QUESTION)


def at(folder: Path) -> Workspace:
    """A study with a small codebook, which is read quickly."""
    codebook = folder / "codebook.yaml"
    codebook.write_text(CODEBOOK, encoding="utf-8")
    return open_workspace(store=folder / "study.db", codebook=codebook)


def taken(path: Path, **options: Any) -> ProjectImport:
    return import_project(at(path.parent), path, ImportOptions(**options))


def dump(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "study.db")) as connection:
        return [line for line in connection.iterdump() if "segments_fts" not in line]


def counted(folder: Path, **asked: Any) -> set[tuple[str, str]]:
    with Store(folder / "study.db", read_only=True) as store:
        return {(row["code"], row["text"]) for row in store.codings(Filter(**asked))}
