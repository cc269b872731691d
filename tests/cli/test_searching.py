"""`search` and `explore` as typed."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from present.test_searching import ROW
from qualcode.cli import searching
from studies import SmallStudy, dump

from .test_app import Ran
from .test_reports import refused


@pytest.fixture
def here(study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> SmallStudy:
    """The small study, tagged, as the working folder."""
    study.tag()
    monkeypatch.chdir(study.folder)
    return study


# --- search ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("here")
def test_sentences_are_printed_and_counted() -> None:
    ran = Ran("search", "LATE bus", "--context", 0)
    assert (ran.code, ran.out, ran.err) == (
        0,
        "anna.txt:1 (Anna, Northfield, interview)\n"
        "    The **bus** is always **late** in the evening.\n"
        "    codes: delays\n",
        "1 sentence in 1 document; 1 more not by respondents: --role all\n",
    )


@pytest.mark.usefixtures("here")
def test_options_reach_the_search() -> None:
    assert Ran("search", "bus late", "--near", 1).err.startswith("0 sentences")
    assert Ran("search", "bus late", "--near", 1).out == "No sentence is like this.\n"
    assert len(Ran("search", "l.te", "--regex", "--role", "all", "--format", "json").json()) == 4
    assert [row["document"] for row in Ran("search", "late", "--kind", "workshop", "--format", "json").json()] == [
        "cleo.txt"
    ] * 2
    assert "the first 1 is shown: --limit N" in Ran("search", "late", "--limit", 1).err


@pytest.mark.usefixtures("here")
def test_json_has_the_keys_of_the_page() -> None:
    (row,) = Ran("search", "garden", "--format", "json").json()
    assert list(row) == list(ROW)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("words", ["don't", '"unbalanced', "NOT", "a AND", "NEAR(", "-x", "(*)x"])
def test_no_words_are_a_fault(words: str) -> None:
    assert Ran("search", "--", words).code == 0


@pytest.mark.usefixtures("here")
def test_what_cannot_be_searched_says_why() -> None:
    assert refused("search", "?!") == '"?!" holds no word to search for. Signs are found with --regex.'
    assert refused("search", "(", "--regex").startswith('--regex "(" is no regular expression: ')
    assert refused("search", "bus", "--near", 2).startswith("--near is for two words or more")


@pytest.mark.usefixtures("here")
def test_it_goes_to_a_file(here: SmallStudy) -> None:
    assert Ran("search", "garden", "--out", "found.md").out == ""
    assert (here.folder / "found.md").read_text(encoding="utf-8").startswith("> The bus is always late")
    assert "My **garden** is fine." in (here.folder / "found.md").read_text(encoding="utf-8")


def test_bold_type_is_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not searching._shows_bold()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    assert not searching._shows_bold()
    monkeypatch.setenv("TERM", "xterm")
    assert searching._shows_bold() == (sys.platform != "win32")


# --- explore -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("loopback_only")
def test_exploring_says_what_it_is_and_writes_nothing(here: SmallStudy) -> None:
    before = dump(here.store_path)
    ran = Ran("explore", "--no-browser", "--idle", "0.001")
    assert (ran.code, ran.out) == (0, "")
    first, second, address, last = ran.err.splitlines()
    assert first == f"Exploring {here.store_path}, for reading only. Ctrl-C stops the page."
    assert second == "Open this address in your browser; it works once:"
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{43}", address)
    assert last == "Nobody asked for 0.001 minutes: the page is closed."
    assert dump(here.store_path) == before


@pytest.mark.usefixtures("loopback_only")
def test_exploring_needs_a_store(tmp_path: Path) -> None:
    assert "There is no store" in refused("explore", "--store", tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()


def test_exploring_needs_datasette(here: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasette", None)
    monkeypatch.delitem(sys.modules, "qualcode.web.explorer", raising=False)
    ran = Ran("explore", "--no-browser")
    assert ran.code == 1
    assert ran.err.endswith("which is not installed. Install it with: pip install 'qualcode[explore]'\n")
