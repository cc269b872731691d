"""Class `Store`: the one holder of the SQLite file; every write is one transaction, reads give plain rows.

In: a path; runs with their documents and codings. Out: rows as dictionaries (columns as in
``docs/schema.md``), or the small dataclasses of ``records.py``. SQL itself is in ``queries.py``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ..codebook import Codebook
from ..errors import SelectionError, StoreError, nearest
from ..model import ATTRIBUTES, Attributes, Document, Segment, Transcript, Turn
from ..review import Place as Sentence
from . import queries
from .auditing import Place, audit_decisions, write_sample
from .database import connect, create_private, salt_of
from .facts import read_facts
from .opening import back_up, immediate_transaction, open_connection, sqlite_errors_named
from .projects import Projects
from .records import (
    AuditDraw,
    Filter,
    KnownDocument,
    RunRecord,
    SavedRun,
    StoreCounts,
    TaggedDocument,
    attributes_of,
    coder_id,
)
from .saving import attribute_row, take_back, write_run
from .selection import resolve_filter
from .verdicts import Verdicts, utc_now

Row = dict[str, Any]

VALUE_COLUMNS = (*ATTRIBUTES, "coder", "name")
"""Columns `Store.values` knows."""


class Store:
    """A study's documents, runs and codings in one SQLite file.

    Parameters
    ----------
    path : str or Path
        The file.
    create : bool
        Make the file when there is none; its folder must exist.
    read_only : bool
        Nothing can be written. A store of an older schema is still brought up to date first.

    Raises
    ------
    StoreError
        If there is no store (and not `create`), or the file is something else, in WAL mode, of a newer
        qualcode, write-protected, damaged or in use. The file is left as it is.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, Store(Path(folder) / "qualcode.db", create=True) as store:
    ...     store.status_counts().documents
    0
    """

    def __init__(self, path: str | Path, *, create: bool = False, read_only: bool = False) -> None:
        self.path = Path(path)
        self.read_only = read_only
        self._connection = open_connection(self.path, create=create, read_only=read_only)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; a second time does nothing."""
        self._connection.close()

    # --- writing -------------------------------------------------------------------------------

    def save_run(
        self,
        run: RunRecord,
        codebook: Codebook,
        items: Iterable[TaggedDocument],
        *,
        facets: Codebook | None = None,
    ) -> SavedRun:
        """Keep a run with all its documents, codings and facets: one transaction, all or nothing.

        Parameters
        ----------
        run : RunRecord
        codebook : Codebook
            The codebook of the codings.
        items : iterable of TaggedDocument
            May compute as it goes; an error in it leaves the store as it was. Each name once. The
            first item is taken before the store is locked for other writers.
        facets : Codebook or None
            The codebook of the facets; None = none were looked for.

        Returns
        -------
        SavedRun
            What it was, in counts.

        Raises
        ------
        StoreError
            If the store is read-only, in use, or the disk is full; or a text holds a NUL character or
            half of a surrogate pair.

        Notes
        -----
        A document with the same words and speakers keeps its row and only its attributes and file
        details are updated. Other words under the same name are the next version: it becomes current,
        the older one and its codings stay. The same coder, codebooks, model and settings are the same
        run: its codings of these documents are replaced; where nothing differs nothing is written,
        not even the times.
        """
        self._refuse_reading_only()
        rest = iter(items)
        first = next(rest, None)
        if first is None:
            return SavedRun(None)
        with self.writing():
            return write_run(self._connection, run, codebook, chain([first], rest), facets)

    def update_attributes(self, changes: Mapping[str, Attributes]) -> int:
        """Give current documents other attributes, in one transaction.

        Parameters
        ----------
        changes : mapping of str to Attributes
            By document id; all attributes are set, None = not known.

        Returns
        -------
        int
            Documents that differ now.

        Raises
        ------
        StoreError
            If a document is not a current one of the store; then none is changed.
        """
        self._refuse_reading_only()
        if not changes:
            return 0
        current = {known.document_id for known in self.known_documents().values()}
        unknown = [document_id for document_id in changes if document_id not in current]
        if unknown:
            raise StoreError(f"{self.path} holds no current document {unknown[0]}. Tag its file first")
        with self.writing():
            return sum(
                self._connection.execute(
                    queries.update_attributes, {"document_id": document_id, **attribute_row(attributes)}
                ).rowcount
                for document_id, attributes in changes.items()
            )

    def save_audit_sample(self, run_id: int, rows: Iterable[AuditDraw], *, is_whole: bool = False) -> int:
        """Keep which segments were drawn for a person to look at: one transaction, all or nothing.

        Parameters
        ----------
        run_id : int
            The run whose errors are to be measured.
        rows : iterable of AuditDraw
            Added to those drawn before. One that is drawn already takes the new stratum and chance; what a person
            has said of it stays.
        is_whole : bool
            These are the whole sample of the run: other segments are in it no longer.

        Returns
        -------
        int
            Segments that are new, differ now or left.

        Raises
        ------
        StoreError
            If one is no respondents' segment of a current document that the run covers; then none is kept.
        """
        with self.writing():
            return write_sample(self._connection, run_id, rows, is_whole=is_whole)

    def save_audit_verdicts(
        self, coder_name: str, decisions: Mapping[Place, Collection[str]], *, decided_utc: str | None = None
    ) -> int:
        """Keep what a person found in segments of the audit sample: one transaction, all or nothing.

        Parameters
        ----------
        coder_name : str
            Who looked.
        decisions : mapping of (str, int) to collection of str
            By document name and position of the segment: ids of all codes that really apply; empty = none does.
        decided_utc : str or None
            ISO 8601; None = now.

        Returns
        -------
        int
            Segments of which this is news.

        Raises
        ------
        StoreError
            For a segment that is not in the sample of the current run over its document, or a code that is not in
            the codebook of that run; then nothing is kept.

        Notes
        -----
        A code that the run counts is accepted or rejected, another that applies is added; one that the same person
        said to apply before and now does not is rejected. The person is done with the segments.
        """
        self._refuse_reading_only()
        if not coder_name.strip():
            raise ValueError(f"`coder_name` of `save_audit_verdicts` must name a person. Got {coder_name!r} instead.")
        if not decisions:
            return 0
        person, news = coder_id("human", coder_name.strip()), 0
        now = decided_utc or utc_now()
        with self.writing():
            for place, codes in decisions.items():
                document_id, verdicts = audit_decisions(self._connection, person, place, codes)
                looked = [Sentence(document_id, place[1])]
                news += bool(self.verdicts.decide(coder_name, verdicts, looked=looked, kind="audit", made_utc=now))
        return news

    def undo_run(self, run_id: int) -> list[str]:
        """Take a run back: nothing is deleted, and what stood before it stands again; tagging again brings it back.

        Parameters
        ----------
        run_id : int

        Returns
        -------
        list of str
            Names of the documents it covered, in order.

        Raises
        ------
        StoreError
            If there is no such run, or it is taken back already.

        Notes
        -----
        A document keeps its newest run that stands, and is in the version which that run covers; one that no run covers
        is no longer current. What people decided stays.
        """
        with self.writing():
            covered = self._covered(queries.coverage_of_run, {"run_id": run_id})
            if not covered:
                raise StoreError(f"There is no run {run_id} that still stands. List them: qualcode undo --list")
            take_back(self._connection, covered, utc_now())
        return sorted({name for _, _, name in covered})

    def undo_import(self, import_id: str) -> tuple[int, list[str]]:
        """Take an import back: what people decided in it, its passages, and its documents; importing brings it back.

        Parameters
        ----------
        import_id : str

        Returns
        -------
        actions : int
            Actions of people that are taken back with it.
        documents : list of str
            Names of the documents it brought, in order, but those that another import brought too.

        Raises
        ------
        StoreError
            If there is no such import, or it is taken back already.

        Notes
        -----
        A document that was tagged since stays: that run is taken back by itself.
        """
        with self.writing():
            row = {"import_id": import_id, "undone_utc": utc_now()}
            if not self._connection.execute(queries.undo_import, row).rowcount:
                raise StoreError(f"There is no import {import_id} that still stands. List them: qualcode undo --list")
            actions = self._rows(queries.standing_actions_of_import, row)
            for action in actions:
                self.verdicts.undo(action["action_id"], undone_utc=row["undone_utc"])
            covered = self._covered(queries.coverage_of_import, row)
            take_back(self._connection, covered, row["undone_utc"])
        return len(actions), sorted({name for _, _, name in covered})

    def _covered(self, sql: str, parameters: Row) -> list[tuple[int, str, str]]:
        return [(row["run_id"], row["document_id"], row["name"]) for row in self._rows(sql, parameters)]

    def back_up(self) -> Path | None:
        """Copy the store as it was last committed to a file beside it; the last ten are kept, and the user is told.

        Returns
        -------
        Path or None
            ``<store>.backup-<n>``; the newest one, where it is the same. None where the store holds nothing yet.

        Raises
        ------
        StoreError
            If no copy can be made, or the store is read-only or in use; the older copies are as before.
        """
        with self.writing():
            return back_up(self.path) if self._rows(queries.any_codebook) else None

    def copy_to(self, path: Path) -> None:
        """Copy the store as it was last committed into a new file, which its owner alone may read.

        Raises
        ------
        FileExistsError
            If there is a file of that name.
        StoreError
            If the disk is full or refuses.
        """
        create_private(path)
        with sqlite_errors_named(path), closing(connect(path, "rw", salt=salt_of(self.path))) as copy:
            self._connection.backup(copy)

    @property
    def verdicts(self) -> Verdicts:
        """What people decided, and where they write it."""
        return Verdicts(self._connection, self._rows, self.writing)

    @property
    def projects(self) -> Projects:
        """What came from projects of other programs, and all there is, to be written into one."""
        return Projects(self._connection, self._rows, self.writing)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction, all or nothing; inside another one, part of it.

        Raises
        ------
        StoreError
            If the store is read-only, in use, or the disk is full.
        """
        self._refuse_reading_only()
        if self._connection.in_transaction:
            yield
            return
        with sqlite_errors_named(self.path), immediate_transaction(self._connection):
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One moment of the store: what others write meanwhile is not seen, and waits."""
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("COMMIT")

    def _refuse_reading_only(self) -> None:
        if self.read_only:
            raise StoreError(f"{self.path} was opened for reading only. Nothing was written.")

    # --- reading: tables -----------------------------------------------------------------------

    def codings(self, asked: Filter | None = None) -> list[Row]:
        """List the current codings.

        Parameters
        ----------
        asked : Filter or None
            None = all.

        Returns
        -------
        list of dict
            One per coding, by document, position and code number; columns of the view `codings_long`
            (`evidence` is JSON text).
        """
        return self._rows(queries.codings, (asked or Filter()).parameters())

    def document_rows(self, asked: Filter | None = None) -> list[Row]:
        """List the current documents, with or without codings.

        Parameters
        ----------
        asked : Filter or None
            `code`, `category` and `status` do not matter here: shares need all documents.

        Returns
        -------
        list of dict
            One per document, by name: document_id, name, version, the six attributes, topics_asked (JSON list, None =
            everything), words (respondents'), segments (respondents'), format, encoding, coder,
            codebook_version, run.
        """
        return self._rows(queries.document_rows, (asked or Filter()).parameters())

    def code_counts(self, asked: Filter | None = None, *, machine_only: bool = False) -> list[Row]:
        """Count how often each document has each code.

        Parameters
        ----------
        asked : Filter or None
            `status` does not matter here.
        machine_only : bool
            As the machine coded, whatever people decided.

        Returns
        -------
        list of dict
            One per document, code and status with at least one segment: document_id, code_id, status ("auto" = counts,
            by the machine's or people's word; "pending" = waits), segments, words, intense_segments, first_position.
        """
        is_machine = machine_only or not self._people_spoke()
        sql = queries.machine_code_counts if is_machine else queries.code_counts
        return self._rows(sql, (asked or Filter()).parameters())

    def category_counts(self, asked: Filter | None = None, *, machine_only: bool = False) -> list[Row]:
        """Count how often each document has each category; a segment with two codes of it counts once.

        Parameters
        ----------
        asked : Filter or None
        machine_only : bool
            As in `code_counts`.

        Returns
        -------
        list of dict
            As `code_counts`, with category_id. A segment with one code that counts and one that waits
            is in both rows.
        """
        is_machine = machine_only or not self._people_spoke()
        sql = queries.machine_category_counts if is_machine else queries.category_counts
        return self._rows(sql, (asked or Filter()).parameters())

    def coded_sentences(self, asked: Filter | None = None) -> list[Row]:
        """List the current codings that count, without words and evidence: light, for what codes do together.

        Parameters
        ----------
        asked : Filter or None
            `status` does not matter here.

        Returns
        -------
        list of dict
            One per coding, by document, position and code id: document_id, turn, position, words, code_id.
        """
        return self._rows(queries.coded_sentences, replace(asked or Filter(), status=None).parameters())

    def respondent_turns(self, asked: Filter | None = None) -> list[Row]:
        """Count the turns in which a respondent says at least one sentence.

        Parameters
        ----------
        asked : Filter or None
            `code`, `category` and `status` do not matter here, as in `document_rows`.

        Returns
        -------
        list of dict
            One per document, by name: document_id, turns.
        """
        return self._rows(queries.respondent_turns, (asked or Filter()).parameters())

    def facets(self, asked: Filter | None = None) -> list[Row]:
        """List the current facets.

        Parameters
        ----------
        asked : Filter or None
            `code`, `category` and `status` do not matter here.

        Returns
        -------
        list of dict
            One per facet of a segment, by document, position and number of the facet; columns of the view
            `facets_long` (`evidence` is JSON text).
        """
        return self._rows(queries.facets, (asked or Filter()).parameters())

    def audit_rows(self) -> list[Row]:
        """List what a person found where segments were drawn at random, beside what the machine counts there.

        Returns
        -------
        list of dict
            One per segment of the sample that somebody has looked at, current documents and runs only, by document
            and position: document_id, segment_id, position, words, stratum, chance (above 0 to 1), coder, machine
            and person (JSON lists of code ids by number).
        """
        return self._rows(queries.audit_rows)

    def audit_sample(self) -> list[Row]:
        """List all segments that were drawn at random, looked at or not.

        Returns
        -------
        list of dict
            One per segment of the sample, current documents and runs only, by document and position: document_id,
            segment_id, position, words, stratum, chance (above 0 to 1).
        """
        return self._rows(queries.audit_sample)

    def runs_over(self, asked: Filter | None = None) -> list[Row]:
        """List which runs have ever covered which current documents.

        Parameters
        ----------
        asked : Filter or None
            Documents.

        Returns
        -------
        list of dict
            One per document and run, the oldest run first: document_id, run, coder, codebook_id, version.
        """
        return self._rows(queries.runs_over, (asked or Filter()).parameters())

    def codings_of_runs(self, runs: Mapping[str, int]) -> list[Row]:
        """List the codings that count, of older runs or current ones.

        Parameters
        ----------
        runs : mapping of str to int
            Run by document id.

        Returns
        -------
        list of dict
            One per coding: what `codings` gives of document, place, words and code.
        """
        return self._rows(queries.codings_of_runs, {"runs": json.dumps(dict(runs))})

    def segment_context(self, document_id: str, position: int, *, before: int = 1, after: int = 1) -> list[Row]:
        """Give a segment with its neighbours, whoever speaks.

        Parameters
        ----------
        document_id : str
            Of a current document.
        position : int
            Position of the segment.
        before, after : int
            Number of neighbours, 0 or more.

        Returns
        -------
        list of dict
            In the order of the document; columns of the view `segments_long`.
        """
        return self._rows(
            queries.segment_context,
            {"document_id": document_id, "first": position - before, "last": position + after},
        )

    def search(self, match: str, asked: Filter | None = None) -> list[Row]:
        """List the segments whose words fit, whoever says them.

        Parameters
        ----------
        match : str
            From `qualcode.store.match_of`.
        asked : Filter or None
            Documents; `code`, `category`, `coder` and `status` do not matter here.

        Returns
        -------
        list of dict
            One per segment of current documents, by document and position: document_id, document, position, role.
        """
        return self._rows(queries.search, {**(asked or Filter()).parameters(), "match": match})

    def transcript(self, name: str) -> Transcript:
        """Give the current version of a document with its turns and segments, as it was tagged.

        Parameters
        ----------
        name : str
            Of a current document.

        Returns
        -------
        Transcript
            Without the layout blocks of its source, which are not stored.

        Raises
        ------
        StoreError
            If there is none of that name.
        """
        found = self._rows(queries.document_text, {"name": name})
        if not found:
            raise StoreError(f'{self.path} holds no document "{name}".')
        row = found[0]
        text = row["text"]
        turns = tuple(
            Turn(t["position"], t["start"], t["end"], t["speaker"], t["role"], t["time"], t["heading"])
            for t in self._rows(queries.document_turns, {"name": name})
        )
        segments = tuple(
            Segment(s["position"], s["turn"], s["start"], s["end"], text[s["start"] : s["end"]], s["words"])
            for s in self._rows(queries.document_segments, {"name": name})
        )
        document = Document(
            name, text, (), attributes_of(row), row["format"], row["encoding"], source_hash=row["source_hash"]
        )
        return Transcript(document, turns, segments)

    def codings_of(self, coder: str) -> dict[str, dict[int, set[str]]]:
        """Give what a coder's newest runs have counted, current or not.

        Parameters
        ----------
        coder : str

        Returns
        -------
        dict of str to dict of int to set of str
            Code ids by segment position by document name; every current document the coder has looked at.

        Raises
        ------
        SelectionError
            If no current document was looked at by that coder.
        """
        given: dict[str, dict[int, set[str]]] = {}
        for run in self._rows(queries.coder_documents, {"coder": coder}):
            by_position = given.setdefault(run["name"], {})
            wanted = {"run_id": run["run_id"], "document_id": run["document_id"]}
            for row in self._rows(queries.run_codings, wanted):
                by_position.setdefault(row["position"], set()).add(row["code_id"])
        if not given:
            known = [row["name"] for row in self._rows(queries.known_coders)]
            raise SelectionError(f'There is no coder "{coder}" in the store. {nearest(coder, known)}')
        return given

    def facts(self) -> dict[str, Any]:
        """Tell what all tables of this store are made of, in hashes: no name, no words, no clock.

        Returns
        -------
        dict
            schema (int); documents by id: text, source, attributes (hashes) and run (hash, None = not tagged); codebook
            (id, version, hash; None = none yet); runs by hash: tagger (None = people), codebook_id, facets_id,
            model_hash, seed, qualcode_version, settings; codings, facets, decisions and audit: count and hash. Stores
            with the same facts give the same tables.
        """
        with self.reading():
            tagged = self._rows(queries.newest_run)
            return read_facts(self._rows, self.codebook() if tagged else None)

    def runs_and_imports(self) -> list[Row]:
        """List what can be taken back beside the actions of people, the newest first.

        Returns
        -------
        list of dict
            id (hash of the run, or of the file), run_id (None = an import), made_utc, coder (for an import, the program
            that wrote the file), kind ("tag" or "import"), file (None = a run), documents (that a run covers or an
            import brought), undone_utc (None = stands).
        """
        return self._rows(queries.runs_and_imports)

    def status_counts(self) -> StoreCounts:
        """Count how much the store holds."""
        return StoreCounts(**self._rows(queries.status_counts)[0])

    # --- reading: what there is ----------------------------------------------------------------

    def known_documents(self) -> dict[str, KnownDocument]:
        """Look up the current documents by name, with what their newest run was made with."""
        return {row["name"]: _known_document(row) for row in self._rows(queries.known_documents)}

    def codebook(self, codebook_id: str | None = None) -> Codebook:
        """Read a codebook of the store.

        Parameters
        ----------
        codebook_id : str or None
            None = the one of the newest current codings.

        Raises
        ------
        StoreError
            If there is none.
        """
        newest = self._rows(queries.newest_run)
        wanted = codebook_id or (newest[0]["codebook_id"] if newest else None)
        rows = self._rows(queries.codebook_content, {"codebook_id": wanted})
        if not rows:
            what = f"codebook {codebook_id}" if codebook_id else "codebook yet"
            raise StoreError(f"{self.path} holds no {what}. Tag your notes first: qualcode tag FILES")
        return Codebook.model_validate_json(rows[0]["content"])

    def facets_codebook(self) -> Codebook | None:
        """Read the codebook of the facets of the newest current codings; None = facets were not looked for."""
        newest = self._rows(queries.newest_run)
        return self.codebook(newest[0]["facets_id"]) if newest and newest[0]["facets_id"] else None

    def coverage_codebooks(self) -> list[Row]:
        """Tell what the current codings come from; more than one row = mixed, which is worth a warning.

        Returns
        -------
        list of dict
            One per run, the newest first: codebook_id, name, version, coder, coder_kind, model_hash,
            settings (dict), run, finished_utc, documents.
        """
        rows = self._rows(queries.coverage_codebooks)
        for row in rows:
            row["settings"] = json.loads(row["settings"])
        return rows

    def values(self, column: str) -> list[str]:
        """List the values of an attribute (or "coder", "name") among the current documents, in order.

        Raises
        ------
        ValueError
            For another column.
        """
        if column not in VALUE_COLUMNS:
            raise ValueError(f"`column` of `values` must be one of {', '.join(VALUE_COLUMNS)}. Got {column!r} instead.")
        return [row["value"] for row in self._rows(queries.values, {"column": column})]

    def check_filter(self, asked: Filter) -> Filter:
        """Put the filter in the store's own spelling: codes by number or name become ids.

        Parameters
        ----------
        asked : Filter
            As a person typed it.

        Returns
        -------
        Filter

        Raises
        ------
        SelectionError
            For a value no document has, with the nearest one: ``There is no region "Catalunya" in the
            store. Did you mean "Catalonia"?``
        """
        return resolve_filter(asked, self.values, self._rows(queries.known_codes))

    def _people_spoke(self) -> bool:
        """Whether anybody decided anything: else what the machine says is all there is, and quicker to count."""
        return bool(self._rows(queries.any_action))

    def _rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        with sqlite_errors_named(self.path):
            cursor = self._connection.execute(sql, parameters or {})
            columns = [column[0] for column in cursor.description]
            return [dict(zip(columns, row, strict=True)) for row in cursor]


def _known_document(row: Row) -> KnownDocument:
    return KnownDocument(
        document_id=row["document_id"],
        reading_hash=row["reading_hash"],
        attributes=attributes_of(row),
        codebook_id=row["codebook_id"],
        model_hash=row["model_hash"],
        coder=row["coder"],
        settings=json.loads(row["settings"] or "{}"),
        facets_id=row["facets_id"],
    )
