"""Reports a person may edit: marked as written by us, and never overwritten once they are not.

In: the bytes of a report and where they go. Out: the file, with a seal: the SHA-256 of everything before it.
Word and Excel files carry it as the comment of their zip archive, which every program that saves the file
drops; HTML carries it as its last line. A changed byte breaks the seal, and a file without one is not ours.
"""

from __future__ import annotations

import struct
import zipfile
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Literal

from ..errors import ReportError
from .output import write_output

ENDINGS = (".docx", ".html", ".xlsx")
_MARK = b"qualcode sha256="
_ZIP_SEAL = len(_MARK) + 64
_HTML_OPEN, _HTML_CLOSE = b"<!-- " + _MARK, b" -->\n"
_HTML_SEAL = len(_HTML_OPEN) + 64 + len(_HTML_CLOSE)
_EPOCH = (1980, 1, 1, 0, 0, 0)


def seal(data: bytes, suffix: str) -> bytes:
    """Mark a report as written by us and untouched.

    Parameters
    ----------
    data : bytes
        The report, not sealed yet. Dates of a zip archive's members become 1980-01-01, so that the same
        content is the same bytes whenever it is made.
    suffix : str
        One of `ENDINGS`, in any case.

    Returns
    -------
    bytes

    Raises
    ------
    ReportError
        For another ending.

    Examples
    --------
    >>> seal(b"<p>7 of 10</p>", ".html").splitlines()[-1][:32]
    b'<!-- qualcode sha256=a535ad0567d'
    """
    suffix = suffix.lower()
    if suffix not in ENDINGS:
        raise ReportError(f'No report is written with the ending "{suffix}". Endings: {", ".join(ENDINGS)}.')
    if suffix == ".html":
        body = data.rstrip(b"\n") + b"\n"
        return body + _HTML_OPEN + _digest(body) + _HTML_CLOSE
    body = _undated(data)[:-2]  # without the length of the comment, which is 0
    return body + struct.pack("<H", _ZIP_SEAL) + _MARK + _digest(body)


def is_ours_untouched(path: Path) -> bool:
    """Whether a file carries a seal that fits its content.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    data = path.read_bytes()
    if path.suffix.lower() == ".html":
        body, end = data[:-_HTML_SEAL], data[-_HTML_SEAL:]
        return end == _HTML_OPEN + _digest(body) + _HTML_CLOSE
    body, end = data[: -_ZIP_SEAL - 2], data[-_ZIP_SEAL - 2 :]
    return end == struct.pack("<H", _ZIP_SEAL) + _MARK + _digest(body)


def write_report(data: bytes, path: Path) -> Literal["written", "same"]:
    """Write a sealed report whole or not at all; never over a file that is not ours or was edited.

    Parameters
    ----------
    data : bytes
        The report, not sealed yet.
    path : Path
        Its ending is one of `ENDINGS`.

    Returns
    -------
    {"written", "same"}
        "same": the file holds these bytes already and was left alone.

    Raises
    ------
    ReportError
        If `path` is a file we did not write, or that was changed since; or for another ending.
    SelectionError
        If the file cannot be written; an older one is kept.
    """
    sealed = seal(data, path.suffix)
    if path.is_file():
        if path.read_bytes() == sealed:
            return "same"
        if not is_ours_untouched(path):
            raise ReportError(
                f"{path} was edited, or not written by qualcode report; it is left as it is. "
                "Rename it, or give another file with --out."
            )
    write_output(sealed, path)
    return "written"


def _digest(body: bytes) -> bytes:
    return sha256(body).hexdigest().encode("ascii")


def _undated(data: bytes) -> bytes:
    """The archive again, in the same order, with one date for all members and no comment."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            new.writestr(zipfile.ZipInfo(member.filename, _EPOCH), old.read(member), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
