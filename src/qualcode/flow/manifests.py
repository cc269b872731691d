"""What a file was made of, so that it can be made again and compared: a command and a store in, a manifest out.

A manifest names no document and no person and holds no clock: the same inputs give the same bytes.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ..version import __version__
from .workspace import Workspace

FORMAT = 1
PACKAGES = ("numpy", "onnxruntime", "pandas", "regex", "scikit-learn", "scipy", "simplemma", "spacy")
"""Those that numbers depend on."""


@dataclass(frozen=True)
class Command:
    """A command as it was typed.

    Attributes
    ----------
    name : str
        Its words behind ``qualcode``.
    options : mapping of str to object
        What was given, by the parameter's name: text, number, truth or a list; of a path its last part alone.
    files : mapping of str to str or None
        SHA-256 of every file that was read beside the store, by its last part; of a folder, that of all it holds;
        None = a pattern.
    """

    name: str
    options: Mapping[str, Any]
    files: Mapping[str, str | None]


def make_manifest(
    work: Workspace, command: Command, written: Mapping[str, Path], *, reads_store: bool = True
) -> dict[str, Any]:
    """Say what files were made of.

    Parameters
    ----------
    work : Workspace
        The store and the settings they were made with.
    command : Command
    written : mapping of str to Path
        The files, by the name the manifest gives them.
    reads_store : bool
        False for a command that reads files alone.

    Returns
    -------
    dict
        What JSON can hold: format, command, outputs (SHA-256 by name), settings, store (as `Store.facts`; None = there
        is none), versions.

    Raises
    ------
    StoreError
        If the store cannot be read.
    """
    from ..store import Store

    facts = None  # a tagger can be evaluated without a store
    if reads_store and work.store_path.exists():
        with Store(work.store_path, read_only=True) as store:
            facts = store.facts()
    settings = work.study.study
    return {
        "format": FORMAT,
        "command": asdict(command),
        "outputs": {name: file_hash(path) for name, path in written.items()},
        "settings": {name: getattr(settings, name) for name in ("seed", "bootstrap_draws", "small_group")},
        "store": facts,
        "versions": _versions(),
    }


def file_hash(path: Path) -> str:
    """SHA-256 of a file; of a folder, one of the names and hashes of all files in it."""
    if not path.is_dir():
        return sha256(path.read_bytes()).hexdigest()
    inside = sorted((one.relative_to(path).as_posix(), file_hash(one)) for one in path.rglob("*") if one.is_file())
    return sha256(repr(inside).encode("utf-8")).hexdigest()


def _versions() -> dict[str, str | None]:
    found: dict[str, str | None] = {"qualcode": __version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    return found
