"""The study a command works in: settings, store, codebook; and making a new one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from ..codebook import Codebook, read_codebook, read_facets
from ..model import ALL_ATTRIBUTES
from ..study import STUDY_FILE, Study, find_study, template

METADATA_FILE = "documents.csv"
"""Attributes by file, beside the sources."""


@dataclass(frozen=True)
class Workspace:
    """What a command works with: the study's settings, with what the command line overrides.

    Attributes
    ----------
    study : Study
    store_path : Path
        The SQLite file.
    codebook_path : Path or None
        None = the shipped codebook.
    model : str or None
        Name or path of a trained model to use; None = the codebook's own.
    """

    study: Study
    store_path: Path
    codebook_path: Path | None = None
    model: str | None = None

    @cached_property
    def codebook(self) -> Codebook:
        """The codebook, read and checked."""
        return read_codebook(self.codebook_path)

    @cached_property
    def facets(self) -> Codebook | None:
        """The facets beside the codebook, read and checked; None where it has none."""
        return read_facets(self.codebook_path, self.codebook)


def open_workspace(*, store: Path | None = None, codebook: Path | None = None, model: str | None = None) -> Workspace:
    """Settings of the working folder; arguments win over ``QUALCODE_STORE``, that over ``qualcode.toml``.

    Parameters
    ----------
    store, codebook : Path or None
    model : str or None

    Returns
    -------
    Workspace
    """
    study = find_study()
    named = os.environ.get("QUALCODE_STORE")
    store_path = store or (Path(named) if named else study.store_path)
    return Workspace(study, store_path, codebook or study.codebook_path, model or study.study.model)


@dataclass(frozen=True)
class InitReport:
    """What `init_study` made."""

    written: tuple[Path, ...]
    sources: int
    kept: tuple[Path, ...]


def init_study(folder: Path, *, title: str | None = None) -> InitReport:
    """Make ``qualcode.toml``, and ``documents.csv`` with a row for every source found.

    Parameters
    ----------
    folder : Path
        Made if it does not exist.
    title : str or None
        None = the folder's name.

    Returns
    -------
    InitReport
        Files that were there already are kept and listed.
    """
    from ..read import find_sources

    folder.mkdir(parents=True, exist_ok=True)
    sources = find_sources([folder]).files
    # Where the notes have their attributes beside them, a second file above would never be read.
    metadata = sorted(folder.rglob(METADATA_FILE)) or [folder / METADATA_FILE]
    header = ",".join(("file", *ALL_ATTRIBUTES))
    rows = "".join(f"{_quoted(source.name)}{',' * len(ALL_ATTRIBUTES)}\n" for source in sources)
    wanted = {
        folder / STUDY_FILE: template(title=title or folder.resolve().name, today=datetime.now(UTC).date()),
        **dict.fromkeys(metadata, f"{header}\n{rows}"),
    }
    kept = tuple(path for path in wanted if path.exists())
    written = tuple(path for path in wanted if path not in kept)
    for path in written:
        path.write_text(wanted[path], encoding="utf-8", newline="\n")
    return InitReport(written, len(sources), kept)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if any(c in name for c in ',";\n') else name
