"""The page on security says what the program does, and every promise names tests that are there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from qualcode.cli import app
from qualcode.flow.manifests import PACKAGES
from qualcode.flow.reproducing import COMMANDS
from qualcode.present.manifests import ENDING
from qualcode.tag.rules import REGEX_SECONDS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
PROMISES = [
    line.split("|")[1:3]
    for line in PAGE.split("| promise | tests |")[1].split("\n\n")[0].splitlines()
    if "`tests/" in line
]


@pytest.mark.parametrize(("promise", "tests"), PROMISES, ids=[promise[:40] for promise, _ in PROMISES])
def test_every_promise_has_tests(promise: str, tests: str) -> None:
    files = re.findall(r"`([^`]+)`", tests)
    assert files, promise
    for name in files:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert re.search(r"^ *def (test|_alone)", text, re.MULTILINE), name


def test_every_file_of_the_page_is_there() -> None:
    named = set(re.findall(r"`((?:docs|tests|src)/[^`]+|constraints\.txt|pyproject\.toml|CHANGELOG\.md)`", PAGE))
    assert len(named) > 20
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_commands_and_options_are_those_of_the_program() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    assert set(re.findall(r"`qualcode (\w+)", PAGE)) <= set(commands)
    spelled = {one for name in ("reproduce", "export") for parameter in commands[name].params for one in parameter.opts}
    assert set(re.findall(r"`(--[a-z-]+)`", PAGE)) <= spelled
    assert f"`FILE{ENDING}`" in PAGE


def test_limits_and_lists_are_those_of_the_code() -> None:
    assert (REGEX_SECONDS, "half a second a sentence" in PAGE) == (0.5, True)
    assert {"numpy", "scipy", "pandas", "spacy", "simplemma", "scikit-learn", "onnxruntime"} <= set(PACKAGES)
    assert not {"tag", "undo", "import", "train", "review", "assign"} & set(COMMANDS)


def test_every_exception_of_bandit_has_its_reason() -> None:
    source = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    skips = tomllib.loads(source)["tool"]["bandit"]["skips"]
    assert all(re.search(rf'"{skip}",  # \w.{{20}}', source) for skip in skips)
    lint = (ROOT / "Makefile").read_text(encoding="utf-8").split("\nlint:")[1].split("\n\n")[0]
    assert "bandit --quiet --configfile pyproject.toml --recursive src" in lint


def test_what_is_linted_and_downloaded_is_pinned() -> None:
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()[1:]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in pinned)
    names = [line.split("==")[0].casefold() for line in pinned]
    assert len(set(names)) == len(names)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    wanted = {re.split(r"[<>=~!\[ ]", one)[0].casefold() for one in asked}
    assert wanted - set(names) == set()
