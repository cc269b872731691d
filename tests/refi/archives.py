"""Archives as other programs write them, byte by byte."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from html import escape

SPACE = "urn:QDA-XML:project:1.0"
CODE, FOLDER = "aaaaaaaa-0000-0000-0000-000000000001", "aaaaaaaa-0000-0000-0000-000000000002"
USER, SOURCE = "bbbbbbbb-0000-0000-0000-000000000001", "cccccccc-0000-0000-0000-000000000001"
USERS = f'<Users><User guid="{USER}" name="Ana"/></Users>'
BOOK = (
    f'<CodeBook><Codes><Code guid="{FOLDER}" name="Barriers" isCodable="false">'
    f'<Code guid="{CODE}" name="Money" isCodable="true" color="#FF0000"/></Code></Codes></CodeBook>'
)


def zipped(parts: dict[str, bytes | str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def guid_of(number: int) -> str:
    return f"dddddddd-0000-0000-0000-{number:012d}"


def attribute(text: str) -> str:
    """As a program writes it that escapes what it must: a line end stands as it is."""
    return escape(text, quote=True)


def coding(number: int, code: str = CODE, user: str = USER) -> str:
    return f'<Coding guid="{guid_of(10_000 + number)}" creatingUser="{user}"><CodeRef targetGUID="{code}"/></Coding>'


def selection(number: int, start: int, end: int, name: str | None = None, inner: str | None = None) -> str:
    named = "" if name is None else f' name="{attribute(name)}"'
    inner = coding(number) if inner is None else inner
    return (
        f'<PlainTextSelection guid="{guid_of(number)}" startPosition="{start}" endPosition="{end}"{named}>'
        f"{inner}</PlainTextSelection>"
    )


def source(selections: str = "", *, path: str | None = None, name: str | None = "one", more: str = "") -> str:
    path = f"internal://{SOURCE}.txt" if path is None else path
    named = "" if name is None else f' name="{name}"'
    return f'<TextSource guid="{SOURCE}"{named} plainTextPath="{path}"{more}>{selections}</TextSource>'


def project(sources: str = "", *, users: str = USERS, book: str = BOOK, before: str = "", after: str = "",
            head: str = f'xmlns="{SPACE}" name="Theirs" origin="Other 1"') -> str:  # fmt: skip
    """The project part; `before` stands before the sources, `after` behind them."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><Project {head}>{users}{book}{before}'
        f"<Sources>{sources}</Sources>{after}</Project>"
    )


def archive(text: bytes | str, sources: str, **options: str) -> bytes:
    return zipped({"project.qde": project(sources, **options), f"sources/{SOURCE}.txt": text})


def passages(text: str, count: int) -> Sequence[tuple[int, int]]:
    """Stretches of 5 to 90 characters, spread over a text; they begin and end at anything."""
    step = (len(text) - 100) // count
    return [(at, at + 5 + (at * 7) % 86) for at in range(3, step * count, step)]
