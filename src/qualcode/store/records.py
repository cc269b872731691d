"""What goes into the store and what comes out, where plain rows are not enough.

`RunRecord` and `TaggedDocument` in; `SavedRun`, `KnownDocument` and `StoreCounts` out; `Filter` says
which rows a reading method returns.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ..model import ATTRIBUTES, Attributes, CoderKind, Coding, Transcript, content_hash

_NAMES = uuid.uuid5(uuid.NAMESPACE_URL, "qualcode")
"""Namespace of the ids made from names; never changes, so that two machines agree."""


def coder_id(kind: str, name: str) -> str:
    """Id of a coder: the same on every machine.

    Examples
    --------
    >>> coder_id("model", "hybrid.v2") == coder_id("model", "hybrid.v2")
    True
    """
    return str(uuid.uuid5(_NAMES, f"{kind}:{name}"))


@dataclass(frozen=True)
class RunRecord:
    """One tagging pass: who codes, with what.

    Attributes
    ----------
    coder : str
        Name with version ("hybrid.v2").
    coder_kind : {"human", "rules", "model"}
    qualcode_version : str
        Version of the program.
    started_utc : str
        ISO 8601.
    model_hash : str or None
        Content hash of the trained model; None = none is used.
    settings : mapping of str to JSON values
        Everything else that can change a coding (thresholds ...).
    seed : int or None
        None = nothing is random.
    finished_utc : str or None
        ISO 8601; None = the time when the store has taken the last document.
    """

    coder: str
    coder_kind: CoderKind
    qualcode_version: str
    started_utc: str
    model_hash: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    finished_utc: str | None = None

    def run_hash(self, codebook_id: str, facets_id: str | None = None) -> str:
        """Content hash of all but the times: the same coder and settings are the same run."""
        return content_hash(
            self.coder_kind,
            self.coder,
            codebook_id,
            self.model_hash,
            dict(self.settings),
            self.seed,
            self.qualcode_version,
            *((facets_id,) if facets_id else ()),  # not None: runs from before facets keep their hash
        )


@dataclass(frozen=True)
class TaggedDocument:
    """A document with its codings, ready to be kept.

    Attributes
    ----------
    transcript : Transcript
    codings : tuple of Coding
        At most one per segment and code, on respondents' segments only.
    reading_hash : str
        Hash of all that decided how the file was read; compared by `KnownDocument.reading_hash`.
    facets : tuple of Coding
        Likewise, with the id of a facet as code; all count, whatever their status.
    intense : tuple of int
        Positions of all respondents' segments with an intensity marker, coded or not.
    """

    transcript: Transcript
    codings: tuple[Coding, ...]
    reading_hash: str
    facets: tuple[Coding, ...] = ()
    intense: tuple[int, ...] = ()


@dataclass(frozen=True)
class SavedRun:
    """What a run wrote, in counts.

    Attributes
    ----------
    run_id : int or None
        None when there was no document, so no run.
    new, changed, unchanged : int
        Documents: unknown name, known name with other words or speakers, the same words as before.
    segments, words : int
        Respondents' sentences and words of these documents.
    auto, pending : int
        Codings of these documents, by status.
    """

    run_id: int | None
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    segments: int = 0
    words: int = 0
    auto: int = 0
    pending: int = 0

    @property
    def documents(self) -> int:
        """All documents of the run."""
        return self.new + self.changed + self.unchanged


@dataclass(frozen=True)
class KnownDocument:
    """What the store knows of a current document, to decide whether to tag it again.

    Attributes
    ----------
    document_id, reading_hash : str
    attributes : Attributes
    codebook_id, model_hash, coder : str or None
        Of the newest run over the document; None = no run (or no model).
    settings : dict of str to JSON values
        Of that run; empty when there is none.
    facets_id : str or None
        Of that run; None = facets were not looked for.
    """

    document_id: str
    reading_hash: str
    attributes: Attributes
    codebook_id: str | None
    model_hash: str | None
    coder: str | None
    settings: dict[str, Any]
    facets_id: str | None = None


def attributes_of(row: Mapping[str, Any]) -> Attributes:
    """The attributes in a row of documents."""
    topics = row["topics_asked"]
    return Attributes(
        **{name: row[name] for name in ATTRIBUTES}, topics_asked=None if topics is None else tuple(json.loads(topics))
    )


@dataclass(frozen=True)
class AuditDraw:
    """A sentence drawn at random, for a person to look at.

    Attributes
    ----------
    document : str
        Name of a current document.
    position : int
        Of a respondents' segment in it.
    stratum : str
        The part of the run's segments it was drawn from.
    chance : float
        With which it was drawn, in all draws so far; above 0, at most 1.
    """

    document: str
    position: int
    stratum: str
    chance: float


@dataclass(frozen=True)
class StoreCounts:
    """How much the store holds; current documents and codings only.

    Attributes
    ----------
    documents, words, segments : int
        Documents; respondents' words and sentences in them.
    coded_segments : int
        Segments with at least one coding that counts.
    auto, accepted, pending : int
        Codings by status.
    rejected : int
        Suggestions of the machine that people turned down.
    expected_wrong, variance_wrong : float
        Of the codings that count: how many are wrong if each is right with its probability, independently;
        mean and variance of that number.
    undone_runs, undone_imports : int
        Runs of taggers, and imports, that were taken back.
    """

    documents: int
    words: int
    segments: int
    coded_segments: int
    auto: int
    pending: int
    accepted: int = 0
    rejected: int = 0
    expected_wrong: float = 0.0
    variance_wrong: float = 0.0
    undone_runs: int = 0
    undone_imports: int = 0


@dataclass(frozen=True)
class Filter:
    """Which documents and codings a reading method returns; None or empty = all.

    Attributes
    ----------
    region, country, stakeholder_group, kind : str or None
        Attribute of the document.
    code : sequence of str
        Code ids; in `Store.check_filter` also numbers and names. Kept as a tuple; one alone may be given
        as it is.
    category : sequence of str
        Category ids; in `Store.check_filter` also names. Likewise.
    coder : str or None
        Name of who coded.
    since : str or None
        ISO date, year-month or year. A document with a coarser date is kept when it may be as late;
        one without a date is not.
    status : {"auto", "accepted", "pending", "counted"} or None
        "counted" = auto or accepted.

    Examples
    --------
    >>> Filter(code="reimbursement").code
    ('reimbursement',)
    """

    region: str | None = None
    country: str | None = None
    stakeholder_group: str | None = None
    kind: str | None = None
    code: str | int | Sequence[str | int] | None = ()
    category: str | Sequence[str] | None = ()
    coder: str | None = None
    since: str | None = None
    status: Literal["auto", "accepted", "pending", "counted"] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "code", as_tuple(self.code))
        object.__setattr__(self, "category", as_tuple(self.category))

    def parameters(self) -> dict[str, str | None]:
        """Named parameters of the queries; lists as JSON."""
        plain: dict[str, Any] = asdict(self)
        for name in ("code", "category"):
            plain[name] = json.dumps(plain[name]) if plain[name] else None
        return plain


def as_tuple(given: str | int | Sequence[str | int] | None) -> tuple[str, ...]:
    """One value, several, or none, as a tuple of text.

    Examples
    --------
    >>> as_tuple(5), as_tuple(["5", 6]), as_tuple(None)
    (('5',), ('5', '6'), ())
    """
    several = (given,) if isinstance(given, str | int) else given or ()
    return tuple(str(one) for one in several)
