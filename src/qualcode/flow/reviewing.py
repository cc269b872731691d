"""The desk at which a person reviews: what a page asks for, and what the person decides; stored at once.

One object serves one person at one store. It may be asked from several threads; the store is opened for each question
and each decision, so that nothing is held while the person thinks. What is costly to read is kept until the store says
that something has changed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import wraps
from threading import RLock, Timer, local
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from ..codebook import Codebook
from ..errors import QualcodeError, SelectionError, nearest
from ..model import ATTRIBUTES
from ..review import (
    QUEUE_ORDERS,
    ActionKind,
    CodeLine,
    CodePage,
    Decided,
    Decision,
    DecisionKind,
    Disagreement,
    DocumentLine,
    DocumentPage,
    Passage,
    Place,
    Progress,
    QueuePage,
    ShownSentence,
)
from .results import BY, Summary, summarize
from .showing import Notes, Reader, Text, changed_meanings, page_ranges, read_notes
from .workspace import Workspace

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ..aggregate import Queue, Suggestions
    from ..store import Filter, Row, Store

    Bools = npt.NDArray[np.bool_]

CONTEXT = 3
"""Sentences shown before and after the one to decide on, in its own turn; and of the turn before it."""
SHOWN = 8
"""Passages in the lists of a code's page."""
DISAGREEMENTS = 50
"""Disagreements shown, open ones and settled ones."""
TARGET = 0.9
COUNT_AFTER = 1.5
"""Seconds after a decision in which no other comes, before the tables are made again."""
FILTERS = ("region", "country", "stakeholder_group", "kind")
_KEPT_TEXTS = 16


@dataclass(frozen=True)
class _Kept:
    """What the desk has read, as long as the store is in the same state; a thread that holds it may finish with it."""

    state: Row
    documents: dict[str, Row]
    reader: Reader
    rows: Suggestions
    has_evidence: bool
    queues: dict[tuple[Any, ...], Queue] = field(default_factory=dict)
    summaries: dict[tuple[Any, ...], Summary] = field(default_factory=dict)


_P = ParamSpec("_P")
_T = TypeVar("_T")


def _in_one_opening(
    ask: Callable[Concatenate[ReviewDesk, _P], _T],
) -> Callable[Concatenate[ReviewDesk, _P], _T]:
    """A question for which the store is opened once, not for each step."""

    @wraps(ask)
    def asked(desk: ReviewDesk, /, *arguments: _P.args, **named: _P.kwargs) -> _T:
        with desk._reading():
            return ask(desk, *arguments, **named)

    return asked


class ReviewDesk:
    """A person's place of work at a store.

    Parameters
    ----------
    work : Workspace
    coder : str
        The person's name.
    is_blind : bool
        What the machine and others say of a sentence is kept from the person until the person is done with it.

    Raises
    ------
    StoreError
        If there is no store, or nothing was tagged yet.
    ValueError
        If `coder` names nobody.
    """

    def __init__(self, work: Workspace, coder: str, *, is_blind: bool = False) -> None:
        if not coder.strip():
            raise ValueError(f"`coder` of `ReviewDesk` must name a person. Got {coder!r} instead.")
        self.work, self.coder, self.is_blind = work, coder.strip(), is_blind
        self._lock = RLock()
        self._kept: _Kept | None = None
        self._texts: dict[str, Text] = {}
        self._thread = local()
        self._counting: Timer | None = None
        self._counted: tuple[Filter | None, str, str] | None = None
        self._current()

    def warm(self) -> None:
        """Read ahead what is slow to read in a large store; meant for a thread of its own, and never needed."""
        # What is wrong with the store is said when somebody asks for a page.
        with suppress(QualcodeError):
            kept = self._read(with_evidence=True)
            with self._lock:
                if self._kept is not None and self._kept.state == kept.state:
                    self._kept = kept
            if not self.is_blind:
                self.summary()

    def _count_again_later(self) -> None:
        """Make the tables looked at last again, once the person pauses; who asks before has to wait for them."""
        if self._counting is not None:
            self._counting.cancel()
        if self._counted is None:
            return
        asked, by, level = self._counted

        def count() -> None:
            with suppress(QualcodeError):
                self.summary(asked, by=by, level=level)

        self._counting = Timer(COUNT_AFTER, count)
        self._counting.daemon = True
        self._counting.start()

    # --- what there is -------------------------------------------------------------------------

    @property
    def codebook(self) -> Codebook:
        """The codebook of the newest codings."""
        return self._current().reader.codebook

    def coders(self) -> list[str]:
        """People who have decided something, and the person at the desk, by name."""
        with self._reading() as store:
            return sorted({self.coder, *store.verdicts.people()})

    def choices(self) -> dict[str, list[str]]:
        """Values to filter documents by."""
        documents = self._current().documents.values()
        return {name: sorted({d[name] for d in documents if d[name]}) for name in FILTERS}

    def documents(self, asked: Filter | None = None) -> list[DocumentLine]:
        """The documents that fit the filter, by name."""
        kept = self._current()
        with self._reading() as store:
            done, assigned = store.verdicts.done(self.coder), store.verdicts.assignments()
        counted, pending = self._counts(kept)
        return [
            DocumentLine(
                document_id=key,
                name=row["name"],
                attributes=_attributes(row),
                words=row["words"],
                sentences=row["segments"],
                done=done.get(key, 0),
                counted=None if self.is_blind else counted[key],
                pending=None if self.is_blind else pending[key],
                assigned=tuple(assigned.get(key, ())),
            )
            for key, row in self._chosen(kept, asked).items()
        ]

    @_in_one_opening
    def document(self, document_id: str, page: int = 1) -> DocumentPage:
        """A page of a transcript with its codings.

        Raises
        ------
        SelectionError
            For a document or page there is not.
        """
        lines = self.documents()
        names = [line.document_id for line in lines]
        text = self._text(document_id)
        if not 1 <= page <= len(text.pages):
            raise SelectionError(f"The document has {len(text.pages)} page(s). There is no page {page}.")
        number = names.index(document_id)
        positions = text.pages[page - 1]
        notes = self._notes(text, positions)
        return DocumentPage(
            line=lines[number],
            turns=self._current().reader.turns(text, positions, notes),
            page=page,
            pages=len(text.pages),
            before=names[number - 1] if number else None,
            after=names[number + 1] if number + 1 < len(names) else None,
        )

    def page_of(self, place: Place) -> int:
        """The page of its document on which a sentence stands, from 1."""
        text = self._text(place.document_id)
        if place.position not in text.segment_ids:
            raise SelectionError(f"The document has no sentence {place.position}.")
        return text.page_of(place.position)

    @_in_one_opening
    def passage(self, place: Place, *, why: str = "", suggested: Sequence[str] = ()) -> Passage:
        """A sentence with its neighbours and what was asked before.

        Raises
        ------
        SelectionError
            For a place there is not.
        """
        text = self._text(place.document_id)
        positions = _context(text, place)
        notes = self._notes(text, [place.position])
        row = self._current().documents[place.document_id]
        turns = self._current().reader.turns(text, positions, notes)
        is_hidden = any(s.is_hidden for turn in turns for s in turn.sentences if s.position == place.position)
        return Passage(
            place=place,
            document=row["name"],
            attributes=_attributes(row),
            turns=turns,
            why="" if is_hidden else why,
            suggested=() if is_hidden else tuple(suggested),
        )

    # --- queues --------------------------------------------------------------------------------

    @_in_one_opening
    def queue(self, order: str, asked: Filter | None = None, *, later: Sequence[Place] = ()) -> QueuePage:
        """The passage to decide on next.

        Parameters
        ----------
        order : str
            One of `qualcode.review.QUEUE_ORDERS`.
        asked : Filter or None
        later : sequence of Place
            Passages put aside: they come after all others.

        Raises
        ------
        SelectionError
            For an unknown order; for a code or category in a blind review, which would say what is suggested.
        """
        if order not in QUEUE_ORDERS:
            raise SelectionError(f'There is no queue "{order}". {nearest(order, list(QUEUE_ORDERS))}')
        if self.is_blind and self._codes_of(asked) is not None:
            raise SelectionError(
                "A blind queue cannot be narrowed to a code: whatever came up in it, the machine suggests the code for."
            )
        if order == "audit":
            return self._audit(asked, later)
        from ..aggregate import progress

        kept = self._current(with_evidence=order == "conflict")
        queue = self._queue(kept, order, asked)
        found = progress(kept.rows, queue, target=TARGET, fitting=self._fitting(kept, asked))
        for passage in _put_aside(queue, later):
            chosen = self.passage(passage.place, why=passage.why, suggested=passage.codes)
            return QueuePage(order, chosen, found, _NOTES[order])
        return QueuePage(order, None, found, f"{_NOTES[order]} Nothing is left to decide.")

    def _queue(self, kept: _Kept, order: str, asked: Filter | None) -> Queue:
        from ..aggregate import order_passages

        key = (order, _key(asked))
        with self._lock:
            if key not in kept.queues:
                whole = order_passages(kept.rows, order=order, seed=self.work.study.study.seed)
                wanted = set(self._chosen(kept, asked))
                codes = self._codes_of(asked)
                kept.queues[key] = whole.within(wanted, codes)
            return kept.queues[key]

    def _audit(self, asked: Filter | None, later: Sequence[Place]) -> QueuePage:
        kept = self._current()
        wanted = self._chosen(kept, asked)
        with self._reading() as store:
            rows = [row for row in store.verdicts.audit_waiting(self.coder) if row["document_id"] in wanted]
            looked = len(store.audit_rows())
        places = [Place(row["document_id"], row["position"]) for row in rows if not row["is_done"]]
        found = Progress(looked, len(places), None, None, None, None, TARGET)
        ordered = [p for p in places if p not in later] + [p for p in later if p in places]
        if not ordered:
            note = "Every sentence drawn was looked at." if looked else "No sentence was drawn yet: --audit N draws."
            return QueuePage("audit", None, found, note)
        passage = self.passage(ordered[0], why="Drawn at random, to measure the machine.")
        return QueuePage("audit", passage, found, _NOTES["audit"])

    # --- codes, tables, quotes -----------------------------------------------------------------

    def codes(self, asked: Filter | None = None) -> list[CodeLine]:
        """The codes by number, with how much of each there is; in a blind review, of what the person may see."""
        import numpy as np

        kept = self._current()
        rows, seen = kept.rows, self._of_documents(kept, asked)
        if self.is_blind:
            seen &= rows.is_done
        cells = np.bincount(rows.code[seen] * len(_OUTCOMES) + rows.outcome[seen], minlength=_cells(rows))
        by_outcome = cells.reshape(len(rows.codes), len(_OUTCOMES))
        counted = seen & rows.counts
        pairs = np.unique(rows.code[counted] * len(rows.document_ids) + rows.document[counted])
        documents = np.bincount(pairs // max(len(rows.document_ids), 1), minlength=len(rows.codes))
        return [
            CodeLine(code, int(n), int(auto + accepted), int(pending), int(rejected))
            for code, n, (auto, accepted, pending, rejected) in zip(rows.codes, documents, by_outcome, strict=True)
        ]

    @_in_one_opening
    def code(self, code: str, asked: Filter | None = None) -> CodePage:
        """A code with its surest and its most doubtful passages.

        Raises
        ------
        SelectionError
            For a code the codebook does not have.
        """
        kept = self._current()
        if code not in self.codebook.by_id:
            raise SelectionError(f'There is no code "{code}". {nearest(code, list(self.codebook.by_id))}')
        line = next(line for line in self.codes(asked) if line.code == code)
        with self._reading() as store:
            memos = [m for m in store.verdicts.memos() if m["segment_id"] is None and m["code"] == code]
        own = next((m["text"] for m in memos if m["coder"] == self.coder), "")
        others = tuple((m["coder"], m["text"]) for m in memos if m["coder"] != self.coder)
        surest, doubtful = ((), ()) if self.is_blind else self._ends(kept, code, asked)
        return CodePage(line, surest, doubtful, own, () if self.is_blind else others)

    def _ends(self, kept: _Kept, code: str, asked: Filter | None) -> tuple[tuple[Passage, ...], tuple[Passage, ...]]:
        """Passages of a code that count and are surest, and undecided ones nearest to even odds."""
        import numpy as np

        rows = kept.rows
        is_code = rows.code == rows.codes.index(code)
        of_code = np.flatnonzero(is_code & ~np.isnan(rows.probability) & self._of_documents(kept, asked))
        p = rows.probability[of_code]
        counts, is_open = rows.counts[of_code], rows.is_open[of_code]
        surest = of_code[counts][np.argsort(-p[counts], kind="stable")][:SHOWN]
        doubtful = of_code[is_open][np.argsort(abs(p[is_open] - 0.5), kind="stable")][:SHOWN]
        first, last = (
            tuple(
                self.passage(Place(rows.document_ids[rows.document[n]], int(rows.position[n])), suggested=[code])
                for n in chosen
            )
            for chosen in (surest, doubtful)
        )
        return first, last

    def summary(self, asked: Filter | None = None, *, by: str = "region", level: str = "code") -> Summary:
        """The two tables as they stand now.

        Raises
        ------
        SelectionError
            In a blind review, or for an unknown `by` or `level`.
        """
        self._refuse_blind()
        from ..store import Filter

        kept = self._current()
        key = (_key(asked), by, level)
        if key not in kept.summaries:
            if by not in BY:
                raise SelectionError(f'"{by}" does not group documents. {nearest(by, list(BY))}')
            kept.summaries[key] = summarize(self.work, asked or Filter(), by=by, level=level)
            self._counted = (asked, by, level)
        return kept.summaries[key]

    @_in_one_opening
    def quotes(self, asked: Filter, *, limit: int = 50) -> tuple[list[Passage], int]:
        """Sentences that count for what is asked, by document and position, and how many there are in all.

        Raises
        ------
        SelectionError
            In a blind review.
        """
        self._refuse_blind()
        import numpy as np

        kept = self._current()
        rows = kept.rows
        counted = rows.counts & self._fitting(kept, asked)
        by_name = np.argsort(np.argsort([kept.documents[key]["name"] for key in rows.document_ids]))
        first = rows.starts[np.unique(rows.sentence[counted])]
        order = np.lexsort((rows.position[first], by_name[rows.document[first]]))
        shown = []
        for n in first[order][:limit]:
            of_sentence = rows.rows_of(int(rows.sentence[n]))
            on_it = [rows.codes[rows.code[m]] for m in of_sentence if counted[m]]
            shown.append(self.passage(rows.place(int(rows.sentence[n])), suggested=on_it))
        return shown, len(first)

    @_in_one_opening
    def disagreements(self, coders: Sequence[str] = (), asked: Filter | None = None) -> list[Disagreement]:
        """Sentences on which people say different things, worst first.

        Parameters
        ----------
        coders : sequence of str
            Empty = all people.
        asked : Filter or None

        Returns
        -------
        list of Disagreement
            In a blind review only of sentences the person is done with. Empty where fewer than two people decided. Only
            the first `DISAGREEMENTS` open ones, and as many settled ones, come with their passage.
        """
        from ..aggregate import disagreements

        kept = self._current()
        wanted = self._chosen(kept, asked)
        with self._reading() as store:
            rows = [row for row in store.verdicts.judgements() if row["document_id"] in wanted]
            settled = _adjudicated(store.verdicts.opinions())
        chosen = list(coders) or sorted({row["coder"] for row in rows})
        if len(chosen) < 2:
            return []
        mine = {Place(r["document_id"], r["position"]) for r in rows if r["coder"] == self.coder and r["looked"]}
        table = disagreements(rows, kept.reader.codebook, coders=chosen)
        found, given = [], Counter[bool]()
        for row in table.to_dict("records"):
            place = Place(row["document_id"], row["position"])
            if self.is_blind and place not in mine:
                continue
            is_settled = place in settled
            given[is_settled] += 1
            codes = tuple(row["differing_codes"].split())
            said = {coder: row[f"codes_{coder}"] for coder in chosen}
            found.append(
                Disagreement(
                    place=place,
                    passage=self.passage(place, suggested=codes) if given[is_settled] <= DISAGREEMENTS else None,
                    opinions={coder: tuple(c.split()) for coder, c in said.items() if isinstance(c, str)},
                    codes=codes,
                    distance=row["distance"],
                    settled=settled.get(place),
                )
            )
        return found

    # --- deciding ------------------------------------------------------------------------------

    def decide(self, decisions: Sequence[Decision]) -> Decided:
        """Keep decisions on codes of sentences, as one action.

        Raises
        ------
        StoreError
            For a sentence that cannot be coded, or an unknown code; then nothing is kept.
        """
        return self._write(decisions, (), "decide", _said(decisions, self.codebook))

    def finish(self, places: Sequence[Place]) -> Decided:
        """Say that sentences are right as they stand for this person, who has looked at all there is to say.

        What counts is accepted, what waits is rejected. In a blind review what the machine suggests and the person
        has not given is rejected, unseen.
        """
        decisions = []
        for place in places:
            for row in self._rows_at(place):
                if not row["is_mine"]:
                    accepts = not self.is_blind and row["outcome"] in ("auto", "accepted")
                    decisions.append(Decision(place, row["code"], "accept" if accepts else "reject"))
        return self._write(decisions, places, "done", f"Done with {_sentences(len(places))}")

    def decide_all(self, asked: Filter, decision: DecisionKind) -> Decided:
        """Decide every coding that waits and fits the filter, and that the person has not decided on; one action.

        Raises
        ------
        SelectionError
            In a blind review.
        """
        self._refuse_blind()
        with self._reading() as store:
            chosen = store.check_filter(asked)
            rows = store.verdicts.suggestions(self.coder, chosen)
        decisions = [
            Decision(Place(row["document_id"], row["position"]), row["code"], decision)
            for row in rows
            if row["outcome"] == "pending" and not row["is_mine"]
        ]
        return self._write(decisions, (), "bulk", _said(decisions, self.codebook))

    def adjudicate(self, place: Place, codes: Sequence[str]) -> Decided:
        """Settle a sentence: exactly these codes hold, whatever was said before."""
        suggested = [row["code"] for row in self._rows_at(place)]
        decisions = [
            Decision(place, code, "accept" if code in codes else "reject")
            for code in dict.fromkeys((*codes, *suggested))
        ]
        names = ", ".join(self._name(code) for code in codes) or "no code"
        return self._write(decisions, (), "adjudicate", f"Settled: {names}")

    def note(self, text: str, *, place: Place | None = None, code: str | None = None) -> Decided:
        """Keep a note of the person on a sentence, a code, or a code on a sentence; empty = take it away."""
        from ..store import Memo

        def write(store: Store) -> str | None:
            return store.verdicts.note(self.coder, Memo(text, place, code))

        return self._written(write, [] if place is None else [place], "Memo kept" if text.strip() else "Memo removed")

    def undo(self) -> Decided:
        """Take back the person's newest action that still stands."""
        places: list[Place] = []

        def write(store: Store) -> str | None:
            newest = store.verdicts.actions(self.coder, limit=1)
            if not newest:
                return None
            places.extend(store.verdicts.undo(newest[0]["action_id"]))
            return str(newest[0]["action_id"])

        return self._written(write, places, "Taken back", nothing="There is nothing to take back.")

    # --- steps ---------------------------------------------------------------------------------

    def _write(self, decisions: Sequence[Decision], looked: Sequence[Place], kind: ActionKind, said: str) -> Decided:
        def write(store: Store) -> str | None:
            if kind == "bulk" and decisions:
                store.back_up()
            return store.verdicts.decide(self.coder, decisions, looked=looked, kind=kind, is_blind=self.is_blind)

        return self._written(write, list(dict.fromkeys((*(d.place for d in decisions), *looked))), said)

    def _written(
        self,
        write: Callable[[Store], str | None],
        places: list[Place],
        said: str,
        *,
        nothing: str = "That is what is kept already.",
    ) -> Decided:
        """Write, take over what has changed, and show the sentences as they are now."""
        from ..store import Store

        with self._lock:
            kept = self._current()
            with Store(self.work.store_path) as store:
                action = write(store)
                self._take_over(kept, store, places)
        with self._reading():
            shown = {place: self._shown(place) for place in places[:_SHOWN_AFTER]}
        return Decided(action, said if action else nothing, shown)

    def _shown(self, place: Place) -> ShownSentence:
        text = self._text(place.document_id)
        segment = text.transcript.segments[place.position]
        return self._current().reader.sentence(text, segment, self._notes(text, [place.position]))

    def _take_over(self, kept: _Kept, store: Store, places: Sequence[Place]) -> None:
        """Read the touched documents again; everything where somebody else has written too."""
        state = store.verdicts.state()
        ours = {**kept.state, "actions": state["actions"], "undone": state["undone"], "clock": state["clock"]}
        steps = state["actions"] + state["undone"] - kept.state["actions"] - kept.state["undone"]
        if steps > 1 or state != ours:
            self._kept = None
            return
        if steps == 0:
            return
        documents = list(dict.fromkeys(place.document_id for place in places))
        rows = [row for key in documents for row in self._read_rows(store, kept.reader, kept.has_evidence, key)]
        self._kept = replace(kept, state=state, rows=kept.rows.replace(rows, documents), queues={}, summaries={})
        self._count_again_later()

    def _current(self, *, with_evidence: bool = False) -> _Kept:
        """What the desk has read, read again where the store has changed."""
        with self._lock, self._reading() as store:
            state = store.verdicts.state()
            kept = self._kept
            if kept is None or kept.state != state or (with_evidence and not kept.has_evidence):
                kept = self._kept = self._read(with_evidence=with_evidence)
            return kept

    def _read(self, *, with_evidence: bool) -> _Kept:
        from ..aggregate import pack_suggestions

        # One moment of the store: another program may tag meanwhile.
        with self._reading() as store, store.reading():
            state = store.verdicts.state()
            documents = {row["document_id"]: row for row in store.document_rows()}
            tagger = store.coverage_codebooks()[0]["coder"] if documents else ""
            codebook = store.codebook()
            used = {row["codebook_id"] for row in store.verdicts.opinions()}
            reader = Reader(self.coder, self.is_blind, tagger, codebook, changed_meanings(store, used, codebook))
            rows = self._read_rows(store, reader, with_evidence)
            packed = pack_suggestions(rows, list(documents.values()), codebook)
            return _Kept(state, documents, reader, packed, with_evidence)

    def _read_rows(
        self, store: Store, reader: Reader, with_evidence: bool, document_id: str | None = None
    ) -> list[Row]:
        rows = store.verdicts.suggestions(self.coder, document_id=document_id, with_evidence=with_evidence)
        known = reader.codebook.by_id
        return [
            {**row, "is_stale": int(reader.is_stale(row)), "evidence": _cues_in(row["evidence"])}
            for row in rows
            if row["code"] in known
        ]

    def _rows_at(self, place: Place) -> list[Row]:
        segment = self._text(place.document_id).segment_ids.get(place.position)
        if segment is None:
            raise SelectionError(f"The document has no sentence {place.position}.")
        with self._reading() as store:
            return store.verdicts.suggestions(self.coder, document_id=place.document_id, segments=[segment])

    def _text(self, document_id: str) -> Text:
        with self._lock:
            row = self._current().documents.get(document_id)
            if row is None:
                raise SelectionError(f'There is no current document "{document_id}" in the store.')
            if document_id not in self._texts:
                with self._reading() as store:
                    transcript = store.transcript(row["name"])
                    ids = store.verdicts.segment_ids(document_id)
                while len(self._texts) >= _KEPT_TEXTS:
                    self._texts.pop(next(iter(self._texts)))
                self._texts[document_id] = Text(document_id, transcript, ids, page_ranges(transcript))
            return self._texts[document_id]

    def _notes(self, text: Text, positions: Sequence[int]) -> Notes:
        missing = [position for position in positions if position not in text.segment_ids]
        if missing:
            raise SelectionError(f"The document has no sentence {missing[0]}.")
        with self._reading() as store:
            segments = [text.segment_ids[position] for position in positions]
            return read_notes(store, self.coder, text.document_id, segments)

    def _chosen(self, kept: _Kept, asked: Filter | None) -> dict[str, Row]:
        """Documents that fit the filter, by id, in the order of their names."""
        if asked is None or not any(getattr(asked, name) for name in (*FILTERS, "since", "coder")):
            return kept.documents
        with self._reading() as store:
            return {row["document_id"]: row for row in store.document_rows(store.check_filter(asked))}

    def _codes_of(self, asked: Filter | None) -> set[str] | None:
        """Codes that fit the filter; None = all."""
        if asked is None or not (asked.code or asked.category):
            return None
        with self._reading() as store:
            chosen = store.check_filter(asked).parameters()
        codes, categories = (json.loads(chosen[name] or "[]") for name in ("code", "category"))
        return {
            code.id
            for code in self.codebook.codes
            if (not codes or code.id in codes)
            and (not categories or self.codebook.category_of[code.id].id in categories)
        }

    def _of_documents(self, kept: _Kept, asked: Filter | None) -> Bools:
        """Which suggestions stand in documents that fit the filter."""
        import numpy as np

        wanted = self._chosen(kept, asked)
        is_wanted: Bools = np.array([key in wanted for key in kept.rows.document_ids], dtype=bool)[kept.rows.document]
        return is_wanted

    def _fitting(self, kept: _Kept, asked: Filter | None) -> Bools:
        """Which suggestions fit the filter, by document and code."""
        import numpy as np

        fitting, codes = self._of_documents(kept, asked), self._codes_of(asked)
        if codes is not None:
            fitting = fitting & np.array([code in codes for code in kept.rows.codes], dtype=bool)[kept.rows.code]
        return fitting

    def _counts(self, kept: _Kept) -> tuple[Counter[str], Counter[str]]:
        """Codings that count and that wait, by document id."""
        import numpy as np

        counted, pending = (
            Counter(dict(zip(kept.rows.document_ids, np.bincount(kept.rows.document[chosen],
                    minlength=len(kept.rows.document_ids)).tolist(), strict=True)))
            for chosen in (kept.rows.counts, kept.rows.outcome == _PENDING)
        )  # fmt: skip
        return counted, pending

    def _name(self, code: str) -> str:
        found = self.codebook.by_id.get(code)
        return found.name if found else code

    def _refuse_blind(self) -> None:
        if self.is_blind:
            raise SelectionError("Tables and lists of codings are hidden in a blind review: they tell what others say.")

    @contextmanager
    def _reading(self) -> Iterator[Store]:
        """The store, opened once for all that a thread asks it in one go."""
        from ..store import Store

        open_one: Store | None = getattr(self._thread, "store", None)
        if open_one is not None:
            yield open_one
            return
        with Store(self.work.store_path, read_only=True) as store:
            self._thread.store = store
            try:
                yield store
            finally:
                self._thread.store = None


_OUTCOMES = ("auto", "accepted", "pending", "rejected")
"""As `Suggestions.outcome` numbers them."""
_PENDING = 2
_SHOWN_AFTER = 200
"""Sentences shown anew after a decision; after a larger one the page is loaded again."""
_NOTES = {
    "uncertain": "Sentences the machine is least sure of come first.",
    "conflict": "Sentences on which the codebook's cues and the model say different things.",
    "impact": "Sentences whose decision is expected to change the tables most come first.",
    "audit": "Sentences drawn at random, also those without a code: they measure how often the machine is wrong.",
    "stale": "Decisions made when the code meant something else.",
    "random": "Sentences with something to decide, in random order.",
}


def _cells(rows: Suggestions) -> int:
    return len(rows.codes) * len(_OUTCOMES)


def _cues_in(evidence: str) -> str:
    """Evidence that a queue goes by; the rest need not be kept."""
    return evidence if '"cue"' in evidence or '"veto"' in evidence else "[]"


def _attributes(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: row[name] for name in ATTRIBUTES if row[name]}


def _context(text: Text, place: Place) -> list[int]:
    """Positions around a sentence: in its turn, and the end of the turn before it."""
    segments = text.transcript.segments
    if not 0 <= place.position < len(segments):
        raise SelectionError(f"The document has no sentence {place.position}.")
    turn = segments[place.position].turn
    near = segments[max(0, place.position - 2 * CONTEXT) : place.position + CONTEXT + 1]
    own = [s.position for s in near if s.turn == turn and abs(s.position - place.position) <= CONTEXT]
    before = [s.position for s in segments[max(0, own[0] - CONTEXT) : own[0]] if s.turn == turn - 1]
    return before + own


def _put_aside(queue: Queue, later: Sequence[Place]) -> Iterator[Any]:
    """The queue with some passages last."""
    aside = set(later)
    yield from (passage for passage in queue if passage.place not in aside)
    yield from sorted((p for p in queue if p.place in aside), key=lambda p: list(later).index(p.place))


def _adjudicated(opinions: Sequence[Row]) -> dict[Place, tuple[str, ...]]:
    """Codes that adjudication gave, by place."""
    settled: dict[Place, list[str]] = {}
    for row in opinions:
        if row["is_adjudicated"]:
            codes = settled.setdefault(Place(row["document_id"], row["position"]), [])
            if row["decision"] in ("accept", "add"):
                codes.append(row["code"])
    return {place: tuple(codes) for place, codes in settled.items()}


def _said(decisions: Sequence[Decision], codebook: Codebook) -> str:
    """What was decided, in words."""
    verbs = {"accept": "Accepted", "add": "Added", "reject": "Rejected", "unsure": "Unsure of"}
    by_code: Counter[tuple[str, str]] = Counter((d.decision, d.code) for d in decisions)
    if not by_code:
        return "Nothing to decide."
    if len(by_code) > 1:
        return f"Decided {len(decisions)} codings on {_sentences(len({d.place for d in decisions}))}"
    ((decision, code),) = by_code
    name = codebook.by_id[code].name if code in codebook.by_id else code
    return f"{verbs[decision]} {name} on {_sentences(len(decisions))}"


def _sentences(n: int) -> str:
    return "1 sentence" if n == 1 else f"{n:,} sentences"


def _key(asked: Filter | None) -> tuple[Any, ...]:
    """What tells two filters apart; none is one that asks for all."""
    from ..store import Filter

    return tuple((asked or Filter()).parameters().items())
