"""The tables and views of the store, as an append-only list of migrations.

In: an open connection inside a transaction. Out: the same connection with every pending migration
applied. A released migration is never edited: a change of the schema is a new ``m00n_...`` at the
end, `qualcode.store.opening.SCHEMA_VERSION` one higher, its new columns explained in ``comments.py``,
and a kept database of the version before in ``tests/store/data``.
"""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database, Migrations

from .schema_exchange import add_exchange
from .schema_review import add_review
from .schema_trust import add_trust

MIGRATIONS = Migrations("qualcode")


def apply_migrations(connection: sqlite3.Connection) -> int:
    """Apply the pending migrations inside the open transaction of `connection`.

    Parameters
    ----------
    connection : sqlite3.Connection
        In a transaction; the caller commits or rolls back.

    Returns
    -------
    int
        Number of migrations the schema now has; the caller writes it to ``PRAGMA user_version``.
    """
    db = Database(connection, execute_plugins=False, strict=True)
    MIGRATIONS.apply(db)
    return len(MIGRATIONS.applied(db))


@MIGRATIONS()
def m001_initial(db: Database) -> None:
    """Codebooks, coders, documents with turns and segments, runs with coverage and codings; three views."""
    for statement in (*_TABLES_1, *_INDEXES_1, *_TRIGGERS_1, *_VIEWS_1):
        db.execute(statement)


@MIGRATIONS()
def m002_topics_facets_audit(db: Database) -> None:
    """Topics asked of a document; facets of a run; verdicts and audit samples; indexes that counting reads alone."""
    for statement in (*_TABLES_2, *_INDEXES_2, *_TRIGGERS_2, *_VIEWS_2):
        db.execute(statement)


@MIGRATIONS()
def m003_review(db: Database) -> None:
    """Actions of people with their verdicts, looks and memos; assignments; what holds by them; intense segments."""
    add_review(db)


@MIGRATIONS()
def m004_exchange(db: Database) -> None:
    """Projects of other programs with the passages coded there; the words of all segments, to search."""
    add_exchange(db)


@MIGRATIONS()
def m005_trust(db: Database) -> None:
    """Runs and imports that are taken back, and what each import brought; which key files hid names."""
    add_trust(db)


# Long texts stand last in their table: SQLite reads a row from the left, and what is behind a long
# text costs a walk through all its pages.
_TABLES_1 = (
    """
    CREATE TABLE codebooks (
        codebook_id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        title TEXT NOT NULL,
        version TEXT NOT NULL,
        language TEXT NOT NULL,
        content TEXT NOT NULL CHECK (json_valid(content))
    ) STRICT
    """,
    """
    CREATE TABLE categories (
        codebook_id TEXT NOT NULL REFERENCES codebooks (codebook_id),
        category_id TEXT NOT NULL,
        position INTEGER NOT NULL CHECK (position >= 0),
        name TEXT NOT NULL,
        colour TEXT NOT NULL,
        PRIMARY KEY (codebook_id, category_id),
        UNIQUE (codebook_id, position)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE codes (
        codebook_id TEXT NOT NULL REFERENCES codebooks (codebook_id),
        code_id TEXT NOT NULL,
        category_id TEXT NOT NULL,
        number INTEGER NOT NULL CHECK (number >= 1),
        name TEXT NOT NULL,
        short_definition TEXT NOT NULL,
        colour TEXT NOT NULL,
        PRIMARY KEY (codebook_id, code_id),
        UNIQUE (codebook_id, number),
        FOREIGN KEY (codebook_id, category_id) REFERENCES categories (codebook_id, category_id)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE coders (
        coder_id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('human', 'rules', 'model')),
        UNIQUE (kind, name)
    ) STRICT
    """,
    """
    CREATE TABLE documents (
        document_id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        version INTEGER NOT NULL CHECK (version >= 1),
        is_current INTEGER NOT NULL CHECK (is_current IN (0, 1)),
        region TEXT CHECK (region <> ''),
        country TEXT CHECK (country <> ''),
        stakeholder_group TEXT CHECK (stakeholder_group <> ''),
        kind TEXT CHECK (kind IN ('interview', 'workshop', 'report', 'survey')),
        date TEXT CHECK (date <> ''),
        language TEXT CHECK (language <> ''),
        words INTEGER NOT NULL CHECK (words >= 0),
        format TEXT NOT NULL,
        encoding TEXT NOT NULL,
        source_hash TEXT NOT NULL,
        reading_hash TEXT NOT NULL,
        text_hash TEXT NOT NULL,
        left_out TEXT NOT NULL CHECK (json_valid(left_out)),
        text TEXT NOT NULL CHECK (instr(text, char(0)) = 0),
        UNIQUE (name, version)
    ) STRICT
    """,
    """
    CREATE TABLE turns (
        document_id TEXT NOT NULL REFERENCES documents (document_id),
        position INTEGER NOT NULL CHECK (position >= 0),
        start INTEGER NOT NULL CHECK (start >= 0),
        "end" INTEGER NOT NULL CHECK ("end" >= start),
        speaker TEXT,
        role TEXT NOT NULL CHECK (role IN ('respondent', 'interviewer', 'facilitator', 'note', 'heading')),
        time TEXT,
        heading TEXT,
        PRIMARY KEY (document_id, position)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE segments (
        segment_id INTEGER PRIMARY KEY,
        document_id TEXT NOT NULL REFERENCES documents (document_id),
        position INTEGER NOT NULL CHECK (position >= 0),
        turn INTEGER NOT NULL,
        start INTEGER NOT NULL CHECK (start >= 0),
        "end" INTEGER NOT NULL CHECK ("end" > start),
        words INTEGER NOT NULL CHECK (words >= 0),
        is_coded INTEGER NOT NULL CHECK (is_coded IN (0, 1)),
        UNIQUE (document_id, position),
        FOREIGN KEY (document_id, turn) REFERENCES turns (document_id, position)
    ) STRICT
    """,
    """
    CREATE TABLE runs (
        run_id INTEGER PRIMARY KEY,
        run_hash TEXT NOT NULL UNIQUE,
        coder_id TEXT NOT NULL REFERENCES coders (coder_id),
        codebook_id TEXT NOT NULL REFERENCES codebooks (codebook_id),
        model_hash TEXT,
        settings TEXT NOT NULL CHECK (json_valid(settings)),
        seed INTEGER,
        qualcode_version TEXT NOT NULL,
        started_utc TEXT NOT NULL,
        finished_utc TEXT NOT NULL,
        documents INTEGER NOT NULL CHECK (documents >= 0)
    ) STRICT
    """,
    """
    CREATE TABLE coverage (
        run_id INTEGER NOT NULL REFERENCES runs (run_id),
        document_id TEXT NOT NULL REFERENCES documents (document_id),
        is_current INTEGER NOT NULL CHECK (is_current IN (0, 1)),
        PRIMARY KEY (run_id, document_id)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE codings (
        run_id INTEGER NOT NULL REFERENCES runs (run_id),
        segment_id INTEGER NOT NULL REFERENCES segments (segment_id),
        code_id TEXT NOT NULL,
        probability REAL NOT NULL CHECK (probability BETWEEN 0 AND 1),
        status TEXT NOT NULL CHECK (status IN ('auto', 'pending')),
        is_intense INTEGER NOT NULL CHECK (is_intense IN (0, 1)),
        evidence TEXT NOT NULL CHECK (json_valid(evidence)),
        PRIMARY KEY (run_id, segment_id, code_id)
    ) STRICT, WITHOUT ROWID
    """,
)

_INDEXES_1 = (
    "CREATE UNIQUE INDEX documents_one_current_version ON documents (name) WHERE is_current = 1",
    "CREATE UNIQUE INDEX coverage_one_current_run ON coverage (document_id) WHERE is_current = 1",
    "CREATE INDEX segments_coded ON segments (document_id) WHERE is_coded = 1",
    "CREATE INDEX codings_by_code ON codings (code_id, status)",
    "CREATE INDEX codings_by_segment ON codings (segment_id)",
)

# A coding's code lives in the codebook of its run and its segment in a document the run covers; no
# plain foreign key reaches that far.
_TRIGGERS_1 = (
    """
    CREATE TRIGGER codings_fit_their_run BEFORE INSERT ON codings BEGIN
        SELECT RAISE(ABORT, 'the code is not in the codebook of the run')
        WHERE NOT EXISTS (
            SELECT 1 FROM runs r JOIN codes e ON e.codebook_id = r.codebook_id
            WHERE r.run_id = NEW.run_id AND e.code_id = NEW.code_id
        );
        SELECT RAISE(ABORT, 'the segment is not a respondent''s, or the run does not cover its document')
        WHERE NOT EXISTS (
            SELECT 1 FROM segments s
            JOIN coverage v ON v.run_id = NEW.run_id AND v.document_id = s.document_id
            WHERE s.segment_id = NEW.segment_id AND s.is_coded = 1
        );
    END
    """,
)

_VIEWS_1 = (
    """
    CREATE VIEW documents_long AS
    SELECT
        d.document_id, d.name AS document, d.version,
        d.region, d.country, d.stakeholder_group, d.kind, d.date, d.language,
        d.words,
        (SELECT count(*) FROM segments s WHERE s.document_id = d.document_id AND s.is_coded = 1) AS segments,
        d.format, d.encoding, d.source_hash, d.left_out,
        k.name AS coder, k.kind AS coder_kind, b.version AS codebook_version, v.run_id AS run
    FROM documents d
    LEFT JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
    LEFT JOIN runs r ON r.run_id = v.run_id
    LEFT JOIN coders k ON k.coder_id = r.coder_id
    LEFT JOIN codebooks b ON b.codebook_id = r.codebook_id
    WHERE d.is_current = 1
    """,
    """
    CREATE VIEW segments_long AS
    SELECT
        s.segment_id, d.document_id, d.name AS document,
        d.region, d.country, d.stakeholder_group, d.kind, d.date, d.language,
        t.speaker, t.role, t.time, t.heading,
        s.turn, s.position, s.start, s."end",
        substr(d.text, s.start + 1, s."end" - s.start) AS text,
        s.words, s.is_coded
    FROM documents d
    JOIN segments s ON s.document_id = d.document_id
    JOIN turns t ON t.document_id = s.document_id AND t.position = s.turn
    WHERE d.is_current = 1
    """,
    """
    CREATE VIEW codings_long AS
    SELECT
        c.segment_id, d.document_id, d.name AS document,
        d.region, d.country, d.stakeholder_group, d.kind, d.date, d.language,
        t.speaker, t.role, s.turn, s.position, s.start, s."end",
        substr(d.text, s.start + 1, s."end" - s.start) AS text,
        s.words,
        e.number AS code_number, c.code_id AS code, e.name AS code_name,
        e.category_id AS category, g.name AS category_name,
        c.probability, c.status, c.is_intense,
        k.name AS coder, k.kind AS coder_kind, c.evidence, b.version AS codebook_version, c.run_id AS run
    FROM documents d
    JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
    JOIN runs r ON r.run_id = v.run_id
    JOIN coders k ON k.coder_id = r.coder_id
    JOIN codebooks b ON b.codebook_id = r.codebook_id
    JOIN segments s ON s.document_id = d.document_id
    JOIN turns t ON t.document_id = s.document_id AND t.position = s.turn
    JOIN codings c ON c.run_id = v.run_id AND c.segment_id = s.segment_id
    JOIN codes e ON e.codebook_id = r.codebook_id AND e.code_id = c.code_id
    JOIN categories g ON g.codebook_id = e.codebook_id AND g.category_id = e.category_id
    WHERE d.is_current = 1
    """,
)

# topics_asked stands behind the text, where only the documents that have some pay for it: 15 µs each.
_TABLES_2 = (
    "ALTER TABLE documents ADD COLUMN topics_asked TEXT CHECK (topics_asked IS NULL OR json_valid(topics_asked))",
    "ALTER TABLE runs ADD COLUMN facets_id TEXT REFERENCES codebooks (codebook_id)",
    """
    CREATE TABLE facets (
        run_id INTEGER NOT NULL REFERENCES runs (run_id),
        segment_id INTEGER NOT NULL REFERENCES segments (segment_id),
        facet_id TEXT NOT NULL,
        probability REAL NOT NULL CHECK (probability BETWEEN 0 AND 1),
        evidence TEXT NOT NULL CHECK (json_valid(evidence)),
        PRIMARY KEY (run_id, segment_id, facet_id)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE verdicts (
        verdict_id INTEGER PRIMARY KEY,
        segment_id INTEGER NOT NULL REFERENCES segments (segment_id),
        codebook_id TEXT NOT NULL,
        code_id TEXT NOT NULL,
        coder_id TEXT NOT NULL REFERENCES coders (coder_id),
        decision TEXT NOT NULL CHECK (decision IN ('accept', 'reject', 'add', 'unsure')),
        is_audit INTEGER NOT NULL CHECK (is_audit IN (0, 1)),
        memo TEXT CHECK (memo <> ''),
        decided_utc TEXT NOT NULL,
        FOREIGN KEY (codebook_id, code_id) REFERENCES codes (codebook_id, code_id)
    ) STRICT
    """,
    """
    CREATE TABLE audits (
        run_id INTEGER NOT NULL REFERENCES runs (run_id),
        segment_id INTEGER NOT NULL REFERENCES segments (segment_id),
        stratum TEXT NOT NULL,
        chance REAL NOT NULL CHECK (chance > 0 AND chance <= 1),
        coder_id TEXT REFERENCES coders (coder_id),
        decided_utc TEXT CHECK ((decided_utc IS NULL) = (coder_id IS NULL)),
        PRIMARY KEY (run_id, segment_id)
    ) STRICT, WITHOUT ROWID
    """,
)

# codings_counted is all that counting reads, without the evidence: a tenth of the bytes of the table.
_INDEXES_2 = (
    "CREATE INDEX codings_counted ON codings (run_id, segment_id, code_id, status, is_intense, probability)",
    "CREATE INDEX verdicts_by_segment ON verdicts (segment_id, coder_id)",
)

_COVERED_RESPONDENT = """
        SELECT RAISE(ABORT, 'the segment is not a respondent''s, or the run does not cover its document')
        WHERE NOT EXISTS (
            SELECT 1 FROM segments s
            JOIN coverage v ON v.run_id = NEW.run_id AND v.document_id = s.document_id
            WHERE s.segment_id = NEW.segment_id AND s.is_coded = 1
        );
"""

_TRIGGERS_2 = (
    f"""
    CREATE TRIGGER facets_fit_their_run BEFORE INSERT ON facets BEGIN
        SELECT RAISE(ABORT, 'the facet is not among the facets of the run')
        WHERE NOT EXISTS (
            SELECT 1 FROM runs r JOIN codes e ON e.codebook_id = r.facets_id
            WHERE r.run_id = NEW.run_id AND e.code_id = NEW.facet_id
        );
        {_COVERED_RESPONDENT.strip()}
    END
    """,
    f"""
    CREATE TRIGGER audits_fit_their_run BEFORE INSERT ON audits BEGIN
        {_COVERED_RESPONDENT.strip()}
    END
    """,
    """
    CREATE TRIGGER verdicts_on_respondents BEFORE INSERT ON verdicts BEGIN
        SELECT RAISE(ABORT, 'the segment is not a respondent''s')
        WHERE NOT EXISTS (SELECT 1 FROM segments WHERE segment_id = NEW.segment_id AND is_coded = 1);
    END
    """,
    *(
        f"""
        CREATE TRIGGER verdicts_refuse_{change} BEFORE {change.upper()} ON verdicts BEGIN
            SELECT RAISE(ABORT, 'a verdict stays as it is: another decision is another verdict');
        END
        """
        for change in ("update", "delete")
    ),
)

_VIEWS_2 = (
    "DROP VIEW documents_long",
    """
    CREATE VIEW documents_long AS
    SELECT
        d.document_id, d.name AS document, d.version,
        d.region, d.country, d.stakeholder_group, d.kind, d.date, d.language, d.topics_asked,
        d.words,
        (SELECT count(*) FROM segments s WHERE s.document_id = d.document_id AND s.is_coded = 1) AS segments,
        d.format, d.encoding, d.source_hash, d.left_out,
        k.name AS coder, k.kind AS coder_kind, b.version AS codebook_version, v.run_id AS run
    FROM documents d
    LEFT JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
    LEFT JOIN runs r ON r.run_id = v.run_id
    LEFT JOIN coders k ON k.coder_id = r.coder_id
    LEFT JOIN codebooks b ON b.codebook_id = r.codebook_id
    WHERE d.is_current = 1
    """,
    """
    CREATE VIEW facets_long AS
    SELECT
        f.segment_id, d.document_id, d.name AS document,
        d.region, d.country, d.stakeholder_group, d.kind, d.date, d.language,
        t.speaker, t.role, s.turn, s.position, s.start, s."end",
        substr(d.text, s.start + 1, s."end" - s.start) AS text,
        s.words,
        f.facet_id AS facet, e.number AS facet_number, e.name AS facet_name, e.category_id AS facet_group,
        f.probability, f.evidence, f.run_id AS run
    FROM documents d
    JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
    JOIN runs r ON r.run_id = v.run_id
    JOIN segments s ON s.document_id = d.document_id
    JOIN turns t ON t.document_id = s.document_id AND t.position = s.turn
    JOIN facets f ON f.run_id = v.run_id AND f.segment_id = s.segment_id
    JOIN codes e ON e.codebook_id = r.facets_id AND e.code_id = f.facet_id
    WHERE d.is_current = 1
    """,
)
