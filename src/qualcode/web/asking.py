"""What a request says, checked: the query of a page, the JSON of a decision. A fault is an answer 400 or 404."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.exceptions import HTTPException

from ..errors import nearest
from ..review import Decision, DecisionKind, Place

if TYPE_CHECKING:
    from ..store import Filter

FILTERS = {
    "region": "region",
    "country": "country",
    "stakeholder": "stakeholder_group",
    "kind": "kind",
    "code": "code",
    "category": "category",
    "coder": "coder",
    "since": "since",
    "status": "status",
}
"""Filters by their names in an address, which are those of the command line's options."""

AT_ONCE = 5000
"""Sentences that one request may decide on."""
MEMO_CHARACTERS = 20_000


# --- the query of a page -----------------------------------------------------------------------


@dataclass(frozen=True)
class Query:
    """The query of a page's address.

    Attributes
    ----------
    filters : dict of str to str
        By their names in the address.
    more : dict of str to str
        What else it says.
    coders : tuple of str
        Names of coders, given as ``coders=A,B`` or ``coders=A&coders=B``.
    """

    filters: dict[str, str]
    more: dict[str, str]
    coders: tuple[str, ...] = ()

    @property
    def filter(self) -> Filter:
        """The filters, for the desk."""
        return make_filter(self.filters)


def make_filter(filters: Mapping[str, str]) -> Filter:
    """Filters by their names in an address, for the desk."""
    from .. import flow

    return flow.make_filter(**{FILTERS[name]: value for name, value in filters.items()})


def read_query(items: Iterable[tuple[str, str]], *more: str) -> Query:
    """Check a query; a field left empty in a form asks for nothing.

    Parameters
    ----------
    items : iterable of (str, str)
    more : str
        What this page knows beside filters.

    Returns
    -------
    Query

    Raises
    ------
    HTTPException
        404 for a name that is not known, or that is given twice: a filter that did nothing would show wrong numbers.

    Examples
    --------
    >>> read_query([("region", "Crete"), ("kind", ""), ("page", "2")], "page")
    Query(filters={'region': 'Crete'}, more={'page': '2'}, coders=())
    """
    given: dict[str, str] = {}
    coders: list[str] = []
    for name, value in items:
        if name not in FILTERS and name not in more:
            raise HTTPException(404, f'The address says "{name}". {nearest(name, [*FILTERS, *more])}')
        if name == "coders":
            coders += filter(None, value.split(","))
        elif name in given:
            raise HTTPException(404, f'The address says "{name}" twice. Leave one out.')
        else:
            given[name] = value
    return Query(
        {name: value for name, value in given.items() if value and name in FILTERS},
        {name: value for name, value in given.items() if value and name not in FILTERS},
        tuple(dict.fromkeys(coders)),
    )


def read_places(text: str) -> Iterator[Place]:
    """Places as an address lists them.

    Raises
    ------
    HTTPException
        404 for anything else.

    Examples
    --------
    >>> list(read_places("b2:0a:3,b2:0b:12"))
    [Place(document_id='b2:0a', position=3), Place(document_id='b2:0b', position=12)]
    """
    for one in filter(None, text.split(",")):
        document_id, _, position = one.rpartition(":")
        yield Place(document_id, read_number(position, least=0))


def read_number(text: str, *, least: int) -> int:
    """A whole number of an address, in plain digits.

    Raises
    ------
    HTTPException
        404 for anything else, and below `least`.
    """
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) >= least):
        raise HTTPException(404, f'The address says "{text[:20]}" where a whole number from {least} is expected.')
    return int(text)


# --- the JSON of a decision --------------------------------------------------------------------


def _no_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not hold a NUL character")
    return text


_Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_Position = Annotated[int, Field(ge=0)]


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Sentence(_Said):
    document_id: _Id
    position: _Position

    @property
    def place(self) -> Place:
        return Place(self.document_id, self.position)


class _Decision(_Sentence):
    code: _Id
    decision: DecisionKind


class Decide(_Said):
    """Body of /decide."""

    decisions: list[_Decision] = Field(min_length=1, max_length=AT_ONCE)

    def for_desk(self) -> list[Decision]:
        """As the desk takes it."""
        return [Decision(one.place, one.code, one.decision) for one in self.decisions]


class Finish(_Said):
    """Body of /finish."""

    places: list[_Sentence] = Field(min_length=1, max_length=AT_ONCE)

    def for_desk(self) -> list[Place]:
        """As the desk takes it."""
        return [one.place for one in self.places]


class Bulk(_Said):
    """Body of /bulk: filters as in an address; without one it would be the whole study, by mistake."""

    decision: DecisionKind
    filter: dict[str, str]

    def model_post_init(self, _context: Any) -> None:
        """Refuse filters that ask for nothing, or are not known."""
        for name in self.filter:
            if name not in FILTERS:
                raise ValueError(f'there is no filter "{name}". {nearest(name, list(FILTERS))}')
        if not self.filters:
            raise ValueError("name what to decide on: a code, a region, or another filter")

    @property
    def filters(self) -> dict[str, str]:
        """Those that ask for something."""
        return {name: value for name, value in self.filter.items() if value}


class Adjudicate(_Sentence):
    """Body of /adjudicate."""

    codes: list[_Id] = Field(max_length=AT_ONCE)


class Memo(_Said):
    """Body of /memo: on a sentence, a code, or a code of a sentence; an empty text takes it away."""

    text: Annotated[str, StringConstraints(max_length=MEMO_CHARACTERS), AfterValidator(_no_nul)]
    document_id: _Id | None = None
    position: _Position | None = None
    code: _Id | None = None

    def model_post_init(self, _context: Any) -> None:
        """Refuse half a place, and a note on nothing."""
        if (self.document_id is None) != (self.position is None):
            raise ValueError("document_id and position go together")
        if self.place is None and self.code is None:
            raise ValueError("say what the note is on: a sentence, a code, or both")

    @property
    def place(self) -> Place | None:
        """The sentence, if it is on one."""
        if self.document_id is None or self.position is None:
            return None
        return Place(self.document_id, self.position)


class Undo(_Said):
    """Body of /undo: nothing."""


_Body = TypeVar("_Body", bound=_Said)


def read_body(kind: type[_Body], body: bytes) -> _Body:
    """Check the body of a POST.

    Parameters
    ----------
    kind : type
        One of this module's.
    body : bytes
        JSON in UTF-8.

    Raises
    ------
    HTTPException
        400, with the first fault.

    Examples
    --------
    >>> read_body(Finish, b'{"places": [{"document_id": "b2:0a", "position": 3}]}').for_desk()
    [Place(document_id='b2:0a', position=3)]
    """
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"])) or "the request"
        raise HTTPException(400, f"{where}: {first['msg'].rstrip('.')}.") from error
