from __future__ import annotations

import inspect
from typing import Any, get_args

import pytest

from qualcode.cli import app, options

LOOK = ("summarize", "codings", "quotes", "search")
HAND_IN = ("compare", "figures", "report")
SEVERAL = ("assign", "agreement")


def commands() -> dict[str, dict[str, Any]]:
    """Every command's parameters with their annotations, by the command's name."""
    groups = [(app, ""), *((group.typer_instance, f"{group.name} ") for group in app.registered_groups)]
    return {
        f"{prefix}{command.name or command.callback.__name__.removeprefix(f'{prefix.strip()}_')}": dict(
            inspect.get_annotations(command.callback, eval_str=True)
        )
        for typer_app, prefix in groups
        if typer_app is not None
        for command in typer_app.registered_commands
        if command.callback is not None
    }


def test_every_command_of_the_program_is_here() -> None:
    assert set(commands()) == {
        *("tag", "try", "explain", "train", "evaluate", "summarize", "codings", "quotes", "status", "init", "demo"),
        *("compare", "figures", "report", "review"),
        *(*SEVERAL, "undo", "verdicts export", "verdicts import"),
        *("codebook check", "codebook show", "codebook diff", "codebook schema"),
        *("search", "explore", "doctor", "merge", "reproduce"),
        *("import", "export", "codebook import", "codebook export"),
        *("share", "combine", "pseudonymize", "encrypt", "decrypt"),
    }


@pytest.mark.parametrize(
    ("name", "spelling", "users"),
    [
        ("Region", "--region", {*LOOK, "compare", "figures", "review", *SEVERAL, "export"}),
        ("Country", "--country", {*LOOK, *HAND_IN, "review", *SEVERAL, "export"}),
        ("Stakeholder", "--stakeholder", {*LOOK, *HAND_IN, "review", *SEVERAL, "export"}),
        ("Kind", "--kind", {*LOOK, *HAND_IN, "review", *SEVERAL, "export"}),
        ("Category", "--category", {*LOOK, "compare", "review", "export"}),
        ("Since", "--since", {*LOOK, *HAND_IN, "review", *SEVERAL, "export"}),
        ("Coder", "--coder", {"summarize", "codings", "export"}),
        ("Status", "--status", {"codings", "export"}),
        ("Code", "--code", {*LOOK, "codebook show", "compare", "figures", "review", "export"}),
        (
            "Store",
            "--store",
            {
                "tag",
                "train",
                "review",
                "explain",
                "evaluate",
                "status",
                *LOOK,
                *HAND_IN,
                *SEVERAL,
                "undo",
                "verdicts export",
                "verdicts import",
                "export",
                "import",
                "explore",
                "share",
                "doctor",
                "encrypt",
                "decrypt",
                "reproduce",
                "pseudonymize",
            },
        ),
        ("CodebookPath", "--codebook", {"tag", "try", "explain", "train", "evaluate", "import", "doctor"}),
        (
            "AllowNames",
            "--allow-names",
            {"codings", "quotes", "search", "compare", "report", "export", "share", "verdicts export"},
        ),
        ("TaggerName", "--tagger", {"tag", "try", "explain", "evaluate"}),
        ("ModelName", "--model", {"tag", "try", "explain", "train", "evaluate", "doctor"}),
    ],
)
def test_a_shared_option_is_spelled_once(name: str, spelling: str, users: set[str]) -> None:
    shared = getattr(options, name)
    declared = get_args(shared)[1]
    assert [name for name in (declared.default, *declared.param_decls) if name] == [spelling]
    assert {command for command, parameters in commands().items() if shared in parameters.values()} == users


def test_whatever_shows_data_can_be_written_to_a_file_in_every_format() -> None:
    # Figures and reports are files of their own kinds, never tables.
    silent = {
        "encrypt",
        "decrypt",
        "explore",
        "export",
        "import",
        "merge",
        "pseudonymize",
        "share",
        "codebook import",
        "codebook export",
        "review",
        "verdicts export",
        "verdicts import",
        "init",
        "demo",
        "codebook schema",
        "figures",
        "report",
    }
    for command, parameters in commands().items():
        assert (options.Out in parameters.values()) == (command not in {*silent, "train"}), command
        assert (options.OutputFormat in parameters.values()) == (command not in silent), command


def test_every_option_says_what_it_does() -> None:
    for command, parameters in commands().items():
        for name, annotation in parameters.items():
            if name not in ("ctx", "return"):
                assert get_args(annotation)[1].help, f"{command} {name}"
