"""Word documents (docx) in: paragraphs and tables in reading order, with headings, lists and bold starts.

python-docx opens the package; the body is walked here, since its ``paragraphs`` alone lose tables,
insertions and content controls. What a reader of the page sees is taken: text boxes after the paragraph
they hang on, foot- and endnotes at the end as nobody's talk. Deleted text, comments and images are
counted, never silently lost.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError
from lxml import etree

from ..errors import ReadError
from ..model import BlockStyle
from .cells import check_zip
from .layout import Parsed, TextBuilder, counted
from .word_tables import add_table

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_HEADING_STYLES = re.compile(r"(heading|title|subtitle|toc heading)\b", re.IGNORECASE)
_LIST_STYLES = re.compile(r"list\b(?! continue)", re.IGNORECASE)
_DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_COUNTED = {
    "del": "tracked deletion",
    "moveFrom": "moved passage (at its old place)",
    "commentReference": "comment (not read)",
    "object": "embedded object",
}
_TRANSPARENT = {
    "ins", "moveTo", "hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml", "r", "ruby", "rubyBase",
    "dir", "bdo",
}  # fmt: skip


@dataclass
class Runs:
    """The words of one paragraph, run by run.

    Attributes
    ----------
    parts : list of (str, bool)
        Words and whether they are bold.
    """

    parts: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All words of the paragraph."""
        return "".join(words for words, _ in self.parts)

    @property
    def bold(self) -> int:
        """Code points at the start that are bold; blanks between bold runs count."""
        length = 0
        for words, bold in self.parts:
            if not bold and words.strip():
                break
            length += len(words)
        return len(self.text[:length].rstrip()) if any(bold and words.strip() for words, bold in self.parts) else 0


class WordReader:
    """Turns elements of one document into text; holds its styles and what was left out."""

    def __init__(self, styles: Any) -> None:
        self.left_out: Counter[str] = Counter()
        self.boxes: list[Any] = []
        """Text boxes met since they were last taken."""
        self._styles: dict[str, Any] = {style.style_id: style for style in styles}

    def paragraph(self, element: Any) -> Runs:
        """Read the words of a ``w:p`` with their weight."""
        style = self._style_of(element, f"{_W}pPr/{_W}pStyle")
        runs = Runs()
        self._walk(element, runs, self._is_bold(style))
        return runs

    def style(self, element: Any) -> BlockStyle:
        """Block style of a ``w:p``: heading, bullet or paragraph."""
        style = self._style_of(element, f"{_W}pPr/{_W}pStyle")
        names = [s.name or "" for s in _ancestry(style)]
        if any(_HEADING_STYLES.match(name) for name in names):
            return "heading"
        properties = [element.find(f"{_W}pPr"), *(s.element.find(f"{_W}pPr") for s in _ancestry(style))]
        known = [p for p in properties if p is not None]
        if any(_outline_level(p) for p in known):
            return "heading"
        listed = any(p.find(f"{_W}numPr") is not None for p in known)
        return "bullet" if listed or any(_LIST_STYLES.match(name) for name in names) else "paragraph"

    def _style_of(self, element: Any, where: str) -> Any:
        found = element.find(where)
        return None if found is None else self._styles.get(found.get(f"{_W}val"))

    def _is_bold(self, style: Any) -> bool:
        return next((weight for s in _ancestry(style) if (weight := _weight(s.element)) is not None), False)

    def _walk(self, element: Any, runs: Runs, bold: bool) -> None:
        for child in element.iterchildren(etree.Element):
            namespace, _, tag = child.tag[1:].partition("}")
            if f"{{{namespace}}}" == _MC:
                self._walk_alternatives(child, runs, bold)
            elif f"{{{namespace}}}" == _M:
                runs.parts.append(("".join(child.itertext(f"{_M}t")), bold))
            elif tag in _COUNTED:
                self.left_out[_COUNTED[tag]] += 1
            elif tag in ("drawing", "pict"):
                self._take_drawing(child)
            elif tag == "r":
                self._walk_run(child, runs, bold)
            elif tag in _TRANSPARENT:
                self._walk(child, runs, bold)
            elif words := _words(child, tag):
                runs.parts.append((words, bold))

    def _walk_run(self, run: Any, runs: Runs, bold: bool) -> None:
        if run.find(f"{_W}rPr/{_W}vanish") is not None:
            self.left_out["hidden run of text"] += 1
            return
        weight = _weight(run)
        if weight is None:
            style = self._style_of(run, f"{_W}rPr/{_W}rStyle")
            weight = bold if style is None else self._is_bold(style) or bold
        self._walk(run, runs, weight)

    def _walk_alternatives(self, element: Any, runs: Runs, bold: bool) -> None:
        """Of the versions of one thing (for new and old Word) only the first is taken."""
        choice = element.find(f"{_MC}Choice")
        self._walk(element.find(f"{_MC}Fallback") if choice is None else choice, runs, bold)

    def _take_drawing(self, element: Any) -> None:
        boxes = list(element.iter(f"{_W}txbxContent"))
        within = {inner for box in boxes for inner in box.iterdescendants(f"{_W}txbxContent")}
        self.boxes += [box for box in boxes if box not in within]
        if not boxes:
            self.left_out["image"] += 1

    def take_boxes(self) -> list[Any]:
        """Give the text boxes met since the last call."""
        taken, self.boxes = self.boxes, []
        return taken


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
        Paragraphs, and rows of tables, joined by LF.

    Raises
    ------
    ReadError
        If it is password-protected, no Word document, damaged, or holds no text.
    """
    check_zip(raw, file, "a Word document (.docx)")
    document = _open(raw, file)
    reader, builder = WordReader(document.styles), TextBuilder()
    _add_body(document.element.body, reader, builder)
    _add_notes(document, reader, builder)
    left_out = (*counted(reader.left_out), *_outside_body(document))
    if not builder.blocks:
        rest = f" Left out: {', '.join(left_out)}." if left_out else ""
        raise ReadError(f"{file}: holds no text. Nothing is stored for it.{rest}")
    return Parsed(builder.text, tuple(builder.blocks), left_out=left_out)


def _open(raw: bytes, file: str) -> Any:
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            for name in archive.namelist():
                if name.endswith(".xml") and _DOCTYPE.search(archive.open(name).read(2000)):
                    raise ReadError(f"{file}: {name} declares a DOCTYPE, which Word never writes. It is not read.")
        return docx.Document(BytesIO(raw))
    except (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile, etree.XMLSyntaxError, OSError) as error:
        raise ReadError(f"{file}: is not a readable Word document ({error}). Save it again as .docx.") from error


def _add_body(body: Any, reader: WordReader, builder: TextBuilder) -> None:
    for element in body.iterchildren(etree.Element):
        if element.tag == f"{_W}p":
            add_paragraph(element, reader, builder)
        elif element.tag == f"{_W}tbl":
            add_table(_grid(element, reader), builder)
        elif element.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
            _add_body(element, reader, builder)
        for box in reader.take_boxes():
            _add_body(box, reader, builder)


def _add_notes(document: Any, reader: WordReader, builder: TextBuilder) -> None:
    """Append foot- and endnotes, each a block that is nobody's talk."""
    for relation in document.part.rels.values():
        if not relation.reltype.endswith(("/footnotes", "/endnotes")):
            continue
        root = etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False))
        for note in root.iterchildren(f"{_W}footnote", f"{_W}endnote"):
            if note.get(f"{_W}type") in (None, "normal"):  # the others are separator lines
                words = " ".join(reader.paragraph(paragraph).text for paragraph in note.iter(f"{_W}p"))
                builder.add(" ".join(words.split()), "header")


def add_paragraph(element: Any, reader: WordReader, builder: TextBuilder) -> None:
    """Append a ``w:p``; a line break inside begins a new block."""
    runs = reader.paragraph(element)
    style = reader.style(element)
    bold = runs.bold
    for line in runs.text.split("\n"):
        builder.add(line, style, bold=min(max(bold, 0), len(line.rstrip())) if style != "heading" else 0)
        bold -= len(line) + 1


def _grid(table: Any, reader: WordReader) -> list[list[str]]:
    """Words of a table by row and cell; paragraphs of a cell joined by LF, tables inside it by a blank."""
    return [[_cell_text(cell, reader) for cell in _children(row, "tc")] for row in _children(table, "tr")]


def _children(element: Any, tag: str) -> Iterator[Any]:
    for child in element.iterchildren(etree.Element):
        if child.tag == f"{_W}{tag}":
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml"):
            yield from _children(child, tag)


def _cell_text(cell: Any, reader: WordReader) -> str:
    parts: list[str] = []
    for child in cell.iterchildren(etree.Element):
        if child.tag == f"{_W}p":
            parts.append(reader.paragraph(child).text)
        elif child.tag == f"{_W}tbl":
            parts += [" ".join(row) for row in _grid(child, reader)]
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent"):
            parts.append(_cell_text(child, reader))
    return "\n".join(part for part in parts if part.strip())


def _words(element: Any, tag: str) -> str:
    """Give what one element of a run adds to the words."""
    if tag == "t":
        return element.text or ""
    if tag in ("br", "cr"):
        return "\n"
    return {"tab": "\t", "ptab": "\t", "noBreakHyphen": "\u2011"}.get(tag, "")


def _weight(element: Any) -> bool | None:
    """Whether the run properties below say bold; None = they do not say."""
    bold = element.find(f"{_W}rPr/{_W}b")
    return None if bold is None else bold.get(f"{_W}val") not in ("0", "false", "off")


def _ancestry(style: Any) -> Iterator[Any]:
    """Give a style and those it is based on."""
    seen: set[str] = set()
    while style is not None and style.style_id not in seen:
        seen.add(style.style_id)
        yield style
        style = getattr(style, "base_style", None)


def _outline_level(properties: Any) -> bool:
    level = properties.find(f"{_W}outlineLvl")
    return level is not None and (level.get(f"{_W}val") or "9") in "012345678"


def _outside_body(document: Any) -> tuple[str, ...]:
    """Words that stand in page headers and footers."""
    words = {
        " ".join(p.text for p in part.paragraphs).strip()
        for section in document.sections
        for part in (section.header, section.footer)
        if not part.is_linked_to_previous
    } - {""}
    return tuple(f'page header or footer "{text[:40]}"' for text in sorted(words))
