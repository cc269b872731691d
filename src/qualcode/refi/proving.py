"""The proof of an export: what was written is read back and compared, word by word."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator

from ..errors import ExchangeError
from .project import Project, Source
from .reading import read_project
from .words import legal, plain

_Coded = Counter[tuple[int, int, str, str, str | None]]


def prove(project: Project, content: bytes) -> tuple[str, ...]:
    """Differences between a project and the file that was written of it.

    Parameters
    ----------
    project : Project
    content : bytes
        Of the ``.qdpx`` file.

    Returns
    -------
    tuple of str
        One sentence each: texts (by SHA-256), codes, selections with their exact words, and their codings by code and
        user. Empty = proven.

    Examples
    --------
    >>> from .writing import write_project
    >>> one = Project("One", sources=(Source("8a1f0000-0000-5000-8000-000000000001", "a", "Some words."),))
    >>> prove(one, write_project(one).content), prove(one, write_project(Project("One")).content)
    ((), ('The text "a" is missing.',))
    """
    try:
        back = read_project(content, file="the file written").project
    except ExchangeError as fault:
        return (str(fault),)
    return tuple(_differences(project, back))


def _differences(project: Project, back: Project) -> Iterator[str]:
    wanted, found = (Counter(_codes(one)) for one in (project, back))
    yield from (f'The code "{code[1]}" is missing or changed.' for code in wanted - found)
    yield from (f'The code "{code[1]}" is new or changed.' for code in found - wanted)
    sources = {source.guid: source for source in back.sources}
    users = {user.guid for user in project.users}
    for source in project.sources:
        other = sources.pop(source.guid, None)
        if other is None:
            yield f'The text "{source.name}" is missing.'
        else:
            yield from _source_differences(source, other)
    yield from (f'The text "{source.name}" is new.' for source in sources.values())
    yield from (f'The user "{user.name}" is new.' for user in back.users if user.guid not in users)


def _codes(project: Project) -> Iterator[tuple[str, str, bool, str, tuple[str, ...]]]:
    for root in project.codes:
        for above, code in root.walk():
            path = tuple(one.guid for one in above)
            yield code.guid, legal(code.name), code.is_codable, legal(code.description), path


def _source_differences(source: Source, other: Source) -> Iterator[str]:
    wanted, found = (hashlib.sha256(text.encode("utf-8")).digest() for text in (plain(source.text), other.text))
    if wanted != found:
        yield f'The text of "{source.name}" is another.'
        return
    for start, end, words, *_ in (_coded(source) - _coded(other)).elements():
        yield f'A coding of "{words[:60]}" ({start}-{end}) in "{source.name}" is missing or changed.'
    for start, end, words, *_ in (_coded(other) - _coded(source)).elements():
        yield f'A coding of "{words[:60]}" ({start}-{end}) in "{source.name}" is new or changed.'
    for start, end in _places(source) - _places(other):
        yield f'The selection {start}-{end} in "{source.name}" is missing.'


def _places(source: Source) -> set[tuple[int, int]]:
    return {(one.start, one.end) for one in source.selections}


def _coded(source: Source) -> _Coded:
    """Codings with their words; the same one twice, or of no words, is not written and counted by the writer."""
    text = plain(source.text)
    return Counter(
        {
            (one.start, one.end, text[one.start : one.end], coding.code, coding.user): 1
            for one in source.selections
            if one.start != one.end
            for coding in one.codings
        }
    )
