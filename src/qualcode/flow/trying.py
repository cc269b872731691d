"""Loose texts in, scores out; nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..codebook import Codebook
from ..errors import SelectionError, nearest
from ..model import KINDS, Score, Segment, Transcript, count_words
from .models import make_tagger
from .workspace import Workspace

if TYPE_CHECKING:
    from ..tag import Tagger


@dataclass(frozen=True)
class Trial:
    """What a tagger thinks of one text that is not stored.

    Attributes
    ----------
    id : str
        As given, else the number of the text.
    text : str
    score : Score
        Of the text as a whole; evidence points into `text`.
    """

    id: str
    text: str
    score: Score


def try_texts(
    texts: Sequence[tuple[str, str]], work: Workspace, *, tagger_name: str | None = None, kind: str | None = None
) -> list[Trial]:
    """Score texts without storing them.

    Parameters
    ----------
    texts : sequence of (id, text)
    work : Workspace
    tagger_name : str or None
        None = the study's.
    kind : {"interview", "workshop", "report", "survey"} or None
        Talk is read as one answer: of its sentences the most probable counts for each code. Prose is
        read so and as a whole, and the mean counts. None = not known: the surer of both readings.

    Returns
    -------
    list of Trial
        In the order of `texts`.

    Raises
    ------
    SelectionError
        For an unknown kind.
    """
    if kind is not None and kind not in KINDS:
        raise SelectionError(f'--kind "{kind}" is not known. {nearest(kind, list(KINDS))}')
    tagger = make_tagger(work, tagger_name)
    return [Trial(name, text, _score(text, tagger, work.codebook, kind)) for name, text in texts]


def _score(text: str, tagger: Tagger, codebook: Codebook, kind: str | None) -> Score:
    from ..segment import segment_passage

    passage = segment_passage(text)
    talk = score_of_passage(tagger.score(passage), codebook)
    by_sentence = score_of_passage(tagger.score_written(passage), codebook)
    as_a_whole = score_of_passage(tagger.score_written(_as_one_segment(passage)), codebook)
    codes = {code: (p + as_a_whole.probabilities[code]) / 2 for code, p in by_sentence.probabilities.items()}
    prose = replace(as_a_whole, probabilities=codes, none=(by_sentence.none + as_a_whole.none) / 2)
    if kind is not None:
        return prose if kind in ("report", "survey") else talk
    surer = {code: max(p, prose.probabilities[code]) for code, p in talk.probabilities.items()}
    evidence = prose.evidence if max(codes.values()) > max(talk.probabilities.values()) else talk.evidence
    return Score(0, surer, min(talk.none, prose.none), evidence, talk.intense or prose.intense)


def _as_one_segment(passage: Transcript) -> Transcript:
    """The passage with all its sentences as one segment."""
    if not passage.segments:
        return passage
    first, last = passage.segments[0], passage.segments[-1]
    text = passage.document.text[first.start : last.end]
    whole = Segment(0, first.turn, first.start, last.end, text, count_words(text))
    return replace(passage, segments=(whole,))


def score_of_passage(scores: Sequence[Score], codebook: Codebook) -> Score:
    """One score of several sentences: of each code the best, of "none" the least."""
    codes = {code.id: max((s.probabilities[code.id] for s in scores), default=0.0) for code in codebook.codes}
    evidence = {code: tuple(e for s in scores for e in s.evidence.get(code, ())) for code in codes}
    none = min((s.none for s in scores), default=1.0)
    return Score(0, codes, none, evidence, any(s.intense for s in scores))


def texts_to_try(text: str | None, file: Path | None) -> list[tuple[str, str]]:
    """The text given, or those of a file, as (id, text).

    Parameters
    ----------
    text : str or None
    file : Path or None
        ``.jsonl`` (field text, optionally id), ``.csv`` (column text) or any other (one text a line).

    Returns
    -------
    list of (id, text)
        In file order; ids default to the number of the entry, from 1.

    Raises
    ------
    SelectionError
        If neither or both are given, or the text is blank.
    ReadError
        With file and line of the first fault.
    """
    from ..read import read_texts

    if (text is None) == (file is None):
        raise SelectionError('Give one text, or a file: qualcode try "TEXT", or qualcode try --file TEXTS.jsonl')
    if file is not None:
        return read_texts(file)
    if text is None or not text.strip():
        raise SelectionError("The text is blank.")
    return [("1", text)]
