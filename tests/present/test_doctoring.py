from __future__ import annotations

import json

from qualcode.present import doctor_counts, doctor_text
from qualcode.store import Finding

FINDINGS = [
    Finding("texts", "fault", "x.txt (version 1): its text was changed.", "qualcode doctor --fix", "texts"),
    Finding("codings", "warning", "3 document(s) were tagged otherwise.", "qualcode tag FILES"),
    Finding("pages", "ok", "SQLite finds nothing in 3 pages."),
    Finding("words", "fault", "x.txt: it holds another number of words.", "qualcode doctor --fix", "words"),
]


def test_the_table_says_what_what_to_do_and_how_it_stands() -> None:
    text = str(doctor_text(FINDINGS, "table"))
    assert text.splitlines()[0] == "The store and its codings"
    assert "its text was changed" in text
    assert text.rstrip().endswith("2 faults and 1 warning.")


def test_json_has_one_record_a_finding() -> None:
    first, _, third, _ = json.loads(str(doctor_text(FINDINGS, "json")))
    assert first == {"check": "texts", "state": "fault", "found": FINDINGS[0].found, "advice": "qualcode doctor --fix"}
    assert third["advice"] == ""


def test_counts() -> None:
    assert doctor_counts(FINDINGS[1:3]) == "1 warning."
    assert doctor_counts(FINDINGS[2:3]) == "Everything is well."
