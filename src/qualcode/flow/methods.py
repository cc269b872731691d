"""The methods section of a report, written from what the store knows: nothing is claimed that it does not hold."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..codebook import Codebook
from ..report import Finding
from ..study import Study
from .results import people_said

Row = Mapping[str, Any]

_PEOPLE = "people"
"""The coder of codings that no machine suggested, in the view ``codings_long``."""


def methods_text(
    documents: Sequence[Row],
    codings: Sequence[Row],
    codebook: Codebook,
    runs: Sequence[Row],
    audit: Sequence[Row],
    study: Study,
    *,
    decided: Sequence[Row] = (),
    selection: str = "",
    has_facets: bool = True,
) -> tuple[str, ...]:
    """Paragraphs on material, coding, checks, statistics and limits, ready to paste.

    Parameters
    ----------
    documents, codings, runs, audit : sequence of mapping
        Rows of the store: documents reported on, codings that count, runs behind them, audited sentences.
    codebook : Codebook
    study : Study
    decided : sequence of mapping
        What people decided on these documents, as `qualcode.store.Verdicts.decided`.
    selection : str
        A sentence on which documents were chosen; "" = all.
    has_facets : bool
        Whether affected parties, recommendations and the like were looked for.

    Returns
    -------
    tuple of str
    """
    return (
        " ".join(filter(None, (*_material(documents), selection))),
        " ".join(_coding(codings, codebook, runs)),
        " ".join((*people_said(decided), *_checks(audit))),
        " ".join(_statistics(study)),
        " ".join((_QUOTES, *(_facets(documents, codebook) if has_facets else ()))),
        " ".join(_limits(documents, study)),
    )


def region_notes(region: str, documents: Sequence[Row], findings: Sequence[Finding], study: Study) -> tuple[str, ...]:
    """What limits the numbers of one region, for its reader.

    Parameters
    ----------
    region : str
    documents : sequence of mapping
        Those of the region.
    findings : sequence of Finding
        One a code, raised or not.
    study : Study

    Returns
    -------
    tuple of str
    """
    small = study.study.small_group
    said: list[str] = []
    if len(documents) < small:
        said.append(
            f"{region} has {_plural(len(documents), 'document')}: too few to say what others of the region think. "
            "Read the shares as a description of these documents."
        )
    pending = sum(finding.segments_pending for finding in findings)
    if pending:
        wait = "waits for a person and counts" if pending == 1 else "wait for a person and count"
        said.append(f"{_plural(pending, 'suggested coding')} in this region {wait} in no number.")
    partly = sum(row["topics_asked"] is not None for row in documents)
    if partly:
        said.append(f"Asked about some topics only, and counted for these alone: {_plural(partly, 'document')}.")
    unasked = [finding.name for finding in findings if not finding.documents]
    if unasked:
        said.append(f"Nobody in this region was asked about: {', '.join(unasked)}.")
    return tuple(said)


def _material(documents: Sequence[Row]) -> Iterator[str]:
    kinds = Counter(row["kind"] or "other document" for row in documents)
    regions = {row["region"] for row in documents if row["region"]}
    words, segments = (sum(row[name] for row in documents) for name in ("words", "segments"))
    parts = ", ".join(_plural(n, kind) for kind, n in sorted(kinds.items()))
    yield f"The material is {_plural(len(documents), 'document')} ({parts}) from {_plural(len(regions), 'region')}."
    yield (
        f"Respondents speak {words:,} words in {segments:,} sentences; what interviewers and facilitators say was "
        "kept but neither coded nor counted."
    )
    dates = sorted(row["date"] for row in documents if row["date"])
    if dates:
        yield f"The notes are dated from {dates[0]} to {dates[-1]}."
    languages = Counter(row["language"] or "unknown" for row in documents)
    if set(languages) != {"en"}:
        listed = ", ".join(f"{name} ({n})" for name, n in sorted(languages.items()))
        yield f"Languages: {listed}."


def _coding(codings: Sequence[Row], codebook: Codebook, runs: Sequence[Row]) -> Iterator[str]:
    yield (
        f'Sentences were coded with the codebook "{codebook.title}", version {codebook.version}: '
        f"{len(codebook.codes)} codes in {len(codebook.categories)} categories; a sentence can carry several codes or "
        "none."
    )
    coders = Counter(row["coder"] for row in codings if row["coder"] != _PEOPLE)
    for coder, n in coders.most_common():
        thresholds = sorted(
            {f"{run['settings']['auto']:.2f}" for run in runs if run["coder"] == coder and "auto" in run["settings"]}
        )
        counted = f", counted from a probability of {' or '.join(thresholds)} on" if thresholds else ""
        yield f"{coder} gave {_plural(n, 'coding')}{counted}."
    hashes = sorted({run["model_hash"].rpartition(":")[2][:12] for run in runs if run["model_hash"]})
    if hashes:
        yield f"Model: {', '.join(hashes)} (first digits of its content hash)."
    if len({run["codebook_id"] for run in runs}) > 1:
        yield "Not all documents were coded with the same version of the codebook."


def _checks(audit: Sequence[Row]) -> Iterator[str]:
    if not audit:
        yield (
            "The machine's codings were not audited: no random sample of them has been judged by a person, so the "
            "shares carry its errors."
        )
        return
    coders = sorted({row["coder"] for row in audit})
    same = sum(set(json.loads(row["machine"])) == set(json.loads(row["person"])) for row in audit)
    yield (
        f"A random sample of {_plural(len(audit), 'sentence')} was judged by {', '.join(coders)}; on {same:,} of them "
        "person and machine agree in full. Shares of words in this report are of the codings that count; those "
        "corrected for the machine's errors stand in the workbook (share_words_corrected)."
    )


def _statistics(study: Study) -> Iterator[str]:
    settings = study.study
    yield (
        "Frequency is the share of documents that raise a code, each counted once, with Wilson's 95 % interval. "
        "Emphasis is the share of respondents' words in sentences with the code; its interval comes from "
        f"{settings.bootstrap_draws:,} bootstrap draws of whole documents (Rao & Wu 1988; Student's t on the log "
        "scale), because the sentences of one interview are one voice."
    )
    yield (
        "Regions are compared by log odds with an informative prior (Monroe, Colaresi & Quinn 2008); q-values come "
        f"from regrouping documents at random {settings.bootstrap_draws:,} times, corrected over the whole table "
        f"(Benjamini & Hochberg 1995). Seed {settings.seed}; computed with qualcode."
    )


_QUOTES = (
    "Quotes were chosen by rule, not by hand: of each barrier and region the passages that people accepted, then those "
    "the machine was surest of, one a document, and last the passage of another document that shares the fewest words "
    "with the most typical one. They have 6 to 60 words, and no coding that still waits for a person is quoted."
)


def _facets(documents: Sequence[Row], codebook: Codebook) -> Iterator[str]:
    yield (
        "Affected parties, impacts, recommendations, good practices, strengths and weaknesses were found by machine, "
        "in the passage or up to two sentences beside it in the same turn. They are hints: in the program's own test "
        "about half of them were right, and each wants a reader. Of a kind at most eight passages are listed, one a "
        "document first."
    )
    if {row["language"] for row in documents} - {codebook.language, None}:
        yield f'They were looked for in the language of the codebook only ("{codebook.language}").'


def _limits(documents: Sequence[Row], study: Study) -> Iterator[str]:
    regions = Counter(row["region"] for row in documents if row["region"])
    small = sorted(region for region, n in regions.items() if n < study.study.small_group)
    yield (
        "The people interviewed were chosen for what they know and not drawn at random: intervals say how far other "
        "people chosen like them might differ, not what a population thinks. A barrier that nobody raises may exist "
        "all the same."
    )
    if small:
        yield f"Fewer than {study.study.small_group} documents: {', '.join(small)}."


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
