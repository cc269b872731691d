"""A share: the counts of one region, to be pooled with those of other teams; no text, no names.

In: what `flow` counted, or a file. Out: the file's bytes, or the checked `Share`. A share is JSON, written with its
keys in order and a checksum inside: the same content makes the same bytes. It is read as if a stranger had made it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from .errors import Fault, ShareError
from .sealed_json import SealedKind, checksum, explain_field, read_sealed

SHARE = SealedKind(
    format="qualcode share",
    version=1,
    noun="share",
    command="qualcode share --region NAME --out FILE.qcshare",
    max_bytes=32_000_000,
    max_fields=50,
    error=ShareError,
)
SUFFIX = ".qcshare"
MAX_FAULTS = 20
"""So many faults of a share are named."""
_MANY = 100_000
_DOCUMENTS = 10_000
_CODES = 1_000
_CELLS = 250_000
_GROUP_CELLS = 20_000
"""Documents, and values of an attribute, times codes: tables of more would fill the memory, and no study has them."""
_NO_NAMES = ("(missing)", "(withheld)")
"""What tables call documents without an attribute."""

Part = Literal["counted", "pending", "machine"]
"""What counts, what waits for a person, and what the machine alone says."""
Attribute = Literal["country", "stakeholder_group", "kind", "language"]
ATTRIBUTES: tuple[Attribute, ...] = ("stakeholder_group", "language", "kind", "country")
"""What a share says of a document beside its region, in the order in which it is withheld."""


def _name(value: str) -> str:
    if not value or value != value.strip() or any(ord(c) < 32 or 127 <= ord(c) < 160 for c in value):
        raise ValueError("a name has no blanks around it and no control characters")
    if value in _NO_NAMES:
        raise ValueError("that is what tables call documents without one")
    return value


Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
Unit = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Name = Annotated[str, StringConstraints(max_length=300), AfterValidator(_name)]
Month = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}(-(0[1-9]|1[0-2]))?$")]
Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Version = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}$")]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]
Count = Annotated[int, Field(strict=True, ge=0, le=10**9)]
Proportion = Annotated[float, Field(strict=True, ge=0, le=1)]
Number = Annotated[float, Field(strict=True, ge=-1e12, le=1e12)]


class _Piece(BaseModel):
    # Of a list the first fault is told alone (fail_fast): those of a million would fill the memory.
    model_config = ConfigDict(extra="forbid", frozen=True)


class SharedCode(_Piece):
    """A code without its definition."""

    id: Unit
    number: Annotated[int, Field(strict=True, ge=1, le=10**6)]
    name: Name
    colour: Colour


class SharedCategory(_Piece):
    """A category without its definition."""

    id: Unit
    name: Name
    colour: Colour
    codes: tuple[SharedCode, ...] = Field(min_length=1, max_length=_CODES, fail_fast=True)


class SharedCodebook(_Piece):
    """What tables need of a codebook, and the hash of all of it."""

    id: Unit
    title: Name
    version: Version
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
    hash: Annotated[str, StringConstraints(pattern=r"^b2:[0-9a-f]{32}$")]
    categories: tuple[SharedCategory, ...] = Field(min_length=1, max_length=_CODES, fail_fast=True)

    @property
    def category_of(self) -> dict[str, str]:
        """Category id by code id."""
        return {code.id: category.id for category in self.categories for code in category.codes}


class SharedRun(_Piece):
    """What coded documents of the region, and when; people of another program are called "people"."""

    coder: Name
    is_machine: Annotated[bool, Field(strict=True)]
    model_hash: Name | None
    auto: Proportion | None
    review: Proportion | None
    documents: Count
    day: Day


class SharedDocument(_Piece):
    """A document: salted id, attributes, size, what it was asked about (None = everything).

    An attribute named in `withheld` is None because it is withheld, another one because it is not known.
    """

    id: Id
    country: Name | None
    stakeholder_group: Name | None
    kind: Name | None
    language: Name | None
    withheld: tuple[Attribute, ...] = Field(max_length=len(ATTRIBUTES), fail_fast=True)
    words: Count
    segments: Count
    asked: tuple[Unit, ...] | None = Field(max_length=_CODES, fail_fast=True)


class SharedCount(_Piece):
    """How much a document says on a code, or a category.

    Attributes
    ----------
    document : int
        Its place in `Share.documents`.
    unit : str
        Id of the code or category.
    segments, words, intense : int
    order : int
        0 = what the document comes to first; codes that begin in one segment have the same. Withheld codes are not
        in the order. 0 for what waits.
    """

    document: Count
    unit: Unit
    segments: Count
    words: Count
    intense: Count
    order: Count


class SharedCounts(_Piece):
    """Counts of one level by part. `machine` None = as `counted`: nobody decided anything."""

    counted: tuple[SharedCount, ...] = Field(max_length=_MANY, fail_fast=True)
    pending: tuple[SharedCount, ...] = Field(max_length=_MANY, fail_fast=True)
    machine: tuple[SharedCount, ...] | None = Field(max_length=_MANY, fail_fast=True)


class Withheld(_Piece):
    """A code whose counts of one part are not told, and between which numbers of documents they lie."""

    part: Part
    code: Unit
    least: Count
    most: Count


class SharedStratum(_Piece):
    """A part of the sentences: how many were drawn at random, and how many of these a person judged.

    Where something is withheld there is one part only, the region.
    """

    name: Name
    drawn: Count
    judged: Count


class SharedError(_Piece):
    """Words by which the machine is off on a code (category) of a document, weighed up to all its sentences."""

    document: Count
    unit: Unit
    words: Number


class SharedEstimate(_Piece):
    """A share with its 95 % interval, 0-1; None = undefined."""

    value: Number | None
    low: Number | None
    high: Number | None


class SharedAudit(_Piece):
    """What a person found in the sentences drawn at random.

    Attributes
    ----------
    strata : tuple of SharedStratum
    judged : tuple of int
        Judged sentences of each document.
    blind : tuple of int
        Places of documents with a sentence of a stratum of which nothing is judged; all, where something is withheld.
    codes, categories : tuple of SharedError
        Empty where something is withheld.
    accuracy : dict of str to SharedEstimate
        Precision, recall and F1 over all codes; empty where something is withheld.
    """

    strata: tuple[SharedStratum, ...] = Field(max_length=1000, fail_fast=True)
    judged: tuple[Count, ...] = Field(max_length=_MANY, fail_fast=True)
    blind: tuple[Count, ...] = Field(max_length=_MANY, fail_fast=True)
    codes: tuple[SharedError, ...] = Field(max_length=_MANY, fail_fast=True)
    categories: tuple[SharedError, ...] = Field(max_length=_MANY, fail_fast=True)
    accuracy: dict[Literal["precision", "recall", "f1"], SharedEstimate]

    @property
    def waiting(self) -> int:
        """Sentences drawn that nobody has judged."""
        return sum(stratum.drawn - stratum.judged for stratum in self.strata)


class SharedAgreement(_Piece):
    """How far people agree on a code; None = undefined."""

    code: Unit
    coders: Count
    units: Count
    documents: Count
    percent: Number | None
    kappa: Number | None
    alpha: Number | None
    ac1: Number | None


class Share(_Piece):
    """What is in the file.

    Attributes
    ----------
    format, version
        Of the file.
    sha256 : str
        Of all the rest, as `checksum` counts it.
    region : str
    smallest : int
        What fewer documents have is withheld; 1 = nothing is.
    qualcode_version : str
    codebook : SharedCodebook
    runs : tuple of SharedRun
    months : tuple of str
        Year and month of the first and the last dated document; empty where none is dated.
    decided : dict of str to int
        Codings that people accepted, added, rejected, left open; empty where something is withheld.
    documents : tuple of SharedDocument
        In the order of `qualcode.aggregate.documents_frame`.
    codes, categories : SharedCounts
        A category counts its codes that are not withheld.
    withheld : tuple of Withheld
    audit : SharedAudit or None
    agreement : tuple of SharedAgreement
    """

    format: Literal["qualcode share"]
    version: Literal[1]
    sha256: str
    region: Name
    smallest: Annotated[int, Field(strict=True, ge=1, le=1000)]
    qualcode_version: Name
    codebook: SharedCodebook
    runs: tuple[SharedRun, ...] = Field(max_length=_MANY, fail_fast=True)
    months: tuple[Month, ...] = Field(max_length=2, fail_fast=True)
    decided: dict[Literal["accepted", "added", "rejected", "pending"], Count]
    documents: tuple[SharedDocument, ...] = Field(min_length=1, max_length=_DOCUMENTS, fail_fast=True)
    codes: SharedCounts
    categories: SharedCounts
    withheld: tuple[Withheld, ...] = Field(max_length=_MANY, fail_fast=True)
    audit: SharedAudit | None
    agreement: tuple[SharedAgreement, ...] = Field(max_length=_CODES + 1, fail_fast=True)

    def hidden(self, part: Part) -> set[str]:
        """Ids of the codes whose counts of a part are withheld."""
        return {one.code for one in self.withheld if one.part == part}


# --- writing -----------------------------------------------------------------------------------


def make_share(content: Mapping[str, Any], *, source: str = "store") -> Share:
    """Check content, and put format and checksum to it.

    Parameters
    ----------
    content : mapping
        All fields of `Share` but `format`, `version` and `sha256`.
    source : str
        Whose content it is, for the message.

    Raises
    ------
    ShareError
        If it would be refused where it is read.
    """
    tree = {**content, "format": SHARE.format, "version": SHARE.version, "sha256": ""}
    plain = _checked(tree, source).model_dump(mode="json")
    return _checked({**plain, "sha256": checksum(plain)}, source)


def share_bytes(share: Share) -> bytes:
    """The file of a share; the same share makes the same bytes."""
    return (json.dumps(share.model_dump(mode="json"), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


# --- reading -----------------------------------------------------------------------------------


def read_share(path: Path) -> Share:
    """Read a share, and check all of it.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Share

    Raises
    ------
    ShareError
        If it is too large, no share, of a newer qualcode, damaged or changed; with field, and up to 20 faults.
    """
    return _checked(read_sealed(path, SHARE), str(path))


# --- checking ----------------------------------------------------------------------------------


def _checked(tree: Mapping[str, Any], source: str) -> Share:
    try:
        share = Share.model_validate(tree)
    except ValidationError as error:
        found = [one for one in error.errors(include_url=False) if not (one["type"] == "too_short" and one["input"])]
        raise ShareError(
            Fault(source, 0, explain_field(detail, SHARE.noun)) for detail in found[:MAX_FAULTS]
        ) from error
    faults = [Fault(source, 0, message) for message in islice(_faults(share), MAX_FAULTS)]
    if faults:
        raise ShareError(faults)
    return share


def _faults(share: Share) -> Iterator[str]:
    """What does not fit together."""
    codes = [code for category in share.codebook.categories for code in category.codes]
    named = {"codes": [code.id for code in codes], "categories": [c.id for c in share.codebook.categories]}
    ids = [document.id for document in share.documents]
    for values in (*named.values(), [str(code.number) for code in codes], ids):
        if len(set(values)) < len(values):
            yield "a code, category or document is there twice."
    for level, counts in (("codes", share.codes), ("categories", share.categories)):
        for part in ("counted", "pending", "machine"):
            rows = getattr(counts, part) or ()
            yield from (f"{level}.{part}[{n}] {said}" for n, said in _count_faults(share, rows, set(named[level])))
    if len(codes) * len(ids) > _CELLS:
        yield f"documents: {len(ids):,} documents and {len(codes):,} codes are more than any study has."
    for name in ATTRIBUTES:
        groups = {getattr(document, name) for document in share.documents}
        if len(groups) * len(codes) > _GROUP_CELLS:
            yield f"documents: {len(groups):,} kinds of {name} and {len(codes):,} codes are more than any study has."
    for number, document in enumerate(share.documents):
        if any(getattr(document, name) is not None for name in document.withheld):
            yield f"documents[{number}] tells an attribute that it withholds."
    yield from _withheld_faults(share, set(named["codes"]))
    if share.audit:
        yield from _audit_faults(share, share.audit, named)
    asked = {code for document in share.documents for code in document.asked or ()} - set(named["codes"])
    yield from (f"documents: {code} is no code of the codebook." for code in sorted(asked))
    agreed = {one.code for one in share.agreement} - {*named["codes"], "all"}
    yield from (f"agreement: {code} is no code of the codebook." for code in sorted(agreed))


def _withheld_faults(share: Share, known: set[str]) -> Iterator[str]:
    told: dict[Part, set[str]] = {
        part: {row.unit for row in getattr(share.codes, part) or ()} for part in get_args(Part)
    }
    seen: set[tuple[Part, str]] = set()
    for one in share.withheld:
        if one.code not in known or one.least > one.most:
            yield f"withheld: {one.code} is no code of the codebook, or its bounds are turned round."
        elif one.code in told[one.part]:
            yield f"withheld: {one.code} is told all the same."
        elif (one.part, one.code) in seen or one.most > len(share.documents):
            yield f"withheld: {one.code} is there twice, or in more documents than there are."
        seen.add((one.part, one.code))


def _count_faults(share: Share, rows: Sequence[SharedCount], known: set[str]) -> Iterator[tuple[int, str]]:
    seen: set[tuple[int, str]] = set()
    for number, row in enumerate(rows):
        if row.document >= len(share.documents) or row.unit not in known:
            yield number, "names a document, code or category that is not there."
            continue
        whole = share.documents[row.document]
        if row.words > whole.words or row.segments > whole.segments or row.intense > row.segments:
            yield number, "counts more than the document has."
        if (row.document, row.unit) in seen:
            yield number, "is there twice."
        seen.add((row.document, row.unit))


def _audit_faults(share: Share, audit: SharedAudit, named: Mapping[str, Sequence[str]]) -> Iterator[str]:
    places = range(len(share.documents))
    if len(audit.judged) != len(places) or any(place not in places for place in audit.blind):
        yield "audit: other documents are judged than there are."
    if any(stratum.judged > stratum.drawn for stratum in audit.strata):
        yield "audit: more sentences are judged than drawn."
    for level in ("codes", "categories"):
        known = set(named[level])
        keys = [(error.document, error.unit) for error in getattr(audit, level)]
        if len(set(keys)) < len(keys) or any(d not in places or unit not in known for d, unit in keys):
            yield f"audit.{level} names a document or code twice, or one that is not there."
    if share.hidden("machine") & {error.unit for error in audit.codes}:
        yield "audit.codes tells what is withheld."
