"""Score the taggers against the gold codings of ``transcripts_sample``: ``python benchmarks/accuracy.py``.

The sample was never trained on, and no threshold was set on it. The same figures, for notes and gold of your
own: ``qualcode evaluate``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qualcode import flow
from qualcode.aggregate import Accuracy
from qualcode.codebook import facets_file
from qualcode.study import Study, ThresholdSettings
from qualcode.tag import FACETS_FROM

SAMPLE = flow.shipped_sample()
TAGGERS = ("hybrid.v2", "model.v2", "rules.v1")


def scored(tagger: str, *, facets_from: float | None = None) -> Accuracy:
    """Figures of one tagger on the sample: of the codes, or of the facets given from a probability."""
    if facets_from is None:
        work, gold = flow.Workspace(Study(), Path("unused.db")), "gold.jsonl"
    else:
        study = Study(thresholds=ThresholdSettings(auto=facets_from, review=facets_from))
        work, gold = flow.Workspace(study, Path("unused.db"), facets_file()), "gold_facets.jsonl"
    found = flow.evaluate(work, [SAMPLE], gold=SAMPLE / gold, tagger_name=tagger)
    assert isinstance(found.accuracy, Accuracy)
    return found.accuracy


def overview(accuracies: dict[str, Accuracy]) -> str:
    """Markdown of all taggers at all thresholds."""
    one = next(iter(accuracies.values()))
    lines = [
        f"{one.documents} documents, {one.sentences:,} respondent sentences, {one.coded_sentences} of them in barrier "
        f"passages, {one.overall['traps'].iloc[0]} trap sentences.",
        "",
        "| tagger | threshold | precision | recall | micro-F1 | macro-F1 | passages found | traps coded "
        "| code occurs in document: precision, recall |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, accuracy in accuracies.items():
        for row in accuracy.overall.to_dict("records"):
            lines.append(
                f"| {name} | {row['threshold']} {row['value']:.2f} | {_three(row, 'precision')} "
                f"| {_three(row, 'recall')} | {_three(row, 'f1')} | {row['macro_f1']:.2f} "
                f"| {row['passage_recall']:.2f} | {row['traps_coded']} of {row['traps']} "
                f"| {row['profile_precision']:.2f}, {row['profile_recall']:.2f} |"
            )
    return "\n".join(lines)


def _three(row: dict[str, Any], name: str) -> str:
    return f"{row[name]:.2f} [{row[f'{name}_low']:.2f}, {row[f'{name}_high']:.2f}]"


def details(accuracy: Accuracy) -> str:
    """Markdown of ranking, calibration, effort and traps of one tagger."""
    best = {int(row["best"]): row for row in accuracy.ranking.to_dict("records")}
    first = next(iter(accuracy.thresholds))
    traps = accuracy.traps[accuracy.traps["threshold"] == first].to_dict("records")
    told = ", ".join(f"{row['kind'].replace('_', ' ')} {row['coded']} of {row['n']}" for row in traps)
    effort = accuracy.effort
    read = {share: effort[effort["seen"] >= share]["read"].iloc[0] for share in (0.8, 0.95)}
    lines = [
        f"On barrier sentences a right code comes first in {best[1]['share']:.2f} [{best[1]['low']:.2f}, "
        f"{best[1]['high']:.2f}] and among the first three in {best[3]['share']:.2f} [{best[3]['low']:.2f}, "
        f"{best[3]['high']:.2f}] (n = {best[1]['n']}). Traps counted, by kind: {told}.",
        f"Reading the most suspicious {read[0.8]:.0%} of the sentences shows 80 % of those with a barrier, "
        f"{read[0.95]:.0%} shows 95 %.",
        "",
        f"Reliability (expected calibration error {accuracy.calibration_error:.3f}):",
        "",
        "| probability given | mean | share right | codings |",
        "|---|---:|---:|---:|",
    ]
    for row in accuracy.calibration.to_dict("records"):
        lines.append(
            f"| {row['low']:.1f}-{row['high']:.1f} | {row['mean_probability']:.2f} "
            f"| {row['share_right']:.2f} | {row['n']} |"
        )
    return "\n".join(lines)


def by_code(accuracy: Accuracy, *, what: str = "code") -> str:
    """Markdown of the codes of one tagger."""
    first = next(iter(accuracy.thresholds.values()))
    lines = [
        f"| {what}, counted from {first:.2f} | precision | recall | F1 | passages found | average precision "
        "| in gold |",
        "|---|---:|---:|---|---:|---:|---:|",
    ]
    for row in accuracy.per_code.to_dict("records"):
        lines.append(
            f"| {row['code']} | {row['precision']:.2f} | {row['recall']:.2f} | {_three(row, 'f1')} "
            f"| {row['passage_recall']:.2f} | {row['average_precision']:.2f} | {row['wanted']} |"
        )
    return "\n".join(lines)


def facets() -> str:
    """Markdown of the facets on the sample, as a model and as rules find them."""
    limits = {"hybrid.v2": FACETS_FROM, "rules.v1": 0.5}
    found = {name: scored(name, facets_from=limit) for name, limit in limits.items()}
    one = found["hybrid.v2"]
    lines = [
        f"{one.documents} documents, {one.sentences:,} respondent sentences, {one.coded_sentences} of them with a "
        "facet in the gold (one coder).",
        "",
        "| facets by | given from | precision | recall | micro-F1 | macro-F1 |",
        "|---|---|---|---|---|---:|",
    ]
    for name, accuracy in found.items():
        row = accuracy.overall.to_dict("records")[0]
        lines.append(
            f"| {name} | {row['value']:.2f} | {_three(row, 'precision')} | {_three(row, 'recall')} "
            f"| {_three(row, 'f1')} | {row['macro_f1']:.2f} |"
        )
    return "\n".join([*lines, "", by_code(one, what="facet")])


def report() -> str:
    """Markdown of all figures."""
    accuracies = {name: scored(name) for name in TAGGERS}
    hybrid = accuracies["hybrid.v2"]
    return "\n\n".join([overview(accuracies), details(hybrid), by_code(hybrid)])


if __name__ == "__main__":
    print(report(), facets(), sep="\n\n")
