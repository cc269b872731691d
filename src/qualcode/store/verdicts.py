"""Class `Verdicts`: what people decided, said and took back, as actions that are only added.

In: decisions on codes of sentences, looks at whole sentences, memos. Out: rows. An action has an id made from its
content, so that two stores that exchange actions end up with the same ones. Its clock is one more than the greatest
the store has seen: what a person does later stands after what was done before, whatever the machine's time says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..errors import StoreError, nearest
from ..model import content_hash
from ..review import ActionKind, Decision, Place
from . import queries
from .packets import Received, read_actions, write_actions
from .records import Filter, coder_id

if TYPE_CHECKING:
    import sqlite3

    from ..codebook import Codebook

Row = dict[str, Any]
Rows = Callable[..., list[Row]]
_YES = ("accept", "add")


def utc_now() -> str:
    """Now, ISO 8601 with seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True)
class Memo:
    """A note of a person.

    Attributes
    ----------
    text : str
        Empty takes the note away.
    place : Place or None
        The sentence it is on; None = on the code as such.
    code : str or None
        Code id; None = on the sentence as such.
    """

    text: str
    place: Place | None = None
    code: str | None = None


class Verdicts:
    """What people decided in a store; `qualcode.store.Store.verdicts` gives it.

    Parameters
    ----------
    connection : sqlite3.Connection
    rows : callable
        Runs a query and gives its rows.
    writing : callable
        Context of one transaction; refuses where the store was opened for reading.
    """

    def __init__(
        self, connection: sqlite3.Connection, rows: Rows, writing: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._connection = connection
        self._rows = rows
        self._writing = writing

    # --- writing -------------------------------------------------------------------------------

    def decide(
        self,
        coder: str,
        decisions: Iterable[Decision] = (),
        *,
        looked: Iterable[Place] = (),
        kind: ActionKind = "decide",
        is_blind: bool = False,
        made_utc: str | None = None,
    ) -> str | None:
        """Keep what a person decided in one go: one action, one transaction.

        Parameters
        ----------
        coder : str
            Who.
        decisions : iterable of Decision
            At most one on a code of a sentence. "accept" of what the machine did not suggest is kept as "add",
            and the other way round.
        looked : iterable of Place
            Sentences the person is done with: what was not given to them does not apply.
        kind : {"decide", "done", "bulk", "audit", "adjudicate"}
        is_blind : bool
            The person did not see what others and the machine said of the sentences looked at.
        made_utc : str or None
            ISO 8601; None = now.

        Returns
        -------
        str or None
            Id of the action; None where the store says all of it already.

        Raises
        ------
        StoreError
            For a sentence that is no respondent's of a current, tagged document, or a code its codebook does not
            have; then nothing is kept.
        """
        person = _person(coder)
        with self._writing():
            verdicts = [v for d in decisions if (v := self._verdict(d, person["coder_id"], kind)) is not None]
            news = {verdict["place"] for verdict in verdicts}
            looks = [
                look
                for place in dict.fromkeys(looked)
                if (look := self._look(place, person["coder_id"], is_blind, is_news=place in news)) is not None
            ]
            if not verdicts and not looks:
                return None
            return self._add(person, kind, made_utc, verdicts=verdicts, looks=looks)

    def note(self, coder: str, memo: Memo, *, made_utc: str | None = None) -> str | None:
        """Keep a note; the newest of a person on a thing stands.

        Returns
        -------
        str or None
            Id of the action; None where the store says so already.

        Raises
        ------
        StoreError
            For a sentence of no current, tagged document, or a code its codebook does not have.
        ValueError
            For a memo on nothing.
        """
        if memo.place is None and memo.code is None:
            raise ValueError("`memo` of `note` must be on a sentence or a code. Got neither.")
        person, text = _person(coder), memo.text.replace("\0", "").strip()
        with self._writing():
            segment = None if memo.place is None else self._segment(memo.place)
            codebook = segment["codebook_id"] if segment else self._codebook_id()
            if memo.code is not None:
                self._check_code(memo.code, codebook, "the memo")
            row = {"segment_id": segment and segment["segment_id"], "codebook_id": codebook}
            row |= {"code_id": memo.code, "text": text}
            notes = self.memos(segments=[segment["segment_id"]] if segment else None, coder=coder)
            kept = {(note["segment_id"], note["code"]): note["text"] for note in notes}
            if kept.get((row["segment_id"], memo.code), "") == text:
                return None
            return self._add(person, "memo", made_utc, memo={**row, "place": memo.place})

    def undo(self, action_id: str, *, undone_utc: str | None = None) -> list[Place]:
        """Take an action back as a whole; what stood before stands again.

        Returns
        -------
        list of Place
            Sentences it touched.

        Raises
        ------
        StoreError
            If there is no such action, or it is taken back already.
        """
        with self._writing():
            row = {"action_id": action_id, "undone_utc": undone_utc or utc_now()}
            if not self._connection.execute(queries.undo_action, row).rowcount:
                raise StoreError(f"There is no action {action_id} that still stands. List them: qualcode undo --list")
            return [Place(r["document_id"], r["position"]) for r in self._rows(queries.segments_of_action, row)]

    def assign(self, shares: Mapping[str, Collection[str]]) -> None:
        """Say which documents each person is to code; replaces what was said before.

        Parameters
        ----------
        shares : mapping of str to collection of str
            Document ids by coder.
        """
        with self._writing():
            self._connection.execute(queries.remove_assignments)
            for coder, documents in shares.items():
                person = _person(coder)
                self._connection.execute(queries.add_coder, person)
                rows = [{"document_id": d, "coder_id": person["coder_id"]} for d in sorted(documents)]
                self._connection.executemany(queries.add_assignment, rows)

    # --- reading -------------------------------------------------------------------------------

    def suggestions(
        self,
        coder: str | None = None,
        asked: Filter | None = None,
        *,
        document_id: str | None = None,
        segments: Sequence[int] | None = None,
        with_evidence: bool = False,
    ) -> list[Row]:
        """List what the machine suggests and people decided, also what they turned down.

        Parameters
        ----------
        coder : str or None
            Who asks; see `is_mine` and `is_done`. None = nobody: both are 0.
        asked : Filter or None
            `status` does not matter here.
        document_id : str or None
            None = all documents.
        segments : sequence of int or None
            Segment ids; None = all.
        with_evidence : bool
            Read the machine's evidence too: much slower.

        Returns
        -------
        list of dict
            One per segment and code of current documents, by document, position and code number: document_id, document,
            region, segment_id, position, words, code, number, probability and machine_status (None = no machine
            suggested it), outcome (auto, accepted, pending, rejected), is_mine (the coder decided on it), is_done (the
            coder is done with the segment), decided_with (JSON list of codebook ids people decided with, or None),
            evidence (JSON list, empty without `with_evidence`).
        """
        sql = queries.suggestions_with_evidence if with_evidence else queries.suggestions
        parameters = (asked or Filter()).parameters()
        person = None if coder is None else coder_id("human", coder.strip())
        return self._rows(sql, {**parameters, "me": person, "document_id": document_id, **_among(segments)})

    def opinions(self, *, segments: Sequence[int] | None = None) -> list[Row]:
        """List each person's newest decision on each code of a segment, and adjudications.

        Returns
        -------
        list of dict
            By document, position, code and coder: document_id, position, segment_id, code, coder, decision,
            is_adjudicated, decided_utc, codebook_id, codebook_version, action_id.
        """
        return self._rows(queries.opinions, _among(segments))

    def looks(self, *, segments: Sequence[int] | None = None) -> list[Row]:
        """List who is done with which segment: document_id, position, segment_id, coder, is_blind."""
        return self._rows(queries.looks, _among(segments))

    def memos(self, *, segments: Sequence[int] | None = None, coder: str | None = None) -> list[Row]:
        """List the notes that stand.

        Returns
        -------
        list of dict
            document_id, position, segment_id (None = on the code as such), code (None = on the segment), coder, text,
            written_utc. With `segments`, only notes on these.
        """
        rows = self._rows(queries.memos, _among(segments))
        return [row for row in rows if coder is None or row["coder"] == coder.strip()]

    def people(self) -> list[str]:
        """Names of all who have done anything that stands, in order."""
        return [row["name"] for row in self._rows(queries.people)]

    def actions(self, coder: str | None = None, *, limit: int = 20, standing: bool = True) -> list[Row]:
        """List what people did, the newest first.

        Parameters
        ----------
        coder : str or None
            None = everybody.
        limit : int
            -1 = all.
        standing : bool
            Leave out what was taken back.

        Returns
        -------
        list of dict
            action_id, coder, kind, clock, made_utc, undone_utc (None = stands), verdicts, looks, segments, codes
            (JSON list).
        """
        wanted = None if coder is None else coder_id("human", coder.strip())
        return self._rows(queries.actions, {"coder_id": wanted, "limit": limit, "standing": int(standing)})

    def judgements(self) -> list[Row]:
        """List what each person says of each segment, for agreement.

        Returns
        -------
        list of dict
            One per segment and person with a decision or a look, of current documents: document_id, document, region,
            position, turn, words, coder, codes (JSON list: those that apply), judged (JSON list: those decided one by
            one), looked (1 = the whole segment), is_blind. Adjudications are nobody's own word and not in it.
        """
        return self._rows(queries.judgements)

    def machine_judgements(self) -> list[Row]:
        """List what the current runs count on every respondents' segment: columns of `judgements` without `coder`.

        And `is_machine`: 0 where people coded the document in another program and no machine has read it.
        """
        return self._rows(queries.machine_judgements)

    def judged_sentences(self) -> list[Row]:
        """List the segments that somebody is done with or has decided on, with what holds, for learning.

        Returns
        -------
        list of dict
            One per segment of current documents, by document id and position: document_id, document, position,
            segment_id, codebook (its name), is_done (somebody is: every code not given was turned down); JSON lists of
            code ids: by people's word accepted, rejected and pending (they differ or are unsure), of the machine's that
            nobody decided on auto and waiting; decided_with (JSON list of [code id, codebook id]).
        """
        return self._rows(queries.judged_sentences)

    def decided(self) -> list[Row]:
        """Count what holds by people's word in each document: document_id, outcome, is_suggested, codings.

        `outcome` is accepted, rejected or pending (they differ, or are unsure), `is_suggested` 1 where the machine
        suggests the codes too. Codes the codebook no longer has are left out.
        """
        return self._rows(queries.decided)

    def done(self, coder: str) -> dict[str, int]:
        """Count the segments a person is done with, by document id; documents without one are not in it."""
        rows = self._rows(queries.done_by_document, {"coder_id": coder_id("human", coder.strip())})
        return {row["document_id"]: row["segments"] for row in rows}

    def audit_waiting(self, coder: str) -> list[Row]:
        """List the drawn segments a person is not done with: document_id, position, stratum, is_done (by others)."""
        return self._rows(queries.audit_waiting, {"coder_id": coder_id("human", coder.strip())})

    def segment_ids(self, document_id: str) -> dict[int, int]:
        """Give the store's number of each segment of a current document, by position."""
        rows = self._rows(queries.segments_at, {"document_id": document_id})
        return {row["position"]: row["segment_id"] for row in rows}

    def assignments(self) -> dict[str, list[str]]:
        """Tell whom each document is assigned to: coders by document id."""
        given: dict[str, list[str]] = {}
        for row in self._rows(queries.assignments):
            given.setdefault(row["document_id"], []).append(row["coder"])
        return given

    def state(self) -> Row:
        """Counts that differ as soon as anything was decided, taken back or tagged."""
        return self._rows(queries.state)[0]

    # --- exchanging ----------------------------------------------------------------------------

    def export_actions(self) -> list[Row]:
        """Give all that people did, undone or not, in words every store of the study understands.

        Returns
        -------
        list of dict
            One per action, the oldest first: action_id, coder, kind, clock, made_utc, undone_utc (None = stands),
            verdicts (document_id, document, position, codebook_id, code_id, decision), looks (document_id, document,
            position, codebook_id, is_blind) and memo (document_id, document, position, codebook_id, code_id, text;
            None = no memo).
        """
        return read_actions(self._rows)

    def import_actions(self, actions: Sequence[Row], codebooks: Mapping[str, Codebook]) -> Received:
        """Add what people did elsewhere: nothing is overwritten, and what one store took back is taken back.

        Parameters
        ----------
        actions : sequence of dict
            As `export_actions` gives them, each once; `document` is not read. Their ids are taken as they are.
        codebooks : mapping of str to Codebook
            All that the actions name, by hash.

        Returns
        -------
        Received
            An action on a sentence that the store does not hold is not stored.
        """
        with self._writing():
            return write_actions(self._connection, self._rows, actions, codebooks)

    # --- steps ---------------------------------------------------------------------------------

    def _segment(self, place: Place) -> Row:
        found = self._rows(queries.decidable_segment, {"document_id": place.document_id, "position": place.position})
        if not found or not found[0]["is_coded"]:
            raise StoreError(
                f"Sentence {place.position} of document {place.document_id} is no respondent's sentence of a current, "
                "tagged document. Nothing was stored."
            )
        return found[0]

    def _codebook_id(self) -> str:
        newest = self._rows(queries.newest_run)
        if not newest:
            raise StoreError("The store holds no codebook yet. Tag your notes first: qualcode tag FILES")
        return str(newest[0]["codebook_id"])

    def _check_code(self, code: str, codebook_id: str, what: str) -> None:
        known = [row["code_id"] for row in self._rows(queries.codes_of, {"codebook_id": codebook_id})]
        if code not in known:
            raise StoreError(f'{what}: there is no code "{code}" in the codebook of the run. {nearest(code, known)}')

    def _verdict(self, decision: Decision, coder: str, kind: ActionKind) -> Row | None:
        """The row of a decision; None where it is the person's newest already."""
        segment = self._segment(decision.place)
        row = {"segment_id": segment["segment_id"], "codebook_id": segment["codebook_id"], "code_id": decision.code}
        self._check_code(decision.code, segment["codebook_id"], f"sentence {decision.place.position}")
        value = decision.decision
        if value in _YES:
            value = "accept" if self._rows(queries.suggested_code, row) else "add"
        sql = queries.own_adjudication if kind == "adjudicate" else queries.own_opinion
        before = self._rows(sql, {**row, "coder_id": coder})
        if before == [{"decision": value, "codebook_id": segment["codebook_id"]}]:
            return None
        return {**row, "decision": value, "place": decision.place}

    def _look(self, place: Place, coder: str, is_blind: bool, *, is_news: bool) -> Row | None:
        """The row of a look; None where the person is done with the sentence already and says nothing new of it."""
        segment = self._segment(place)
        row = {"segment_id": segment["segment_id"], "codebook_id": segment["codebook_id"], "is_blind": int(is_blind)}
        if not is_news and self._rows(queries.own_look, {**row, "coder_id": coder}):
            return None
        return {**row, "place": place}

    def _add(
        self,
        person: Mapping[str, str],
        kind: ActionKind,
        made_utc: str | None,
        *,
        verdicts: Sequence[Row] = (),
        looks: Sequence[Row] = (),
        memo: Row | None = None,
    ) -> str:
        """Write an action with its rows; its id."""
        (clock,) = self._connection.execute(queries.next_clock).fetchone()
        action = {"coder_id": person["coder_id"], "kind": kind, "clock": clock, "made_utc": made_utc or utc_now()}
        action_id = action_hash(
            action,
            [(*_named(v), v["code_id"], v["decision"]) for v in verdicts],
            [(*_named(look), look["is_blind"]) for look in looks],
            None if memo is None else (*_named(memo), memo["code_id"], memo["text"]),
        )
        self._connection.execute(queries.add_coder, person)
        self._connection.execute(queries.add_action, {**action, "action_id": action_id, "undone_utc": None})
        for sql, rows in ((queries.add_verdict, verdicts), (queries.add_look, looks)):
            for row in rows:
                self._connection.execute(sql, {**_plain(row), "action_id": action_id})
        if memo is not None:
            self._connection.execute(queries.add_memo, {**_plain(memo), "action_id": action_id})
        return action_id


def action_hash(action: Mapping[str, Any], verdicts: Iterable[Any], looks: Iterable[Any], memo: Any) -> str:
    """Id of an action: the same on every machine that holds it.

    Parameters
    ----------
    action : mapping
        coder_id, kind, clock, made_utc.
    verdicts : iterable of (document_id, position, codebook_id, code_id, decision)
    looks : iterable of (document_id, position, codebook_id, is_blind)
    memo : (document_id or None, position or None, codebook_id, code_id or None, text) or None
    """
    head = [action[name] for name in ("coder_id", "kind", "clock", "made_utc")]
    return content_hash("action", head, sorted(map(list, verdicts)), sorted(map(list, looks)), memo and list(memo))


def _named(row: Row) -> tuple[str | None, int | None, str]:
    """A place every store knows, and the codebook."""
    place = row["place"]
    return (place and place.document_id, None if place is None else place.position, row["codebook_id"])


def _plain(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "place"}


def _person(name: str) -> dict[str, str]:
    if not name.strip():
        raise ValueError(f"`coder` must name a person. Got {name!r} instead.")
    return {"coder_id": coder_id("human", name.strip()), "name": name.strip(), "kind": "human"}


def _among(segments: Sequence[int] | None) -> dict[str, str | None]:
    return {"segments": None if segments is None else json.dumps(list(segments))}
