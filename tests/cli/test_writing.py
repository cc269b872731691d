"""What commands leave behind: the file, its manifest, and nothing of the machine in it."""

from __future__ import annotations

import hashlib
import inspect
import json
from pathlib import Path
from typing import Any, get_args

import pytest
from typer.main import get_command

from qualcode import __version__
from qualcode.cli import app, writing
from qualcode.flow.reproducing import COMMANDS
from studies import SmallStudy

from .test_app import Ran


@pytest.fixture
def here(study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> SmallStudy:
    study.tag()
    monkeypatch.chdir(study.folder)
    return study


def manifest(name: str) -> Any:
    return json.loads(Path(f"{name}.manifest.json").read_text(encoding="utf-8"))


def test_a_table_has_its_manifest_beside_it(here: SmallStudy) -> None:
    assert Ran("summarize", "--region", "Northfield", "--out", here.folder / "table.csv").code == 0
    page = manifest("table.csv")
    assert page["command"] == {
        "name": "summarize",
        "options": {"region": "Northfield", "out": "table.csv"},
        "files": {},
    }
    assert page["outputs"] == {"table.csv": hashlib.sha256(Path("table.csv").read_bytes()).hexdigest()}
    assert page["settings"] == {"seed": 20250301, "bootstrap_draws": 100, "small_group": 5}
    assert page["versions"]["qualcode"] == __version__
    assert page["store"]["codebook"]["id"] == "night_buses"
    assert len(page["store"]["documents"]) == 3


def test_the_same_inputs_give_the_same_bytes_and_no_name_and_no_folder(here: SmallStudy) -> None:
    written = []
    for _ in range(2):
        assert Ran("codings", "--store", here.store_path, "--out", here.folder / "all.json").code == 0
        written.append(Path("all.json.manifest.json").read_bytes())
    assert written[0] == written[1]
    for word in ("anna", "Anna", "ben.txt", "Northfield", str(here.folder), "ticket"):
        assert word.encode() not in written[0]


def test_what_is_printed_leaves_nothing(here: SmallStudy) -> None:
    before = sorted(here.folder.rglob("*"))
    assert Ran("summarize").code == 0
    assert sorted(here.folder.rglob("*")) == before


def test_a_file_that_was_read_is_named_with_its_hash(here: SmallStudy) -> None:
    claim = '[[poles]]\nname = "a"\ncodes = [1]\n[[poles]]\nname = "b"\ncodes = [3]\n'
    Path("claims").mkdir()
    (Path("claims") / "claim.toml").write_text(f'title = "x"\nclaim = "y"\n{claim}', encoding="utf-8", newline="\n")
    ran = Ran("compare", "--profile", Path("claims") / "claim.toml", "--out", "tested.md")
    assert ran.code == 0, ran.err
    content = (Path("claims") / "claim.toml").read_bytes()
    command = manifest("tested.md")["command"]
    assert command["files"] == {"claim.toml": hashlib.sha256(content).hexdigest()}
    assert command["options"] == {"profile": "claim.toml", "out": "tested.md"}


def test_every_command_that_keeps_a_manifest_can_be_made_again() -> None:
    keeping = {
        command.callback.__name__
        for command in app.registered_commands
        if command.callback and "ctx" in inspect.signature(command.callback).parameters
    }
    assert keeping == {*COMMANDS, "reproduce"}


def test_every_path_of_these_commands_is_known() -> None:
    for command in app.registered_commands:
        if command.callback and command.callback.__name__ in COMMANDS:
            for name, annotation in inspect.get_annotations(command.callback, eval_str=True).items():
                assert ("Path" in str(get_args(annotation)[:1])) == (name in writing.PATHS), name


@pytest.mark.parametrize(
    ("command", "options", "words"),
    [
        ("search", {"words": "--late", "regex": True, "near": 0}, ["--near=0", "--regex", "--", "--late"]),
        ("codings", {"code": "3", "region": "-x"}, ["--region=-x", "--code=3", "--"]),
        ("evaluate", {"paths": ["a", "b"], "gold": Path("g")}, ["--gold=g", "--", "a", "b"]),
    ],
)
def test_options_become_words_that_mean_the_same(command: str, options: dict[str, Any], words: list[str]) -> None:
    parameters = get_command(app).commands[command].params  # type: ignore[attr-defined]
    assert writing.arguments(parameters, options) == words
