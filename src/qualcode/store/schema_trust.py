"""Schema 5: runs and imports can be taken back; what stood before stands again, and nothing is deleted.

In: an open connection inside a transaction, at schema 4. Out: the same at schema 5, all runs and imports standing.
Called by ``schema.py`` alone, and as little to be edited as what stands there.
"""

from __future__ import annotations

from sqlite_utils import Database


def add_trust(db: Database) -> None:
    """Add what undoing marks, and fill in what the imports there are have brought."""
    for statement in _STATEMENTS:
        db.execute(statement)
    (view,) = db.execute("SELECT sql FROM sqlite_schema WHERE name = 'passages_long'").fetchone()
    db.execute("DROP VIEW passages_long")
    db.execute(view.replace(" a.undone_utc,", " coalesce(a.undone_utc, i.undone_utc) AS undone_utc,"))


_STATEMENTS = (
    "ALTER TABLE runs ADD COLUMN undone_utc TEXT",
    "ALTER TABLE imports ADD COLUMN undone_utc TEXT",
    # A run grows, and may come back for some of its documents only: so each of its documents stands or does not. Times
    # cannot say which run was the last over a document: a run has one for all of them, and a clock may go back.
    "ALTER TABLE coverage ADD COLUMN undone_utc TEXT",
    "ALTER TABLE coverage ADD COLUMN sequence INTEGER NOT NULL DEFAULT 1 CHECK (sequence >= 1)",
    """
    UPDATE coverage SET sequence = o.place FROM (
        SELECT v.run_id, v.document_id, row_number() OVER (
            PARTITION BY d.name ORDER BY d.is_current, d.version, v.is_current, r.finished_utc, v.run_id
        ) AS place
        FROM coverage v JOIN documents d USING (document_id) JOIN runs r USING (run_id)
    ) o
    WHERE o.run_id = coverage.run_id AND o.document_id = coverage.document_id
    """,
    "CREATE INDEX coverage_by_document ON coverage (document_id)",
    """
    CREATE TABLE import_coverage (
        import_id TEXT NOT NULL REFERENCES imports (import_id),
        run_id INTEGER NOT NULL,
        document_id TEXT NOT NULL,
        PRIMARY KEY (import_id, run_id, document_id),
        FOREIGN KEY (run_id, document_id) REFERENCES coverage (run_id, document_id)
    ) STRICT, WITHOUT ROWID
    """,
    """
    INSERT INTO import_coverage
    SELECT DISTINCT i.import_id, v.run_id, v.document_id
    FROM imports i
    JOIN json_each(i.content, '$.documents') j
    JOIN coverage v ON v.document_id = j.value
    JOIN runs r ON r.run_id = v.run_id
    JOIN coders k ON k.coder_id = r.coder_id AND k.kind = 'human'
    """,
    """
    CREATE TABLE import_actions (
        import_id TEXT NOT NULL REFERENCES imports (import_id),
        action_id TEXT NOT NULL REFERENCES actions (action_id),
        PRIMARY KEY (import_id, action_id)
    ) STRICT, WITHOUT ROWID
    """,
    "INSERT INTO import_actions SELECT DISTINCT import_id, action_id FROM passages WHERE action_id IS NOT NULL",
    """
    CREATE TABLE pseudonymised (
        key_hash TEXT PRIMARY KEY,
        made_utc TEXT NOT NULL,
        names INTEGER NOT NULL CHECK (names >= 0)
    ) STRICT, WITHOUT ROWID
    """,
)
