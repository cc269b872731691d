"""Schema 3: what people do while they review, as actions that are only added, merged and marked as undone.

In: an open connection inside a transaction, at schema 2. Out: the same at schema 3, with the verdicts it had.
Called by ``schema.py`` alone, and as little to be edited as what stands there.
"""

from __future__ import annotations

from itertools import count, groupby
from operator import itemgetter
from typing import Any

from sqlite_utils import Database

from .verdicts import action_hash


def add_review(db: Database) -> None:
    """Make the tables of a review and carry the verdicts of schema 2 over."""
    old_verdicts = list(db.query(_OLD_VERDICTS))
    old_looks = list(db.query(_OLD_LOOKS))
    for statement in (*_TABLES, *_INDEXES, *_VIEWS, *_TRIGGERS):
        db.execute(statement)
    _carry_over(db, old_verdicts, old_looks)


_OLD_VERDICTS = """
SELECT w.segment_id, d.document_id, s.position, w.codebook_id, w.code_id, w.coder_id, w.decision, w.is_audit, w.memo,
       w.decided_utc
FROM verdicts w JOIN segments s USING (segment_id) JOIN documents d USING (document_id)
ORDER BY w.verdict_id
"""
_OLD_LOOKS = """
SELECT a.segment_id, d.document_id, s.position, r.codebook_id, a.coder_id, a.decided_utc
FROM audits a JOIN runs r USING (run_id) JOIN segments s USING (segment_id) JOIN documents d USING (document_id)
WHERE a.coder_id IS NOT NULL
ORDER BY a.decided_utc, a.segment_id
"""

_TABLES = (
    "DROP TRIGGER verdicts_on_respondents",
    "DROP TRIGGER verdicts_refuse_update",
    "DROP TRIGGER verdicts_refuse_delete",
    "DROP TRIGGER audits_fit_their_run",
    "DROP INDEX verdicts_by_segment",
    "DROP TABLE verdicts",
    "ALTER TABLE audits RENAME TO old_audits",
    """
    CREATE TABLE audits (
        run_id INTEGER NOT NULL REFERENCES runs (run_id),
        segment_id INTEGER NOT NULL REFERENCES segments (segment_id),
        stratum TEXT NOT NULL,
        chance REAL NOT NULL CHECK (chance > 0 AND chance <= 1),
        PRIMARY KEY (run_id, segment_id)
    ) STRICT, WITHOUT ROWID
    """,
    "INSERT INTO audits SELECT run_id, segment_id, stratum, chance FROM old_audits",
    "DROP TABLE old_audits",
    """
    CREATE TABLE intense (
        run_id INTEGER NOT NULL REFERENCES runs (run_id),
        segment_id INTEGER NOT NULL REFERENCES segments (segment_id),
        PRIMARY KEY (run_id, segment_id)
    ) STRICT, WITHOUT ROWID
    """,
    "INSERT INTO intense SELECT DISTINCT run_id, segment_id FROM codings WHERE is_intense = 1",
    """
    CREATE TABLE actions (
        action_id TEXT PRIMARY KEY,
        coder_id TEXT NOT NULL REFERENCES coders (coder_id),
        kind TEXT NOT NULL CHECK (kind IN ('decide', 'done', 'bulk', 'audit', 'adjudicate', 'memo')),
        clock INTEGER NOT NULL CHECK (clock >= 1),
        made_utc TEXT NOT NULL,
        undone_utc TEXT
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE verdicts (
        action_id TEXT NOT NULL REFERENCES actions (action_id),
        segment_id INTEGER NOT NULL REFERENCES segments (segment_id),
        codebook_id TEXT NOT NULL,
        code_id TEXT NOT NULL,
        decision TEXT NOT NULL CHECK (decision IN ('accept', 'reject', 'add', 'unsure')),
        PRIMARY KEY (action_id, segment_id, code_id),
        FOREIGN KEY (codebook_id, code_id) REFERENCES codes (codebook_id, code_id)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE looks (
        action_id TEXT NOT NULL REFERENCES actions (action_id),
        segment_id INTEGER NOT NULL REFERENCES segments (segment_id),
        codebook_id TEXT NOT NULL REFERENCES codebooks (codebook_id),
        is_blind INTEGER NOT NULL CHECK (is_blind IN (0, 1)),
        PRIMARY KEY (action_id, segment_id)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE memos (
        action_id TEXT PRIMARY KEY REFERENCES actions (action_id),
        segment_id INTEGER REFERENCES segments (segment_id),
        codebook_id TEXT NOT NULL REFERENCES codebooks (codebook_id),
        code_id TEXT,
        text TEXT NOT NULL CHECK (instr(text, char(0)) = 0),
        CHECK (segment_id IS NOT NULL OR code_id IS NOT NULL),
        FOREIGN KEY (codebook_id, code_id) REFERENCES codes (codebook_id, code_id)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE assignments (
        document_id TEXT NOT NULL REFERENCES documents (document_id),
        coder_id TEXT NOT NULL REFERENCES coders (coder_id),
        PRIMARY KEY (document_id, coder_id)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE decisions (
        segment_id INTEGER NOT NULL REFERENCES segments (segment_id),
        codebook TEXT NOT NULL,
        code_id TEXT NOT NULL,
        outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'rejected', 'pending')),
        PRIMARY KEY (segment_id, codebook, code_id)
    ) STRICT, WITHOUT ROWID
    """,
)

_INDEXES = (
    "CREATE INDEX actions_by_coder ON actions (coder_id, clock)",
    "CREATE INDEX verdicts_by_segment ON verdicts (segment_id, code_id)",
    "CREATE INDEX looks_by_segment ON looks (segment_id)",
    "CREATE INDEX memos_by_segment ON memos (segment_id)",
)

# Segments asked for are named where rows are read: SQLite does not push them into views by itself, and a trigger that
# read all verdicts for each new one would take minutes for a bulk decision.


def _newest(*, adjudicated: bool, segments: str = "") -> str:
    """What a person last said on each code of a segment, or what was settled last.

    The newest is that of the greatest clock; the id settles what two machines did at the same count.
    """
    return f"""
    SELECT segment_id, codebook, code_id, coder_id, decision, codebook_id, action_id, clock, made_utc
    FROM (
        SELECT w.segment_id, b.name AS codebook, w.code_id, a.coder_id, w.decision, w.codebook_id, w.action_id,
               a.clock, a.made_utc,
               row_number() OVER (
                   PARTITION BY w.segment_id, b.name, w.code_id{"" if adjudicated else ", a.coder_id"}
                   ORDER BY a.clock DESC, a.action_id DESC
               ) AS age
        FROM verdicts w
        JOIN actions a ON a.action_id = w.action_id AND a.undone_utc IS NULL
            AND a.kind {"=" if adjudicated else "<>"} 'adjudicate'
        JOIN codebooks b ON b.codebook_id = w.codebook_id
        {f"WHERE w.segment_id IN ({segments})" if segments else ""}
    )
    WHERE age = 1
    """


def _looked(segments: str = "") -> str:
    """Who is done with which segment."""
    return f"""
    SELECT l.segment_id, b.name AS codebook, a.coder_id, max(l.is_blind) AS is_blind, max(a.clock) AS clock
    FROM looks l
    JOIN actions a ON a.action_id = l.action_id AND a.undone_utc IS NULL
    JOIN codebooks b ON b.codebook_id = l.codebook_id
    {f"WHERE l.segment_id IN ({segments})" if segments else ""}
    GROUP BY l.segment_id, b.name, a.coder_id
    """


def _outcomes(segments: str = "") -> str:
    """What people's word makes of each code; who is done with a segment and silent on a code says no."""
    opinions, adjudications = (_newest(adjudicated=settled, segments=segments) for settled in (False, True))
    return f"""
    SELECT p.segment_id, p.codebook, p.code_id,
        CASE
            WHEN g.decision IN ('accept', 'add') THEN 'accepted'
            WHEN g.decision = 'reject' THEN 'rejected'
            WHEN g.decision IS NOT NULL THEN 'pending'
            WHEN p.yes > 0 AND p.no + p.silent = 0 THEN 'accepted'
            WHEN p.yes = 0 AND p.no + p.silent > 0 THEN 'rejected'
            ELSE 'pending'
        END AS outcome
    FROM (
        SELECT o.segment_id, o.codebook, o.code_id,
               sum(o.decision IN ('accept', 'add')) AS yes,
               sum(o.decision = 'reject') AS no,
               (SELECT count(*) FROM ({_looked(segments)}) l
                WHERE l.segment_id = o.segment_id AND l.codebook = o.codebook AND l.coder_id NOT IN (
                    SELECT m.coder_id FROM ({opinions}) m
                    WHERE m.segment_id = o.segment_id AND m.codebook = o.codebook AND m.code_id = o.code_id
                )) AS silent
        FROM (
            SELECT segment_id, codebook, code_id, decision FROM ({opinions})
            UNION ALL
            SELECT segment_id, codebook, code_id, 'adjudicated' FROM ({adjudications})
        ) o
        GROUP BY o.segment_id, o.codebook, o.code_id
    ) p
    LEFT JOIN ({adjudications}) g
    ON g.segment_id = p.segment_id AND g.codebook = p.codebook AND g.code_id = p.code_id
    """


_VIEWS = (
    f"CREATE VIEW opinions AS {_newest(adjudicated=False).strip()}",
    f"CREATE VIEW adjudications AS {_newest(adjudicated=True).strip()}",
    f"CREATE VIEW looked AS {_looked().strip()}",
    f"CREATE VIEW outcomes AS {_outcomes().strip()}",
    "DROP VIEW codings_long",
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
        c.probability,
        CASE
            WHEN j.outcome IS NOT NULL THEN j.outcome
            WHEN EXISTS (SELECT 1 FROM looked l WHERE l.segment_id = c.segment_id AND l.codebook = b.name)
            THEN 'pending'
            ELSE c.status
        END AS status,
        c.is_intense,
        k.name AS coder, k.kind AS coder_kind,
        (SELECT json_group_array(name) FROM (
            SELECT DISTINCT p.name FROM verdicts w
            JOIN actions a ON a.action_id = w.action_id AND a.undone_utc IS NULL
            JOIN coders p ON p.coder_id = a.coder_id
            WHERE w.segment_id = c.segment_id AND w.code_id = c.code_id ORDER BY p.name
        )) AS decided_by,
        c.evidence, b.version AS codebook_version, c.run_id AS run
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
    LEFT JOIN decisions j ON j.segment_id = c.segment_id AND j.codebook = b.name AND j.code_id = c.code_id
    WHERE d.is_current = 1 AND j.outcome IS NOT 'rejected'
    UNION ALL
    SELECT
        j.segment_id, d.document_id, d.name,
        d.region, d.country, d.stakeholder_group, d.kind, d.date, d.language,
        t.speaker, t.role, s.turn, s.position, s.start, s."end",
        substr(d.text, s.start + 1, s."end" - s.start),
        s.words,
        e.number, j.code_id, e.name,
        e.category_id, g.name,
        NULL,
        j.outcome,
        EXISTS (SELECT 1 FROM intense i WHERE i.run_id = v.run_id AND i.segment_id = j.segment_id),
        'people', 'human',
        (SELECT json_group_array(name) FROM (
            SELECT DISTINCT p.name FROM verdicts w
            JOIN actions a ON a.action_id = w.action_id AND a.undone_utc IS NULL
            JOIN coders p ON p.coder_id = a.coder_id
            WHERE w.segment_id = j.segment_id AND w.code_id = j.code_id ORDER BY p.name
        )),
        '[]', b.version, v.run_id
    FROM documents d
    JOIN coverage v ON v.document_id = d.document_id AND v.is_current = 1
    JOIN runs r ON r.run_id = v.run_id
    JOIN codebooks b ON b.codebook_id = r.codebook_id
    JOIN segments s ON s.document_id = d.document_id
    JOIN turns t ON t.document_id = s.document_id AND t.position = s.turn
    JOIN decisions j ON j.segment_id = s.segment_id AND j.codebook = b.name
    JOIN codes e ON e.codebook_id = r.codebook_id AND e.code_id = j.code_id
    JOIN categories g ON g.codebook_id = e.codebook_id AND g.category_id = e.category_id
    WHERE d.is_current = 1 AND j.outcome <> 'rejected' AND NOT EXISTS (
        SELECT 1 FROM codings c WHERE c.run_id = v.run_id AND c.segment_id = j.segment_id AND c.code_id = j.code_id
    )
    """,
    """
    CREATE VIEW verdicts_long AS
    SELECT
        s.segment_id, d.document_id, d.name AS document,
        d.region, d.country, d.stakeholder_group, d.kind, d.date, d.language,
        t.speaker, t.role, s.turn, s.position, s.start, s."end",
        substr(d.text, s.start + 1, s."end" - s.start) AS text,
        s.words,
        e.number AS code_number, w.code_id AS code, e.name AS code_name, e.category_id AS category,
        w.decision, k.name AS coder, a.kind AS action, a.made_utc, a.undone_utc, b.version AS codebook_version,
        a.clock, w.action_id
    FROM verdicts w
    JOIN actions a ON a.action_id = w.action_id
    JOIN coders k ON k.coder_id = a.coder_id
    JOIN segments s ON s.segment_id = w.segment_id
    JOIN documents d ON d.document_id = s.document_id
    JOIN turns t ON t.document_id = s.document_id AND t.position = s.turn
    JOIN codebooks b ON b.codebook_id = w.codebook_id
    JOIN codes e ON e.codebook_id = w.codebook_id AND e.code_id = w.code_id
    """,
)


def _decide_again(segments: str) -> str:
    """Statements of a trigger: the decisions of some segments, anew from what people said."""
    return f"""DELETE FROM decisions WHERE segment_id IN ({segments});
        INSERT INTO decisions (segment_id, codebook, code_id, outcome)
        {_outcomes(segments).strip()};
    """


_ON_RESPONDENTS = """
        SELECT RAISE(ABORT, 'the segment is not a respondent''s')
        WHERE NEW.segment_id IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM segments WHERE segment_id = NEW.segment_id AND is_coded = 1);
"""

_TRIGGERS = (
    """
    CREATE TRIGGER audits_fit_their_run BEFORE INSERT ON audits BEGIN
        SELECT RAISE(ABORT, 'the segment is not a respondent''s, or the run does not cover its document')
        WHERE NOT EXISTS (
            SELECT 1 FROM segments s
            JOIN coverage v ON v.run_id = NEW.run_id AND v.document_id = s.document_id
            WHERE s.segment_id = NEW.segment_id AND s.is_coded = 1
        );
    END
    """,
    *(
        f"CREATE TRIGGER {table}_on_respondents BEFORE INSERT ON {table} BEGIN {_ON_RESPONDENTS.strip()} END"
        for table in ("verdicts", "looks")
    ),
    *(
        f"""
        CREATE TRIGGER {table}_refuse_{change} BEFORE {change.upper()} ON {table} BEGIN
            SELECT RAISE(ABORT, 'what a person said stays as it is: another decision is another action');
        END
        """
        for table in ("verdicts", "looks", "memos")
        for change in ("update", "delete")
    ),
    """
    CREATE TRIGGER actions_refuse_delete BEFORE DELETE ON actions BEGIN
        SELECT RAISE(ABORT, 'what a person did stays as it is: undoing marks it');
    END
    """,
    """
    CREATE TRIGGER actions_are_only_undone BEFORE UPDATE ON actions BEGIN
        SELECT RAISE(ABORT, 'what a person did stays as it is: undoing marks it')
        WHERE NEW.undone_utc IS NULL OR NEW.undone_utc >= OLD.undone_utc
           OR (NEW.action_id, NEW.coder_id, NEW.kind, NEW.clock, NEW.made_utc)
              IS NOT (OLD.action_id, OLD.coder_id, OLD.kind, OLD.clock, OLD.made_utc);
    END
    """,
    *(
        f"CREATE TRIGGER {table}_decide AFTER INSERT ON {table} BEGIN {_decide_again('SELECT NEW.segment_id')} END"
        for table in ("verdicts", "looks")
    ),
    f"""
    CREATE TRIGGER actions_undone_decide AFTER UPDATE OF undone_utc ON actions BEGIN
        {
        _decide_again('''SELECT segment_id FROM verdicts WHERE action_id = NEW.action_id
            UNION SELECT segment_id FROM looks WHERE action_id = NEW.action_id''').strip()
    }
    END
    """,
)


def _carry_over(db: Database, verdicts: list[dict[str, Any]], looks: list[dict[str, Any]]) -> None:
    """Schema 2 wrote verdicts one by one, and what was audited with the sample."""
    clocks = count(1)

    def act(kind: str, coder: str, utc: str, *, said: Any = (), looked: Any = (), memo: Any = None) -> str:
        action = {"coder_id": coder, "kind": kind, "clock": next(clocks), "made_utc": utc}
        action_id = action_hash(action, said, looked, memo)
        db.execute(_ADD_ACTION, [action_id, *action.values()])
        return action_id

    for (coder, utc, is_audit), rows in groupby(verdicts, key=itemgetter("coder_id", "decided_utc", "is_audit")):
        # A person may have decided twice on a code within a second: each in an action of its own.
        for together in _without_doubles(rows):
            said = [[w[name] for name in (*_PLACE, "code_id", "decision")] for w in together]
            action_id = act("audit" if is_audit else "decide", coder, utc, said=said)
            for w in together:
                row = [action_id, w["segment_id"], w["codebook_id"], w["code_id"], w["decision"]]
                db.execute("INSERT INTO verdicts VALUES (?, ?, ?, ?, ?)", row)
    for look in looks:
        place = [look[name] for name in _PLACE]
        action_id = act("done", look["coder_id"], look["decided_utc"], looked=[[*place, 0]])
        db.execute("INSERT INTO looks VALUES (?, ?, ?, 0)", [action_id, look["segment_id"], look["codebook_id"]])
    for w in verdicts:
        if w["memo"]:
            memo = [w[name] for name in (*_PLACE, "code_id", "memo")]
            action_id = act("memo", w["coder_id"], w["decided_utc"], memo=memo)
            row = [action_id, w["segment_id"], w["codebook_id"], w["code_id"], w["memo"]]
            db.execute("INSERT INTO memos VALUES (?, ?, ?, ?, ?)", row)


_PLACE = ("document_id", "position", "codebook_id")
_ADD_ACTION = "INSERT INTO actions (action_id, coder_id, kind, clock, made_utc) VALUES (?, ?, ?, ?, ?)"


def _without_doubles(rows: Any) -> list[list[dict[str, Any]]]:
    """Rows in their order, cut where a code of a segment comes again."""
    parts: list[list[dict[str, Any]]] = []
    seen: set[tuple[int, str]] = set()
    for row in rows:
        key = (row["segment_id"], row["code_id"])
        if not parts or key in seen:
            parts.append([])
            seen = set()
        parts[-1].append(row)
        seen.add(key)
    return parts
