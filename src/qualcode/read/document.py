"""One file in, one `Document` out: hash the bytes, choose the format's reader, keep what it says."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from ..errors import ReadError
from ..model import Document
from .layout import Parsed

READER_VERSION = "read.v1"
"""Changes when the same file would be read otherwise."""

Reader = Callable[..., Parsed]


def read_document(path: Path, *, name: str, encoding: str | None = None) -> Document:
    """Read a source file.

    Parameters
    ----------
    path : Path
        A file of one of the formats of `FORMATS`.
    name : str
        The document's stable name.
    encoding : str or None
        Encoding of a text file; None = find it. Has no meaning for docx and xlsx.

    Returns
    -------
    Document
        With the words untouched and newlines as LF; attributes only from front matter.

    Raises
    ------
    ReadError
        If the file is missing, empty, binary, not decodable or damaged.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise ReadError(f"{path}: there is no such file.") from error
    except OSError as error:
        raise ReadError(f"{path}: cannot be read ({error.strerror}).") from error
    ending = path.suffix.removeprefix(".").casefold()
    parsed = _reader(ending, path)(raw, format=ending, file=str(path), encoding=encoding)
    return Document(
        name=name,
        text=parsed.text,
        blocks=parsed.blocks,
        attributes=parsed.attributes,
        format=ending,
        encoding=parsed.encoding,
        encoding_guessed=parsed.encoding_guessed,
        source_hash=f"sha256:{hashlib.sha256(raw).hexdigest()}",
        left_out=parsed.left_out,
    )


def _reader(ending: str, path: Path) -> Reader:
    """Find the reader of a format; imported on use, since the Office libraries take time to load."""
    if ending in ("txt", "md"):
        from .plain import parse_plain

        return parse_plain
    if ending in ("vtt", "srt"):
        from .captions import parse_captions

        return parse_captions
    if ending in ("csv", "tsv", "xlsx"):
        from .tables import parse_table

        return parse_table
    if ending == "docx":
        from .word import parse_word

        return parse_word
    raise ReadError(f'{path}: the ending ".{ending}" is not a document format.')
