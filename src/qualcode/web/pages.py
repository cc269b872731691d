"""HTML of every page and of one sentence, from templates; CSS of the codebook's colours.

Every value is escaped (autoescape is never off), a missing one is an error, and addresses are made by `url` alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from ..codebook import Codebook
from ..review import Place, ShownSentence

if TYPE_CHECKING:
    import jinja2

    from ..flow import ReviewDesk

_TEMPLATES = Path(__file__).with_name("templates")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_ID = re.compile(r"[a-z][a-z0-9_]*")
# What no HTML file may hold; words of a transcript with such a character are shown with U+FFFD in its place.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class Pages:
    """Writes the pages of a desk.

    Parameters
    ----------
    desk : ReviewDesk
    """

    def __init__(self, desk: ReviewDesk) -> None:
        self.desk = desk

    def page(self, name: str, *, nonce: str, csrf: str, query: Mapping[str, str], **shown: Any) -> str:
        """A whole page.

        Parameters
        ----------
        name : str
            Of its template.
        nonce, csrf : str
            Of scripts; of what the page sends.
        query : mapping of str to str
            Filters of the address.
        shown
            What this page shows.

        Returns
        -------
        str
        """
        return self._template(name).render(
            **self._everywhere,
            codebook=self.desk.codebook,
            choices=self.desk.choices(),
            page_name=name,
            nonce=nonce,
            csrf=csrf,
            query=query,
            **shown,
        )

    def message(self, title: str, text: str, *, nonce: str, csrf: str) -> str:
        """A page that says something, even where the store cannot be read."""
        return self._template("message").render(
            **self._everywhere,
            codebook=None,
            choices={},
            page_name="message",
            nonce=nonce,
            csrf=csrf,
            query={},
            title=title,
            text=text,
        )

    def sentence(self, place: Place, shown: ShownSentence) -> str:
        """One sentence as it stands in a page, to take its place."""
        macros: Any = self._template("_sentence").module
        return str(macros.sentence(place.document_id, shown, self.desk.codebook))

    def colours(self) -> str:
        """CSS that gives every code and category its colour."""
        return "".join(colour_rules(self.desk.codebook))

    @cached_property
    def _everywhere(self) -> dict[str, Any]:
        store = self.desk.work.store_path.absolute()
        # With its folder: every study may have a "qualcode.db".
        return {"desk": self.desk, "store_name": f"{store.parent.name}/{store.name}", "url": url}

    def _template(self, name: str) -> jinja2.Template:
        return self._environment.get_template(f"{name}.html.j2")

    @cached_property
    def _environment(self) -> jinja2.Environment:
        import jinja2

        return jinja2.Environment(
            loader=jinja2.FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            finalize=_printable,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )


def url(path: str, /, **query: Any) -> str:
    """A link inside the page.

    Parameters
    ----------
    path : str
        From "/" on, as people read it; escaped here.
    query
        None and "" are left out.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        For a path that leads elsewhere.

    Examples
    --------
    >>> url("/documents/b2:0a", page=2, region=None), url("/quotes", region="Västra Götaland", code='a"b&c')
    ('/documents/b2:0a?page=2', '/quotes?region=V%C3%A4stra+G%C3%B6taland&code=a%22b%26c')
    """
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        raise ValueError(f'A link leads from "/" on. Got "{path}".')
    given = {name: value for name, value in query.items() if value is not None and value != ""}
    escaped = quote(path, safe="/:", errors="replace")
    return f"{escaped}?{urlencode(given, errors='replace')}" if given else escaped


def colour_rules(codebook: Codebook) -> Iterator[str]:
    """CSS rules that give codes (``.c-<id>``) and categories (``.k-<id>``) their ``--hue``.

    A codebook comes with its store, which may come from anywhere: what is not an id and a colour makes no rule.
    """
    for prefix, entries in (("c", codebook.codes), ("k", codebook.categories)):
        for entry in entries:
            if _ID.fullmatch(entry.id) and _COLOUR.fullmatch(entry.colour):
                yield f".{prefix}-{entry.id}{{--hue:{entry.colour}}}\n"


def _printable(value: Any) -> Any:
    # Markup is what templates made themselves, of values that came through here.
    return _CONTROLS.sub("�", value) if type(value) is str else value
