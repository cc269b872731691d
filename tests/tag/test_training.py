from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qualcode.codebook import Codebook
from qualcode.errors import TagError
from qualcode.flow import read_material, train_model
from qualcode.flow.material import training_turns
from qualcode.tag import DEFINITIONS, ModelTagger, TrainingTurn, check_turns, save_model, train, training_hash
from qualcode.tag.context import Chain
from qualcode.tag.encoder import Encoder, find_model
from qualcode.tag.model import Model
from qualcode.tag.training import HEADS, MIN_EXAMPLES_PER_CODE, HeadPlan, measure_chain, refit, texts_read

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


def test_prose_is_learned_apart_from_talk() -> None:
    talk_turns = turns_of(8, 8)
    prose = [replace(turn, sentences=(f"Written {turn.sentences[0]}",), written=True) for turn in talk_turns]
    model = train(BOOK, [*talk_turns, *prose], None, model_hash="b2:0")
    assert set(model.heads) == {"lean"}  # the written head needs embeddings
    assert model.heads["lean"].figures["sentences"] == 24
    assert np.exp(model.experts["words"].log_prior) == pytest.approx([1 / 3] * 3)


def test_the_chain_is_counted_from_dialogues() -> None:
    def answer(*codes: tuple[str, ...]) -> TrainingTurn:
        return TrainingTurn(("x",) * len(codes), codes, "p", dialogue="p-1")

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
    assert gardening_model.trained_on["dialogues"] == 0
    assert gardening_model.trained_on["batches"] == 3
    assert set(gardening_model.heads) == {"hybrid", "model", "lean"}
    for head in gardening_model.heads.values():
        assert 0 < head.thresholds.review <= head.thresholds.auto <= 0.95
        assert head.figures["sentences"] == 185


def test_experts_are_trained_once_and_shared_by_heads(gardening_model: Model) -> None:
    assert set(gardening_model.experts) == {"window", "sentence", "words"}
    assert gardening_model.heads["hybrid"].experts == ("window", "sentence", "words")
    assert gardening_model.heads["lean"].experts == ("words",)
    assert [head.cues for head in gardening_model.heads.values()] == [True, False, True]


def held_out(folder: Path) -> list[tuple[str, int | None]]:
    lines = (folder / "heldout.jsonl").read_text(encoding="utf-8").splitlines()
    return [(entry["text"], next(iter(entry["codes"]), None)) for entry in map(json.loads, lines)]


@pytest.mark.parametrize(("name", "reads"), [("hybrid.v2", True), ("model.v2", True), ("hybrid.v2", False)])
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


def test_a_plan_leaves_parts_out(gardening: Codebook, root: Path) -> None:
    material = read_material(root / "tests" / "codebooks" / "community_gardening", gardening)
    plans = {"lean": HEADS["lean"], "mean": HeadPlan(experts=("words",), stacked=False)}
    model = train(gardening, training_turns(gardening, material), None, model_hash="b2:0", heads=plans)
    # 125 codings are too few to learn how far to trust whom.
    assert model.heads["lean"].trees is None
    assert set(model.heads) == {"lean", "mean"}
    assert model.heads["lean"].figures == model.heads["mean"].figures


def test_with_many_codings_trees_weigh_the_experts() -> None:
    turns = [
        TrainingTurn(
            (f"{code} {n}.", f"more {code} {n * 7 % 50}.", f"none {n % 9}."), ((code,), (code,), ()), f"b{n % 4}",
            dialogue=f"{code}{n}",
        )
        for code in ("pay", "data") for n in range(130)
    ]  # fmt: skip
    model = train(BOOK, [*turns, *turns_of(0, 10)], None, model_hash="b2:0")
    head = model.heads["lean"]
    assert head.trees is not None
    assert head.figures["codings"] == 520
    assert head.figures["f1_at_half"] > 0.9


def test_what_experts_read_is_every_sentence_window_and_question() -> None:
    turn = TrainingTurn(("One.", "Two.", "Three."), ((), (), ()), "p", "Why?")
    assert texts_read([turn]) == ["One.", "Two.", "Three.", "One. Two.", "Two. Three.", "Why?"]


def test_fitting_again_learns_new_examples_and_keeps_thresholds(
    gardening: Codebook, gardening_model: Model, encoder: Encoder, root: Path
) -> None:
    material = read_material(root / "tests" / "codebooks" / "community_gardening", gardening)
    new = "The zeppelin of the mayor lands on the beans."
    taught = [TrainingTurn((f"{new} {n}",), (("tenure",),), "team", weight=3.0) for n in "abcdefgh"]
    turns = [*training_turns(gardening, material), *taught]
    again = refit(gardening_model, gardening, turns, encoder, model_hash="b2:1")
    assert again.hash == "b2:1"
    assert again.trained_on["sentences"] == gardening_model.trained_on["sentences"] + 8
    for name, head in gardening_model.heads.items():
        assert again.heads[name].thresholds == head.thresholds
    before, after = (
        ModelTagger(gardening, model, encoder).score(said(new))[0].probabilities["tenure"]
        for model in (gardening_model, again)
    )
    assert after > before + 0.2
