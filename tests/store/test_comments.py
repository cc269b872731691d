from __future__ import annotations

from qualcode.store.comments import COMMENTS, TABLE
from qualcode.store.describe import read_relations


def test_every_table_and_column_has_its_line_and_no_line_is_left_over() -> None:
    found = {relation.name: {TABLE, *(c.name for c in relation.columns)} for relation in read_relations()}
    assert {name: set(lines) for name, lines in COMMENTS.items()} == found


def test_no_line_is_empty() -> None:
    assert all(line.strip() for lines in COMMENTS.values() for line in lines.values())
