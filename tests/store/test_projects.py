from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qualcode.errors import StoreError
from qualcode.review import Decision, Place
from qualcode.store import AuditDraw, Store, TaggedDocument, passage_hash

from .builders import RUN, codebook, facets_book, two_documents_with_facets

IMPORT = {
    "import_id": "sha256:1",
    "file": "a.qdpx",
    "origin": "NVivo",
    "imported_utc": "2026-01-01T00:00:00+00:00",
    "codebook_id": codebook().hash,
    "dialect": "{}",
    "is_verified": 0,
    "content": "{}",
}


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with Store(tmp_path / "study.db", create=True) as store:
        store.save_run(RUN, codebook(), two_documents_with_facets(), facets=facets_book())
        yield store


def passage(store: Store, **changes: Any) -> dict[str, Any]:
    document_id = store.known_documents()["crete/one.txt"].document_id
    row = {
        "import_id": "sha256:1", "document_id": document_id, "start": 2, "end": 9, "codebook_id": codebook().hash,
        "code_id": "money", "coder": "Ana", "guid": "g1", "created": None, "action_id": None, **changes,
    }  # fmt: skip
    key = passage_hash(document_id, row["start"], row["end"], "small", row["code_id"], row["coder"])
    return {"passage_id": key, **row}


def test_an_import_is_kept_once_and_can_only_be_confirmed(store: Store) -> None:
    for is_verified in (0, 1, 0):
        store.projects.add_import({**IMPORT, "is_verified": is_verified}, codebook())
    assert [row["is_verified"] for row in store.projects.imports()] == [1]


def test_a_passage_comes_in_once_with_its_exact_words(store: Store) -> None:
    store.projects.add_import(IMPORT, codebook())
    for _ in range(2):
        store.projects.add_passages([passage(store), passage(store, start=3, guid="g2")])
    found = store.projects.passages()
    assert [(row["start"], row["coder"], row["codebook"], row["is_standing"]) for row in found] == [
        (2, "Ana", "small", 1),
        (3, "Ana", "small", 1),
    ]
    words = store.transcript("crete/one.txt").document.text
    rows = store._connection.execute("SELECT text, file FROM passages_long ORDER BY start").fetchall()
    assert rows == [(words[2:9], "a.qdpx"), (words[3:9], "a.qdpx")]


def test_a_passage_goes_with_the_action_that_made_it_and_comes_again_with_another(store: Store) -> None:
    store.projects.add_import(IMPORT, codebook())
    place = Place(passage(store)["document_id"], 2)
    first = store.verdicts.decide("Ana", [Decision(place, "price", "accept")], kind="bulk")
    store.projects.add_passages([passage(store, action_id=first)])
    assert first is not None
    store.verdicts.undo(first)
    assert [row["is_standing"] for row in store.projects.passages()] == [0]
    second = store.verdicts.decide("Ana", [Decision(place, "price", "accept")], kind="bulk")
    store.projects.add_passages([passage(store, action_id=second)])
    assert [row["is_standing"] for row in store.projects.passages()] == [1]


def test_what_the_runs_coded_comes_out_as_it_went_in(store: Store) -> None:
    went_in = two_documents_with_facets()
    bare = [TaggedDocument(item.transcript, (), item.reading_hash) for item in went_in]
    came_out = store.projects.tagged(bare)
    for before, after in zip(went_in, came_out, strict=True):
        assert sorted(after.codings, key=repr) == sorted(before.codings, key=repr)
        assert {(f.segment, f.code, f.probability) for f in after.facets} == {
            (f.segment, f.code, f.probability) for f in before.facets
        }
    ((record, book, facets),) = store.projects.runs().values()
    assert replace(record, finished_utc=RUN.finished_utc) == RUN
    assert (book, facets) == (codebook().hash, facets_book().hash)
    assert {row["name"]: row["codebook"] for row in store.projects.document_texts()} == {
        "crete/one.txt": "small",
        "ghent/two.txt": "small",
    }
    assert [row["left_out"] for row in store.projects.document_details()] == ['["1 image"]'] * 2
    assert store.projects.earlier_versions() == 0


def test_all_is_read_at_one_moment(store: Store) -> None:
    with store.reading(), Store(store.path) as other:
        before = store.status_counts()
        other._connection.execute("PRAGMA busy_timeout = 10")
        with pytest.raises(StoreError, match="in use"):
            other.save_audit_sample(1, [AuditDraw("crete/one.txt", 2, "coded", 0.5)])
        assert store.status_counts() == before
    with Store(store.path) as other:
        assert other.save_audit_sample(1, [AuditDraw("crete/one.txt", 2, "coded", 0.5)]) == 1
