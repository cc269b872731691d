"""Word documents (docx) in: paragraphs and tables in reading order, with headings, lists and bold starts.

The body is walked here, since the libraries for it lose tables, insertions or text boxes. What a reader of the page
sees once all changes are accepted is taken: insertions and the new place of a move, text boxes after the paragraph
they hang on, foot- and endnotes and then comments at the end, as nobody's talk. What is not taken is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from lxml import etree

from .layout import Parsed, TextBuilder
from .margins import add_note, comment_note, finish
from .office import open_office
from .runs import Piece, Runs, add_pieces
from .word_package import Styles, W, WordPackage

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_COUNTED = {
    "moveFrom": "moved passage (read at its new place)",
    "sym": "sign of a symbol font",
    "rt": "reading aid (ruby)",
}
_TRANSPARENT = {
    "ins", "moveTo", "hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml", "r", "ruby", "rubyBase",
    "dir", "bdo",
}  # fmt: skip
_AROUND_BLOCKS = {f"{W}{tag}" for tag in ("sdt", "sdtContent", "ins", "moveTo", "customXml")}
_SIGNS = {"tab": "\t", "ptab": "\t", "noBreakHyphen": "\u2011", "br": "\n", "cr": "\n"}
_DRAWN = {
    "pic": "image",
    "imagedata": "image",
    "chart": "chart",
    "relIds": "diagram",
    "textpath": "WordArt",
    "contentPart": "ink drawing",
}
_MAX_OPEN = 50
"""Comments whose passage is followed at one time: more at one place is no honest file."""


class WordReader:
    """Turns the elements of one document into text; holds its styles, comments met and what was left out.

    Parameters
    ----------
    styles : Styles
    """

    def __init__(self, styles: Styles) -> None:
        self.left_out: Counter[str] = Counter()
        self.passages: dict[str, list[str]] = {}
        """Words each comment hangs on, by its id, in the order met."""
        self._open: set[str] = set()
        self._boxes: list[Any] = []
        self._styles = styles

    def add_blocks(self, parent: Any, builder: TextBuilder) -> None:
        """Append what stands in a body or text box, text boxes after the paragraph or table they hang on."""
        for piece in self._pieces(parent):
            add_pieces([piece], builder)
            boxes, self._boxes = self._boxes, []
            for box in boxes:
                self.add_blocks(box, builder)

    def text(self, parent: Any) -> str:
        """Give the words of a note, a cell or a page header: paragraphs by LF, the rows of tables in it by blanks."""
        parts: list[str] = []
        for piece, _ in self._pieces(parent):
            parts += [piece.text] if isinstance(piece, Runs) else [" ".join(row) for row in piece]
        return "\n".join(part for part in parts if part.strip())

    def _pieces(self, parent: Any) -> Iterator[Piece]:
        """Paragraphs and tables; a paragraph whose mark is deleted runs on into the next."""
        runs = Runs()
        for element in self._elements(parent):
            if element.tag == f"{W}p":
                self._paragraph(element, runs)
                if _ends_elsewhere(element):
                    continue
                yield runs, self._styles.block_style(element)
            else:
                if runs.parts:
                    yield runs, "paragraph"
                yield self._grid(element), "row"
            runs = Runs()
        if runs.parts:
            yield runs, "paragraph"

    def _elements(self, parent: Any) -> Iterator[Any]:
        """Paragraphs and tables below an element, through all that only wraps them."""
        for child in parent.iterchildren(etree.Element):
            if child.tag in (f"{W}p", f"{W}tbl"):
                yield child
            elif child.tag in _AROUND_BLOCKS and not self._is_placeholder(child):
                yield from self._elements(child)
            elif child.tag == f"{_MC}AlternateContent":
                yield from self._elements(_one_version(child))
            elif child.tag == f"{W}altChunk":
                self.left_out["embedded document"] += 1
            else:
                self._follow_comment(child)

    def _paragraph(self, element: Any, runs: Runs) -> None:
        self._hear(" ")
        if self._styles.switch(element, "vanish"):
            self.left_out["hidden paragraph"] += 1
            return
        self._walk(element, runs, self._styles.switch(element, "b"))

    def _walk(self, element: Any, runs: Runs, bold: bool) -> None:
        for child in element.iterchildren(etree.Element):
            namespace, _, tag = child.tag[1:].partition("}")
            if f"{{{namespace}}}" == _MC:
                self._walk(_one_version(child), runs, bold)
            elif f"{{{namespace}}}" == _M:
                self._take_equations(child, runs, bold)
            elif tag == "del":
                self.left_out["deleted run"] += max(1, sum(1 for _ in child.iter(f"{W}r")))
            elif tag in _COUNTED:
                self.left_out[_COUNTED[tag]] += 1
            elif tag in ("drawing", "pict"):
                self._take_drawing(child)
            elif tag == "object":
                self.left_out[_object_kind(child)] += 1
            elif tag == "r":
                self._walk_run(child, runs, bold)
            elif tag in _TRANSPARENT:
                if not self._is_placeholder(child):
                    self._walk(child, runs, bold)
            elif words := (child.text or "") if tag == "t" else _SIGNS.get(tag, ""):
                runs.add(words, bold)
                self._hear(words)
            else:
                self._follow_comment(child)

    def _walk_run(self, run: Any, runs: Runs, bold: bool) -> None:
        if self._styles.switch(run, "vanish"):
            self.left_out["hidden run"] += 1
        else:
            self._walk(run, runs, self._styles.switch(run, "b", bold))

    def _is_placeholder(self, element: Any) -> bool:
        """Whether it is a form field that nobody filled in ("Click here to enter text")."""
        empty = element.find(f"{W}sdtPr/{W}showingPlcHdr") is not None
        self.left_out["unfilled form field"] += empty
        return empty

    def _take_equations(self, element: Any, runs: Runs, bold: bool) -> None:
        self.left_out["equation (read as plain signs)"] += sum(1 for _ in element.iter(f"{_M}oMath"))
        runs.add("".join(element.itertext(f"{_M}t")), bold)

    def _take_drawing(self, element: Any) -> None:
        """Put its text boxes aside and count what else is drawn."""
        boxes: list[Any] = []
        kinds = _drawn(element, boxes)
        self._boxes += boxes
        self.left_out.update(kinds or ([] if boxes else ["drawing"]))

    def _follow_comment(self, element: Any) -> None:
        """Note where the passage of a comment begins and ends."""
        identity = element.get(f"{W}id", "")
        if element.tag == f"{W}commentRangeStart" and len(self._open) < _MAX_OPEN:
            self._open.add(identity)
        elif element.tag == f"{W}commentRangeEnd":
            self._open.discard(identity)
        elif element.tag != f"{W}commentReference":
            return
        self.passages.setdefault(identity, [])

    def _hear(self, words: str) -> None:
        for identity in self._open:
            self.passages[identity].append(words)

    def _grid(self, table: Any) -> list[list[str]]:
        """Words of a table by row and cell."""
        return [[self.text(cell) for cell in _children(row, "tc")] for row in _children(table, "tr")]


def parse_word(raw: bytes, *, format: str, file: str, encoding: str | None = None) -> Parsed:  # noqa: A002, ARG001
    """Read a Word document.

    Parameters
    ----------
    raw : bytes
        The whole file.
    format : {"docx"}
    file : str
        Name for the messages.
    encoding : str or None
        Has no meaning here: XML says its own.

    Returns
    -------
    Parsed
        Paragraphs, and rows of tables, joined by LF; at the end notes and comments ("Comment by Ana, 2024-05-01, on
        "a passage": ...") of style ``header``.

    Raises
    ------
    ReadError
        If it is password-protected, no Word document, damaged, breaks a limit of `Archive`, or holds no text.
    """
    package = WordPackage(open_office(raw, file=file, what="a Word document (.docx)"))
    reader, builder = WordReader(Styles(package)), TextBuilder()
    reader.add_blocks(package.body, builder)
    for kind in ("footnote", "endnote"):
        _add_notes(package, kind, reader, builder)
    _add_comments(package, reader, builder)
    headers = [reader.text(root) for kind in ("header", "footer") for root in package.parts(kind)]
    return finish(builder, reader.left_out, file=file, headers=headers)


def _add_notes(package: WordPackage, kind: str, reader: WordReader, builder: TextBuilder) -> None:
    for root in package.parts(f"{kind}s"):
        for note in root.iterchildren(f"{W}{kind}"):
            if note.get(f"{W}type") in (None, "normal"):  # the others are separator lines
                add_note(reader.text(note), builder)


def _add_comments(package: WordPackage, reader: WordReader, builder: TextBuilder) -> None:
    """Append comments in the order of their passages."""
    comments = {c.get(f"{W}id", ""): c for root in package.parts("comments") for c in root.iterchildren(f"{W}comment")}
    passages = dict(reader.passages)  # the words of comments hold references of their own
    for identity in dict.fromkeys((*passages, *comments)):
        if (comment := comments.get(identity)) is None:
            continue
        author, date = (comment.get(f"{W}{name}") or "" for name in ("author", "date"))
        passage = "".join(passages.get(identity, ()))
        add_note(comment_note(reader.text(comment), author=author, date=date, passage=passage), builder)


def _children(element: Any, tag: str) -> Iterator[Any]:
    for child in element.iterchildren(etree.Element):
        if child.tag == f"{W}{tag}":
            yield child
        elif child.tag in _AROUND_BLOCKS:
            yield from _children(child, tag)


def _one_version(element: Any) -> Any:
    """Of the versions of one thing (for new and old Word) take the first; other elements are their only version."""
    if element.tag != f"{_MC}AlternateContent":
        return element
    found = element.find(f"{_MC}Choice")
    return next((v for v in (found, element.find(f"{_MC}Fallback")) if v is not None), etree.Element("none"))


def _ends_elsewhere(paragraph: Any) -> bool:
    """Whether the end of the paragraph was deleted or moved away: its words then belong to the next."""
    mark = paragraph.find(f"{W}pPr/{W}rPr")
    return mark is not None and any(mark.find(f"{W}{tag}") is not None for tag in ("del", "moveFrom"))


def _drawn(element: Any, boxes: list[Any]) -> list[str]:
    """Kinds of things drawn below an element; text boxes are put into `boxes` and not looked into."""
    kinds: list[str] = []
    for child in element.iterchildren(etree.Element):
        tag = etree.QName(child).localname
        if tag == "txbxContent":
            boxes.append(child)
        elif tag == "AlternateContent":
            kinds += _drawn(_one_version(child), boxes)
        elif tag in _DRAWN:
            kinds.append(_DRAWN[tag])
        else:
            kinds += _drawn(child, boxes)
    return kinds


def _object_kind(element: Any) -> str:
    programs = [child.get("ProgID", "") for child in element.iter("{*}OLEObject")]
    return "equation (not read)" if any(name.startswith("Equation") for name in programs) else "embedded object"
