"""Whether a store is whole and its codings are up to date; and mending what can be mended without losing anything."""

from __future__ import annotations

import hashlib
import os
import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import QualcodeError, QualcodeWarning
from .material import material_hash, read_material
from .models import make_tagger
from .workspace import Workspace

if TYPE_CHECKING:
    from ..store import Examination, Finding, Row

MOST_FILES = 20_000
"""So many files beside the study are looked through for its sources."""


@dataclass(frozen=True)
class DoctorReport:
    """What was found.

    Attributes
    ----------
    findings : tuple of Finding
        As it is now, after mending.
    done : tuple of str
        What was mended, one sentence each.
    """

    findings: tuple[Finding, ...]
    done: tuple[str, ...] = ()

    @property
    def is_healthy(self) -> bool:
        """No fault; there may be warnings."""
        return not any(finding.state == "fault" for finding in self.findings)


def doctor(work: Workspace, *, fix: bool = False) -> DoctorReport:
    """Check the store, its codings, what lies beside it; nothing is changed unless asked for.

    Parameters
    ----------
    work : Workspace
    fix : bool
        Mend what can be mended without losing anything, after a backup.

    Returns
    -------
    DoctorReport

    Raises
    ------
    StoreError
        If there is no store, or it is in use; with `fix`, if it may not be written.
    """
    from ..store import examine, mend

    found = examine(work.store_path)
    done: list[str] = []
    if fix and any(finding.mends for finding in found.findings):
        done = mend(work.store_path, found.findings)
        found = examine(work.store_path)
    return DoctorReport((*found.findings, *_up_to_date(work, found)), tuple(done))


def _up_to_date(work: Workspace, found: Examination) -> Iterator[Finding]:
    """Whether the codings are what the study's codebook, tagger and files would make now."""
    from ..store import Finding

    if not found.sources:
        return  # there is nothing, or it cannot be read
    try:
        yield from _codings(work, [run for run in found.runs if run["coder_kind"] != "human"])
    except QualcodeError as error:
        what, _, advice = str(error).rpartition(". ")
        yield Finding("codings", "fault", f"The study's codebook or model cannot be used: {what}.", advice)
    if found.is_pseudonymised:
        yield Finding("sources", "ok", "The store is pseudonymised, so its files are not compared: they hold names.")
    else:
        yield from _sources(work.study.folder, found.sources)


# --- codings -----------------------------------------------------------------------------------


def _codings(work: Workspace, runs: Sequence[Row]) -> Iterator[Finding]:
    from ..store import Finding

    book = work.codebook
    stale = [run for run in runs if run["codebook_id"] != book.hash]
    for run in stale:
        found = f"{run['documents']:,} document(s) were tagged with codebook {run['name']} {run['version']}"
        yield Finding("codings", "warning", f"{found}, another than the study's {book.id} {book.version}.", _RETAG)
    others = [run for run in runs if run["codebook_id"] == book.hash]
    if others and _must_train(work):
        found = "The model of the codebook is not on this machine: whether the codings are of it cannot be told."
        yield Finding("codings", "warning", found, "The next qualcode tag trains it again.")
        return
    if others:
        yield from _made_otherwise(work, others)
    if not stale and not others:
        yield Finding("codings", "ok", "No machine has coded anything that is current.")


_RETAG = "Tag them again: qualcode tag FILES"


def _must_train(work: Workspace) -> bool:
    """Whether the study's tagger needs a model that would first have to be trained."""
    from ..tag import find_trained

    if work.model is not None or work.study.study.tagger == "rules.v1":
        return False
    material = read_material(work.codebook_path, work.codebook)
    return bool(material.examples) and find_trained(material_hash(work.codebook, material)) is None


def _made_otherwise(work: Workspace, runs: Sequence[Row]) -> Iterator[Finding]:
    """Runs whose tagger or thresholds are not those of the study as it is."""
    from ..store import Finding

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", QualcodeWarning)  # what the tagger is made of shows in its hash
        tagger = make_tagger(work, explains=False)
    thresholds = work.study.thresholds_over(tagger.thresholds)
    now: dict[str, Any] = {"auto": thresholds.auto, "review": thresholds.review}
    count = 0
    for run in runs:
        what = "another model, tagger or context" if run["model_hash"] != tagger.hash else "other thresholds"
        if run["model_hash"] != tagger.hash or any(run["settings"].get(name) != value for name, value in now.items()):
            found = f"{run['documents']:,} document(s) were tagged by {run['coder']} with {what} than the study's now."
            yield Finding("codings", "warning", found, _RETAG)
        else:
            count += run["documents"]
    if count:
        found = f"{count:,} document(s) are coded by the study's codebook and {tagger.name} as they are now."
        yield Finding("codings", "ok", found)


# --- sources -----------------------------------------------------------------------------------


def _sources(folder: Path, documents: Sequence[Row]) -> Iterator[Finding]:
    """Files beside the study that are no longer those that were tagged."""
    from ..store import Finding

    beside = _files_by_name(folder, {Path(row["name"]).name for row in documents})
    same, absent = 0, 0
    for row in documents:
        files = [file for file in beside[Path(row["name"]).name] if file.as_posix().endswith(f"/{row['name']}")]
        if not files:
            absent += 1
        elif any(_file_hash(file) == row["source_hash"] for file in files):
            same += 1
        else:
            found = f"{files[0].relative_to(folder).as_posix()} was changed since it was tagged."
            named = Path(*files[0].parts[: -len(Path(row["name"]).parts)])  # the folder that names are relative to
            advice = f"Tag it again: qualcode tag {named.relative_to(folder).as_posix()}"
            yield Finding("sources", "warning", found, advice)
    found = f"{same:,} file(s) are as they were tagged" + (f"; {absent:,} are not beside the study." if absent else ".")
    yield Finding("sources", "ok", found)


def _files_by_name(folder: Path, names: set[str]) -> defaultdict[str, list[Path]]:
    found: defaultdict[str, list[Path]] = defaultdict(list)
    seen = 0
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        seen += len(files)
        if seen > MOST_FILES:
            break
        for name in names.intersection(files):
            found[name].append(Path(place, name))
    return found


def _file_hash(file: Path) -> str | None:
    try:
        return f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}"
    except OSError:
        return None
