"""One SQLite file holds a study: documents, runs, codings; `Store` is the only door to it.

The file is an interface too: ``docs/schema.md`` explains its tables and views to SQL, R and Datasette
users. Importing this room loads no sqlite_utils; a store that needs a migration does.
"""

from .describe import Relation, describe_schema, read_relations, render_er_diagram
from .exploring import QUOTES, REGIONS, SEARCH, emphasis_sql, frequency_sql, open_explored
from .opening import APPLICATION_ID, SCHEMA_VERSION
from .packets import Received
from .projects import Projects, passage_hash
from .records import AuditDraw, Filter, KnownDocument, RunRecord, SavedRun, StoreCounts, TaggedDocument, coder_id
from .searching import mark_words, match_of
from .store import Row, Store
from .verdicts import Memo, Verdicts, action_hash

__all__ = [
    "APPLICATION_ID",
    "QUOTES",
    "REGIONS",
    "SCHEMA_VERSION",
    "SEARCH",
    "AuditDraw",
    "Filter",
    "KnownDocument",
    "Memo",
    "Projects",
    "Received",
    "Relation",
    "Row",
    "RunRecord",
    "SavedRun",
    "Store",
    "StoreCounts",
    "TaggedDocument",
    "Verdicts",
    "action_hash",
    "coder_id",
    "describe_schema",
    "emphasis_sql",
    "frequency_sql",
    "mark_words",
    "match_of",
    "open_explored",
    "passage_hash",
    "read_relations",
    "render_er_diagram",
]
