"""A store as a REFI-QDA project for other programs, proven by reading it back.

What other programs understand goes into the project: texts, attributes, codes, codings with who made them, memos.
What none of them has a place for (probabilities, evidence, who speaks) goes into the study beside it, which only
qualcode reads; what neither holds is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import ExchangeError, SelectionError
from .project_parts import ProjectParts
from .study_files import STUDY_PART, study_bytes
from .workspace import Workspace

if TYPE_CHECKING:
    from ..refi import Loss

SHOWN = 10
"""Differences named."""


@dataclass(frozen=True)
class ProjectExport:
    """A project to be written.

    Attributes
    ----------
    content : bytes
        Of the file.
    documents, codes, codings, memos : int
        What it holds; categories are codes too.
    users : tuple of str
        Who coded.
    losses : tuple of Loss
        What other programs will not see.
    """

    content: bytes
    documents: int
    codes: int
    codings: int
    memos: int
    users: tuple[str, ...]
    losses: tuple[Loss, ...]


def export_project(work: Workspace, *, pending: bool = False) -> ProjectExport:
    """Make a project of all current documents; the same store makes the same bytes.

    Parameters
    ----------
    work : Workspace
    pending : bool
        With the codings that wait for a person: the machine's under a user of their own.

    Returns
    -------
    ProjectExport

    Raises
    ------
    SelectionError
        If the store holds no document.
    ExchangeError
        If what was written does not say the same when it is read back; nothing is to be kept then.
    """
    from ..refi import prove, read_project, write_project
    from ..store import Store

    with Store(work.store_path, read_only=True) as store, store.reading():
        if not store.document_rows():
            raise SelectionError(f"{work.store_path} holds no document. Tag your notes first: qualcode tag FILES")
        parts = ProjectParts(store, pending=pending)
        project, losses = parts.project(), tuple(parts.losses())
        # The study names the project as it reads, so that one that was changed since is known.
        as_read = read_project(write_project(project).content, file="the export").project
        study = study_bytes(store, as_read)
    written = write_project(project, extra={STUDY_PART: study})
    if differences := prove(project, written.content):
        named = "\n".join(differences[:SHOWN])
        raise ExchangeError(f"The project reads back otherwise than it was written, so nothing was kept:\n{named}")
    return ProjectExport(
        content=written.content,
        documents=len(project.sources),
        codes=sum(1 for code in project.codes for _ in code.walk()),
        codings=sum(len(selection.codings) for source in project.sources for selection in source.selections),
        memos=len(project.notes),
        users=tuple(user.name for user in project.users),
        losses=(*losses, *written.losses),
    )
