"""Small PDFs made of raw bytes, so that a test says where each word stands."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

Words = tuple[float, float, str]
"""x and y of the baseline in points from the lower left corner, and one line of words in Latin letters."""
FONT_SIZE = 10
LETTER_WIDTH = 6.0
"""Courier is 0.6 of its size wide."""
_FONTS = b"<< /F 3 0 R /B 4 0 R >>"


def pdf(*pages: Sequence[Words], extra: str = "", rotate: int = 0, trailer: str = "") -> bytes:
    """A PDF of A4 pages in Courier of 10 points.

    Parameters
    ----------
    *pages : sequence of (x, y, words)
        Words that begin with ``*`` are bold.
    extra : str
        More entries of every page ("/Annots [...]").
    rotate : int
        By how much each page is turned when it is shown.
    trailer : str
        More entries of the trailer.
    """
    return pdf_of([content(page) for page in pages], extra=f"/Rotate {rotate} {extra}", trailer=trailer)


def content(words: Sequence[Words]) -> bytes:
    """The operators that write words."""
    lines = []
    for x, y, text in words:
        font, text = ("B", text[1:]) if text.startswith("*") else ("F", text)
        escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        lines.append(f"BT /{font} {FONT_SIZE} Tf {x} {y} Td ({escaped}) Tj ET")
    return "\n".join(lines).encode("cp1252")


def pdf_of(contents: Sequence[bytes], *, objects: Sequence[bytes] = (), extra: str = "", trailer: str = "") -> bytes:
    """A PDF of pages given by their operators; `objects` come after the fonts and are numbered from 5."""
    first = 5 + len(objects)
    kids = " ".join(f"{first + 2 * at} 0 R" for at in range(len(contents)))
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} /MediaBox [0 0 595 842] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier-Bold /Encoding /WinAnsiEncoding >>",
        *objects,
    ]
    for at, operators in enumerate(contents):
        resources = b"/Resources << /Font " + _FONTS + b" /XObject << /X 5 0 R >> >>"
        place = f"<< /Type /Page /Parent 2 0 R /Contents {first + 2 * at + 1} 0 R {extra} ".encode()
        packed = zlib.compress(operators)
        bodies.append(place + resources + b" >>")
        bodies.append(f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode() + packed + b"\nendstream")
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}trailer\n"
    end += f"<< /Size {len(bodies) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{len(out)}\n%%EOF\n"
    return bytes(out) + end.encode()


def lines(words: Sequence[str], *, x: float = 72, top: float = 760, step: float = 12) -> list[Words]:
    """Lines below each other."""
    return [(x, top - step * at, text) for at, text in enumerate(words)]
