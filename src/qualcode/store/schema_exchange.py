"""Schema 4: projects of other programs with the exact passages people coded there; the words of all segments to search.

In: an open connection inside a transaction, at schema 3. Out: the same at schema 4, every segment searchable.
Called by ``schema.py`` alone, and as little to be edited as what stands there.
"""

from __future__ import annotations

from sqlite_utils import Database


def add_exchange(db: Database) -> None:
    """Make the tables of an exchange, and index the words of the segments there are."""
    for statement in _STATEMENTS:
        db.execute(statement)
    # The same rows as before; CROSS JOIN keeps SQLite to the order from documents to codings. Left to choose, it walked
    # through all codings of a run for every segment: minutes in a large store.
    (view,) = db.execute("SELECT sql FROM sqlite_schema WHERE name = 'codings_long'").fetchone()
    db.execute("DROP VIEW codings_long")
    db.execute(view.replace("\n    JOIN ", "\n    CROSS JOIN "))
    # Cut here and not by SQLite, whose substr walks through the text from its start for every segment.
    for document_id, text in db.execute("SELECT document_id, text FROM documents").fetchall():
        places = db.execute('SELECT segment_id, start, "end" FROM segments WHERE document_id = ?', [document_id])
        words = [(segment_id, text[start:end]) for segment_id, start, end in places.fetchall()]
        db.conn.executemany("INSERT INTO segments_fts (rowid, text) VALUES (?, ?)", words)


_STATEMENTS = (
    """
    CREATE TABLE imports (
        import_id TEXT PRIMARY KEY,
        file TEXT NOT NULL,
        origin TEXT NOT NULL,
        imported_utc TEXT NOT NULL,
        codebook_id TEXT NOT NULL REFERENCES codebooks (codebook_id),
        dialect TEXT NOT NULL CHECK (json_valid(dialect)),
        is_verified INTEGER NOT NULL CHECK (is_verified IN (0, 1)),
        content TEXT NOT NULL CHECK (json_valid(content))
    ) STRICT, WITHOUT ROWID
    """,
    # A passage without an action is on words that are never coded (an interviewer's), so it is nobody's verdict.
    """
    CREATE TABLE passages (
        passage_id TEXT PRIMARY KEY,
        import_id TEXT NOT NULL REFERENCES imports (import_id),
        document_id TEXT NOT NULL REFERENCES documents (document_id),
        start INTEGER NOT NULL CHECK (start >= 0),
        "end" INTEGER NOT NULL CHECK ("end" > start),
        codebook_id TEXT NOT NULL,
        code_id TEXT NOT NULL,
        coder_id TEXT NOT NULL REFERENCES coders (coder_id),
        guid TEXT NOT NULL,
        created TEXT,
        action_id TEXT REFERENCES actions (action_id),
        FOREIGN KEY (codebook_id, code_id) REFERENCES codes (codebook_id, code_id)
    ) STRICT, WITHOUT ROWID
    """,
    'CREATE INDEX passages_by_document ON passages (document_id, start, "end")',
    """
    CREATE VIEW passages_long AS
    SELECT
        p.passage_id, d.document_id, d.name AS document,
        d.region, d.country, d.stakeholder_group, d.kind, d.date, d.language,
        p.start, p."end", substr(d.text, p.start + 1, p."end" - p.start) AS text,
        e.number AS code_number, p.code_id AS code, e.name AS code_name, e.category_id AS category,
        k.name AS coder, p.created, a.undone_utc, i.file, i.origin, i.is_verified
    FROM passages p
    JOIN imports i ON i.import_id = p.import_id
    JOIN documents d ON d.document_id = p.document_id AND d.is_current = 1
    JOIN codes e ON e.codebook_id = p.codebook_id AND e.code_id = p.code_id
    JOIN coders k ON k.coder_id = p.coder_id
    LEFT JOIN actions a ON a.action_id = p.action_id
    """,
    # Without the words themselves, which stand in documents.text; rowid = segments.segment_id.
    """CREATE VIRTUAL TABLE segments_fts USING fts5(text, content='', tokenize="unicode61 remove_diacritics 2")""",
)
