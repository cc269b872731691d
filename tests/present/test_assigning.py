from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from qualcode import flow, present

SHARES: list[dict[str, Any]] = [
    {"coder": "Ann", "region": "North", "documents": 2, "words": 2400, "shared": 1},
    {"coder": "Ann", "region": None, "documents": 2, "words": 2400, "shared": 1},
    {"coder": "Ben", "region": "North", "documents": 1, "words": 1200, "shared": 1},
    {"coder": "Ben", "region": None, "documents": 1, "words": 1200, "shared": 1},
]
GIVEN = flow.Assignment(SHARES, documents=2, shared=1, kept=0, orphans={}, has_changed=True, seed=5)


def test_the_shares_are_a_table_with_a_total_a_coder() -> None:
    assert str(present.assignment_text(GIVEN, "table")).splitlines() == [
        "Who codes what",
        "",
        "Coder   Region   Documents   Words   With others",
        "────────────────────────────────────────────────",
        "Ann     North            2   2,400             1",
        "Ann     All              2   2,400             1",
        "",
        "Ben     North            1   1,200             1",
        "Ben     All              1   1,200             1",
        "2 documents: 1 for all coders, 1 for one each (seed 5).",
        "Each coder sees it in: qualcode assign --list --coders NAME",
    ]


def test_programs_get_the_rows_as_they_are() -> None:
    assert json.loads(str(present.assignment_text(GIVEN, "json"))) == SHARES


def test_the_notes_say_what_stays() -> None:
    text = str(present.assignment_text(replace(GIVEN, kept=3, orphans={"Cleo": 1}, has_changed=False), "table"))
    assert text.splitlines()[-4:-1] == [
        "Nothing was stored: it was so before.",
        "3 documents outside the filters: their coders stay.",
        "Cleo has worked on 1 document now given to others; what was decided stays.",
    ]


def test_the_list_names_documents_that_nobody_has() -> None:
    row = {"document": "a.txt", "region": None, "words": 1200, "sentences": 90, "done": 7, "shared": True}
    rows = [{**row, "coder": "Ann"}, {**row, "coder": None, "done": None, "shared": False}]
    lines = str(present.assignments_text(rows, "table")).splitlines()
    assert lines[4].split() == ["a.txt", "Ann", "1,200", "90", "7", "yes"]
    assert lines[5].split() == ["a.txt", "(nobody)", "1,200", "90"]
    assert json.loads(str(present.assignments_text(rows, "json")))[1]["coder"] is None
