"""Codebook files (``.qdc``): codes and sets of codes, nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from ..archive import parse_xml
from ..errors import ExchangeError
from .code_tree import child, code_losses, first, local, read_codes, read_sets, write_codes, write_sets
from .project import Code, Loss, Set
from .words import Legal
from .writing import Written

NAMESPACE = "urn:QDA-XML:codebook:1.0"
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class ReceivedCodebook:
    """A codebook as read from a file.

    Attributes
    ----------
    codes : tuple of Code
    sets : tuple of Set
    notes : tuple of str
        Ways in which the file departs from the standard and was accepted all the same.
    origin : str
        The program that wrote it, "" = not said.
    """

    codes: tuple[Code, ...]
    sets: tuple[Set, ...]
    notes: tuple[str, ...]
    origin: str


def read_codebook_file(raw: bytes, *, file: str) -> ReceivedCodebook:
    """Read the codebook file of another program, or of ours.

    Parameters
    ----------
    raw : bytes
    file : str
        Name for the messages.

    Returns
    -------
    ReceivedCodebook

    Raises
    ------
    ExchangeError
        If it is damaged or no codebook.

    Examples
    --------
    >>> raw = b'<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes><Code guid="A" name="costs"/></Codes></CodeBook>'
    >>> [code.name for code in read_codebook_file(raw, file="a.qdc").codes]
    ['costs']
    """
    root = parse_xml(raw, file=file, error=ExchangeError)
    notes: Counter[str] = Counter()
    book = first(root, "CodeBook") if local(root) == "Project" else root
    if book is None or local(book) != "CodeBook":
        raise ExchangeError(
            f"{file}: holds <{local(root)}> where a REFI-QDA codebook holds <CodeBook>. Export the codebook again."
        )
    if book is not root:
        notes["the codebook lies inside of a project"] += 1
    if raw.startswith(_MARK):
        notes["byte order mark before the XML"] += 1
    if (space := etree.QName(book).namespace or "") != NAMESPACE:
        notes[f'XML namespace "{space}" instead of "{NAMESPACE}"'] += 1
    codes = read_codes(group, notes) if (group := first(book, "Codes")) is not None else ()
    if not codes:
        notes["it holds no code"] += 1
    group = first(book, "Sets")
    if group is not None and not len(group):
        notes["an empty list of sets"] += 1
    # A codebook that lies in a project has its sets beside it.
    sets = (*read_sets(group), *(read_sets(first(root, "Sets")) if book is not root else ()))
    said = tuple(f"{note} ({count})" if count > 1 else note for note, count in notes.items())
    return ReceivedCodebook(codes, sets, said, book.get("origin") or root.get("origin") or "")


def write_codebook_file(codes: Sequence[Code], sets: Sequence[Set], *, origin: str) -> Written:
    """Write a codebook file.

    Parameters
    ----------
    codes : sequence of Code
        At least one.
    sets : sequence of Set
    origin : str
        The program and its version.

    Returns
    -------
    Written
        Valid by the schema; the same bytes for the same codes.

    Raises
    ------
    ExchangeError
        If there is no code.
    """
    if not codes:
        raise ExchangeError("There is no code to write: a codebook file holds at least one.")
    clean = Legal()
    root = etree.Element(f"{{{NAMESPACE}}}CodeBook", nsmap={None: NAMESPACE})
    if origin:
        root.set("origin", clean(origin))
    write_codes(child(root, "Codes"), codes, clean, notes=False)
    write_sets(root, sets, clean, _members)
    every = [code for top in codes for _, code in top.walk()]
    counts = {
        "note on a code": sum(len(code.notes) for code in every),
        "member of a set": sum(len(one.sources) + len(one.notes) for one in sets),
    }
    losses = [Loss(what, count, "a codebook file holds codes only") for what, count in counts.items() if count]
    if clean.count:
        losses.append(Loss("control character", clean.count, "XML cannot hold it; replaced by U+FFFD"))
    content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return Written(bytes(content), (*code_losses(codes), *losses))


def _members(element: Any, one: Set) -> None:
    for key in one.codes:
        child(element, "MemberCode", guid=key)
