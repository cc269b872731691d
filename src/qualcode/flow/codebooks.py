"""Checking, comparing and describing codebooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..codebook import (
    Change,
    Code,
    Codebook,
    Example,
    diff_codebooks,
    json_schema,
    read_codebook,
    read_examples,
    read_facets,
    required_version,
    version_tuple,
)
from ..errors import SelectionError, nearest
from .models import make_tagger
from .trying import score_of_passage
from .workspace import Workspace

if TYPE_CHECKING:
    from ..tag import Tagger


@dataclass(frozen=True)
class CheckRow:
    """How one code's examples fared.

    Attributes
    ----------
    code : Code
    typical, borderline, counter : tuple of (int, int)
        Passed and all. A typical or borderline sentence passes when the code is at least pending, a
        counter-example when the code does not count.
    failures : tuple of str
        Each failed sentence with what was expected.
    examples : int
        Sentences of this code in ``examples.jsonl``.
    """

    code: Code
    typical: tuple[int, int]
    borderline: tuple[int, int]
    counter: tuple[int, int]
    failures: tuple[str, ...]
    examples: int


@dataclass(frozen=True)
class CheckReport:
    """What `check_codebook` found."""

    codebook: Codebook
    tagger: str
    rows: tuple[CheckRow, ...]
    uncoded_examples: int

    @property
    def failures(self) -> int:
        """How many sentences failed."""
        return sum(len(row.failures) for row in self.rows)


def check_codebook(work: Workspace, *, tagger_name: str = "rules.v1") -> CheckReport:
    """Validate a codebook and run its examples as tests.

    Parameters
    ----------
    work : Workspace
    tagger_name : str
        Who must pass them.

    Returns
    -------
    CheckReport

    Raises
    ------
    CodebookError
        With every fault of the files.
    """
    codebook = work.codebook
    examples = read_examples(work.codebook_path, codebook)
    read_facets(work.codebook_path, codebook)
    tagger = make_tagger(work, tagger_name)
    return CheckReport(
        codebook,
        tagger_name,
        tuple(_check_code(code, tagger, codebook, examples) for code in codebook.codes),
        sum(not example.codes for example in examples),
    )


def _check_code(code: Code, tagger: Tagger, codebook: Codebook, examples: Sequence[Example]) -> CheckRow:
    from ..segment import segment_passage

    def probability(text: str) -> float:
        return score_of_passage(tagger.score(segment_passage(text)), codebook).probabilities[code.id]

    review, auto = tagger.thresholds.review, tagger.thresholds.auto
    missed = {
        group: [text for text in getattr(code.examples, group) if probability(text) < review]
        for group in ("typical", "borderline")
    }
    fired = [entry.text for entry in code.examples.counter if probability(entry.text) >= auto]
    not_caught = [f"not caught: {text}" for texts in missed.values() for text in texts]
    return CheckRow(
        code,
        typical=_passed(code.examples.typical, missed["typical"]),
        borderline=_passed(code.examples.borderline, missed["borderline"]),
        counter=_passed(code.examples.counter, fired),
        failures=(*not_caught, *(f"caught, must not be: {text}" for text in fired)),
        examples=sum(code.number in example.codes for example in examples),
    )


def _passed(all_of_them: Sequence[Any], failed: Sequence[Any]) -> tuple[int, int]:
    return len(all_of_them) - len(failed), len(all_of_them)


def find_code(codebook: Codebook, wanted: str | None) -> Code | None:
    """A code by number, id or name.

    Raises
    ------
    SelectionError
        With the nearest one.
    """
    if wanted is None:
        return None
    for code in codebook.codes:
        if wanted.casefold() in (str(code.number), code.id.casefold(), code.name.casefold()):
            return code
    raise SelectionError(f'There is no code "{wanted}". {nearest(wanted, [code.id for code in codebook.codes])}')


@dataclass(frozen=True)
class DiffReport:
    """What changed between two codebooks.

    Attributes
    ----------
    before, after : Codebook
    changes : tuple of Change
    required : str
        Lowest version the changes call for.
    too_low : bool
        The newer codebook's version is lower than that.
    """

    before: Codebook
    after: Codebook
    changes: tuple[Change, ...]
    required: str
    too_low: bool


def compare_codebooks(before: Path, after: Path) -> DiffReport:
    """What changed between two codebooks, and the version it calls for.

    Parameters
    ----------
    before, after : Path

    Returns
    -------
    DiffReport
    """
    old, new = read_codebook(before), read_codebook(after)
    changes = tuple(diff_codebooks(old, new))
    required = required_version(old, list(changes))
    return DiffReport(old, new, changes, required, version_tuple(new.version) < version_tuple(required))


def codebook_schema() -> dict[str, Any]:
    """JSON Schema of ``codebook.yaml``."""
    return json_schema()
