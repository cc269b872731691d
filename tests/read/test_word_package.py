"""Parts and styles of a Word file."""

import zipfile
from io import BytesIO

import pytest

from qualcode.archive import Archive
from qualcode.errors import ReadError
from qualcode.read.word_package import Styles, W, WordPackage

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
DOCUMENT = f"<w:document {NAMESPACE}><w:body><w:p>%s</w:p></w:body></w:document>"
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'


def _package(**parts: str) -> WordPackage:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return WordPackage(Archive(packed.getvalue(), file="a.docx"))


def _related(kind: str, target: str, mode: str = "Internal") -> str:
    return RELATIONS % f'<Relationship Id="r1" Type="http://x/{kind}" Target="{target}" TargetMode="{mode}"/>'


@pytest.mark.parametrize("target", ["/text/main.xml", "text/main.xml", "Text/../text/Main.xml"])
def test_the_main_document_is_found_by_its_relation_whatever_its_name(target: str) -> None:
    package = _package(**{"_rels/.rels": _related("officeDocument", target), "text/main.xml": DOCUMENT % ""})
    assert package.body.tag == f"{W}body"


def test_the_main_document_is_found_without_relations() -> None:
    assert _package(**{"word/document.xml": DOCUMENT % ""}).body is not None


def test_parts_of_a_kind_are_read_and_external_or_missing_ones_are_not() -> None:
    relations = RELATIONS % (
        '<Relationship Type="http://x/footnotes" Target="notes.xml"/>'
        '<Relationship Type="http://x/footnotes" Target="absent.xml"/>'
        '<Relationship Type="http://x/footnotes" Target="notes.xml" TargetMode="External"/>'
    )
    package = _package(
        **{"word/document.xml": DOCUMENT % "", "word/_rels/document.xml.rels": relations, "word/notes.xml": "<notes/>"}
    )
    assert [root.tag for root in package.parts("footnotes")] == ["notes"]
    assert list(package.parts("comments")) == []


def test_without_a_body_it_is_refused() -> None:
    with pytest.raises(ReadError, match=r"a\.docx: is not a readable Word document .*has no word/document.xml"):
        _package(**{"a.txt": "words"})
    with pytest.raises(ReadError, match=r"has no body that is known.*Strict Open XML"):
        _package(**{"word/document.xml": '<document xmlns="http://purl.oclc.org/ooxml/wordprocessingml/main"/>'})


STYLES = f"""<w:styles {NAMESPACE}>
<w:style w:styleId="H"><w:name w:val="heading 1"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:styleId="Mine"><w:name w:val="Mine"/><w:basedOn w:val="H"/></w:style>
<w:style w:styleId="Light"><w:name w:val="Light"/><w:basedOn w:val="H"/><w:rPr><w:b w:val="0"/></w:rPr></w:style>
<w:style w:styleId="T"><w:name w:val="toc 2"/></w:style>
<w:style w:styleId="L"><w:name w:val="List Bullet"/></w:style>
<w:style w:styleId="Circle"><w:name w:val="Circle"/><w:basedOn w:val="Circle"/></w:style>
</w:styles>"""


@pytest.mark.parametrize(
    ("properties", "style", "bold"),
    [
        ("", "paragraph", False),
        ('<w:pStyle w:val="Mine"/>', "heading", True),
        ('<w:pStyle w:val="Light"/>', "heading", False),
        ('<w:pStyle w:val="T"/>', "header", False),
        ('<w:pStyle w:val="L"/>', "bullet", False),
        ('<w:pStyle w:val="Circle"/>', "paragraph", False),
        ('<w:pStyle w:val="unknown"/>', "paragraph", False),
        ('<w:numPr><w:numId w:val="1"/></w:numPr>', "bullet", False),
        ('<w:outlineLvl w:val="2"/>', "heading", False),
        ('<w:outlineLvl w:val="9"/>', "paragraph", False),
    ],
)
def test_styles_of_paragraphs(properties: str, style: str, bold: bool) -> None:
    package = _package(
        **{
            "word/document.xml": DOCUMENT % f"<w:pPr>{properties}</w:pPr>",
            "word/_rels/document.xml.rels": _related("styles", "styles.xml"),
            "word/styles.xml": STYLES,
        }
    )
    paragraph, styles = package.body[0], Styles(package)
    assert (styles.block_style(paragraph), styles.switch(paragraph, "b")) == (style, bold)
