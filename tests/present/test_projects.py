from __future__ import annotations

from types import SimpleNamespace as Plain
from typing import Any

import pytest

from qualcode.present.projects import dialect_text, plural_of, project_export_text, project_import_text

STANDARD = Plain(unit="code points", bom_counted=False, crlf_counted=False, end_inclusive=False)
BOOK = Plain(title="17 barriers", id="barriers", codes=[1, 2])


def report(**changes: Any) -> Any:
    given: dict[str, Any] = {
        "file": "a.qdpx", "origin": "NVivo", "dialect": STANDARD, "is_verified": True, "is_confirmed": False,
        "quoted": 3, "agreeing": 3, "restored": None, "new": 1, "known": 0, "renamed": (), "passages": 3,
        "match": Plain(is_own=False, codebook=BOOK, used=2, left_out=0), "known_passages": 0, "verdicts": {"Ana": 1},
        "partial": 0, "uncounted": 0, "decided_here": 0, "memos": 0, "samples": (), "without_region": 0, "notes": (),
        "losses": (), "is_dry": False,
    }  # fmt: skip
    return Plain(**{**given, **changes})


def text(**changes: Any) -> str:
    return project_import_text(report(**changes), "study.db")


def test_an_import_says_what_came_and_how_sure_its_places_are() -> None:
    assert text(losses=[Plain(what="picture source", count=2, why="not read")]).splitlines() == [
        "Imported a.qdpx (written by NVivo) into study.db.",
        "Documents: 1 new, 0 known by their words.",
        'Codes: all 2 with codings are codes of "17 barriers".',
        "Places: 3 of 3 quoted passages stand where the file says (counted in code points).",
        "Codings: 3 new passages.",
        "  Ana: 1 sentence with a code.",
        "Left out or changed:",
        "  2 picture sources: not read.",
    ]


def test_what_nothing_proves_is_called_unverified_and_shown() -> None:
    shown = text(is_verified=False, quoted=0, agreeing=0, samples=[("one", "Money", "no\nmoney")])
    assert "Places: UNVERIFIED." in shown
    assert "  one [Money]: no money" in shown
    assert "import the file again with --confirm" in shown
    assert "  Ana: 1 sentence with a code (to be confirmed)." in shown
    assert "confirmed by you" in text(is_verified=False, is_confirmed=True)


def test_a_study_of_our_own_a_known_file_and_a_dry_run_say_so() -> None:
    done = Plain(new=2, known=1, codings=5, actions=1, known_actions=0)
    assert "2 new documents with 5 codings of the machine, 1 action of people" in text(restored=done)
    assert "all 3 are here already" in text(passages=0, known_passages=3, verdicts={})
    assert text(is_dry=True).startswith("Would import")
    assert "the project's own, as codebook barriers (2 codes)" in text(match=Plain(is_own=True, codebook=BOOK, used=2))


def test_an_export_lists_what_others_will_not_see() -> None:
    lost = [Plain(what="cue", count=1, why="no")]
    made: Any = Plain(documents=1, codes=3, codings=2, memos=0, users=["Ana"], losses=lost)
    assert project_export_text(made, "a.qdpx").splitlines() == [
        "Wrote a.qdpx: 1 document, 3 codes and categories, 2 codings by Ana, 0 memos.",
        "Read back and compared: every text and the words of every coding are the same.",
        "Other programs will not see:",
        "  1 cue: no.",
    ]


def test_dialects_and_counted_phrases_in_words() -> None:
    odd = Plain(unit="UTF-16", bom_counted=True, crlf_counted=True, end_inclusive=True)
    assert dialect_text(odd) == (
        "counted in UTF-16, the byte order mark is a character, a line end is two characters, "
        "the end is the last character"
    )


@pytest.mark.parametrize(
    ("count", "what", "expected"),
    [
        (1, "link", "1 link"),
        (1200, "code with a long name", "1,200 codes with a long name"),
        (2, "coding waiting for a person", "2 codings waiting for a person"),
    ],
)
def test_plurals(count: int, what: str, expected: str) -> None:
    assert plural_of(count, what) == expected


def test_codes_that_are_left_out_are_not_called_taken() -> None:
    match = Plain(is_own=False, codebook=BOOK, used=3, left_out=1)
    assert 'Codes: 2 of 3 with codings are codes of "17 barriers"; 1 left out, as --codes says.' in text(match=match)
