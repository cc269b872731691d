"""Rows of the store to what a page shows: sentences with their codings, cut into turns and pages.

Blind: as long as a person is not done with a sentence, only the person's own decisions are in what is shown.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..codebook import Codebook, diff_codebooks
from ..model import Segment, Transcript, Turn
from ..review import Opinion, Outcome, Reason, ShownCoding, ShownSentence, ShownTurn

if TYPE_CHECKING:
    from ..store import Row, Store

PAGE_WORDS = 12_000
"""Words a page shows at most, but for the turn that crosses the line: longer documents have several pages."""


@dataclass(frozen=True)
class Text:
    """A document as it stands, which never changes under its id.

    Attributes
    ----------
    document_id : str
    transcript : Transcript
    segment_ids : mapping of int to int
        Of the store, by position.
    pages : tuple of range
        Positions of the segments of each page.
    """

    document_id: str
    transcript: Transcript
    segment_ids: Mapping[int, int]
    pages: tuple[range, ...]

    def page_of(self, position: int) -> int:
        """The page a sentence stands on, from 1."""
        return next((n for n, page in enumerate(self.pages, start=1) if position in page), 1)


def page_ranges(transcript: Transcript, words: int = PAGE_WORDS) -> tuple[range, ...]:
    """Cut a document into pages, between turns where that keeps a page under twice `words`.

    Parameters
    ----------
    transcript : Transcript
    words : int

    Returns
    -------
    tuple of range
        Positions of the segments of each page; one empty range for a document without segments.
    """
    pages, first, counted = [], 0, 0
    for segment, before in zip(transcript.segments, (None, *transcript.segments), strict=False):
        is_new_turn = before is None or before.turn != segment.turn
        if counted and ((counted >= words and is_new_turn) or counted >= 2 * words):
            pages.append(range(first, segment.position))
            first, counted = segment.position, 0
        counted += segment.words
    return (*pages, range(first, len(transcript.segments)))


@dataclass(frozen=True)
class Notes:
    """What the store says of some segments, by segment id and in full.

    Attributes
    ----------
    suggestions : mapping of int to list of dict
    opinions : mapping of (int, str) to list of dict
        By segment id and code.
    done : mapping of int to set of str
        Coders who are done with the segment.
    memos : mapping of (int, str or None) to str
        The person's own.
    """

    suggestions: Mapping[int, list[Row]] = field(default_factory=dict)
    opinions: Mapping[tuple[int, str], list[Row]] = field(default_factory=dict)
    done: Mapping[int, set[str]] = field(default_factory=dict)
    memos: Mapping[tuple[int, str | None], str] = field(default_factory=dict)


def read_notes(store: Store, coder: str, document_id: str, segments: Sequence[int]) -> Notes:
    """Read all there is to say of some segments of a document."""
    suggestions: dict[int, list[Row]] = defaultdict(list)
    opinions: dict[tuple[int, str], list[Row]] = defaultdict(list)
    done: dict[int, set[str]] = defaultdict(set)
    verdicts = store.verdicts
    for row in verdicts.suggestions(coder, document_id=document_id, segments=segments, with_evidence=True):
        suggestions[row["segment_id"]].append(row)
    for row in verdicts.opinions(segments=segments):
        opinions[row["segment_id"], row["code"]].append(row)
    for row in verdicts.looks(segments=segments):
        done[row["segment_id"]].add(row["coder"])
    memos = {(row["segment_id"], row["code"]): row["text"] for row in verdicts.memos(segments=segments, coder=coder)}
    return Notes(suggestions, opinions, done, memos)


@dataclass(frozen=True)
class Reader:
    """Who looks, and by which codebook.

    Attributes
    ----------
    coder : str
    is_blind : bool
    tagger : str
        What tagged the document last, with its version.
    codebook : Codebook
    changed : mapping of str to frozenset of str
        Codes that meant something else in an earlier version of the codebook, by its id.
    """

    coder: str
    is_blind: bool
    tagger: str
    codebook: Codebook
    changed: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def turns(self, text: Text, positions: Iterable[int], notes: Notes) -> tuple[ShownTurn, ...]:
        """Some sentences of a document, in their turns."""
        turns: list[ShownTurn] = []
        heading = None
        for turn, segments in _by_turn(text.transcript, positions):
            sentences = tuple(self.sentence(text, segment, notes) for segment in segments)
            shown = turn.heading if turn.heading != heading else None
            turns.append(ShownTurn(turn.position, turn.speaker, turn.role, turn.time, shown, sentences))
            heading = turn.heading
        return tuple(turns)

    def sentence(self, text: Text, segment: Segment, notes: Notes) -> ShownSentence:
        """A sentence with what this person may see of it."""
        key = text.segment_ids[segment.position]
        done = notes.done.get(key, set())
        is_done = self.coder in done
        is_coded = text.transcript.is_coded(segment)
        is_hidden = self.is_blind and is_coded and not is_done
        codings = tuple(self._codings(segment, key, notes, own_only=is_hidden))
        return ShownSentence(
            position=segment.position,
            text=segment.text,
            is_coded=is_coded,
            codings=codings,
            is_done=is_done,
            is_hidden=is_hidden,
            done_by=() if is_hidden else tuple(sorted(done - {self.coder})),
            memo=notes.memos.get((key, None), ""),
        )

    def _codings(self, segment: Segment, key: int, notes: Notes, *, own_only: bool) -> Iterator[ShownCoding]:
        for row in notes.suggestions.get(key, []):
            rows = notes.opinions.get((key, row["code"]), [])
            mine = [o for o in rows if o["coder"] == self.coder and not o["is_adjudicated"]]
            if own_only:
                if not mine:
                    continue
                shown = ShownCoding(row["code"], own_outcome(mine[0]["decision"]), opinions=_opinions(mine))
            else:
                shown = ShownCoding(
                    code=row["code"],
                    outcome=row["outcome"],
                    probability=row["probability"],
                    machine_status=row["machine_status"],
                    coder=self.tagger if row["machine_status"] else None,
                    codebook_version=self.codebook.version,
                    opinions=_opinions(rows),
                    reasons=reasons_in(segment, row["evidence"]),
                )
            yield replace(
                shown,
                is_mine=bool(mine),
                is_stale=not own_only and self.is_stale(row),
                memo=notes.memos.get((key, row["code"]), ""),
            )

    def is_stale(self, row: Mapping[str, Any]) -> bool:
        """Whether a decision on the code of a suggestion was made when the code meant something else."""
        decided_with = json.loads(row["decided_with"] or "[]")
        return any(row["code"] in self.changed.get(codebook, ()) for codebook in decided_with)


def meaning_changed(before: Codebook, after: Codebook) -> frozenset[str]:
    """Codes whose meaning differs between two versions of a codebook.

    Parameters
    ----------
    before, after : Codebook

    Returns
    -------
    frozenset of str
        Code ids; also those only one of the two has.
    """
    return frozenset(change.part for change in diff_codebooks(before, after) if change.level == "meaning")


def changed_meanings(store: Store, used: Iterable[str], codebook: Codebook) -> dict[str, frozenset[str]]:
    """Codes that meant something else in other versions of a codebook, by the version's id.

    Parameters
    ----------
    store : Store
        Holds the versions.
    used : iterable of str
        Their ids.
    codebook : Codebook
        What codes mean now.
    """
    return {key: meaning_changed(store.codebook(key), codebook) for key in {*used} - {codebook.hash}}


def own_outcome(decision: str) -> Outcome:
    """What a person's own decision alone makes of a code."""
    return {"accept": "accepted", "add": "accepted", "reject": "rejected"}.get(decision, "pending")  # type: ignore[return-value]  # the three are outcomes


def reasons_in(segment: Segment, evidence: str) -> tuple[Reason, ...]:
    """A machine's evidence with its words counted from the start of the sentence, the strongest first.

    Parameters
    ----------
    segment : Segment
    evidence : str
        JSON list, as the store keeps it.

    Returns
    -------
    tuple of Reason
        Words of other sentences have no place here.
    """
    reasons = []
    for reason in json.loads(evidence):
        start, end = reason.get("start"), reason.get("end")
        is_here = start is not None and end is not None and segment.start <= start < end <= segment.end
        first, last = (start - segment.start, end - segment.start) if is_here else (None, None)
        reasons.append(Reason(reason["source"], reason["detail"], first, last, reason.get("weight", 0.0)))
    return tuple(sorted(reasons, key=lambda reason: -abs(reason.weight)))


def _opinions(rows: Sequence[Row]) -> tuple[Opinion, ...]:
    return tuple(
        Opinion(o["coder"], o["decision"], bool(o["is_adjudicated"]), o["decided_utc"], o["codebook_version"])
        for o in rows
    )


def _by_turn(transcript: Transcript, positions: Iterable[int]) -> Iterator[tuple[Turn, list[Segment]]]:
    """Turns in order, each with its segments at the positions."""
    together: dict[int, list[Segment]] = {}
    for position in positions:
        segment = transcript.segments[position]
        together.setdefault(segment.turn, []).append(segment)
    return ((transcript.turns[turn], segments) for turn, segments in together.items())
