from __future__ import annotations

import time
import unicodedata
from typing import Any

import pytest

from qualcode.codebook import Codebook
from qualcode.errors import TagError
from qualcode.tag.rules import REGEX_SECONDS, RuleBook

from .builders import make_codebook

DEFICIT = {"deficit": ["lack", "no money", "problem", "wait"]}


def book(*cues: dict[str, Any], **more: Any) -> RuleBook:
    return RuleBook(make_codebook({"pay": cues}, **more))


def score(rules: RuleBook, sentence: str) -> float:
    return rules.read(sentence).scores.get("pay", 0.0)


# --- the three kinds of cue --------------------------------------------------------------------


def test_a_lemma_phrase_meets_every_form_of_its_words() -> None:
    rules = book({"lemma": "pay back", "weight": 0.7})
    for sentence in ("They pay back.", "He PAID back nothing.", "It pays back.", "Paying back takes years."):
        assert score(rules, sentence) == 0.7, sentence
    assert score(rules, "They pay it back.") == 0.0
    assert score(rules, "Payback time.") == 0.0


def test_a_token_pattern_is_one_of_spacys_matcher_and_takes_the_longest() -> None:
    rules = book({"tokens": [{"LEMMA": "pay"}, {"OP": "{0,2}"}, {"LOWER": "back"}]})
    hit = rules.read("They paid it all back.").hits[0]
    assert (hit.start, hit.end, hit.label) == (5, 21, "[pay …{0,2} back]")


def test_a_regular_expression_ignores_case_and_knows_the_named_patterns() -> None:
    rules = book({"regex": r"\b{who} (?:pays|paid)\b"}, patterns={"who": "nobody|no one"})
    assert score(rules, "In the end NOBODY pays.") == 1.0
    assert score(rules, "No one paid.") == 1.0
    assert score(rules, "Somebody pays.") == 0.0


def test_a_cue_counts_once_and_cues_add_up() -> None:
    rules = book({"lemma": "pay", "weight": 0.5}, {"regex": "budget", "weight": 0.25})
    reading = rules.read("Pay, pay, pay, from which budget?")
    assert reading.scores == {"pay": 0.75}
    assert [(hit.start, hit.end) for hit in reading.hits] == [(0, 3), (26, 32)]


def test_hits_are_listed_in_codebook_order() -> None:
    rules = RuleBook(make_codebook({"b": [{"lemma": "two"}], "a": [{"lemma": "one"}]}))
    assert [hit.code for hit in rules.read("One and two.").hits] == ["b", "a"]


def test_a_regular_expression_that_matches_nothing_is_no_hit() -> None:
    assert book({"regex": "x*"}).read("abc").hits == ()


def test_a_codebook_without_cues_or_markers_reads_nothing() -> None:
    reading = book().read("Nobody pays for the test.")
    assert (reading.hits, reading.markers, reading.scores, reading.veto) == ((), (), {}, None)


def test_a_token_pattern_that_spacy_refuses_is_named_with_its_code() -> None:
    with pytest.raises(TagError, match=r"code pay: token pattern .* is refused by spaCy"):
        book({"tokens": [{"LOWER": 3}]})


# --- conditions --------------------------------------------------------------------------------


@pytest.mark.parametrize("cue", [{"lemma": "budget"}, {"regex": "budget"}, {"tokens": [{"LEMMA": "budget"}]}])
def test_needs_asks_for_a_marker_outside_the_cues_own_words(cue: dict[str, Any]) -> None:
    rules = book({**cue, "needs": "deficit"}, markers=DEFICIT)
    assert score(rules, "The budget is a problem.") == 1.0
    assert score(rules, "The budget is fine.") == 0.0
    own = book({"lemma": "no money", "needs": "deficit"}, markers=DEFICIT)
    assert score(own, "There is no money.") == 0.0
    assert score(own, "There is no money and we wait.") == 1.0


@pytest.mark.parametrize("cue", [{"lemma": "budget"}, {"regex": "budget"}])
def test_a_negated_deficit_does_not_meet_a_need(cue: dict[str, Any]) -> None:
    rules = book({**cue, "needs": "deficit"}, markers=DEFICIT)
    assert score(rules, "The budget is not a problem.") == 0.0
    assert score(rules, "The budget is not really a problem, but we lack people.") == 1.0


@pytest.mark.parametrize("cue", [{"lemma": "budget"}, {"regex": "budget"}, {"tokens": [{"LEMMA": "budget"}]}])
def test_given_asks_for_each_of_its_words(cue: dict[str, Any]) -> None:
    rules = book({**cue, "given": ["tests?", "{who}"]}, patterns={"who": "payer|fund"})
    assert score(rules, "The payer has no budget for tests.") == 1.0
    assert score(rules, "The payer has no budget.") == 0.0
    assert score(rules, "No budget for a test.") == 0.0
    assert score(rules, "The fundamental test has a budget.") == 0.0  # whole words only


@pytest.mark.parametrize("cue", [{"lemma": "budget"}, {"regex": "budget"}, {"tokens": [{"LEMMA": "budget"}]}])
def test_unless_rules_a_cue_out(cue: dict[str, Any]) -> None:
    rules = book({**cue, "unless": "holiday|party"})
    assert score(rules, "The budget is gone.") == 1.0
    assert score(rules, "The Party budget is gone.") == 0.0


# --- markers and the veto ----------------------------------------------------------------------

MARKERS = {
    "deficit": ["problem", "wait"],
    "negation": ["no complaint"],
    "solved": ["use to"],
    "hypothetical": ["if we"],
    "good_practice": ["work very well"],
    "recommendation": ["should"],
    "intensity": ["huge"],
}


@pytest.mark.parametrize(
    ("sentence", "veto"),
    [
        ("Money is tight.", None),
        ("Money is a problem.", None),
        ("Is money tight?", "asked"),
        ('He asked "is money tight?"', "asked"),
        ("Money is not a problem.", "negated"),
        ("Money is never really a problem.", "negated"),
        ("We have no complaint about money.", "negated"),
        ("Money used to be tight.", "solved"),
        ("If we had money, fine.", "hypothetical"),
        ("Money is not a problem, but we still wait.", None),
        ("Why is money a problem?", None),
        ("The fund works very well.", None),
        ("They should pay.", None),
    ],
)
def test_the_veto_says_why_a_sentence_reports_no_present_problem(sentence: str, veto: str | None) -> None:
    assert book(markers=MARKERS).read(sentence).veto == veto


def test_a_negation_reaches_three_words_and_no_further() -> None:
    rules = book(markers=MARKERS)
    assert rules.read("It is not such a problem.").markers[0].negated
    assert not rules.read("Not what we expected as a problem.").markers[0].negated
    assert not rules.read("A problem, no.").markers[0].negated


def test_markers_are_found_with_their_words_and_has_ignores_negated_deficits() -> None:
    reading = book(markers=MARKERS).read("A huge sum, not a problem.")
    assert [(m.group, m.label, m.negated) for m in reading.markers] == [
        ("intensity", "huge", False),
        ("deficit", "problem", True),
    ]
    assert reading.has("intensity")
    assert not reading.has("deficit")


def test_the_greek_question_mark_asks() -> None:
    assert book(language="el").read("Ποιος πληρώνει;").question
    assert not book(language="en").read("Who pays;").question


# --- odd writing -------------------------------------------------------------------------------

WRITINGS = {
    "plain": "We don't pay the café, no money.",
    "NFD": unicodedata.normalize("NFD", "We don't pay the café, no money."),
    "curly quotes": "We don’t pay the café, no money.",
    "no-break blanks": "We\u00a0don't\u00a0pay the café, no\u00a0money.",
    "zero-width": "We\u200b don't p\u00ada\u200by the ca\u200bfé, no mo\u200bney.",
    "line breaks": "We don't\npay the café, no\r\nmoney.",
    "two blanks": "We don't  pay the café, no   money.",
    "capitals": "We Don't PAY the CAFÉ, NO MONEY.",
    "emoji before": "🙂👩‍🔬 We don't pay the café, no money.",
}


@pytest.mark.parametrize("sentence", WRITINGS.values(), ids=WRITINGS.keys())
def test_odd_writing_hits_the_same_cues_and_evidence_points_at_the_original_words(sentence: str) -> None:
    rules = book(
        {"lemma": "do not pay"}, {"regex": "café"}, {"tokens": [{"LOWER": "money"}]}, markers={"deficit": ["no money"]}
    )
    reading = rules.read(sentence)
    dropped = dict.fromkeys(map(ord, "\u200b\u00ad"))
    places = [(h.start, h.end) for h in reading.hits] + [(m.start, m.end) for m in reading.markers]
    words = [" ".join(sentence[start:end].translate(dropped).split()) for start, end in places]
    plain = [unicodedata.normalize("NFC", word).replace("’", "'").lower() for word in words]
    assert plain == ["don't pay", "café", "money", "no money"]


def test_odd_writing_hits_the_same_cues_of_the_shipped_codebook(rulebook: RuleBook, shipped: Codebook) -> None:
    for code in shipped.codes:
        for sentence in code.examples.typical:
            scores = rulebook.read(sentence).scores
            odd = unicodedata.normalize("NFD", sentence).replace("'", "’").replace(" ", "\u00a0")
            assert rulebook.read(odd).scores == scores, sentence
            assert rulebook.read(sentence.replace(" ", "\n")).scores == scores, sentence


# --- the limits of regular expressions ---------------------------------------------------------


@pytest.mark.parametrize(
    "cue",
    [
        {"regex": r"(?:a|aa)+$"},
        {"regex": "aa", "given": [r"(?:a|aa)+c"]},
        {"lemma": "money", "unless": r"(?:a|aa)+c"},
        {"regex": r"(?:a+)+[cd]"},
    ],
)
def test_an_expression_that_backtracks_for_ever_fails_by_name_within_a_second(cue: dict[str, Any]) -> None:
    rules = book(cue)
    rules.read("money")
    start = time.process_time()  # a busy machine may not fail this
    with pytest.raises(TagError, match=r"code pay: the regular expression .* took longer than 0.5 s .* Rewrite it"):
        rules.read("much money " + "a" * 3_000 + "!")
    assert time.process_time() - start < REGEX_SECONDS + 0.5


def test_a_sentence_is_read_the_same_whatever_was_read_before(rulebook: RuleBook) -> None:
    first = rulebook.read("There is no money for genetic tests.")
    rulebook.read("Our registry is a patchwork of silos.")
    assert rulebook.read("There is no money for genetic tests.") == first
