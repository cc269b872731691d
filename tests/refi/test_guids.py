from __future__ import annotations

import pytest

from qualcode.refi import guid
from qualcode.refi.guids import case_guid, folded_guid, is_guid


def test_a_guid_is_the_same_in_every_version() -> None:
    assert guid("code", "costs") == "7e58acd7-97b2-59d0-9456-86ccc799eb50"


def test_parts_do_not_run_into_each_other() -> None:
    assert len({guid("a", "b"), guid("ab"), guid("a", "b", ""), guid("a\x1fb"), guid("b", "a"), case_guid("a")}) == 6


@pytest.mark.parametrize("text", ["0D62985D-B147-5D01-A9B5-CAE5DCD98342", "{0d62985d-b147-5d01-a9b5-cae5dcd98342} "])
def test_spellings_are_one(text: str) -> None:
    assert folded_guid(text) == "0d62985d-b147-5d01-a9b5-cae5dcd98342"


def test_no_version_bits_are_asked_for_and_anything_else_gets_a_guid() -> None:
    assert is_guid("00000000-0000-0000-0000-000000000000")
    assert not is_guid("not-a-guid")
    assert folded_guid("not-a-guid") == folded_guid("not-a-guid") != folded_guid("")
    assert is_guid(folded_guid("not-a-guid"))
