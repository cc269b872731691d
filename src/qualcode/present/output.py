"""Rendered text or bytes to standard output or a file; the choice of a format."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import get_args

from ..errors import SelectionError
from .table import Format

FORMATS: tuple[Format, ...] = get_args(Format)
_BY_SUFFIX: dict[str, Format] = {
    ".csv": "csv",
    ".json": "json",
    ".md": "md",
    ".html": "html",
    ".htm": "html",
    ".xlsx": "xlsx",
    ".txt": "table",
}


def choose_format(given: str | None, out: Path | None) -> Format:
    """The format asked for, else the one the file's ending means, else "table".

    Parameters
    ----------
    given : str or None
        From ``--format``.
    out : Path or None
        From ``--out``.

    Returns
    -------
    Format

    Raises
    ------
    SelectionError
        If the format or the file's ending is unknown, or Excel is asked for without a file.
    """
    if given is not None and given not in FORMATS:
        raise SelectionError(f'--format "{given}" is not known. Formats: {", ".join(FORMATS)}.')
    if given is None and out is not None and out.suffix and out.suffix.lower() not in _BY_SUFFIX:
        raise SelectionError(
            f'--out {out.name}: the ending "{out.suffix}" picks no format. Endings: {", ".join(_BY_SUFFIX)}; '
            "or add --format."
        )
    chosen = given or _BY_SUFFIX.get(out.suffix.lower() if out else "", "table")
    if chosen == "xlsx" and out is None:
        raise SelectionError("An Excel workbook needs a file: add --out FILE.xlsx")
    return chosen


def write_output(content: str | bytes, out: Path | None) -> None:
    """Print `content`, or write it to `out` whole or not at all.

    Parameters
    ----------
    content : str or bytes
    out : Path or None
        None prints to standard output.

    Raises
    ------
    SelectionError
        If the file cannot be written; an older file of that name is kept.
    """
    if out is None:
        text = content if isinstance(content, str) else content.decode("utf-8")
        sys.stdout.write(text.rstrip("\n") + "\n")
        return
    data = content if isinstance(content, bytes) else (content.rstrip("\n") + "\n").encode()
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        part.replace(out)
    except FileNotFoundError as error:
        raise SelectionError(f"There is no folder {out.parent} for {out.name}. Make the folder first.") from error
    except OSError as error:
        raise SelectionError(f"{out} cannot be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)
