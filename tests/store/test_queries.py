from __future__ import annotations

import re
from pathlib import Path

import pytest

from qualcode.store import Filter, Store, queries

PUBLIC = {name: sql for name, sql in vars(queries).items() if isinstance(sql, str) and not name.startswith("_")}
FILTERED = [
    *("codings", "document_rows", "code_counts", "category_counts"),
    *("coded_sentences", "respondent_turns", "facets"),
]
SOURCE = Path(queries.__file__ or "").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in PUBLIC if name not in ("annotations",)])
def test_every_query_is_lower_case_and_says_what_a_row_is(name: str) -> None:
    assert name == name.lower()
    above = re.search(rf"^# (.+)\n(?:# .+\n)*{name} = ", SOURCE, re.MULTILINE)
    assert above is not None, f"no comment above {name}"


@pytest.mark.parametrize("name", FILTERED)
def test_filtered_query_knows_every_parameter_it_needs(name: str, tmp_path: Path) -> None:
    used = set(re.findall(r"(?<!:):([a-z_]+)", PUBLIC[name]))
    assert used <= {*Filter().parameters(), "me", "document_id", "segments"}
    assert {"region", "country", "stakeholder_group", "kind", "since", "coder"} <= used


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("code_counts", "coverage_one_current_run"),
        ("code_counts", "COVERING INDEX codings_counted"),
        ("category_counts", "COVERING INDEX codings_counted"),
        ("coded_sentences", "COVERING INDEX codings_counted"),
        ("status_counts", "COVERING INDEX codings_counted"),
        ("audit_rows", "verdicts_by_segment"),
        ("segment_ids", "sqlite_autoindex_segments_1"),
        ("name_state", "sqlite_autoindex_documents_2"),
    ],
)
def test_query_is_served_by_an_index(tmp_path: Path, name: str, index: str) -> None:
    named = {**Filter().parameters(), "document_id": "", "name": ""}
    with Store(tmp_path / "study.db", create=True) as store:
        plan = store._connection.execute(f"EXPLAIN QUERY PLAN {PUBLIC[name]}", named).fetchall()
    assert any(index in step[3] for step in plan)
    assert not any(step[3].startswith("SCAN s") for step in plan)
