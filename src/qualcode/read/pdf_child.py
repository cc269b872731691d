"""The process that opens a PDF: bytes on stdin, pieces of text with their places as JSON on stdout.

Run by its path, alone, with limits: a PDF is a program, and one made to hang or to fill the memory must take down
nothing but this process. Imports nothing of ours. `read/pdf.py` starts it and knows the shape of its answer.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from io import BytesIO
from typing import Any

MAX_PAGES = 2_000
MAX_MEMORY = 2**30
"""Bytes of address space, where the system can limit it."""
MAX_CHARACTERS = 20_000_000
MAX_FORMS = 8
"""How deep forms (parts of pages that are used again) may hold each other."""
_GAP, _APART = 0.15, 0.8
"""Of the font's height: from the first on a gap is a blank, from the second on another piece begins."""
_SAME_LINE = 0.1
_IDENTITY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_NO_NOTES = ("/Link", "/Popup", "/Widget")

Matrix = tuple[float, float, float, float, float, float]
Piece = list[Any]
"""x of start and end, y of the baseline, height (points, y grows upwards), words, 1 if bold."""


class RefusedError(Exception):
    """The file is not read; the message completes "FILE: ..."."""


class Text:
    """The text of one page: an interpreter of the operators that place words.

    Parameters
    ----------
    pdf : pypdf.PdfReader
    page : pypdf.PageObject
    counts : Counter of str
        Gets what is left out.
    """

    def __init__(self, pdf: Any, page: Any, counts: Counter[str]) -> None:
        self.pdf = pdf
        self.counts = counts
        self.box = [float(edge) for edge in page.cropbox]
        self.by_direction: dict[int, list[Piece]] = {0: [], 1: [], 2: [], 3: []}
        self.state: dict[str, Any] = {
            "ctm": _IDENTITY, "font": None, "size": 0.0, "Tc": 0.0, "Tw": 0.0, "Tz": 100.0, "TL": 0.0, "Ts": 0.0,
        }  # fmt: skip
        self.line = self.at = _IDENTITY
        self.images: set[int] = set()

    @property
    def pieces(self) -> list[Piece]:
        """What is written in the main direction of the page; other directions are counted."""
        main = max(self.by_direction, key=lambda turn: sum(len(piece[4]) for piece in self.by_direction[turn]))
        self.counts["line of text in another direction (not read)"] += sum(
            len(pieces) for turn, pieces in self.by_direction.items() if turn != main
        )
        return self.by_direction[main]

    def draw(self, holder: Any, depth: int = 0) -> None:
        """Follow the operators of a page or form."""
        from pypdf.generic import ContentStream

        contents = holder if depth else holder.get("/Contents")
        contents = contents.get_object() if contents is not None else None
        if contents is None:
            return
        resources = _dictionary(holder, "/Resources")
        fonts, things = self._fonts(holder, depth), _dictionary(resources, "/XObject")
        saved: list[dict[str, Any]] = []
        for operands, operator in ContentStream(contents, self.pdf, "bytes").operations:
            if operator == b"q":
                saved.append(dict(self.state))
            elif operator == b"Q":
                self.state = saved.pop() if saved else self.state
            elif operator == b"Do" and operands:
                self._do(things.get(operands[0]), depth)
            elif operator == b"INLINE IMAGE":
                self.counts["image"] += 1
            else:
                self._place(operator, operands, fonts)

    def _fonts(self, holder: Any, depth: int) -> dict[str, Any]:
        from pypdf import PageObject

        if depth:
            page = PageObject(self.pdf)
            page.update({key: holder[key] for key in holder if key == "/Resources"})
            holder = page
        fonts: dict[str, Any] = holder._layout_mode_fonts()  # the one private thing used: so pypdf is pinned
        return fonts

    def _do(self, reference: Any, depth: int) -> None:
        thing: Any = reference.get_object() if reference is not None else None
        if not hasattr(thing, "get"):
            return
        kind = thing.get("/Subtype")
        if kind == "/Image":
            self.images.add(getattr(thing.indirect_reference, "idnum", id(thing)))
        elif kind == "/Form" and depth < MAX_FORMS:
            before = dict(self.state)
            self.state["ctm"] = times(_matrix(thing.get("/Matrix", ())), self.state["ctm"])
            self.draw(thing, depth + 1)
            self.state = before

    def _place(self, operator: bytes, operands: list[Any], fonts: dict[str, Any]) -> None:
        state, name = self.state, operator.decode("latin-1")
        if name == "cm":
            state["ctm"] = times(_matrix(operands), state["ctm"])
        elif name == "BT":
            self.line = self.at = _IDENTITY
        elif name == "Tf" and len(operands) > 1:
            state["font"], state["size"] = fonts.get(operands[0]), _number(operands[1])
        elif name in ("Tc", "Tw", "Tz", "TL", "Ts") and operands:
            state[name] = _number(operands[0])
        elif name == "Tm":
            self.line = self.at = _matrix(operands)
        elif name in ("Td", "TD") and len(operands) > 1:
            if name == "TD":
                state["TL"] = -_number(operands[1])
            self._move(_number(operands[0]), _number(operands[1]))
        elif name == "T*":
            self._move(0, -state["TL"])
        elif name in ("Tj", "TJ", "'", '"'):
            if name == '"' and len(operands) > 2:
                state["Tw"], state["Tc"] = _number(operands[0]), _number(operands[1])
            if name in "'\"":
                self._move(0, -state["TL"])
            self._show(operands[-1] if operands else b"")

    def _move(self, x: float, y: float) -> None:
        self.line = self.at = times((1, 0, 0, 1, x, y), self.line)

    def _show(self, shown: Any) -> None:
        for part in shown if isinstance(shown, list) else [shown]:
            if isinstance(part, (bytes, str)):
                self._write(part.encode("latin-1", "replace") if isinstance(part, str) else bytes(part))
            else:
                self._advance(-_number(part) / 1000 * self.state["size"] * self.state["Tz"] / 100)

    def _advance(self, width: float) -> None:
        self.at = times((1, 0, 0, 1, width, 0), self.at)

    def _write(self, raw: bytes) -> None:
        state, font = self.state, self.state["font"]
        if font is None or not font.interpretable:
            self.counts["piece of text in a font whose letters are not known"] += 1
            return
        signs, words = _decoded(font, raw)
        width = sum(font.space_width if sign == font.space_char else font.get_text_width(sign) for sign in signs)
        wide = width / 1000 * state["size"] + len(signs) * state["Tc"] + signs.count(font.space_char) * state["Tw"]
        start = times((1, 0, 0, 1, 0, state["Ts"]), times(self.at, state["ctm"]))
        self._advance(wide * state["Tz"] / 100)
        end = times((1, 0, 0, 1, 0, state["Ts"]), times(self.at, state["ctm"]))
        height = abs(state["size"]) * (start[2] ** 2 + start[3] ** 2) ** 0.5
        self._add(start, end, height, words, int("bold" in str(font.name).casefold()))

    def _add(self, start: Matrix, end: Matrix, height: float, words: str, bold: int) -> None:
        a, b = start[:2]
        turn = (0 if a > 0 else 2) if abs(a) >= abs(b) else (1 if b > 0 else 3)
        (x, y), (x_end, _) = _turned(start, turn), _turned(end, turn)
        pieces = self.by_direction[turn]
        if not words or not height:
            return
        left, low, right, high = self.box
        if not (left <= start[4] <= right and low <= start[5] <= high):
            self.counts["piece of text outside of the page"] += bool(words.strip())
            return
        self.counts["characters"] += len(words)
        if self.counts["characters"] > MAX_CHARACTERS:
            raise RefusedError(f"holds more than {MAX_CHARACTERS:,} characters. Split it")
        last = pieces[-1] if pieces else None
        if last and abs(last[2] - y) <= _SAME_LINE * height and last[5] == bold:
            gap = (x - last[1]) / height
            if -_APART < gap < _APART:
                blank = " " if gap >= _GAP and not last[4][-1].isspace() and not words[0].isspace() else ""
                last[4] += blank + words
                last[1], last[3] = max(x_end, last[1]), max(height, last[3])
                return
        pieces.append([round(x, 2), round(x_end, 2), round(y, 2), round(height, 2), words, bold])


def times(one: Matrix, other: Matrix) -> Matrix:
    """One transformation and then the other.

    Examples
    --------
    >>> times((1, 0, 0, 1, 5, 0), (2, 0, 0, 2, 0, 7))
    (2, 0, 0, 2, 10, 7)
    """
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _matrix(operands: Any) -> Matrix:
    numbers = [_number(operand) for operand in operands][-6:]
    return tuple(numbers) if len(numbers) == 6 else _IDENTITY  # type: ignore[return-value]


def _number(operand: Any) -> float:
    try:
        return float(operand)
    except (TypeError, ValueError):
        return 0.0


def _turned(at: Matrix, turn: int) -> tuple[float, float]:
    """Place of a piece once the page is turned so that it reads from left to right."""
    x, y = at[4], at[5]
    return ((x, y), (y, -x), (-x, -y), (-y, x))[turn]


def _decoded(font: Any, raw: bytes) -> tuple[str, str]:
    """The signs as the font counts them, and the words they stand for."""
    if isinstance(font.encoding, str):
        signs = letters = raw.decode(font.encoding, "replace")
    else:
        signs = "".join(map(chr, raw))
        letters = "".join(font.encoding.get(byte, chr(byte)) for byte in raw)
    return signs, "".join(font.character_map.get(letter, letter) for letter in letters)


def _dictionary(holder: Any, key: str) -> Any:
    found = holder.get(key) if hasattr(holder, "get") else None
    found = found.get_object() if found is not None else None
    return found if hasattr(found, "get") else {}


def notes_of(page: Any, counts: Counter[str]) -> list[dict[str, str]]:
    """Comments of a page; form fields are counted."""
    found = []
    for reference in page.get("/Annots") or ():
        note = reference.get_object()
        if not hasattr(note, "get"):
            continue
        if note.get("/Subtype") == "/Widget":
            counts["form field (not read)"] += 1
        words = str(note.get("/Contents") or "")
        if words.strip() and note.get("/Subtype") not in _NO_NOTES:
            found.append({"words": words, "author": str(note.get("/T") or ""), "date": str(note.get("/M") or "")})
    return found


def read(raw: bytes) -> dict[str, Any]:
    """All pages of a PDF.

    Raises
    ------
    RefusedError
        If it is protected by a password or too large.
    """
    from pypdf import PdfReader

    pdf = PdfReader(BytesIO(raw))
    if pdf.is_encrypted and not pdf.decrypt(""):
        raise RefusedError("is protected by a password. Save it without one")
    if (count := len(pdf.pages)) > MAX_PAGES:
        raise RefusedError(f"has {count:,} pages; at most {MAX_PAGES:,} are read. Split it")
    counts: Counter[str] = Counter()
    pages, notes, images = [], [], set()
    for page in pdf.pages:
        text = Text(pdf, page, counts)
        text.draw(page)
        images |= text.images
        notes += notes_of(page, counts)
        # /Rotate turns the sheet, words and all: what reads from left to right is the main direction either way.
        pages.append(text.pieces)
    counts["image"] += len(images)
    del counts["characters"]
    return {"pages": pages, "notes": notes, "counts": {what: n for what, n in counts.items() if n}}


def _limit_memory() -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    except (ImportError, OSError, ValueError):  # Windows has none, macOS refuses some
        return


def main() -> None:
    """Answer with ``{"pages", "notes", "counts"}`` or ``{"refused": why}``; never with a traceback."""
    raw = sys.stdin.buffer.read()
    _limit_memory()
    try:
        answer = read(raw)
    except RefusedError as refusal:
        answer = {"refused": str(refusal)}
    except MemoryError:
        answer = {"refused": f"needs more than {MAX_MEMORY >> 20:,} MiB of memory to read. Print it to a new PDF"}
    except ImportError as fault:
        answer = {"refused": f"is protected in a way that is not known ({fault}). Save it without a password"}
    except Exception as fault:  # whatever a broken file makes the library say
        what = " ".join(str(fault).split())[:120] or type(fault).__name__
        answer = {"refused": f"is damaged, or no PDF that can be read ({what}). Print it to a new PDF"}
    sys.stdout.buffer.write(json.dumps(answer).encode("ascii"))


if __name__ == "__main__":
    main()
