"""Score the taggers against the gold codings of ``transcripts_sample``: ``python benchmarks/accuracy.py``.

The sample was never trained on, and no threshold was set on it. A sentence carries the codes of the gold
passages that cover more than half of it. Intervals: percentile bootstrap over documents, 2,000 draws.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from qualcode import flow
from qualcode.model import Score, Segment, Thresholds, Transcript
from qualcode.read import find_sources, read_attributes, read_document
from qualcode.segment import segment_document
from qualcode.study import Study

SAMPLE = flow.shipped_sample()
DRAWS = 2000
SEED = 20250301


@dataclass(frozen=True)
class Gold:
    """Gold codings of the sample, sentence by sentence.

    ``codes`` maps (document, position) to code numbers; ``traps`` maps a kind of trap to sentences
    that look like a barrier and are none.
    """

    transcripts: dict[str, Transcript]
    codes: dict[tuple[str, int], set[int]]
    traps: dict[str, list[tuple[str, int]]]

    @cached_property
    def names(self) -> list[str]:
        return sorted(self.transcripts)


def read_gold() -> Gold:
    attributes = read_attributes(SAMPLE / "documents.csv")
    transcripts = {}
    for source in find_sources([SAMPLE]).files:
        document = read_document(source.path, name=source.name)
        transcripts[source.name] = segment_document(replace(document, attributes=attributes[source.name]))
    codes: dict[tuple[str, int], set[int]] = defaultdict(set)
    traps: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for line in (SAMPLE / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        for segment in covered(transcripts[entry["document"]], entry["quote"]):
            key = (entry["document"], segment.position)
            if entry["codes"]:
                codes[key] |= set(entry["codes"])
            else:
                traps[entry["kind"]].append(key)
    return Gold(transcripts, dict(codes), dict(sorted(traps.items())))


def covered(transcript: Transcript, quote: str) -> list[Segment]:
    """Sentences more than half of which stand in the quote; line ends count as blanks."""
    words = r"\s+".join(re.escape(word) for word in quote.split())
    places = [(m.start(), m.end()) for m in re.finditer(words, transcript.document.text)]
    if len(places) != 1:
        raise ValueError(f"{transcript.document.name}: {len(places)} places for {quote[:60]!r}")
    start, end = places[0]
    return [s for s in transcript.segments if min(end, s.end) - max(start, s.start) > 0.5 * (s.end - s.start)]


@dataclass(frozen=True)
class Scored:
    """What one tagger gave to every respondent sentence of the sample."""

    gold: Gold
    thresholds: Thresholds
    scores: dict[tuple[str, int], dict[int, float]]

    def micro(self, threshold: float) -> dict[str, tuple[float, float, float]]:
        """Precision, recall and F1 over sentences and codes, each with its 95 % interval."""
        counts = np.array([self._counts(name, threshold) for name in self.gold.names], dtype=float)
        random = np.random.default_rng(SEED)
        weights = random.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), size=DRAWS)
        drawn = _figures(*(weights @ counts).T)
        point = _figures(*counts.sum(axis=0))
        return {
            name: (float(point[name]), *(float(x) for x in np.percentile(drawn[name], [2.5, 97.5]))) for name in point
        }

    def _counts(self, name: str, threshold: float) -> tuple[int, int, int]:
        right = given = wanted = 0
        for (document, position), probabilities in self.scores.items():
            if document == name:
                predicted = {code for code, p in probabilities.items() if p >= threshold}
                true = self.gold.codes.get((document, position), set())
                right, given, wanted = right + len(predicted & true), given + len(predicted), wanted + len(true)
        return right, given, wanted

    def ranks(self, best: int) -> float:
        """Share of barrier sentences with a true code among the `best` most probable."""
        hits = [
            bool(set(sorted(self.scores[key], key=lambda c: -self.scores[key][c])[:best]) & true)
            for key, true in self.gold.codes.items()
        ]
        return float(np.mean(hits))

    def traps(self, threshold: float) -> dict[str, tuple[int, int]]:
        """Traps coded, of all, by kind."""
        return {
            kind: (sum(max(self.scores[key].values()) >= threshold for key in keys), len(keys))
            for kind, keys in self.gold.traps.items()
        }

    def profile(self, threshold: float) -> tuple[float, float]:
        """Precision and recall of "this code occurs in this document"."""
        true = {(document, code) for (document, _), codes in self.gold.codes.items() for code in codes}
        given = {(document, c) for (document, _), ps in self.scores.items() for c, p in ps.items() if p >= threshold}
        return len(true & given) / max(1, len(given)), len(true & given) / len(true)


def _figures(right: np.ndarray, given: np.ndarray, wanted: np.ndarray) -> dict[str, np.ndarray]:
    return {
        "precision": right / np.maximum(given, 1),
        "recall": right / np.maximum(wanted, 1),
        "F1": 2 * right / np.maximum(given + wanted, 1),
    }


def score(gold: Gold, tagger_name: str) -> Scored:
    work = flow.Workspace(Study(), Path("unused.db"))
    tagger = flow.make_tagger(work, tagger_name)
    numbers = {code.id: code.number for code in work.codebook.codes}

    def by_number(given: Score) -> dict[int, float]:
        return {numbers[code]: p for code, p in given.probabilities.items()}

    return Scored(
        gold,
        tagger.thresholds,
        {(n, s.segment): by_number(s) for n, t in gold.transcripts.items() for s in tagger.score(t)},
    )


def report() -> str:
    """Markdown of all figures."""
    gold = read_gold()
    sentences = sum(t.is_coded(s) for t in gold.transcripts.values() for s in t.segments)
    lines = [
        f"{len(gold.names)} documents, {sentences:,} respondent sentences, {len(gold.codes)} of them in barrier "
        f"passages, {sum(map(len, gold.traps.values()))} trap sentences.",
        "",
        "| tagger | threshold | precision | recall | micro-F1 | traps coded "
        "| code occurs in document: precision, recall |",
        "|---|---|---|---|---|---|---|",
    ]
    hybrid = None
    for name in ("hybrid.v1", "model.v1", "rules.v1"):
        scored = score(gold, name)
        hybrid = hybrid or scored
        for label, threshold in (("auto", scored.thresholds.auto), ("half", 0.5), ("review", scored.thresholds.review)):
            cells = [f"{v:.2f} [{low:.2f}, {high:.2f}]" for v, low, high in scored.micro(threshold).values()]
            traps = scored.traps(threshold)
            coded, tried = (sum(pair[i] for pair in traps.values()) for i in (0, 1))
            precision, recall = scored.profile(threshold)
            lines.append(
                f"| {name} | {label} {threshold:.2f} | {' | '.join(cells)} | {coded} of {tried} "
                f"| {precision:.2f}, {recall:.2f} |"
            )
    assert hybrid is not None
    kinds = ", ".join(f"{k.replace('_', ' ')} {a} of {b}" for k, (a, b) in hybrid.traps(hybrid.thresholds.auto).items())
    lines += [
        "",
        f"On barrier sentences hybrid.v1 has a right code first in {hybrid.ranks(1):.2f} and among its first three in "
        f"{hybrid.ranks(3):.2f}. Traps it counts, by kind: {kinds}.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(report())
