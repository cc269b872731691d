"""The record of docs/measured/faults.json and the tests belong together."""

from __future__ import annotations

import ast
import json

import pytest

from reliability.faults import FAULTS, Fault
from reliability.measure import MEASURED, TESTS

RECORD = json.loads(MEASURED.read_text(encoding="utf-8"))


def functions_of(file: str) -> dict[str, list[str]]:
    """Tests of a file, with the names of what they take."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    return {node.name: [argument.arg for argument in node.args.args] for node in found}


def test_every_row_is_there_once_and_recorded() -> None:
    assert [fault.row for fault in FAULTS] == list(range(1, len(FAULTS) + 1))
    assert len(FAULTS) >= 44
    recorded = [(one["row"], one["fault"], tuple(one["tests"])) for one in RECORD]
    assert recorded == [(fault.row, fault.what, fault.tests) for fault in FAULTS], "make faults"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: str(fault.row))
def test_every_test_of_a_row_exists(fault: Fault) -> None:
    assert fault.tests
    for test in fault.tests:
        file, _, name = test.partition("::")
        assert functions_of(file), file
        assert not name or name in functions_of(file), test


def test_nothing_was_lost_and_no_error_was_unclear() -> None:
    for row in RECORD:
        assert (row["lost"], row["unclear"]) == (0, 0), row
        assert row["tries"] > 0, row


def test_what_counts_here_is_in_the_record() -> None:
    listed = {test for fault in FAULTS for test in fault.tests}
    for path in sorted(TESTS.glob("reliability/test_*.py")):
        for name, takes in functions_of(f"reliability/{path.name}").items():
            assert "tally" not in takes or f"reliability/{path.name}::{name}" in listed, name
