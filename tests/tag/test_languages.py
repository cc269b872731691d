from __future__ import annotations

from dataclasses import replace

import pytest

from qualcode.codebook import Codebook
from qualcode.cues import read_translations
from qualcode.model import Attributes, Evidence, Score, Thresholds, Transcript
from qualcode.read import language_of
from qualcode.tag import LanguageTagger, ModelTagger, RulesTagger, Tagger

from .builders import make_codebook, said, talk

ENGLISH = make_codebook({"pay": [{"lemma": "no money"}], "staff": [{"lemma": "no nurse"}]})
SWEDISH = make_codebook(
    {"pay": [{"lemma": "inga pengar"}], "staff": [{"lemma": "saknar sjuksköterskor", "weight": 2}]}, language="sv"
)
IN_SWEDISH = "Vi har inga pengar kvar till det nya testet i år."
IN_ENGLISH = "There is no money left for the new test this year."
IN_LITHUANIAN = "Neturime pinigų, o pacientai laukia mėnesių mėnesius, kol kas nors paskambina."


class Main(RulesTagger):
    """The rules, with the thresholds of a model."""

    thresholds = Thresholds(auto=0.7, review=0.1)


def among(main: Tagger | None = None) -> LanguageTagger:
    return LanguageTagger(main or RulesTagger(ENGLISH), ENGLISH, {"sv": SWEDISH}, language_of)


def in_language(transcript: Transcript, language: str | None) -> Transcript:
    attributes = replace(transcript.document.attributes, language=language)
    return replace(transcript, document=replace(transcript.document, attributes=attributes))


def test_what_is_all_in_the_codebooks_language_is_left_to_the_main_tagger(
    tagger: ModelTagger, shipped: Codebook
) -> None:
    both = LanguageTagger(tagger, shipped, read_translations(None, shipped), language_of)
    transcript = talk(
        ("interviewer", "What about the money for the tests, do they pay for it?"),
        ("respondent", ["The insurance does not pay for the test.", "We lost two years over it, really."]),
    )
    assert both.score(transcript) == tagger.score(transcript)
    assert both.score_written(transcript) == tagger.score_written(transcript)
    assert both.explain(transcript, 1) == tagger.explain(transcript, 1)
    assert both.foreign(transcript) == {}
    assert (both.name, both.kind, both.thresholds) == (tagger.name, tagger.kind, tagger.thresholds)


def test_each_turn_is_read_by_the_cues_of_its_language() -> None:
    transcript = talk(
        ("respondent", IN_ENGLISH),
        ("respondent", [IN_SWEDISH, "Vi saknar sjuksköterskor."]),
        ("respondent", IN_ENGLISH),
    )
    scores = among().score(transcript)
    assert [s.segment for s in scores] == [0, 1, 2, 3]
    assert [s.probabilities for s in scores] == [
        {"pay": 0.5, "staff": 0.0},
        {"pay": 0.5, "staff": 0.0},
        {"pay": 0.0, "staff": 0.75},
        {"pay": 0.5, "staff": 0.0},
    ]
    cue, language = scores[1].evidence["pay"]
    assert transcript.document.text[cue.start : cue.end] == "inga pengar"
    assert language == Evidence("language", "sv")
    assert [e.source for e in scores[0].evidence["pay"]] == ["cue"]
    assert among().foreign(transcript) == {"sv": 2}
    assert among().score_written(transcript) == scores
    assert [among().explain(transcript, s.segment) for s in scores] == scores


def test_a_language_without_cues_is_not_read() -> None:
    transcript = said(IN_LITHUANIAN, "No money.")
    scores = among().score(transcript)
    assert [(s.probabilities, s.none, s.evidence) for s in scores] == [({"pay": 0.0, "staff": 0.0}, 1.0, {})] * 2
    assert among().foreign(transcript) == {"lt": 2}
    assert [among().has_cues(language) for language in ("sv", "lt")] == [True, False]


def test_only_respondents_are_scored_and_counted() -> None:
    transcript = talk(("interviewer", IN_SWEDISH), ("respondent", IN_ENGLISH), ("interviewer", IN_LITHUANIAN))
    assert [s.segment for s in among().score(transcript)] == [1]
    assert among().foreign(transcript) == {}


@pytest.mark.parametrize(
    ("longer", "attribute", "expected"),
    [
        (IN_SWEDISH, None, "sv"),
        (IN_SWEDISH, "en", "sv"),  # what is said counts before what the document is said to be
        (IN_ENGLISH, "sv", None),
        ("Ja.", "sv", "sv"),
        ("Ja.", None, None),
    ],
)
def test_a_short_turn_is_in_the_language_of_the_rest(longer: str, attribute: str | None, expected: str | None) -> None:
    transcript = in_language(talk(("respondent", longer), ("respondent", "Inga pengar.")), attribute)
    score = among().score(transcript)[-1]
    assert (score.probabilities["pay"] == 0.5) == (expected == "sv")
    assert ("sv" in among().foreign(transcript)) == (expected == "sv")


def test_a_language_nobody_can_tell_is_the_codebooks() -> None:
    unsure = LanguageTagger(RulesTagger(ENGLISH), ENGLISH, {"sv": SWEDISH}, lambda _text: None)
    transcript = said(IN_SWEDISH)
    assert unsure.score(transcript) == RulesTagger(ENGLISH).score(transcript)


def test_the_main_tagger_does_not_hear_foreign_turns() -> None:
    heard: list[Transcript] = []

    class Listening(RulesTagger):
        def score(self, transcript: Transcript) -> list[Score]:
            heard.append(transcript)
            return super().score(transcript)

    transcript = talk(("interviewer", IN_SWEDISH), ("respondent", IN_ENGLISH), ("respondent", IN_SWEDISH))
    among(Listening(ENGLISH)).score(transcript)
    (part,) = heard
    assert [turn.role for turn in part.turns] == ["interviewer", "respondent", "note"]
    assert part.question_before(1) == ""
    assert part.segments == transcript.segments
    assert part.document == transcript.document


def test_rules_count_and_wait_by_the_thresholds_of_the_main_tagger() -> None:
    first, second = among(Main(ENGLISH)).score(said(IN_SWEDISH, "Vi saknar sjuksköterskor."))
    assert first.probabilities["pay"] == pytest.approx(0.7)  # 0.5 is where rules count
    assert second.probabilities["staff"] == pytest.approx(0.85)  # half way from 0.5 to 1
    assert first.none == pytest.approx(0.3)


def test_the_hash_follows_the_main_tagger_and_the_cues() -> None:
    other = make_codebook({"pay": [], "staff": []}, language="sv")
    hashes = [
        LanguageTagger(main, ENGLISH, cues, language_of).hash
        for main in (RulesTagger(ENGLISH), RulesTagger(make_codebook({"pay": []})))
        for cues in ({}, {"sv": SWEDISH}, {"sv": other})
    ]
    assert len(set(hashes)) == 6
    assert among().hash == among().hash


def test_nothing_said_gives_no_score() -> None:
    empty = Transcript(replace(said("x").document, text="", attributes=Attributes()), (), ())
    assert among().score(empty) == []
    assert among().foreign(empty) == {}
