"""A filter as a person typed it in, a filter with the store's own spellings and ids out.

A value no document has is refused with the nearest one there is. Capitals do not matter, and a
code may be given by its number, id or name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..errors import SelectionError, nearest
from .records import Filter, as_tuple

STATUSES = ("auto", "accepted", "pending", "counted")
ATTRIBUTE_FILTERS = ("region", "country", "stakeholder_group", "kind", "coder")
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


def resolve_filter(asked: Filter, values: Callable[[str], Sequence[str]], codes: Sequence[Mapping[str, Any]]) -> Filter:
    """Replace what was typed by what the store calls it.

    Parameters
    ----------
    asked : Filter
    values : callable
        Known values of a column, in order.
    codes : sequence of mapping
        Known codes: `code_id`, `number`, `name`, `category_id`, `category_name`.

    Returns
    -------
    Filter

    Raises
    ------
    SelectionError
        For the first value that does not exist, with the nearest that does.
    """
    found: dict[str, Any] = {}
    for column in ATTRIBUTE_FILTERS:
        wanted = getattr(asked, column)
        if wanted is not None:
            found[column] = _known(wanted, column.replace("_", " "), {v: (v,) for v in values(column)})
    if asked.status is not None:
        found["status"] = _known(asked.status, "status", {status: (status,) for status in STATUSES})
    if asked.since is not None and not _DATE.fullmatch(asked.since):
        raise SelectionError(f'"{asked.since}" is not a date. Write it as 2025-03-31, 2025-03 or 2025.')
    names = {code["code_id"]: (code["code_id"], code["name"], str(code["number"])) for code in codes}
    groups = {code["category_id"]: (code["category_id"], code["category_name"]) for code in codes}
    found["code"] = tuple(dict.fromkeys(_known(one, "code", names) for one in as_tuple(asked.code)))
    found["category"] = tuple(dict.fromkeys(_known(one, "category", groups) for one in as_tuple(asked.category)))
    return replace(asked, **found)


def _known(wanted: str, what: str, spellings: Mapping[str, Sequence[str]]) -> str:
    """Find the key one of whose spellings is `wanted`; exact spelling first, then without regard to capitals."""
    for same in (str, _folded):
        for key, names in spellings.items():
            if same(wanted) in map(same, names):
                return key
    offered = [name for names in spellings.values() for name in names]
    if wanted.isdecimal() and what == "code":
        numbers = [name for name in offered if name.isdecimal()]
        hint = f"Known numbers: {', '.join(numbers)}." if numbers else nearest(wanted, [])
    else:
        hint = nearest(wanted, [name for name in offered if not name.isdecimal()])
    raise SelectionError(f'There is no {what} "{wanted}" in the store. {hint}')


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().strip()
