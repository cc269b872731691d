"""One SQLite file holds a study: documents, runs, codings; `Store` is the only door to it.

The file is an interface too: ``docs/schema.md`` explains its tables and views to SQL, R and Datasette
users. Importing this room loads no sqlite_utils; a store that needs a migration does.
"""

from .checking import Finding
from .describe import Relation, describe_schema, read_relations, render_er_diagram
from .encrypting import decrypt_store, encrypt_store, is_encrypted
from .examining import Examination, examine
from .exploring import QUOTES, REGIONS, SEARCH, emphasis_sql, frequency_sql, open_explored
from .identity import content_ids, fitting_ids, with_ids
from .mending import mend
from .merging import Conflict, Merged, merge_stores
from .opening import APPLICATION_ID, SCHEMA_VERSION
from .packets import Received
from .projects import Projects, passage_hash
from .records import AuditDraw, Filter, KnownDocument, RunRecord, SavedRun, StoreCounts, TaggedDocument, coder_id
from .rewriting import Keys, Tables, read_tables, rewrite_store
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
    "Conflict",
    "Examination",
    "Filter",
    "Finding",
    "Keys",
    "KnownDocument",
    "Memo",
    "Merged",
    "Projects",
    "Received",
    "Relation",
    "Row",
    "RunRecord",
    "SavedRun",
    "Store",
    "StoreCounts",
    "Tables",
    "TaggedDocument",
    "Verdicts",
    "action_hash",
    "coder_id",
    "content_ids",
    "decrypt_store",
    "describe_schema",
    "emphasis_sql",
    "encrypt_store",
    "examine",
    "fitting_ids",
    "frequency_sql",
    "is_encrypted",
    "mark_words",
    "match_of",
    "mend",
    "merge_stores",
    "open_explored",
    "passage_hash",
    "read_relations",
    "read_tables",
    "render_er_diagram",
    "rewrite_store",
    "with_ids",
]
