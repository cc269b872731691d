"""One file in, one `Document` out: hash the bytes, choose the format's reader, keep what it says."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from ..errors import ReadError
from ..model import Document
from .layout import Parsed

READER_VERSION = "read.v2"
"""Changes when the same file would be read otherwise."""

TABLES = ("csv", "tsv", "xlsx")
Reader = Callable[..., Parsed]


def read_document(
    path: Path,
    *,
    name: str,
    raw: bytes | None = None,
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Document:
    """Read a source file.

    Parameters
    ----------
    path : Path
        A file of one of the formats of `FORMATS`.
    name : str
        The document's stable name.
    raw : bytes or None
        What the file holds, when it lies inside an archive; None = read it at `path`.
    encoding : str or None
        Encoding of a text file; None = find it. Has no meaning for docx and xlsx.
    columns : mapping of str to str, optional
        Of a table, which column is what; see `parse_table`. Has no meaning for other formats.

    Returns
    -------
    Document
        With the words untouched and newlines as LF; attributes only from front matter.

    Raises
    ------
    ReadError
        If the file is missing, empty, binary, not decodable or damaged.
    """
    raw = _bytes(path) if raw is None else raw
    ending = path.suffix.removeprefix(".").casefold()
    only = {"columns": columns} if columns and ending in TABLES else {}
    parsed = _reader(ending, path)(raw, format=ending, file=str(path), encoding=encoding, **only)
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
        read_as=parsed.read_as,
    )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ReadError(f"{path}: there is no such file.") from error
    except OSError as error:
        raise ReadError(f"{path}: cannot be read ({error.strerror}).") from error


def _reader(ending: str, path: Path) -> Reader:
    """Find the reader of a format; imported on use, since the Office libraries take time to load."""
    if ending == "txt":
        from .speech_text import parse_text

        return parse_text
    if ending == "md":
        from .plain import parse_plain

        return parse_plain
    if ending in ("vtt", "srt"):
        from .captions import parse_captions

        return parse_captions
    if ending in TABLES:
        from .tables import parse_table

        return parse_table
    if ending == "json":
        from .speech_json import parse_speech_json

        return parse_speech_json
    if ending == "docx":
        from .word import parse_word

        return parse_word
    if ending == "odt":
        from .open_document import parse_open_document

        return parse_open_document
    if ending == "rtf":
        from .rich_text import parse_rich_text

        return parse_rich_text
    if ending in ("html", "htm"):
        from .web_page import parse_web_page

        return parse_web_page
    if ending == "pdf":
        from .pdf import parse_pdf

        return parse_pdf
    raise ReadError(f'{path}: the ending ".{ending}" is not a document format.')


def document_of_text(text: str, *, name: str, format: str) -> Document:  # noqa: A002
    """Lay out a text that came with a project of another program, without changing a character of it.

    Parameters
    ----------
    text : str
        Newlines LF.
    name : str
        The document's stable name.
    format : str
        Ending of the project's file.

    Returns
    -------
    Document
        With the layout of a plain text file.

    Raises
    ------
    ReadError
        If it holds no words.
    """
    from .plain import parse_plain

    raw = text.encode("utf-8")
    parsed = parse_plain(raw, format="txt", file=name, encoding="utf-8")
    if parsed.text != text:
        raise ReadError(f"{name}: holds characters that no text file has, so its passages would move.")
    return Document(
        name, text, parsed.blocks, parsed.attributes, format, source_hash=f"sha256:{hashlib.sha256(raw).hexdigest()}"
    )
