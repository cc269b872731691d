"""What every tagger keeps, on the shipped codebook and on a small one of another domain."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable

import pytest

from qualcode.codebook import Codebook
from qualcode.model import Score, Transcript
from qualcode.tag import TAGGERS, ModelTagger, RulesTagger, Tagger, decide
from qualcode.tag.encoder import Encoder
from qualcode.tag.model import Model

from .builders import said, talk

Made = tuple[Codebook, Callable[[], Tagger]]


@pytest.fixture(scope="module", params=[(name, book) for name in TAGGERS for book in ("shipped", "gardening")])
def made(
    request: pytest.FixtureRequest,
    encoder: Encoder,
    shipped: Codebook,
    shipped_model: Model,
    gardening: Codebook,
    gardening_model: Model,
) -> Made:
    """A codebook, and a way to make the tagger again."""
    name, book = request.param
    codebook, model = (shipped, shipped_model) if book == "shipped" else (gardening, gardening_model)
    if name == "rules.v1":
        return codebook, lambda: RulesTagger(codebook)
    return codebook, lambda: ModelTagger(codebook, model, encoder, name=name)


@pytest.fixture(scope="module")
def any_tagger(made: Made) -> Tagger:
    return made[1]()


TALK = talk(
    ("heading", "Money and data"),
    ("note", "Room 4, 14:00."),
    ("interviewer", "Does the insurance pay for the tests? And is there no water?"),
    (
        "respondent",
        [
            "Well, the insurance doesn't pay for the genetic test, and we wait.",
            "There’s no money\nand no water, the tap is shut.",
            "Data are not a problem any more.",
        ],
    ),
    ("facilitator", "So the data sit in silos and nobody comes to help?"),
    ("respondent", ["Yes.", "The same three people do everything; it’s a huge problem 🙂."]),
)


def text_of(score: Score) -> str:
    return json.dumps({code: [e.as_dict() for e in found] for code, found in score.evidence.items()})


def check(scores: list[Score], transcript: Transcript, codebook: Codebook) -> None:
    coded = [segment for segment in transcript.segments if transcript.is_coded(segment)]
    assert [score.segment for score in scores] == [segment.position for segment in coded]
    length = len(transcript.document.text)
    for score, segment in zip(scores, coded, strict=True):
        assert set(score.probabilities) == set(codebook.by_id)
        for value in (score.none, *score.probabilities.values()):
            assert isinstance(value, float)
            assert math.isfinite(value)
            assert 0 <= value <= 1
        assert set(score.evidence) <= set(codebook.by_id)
        for evidence in score.evidence.values():
            for one in evidence:
                assert (one.start is None) == (one.end is None)
                if one.start is not None and one.end is not None:
                    assert 0 <= segment.start <= one.start <= one.end <= segment.end <= length
                    assert transcript.document.text[one.start : one.end].strip() or not segment.text.strip()
                assert math.isfinite(one.weight)


def test_the_tagger_says_who_it_is(any_tagger: Tagger) -> None:
    assert any_tagger.name in TAGGERS
    assert any_tagger.kind in ("rules", "model")
    assert any_tagger.hash.startswith("b2:")
    assert 0 < any_tagger.thresholds.review <= any_tagger.thresholds.auto <= 1


def test_scores_are_probabilities_of_all_codes_with_evidence_inside_the_segment(any_tagger: Tagger, made: Made) -> None:
    check(any_tagger.score(TALK), TALK, made[0])


def test_written_scores_keep_the_same_contract(any_tagger: Tagger, made: Made) -> None:
    first = any_tagger.score_written(TALK)
    check(first, TALK, made[0])
    assert any_tagger.score_written(TALK) == first
    assert any_tagger.score_written(talk(("interviewer", "No money."))) == []


def test_only_respondents_are_scored(any_tagger: Tagger) -> None:
    roles = {TALK.turns[TALK.segments[score.segment].turn].role for score in any_tagger.score(TALK)}
    assert roles == {"respondent"}
    for role in ("interviewer", "facilitator", "note", "heading"):
        assert any_tagger.score(talk((role, ["There is no money for the genetic test."]))) == []


def test_the_same_input_gives_the_same_codings(any_tagger: Tagger, made: Made) -> None:
    first = any_tagger.score(TALK)
    any_tagger.score(said("Something else: nobody pays, the soil is polluted."))
    assert any_tagger.score(TALK) == first
    fresh = made[1]()
    assert (fresh.hash, fresh.score(TALK)) == (any_tagger.hash, first)
    assert decide(first, any_tagger.thresholds) == decide(fresh.score(TALK), fresh.thresholds)


def test_the_input_is_not_changed(any_tagger: Tagger) -> None:
    before = copy.deepcopy(TALK)
    any_tagger.score(TALK)
    assert before == TALK


def test_evidence_can_be_written_as_json(any_tagger: Tagger) -> None:
    assert all(text_of(score) for score in any_tagger.score(TALK))


def test_nothing_said_gives_no_score(any_tagger: Tagger) -> None:
    assert any_tagger.score(talk()) == []


ODD = [
    "…",
    "?",
    " ",
    "🙂",
    "👩‍🔬👩‍👩‍👧🇪🇺",
    "\u200b",
    "\u0301",
    "e\u0301\u0301\u0301 n\u0303o mo\u0301ney",
    "1.9 million",
    "[laughs]",
    "Δεν υπάρχουν χρήματα για τις εξετάσεις;",
    "Няма пари за изследвания.",
    "Nėra pinigų tyrimams.",
    "NO MONEY FOR TESTS!!!",
    "no\nmoney\n\n\tfor\u00a0tests",
    "\x00\x07 no money \ufffd",
    "ﬁnancing İs ŉo ǅoke",
    "<b>no money</b> {braces} \\d+ %s",
    "a" * 3_000,
    "-" * 3_000,
]


@pytest.mark.parametrize("sentence", ODD, ids=[ascii(sentence)[:24] for sentence in ODD])
def test_odd_segments_are_scored_like_any_other(any_tagger: Tagger, made: Made, sentence: str) -> None:
    transcript = said("We begin.", sentence, "We go on.")
    check(any_tagger.score(transcript), transcript, made[0])


def test_a_sentence_of_5000_words_is_scored(any_tagger: Tagger, made: Made) -> None:
    words = "and then the insurance did not pay for the test so we wait for water and nobody comes "  # 18 words
    transcript = said(words * 278 + "again.")
    assert transcript.segments[0].words == 5_005
    check(any_tagger.score(transcript), transcript, made[0])


def test_an_empty_segment_gets_a_score(any_tagger: Tagger, made: Made) -> None:
    transcript = said("We begin.", "", "We go on.")
    check(any_tagger.score(transcript), transcript, made[0])


def test_codings_are_codes_of_coded_segments_with_a_status(any_tagger: Tagger, made: Made) -> None:
    codings = decide(any_tagger.score(TALK), any_tagger.thresholds)
    assert codings
    for coding in codings:
        assert coding.code in made[0].by_id
        assert TALK.is_coded(TALK.segments[coding.segment])
        assert coding.status == any_tagger.thresholds.status(coding.probability)
    pairs = [(coding.segment, coding.code) for coding in codings]
    assert len(set(pairs)) == len(pairs)
