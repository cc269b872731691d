"""A store with something of everything, and ways to damage it as no command of ours would."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from qualcode.review import Decision, Place
from qualcode.store import AuditDraw, Memo, Row, Store, passage_hash

from .builders import RUN, TALK, codebook, coding, facets_book, tagged, two_documents_with_facets


def full_store(path: Path) -> Path:
    """Two documents (one in two versions), codings, facets, an audit, decisions of two people, notes, a passage."""
    with Store(path, create=True) as store:
        store.save_run(RUN, codebook(), two_documents_with_facets(), facets=facets_book())
        changed = tagged(
            "ghent/two.txt", [coding(1, "money", intense=True)], talk=[*TALK, ("R2", "respondent", ["No."])]
        )
        store.save_run(RUN, codebook(), [changed], facets=facets_book())
        store.save_audit_sample(1, [AuditDraw("crete/one.txt", 2, "coded", 0.5)])
        document_id = store.known_documents()["crete/one.txt"].document_id
        places = [Place(document_id, position) for position in (1, 2, 3, 5)]
        store.verdicts.decide("Anna", [Decision(places[0], "money", "accept")], looked=places[:2])
        store.verdicts.decide("Ben", [Decision(places[0], "money", "reject"), Decision(places[1], "travel", "accept")])
        store.verdicts.note("Anna", Memo("Ask again.", places[2]))
        store.verdicts.note("Anna", Memo("Too wide?", code="travel"))
        store.verdicts.assign({"Ben": [document_id]})
        first: Row = {
            "import_id": "sha256:1",
            "file": "a.qdpx",
            "origin": "NVivo",
            "imported_utc": "2026-01-03T10:00:00+00:00",
        }
        first |= {"codebook_id": codebook().hash, "dialect": "{}", "is_verified": 1, "content": "{}"}
        store.projects.add_import(first, codebook())
        passage: Row = {"import_id": "sha256:1", "document_id": document_id, "start": 20, "end": 30, "guid": "g"}
        passage |= {
            "codebook_id": codebook().hash,
            "code_id": "money",
            "coder": "Cleo",
            "created": None,
            "action_id": None,
        }
        passage["passage_id"] = passage_hash(document_id, 20, 30, "small", "money", "Cleo")
        store.projects.add_passages([passage])
    path.chmod(0o600)
    return path


def damage(path: Path, *statements: str) -> None:
    """Run SQL that no constraint and no trigger stops."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in triggers:
            connection.execute(sql)
        connection.commit()


def flip(path: Path, words: bytes) -> None:
    """Flip one bit in the file, in the middle of the first place where these bytes stand."""
    raw = bytearray(path.read_bytes())
    at = raw.index(words) + len(words) // 2
    raw[at] ^= 1
    path.write_bytes(raw)


def kill_in_the_middle(path: Path) -> None:
    """Kill a process (POSIX) while it deletes everything: what it has written so far is to be undone."""
    subprocess.run([sys.executable, "-c", _KILLED, str(path)], check=False)


_KILLED = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 1")
connection.execute("PRAGMA foreign_keys = OFF")
connection.execute("BEGIN IMMEDIATE")
connection.execute("DROP TRIGGER verdicts_refuse_delete")
for table in ("verdicts", "codings", "segments", "documents"):
    connection.execute(f"DELETE FROM {table}")
os.kill(os.getpid(), signal.SIGKILL)
"""
