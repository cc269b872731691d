from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qualcode.model import Attributes
from qualcode.review import Decision, Place
from qualcode.store import SCHEMA_VERSION, Store
from studies import SmallStudy, make_small_study


@pytest.fixture
def study(tmp_path: Path) -> SmallStudy:
    made = make_small_study(tmp_path / "buses")
    made.tag()
    return made


def facts(study: SmallStudy) -> dict[str, Any]:
    with Store(study.store_path, read_only=True) as store:
        return store.facts()


def test_facts_count_what_is_there_and_name_nobody(study: SmallStudy) -> None:
    told = facts(study)
    assert told["schema"] == SCHEMA_VERSION
    # anna: delays, fares; ben: funding, delays (slow); cleo: delays, fares, delays
    assert {name: told[name]["count"] for name in ("codings", "facets", "decisions", "audit")} == {
        "codings": 7,
        "facets": 0,
        "decisions": 0,
        "audit": 0,
    }
    assert len(told["documents"]) == 3
    (run,) = told["runs"].values()
    assert run["tagger"] == "rules.v1"
    assert run["seed"] == 20250301
    page = json.dumps(told)
    assert not any(word in page for word in ("anna", "ben.txt", "Northfield", "passenger", "utc", "late"))


def attributes(study: SmallStudy, document: str, store: Store) -> None:
    store.update_attributes({document: Attributes("Southport", None, None, "interview", None, "en")})


def decision(study: SmallStudy, document: str, store: Store) -> None:
    store.verdicts.decide("Kim", [Decision(Place(document, 1), "delays", "accept")])


@pytest.mark.parametrize(
    ("change", "differs"), [(attributes, {"documents"}), (decision, {"decisions"})], ids=["attributes", "decision"]
)
def test_a_change_is_seen_where_it_is(
    study: SmallStudy, change: Callable[[SmallStudy, str, Store], None], differs: set[str]
) -> None:
    before = facts(study)
    with Store(study.store_path) as store:
        change(study, store.known_documents()["anna.txt"].document_id, store)
    after = facts(study)
    assert {name for name in before if before[name] != after[name]} == differs


def test_a_decision_that_was_taken_back_is_none(study: SmallStudy) -> None:
    before = facts(study)
    with Store(study.store_path) as store:
        decision(study, store.known_documents()["anna.txt"].document_id, store)
        (action,) = store.verdicts.actions()
        store.verdicts.undo(action["action_id"])
    assert facts(study) == before


def test_an_empty_store_has_facts(tmp_path: Path) -> None:
    with Store(tmp_path / "new.db", create=True) as store:
        told = store.facts()
    assert (told["documents"], told["codebook"], told["runs"]) == ({}, None, {})
