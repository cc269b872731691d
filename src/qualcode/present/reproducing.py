"""Whether a file could be made again, and what is not as it was: a line an output, a line an input that differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .table import Column, Format, Table, render
from .wording import plural

REPRODUCTION_COLUMNS = (
    Column("about", "About"),
    Column("what", "What", flexible=True),
    Column("before", "Then"),
    Column("after", "Now"),
)


def reproduction_text(
    rows: Sequence[Mapping[str, Any]], output: Format, *, same: int, outputs: int, edited: int
) -> str | bytes:
    """What came of making files again.

    Parameters
    ----------
    rows : sequence of mapping
        Values by key of `REPRODUCTION_COLUMNS`; outputs first.
    output : Format
    same, outputs : int
        How many files are made again to the byte, and how many there are.
    edited : int
        How many files beside the manifest are no longer what it says.
    """
    changed = len(rows) - outputs
    if same == outputs:
        title, said = "Different" if edited else "Identical", f"Made again to the byte: {plural(outputs, 'file')}."
        if edited:
            said += f" {plural(edited, 'file')} beside the manifest {'was' if edited == 1 else 'were'} changed since."
        if changed:
            are = "is not as it was" if changed == 1 else "are not as they were"
            said += f" {plural(changed, 'input')} {are}, without effect on the result."
    else:
        title, said = "Different", f"Not as they were: {outputs - same} of {plural(outputs, 'file')}."
        if not changed:
            said += " All recorded inputs are the same: another kind of processor may round otherwise."
    return render([Table(REPRODUCTION_COLUMNS, rows, title, (said,))], output)
