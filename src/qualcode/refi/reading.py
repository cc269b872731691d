"""A REFI-QDA project file (``.qdpx``) of any program as a `Received`.

What departs from the standard and can be understood all the same is noted; what cannot be held is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..archive import Archive
from ..errors import ExchangeError
from .code_tree import below, first, local, own_guid, read_codes, read_sets, targets, words_of
from .dialects import Placed, Quoted, SourceText, decode, place
from .guids import case_guid, folded_guid, guid
from .project import (
    Case,
    Code,
    Coding,
    Link,
    Loss,
    Note,
    Project,
    Received,
    Selection,
    Source,
    User,
    Value,
    Variable,
)
from .words import folded, is_moment, memo

FOLDER = "sources"
NAMESPACE = "urn:QDA-XML:project:1.0"
MAX_PROJECT = MAX_EXTRA = 256 * 2**20
"""Bytes of the project part, and of another file at the root of the archive that is kept: 300,000 codings."""
NAMED = 3
"""Examples named in the reason of a loss."""
_OUTSIDE = ("relative://", "absolute://", "file://", "http://", "https://")
_TYPES = {one.lower(): one for one in ("Text", "Boolean", "Integer", "Float", "Date", "DateTime")}
_DIRECTIONS = {one.lower(): one for one in ("Associative", "OneWay", "Bidirectional")}
_OTHER_SOURCES = {
    "PictureSource": "picture",
    "AudioSource": "audio recording",
    "VideoSource": "video",
}
_KNOWN = {
    "Users", "CodeBook", "Variables", "Cases", "Sources", "Notes", "Links", "Sets", "Graphs", "Description", "NoteRef",
    "Project", "User", "Codes", "Code", "Variable", "Case", "CodeRef", "VariableValue", "VariableRef", "SourceRef",
    "SelectionRef", "Set", "MemberCode", "MemberSource", "MemberNote", "Note", "Link", "Graph", "Vertex", "Edge",
    "Coding", "TextSource", "PlainTextContent", "PlainTextSelection", "PDFSource", "PDFSelection", "Representation",
    "PictureSource", "PictureSelection", "TextDescription", "AudioSource", "AudioSelection", "VideoSource",
    "VideoSelection", "Transcript", "TranscriptSelection", "SyncPoint", "TextValue", "BooleanValue", "IntegerValue",
    "FloatValue", "DateValue", "DateTimeValue",
}  # fmt: skip
_UNKEPT = {
    "modifyingUser": "last change",
    "modifiedDateTime": "last change",
    "modifyingUserGUID": "last change",
    "creatingUserGUID": "author of the project",
    "richTextPath": "formatted text",
    "color": "colour of a link",
}
_UNKEPT_WHY = {
    "last change": "who made it and when is not kept",
    "author of the project": "is not kept",
    "formatted text": "only its plain text is read, which is what the codings refer to",
    "colour of a link": "is not kept",
}


class _Losses:
    """Counts of what is left out, with a few examples of each kind."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._named: dict[tuple[str, str], list[str]] = {}

    def add(self, what: str, why: str, *, name: str = "", count: int = 1) -> None:
        if count:
            self._counts[what, why] += count
            named = self._named.setdefault((what, why), [])
            if name and len(named) < NAMED:
                named.append(name)

    def all(self) -> tuple[Loss, ...]:
        return tuple(
            Loss(what, count, f"{why}: {', '.join(named)}" if (named := self._named[what, why]) else why)
            for (what, why), count in self._counts.items()
        )


_Given = dict[tuple[int, int], tuple[str, set[tuple[str, str | None]]]]
"""By place in a source: the first selection there, and the codes given there with who gave them."""


@dataclass(frozen=True)
class _Draft:
    """A text source whose selections have no places yet."""

    source: Source
    text: SourceText
    selections: list[Any] = field(default_factory=list)


def read_project(raw: bytes, *, file: str) -> Received:
    """Read a project of another program, or of ours.

    Parameters
    ----------
    raw : bytes
        The whole ``.qdpx`` file.
    file : str
        Name for the messages.

    Returns
    -------
    Received
        Places are code points of LF texts whatever the program counts; `Received.is_verified` says if that is proven.

    Raises
    ------
    ExchangeError
        If it is damaged, no REFI-QDA project, or a text in it is not UTF-8.
    """
    archive = Archive(raw, file=file, what="a REFI-QDA project", error=ExchangeError, rooted=FOLDER)
    return _Reader(archive, file).read()


class _Reader:
    """One reading of one project."""

    def __init__(self, archive: Archive, file: str) -> None:
        self.archive, self.file = archive, file
        self.notes: Counter[str] = Counter()
        self.losses = _Losses()
        self.users: dict[str, User] = {}
        self.codes: tuple[Code, ...] = ()
        self.known: dict[str, Code] = {}
        self.strangers: dict[str, Code] = {}
        self.variables: dict[str, Variable] = {}
        self.moved: dict[str, str] = {}
        self.times: Counter[str] = Counter()
        self.entries = {_entry_key(name): name for name in archive.names}

    def read(self) -> Received:
        """The whole project."""
        part = self._project_part()
        root = self.archive.xml(part, limit=MAX_PROJECT)
        self._check_root(root, part)
        self._move_annotations(root)
        self._read_users(root)
        book = first(root, "CodeBook")
        self.codes = read_codes(first(book, "Codes"), self.notes) if first(book, "Codes") is not None else ()
        every = [code for top in self.codes for _, code in top.walk()]
        self.known = {code.guid: code for code in every}
        self.notes["a code has the GUID of another one, so their codings cannot be told apart"] += len(every) - len(
            self.known
        )
        self._read_variables(root)
        drafts = list(self._drafts(first(root, "Sources")))
        placed = self._place(drafts, root.get("origin", ""))
        if placed.moved:
            self.notes["selections counted otherwise than the rest were placed by the words they quote"] += placed.moved
        sources = self._sources(drafts, placed)
        cases = tuple(self._case(element) for element in below(first(root, "Cases"), "Case"))
        notes = tuple(self._note(element) for element in below(first(root, "Notes"), "Note"))
        sources, links = self._linked(sources, notes, [self._link(e) for e in below(first(root, "Links"), "Link")])
        sources, cases = _merged(_undescribed(sources, notes), cases)
        self._count_unkept(root)
        project = Project(
            name=root.get("name", ""),
            origin=root.get("origin", ""),
            created=self._moment(root),
            description=words_of(root, "Description"),
            users=tuple(self.users.values()),
            codes=(*self.codes, *self.strangers.values()),
            variables=tuple(self.variables.values()),
            cases=cases,
            sources=sources,
            notes=notes,
            links=links,
            sets=(*read_sets(first(root, "Sets")), *read_sets(first(book, "Sets"))),
            note_refs=targets(root, "NoteRef"),
        )
        return Received(
            project=project,
            dialect=placed.dialect,
            is_verified=placed.is_verified,
            quoted=placed.quoted,
            agreeing=placed.agreeing,
            notes=tuple(f"{note} ({count})" if count > 1 else note for note, count in self.notes.items() if count),
            losses=self.losses.all(),
            extra=dict(self._extra(part)),
        )

    # --- the archive ---------------------------------------------------------------------------------

    def _project_part(self) -> str:
        parts = [name for name in self.archive.names if "/" not in name and name.lower().endswith(".qde")]
        if len(parts) != 1:
            found = f"{len(parts)} project parts: {', '.join(parts[:5])}" if parts else "no project part (.qde)"
            raise ExchangeError(
                f"{self.file}: holds {found}; a REFI-QDA project (.qdpx) has one, project.qde. Export it again."
            )
        if parts[0] != "project.qde":
            self.notes[f'the project part is called "{parts[0]}" instead of "project.qde"'] += 1
        return parts[0]

    def _check_root(self, root: Any, part: str) -> None:
        if local(root) != "Project":
            raise ExchangeError(
                f'{self.file}: the part "{part}" holds <{local(root)}> where a REFI-QDA project holds <Project>. '
                "Export the project again."
            )
        space = root.tag.partition("}")[0].removeprefix("{") if root.tag.startswith("{") else ""
        if space != NAMESPACE:
            self.notes[f'XML namespace "{space}" instead of "{NAMESPACE}"'] += 1

    def _extra(self, part: str) -> Iterator[tuple[str, bytes]]:
        """Other files beside the project part; what lies elsewhere and nobody refers to is counted."""
        for name in self.archive.names:
            if name != part and "/" not in name:
                content = self.archive.read(name)
                if len(content) <= MAX_EXTRA:
                    yield name, content
                else:
                    self.losses.add("large file", "lies beside the project and is not kept", name=name)

    def _entry(self, path: str) -> str | None:
        """The entry that a path of a source means, whatever its scheme, slashes and case."""
        key = _entry_key(path.partition("://")[2] if "://" in path else path)
        if "://" not in path:
            self.notes["paths of sources without internal://"] += 1
        return self.entries.get(f"{FOLDER}/{key}") or self.entries.get(key)

    # --- people, codes, variables, dates -------------------------------------------------------------

    def _read_users(self, root: Any) -> None:
        for element in below(first(root, "Users"), "User"):
            key = own_guid(element)
            self.users.setdefault(key, User(key, element.get("name") or element.get("id") or f"User {key[:8]}"))
            if element.get("id") and element.get("name"):
                self.losses.add("short name of a user", "the full name is kept")

    def _user(self, element: Any) -> str | None:
        given = element.get("creatingUser")
        if not given:
            return None
        key = folded_guid(given)
        if key not in self.users:
            self.users[key] = User(key, f"Unknown user {key[:8]}")
            self.notes[f'a user that the project does not list was called "Unknown user {key[:8]}"'] += 1
        return key

    def _code(self, key: str) -> str:
        code = self.known.get(key)
        if code is None:
            name = f"Unknown code {key[:8]}"
            self.notes[f'codings of a code that the project does not list went to "{name}"'] += 1
            self.strangers.setdefault(key, Code(key, name))
        elif not code.is_codable:
            self.notes[f'codings of "{code.name}", which is marked as not for coding, were kept'] += 1
        return key

    def _read_variables(self, root: Any) -> None:
        for element in below(first(root, "Variables"), "Variable"):
            key, given = own_guid(element), element.get("typeOfVariable", "Text")
            kind: Any = _TYPES.get(given.lower(), "Text")
            if given.lower() not in _TYPES:
                self.notes[f'a variable of the unknown type "{given[:30]}" was taken as text'] += 1
            self.variables[key] = Variable(key, element.get("name", ""), kind, words_of(element, "Description"))

    def _values(self, parent: Any) -> Iterator[Value]:
        """Values of a case or source; an empty one says nothing."""
        for element in below(parent, "VariableValue"):
            for key in targets(element, "VariableRef"):
                value = next(("".join(c.itertext()) for c in element if local(c).endswith("Value")), "")
                if value.strip():
                    if key not in self.variables:
                        self.variables[key] = Variable(key, f"Unknown variable {key[:8]}")
                        self.notes["values of a variable that the project does not list were kept"] += 1
                    yield Value(key, value)

    def _moment(self, element: Any) -> str | None:
        given = element.get("creationDateTime")
        if not given:
            return None
        # QualCoder writes a Z behind the time zone of another program.
        for moment in (given.strip(), given.strip().removesuffix("Z")):
            if is_moment(moment):
                return str(moment)
        self.notes[f'date "{given[:30]}" is none and was dropped'] += 1
        return None

    # --- sources -------------------------------------------------------------------------------------

    def _drafts(self, group: Any) -> Iterator[_Draft]:
        for element in group if group is not None else ():
            kind = local(element)
            draft = None
            if kind == "TextSource":
                draft = self._text_source(element, element)
            elif kind == "PDFSource":
                draft = self._pdf(element)
            else:
                what = _OTHER_SOURCES.get(kind, "source of an unknown kind")
                self._lose_source(element, what, "only texts are read")
            if draft is not None:
                yield draft

    def _pdf(self, element: Any) -> _Draft | None:
        for selection in below(element, "PDFSelection"):
            codings = _count_codings(selection)
            self.losses.add("marked area of a PDF page", "has no place in the text", name=f'"{_name(element)}"')
            self.losses.add("coding of an area of a PDF page", "has no place in the text", count=codings)
        text = first(element, "Representation")
        if text is None:
            self._lose_source(element, "PDF", "the project has no text of it", counted=("PDFSelection",))
            return None
        return self._text_source(element, text)

    def _text_source(self, element: Any, holder: Any) -> _Draft | None:
        """A source and the element that holds its text, which for a PDF is another."""
        text = self._text(holder, element)
        if text is None:
            return None
        children = [*element, *(holder if holder is not element else ())]
        values = {value.variable: value for part in {element, holder} for value in self._values(part)}
        key = self._source_guid(element)
        name = element.get("name") or holder.get("name") or ""
        if not name.strip():
            name = f"Text {key[:8]}"
            self.notes["a source without a name was given one"] += 1
        source = Source(
            guid=key,
            name=name,
            text=text.text,
            description=words_of(element, "Description") or words_of(holder, "Description"),
            user=self._user(element),
            created=self._moment(element),
            codings=tuple(self._codings([one for one in children if local(one) == "Coding"], set())),
            values=tuple(values.values()),
            notes=tuple(ref for part in dict.fromkeys((element, holder)) for ref in targets(part, "NoteRef")),
        )
        return _Draft(source, text, list(below(holder, "PlainTextSelection")))

    def _source_guid(self, element: Any) -> str:
        """The GUID of a source; one that another source has would put the codings of both into one text."""
        key = own_guid(element)
        self.times[key] += 1
        if self.times[key] == 1:
            return key
        self.notes["a source with the GUID of another one was given a GUID of its own"] += 1
        return guid("again", key, str(self.times[key]))

    def _text(self, holder: Any, element: Any) -> SourceText | None:
        """The plain text of a source; None = there is none, and that is counted."""
        path = holder.get("plainTextPath")
        if path is None:
            inline = first(holder, "PlainTextContent")
            if inline is not None:
                return SourceText("".join(inline.itertext()))
            self._lose_source(element, "source that has no plain text", "save it as plain text in the other program")
            return None
        if path.lower().startswith(_OUTSIDE):
            self._lose_source(element, "external source", "its text is not in the file")
            return None
        entry = self._entry(path)
        if entry is None:
            self._lose_source(element, "source whose text is missing", "the file does not hold it")
            return None
        text = decode(self.archive.read(entry), where=f"{self.file}, {entry}")
        if not text.text.strip() and holder.get("richTextPath"):
            self._lose_source(
                element, "source with an empty plain text", "its words are only in a formatted text; add that by itself"
            )
            return None
        return text

    def _lose_source(self, element: Any, what: str, why: str, *, counted: Sequence[str] = ()) -> None:
        self.losses.add(what, f"left out, {why}", name=f'"{_name(element)}"')
        codings = sum(_count_codings(child) for child in element if local(child) not in counted)
        self.losses.add("coding of a source left out", f"{what}: {why}", name=f'"{_name(element)}"', count=codings)

    # --- selections ----------------------------------------------------------------------------------

    def _place(self, drafts: Sequence[_Draft], origin: str) -> Placed:
        quoted: list[Quoted] = []
        for number, draft in enumerate(drafts):
            kept = []
            for element in draft.selections:
                start, end = _position(element, "startPosition"), _position(element, "endPosition")
                problem = _problem(start, end)
                if problem or start is None or end is None:
                    self._lose_selection(draft.source, element, problem or "")
                    continue
                kept.append(element)
                quoted.append(Quoted(number, start, end, folded(element.get("name", ""))))
            draft.selections[:] = kept
        return place([draft.text for draft in drafts], quoted, is_ours=origin.startswith("qualcode "))

    def _lose_selection(self, source: Source, element: Any, why: str) -> None:
        where = f'"{source.name}" {element.get("startPosition")}-{element.get("endPosition")}'
        self.losses.add("selection left out", why, name=where)
        self.losses.add("coding of a selection left out", why, count=_count_codings(element))

    def _sources(self, drafts: Sequence[_Draft], placed: Placed) -> tuple[Source, ...]:
        places = iter(placed.places)
        sources = []
        for draft in drafts:
            given: _Given = {}
            selections = []
            for element in draft.selections:
                at = next(places)
                if at is None:
                    why = "is beyond the text, or begins or ends inside a character"
                    self._lose_selection(draft.source, element, why)
                elif one := self._selection(element, at, given):
                    selections.append(one)
            sources.append(replace(draft.source, selections=tuple(selections)))
        return tuple(sources)

    def _selection(self, element: Any, at: tuple[int, int], given: _Given) -> Selection | None:
        """A selection; None where all it says has been said by another one of the same place."""
        key, described, notes = own_guid(element), words_of(element, "Description"), targets(element, "NoteRef")
        elements = list(below(element, "Coding"))
        if at[0] == at[1]:
            self.losses.add("coding of an empty selection", "the place is kept for its notes", count=len(elements))
            codings: list[Coding] = []
        else:
            holder, known = given.setdefault(at, (key, set()))
            codings = list(self._codings(elements, known))
            if elements and not codings and not described and not notes and holder != key:
                self.moved[key] = holder
                return None
        return Selection(
            guid=key,
            start=at[0],
            end=at[1],
            name=folded(element.get("name", "")),
            description=described,
            user=self._user(element),
            created=self._moment(element),
            codings=tuple(codings),
            notes=notes,
        )

    def _codings(self, elements: Sequence[Any], known: set[tuple[str, str | None]]) -> Iterator[Coding]:
        """Codings of one place; one that is `known` there already is left out."""
        for element in elements:
            refs = targets(element, "CodeRef")
            if not refs:
                self.losses.add("coding that names no code", "left out")
                continue
            user = self._user(element)
            if (refs[0], user) in known:
                self.losses.add("repeated coding", "the same code, by the same user, on the same words: taken once")
                continue
            known.add((refs[0], user))
            yield Coding(
                own_guid(element), self._code(refs[0]), user, self._moment(element), targets(element, "NoteRef")
            )

    # --- cases, notes, links -------------------------------------------------------------------------

    def _case(self, element: Any) -> Case:
        self.losses.add("code of a case", "only its values are kept", count=len(targets(element, "CodeRef")))
        selections = (self.moved.get(key, key) for key in targets(element, "SelectionRef"))
        return Case(
            guid=own_guid(element),
            name=element.get("name", ""),
            description=words_of(element, "Description"),
            values=tuple(self._values(element)),
            sources=targets(element, "SourceRef"),
            selections=tuple(dict.fromkeys(selections)),
        )

    def _note(self, element: Any) -> Note:
        path, text = element.get("plainTextPath"), words_of(element, "PlainTextContent")
        if path:
            outside = path.lower().startswith(_OUTSIDE)
            entry = None if outside else self._entry(path)
            if entry is None:
                why = "is not in the file" if outside else "the file does not hold it"
                self.losses.add("text of a note", why, name=f'"{_name(element)}"')
            else:
                text = decode(self.archive.read(entry), where=f"{self.file}, {entry}").text
        self.losses.add("coding of a note", "notes are kept, not coded", count=_count_codings(element))
        return Note(
            own_guid(element),
            element.get("name", ""),
            text or words_of(element, "Description"),
            self._user(element),
            self._moment(element),
        )

    def _link(self, element: Any) -> Link:
        self.losses.add("note on a link", "the note is kept by itself", count=len(targets(element, "NoteRef")))
        given = (element.get(end) for end in ("originGUID", "targetGUID"))
        ends = (folded_guid(end) if end else "" for end in given)
        origin, target = (self.moved.get(end, end) for end in ends)
        direction = _DIRECTIONS.get(element.get("direction", "").lower(), "Associative")
        return Link(own_guid(element), element.get("name", ""), origin, target, direction)

    def _move_annotations(self, root: Any) -> None:
        """Put selections of notes where they belong: QualCoder writes the place of an annotation into its note."""
        notes = {own_guid(note): note for note in below(first(root, "Notes"), "Note")}
        for source in below(first(root, "Sources"), "TextSource"):
            for ref in list(below(source, "NoteRef")):
                place = first(notes.get(folded_guid(ref.get("targetGUID", ""))), "PlainTextSelection")
                if place is not None and not _count_codings(place):
                    place.append(ref)
                    source.append(place)
                    self.notes["places of annotations, written into their notes, were moved to the source"] += 1

    def _linked(
        self, sources: tuple[Source, ...], notes: Sequence[Note], links: Sequence[Link]
    ) -> tuple[tuple[Source, ...], tuple[Link, ...]]:
        """Links of a note and a selection, which is how NVivo writes annotations, as notes of the selection."""
        ids = {note.guid for note in notes}
        places = {selection.guid for source in sources for selection in source.selections}
        found: dict[str, list[str]] = {}
        rest = []
        for link in links:
            ends = (link.origin, link.target) if link.origin in ids else (link.target, link.origin)
            if ends[0] in ids and ends[1] in places:
                found.setdefault(ends[1], []).append(ends[0])
            else:
                rest.append(link)
        if not found:
            return sources, tuple(rest)
        self.notes["links of a note and a selection were taken as notes on the selection"] += sum(
            map(len, found.values())
        )

        def noted(one: Selection) -> Selection:
            return replace(one, notes=tuple(dict.fromkeys((*one.notes, *found.get(one.guid, ())))))

        return tuple(replace(s, selections=tuple(map(noted, s.selections))) for s in sources), tuple(rest)

    def _count_unkept(self, root: Any) -> None:
        """Attributes and parts that have no place in a `Project`."""
        graphs = sum(1 for _ in below(first(root, "Graphs"), "Graph"))
        self.losses.add("graph", "drawings are not read", count=graphs)
        selections = sum(len(list(below(note, "PlainTextSelection"))) for note in below(first(root, "Notes"), "Note"))
        self.losses.add("selection of a note", "notes are kept, not coded", count=selections)
        for element in root.iter():
            if (name := local(element)) not in _KNOWN:
                self.losses.add("part that the standard does not know", "left out", name=f"<{name}>")
            kinds = {_UNKEPT[key] for key in element.attrib if key in _UNKEPT}
            for kind in kinds:
                if kind != "colour of a link" or name == "Link":
                    self.losses.add(kind, _UNKEPT_WHY[kind])


def _entry_key(name: str) -> str:
    """A path inside the archive without empty folders, in one case."""
    return "/".join(part for part in name.replace("\\", "/").casefold().split("/") if part not in ("", "."))


def _name(element: Any) -> str:
    return str(element.get("name") or element.get("guid") or "without a name")


def _count_codings(element: Any) -> int:
    return sum(1 for child in element.iter() if local(child) == "Coding")


def _position(element: Any, name: str) -> int | None:
    try:
        return int(element.get(name, ""))
    except ValueError:
        return None


def _problem(start: int | None, end: int | None) -> str | None:
    if start is None or end is None:
        return "its place is no number"
    if start < 0 or end < 0:
        return "its place is negative"
    return "it ends before it begins" if end < start else None


def _merged(sources: tuple[Source, ...], cases: tuple[Case, ...]) -> tuple[tuple[Source, ...], tuple[Case, ...]]:
    """Take back the cases that the writer made of sources with values; they are no cases of anybody."""
    made = {case_guid(source.guid): source for source in sources}
    values: dict[str, dict[str, Value]] = {}
    foreign = []
    for case in cases:
        source = made.get(case.guid)
        if source and (case.name, case.sources, case.selections) == (source.name, (source.guid,), ()):
            values[source.guid] = {value.variable: value for value in (*case.values, *source.values)}
        else:
            foreign.append(case)
    return tuple(
        replace(source, values=_ordered(source, values[source.guid])) if source.guid in values else source
        for source in sources
    ), tuple(foreign)


def _undescribed(sources: tuple[Source, ...], notes: Sequence[Note]) -> tuple[Source, ...]:
    """Take back the descriptions that the writer made of the notes of selections."""
    said = {note.guid: note.text for note in notes}

    def cleared(one: Selection) -> Selection:
        repeats = one.notes and one.description == memo(said.get(key, "") for key in one.notes)
        return replace(one, description="") if repeats else one

    return tuple(replace(one, selections=tuple(map(cleared, one.selections))) for one in sources)


def _ordered(source: Source, values: dict[str, Value]) -> tuple[Value, ...]:
    """The values of a source as they were, then those that only its case has."""
    return tuple({value.variable: value for value in (*source.values, *values.values())}.values())
