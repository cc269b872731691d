from __future__ import annotations

from pathlib import Path

from qualcode.flow import Pseudonymised, Restored, Suggested
from qualcode.present import pseudonymised_text, restored_text, suggested_text


def test_counts_and_where_the_names_still_are() -> None:
    places = {"[Person 1]": 2, "[Place 1]": 1}
    made = Pseudonymised(Path("o.db"), Path("o.db.key.json"), 2, places, 2, 1, 1, ("a.db", "2 backups of it"))
    lines = pseudonymised_text(made).splitlines()
    assert lines[0].startswith("Wrote o.db: 2 listed names found, 3 places replaced in 2 documents.")
    assert lines[2].startswith("The names are still in: a.db, 2 backups of it.")
    assert lines[3].startswith("1 word nearly a listed name")
    assert lines[4].startswith("1 cell of the codebook")
    assert "anonym" not in pseudonymised_text(made).lower()


def test_the_queue_and_the_way_back() -> None:
    rows = ({"kind": "person"}, {"kind": "person"}, {"kind": "e-mail"})
    assert "3 rows (1 e-mail, 2 person), 1 ignored" in suggested_text(Suggested(Path("q.csv"), rows, 1))
    assert restored_text(Restored(Path("b.db"), 1)).startswith("Wrote b.db: 1 document with")
