from __future__ import annotations

from dataclasses import replace

import pytest

from qualcode.store import Filter, coder_id

from .builders import RUN


def test_run_hash_leaves_out_the_times_only() -> None:
    assert replace(RUN, started_utc="x", finished_utc="y").run_hash("b2:c") == RUN.run_hash("b2:c")
    assert RUN.run_hash("b2:d") != RUN.run_hash("b2:c")


def test_coder_id_never_changes() -> None:
    assert coder_id("model", "hybrid.v1") == "7ab2016a-f0fe-51ce-ae90-d972492ffae1"


@pytest.mark.parametrize(
    ("given", "kept"), [("money", ("money",)), (5, ("5",)), ([5, "a"], ("5", "a")), (None, ()), ((), ())]
)
def test_filter_keeps_codes_as_a_tuple(given: object, kept: tuple[str, ...]) -> None:
    assert Filter(code=given).code == kept  # type: ignore[arg-type]


def test_parameters_are_text_or_null() -> None:
    assert Filter(region="Crete", code=("a", "b")).parameters() == {
        "region": "Crete",
        "country": None,
        "stakeholder_group": None,
        "kind": None,
        "code": '["a", "b"]',
        "category": None,
        "coder": None,
        "since": None,
        "status": None,
    }
