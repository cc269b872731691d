"""SVG files as parts of one HTML page: small, and none clashes with another or needs a loose style.

In: figures as matplotlib writes them. Out: markup without declaration and metadata, the shapes they share (every
letter is one), and the CSS they need. A page with a strict content policy takes no ``style`` attributes, so each
different one becomes a class.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_DECIMALS = re.compile(r"(-?\d+\.\d\d)\d+")
_TRANSLATE = re.compile(r"translate\([^)]*\)")
_BASE = "figure svg *{stroke-linejoin:round;stroke-linecap:butt}"
"""What matplotlib says in a style sheet of every figure."""


class InlineFigures(NamedTuple):
    """Figures ready to stand in one HTML page.

    Attributes
    ----------
    markup : dict of str to str
        Each figure by its name, ``<svg role="img">``.
    shapes : str
        What they draw with, to stand once on the page.
    style : str
        CSS of all of them.
    """

    markup: dict[str, str]
    shapes: str
    style: str


def inline_svgs(figures: Mapping[str, tuple[bytes, str]]) -> InlineFigures:
    """Make figures ready to stand in one HTML page.

    Parameters
    ----------
    figures : mapping of str to (bytes, str)
        By a name that is a valid id: the SVG file, and what it shows in words.

    Returns
    -------
    InlineFigures

    Examples
    --------
    >>> svg = b'<svg xmlns="http://www.w3.org/2000/svg"><path id="a" style="fill: red" d="M0 0"/></svg>'
    >>> made = inline_svgs({"one": (svg, "A dot")})
    >>> made.markup["one"]
    '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="A dot"><path d="M0 0" class="f0"/></svg>'
    >>> made.style.splitlines()[-1]
    '.f0{fill: red}'
    """
    classes: dict[str, str] = {}
    shapes: dict[str, str] = {}
    markup = {name: _inline(data, alt, name, classes, shapes) for name, (data, alt) in figures.items()}
    defined = "".join(shape.replace("<path", f'<path id="{name}"', 1) for shape, name in shapes.items())
    style = "\n".join([_BASE, *(f".{name}{{{style}}}" for style, name in classes.items())])
    return InlineFigures(markup, f'<svg class="shapes" aria-hidden="true"><defs>{defined}</defs></svg>', style)


def _inline(data: bytes, alt: str, prefix: str, classes: dict[str, str], shapes: dict[str, str]) -> str:
    from lxml import etree

    parser = etree.XMLParser(remove_comments=True, remove_pis=True, resolve_entities=False, no_network=True)
    root = etree.fromstring(data, parser)
    for element in [*root.iter(f"{_SVG}metadata", f"{_SVG}style", f"{_SVG}script", f"{_SVG}title")]:
        element.getparent().remove(element)
    for element in root.iter():
        _slim(element)
        style = element.attrib.pop("style", None)
        # A brace would end the rule this style becomes; no drawing needs one.
        if style and not set(style) & set("{}<"):
            element.set("class", classes.setdefault(style, f"f{len(classes)}"))
    names = _shared(root, shapes)
    used = {found for element in root.iter() for value in element.values() for found in _REFERENCE.findall(value)}
    for element in root.iter():
        _refer(element, prefix, names, used)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.set("role", "img")
    root.set("aria-label", alt)
    etree.cleanup_namespaces(root)
    return _flat(etree.tostring(root, encoding="unicode"))


def _slim(element: Any) -> None:
    """Drop digits nobody sees."""
    for name in ("d", "x", "y"):
        if name in element.attrib:
            element.set(name, " ".join(_DECIMALS.sub(r"\1", element.get(name)).split()))
    if "transform" in element.attrib:
        moved = _TRANSLATE.sub(lambda found: _DECIMALS.sub(r"\1", found[0]), element.get("transform"))
        element.set("transform", moved)


def _shared(root: Any, shapes: dict[str, str]) -> dict[str, str]:
    """Take defined paths out of a figure, and tell their names on the page by their ids in it."""
    from lxml import etree

    names: dict[str, str] = {}
    for defined in [*root.iter(f"{_SVG}defs")]:
        for shape in [*defined.iterchildren(f"{_SVG}path")]:
            own = shape.attrib.pop("id")
            text = _flat(etree.tostring(shape, encoding="unicode", with_tail=False))
            plain = re.sub(r' xmlns(:\w+)?="[^"]*"', "", text)
            names[own] = shapes.setdefault(plain, f"s{len(shapes)}")
            defined.remove(shape)
        if len(defined) == 0:
            defined.getparent().remove(defined)
    return names


def _refer(element: Any, prefix: str, names: Mapping[str, str], used: set[str]) -> None:
    """Make references lead to shared shapes, or to ids of this figure alone; drop ids nobody refers to."""
    own = element.attrib.pop("id", None)
    if own in used:
        element.set("id", f"{prefix}-{own}")
    for name, value in element.attrib.items():
        if name == _HREF:
            # Plain href: the form with xlink is going out of use. Pictures have their data there.
            del element.attrib[name]
            element.set("href", f"#{names[value[1:]]}" if value[1:] in names else value)
        else:
            element.set(name, _REFERENCE.sub(rf"url(#{prefix}-\1)", value))


def _flat(text: str) -> str:
    return re.sub(r"\n\s*", "", text)
