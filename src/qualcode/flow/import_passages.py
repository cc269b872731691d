"""Codings of a project as passages, to the character, and as verdicts of the people who made them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..codebook import Codebook
from ..model import Transcript
from ..review import Decision, DecisionKind, Place
from .imported import MACHINE, sentences_of

if TYPE_CHECKING:
    from ..refi import Coding, Project, Selection
    from ..store import Row, Store

NOBODY = "unknown"
"""Who coded where the project does not say."""


@dataclass(frozen=True)
class Passage:
    """A coding with its place, and the sentences it is about.

    Attributes
    ----------
    transcript : Transcript
    start, end : int
        Code points of its text, half-open.
    code : str
        Code id.
    coder : str
        Name of the person.
    coding : Coding
        As it came.
    sentences : tuple of int
        Positions; empty where no respondent's word is covered.
    is_partial : bool
        It begins or ends inside one of them.
    """

    transcript: Transcript
    start: int
    end: int
    code: str
    coder: str
    coding: Coding
    sentences: tuple[int, ...]
    is_partial: bool

    def key(self, codebook: Codebook) -> str:
        """Its id in the store."""
        from ..store import passage_hash

        return passage_hash(self.transcript.document_id, self.start, self.end, codebook.id, self.code, self.coder)


def coder_names(project: Project) -> defaultdict[str | None, str]:
    """Names of the users by GUID, each on one line; anybody else is `NOBODY`."""
    return defaultdict(lambda: NOBODY, {user.guid: " ".join(user.name.split()) or NOBODY for user in project.users})


def find_passages(
    project: Project, codes: Mapping[str, str], transcripts: Mapping[str, Transcript]
) -> tuple[list[Passage], Counter[str]]:
    """The codings of a project, each on the same words by the same person once.

    Parameters
    ----------
    project : Project
    codes : mapping of str to str
        Code id by GUID; codings with others are left out.
    transcripts : mapping of str to Transcript
        By GUID of the source.

    Returns
    -------
    list of Passage
    Counter
        What was left out, by kind: "left out" (its code), "machine", "double".
    """
    names = coder_names(project)
    found: dict[tuple[str, int, int, str, str], Passage] = {}
    counts: Counter[str] = Counter()
    for source in project.sources:
        for selection in source.selections:
            for coding in selection.codings:
                if coding.code not in codes:
                    counts["left out"] += 1
                    continue
                coder = names[coding.user or selection.user]
                if coder.endswith(MACHINE):
                    counts["machine"] += 1
                    continue
                passage = _passage(transcripts[source.guid], selection, coding, codes[coding.code], coder)
                key = (passage.transcript.document_id, passage.start, passage.end, passage.code, coder)
                counts["double"] += key in found
                found.setdefault(key, passage)
    return list(found.values()), counts


def _passage(transcript: Transcript, selection: Selection, coding: Coding, code: str, coder: str) -> Passage:
    start, end = selection.start, selection.end
    sentences = sentences_of(transcript, start, end)
    is_partial = bool(sentences) and (sentences[0].start < start or sentences[-1].end > end)
    positions = tuple(segment.position for segment in sentences)
    return Passage(transcript, start, end, code, coder, coding, positions, is_partial)


@dataclass(frozen=True)
class Decided:
    """What one person's passages became.

    Attributes
    ----------
    action : str or None
        None where nothing was new.
    verdicts : int
        Sentences with a code.
    decided_here : int
        Left out, because the person has decided on the sentence and code in this store.
    """

    action: str | None
    verdicts: int
    decided_here: int


def decide_passages(
    store: Store, passages: Sequence[Passage], *, is_sure: bool, whole_documents: bool
) -> dict[str, Decided]:
    """Make passages verdicts: one action a person, which is taken back as a whole.

    Parameters
    ----------
    store : Store
        In a transaction.
    passages : sequence of Passage
    is_sure : bool
        Else the verdicts are "unsure", so that they wait.
    whole_documents : bool
        The people are done with every sentence of the documents they coded in.

    Returns
    -------
    dict of str to Decided
        By name of the person.
    """
    by_coder: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        by_coder[passage.coder].append(passage)
    said: dict[str, set[tuple[str, int, str]]] = defaultdict(set)
    for row in store.verdicts.opinions():
        if not row["is_adjudicated"] and row["decision"] != "unsure":
            said[row["coder"]].add((row["document_id"], row["position"], row["code"]))
    decision: DecisionKind = "accept" if is_sure else "unsure"
    done: dict[str, Decided] = {}
    for coder, own in sorted(by_coder.items()):
        places = dict.fromkeys((p.transcript.document_id, at, p.code) for p in own for at in p.sentences)
        new = [place for place in places if place not in said[coder]]
        times = [time for passage in own if (time := _utc(passage.coding.created))]
        action = store.verdicts.decide(
            coder,
            [Decision(Place(document_id, position), code, decision) for document_id, position, code in new],
            looked=_all_sentences(own) if whole_documents else (),
            kind="bulk",
            made_utc=max(times, default=None),
        )
        done[coder] = Decided(action, len(new), len(places) - len(new))
    return done


def _all_sentences(passages: Sequence[Passage]) -> Iterator[Place]:
    """Every sentence of the documents in which a person coded."""
    for transcript in {passage.transcript.document_id: passage.transcript for passage in passages}.values():
        for segment in transcript.segments:
            if transcript.is_coded(segment):
                yield Place(transcript.document_id, segment.position)


def passage_row(passage: Passage, codebook: Codebook, import_id: str, decided: Mapping[str, Decided]) -> Row:
    """A passage as the store keeps it."""
    return {
        "passage_id": passage.key(codebook),
        "import_id": import_id,
        "document_id": passage.transcript.document_id,
        "start": passage.start,
        "end": passage.end,
        "codebook_id": codebook.hash,
        "code_id": passage.code,
        "coder": passage.coder,
        "guid": passage.coding.guid,
        "created": passage.coding.created,
        "action_id": decided[passage.coder].action if passage.sentences else None,
    }


def _utc(created: str | None) -> str | None:
    """A time of the project in UTC, which it is where no zone is said, on every machine; None where it is none."""
    try:
        made = datetime.fromisoformat(created or "")
        return (made if made.tzinfo else made.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return None
