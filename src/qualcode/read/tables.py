"""Tables of talk (csv, tsv, xlsx) in: one block a row, with the speaker and time of its columns.

The text is the cells of the column that holds the words, joined by LF, each as written.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from ..errors import ReadError
from .cells import Row, read_cells
from .layout import Parsed, TextBuilder, counted, listed
from .values import header_key

TEXT_HEADERS = (
    "text", "words", "utterance", "content", "answer", "quote", "transcript", "transcription", "response",
    "speech", "statement", "sentence", "caption", "subtitle", "message", "comment",
)  # fmt: skip
SPEAKER_HEADERS = ("speaker", "speaker_name", "speakers", "name", "who", "participant", "person")
ROLE_HEADERS = ("role", "speaker_role")
TIME_HEADERS = ("time", "timestamp", "time_stamp", "timecode", "start", "start_time", "begin", "from")
OWN_HEADERS = (
    frozenset({"code_number", "code", "probability"}),
    frozenset({"code_number", "code", "share_documents"}),
)
"""Column names that only qualcode's own tables have together."""
_ENTITY = re.compile(r"&(?:#\d{2,6}|#x[0-9a-fA-F]{2,5}|[a-zA-Z]{2,8});")


@dataclass(frozen=True)
class _Columns:
    text: int
    speaker: int | None = None
    role: int | None = None
    time: int | None = None

    @property
    def used(self) -> set[int | None]:
        return {self.text, self.speaker, self.role, self.time}


def parse_table(raw: bytes, *, format: str, file: str, encoding: str | None = None) -> Parsed:  # noqa: A002
    """Read a table whose rows are turns or answers.

    Parameters
    ----------
    raw : bytes
        The whole file.
    format : {"csv", "tsv", "xlsx"}
    file : str
        Name for the messages.
    encoding : str or None
        For csv and tsv; None = find it.

    Returns
    -------
    Parsed
        Text is the column named text, words, utterance, ... else the one with most words.

    Raises
    ------
    ReadError
        If the table cannot be read, holds no words, or a row has more cells than there are headers.
    """
    table = read_cells(raw, format=format, file=file, encoding=encoding)
    header, rows = _split_header(table.rows)
    _refuse_own_table(header, file)
    _check_width(header, rows, file)
    columns = _find_columns(header, rows)
    builder, left_out = TextBuilder(), Counter[str]()
    for row in rows:
        _take_row(row, columns, builder, left_out)
    if not builder.blocks:
        raise ReadError(f"{file}: holds no text under its headers. Nothing is stored for it.")
    notes = [*table.notes, *counted(left_out)]
    unused = [cell for at, cell in enumerate(header) if at not in columns.used and _has_words(rows, at)]
    if unused:
        notes.append(f"columns not read: {listed(unused)}")
    return Parsed(
        builder.text,
        tuple(builder.blocks),
        left_out=tuple(notes),
        encoding=table.encoding,
        encoding_guessed=table.encoding_guessed,
    )


def _split_header(rows: tuple[Row, ...]) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """Part the headers from the rows below; a first row that is talk already is no header."""
    first = rows[0]
    keys = [header_key(cell) for cell in first.cells]
    known = {*TEXT_HEADERS, *SPEAKER_HEADERS, *ROLE_HEADERS, *TIME_HEADERS}
    wordy = any(len(cell.split()) > 8 or cell.rstrip().endswith((".", "?", "!")) for cell in first.cells)
    if wordy and not known.intersection(keys):
        return tuple(f"column {number}" for number in range(1, len(first.cells) + 1)), rows
    return tuple(cell.strip() for cell in first.cells), rows[1:]


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


def _find_columns(header: tuple[str, ...], rows: tuple[Row, ...]) -> _Columns:
    keys = [header_key(cell) for cell in header]
    text = _first(keys, TEXT_HEADERS)
    if text is None:
        text = max(range(len(header)), key=lambda at: sum(len(_cell(row, at)) for row in rows))
    speaker = _first(keys, SPEAKER_HEADERS, text)
    if speaker is None and not any(key in ROLE_HEADERS for key in keys) and keys[0] == "column_1":
        speaker = _speaker_like(len(header), text, rows)
    role = _first(keys, ROLE_HEADERS, text)
    if speaker is None:
        speaker, role = role, None
    return _Columns(text, speaker, role, _first(keys, TIME_HEADERS, text))


def _first(keys: list[str], wanted: tuple[str, ...], taken: int | None = None) -> int | None:
    """Find the column of the first of `wanted` that there is."""
    return next((keys.index(name) for name in wanted if name in keys and keys.index(name) != taken), None)


def _speaker_like(width: int, text: int, rows: tuple[Row, ...]) -> int | None:
    """In a table without headers: the column of few short values that come again."""
    for at in range(width):
        values = [_cell(row, at).strip() for row in rows]
        short = all(len(value.split()) <= 4 for value in values)
        if at != text and short and any(values) and len(set(values)) * 2 <= len(values):
            return at
    return None


def _take_row(row: Row, columns: _Columns, builder: TextBuilder, left_out: Counter[str]) -> None:
    words = _cell(row, columns.text)
    speaker = _cell(row, columns.speaker).strip().rstrip(":：").rstrip()
    role = _cell(row, columns.role).strip()
    if not words.strip():
        left_out["row without words"] += 1
        return
    left_out["HTML entity (kept as written)"] += len(_ENTITY.findall(words))
    if speaker and role and role.casefold() not in speaker.casefold():
        speaker = f"{speaker} ({role})"
    builder.add(words, "row", speaker=speaker or role or None, time=_cell(row, columns.time).strip() or None)


def _cell(row: Row, at: int | None) -> str:
    return row.cells[at] if at is not None and at < len(row.cells) else ""


def _has_words(rows: tuple[Row, ...], at: int) -> bool:
    return any(_cell(row, at).strip() for row in rows)
