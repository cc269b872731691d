"""Which words are common words of a language, and what their basic form is, by the dictionaries of simplemma."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

ENGLISH = "en"


@lru_cache(maxsize=200_000)
def basic_form(word: str, language: str) -> str:
    """The basic form of a word; the word itself where the dictionary does not know it or there is none.

    Examples
    --------
    >>> basic_form("Jono", "lt"), basic_form("Jono", "xx")
    ('jonas', 'Jono')
    """
    import simplemma

    return str(simplemma.lemmatize(word, lang=language)) if language in languages() else word


@lru_cache(maxsize=200_000)
def is_common(word: str, language: str) -> bool:
    """Whether a word in small letters is a word of the language, or of English, and no name.

    A dictionary gives names with a capital; German gives all nouns so, and there a known name counts as a word.

    Examples
    --------
    >>> is_common("told", "en"), is_common("petrauskas", "lt")
    (True, False)
    """
    known = (language, ENGLISH) if language in languages() and language != ENGLISH else (ENGLISH,)
    return any(_knows(word, one) for one in known)


def _knows(word: str, language: str) -> bool:
    words = _dictionary(language)
    name = words.get(word.capitalize(), "")
    return word in words and (language == "de" or not name[:1].isupper())


@lru_cache(maxsize=8)
def _dictionary(language: str) -> Mapping[str, str]:
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

    found: Mapping[str, str] = DefaultDictionaryFactory().get_dictionary(language)
    return found


@lru_cache(maxsize=1)
def languages() -> frozenset[str]:
    """Languages there is a dictionary of, as ISO 639-1 codes."""
    from simplemma.strategies.dictionaries.dictionary_factory import SUPPORTED_LANGUAGES

    return frozenset(SUPPORTED_LANGUAGES)
