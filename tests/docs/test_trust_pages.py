"""The pages on safety, teams and pseudonyms say what the program has: checks, limits, file names, commands, options."""

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from qualcode.cli import app
from qualcode.flow import pseudonymizing, sharing
from qualcode.names import listing
from qualcode.store import checking, database, examining, opening

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = {name: (DOCS / f"{name}.md").read_text(encoding="utf-8") for name in ("safekeeping", "teams", "pseudonyms")}
COMMANDS = get_command(app).commands  # type: ignore[attr-defined]  # a group


def typed(page: str) -> list[list[str]]:
    blocks = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("qualcode ")]
    inline = re.findall(r"`(qualcode [a-z]+(?: [^`]*)?)`", page)
    return [shlex.split(line, comments=True)[1:] for line in (*lines, *inline)]


@pytest.mark.parametrize("name", PAGES)
def test_every_command_on_the_page_is_one_with_these_options(name: str) -> None:
    found = typed(PAGES[name])
    assert len(found) >= 3
    for command, *arguments in found:
        options = {option for parameter in COMMANDS[command].params for option in parameter.opts}
        for part in getattr(COMMANDS[command], "commands", {}).values():
            options |= {option for parameter in part.params for option in parameter.opts}
        assert {argument for argument in arguments if argument.startswith("--")} <= options, command


def test_every_check_of_doctor_has_its_row_and_no_other() -> None:
    page = PAGES["safekeeping"]
    table = page[page.index("| check |") :].split("\n\n")[0].splitlines()[2:]
    around = {"file", "journal", "backups", "leftovers", "permissions", "codings", "sources"}
    assert {row.split("|")[1].strip() for row in table} == {*checking._CHECKS, *around}
    sources = Path(examining.__file__).read_text(encoding="utf-8")
    sources += (Path(sharing.__file__).with_name("doctoring.py")).read_text(encoding="utf-8")
    assert set(re.findall(r'Finding\(\s*"([a-z ]+)"', sources)) == around


def test_limits_and_file_names_are_those_of_the_program() -> None:
    assert opening.BACKUPS_KEPT == 10
    assert "The last ten are" in PAGES["safekeeping"]
    assert f"waits {database.BUSY_SECONDS:.0f} s" in PAGES["safekeeping"]
    assert f"With k = {sharing.SMALLEST} " in PAGES["teams"]
    assert f"`qualcode.db{sharing._KEY}`" in PAGES["teams"]
    assert pseudonymizing.SUGGESTED_FILE in PAGES["pseudonyms"]
    assert ",".join(listing.COLUMNS) in PAGES["pseudonyms"]
    assert "shared.db.key.json" in PAGES["pseudonyms"]
