"""`share` and `combine` as typed: what is shown before it leaves, what is written, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shared_regions import SECRETS, Team, make_team

from .test_app import Ran


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Team:
    """A study of two regions as the working folder."""
    team = make_team(tmp_path / "study", ["Beta", "Kappa"])
    monkeypatch.chdir(team.folder)
    return team


def refused(*arguments: object) -> str:
    ran = Ran(*arguments)
    assert (ran.code, ran.out) == (1, ""), ran.err
    return ran.err


def test_a_share_is_shown_then_written(here: Team) -> None:
    ran = Ran("share", "--region", "beta", "--out", "beta.qcshare", "--yes")
    assert (ran.code, ran.out) == (0, ""), ran.err
    assert "Beta: 5 documents leave as numbers" in ran.err
    assert "Withheld: a code that 1 to 2 documents raise" in ran.err
    assert ran.err.rstrip().endswith(
        "Wrote beta.qcshare. qualcode.db.share-key keeps ids of documents the same in later shares; do not send it."
    )
    raw = Path("beta.qcshare").read_text(encoding="utf-8")
    assert json.loads(raw)["smallest"] == 3
    assert not any(secret in raw for secret in SECRETS)


def test_a_preview_goes_to_standard_output_and_writes_nothing(here: Team) -> None:
    before = sorted(path.name for path in here.folder.iterdir())
    ran = Ran("share", "--region", "Beta", "--preview")
    assert (ran.code, ran.err) == (0, "")
    assert "Beta/Brunnhilde_0.txt" in ran.out
    assert sorted(path.name for path in here.folder.iterdir()) == before


def test_nothing_is_written_where_nobody_confirms(here: Team) -> None:
    said = refused("share", "--region", "Beta", "--out", "beta.qcshare")
    assert said.rstrip().endswith(
        "Error: Nothing was written: nobody is there to confirm. Look at the above and add --yes."
    )
    assert not list(here.folder.glob("*share*"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "Choose one: --out FILE.qcshare, or --preview."),
        (["--out", "a.qcshare", "--preview"], "Choose one: --out FILE.qcshare, or --preview."),
        (["--out", "a.csv"], "--out a.csv: a share ends in .qcshare."),
        (["--preview", "--smallest", "2"], "--smallest 2: give 3 or more, or 1 to withhold nothing."),
    ],
)
def test_wrong_options_are_refused(here: Team, options: list[str], message: str) -> None:
    assert message in refused("share", "--region", "Beta", *options)


def test_shares_are_combined_into_the_table_of_summarize(here: Team, tmp_path: Path) -> None:
    for region in ("Beta", "Kappa"):
        ran = Ran("share", "--region", region, "--smallest", 1, "--out", tmp_path / f"{region}.qcshare", "--yes")
        assert "Nothing is withheld (--smallest 1): numbers of single documents leave." in ran.err
    files = sorted(tmp_path.glob("*.qcshare"))
    for options in ([], ["--by", "country", "--level", "category"]):
        ran = Ran("combine", *files, *options, "--format", "json")
        assert ran.json() == Ran("summarize", *options, "--format", "json").json()
        assert "Combined from 2 share(s)" in ran.err
    assert "Combined from 2 share(s)" in Ran("combine", *files).out
    assert Ran("combine", *files, "--out", "all.csv").code == 0
    assert Path("all.csv").read_bytes()
    assert Ran("combine", *files, "--report", "all.xlsx").err == "all.xlsx: written.\n"
    assert "Leave out --by" in refused("combine", *files, "--report", "all.xlsx", "--by", "kind")


def test_bounds_have_columns_where_something_is_withheld(here: Team) -> None:
    assert Ran("share", "--region", "Kappa", "--smallest", 5, "--out", "k.qcshare", "--yes").code == 0
    rows = Ran("combine", "k.qcshare", "--format", "json").json()
    (row,) = [row for row in rows if row["withheld"].startswith("counted")][:1]
    assert row["documents_with_code"] is None
    assert [row["documents_with_code_least"], row["documents_with_code_most"]] == [1, 4]
    shown = Ran("combine", "k.qcshare").out
    assert "0+ of 1" in shown
    assert "Withheld by the teams, as few documents raise them: Kappa:" in shown
