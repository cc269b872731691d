"""What `examine` found, mended where that loses nothing; after a backup, in one transaction.

In: a path and findings. Out: what was done, in words. Only what can be made again from the rest of the store, or is
whole in a backup, is written; what a person or a run said is never touched.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

from ..errors import StoreError
from ..model import count_words
from . import queries
from .checking import INTENSE_MISSING, RUN_MISCOUNTED, Finding, Repair, outcomes
from .database import connect, database_errors_or
from .examining import backup_files, leftovers
from .opening import back_up, immediate_transaction, open_connection, sqlite_errors_named


def mend(path: Path, findings: Iterable[Finding]) -> list[str]:
    """Do what ends the findings, as far as it loses nothing.

    Parameters
    ----------
    path : Path
    findings : iterable of Finding
        From `examine`, of now.

    Returns
    -------
    list of str
        What was done, one sentence each. What opening a store does by itself (a backup, the end of an interrupted
        run) it says itself.

    Raises
    ------
    StoreError
        If the store is write-protected or in use, or the disk is full; then its content is as before.

    Notes
    -----
    A store with damaged pages is not written to: only temporary files are removed.
    """
    found = list(findings)
    wanted = {finding.mends for finding in found if finding.mends}
    done = []
    if "leftovers" in wanted:
        files = leftovers(path)
        for file in files:
            file.unlink(missing_ok=True)
        done.append(f"Removed {len(files)} temporary file(s).")
    is_unsafe = any(finding.check in ("file", "pages") and finding.state == "fault" for finding in found)
    if wanted <= {"leftovers"} or is_unsafe:
        return done
    with sqlite_errors_named(path), closing(open_connection(path)) as connection:
        texts = whole_texts(path, connection)  # before the backup, which may push the oldest one out
        steps = [step for name, step in _STEPS.items() if name in wanted and (name != "texts" or texts)]
        if not steps:
            return done
        with immediate_transaction(connection):
            back_up(path)
            done += [said for step in steps for said in step(connection, texts)]
    return done


Texts = dict[str, tuple[bytes, str]]
"""Text and the backup it is from, by document id."""
_Step = Callable[[sqlite3.Connection, Texts], Iterator[str]]


# --- texts -------------------------------------------------------------------------------------


def whole_texts(path: Path, connection: sqlite3.Connection) -> Texts:
    """Look up the damaged documents of a store in its backups, the newest first."""
    damaged = {
        document_id: text_hash
        for document_id, text_hash, raw in connection.execute(_RAW_TEXTS)
        if _text_hash(raw) != text_hash
    }
    found: Texts = {}
    for file in backup_files(path) if damaged else ():
        try:
            with closing(connect(file, "ro")) as backup:
                for document_id, _, raw in backup.execute(_RAW_TEXTS):
                    if document_id not in found and damaged.get(document_id) == _text_hash(raw):
                        found[document_id] = (raw, file.name)
        except database_errors_or(StoreError):
            continue  # a damaged backup: examined and named elsewhere
    return found


_RAW_TEXTS = "SELECT document_id, text_hash, CAST(text AS BLOB) FROM documents"


def _text_hash(raw: bytes) -> str:
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _texts(connection: sqlite3.Connection, texts: Texts) -> Iterator[str]:
    for document_id, (raw, source) in texts.items():
        connection.execute("UPDATE documents SET text = CAST(? AS TEXT) WHERE document_id = ?", [raw, document_id])
        name, version = connection.execute(
            "SELECT name, version FROM documents WHERE document_id = ?", [document_id]
        ).fetchone()
        yield f"Took the text of {name} (version {version}) from {source}."


# --- what is kept though it can be computed ----------------------------------------------------


def _words(connection: sqlite3.Connection, _: Texts) -> Iterator[str]:
    changed = 0
    for document_id, text in _sound_texts(connection):
        places = connection.execute(
            'SELECT segment_id, start, "end", words FROM segments WHERE document_id = ?', [document_id]
        )
        counted = [(count_words(text[start:end]), key, words) for key, start, end, words in places.fetchall()]
        wrong = [(now, key) for now, key, before in counted if now != before]
        connection.executemany("UPDATE segments SET words = ? WHERE segment_id = ?", wrong)
        changed += len(wrong)
    changed += connection.execute(
        f"UPDATE documents SET words = {_DOCUMENT_WORDS} WHERE words <> {_DOCUMENT_WORDS}"
    ).rowcount
    yield f"Counted words again: {changed:,} number(s) differ."


_DOCUMENT_WORDS = """(SELECT coalesce(sum(s.words), 0) FROM segments s
                      WHERE s.document_id = documents.document_id AND s.is_coded = 1)"""


def _sound_texts(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    for document_id, text_hash, raw in connection.execute(_RAW_TEXTS).fetchall():
        if _text_hash(raw) == text_hash:
            yield document_id, raw.decode("utf-8")


def _flags(connection: sqlite3.Connection, _: Texts) -> Iterator[str]:
    names = json.dumps([name for (name,) in connection.execute("SELECT DISTINCT name FROM documents")])
    changed = sum(connection.execute(sql, {"names": names}).rowcount for sql in queries.settle_current)
    changed += connection.execute(
        "UPDATE runs SET documents = (SELECT count(*) FROM coverage v WHERE v.run_id = runs.run_id) "
        f"WHERE {RUN_MISCOUNTED}"
    ).rowcount
    yield f"Made the newest of what stands current again: {changed:,} row(s) differ."


def _intense(connection: sqlite3.Connection, _: Texts) -> Iterator[str]:
    added = connection.execute(f"INSERT INTO intense (run_id, segment_id) {INTENSE_MISSING}").rowcount
    yield f"Kept {added:,} sentence(s) as intense, as their codings say."


def _decisions(connection: sqlite3.Connection, _: Texts) -> Iterator[str]:
    rows = list(outcomes(connection))
    connection.execute("DELETE FROM decisions")
    connection.executemany("INSERT INTO decisions (segment_id, codebook, code_id, outcome) VALUES (?, ?, ?, ?)", rows)
    yield f"Made {len(rows):,} outcome(s) again from what people decided."


def _index(connection: sqlite3.Connection, _: Texts) -> Iterator[str]:
    connection.execute("INSERT INTO segments_fts (segments_fts) VALUES ('delete-all')")
    added = 0
    for document_id, raw in connection.execute("SELECT document_id, CAST(text AS BLOB) FROM documents").fetchall():
        text = raw.decode("utf-8", "replace")
        places = connection.execute(
            'SELECT segment_id, start, "end" FROM segments WHERE document_id = ?', [document_id]
        )
        rows = [(key, text[start:end]) for key, start, end in places.fetchall()]
        connection.executemany("INSERT INTO segments_fts (rowid, text) VALUES (?, ?)", rows)
        added += len(rows)
    yield f"Made the search index again: {added:,} sentence(s)."


_STEPS: dict[Repair, _Step] = {
    "texts": _texts,
    "words": _words,
    "flags": _flags,
    "intense": _intense,
    "decisions": _decisions,
    "index": _index,
}
