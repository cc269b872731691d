"""Zip archives and XML parts from strangers, read within limits: Office files, REFI-QDA projects, zipped notes.

Nothing is ever extracted to disk. An archive is judged whole before a byte of it is inflated: how many entries, how
large, how far compressed, whether names leave the folder or two entries share their bytes. XML may not bring a
document type of its own, so no entity expands and no file is fetched.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from io import BytesIO
from itertools import pairwise
from typing import Any

from lxml import etree

from .errors import QualcodeError, ReadError, shown

MAX_ENTRIES = 5_000
MAX_TOTAL = 2**30
"""Bytes of all entries together, inflated."""
MAX_RATIO = 200
"""Inflated to compressed bytes of an entry above `RATIO_FROM`: text packs 10 to 1."""
RATIO_FROM = 2**20
MAX_XML = 50 * 2**20
"""Bytes of one XML part."""
_LOCAL_HEADER = 30
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_OLE = b"\xd0\xcf\x11\xe0"


class Archive:
    """The entries of a zip file that passed all checks.

    Parameters
    ----------
    raw : bytes
        The whole file.
    file : str
        Name for the messages.
    what : str
        What the file should be, for the messages ("a Word document").
    error : type of QualcodeError
        Raised for every fault.
    rooted : str
        A folder whose name may begin with a slash, as some programs write it; "" = none. Nothing is written to disk,
        so it does no harm.

    Raises
    ------
    QualcodeError
        If it is no zip file, is damaged or protected by a password, holds too much, or an entry's name or place in the
        file is not one an honest program writes.

    Examples
    --------
    >>> raw = BytesIO()
    >>> with zipfile.ZipFile(raw, "w") as archive:
    ...     archive.writestr("a/b.txt", "words")
    >>> Archive(raw.getvalue(), file="notes.zip").read("a/b.txt")
    b'words'
    """

    def __init__(
        self,
        raw: bytes,
        *,
        file: str,
        what: str = "a zip archive",
        error: type[QualcodeError] = ReadError,
        rooted: str = "",
    ) -> None:
        self.file = file
        self._rooted = f"/{rooted.casefold()}/" if rooted else ""
        self._error = error
        if raw.startswith(_OLE):
            raise error(
                f"{file}: is protected by a password or in the old Office format, so it cannot be read. Save it as "
                "a new file without a password."
            )
        try:
            self._zip = zipfile.ZipFile(BytesIO(raw))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as fault:
            raise error(f"{file}: is not {what}, or is damaged ({shown(fault)}). Save or export it again.") from fault
        infos = self._zip.infolist()
        self._check(infos, len(raw))
        self._infos = {info.filename: info for info in infos if not info.is_dir()}

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the entries in the order of the archive, folders left out."""
        return tuple(self._infos)

    def read(self, name: str) -> bytes:
        """The bytes of an entry.

        Raises
        ------
        QualcodeError
            If it does not inflate, or not to what the archive says of it.
        """
        try:
            info = self._infos[name]
            with self._zip.open(info) as entry:
                # Never more than was declared and judged; all at once, zlib would first inflate what a lie hides.
                return entry.read(info.file_size)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, OSError) as fault:
            raise self._error(
                f'{self.file}: the part "{shown(name)}" is damaged ({shown(fault)}). Save or export it again.'
            ) from fault

    def xml(self, name: str, *, limit: int = MAX_XML) -> Any:
        """The root element of an XML entry of at most `limit` bytes; see `parse_xml`."""
        if self._infos[name].file_size > limit:
            raise self._error(
                f'{self.file}: the part "{shown(name)}" is larger than {limit >> 20} MiB, so it is not read.'
            )
        return parse_xml(self.read(name), file=f'{self.file}, part "{shown(name)}"', error=self._error, limit=limit)

    def _check(self, infos: list[zipfile.ZipInfo], length: int) -> None:
        refuse = self._refuse
        if len(infos) > MAX_ENTRIES:
            refuse(f"holds {len(infos):,} files; at most {MAX_ENTRIES:,} are read")
        if (total := sum(info.file_size for info in infos)) > MAX_TOTAL:
            refuse(f"would unpack to {total:,} bytes; at most {MAX_TOTAL:,} are read")
        seen: set[str] = set()
        for info in infos:
            if problem := _problem(info, self._rooted):
                refuse(f'{problem}: "{shown(info.orig_filename)}"')
            if info.filename.casefold() in seen:
                refuse(f'holds "{shown(info.filename)}" twice')
            seen.add(info.filename.casefold())
        ordered = sorted(infos, key=lambda info: info.header_offset)
        if any(_end(one) > other.header_offset for one, other in pairwise(ordered)) or any(
            _end(info) > length for info in ordered
        ):
            refuse("has entries that lie over each other")

    def _refuse(self, why: str) -> None:
        raise self._error(f"{self.file}: {why}. No honest program writes such a file: nothing of it is read.")


def _end(info: zipfile.ZipInfo) -> int:
    """Where an entry ends at the earliest."""
    charset = "utf-8" if info.flag_bits & _UTF8_NAME else "cp437"
    return info.header_offset + _LOCAL_HEADER + len(info.orig_filename.encode(charset, "replace")) + info.compress_size


def _problem(info: zipfile.ZipInfo, rooted: str = "") -> str | None:
    name = info.orig_filename
    if rooted and name.casefold().startswith(rooted):
        name = name[1:]
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or ".." in parts or ":" in parts[0] or "\0" in name:
        return "has a file whose name leaves the archive"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "has a link instead of a file"
    if info.flag_bits & _ENCRYPTED:
        return "has a file protected by a password"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "has a file packed in a way that is not read"
    if info.file_size > max(RATIO_FROM, info.compress_size * MAX_RATIO):
        return f"has a file packed more than {MAX_RATIO} to 1"
    return None


def parse_xml(content: bytes, *, file: str, error: type[QualcodeError] = ReadError, limit: int = MAX_XML) -> Any:
    """Parse XML that comes from elsewhere.

    Parameters
    ----------
    content : bytes
        At most `limit`; a byte order mark before the declaration is passed over.
    file : str
        Name for the messages.
    error : type of QualcodeError
    limit : int
        Bytes.

    Returns
    -------
    lxml element
        The root; comments and processing instructions are left out.

    Raises
    ------
    QualcodeError
        If it is no XML, brings a DOCTYPE, or is too large.

    Examples
    --------
    >>> parse_xml(b"<a><b/></a>", file="a.xml").tag
    'a'
    """
    if len(content) > limit:
        raise error(f"{file}: is larger than {limit >> 20} MiB, so it is not read.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content.removeprefix(b"\xef\xbb\xbf"), parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise error(f"{file}: is not readable XML ({shown(fault)}). Save or export it again.") from fault
    if root.getroottree().docinfo.doctype:
        raise error(f"{file}: brings a document type (DOCTYPE) of its own, so it is not read.")
    return root
