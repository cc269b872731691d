"""What the order of a review is worth if the reviewer is always right: ``python benchmarks/reviewer.py`` (7 minutes).

The shipped tagger codes ``transcripts_sample`` once. A reviewer who knows the gold then decides sentence after
sentence in each order of the queue, computed anew every ten decisions; all codes of a sentence become those of the
gold. After every ten decisions: micro-F1 of all codings, and the mean absolute error of the shares of documents in
the table codes x regions. The same for the dialogues that ``held_out.py`` holds out, tagged by a model that has not
seen them, with their batches as regions: the orders were defined on such dialogues, before the sample was tried.

Writes ``docs/measured/reviewer.json`` and ``docs/images/reviewer.svg``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import held_out
import numpy as np
import numpy.typing as npt

from qualcode.aggregate import Queue, Suggestions, order_passages, pack_suggestions, progress
from qualcode.codebook import Codebook, read_codebook
from qualcode.flow import ReadOptions, Workspace, make_tagger, read_material, shipped_sample
from qualcode.flow.evaluating import covered
from qualcode.flow.material import material_hash, training_turns
from qualcode.flow.reading import ReadingDesk
from qualcode.model import Thresholds, Transcript
from qualcode.present.figures.sheet import EDGE, FAINT, FINE, WIDTH, Sheet, look, save_figure
from qualcode.read import read_gold
from qualcode.study import Study
from qualcode.tag import HEADS, ModelTagger, Tagger, decide, load_encoder, train

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Row = dict[str, Any]
Maker = Callable[[Suggestions], Queue]

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "docs" / "measured" / "reviewer.json"
FIGURE = ROOT / "docs" / "images" / "reviewer.svg"
SEED, DRAWS = 20250301, 2000
EVERY = 10
ORDERS = ("uncertain", "impact", "conflict")
SEEDS = 20
"""Random orders whose mean is reported."""


@dataclass(frozen=True)
class Case:
    """Documents a tagger has coded, with their gold; N respondents' sentences, C codes.

    Attributes
    ----------
    name : str
    codebook : Codebook
    documents : list of dict
        As `pack_suggestions` wants them.
    sentences : list of (document_id, position, words), length N
    truth : bool array, shape (N, C)
        Codes in the order of the codebook.
    suggestions : dict of int to list of dict
        The machine's, as `pack_suggestions` wants them, by sentence.
    """

    name: str
    codebook: Codebook
    documents: list[Row]
    sentences: list[tuple[str, int, int]]
    truth: Bools
    suggestions: dict[int, list[Row]]

    @property
    def codes(self) -> list[str]:
        """Ids by number."""
        return codes_of(self.codebook)

    def packed(self) -> Suggestions:
        """All suggestions, nothing decided."""
        return pack_suggestions(
            [row for rows in self.suggestions.values() for row in rows], self.documents, self.codebook
        )


def codes_of(codebook: Codebook) -> list[str]:
    return [code.id for code in sorted(codebook.codes, key=lambda code: code.number)]


def make_case(
    name: str,
    codebook: Codebook,
    transcripts: Sequence[tuple[str, Transcript, Mapping[int, set[str]]]],
    tagger: Tagger,
    thresholds: Thresholds,
) -> Case:
    """Tag documents, each given with its region and the gold codes of its sentences by position."""
    codes = codes_of(codebook)
    documents: list[Row] = []
    sentences: list[tuple[str, int, int]] = []
    truth: list[list[bool]] = []
    suggestions: dict[int, list[Row]] = {}
    for region, transcript, gold in transcripts:
        place: Row = {"document_id": transcript.document.name, "is_mine": 0, "is_done": 0, "is_stale": 0}
        coded = [segment for segment in transcript.segments if transcript.is_coded(segment)]
        documents.append({**place, "region": region, "words": sum(segment.words for segment in coded)})
        numbers = {segment.position: len(sentences) + n for n, segment in enumerate(coded)}
        sentences += [(transcript.document.name, segment.position, segment.words) for segment in coded]
        truth += [[code in gold.get(segment.position, ()) for code in codes] for segment in coded]
        for coding in decide(tagger.score(transcript), thresholds):
            row = {
                "position": coding.segment,
                "words": sentences[numbers[coding.segment]][2],
                "code": coding.code,
                "probability": coding.probability,
                "outcome": coding.status,
                "evidence": json.dumps([reason.as_dict() for reason in coding.evidence]),
            }
            suggestions.setdefault(numbers[coding.segment], []).append({**place, **row})
    return Case(name, codebook, documents, sentences, np.array(truth), suggestions)


def sample() -> Case:
    """The sample as the shipped tagger codes it."""
    work = Workspace(Study(), Path("unused.db"))
    desk = ReadingDesk([shipped_sample()], work.study, ReadOptions())
    transcripts = {document.name: desk.segment(document) for document in map(desk.load, desk.files)}
    ids = {str(code.number): code.id for code in work.codebook.codes}
    gold: dict[str, dict[int, set[str]]] = {name: {} for name in transcripts}
    for entry in read_gold(shipped_sample() / "gold.jsonl"):
        for segment in covered(transcripts[entry.document], entry.quote):
            gold[entry.document].setdefault(segment.position, set()).update(ids[code] for code in entry.codes)
    tagger = make_tagger(work)
    told = [(str(t.document.attributes.region), t, gold[name]) for name, t in sorted(transcripts.items())]
    return make_case("sample", work.codebook, told, tagger, work.study.thresholds_over(tagger.thresholds))


def dialogues() -> Case:
    """The dialogues held out, as a model codes them that was trained on the others; a batch is a region."""
    codebook, encoder = read_codebook(), load_encoder()
    assert encoder is not None, "The embedding weights are not installed."
    rest, chosen = held_out.split(read_material(None, codebook))
    heads = {"hybrid": HEADS["hybrid"]}
    model = train(codebook, training_turns(codebook, rest), encoder, model_hash="b2:reviewer", heads=heads)
    tagger = ModelTagger(codebook, model, encoder)
    ids = {code.number: code.id for code in codebook.codes}
    told = []
    for dialogue in chosen:
        said = [sentence for turn in dialogue.turns for sentence in turn.sentences]
        gold = {position: {ids[code] for code in sentence.codes} for position, sentence in enumerate(said)}
        told.append((dialogue.batch, held_out.as_transcript(dialogue), gold))
    return make_case("dialogues", codebook, told, tagger, tagger.thresholds)


# --- the reviewer ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Course:
    """How codings got better; K points, D documents, C codes.

    Attributes
    ----------
    decided : list of int, length K
        Sentences.
    counts : float array, shape (K, D, 5)
        Codings of each document: right, given, wanted, and of those suggested: right, wanted.
    occurs : bool array, shape (K, D, C)
        Whether a document has the code.
    """

    decided: list[int]
    counts: Floats
    occurs: Bools


def review(case: Case, make: Maker, *, every: int = EVERY) -> Course:
    """A review to the end of its queue."""
    codes, pool = case.codes, case.packed()
    number_of = {(document, position): n for n, (document, position, _) in enumerate(case.sentences)}
    rows = {n: list(found) for n, found in case.suggestions.items()}
    given = np.array([[_counts(rows.get(n, []), code) for code in codes] for n in range(len(case.sentences))])
    of_document: dict[str, list[int]] = {}
    for n, (document, _, _) in enumerate(case.sentences):
        of_document.setdefault(document, []).append(n)
    decided, states = [0], [given.copy()]
    while queue := make(pool)[:every]:
        touched = set()
        for passage in queue:
            n = number_of[passage.place.document_id, passage.place.position]
            given[n] = case.truth[n]
            rows[n] = list(_decided(rows[n], case.sentences[n], codes, case.truth[n]))
            touched.add(passage.place.document_id)
        again = [row for document in touched for n in of_document[document] for row in rows.get(n, [])]
        pool = pool.replace(again, sorted(touched))
        decided.append(decided[-1] + len(queue))
        states.append(given.copy())
    return _course(case, decided, states)


def _counts(rows: Sequence[Row], code: str) -> bool:
    return any(row["code"] == code and row["outcome"] in ("auto", "accepted") for row in rows)


def _decided(rows: Sequence[Row], sentence: tuple[str, int, int], codes: Sequence[str], truth: Bools) -> Iterator[Row]:
    """The suggestions of a sentence after the reviewer has been there."""
    known = {row["code"]: row for row in rows}
    blank = dict(zip(("document_id", "position", "words"), sentence, strict=True), probability=None, evidence=None)
    for code, applies in zip(codes, truth, strict=True):
        if code in known or applies:
            said = {"outcome": "accepted" if applies else "rejected", "is_mine": 1, "is_done": 1, "is_stale": 0}
            yield {**known.get(code, {**blank, "code": code}), **said}


def _course(case: Case, decided: list[int], states: Sequence[Bools]) -> Course:
    places = {row["document_id"]: n for n, row in enumerate(case.documents)}
    at = np.array([places[document] for document, _, _ in case.sentences])
    suggested = np.zeros_like(case.truth)
    for n, rows in case.suggestions.items():
        suggested[n, [place for place, code in enumerate(case.codes) if any(row["code"] == code for row in rows)]] = (
            True
        )
    counts = np.zeros((len(states), len(places), 5))
    occurs = np.zeros((len(states), len(places), case.truth.shape[1]), dtype=bool)
    for k, given in enumerate(states):
        kinds = (given & case.truth, given, case.truth, given & case.truth & suggested, case.truth & suggested)
        np.add.at(counts[k], at, np.stack([flags.sum(axis=1) for flags in kinds], axis=1))
        np.logical_or.at(occurs[k], at, given)
    return Course(decided, counts, occurs)


# --- figures -----------------------------------------------------------------------------------


def f1(course: Course, weights: Floats) -> Floats:
    """Micro-F1 at every point, shape (draws, K), with each document as often as its weight says, (draws, D)."""
    right, given, wanted, *_ = np.moveaxis(np.tensordot(weights, course.counts, axes=(1, 1)), -1, 0)
    return np.asarray(2.0 * right / (given + wanted))


def table_error(case: Case, course: Course, weights: Floats) -> Floats:
    """Mean over regions and codes of the absolute error of the share of documents, shape (draws, K)."""
    region = np.array([row["region"] for row in case.documents])
    gold = _course(case, [0], [case.truth]).occurs[0]
    errors = []
    for name in np.unique(region):
        inside = region == name
        w = weights[:, inside] / weights[:, inside].sum(axis=1, keepdims=True)
        off = course.occurs[:, inside].astype(float) - gold[inside]
        errors.append(np.abs(np.tensordot(w, off, axes=(1, 1))).mean(axis=2))
    return np.asarray(np.mean(errors, axis=0))


def drawn(case: Case) -> Floats:
    """Weights of the documents: first 1 for all, then a bootstrap within regions, shape (1 + DRAWS, D)."""
    generator = np.random.Generator(np.random.PCG64(SEED))
    region = np.array([row["region"] for row in case.documents])
    weights = np.ones((1 + DRAWS, len(region)))
    for name in np.unique(region):
        inside = np.flatnonzero(region == name)
        weights[1:, inside] = generator.multinomial(len(inside), np.full(len(inside), 1 / len(inside)), size=DRAWS)
    return weights


# --- what is kept ------------------------------------------------------------------------------


def measured(case: Case) -> dict[str, Any]:
    """All figures of a case."""
    weights = drawn(case)
    courses = {name: review(case, partial(order_passages, order=name)) for name in ORDERS}
    chance = [review(case, partial(order_passages, order="random", seed=seed)) for seed in range(SEEDS)]
    figures: dict[str, Callable[[Course, Floats], Floats]] = {"f1": f1, "table_error": partial(table_error, case)}
    by_seed = {name: np.stack([figure(course, weights) for course in chance]) for name, figure in figures.items()}
    curves: dict[str, Any] = {
        "random": {
            "decided": chance[0].decided,
            **{name: _rounded(values[:, 0].mean(axis=0)) for name, values in by_seed.items()},
            **{f"{name}_seeds": _bounds(values[:, 0]) for name, values in by_seed.items()},
        }
    }
    for order, course in courses.items():
        values = {name: figure(course, weights) for name, figure in figures.items()}
        curves[order] = {"decided": course.decided}
        for name, value in values.items():
            gain = value - _at(course.decided, chance[0].decided, by_seed[name].mean(axis=0))
            curves[order] |= {
                name: _rounded(value[0]),
                f"{name}_interval": _bounds(value[1:]),
                f"{name}_gain": _rounded(gain[0]),
                f"{name}_gain_interval": _bounds(gain[1:]),
                f"{name}_gain_mean": _mean_gain(gain),
            }
    return {**_about(case), "expected": _expected(case, courses["uncertain"]), "orders": curves}


def _at(decided: Sequence[int], points: Sequence[int], values: Floats) -> Floats:
    """Curves, (draws, K), at other numbers of decisions: the queue of conflicts ends between two points."""
    return np.array([np.interp(decided, points, curve) for curve in values])


def _mean_gain(gain: Floats) -> list[float]:
    """Mean over all points but the first, with its interval."""
    means = gain[:, 1:].mean(axis=1)
    return _rounded(np.array([means[0], *np.percentile(means[1:], [2.5, 97.5])]))


def _about(case: Case) -> dict[str, int]:
    states = np.array(
        [[_counts(case.suggestions.get(n, []), code) for code in case.codes] for n in range(len(case.truth))]
    )
    wrong = (states != case.truth).any(axis=1)
    suggested = np.isin(np.arange(len(case.truth)), list(case.suggestions))
    return {
        "documents": len(case.documents),
        "regions": len({row["region"] for row in case.documents}),
        "sentences": len(case.sentences),
        "suggested": int(suggested.sum()),
        "suggested_wrong": int((wrong & suggested).sum()),
        "wanted": int(case.truth.sum()),
        "wanted_unsuggested": int(case.truth[~suggested].sum()),
        "every": EVERY,
        "seeds": SEEDS,
        "draws": DRAWS,
    }


def _expected(case: Case, course: Course) -> dict[str, Any]:
    """What `progress` says before the first decision in the order "uncertain", and what came true."""
    pool = case.packed()
    right, given, _, found, findable = np.moveaxis(course.counts.sum(axis=1), -1, 0)
    true = {"precision": right / given, "recall": found / findable}
    rows = []
    for target in (0.8, 0.9, 0.95):
        said = progress(pool, order_passages(pool, order="uncertain"), target=target)
        for name, steps in (("precision", said.to_precision), ("recall", said.to_recall)):
            reached = np.flatnonzero(true[name] >= target)
            came = course.decided[reached[0]] if len(reached) else None
            rows.append({"figure": name, "target": target, "said": steps, "came": came})
    now = {"precision": said.precision, "recall": said.recall}
    return {**{name: [round(float(now[name] or 0), 4), round(float(true[name][0]), 4)] for name in true}, "steps": rows}


def _rounded(values: Floats) -> list[float]:
    return [round(float(value), 4) + 0.0 for value in values]


def _bounds(values: Floats) -> list[list[float]]:
    """95 % interval at each point."""
    low, high = np.percentile(values, [2.5, 97.5], axis=0)
    return [_rounded(low), _rounded(high)]


# --- the figure --------------------------------------------------------------------------------

_COLOURS = {"uncertain": "#0072B2", "impact": "#D55E00", "conflict": "#009E73", "random": "#555555"}
_LINES: dict[str, Any] = {"uncertain": "-", "impact": (0, (5, 1.2)), "conflict": "-", "random": (0, (1, 1))}
_HEIGHT, _LEFT, _GAP = 2.4, 0.52, 0.62


@look()
def draw(found: Mapping[str, Any]) -> None:
    """Both figures against sentences decided, on the sample."""
    title = "What the order of a review is worth"
    caption = [
        f"{found['documents']} documents, {found['sentences']:,} sentences, {found['suggested']} of them with a "
        "suggestion, which a reviewer who is always right decides in each order.",
        f"Random: mean of {found['seeds']} orders; band: 95 % of them. Rule and model are in conflict on "
        f"{found['orders']['conflict']['decided'][-1]} sentences only.",
        "Table error: mean absolute error of the share of documents over regions and codes.",
    ]
    sheet = Sheet(title, 0.22 + _HEIGHT + 0.42, caption, f"{title}: impact and uncertain do better than random.")
    width = (WIDTH - 2 * EDGE - _LEFT - _GAP) / 2
    for number, (name, label) in enumerate((("f1", "micro-F1"), ("table_error", "table error"))):
        axis = sheet.axes(EDGE + _LEFT + number * (width + _GAP), 0.22, width, _HEIGHT)
        _curves(axis, found["orders"], name)
        axis.set(xlabel="sentences decided", ylabel=label, xlim=(0, found["suggested"]))
        axis.grid(visible=True, axis="y", color=FAINT, linewidth=0.5)
        if not number:
            axis.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, borderaxespad=0, frameon=False, fontsize=FINE)
        else:
            axis.set_ylim(0)
    save_figure(sheet.figure, FIGURE)


def _curves(axis: Axes, orders: Mapping[str, Any], name: str) -> None:
    low, high = orders["random"][f"{name}_seeds"]
    axis.fill_between(orders["random"]["decided"], low, high, color=FAINT, linewidth=0)
    for order in ("uncertain", "impact", "conflict", "random"):
        curve = orders[order]
        axis.plot(
            curve["decided"], curve[name], color=_COLOURS[order], linestyle=_LINES[order], linewidth=1.5, label=order
        )


def main() -> None:
    """Measure what is not there yet, and draw."""
    codebook = read_codebook()
    result: dict[str, Any] = {"material": material_hash(codebook, read_material(None, codebook))}
    if (
        RESULT.is_file()
        and (before := json.loads(RESULT.read_text(encoding="utf-8")))["material"] == result["material"]
    ):
        result = before  # What was measured stays; remove the file to measure it again.
    for make in (dialogues, sample):
        if make.__name__ not in result:
            result[make.__name__] = measured(make())
            RESULT.parent.mkdir(exist_ok=True)
            RESULT.write_text(json.dumps(result) + "\n", encoding="utf-8", newline="\n")
    draw(result["sample"])


if __name__ == "__main__":
    main()
