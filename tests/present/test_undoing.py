from __future__ import annotations

import json
from typing import Any

from qualcode import flow, present

ACTION: dict[str, Any] = {
    "action": "b2:0123456789abcdef0123456789abcdef",
    "made_utc": "2026-03-03T12:00:00+00:00",
    "coder": "Ann",
    "kind": "bulk",
    "codes": ["delays", "fares"],
    "verdicts": 1200,
    "looks": 0,
    "sentences": 1100,
    "undone_utc": None,
    "documents": None,
    "file": None,
}
RUN: dict[str, Any] = {**ACTION, "coder": "hybrid.v2", "kind": "tag", "codes": [], "verdicts": 0, "sentences": 0}
NOTE = {**ACTION, "action": "b2:ff", "kind": "memo", "codes": [], "verdicts": 0, "sentences": 1}


def test_what_was_taken_back_is_said_in_counts() -> None:
    report = flow.UndoReport({**ACTION, "looks": 3}, 2, NOTE)
    assert present.undo_text(report).splitlines() == [
        "Took back 0123456789 (bulk of Ann, 2026-03-03T12:00:00+00:00): 1,200 decisions, 3 looks "
        "on 1,100 sentences in 2 documents.",
        "What stood before it stands again.",
        "The newest that stands: ff (memo of Ann, 2026-03-03T12:00:00+00:00).",
    ]


def test_a_note_and_the_last_action() -> None:
    text = present.undo_text(flow.UndoReport(NOTE, 1, None))
    assert ": 1 note on 1 sentence in 1 document.\n" in text
    assert text.endswith("\nNothing else of Ann stands.")
    assert ": 1 note.\n" in present.undo_text(flow.UndoReport({**NOTE, "sentences": 0}, 0, None))


def test_the_list_is_short_for_people_and_whole_for_programs() -> None:
    rows = [NOTE, {**ACTION, "undone_utc": "2026-03-04T09:30:00+00:00"}]
    lines = str(present.actions_text(rows, 30, "csv")).splitlines()
    assert lines[0].endswith(",codes,documents,file")
    lines = str(present.actions_text(rows, 30, "table")).splitlines()
    made, undone = ["2026-03-03", "12:00"], ["2026-03-04", "09:30"]
    assert lines[5].split() == ["0123456789", *made, "Ann", "bulk", "1200", "0", "1100", *undone, "delays,", "fares"]
    assert lines[-1] == "The newest 2 of 30 actions. Take one back: qualcode undo ACTION"
    assert json.loads(str(present.actions_text(rows, 30, "json")))[0]["action"] == "b2:ff"
    assert str(present.actions_text(rows, 2, "table")).splitlines()[-1].startswith("2 actions. Take one back")


def test_an_empty_list_says_where_to_begin() -> None:
    assert "Nothing was done yet. Begin with: qualcode tag FILES" in str(present.actions_text([], 0, "table"))


def test_a_run_says_what_became_of_its_documents_and_how_it_comes_back() -> None:
    report = flow.UndoReport(RUN, 12, None, replaced=1, gone=10, kept=1)
    assert present.undo_text(report).splitlines() == [
        "Took back 0123456789 (tag of hybrid.v2, 2026-03-03T12:00:00+00:00): 12 documents.",
        "1 document is again as before it.",
        "10 documents are in no table any longer.",
        "1 document is as it was: tagged since.",
        "Nothing was deleted, and what people decided stays. Tagging the same files again brings it back.",
    ]


def test_an_import_takes_what_people_decided_with_it() -> None:
    row = {**RUN, "action": "sha256:9876543210ff", "coder": "MAXQDA", "kind": "import", "file": "trial.qdpx"}
    row["documents"] = 2
    assert present.undo_text(flow.UndoReport(row, 2, None, actions=3, gone=2)).splitlines() == [
        "Took back 9876543210 (trial.qdpx, 2026-03-03T12:00:00+00:00): 2 documents, 3 actions of people.",
        "2 documents are in no table any longer.",
        "Nothing was deleted. Importing the file again brings it back.",
    ]
    assert ": no documents.\n" in present.undo_text(flow.UndoReport(row, 0, None))
    shown = str(present.actions_text([row], 1, "table"))
    assert "trial.qdpx" in shown
    assert "9876543210" in shown
