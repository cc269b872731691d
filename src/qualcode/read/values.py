"""Attributes as people write them: headers and cells in, checked `Attributes` out.

Used by ``documents.csv`` and by front matter, so that both accept the same words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from ..codebook import Codebook
from ..errors import nearest
from ..model import ALL_ATTRIBUTES, KINDS, Attributes

ALIASES: dict[str, str] = {
    "region": "region",
    "country": "country",
    "stakeholder_group": "stakeholder_group",
    "stakeholder": "stakeholder_group",
    "stakeholder_type": "stakeholder_group",
    "group": "stakeholder_group",
    "kind": "kind",
    "type": "kind",
    "document_type": "kind",
    "date": "date",
    "language": "language",
    "lang": "language",
    "topics_asked": "topics_asked",
}
"""Accepted header (lower case, blanks and hyphens as ``_``) to attribute."""

_LANGUAGES = {
    "bulgarian": "bg", "catalan": "ca", "dutch": "nl", "english": "en", "french": "fr", "german": "de", "greek": "el",
    "italian": "it", "lithuanian": "lt", "romanian": "ro", "spanish": "es", "swedish": "sv",
}  # fmt: skip
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")


def header_key(header: str) -> str:
    """Fold a header for comparing: lower case, blanks and hyphens as ``_``.

    Examples
    --------
    >>> header_key(" Stakeholder Group ")
    'stakeholder_group'
    """
    return re.sub(r"[\s\-]+", "_", header.strip().casefold())


def attribute_of_header(header: str) -> str | None:
    """The attribute that a column or variable of this name has values of; None = of none.

    Examples
    --------
    >>> attribute_of_header("Stakeholder type"), attribute_of_header("Age")
    ('stakeholder_group', None)
    """
    return ALIASES.get(header_key(header))


def parse_values(values: Mapping[str, str], codebook: Codebook | None = None) -> tuple[Attributes, dict[str, str]]:
    """Check attribute values.

    Parameters
    ----------
    values : mapping of str to str
        Attribute name (see `ALIASES` for its headers) to the value as written; blank = not known.
    codebook : Codebook or None
        Whose codes and categories the topics are; None = they are not checked.

    Returns
    -------
    tuple of Attributes and dict of str to str
        What is known, without faulty values; and by attribute name what is wrong with its value.
    """
    known: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for name in ALL_ATTRIBUTES:
        value = values.get(name, "").strip()
        if not value:
            continue
        try:
            known[name] = _PARSERS.get(name, str)(value)
        except ValueError as error:
            faults[name] = str(error)
    attributes = Attributes(**known)
    fault = codebook.topic_fault(attributes.topics_asked or ()) if codebook else None
    return attributes, faults | ({"topics_asked": fault} if fault else {})


def parse_kind(value: str) -> str:
    """``interview``, ``workshop``, ``report`` or ``survey`` in any case.

    Raises
    ------
    ValueError
        With the nearest known kind.
    """
    folded = value.casefold()
    if folded not in KINDS:
        raise ValueError(f'kind "{value}" is not known. {nearest(value, KINDS)}')
    return folded


def parse_date(value: str) -> str:
    """Write a date as ISO: year, year-month or full date; ``23.1.2025`` is read day first.

    Raises
    ------
    ValueError
        If it is none of these, or no day of the calendar.

    Examples
    --------
    >>> parse_date("23.1.2025")
    '2025-01-23'
    >>> parse_date("2025-03")
    '2025-03'
    """
    iso = value.removesuffix("T00:00:00").removesuffix(" 00:00:00")
    if dotted := _DOTTED.fullmatch(iso):
        iso = f"{dotted[3]}-{int(dotted[2]):02}-{int(dotted[1]):02}"
    whole = iso + "-01-01"[3 * iso.count("-") :]
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", whole):
            raise ValueError
        date.fromisoformat(whole)
    except ValueError:
        raise ValueError(f'date "{value}" is not a date. Write it as 2025-03-01, 2025-03 or 2025.') from None
    return iso


def parse_language(value: str) -> str:
    """ISO 639-1 code: ``en``, ``en-GB`` and ``English`` are all ``en``.

    Raises
    ------
    ValueError
        If it is neither a two-letter code nor a known name.
    """
    folded = value.casefold()
    code = _LANGUAGES.get(folded, re.split(r"[-_]", folded)[0])
    if not re.fullmatch(r"[a-z]{2}", code):
        raise ValueError(
            f'language "{value}" is not a two-letter code. {nearest(value, [n.title() for n in _LANGUAGES])}'
        )
    return code


def parse_topics(value: str) -> tuple[str, ...] | None:
    """Topics apart by ``;``, each once; None where there is none.

    Examples
    --------
    >>> parse_topics("5; Innovation; 5;")
    ('5', 'Innovation')
    """
    topics = unicodedata.normalize("NFC", value).split(";")
    return tuple(dict.fromkeys(topic.strip() for topic in topics if topic.strip())) or None


_PARSERS: dict[str, Callable[[str], Any]] = {
    "kind": parse_kind,
    "date": parse_date,
    "language": parse_language,
    "topics_asked": parse_topics,
}
