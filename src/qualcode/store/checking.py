"""What a store holds, held against itself: every hash, place, count and relation that can be made again.

In: an open connection at today's schema; nothing is written. Out: one `Finding` for each check that is well, and one
for each thing that is not. A page SQLite cannot read ends the check it is met in, not the others.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import pairwise
from typing import Any, Literal

from pydantic import ValidationError

from ..codebook import Codebook
from ..model import CODED_ROLES, content_hash, count_words
from .database import database_errors, database_errors_or
from .packets import read_actions
from .projects import passage_hash
from .records import RunRecord, coder_id
from .saving import add_codebook
from .verdicts import action_hash

Row = dict[str, Any]
State = Literal["ok", "warning", "fault"]
Repair = Literal["journal", "texts", "words", "flags", "intense", "decisions", "index", "leftovers"]
"""What `qualcode.store.mend` can do, in its order."""

SHOWN = 20
"""So many things wrong of one kind are named one by one; the rest is counted."""


@dataclass(frozen=True)
class Finding:
    """What one check says of a store.

    Attributes
    ----------
    check : str
        Its name.
    state : {"ok", "warning", "fault"}
        A fault makes numbers wrong or loses something; a warning does not yet.
    found : str
        What was looked at, or what is wrong; never words of a transcript.
    advice : str
        What to do; empty where nothing is.
    mends : str or None
        The repair that ends it; None = there is none that loses nothing.
    """

    check: str
    state: State
    found: str
    advice: str = ""
    mends: Repair | None = None


def check_content(connection: sqlite3.Connection) -> list[Finding]:
    """Hold a store against itself.

    Parameters
    ----------
    connection : sqlite3.Connection
        At today's schema; only read.

    Returns
    -------
    list of Finding
        In the order of the checks.
    """
    # A flipped bit may break UTF-8 anywhere: what cannot be decoded is a finding, not an error.
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    content = _Content(connection)
    return [finding for name, check in _CHECKS.items() for finding in _run(name, check, content)]


def _run(name: str, check: _Check, content: _Content) -> list[Finding]:
    try:
        looked_at, faults = check(content)
    except database_errors_or(LookupError, TypeError, ValueError, OverflowError) as error:
        # Where a bit of the schema or of JSON is flipped, rows are of any shape.
        return [Finding(name, "fault", f"This could not be checked ({error}).", _TAKE_BACKUP)]
    rest = [replace(fault, found=f"… and {len(faults) - SHOWN:,} more.") for fault in faults[-1:]]
    return [*faults[:SHOWN], *(rest if len(faults) > SHOWN else ())] or [Finding(name, "ok", looked_at)]


_TAKE_BACKUP = "Take the newest backup that is whole, or the newest copy you have."
_CHANGED = (
    "Somebody changed the store with another program. Take the newest backup without it, or tag the files into a new "
    "store: qualcode tag FILES --store NEW.db"
)
_FIX = "qualcode doctor --fix"

# --- reading -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Text:
    """A document, as far as it can be read."""

    document_id: str
    name: str
    version: int
    text: str
    is_whole: bool
    words: int
    turns: list[Row]
    segments: list[Row]

    def __str__(self) -> str:
        return f"{self.name} (version {self.version})"

    def holds(self, start: int, end: int) -> bool:
        return 0 <= start < end <= len(self.text)


def read_rows(connection: sqlite3.Connection, sql: str, parameters: Any = ()) -> list[Row]:
    """Rows of a query as dictionaries."""
    cursor = connection.execute(sql, parameters)
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor]


class _Content:
    """A store's rows; the documents are read once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def rows(self, sql: str, parameters: Any = ()) -> list[Row]:
        return read_rows(self.connection, sql, parameters)

    def count(self, sql: str, parameters: Any = ()) -> int:
        return int(self.connection.execute(sql, parameters).fetchone()[0])

    @cached_property
    def documents(self) -> dict[str, _Text]:
        """All versions of all documents by id, those that can be read."""
        ids = [row["document_id"] for row in self.rows("SELECT document_id FROM documents ORDER BY name, version")]
        return {key: found for key in ids if (found := self._document(key)) is not None}

    def _document(self, document_id: str) -> _Text | None:
        try:
            (row,) = self.rows(_DOCUMENT, [document_id])
            turns, segments = (self.rows(sql, [document_id]) for sql in (_TURNS, _SEGMENTS))
        except database_errors():
            return None
        raw = row.pop("raw")
        is_whole = row.pop("text_hash") == f"sha256:{hashlib.sha256(raw).hexdigest()}"
        return _Text(text=raw.decode("utf-8", "replace"), is_whole=is_whole, turns=turns, segments=segments, **row)

    @property
    def whole(self) -> Iterator[_Text]:
        """The documents whose text is as it was stored: only there do places mean anything."""
        return (document for document in self.documents.values() if document.is_whole)


_Check = Callable[[_Content], tuple[str, list[Finding]]]
"""What was looked at, and what is wrong."""

# A text is compared byte by byte: what SQLite gives as text ends at a NUL and may not be decoded.
_DOCUMENT = """
SELECT document_id, name, version, words, text_hash, CAST(text AS BLOB) AS raw FROM documents WHERE document_id = ?
"""
_TURNS = 'SELECT position, start, "end", speaker, role FROM turns WHERE document_id = ? ORDER BY position'
_SEGMENTS = """
SELECT segment_id, position, turn, start, "end", words, is_coded FROM segments WHERE document_id = ? ORDER BY position
"""

# --- the file and its relations ----------------------------------------------------------------


def _pages(content: _Content) -> tuple[str, list[Finding]]:
    """What SQLite says of its file."""
    said = [row["integrity_check"] for row in content.rows(f"PRAGMA integrity_check({SHOWN + 1})")]
    faults = [Finding("pages", "fault", f"SQLite: {line}", _TAKE_BACKUP) for line in said if line != "ok"]
    return f"SQLite finds nothing in {content.count('PRAGMA page_count'):,} pages.", faults


def _schema(content: _Content) -> tuple[str, list[Finding]]:
    """Tables, indexes, views and triggers are those that qualcode makes."""
    wanted = _made_objects()
    kept = set(content.connection.execute(_OBJECTS))
    faults = [
        Finding("schema", "fault", f"The {kind} {name} is not as qualcode made it.", _TAKE_BACKUP)
        for kind, name, sql in wanted
        if (kind, name, sql) not in kept
    ]
    return f"{len(wanted)} tables, indexes, views and triggers are as qualcode made them.", faults


@cache
def _made_objects() -> list[tuple[str, str, str]]:
    """Type, name and SQL of what an empty store of today's schema is made of."""
    from .schema import apply_migrations  # imports sqlite_utils, 0.3 s

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        apply_migrations(connection)
        return connection.execute(_OBJECTS).fetchall()


_OBJECTS = """
SELECT type, name, sql FROM sqlite_schema
WHERE sql IS NOT NULL AND name NOT GLOB '_sqlite_*' AND name NOT GLOB 'segments_fts_*' AND name NOT GLOB 'sqlite_*'
ORDER BY rowid
"""


def _relations(content: _Content) -> tuple[str, list[Finding]]:
    """Rows that point at nothing, also where no foreign key guards them."""
    broken = Counter((row["table"], row["parent"]) for row in content.rows("PRAGMA foreign_key_check"))
    faults = [
        Finding("relations", "fault", f"{count:,} row(s) of {table} belong to no row of {parent}.", _CHANGED)
        for (table, parent), count in sorted(broken.items())
    ]
    for what, sql in _UNGUARDED:
        if count := content.count(f"SELECT count(*) FROM {sql}"):
            faults.append(Finding("relations", "fault", f"{count:,} {what}.", _CHANGED))
    return f"All foreign keys and {len(_UNGUARDED)} relations that none guards hold.", faults


_IN_THEIR_RUN = """{table} c WHERE NOT EXISTS (
    SELECT 1 FROM segments s JOIN coverage v ON v.run_id = c.run_id AND v.document_id = s.document_id
    WHERE s.segment_id = c.segment_id{coded})"""
_WITH_A_CODE = """{table} c WHERE NOT EXISTS (
    SELECT 1 FROM runs r JOIN codes e ON e.codebook_id = r.{codebook} AND e.code_id = c.{code}
    WHERE r.run_id = c.run_id)"""
_ON_RESPONDENTS = """{table} c WHERE NOT EXISTS (
    SELECT 1 FROM segments s WHERE s.segment_id = c.segment_id AND s.is_coded = 1)"""
_UNGUARDED = (
    *(
        (
            f"row(s) of {table} on sentences that are no respondent's or not in their run",
            _IN_THEIR_RUN.format(table=table, coded=" AND s.is_coded = 1"),
        )
        for table in ("codings", "facets", "audits", "intense")
    ),
    (
        "coding(s) with a code that the codebook of their run does not have",
        _WITH_A_CODE.format(table="codings", codebook="codebook_id", code="code_id"),
    ),
    (
        "facet(s) that the facets of their run do not have",
        _WITH_A_CODE.format(table="facets", codebook="facets_id", code="facet_id"),
    ),
    *(
        (f"row(s) of {table} on sentences that are no respondent's", _ON_RESPONDENTS.format(table=table))
        for table in ("verdicts", "looks", "decisions")
    ),
    (
        "action(s) that say nothing",
        """actions a WHERE a.action_id NOT IN (SELECT action_id FROM verdicts UNION SELECT action_id FROM looks
           UNION SELECT action_id FROM memos)""",
    ),
    (
        "decision(s) on a code of no codebook",
        """decisions j WHERE NOT EXISTS (SELECT 1 FROM codebooks b JOIN codes e ON e.codebook_id = b.codebook_id
           WHERE b.name = j.codebook AND e.code_id = j.code_id)""",
    ),
)

# --- texts and places --------------------------------------------------------------------------


def _texts(content: _Content) -> tuple[str, list[Finding]]:
    """The words of every document are those that were stored."""
    faults = [
        Finding(
            "texts",
            "fault",
            f"{document}: its text was changed or damaged after it was stored; "
            f"{_said_on(content, document)} on it are stale.",
            f"{_FIX} takes the text from the newest backup that has it. Without one: qualcode tag FILES --retag",
            "texts",
        )
        for document in content.documents.values()
        if not document.is_whole
    ]
    ids = [row["document_id"] for row in content.rows("SELECT document_id FROM documents")]
    faults += [
        Finding("texts", "fault", f"Document {key} cannot be read.", _TAKE_BACKUP)
        for key in ids
        if key not in content.documents
    ]
    return f"{len(ids):,} texts are as they were stored (SHA-256).", faults


def _said_on(content: _Content, document: _Text) -> str:
    codings, decisions = (
        content.count(
            f"SELECT count(*) FROM {table} JOIN segments USING (segment_id) WHERE document_id = ?",
            [document.document_id],
        )
        for table in ("codings", "verdicts")
    )
    return f"{codings:,} coding(s)" + (f" and {decisions:,} decision(s)" if decisions else "")


def _places(content: _Content) -> tuple[str, list[Finding]]:
    """Turns and sentences lie in the text, in order, apart, each sentence in its turn."""
    faults = [
        Finding("places", "fault", f"{document}: {what}.", _CHANGED)
        for document in content.whole
        if (what := _misplaced(document))
    ]
    sentences = sum(len(document.segments) for document in content.documents.values())
    return f"{sentences:,} sentences lie in their turns, these in their texts.", faults


def _misplaced(document: _Text) -> str | None:
    for what, parts in (("turn", document.turns), ("sentence", document.segments)):
        for number, part in enumerate(parts):
            if part["position"] != number:
                return f"{what} {number} is missing"
            if not document.holds(part["start"], part["end"]) and (what, part["start"]) != ("turn", part["end"]):
                return f"{what} {number} is not in the text"
        for before, after in pairwise(parts):
            if after["start"] < before["end"]:
                return f"{what} {after['position']} begins before the one before it ends"
    turns = document.turns
    for part in document.segments:
        turn = turns[part["turn"]] if 0 <= part["turn"] < len(turns) else None
        if turn is None or not turn["start"] <= part["start"] < part["end"] <= turn["end"]:
            return f"sentence {part['position']} is not in its turn"
        if bool(part["is_coded"]) != (turn["role"] in CODED_ROLES):
            return f"sentence {part['position']} is said to be coded or not against the role of its turn"
    return None


def _words(content: _Content) -> tuple[str, list[Finding]]:
    """Words counted again."""
    faults = []
    for document in content.whole:
        wrong = sum(
            part["words"] != count_words(document.text[part["start"] : part["end"]]) for part in document.segments
        )
        if wrong or document.words != sum(part["words"] for part in document.segments if part["is_coded"]):
            what = f"{wrong:,} sentence(s) hold" if wrong else "it holds"
            faults.append(
                Finding(
                    "words",
                    "fault",
                    f"{document}: {what} another number of words than is stored.",
                    f"{_FIX} counts them again.",
                    "words",
                )
            )
    total = sum(document.words for document in content.documents.values())
    return f"{total:,} words of respondents, counted again.", faults


def _evidence(content: _Content) -> tuple[str, list[Finding]]:
    """The words that evidence points at are those it names."""
    faults, checked = [], 0
    for document in content.whole:
        wrong: Counter[str] = Counter()
        for table in ("codings", "facets"):
            for row in content.rows(_EVIDENCE.format(table=table), [document.document_id]):
                for one in json.loads(row["evidence"]):
                    if one.get("start") is not None:
                        checked += 1
                        wrong[_misquoted(document, one)] += 1
        del wrong[""]
        faults += [
            Finding("evidence", "fault", f"{document}: {count:,} piece(s) of evidence {what}.", _CHANGED)
            for what, count in sorted(wrong.items())
        ]
    return f"{checked:,} pieces of evidence stand where they point.", faults


def _misquoted(document: _Text, evidence: Row) -> str:
    start, end = evidence["start"], evidence.get("end")
    if not isinstance(start, int) or not isinstance(end, int) or not document.holds(start, end):
        return "point outside the text"
    if evidence["source"] == "word":
        named, there = (_letters(words) for words in (evidence["detail"], document.text[start:end]))
        if named != there:
            return "name other words than stand there"
    return ""


def _letters(words: str) -> str:
    return "".join(_LETTER.findall(words)).casefold()


_LETTER = re.compile(r"\w")
_EVIDENCE = """
SELECT c.evidence FROM segments s JOIN {table} c ON c.segment_id = s.segment_id
WHERE s.document_id = ? AND c.evidence LIKE '%"start"%'
"""


def _passages(content: _Content) -> tuple[str, list[Finding]]:
    """What people marked in other programs lies in the texts, with an id made of it."""
    rows, outside, renamed = content.rows(_PASSAGES), 0, 0
    for row in rows:
        document = content.documents.get(row["document_id"])
        outside += document is None or not document.holds(row["start"], row["end"])
        place = (row["document_id"], row["start"], row["end"])
        renamed += row["passage_id"] != passage_hash(*place, row["codebook"], row["code_id"], row["coder"])
    counts = ((outside, "do not lie in their text"), (renamed, "were changed after they came in"))
    faults = [Finding("passages", "fault", f"{n:,} passage(s) {what}.", _CHANGED) for n, what in counts if n]
    return f"{len(rows):,} passages lie in their texts.", faults


_PASSAGES = """
SELECT p.*, b.name AS codebook, k.name AS coder
FROM passages p JOIN codebooks b ON b.codebook_id = p.codebook_id JOIN coders k ON k.coder_id = p.coder_id
"""

# --- ids ---------------------------------------------------------------------------------------


def _ids(content: _Content) -> tuple[str, list[Finding]]:
    """Every id that is made of what it names, made again."""
    kinds: tuple[Iterable[tuple[str, str, str]], ...] = (
        _document_ids(content), _coder_ids(content), _run_ids(content), _action_ids(content)
    )  # fmt: skip
    made = [one for kind in kinds for one in kind]
    faults = [
        Finding("ids", "fault", f"{what} was changed after it was stored: its id no longer fits.", _CHANGED)
        for what, stored, found in made
        if stored != found
    ]
    return f"{len(made):,} documents, coders, runs and actions are what their ids say.", faults


def _document_ids(content: _Content) -> Iterator[tuple[str, str, str]]:
    for document in content.whole:
        turns = [(t["start"], t["end"], t["speaker"], t["role"]) for t in document.turns]
        segments = [(s["start"], s["end"]) for s in document.segments]
        yield str(document), document.document_id, content_hash(document.name, document.text, turns, segments)


def _coder_ids(content: _Content) -> Iterator[tuple[str, str, str]]:
    for row in content.rows("SELECT * FROM coders ORDER BY name"):
        yield f"The coder {row['name']}", row["coder_id"], coder_id(row["kind"], row["name"])


def _run_ids(content: _Content) -> Iterator[tuple[str, str, str]]:
    for row in content.rows(_RUNS):
        record = RunRecord(
            row["name"], row["kind"], row["qualcode_version"], row["started_utc"], row["model_hash"],
            json.loads(row["settings"]), row["seed"],
        )  # fmt: skip
        yield f"Run {row['run_id']}", row["run_hash"], record.run_hash(row["codebook_id"], row["facets_id"])


_RUNS = "SELECT r.*, k.name, k.kind FROM runs r JOIN coders k ON k.coder_id = r.coder_id ORDER BY run_id"


def _action_ids(content: _Content) -> Iterator[tuple[str, str, str]]:
    for action in read_actions(content.rows):
        memo = action["memo"]
        found = action_hash(
            {**action, "coder_id": coder_id("human", action["coder"])},
            [(*_place(v), v["code_id"], v["decision"]) for v in action["verdicts"]],
            [(*_place(look), int(look["is_blind"])) for look in action["looks"]],
            memo and (*_place(memo), memo["code_id"], memo["text"]),
        )
        yield f"What {action['coder']} did at {action['made_utc']}", action["action_id"], found


def _place(part: Row) -> tuple[str | None, int | None, str]:
    return part["document_id"], part["position"], part["codebook_id"]


def _codebooks(content: _Content) -> tuple[str, list[Finding]]:
    """Codebooks can be read, are what their hash says, and have the codes of their tables."""
    faults = []
    rows = content.rows("SELECT * FROM codebooks ORDER BY name, version")
    for row in rows:
        if what := _miswritten(content, row):
            faults.append(Finding("codebooks", "fault", f"Codebook {row['name']} {row['version']} {what}.", _CHANGED))
    return f"{len(rows):,} codebook(s) are whole.", faults


def _miswritten(content: _Content, row: Row) -> str | None:
    try:
        tree = json.loads(row["content"])
        codebook = Codebook.model_validate_json(row["content"])
    except (ValueError, ValidationError):
        return "cannot be read"
    if content_hash(tree) != row["codebook_id"]:
        return "was changed after it was stored: its hash no longer fits"
    tables = ("codebooks", "categories", "codes")
    with closing(sqlite3.connect(":memory:")) as fresh:
        for _, name, sql in _made_objects():
            if name in tables:
                fresh.execute(sql)
        add_codebook(fresh, codebook)
        for table in tables:
            kept = content.rows(f"SELECT * FROM {table} WHERE codebook_id = ?", [row["codebook_id"]])
            if _plain(kept) != _plain(read_rows(fresh, f"SELECT * FROM {table}")):
                return f"is another in the table {table} than in its content"
    return None


def _plain(rows: list[Row]) -> list[str]:
    """Rows to be compared; its id is checked with the content, whose fields may have grown since."""
    return sorted(repr({key: row[key] for key in row if key not in ("codebook_id", "content")}) for row in rows)


# --- what is kept though it can be computed ----------------------------------------------------


def _flags(content: _Content) -> tuple[str, list[Finding]]:
    """Of all that stands, the newest run over a document and the newest version of it are the current ones."""
    faults = [
        Finding("current", "fault", f"{row['name']}: {what}.", f"{_FIX} makes it current.", "flags")
        for what, sql in _MISFLAGGED
        for row in content.rows(sql)
    ]
    if count := content.count(f"SELECT count(*) FROM runs WHERE {RUN_MISCOUNTED}"):
        found = f"{count:,} run(s) cover another number of documents than is stored."
        faults.append(Finding("current", "fault", found, f"{_FIX} counts them again.", "flags"))
    return f"{content.count('SELECT count(*) FROM documents WHERE is_current = 1'):,} current documents.", faults


_MISFLAGGED = (
    (
        "the newest run over it is not the current one",
        """SELECT DISTINCT name FROM (
            SELECT d.name, v.is_current, v.undone_utc IS NULL AND 1 = row_number() OVER (
                PARTITION BY v.document_id ORDER BY v.undone_utc IS NOT NULL, v.sequence DESC, v.run_id DESC
            ) AS is_newest
            FROM documents d JOIN coverage v ON v.document_id = d.document_id
        ) WHERE is_current <> is_newest ORDER BY name""",
    ),
    (
        "its newest version is not the current one",
        """SELECT DISTINCT name FROM (
            SELECT d.name, d.is_current, v.document_id IS NOT NULL AND 1 = row_number() OVER (
                PARTITION BY d.name ORDER BY max(v.sequence) DESC, d.version DESC
            ) AS is_newest
            FROM documents d LEFT JOIN coverage v ON v.document_id = d.document_id AND v.undone_utc IS NULL
            GROUP BY d.document_id
        ) WHERE is_current <> is_newest ORDER BY name""",
    ),
)
RUN_MISCOUNTED = """
    documents <> (SELECT count(*) FROM coverage v WHERE v.run_id = runs.run_id)
    AND NOT EXISTS (SELECT 1 FROM coverage v WHERE v.run_id = runs.run_id AND v.undone_utc IS NOT NULL)
"""
"""Which rows of the table `runs` say another number of documents than they cover; what was taken back aside."""


def _intense(content: _Content) -> tuple[str, list[Finding]]:
    """Intense codings are on sentences kept as intense."""
    faults = []
    if count := content.count(f"SELECT count(*) FROM ({INTENSE_MISSING})"):
        faults.append(
            Finding(
                "intense",
                "fault",
                f"{count:,} intense sentence(s) are not kept as such.",
                f"{_FIX} adds them.",
                "intense",
            )
        )
    return f"{content.count('SELECT count(*) FROM intense'):,} intense sentences.", faults


INTENSE_MISSING = """
SELECT DISTINCT c.run_id, c.segment_id FROM codings c
WHERE c.is_intense = 1
  AND NOT EXISTS (SELECT 1 FROM intense i WHERE i.run_id = c.run_id AND i.segment_id = c.segment_id)
"""
"""Rows the table `intense` lacks."""


def _decisions(content: _Content) -> tuple[str, list[Finding]]:
    """What holds by people's word, made again from what they said."""
    kept = set(content.connection.execute("SELECT segment_id, codebook, code_id, outcome FROM decisions"))
    faults = []
    if wrong := {row[:3] for row in kept ^ set(outcomes(content.connection))}:
        found = f"{len(wrong):,} outcome(s) are not what people's decisions make of them."
        faults.append(Finding("decisions", "fault", found, f"{_FIX} makes them again.", "decisions"))
    return f"{len(kept):,} outcomes follow from what people decided.", faults


def outcomes(connection: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    """Rows the table `decisions` should have: segment_id, codebook, code_id, outcome.

    Some segments at a time, as its triggers do: asked for all at once, the view of that name takes hours.
    """
    from .schema_review import _outcomes  # imports sqlite_utils, 0.3 s

    said = connection.execute("SELECT segment_id FROM verdicts UNION SELECT segment_id FROM looks").fetchall()
    sql = _outcomes("SELECT value FROM json_each(?1)")
    for first in range(0, len(said), 100):
        yield from connection.execute(sql, [json.dumps([row[0] for row in said[first : first + 100]])])


_INDEXED = "SELECT segment_id FROM segments JOIN documents USING (document_id)"
"""Sentences without a document are a fault of `relations`: which words they held is not known."""


def _index(content: _Content) -> tuple[str, list[Finding]]:
    try:
        return _compared_index(content)
    except database_errors() as error:
        found = f"It cannot be read ({error})."
        return "", [Finding("search index", "fault", found, f"{_FIX} makes the index again.", "index")]


def _compared_index(content: _Content) -> tuple[str, list[Finding]]:
    """The search index, made again beside it and compared word by word."""
    execute = content.connection.execute
    execute("PRAGMA temp_store = MEMORY")  # words of transcripts stay out of temporary files
    (made,) = execute("SELECT sql FROM sqlite_schema WHERE name = 'segments_fts'").fetchone()
    execute(made.replace("VIRTUAL TABLE segments_fts", "VIRTUAL TABLE temp.fresh_fts"))
    execute("CREATE VIRTUAL TABLE temp.kept_words USING fts5vocab('main', 'segments_fts', 'instance')")
    execute("CREATE VIRTUAL TABLE temp.fresh_words USING fts5vocab('temp', 'fresh_fts', 'instance')")
    left_out = set()  # what a damaged text should be found by is not known
    for document in content.documents.values():
        places = [(part["segment_id"], document.text[part["start"] : part["end"]]) for part in document.segments]
        if document.is_whole:
            content.connection.executemany("INSERT INTO temp.fresh_fts (rowid, text) VALUES (?, ?)", places)
        else:
            left_out |= {segment_id for segment_id, _words in places}
    words = [f"SELECT doc, term, offset FROM temp.{name}" for name in ("kept_words", "fresh_words")]
    differ = {row[0] for a, b in (words, words[::-1]) for row in execute(f"SELECT DISTINCT doc FROM ({a} EXCEPT {b})")}
    listed = {row[0] for row in execute("SELECT id FROM segments_fts_docsize")}
    wrong = (differ | (listed ^ {row[0] for row in execute(_INDEXED)})) - left_out
    for name in ("kept_words", "fresh_words", "fresh_fts"):
        execute(f"DROP TABLE temp.{name}")
    faults = []
    if wrong:
        found = f"{len(wrong):,} sentence(s) are not found by the words they hold."
        faults.append(Finding("search index", "fault", found, f"{_FIX} makes the index again.", "index"))
    return f"{len(listed):,} sentences are found by the words they hold.", faults


_CHECKS: dict[str, _Check] = {
    "pages": _pages,
    "schema": _schema,
    "relations": _relations,
    "texts": _texts,
    "places": _places,
    "words": _words,
    "evidence": _evidence,
    "passages": _passages,
    "ids": _ids,
    "codebooks": _codebooks,
    "current": _flags,
    "intense": _intense,
    "decisions": _decisions,
    "search index": _index,
}
