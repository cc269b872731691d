from __future__ import annotations

import inspect

import pytest

from qualcode import errors
from qualcode.errors import (
    CodebookError,
    Fault,
    FaultyFileError,
    QualcodeError,
    QualcodeWarning,
    StudyError,
    nearest,
    shown,
)


def classes() -> list[type[BaseException]]:
    return [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, BaseException)]


def test_every_error_is_a_qualcode_error_and_every_warning_a_qualcode_warning() -> None:
    for kind in classes():
        assert issubclass(kind, QualcodeError | QualcodeWarning), kind


def test_the_tree_in_the_docstring_names_every_class() -> None:
    for kind in classes():
        assert kind.__name__ in (errors.__doc__ or ""), kind


def test_problems_of_the_user_exit_with_one() -> None:
    assert {kind.exit_code for kind in classes() if issubclass(kind, QualcodeError)} == {1}


@pytest.mark.parametrize("kind", [CodebookError, StudyError, FaultyFileError])
def test_a_faulty_file_lists_all_faults_in_line_order(kind: type[FaultyFileError]) -> None:
    error = kind(iter([Fault("a.yaml", 12, "twelfth."), Fault("a.yaml", 0, "whole."), Fault("a.yaml", 3, "third.")]))
    assert str(error) == "a.yaml: whole.\na.yaml:3: third.\na.yaml:12: twelfth."
    assert [fault.line for fault in error.faults] == [0, 3, 12]


@pytest.mark.parametrize(
    ("wanted", "known", "answer"),
    [
        ("Catalunya", ["Catalonia", "Crete"], 'Did you mean "Catalonia"?'),
        ("CATALONIA", ["Catalonia"], 'Did you mean "Catalonia"?'),
        ("Vastra Gotaland", ["Västra Götaland", "Sofia"], 'Did you mean "Västra Götaland"?'),
        ("xyz", ["Catalonia", "Crete"], "Known: Catalonia, Crete."),
        ("", ["Crete"], "Known: Crete."),
        ("xyz", [], "The store holds none yet."),
    ],
)
def test_the_nearest_known_name_is_offered(wanted: str, known: list[str], answer: str) -> None:
    assert nearest(wanted, known) == answer


def test_what_a_file_brings_into_a_message_is_short_and_steers_nothing() -> None:
    assert shown("a\x1b[2J\nb\x00\u202ec") == "a [2J b  c"
    assert shown(ValueError("x" * 500)) == "x" * 119 + "…"
    assert shown("x" * 120) == "x" * 120
