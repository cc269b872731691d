"""Web pages (html, htm) in: what a reader of the page sees, in the same blocks as from Word.

Also pages that Word ("filtered"), LibreOffice or Taguette saved. Scripts, navigation, hidden elements, comments and
pictures are counted, not read. Nothing is fetched.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from lxml import etree

from ..archive import MAX_XML
from ..errors import ReadError
from ..model import BlockStyle
from .decode import Decoded, decode
from .layout import Parsed, TextBuilder
from .margins import finish
from .runs import Piece, Runs, add_pieces

_CHARSET = re.compile(rb"<meta\b[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_WESTERN = ("iso-8859-1", "iso8859-1", "latin1", "latin-1", "us-ascii", "ascii")
"""Names that browsers read as cp1252."""
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCKS = _HEADINGS | {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "html", "legend", "li",
    "main", "menu", "ol", "option", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead",
    "tr", "ul",
}  # fmt: skip
_COUNTED = {
    "script": "script",
    "template": "template",
    "noscript": "passage for browsers without scripts",
    "nav": "navigation",
    "img": "image",
    "svg": "drawing",
    "canvas": "drawing",
    "video": "video",
    "audio": "sound",
    "iframe": "embedded page",
    "frame": "embedded page",
    "object": "embedded object",
    "embed": "embedded object",
    "math": "equation (not read)",
    "del": "deleted run",
    "input": "form field",
    "textarea": "form field",
    "select": "form field",
    "button": "button",
    "rt": "reading aid (ruby)",
}
_ONLY_WITH_WORDS = ("script", "template", "noscript", "nav", "del", "button", "rt")
_NO_WORDS = ("title", "style", "xml", "meta", "link", "rp", "datalist")
_CLASSES = {
    "taglist": "tag list of Taguette",
    "MsoFootnoteReference": "mark of a note",
    "MsoEndnoteReference": "mark of a note",
    "MsoCommentReference": "mark of a note",
    "sdfootnoteanc": "mark of a note",
    "sdendnoteanc": "mark of a note",
    "sdfootnotesym": "mark of a note",
    "sdendnotesym": "mark of a note",
}
"""Classes by which Taguette, Word and LibreOffice mark what is nobody's words."""
_NOTES = re.compile(r"\b(Mso(Footnote|Endnote|Comment)Text|Mso(Header|Footer)|MsoToc\d|sd(foot|end)note)\b")
_LISTED = re.compile(r"\bMsoList(Paragraph|Bullet|Number)")
_TITLE = re.compile(r"\bMso(Title|Subtitle)\b")
_LIST_SIGN = re.compile(r"(?:[·•§▪◦\uf0b7\uf0a7o–-]|\(?\w{1,4}[.)]) *\xa0[\xa0 ]*")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_WEIGHT = re.compile(r"font-weight\s*:\s*(\w+)", re.IGNORECASE)
_HEAVY = ("bold", "bolder", "600", "700", "800", "900")
_MAX_DEPTH = 200


class PageReader:
    """Turns elements of one page into blocks; counts what it leaves out.

    Parameters
    ----------
    left_out : Counter of str
        Added to.
    """

    def __init__(self, left_out: Counter[str]) -> None:
        self.pieces: list[Piece] = []
        self._left_out = left_out
        self._runs = Runs()

    def read(self, element: Any, style: BlockStyle = "paragraph") -> PageReader:
        """Read what is inside of an element."""
        self._walk(element, style, bold=False, exact=False)
        self._end(style)
        return self

    def _walk(self, element: Any, style: BlockStyle, *, bold: bool, exact: bool) -> None:
        bold, exact = _is_bold(element, bold), exact or element.tag == "pre"
        self._add(element.text, bold, exact)
        for child in element:
            if not isinstance(child.tag, str):
                self._left_out["HTML comment"] += _is_remark(child)
            elif not self._leave_out(child):
                self._take(child, style, bold, exact)
            self._add(child.tail, bold, exact)

    def _take(self, child: Any, style: BlockStyle, bold: bool, exact: bool) -> None:
        if child.tag == "br":
            self._runs.add("\n", bold)
        elif child.tag == "table" and not _is_layout(child):
            self._end(style)
            for caption in child.iterchildren("caption"):
                self.read(caption, "heading")
            self.pieces.append((self._grid(child), "row"))
        elif child.tag in _BLOCKS:
            self._end(style)
            inner = _style(child, style)
            self._walk(child, inner, bold=bold, exact=exact)
            if _LISTED.search(child.get("class", "")):
                self._drop_sign()
            self._end(inner)
        else:
            self._walk(child, style, bold=bold, exact=exact)

    def _add(self, words: str | None, bold: bool, exact: bool) -> None:
        if words and exact:
            self._runs.add(words, bold)
        elif words:
            self._runs.add_folded(words, bold)

    def _end(self, style: BlockStyle) -> None:
        if self._runs.text.strip():
            self.pieces.append((self._runs, style))
        self._runs = Runs()

    def _drop_sign(self) -> None:
        """Drop the sign or number that Word puts before the words of a list."""
        sign = _LIST_SIGN.match(self._runs.text)
        gone = sign.end() if sign else 0
        for at, (words, bold) in enumerate(self._runs.parts):
            self._runs.parts[at] = (words[gone:], bold)
            gone = max(0, gone - len(words))

    def _leave_out(self, element: Any) -> bool:
        """Whether an element is not read; counted where something is lost by it."""
        look = element.get("style", "")
        if element.tag in _NO_WORDS or "mso-list:Ignore" in look or element.get("type") == "hidden":
            return True
        kind = next((_CLASSES[name] for name in element.get("class", "").split() if name in _CLASSES), None)
        if kind is None and (element.get("hidden") is not None or _HIDDEN.search(look)):
            kind = "hidden element"
        told = kind is None and element.tag not in _ONLY_WITH_WORDS  # by itself, words or not
        kind = kind or _COUNTED.get(element.tag)
        if kind and (told or any(words.strip() for words in element.itertext())):
            self._left_out[kind] += 1
        return kind is not None

    def _grid(self, table: Any) -> list[list[str]]:
        """Words of a table by row and cell."""
        return [[self._cell(cell) for cell in row.iterchildren("td", "th")] for row in _rows(table)]

    def _cell(self, cell: Any) -> str:
        pieces = PageReader(self._left_out).read(cell).pieces
        return "\n".join(piece.text.strip() for piece, _ in pieces if isinstance(piece, Runs))


def parse_web_page(raw: bytes, *, format: str, file: str, encoding: str | None = None) -> Parsed:  # noqa: A002, ARG001
    """Read a web page.

    Parameters
    ----------
    raw : bytes
        The whole file; at most 50 MiB.
    format : {"html", "htm"}
    file : str
        Name for the messages.
    encoding : str or None
        None = a byte order mark, valid UTF-8, what the page says of itself, else a guess.

    Returns
    -------
    Parsed
        As of a Word document; see `parse_word`.

    Raises
    ------
    ReadError
        If the bytes do not decode, the page is too large or too deeply nested, is a report of qualcode, or holds no
        text.
    """
    if len(raw) > MAX_XML:
        raise ReadError(f"{file}: is larger than {MAX_XML >> 20} MiB, so it is not read.")
    decoded = _decode(raw, file, encoding)
    left_out, builder = Counter[str](), TextBuilder()
    root = _parse(decoded.text, file)
    _refuse_own_page(root, file)
    if root is not None:
        add_pieces(PageReader(left_out).read(root).pieces, builder)
    return finish(
        builder,
        left_out,
        file=file,
        encoding=decoded.encoding,
        guessed=decoded.guessed,
        notes=(*decoded.notes, *_title(root, builder.text)),
    )


def _decode(raw: bytes, file: str, encoding: str | None) -> Decoded:
    """Decode by what the page says of itself where nothing more certain is known."""
    said = _CHARSET.search(raw[:4096])
    if encoding is None and said:
        name = said[1].decode("ascii", "replace").casefold()
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            try:
                return decode(raw, file=file, encoding="cp1252" if name in _WESTERN else name)
            except ReadError:
                return decode(raw, file=file)
    return decode(raw, file=file, encoding=encoding)


def _parse(text: str, file: str) -> Any:
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.LxmlError as error:
        raise ReadError(f"{file}: is not a readable web page ({error}). Save it again.") from error
    fatal = [entry.message.strip() for entry in parser.error_log if entry.level_name == "FATAL"]
    if fatal or _depth(root) > _MAX_DEPTH:
        raise ReadError(f"{file}: has elements inside of more than {_MAX_DEPTH} others, so it is not read.")
    return root


def _refuse_own_page(root: Any, file: str) -> None:
    """Reports and tables written by qualcode must not come back as somebody's talk."""
    if root is not None and (
        root.find("head/meta[@name='generator'][@content='qualcode']") is not None
        or root.findtext("head/title") == "qualcode"
    ):
        raise ReadError(
            f"{file}: is a page that qualcode wrote, not notes. Keep reports outside of the folder of notes."
        )


def _depth(root: Any) -> int:
    deepest = depth = 0
    for event, _ in [] if root is None else etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _title(root: Any, text: str) -> Iterator[str]:
    """Name the title of the page, which stands in no line of it."""
    words = "" if root is None else " ".join((root.findtext("head/title") or "").split())
    if words and words not in text:
        yield f'page title "{words[:40]}"'


def _style(element: Any, outer: BlockStyle) -> BlockStyle:
    classes = element.get("class", "")
    if outer == "header" or _NOTES.search(classes) or element.get("title") in ("header", "footer"):
        return "header"
    if element.tag in _HEADINGS or _TITLE.search(classes):
        return "heading"
    return "bullet" if element.tag == "li" or _LISTED.search(classes) else outer


def _is_bold(element: Any, outer: bool) -> bool:
    weight = _WEIGHT.search(element.get("style", ""))
    if weight:
        return weight[1].casefold() in _HEAVY
    return outer or element.tag in ("b", "strong")


def _is_remark(comment: Any) -> bool:
    """Whether a comment holds more than an instruction to a browser."""
    words = (comment.text or "").strip()
    return bool(words) and not words.startswith(("[if", "[endif", "StartFragment", "EndFragment"))


def _is_layout(table: Any) -> bool:
    """Whether a table only places things: it holds headings or tables, or one column."""
    if any(element is not table for element in table.iter("table", *_HEADINGS)):
        return True
    return all(len(list(row.iterchildren("td", "th"))) < 2 for row in _rows(table))


def _rows(table: Any) -> Iterator[Any]:
    for child in table.iterchildren("tr", "thead", "tbody", "tfoot"):
        if child.tag == "tr":
            yield child
        else:
            yield from child.iterchildren("tr")
