from __future__ import annotations

import json
from dataclasses import replace

from qualcode import flow, present
from qualcode.codebook import Change
from studies import SmallStudy


def test_a_checked_codebook_lists_what_failed(study: SmallStudy) -> None:
    study.codebook("typical: [The ticket costs too much.]", "typical: [It is dear.]")
    text = str(present.check_text(flow.check_codebook(study.work), "table"))
    assert "1 of 2 sentences pass with rules.v1" in text
    assert "  fares: not caught: It is dear." in text
    rows = json.loads(str(present.check_text(flow.check_codebook(study.work), "json")))
    assert rows[0]["failures"] == ["not caught: It is dear."]


def test_a_codebook_is_shown_whole_or_one_code(study: SmallStudy) -> None:
    codebook = study.work.codebook
    assert str(present.codebook_text(codebook, "table")).startswith("What keeps people off the bus, version 1.0.0\n")
    assert json.loads(str(present.codebook_text(codebook, "json")))["id"] == "night_buses"
    code = codebook.by_number[1]
    text = str(present.codebook_text(codebook, "table", code=code))
    assert "  - The driver was friendly. (praise)" in text
    assert "  - 1  /costs? too much/" in text
    assert present.codebook_text(codebook, "xlsx", code=code)[:2] == b"PK"


def test_a_comparison_gives_a_verdict(study: SmallStudy) -> None:
    codebook = study.work.codebook
    change = Change(part="fares", field="name", level="wording", before="a", after="b")
    report = flow.DiffReport(codebook, codebook, (change,), "1.0.1", True)
    text = str(present.diff_text(report, "table"))
    assert text.startswith("1 change\n")
    assert "Meaning did not change." in text
    assert "Version 1.0.0 -> 1.0.0; these changes call for 1.0.1 or higher." in text
    assert str(present.diff_text(replace(report, changes=(), too_low=False), "table")).startswith("No change\n")
