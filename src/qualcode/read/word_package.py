"""The parts of a Word file: its main document, the parts that belong to it, and what its styles mean."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ..archive import Archive
from ..errors import ReadError
from ..model import BlockStyle

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MAIN = "word/document.xml"
_HEADING_STYLES = re.compile(r"(heading|title|subtitle)\b", re.IGNORECASE)
_CONTENTS_STYLES = re.compile(r"(toc \d|toc heading|table of figures)\b", re.IGNORECASE)
_LIST_STYLES = re.compile(r"list\b(?! continue)", re.IGNORECASE)
_MAX_ANCESTRY = 20
_OFF = ("0", "false", "off", "none")


class WordPackage:
    """The parts of a Word file that are read, each parsed once and without a document type.

    Parameters
    ----------
    archive : Archive

    Raises
    ------
    ReadError
        If there is no main document, or it is no Word document.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._names = {name.casefold(): name for name in archive.names}
        main = next(self._targets("", "officeDocument"), self._names.get(_MAIN))
        if main is None:
            raise ReadError(
                f"{archive.file}: is not a readable Word document (it has no {_MAIN}). Save it again as .docx."
            )
        self._main = main
        self.body = archive.xml(main).find(f"{W}body")
        """The ``w:body`` element."""
        if self.body is None:
            raise ReadError(
                f"{archive.file}: is not a readable Word document ({main} has no body that is known). Save it again as "
                '"Word Document (.docx)", not as "Strict Open XML".'
            )

    def parts(self, kind: str) -> Iterator[Any]:
        """Root elements of the parts of a kind ("styles", "footnotes", "comments", "header") of the main document."""
        for name in self._targets(self._main, kind):
            yield self._archive.xml(name)

    def _targets(self, source: str, kind: str) -> Iterator[str]:
        folder, name = posixpath.split(source)
        relations = self._names.get(posixpath.join(folder, "_rels", f"{name}.rels").casefold())
        if relations is None:
            return
        for relation in self._archive.xml(relations).iterchildren("{*}Relationship"):
            target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
            known = self._names.get(target.casefold())
            if relation.get("Type", "").endswith(f"/{kind}") and relation.get("TargetMode") != "External" and known:
                yield known


@dataclass(frozen=True)
class _Style:
    name: str
    base: str | None
    element: Any


class Styles:
    """What the styles of a Word file say of paragraphs and runs.

    Parameters
    ----------
    package : WordPackage
    """

    def __init__(self, package: WordPackage) -> None:
        self._styles: dict[str | None, _Style] = {}
        for root in package.parts("styles"):
            for element in root.iterchildren(f"{W}style"):
                base = element.find(f"{W}basedOn")
                self._styles[element.get(f"{W}styleId")] = _Style(
                    _value(element.find(f"{W}name")) or "", None if base is None else _value(base), element
                )

    def block_style(self, paragraph: Any) -> BlockStyle:
        """Style of a ``w:p``: header (a line of the table of contents), heading, bullet or paragraph."""
        ancestry = self._ancestry(paragraph, f"{W}pPr/{W}pStyle")
        names = [style.name for style in ancestry]
        if any(_CONTENTS_STYLES.match(name) for name in names):
            return "header"
        found = (element.find(f"{W}pPr") for element in (paragraph, *(style.element for style in ancestry)))
        known = [properties for properties in found if properties is not None]
        if any(_HEADING_STYLES.match(name) for name in names) or any(_is_outlined(p) for p in known):
            return "heading"
        listed = any(p.find(f"{W}numPr") is not None for p in known) or any(_LIST_STYLES.match(name) for name in names)
        return "bullet" if listed else "paragraph"

    def switch(self, element: Any, what: str, default: bool = False) -> bool:
        """Whether a property ("b", "vanish") of the words of a ``w:p`` or ``w:r`` is on, by itself or by its style.

        For a run, `default` is what its paragraph says.
        """
        is_run = element.tag == f"{W}r"
        if is_run and (own := _switch(element, what)) is not None:
            return own
        ancestry = self._ancestry(element, f"{W}rPr/{W}rStyle" if is_run else f"{W}pPr/{W}pStyle")
        return next((on for style in ancestry if (on := _switch(style.element, what)) is not None), False) or default

    def _ancestry(self, element: Any, where: str) -> list[_Style]:
        """Styles of an element: its own and those it is based on."""
        found = element.find(where)
        return [] if found is None else list(islice(self._based(_value(found)), _MAX_ANCESTRY))

    def _based(self, identity: str | None) -> Iterator[_Style]:
        while style := self._styles.get(identity):
            yield style
            identity = style.base


def _value(element: Any) -> str | None:
    value: str | None = None if element is None else element.get(f"{W}val")
    return value


def _switch(element: Any, what: str) -> bool | None:
    """Whether the run properties below say so; None = they do not say."""
    found = element.find(f"{W}rPr/{W}{what}")
    return None if found is None else _value(found) not in _OFF


def _is_outlined(properties: Any) -> bool:
    level = properties.find(f"{W}outlineLvl")
    return level is not None and (_value(level) or "9") in "012345678"
