from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qualcode.codebook import Codebook
from qualcode.errors import TagError
from qualcode.flow import read_material, train_model
from qualcode.tag import DEFINITIONS, ModelTagger, TrainingTurn, check_turns, save_model, train, training_hash
from qualcode.tag.context import Chain
from qualcode.tag.encoder import Encoder, find_model
from qualcode.tag.model import Model
from qualcode.tag.training import MIN_EXAMPLES_PER_CODE, VETO_FACTOR, codes_asked_for, likelihoods, measure_chain

from .builders import make_codebook, said

BOOK = make_codebook({"pay": [], "data": []})


def turns_of(coded: int, uncoded: int, batch: str = "a") -> list[TrainingTurn]:
    made = [TrainingTurn((f"{code} {n}",), ((code,),), batch) for code in ("pay", "data") for n in range(coded)]
    return made + [TrainingTurn((f"none {n}",), ((),), batch) for n in range(uncoded)]


# --- how much is enough ------------------------------------------------------------------------


def test_enough_examples_are_accepted() -> None:
    check_turns(BOOK, turns_of(MIN_EXAMPLES_PER_CODE, MIN_EXAMPLES_PER_CODE))


def test_codes_with_too_few_examples_are_named_with_their_counts() -> None:
    turns = [*turns_of(7, 20), TrainingTurn(("pay 8",), (("pay",),), "a")]
    with pytest.raises(TagError, match=r"model: data \(7\)\. Write at least 8 .* or run with: --tagger rules\.v1"):
        check_turns(BOOK, turns)


def test_the_codebooks_own_sentences_are_no_examples() -> None:
    with pytest.raises(TagError, match=r"pay \(0\), data \(0\)"):
        check_turns(BOOK, turns_of(20, 20, batch=DEFINITIONS))


def test_too_few_sentences_without_a_code_are_refused() -> None:
    with pytest.raises(TagError, match="Only 7 examples carry no code"):
        check_turns(BOOK, turns_of(8, 7))


def test_training_refuses_what_the_check_refuses() -> None:
    with pytest.raises(TagError, match="Too few examples"):
        train(BOOK, turns_of(1, 1), None, model_hash="b2:0")


# --- the hash ----------------------------------------------------------------------------------


def test_the_hash_follows_examples_cues_and_versions_but_not_the_title(gardening: Codebook) -> None:
    base = training_hash(gardening, ["a"], "segment.v1")
    assert training_hash(gardening, ["a"], "segment.v1") == base
    assert training_hash(gardening.model_copy(update={"title": "Other"}), ["a"], "segment.v1") == base
    assert training_hash(gardening.model_copy(update={"version": "9.0.0"}), ["a"], "segment.v1") == base
    assert training_hash(gardening, ["b"], "segment.v1") != base
    assert training_hash(gardening, ["a"], "segment.v2") != base
    assert training_hash(gardening.model_copy(update={"language": "de"}), ["a"], "segment.v1") != base


# --- small steps -------------------------------------------------------------------------------


def test_likelihoods_take_the_training_shares_out_and_damp_vetoed_codes() -> None:
    probabilities, shares = np.array([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]]), np.array([0.5, 0.25, 0.25])
    found = likelihoods(probabilities, np.log(shares), np.array([False, True]))
    assert found == pytest.approx(np.array([[1.0, 1.2, 0.8], [1.0, 1.2 * VETO_FACTOR, 0.8 * VETO_FACTOR]]))
    assert likelihoods(np.array([[1.0, 0.0, 0.0]]), np.log(shares), None).min() > 0


def test_what_a_question_asks_for_leaves_none_out_and_sums_to_one() -> None:
    assert codes_asked_for(np.array([[0.8, 0.15, 0.05]])) == pytest.approx(np.array([[0.75, 0.25]]))


def test_prose_is_learned_apart_from_talk() -> None:
    talk_turns = turns_of(8, 8)
    prose = [replace(turn, sentences=(f"Written {turn.sentences[0]}",), written=True) for turn in talk_turns]
    model = train(BOOK, [*talk_turns, *prose], None, model_hash="b2:0")
    assert set(model.heads) == {"lean"}  # the written head needs embeddings
    assert model.heads["lean"].figures["sentences"] == 24
    assert np.exp(model.heads["lean"].log_prior) == pytest.approx([1 / 3] * 3)


def test_the_chain_is_counted_from_dialogues() -> None:
    def answer(*codes: tuple[str, ...]) -> TrainingTurn:
        return TrainingTurn(("x",) * len(codes), codes, "p", dialogue=True)

    turns = [
        answer((), ("pay",), ("pay",), ("data",), ()),
        answer(("pay",), ("pay", "data"), ("data",)),
        TrainingTurn(("x", "y"), (("pay",), ("pay",)), "a"),  # an example: does not count
    ]
    # outside: 3 sentences (2 turn openings, 1 after none), 2 open; inside: 5 steps, 3 stay, 1 switches, 1 ends
    assert measure_chain(turns) == Chain(enter=0.67, stay=0.6, switch=0.5)


@pytest.mark.parametrize("turns", [[], turns_of(3, 3)])
def test_without_dialogues_the_chain_is_the_default(turns: list[TrainingTurn]) -> None:
    assert measure_chain(turns) == Chain()


# --- a model of another domain -----------------------------------------------------------------


def test_a_model_says_what_it_was_trained_on(gardening_model: Model) -> None:
    assert gardening_model.codes == ("tenure", "water", "soil", "volunteers", "neighbours")
    assert gardening_model.trained_on["examples"] == 185
    assert gardening_model.trained_on["dialogue_answers"] == 0
    assert gardening_model.trained_on["batches"] == 3
    assert set(gardening_model.heads) == {"hybrid", "model", "lean"}
    for head in gardening_model.heads.values():
        assert 0 < head.thresholds.review <= head.thresholds.auto <= 0.95
        assert head.figures["sentences"] == 185


def held_out(folder: Path) -> list[tuple[str, int | None]]:
    lines = (folder / "heldout.jsonl").read_text(encoding="utf-8").splitlines()
    return [(entry["text"], next(iter(entry["codes"]), None)) for entry in map(json.loads, lines)]


@pytest.mark.parametrize(("name", "reads"), [("hybrid.v1", True), ("model.v1", True), ("hybrid.v1", False)])
def test_held_out_sentences_are_found_far_better_than_by_chance(
    gardening: Codebook, gardening_model: Model, encoder: Encoder, root: Path, name: str, reads: bool
) -> None:
    tagger = ModelTagger(gardening, gardening_model, encoder if reads else None, name=name)
    coded, found, none, quiet = 0, 0, 0, 0
    for text, number in held_out(root / "tests" / "codebooks" / "community_gardening"):
        (score,) = tagger.score(said(text))
        best = max(score.probabilities, key=lambda code: score.probabilities[code])
        if number is None:
            none += 1
            quiet += score.probabilities[best] < 0.5
        else:
            coded += 1
            found += gardening.by_id[best].number == number
    assert (coded, none) == (30, 10)
    assert found >= 22  # chance: 6
    assert quiet >= 9


def test_training_twice_gives_the_same_bytes(
    gardening: Codebook, gardening_model: Model, root: Path, tmp_path: Path
) -> None:
    weights = find_model()
    assert weights is not None
    material = read_material(root / "tests" / "codebooks" / "community_gardening", gardening)
    save_model(gardening_model, tmp_path / "one")
    save_model(train_model(gardening, material, Encoder(weights)), tmp_path / "two")
    for suffix in (".npz", ".json"):
        assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"two{suffix}").read_bytes()


def test_without_an_encoder_only_the_lean_head_is_trained(gardening: Codebook, root: Path) -> None:
    material = read_material(root / "tests" / "codebooks" / "community_gardening", gardening)
    fewer = replace(material, examples=material.examples[::2])
    assert set(train_model(gardening, fewer, None).heads) == {"lean"}
