"""Several stores in, one new store with all they hold out; they are only read, and nothing of them is overwritten.

What is the same in two stores is known by its id, which is made of what it says: documents, codebooks, runs, actions,
passages, coders, imports. Numbers (of segments and runs) are given anew. The new store begins as a copy of the first
one; where a later store says something else of the same thing, the first stays as it is, and a `Conflict` says so.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from ..errors import StoreError
from . import queries
from .checking import check_content, read_rows
from .database import attach, connect, create_private, salt_of, sync
from .examining import readable
from .opening import (
    immediate_transaction,
    read_header,
    refuse_foreign,
    refuse_missing,
    settle_connection,
    sqlite_errors_named,
)


@dataclass(frozen=True)
class Conflict:
    """Two stores say different things of one thing.

    Attributes
    ----------
    document : str or None
        Its name; None = it is no matter of one document.
    differs : str
        What differs.
    kept : str
        What the new store says.
    store : Path
        The later store, that says something else.
    """

    document: str | None
    differs: str
    kept: str
    store: Path


@dataclass(frozen=True)
class Merged:
    """What came together.

    Attributes
    ----------
    added : tuple of (Path, dict of str to int)
        For each store in the order given: documents, runs, actions (all versions) and passages that it brought.
    conflicts : tuple of Conflict
    """

    added: tuple[tuple[Path, dict[str, int]], ...]
    conflicts: tuple[Conflict, ...]


def merge_stores(paths: Sequence[Path], out: Path) -> Merged:
    """Pool stores into a new one.

    Parameters
    ----------
    paths : sequence of Path
        Two or more; where they differ on one thing, the first named that has it decides. They are only read; one of an
        older schema, or whose last run was interrupted, is brought up to date in a temporary copy.
    out : Path
        The new file; its folder must exist.

    Returns
    -------
    Merged

    Raises
    ------
    StoreError
        If `out` exists or its folder does not, a store is missing, no store, in WAL mode, of a newer qualcode, in use,
        or has faults that `qualcode doctor` names; or the disk is full; or the first is plain and another encrypted.
        Then there is no new file.

    Notes
    -----
    A run that several stores have has its earliest beginning and latest end; an action that is taken back in one of
    them is taken back. What a later store brings of a document that an earlier one has comes before what that one has,
    so it is current only where nothing of the earlier one stands.
    """
    if out.exists():
        raise StoreError(f"{out} exists. Stores are pooled into a new file: name another with --out.")
    if not out.parent.is_dir():
        raise StoreError(f"There is no folder {out.parent} for {out.name}. Make the folder first.")
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with ExitStack() as stack:
            files = [_checked(path, stack) for path in paths]
            merged = _pooled(list(zip(paths, files, strict=True)), part)
        sync(part)
        part.replace(out)
        sync(out.parent)
    finally:
        for ending in ("", "-journal"):
            part.with_name(part.name + ending).unlink(missing_ok=True)
    return merged


def _checked(path: Path, stack: ExitStack) -> Path:
    """A store's file, or a copy of it at today's schema; only a whole store's ids say what they name."""
    with sqlite_errors_named(path):
        header = read_header(path)
        if header is None:
            refuse_missing(path, create=False)
            raise AssertionError  # it was made just now
        refuse_foreign(path, header)
        _, file = readable(path, header, stack)
        with closing(connect(file, "ro")) as connection:
            faults = [finding.found for finding in check_content(connection) if finding.state == "fault"]
    if faults:
        more = f" … and {len(faults) - 1} more fault(s)" if len(faults) > 1 else ""
        raise StoreError(f"{path} is not whole: {faults[0]}{more} See: qualcode doctor --store {path}")
    return file


def _pooled(stores: Sequence[tuple[Path, Path]], part: Path) -> Merged:
    (first, file), *others = stores
    part.unlink(missing_ok=True)
    create_private(part)
    with sqlite_errors_named(part), closing(connect(part, "rw", salt=salt_of(file))) as connection:
        with closing(connect(file, "ro")) as source:
            source.backup(connection)
        settle_connection(connection)
        connection.execute("PRAGMA temp_store = MEMORY")
        added = [(first, _counts(connection))]
        conflicts: list[Conflict] = []
        for path, other in others:
            before = _counts(connection)
            attach(connection, other, "other")
            with immediate_transaction(connection):
                conflicts += [Conflict(*found, path) for found in _conflicts(connection)]
                _add(connection)
            connection.execute("DETACH other")
            added.append((path, {what: count - before[what] for what, count in _counts(connection).items()}))
    return Merged(tuple(added), tuple(conflicts))


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    return {
        table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("documents", "runs", "actions", "passages")
    }


# --- what differs ------------------------------------------------------------------------------


def _conflicts(connection: sqlite3.Connection) -> Iterator[tuple[str | None, str, str]]:
    """What the other store says differently, before anything of it is added: document, what differs, what is kept."""
    for row in read_rows(connection, _CURRENT_VERSIONS):
        what = "speakers or sentences" if row["same_text"] else "words"
        yield row["name"], f"another version is current, with other {what}", f"both; current is {row['kept']}"
    for row in read_rows(connection, _CURRENT_RUNS):
        yield row["name"], f"{row['theirs']} coded it last", f"the codings of both; current are those of {row['ours']}"
    for name, what in _different_attributes(connection):
        yield name, what, "as the earlier store has it"
    for what, sql in _DIFFERENT_ROWS:
        for row in read_rows(connection, sql):
            yield row["name"], f"{row['rows']:,} {what}", "as the earlier store has it"
    for row in read_rows(connection, _CODEBOOK_VERSIONS):
        what = f"codebook {row['name']} is version {row['theirs']} there"
        yield None, what, f"both; {row['ours']} is in the earlier store"


_CURRENT_VERSIONS = """
SELECT m.name, m.text_hash = o.text_hash AS same_text, 'version ' || m.version AS kept
FROM main.documents m JOIN other.documents o ON o.name = m.name AND o.is_current = 1 AND o.document_id <> m.document_id
WHERE m.is_current = 1 ORDER BY m.name
"""
_CURRENT_RUNS = """
SELECT d.name, mk.name || ' with codebook ' || mb.version AS ours, ok.name || ' with codebook ' || ob.version AS theirs
FROM main.documents d
JOIN main.coverage mv ON mv.document_id = d.document_id AND mv.is_current = 1
JOIN main.runs mr ON mr.run_id = mv.run_id
JOIN main.coders mk ON mk.coder_id = mr.coder_id
JOIN main.codebooks mb ON mb.codebook_id = mr.codebook_id
JOIN other.coverage ov ON ov.document_id = d.document_id AND ov.is_current = 1
JOIN other.runs r ON r.run_id = ov.run_id AND r.run_hash <> mr.run_hash
JOIN other.coders ok ON ok.coder_id = r.coder_id
JOIN other.codebooks ob ON ob.codebook_id = r.codebook_id
WHERE d.is_current = 1 ORDER BY d.name
"""
_CODEBOOK_VERSIONS = """
SELECT m.name, group_concat(DISTINCT m.version) AS ours, o.version AS theirs
FROM other.codebooks o JOIN main.codebooks m ON m.name = o.name
WHERE o.codebook_id NOT IN (SELECT codebook_id FROM main.codebooks)
GROUP BY o.codebook_id ORDER BY o.name, o.version
"""

_OF_THE_FILE = ("format", "encoding", "source_hash", "reading_hash", "left_out")
_ATTRIBUTES = ("region", "country", "stakeholder_group", "kind", "date", "language", "topics_asked")


def _different_attributes(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    columns = (*_ATTRIBUTES, *_OF_THE_FILE)
    compared = ", ".join(f"m.{column} IS NOT o.{column} AS {column}" for column in columns)
    both = "main.documents m JOIN other.documents o USING (document_id)"
    for row in read_rows(connection, f"SELECT m.name, {compared} FROM {both} ORDER BY m.name, m.version"):
        differ = [column for column in _ATTRIBUTES if row[column]]
        differ += ["what its file was read from"] if any(row[column] for column in _OF_THE_FILE) else []
        if differ:
            yield row["name"], ", ".join(differ)


def _of_runs(table: str, code: str, values: str) -> str:
    """How many rows of a run over a document the two stores have, of a table, that the other one has not."""

    def rows(schema: str) -> str:
        return f"""SELECT r.run_hash, s.document_id, s.position, {code}, {values}
            FROM {schema}.{table} c JOIN {schema}.runs r USING (run_id) JOIN {schema}.segments s USING (segment_id)
            WHERE (r.run_hash, s.document_id) IN (SELECT * FROM both_cover)"""

    main, other = rows("main"), rows("other")
    return f"""WITH both_cover AS (
            SELECT r.run_hash, v.document_id FROM main.coverage v JOIN main.runs r USING (run_id)
            INTERSECT SELECT r.run_hash, v.document_id FROM other.coverage v JOIN other.runs r USING (run_id)
        )
        SELECT d.name, count(*) AS rows FROM (
            SELECT DISTINCT run_hash, document_id, position, code FROM (
                SELECT * FROM ({main} EXCEPT {other}) UNION ALL SELECT * FROM ({other} EXCEPT {main})
            )
        ) x JOIN main.documents d ON d.document_id = x.document_id
        GROUP BY d.document_id ORDER BY d.name, d.version"""


_DIFFERENT_ROWS = (
    ("coding(s) of the same run", _of_runs("codings", "code_id AS code", "probability, status, is_intense, evidence")),
    ("facet(s) of the same run", _of_runs("facets", "facet_id AS code", "probability, evidence")),
    ("intense sentence(s) of the same run", _of_runs("intense", "'' AS code", "''")),
    ("sentence(s) drawn at random for the audit", _of_runs("audits", "'' AS code", "stratum, chance")),
    (
        "run(s) taken back in one of the stores",
        """SELECT d.name, count(*) AS rows
           FROM main.coverage m JOIN main.runs r ON r.run_id = m.run_id
           JOIN other.runs x ON x.run_hash = r.run_hash
           JOIN other.coverage o ON o.run_id = x.run_id AND o.document_id = m.document_id
           JOIN main.documents d ON d.document_id = m.document_id
           WHERE (m.undone_utc IS NULL) <> (o.undone_utc IS NULL)
           GROUP BY d.document_id ORDER BY d.name, d.version""",
    ),
    (
        "time(s) or heading(s) of turns",
        """SELECT d.name, count(*) AS rows
           FROM main.turns m JOIN other.turns o USING (document_id, position)
           JOIN main.documents d ON d.document_id = m.document_id
           WHERE (m.time, m.heading) IS NOT (o.time, o.heading)
           GROUP BY d.document_id ORDER BY d.name, d.version""",
    ),
    (
        "passage(s) that came with another import or decision",
        """SELECT d.name, count(*) AS rows
           FROM main.passages m JOIN other.passages o USING (passage_id)
           JOIN main.documents d ON d.document_id = m.document_id
           WHERE (m.import_id, m.action_id) IS NOT (o.import_id, o.action_id)
           GROUP BY d.document_id ORDER BY d.name, d.version""",
    ),
    (
        "import(s) of the same file",
        """SELECT NULL AS name, count(*) AS rows FROM main.imports m JOIN other.imports o USING (import_id)
           WHERE (m.file, m.codebook_id, m.is_verified, m.content, m.undone_utc IS NULL)
              IS NOT (o.file, o.codebook_id, o.is_verified, o.content, o.undone_utc IS NULL)
           HAVING count(*) > 0""",
    ),
)

# --- adding ------------------------------------------------------------------------------------

HANDLED = {
    "codebooks", "categories", "codes", "coders", "documents", "turns", "segments", "segments_fts", "runs", "coverage",
    "codings", "facets", "audits", "intense", "actions", "verdicts", "looks", "memos", "assignments", "decisions",
    "imports", "passages", "import_coverage", "import_actions", "pseudonymised",
}  # fmt: skip
"""Tables that pooling knows; a test compares them with the schema."""


def _add(connection: sqlite3.Connection) -> None:
    """Add what the other store has and this one lacks, inside the caller's transaction."""
    for table in ("codebooks", "categories", "codes", "coders"):
        _add_missing(connection, table)
    _add_documents(connection)
    _add_runs(connection)
    _add_coverage(connection)
    _add_actions(connection)
    for table in ("assignments", "imports", "passages", "import_actions", "pseudonymised"):
        _add_missing(connection, table)
    connection.execute(_IMPORT_COVERAGE)
    for name in ("segment_of", "run_of", "new_documents", "new_coverage"):
        connection.execute(f"DROP TABLE temp.{name}")
    names = json.dumps([name for (name,) in connection.execute("SELECT DISTINCT name FROM other.documents")])
    for sql in queries.settle_current:
        connection.execute(sql, {"names": names})


def _add_missing(connection: sqlite3.Connection, table: str) -> None:
    """Rows of a table without numbers, by its key."""
    columns = read_rows(connection, "SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", [table])
    listed = ", ".join(f'"{column["name"]}"' for column in columns)
    key = ", ".join(f'"{column["name"]}"' for column in sorted(columns, key=lambda c: c["pk"]) if column["pk"])
    connection.execute(
        f"INSERT INTO main.{table} ({listed}) SELECT {listed} FROM other.{table} "
        f"WHERE ({key}) NOT IN (SELECT {key} FROM main.{table})"
    )


def _add_documents(connection: sqlite3.Connection) -> None:
    """New documents as further versions of their names, with turns, segments and their words in the index."""
    execute = connection.execute
    execute(
        """CREATE TEMP TABLE new_documents AS
           SELECT document_id, row_number() OVER (PARTITION BY name ORDER BY version)
               + (SELECT coalesce(max(m.version), 0) FROM main.documents m WHERE m.name = o.name) AS version
           FROM other.documents o WHERE document_id NOT IN (SELECT document_id FROM main.documents)"""
    )
    # Not current yet: the end of `_add` settles which version is.
    own = ("version", "is_current")
    columns = [row["name"] for row in read_rows(connection, "SELECT name FROM pragma_table_info('documents')")]
    listed = ", ".join(column for column in columns if column not in own)
    execute(
        f"INSERT INTO main.documents ({listed}, version, is_current) SELECT {listed}, n.version, 0 "
        "FROM other.documents o JOIN new_documents n USING (document_id) ORDER BY o.rowid"
    )
    execute("INSERT INTO main.turns SELECT t.* FROM other.turns t JOIN new_documents USING (document_id)")
    execute(
        """INSERT INTO main.segments
           SELECT (SELECT coalesce(max(segment_id), 0) FROM main.segments) + row_number() OVER (ORDER BY s.segment_id),
                  s.document_id, s.position, s.turn, s.start, s."end", s.words, s.is_coded
           FROM other.segments s JOIN new_documents USING (document_id) ORDER BY s.segment_id"""
    )
    execute(
        """CREATE TEMP TABLE segment_of AS SELECT o.segment_id AS theirs, m.segment_id AS ours
           FROM other.segments o JOIN main.segments m USING (document_id, position)"""
    )
    execute("CREATE UNIQUE INDEX temp.segment_of_theirs ON segment_of (theirs, ours)")
    texts = execute("SELECT document_id, text FROM main.documents JOIN new_documents USING (document_id)").fetchall()
    for document_id, text in texts:
        places = execute('SELECT segment_id, start, "end" FROM main.segments WHERE document_id = ?', [document_id])
        words = [(segment_id, text[start:end]) for segment_id, start, end in places.fetchall()]
        connection.executemany(queries.add_words, words)


def _add_runs(connection: sqlite3.Connection) -> None:
    columns = [row["name"] for row in read_rows(connection, "SELECT name FROM pragma_table_info('runs')")]
    listed = ", ".join(column for column in columns if column != "run_id")
    (last,) = connection.execute("SELECT coalesce(max(run_id), 0) FROM main.runs").fetchone()
    connection.execute(
        """UPDATE main.runs SET started_utc = min(main.runs.started_utc, o.started_utc),
                                finished_utc = max(main.runs.finished_utc, o.finished_utc)
           FROM other.runs o WHERE o.run_hash = main.runs.run_hash
             AND (o.started_utc < main.runs.started_utc OR o.finished_utc > main.runs.finished_utc)"""
    )
    connection.execute(
        f"""INSERT INTO main.runs (run_id, {listed})
            SELECT :last + row_number() OVER (ORDER BY run_id), {listed}
            FROM other.runs WHERE run_hash NOT IN (SELECT run_hash FROM main.runs) ORDER BY run_id""",
        {"last": last},
    )
    connection.execute(
        """CREATE TEMP TABLE run_of AS SELECT o.run_id AS theirs, m.run_id AS ours, m.run_id <= :last AS is_shared
           FROM other.runs o JOIN main.runs m USING (run_hash)""",
        {"last": last},
    )


def _add_coverage(connection: sqlite3.Connection) -> None:
    """What the other store's runs said of documents, where this store's runs did not; older than what is there."""
    execute = connection.execute
    execute(
        """CREATE TEMP TABLE new_coverage AS
           SELECT v.run_id AS theirs, r.ours, r.is_shared, v.document_id, d.name, v.undone_utc, v.sequence,
                  row_number() OVER (PARTITION BY d.name ORDER BY v.sequence, v.run_id) AS place
           FROM other.coverage v JOIN run_of r ON r.theirs = v.run_id JOIN other.documents d USING (document_id)
           WHERE (r.ours, v.document_id) NOT IN (SELECT run_id, document_id FROM main.coverage)"""
    )
    named = "SELECT d.name FROM main.documents d JOIN main.coverage USING (document_id)"
    execute(f"UPDATE new_coverage SET sequence = place WHERE name IN ({named})")
    execute(
        """UPDATE main.coverage SET sequence = sequence + n.places
           FROM (SELECT d.document_id, max(c.place) AS places
                 FROM new_coverage c JOIN main.documents d USING (name) GROUP BY d.document_id) n
           WHERE n.document_id = main.coverage.document_id"""
    )
    execute(
        """INSERT INTO main.coverage (run_id, document_id, is_current, undone_utc, sequence)
           SELECT ours, document_id, 0, undone_utc, sequence FROM new_coverage"""
    )
    execute(
        """UPDATE main.runs SET undone_utc = NULL,
               documents = n.documents + CASE WHEN undone_utc IS NULL THEN main.runs.documents ELSE 0 END
           FROM (SELECT ours, count(*) AS documents FROM new_coverage
                 WHERE is_shared AND undone_utc IS NULL GROUP BY ours) n
           WHERE n.ours = main.runs.run_id"""
    )
    for table, columns in _OF_A_RUN.items():
        execute(
            f"""INSERT INTO main.{table} (run_id, segment_id{columns})
                SELECT n.ours, g.ours{columns}
                FROM new_coverage n
                CROSS JOIN other.segments s ON s.document_id = n.document_id
                CROSS JOIN segment_of g ON g.theirs = s.segment_id
                CROSS JOIN other.{table} c ON c.run_id = n.theirs AND c.segment_id = s.segment_id
                ORDER BY n.ours, g.ours"""
        )


_OF_A_RUN = {
    "codings": ", code_id, probability, status, is_intense, evidence",
    "facets": ", facet_id, probability, evidence",
    "audits": ", stratum, chance",
    "intense": "",
}
"""Columns beside run_id and segment_id."""


def _add_actions(connection: sqlite3.Connection) -> None:
    """What people did, in its order; what is taken back in one of the stores is taken back, at the earlier time."""
    execute = connection.execute
    new = "SELECT action_id FROM other.actions EXCEPT SELECT action_id FROM main.actions"
    execute(f"CREATE TEMP TABLE new_actions AS {new}")
    _add_missing(connection, "actions")
    for table, columns in (
        ("verdicts", "codebook_id, code_id, decision"),
        ("looks", "codebook_id, is_blind"),
        ("memos", "codebook_id, code_id, text"),
    ):
        execute(
            f"""INSERT INTO main.{table} (action_id, segment_id, {columns})
                SELECT c.action_id, g.ours, {columns}
                FROM new_actions CROSS JOIN other.{table} c USING (action_id)
                LEFT JOIN segment_of g ON g.theirs = c.segment_id"""
        )
    for action_id, undone_utc in execute(
        "SELECT action_id, undone_utc FROM other.actions WHERE undone_utc IS NOT NULL"
    ).fetchall():
        execute(queries.undo_earlier, {"action_id": action_id, "undone_utc": undone_utc})
    execute("DROP TABLE temp.new_actions")


_IMPORT_COVERAGE = """
INSERT INTO main.import_coverage (import_id, run_id, document_id)
SELECT c.import_id, r.ours, c.document_id FROM other.import_coverage c JOIN run_of r ON r.theirs = c.run_id
WHERE true ON CONFLICT DO NOTHING
"""
