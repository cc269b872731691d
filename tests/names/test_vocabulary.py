from __future__ import annotations

from qualcode.names import basic_form, is_common
from qualcode.names.vocabulary import languages


def test_names_are_no_common_words() -> None:
    assert [is_common(word, "en") for word in ("patients", "told", "london", "mireia")] == [True, True, False, False]
    assert is_common("ligoninė", "lt")
    assert is_common("told", "xx")  # English where there is no dictionary


def test_forms_have_a_basic_form() -> None:
    assert basic_form("Γιώργου", "el") == "Γιώργος"
    assert {"lt", "el", "bg", "ro"} <= languages()
