"""OpenDocument texts (odt, from LibreOffice) in: the same blocks as from Word.

What a reader of the page sees is taken: text boxes after the paragraph they hang on, notes and then comments at the end
as nobody's talk. Tracked deletions, which the file keeps apart from the text, and images are counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from lxml import etree

from ..archive import Archive
from ..errors import ReadError
from ..model import BlockStyle
from .layout import Parsed, TextBuilder
from .margins import add_note, comment_note, finish
from .office import open_office
from .runs import Piece, Runs, add_pieces

_O = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_T = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_MANIFEST = "META-INF/manifest.xml"
_MIMETYPES = (b"application/vnd.oasis.opendocument.text", b"application/vnd.oasis.opendocument.text-template")
_HEADINGS = ("Heading", "Title", "Subtitle")
_INDEXES = {
    f"{_T}{name}"
    for name in (
        "table-of-content", "illustration-index", "table-index", "object-index", "user-index", "alphabetical-index",
        "bibliography",
    )
}  # fmt: skip
_NOT_DRAWN = {f"{_DRAW}{name}" for name in ("enhanced-geometry", "glue-point", "image-map")}
_OBJECTS = {"chart": "chart", "formula": "equation (not read)"}
_BOLD = ("bold", "600", "700", "800", "900")
_MAX_ANCESTRY = 20
_MAX_DIGITS = 3
_MAX_OPEN = 50
"""Comments whose passage is followed at one time: more at one place is no honest file."""


class TextReader:
    """Turns the elements of one document into text; holds its styles, notes met and what was left out.

    Parameters
    ----------
    roots : sequence of lxml elements
        Parts with styles: of the document itself, and the named ones.
    kinds : dict of str to str
        Media type of each object in the file by its folder.
    """

    def __init__(self, roots: tuple[Any, ...], kinds: dict[str, str]) -> None:
        self.left_out: Counter[str] = Counter()
        self.notes: list[str] = []
        self.comments: dict[Any, list[str]] = {}
        """Comments in the order met, each with the words it hangs on."""
        self._open: dict[str, Any] = {}
        self._boxes: list[Any] = []
        self._kinds = kinds
        self._styles = {
            (style.get(f"{_STYLE}family"), style.get(f"{_STYLE}name")): style
            for root in roots
            for style in root.iter(f"{_STYLE}style")
        }

    def add_blocks(self, parent: Any, builder: TextBuilder, style: BlockStyle = "paragraph") -> None:
        """Append what stands in a body, list, section or text box."""
        for piece in self._pieces(parent, style):
            add_pieces([piece], builder)
            boxes, self._boxes = self._boxes, []
            for box in boxes:
                self.add_blocks(box, builder)

    def text(self, parent: Any) -> str:
        """Give the words of a note, a cell or a page header: paragraphs by LF, the rows of tables in it by blanks."""
        parts: list[str] = []
        for piece, _ in self._pieces(parent, "paragraph"):
            parts += [piece.text] if isinstance(piece, Runs) else [" ".join(row) for row in piece]
        return "\n".join(part for part in parts if part.strip())

    def _pieces(self, parent: Any, style: BlockStyle) -> Iterator[Piece]:
        for element, place in self._elements(parent, style):
            if element.tag == f"{_TABLE}table":
                yield self._grid(element), "row"
            else:
                yield self._paragraph(element), self._block_style(element, place)

    def _elements(self, parent: Any, style: BlockStyle) -> Iterator[tuple[Any, BlockStyle]]:
        """Paragraphs and tables below an element, with the style their place gives them."""
        for child in parent.iterchildren(etree.Element):
            if child.tag in (f"{_T}p", f"{_T}h", f"{_TABLE}table"):
                yield child, style
            elif child.tag in (f"{_T}list", f"{_T}numbered-paragraph"):
                yield from self._elements(child, "bullet" if style == "paragraph" else style)
            elif child.tag in (f"{_T}list-item", f"{_T}list-header", f"{_T}index-body", f"{_T}index-title"):
                yield from self._elements(child, style)
            elif child.tag in _INDEXES:
                yield from self._elements(child, "header")
            elif child.tag == f"{_T}section":
                if child.get(f"{_T}display") in ("none", "condition"):
                    self.left_out["hidden section"] += 1
                else:
                    yield from self._elements(child, style)
            elif child.tag == f"{_T}tracked-changes":
                self.left_out["deleted passage"] += sum(1 for _ in child.iter(f"{_T}deletion"))
            elif child.tag.startswith(_DRAW) and child.tag not in _NOT_DRAWN:  # hangs on the page, on no paragraph
                self._take_drawing(child)

    def _paragraph(self, element: Any) -> Runs:
        runs = Runs()
        if self._is_hidden(element):
            self.left_out["hidden paragraph"] += 1
        else:
            self._hear(" ")
            self._walk(element, runs, self._is_bold(element, False))
        return runs

    def _walk(self, element: Any, runs: Runs, bold: bool) -> None:
        self._add(element.text, runs, bold)
        for child in element.iterchildren(etree.Element):
            self._take(child, runs, bold)
            self._add(child.tail, runs, bold)

    def _take(self, child: Any, runs: Runs, bold: bool) -> None:
        tag = child.tag
        if tag == f"{_T}s":
            count = child.get(f"{_T}c", "1")
            runs.add(" " * (int(count) if count.isdecimal() and len(count) <= _MAX_DIGITS else 1), bold)
        elif tag in (f"{_T}tab", f"{_T}line-break"):
            runs.add("\t" if tag == f"{_T}tab" else "\n", bold)
        elif tag == f"{_T}note":
            if (body := child.find(f"{_T}note-body")) is not None:
                self.notes.append(self.text(body))
        elif tag == f"{_O}annotation":
            self._open_comment(child)
        elif tag == f"{_O}annotation-end":
            self._open.pop(child.get(f"{_O}name", ""), None)
        elif tag.startswith(_DRAW) and tag != f"{_DRAW}a":
            self._take_drawing(child)
        elif tag == f"{_T}ruby":
            self.left_out["reading aid (ruby)"] += 1
            self._walk_base(child, runs, bold)
        elif tag in (f"{_T}hidden-text", f"{_T}hidden-paragraph"):
            self.left_out["hidden run"] += 1
        elif tag == f"{_T}placeholder":
            self.left_out["unfilled form field"] += 1
        elif tag == f"{_T}span" and self._is_hidden(child):
            self.left_out["hidden run"] += 1
        else:  # spans, links, fields, bookmarks
            self._walk(child, runs, self._is_bold(child, bold))

    def _walk_base(self, ruby: Any, runs: Runs, bold: bool) -> None:
        for base in ruby.iterchildren(f"{_T}ruby-base"):
            self._walk(base, runs, bold)

    def _add(self, words: str | None, runs: Runs, bold: bool) -> None:
        if words:
            runs.add_folded(words, bold)
            self._hear(words)

    def _hear(self, words: str) -> None:
        for comment in self._open.values():
            self.comments[comment].append(words)

    def _open_comment(self, element: Any) -> None:
        self.comments[element] = []
        name = element.get(f"{_O}name")
        if name and len(self._open) < _MAX_OPEN:
            self._open[name] = element

    def _take_drawing(self, element: Any) -> None:
        """Put its text boxes aside and count what else is drawn."""
        boxes: list[Any] = []
        kinds = list(self._drawn(element, boxes))
        self._boxes += boxes
        self.left_out.update(kinds or ([] if boxes else ["drawing"]))

    def _drawn(self, element: Any, boxes: list[Any]) -> Iterator[str]:
        """Kinds of things drawn; an object and the image that stands for it are one thing."""
        objects = list(element.iterchildren(f"{_DRAW}object", f"{_DRAW}object-ole"))
        if objects:
            yield self._object_kind(objects[0])
        elif element.find(f"{_DRAW}image") is not None:
            yield "image"
        elif element.find(f"{_T}p") is not None or element.tag == f"{_DRAW}text-box":
            boxes.append(element)
        else:
            for child in element.iterchildren(etree.Element):
                if child.tag.startswith(_DRAW):
                    yield from self._drawn(child, boxes)

    def _object_kind(self, element: Any) -> str:
        folder = element.get(_HREF, "").removeprefix("./").rstrip("/")
        return _OBJECTS.get(self._kinds.get(folder, "").rpartition(".")[2], "embedded object")

    def _grid(self, table: Any) -> list[list[str]]:
        """Words of a table by row and cell; cells under a merged one are empty."""
        return [
            [self.text(cell) for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")]
            for row in _rows(table)
        ]

    def _block_style(self, element: Any, place: BlockStyle) -> BlockStyle:
        if place == "header":
            return "header"
        names = [style.get(f"{_STYLE}name", "") for style in self._ancestry(element)]
        return "heading" if element.tag == f"{_T}h" or any(name.startswith(_HEADINGS) for name in names) else place

    def _is_bold(self, element: Any, default: bool) -> bool:
        weight = self._property(element, f"{_FO}font-weight")
        return default if weight is None else weight in _BOLD

    def _is_hidden(self, element: Any) -> bool:
        return self._property(element, f"{_T}display") == "none"

    def _property(self, element: Any, name: str) -> str | None:
        """Property of the words that the nearest style in its ancestry names."""
        for style in self._ancestry(element):
            for properties in style.iterchildren(f"{_STYLE}text-properties"):
                value: str | None = properties.get(name)
                if value is not None:
                    return value
        return None

    def _ancestry(self, element: Any) -> list[Any]:
        family = "text" if element.tag in (f"{_T}span", f"{_T}a") else "paragraph"
        return list(islice(self._based(family, element.get(f"{_T}style-name")), _MAX_ANCESTRY))

    def _based(self, family: str, name: str | None) -> Iterator[Any]:
        while name is not None and (style := self._styles.get((family, name))) is not None:
            yield style
            name = style.get(f"{_STYLE}parent-style-name")


def parse_open_document(raw: bytes, *, format: str, file: str, encoding: str | None = None) -> Parsed:  # noqa: A002, ARG001
    """Read an OpenDocument text.

    Parameters
    ----------
    raw : bytes
        The whole file.
    format : {"odt"}
    file : str
        Name for the messages.
    encoding : str or None
        Has no meaning here: XML says its own.

    Returns
    -------
    Parsed
        As of a Word document; see `parse_word`.

    Raises
    ------
    ReadError
        If it is password-protected, no OpenDocument text, damaged, breaks a limit of `Archive`, or holds no text.
    """
    archive = open_office(raw, file=file, what="an OpenDocument text (.odt)")
    kinds = _check(archive)
    content = archive.xml("content.xml")
    named = (archive.xml("styles.xml"),) if "styles.xml" in archive.names else ()
    reader, builder = TextReader((*named, content), kinds), TextBuilder()
    for body in content.iterfind(f"{_O}body/{_O}text"):
        reader.add_blocks(body, builder)
    headers = _headers(named, reader)
    for note in reader.notes:
        add_note(note, builder)
    for comment, passage in list(reader.comments.items()):
        add_note(_comment(comment, "".join(passage), reader), builder)
    return finish(builder, reader.left_out, file=file, headers=headers)


def _check(archive: Archive) -> dict[str, str]:
    """Refuse what is protected or no text; give the media type of each entry of the manifest."""
    manifest = archive.xml(_MANIFEST) if _MANIFEST in archive.names else etree.Element("none")
    if "encrypted-package" in archive.names or next(manifest.iter("{*}encryption-data"), None) is not None:
        raise ReadError(f"{archive.file}: is password-protected. Remove the password and save it again.")
    kind = archive.read("mimetype").strip() if "mimetype" in archive.names else _MIMETYPES[0]
    if kind not in _MIMETYPES or "content.xml" not in archive.names:
        raise ReadError(f"{archive.file}: is not a readable OpenDocument text. Save it again as .odt.")
    entries = [{etree.QName(name).localname: value for name, value in e.attrib.items()} for e in manifest]
    return {entry.get("full-path", "").rstrip("/"): entry.get("media-type", "") for entry in entries}


def _comment(element: Any, passage: str, reader: TextReader) -> str:
    author = element.findtext("{http://purl.org/dc/elements/1.1/}creator") or ""
    date = element.findtext("{http://purl.org/dc/elements/1.1/}date") or ""
    return comment_note(reader.text(element), author=author, date=date, passage=passage)


def _headers(named: tuple[Any, ...], reader: TextReader) -> list[str]:
    """Words of page headers and footers."""
    pages = [part for root in named for page in root.iter(f"{_STYLE}master-page") for part in page]
    return [reader.text(part) for part in pages if "header" in part.tag or "footer" in part.tag]


def _rows(table: Any) -> Iterator[Any]:
    for child in table.iterchildren(etree.Element):
        if child.tag == f"{_TABLE}table-row":
            yield child
        elif child.tag in {f"{_TABLE}{name}" for name in ("table-header-rows", "table-rows", "table-row-group")}:
            yield from _rows(child)
