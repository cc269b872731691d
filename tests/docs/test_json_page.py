"""The page on JSON names the keys that the tables have."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from qualcode.aggregate import AGREEMENT_COLUMNS, SUMMARY_COLUMNS
from qualcode.aggregate.comparison import COMPARISON_COLUMNS, RECODING_COLUMNS
from qualcode.aggregate.profiles import PROFILE_COLUMNS
from qualcode.aggregate.recoding import RECODED_COLUMNS
from qualcode.present.agreement import DISAGREEMENT_KEYS
from qualcode.present.assigning import ASSIGNMENT_COLUMNS, SHARE_COLUMNS
from qualcode.present.passages import CODING_COLUMNS
from qualcode.present.reproducing import REPRODUCTION_COLUMNS
from qualcode.present.retagging import LISTS
from qualcode.present.searching import SEARCH_COLUMNS
from qualcode.present.undoing import ACTION_COLUMNS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "json.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        ("`qualcode summarize`", SUMMARY_COLUMNS),
        ("`qualcode compare A B`", COMPARISON_COLUMNS),
        ("`qualcode compare` of two codings", RECODING_COLUMNS),
        ("`qualcode compare --profile`", PROFILE_COLUMNS),
        ("`qualcode codings`", dict.fromkeys(CODING_COLUMNS, "")),
        ("`qualcode search`", dict.fromkeys(SEARCH_COLUMNS, "")),
        ("`qualcode assign`", {column.key: "" for column in SHARE_COLUMNS}),
        ("`qualcode assign --list`", {column.key: "" for column in ASSIGNMENT_COLUMNS}),
        ("`qualcode undo --list`", {column.key: "" for column in ACTION_COLUMNS}),
        ("`qualcode agreement`", AGREEMENT_COLUMNS),
        ("`qualcode agreement --disagreements`", dict.fromkeys([*DISAGREEMENT_KEYS, "and codes_NAME for each coder"])),
    ],
)
def test_every_key_is_named(command: str, keys: Mapping[str, object]) -> None:
    (line,) = [line for line in PAGE.splitlines() if line.startswith(f"| {command} |")]
    named = line.split("|")[3].strip().split(", ")
    assert [key for key in named if not key.startswith("quote_")] == list(keys)


def test_every_key_of_what_was_made_again_is_named() -> None:
    (line,) = [line for line in PAGE.splitlines() if line.startswith("| `qualcode reproduce` |")]
    named = re.findall(r"\w+", line.split("|")[3])
    keys = {column.key for column in REPRODUCTION_COLUMNS}
    assert keys <= set(named)


def test_every_key_of_a_difference_is_named() -> None:
    (line,) = [line for line in PAGE.splitlines() if line.startswith("| `qualcode tag --diff` |")]
    named = set(line.replace(",", " ").replace(":", " ").replace(";", " ").replace("(", " ").replace(")", " ").split())
    assert {*RECODED_COLUMNS, *LISTS, *(key for keys in LISTS.values() for key in keys)} <= named


def test_every_key_of_the_status_of_a_study_is_named() -> None:
    from present.test_status import OF_STUDY

    (line,) = [line for line in PAGE.splitlines() if line.startswith("| `qualcode status` |")]
    assert all(name in line for name in OF_STUDY)


def test_every_key_of_what_was_learned_is_named() -> None:
    from present.test_learning import KEYS

    (line,) = [line for line in PAGE.splitlines() if line.startswith("| `qualcode train` |")]
    assert set(KEYS) <= set(re.findall(r"\w+", line))
