"""The file of a packet: what people decided, to be sent to others; written, and read as if a stranger had made it.

A packet is JSON: actions, the codebooks they were made with, names of documents, and a checksum. It holds no words of
a transcript. The same content makes the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from ..codebook import Codebook, Identifier
from ..errors import Fault, PacketError
from ..review import ActionKind, DecisionKind
from ..sealed_json import SealedKind, checksum, explain_field, read_sealed

if TYPE_CHECKING:
    from ..store import Row

PACKET = SealedKind(
    format="qualcode verdicts",
    version=1,
    noun="packet",
    command="qualcode verdicts export --out FILE",
    max_bytes=64_000_000,
    max_fields=200_000,
    error=PacketError,
)
MAX_FAULTS = 20
"""So many faults of a packet are named."""
_MANY = 200_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def _time(value: str) -> str:
    datetime.fromisoformat(value)
    return value


def _name(value: str) -> str:
    if not value or value != value.strip() or _CONTROL.search(value):
        raise ValueError("a name has no blanks around it and no control characters")
    return value


Key = Annotated[str, StringConstraints(pattern=r"^b2:[0-9a-f]{32}$")]
Position = Annotated[int, Field(strict=True, ge=0, le=10_000_000)]
Name = Annotated[str, StringConstraints(max_length=200), AfterValidator(_name)]
Line = Annotated[str, StringConstraints(max_length=2_000, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]
Time = Annotated[str, StringConstraints(max_length=40, pattern=r"^[0-9T :.+Z-]+$"), AfterValidator(_time)]
MemoText = Annotated[str, StringConstraints(max_length=100_000, pattern=r"^[^\x00]*$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PacketVerdict(_Part):
    """A decision on a code of a sentence."""

    document_id: Key
    position: Position
    codebook_id: Key
    code_id: Identifier
    decision: DecisionKind


class PacketLook(_Part):
    """A sentence somebody is done with."""

    document_id: Key
    position: Position
    codebook_id: Key
    is_blind: Annotated[bool, Field(strict=True)]


class PacketMemo(_Part):
    """A note; without a sentence it is on the code as such, without a code on the sentence as such."""

    document_id: Key | None
    position: Position | None
    codebook_id: Key
    code_id: Identifier | None
    text: MemoText


class PacketAction(_Part):
    """What a person did in one go."""

    action_id: Key
    coder: Name
    kind: ActionKind
    clock: Annotated[int, Field(strict=True, ge=1, le=10**12)]
    made_utc: Time
    undone_utc: Time | None
    verdicts: tuple[PacketVerdict, ...] = Field(max_length=_MANY)
    looks: tuple[PacketLook, ...] = Field(max_length=_MANY)
    memo: PacketMemo | None

    @property
    def parts(self) -> tuple[PacketVerdict | PacketLook | PacketMemo, ...]:
        """All it says."""
        return (*self.verdicts, *self.looks, *((self.memo,) if self.memo else ()))

    @property
    def content_id(self) -> str:
        """The id that its content has."""
        from ..store import action_hash, coder_id

        memo = self.memo
        return action_hash(
            {
                "coder_id": coder_id("human", self.coder),
                "kind": self.kind,
                "clock": self.clock,
                "made_utc": self.made_utc,
            },
            [(v.document_id, v.position, v.codebook_id, v.code_id, v.decision) for v in self.verdicts],
            [(look.document_id, look.position, look.codebook_id, int(look.is_blind)) for look in self.looks],
            memo and (memo.document_id, memo.position, memo.codebook_id, memo.code_id, memo.text),
        )


class Packet(_Part):
    """What is in the file.

    Attributes
    ----------
    format, version
        Of the file.
    sha256 : str
        Of all the rest, as `checksum` counts it.
    codebooks : dict of str to Codebook
        All that the actions name, by hash.
    documents : dict of str to str
        Names of the documents that the actions name, by id; for messages.
    left_out : tuple of str
        Ids of further actions that the sender's store has.
    actions : tuple of PacketAction
    """

    format: Literal["qualcode verdicts"]
    version: Literal[1]
    sha256: str
    codebooks: dict[Key, Codebook] = Field(max_length=100)
    documents: dict[Key, Line] = Field(max_length=_MANY)
    left_out: tuple[Key, ...] = Field(max_length=_MANY)
    actions: tuple[PacketAction, ...] = Field(max_length=_MANY)

    @property
    def rows(self) -> list[Row]:
        """The actions as `qualcode.store.Verdicts.import_actions` takes them."""
        return [action.model_dump() for action in self.actions]


# --- writing -----------------------------------------------------------------------------------


def packet_bytes(
    actions: Iterable[Row], codebooks: Mapping[str, Codebook], *, left_out: Iterable[str] = (), source: str = "store"
) -> bytes:
    """A packet as a file; the same content makes the same bytes.

    Parameters
    ----------
    actions : iterable of dict
        As `qualcode.store.Verdicts.export_actions` gives them.
    codebooks : mapping of str to Codebook
        All that the actions name, by hash.
    left_out : iterable of str
        Ids of further actions that the store has.
    source : str
        Whose content it is, for the message.

    Raises
    ------
    PacketError
        If the content would be refused where it is read.
    """
    chosen = sorted(actions, key=lambda action: (action["clock"], action["action_id"]))
    parts = [part for a in chosen for part in (*a["verdicts"], *a["looks"], *([a["memo"]] if a["memo"] else []))]
    names = {part["document_id"]: part["document"] for part in parts if part["document_id"] is not None}
    tree: dict[str, Any] = {
        "format": PACKET.format,
        "version": PACKET.version,
        "sha256": "",
        "codebooks": {key: book.model_dump(mode="json") for key, book in sorted(codebooks.items())},
        "documents": {key: _CONTROL.sub("\N{REPLACEMENT CHARACTER}", name) for key, name in sorted(names.items())},
        "left_out": sorted(left_out),
        "actions": [without_names(action) for action in chosen],
    }
    _checked(tree, source)
    tree["sha256"] = checksum(tree)
    return (json.dumps(tree, ensure_ascii=False, indent=1) + "\n").encode()


def without_names(action: Row) -> Row:
    """An action as a file holds it: documents by id, names once for all of them."""

    def plain(part: Row) -> Row:
        return {name: value for name, value in part.items() if name != "document"}

    verdicts, looks = ([plain(part) for part in action[name]] for name in ("verdicts", "looks"))
    return {**action, "verdicts": verdicts, "looks": looks, "memo": action["memo"] and plain(action["memo"])}


# --- reading -----------------------------------------------------------------------------------


def read_packet(path: Path) -> Packet:
    """Read a packet, and check all of it.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Packet

    Raises
    ------
    PacketError
        If it is too large, no packet, of a newer qualcode, damaged or changed; with field, and up to 20 faults.
    """
    return _checked(read_sealed(path, PACKET), str(path))


# --- checking ----------------------------------------------------------------------------------


def _checked(tree: Mapping[str, Any], source: str) -> Packet:
    try:
        packet = Packet.model_validate(tree)
    except ValidationError as error:
        found = error.errors(include_url=False)[:MAX_FAULTS]
        raise PacketError(Fault(source, 0, explain_field(detail, PACKET.noun)) for detail in found) from error
    faults = [Fault(source, 0, message) for message in islice(_faults(packet), MAX_FAULTS)]
    if faults:
        raise PacketError(faults)
    return packet


def _faults(packet: Packet) -> Iterator[str]:
    """What does not fit together."""
    codes: dict[str, set[str]] = {}
    for key, book in packet.codebooks.items():
        codes[key] = set(book.by_id)
        if book.hash != key:
            yield f"codebooks.{key}: codebook {book.id} {book.version} is another than its hash says; it was changed."
        lists = ([code.id for code in book.codes], [c.number for c in book.codes], [c.id for c in book.categories])
        if any(len(set(values)) < len(values) for values in lists):
            yield f"codebooks.{key}: a code or category of {book.id} {book.version} is there twice."
    seen: set[str] = set()
    for place, action in enumerate(packet.actions):
        where = f"actions[{place}] ({action.kind} of {action.coder}, {action.made_utc})"
        if action.content_id != action.action_id:
            yield f"{where} says something else than its id: it was changed after it was made."
        if action.action_id in seen:
            yield f"{where} is there twice."
        seen.add(action.action_id)
        yield from (f"{where} {fault}." for fault in _action_faults(action, packet, codes))


def _action_faults(action: PacketAction, packet: Packet, codes: Mapping[str, set[str]]) -> Iterator[str]:
    if (action.kind == "memo") != (action.memo is not None) or (action.memo and len(action.parts) > 1):
        yield "must hold a memo and nothing else if it is of kind memo, and none if it is not"
    if not action.parts:
        yield "says nothing"
    for name, keys in (
        ("verdicts", [(v.document_id, v.position, v.code_id) for v in action.verdicts]),
        ("looks", [(look.document_id, look.position) for look in action.looks]),
    ):
        if len(set(keys)) < len(keys):
            yield f"has {name} of the same place twice"
    for part in action.parts:
        code = getattr(part, "code_id", None)
        if part.codebook_id not in codes:
            yield f"names codebook {part.codebook_id}, which is not in the packet"
        elif code is not None and code not in codes[part.codebook_id]:
            yield f"names code {code}, which is not in its codebook"
        if (part.document_id is None) != (part.position is None) or (part.document_id is None and code is None):
            yield "has a memo on nothing"
        if part.document_id is not None and part.document_id not in packet.documents:
            yield f"names document {part.document_id}, which is not among the documents"
