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

__all__ = ["__version__", "open"]


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
