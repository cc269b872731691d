"""qualcode: code interview and workshop notes against a codebook, and count the codings.

Importing this package loads none of the heavy libraries; see `qualcode.open` for the Python API
and ``qualcode --help`` for the command line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .version import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from .api import StudyStore
    from .report import StudyReport

__all__ = ["__version__", "open", "write_report"]


def open(store: str | Path = "qualcode.db") -> StudyStore:  # noqa: A001  # the verb users expect: qualcode.open(...)
    """Open a store for analysis.

    Parameters
    ----------
    store : str or Path
        The SQLite file that ``qualcode tag`` wrote.

    Returns
    -------
    qualcode.api.StudyStore
        Gives the tables as DataFrames.

    Raises
    ------
    qualcode.errors.StoreError
        If there is no such store, or it cannot be read.
    """
    from .api import StudyStore

    return StudyStore(store)


def write_report(report: StudyReport, path: str | Path, region: str | None = None) -> Path:
    """Write a report as a file: the cross-regional one, or that of one region.

    Parameters
    ----------
    report : StudyReport
        From `qualcode.api.StudyStore.report`.
    path : str or Path
        Its ending picks the format: .docx, .html or .xlsx; .docx for a region.
    region : str or None
        As the study writes it; None = all regions.

    Returns
    -------
    Path
        `path`. A file that we wrote and nobody edited is replaced.

    Raises
    ------
    qualcode.errors.SelectionError
        For a region that is not there, another ending, or a folder that cannot be written to.
    qualcode.errors.ReportError
        If a file of that name was edited, or is not ours; it is left as it is.
    """
    from .api import write_report

    return write_report(report, path, region)
