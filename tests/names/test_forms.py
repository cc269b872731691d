from __future__ import annotations

import pytest

from qualcode.names import word_forms
from qualcode.names.forms import fold, without_accents


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("Jonas", "Jono Jonui Joną Jonu Jone"),
        ("Petraitis", "Petraičio Petraičiui"),
        ("Rytis", "Ryčio Ryčiui"),
        ("Vilnius", "Vilniaus Vilniui Vilnių Vilniuje"),
        ("Ona", "Onos Onai Oną Onoje"),
        ("Eglė", "Eglės Eglei Eglę Egle"),
        ("Γιώργος", "Γιωργου Γιωργο Γιωργε"),
        ("Ελένη", "Ελενης"),
        ("Μαρία", "Μαριας Μαριαν"),
        ("Иван", "Ивана Иване"),
        ("Мария", "Марийо"),
        ("Ана", "Ано"),
        ("Maria", "Mariei Mario Marias"),
        ("Ioana", "Ioanei Ioano"),
        ("Cluj", "Clujului Clujul"),
        ("Andreea", "Andreei Andreeo"),
        ("Radu", "Radului Radule"),
        ("Мария", "Мариин Мариината"),
        ("Георги", "Георгиевата"),
        ("Пловдив", "Пловдивските"),
        ("София", "Софийски"),
    ],
)
def test_cases_of_the_four_languages(name: str, forms: str) -> None:
    assert set(forms.split()) <= word_forms(name)


def test_an_abbreviation_takes_an_s_alone() -> None:
    assert word_forms("KTU") == {"KTU", "KTUs"}
    assert word_forms("A") == {"A"}


def test_words_are_compared_without_what_is_not_seen() -> None:
    assert fold("Núria") == "Núria"
    assert fold("Pe\u00adter\u200b") == "Peter"
    assert fold("ΓΙΏΡΓΟΣ") == "ΓΙΩΡΓΟΣ"
    assert without_accents("Rösch") == "Rosch"
