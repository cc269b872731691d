from __future__ import annotations

import getpass

import pytest

from qualcode.errors import SelectionError
from qualcode.flow.people import coder_name, coder_names, default_coder, find_person


@pytest.mark.parametrize(
    ("given", "name"),
    [("Ann", "Ann"), ("  Anna \t Berg ", "Anna Berg"), ("Jose\N{COMBINING ACUTE ACCENT}", "José"), ("Μαρία", "Μαρία")],
)
def test_a_name_is_stored_in_one_spelling(given: str, name: str) -> None:
    assert coder_name(given) == name


@pytest.mark.parametrize("given", ["", "  ", "a,b", "a\x1bb", "x" * 81])
def test_what_is_no_name_is_refused(given: str) -> None:
    with pytest.raises(SelectionError, match=r"is not a name. Write 1 to 80 letters, without commas."):
        coder_name(given)


@pytest.mark.parametrize("given", ["machine", "Machine"])
def test_the_name_of_the_machine_is_nobody_s(given: str) -> None:
    with pytest.raises(SelectionError, match=r"stands for the tagger"):
        coder_name(given)


def test_the_user_of_the_machine_is_the_coder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "anna.berg")
    assert default_coder() == "Anna Berg"


def test_a_machine_that_does_not_know_its_user_asks_for_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr(getpass, "getuser", unknown)
    with pytest.raises(SelectionError, match=r"does not say who you are. Give your name: --coder NAME"):
        default_coder()
    monkeypatch.setattr(getpass, "getuser", lambda: "___")
    with pytest.raises(SelectionError, match=r"does not say who you are"):
        default_coder()


def test_a_list_of_names_holds_each_once() -> None:
    assert coder_names("Ann, Ben ,Cleo") == ("Ann", "Ben", "Cleo")
    with pytest.raises(SelectionError, match=r"Ann is named twice"):
        coder_names("Ann,Ben,Ann")
    with pytest.raises(SelectionError, match=r"is not a name"):
        coder_names("Ann,,Ben")


def test_a_known_person_is_found_without_regard_to_capitals_where_that_is_clear() -> None:
    assert find_person("ann", ["Ann", "Ben"]) == "Ann"
    assert find_person("ann", ["Ann", "ann"]) == "ann"
    with pytest.raises(SelectionError, match=r'Nobody called "ANN" has decided anything in this store. Did you mean'):
        find_person("ANN", ["Ann", "ann"])
    with pytest.raises(SelectionError, match=r"Known: Ann, Ben."):
        find_person("Zoe", ["Ben", "Ann"])
