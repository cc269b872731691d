from __future__ import annotations

from dataclasses import replace

from qualcode.codebook import Codebook, Dialogue, Example
from qualcode.flow.material import Material, material_hash, material_vectors, training_turns
from qualcode.tag import DEFINITIONS, DIALOGUE_WEIGHT, Encoder
from qualcode.tag.encoder import text_key

TALK = Example.model_validate(
    {"id": "a", "text": "One thing. And another.", "codes": [1], "kind": "barrier", "batch": "b"}
)
PROSE = TALK.model_copy(update={"id": "w", "style": "written", "text": "Land is scarce."})
DIALOGUE = Dialogue.model_validate(
    {
        "id": "d-1", "batch": "d", "kind": "interview",
        "turns": [
            {"role": "interviewer", "speaker": "I", "sentences": [{"text": "And water?", "codes": []}]},
            {"role": "respondent", "speaker": "R",
             "sentences": [{"text": "Hm.", "codes": []}, {"text": "The tap is shut.", "codes": [2]}]},
            {"role": "respondent", "speaker": "S", "sentences": [{"text": "Yes.", "codes": []}]},
        ],
    }
)  # fmt: skip


def test_material_becomes_turns_with_questions_styles_and_weights(gardening: Codebook) -> None:
    turns = training_turns(gardening, Material((TALK, PROSE), (DIALOGUE,), (TALK.model_copy(update={"id": "o"}),)))
    talk, prose, first, second, added = [turn for turn in turns if turn.batch != DEFINITIONS]
    assert talk.sentences == ("One thing.", "And another.")
    assert talk.codes == (("tenure",), ("tenure",))
    assert (talk.written, talk.weight, talk.dialogue) == (False, 1.0, "")
    assert prose.written
    assert (first.question, first.dialogue, first.codes) == ("And water?", "d-1", ((), ("water",)))
    assert (second.question, second.weight) == ("And water?", DIALOGUE_WEIGHT)
    assert (added.sentences, added.weight) == (talk.sentences, DIALOGUE_WEIGHT)


def test_the_codebooks_own_sentences_are_prose(gardening: Codebook) -> None:
    turns = training_turns(gardening, Material((), ()))
    assert all(turn.batch == DEFINITIONS and turn.written for turn in turns)
    assert {code for turn in turns for codes in turn.codes for code in codes} == set(gardening.by_id)


def test_own_examples_make_another_hash(gardening: Codebook) -> None:
    base = Material((TALK,), ())
    hashes = {material_hash(gardening, m) for m in (base, replace(base, added=(TALK,)), replace(base, examples=()))}
    assert len(hashes) == 3


def test_embeddings_cover_sentences_pairs_questions_and_whole_examples(gardening: Codebook, encoder: Encoder) -> None:
    vectors = material_vectors(gardening, Material((TALK,), (DIALOGUE,)), encoder)
    wanted = ["One thing.", "One thing. And another.", "And water?", "Hm. The tap is shut.", "Hm.", "The tap is shut."]
    assert all(text_key(text) in vectors for text in wanted)
