"""One sentence of a stored document in, all that spoke for and against its codes out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..codebook import Codebook
from ..errors import SelectionError, nearest
from ..model import Score, Thresholds, Transcript
from .models import make_tagger
from .workspace import Workspace

if TYPE_CHECKING:
    from ..store import Store


@dataclass(frozen=True)
class Explanation:
    """Why a sentence was coded as it was, or was not.

    Attributes
    ----------
    document : str
    segment : int
        Position, from 0.
    text, before, after : str
        The sentence and its neighbours, whoever says them; "" at the ends.
    speaker : str or None
    question : str
        What was asked last before the turn; "" = nothing.
    score : Score or None
        Of this codebook's present tagger, with evidence for the three best codes at least; None where no
        respondent says the sentence.
    thresholds : Thresholds
    tagger : str
    notes : tuple of str
        Where the stored codings were made otherwise, and what people decided: their word holds.
    codebook : Codebook
    """

    document: str
    segment: int
    text: str
    before: str
    after: str
    speaker: str | None
    question: str
    score: Score | None
    thresholds: Thresholds
    tagger: str
    notes: tuple[str, ...]
    codebook: Codebook


def explain_segment(work: Workspace, address: str, *, tagger_name: str | None = None) -> Explanation:
    """Explain the codes of one sentence of the store.

    Parameters
    ----------
    work : Workspace
    address : str
        ``DOCUMENT:SEGMENT``, the columns document and position of ``qualcode codings``.
    tagger_name : str or None
        None = the study's.

    Returns
    -------
    Explanation

    Raises
    ------
    SelectionError
        If there is no such document or segment.
    """
    from ..store import Store

    with Store(work.store_path, read_only=True) as store:
        name, position = _parsed(address, store)
        transcript = store.transcript(name)
        known = store.known_documents()[name]
        notes = list(_decided(store, known.document_id, position))
    if not 0 <= position < len(transcript.segments):
        raise SelectionError(f"{name} has segments 0 to {len(transcript.segments) - 1}. There is no {position}.")
    tagger = make_tagger(work, tagger_name)
    if known.model_hash != tagger.hash or known.codebook_id != work.codebook.hash:
        notes.append(
            f"The stored codings of {name} were made with another tagger or codebook; this explains what "
            f"{tagger.name} says now. Make them alike: qualcode tag --retag FILES"
        )
    segment = transcript.segments[position]
    return Explanation(
        document=name,
        segment=position,
        text=segment.text,
        before=_text_at(transcript, position - 1),
        after=_text_at(transcript, position + 1),
        speaker=transcript.turns[segment.turn].speaker,
        question=transcript.question_before(segment.turn),
        score=tagger.explain(transcript, position),
        thresholds=work.study.thresholds_over(tagger.thresholds),
        tagger=tagger.name,
        notes=tuple(notes),
        codebook=work.codebook,
    )


_HOLDS = {"auto": "counts", "accepted": "counts", "rejected": "does not count", "pending": "waits"}
_SAID = {"accept": "accepts it", "add": "adds it", "reject": "rejects it", "unsure": "is unsure"}


def _decided(store: Store, document_id: str, position: int) -> Iterator[str]:
    """What people said of a sentence, and what holds by it."""
    segment = store.verdicts.segment_ids(document_id).get(position)
    if segment is None:
        return
    done = [row["coder"] for row in store.verdicts.looks(segments=[segment])]
    opinions: dict[str, list[str]] = defaultdict(list)
    for row in store.verdicts.opinions(segments=[segment]):
        settles = " (adjudicated)" if row["is_adjudicated"] else ""
        opinions[row["code"]].append(f"{row['coder']} {_SAID[row['decision']]}{settles}")
    for row in store.verdicts.suggestions(document_id=document_id, segments=[segment]):
        code = row["code"]
        if opinions[code]:
            yield f"People on {code}: {', '.join(opinions[code])}. It {_HOLDS[row['outcome']]}."
        elif row["outcome"] == "pending" and row["machine_status"] == "auto":
            yield f"{code} waits: {', '.join(done)} looked at the sentence and did not give it."
    if done:
        yield f"Done with the sentence: {', '.join(done)}."


def _parsed(address: str, store: Store) -> tuple[str, int]:
    name, _, position = address.rpartition(":")
    if not name or not position.isdecimal():
        raise SelectionError(f'"{address}" names no segment. Write DOCUMENT:SEGMENT, for instance "notes.txt:12".')
    names = store.values("name")
    if name not in names:
        raise SelectionError(f'There is no document "{name}" in the store. {nearest(name, names)}')
    return name, int(position)


def _text_at(transcript: Transcript, position: int) -> str:
    return transcript.segments[position].text if 0 <= position < len(transcript.segments) else ""
