"""Tables of a Word document: practical facts, a transcript in columns, or rows of cells.

In: the words of a table by row and cell. Out: blocks in a `TextBuilder`.
"""

from __future__ import annotations

import re

from .layout import TextBuilder
from .table_columns import ROLE_HEADERS, SPEAKER_HEADERS, TEXT_HEADERS, TIME_HEADERS
from .values import header_key

_TIME = re.compile(r"\[?\(?(\d{1,2}:)?\d{1,2}:\d{2}([.,]\d+)?\)?\]?")
_PRACTICAL = re.compile(
    r"(date|place|location|venue|time|duration|length|interview|participant|present|facilitator|moderator|respondent|"
    r"language|recording|region|country|workshop|project|version|format|kind|organisation|institution|role|"
    r"datum|ort|dauer|teilnehm|fecha|lugar|duraci|data|luogo|durata|lloc|durada|locul|plats|plaats|duur|deelnemers|"
    r"deltagare|vieta|trukm|dalyviai|ημερομην|τόπος|διάρκεια|дата|място|участници)",
    re.IGNORECASE,
)
_MAX_LABEL_WORDS = 5


def add_table(grid: list[list[str]], builder: TextBuilder) -> None:
    """Append the rows of a table.

    Parameters
    ----------
    grid : list of list of str
        Words of each cell; a cell's paragraphs are separated by LF. Rows may differ in length.
    builder : TextBuilder
        A practical table becomes blocks of style ``header`` ("Date | 18 March"), a transcript in columns
        one block a paragraph of its words with speaker and time, any other table one ``row`` block a row.
    """
    rows = [[cell.strip() for cell in row] for row in grid if any(cell.strip() for cell in row)]
    if not rows:
        return
    if _is_practical(rows):
        _add_rows(rows, builder, header=True)
    elif columns := _transcript_columns(rows):
        _add_transcript(rows, columns, builder)
    else:
        _add_rows(rows, builder, header=False)


def _is_practical(rows: list[list[str]]) -> bool:
    """Two columns, and short labels that are all different, one at least a known one."""
    labels = [row[0] for row in rows]
    return (
        all(len(row) == 2 for row in rows)
        and all(len(label.split()) <= _MAX_LABEL_WORDS and not label.endswith(("?", "!")) for label in labels)
        and len(set(labels)) == len(labels)
        and sum(1 for label in labels if _PRACTICAL.match(label)) * 3 >= len(labels)
    )


def _transcript_columns(rows: list[list[str]]) -> tuple[int | None, int | None, int, int] | None:
    """Columns of time, speaker and words, and the first row of talk; None when it is no transcript."""
    width = len(rows[0])
    if width < 2 or any(len(row) != width for row in rows):
        return None
    keys = [header_key(cell) for cell in rows[0]]
    text = next((keys.index(name) for name in TEXT_HEADERS if name in keys), None)
    speaker = next((keys.index(name) for name in (*SPEAKER_HEADERS, *ROLE_HEADERS) if name in keys), None)
    time = next((keys.index(name) for name in TIME_HEADERS if name in keys), None)
    if text is not None and speaker is not None:
        return time, speaker, text, 1
    first = 0 if text is None and speaker is None else 1
    talk = rows[first:]
    time = next((at for at in range(width) if talk and all(_TIME.fullmatch(row[at]) for row in talk if row[at])), time)
    text = max(range(width), key=lambda at: sum(len(row[at]) for row in talk))
    others = [at for at in range(width) if at not in (time, text)]
    if len(others) != 1 or not _are_speakers([row[others[0]] for row in talk]):
        return None
    return time, others[0], text, first


def _are_speakers(values: list[str]) -> bool:
    """Short, and the same few come again."""
    named = [value for value in values if value]
    short = all(len(value.split()) <= _MAX_LABEL_WORDS for value in named)
    return short and len(named) >= 3 and len(set(named)) * 2 <= len(named) + 1


def _add_transcript(
    rows: list[list[str]], columns: tuple[int | None, int | None, int, int], builder: TextBuilder
) -> None:
    time, speaker, text, first = columns
    for row in rows[:first]:
        builder.add(" | ".join(cell for cell in row if cell), "header")
    for row in rows[first:]:
        who = row[speaker].rstrip(":： ") if speaker is not None else ""
        for words in row[text].split("\n"):
            builder.add(words, "row", speaker=who or None, time=(row[time] or None) if time is not None else None)


def _add_rows(rows: list[list[str]], builder: TextBuilder, *, header: bool) -> None:
    for row in rows:
        line = " | ".join(" ".join(cell.split("\n")) for cell in row if cell)
        builder.add(line, "header" if header else "row")
