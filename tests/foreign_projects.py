"""Small projects of other programs, built by hand."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from qualcode.refi import (
    Case,
    Code,
    Coding,
    Note,
    Project,
    Selection,
    Source,
    User,
    Value,
    Variable,
    guid,
    write_project,
)

TEXT = (
    "I: What is hard?\n"
    "R1: There is no money for it. The 🧬 test is too dear, and nobody repays it. We wait for months.\n"
    "I: And η υγεία?\n"
    "R1: Nobody trained our doctors. That is all.\n"
)
ANA, BEN = User(guid("test", "ana"), "Ana"), User(guid("test", "ben"), "Ben")


def code(name: str, **more: Any) -> Code:
    return Code(guid("test code", name), name, **more)


def selection(words: str, *codes: Code | str, user: User | None = ANA, text: str = TEXT, **more: Any) -> Selection:
    """A selection of `words` with codes by one user."""
    start = text.index(words)
    keys = [one if isinstance(one, str) else one.guid for one in codes]
    who = user.guid if user else None
    name = more.pop("name", words)
    return Selection(
        guid("test", words, *keys, str(who)), start, start + len(words), name, user=who,
        codings=tuple(
            Coding(guid("test coding", words, key, str(who)), key, who, "2025-03-01T10:00:00Z") for key in keys
        ),
        **more,
    )  # fmt: skip


MONEY, WAITING, TRAINING = code("Money", description="Nobody pays."), code("Waiting"), code("Training")


def project(*selections: Selection, text: str = TEXT, name: str = "crete/one", **changes: Any) -> Project:
    """One source, two users, three codes in a folder; attributes of a case."""
    source = Source(guid("test source", name), name, text, selections=selections)
    region = Variable(guid("test", "region"), "Region")
    age = Variable(guid("test", "age"), "Age", "Integer")
    case = Case(
        guid("test case", name),
        "R1",
        values=(Value(region.guid, "Crete"), Value(age.guid, "51")),
        sources=(source.guid,),
    )
    given: dict[str, Any] = {
        "name": "Half coded",
        "origin": "NVivo 15",
        "users": (ANA, BEN),
        "codes": (Code(guid("test", "folder"), "Barriers", False, codes=(MONEY, WAITING, TRAINING)),),
        "variables": (region, age),
        "cases": (case,),
        "sources": (source,),
    }
    return Project(**{**given, **changes})


def note(text: str, user: User = ANA) -> Note:
    return Note(guid("test note", text), "Memo", text, user.guid, "2025-03-01T10:00:00Z")


def written(project: Project, folder: Path, name: str = "theirs.qdpx") -> Path:
    """The project as a file."""
    path = folder / name
    path.write_bytes(write_project(project).content)
    return path


def parts_of(path: Path) -> dict[str, bytes]:
    """The entries of a file."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()
