from __future__ import annotations

import sys

import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.codebook import Codebook, read_codebook, read_facets
from qualcode.tag.literals import LiteralIndex, fold, needed_words

CASED = [c for c in map(chr, range(sys.maxunicode + 1)) if c.lower() != c or c.upper() != c or c.casefold() != c]


def needed(expression: str) -> list[set[str]]:
    return [set(words) for words in needed_words(expression)]


def test_a_word_of_each_stretch_is_needed_and_few_spellings_are_kept_whole() -> None:
    assert needed(r"\bdata\b[^.;]{0,40}\bsilos?\b") == [{"data"}, {"silo", "silos"}]
    assert needed(r"(?:lack of|no) (?:money|funds?)") == [
        {f"{a} {b}" for a in ("lack of", "no") for b in ("money", "fund", "funds")}
    ]
    assert needed(r"organi[sz]ed?") == [{"organise", "organize", "organised", "organized"}]
    assert needed(r"reimburs\w+|payers?") == [{"reimburs", "payer", "payers"}]
    assert needed(r"(?:very )*(?:slow )+down") == [{"slow "}, {"down"}]
    assert needed(r"(?<!not )Wait(?! for me)ing") == [{"waiting"}]


def test_nothing_is_needed_where_it_cannot_be_told() -> None:
    for expression in (r"\w+", r"a*", r"(?:late)?", r"late|\d+", r"x?y?", "[^a]", ""):
        assert needed(expression) == [], expression


def test_what_only_one_of_the_two_programs_understands_is_not_looked_into() -> None:
    for expression in (
        r"(?:late){e<=1}", r"\L<names>", r"[[:alpha:]]late", r"[a-z&&[^l]]ate", r"(?|late|slow)", r"(?i:late)",
        r"(?P<a>late)", r"(late)\1", r"\p{L}late", r"late\N{BULLET}", "(?x) late",
    ):  # fmt: skip
        assert needed(expression) == [], expression


def test_characters_that_match_in_any_case_are_folded_to_the_same() -> None:
    everything = "".join(CASED)
    assert len(fold(everything)) == len(everything)
    for letter in CASED:
        for other in regex.findall(regex.escape(letter), everything, regex.IGNORECASE):
            assert fold(letter) == fold(other), (letter, other)


def shipped() -> list[Codebook]:
    codebook = read_codebook(None)
    facets = read_facets(None, codebook)
    assert facets is not None
    return [codebook, facets]


EXPRESSIONS = [b.expand(cue.regex) for b in shipped() for code in b.codes for cue in code.cues if cue.regex]
INDEX = LiteralIndex(EXPRESSIONS)
COMPILED = [regex.compile(expression, regex.IGNORECASE) for expression in EXPRESSIONS]
WORDS = sorted({word for e in EXPRESSIONS for word in regex.findall(r"\p{L}{2,}", e)})


def check(text: str) -> set[int]:
    matching = {number for number, expression in enumerate(COMPILED) if expression.search(text)}
    assert matching <= set(INDEX.possible(text))
    return matching


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS) | st.sampled_from(list(".,;'-?")) | st.text(max_size=3), max_size=25),
    st.sampled_from([str, str.upper, str.title]),
)
def test_no_match_of_the_shipped_cues_is_left_out_of_odd_text(words: list[str], case: object) -> None:
    check(case(" ".join(words)))  # type: ignore[operator]


def test_no_match_of_the_shipped_cues_is_left_out_of_the_examples_and_most_are_left_out_at_once() -> None:
    from qualcode.codebook import read_examples

    texts = [example.text for example in read_examples(None, shipped()[0])][::12]
    found = set().union(*map(check, texts))
    assert len(found) > 100  # it was not an empty exercise
    assert sum(len(INDEX.possible(text)) for text in texts) < 0.05 * len(texts) * len(EXPRESSIONS)


def test_an_index_without_words_runs_everything() -> None:
    assert LiteralIndex([r"\d+", r"\w"]).possible("late") == [0, 1]
    assert LiteralIndex([]).possible("late") == []
