from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualcode.errors import SelectionError, StoreError
from qualcode.model import Attributes
from qualcode.store import Filter, KnownDocument, Store, StoreCounts

from .builders import (
    CRETE,
    LATER,
    RUN,
    TALK,
    codebook,
    coding,
    facets_book,
    tagged,
    two_documents,
    two_documents_with_facets,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "study.db", create=True) as store:
        store.save_run(RUN, codebook(), two_documents())
        yield store


def keys(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(row["document"], row["position"], row["code"]) for row in rows]


# --- rows --------------------------------------------------------------------------------------


def test_coding_row_holds_all_of_its_document_and_place(store: Store) -> None:
    row = store.codings()[0]
    evidence = json.loads(row.pop("evidence"))
    assert evidence == [{"source": "cue", "detail": "money", "start": 3, "end": 7, "weight": 1.0}]
    document_id = row.pop("document_id")
    assert document_id.startswith("b2:")
    assert row == {
        "segment_id": 2,
        "document": "crete/one.txt",
        "region": "Crete",
        "country": "Greece",
        "stakeholder_group": "Clinicians",
        "kind": "interview",
        "date": "2025-02-03",
        "language": "en",
        "speaker": "R1",
        "role": "respondent",
        "turn": 1,
        "position": 1,
        "start": 21,
        "end": 39,
        "text": "There is no money.",
        "words": 4,
        "code_number": 1,
        "code": "money",
        "code_name": "Lack of money",
        "category": "paying",
        "category_name": "Paying for it",
        "probability": 0.9,
        "status": "auto",
        "is_intense": 1,
        "coder": "hybrid.v1",
        "coder_kind": "model",
        "decided_by": "[]",
        "codebook_version": "1.0.0",
        "run": 1,
    }


def test_document_row_counts_respondents_only(store: Store) -> None:
    row = store.document_rows()[1]
    assert {name: row[name] for name in row if name != "document_id"} == {
        "name": "ghent/two.txt",
        "version": 1,
        "region": "Ghent",
        "country": "Belgium",
        "stakeholder_group": None,
        "kind": "interview",
        "date": "2025-05",
        "language": "en",
        "topics_asked": None,
        "words": 15,
        "segments": 4,
        "format": "txt",
        "encoding": "utf-8",
        "coder": "hybrid.v1",
        "codebook_version": "1.0.0",
        "run": 1,
    }


def test_code_counts_by_hand(store: Store) -> None:
    one, two = (row["document_id"] for row in store.document_rows())
    assert [tuple(row.values()) for row in store.code_counts()] == [
        # document, code, status, segments, words, intense, first position
        (one, "money", "auto", 2, 5, 1, 1),
        (one, "price", "auto", 2, 10, 0, 1),
        (one, "price", "pending", 1, 4, 0, 3),
        (one, "travel", "pending", 1, 4, 0, 3),
        (two, "travel", "auto", 1, 4, 0, 3),
    ]
    assert list(store.code_counts()[0]) == [
        *("document_id", "code_id", "status", "segments", "words", "intense_segments", "first_position")
    ]


def test_coded_sentences_are_the_codings_that_count_without_their_words(store: Store) -> None:
    one, two = (row["document_id"] for row in store.document_rows())
    assert [tuple(row.values()) for row in store.coded_sentences()] == [
        # document, turn, position, words, code
        (one, 1, 1, 4, "money"),
        (one, 1, 1, 4, "price"),
        (one, 1, 2, 6, "price"),
        (one, 3, 5, 1, "money"),
        (two, 1, 3, 4, "travel"),
    ]
    assert list(store.coded_sentences()[0]) == ["document_id", "turn", "position", "words", "code_id"]
    assert store.coded_sentences(Filter(status="pending")) == store.coded_sentences()
    assert len(store.coded_sentences(Filter(region="Crete", code="price"))) == 2


def test_turns_of_respondents_are_counted_where_they_say_a_sentence(store: Store) -> None:
    store.save_run(
        RUN, codebook(), [tagged("empty.txt", talk=[("I", "interviewer", ["And?"])]), tagged("x", talk=TALK[:2])]
    )
    names = {row["document_id"]: row["name"] for row in store.document_rows()}
    turns = {names[row["document_id"]]: row["turns"] for row in store.respondent_turns()}
    assert turns == {"crete/one.txt": 2, "empty.txt": 0, "ghent/two.txt": 2, "x": 1}
    assert len(store.respondent_turns(Filter(region="Ghent", code="money"))) == 1


def test_facet_row_holds_all_of_its_document_and_place(store: Store) -> None:
    assert store.facets() == []
    store.save_run(RUN, codebook(), two_documents_with_facets(), facets=facets_book())
    rows = store.facets()
    assert [(row["document"], row["position"], row["facet"]) for row in rows] == [
        ("crete/one.txt", 1, "companies"),
        ("crete/one.txt", 3, "patients"),
        ("crete/one.txt", 3, "companies"),
    ]
    row = rows[1]
    shown = ("region", "speaker", "role", "turn", "text", "words", "facet_number", "facet_name", "facet_group")
    assert [row[name] for name in shown] == [
        *("Crete", "R1", "respondent", 1, "We travel four hours.", 4),
        *(1, "Patients", "party"),
    ]
    assert (row["probability"], json.loads(row["evidence"])[0]["source"]) == (0.75, "cue")
    assert store.facets(Filter(region="Ghent")) == store.facets(Filter(coder="rules.v1")) == []
    assert store.facets(Filter(region="Crete", coder="hybrid.v1", code="money", status="pending")) == rows


def test_facets_are_no_codes(store: Store) -> None:
    store.save_run(LATER, codebook(), two_documents_with_facets(), facets=facets_book())
    assert store.codebook() == codebook()
    assert store.facets_codebook() == facets_book()
    assert [row["codebook_id"] for row in store.coverage_codebooks()] == [codebook().hash]
    assert len(store.codings()) == 7
    assert store.status_counts().auto == 5
    with pytest.raises(SelectionError, match='There is no code "patients"'):
        store.check_filter(Filter(code="patients"))
    assert store.known_documents()["crete/one.txt"].facets_id == facets_book().hash


def test_segment_with_two_codes_of_a_category_counts_once(store: Store) -> None:
    one, two = (row["document_id"] for row in store.document_rows())
    assert [tuple(row.values()) for row in store.category_counts()] == [
        (one, "paying", "auto", 3, 11, 1, 1),
        (one, "paying", "pending", 1, 4, 0, 3),
        (one, "distance", "pending", 1, 4, 0, 3),
        (two, "distance", "auto", 1, 4, 0, 3),
    ]


def test_context_spans_turns_and_ends_with_the_document(store: Store) -> None:
    document_id = store.document_rows()[0]["document_id"]
    rows = store.segment_context(document_id, 3, before=1, after=5)
    assert [(row["position"], row["speaker"], row["text"]) for row in rows] == [
        (2, "R1", "The price is far too high!"),
        (3, "R1", "We travel four hours."),
        (4, "I", "And then?"),
        (5, "R1", "Nothing."),
    ]
    assert [row["position"] for row in store.segment_context(document_id, 0)] == [0, 1]


def test_counts_of_the_store(store: Store) -> None:
    counts = store.status_counts()
    assert replace(counts, expected_wrong=0.0, variance_wrong=0.0) == StoreCounts(
        documents=2, words=30, segments=8, coded_segments=4, auto=5, pending=2
    )
    # Sums of 1 - p and of p (1 - p) over the five that count.
    assert counts.expected_wrong == pytest.approx(1.05)
    assert counts.variance_wrong == pytest.approx(0.7475)


def test_empty_store_has_no_rows(tmp_path: Path) -> None:
    with Store(tmp_path / "empty.db", create=True) as store:
        assert store.codings() == store.document_rows() == store.code_counts() == store.category_counts() == []
        assert store.known_documents() == {}
        assert store.status_counts() == StoreCounts(0, 0, 0, 0, 0, 0)
        with pytest.raises(StoreError, match=r"no codebook yet.*qualcode tag"):
            store.codebook()


# --- filters -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "documents", "codings"),
    [
        (Filter(), 2, 7),
        (Filter(region="Crete"), 1, 6),
        (Filter(country="Belgium"), 1, 1),
        (Filter(stakeholder_group="Clinicians"), 1, 6),
        (Filter(kind="interview"), 2, 7),
        (Filter(kind="workshop"), 0, 0),
        (Filter(coder="hybrid.v1"), 2, 7),
        (Filter(coder="rules.v1"), 0, 0),
        (Filter(code="travel"), 2, 2),
        (Filter(code=("travel", "money")), 2, 4),
        (Filter(category="paying"), 2, 5),
        (Filter(category="paying", code="travel"), 2, 0),
        (Filter(status="pending"), 2, 2),
        (Filter(region="Crete", status="auto", code="price"), 1, 2),
        (Filter(since="2025"), 2, 7),
        (Filter(since="2025-03"), 1, 1),
        (Filter(since="2025-05-31"), 1, 1),
        (Filter(since="2025-06-01"), 0, 0),
        (Filter(region="x' OR '1'='1"), 0, 0),
    ],
)
def test_filter_keeps(store: Store, asked: Filter, documents: int, codings: int) -> None:
    assert len(store.document_rows(asked)) == documents
    rows = store.codings(asked)
    assert len(rows) == codings
    assert sum(row["segments"] for row in store.code_counts(asked)) == codings
    found = {(row["document_id"], row["position"], row["category"], row["status"]) for row in rows}
    assert sum(row["segments"] for row in store.category_counts(asked)) == len(found)


def test_document_without_a_date_is_not_since_anything(store: Store) -> None:
    store.save_run(RUN, codebook(), [tagged("new.txt", attributes=replace(CRETE, date=None))])
    assert len(store.document_rows(Filter(since="1900"))) == 2


# --- what there is -----------------------------------------------------------------------------


def test_known_documents_say_what_they_were_made_with(store: Store) -> None:
    known = store.known_documents()
    assert list(known) == ["crete/one.txt", "ghent/two.txt"]
    item = two_documents()[0]
    assert known["crete/one.txt"] == KnownDocument(
        document_id=item.transcript.document_id,
        reading_hash="b2:reading",
        attributes=CRETE,
        codebook_id=codebook().hash,
        model_hash="b2:model",
        coder="hybrid.v1",
        settings={"auto": 0.5, "review": 0.2},
    )


def test_codebook_comes_back_whole(store: Store) -> None:
    assert store.codebook() == codebook()
    assert store.codebook().hash == codebook().hash
    assert store.codebook(codebook().hash) == codebook()
    with pytest.raises(StoreError, match="no codebook b2:none"):
        store.codebook("b2:none")


def test_newest_codings_decide_the_current_codebook_and_mixture_shows(store: Store) -> None:
    store.save_run(LATER, codebook("1.1.0"), [two_documents()[0]])
    assert store.codebook().version == "1.1.0"
    assert [(row["version"], row["coder"], row["documents"]) for row in store.coverage_codebooks()] == [
        ("1.1.0", "hybrid.v1", 1),
        ("1.0.0", "hybrid.v1", 1),
    ]
    assert store.coverage_codebooks()[0]["settings"] == {"auto": 0.5, "review": 0.2}
    store.save_run(LATER, codebook("1.1.0"), two_documents())
    assert len(store.coverage_codebooks()) == 1


def test_values_are_those_of_current_documents(store: Store) -> None:
    assert store.values("region") == ["Crete", "Ghent"]
    assert store.values("stakeholder_group") == ["Clinicians"]
    assert store.values("date") == ["2025-02-03", "2025-05"]
    assert store.values("coder") == ["hybrid.v1"]
    assert store.values("name") == ["crete/one.txt", "ghent/two.txt"]
    with pytest.raises(ValueError, match="`column` of `values`"):
        store.values("text")


def test_update_of_attributes_counts_what_differs(store: Store) -> None:
    one, two = (row["document_id"] for row in store.document_rows())
    changes = {one: replace(CRETE, region="Ghent"), two: store.known_documents()["ghent/two.txt"].attributes}
    assert store.update_attributes(changes) == 1
    assert store.update_attributes(changes) == 0
    assert store.values("region") == ["Ghent"]
    assert len(store.codings(Filter(region="Ghent"))) == 7


def test_topics_are_kept_as_json_and_come_back(store: Store) -> None:
    one = store.document_rows()[0]["document_id"]
    asked = replace(CRETE, topics_asked=("5", "Données, étendues"))
    assert store.update_attributes({one: asked}) == 1
    assert store.update_attributes({one: asked}) == 0
    assert store.document_rows()[0]["topics_asked"] == '["5","Données, étendues"]'
    assert store.known_documents()["crete/one.txt"].attributes == asked
    assert store.transcript("crete/one.txt").document.attributes == asked
    assert store.update_attributes({one: replace(CRETE, topics_asked=())}) == 1
    assert store.document_rows()[0]["topics_asked"] is None


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=4))
def test_any_topics_come_back(store: Store, topics: list[str]) -> None:
    one = store.document_rows()[0]["document_id"]
    store.update_attributes({one: replace(CRETE, topics_asked=tuple(topics))})
    assert json.loads(store.document_rows()[0]["topics_asked"]) == topics
    assert store.known_documents()["crete/one.txt"].attributes.topics_asked == tuple(topics)


def test_update_of_an_unknown_document_changes_none(store: Store) -> None:
    one = store.document_rows()[0]["document_id"]
    with pytest.raises(StoreError, match="no current document b2:none"):
        store.update_attributes({one: Attributes(region="Ghent"), "b2:none": Attributes()})
    assert store.values("region") == ["Crete", "Ghent"]


def test_codes_may_be_asked_by_number_and_name(store: Store) -> None:
    asked = store.check_filter(Filter(region="crete", code=("1", "long travel"), category="PAYING"))
    assert asked == Filter(region="Crete", code=("money", "travel"), category=("paying",))


def test_codes_of_the_current_codebook_only_are_known(store: Store) -> None:
    store.save_run(LATER, codebook(), [tagged("crete/one.txt", [coding(1, "money")])])
    assert keys(store.codings(store.check_filter(Filter(code=3)))) == [("ghent/two.txt", 3, "travel")]


# --- older runs --------------------------------------------------------------------------------


def test_runs_over_documents_are_all_that_ever_covered_them_the_oldest_first(store: Store) -> None:
    kim = replace(RUN, coder="Kim", coder_kind="human", finished_utc="2025-01-01T00:00:00+00:00")
    store.save_run(kim, codebook("2.0.0"), [tagged("crete/one.txt", [coding(2, "price")])])
    store.save_run(LATER, codebook(), [tagged("crete/two.txt")])  # the first run again, later: the same run
    names = {row["document_id"]: row["name"] for row in store.document_rows()}
    rows = store.runs_over()
    assert [(names[row["document_id"]], row["run"], row["coder"], row["version"]) for row in rows] == [
        ("crete/one.txt", 2, "Kim", "2.0.0"),
        ("crete/one.txt", 1, "hybrid.v1", "1.0.0"),
        ("crete/two.txt", 1, "hybrid.v1", "1.0.0"),
        ("ghent/two.txt", 1, "hybrid.v1", "1.0.0"),
    ]
    assert rows[0]["codebook_id"] == codebook("2.0.0").hash
    assert [row["run"] for row in store.runs_over(Filter(region="Ghent", code="money"))] == [1]


def test_codings_of_older_runs_can_be_read_beside_the_current_ones(store: Store) -> None:
    before = {row["document_id"]: row["run"] for row in store.document_rows()}
    one, two = before
    current = [row for row in store.codings() if row["status"] == "auto"]
    kim = replace(RUN, coder="Kim", coder_kind="human")
    saved = store.save_run(kim, codebook("2.0.0"), [tagged("crete/one.txt", [coding(2, "price", 1.0)])])
    older = store.codings_of_runs(before)
    assert keys(older) == keys(current)  # pending ones do not count
    shared = set(older[0]) & set(current[0])
    assert shared == set(older[0])
    assert [{key: row[key] for key in shared} for row in current] == older
    assert saved.run_id is not None
    assert keys(store.codings_of_runs({one: saved.run_id})) == [("crete/one.txt", 2, "price")]
    assert keys(store.codings_of_runs({two: saved.run_id})) == []  # it never saw that document
    assert store.codings_of_runs({}) == []
