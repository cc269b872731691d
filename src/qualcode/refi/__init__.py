"""The exchange room: REFI-QDA projects (``.qdpx``) and codebooks (``.qdc``) of other programs, in and out.

In: bytes of a file. Out: a `Project` with all places as code points of LF texts, what was left out, and how sure the
places are; and back to bytes, with a proof that they say the same.
"""

from __future__ import annotations

from .codebook_file import ReceivedCodebook, read_codebook_file, write_codebook_file
from .guids import guid
from .project import (
    Case,
    Code,
    Coding,
    Dialect,
    Link,
    Loss,
    Note,
    Project,
    Received,
    Selection,
    Set,
    Source,
    User,
    Value,
    Variable,
    VariableType,
)
from .proving import prove
from .reading import read_project
from .writing import Written, write_project

__all__ = [
    "Case",
    "Code",
    "Coding",
    "Dialect",
    "Link",
    "Loss",
    "Note",
    "Project",
    "Received",
    "ReceivedCodebook",
    "Selection",
    "Set",
    "Source",
    "User",
    "Value",
    "Variable",
    "VariableType",
    "Written",
    "guid",
    "prove",
    "read_codebook_file",
    "read_project",
    "write_codebook_file",
    "write_project",
]
