"""Tables of talk (csv, tsv, xlsx) in: rows that are turns, or rows that are respondents with a column a question.

Cells are as written. Of a row that is a turn the text is the cell that holds the words; of a respondent's row it is
each question as a heading and the answer below it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from ..errors import ReadError
from ..model import ATTRIBUTES, Attributes
from .cells import Row, read_cells
from .layout import Parsed, TextBuilder, counted, listed
from .table_columns import KNOWN_HEADERS, NAMES, Columns, choose_columns
from .values import header_key, parse_values

OWN_HEADERS = (
    frozenset({"code_number", "code", "probability"}),
    frozenset({"code_number", "code", "share_documents"}),
)
"""Column names that only qualcode's own tables have together."""
_ENTITY = re.compile(r"&(?:#\d{2,6}|#x[0-9a-fA-F]{2,5}|[a-zA-Z]{2,8});")
_IMPORT_ID = '{"ImportId"'
"""How the third row of a survey exported from Qualtrics begins; the second holds the questions."""
_LONGEST_NAME = 60
_ASKS = ("?", "\u037e")


def parse_table(
    raw: bytes,
    *,
    format: str,  # noqa: A002
    file: str,
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Parsed:
    """Read a table whose rows are turns or respondents.

    Parameters
    ----------
    raw : bytes
        The whole file.
    format : {"csv", "tsv", "xlsx"}
    file : str
        Name for the messages.
    encoding : str or None
        For csv and tsv; None = find it.
    columns : mapping of str to str, optional
        Header by what it holds: text (several joined by ``+``), speaker, role, time; and ``sheet``. What is left out is
        guessed, "" means that there is none.

    Returns
    -------
    Parsed
        Where several columns hold answers, or one under a question, each row is a respondent and the headers are
        headings; else the text is the column named text, words, utterance, ... or the one with most words. Attributes
        are those of columns so named that say the same in every row.

    Raises
    ------
    ReadError
        If the table cannot be read, holds no words, has no such column, or a row has more cells than there are headers.
    """
    given = dict(columns or {})
    table = read_cells(raw, format=format, file=file, encoding=encoding, sheet=given.pop("sheet", None))
    left_out = Counter[str]()
    header, rows, is_headed = _split_header(table.rows, left_out)
    _refuse_own_table(header, file)
    _check_width(header, rows, file)
    chosen = choose_columns(header, rows, given, is_headed=is_headed, file=file)
    builder = TextBuilder()
    for number, row in enumerate(rows, start=1):
        if chosen.is_wide:
            _take_respondent(row, number, header, chosen, builder, left_out)
        else:
            _take_turn(row, chosen, builder, left_out)
    if not any(block.style == "row" for block in builder.blocks):
        raise ReadError(f"{file}: holds no text under its headers. Nothing is stored for it.")
    attributes, said, differing = _attributes(header, rows, chosen)
    unread = [cell for at, cell in enumerate(header) if at not in chosen.used | said and _has_words(rows, at)]
    notes = [*table.notes, *counted(left_out), *([f"columns not read: {listed(unread)}"] if unread else []), *differing]
    return Parsed(
        builder.text,
        tuple(builder.blocks),
        attributes,
        left_out=tuple(notes),
        encoding=table.encoding,
        encoding_guessed=table.encoding_guessed,
        read_as=(*table.read_as, *_described(header, chosen)),
    )


# --- headers -----------------------------------------------------------------------------------


def _split_header(rows: tuple[Row, ...], left_out: Counter[str]) -> tuple[tuple[str, ...], tuple[Row, ...], bool]:
    """Part the headers from the rows below; a first row that is talk already is no header."""
    rows = _without_titles(rows, left_out)
    first = rows[0]
    keys = [header_key(cell) for cell in first.cells]
    wordy = any(len(cell.split()) > 8 or cell.rstrip().endswith((".", "!", *_ASKS)) for cell in first.cells)
    if wordy and not KNOWN_HEADERS.intersection(keys) and not _asks_throughout(first, rows[1:]):
        return tuple(f"column {number}" for number in range(1, len(first.cells) + 1)), rows, False
    header, rest = tuple(cell.strip() for cell in first.cells), rows[1:]
    if len(rest) > 1 and all(cell.startswith(_IMPORT_ID) for cell in rest[1].cells if cell):
        left_out["row of column ids"] += 2  # the short names above the questions are such ids too
        return tuple(" ".join(cell.split()) for cell in rest[0].cells), rest[2:], True
    return header, rest, True


def _without_titles(rows: tuple[Row, ...], left_out: Counter[str]) -> tuple[Row, ...]:
    """Take off a title above the headers: rows of one cell over a table of several columns."""
    filled = [sum(1 for cell in row.cells if cell.strip()) for row in rows]
    if len(rows) < 3 or 2 * sum(1 for count in filled if count > 1) <= len(rows):
        return rows
    first = next(at for at, count in enumerate(filled) if count > 1)
    if not KNOWN_HEADERS.intersection(map(header_key, rows[first].cells)) and not _asks_throughout(
        rows[first], rows[first + 1 :]
    ):
        return rows
    left_out["row above the headers"] += first
    return rows[first:]


def _asks_throughout(first: Row, below: tuple[Row, ...]) -> bool:
    """Whether it is a row of questions over answers: two ask or more, and below them hardly anybody does."""
    asking = [at for at, cell in enumerate(first.cells) if cell.rstrip().endswith(_ASKS)]
    asked_back = sum(row.cell(at).rstrip().endswith(_ASKS) for row in below for at in asking)
    return len(asking) > 1 and 2 * asked_back < len(asking) * len(below)


def _refuse_own_table(header: tuple[str, ...], file: str) -> None:
    """Codings and summaries written by qualcode must not come back as somebody's talk."""
    keys = {header_key(cell) for cell in header}
    if any(own <= keys for own in OWN_HEADERS):
        raise ReadError(
            f"{file}: is a table that qualcode wrote, not notes. Keep tables outside of the folder of notes."
        )


def _check_width(header: tuple[str, ...], rows: tuple[Row, ...], file: str) -> None:
    for row in rows:
        if any(cell.strip() for cell in row.cells[len(header) :]):
            raise ReadError(
                f"{file}:{row.line}: the row has {len(row.cells)} cells under {len(header)} headers, so words would be "
                "lost. Put cells that hold the delimiter in quotation marks."
            )


# --- rows --------------------------------------------------------------------------------------


def _take_turn(row: Row, columns: Columns, builder: TextBuilder, left_out: Counter[str]) -> None:
    words = "\n".join(filled for at in columns.text if (filled := row.cell(at)).strip())
    speaker = _name(row, columns)
    role = row.cell(columns.role).strip()
    if not words:
        left_out["row without words"] += 1
        return
    left_out["HTML entity (kept as written)"] += len(_ENTITY.findall(words))
    if speaker and role and role.casefold() not in speaker.casefold():
        speaker = f"{speaker} ({role})"
    builder.add(words, "row", speaker=speaker or role or None, time=row.cell(columns.time).strip() or None)


def _take_respondent(
    row: Row, number: int, header: tuple[str, ...], columns: Columns, builder: TextBuilder, left_out: Counter[str]
) -> None:
    """Each question with the answer below it; whoever answers a survey is a respondent, however often they ask back."""
    name = _name(row, columns)
    role = row.cell(columns.role).strip() or ("respondent" if name else "")
    speaker = (name or f"Respondent {number}") + (f" ({role})" if role else "")
    for at in columns.text:
        words = row.cell(at)
        if not words.strip():
            left_out["empty answer"] += 1
            continue
        left_out["HTML entity (kept as written)"] += len(_ENTITY.findall(words))
        builder.add(_question(header, at), "heading")
        builder.add(words, "row", speaker=speaker, time=row.cell(columns.time).strip() or None)


def _question(header: tuple[str, ...], at: int) -> str:
    return " ".join(header[at].split()) or f"column {at + 1}"


def _name(row: Row, columns: Columns) -> str:
    return row.cell(columns.speaker).strip().rstrip(":：").rstrip()


def _has_words(rows: tuple[Row, ...], at: int) -> bool:
    return any(row.cell(at).strip() for row in rows)


# --- what is said of the table -----------------------------------------------------------------


def _attributes(
    header: tuple[str, ...], rows: tuple[Row, ...], columns: Columns
) -> tuple[Attributes, frozenset[int], list[str]]:
    """Attributes that every row gives alike, their columns, and what to know of those that differ."""
    known, said, differing = Attributes(), set[int](), []
    for at, key in enumerate(map(header_key, header)):
        if key not in ATTRIBUTES or at in columns.used:
            continue
        values = {row.cell(at).strip() for row in rows}
        if len(values) > 1:
            differing.append(f"{key} by row ({len(values)} values): a document has one, so save one table for each")
        found, faults = parse_values({key: next(iter(values))}) if len(values) == 1 else (Attributes(), {})
        if not faults and getattr(found, key):
            known, said = known.filled_from(found), said | {at}
    return known, frozenset(said), differing


def _described(header: tuple[str, ...], columns: Columns) -> tuple[str, str]:
    """How rows and columns were understood, and which columns were guessed."""
    shape = "a row is a respondent, the headers are what was asked" if columns.is_wide else "a row is a turn"
    positions = {"speaker": columns.speaker, "role": columns.role, "time": columns.time}
    held = {"text": columns.text} | {name: (at,) for name, at in positions.items() if at is not None}
    parts = [
        f"{name} = {listed((_short(_question(header, at)) for at in held[name]), separator=' + ')}"
        + ("" if name in columns.given else " (guessed)")
        for name in NAMES
        if name in held
    ]
    return f"table: {shape}", f"columns: {', '.join(parts)}"


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1].rstrip()}…"
