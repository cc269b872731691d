"""Class `Projects`: what came from projects of other programs, and all a store holds, to be written into a project.

In: an import with its exact passages. Out: rows. A passage is what a person marked elsewhere, to the character; what
counts are the verdicts made from it. Its id is made from its content, so the same passage comes in once.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from ..codebook import Codebook
from ..model import Coding, Evidence, content_hash
from . import queries
from .database import database_errors
from .records import RunRecord, TaggedDocument, coder_id
from .saving import add_codebook

Row = dict[str, Any]
Rows = Callable[..., list[Row]]


def misfits() -> tuple[type[Exception], ...]:
    """What a store raises, whoever writes, for rows from elsewhere that do not fit each other."""
    return LookupError, ValueError, *database_errors("IntegrityError")


def passage_hash(document_id: str, start: int, end: int, codebook: str, code: str, coder: str) -> str:
    """Id of a passage: the same on every machine that holds it.

    Parameters
    ----------
    document_id : str
    start, end : int
        Code points, half-open.
    codebook : str
        Its name: another version of a codebook makes no other passage.
    code : str
        Code id.
    coder : str
        Name of the person.
    """
    return content_hash("passage", document_id, start, end, codebook, code, coder)


class Projects:
    """Imports and passages of a store, and its content as a whole; `qualcode.store.Store.projects` gives it.

    Parameters
    ----------
    connection : sqlite3.Connection
    rows : callable
        Runs a query and gives its rows.
    writing : callable
        Context of one transaction; refuses where the store was opened for reading.
    """

    def __init__(
        self, connection: sqlite3.Connection, rows: Rows, writing: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._connection = connection
        self._rows = rows
        self._writing = writing

    # --- writing -------------------------------------------------------------------------------

    def add_import(self, row: Row, codebook: Codebook) -> None:
        """Keep that a project was imported; a second time only confirms it, or brings it back.

        Parameters
        ----------
        row : dict
            Columns of the table `imports` but undone_utc; `dialect` and `content` as JSON text.
        codebook : Codebook
            The one its passages were coded with.
        """
        with self._writing():
            add_codebook(self._connection, codebook)
            self._connection.execute(queries.renew_import, row)
            self._connection.execute(queries.add_import, row)
            self._connection.execute(queries.cover_import, row)

    def note_brought(
        self, import_id: str, documents: Iterable[str], *, run_id: int | None, fresh: Iterable[str], clock: int
    ) -> None:
        """Keep what came with an import, so that it can be taken back with it.

        Parameters
        ----------
        import_id : str
        documents : iterable of str
            Ids of all its documents.
        run_id : int or None
            The run that it made or added to; None = it made none.
        fresh : iterable of str
            Ids of those documents that this run covers since.
        clock : int
            Of the store before: all actions made since are the import's.
        """
        known, new = json.dumps(sorted(documents)), json.dumps(sorted(fresh))
        with self._writing():
            for sql, more in (
                (queries.share_import_coverage, {"documents": known}),
                (queries.add_import_coverage, {"documents": new, "run_id": run_id}),
                (queries.add_import_actions, {"clock": clock}),
            ):
                self._connection.execute(sql, {"import_id": import_id, **more})

    def add_passages(self, rows: Iterable[Row]) -> None:
        """Keep passages.

        Parameters
        ----------
        rows : iterable of dict
            Columns of the table `passages`, with `coder` (name) instead of `coder_id`.
        """
        with self._writing():
            for row in rows:
                person = {"coder_id": coder_id("human", row["coder"]), "name": row["coder"], "kind": "human"}
                self._connection.execute(queries.add_coder, person)
                self._connection.execute(queries.add_passage, {**row, "coder_id": person["coder_id"]})
            self._connection.execute(queries.act_imports)

    # --- reading -------------------------------------------------------------------------------

    def imports(self) -> list[Row]:
        """List the imports, the oldest first: columns of the table `imports`."""
        return self._rows(queries.imports)

    def passages(self) -> list[Row]:
        """List the passages in current documents.

        Returns
        -------
        list of dict
            In the order of documents and places: columns of the table `passages`, with document and codebook (names),
            coder (name) and is_standing (1 = not taken back).
        """
        return self._rows(queries.passages)

    def document_texts(self) -> list[Row]:
        """List the current documents and their run: document_id, name, text_hash, codebook_id, codebook, coder_kind."""
        return self._rows(queries.document_texts)

    def document_details(self) -> list[Row]:
        """List the current documents, by name: document_id, name, reading_hash, source_hash, left_out, run_id."""
        return self._rows(queries.document_details)

    def earlier_versions(self) -> int:
        """Count the documents that another version has replaced."""
        return int(self._rows(queries.earlier_versions)[0]["documents"])

    def runs(self) -> dict[int, tuple[RunRecord, str, str | None]]:
        """Give the current runs by number, each with the ids of its codebook and of its facets (None = none)."""
        return {
            row["run_id"]: (
                RunRecord(
                    coder=row["coder"],
                    coder_kind=row["coder_kind"],
                    qualcode_version=row["qualcode_version"],
                    started_utc=row["started_utc"],
                    model_hash=row["model_hash"],
                    settings=json.loads(row["settings"]),
                    seed=row["seed"],
                    finished_utc=row["finished_utc"],
                ),
                row["codebook_id"],
                row["facets_id"],
            )
            for row in self._rows(queries.current_runs)
        }

    def tagged(self, documents: Iterable[TaggedDocument]) -> list[TaggedDocument]:
        """Fill in what the current runs coded.

        Parameters
        ----------
        documents : iterable of TaggedDocument
            Current documents; their codings are not read.

        Returns
        -------
        list of TaggedDocument
            With codings, facets and intense segments as the machine found them, whatever people decided.
        """
        found: dict[str, dict[str, list[Coding]]] = defaultdict(lambda: {"codings": [], "facets": []})
        intense: dict[str, list[int]] = defaultdict(list)
        for name, sql in (("codings", queries.machine_codings), ("facets", queries.machine_facets)):
            for row in self._rows(sql):
                found[row["document_id"]][name].append(_coding(row))
        for row in self._rows(queries.machine_intense):
            intense[row["document_id"]].append(row["position"])
        return [
            replace(
                item,
                codings=tuple(found[key]["codings"]),
                facets=tuple(found[key]["facets"]),
                intense=tuple(intense[key]),
            )
            for item in documents
            for key in (item.transcript.document_id,)
        ]


def _coding(row: Row) -> Coding:
    """A coding as it was made; a facet has no status of its own."""
    evidence = tuple(Evidence(**one) for one in json.loads(row["evidence"]))
    return Coding(
        row["position"], row["code_id"], row["probability"], row.get("status", "auto"),
        bool(row.get("is_intense")), evidence,
    )  # fmt: skip
