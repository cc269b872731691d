"""A codebook as rows of a table, one a code, and back: of this program, Taguette, MAXQDA or ATLAS.ti."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..codebook import Codebook
from ..errors import ReadError
from .codebook_drafts import LISTS, CategoryDraft, CodeDraft, items_of

if TYPE_CHECKING:
    from ..read.cells import Table

COLUMNS = (
    "category", "category_id", "category_definition", "category_colour", "number", "id", "name", "short_definition",
    "definition", "colour", *LISTS,
)  # fmt: skip
_ALIASES = {
    "code": "name", "tag": "name", "code_name": "name", "codename": "name",
    "description": "definition", "comment": "definition", "memo": "definition", "code_memo": "definition",
    "color": "colour", "category_color": "colour", "no": "number",
    "parent_code": "category", "parent": "category", "code_group": "category", "code_groups": "category",
    "code_group_1": "category", "group": "category",
}  # fmt: skip
UNCATEGORISED = "Uncategorised"
STANDS_ALONE = "Codes that stand alone in the file they came from."
_PATH = re.compile(r"(?P<top>.+?)(?: ?[/\\>] ?|\.(?=\S))(?P<rest>\S.*)", re.DOTALL)


def rows_of(codebook: Codebook) -> list[dict[str, Any]]:
    """One row a code with the keys `COLUMNS`; lists have each item on a line of its own.

    Examples
    --------
    >>> from qualcode.flow.codebook_drafts import build_codebook
    >>> made, _ = build_codebook("Buses", [CategoryDraft("Money", [CodeDraft("1", "Fares")])])
    >>> [(row["category"], row["number"], row["id"]) for row in rows_of(made)]
    [('Money', 1, 'fares')]
    """
    return [
        {
            "category": category.name,
            "category_id": category.id,
            "category_definition": category.definition,
            "category_colour": category.colour,
            "number": code.number,
            "id": code.id,
            "name": code.name,
            "short_definition": code.short_definition,
            "definition": code.definition,
            "colour": code.colour,
            **{key: "\n".join(items) for key, items in items_of(code).items()},
        }
        for category in codebook.categories
        for code in category.codes
    ]


def drafts_of_rows(
    table: Table, *, file: str, cell: Callable[[str], str] = str
) -> tuple[list[CategoryDraft], tuple[str, ...]]:
    """The codes of a table whose first row names its columns.

    Parameters
    ----------
    table : qualcode.read.cells.Table
        `COLUMNS`, or what other programs call them (tag, description, parent code ...); only the name is needed.
    file : str
        Name for the messages.
    cell : callable
        Makes of each cell what it stands for.

    Returns
    -------
    categories : list of CategoryDraft
        Without a category column, as `grouped_by_name`.
    left_out : tuple of str
        Columns that say nothing of a codebook, and rows without a name, with counts.

    Raises
    ------
    ReadError
        If no column holds names.
    """
    header, *rows = table.rows
    keys = [_key(cell) for cell in header.cells]
    if "name" not in keys:
        found = ", ".join(cell for cell in header.cells if cell)
        raise ReadError(
            f"{file}:{header.line}: has no column with names of codes. Call it name, code or tag; found: {found}."
        )
    drafts = []
    for row in rows:
        # Where two columns mean the same, the first one with words counts.
        filled = [(key, cell(text)) for key, text in zip(keys, row.cells, strict=False) if text.strip()]
        if (cells := dict(reversed(filled))).get("name"):
            drafts.append((_draft(str(row.line), cells), cells))
    left_out = tuple(f'column "{name}"' for name, key in zip(header.cells, keys, strict=True) if key not in COLUMNS)
    if unnamed := len(rows) - len(drafts):
        left_out += (f"{unnamed} rows without a name",)
    if "category" not in keys:
        return grouped_by_name([draft for draft, _ in drafts]), left_out
    groups: dict[str, list[tuple[CodeDraft, Mapping[str, str]]]] = defaultdict(list)
    for draft, cells in drafts:
        groups[cells.get("category", "").strip() or UNCATEGORISED].append((draft, cells))
    return [_category(name, members) for name, members in groups.items()], left_out


def grouped_by_name(drafts: Sequence[CodeDraft]) -> list[CategoryDraft]:
    """Categories of codes whose names are paths (``costs.patients``, ``costs/patients``), as Taguette has them.

    What stands before the first separator is a category where two codes share it, or a code has that name itself; all
    other codes keep their names and stand under "Uncategorised".

    Examples
    --------
    >>> for group in grouped_by_name([CodeDraft(name, name) for name in ("costs.travel", "costs.drugs", "24/7 care")]):
    ...     print(group.name, [code.name for code in group.codes])
    costs ['travel', 'drugs']
    Uncategorised ['24/7 care']
    """
    paths = {draft.key: _PATH.fullmatch(draft.name) for draft in drafts}
    tops = Counter(path["top"] for path in paths.values() if path)
    names = {draft.name for draft in drafts}
    groups: dict[str, list[CodeDraft]] = defaultdict(list)
    for draft in drafts:
        path = paths[draft.key]
        if path and (tops[path["top"]] > 1 or path["top"] in names):
            groups[path["top"]].append(replace(draft, name=path["rest"]))
        else:
            groups[draft.name if draft.name in tops else UNCATEGORISED].append(draft)
    alone = groups.pop(UNCATEGORISED, [])
    made = [CategoryDraft(name, members) for name, members in groups.items()]
    return [*made, CategoryDraft(UNCATEGORISED, alone, STANDS_ALONE)] if alone else made


def _key(header: str) -> str:
    folded = re.sub(r"[\s\-]+", "_", header.strip().casefold())
    return _ALIASES.get(folded, folded)


def _draft(key: str, cells: Mapping[str, str]) -> CodeDraft:
    number = cells.get("number", "").strip()
    return CodeDraft(
        key=key,
        name=cells["name"],
        definition=cells.get("definition", ""),
        short_definition=cells.get("short_definition", ""),
        colour=cells.get("colour", "").strip(),
        id=cells.get("id", "").strip(),
        number=int(number) if number.isdecimal() else None,
        lists={name: cells.get(name, "").split("\n") for name in LISTS},
    )


def _category(name: str, members: Sequence[tuple[CodeDraft, Mapping[str, str]]]) -> CategoryDraft:
    first = members[0][1]
    return CategoryDraft(
        name=name,
        codes=[draft for draft, _ in members],
        definition=first.get("category_definition", "") or (STANDS_ALONE if name == UNCATEGORISED else ""),
        colour=first.get("category_colour", "").strip(),
        id=first.get("category_id", "").strip(),
    )
