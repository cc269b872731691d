"""A file with names is refused; the screen, and who insists, are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from studies import SmallStudy

from .test_app import Ran

COMMANDS = (
    ("codings", "--out", "x.csv"),
    ("quotes", "--out", "x.md"),
    ("search", "late", "--out", "x.json"),
    ("compare", "Northfield", "Southport", "--out", "x.html"),
    ("report", "--cross-regional", "--out", "x.html"),
    ("export", "x.qdpx"),
    ("export", "x.csv"),
)


@pytest.fixture
def here(study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> SmallStudy:
    study.tag()
    (study.folder / "names.csv").write_bytes(b"name,kind\nAnna,person\n")
    monkeypatch.chdir(study.folder)
    return study


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_file_with_names_is_refused(command: tuple[str, ...]) -> None:
    ran = Ran(*command)
    assert (ran.code, ran.out) == (1, "")
    assert "listed names" in ran.err
    assert "Anna" not in ran.err
    assert not list(Path().glob("x.*"))


@pytest.mark.usefixtures("here")
def test_who_insists_is_told() -> None:
    ran = Ran("codings", "--out", "x.csv", "--allow-names")
    assert ran.code == 0
    assert "Note: What is written holds" in ran.err
    assert "anna.txt" in Path("x.csv").read_text(encoding="utf-8")


@pytest.mark.usefixtures("here")
def test_the_screen_is_no_file() -> None:
    assert Ran("codings").code == 0
