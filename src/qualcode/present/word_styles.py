"""Page and styles of the Word reports: one look for the cross-regional report and for our own template.

In: nothing. Out: an empty A4 document in which every look is a named style, so that a team can change it in
one place. Dark on white with grey rules only: a print in grey loses nothing.
"""

from __future__ import annotations

from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

LANGUAGE = "en-GB"
PAGE_CM = (21.0, 29.7)
MARGIN_CM = 2.2
TO_BE_WRITTEN = "To be written"
"""The style of what is left to the author; Word finds every paragraph in it at once."""
TABLE = "Report table"

_FONT = "Calibri"
_INK, _GREY, _BLUE = RGBColor(0x1A, 0x1A, 0x1A), RGBColor(0x55, 0x55, 0x55), RGBColor(0x1F, 0x3A, 0x5F)

# name: (based on, size, space before, space after, changes of font and paragraph)
_STYLES: dict[str, tuple[str, float, float, float, dict[str, Any]]] = {
    "Normal": ("", 10.5, 0, 6, {"color": _INK}),
    "Title": ("Normal", 28, 120, 6, {"color": _BLUE, "bold": True}),
    "Subtitle": ("Normal", 15, 0, 18, {"color": _GREY}),
    "Heading 1": ("Normal", 18, 18, 8, {"color": _BLUE, "bold": True, "keep_with_next": True}),
    "Heading 2": ("Normal", 13.5, 16, 5, {"color": _BLUE, "bold": True, "keep_with_next": True}),
    "Heading 3": ("Normal", 11, 10, 3, {"color": _INK, "bold": True, "keep_with_next": True}),
    "TOC Heading": ("Normal", 18, 18, 8, {"color": _BLUE, "bold": True, "keep_with_next": True}),
    "toc 1": ("Normal", 10.5, 6, 2, {"bold": True}),
    "toc 2": ("Normal", 10, 0, 1, {"left_indent": Cm(0.6)}),
    "Caption": ("Normal", 9.5, 8, 4, {"color": _INK, "bold": True, "keep_together": True}),
    "Table caption": ("Caption", 9.5, 8, 4, {"keep_with_next": True}),
    "Figure": ("Normal", 10.5, 6, 0, {"alignment": WD_ALIGN_PARAGRAPH.CENTER, "keep_with_next": True}),
    "Note": ("Normal", 8.5, 3, 8, {"color": _GREY}),
    "After table": ("Normal", 4, 0, 0, {}),
    "Table text": ("Normal", 9, 1, 1, {"alignment": WD_ALIGN_PARAGRAPH.LEFT}),
    "Table number": ("Table text", 9, 1, 1, {"alignment": WD_ALIGN_PARAGRAPH.RIGHT}),
    "Table head": ("Table text", 9, 1, 1, {"bold": True, "keep_with_next": True}),
    "Table head number": ("Table head", 9, 1, 1, {"alignment": WD_ALIGN_PARAGRAPH.RIGHT}),
    "Table group": ("Table text", 9, 4, 1.5, {"bold": True, "keep_with_next": True}),
    "Quote region": ("Normal", 10, 6, 0, {"bold": True, "keep_with_next": True}),
    "Quote": ("Normal", 10.5, 4, 0, {"italic": True, "left_indent": Cm(0.8), "keep_with_next": True}),
    "Quote source": ("Normal", 9, 0, 7, {"color": _GREY, "left_indent": Cm(0.8), "keep_together": True}),
    TO_BE_WRITTEN: ("Normal", 10.5, 2, 6, {}),
    "List Bullet": ("Normal", 10.5, 0, 3, {}),
    "Footer": ("Normal", 8.5, 0, 0, {"color": _GREY, "alignment": WD_ALIGN_PARAGRAPH.CENTER}),
}


def new_document() -> Any:
    """An empty A4 document with our styles, its language set, and page numbers from the second page on."""
    document = Document()
    for style in list(document.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name not in ("Normal Table", "Table Grid"):
            style.delete()
    for name in _STYLES:
        _define(document, name)
    mark = document.styles[TO_BE_WRITTEN].element.get_or_add_rPr()
    mark.append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="FFF2B3"/>'))
    document.styles.element.append(parse_xml(_TABLE_STYLE))
    for lang in document.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), LANGUAGE)
    section = document.sections[0]
    set_page(section, landscape=False)
    section.different_first_page_header_footer = True
    return document


def set_page(section: Any, *, landscape: bool) -> None:
    """A4 upright or across, the same margins on all sides."""
    width, height = reversed(PAGE_CM) if landscape else PAGE_CM
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(width), Cm(height)
    for side in ("left", "right", "top", "bottom"):
        setattr(section, f"{side}_margin", Cm(MARGIN_CM))


def text_width_cm(section: Any) -> float:
    """Width between the margins."""
    return float((section.page_width - section.left_margin - section.right_margin) / Cm(1))


def _define(document: Any, name: str) -> None:
    based_on, size, before, after, changes = _STYLES[name]
    known = {style.name for style in document.styles}
    style = document.styles[name] if name in known else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    numbering = style.element.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
    outline = style.element.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
    for tag in ("w:rPr", "w:pPr"):  # the looks of the library's own template
        for old in style.element.findall(qn(tag)):
            style.element.remove(old)
    for kept in (numbering, outline):
        if kept is not None:
            style.element.get_or_add_pPr().append(kept)
    if based_on:
        style.base_style = document.styles[based_on]
    style.hidden, style.quick_style, style.unhide_when_used = False, True, False
    style.font.size = Pt(size)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    if name == "Normal":
        _set_font(style)
        style.paragraph_format.line_spacing = 1.1
        style.paragraph_format.widow_control = True
    for key, value in changes.items():
        if key == "color":
            style.font.color.rgb = value
        else:
            setattr(style.font if key in ("bold", "italic") else style.paragraph_format, key, value)


def _set_font(style: Any) -> None:
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), _FONT)


def add_footer(section: Any, text: str) -> None:
    """`text`, then "page x of y", centred; not on the first page."""
    paragraph = section.footer.paragraphs[0]
    paragraph.add_run(f"{text} · page ")
    add_field(paragraph, "PAGE", "1")
    paragraph.add_run(" of ")
    add_field(paragraph, "NUMPAGES", "1")


def add_field(paragraph: Any, instruction: str, shown: str) -> None:
    """A field that Word computes again on request, showing `shown` until then."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), f" {instruction} ")
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = shown
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


_RULE = 'w:val="single" w:sz="4" w:space="0" w:color="8C8C8C"'
_TABLE_STYLE = f"""\
<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="ReportTable">
  <w:name w:val="{TABLE}"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/><w:qFormat/>
  <w:tblPr><w:tblBorders><w:top {_RULE}/><w:bottom {_RULE}/><w:insideH {_RULE}/></w:tblBorders>
    <w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr>
  <w:tblStylePr w:type="firstRow"><w:tblPr/>
    <w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="EDEDED"/><w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr>
</w:style>"""
