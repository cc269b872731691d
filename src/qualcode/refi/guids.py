"""GUIDs: the ones that are read, in one spelling, and our own, which are the same in every export."""

from __future__ import annotations

import re
import uuid

_SPACE = uuid.UUID("7b6a3c0e-5d0f-5c0a-9a44-6f1f0c7d2e15")
"""Namespace of all GUIDs made here; never to be changed."""
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def guid(*parts: str) -> str:
    """A GUID that says the same thing every time (UUID version 5).

    Parameters
    ----------
    *parts : str
        What the thing is and what tells it from others; the order counts.

    Returns
    -------
    str
        Lower case, without braces.

    Examples
    --------
    >>> guid("code", "costs") == guid("code", "costs") != guid("code", "cost", "s")
    True
    """
    return str(uuid.uuid5(_SPACE, "\x1f".join(f"{len(part)}:{part}" for part in parts)))


def is_guid(text: str) -> bool:
    """Whether a text is a GUID as this package spells it."""
    return _GUID.fullmatch(text) is not None


def folded_guid(text: str) -> str:
    """A GUID as a file spells it, in lower case and without braces; something else gets a GUID made from it.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> folded_guid("{7B6A3C0E-5D0F-5C0A-9A44-6F1F0C7D2E15}")
    '7b6a3c0e-5d0f-5c0a-9a44-6f1f0c7d2e15'
    >>> is_guid(folded_guid("code 1"))
    True
    """
    found = text.strip().strip("{}").lower()
    return found if is_guid(found) else guid("foreign", text)


def case_guid(source: str) -> str:
    """GUID of the case that is made of a source with values, from the GUID of the source."""
    return guid("case", source)
