"""Any text and any list: every row comes back, and every sentence keeps its words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualcode.errors import StoreError
from qualcode.flow.pseudonymised_rows import give_names_back, hide_names, key_hash
from qualcode.names import Finder, Name, add_pseudonyms
from qualcode.store import Keys, Tables, fitting_ids, read_tables, rewrite_store
from studies import SmallStudy

WORDS = st.sampled_from(
    ["Ana", "Ana's", "ANA", "Jono Petrausko", "Sant'Orsola", "Γιώργου", "the bus is late", "[Person 1]", "🧬", "\n"]
)
LISTED = ("Ana", "Jonas Petrauskas", "Sant'Orsola", "Γιώργος", "Núria", "bus")


def with_text(study: SmallStudy, text: str) -> tuple[Tables, Keys]:
    study.write("ben.txt", f"Interviewer: Ana?\nBen: I say {text} and go.\n")
    study.tag()
    found: list[tuple[Tables, Keys]] = []

    def keep(tables: Tables, keys: Keys) -> Tables:
        found.append((tables, keys))
        return tables

    out = study.folder / "copy.db"
    out.unlink(missing_ok=True)
    rewrite_store(study.store_path, out, keep)
    assert read_tables(out) == read_tables(study.store_path)
    return found[0]


def finder_of(names: tuple[Name, ...]) -> Callable[[str | None], Finder]:
    finder = Finder(names)
    return lambda _language: finder


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(WORDS, min_size=1, max_size=10), st.sets(st.sampled_from(LISTED), min_size=1))
def test_every_row_comes_back(study: SmallStudy, parts: list[str], listed: set[str]) -> None:
    tables, keys = with_text(study, " ".join(parts))
    names = add_pseudonyms([Name(name, "person") for name in sorted(listed)])
    hidden = hide_names(tables, keys, finder_of(names), salt="s", made_utc="2025-01-01T00:00:00+00:00")
    assert give_names_back(hidden.tables, keys, hidden.key) == tables
    assert [row["words"] for row in hidden.tables["segments"]]
    before, after = fitting_ids(tables), fitting_ids(hidden.tables)
    assert {column: len(ids) for column, ids in after.items()} == {c: len(i) for c, i in before.items()}
    assert [(s["position"], s["turn"], s["is_coded"]) for s in hidden.tables["segments"]] == [
        (s["position"], s["turn"], s["is_coded"]) for s in tables["segments"]
    ]


def test_evidence_in_small_letters_is_reworded_too(study: SmallStudy) -> None:
    tables, keys = with_text(study, "the bus is late")
    tables["codings"][0]["evidence"] = '[{"source":"word","detail":"in sofia","weight":1.0}]'
    names = add_pseudonyms([Name("Sofia", "place")])
    hidden = hide_names(tables, keys, finder_of(names), salt="s", made_utc="2025-01-01")
    assert '"in [Place 1]"' in hidden.tables["codings"][0]["evidence"]
    assert hidden.key["cells"]["codings"]


def test_two_documents_never_get_one_name(study: SmallStudy, tmp_path: Path) -> None:
    study.metadata("ben.txt,", "anna_2.txt,Northfield,,,\nbo_2.txt,Northfield,,,\nben.txt,")
    study.write("anna_2.txt", "Ben: The bus is late.\n")
    study.write("bo_2.txt", "Ben: The bus is late.\n")
    tables, keys = with_text(study, "so")
    names = (Name("Anna", "person", ("Bo",), "[Person 1]"),)
    hidden = hide_names(tables, keys, finder_of(names), salt="s", made_utc="2025-01-01")
    assert [row["name"] for row in hidden.tables["documents"]] == [
        "[Person 1].txt", "[Person 1]_2.txt", "ben.txt", "[Person 1]_2 (2).txt", "cleo.txt",
    ]  # fmt: skip
    assert key_hash(hidden.key) == hidden.tables["pseudonymised"][0]["key_hash"]


def test_a_pseudonym_with_a_listed_name_is_refused(study: SmallStudy) -> None:
    tables, keys = with_text(study, "so")
    with pytest.raises(StoreError, match="Listed names are left"):
        hide_names(tables, keys, finder_of((Name("Anna", "person", (), "Anna 2"),)), salt="s", made_utc="2025-01-01")


def test_versions_that_differ_in_a_name_alone_stay_two(study: SmallStudy) -> None:
    with_text(study, "Ana")
    tables, keys = with_text(study, "Anna")
    names = (Name("Ana", "person", ("Anna",), "[Person 1]"),)
    hidden = hide_names(tables, keys, finder_of(names), salt="s", made_utc="2025-01-01")
    found = {row["name"]: row["is_current"] for row in hidden.tables["documents"] if row["name"].startswith("ben")}
    assert found == {"ben.txt": 1, "ben (2).txt": 0}
    assert give_names_back(hidden.tables, keys, hidden.key) == tables
