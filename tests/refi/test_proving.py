"""The proof finds each change of a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from foreign_projects import MONEY, WAITING, project, selection
from qualcode.refi import Code, Project, Source, User, guid, prove, write_project

ONE = project(selection("There is no money for it.", MONEY), selection("That is all."))


def source(**changes: object) -> Project:
    return replace(ONE, sources=(replace(ONE.sources[0], **changes),))  # type: ignore[arg-type]


def test_a_true_export_is_proven() -> None:
    assert prove(ONE, write_project(ONE).content) == ()


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (lambda: replace(ONE, sources=()), ['The text "crete/one" is missing.']),
        (lambda: replace(ONE, sources=(*ONE.sources, Source(guid("n"), "new", ""))), ['The text "new" is new.']),
        (lambda: source(text=ONE.sources[0].text.replace("dear", "dull")), ['The text of "crete/one" is another.']),
        (lambda: source(selections=ONE.sources[0].selections[:1]),
         ['The selection 161-173 in "crete/one" is missing.']),
        (lambda: source(selections=(selection("There is no money for it", MONEY), ONE.sources[0].selections[1])),
         ['A coding of "There is no money for it." (21-46) in "crete/one" is missing or changed.',
          'A coding of "There is no money for it" (21-45) in "crete/one" is new or changed.',
          'The selection 21-46 in "crete/one" is missing.']),
        (lambda: source(selections=(selection("There is no money for it.", WAITING), ONE.sources[0].selections[1])),
         ['A coding of "There is no money for it." (21-46) in "crete/one" is missing or changed.',
          'A coding of "There is no money for it." (21-46) in "crete/one" is new or changed.']),
        (lambda: replace(ONE, codes=(replace(ONE.codes[0], name="Obstacles"),)),
         ['The code "Barriers" is missing or changed.', 'The code "Obstacles" is new or changed.']),
        (lambda: replace(ONE, codes=(*ONE.codes, Code(guid("x"), "More"))), ['The code "More" is new or changed.']),
        (lambda: replace(ONE, users=(*ONE.users, User(guid("x"), "Eve"))), ['The user "Eve" is new.']),
    ],
)  # fmt: skip
def test_a_difference_is_named(other: Callable[[], Project], said: list[str]) -> None:
    assert list(prove(ONE, write_project(other()).content)) == said


def test_a_file_that_cannot_be_read_is_no_proof() -> None:
    (said,) = prove(ONE, write_project(ONE).content[:-50])
    assert "is damaged" in said
