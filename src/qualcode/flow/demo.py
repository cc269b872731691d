"""The sample notes of ten regions as a study of their own."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from ..errors import SelectionError
from ..study import STUDY_FILE, find_study, template
from .results import Summary, make_filter, summarize
from .tagging import Progress, TagReport, silent, tag_documents
from .workspace import Workspace


@dataclass(frozen=True)
class DemoReport:
    """What `run_demo` made."""

    tagged: TagReport
    summary: Summary
    folder: Path


def run_demo(folder: Path, *, progress: Progress = silent) -> DemoReport:
    """Copy the sample notes into a study folder, tag them, and compute both tables.

    Parameters
    ----------
    folder : Path
        Made if it does not exist; a second time nothing changes.
    progress : callable

    Returns
    -------
    DemoReport

    Raises
    ------
    SelectionError
        If the folder holds another study: sample notes must not get into it.
    """
    notes = folder / "transcripts_sample"
    if (folder / STUDY_FILE).exists() and not notes.exists():
        raise SelectionError(f"{folder} holds a study already. Name a new folder: qualcode demo FOLDER")
    folder.mkdir(parents=True, exist_ok=True)
    if not notes.exists():
        shutil.copytree(shipped_sample(), notes)
    study_file = folder / STUDY_FILE
    if not study_file.exists():
        study_file.write_text(template(title="Demo: ten regions"), encoding="utf-8", newline="\n")
    study = find_study(folder)
    work = Workspace(study, study.store_path, study.codebook_path)
    tagged = tag_documents([notes], work, progress=progress)
    return DemoReport(tagged, summarize(work, make_filter()), folder)


def shipped_sample() -> Path:
    """Where the sample notes lie: inside the wheel, or in a clone."""
    inside = Path(str(resources.files("qualcode"))) / "transcripts_sample"
    return inside if inside.is_dir() else Path(__file__).resolve().parents[3] / "transcripts_sample"
