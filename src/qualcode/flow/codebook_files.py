"""Codebooks of other programs in, this program's codebook out: as a tree of REFI-QDA codes, .qdc, table or YAML.

A codebook that comes in has no cues yet, so nothing is tagged with it until they are written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..codebook import CODEBOOK_FILE, Code, Codebook
from ..errors import ReadError, SelectionError
from ..version import __version__
from .codebook_drafts import CategoryDraft, CodeDraft, build_codebook, first_sentence, items_of
from .codebook_rows import COLUMNS, STANDS_ALONE, UNCATEGORISED, drafts_of_rows, grouped_by_name, rows_of
from .codebook_yaml import codebook_yaml
from .workspace import Workspace

if TYPE_CHECKING:
    from .. import refi

LEVELS = " / "
"""Between the names of a code and of the codes above it, category left out."""
_TITLES = {
    "use_when": "Use when",
    "not_when": "Do not use when",
    "typical": "Examples",
    "borderline": "Borderline examples",
    "counter": "Counter-examples",
}
_SHORT = "In short: "
_TRAILER = re.compile(r"(?:\n\n|^)qualcode: (?:(?P<number>[1-9][0-9]*) )?(?P<id>[a-z][a-z0-9_]*)$")
"""Last line of a description that this program wrote: number and id of the code, or id of the category."""


# --- trees in ------------------------------------------------------------------------------------


def codebook_from_tree(
    title: str, codes: Sequence[refi.Code], used: Collection[str] = (), *, language: str = "en"
) -> tuple[Codebook, dict[str, str]]:
    """A codebook of a tree of codes.

    The top of the tree is the category; a code alone at the top goes to "Uncategorised". Deeper levels are joined
    into the name. What cannot be given itself and was not (a folder) becomes no code: its description goes to the
    definition of the category.

    Parameters
    ----------
    title : str
    codes : sequence of refi.Code
        The roots.
    used : collection of str
        GUIDs with codings: they become codes, though the file calls them categories.
    language : str
        ISO 639-1 code.

    Returns
    -------
    codebook : Codebook
        Without cues. Descriptions that `tree_of` wrote are taken apart again, with numbers and ids.
    ids : dict of str to str
        Code id by GUID. Folders are not in it.

    Raises
    ------
    SelectionError
        If no code can be given.
    """
    groups: list[CategoryDraft] = []
    alone: list[CodeDraft] = []
    for root in codes:
        drafts, folders = _drafts(root, used)
        if not root.codes:
            alone += drafts
        elif drafts:
            definition, known = _taken_apart(root.description) if not root.is_codable else ("", {})
            groups.append(
                CategoryDraft(
                    name=root.name,
                    codes=drafts,
                    definition="\n".join((definition, *folders)).strip(),
                    colour=root.colour,
                    id=str(known.get("id", "")),
                )
            )
    if alone:
        groups.append(CategoryDraft(UNCATEGORISED, alone, STANDS_ALONE))
    return build_codebook(title, groups, language=language)


def _drafts(root: refi.Code, used: Collection[str]) -> tuple[list[CodeDraft], list[str]]:
    """The codes of a root, itself among them where it can be given, and the descriptions of folders below it."""
    drafts, folders = [], []
    for above, code in root.walk():
        name = LEVELS.join(one.name for one in (*above[1:], code))
        definition, known = _taken_apart(code.description)
        if code.is_codable or code.guid in used:
            drafts.append(CodeDraft(key=code.guid, name=name, definition=definition, colour=code.colour, **known))
        elif above and definition:
            folders.append(f"{name}: {definition}")
    return drafts, folders


def _taken_apart(description: str) -> tuple[str, dict[str, Any]]:
    """Definition and the rest of a description; one that `tree_of` did not write is all definition."""
    trailer = _TRAILER.search(description.rstrip())
    if not trailer:
        return description.strip(), {}
    known: dict[str, Any] = {"id": trailer["id"], "number": int(trailer["number"]) if trailer["number"] else None}
    lists: dict[str, list[str]] = {}
    definition: list[str] = []
    keys = {f"{title}:": key for key, title in _TITLES.items()}
    for part in description[: trailer.start()].split("\n\n"):
        first, *lines = part.split("\n")
        if part.startswith(_SHORT):
            known["short_definition"] = part.removeprefix(_SHORT)
        elif first in keys and all(line.startswith("- ") for line in lines):
            lists[keys[first]] = [line.removeprefix("- ") for line in lines]
        else:
            definition.append(part)
    return "\n\n".join(definition), {**known, "lists": lists} if lists else known


# --- trees out -----------------------------------------------------------------------------------


def tree_of(codebook: Codebook) -> tuple[refi.Code, ...]:
    """A codebook as categories that cannot be given, with codes below them.

    Parameters
    ----------
    codebook : Codebook

    Returns
    -------
    tuple of refi.Code
        Rules of use and examples stand in the description under headings, number and id in its last line;
        cues, markers, patterns and themes are not in it.
    """
    from ..refi import Code as TreeCode
    from ..refi import guid

    return tuple(
        TreeCode(
            guid=guid("category", codebook.id, category.id),
            name=category.name,
            is_codable=False,
            colour=category.colour,
            description=_described(category.name, category.definition, f"qualcode: {category.id}"),
            codes=tuple(
                TreeCode(
                    guid=guid("code", codebook.id, code.id),
                    name=code.name,
                    colour=code.colour,
                    description=_description(code),
                )
                for code in category.codes
            ),
        )
        for category in codebook.categories
    )


def _description(code: Code) -> str:
    is_told = code.short_definition != first_sentence(code.definition)
    sections = [f"{_SHORT}{code.short_definition}"] if is_told else []
    for key, items in items_of(code).items():
        if items:
            sections.append("\n".join([f"{_TITLES[key]}:", *(f"- {item}" for item in items)]))
    return _described(code.name, code.definition, *sections, f"qualcode: {code.number} {code.id}")


def _described(name: str, definition: str, *sections: str) -> str:
    return "\n\n".join([definition] * (definition != name) + list(sections))


# --- files ---------------------------------------------------------------------------------------

ENDINGS_IN = (".csv", ".tsv", ".xlsx", ".qdc", ".qdpx")
ENDINGS_OUT = (".csv", ".xlsx", ".qdc", ".yaml", ".yml")


@dataclass(frozen=True)
class CodebookImport:
    """A codebook of another program as the skeleton of one of ours.

    Attributes
    ----------
    codebook : Codebook
    path : Path
        Where its text goes.
    content : str
        YAML.
    undefined : int
        Codes without a definition; their name stands for it.
    notes : tuple of str
        How the file departs from what it should be.
    left_out : tuple of str
        With counts.
    """

    codebook: Codebook
    path: Path
    content: str
    undefined: int
    notes: tuple[str, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class CodebookExport:
    """A codebook to be written.

    Attributes
    ----------
    codebook : Codebook
    content : bytes
    left_out : tuple of str
        What the format does not hold, with counts.
    """

    codebook: Codebook
    content: bytes
    left_out: tuple[str, ...]


def import_codebook_file(file: Path, out: Path, *, title: str | None = None, language: str = "en") -> CodebookImport:
    """The skeleton of a ``codebook.yaml`` from a codebook or project of another program; nothing is written.

    Parameters
    ----------
    file : Path
        .csv, .tsv or .xlsx with a row a code, .qdc, or .qdpx.
    out : Path
        The file to be, or a folder.
    title : str or None
        None = the name of the file.
    language : str
        ISO 639-1 code of the notes that are to be coded.

    Returns
    -------
    CodebookImport

    Raises
    ------
    SelectionError
        If `out` exists, or the ending of `file` is unknown.
    ReadError, ExchangeError
        If the file cannot be read, or holds no codes.
    """
    from ..present.exporting import size_text

    out = out / CODEBOOK_FILE if out.is_dir() else out
    if out.exists():
        raise SelectionError(f"{out} is there already and is not overwritten. Give another name: --out FILE.yaml")
    ending = file.suffix.lower()
    if ending not in ENDINGS_IN:
        raise SelectionError(f"{file.name} is no codebook of a known kind. Endings: {', '.join(ENDINGS_IN)}.")
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise ReadError(f"{file} cannot be read: {error.strerror}.") from error
    read = _read_table if ending in (".csv", ".tsv", ".xlsx") else _read_tree
    codebook, undefined, notes, left_out = read(raw, file, title or file.stem, language)
    size = size_text(codebook)
    heading = (
        f"Made from {file.name}: {size}. No cues yet: nothing is tagged until they are written (docs/codebook.md)."
    )
    return CodebookImport(codebook, out, codebook_yaml(codebook, heading=heading), undefined, notes, left_out)


_Read = tuple[Codebook, int, tuple[str, ...], tuple[str, ...]]


def _read_table(raw: bytes, file: Path, title: str, language: str) -> _Read:
    from ..present.table import unguarded
    from ..read.cells import read_cells

    table = read_cells(raw, format=file.suffix.lower().removeprefix("."), file=file.name)
    groups, left_out = drafts_of_rows(table, file=file.name, cell=str if file.suffix.lower() == ".xlsx" else unguarded)
    codebook, ids = build_codebook(title, groups, language=language)
    drafts = [draft for group in groups for draft in group.codes]
    undefined = sum(not draft.definition.strip() for draft in drafts)
    told_apart = _told_apart(codebook, {ids[draft.key]: draft.colour for draft in drafts})
    return codebook, undefined, told_apart, (*left_out, *table.notes)


def _read_tree(raw: bytes, file: Path, title: str, language: str) -> _Read:
    codes, sets, used, notes, left_out = _received(raw, file)
    every = [code for root in codes for _, code in root.walk()]
    if any(code.codes for code in every) or not all(code.is_codable for code in every):
        codebook, ids = codebook_from_tree(title, codes, used, language=language)
        more = sum(len(one.codes) for one in sets)
    else:
        groups, more = _grouped([draft for code in codes for draft in _drafts(code, used)[0]], sets)
        codebook, ids = build_codebook(title, groups, language=language)
    folders = sum(code.guid not in ids and not code.codes for code in every)
    left_out += [f"empty categories: {folders}"] * bool(folders)
    left_out += [f"codes in (further) groups of codes: {more}"] * bool(more)
    undefined = sum(code.guid in ids and not _taken_apart(code.description)[0] for code in every)
    told_apart = _told_apart(codebook, {ids[code.guid]: code.colour for code in every if code.guid in ids})
    return codebook, undefined, (*notes, *told_apart), tuple(left_out)


def _received(
    raw: bytes, file: Path
) -> tuple[tuple[refi.Code, ...], tuple[refi.Set, ...], set[str], tuple[str, ...], list[str]]:
    """Codes, groups of codes, GUIDs with codings, notes, and what is left out."""
    from ..refi import read_codebook_file, read_project

    if file.suffix.lower() == ".qdc":
        book = read_codebook_file(raw, file=file.name)
        return book.codes, book.sets, set(), book.notes, []
    whole = read_project(raw, file=file.name)
    sources = whole.project.sources
    used = {
        coding.code
        for source in sources
        for coding in (*source.codings, *(c for selection in source.selections for c in selection.codings))
    }
    ending = "" if len(sources) == 1 else "s"
    left_out = [f"everything but the codes: {len(sources)} document{ending} with codings, and notes"]
    return whole.project.codes, whole.project.sets, used, whole.notes, left_out


def _grouped(drafts: Sequence[CodeDraft], sets: Sequence[refi.Set]) -> tuple[list[CategoryDraft], int]:
    """Categories of a flat list: its groups of codes as ATLAS.ti has them, else what the names say.

    A code in several groups belongs to the first; the second value is how many times one is in another.
    """
    home = {code: one for one in reversed(sets) for code in one.codes}
    groups = [
        CategoryDraft(one.name, [draft for draft in drafts if home.get(draft.key) is one], one.description)
        for one in sets
    ]
    alone = grouped_by_name([draft for draft in drafts if draft.key not in home])
    return [*groups, *alone], sum(len(one.codes) for one in sets) - len(home)


def _told_apart(codebook: Codebook, colours: Mapping[str, str | None]) -> tuple[str, ...]:
    """What had to change so that no two codes have one name or colour; `colours` are the given ones by code id."""
    names = {code.name.casefold() for code in codebook.codes}
    renamed = [code.name for code in codebook.codes if _again(code.name).casefold() in names - {code.name.casefold()}]
    repainted = sum(bool(given) and given != codebook.by_id[code].colour for code, given in colours.items())
    notes = [f"names that came again have a number: {', '.join(renamed)}"] if renamed else []
    return (*notes, *[f"{repainted} colours that came again, or are none, were changed"] * bool(repainted))


def _again(name: str) -> str:
    return re.sub(r" \(\d+\)$", "", name)


def export_codebook_file(work: Workspace, out: Path, *, from_store: bool = False) -> CodebookExport:
    """A codebook in the format that the ending of `out` picks; nothing is written.

    Parameters
    ----------
    work : Workspace
    out : Path
        .csv, .xlsx, .qdc or .yaml.
    from_store : bool
        The one that the store's newest codings were made with, instead of the study's.

    Returns
    -------
    CodebookExport

    Raises
    ------
    SelectionError
        If the ending is unknown, or a .yaml of that name exists.
    """
    from ..present import Column, Table, render

    codebook = _stored(work) if from_store else work.codebook
    ending = out.suffix.lower()
    if ending not in ENDINGS_OUT:
        raise SelectionError(f"{out.name}: a codebook is written as {', '.join(ENDINGS_OUT)}.")
    if ending in (".yaml", ".yml"):
        if out.exists():
            raise SelectionError(f"{out} is there already and is not overwritten. Give another name.")
        return CodebookExport(codebook, codebook_yaml(codebook).encode(), ())
    left_out = [f"{count} {what}" for what, count in _unheld(codebook).items() if count]
    left_out.append("title, version and language of the codebook")
    if ending == ".qdc":
        from ..refi import write_codebook_file

        written = write_codebook_file(tree_of(codebook), (), origin=f"qualcode {__version__}")
        left_out += [f"{loss.count} {loss.what}: {loss.why}" for loss in written.losses]
        return CodebookExport(codebook, written.content, tuple(left_out))
    table = Table(tuple(Column(key) for key in COLUMNS), rows_of(codebook), title="Codebook")
    content = render([table], "csv" if ending == ".csv" else "xlsx")
    return CodebookExport(codebook, content if isinstance(content, bytes) else f"{content}\n".encode(), tuple(left_out))


def _unheld(codebook: Codebook) -> dict[str, int]:
    """What neither a table nor a tree holds."""
    return {
        "cues": sum(len(code.cues) for code in codebook.codes),
        "markers": sum(len(phrases) for _, phrases in codebook.markers.groups()),
        "patterns": len(codebook.patterns),
        "themes": sum(len(code.themes) for code in codebook.codes),
    }


def _stored(work: Workspace) -> Codebook:
    from ..store import Store

    with Store(work.store_path, read_only=True) as store:
        return store.codebook()
