"""What a request may say, and what is refused with which words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException

from qualcode.review import Decision, Place
from qualcode.store import Filter
from qualcode.web import asking

PLACE = {"document_id": "b2:0a", "position": 3}


def refusal(call: Any, *arguments: Any) -> tuple[int, str]:
    with pytest.raises(HTTPException) as caught:
        call(*arguments)
    return caught.value.status_code, str(caught.value.detail)


# --- addresses ---------------------------------------------------------------------------------


def test_filters_have_the_names_of_the_options() -> None:
    query = [("region", "Crete"), ("stakeholder", "patient"), ("code", "3"), ("since", "2025"), ("category", "")]
    asked = asking.read_query(query)
    assert asked.filters == {"region": "Crete", "stakeholder": "patient", "code": "3", "since": "2025"}
    assert asked.filter == Filter(region="Crete", stakeholder_group="patient", code=("3",), since="2025")


def test_every_filter_of_an_address_is_one_of_the_store() -> None:
    asked = asking.make_filter(dict.fromkeys(asking.FILTERS, "x"))
    assert all(getattr(asked, name) in ("x", ("x",)) for name in asking.FILTERS.values())


def test_coders_come_as_a_list_or_one_by_one() -> None:
    for query in ([("coders", "A,B")], [("coders", "A"), ("coders", "B"), ("coders", "A")], [("coders", ",A,,B")]):
        assert asking.read_query(query, "coders").coders == ("A", "B")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ([("regoin", "Crete")], 'The address says "regoin". Did you mean "region"?'),
        ([("page", "2")], 'The address says "page".'),
        ([("region", "Crete"), ("region", "Sofia")], 'The address says "region" twice. Leave one out.'),
        ([("coders", "A")], 'The address says "coders".'),
    ],
)
def test_a_name_that_would_do_nothing_is_refused(query: list[tuple[str, str]], message: str) -> None:
    status, said = refusal(asking.read_query, query)
    assert (status, said.startswith(message)) == (404, True)


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0", " 1", "٣", "²", "1e3", "0x1", "9" * 5000, "one", "0"])
def test_only_plain_whole_numbers_are_numbers(text: str) -> None:
    status, said = refusal(lambda: asking.read_number(text, least=1))
    assert status == 404
    assert len(said) < 100


@given(st.lists(st.tuples(st.from_regex(r"b2:[0-9a-f]{1,32}", fullmatch=True), st.integers(0, 10**6)), max_size=5))
def test_places_of_an_address_are_read_back(places: list[tuple[str, int]]) -> None:
    text = ",".join(f"{document}:{position}" for document, position in places)
    assert list(asking.read_places(text)) == [Place(*one) for one in places]


@pytest.mark.parametrize("text", ["b2:0a", "b2:0a:", "b2:0a:x", "3:"])
def test_what_is_no_place_is_refused(text: str) -> None:
    assert refusal(lambda: list(asking.read_places(text)))[0] == 404


# --- bodies ------------------------------------------------------------------------------------


def body(said: Any) -> bytes:
    return json.dumps(said).encode()


def test_bodies_as_the_page_sends_them() -> None:
    decide = asking.read_body(asking.Decide, body({"decisions": [{**PLACE, "code": "fares", "decision": "add"}]}))
    assert decide.for_desk() == [Decision(Place("b2:0a", 3), "fares", "add")]
    assert asking.read_body(asking.Finish, body({"places": [PLACE]})).for_desk() == [Place("b2:0a", 3)]
    bulk = asking.read_body(asking.Bulk, body({"decision": "accept", "filter": {"code": "fares", "region": ""}}))
    assert (bulk.decision, bulk.filters) == ("accept", {"code": "fares"})
    settled = asking.read_body(asking.Adjudicate, body({**PLACE, "codes": []}))
    assert (settled.place, settled.codes) == (Place("b2:0a", 3), [])
    memo = asking.read_body(asking.Memo, body({"text": "", "code": "fares"}))
    assert (memo.text, memo.place, memo.code) == ("", None, "fares")
    assert asking.read_body(asking.Memo, body({"text": "x\u2028<b>", **PLACE})).place == Place("b2:0a", 3)
    asking.read_body(asking.Undo, b"{}")


DECISION = {**PLACE, "code": "fares", "decision": "add"}


@pytest.mark.parametrize(
    ("kind", "said", "message"),
    [
        (asking.Decide, b"", "the request: Invalid JSON"),
        (asking.Decide, b"\xff", "the request: Invalid JSON"),
        (asking.Decide, b"decisions=1", "the request: Invalid JSON"),
        (asking.Decide, b"[" * 100_000, "the request: Invalid JSON"),
        (asking.Decide, body([]), "the request: Input should be an object"),
        (asking.Decide, body({}), "decisions: Field required"),
        (asking.Decide, body({"decisions": []}), "decisions: List should have at least 1 item"),
        (asking.Decide, body({"decisions": [DECISION] * 5001}), "decisions: List should have at most 5000 items"),
        (asking.Decide, body({"decisions": [{**DECISION, "position": "3"}]}), "decisions.0.position: Input should be"),
        (asking.Decide, body({"decisions": [{**DECISION, "position": True}]}), "decisions.0.position: Input should be"),
        (asking.Decide, body({"decisions": [{**DECISION, "position": -1}]}), "decisions.0.position: Input should be"),
        (asking.Decide, body({"decisions": [{**DECISION, "decision": "maybe"}]}), "decisions.0.decision: Input should"),
        (asking.Decide, body({"decisions": [{**DECISION, "coder": "Ben"}]}), "decisions.0.coder: Extra inputs"),
        (asking.Decide, body({"decisions": [{**DECISION, "code": ""}]}), "decisions.0.code: String should have"),
        (asking.Decide, body({"decisions": [{**DECISION, "code": "x" * 201}]}), "decisions.0.code: String should have"),
        (asking.Finish, body({"places": [{"document_id": "b2:0a"}]}), "places.0.position: Field required"),
        (asking.Bulk, body({"decision": "accept", "filter": {}}), "the request: Value error, name what to decide on"),
        (asking.Bulk, body({"decision": "accept", "filter": {"code": ""}}), "the request: Value error, name what"),
        (asking.Bulk, body({"decision": "accept", "filter": {"cod": "x"}}), "the request: Value error, there is no"),
        (asking.Adjudicate, body({**PLACE, "codes": [1]}), "codes.0: Input should be a valid string"),
        (asking.Memo, body({"text": "x"}), "the request: Value error, say what the note is on"),
        (
            asking.Memo,
            body({"text": "x", "document_id": "b2:0a", "code": "fares"}),
            "the request: Value error, document",
        ),
        (asking.Memo, body({"text": "a\0b", "code": "fares"}), "text: Value error, must not hold a NUL"),
        (asking.Memo, b'{"text": "\\ud800", "code": "fares"}', "the request: Invalid JSON"),
        (asking.Memo, body({"text": "x" * 20_001, "code": "fares"}), "text: String should have at most 20000"),
        (asking.Undo, body({"action": "x"}), "action: Extra inputs are not permitted"),
    ],
)
def test_a_body_that_says_something_else_is_refused_with_its_first_fault(kind: Any, said: bytes, message: str) -> None:
    status, text = refusal(asking.read_body, kind, said)
    assert status == 400
    assert text.startswith(message)
    assert text.endswith(".")
    assert not text.endswith("..")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(said: bytes) -> None:
    for kind in (asking.Decide, asking.Finish, asking.Bulk, asking.Adjudicate, asking.Memo):
        assert refusal(asking.read_body, kind, said)[0] == 400
