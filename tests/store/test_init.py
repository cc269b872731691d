from __future__ import annotations

import subprocess
import sys

import qualcode.store


def test_public_names_are_pinned() -> None:
    assert sorted(qualcode.store.__all__) == [
        *(
            "APPLICATION_ID",
            "AuditDraw",
            "Filter",
            "KnownDocument",
            "Memo",
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
        *("StoreCounts", "TaggedDocument", "Verdicts", "action_hash", "coder_id", "describe_schema"),
        *("emphasis_sql", "frequency_sql", "mark_words", "match_of", "open_explored"),
        *("passage_hash", "read_relations"),
        "render_er_diagram",
    ]


def test_import_loads_neither_sqlite_utils_nor_pandas() -> None:
    code = "import sys, qualcode.store; print([m for m in ('sqlite_utils', 'pandas', 'spacy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
