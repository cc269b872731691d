"""Guessing the language."""

import pytest

from qualcode.read import guess_language, language_of

# fmt: off
TEXTS = {
    "en": "I: So what is it like? R: Well, we have no people "
          "and no money, and the patients wait for months until somebody calls them.",
    "sv": "Vi har inga pengar och inga människor, och patienterna väntar "
          "i flera månader innan någon ringer till dem om provet.",
    "de": "Wir haben kein Geld und keine Leute, und die Patienten warten "
          "monatelang, bis jemand sie wegen der Untersuchung anruft, das ist so.",
    "es": "No tenemos dinero ni gente, y los pacientes esperan durante "
          "meses hasta que alguien los llama por teléfono para la prueba.",
    "ca": "No tenim diners ni gent, i els pacients esperen durant mesos fins "
          "que algú els truca per telèfon per fer la prova que els cal.",
    "it": "Non abbiamo soldi e non abbiamo persone, e i pazienti "
          "aspettano per mesi finché qualcuno li chiama per fare questo esame.",
    "ro": "Nu avem bani și nu avem oameni, iar pacienții așteaptă luni de "
          "zile până când cineva îi sună pentru analiza de care au nevoie.",
    "el": "Δεν έχουμε χρήματα και δεν έχουμε ανθρώπους, και οι ασθενείς περιμένουν "
          "μήνες μέχρι κάποιος να τους καλέσει για την εξέταση που χρειάζονται.",
    "bg": "Нямаме пари и нямаме хора, а пациентите чакат с месеци, докато "
          "някой им се обади за изследването, от което имат нужда сега.",
    "lt": "Neturime nei pinigų, nei žmonių, o pacientai laukia mėnesių mėnesius, "
          "kol kas nors jiems paskambina dėl tyrimo, kurio jiems labai reikia.",
    "nl": "Wij hebben geen geld en geen mensen, en de patiënten wachten "
          "maanden totdat iemand hen belt voor het onderzoek dat nodig is.",
}
# fmt: on


@pytest.mark.parametrize("language", TEXTS)
def test_languages_of_the_regions_are_told_apart(language: str) -> None:
    assert guess_language(TEXTS[language]) == language


def test_short_text_is_not_guessed() -> None:
    assert guess_language("We have no money.") is None


def test_mixed_text_is_not_guessed() -> None:
    assert guess_language(" ".join([TEXTS["en"]] * 4 + [TEXTS["it"]] * 4)) is None


@pytest.mark.parametrize("language", TEXTS)
def test_the_language_of_a_turn_is_told_from_eight_words(language: str) -> None:
    words = TEXTS[language].split()
    assert language_of(" ".join(words[-8:])) == language


def test_a_turn_of_two_languages_is_not_told() -> None:
    assert language_of("Ελα! The bus… is LATE, Няма: no money.") is None
    assert language_of("") is None
