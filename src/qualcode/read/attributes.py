"""``documents.csv`` or ``documents.xlsx`` in, attributes by document name out; all faults at once."""

from __future__ import annotations

import unicodedata
from difflib import get_close_matches
from pathlib import Path

from ..codebook import Codebook
from ..errors import Fault, ReadError, StudyError, nearest
from ..model import ATTRIBUTES, Attributes
from .cells import Row, read_cells
from .values import ALIASES, header_key, parse_values

FILE_HEADERS = ("file", "filename", "file_name", "document", "document_name", "path", "name")
_NEAR = 'Did you mean "'


def read_attributes(path: Path, codebook: Codebook | None = None, *, raw: bytes | None = None) -> dict[str, Attributes]:
    """Read the table that gives each document its region, kind and so on.

    Parameters
    ----------
    path : Path
        A .csv, .tsv or .xlsx with a column ``file`` and any of region, country, stakeholder_group,
        kind, date, language, topics_asked (several apart by ``;``); common other headers are understood,
        further columns are ignored.
    codebook : Codebook or None
        Whose codes and categories the topics are; None = they are not checked.
    raw : bytes or None
        What the table holds, when it lies inside an archive; None = read it at `path`.

    Returns
    -------
    dict of str to Attributes
        By document name (relative path with ``/``, NFC); blank cells are None.

    Raises
    ------
    StudyError
        With every fault of the table and its line.
    """
    try:
        raw = path.read_bytes() if raw is None else raw
        table = read_cells(raw, format=path.suffix.removeprefix(".").casefold(), file=str(path))
    except OSError as error:
        raise StudyError([Fault(str(path), 0, f"cannot be read ({error.strerror}).")]) from error
    except ReadError as error:
        raise StudyError([Fault(str(path), 0, str(error).removeprefix(f"{path}: "))]) from error
    header, *rows = table.rows
    faults: list[Fault] = []
    columns = _columns(header, str(path), faults)
    found: dict[str, Attributes] = {}
    if "file" in columns:
        lines: dict[str, int] = {}
        for row in rows:
            _take_row(row, columns, len(header.cells), str(path), codebook, faults, found, lines)
    if faults:
        raise StudyError(faults)
    return found


def document_name(written: str) -> str:
    r"""Write a file name as the store does: ``/`` and NFC.

    Examples
    --------
    >>> document_name(r".\sofia\a.txt")
    'sofia/a.txt'
    """
    return unicodedata.normalize("NFC", written.strip().replace("\\", "/").removeprefix("./"))


def _columns(header: Row, file: str, faults: list[Fault]) -> dict[str, int]:
    """Attribute (and ``file``) to column; doubled, missing and misspelt headers are faults."""
    columns: dict[str, int] = {}
    keys = [header_key(cell) for cell in header.cells]
    for index, key in enumerate(keys):
        meant = ALIASES.get(key) or ("file" if key in FILE_HEADERS else None)
        if meant is None:
            # A study may have had a column "topics" of its own before there was this attribute.
            names = (*ATTRIBUTES, *get_close_matches(key, ["topics_asked"], cutoff=0.85))
            hint = nearest(key, names) if len(key) > 3 else ""
            if hint.startswith(_NEAR) and hint.split('"')[1] not in keys:
                faults.append(Fault(file, header.line, f'column "{header.cells[index].strip()}" is not known. {hint}'))
        elif meant == "file" and "file" in columns and key == "name":
            continue
        elif meant in columns:
            faults.append(Fault(file, header.line, f'two columns give the {meant} (also "{header.cells[index]}").'))
        else:
            columns[meant] = index
    if "file" not in columns:
        found = ", ".join(cell.strip() for cell in header.cells if cell.strip())
        faults.append(Fault(file, header.line, f'has no column "file". Found: {found}. Name each document in it.'))
    return columns


def _take_row(
    row: Row,
    columns: dict[str, int],
    width: int,
    file: str,
    codebook: Codebook | None,
    faults: list[Fault],
    found: dict[str, Attributes],
    lines: dict[str, int],
) -> None:
    if any(cell.strip() for cell in row.cells[width:]):
        faults.append(
            Fault(file, row.line, f"has {len(row.cells)} cells under {width} headers. Quote cells that hold commas.")
        )
        return
    values = {name: row.cells[index] for name, index in columns.items() if index < len(row.cells)}
    name = document_name(values.pop("file", ""))
    if not name:
        faults.append(Fault(file, row.line, "names no file. Fill the column, or delete the row."))
        return
    if (first := lines.setdefault(name.casefold(), row.line)) != row.line:
        faults.append(Fault(file, row.line, f'"{name}" stands twice (first on line {first}). Delete one.'))
        return
    attributes, wrong = parse_values(values, codebook)
    faults += [Fault(file, row.line, message) for message in wrong.values()]
    found[name] = attributes
