from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import get_args

import pytest

from qualcode import review
from qualcode.review import DECISIONS, QUEUE_ORDERS, DecisionKind, Place, QueueOrder


def test_lists_say_what_the_types_say() -> None:
    assert get_args(DecisionKind) == DECISIONS
    assert get_args(QueueOrder) == QUEUE_ORDERS


def test_places_stand_in_the_order_of_the_document() -> None:
    assert sorted([Place("b", 1), Place("a", 10), Place("a", 9)]) == [Place("a", 9), Place("a", 10), Place("b", 1)]


def test_what_is_shown_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Place("a", 1).position = 2  # type: ignore[misc]


@pytest.mark.parametrize("name", [name for name, value in vars(review).items() if is_dataclass(value)])
def test_every_field_is_explained(name: str) -> None:
    shown = getattr(review, name)
    assert all(field.name in shown.__doc__ for field in fields(shown))
