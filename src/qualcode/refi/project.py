"""The parts of a REFI-QDA project as frozen dataclasses, whatever tool wrote it.

Names follow the standard (version 1.5). Text offsets count code points of `Source.text`, half-open, newlines LF, no
byte order mark: the reader has translated whatever dialect the file was written in. Ids are GUIDs in lower case
without braces. The rest of qualcode knows nothing of XML.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

VariableType = Literal["Text", "Boolean", "Integer", "Float", "Date", "DateTime"]


@dataclass(frozen=True)
class User:
    """Who coded or wrote.

    Attributes
    ----------
    guid, name : str
    """

    guid: str
    name: str


@dataclass(frozen=True)
class Code:
    """A code or, where it may not be given itself, a category, with what is below it.

    Attributes
    ----------
    guid, name : str
        Names may repeat; the GUID is the identity.
    is_codable : bool
        False = a category (folder).
    colour : str or None
        ``#RRGGBB``.
    description : str
        "" = none.
    notes : tuple of str
        GUIDs of notes on it.
    codes : tuple of Code
    """

    guid: str
    name: str
    is_codable: bool = True
    colour: str | None = None
    description: str = ""
    notes: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()

    def walk(self, above: tuple[Code, ...] = ()) -> Iterator[tuple[tuple[Code, ...], Code]]:
        """The code itself and all below it, each with the codes above it, in order."""
        yield above, self
        for code in self.codes:
            yield from code.walk((*above, self))


@dataclass(frozen=True)
class Set:
    """A group of codes, sources or notes by GUID (`members`)."""

    guid: str
    name: str
    description: str = ""
    codes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Variable:
    """A property that cases or sources have values of."""

    guid: str
    name: str
    type: VariableType = "Text"
    description: str = ""


@dataclass(frozen=True)
class Value:
    """The value of a variable, as text whatever its type.

    Attributes
    ----------
    variable : str
        GUID.
    value : str
    """

    variable: str
    value: str


@dataclass(frozen=True)
class Case:
    """A person, place ... with values; its sources and selections by GUID."""

    guid: str
    name: str
    description: str = ""
    values: tuple[Value, ...] = ()
    sources: tuple[str, ...] = ()
    selections: tuple[str, ...] = ()


@dataclass(frozen=True)
class Coding:
    """A user gave a code.

    Attributes
    ----------
    guid : str
    code, user : str or None
        GUIDs; None = not said. A code that the codebook lacks has been given a place there by the reader.
    created : str or None
        ISO 8601 as written.
    notes : tuple of str
    """

    guid: str
    code: str
    user: str | None = None
    created: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Selection:
    """A stretch of a source's text with its codings; without codings it is a place for notes.

    Attributes
    ----------
    guid : str
    start, end : int
        Code points of `Source.text`, half-open, 0 <= start <= end <= len(text); start == end only marks a place.
    name : str
        The words as the writing tool quoted them; "" = none.
    description : str
    user, created : str or None
    codings : tuple of Coding
    notes : tuple of str
    """

    guid: str
    start: int
    end: int
    name: str = ""
    description: str = ""
    user: str | None = None
    created: str | None = None
    codings: tuple[Coding, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """A text source.

    Attributes
    ----------
    guid, name, text : str
    description : str
    user, created : str or None
    selections : tuple of Selection
        In the order of the file.
    codings : tuple of Coding
        On the source as a whole.
    values : tuple of Value
    notes : tuple of str
    """

    guid: str
    name: str
    text: str
    description: str = ""
    user: str | None = None
    created: str | None = None
    selections: tuple[Selection, ...] = ()
    codings: tuple[Coding, ...] = ()
    values: tuple[Value, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Note:
    """A memo."""

    guid: str
    name: str
    text: str
    user: str | None = None
    created: str | None = None


@dataclass(frozen=True)
class Link:
    """A relation of two things by GUID."""

    guid: str
    name: str
    origin: str
    target: str
    direction: str = "Associative"


@dataclass(frozen=True)
class Project:
    """All of a REFI-QDA project that this program can hold.

    Attributes
    ----------
    name : str
    origin : str
        The program that wrote it, "" = not said.
    created : str or None
    description : str
    users, codes, variables, cases, sources, notes, links, sets
        Tuples in the order of the file.
    note_refs : tuple of str
        GUIDs of notes on the project itself.
    """

    name: str
    origin: str = ""
    created: str | None = None
    description: str = ""
    users: tuple[User, ...] = ()
    codes: tuple[Code, ...] = ()
    variables: tuple[Variable, ...] = ()
    cases: tuple[Case, ...] = ()
    sources: tuple[Source, ...] = ()
    notes: tuple[Note, ...] = ()
    links: tuple[Link, ...] = ()
    sets: tuple[Set, ...] = ()
    note_refs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Loss:
    """Something a file has that the other side cannot hold.

    Attributes
    ----------
    what : str
        Kind, singular ("picture source").
    count : int
    why : str
        What happened to it instead, in a few words.
    """

    what: str
    count: int
    why: str


@dataclass(frozen=True)
class Dialect:
    """How a tool counts characters.

    Attributes
    ----------
    bom_counted : bool
        The byte order mark is character 0.
    crlf_counted : bool
        A line end is two characters.
    unit : {"code points", "UTF-16", "UTF-8"}
    end_inclusive : bool
        `endPosition` is the last character, not the one behind it.
    """

    bom_counted: bool = False
    crlf_counted: bool = False
    unit: Literal["code points", "UTF-16", "UTF-8"] = "code points"
    end_inclusive: bool = False


@dataclass(frozen=True)
class Received:
    """A project as read from a file, with how sure its places are.

    Attributes
    ----------
    project : Project
    dialect : Dialect
        The one used.
    is_verified : bool
        The words quoted in the file agree with the dialect; False = the file quotes none (or too few that tell), so
        the places are as the standard says and must be confirmed by a person.
    quoted, agreeing : int
        Selections that quote their words; of those, the ones whose words stand at their place.
    notes : tuple of str
        Ways in which the file departs from the standard and was accepted all the same.
    losses : tuple of Loss
        What was left out, with counts.
    extra : dict of str to bytes
        Other small files at the root of the archive (at most a few MB each; used for qualcode's own).
    """

    project: Project
    dialect: Dialect
    is_verified: bool
    quoted: int
    agreeing: int
    notes: tuple[str, ...]
    losses: tuple[Loss, ...]
    extra: dict[str, bytes]
