from __future__ import annotations

from pathlib import Path

from qualcode.present import merge_text
from qualcode.store import Conflict

ADDED = [
    (Path("a.db"), {"documents": 12, "runs": 1, "actions": 0, "passages": 0}),
    (Path("b.db"), {"documents": 3, "runs": 1, "actions": 5, "passages": 2}),
]


def test_what_came_together_is_counted() -> None:
    assert merge_text(ADDED, [], Path("pooled.db")) == (
        "a.db: 12 documents, 1 run, 0 actions, 0 passages.\n"
        "b.db: 3 documents, 1 run, 5 actions, 2 passages more.\n"
        "The stores do not contradict each other.\n"
        "Wrote pooled.db."
    )


def test_what_differs_is_listed_with_the_rule() -> None:
    conflicts = [
        Conflict(
            "x.txt", "another version is current, with other words", "both; current is version 1", Path("in/b.db")
        ),
        Conflict(None, "codebook small is version 2 there", "both; 1 is in the earlier store", Path("in/b.db")),
    ]
    text = merge_text(ADDED, conflicts, Path("pooled.db"))
    assert "x.txt" in text
    assert "(all)" in text
    assert "Where stores differ, the one named first decides. Nothing of the others was overwritten." in text
    assert text.endswith("\nWrote pooled.db.")
