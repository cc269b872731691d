from __future__ import annotations

import pytest
from typer.testing import CliRunner

from qualcode.cli import app
from qualcode.codebook import read_codebook
from studies import SmallStudy

runner = CliRunner()


@pytest.fixture
def here(study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> SmallStudy:
    monkeypatch.chdir(study.folder)
    return study


def run(*arguments: str) -> tuple[int, str, str]:
    result = runner.invoke(app, ["codebook", *arguments], catch_exceptions=False)
    return result.exit_code, result.stdout, result.stderr


def test_a_codebook_goes_out_and_comes_in_as_a_skeleton(here: SmallStudy) -> None:
    code, out, err = run("export", "book.csv")
    assert (code, out) == (0, "")
    assert err.splitlines() == [
        "Wrote book.csv: 3 codes in 2 categories.",
        "  left out: 4 cues.",
        "  left out: 1 markers.",
        "  left out: title, version and language of the codebook.",
    ]
    code, out, err = run("import", "book.csv", "--out", "other.yaml", "--title", "Buses, again")
    assert (code, out) == (0, "")
    assert err.splitlines() == [
        "Wrote other.yaml: 3 codes in 2 categories; no cues yet: nothing is tagged until they are written "
        "(docs/codebook.md).",
    ]
    made = read_codebook(here.folder / "other.yaml")
    assert ([code.id for code in made.codes], made.title) == (["fares", "funding", "delays"], "Buses, again")


def test_check_runs_on_the_skeleton_and_tells_which_examples_need_cues(here: SmallStudy) -> None:
    run("export", "book.xlsx")
    run("import", "book.xlsx", "--out", "other.yaml")
    code, out, _ = run("check", "other.yaml")
    assert code == 1
    assert "not caught: The ticket costs too much." in out


def test_a_codebook_that_is_there_stays(here: SmallStudy) -> None:
    run("export", "book.csv")
    before = (here.folder / "codebook.yaml").read_bytes()
    code, _, err = run("import", "book.csv")
    assert (code, (here.folder / "codebook.yaml").read_bytes()) == (1, before)
    assert "is there already and is not overwritten" in err
