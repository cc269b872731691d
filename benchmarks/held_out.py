"""What each part of the tagger and each further example is worth: ``make held-out`` (about ten minutes).

Every fourth batch of dialogues is held out, models are trained on the rest, and the held-out dialogues
are tagged as any transcript is. Neither the sample nor the dev quotes are read. Writes
``docs/measured/held_out.json``, from which ``make docs`` makes the tables.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from qualcode.aggregate import Accuracy, Judgement, measure
from qualcode.codebook import Codebook, Dialogue, read_codebook
from qualcode.flow import Material, read_material
from qualcode.flow.material import material_hash, training_turns
from qualcode.flow.training import hashed, some_of
from qualcode.model import Attributes, Document, Segment, Transcript, Turn, count_words
from qualcode.tag import (
    HEADS,
    Context,
    Encoder,
    HeadPlan,
    Model,
    ModelTagger,
    RulesTagger,
    Tagger,
    find_trained,
    load_encoder,
    load_trained,
    train,
)

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "docs" / "measured" / "held_out.json"
SEED, DRAWS = 20250301, 2000
EVERY = 4
SIZES = (250, 500, 1000, 2000, 3000)

PARTS: dict[str, HeadPlan] = {
    "hybrid.v2, whole": HEADS["hybrid"],
    "without cues and veto (model.v2)": HEADS["model"],
    "without the question": HeadPlan(question=False),
    "without neighbours and document": HeadPlan(turn=False),
    "without the window expert": HeadPlan(experts=("sentence", "words")),
    "without the sentence expert": HeadPlan(experts=("window", "words")),
    "without the word expert": HeadPlan(experts=("window", "sentence")),
    "without embeddings (lean)": HEADS["lean"],
    "without trees: mean of the experts, smoothed over the turn": HeadPlan(stacked=False),
    "without trees, neighbours, question": HeadPlan(stacked=False, turn=False, question=False),
}


def split(material: Material) -> tuple[Material, list[Dialogue]]:
    """Material without every fourth batch of dialogues, and these dialogues."""
    batches = sorted({dialogue.batch for dialogue in material.dialogues})[::EVERY]
    held_out = [dialogue for dialogue in material.dialogues if dialogue.batch in batches]
    rest = tuple(dialogue for dialogue in material.dialogues if dialogue.batch not in batches)
    return replace(material, dialogues=rest), held_out


def as_transcript(dialogue: Dialogue) -> Transcript:
    """A dialogue as a transcript would hold it."""
    text, turns, segments = "", [], []
    for number, turn in enumerate(dialogue.turns):
        start = len(text)
        for sentence in turn.sentences:
            begin = len(text)
            text += sentence.text
            segments.append(Segment(len(segments), number, begin, len(text), sentence.text, count_words(sentence.text)))
            text += " "
        turns.append(Turn(number, start, len(text) - 1, turn.speaker, turn.role))
        text = text[:-1] + "\n"
    document = Document(dialogue.id, text, (), Attributes(kind=dialogue.kind, language="en"))
    return Transcript(document, tuple(turns), tuple(segments))


def judge(tagger: Tagger, dialogues: Sequence[Dialogue], codebook: Codebook) -> Accuracy:
    """How a tagger does on dialogues."""
    codes = [code.id for code in codebook.codes]
    documents, turns, probabilities, truth = [], [], [], []
    for dialogue in dialogues:
        transcript = as_transcript(dialogue)
        said = [sentence for turn in dialogue.turns for sentence in turn.sentences]
        for score in tagger.score(transcript):
            documents.append(dialogue.id)
            turns.append(transcript.segments[score.segment].turn)
            probabilities.append([score.probabilities[code] for code in codes])
            truth.append([code.number in said[score.segment].codes for code in codebook.codes])
    judgement = Judgement(
        tuple(documents), np.array(turns), tuple(codes), np.array(probabilities), np.array(truth), (None,) * len(turns)
    )
    thresholds = {"auto": tagger.thresholds.auto, "half": 0.5}
    return measure(judgement, thresholds, seed=SEED, draws=DRAWS)


def row(accuracy: Accuracy) -> dict[str, float]:
    """The figures of one line of a table."""
    by_threshold = accuracy.overall.set_index("threshold")
    half, auto = by_threshold.loc["half"], by_threshold.loc["auto"]
    return {
        "f1": float(half["f1"]),
        "f1_low": float(half["f1_low"]),
        "f1_high": float(half["f1_high"]),
        "auto_precision": float(auto["precision"]),
        "auto_recall": float(auto["recall"]),
        "detection_f1": float(half["detection_f1"]),
        "right_first": float(accuracy.ranking["share"].iloc[0]),
        "calibration_error": accuracy.calibration_error,
    }


def with_head(model: Model, name: str) -> Model:
    """The model with one of its heads as the one that is used."""
    return replace(model, heads={"hybrid": model.heads[name]})


def parts(material: Material, dialogues: Sequence[Dialogue], codebook: Codebook, encoder: Encoder) -> dict[str, object]:
    model = train(codebook, training_turns(codebook, material), encoder, model_hash="b2:parts", heads=PARTS)
    found: dict[str, object] = {}
    for name, plan in PARTS.items():
        context = Context(turn=plan.turn, question=plan.question)
        tagger = ModelTagger(codebook, with_head(model, name), encoder, context=context)
        found[name] = row(judge(tagger, dialogues, codebook))
        print(name, found[name], flush=True)
    found["cues alone (rules.v1)"] = row(judge(RulesTagger(codebook), dialogues, codebook))
    return found


def some(material: Material, coded: int) -> Material:
    """Examples and dialogues with about so many coded sentences between them, the two in equal measure.

    Every code has its share of the examples, and those without a code theirs.
    """
    dialogues = sorted(material.dialogues, key=lambda dialogue: hashed(dialogue.id))
    weights = [sum(bool(s.codes) for t in d.turns for s in t.sentences) for d in dialogues]
    kept = int(np.searchsorted(np.cumsum(weights), coded / 2)) + 1
    # No fewer than training asks for: nine a code.
    wanted = max(
        coded - sum(weights[:kept]), 9 * len({example.codes[0] for example in material.examples if example.codes})
    )
    share = wanted / sum(bool(example.codes) for example in material.examples)
    return Material(some_of(material, share).examples, tuple(dialogues[:kept]))


def curve(
    material: Material, dialogues: Sequence[Dialogue], codebook: Codebook, encoder: Encoder
) -> list[Mapping[str, object]]:
    """Figures by number of coded sentences trained on."""
    points = []
    whole = sum(bool(e.codes) for e in material.examples) + sum(
        bool(s.codes) for d in material.dialogues for t in d.turns for s in t.sentences
    )
    for size in (*SIZES, whole):
        part = material if size == whole else some(material, size)
        turns = training_turns(codebook, part)
        model = train(codebook, turns, encoder, model_hash="b2:curve", heads={"hybrid": HEADS["hybrid"]})
        coded = sum(bool(codes) for turn in turns if turn.batch != "definitions" for codes in turn.codes)
        points.append({"coded": coded, **row(judge(ModelTagger(codebook, model, encoder), dialogues, codebook))})
        print(points[-1], flush=True)
    return points


def main() -> None:
    codebook = read_codebook()
    encoder = load_encoder()
    if encoder is None:
        sys.exit("The embedding weights are not installed.")
    material = read_material(None, codebook)
    stem = find_trained(material_hash(codebook, material))
    if stem is not None:
        encoder.shelve(load_trained(stem)[1])
    rest, held_out = split(material)
    sentences = sum(len(t.sentences) for d in held_out for t in d.turns if t.role == "respondent")
    result: dict[str, Any] = {
        "material": material_hash(codebook, material),
        "dialogues": len(held_out),
        "sentences": sentences,
    }
    if (
        RESULT.is_file()
        and (before := json.loads(RESULT.read_text(encoding="utf-8")))["material"] == result["material"]
    ):
        result = before  # Interrupted: what was measured stays.
    for name, work in (("parts", parts), ("curve", curve)):
        if name not in result:
            result[name] = work(rest, held_out, codebook, encoder)
            RESULT.parent.mkdir(exist_ok=True)
            RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
