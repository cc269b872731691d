"""The tree of codes and the sets as XML, the same in projects and in codebook files; elements by local name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lxml import etree

from .colours import read_colour
from .guids import folded_guid, guid
from .project import Code, Loss, Set
from .words import Legal

MAXQDA_NAME = 63
"""Characters of a code's name that MAXQDA keeps."""


def local(element: Any) -> str:
    """Name of an element without its namespace."""
    return str(etree.QName(element).localname)


def below(element: Any, *names: str) -> Iterator[Any]:
    """Children of an element that have one of these local names; of no element, none."""
    return (one for one in (() if element is None else element) if local(one) in names)


def first(element: Any, name: str) -> Any:
    """The first child of that name, or None."""
    return next(below(element, name), None)


def words_of(element: Any, name: str) -> str:
    """Text of the first child of that name; "" = none."""
    found = first(element, name)
    return "" if found is None else "".join(found.itertext())


def targets(element: Any, *names: str) -> tuple[str, ...]:
    """GUIDs that children of these names point at; codebook files spell the attribute otherwise than projects."""
    found = (one.get("targetGUID") or one.get("guid") for one in below(element, *names))
    return tuple(folded_guid(target) for target in found if target)


def own_guid(element: Any) -> str:
    """The GUID of an element; one without gets a GUID made from where it stands."""
    given = element.get("guid")
    return folded_guid(given) if given else guid("nameless", element.getroottree().getpath(element))


def read_codes(parent: Any, notes: Counter[str]) -> tuple[Code, ...]:
    """All `Code` children with what is below them.

    Parameters
    ----------
    parent : lxml element
        `Codes` or `Code`.
    notes : Counter
        Counts what departs from the standard.

    Returns
    -------
    tuple of Code
    """
    return tuple(_read_code(element, notes) for element in below(parent, "Code"))


def _read_code(element: Any, notes: Counter[str]) -> Code:
    key, given = own_guid(element), element.get("color", "").strip()
    colour = read_colour(given)
    if given and colour is None:
        notes[f'colour "{given[:30]}" is none and was dropped'] += 1
    name = element.get("name", "")
    if not name.strip():
        notes["code without a name was given one"] += 1
        name = f"Code {key[:8]}"
    return Code(
        guid=key,
        name=name,
        is_codable=element.get("isCodable", "true").strip().lower() not in ("false", "0"),
        colour=colour,
        description=words_of(element, "Description"),
        notes=targets(element, "NoteRef"),
        codes=read_codes(element, notes),
    )


def read_sets(parent: Any) -> tuple[Set, ...]:
    """All `Set` children of a `Sets` element; an empty one is none."""
    return tuple(
        Set(
            guid=own_guid(element),
            name=element.get("name", ""),
            description=words_of(element, "Description"),
            codes=targets(element, "MemberCode"),
            sources=targets(element, "MemberSource"),
            notes=targets(element, "MemberNote"),
        )
        for element in below(parent, "Set")
    )


def child(parent: Any, tag: str, /, **attributes: str | None) -> Any:
    """A new last child in the namespace of its parent; attributes that are None or "" are left out."""
    given = {key: value for key, value in attributes.items() if value}
    return etree.SubElement(parent, f"{parent.tag.partition('}')[0]}}}{tag}", given)


def text_child(parent: Any, name: str, text: str) -> None:
    """A child with a text, where there is any."""
    if text:
        child(parent, name).text = text


def refer(parent: Any, name: str, keys: Sequence[str]) -> None:
    """Children that point at things."""
    for key in keys:
        child(parent, name, targetGUID=key)


def write_codes(parent: Any, codes: Sequence[Code], clean: Legal, *, notes: bool) -> None:
    """Put codes below a `Codes` or `Code` element.

    Parameters
    ----------
    parent : lxml element
    codes : sequence of Code
    clean : Legal
        Counts the characters that XML cannot hold.
    notes : bool
        With their notes, which a codebook file cannot hold.
    """
    for code in codes:
        element = child(parent, "Code", guid=code.guid)
        element.set("name", clean(code.name))
        element.set("isCodable", str(code.is_codable).lower())
        if colour := read_colour(code.colour or ""):
            element.set("color", colour)
        text_child(element, "Description", clean(code.description))
        if notes:
            refer(element, "NoteRef", code.notes)
        write_codes(element, code.codes, clean, notes=notes)


def write_sets(parent: Any, sets: Sequence[Set], clean: Legal, members: Callable[[Any, Set], None]) -> None:
    """Put `Sets` below an element, unless there are none."""
    if not sets:
        return
    group = child(parent, "Sets")
    for one in sets:
        element = child(group, "Set", guid=one.guid)
        element.set("name", clean(one.name))
        text_child(element, "Description", clean(one.description))
        members(element, one)


def code_losses(codes: Sequence[Code]) -> Iterator[Loss]:
    """What other programs will do to codes."""
    every = [code for root in codes for _, code in root.walk()]
    if long := sum(len(code.name) > MAXQDA_NAME for code in every):
        yield Loss("long name of a code", long, f"MAXQDA cuts names at {MAXQDA_NAME} characters")
    if odd := sum(bool(code.colour) and read_colour(code.colour or "") is None for code in every):
        yield Loss("colour of a code", odd, "is no colour that can be written, so it was left out")
    names = Counter(code.name.casefold() for code in every)
    if repeated := sum(count - 1 for count in names.values()):
        yield Loss("repeated name of a code", repeated, "kept; QualCoder takes one and loses the codings of the others")
