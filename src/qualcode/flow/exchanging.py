"""Exchange of what people decided: a packet to send to others, and the packets of others taken in.

Stores that have exchanged all their packets say the same, in whatever order: actions are only added, the newest
decision of a person stands, and what one store took back is taken back.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..codebook import Codebook
from ..errors import SelectionError
from .packets import Packet, packet_bytes, read_packet
from .people import find_person
from .workspace import Workspace

if TYPE_CHECKING:
    from ..store import Received, Row, Store

PACKET_SUFFIXES = (".qcverdicts", ".json")


# --- export ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class VerdictExport:
    """A packet to be written.

    Attributes
    ----------
    content : bytes
        Of the file.
    coders : mapping of str to int
        Actions by name of the person.
    verdicts, looks, memos : int
        What they hold.
    left_out : int
        Further actions of the store, which do not fit or are notes.
    """

    content: bytes
    coders: Mapping[str, int]
    verdicts: int
    looks: int
    memos: int
    left_out: int


def export_verdicts(
    work: Workspace, out: Path, *, coder: str | None = None, since: str | None = None, memos: bool = True
) -> VerdictExport:
    """Make a packet of what people decided; the same store makes the same bytes.

    Parameters
    ----------
    work : Workspace
    out : Path
        Where it is to go; only its ending is looked at.
    coder : str or None
        None = everybody whose decisions the store holds.
    since : str or None
        ISO date, year-month or year: only what was done or taken back from then on.
    memos : bool
        With the notes, which are free text.

    Returns
    -------
    VerdictExport

    Raises
    ------
    SelectionError
        If there is nothing to export, the person or date is none, or the ending is another.
    """
    from ..store import Filter, Store

    if out.suffix.lower() not in PACKET_SUFFIXES:
        raise SelectionError(f"--out {out.name}: a packet ends in {' or '.join(PACKET_SUFFIXES)}.")
    with Store(work.store_path, read_only=True) as store:
        day = store.check_filter(Filter(since=since)).since or ""
        chosen = rows = store.verdicts.export_actions()
        if coder is not None and rows:
            person = find_person(coder, {row["coder"] for row in rows})
            chosen = [row for row in rows if row["coder"] == person]
        chosen = [row for row in chosen if (memos or not row["memo"]) and _is_since(row, day)]
        if not chosen:
            raise SelectionError("Nobody has decided anything that fits. What was done: qualcode undo --list")
        books = _codebooks(store, chosen)
    left_out = {row["action_id"] for row in rows} - {row["action_id"] for row in chosen}
    return VerdictExport(
        content=packet_bytes(chosen, books, left_out=left_out, source=str(work.store_path)),
        coders=Counter(row["coder"] for row in chosen),
        verdicts=sum(len(row["verdicts"]) for row in chosen),
        looks=sum(len(row["looks"]) for row in chosen),
        memos=sum(row["memo"] is not None for row in chosen),
        left_out=len(left_out),
    )


def _is_since(action: Row, day: str) -> bool:
    return any(time is not None and time[: len(day)] >= day for time in (action["made_utc"], action["undone_utc"]))


def _codebooks(store: Store, actions: Iterable[Row]) -> dict[str, Codebook]:
    return {key: store.codebook(key) for key in sorted({part["codebook_id"] for _, part in _parts(actions)})}


def _parts(actions: Iterable[Row]) -> Iterator[tuple[Row, Row]]:
    """Each verdict, look and memo with its action."""
    for action in actions:
        for part in (*action["verdicts"], *action["looks"], *([action["memo"]] if action["memo"] else [])):
            yield action, part


# --- import ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Conflict:
    """A code of a sentence on which a person said one thing here and another there.

    Attributes
    ----------
    document : str or None
        Name; None = a note on a code as such.
    position : int or None
        Of the sentence.
    code : str or None
        Name; None = a note on the sentence as such.
    coder_here, coder_there : str
        Who; two only where both settled a disagreement.
    here, there : str
        The newest of what only this store, and only the packet, held: a decision, or "note".
    is_there : bool
        What the packet says is newer, and stands.
    """

    document: str | None
    position: int | None
    code: str | None
    coder_here: str
    coder_there: str
    here: str
    there: str
    is_there: bool


@dataclass(frozen=True)
class ImportReport:
    """What a store took from packets.

    Attributes
    ----------
    coders : list of dict
        One per person with something new, by name: coder, actions, verdicts, looks, memos, undone (actions that stood
        here and are taken back now).
    known : int
        Actions that the store had already.
    waiting : mapping of str to int
        Actions that were not stored, by the name of a document that this store does not hold.
    other_versions : tuple of str
        Those of these documents that the store holds with other words.
    not_sent : int
        Further actions of the senders' stores, neither in the packets nor in this store.
    conflicts : tuple of Conflict
    differences : int
        Codes of sentences on which people differ now, and nobody has settled it.
    """

    coders: list[dict[str, Any]]
    known: int
    waiting: Mapping[str, int]
    other_versions: tuple[str, ...]
    not_sent: int
    conflicts: tuple[Conflict, ...]
    differences: int


def import_verdicts(work: Workspace, files: Sequence[Path]) -> ImportReport:
    """Take in packets: all of them or, if one is refused, none.

    Parameters
    ----------
    work : Workspace
    files : sequence of Path

    Returns
    -------
    ImportReport
        Empty where nothing is new.

    Raises
    ------
    PacketError
        For the first packet that cannot be used; then the store is as it was.
    """
    from ..store import Store

    packets = [read_packet(file) for file in files]
    with Store(work.store_path) as store, store.writing():
        store.back_up()
        taken = [_take(store, packet) for packet in packets]
        held = {row["action_id"] for row in store.verdicts.export_actions()}
        current = set(store.values("name"))
        differences = count_differences(store.verdicts.judgements(), store.verdicts.opinions())
    waiting: Counter[str] = Counter()
    for packet, (received, _) in zip(packets, taken, strict=True):
        waiting.update(packet.documents[one] for lacking in received.waiting.values() for one in lacking)
    return ImportReport(
        coders=_by_coder(packets, [received for received, _ in taken]),
        known=sum(len(received.known) for received, _ in taken),
        waiting=dict(sorted(waiting.items())),
        other_versions=tuple(sorted(current & waiting.keys())),
        not_sent=len({key for packet in packets for key in packet.left_out} - held),
        conflicts=tuple(conflict for _, found in taken for conflict in found),
        differences=differences,
    )


def _take(store: Store, packet: Packet) -> tuple[Received, list[Conflict]]:
    mine, theirs = store.verdicts.export_actions(), packet.rows
    received = store.verdicts.import_actions(theirs, packet.codebooks)
    stored = [action for action in theirs if action["action_id"] not in received.waiting]
    for _, part in _parts(stored):
        part["document"] = packet.documents.get(part["document_id"])
    return received, find_conflicts(mine, stored, packet.left_out, {**_codebooks(store, mine), **packet.codebooks})


def _by_coder(packets: Sequence[Packet], received: Sequence[Received]) -> list[dict[str, Any]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for packet, found in zip(packets, received, strict=True):
        new, undone = set(found.new), set(found.undone)
        for action in packet.actions:
            if action.action_id in new:
                kinds = {"verdicts": len(action.verdicts), "looks": len(action.looks), "memos": action.memo is not None}
                counts[action.coder].update(actions=1, **kinds)
            elif action.action_id in undone:
                counts[action.coder].update(undone=1)
    columns = ("actions", "verdicts", "looks", "memos", "undone")
    return [{"coder": coder, **{name: counts[coder][name] for name in columns}} for coder in sorted(counts)]


# --- what does not fit together ----------------------------------------------------------------


def find_conflicts(
    mine: Sequence[Row], theirs: Sequence[Row], left_out: Collection[str], codebooks: Mapping[str, Codebook]
) -> list[Conflict]:
    """Where the same person said one thing here and another there, neither knowing of the other.

    Parameters
    ----------
    mine, theirs : sequence of dict
        Actions of both sides, as `qualcode.store.Verdicts.export_actions` gives them.
    left_out : collection of str
        Ids of further actions that the other side has.
    codebooks : mapping of str to Codebook
        All that the actions name, by hash.

    Returns
    -------
    list of Conflict
        By document and position. What only one side holds is compared, undone actions apart; of adjudications it does
        not matter whose they are.
    """
    undone = {action["action_id"] for action in (*mine, *theirs) if action["undone_utc"] is not None}
    here, there = ({action["action_id"]: action for action in side} for side in (mine, theirs))
    known_there = {*there, *left_out, *undone}
    only_here = _newest([action for key, action in here.items() if key not in known_there], codebooks)
    only_there = _newest([action for key, action in there.items() if key not in {*here, *undone}], codebooks)
    found = []
    for key in only_here.keys() & only_there.keys():
        (first, a, part), (second, b, _) = only_here[key], only_there[key]
        if _word(a) != _word(b):
            code = part["code_id"] and codebooks[part["codebook_id"]].by_id[part["code_id"]].name
            found.append(
                Conflict(
                    document=part["document"],
                    position=part["position"],
                    code=code,
                    coder_here=first["coder"],
                    coder_there=second["coder"],
                    here="note" if part is first["memo"] else a,
                    there="note" if part is first["memo"] else b,
                    is_there=_age(second) > _age(first),
                )
            )
    return sorted(found, key=lambda c: (c.document or "", c.position or 0, c.code or "", c.coder_here))


def _newest(actions: Iterable[Row], codebooks: Mapping[str, Codebook]) -> dict[tuple[Any, ...], tuple[Row, str, Row]]:
    """The newest action on each thing that a person can say something of, with what it says, and where."""
    said: dict[tuple[Any, ...], tuple[Row, str, Row]] = {}
    for action, part in _parts(sorted(actions, key=_age)):
        word = part.get("decision", part.get("text"))
        if word is not None:
            person = None if action["kind"] == "adjudicate" else action["coder"]
            # As in the store: a memo is on the code of whatever codebook.
            book = None if "text" in part else codebooks[part["codebook_id"]].id
            said[("text" in part, person, part["document_id"], part["position"], book, part["code_id"])] = (
                action,
                word,
                part,
            )
    return said


def _age(action: Row) -> tuple[int, str]:
    return action["clock"], action["action_id"]


def _word(said: str) -> str:
    """Whether a code was added or accepted depends on what the machine said, not on the person."""
    return "accept" if said == "add" else said


def count_differences(judgements: Iterable[Mapping[str, Any]], opinions: Iterable[Mapping[str, Any]]) -> int:
    """Count the codes of sentences on which people differ, and nobody has settled it.

    Parameters
    ----------
    judgements, opinions : iterable of mapping
        As `qualcode.store.Verdicts` gives them.
    """
    settled = {(o["document_id"], o["position"], o["code"]) for o in opinions if o["is_adjudicated"]}
    by_place: dict[tuple[str, int], list[tuple[set[str], set[str], bool]]] = defaultdict(list)
    for row in judgements:
        given, judged = set(json.loads(row["codes"])), set(json.loads(row["judged"]))
        by_place[row["document_id"], row["position"]].append((given, judged, bool(row["looked"])))
    return sum(
        (*place, code) not in settled
        for place, people in by_place.items()
        for code in set().union(*(given for given, _, _ in people))
        if any(code not in given and (looked or code in judged) for given, judged, looked in people)
    )
