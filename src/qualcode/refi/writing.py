"""A `Project` as a REFI-QDA project file: valid by the schema, the same bytes for the same project.

What is written keeps to what every program reads: LF, UTF-8 without a mark, code points, the end behind the last
character, one selection for each stretch of text, names of files as the standard wants them, and no path of anybody's
computer.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from lxml import etree

from ..archive import RATIO_FROM
from ..errors import ExchangeError
from .code_tree import child, code_losses, refer, text_child, write_codes, write_sets
from .guids import case_guid
from .project import Case, Coding, Link, Loss, Note, Project, Selection, Set, Source, Value, VariableType
from .words import Legal, changes, is_moment, memo, plain, quote

NAMESPACE = "urn:QDA-XML:project:1.0"
PART = "project.qde"
_DATE = (1980, 1, 1, 0, 0, 0)
"""Of every entry: the earliest a zip file can say."""
_RATIO = 100
"""Entries that would pack closer are stored as they are, for readers that take them for a bomb."""
_WRITABLE: dict[VariableType, re.Pattern[str]] = {
    "Boolean": re.compile(r"true|false|0|1"),
    "Integer": re.compile(r"[+-]?[0-9]+"),
    "Float": re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"),
    "Date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
}


@dataclass(frozen=True)
class Written:
    """A file that was made.

    Attributes
    ----------
    content : bytes
    losses : tuple of Loss
        What was changed to fit, and what other programs are known to change.
    """

    content: bytes
    losses: tuple[Loss, ...]


def write_project(project: Project, *, extra: Mapping[str, bytes] | None = None) -> Written:
    """Write a project file.

    Parameters
    ----------
    project : Project
        Values of a source need be given once: the writer repeats them as a case where no case has the source, because
        some programs read only the one and some only the other.
    extra : mapping of str to bytes or None
        More files for the root of the archive, by name.

    Returns
    -------
    Written

    Raises
    ------
    ExchangeError
        If two sources have the same GUID.

    Examples
    --------
    >>> write_project(Project("Empty")).content == write_project(Project("Empty")).content
    True
    """
    writer = _Writer(project)
    parts = {PART: writer.xml(), **writer.texts, **dict(sorted((extra or {}).items()))}
    return Written(_zipped(parts), tuple(writer.losses()))


class _Writer:
    """One writing of one project."""

    def __init__(self, project: Project) -> None:
        self.clean = Legal()
        self.counts: Counter[tuple[str, str]] = Counter()
        self.texts: dict[str, bytes] = {}
        self.moved: dict[str, str] = {}
        self.said = {note.guid: note.text for note in project.notes}
        self.types = {variable.guid: variable.type for variable in project.variables}
        self.project = replace(project, sources=tuple(self._prepared(project.sources)))

    def losses(self) -> Iterator[Loss]:
        """To be asked after `xml`."""
        yield from code_losses(self.project.codes)
        yield from (Loss(what, count, why) for (what, why), count in self.counts.items() if count)
        if self.clean.count:
            yield Loss("control character", self.clean.count, "XML cannot hold it; replaced by U+FFFD")

    def xml(self) -> bytes:
        """The project part."""
        project, clean = self.project, self.clean
        root = etree.Element(f"{{{NAMESPACE}}}Project", nsmap={None: NAMESPACE})
        root.set("name", clean(project.name))
        if project.origin:
            root.set("origin", clean(project.origin))
        self._date(root, project.created)
        if project.users:
            group = child(root, "Users")
            for user in project.users:
                child(group, "User", guid=user.guid, name=clean(user.name))
        if project.codes:
            write_codes(child(child(root, "CodeBook"), "Codes"), project.codes, clean, notes=True)
        if project.variables:
            group = child(root, "Variables")
            for variable in project.variables:
                element = child(group, "Variable", guid=variable.guid)
                element.set("name", clean(variable.name))
                element.set("typeOfVariable", variable.type)
                text_child(element, "Description", clean(variable.description))
        self._cases(root)
        if project.sources:
            group = child(root, "Sources")
            for source in project.sources:
                self._source(group, source)
        if project.notes:
            group = child(root, "Notes")
            for note in project.notes:
                self._note(group, note)
        if project.links:
            group = child(root, "Links")
            for link in project.links:
                self._link(group, link)
        write_sets(root, project.sets, clean, _members)
        text_child(root, "Description", clean(project.description))
        refer(root, "NoteRef", project.note_refs)
        return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))

    # --- what is written of the sources --------------------------------------------------------------

    def _prepared(self, sources: Sequence[Source]) -> Iterator[Source]:
        """Sources under names of their own, with one selection for each stretch of text."""
        taken: set[str] = set()
        for source in sources:
            name, number = source.name, 1
            while name.casefold() in taken:
                number += 1
                name = f"{source.name} ({number})"
            taken.add(name.casefold())
            self.counts["repeated name of a source", "numbered, because other programs take each name once"] += (
                number > 1
            )
            text = plain(source.text)
            self.counts["character of a text", "no text file can hold it there; replaced"] += changes(source.text, text)
            if (entry := f"sources/{source.guid}.txt") in self.texts:
                raise ExchangeError(f'The sources "{source.name}" and another have the same GUID {source.guid}.')
            self.texts[entry] = text.encode("utf-8")
            yield replace(source, name=name, text=text, selections=tuple(self._joined(source.selections)))

    def _joined(self, selections: Sequence[Selection]) -> Iterator[Selection]:
        """Selections of one stretch by one user as one, but those with a description of their own."""
        found: dict[tuple[object, ...], Selection] = {}
        for one in selections:
            key: tuple[object, ...] = (one.start, one.end, one.user, one.guid if one.description else "")
            if key not in found:
                found[key] = one
                continue
            kept = found[key]
            self.moved[one.guid] = kept.guid
            notes = tuple(dict.fromkeys((*kept.notes, *one.notes)))
            found[key] = replace(kept, codings=(*kept.codings, *one.codings), notes=notes, name=kept.name or one.name)
        given: set[tuple[object, ...]] = set()
        for one in found.values():
            yield replace(one, codings=tuple(self._once(one, given)))

    def _once(self, selection: Selection, given: set[tuple[object, ...]]) -> Iterator[Coding]:
        if selection.start == selection.end:
            self.counts["coding of an empty selection", "left out"] += len(selection.codings)
            return
        for coding in selection.codings:
            key = (selection.start, selection.end, coding.code, coding.user)
            if key in given:
                self.counts["repeated coding", "the same code, by the same user, on the same words"] += 1
            else:
                given.add(key)
                yield coding

    def _source(self, group: Any, source: Source) -> None:
        element = child(group, "TextSource", guid=source.guid, name=self.clean(source.name))
        element.set("plainTextPath", f"internal://{source.guid}.txt")
        self._made(element, source.user, source.created)
        text_child(element, "Description", self.clean(source.description))
        for one in source.selections:
            words = quote(source.text[one.start : one.end]) if one.name else ""
            part = child(element, "PlainTextSelection", guid=one.guid, name=words)
            part.set("startPosition", str(one.start))
            part.set("endPosition", str(one.end))
            self._made(part, one.user, one.created)
            # QualCoder reads no notes of a selection, only this.
            said = one.description or memo(self.said.get(key, "") for key in one.notes)
            text_child(part, "Description", self.clean(said))
            self._codings(part, one.codings)
            refer(part, "NoteRef", one.notes)
        self._codings(element, source.codings)
        refer(element, "NoteRef", source.notes)
        self._values(element, source.values)

    def _codings(self, parent: Any, codings: Sequence[Coding]) -> None:
        for coding in codings:
            element = child(parent, "Coding", guid=coding.guid)
            self._made(element, coding.user, coding.created)
            child(element, "CodeRef", targetGUID=coding.code)
            refer(element, "NoteRef", coding.notes)

    # --- cases, values, notes, links -----------------------------------------------------------------

    def _cases(self, root: Any) -> None:
        held = {key for case in self.project.cases for key in case.sources}
        made = (
            Case(case_guid(source.guid), source.name, values=source.values, sources=(source.guid,))
            for source in self.project.sources
            if source.values and source.guid not in held
        )
        cases = (*self.project.cases, *made)
        group = child(root, "Cases") if cases else None
        for case in cases:
            element = child(group, "Case", guid=case.guid, name=self.clean(case.name))
            text_child(element, "Description", self.clean(case.description))
            self._values(element, case.values)
            refer(element, "SourceRef", case.sources)
            refer(element, "SelectionRef", tuple(dict.fromkeys(self.moved.get(key, key) for key in case.selections)))

    def _values(self, parent: Any, values: Sequence[Value]) -> None:
        for value in values:
            if not value.value.strip():
                continue
            element = child(parent, "VariableValue")
            child(element, "VariableRef", targetGUID=value.variable)
            kind = self.types.get(value.variable, "Text")
            child(element, f"{kind if _fits(value.value, kind) else 'Text'}Value").text = self.clean(value.value)

    def _note(self, group: Any, note: Note) -> None:
        element = child(group, "Note", guid=note.guid, name=self.clean(note.name))
        self._made(element, note.user, note.created)
        if element.get("creationDateTime") is None:
            self.counts["note without a date", "QualCoder stops at it when it imports the project"] += 1
        child(element, "PlainTextContent").text = self.clean(note.text)

    def _link(self, group: Any, link: Link) -> None:
        ends = (self.moved.get(end, end) for end in (link.origin, link.target))
        origin, target = ends
        child(
            group, "Link", guid=link.guid, name=self.clean(link.name), direction=link.direction, originGUID=origin,
            targetGUID=target,
        )  # fmt: skip

    def _made(self, element: Any, user: str | None, created: str | None) -> None:
        if user:
            element.set("creatingUser", user)
        self._date(element, created)

    def _date(self, element: Any, created: str | None) -> None:
        if created and is_moment(created):
            # QualCoder cuts off a Z only, and writes one behind any other time zone.
            element.set("creationDateTime", re.sub(r"\+00:00$", "Z", created))
        elif created:
            self.counts["impossible date", "left out"] += 1


def _members(element: Any, one: Set) -> None:
    refer(element, "MemberCode", one.codes)
    refer(element, "MemberSource", one.sources)
    refer(element, "MemberNote", one.notes)


def _fits(value: str, kind: VariableType) -> bool:
    """Whether a value may stand under the type of its variable."""
    if kind == "DateTime":
        return is_moment(value)
    if kind == "Date":
        return _WRITABLE[kind].fullmatch(value) is not None and is_moment(f"{value}T00:00:00")
    return kind == "Text" or _WRITABLE[kind].fullmatch(value) is not None


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, _DATE)
            # The same on every system: Windows would say 0 here.
            info.create_system, info.external_attr = 3, 0o644 << 16
            is_dense = len(content) > RATIO_FROM and len(zlib.compress(content)) * _RATIO < len(content)
            archive.writestr(info, content, zipfile.ZIP_STORED if is_dense else zipfile.ZIP_DEFLATED, 6)
    return target.getvalue()
