"""Pieces of a Word report: headings, captions, tables, pictures, quotes, contents, and the file itself.

In: plain values. Out: paragraphs in named styles, tables whose head is repeated and whose rows stay whole,
pictures with a text for those who do not see them, and the bytes of the document, the same for the same content.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm

from ..report import Extract
from ..version import __version__
from .phrases import BLANK, blank, quoted, source
from .table import Table
from .word_styles import (
    LANGUAGE,
    MARGIN_CM,
    TABLE,
    TO_BE_WRITTEN,
    add_field,
    add_footer,
    new_document,
    set_page,
    text_width_cm,
)

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def xml_text(text: str) -> str:
    r"""The text with what XML cannot hold made visible: control characters as their pictures.

    Examples
    --------
    >>> xml_text("a\x0bb\x7fc\ud800\u2028d")
    'a␋b␡c�\u2028d'
    """
    return _UNWRITABLE.sub(_picture, text)


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    return "\u2421" if code == 0x7F else chr(0x2400 + code) if code < 0x20 else "\ufffd"


class Writer:
    """A report being written from the cover to the appendix.

    Attributes
    ----------
    document : docx.document.Document
    """

    def __init__(self, title: str) -> None:
        self.document = new_document()
        add_footer(self.document.sections[0], xml_text(title))
        self._numbers = {"Table": 0, "Figure": 0}
        self._headings: list[tuple[str, int]] = []
        self._contents: Any = None

    def text(self, text: str, style: str = "Normal") -> Any:
        """A paragraph."""
        return self.document.add_paragraph(xml_text(text), style=style)

    def heading(self, text: str, level: int, *, new_page: bool = False) -> None:
        """A heading that the contents list, levels 1 and 2."""
        paragraph = self.text(text, f"Heading {level}")
        paragraph.paragraph_format.page_break_before = True if new_page else None
        if level <= 2:
            self._headings.append((xml_text(text), level))
            _bookmark(paragraph, len(self._headings))

    def blank(self, question: str) -> None:
        """The mark of what the author has to write."""
        self.text(blank(question), TO_BE_WRITTEN)

    def quotes(self, extracts: Sequence[Extract], *, region: bool = False) -> None:
        """Quotes, each with who speaks and why it was chosen."""
        for extract in extracts:
            chosen = f" ({extract.choice})" if extract.choice else ""
            self.text(quoted(extract), "Quote")
            self.text(f"{source(extract, region=region)}{chosen}", "Quote source")

    def bullets(self, items: Sequence[str]) -> None:
        """A list."""
        for item in items:
            self.text(item, "List Bullet")

    def table(self, table: Table, widths: Sequence[float], *, groups: Sequence[int] = ()) -> None:
        """A table under its caption, with its notes below.

        Parameters
        ----------
        table : Table
            Its title is the caption.
        widths : sequence of float
            Of the shown columns, relative to each other.
        groups : sequence of int
            Rows (from 0) that only name a group: their first filled cell spans the table.
        """
        self._caption("Table", table.title, "Table caption")
        grid = self.document.add_table(rows=1, cols=len(table.shown))
        for cell, column in zip(grid.rows[0].cells, table.shown, strict=True):
            write_cell(cell, column.title, "Table head number" if column.right else "Table head")
        for number, row in enumerate(table.rows):
            cells = grid.add_row().cells
            texts = [column.text(row) for column in table.shown]
            if number in groups:
                write_cell(cells[0].merge(cells[-1]), next(filter(None, texts), ""), "Table group")
                continue
            for cell, text, column in zip(cells, texts, table.shown, strict=True):
                style = TO_BE_WRITTEN if text.startswith(BLANK) else "Table text"
                write_cell(cell, text, "Table number" if column.right else style)
        lay_out(grid, widths, text_width_cm(self.document.sections[-1]), described=table.title)
        for note in table.notes or ("",):  # Word joins tables that nothing stands between
            self.text(note, "Note" if note else "After table")

    def figure(self, png: bytes, caption: str, *, described: str) -> None:
        """A picture as wide as the text above its caption.

        Parameters
        ----------
        png : bytes
        caption : str
        described : str
            What it shows, for those who do not see it.
        """
        section = self.document.sections[-1]
        shape = self.text("", "Figure").add_run().add_picture(BytesIO(png), width=Cm(text_width_cm(section)))
        most = section.page_height - Cm(2 * MARGIN_CM + 3)  # three centimetres for heading and caption
        if shape.height > most:
            shape.width, shape.height = int(shape.width * most / shape.height), most
        for side in "TBLR":  # without a distance, LibreOffice moves it by a third of a centimetre
            shape._inline.set(f"dist{side}", "0")
        shape._inline.docPr.set("descr", xml_text(described))
        shape._inline.docPr.set("title", xml_text(caption))
        self._caption("Figure", caption, "Caption")

    def page(self, *, landscape: bool) -> None:
        """A new section on a new page, upright or across."""
        set_page(self.document.add_section(), landscape=landscape)
        self.document.sections[-1].different_first_page_header_footer = False

    def contents(self) -> None:
        """The place of the contents; `finish` lists the headings there."""
        self.text("Contents", "TOC Heading").paragraph_format.page_break_before = True
        self._contents = self.text("", "toc 1")

    def finish(self, *, title: str, subject: str, date: str) -> bytes:
        """The document as bytes: contents filled, properties set."""
        if self._contents is not None:
            _fill_contents(self._contents, self._headings)
        return document_bytes(self.document, title=title, subject=subject, date=date)

    def _caption(self, label: str, text: str, style: str) -> None:
        self._numbers[label] += 1
        write_caption(self.text("", style), label, str(self._numbers[label]), xml_text(text))


def write_caption(paragraph: Any, label: str, number: str, text: str) -> None:
    """``Table 3. What it shows``, the number being a field of Word."""
    paragraph.add_run(f"{label} ")
    add_field(paragraph, f"SEQ {label} \\* ARABIC", number)
    paragraph.add_run(f". {text}")


def write_cell(cell: Any, text: str, style: str) -> None:
    """One paragraph in a cell."""
    cell.paragraphs[0].style = style
    cell.paragraphs[0].add_run(xml_text(text))


def lay_out(grid: Any, widths: Sequence[float], width_cm: float, *, described: str, head: bool = True) -> None:
    """Fixed widths, our style, a head repeated on every page, rows that stay whole, a name for screen readers."""
    grid.style = TABLE
    grid.autofit = False
    of_all = [Cm(width_cm * width / sum(widths)) for width in widths]
    for column, width in zip(grid.columns, of_all, strict=True):
        column.width = width
    for row in grid.rows:
        for cell, width in zip(row.cells, of_all, strict=True):
            if cell._tc.grid_span == 1:
                cell.width = width
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    if head:
        grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    look = grid._tbl.tblPr.find(qn("w:tblLook"))
    if look is not None:
        grid._tbl.tblPr.remove(look)
    grid._tbl.tblPr.append(
        parse_xml(f'<w:tblLook {nsdecls("w")} w:val="0020" w:firstRow="{int(head)}" w:noHBand="1" w:noVBand="1"/>')
    )
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), xml_text(described))
    grid._tbl.tblPr.append(caption)


def _bookmark(paragraph: Any, number: int) -> None:
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for element in (start, end):
        element.set(qn("w:id"), str(number))
    start.set(qn("w:name"), _anchor(number))
    paragraph._p.insert(1, start)  # after the paragraph's properties
    paragraph._p.append(end)


def _anchor(number: int) -> str:
    return f"_Toc{number:08d}"


def _fill_contents(first: Any, headings: Sequence[tuple[str, int]]) -> None:
    """A contents field that shows the headings, linked, until Word is asked for page numbers."""
    place = first
    for number, (text, level) in enumerate(headings, start=1):
        paragraph = place.insert_paragraph_before("", style=f"toc {level}")
        if number == 1:
            field_start(paragraph, 'TOC \\o "1-2" \\h \\z \\u')
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), _anchor(number))
        link.set(qn("w:history"), "1")
        paragraph._p.append(link)
        link.append(paragraph.add_run(text)._r)
    field_end(first)


def field_start(paragraph: Any, instruction: str) -> None:
    """The beginning of a field whose result goes over several paragraphs, up to `field_end`."""
    _mark(paragraph, "begin")
    code = OxmlElement("w:instrText")
    code.set(qn("xml:space"), "preserve")
    code.text = f" {instruction} "
    paragraph.add_run()._r.append(code)
    _mark(paragraph, "separate")


def field_end(paragraph: Any) -> None:
    """The end of a field begun with `field_start`."""
    _mark(paragraph, "end")


def _mark(paragraph: Any, kind: str) -> None:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    paragraph.add_run()._r.append(mark)


def document_bytes(
    document: Any, *, title: str, subject: str, date: str, author: str = f"qualcode {__version__}"
) -> bytes:
    """The file, with properties that depend on the content alone.

    Parameters
    ----------
    document : docx.document.Document
    title, subject : str
    date : str
        ISO date; when the numbers were made.
    author : str
        The program and its version; a template has none, so that it stays the same from version to version.
    """
    about = document.core_properties
    about.title, about.subject, about.language = xml_text(title)[:255], xml_text(subject)[:255], LANGUAGE
    about.author = about.last_modified_by = author
    about.comments = about.keywords = ""
    about.revision = 1
    about.created = about.modified = datetime.fromisoformat(date).replace(tzinfo=None)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()
