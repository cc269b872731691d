"""Zipped Office files (docx, odt, xlsx) at the door: what only pretends to be one is refused by name."""

from __future__ import annotations

from ..archive import MAX_XML, Archive
from ..errors import ReadError

_OLE = b"\xd0\xcf\x11\xe0"
_DOCTYPES = tuple("<!DOCTYPE".encode(name) for name in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"))


def open_office(raw: bytes, *, file: str, what: str) -> Archive:
    """Open the zip archive of an Office file.

    Parameters
    ----------
    raw : bytes
        The whole file.
    file : str
        Name for the messages.
    what : str
        What it should be ("a Word document (.docx)").

    Returns
    -------
    Archive

    Raises
    ------
    ReadError
        If it is empty, protected by a password, no zip archive, breaks a limit of `Archive`, or brings a document type
        in one of its XML parts.
    """
    if not raw:
        raise ReadError(f"{file}: holds no text (0 bytes). Nothing is stored for it.")
    if raw.startswith(_OLE):
        raise ReadError(
            f"{file}: is not {what}: it is password-protected or in the old Office format. Remove the password, or "
            "save it in the new format."
        )
    if not raw.startswith(b"PK"):
        raise ReadError(f"{file}: is not {what}: not a zip archive. Was a file of another kind renamed?")
    try:
        archive = Archive(raw, file=file, what=what)
        _refuse_doctype(archive)
    except ValueError as fault:  # of zipfile, where the directory of the archive points outside of it
        raise ReadError(f"{file}: is not {what}, or is damaged ({fault}). Save or export it again.") from fault
    return archive


def _refuse_doctype(archive: Archive) -> None:
    """Refuse a document type in any XML part, read by us or by a library: Office programs never write one."""
    for name in archive.names:
        content = archive.read(name) if name.endswith((".xml", ".rels", "mimetype")) else b""
        if len(content) > MAX_XML:
            raise ReadError(f'{archive.file}: the part "{name}" is larger than {MAX_XML >> 20} MiB, so it is not read.')
        if any(doctype in content for doctype in _DOCTYPES):
            raise ReadError(
                f'{archive.file}, part "{name}": brings a document type (DOCTYPE) of its own, so it is not read.'
            )
