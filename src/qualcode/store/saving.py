"""A run with its documents in, rows in the store out; always inside the caller's transaction.

The order of the documents decides the numbers of segments and runs, so the same inputs in the same
order make the same rows. What the store already says is not written again.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ..codebook import Codebook
from ..errors import StoreError
from ..model import ATTRIBUTES, Attributes, Coding, Document, Transcript
from . import queries
from .records import RunRecord, SavedRun, TaggedDocument, coder_id

PROBABILITY_DIGITS = 6
"""Probabilities are kept to so many digits: what is behind differs between processors."""


def write_run(
    connection: sqlite3.Connection,
    run: RunRecord,
    codebook: Codebook,
    items: Iterable[TaggedDocument],
    facets: Codebook | None = None,
) -> SavedRun:
    """Write a run; see `qualcode.store.Store.save_run`."""
    run_id, is_new = _add_run(connection, run, codebook, facets)
    counts: Counter[str] = Counter()
    names: set[str] = set()
    has_changed = is_new
    for item in items:
        name = item.transcript.document.name
        if name in names:
            raise ValueError(f"`items` of `save_run` must hold each document once. Got {name!r} twice.")
        names.add(name)
        counts[_write_document(connection, item)] += 1
        has_changed |= _write_codings(connection, run_id, item)
        counts.update(_count(item))
    if has_changed:
        finished = run.finished_utc or datetime.now(UTC).isoformat(timespec="seconds")
        connection.execute(
            queries.finish_run, {"run_id": run_id, "started_utc": run.started_utc, "finished_utc": finished}
        )
    return SavedRun(run_id, **counts)


def _count(item: TaggedDocument) -> dict[str, int]:
    coded = [segment for segment in item.transcript.segments if item.transcript.is_coded(segment)]
    by_status = Counter(coding.status for coding in item.codings)
    return {
        "segments": len(coded),
        "words": sum(segment.words for segment in coded),
        "auto": by_status["auto"],
        "pending": by_status["pending"],
    }


# --- run ---------------------------------------------------------------------------------------


def _add_run(
    connection: sqlite3.Connection, run: RunRecord, codebook: Codebook, facets: Codebook | None
) -> tuple[int, bool]:
    """Find or make the run: its number, and whether it is new, or was taken back and comes again."""
    add_codebook(connection, codebook)
    if facets is not None:
        add_codebook(connection, facets)
    facets_id = None if facets is None else facets.hash
    coder = {"coder_id": coder_id(run.coder_kind, run.coder), "name": run.coder, "kind": run.coder_kind}
    connection.execute(queries.add_coder, coder)
    run_hash = run.run_hash(codebook.hash, facets_id)
    known = connection.execute(queries.run_of_hash, {"run_hash": run_hash}).fetchone()
    if known:
        run_id, undone_utc = known
        if undone_utc is not None:
            connection.execute(queries.renew_run, {"run_id": run_id})
        return run_id, undone_utc is not None
    (run_id,) = connection.execute(
        queries.add_run,
        {
            "run_hash": run_hash,
            "coder_id": coder["coder_id"],
            "codebook_id": codebook.hash,
            "facets_id": facets_id,
            "model_hash": run.model_hash,
            "settings": _json(dict(run.settings)),
            "seed": run.seed,
            "qualcode_version": run.qualcode_version,
            "started_utc": run.started_utc,
        },
    ).fetchone()
    return int(run_id), True


def add_codebook(connection: sqlite3.Connection, codebook: Codebook) -> None:
    """Keep a codebook with its categories and codes, where the store does not have it."""
    key = codebook.hash
    row = {
        "codebook_id": key,
        "name": codebook.id,
        "title": codebook.title,
        "version": codebook.version,
        "language": codebook.language,
        "content": _json(codebook.model_dump(mode="json")),
    }
    if not connection.execute(queries.add_codebook, row).rowcount:
        return
    connection.executemany(
        queries.add_category,
        (
            {"codebook_id": key, "category_id": c.id, "position": i, "name": c.name, "colour": c.colour}
            for i, c in enumerate(codebook.categories)
        ),
    )
    connection.executemany(
        queries.add_code,
        (
            {
                "codebook_id": key,
                "code_id": code.id,
                "category_id": codebook.category_of[code.id].id,
                "number": code.number,
                "name": code.name,
                "short_definition": code.short_definition,
                "colour": code.colour,
            }
            for code in codebook.codes
        ),
    )


# --- documents ---------------------------------------------------------------------------------


def _write_document(connection: sqlite3.Connection, item: TaggedDocument) -> str:
    """Keep a document; which of "new", "changed", "unchanged" it was."""
    transcript, document = item.transcript, item.transcript.document
    _refuse_unstorable(document)
    row = _document_row(item)
    state = connection.execute(queries.document_state, row).fetchone()
    known, last_version = connection.execute(queries.name_state, row).fetchone()
    if state is None:
        connection.execute(queries.retire_versions, row)
        connection.execute(queries.add_document, {**row, "version": last_version + 1})
        _add_turns_and_segments(connection, transcript, row["document_id"])
        return "changed" if known else "new"
    is_current = bool(state[0])
    if not is_current:  # an older text has come back
        connection.execute(queries.retire_versions, row)
        connection.execute(queries.restore_version, row)
    connection.execute(queries.update_document, row)
    connection.executemany(
        queries.update_turn,
        ((t.time, t.heading, row["document_id"], t.position, t.time, t.heading) for t in transcript.turns),
    )
    return "unchanged" if is_current else "changed" if known else "new"


def _refuse_unstorable(document: Document) -> None:
    """Refuse what SQLite would cut short (NUL) or cannot hold (half of a surrogate pair)."""
    at = document.text.find("\0")
    if at >= 0:
        raise StoreError(f"{document.name}: a NUL character stands at character {at}. Save the file as plain text.")
    try:
        document.text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise StoreError(
            f"{document.name}: half of a character (U+{ord(document.text[error.start]):04X}) stands at character "
            f"{error.start}. Save the file again as UTF-8."
        ) from error


def _document_row(item: TaggedDocument) -> dict[str, Any]:
    document = item.transcript.document
    return {
        "document_id": item.transcript.document_id,
        "name": document.name,
        **attribute_row(document.attributes),
        "words": _count(item)["words"],
        "format": document.format,
        "encoding": document.encoding,
        "source_hash": document.source_hash,
        "reading_hash": item.reading_hash,
        "text_hash": "sha256:" + hashlib.sha256(document.text.encode("utf-8")).hexdigest(),
        "left_out": _json(list(document.left_out)),
        "text": document.text,
    }


def attribute_row(attributes: Attributes) -> dict[str, str | None]:
    """Give the attributes as parameters, the topics as JSON; an empty one is not known."""
    topics = attributes.topics_asked
    plain = {name: getattr(attributes, name) or None for name in ATTRIBUTES}
    return {**plain, "topics_asked": _json(list(topics)) if topics else None}


def _add_turns_and_segments(connection: sqlite3.Connection, transcript: Transcript, document_id: str) -> None:
    connection.executemany(
        queries.add_turn,
        ((document_id, t.position, t.start, t.end, t.speaker, t.role, t.time, t.heading) for t in transcript.turns),
    )
    (last_id,) = connection.execute(queries.last_segment).fetchone()
    connection.executemany(
        queries.add_segment,
        (
            (i, document_id, s.position, s.turn, s.start, s.end, s.words, int(transcript.is_coded(s)))
            for i, s in enumerate(transcript.segments, start=last_id + 1)
        ),
    )
    words = ((i, s.text) for i, s in enumerate(transcript.segments, start=last_id + 1))
    connection.executemany(queries.add_words, words)


# --- coverage, codings, facets -----------------------------------------------------------------


def _write_codings(connection: sqlite3.Connection, run_id: int, item: TaggedDocument) -> bool:
    """Make these the run's codings and facets of the document, and its current ones; True if that changed anything."""
    place = {"run_id": run_id, "document_id": item.transcript.document_id}
    before = connection.total_changes
    _cover(connection, place, item.transcript.document.name)
    segment_ids: dict[int, int] = dict(connection.execute(queries.segment_ids, place))
    codings = [_row(coding, run_id, segment_ids, coding.status, int(coding.intense)) for coding in item.codings]
    facets = [_row(facet, run_id, segment_ids) for facet in item.facets]
    marked = {*item.intense, *(coding.segment for coding in item.codings if coding.intense)}
    intense = [(run_id, segment_ids[position]) for position in marked]
    steps: tuple[tuple[list[tuple[Any, ...]], str, str, str], ...] = (
        (sorted(codings), queries.codings_of_run, queries.remove_codings, queries.add_coding),
        (sorted(facets), queries.facets_of_run, queries.remove_facets, queries.add_facet),
        (sorted(intense), queries.intense_of_run, queries.remove_intense, queries.add_intense),
    )
    for rows, kept, remove, add in steps:
        if rows != connection.execute(kept, place).fetchall():
            connection.execute(remove, place)
            connection.executemany(add, rows)
    return connection.total_changes != before


def _cover(connection: sqlite3.Connection, place: Mapping[str, Any], name: str) -> None:
    """Make the run the newest one over the document; where it was taken back there, it stands again."""
    row = {**place, "name": name}
    is_back = connection.execute(queries.renew_coverage, row).rowcount > 0
    standing, last = connection.execute(queries.other_coverage, row).fetchone()
    connection.execute(queries.retire_coverage, place)
    connection.execute(queries.add_coverage, {**place, "standing": standing, "last": last})
    if is_back:
        _settle(connection, [name])


def _settle(connection: sqlite3.Connection, names: Iterable[str]) -> None:
    """Make the newest that stands current: a run over each version of these documents, and a version of each."""
    named = {"names": json.dumps(sorted(set(names)))}
    for statement in queries.settle_current:
        connection.execute(statement, named)


def take_back(connection: sqlite3.Connection, covered: Sequence[tuple[int, str, str]], undone_utc: str) -> None:
    """Take back what runs cover; what stood before stands again, and the runs of which nothing is left go too.

    Parameters
    ----------
    connection : sqlite3.Connection
        In a transaction of the caller.
    covered : sequence of (int, str, str)
        Run, document id and name of the document.
    undone_utc : str
        ISO 8601.
    """
    connection.executemany(queries.undo_coverage, ((undone_utc, run_id, key) for run_id, key, _ in covered))
    connection.execute(queries.undo_runs, {"undone_utc": undone_utc})
    _settle(connection, (name for _, _, name in covered))


def _row(coding: Coding, run_id: int, segment_ids: Mapping[int, int], *between: str | int) -> tuple[Any, ...]:
    """Columns of a coding, with `between` before the evidence, or of a facet, with nothing."""
    return (
        run_id,
        segment_ids[coding.segment],
        coding.code,
        round(float(coding.probability), PROBABILITY_DIGITS),
        *between,
        _json([evidence.as_dict() for evidence in coding.evidence]),
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
