"""What a store says, and whether it is sound: what every fault is measured by."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00|Z)")


def state_of(store: Path) -> list[str]:
    """Everything the store holds, but for when it was done; empty where there is none, or nothing in it."""
    if not store.exists() or not store.stat().st_size:
        return []
    with closing(sqlite3.connect(f"{store.as_uri()}?mode=rw", uri=True)) as connection:
        said = [_MOMENT.sub("<then>", line) for line in connection.iterdump() if "segments_fts" not in line]
    return [line for line in said if line.startswith("INSERT")]


def faults_of(store: Path) -> list[str]:
    """What is wrong with a store, looked at without the program."""
    if not store.exists() or not store.stat().st_size:
        return []
    with closing(sqlite3.connect(f"{store.as_uri()}?mode=rw", uri=True)) as connection:
        faults = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        faults += [f"{row[0]} points at nothing" for row in connection.execute("PRAGMA foreign_key_check")]
        if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'documents'").fetchone():
            return faults
        for name, text, text_hash in connection.execute("SELECT name, text, text_hash FROM documents"):
            if text_hash != f"sha256:{hashlib.sha256(text.encode()).hexdigest()}":
                faults.append(f"{name}: its words are not those that were stored")
        outside = """SELECT count(*) FROM segments s JOIN documents d USING (document_id)
            WHERE s.start < 0 OR s.end < s.start OR s.end > length(d.text)"""
        indexed = "SELECT (SELECT count(*) FROM segments) - (SELECT count(*) FROM segments_fts)"
        half = """SELECT count(*) FROM runs r WHERE r.documents <>
            (SELECT count(*) FROM coverage c WHERE c.run_id = r.run_id)"""
        for sql, what in ((outside, "sentences lie outside"), (indexed, "not in the index"), (half, "half a run")):
            if count := connection.execute(sql).fetchone()[0]:
                faults.append(f"{what}: {count}")
    return faults


def has_hot_journal(store: Path) -> bool:
    """Tell whether a program was ended while it wrote."""
    journal = store.with_name(f"{store.name}-journal")
    return journal.exists() and journal.read_bytes().startswith(JOURNAL_MAGIC)


def actions_of(store: Path) -> set[str]:
    """Ids of all that people did and that stands."""
    with closing(sqlite3.connect(f"{store.as_uri()}?mode=rw", uri=True)) as connection:
        return {row[0] for row in connection.execute("SELECT action_id FROM actions WHERE undone_utc IS NULL")}


def is_clear(said: str, *names: str) -> bool:
    """Tell whether an error says what happened: no traceback, and the names that it must hold."""
    return "Traceback" not in said and bool(said.strip()) and all(name in said for name in names)


def as_line(value: object) -> str:
    """A value as one line of JSON."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
