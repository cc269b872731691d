"""What a page on the whole store needs: the store to be read, what its tables mean, and queries worth having."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import StoreError
from .workspace import Workspace

if TYPE_CHECKING:
    from ..store import Relation


@dataclass(frozen=True)
class Query:
    """A query worth having.

    Attributes
    ----------
    title, description : str
        For people.
    sql : str
        Its parameters are the names after colons.
    """

    title: str
    description: str
    sql: str


@dataclass(frozen=True)
class Exploration:
    """A store to be read with SQL.

    Attributes
    ----------
    path : Path
    title : str
        Of the study; without one, the name of the store.
    relations : sequence of Relation
        Tables and views, each with the meaning of its columns.
    regions_sql : str
        One column: the regions there are now.
    """

    path: Path
    title: str
    relations: Sequence[Relation]
    regions_sql: str

    def connect(self) -> Any:
        """A connection (sqlite3) that cannot write."""
        from ..store import open_explored

        return open_explored(self.path)

    def queries(self, regions: Sequence[str]) -> Mapping[str, Query]:
        """Queries by name, for the regions that `regions_sql` gives."""
        from ..store import QUOTES, SEARCH, emphasis_sql, frequency_sql

        return {
            "frequency": Query(
                "Frequency: documents with each barrier, by region",
                "How many raise it: per cent of the documents asked, in which the code counts (auto or accepted). "
                "Empty: nobody was asked. The intervals are in qualcode summarize.",
                frequency_sql(regions),
            ),
            "emphasis": Query(
                "Emphasis: share of respondents' words with each barrier, by region",
                "How much they dwell on it: per cent of respondents' words that stand in sentences with the code. "
                "Empty: nobody was asked. The intervals are in qualcode summarize.",
                emphasis_sql(regions),
            ),
            "quotes": Query(
                "Quotes of a code",
                "code: number, id or name, empty = all; region: empty = all. What people accepted comes first, then "
                "the most probable; at most 500.",
                QUOTES,
            ),
            "search": Query(
                "Search sentences",
                'words: as for qualcode search, such as slow bus, "no money", driv*, fare OR ticket. Of all roles.',
                SEARCH,
            ),
        }


def exploration(work: Workspace) -> Exploration:
    """Get a store ready to be read with SQL.

    Parameters
    ----------
    work : Workspace

    Returns
    -------
    Exploration

    Raises
    ------
    StoreError
        If there is no store, it is encrypted, or it cannot be read.
    """
    from ..store import REGIONS, is_encrypted, read_relations

    if is_encrypted(work.store_path):
        raise StoreError(
            f"{work.store_path} is encrypted, and Datasette cannot show that. Use the other commands, or a program "
            "that knows SQLCipher 4."
        )

    title = work.study.study.title if work.study.file else work.store_path.name
    return Exploration(work.store_path, title, read_relations(work.store_path), REGIONS)
