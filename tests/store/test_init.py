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
            "Received",
            "Row",
            "RunRecord",
            "SCHEMA_VERSION",
            "SavedRun",
            "Store",
        ),
        *("StoreCounts", "TaggedDocument", "Verdicts", "action_hash", "coder_id", "describe_schema"),
        "render_er_diagram",
    ]


def test_import_loads_neither_sqlite_utils_nor_pandas() -> None:
    code = "import sys, qualcode.store; print([m for m in ('sqlite_utils', 'pandas', 'spacy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
