"""What a codebook's model is trained from, cut into turns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..codebook import WRITTEN_STYLE, Codebook, Dialogue, Example, read_dialogues, read_examples

if TYPE_CHECKING:
    from ..tag import Bytes, Encoder, TrainingTurn


@dataclass(frozen=True)
class JudgedSentence:
    """A sentence of the team's own notes with the codes people gave it.

    Attributes
    ----------
    text : str
    codes : tuple of str
        Code ids in the order of the codebook; empty where people say that none applies.
    document : str
        Id of its document.
    before, question : str
        The sentence before it in its turn, and what was asked before the turn; "" = none.
    written : bool
        Of a report or a survey answer.
    """

    text: str
    codes: tuple[str, ...]
    document: str
    before: str = ""
    question: str = ""
    written: bool = False


@dataclass(frozen=True)
class Material:
    """What a codebook's model is trained from, beside the codebook itself.

    Attributes
    ----------
    examples : tuple of Example
    dialogues : tuple of Dialogue
    added : tuple of Example
        A team's own, from real notes: they count as much as a sentence of a dialogue.
    judged : tuple of JudgedSentence
        Of the team's notes, as people decided; they count likewise.
    """

    examples: tuple[Example, ...]
    dialogues: tuple[Dialogue, ...]
    added: tuple[Example, ...] = ()
    judged: tuple[JudgedSentence, ...] = ()


def read_material(codebook_path: Path | None, codebook: Codebook) -> Material:
    """Examples and dialogues beside a codebook."""
    return Material(read_examples(codebook_path, codebook), read_dialogues(codebook_path, codebook))


def material_hash(codebook: Codebook, material: Material) -> str:
    """Content hash of all that a model is trained from."""
    from ..segment import SEGMENTER_VERSION
    from ..tag import training_hash

    entries = (*material.examples, *material.dialogues, *material.added)
    plain = [*(entry.model_dump(mode="json") for entry in entries), *map(asdict, material.judged)]
    return training_hash(codebook, plain, SEGMENTER_VERSION)


def training_turns(codebook: Codebook, material: Material) -> list[TrainingTurn]:
    """Codebook, examples and dialogues as turns of sentences with their codes."""
    return [
        *_definition_turns(codebook),
        *(_example_turn(codebook, example, weight=1.0) for example in material.examples),
        *_dialogue_turns(codebook, material),
        *_added_turns(codebook, material),
        *_judged_turns(material),
    ]


def material_vectors(codebook: Codebook, material: Material, encoder: Encoder) -> dict[int, Bytes]:
    """Embeddings of all a model is trained from, to be kept beside it."""
    from ..tag import texts_read

    whole = [example.text for example in (*material.examples, *material.added)]
    return encoder.vectors_of([*whole, *texts_read(training_turns(codebook, material))])


def _definition_turns(codebook: Codebook) -> Iterator[TrainingTurn]:
    """The codebook's own sentences: how people write about a code."""
    from ..tag import DEFINITIONS

    for code in codebook.codes:
        own = [code.name, code.short_definition, code.definition, *code.use_when, *(t.name for t in code.themes)]
        for text in [*own, *code.examples.typical, *code.examples.borderline]:
            yield _turn(text, (code.id,), DEFINITIONS, written=True)
        for entry in code.examples.counter:
            yield _turn(entry.text, (entry.use_instead,) if entry.use_instead else (), DEFINITIONS, written=True)


def _example_turn(codebook: Codebook, example: Example, *, weight: float) -> TrainingTurn:
    codes = tuple(codebook.by_number[n].id for n in example.codes)
    return _turn(example.text, codes, example.batch, written=example.style == WRITTEN_STYLE, weight=weight)


def _added_turns(codebook: Codebook, material: Material) -> Iterator[TrainingTurn]:
    from ..tag import DIALOGUE_WEIGHT

    for example in material.added:
        yield _example_turn(codebook, example, weight=DIALOGUE_WEIGHT)


def _judged_turns(material: Material) -> Iterator[TrainingTurn]:
    """Each by itself, read with the sentence before it: neighbours may not be judged."""
    from ..tag import DIALOGUE_WEIGHT, TrainingTurn

    for one in material.judged:
        yield TrainingTurn(
            (one.text,), (one.codes,), one.document, one.question, written=one.written, weight=DIALOGUE_WEIGHT,
            before=one.before,
        )  # fmt: skip


def _turn(text: str, codes: tuple[str, ...], batch: str, *, written: bool, weight: float = 1.0) -> TrainingTurn:
    from ..segment import segment_passage
    from ..tag import TrainingTurn

    sentences = tuple(segment.text for segment in segment_passage(text).segments)
    return TrainingTurn(sentences, (codes,) * len(sentences), batch, written=written, weight=weight)


def _dialogue_turns(codebook: Codebook, material: Material) -> Iterator[TrainingTurn]:
    from ..tag import DIALOGUE_WEIGHT, TrainingTurn

    for dialogue in material.dialogues:
        question = ""
        for turn in dialogue.turns:
            sentences = tuple(sentence.text for sentence in turn.sentences)
            if turn.role != "respondent":
                question = " ".join(sentences)
                continue
            codes = tuple(tuple(codebook.by_number[n].id for n in sentence.codes) for sentence in turn.sentences)
            yield TrainingTurn(sentences, codes, dialogue.batch, question, dialogue=dialogue.id, weight=DIALOGUE_WEIGHT)
