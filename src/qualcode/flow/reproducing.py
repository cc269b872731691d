"""Two manifests in, what differs between the inputs of the two files out; what they hold is compared in `present`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from ..errors import ReadError
from .manifests import FORMAT

COMMANDS = (
    *("agreement", "codings", "combine", "compare", "evaluate", "export", "figures", "quotes", "report", "search"),
    "summarize",
)
"""They read a store and write files; no manifest can start another one."""

MAX_MANIFEST = 64 << 20
"""Bytes; a manifest of 100,000 documents has 40 MB."""


def _plain(name: str) -> str:
    if name in ("", ".", "..") or PureWindowsPath(name).name != name:
        raise ValueError(f'"{name}" must be the name of a file without folders')
    return name


def _known(name: str) -> str:
    if name not in COMMANDS:
        raise ValueError(f'"{name}" is no command that makes tables. Commands: {", ".join(COMMANDS)}')
    return name


Name = Annotated[str, AfterValidator(_plain)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class RecordedCommand(_Part):
    """A command of a manifest, as `qualcode.flow.Command`."""

    name: Annotated[str, AfterValidator(_known)]
    options: dict[str, Any]
    files: dict[Name, str | None]


class Manifest(_Part):
    """A manifest that was read; its parts are as `make_manifest` gives them."""

    format: int
    command: RecordedCommand
    outputs: dict[Name, str]
    settings: dict[str, Any]
    store: dict[str, Any] | None
    versions: dict[str, str | None]


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Manifest

    Raises
    ------
    ReadError
        If there is none, it is none, it is of a newer qualcode, or names folders or a command that changes a store.
    """
    try:
        if path.stat().st_size > MAX_MANIFEST:
            raise ReadError(f"{path}: larger than {MAX_MANIFEST >> 20} MiB, so it is no manifest.")
        manifest = Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ReadError(f"{path}: cannot be read ({error.strerror}). Give the file FILE.manifest.json.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        said = f"{where}: {first['msg']}" if where else first["msg"]
        raise ReadError(f"{path}: is no manifest of qualcode ({said}). Give the file FILE.manifest.json.") from error
    if manifest.format != FORMAT:
        raise ReadError(f"{path}: has format {manifest.format}; this version reads {FORMAT}. Update qualcode.")
    return manifest


@dataclass(frozen=True)
class Difference:
    """One input that is not as it was.

    Attributes
    ----------
    about : str
        documents, codebook, runs, codings, facets, decisions, audit, schema, settings, files or versions.
    what : str
        Which one, and how it differs: missing, added or changed.
    before, after : str
        "" = not there.
    """

    about: str
    what: str
    before: str
    after: str


def differences(before: Manifest, after: Manifest) -> tuple[Difference, ...]:
    """What two files were made of that is not the same.

    Parameters
    ----------
    before, after : Manifest

    Returns
    -------
    tuple of Difference
        Empty where both files were made of the same.
    """
    old, new = before.store or {}, after.store or {}
    found = [
        *_entries("documents", old.get("documents", {}), new.get("documents", {})),
        *_entries("codebook", _labelled(old.get("codebook")), _labelled(new.get("codebook"))),
        *_entries("runs", old.get("runs", {}), new.get("runs", {})),
    ]
    for about in ("codings", "facets", "decisions", "audit"):
        found += _counted(about, old.get(about), new.get(about))
    found += _entries("schema", {"store": old.get("schema")}, {"store": new.get("schema")})
    for about in ("settings", "versions"):
        found += _entries(about, getattr(before, about), getattr(after, about))
    return (*found, *_entries("files", before.command.files, after.command.files))


def _labelled(codebook: Mapping[str, Any] | None) -> dict[str, Any]:
    return {} if codebook is None else {str(codebook.get("id")): codebook}


def _entries(about: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for name in sorted({*old, *new}):
        if name not in new:
            yield Difference(about, f"{name} missing", _short(old[name]), "")
        elif name not in old:
            yield Difference(about, f"{name} added", "", _short(new[name]))
        elif old[name] != new[name]:
            yield from _changed(about, name, old[name], new[name])


def _changed(about: str, name: str, old: Any, new: Any) -> Iterator[Difference]:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        yield Difference(about, f"{name} changed", _short(old), _short(new))
        return
    for part in sorted({*old, *new}):
        if old.get(part) != new.get(part):
            yield Difference(about, f"{name} changed: {part}", _short(old.get(part)), _short(new.get(part)))


def _counted(about: str, old: Any, new: Any) -> Iterator[Difference]:
    if old != new:
        count = [thing.get("count") if isinstance(thing, dict) else None for thing in (old, new)]
        yield Difference(about, "changed", _short(count[0]), _short(count[1]))


_DIGITS = 12


def _short(value: Any) -> str:
    """A value for people: a hash by its first digits, an entry of several parts by the one that tells most."""
    if value is None:
        return ""
    if isinstance(value, dict):
        value = value.get("text") or value.get("tagger") or value.get("hash") or json.dumps(value, sort_keys=True)
    text = str(value)
    kind, colon, digits = text.rpartition(":")
    is_hash = len(digits) >= 32 and all(digit in "0123456789abcdef" for digit in digits)
    return f"{kind}{colon}{digits[:_DIGITS]}" if is_hash else text
