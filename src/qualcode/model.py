"""The words of the project as frozen dataclasses, and the rules for offsets.

One word means one thing (the table is in ``docs/glossary.md``, generated from here). Every room
speaks in these objects; nothing here reads a file, imports a heavy library or knows a room.

**Offsets.** ``start`` and ``end`` count Unicode code points of ``Document.text``, half-open, so
``document.text[segment.start:segment.end]`` is the segment, always. Newlines in ``Document.text``
are LF; nothing else of the source's words is changed.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Literal

Kind = Literal["interview", "workshop", "report", "survey"]
Role = Literal["respondent", "interviewer", "facilitator", "note", "heading"]
BlockStyle = Literal["paragraph", "line", "bullet", "heading", "caption", "row", "header"]
Status = Literal["auto", "pending"]
CoderKind = Literal["human", "rules", "model"]

KINDS: tuple[Kind, ...] = ("interview", "workshop", "report", "survey")
ROLES: tuple[Role, ...] = ("respondent", "interviewer", "facilitator", "note", "heading")
ATTRIBUTES = ("region", "country", "stakeholder_group", "kind", "date", "language")
ALL_ATTRIBUTES = (*ATTRIBUTES, "topics_asked")
"""What may be said of a document; only `ATTRIBUTES` choose and group documents."""
REQUIRED_ATTRIBUTES = ("region",)

CODED_ROLES: frozenset[Role] = frozenset({"respondent"})
"""Only these roles are coded and counted; the others are kept, shown and searchable."""

_WORD = re.compile(r"\w[\w'’\-./]*")


def count_words(text: str) -> int:
    """Number of words: runs that begin with a letter or digit; "1.9", "don't", "GDPR-like" are one.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    int
        0 or more.

    Examples
    --------
    >>> count_words("We don't pay 1.9 million … [laughs]")
    6
    """
    return sum(1 for _ in _WORD.finditer(text))


def content_hash(*parts: object) -> str:
    """Stable id of some content: ``b2:`` and 32 hexadecimal digits of BLAKE2b.

    Parameters
    ----------
    *parts : object
        Anything JSON can hold; the order counts, key order in mappings does not.

    Returns
    -------
    str
        The same on every machine and in every run.

    Examples
    --------
    >>> content_hash("a", {"x": 1, "y": 2}) == content_hash("a", {"y": 2, "x": 1})
    True
    """
    packed = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "b2:" + hashlib.blake2b(packed.encode("utf-8"), digest_size=16).hexdigest()


@dataclass(frozen=True)
class Attributes:
    """What is known of a document beside its words; None = not known.

    Attributes
    ----------
    region, country, stakeholder_group : str or None
        As the study names them.
    kind : {"interview", "workshop", "report", "survey"} or None
        Decides how the document is read and tagged.
    date : str or None
        ISO date, or year-month, or year.
    language : str or None
        ISO 639-1 code.
    topics_asked : tuple of str or None
        Codes and categories the document's people were asked about, as the study writes them (number, id or
        name); None = about everything.
    """

    region: str | None = None
    country: str | None = None
    stakeholder_group: str | None = None
    kind: Kind | None = None
    date: str | None = None
    language: str | None = None
    topics_asked: tuple[str, ...] | None = None

    def filled_from(self, other: Attributes) -> Attributes:
        """These attributes, with each unknown one taken from `other`."""
        mine, theirs = asdict(self), asdict(other)
        return Attributes(**{k: mine[k] if mine[k] is not None else theirs[k] for k in mine})

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the required attributes that are not known."""
        return tuple(name for name in REQUIRED_ATTRIBUTES if getattr(self, name) is None)


@dataclass(frozen=True)
class Block:
    """A stretch of `Document.text` as its format marks it, before anyone asks who speaks.

    Attributes
    ----------
    start, end : int
        Code points, half-open, without surrounding blanks; blocks are in order and disjoint.
    style : {"paragraph", "line", "bullet", "heading", "caption", "row", "header"}
        `line` = one line of plain text (may be hard-wrapped: whether it continues the line before
        is decided in `segment`); `caption` = a cue of a subtitle file, sentences may run on into
        the next; `row` = a table row; `header` = practical matter (file header, fact table),
        nobody's talk.
    speaker : str or None
        Where the format itself names the speaker (VTT voice, CSV column).
    time : str or None
        Time stamp as written, where the format itself gives it.
    bold : int
        How many code points at the start of the block are bold (docx, Markdown), else 0.
    """

    start: int
    end: int
    style: BlockStyle
    speaker: str | None = None
    time: str | None = None
    bold: int = 0


@dataclass(frozen=True)
class Document:
    """One source text with its attributes.

    Attributes
    ----------
    name : str
        Path relative to the folder the researcher named, with ``/``; the document's stable name.
    text : str
        The words as the source holds them, newlines unified to LF.
    blocks : tuple of Block
        The text's layout; ``text`` outside of every block is markup or blank.
    attributes : Attributes
        Region, country ... as known so far.
    format : str
        File ending without the dot, lower case.
    encoding : str
        Encoding the bytes were decoded with ("utf-8", "cp1252" ...); "xml" style formats say "utf-8".
    encoding_guessed : bool
        True when the encoding was not certain (neither a BOM nor valid UTF-8 nor given).
    source_hash : str
        ``sha256:`` and the hexadecimal digest of the file's bytes.
    left_out : tuple of str
        What the reader did not take over, with counts ("2 images").
    read_as : tuple of str
        What the reader chose where it could choose otherwise ("columns: text = Answer (guessed)"); shown, not kept.
    """

    name: str
    text: str
    blocks: tuple[Block, ...]
    attributes: Attributes = Attributes()
    format: str = "txt"
    encoding: str = "utf-8"
    encoding_guessed: bool = False
    source_hash: str = ""
    left_out: tuple[str, ...] = ()
    read_as: tuple[str, ...] = ()


@dataclass(frozen=True)
class Turn:
    """An uninterrupted stretch by one speaker.

    Attributes
    ----------
    position : int
        0-based order in the document.
    start, end : int
        Code points into `Document.text`, half-open; the label ("Interviewer:") is not part of it.
    speaker : str or None
        As written in the source; None when nobody is named.
    role : {"respondent", "interviewer", "facilitator", "note", "heading"}
        `note` = words that are nobody's talk (practical headers, editor's remarks).
    time : str or None
        Time stamp as written.
    heading : str or None
        The last heading above the turn (workshop topics).
    """

    position: int
    start: int
    end: int
    speaker: str | None
    role: Role
    time: str | None = None
    heading: str | None = None


@dataclass(frozen=True)
class Segment:
    """The unit of coding: one sentence of one turn.

    Attributes
    ----------
    position : int
        0-based order in the document.
    turn : int
        Position of its turn.
    start, end : int
        Code points into `Document.text`, half-open.
    text : str
        ``document.text[start:end]``.
    words : int
        `count_words` of the text.
    """

    position: int
    turn: int
    start: int
    end: int
    text: str
    words: int


@dataclass(frozen=True)
class Transcript:
    """A document cut into turns and segments; what the taggers read and the store keeps.

    Attributes
    ----------
    document : Document
    turns : tuple of Turn
        In order, disjoint.
    segments : tuple of Segment
        In order, disjoint, each inside its turn. Every turn with words has at least one.
    """

    document: Document
    turns: tuple[Turn, ...]
    segments: tuple[Segment, ...]

    @cached_property
    def document_id(self) -> str:
        """Content hash of the name, the text and who speaks where.

        A changed file or a changed role is a new document version; attributes are not part of it.
        """
        turns = [(t.start, t.end, t.speaker, t.role) for t in self.turns]
        segments = [(s.start, s.end) for s in self.segments]
        return content_hash(self.document.name, self.document.text, turns, segments)

    def question_before(self, turn: int) -> str:
        """What was asked last before a turn, or the heading it stands under; "" where nothing was."""
        for earlier in reversed(self.turns[:turn]):
            if earlier.role in ("interviewer", "facilitator", "heading"):
                return " ".join(self.document.text[earlier.start : earlier.end].split())
        return ""

    def is_coded(self, segment: Segment) -> bool:
        """Whether the segment may carry codings (respondents' words only)."""
        return self.turns[segment.turn].role in CODED_ROLES


@dataclass(frozen=True)
class Evidence:
    """One reason for a coding.

    Attributes
    ----------
    source : str
        What spoke: "cue", "sentence", "window", "words", "question", "turn", "veto" ...
    detail : str
        Which one, in words a researcher understands (the cue, the question asked).
    start, end : int or None
        Where in `Document.text` the words stand; None when no words of the text are meant.
    weight : float
        Positive speaks for the coding, negative against; scale depends on `source`.
    """

    source: str
    detail: str
    start: int | None = None
    end: int | None = None
    weight: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Plain mapping for JSON, without what is None, weight rounded to 4 digits."""
        plain = {k: v for k, v in asdict(self).items() if v is not None}
        plain["weight"] = round(self.weight, 4)
        return plain


@dataclass(frozen=True)
class Score:
    """What a tagger thinks of one segment, before thresholds.

    Attributes
    ----------
    segment : int
        Position of the segment.
    probabilities : dict of str to float
        For every code id of the codebook, 0-1, calibrated; codes do not exclude each other.
    none : float
        Probability that no code applies, 0-1.
    evidence : dict of str to tuple of Evidence
        For the codes that have any.
    intense : bool
        The segment holds an intensity marker of the codebook.
    """

    segment: int
    probabilities: dict[str, float]
    none: float
    evidence: dict[str, tuple[Evidence, ...]] = field(default_factory=dict)
    intense: bool = False


@dataclass(frozen=True)
class Coding:
    """A coder gives a segment a code, with probability and evidence.

    Attributes
    ----------
    segment : int
        Position of the segment in its document.
    code : str
        Code id.
    probability : float
        0-1, calibrated.
    status : {"auto", "pending"}
        `auto` counts in the tables; `pending` waits for a person and is reported apart.
    intense : bool
        The segment holds an intensity marker.
    evidence : tuple of Evidence
    """

    segment: int
    code: str
    probability: float
    status: Status
    intense: bool = False
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Thresholds:
    """Where a coding counts and where it waits.

    Attributes
    ----------
    auto : float
        Probability from which a coding counts, 0-1.
    review : float
        Probability from which a coding waits for a person, 0-1, at most `auto`.
    """

    auto: float
    review: float

    def status(self, probability: float) -> Status | None:
        """`auto`, `pending`, or None below `review`."""
        if probability >= self.auto:
            return "auto"
        return "pending" if probability >= self.review else None
