"""One SQLite file holds a study: documents, runs, codings; `Store` is the only door to it.

The file is an interface too: ``docs/schema.md`` explains its tables and views to SQL, R and Datasette
users. Importing this room loads no sqlite_utils; a store that needs a migration does.
"""

from .describe import describe_schema, render_er_diagram
from .opening import APPLICATION_ID, SCHEMA_VERSION
from .packets import Received
from .records import AuditDraw, Filter, KnownDocument, RunRecord, SavedRun, StoreCounts, TaggedDocument, coder_id
from .store import Row, Store
from .verdicts import Memo, Verdicts, action_hash

__all__ = [
    "APPLICATION_ID",
    "SCHEMA_VERSION",
    "AuditDraw",
    "Filter",
    "KnownDocument",
    "Memo",
    "Received",
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
    "render_er_diagram",
]
