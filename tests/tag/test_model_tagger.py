from __future__ import annotations

from dataclasses import replace

import pytest

from qualcode.codebook import Codebook
from qualcode.errors import TagError
from qualcode.model import Evidence, Kind
from qualcode.tag import Context, Examples, ModelTagger, Tagger
from qualcode.tag.encoder import Encoder
from qualcode.tag.library import SHIPPED_MODELS
from qualcode.tag.model import Model, load_model

from .builders import said, talk

ANSWER = ("That is really difficult for us.", "It takes years, and in the end nothing comes of it.")
ASKED = {
    "reimbursement": "How is a genetic test reimbursed by the health insurance?",
    "consent_management": "How do you ask patients for their consent, and can it be withdrawn?",
}


def probability(tagger: Tagger, question: str, code: str) -> float:
    score, *_ = tagger.score(talk(("interviewer", question), ("respondent", ANSWER)))
    return score.probabilities[code]


@pytest.mark.parametrize("code", ASKED)
def test_a_question_moves_the_prior_of_the_answer(tagger: Tagger, code: str) -> None:
    other = next(question for name, question in ASKED.items() if name != code)
    assert probability(tagger, ASKED[code], code) > 1.1 * probability(tagger, other, code)


def test_a_heading_is_a_question_too(tagger: Tagger) -> None:
    under, above = (
        tagger.score(talk(("heading", heading), ("respondent", ANSWER)))[0].probabilities["reimbursement"]
        for heading in ("Reimbursement by the health insurance", "Consent of patients")
    )
    assert under > 1.1 * above


def test_the_question_is_named_as_evidence(tagger: Tagger) -> None:
    answer = "No, the health insurance refuses to pay for the test."
    score, *_ = tagger.score(talk(("interviewer", ASKED["reimbursement"]), ("respondent", answer)))
    found = [e for e in score.evidence["reimbursement"] if e.source == "question"]
    assert [e.detail for e in found] == [ASKED["reimbursement"]]


def without(shipped: Codebook, model: Model, encoder: Encoder, **context: bool) -> Tagger:
    return ModelTagger(shipped, model, encoder, context=Context(**context))


def test_with_questions_switched_off_they_move_nothing(
    shipped: Codebook, shipped_model: Model, encoder: Encoder
) -> None:
    tagger = without(shipped, shipped_model, encoder, question=False)
    for code in ASKED:
        assert len({probability(tagger, question, code) for question in ASKED.values()}) == 1


def test_written_documents_have_no_questions(tagger: Tagger) -> None:
    found = {
        tagger.score(talk(("heading", question), ("respondent", ANSWER), kind="report"))[0].none
        for question in ASKED.values()
    }
    assert len(found) == 1


@pytest.mark.parametrize("kind", ["report", "survey"])
def test_reports_and_surveys_are_read_as_prose(tagger: Tagger, kind: Kind) -> None:
    written = talk(("respondent", ANSWER), kind=kind)
    assert tagger.score(written) == tagger.score_written(written)
    assert tagger.score(said(*ANSWER)) != tagger.score_written(said(*ANSWER))


def test_a_sentence_of_prose_is_judged_without_its_neighbours(tagger: Tagger) -> None:
    first = "The reimbursement of genomic tests remains unresolved."
    alone, (among, *_) = tagger.score_written(said(first))[0], tagger.score_written(said(first, "We met in May."))
    assert among.probabilities == pytest.approx(alone.probabilities, abs=1e-12)


def test_with_turns_switched_off_the_rest_of_the_turn_moves_only_the_window(
    shipped: Codebook, shipped_model: Model, encoder: Encoder
) -> None:
    first, after = "The insurance does not pay for the test.", ("Nobody pays for it.", "We had a nice summer.")
    on, off = (without(shipped, shipped_model, encoder, turn=turn) for turn in (True, False))
    alone, (together, *_) = off.score(said(first))[0], off.score(said(first, *after))
    assert together.probabilities == pytest.approx(alone.probabilities, abs=1e-12)
    assert on.score(said(first, *after))[0].probabilities != on.score(said(first))[0].probabilities


def test_a_more_frequent_opening_raises_every_code(shipped: Codebook, shipped_model: Model, encoder: Encoder) -> None:
    rare, often = (
        ModelTagger(shipped, shipped_model, encoder, context=Context(enter=enter)).score(said(ANSWER[0]))[0]
        for enter in (0.05, 0.6)
    )
    assert often.none < rare.none
    assert all(often.probabilities[code] >= rare.probabilities[code] for code in rare.probabilities)


def test_the_hash_follows_name_context_and_model(shipped: Codebook, shipped_model: Model, encoder: Encoder) -> None:
    made = [
        ModelTagger(shipped, shipped_model, encoder),
        ModelTagger(shipped, shipped_model, encoder, name="model.v2"),
        ModelTagger(shipped, shipped_model, None),
        without(shipped, shipped_model, encoder, question=False),
        without(shipped, shipped_model, encoder, turn=False),
        ModelTagger(shipped, shipped_model, encoder, context=Context(enter=0.11)),
        ModelTagger(shipped, replace(shipped_model, hash="b2:1"), encoder),
    ]
    assert len({tagger.hash for tagger in made}) == len(made)
    assert ModelTagger(shipped, shipped_model, encoder).hash == made[0].hash


def test_model_v2_names_no_cue_and_no_veto_and_hybrid_v2_does(
    gardening: Codebook, gardening_model: Model, encoder: Encoder
) -> None:
    asked = "Is the tap shut and the barrel dry in the drought?"
    sources = {
        name: {
            e.source
            for score in ModelTagger(gardening, gardening_model, encoder, name=name).score(said(asked))
            for e in score.evidence["water"]
        }
        for name in ("model.v2", "hybrid.v2")
    }
    assert sources["model.v2"] <= {"model", "turn", "word"}
    assert sources["hybrid.v2"] >= {"cue", "model"}
    assert "veto" not in sources["hybrid.v2"]  # "dry" is a deficit that stands
    (score,) = ModelTagger(gardening, gardening_model, encoder).score(said("Do you carry water from the tap?"))
    assert "veto" in {e.source for e in score.evidence["water"]}


def test_a_model_of_another_codebook_is_refused(gardening: Codebook, shipped_model: Model, encoder: Encoder) -> None:
    with pytest.raises(TagError, match="other codes than this codebook's"):
        ModelTagger(gardening, shipped_model, encoder)


def test_a_model_without_the_part_asked_for_is_refused(
    shipped: Codebook, shipped_model: Model, encoder: Encoder
) -> None:
    lean = replace(shipped_model, heads={"lean": shipped_model.heads["lean"]})
    with pytest.raises(TagError, match="trained without embeddings"):
        ModelTagger(shipped, lean, encoder)
    assert ModelTagger(shipped, lean, None).score(said("No money."))


# --- why ---------------------------------------------------------------------------------------


def sources(evidence: tuple[Evidence, ...]) -> list[str]:
    return [one.source for one in evidence]


def test_the_words_that_spoke_stand_in_the_text(tagger: Tagger) -> None:
    transcript = said("The insurance refuses to reimburse the genomic test.")
    (score,) = tagger.score(transcript)
    words = [one for one in score.evidence["reimbursement"] if one.source == "word"]
    assert words
    for one in words:
        assert one.start is not None
        assert transcript.document.text[one.start : one.end].lower() == one.detail


def test_the_most_similar_examples_are_shown_for_and_against(
    shipped: Codebook, shipped_model: Model, encoder: Encoder
) -> None:
    texts = ["The insurer does not pay for the test.", "We had a long lunch.", "The insurer is in the next street."]
    examples = Examples(texts, [("reimbursement",), (), ()], encoder.embed(texts))
    tagger = ModelTagger(shipped, shipped_model, encoder, examples=examples)
    (score,) = tagger.score(said("Our insurer refuses to pay for this test."))
    found = {one.source: one for one in score.evidence["reimbursement"]}
    assert found["example"].detail == texts[0]
    assert found["counterexample"].detail == texts[2]
    assert 1 >= found["example"].weight > found["counterexample"].weight


def test_pulls_are_what_the_probability_loses_without_them(
    shipped: Codebook, shipped_model: Model, encoder: Encoder
) -> None:
    answer = ("No, the health insurance refuses to pay for the test.", *ANSWER)
    talked = talk(("interviewer", ASKED["reimbursement"]), ("respondent", answer))
    full, unasked = (
        ModelTagger(shipped, shipped_model, encoder, context=Context(question=question)).score(talked)
        for question in (True, False)
    )
    pulled = 0
    for score, other in zip(full, unasked, strict=True):
        for code, evidence in score.evidence.items():
            for one in evidence:
                if one.source == "question":
                    pulled += 1
                    assert one.weight == pytest.approx(score.probabilities[code] - other.probabilities[code])
    assert pulled


def test_an_explanation_shows_three_codes_of_a_sentence_with_none(tagger: ModelTagger) -> None:
    transcript = talk(("interviewer", "How was the summer?"), ("respondent", ["Fine, we had soup.", "And bread."]))
    score = tagger.explain(transcript, 1)
    assert score is not None
    best = sorted(score.probabilities, key=lambda code: -score.probabilities[code])[:3]
    assert set(score.evidence) == set(best)
    assert score.probabilities == tagger.score(transcript)[0].probabilities
    assert tagger.explain(transcript, 0) is None  # the interviewer's


# --- older models ------------------------------------------------------------------------------


def test_a_model_of_version_1_still_gives_the_scores_it_gave(shipped: Codebook, encoder: Encoder) -> None:
    """Probabilities noted down when hybrid.v1 was the tagger; embeddings were not rounded then."""
    (page,) = SHIPPED_MODELS.glob("hybrid.v1-*.json")
    tagger = ModelTagger(shipped, load_model(page.with_suffix("")), encoder, name="hybrid.v1")
    talked = talk(
        ("interviewer", "Who pays for the test?"),
        ("respondent", ["Nobody pays for the test.", "We write to the insurer and wait.", "I like the canteen."]),
    )
    found = [(round(s.probabilities["reimbursement"], 2), round(s.none, 2)) for s in tagger.score(talked)]
    assert found == [(0.43, 0.56), (0.46, 0.53), (0.0, 0.99)]
    assert tagger.thresholds.auto == 0.76
