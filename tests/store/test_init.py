from __future__ import annotations

import subprocess
import sys

import qualcode.store


def test_public_names_are_pinned() -> None:
    assert sorted(qualcode.store.__all__) == [
        *(
            "APPLICATION_ID",
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
            "QUOTES",
            "REGIONS",
            "Received",
            "Relation",
            "Row",
            "RunRecord",
            "SCHEMA_VERSION",
            "SEARCH",
            "SavedRun",
            "Store",
        ),
        *("StoreCounts", "Tables", "TaggedDocument", "Verdicts", "action_hash", "coder_id", "content_ids"),
        *("decrypt_store", "describe_schema"),
        *("emphasis_sql", "encrypt_store", "examine", "fitting_ids", "frequency_sql", "is_encrypted"),
        *("mark_words", "match_of", "mend"),
        *("merge_stores", "open_explored"),
        *("passage_hash", "read_relations", "read_tables"),
        *("render_er_diagram", "rewrite_store", "with_ids"),
    ]


def test_import_loads_neither_sqlite_utils_nor_pandas() -> None:
    code = "import sys, qualcode.store; print([m for m in ('sqlite_utils', 'pandas', 'spacy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
