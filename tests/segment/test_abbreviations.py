"""The lists of abbreviations."""

from qualcode.segment.abbreviations import ALWAYS_OPEN, BEFORE_NUMBER, DEGREES, MONTHS, OPENERS, SHORT_WORDS, word_set


def test_lists_are_lower_case_and_without_final_stops() -> None:
    for words in (ALWAYS_OPEN, BEFORE_NUMBER, DEGREES, MONTHS, OPENERS, SHORT_WORDS):
        assert all(word == word.casefold() for word in words)
        assert not any(word.endswith(".") for word in words)


def test_common_words_are_never_abbreviations() -> None:
    assert not ALWAYS_OPEN & (SHORT_WORDS | OPENERS)


def test_word_set_parts_at_blanks() -> None:
    assert word_set(" A\n b ") == {"a", "b"}
