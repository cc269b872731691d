"""The page on JSON names the keys that the tables have."""

from pathlib import Path

import pytest

from qualcode.aggregate import SUMMARY_COLUMNS
from qualcode.aggregate.comparison import COMPARISON_COLUMNS, RECODING_COLUMNS
from qualcode.aggregate.profiles import PROFILE_COLUMNS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "json.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        ("`qualcode summarize`", SUMMARY_COLUMNS),
        ("`qualcode compare A B`", COMPARISON_COLUMNS),
        ("`qualcode compare` of two codings", RECODING_COLUMNS),
        ("`qualcode compare --profile`", PROFILE_COLUMNS),
    ],
)
def test_every_key_is_named(command: str, keys: dict[str, str]) -> None:
    (line,) = [line for line in PAGE.splitlines() if line.startswith(f"| {command} |")]
    named = line.split("|")[3].strip().split(", ")
    assert [key for key in named if not key.startswith("quote_")] == list(keys)
