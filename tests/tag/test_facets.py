from __future__ import annotations

from qualcode.model import Evidence
from qualcode.read import language_of
from qualcode.tag import FacetTagger, LanguageTagger, RulesTagger

from .builders import make_codebook, talk

MAIN = LanguageTagger(
    RulesTagger(make_codebook({"pay": [{"lemma": "no money"}]})),
    make_codebook({"pay": [{"lemma": "no money"}]}),
    {},
    language_of,
)
FACETS = make_codebook(
    {"patients": [{"regex": "patients wait"}, {"regex": "maybe", "weight": 0.5}], "delay": [{"regex": "wait"}]}
)
WAITING = "The patients wait for the test, and there is no money."
IN_SWEDISH = "Det finns inga pengar kvar, and the patients wait, som vi alla vet sedan länge här."


def test_facets_are_found_by_their_cues_with_evidence_and_all_count() -> None:
    transcript = talk(("interviewer", "Do the patients wait?"), ("respondent", ["Well.", WAITING]))
    found = FacetTagger(RulesTagger(FACETS), MAIN).find(transcript)
    assert [(f.segment, f.code, f.probability, f.status) for f in found] == [
        (2, "delay", 0.5, "auto"),
        (2, "patients", 0.5, "auto"),
    ]
    place = transcript.segments[2].start + WAITING.index("patients")
    assert found[1].evidence == (Evidence("cue", "/patients wait/", place, place + len("patients wait"), 1.0),)


def test_what_is_less_than_likely_is_no_facet() -> None:
    assert FacetTagger(RulesTagger(FACETS), MAIN).find(talk(("respondent", ["Maybe it rains."]))) == []


def test_turns_in_another_language_have_no_facets() -> None:
    assert MAIN.foreign(talk(("respondent", IN_SWEDISH))) == {"sv": 1}
    transcript = talk(("respondent", IN_SWEDISH), ("respondent", WAITING))
    assert {facet.segment for facet in FacetTagger(RulesTagger(FACETS), MAIN).find(transcript)} == {1}


def test_the_own_part_keeps_positions_and_words() -> None:
    transcript = talk(("respondent", IN_SWEDISH), ("respondent", WAITING))
    part = MAIN.own_part(transcript)
    assert (part.document, part.segments) == (transcript.document, transcript.segments)
    assert [part.is_coded(segment) for segment in part.segments] == [False, True]
