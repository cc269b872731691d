from __future__ import annotations

import re

import pytest

from qualcode.errors import SelectionError
from qualcode.store import Filter
from qualcode.store.selection import resolve_filter

VALUES = {
    "region": ["Catalonia", "Crete", "Île-de-France"],
    "country": ["Greece"],
    "stakeholder_group": ["Clinicians", "Payers"],
    "kind": ["interview"],
    "coder": ["hybrid.v1"],
}
CODES = [
    {"code_id": "money", "number": 1, "name": "Lack of money", "category_id": "paying", "category_name": "Paying"},
    {"code_id": "travel", "number": 12, "name": "Long travel", "category_id": "distance", "category_name": "Distance"},
]


def resolve(asked: Filter) -> Filter:
    return resolve_filter(asked, lambda column: VALUES[column], CODES)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (Filter(), Filter()),
        (Filter(region=" catalonia"), Filter(region="Catalonia")),
        (Filter(region="I\u0302le-de-france"), Filter(region="Île-de-France")),
        (Filter(stakeholder_group="PAYERS"), Filter(stakeholder_group="Payers")),
        (Filter(code=("12", "Lack of Money", "travel")), Filter(code=("travel", "money"))),
        (Filter(code=1), Filter(code="money")),
        (Filter(category="distance"), Filter(category=("distance",))),
        (Filter(category=["paying", "Paying"]), Filter(category=("paying",))),
        (Filter(since="2025-03"), Filter(since="2025-03")),
        (Filter(status="auto"), Filter(status="auto")),
    ],
)
def test_typed_value_becomes_the_known_one(asked: Filter, found: Filter) -> None:
    assert resolve(asked) == found


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (Filter(region="Catalunya"), 'There is no region "Catalunya" in the store. Did you mean "Catalonia"?'),
        (Filter(country="X"), 'There is no country "X" in the store. Known: Greece.'),
        (
            Filter(stakeholder_group="Payer"),
            'There is no stakeholder group "Payer" in the store. Did you mean "Payers"?',
        ),
        (Filter(kind="workshop"), 'There is no kind "workshop" in the store. Known: interview.'),
        (Filter(coder="hybrid.v2"), 'There is no coder "hybrid.v2" in the store. Did you mean "hybrid.v1"?'),
        (Filter(code="13"), 'There is no code "13" in the store. Known numbers: 1, 12.'),
        (Filter(code="travels"), 'There is no code "travels" in the store. Did you mean "travel"?'),
        (Filter(category="distances"), 'There is no category "distances" in the store. Did you mean "Distance"?'),
        (Filter(status="autos"), 'There is no status "autos" in the store. Did you mean "auto"?'),  # type: ignore[arg-type]
        (Filter(since="March"), '"March" is not a date.'),
        (Filter(since="2025-13"), '"2025-13" is not a date.'),
    ],
)
def test_unknown_value_is_refused_with_the_nearest(asked: Filter, message: str) -> None:
    with pytest.raises(SelectionError, match=re.escape(message)):
        resolve(asked)


def test_store_without_codes_says_so() -> None:
    with pytest.raises(SelectionError, match="holds none yet"):
        resolve_filter(Filter(code="1"), lambda _: [], [])
