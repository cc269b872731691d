"""Gold codings in, how often a tagger or a coder agrees with them out; nothing is stored."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..codebook import Codebook
from ..errors import Fault, GoldError, SelectionError, nearest
from ..model import Segment, Transcript
from .models import make_tagger
from .reading import ReadingDesk, ReadOptions
from .workspace import Workspace

if TYPE_CHECKING:
    from ..aggregate import Accuracy
    from ..read import GoldEntry

_HALF = 0.5


@dataclass(frozen=True)
class Evaluation:
    """How good codings are, measured against gold.

    Attributes
    ----------
    accuracy : Accuracy
    judged : str
        Tagger or coder.
    gold : str
        File, or coder.
    codebook : Codebook
    """

    accuracy: Accuracy
    judged: str
    gold: str
    codebook: Codebook


@dataclass
class _Reference:
    """Gold of some documents, sentence by sentence.

    `codes` and `traps` are by document and position of a segment.
    """

    documents: list[str]
    codes: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    traps: dict[tuple[str, int], str] = field(default_factory=dict)


def evaluate(
    work: Workspace,
    paths: Sequence[Path] = (),
    *,
    gold: Path | None = None,
    gold_coder: str | None = None,
    coder: str | None = None,
    tagger_name: str | None = None,
    options: ReadOptions | None = None,
) -> Evaluation:
    """Judge a tagger, or a coder of the store, against gold codings.

    Parameters
    ----------
    work : Workspace
    paths : sequence of Path
        Notes to read; none = the documents of the store.
    gold : Path or None
        File of gold codings.
    gold_coder : str or None
        Instead of a file: a coder of the store.
    coder : str or None
        The coder of the store to judge; None = a tagger, which scores the documents now.
    tagger_name : str or None
        None = the study's.
    options : ReadOptions or None

    Returns
    -------
    Evaluation
        Only documents that the gold names, respectively both coders have looked at.

    Raises
    ------
    GoldError
        With every entry that fits no document, no single place in it, or no code.
    SelectionError
        If neither or both kinds of gold are given, or a coder is not in the store.
    """
    from ..aggregate import Judgement, measure

    if (gold is None) == (gold_coder is None):
        raise SelectionError("Name one reference: --gold FILE, or --gold-coder NAME for a coder of the store.")
    if paths and (coder or gold_coder):
        raise SelectionError("Codings of a coder are in the store: leave the notes out.")
    codebook = work.codebook
    transcripts = _read(paths, work, options) if paths else _stored(work)
    reference = _from_file(gold, transcripts, codebook) if gold else _from_store(work, str(gold_coder))
    names, codes = reference.documents, tuple(code.id for code in codebook.codes)
    if coder is not None:
        codings = _stored_codings(work, coder)
        names = [name for name in names if name in codings]
        given = {name: {p: dict.fromkeys(c, 1.0) for p, c in codings[name].items()} for name in names}
        thresholds = {"counted": _HALF}
        judged = coder
    else:
        tagger = make_tagger(work, tagger_name, explains=False)
        limits = work.study.thresholds_over(tagger.thresholds)
        thresholds = {"auto": limits.auto, "half": _HALF, "review": limits.review}
        given = {name: {s.segment: s.probabilities for s in tagger.score(transcripts[name])} for name in names}
        judged = tagger.name
    if not names:
        raise SelectionError(f"There is no document that both {gold_coder or gold} and {judged} have coded.")
    rows = [(name, segment) for name in names for segment in _respondents(transcripts[name])]
    judgement = Judgement(
        documents=tuple(name for name, _ in rows),
        turns=np.array([segment.turn for _, segment in rows]),
        codes=codes,
        probabilities=np.array([[given[n].get(s.position, {}).get(c, 0.0) for c in codes] for n, s in rows]),
        truth=np.array([[c in reference.codes.get((n, s.position), ()) for c in codes] for n, s in rows]),
        traps=tuple(reference.traps.get((name, segment.position)) for name, segment in rows),
        has_probabilities=coder is None,
    )
    settings = work.study.study
    accuracy = measure(judgement, thresholds, seed=settings.seed, draws=settings.bootstrap_draws)
    return Evaluation(accuracy, judged, str(gold or gold_coder), codebook)


def _respondents(transcript: Transcript) -> list[Segment]:
    return [segment for segment in transcript.segments if transcript.is_coded(segment)]


def _read(paths: Sequence[Path], work: Workspace, options: ReadOptions | None) -> dict[str, Transcript]:
    desk = ReadingDesk(paths, work.study, options or ReadOptions())
    documents = [desk.load(source) for source in desk.files]
    return {document.name: desk.segment(document) for document in documents}


def _stored(work: Workspace) -> dict[str, Transcript]:
    from ..store import Store

    with Store(work.store_path, read_only=True) as store:
        return {name: store.transcript(name) for name in store.values("name")}


# --- the reference -----------------------------------------------------------------------------


def _from_file(gold: Path, transcripts: Mapping[str, Transcript], codebook: Codebook) -> _Reference:
    from ..read import read_gold

    entries, faults = read_gold(gold), []
    ids = {**{str(code.number): code.id for code in codebook.codes}, **{code.id: code.id for code in codebook.codes}}
    reference = _Reference(sorted({entry.document for entry in entries}))
    for entry in entries:
        wrong = list(_faults(entry, transcripts, ids))
        faults += [Fault(str(gold), entry.line, fault) for fault in wrong]
        if wrong:
            continue
        for segment in covered(transcripts[entry.document], entry.quote):
            key = (entry.document, segment.position)
            if entry.codes:
                reference.codes.setdefault(key, set()).update(ids[code] for code in entry.codes)
            else:
                reference.traps[key] = entry.kind or "no code"
    if faults:
        raise GoldError(faults)
    return reference


def _faults(entry: GoldEntry, transcripts: Mapping[str, Transcript], ids: Mapping[str, str]) -> Iterator[str]:
    transcript = transcripts.get(entry.document)
    if transcript is None:
        yield f'names a document "{entry.document}" that is not here. {nearest(entry.document, list(transcripts))}'
    elif (found := len(_places(transcript, entry.quote))) != 1:
        times = "does not stand" if not found else f"stands {found} times"
        yield f'"{_short(entry.quote)}" {times} in {entry.document}. Quote enough of its exact words.'
    for code in entry.codes:
        if code not in ids:
            yield f'has a code "{code}" that the codebook has not. {nearest(code, list(ids))}'


def _short(quote: str) -> str:
    words = " ".join(quote.split())
    return words if len(words) <= 60 else words[:59] + "…"


def _places(transcript: Transcript, quote: str) -> list[tuple[int, int]]:
    words = r"\s+".join(re.escape(word) for word in quote.split())
    return [(found.start(), found.end()) for found in re.finditer(words, transcript.document.text)]


def covered(transcript: Transcript, quote: str) -> list[Segment]:
    """Sentences more than half of which stand in a quote.

    Parameters
    ----------
    transcript : Transcript
    quote : str
        Words that stand once in the document; line ends count as blanks.

    Returns
    -------
    list of Segment
    """
    ((start, end),) = _places(transcript, quote)
    return [s for s in transcript.segments if min(end, s.end) - max(start, s.start) > 0.5 * (s.end - s.start)]


def _from_store(work: Workspace, coder: str) -> _Reference:
    given = _stored_codings(work, coder)
    codes = {(name, position): found for name, segments in given.items() for position, found in segments.items()}
    return _Reference(sorted(given), codes)


def _stored_codings(work: Workspace, coder: str) -> dict[str, dict[int, set[str]]]:
    from ..store import Store

    with Store(work.store_path, read_only=True) as store:
        return store.codings_of(coder)
