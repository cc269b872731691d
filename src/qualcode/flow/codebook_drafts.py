"""What a codebook of another program says of its codes, made into a `Codebook`: ids, numbers, names told apart.

In: drafts, with as much as the file says. Out: a codebook that `codebook check` accepts, without cues, and which draft
became which code.
"""

from __future__ import annotations

import colorsys
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from ..codebook import Category, Code, Codebook, CodeExamples, CounterExample, NotWhen
from ..errors import SelectionError

LISTS = ("use_when", "not_when", "typical", "borderline", "counter")
"""What a code has several of, each item on a line of its own."""
_ID_LENGTH = 60
_SHORT = 160
_REFERENCE = re.compile(r"(?P<text>.+?) \(use instead: (?P<code>[a-z][a-z0-9_]*)\)", re.DOTALL)
_REASON = re.compile(r"(?P<text>.+?) \(because: (?P<because>.+)\)", re.DOTALL)
_GOLDEN = 0.618034
"""Turn of the colour circle from one code to the next: neighbours differ, none comes twice."""


@dataclass(frozen=True)
class CodeDraft:
    """A code as a file tells it; everything but `key` and `name` may be missing.

    Attributes
    ----------
    key : str
        How the file names it: its GUID, or its row.
    name, definition, short_definition : str
    colour : str or None
        ``#RRGGBB``.
    id : str
        Kept where it is an identifier nobody else has.
    number : int or None
        Kept where nobody else has it.
    lists : mapping of str to sequence of str
        Items by name in `LISTS`, as `items_of` writes them.
    """

    key: str
    name: str
    definition: str = ""
    short_definition: str = ""
    colour: str | None = None
    id: str = ""
    number: int | None = None
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class CategoryDraft:
    """A category as a file tells it, with its codes."""

    name: str
    codes: Sequence[CodeDraft]
    definition: str = ""
    colour: str | None = None
    id: str = ""


def build_codebook(
    title: str, categories: Sequence[CategoryDraft], *, language: str = "en"
) -> tuple[Codebook, dict[str, str]]:
    """A codebook of drafts.

    Parameters
    ----------
    title : str
        Its id is made from it.
    categories : sequence of CategoryDraft
        Those without a code are left out.
    language : str
        ISO 639-1 code.

    Returns
    -------
    codebook : Codebook
        Version 1.0.0. A missing definition is the name.
    ids : dict of str to str
        Code id by key of the draft.

    Raises
    ------
    SelectionError
        If there is no code.

    Examples
    --------
    >>> made, ids = build_codebook("Night buses", [CategoryDraft("Money", [CodeDraft("a", "High fares: why?")])])
    >>> ids, made.codes[0].number, made.codes[0].definition
    ({'a': 'high_fares_why'}, 1, 'High fares: why?')
    """
    kept = [group for group in categories if group.codes]
    if not kept:
        raise SelectionError("The file holds no code, so there is no codebook to make.")
    drafts = [draft for group in kept for draft in group.codes]
    ids = _apart([(draft.id, draft.name) for draft in drafts], "code")
    numbers = _numbers([draft.number for draft in drafts])
    names = _names([draft.name for draft in drafts])
    colours = _colours([draft.colour for draft in drafts])
    told = zip(drafts, ids, numbers, names, colours, strict=True)
    made = iter([_code(*parts, known=set(ids)) for parts in told])
    group_ids = _apart([(group.id, group.name) for group in kept], "category")
    group_names = _names([group.name for group in kept])
    group_colours = _colours([group.colour for group in kept])
    codebook = Codebook(
        id=identifier(title) or "codebook",
        title=title.strip() or "Codebook",
        version="1.0.0",
        language=language,
        categories=tuple(
            Category(
                id=group_id,
                name=name,
                definition=group.definition.strip() or name,
                colour=colour,
                codes=tuple(next(made) for _ in group.codes),
            )
            for group, group_id, name, colour in zip(kept, group_ids, group_names, group_colours, strict=True)
        ),
    )
    return codebook, {draft.key: code_id for draft, code_id in zip(drafts, ids, strict=True)}


def _code(draft: CodeDraft, code_id: str, number: int, name: str, colour: str, *, known: Collection[str]) -> Code:
    definition = draft.definition.strip() or name
    lists = {key: [item for item in draft.lists.get(key, ()) if item.strip()] for key in LISTS}
    return Code(
        id=code_id,
        number=number,
        name=name,
        short_definition=draft.short_definition.strip() or first_sentence(definition),
        definition=definition,
        use_when=tuple(lists["use_when"]),
        not_when=tuple(NotWhen(**_referring(item, known)) for item in lists["not_when"]),
        colour=colour,
        examples=CodeExamples(
            typical=tuple(lists["typical"]),
            borderline=tuple(lists["borderline"]),
            counter=tuple(_counter_example(item, known) for item in lists["counter"]),
        ),
    )


# --- lists as lines ------------------------------------------------------------------------------


def items_of(code: Code) -> dict[str, list[str]]:
    """The lists of a code, each item as one line of text, references in words; `build_codebook` reads them back.

    Examples
    --------
    >>> drafts = [CodeDraft("1", "Fares", lists={"not_when": ["no bus (use instead: fares)"]})]
    >>> items_of(build_codebook("Buses", [CategoryDraft("Money", drafts)])[0].codes[0])["not_when"]
    ['no bus (use instead: fares)']
    """
    counter = [(f"{one.text} (because: {one.because})", one.use_instead) for one in code.examples.counter]
    lines = {
        "use_when": list(code.use_when),
        "not_when": [_with_reference(one.text, one.use_instead) for one in code.not_when],
        "typical": list(code.examples.typical),
        "borderline": list(code.examples.borderline),
        "counter": [_with_reference(text, use_instead) for text, use_instead in counter],
    }
    return {key: [" ".join(item.split()) for item in items] for key, items in lines.items()}


def _with_reference(text: str, use_instead: str | None) -> str:
    return f"{text} (use instead: {use_instead})" if use_instead else text


def _referring(item: str, known: Collection[str]) -> dict[str, Any]:
    found = _REFERENCE.fullmatch(item.strip())
    if found and found["code"] in known:
        return {"text": found["text"], "use_instead": found["code"]}
    return {"text": item}


def _counter_example(item: str, known: Collection[str]) -> CounterExample:
    parts = _referring(item, known)
    found = _REASON.fullmatch(parts["text"].strip())
    return CounterExample(**{**parts, "because": "-", **(found.groupdict() if found else {})})


# --- names, numbers, colours ---------------------------------------------------------------------


def identifier(name: str) -> str:
    """An id made from a name: ASCII letters, digits and underscores; "" where the name has none.

    Examples
    --------
    >>> identifier("Žinių stoka / 2nd level"), identifier("24/7 care"), identifier("Κόστος")
    ('ziniu_stoka_2nd_level', 'c_24_7_care', '')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return (f"c_{made}" if made[:1].isdigit() else made)[:_ID_LENGTH].rstrip("_")


def first_sentence(text: str) -> str:
    """The first sentence of a definition, or its first words where that is long.

    Examples
    --------
    >>> first_sentence("Too dear. Passengers say so.")
    'Too dear.'
    """
    first = " ".join(re.split(r"(?<=[.!?])\s|\n", text.strip(), maxsplit=1)[0].split())
    if len(first) <= _SHORT:
        return first
    return first[:_SHORT].rpartition(" ")[0].rstrip(" ,;:") + " …" if " " in first[:_SHORT] else first


def _apart(wanted: Sequence[tuple[str, str]], what: str) -> list[str]:
    """Ids: the given ones first where they hold, then those made from names, with a number where one is taken."""
    valid = re.compile(r"[a-z][a-z0-9_]{0,59}")
    fixed: dict[int, str] = {}
    for place, (given, _) in enumerate(wanted):
        if valid.fullmatch(given) and given not in fixed.values():
            fixed[place] = given
    taken = set(fixed.values())
    return [
        fixed.get(place) or _untaken(identifier(name) or what, taken, "_{}", _ID_LENGTH, str)
        for place, (_, name) in enumerate(wanted)
    ]


def _names(wanted: Sequence[str]) -> list[str]:
    taken: set[str] = set()
    return [_untaken(" ".join(name.split()) or "Unnamed", taken, " ({})", None, str.casefold) for name in wanted]


def _untaken(name: str, taken: set[str], mark: str, length: int | None, key: Callable[[str], str]) -> str:
    """`name`, or the first of name 2, name 3 ... nobody has; takes it."""
    for number in count(1):
        ending = mark.format(number) if number > 1 else ""
        tried = name[: length - len(ending) if length else None] + ending
        if key(tried) not in taken:
            break
    taken.add(key(tried))
    return tried


def _numbers(given: Sequence[int | None]) -> list[int]:
    """The given numbers, each once; all others go on behind the highest."""
    kept: dict[int, int] = {}
    for place, number in enumerate(given):
        if number is not None and number >= 1 and number not in kept.values():
            kept[place] = number
    rest = count(max(kept.values(), default=0) + 1)
    return [kept[place] if place in kept else next(rest) for place in range(len(given))]


def _colours(given: Sequence[str | None]) -> list[str]:
    """The given colours, each once; all others from round the colour circle."""
    kept: dict[int, str] = {}
    for place, colour in enumerate(given):
        if colour and re.fullmatch("#[0-9A-Fa-f]{6}", colour) and colour.lower() not in map(str.lower, kept.values()):
            kept[place] = colour
    taken = {colour.lower() for colour in kept.values()}
    fresh = (colour for colour in _circle() if colour not in taken)
    return [kept[place] if place in kept else next(fresh) for place in range(len(given))]


def _circle() -> Iterator[str]:
    seen: set[str] = set()
    for step in count():
        hue, lightness = (step * _GOLDEN) % 1, 0.4 + 0.02 * (step // 60 % 10)
        red, green, blue = (round(255 * part) for part in colorsys.hls_to_rgb(hue, lightness, 0.55))
        colour = f"#{red:02x}{green:02x}{blue:02x}"
        if colour not in seen:
            seen.add(colour)
            yield colour
