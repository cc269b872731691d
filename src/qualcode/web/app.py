"""The review page as an application: an address -> one call of the desk -> one page.

Handlers are plain functions; they run in threads, and the desk opens the store anew for each. `Guard` stands before
them: whatever comes here has the session, and a POST comes from the page itself.
"""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from ..errors import QualcodeError, SelectionError, StoreError, nearest
from ..review import QUEUE_ORDERS, Decided, Place
from . import asking
from .dashboard import BY, FIGURES, LEVELS, SHOWS, Show, figure_svg, make_dashboard
from .pages import Pages, url
from .security import UNEXPECTED, Guard

if TYPE_CHECKING:
    from ..flow import ReviewDesk, Summary

QUOTES = 50
"""Passages on the page of quotes."""

_STATIC = Path(__file__).with_name("static")
STATIC = {
    "icon.svg": "image/svg+xml",
    "lists.css": "text/css",
    "lists.js": "text/javascript",
    "review.css": "text/css",
    "review.js": "text/javascript",
}
"""The files there are; an address never becomes a path."""


def create_app(desk: ReviewDesk, *, port: int, start: str = "/documents") -> Guard:
    """The review page of a store.

    Parameters
    ----------
    desk : ReviewDesk
    port : int
        Of 127.0.0.1, where it is served.
    start : str
        Path and query of the page that the launch address leads to.

    Returns
    -------
    Guard
        An ASGI application; `Guard.launch_address` opens it.
    """
    review = _Review(desk)
    app = Starlette(
        routes=[
            Route("/documents", review.documents),
            Route("/documents/{document_id}", review.document),
            Route("/queue", review.queue),
            Route("/codebook", review.codes),
            Route("/codebook/{code}", review.code),
            Route("/dashboard", review.dashboard),
            Route("/figures/{name}.svg", review.figure),
            Route("/quotes", review.quotes),
            Route("/disagreements", review.disagreements),
            Route("/static/colours.css", review.colours),
            Route("/static/{name}", review.static),
            Route("/decide", review.decide, methods=["POST"]),
            Route("/finish", review.finish, methods=["POST"]),
            Route("/bulk", review.bulk, methods=["POST"]),
            Route("/adjudicate", review.adjudicate, methods=["POST"]),
            Route("/memo", review.memo, methods=["POST"]),
            Route("/undo", review.undo, methods=["POST"]),
        ],
        exception_handlers={
            QualcodeError: review.refused,
            HTTPException: review.refused,
            Exception: review.failed,
        },
    )
    app.router.redirect_slashes = False
    return Guard(app, port=port, start=start)


class _Review:
    """Answers of the page, one method an address."""

    def __init__(self, desk: ReviewDesk) -> None:
        self.desk, self.pages = desk, Pages(desk)
        # matplotlib draws in one thread at a time.
        self._drawing = Lock()

    # --- pages that show -----------------------------------------------------------------------

    def documents(self, request: Request) -> Response:
        asked = _query(request)
        return self._page(request, "documents", asked, lines=self.desk.documents(asked.filter))

    def document(self, request: Request) -> Response:
        asked = _query(request, "page", "at")
        document_id = request.path_params["document_id"]
        if "at" in asked.more:
            position = asking.read_number(asked.more["at"], least=0)
            number = self.desk.page_of(Place(document_id, position))
            path = url(f"/documents/{document_id}", page=number if number > 1 else None, **asked.filters)
            return RedirectResponse(f"{path}#s{position}", 303)
        number = asking.read_number(asked.more.get("page", "1"), least=1)
        page = self.desk.document(document_id, number)
        return self._page(request, "document", asked, page=page)

    def queue(self, request: Request) -> Response:
        asked = _query(request, "order", "later")
        order = _one_of(asked.more.get("order", QUEUE_ORDERS[0]), "order", QUEUE_ORDERS)
        later = list(asking.read_places(asked.more.get("later", "")))
        page = self.desk.queue(order, asked.filter, later=later)
        return self._page(request, "queue", asked, page=page, order=order, orders=QUEUE_ORDERS)

    def codes(self, request: Request) -> Response:
        asked = _query(request)
        return self._page(request, "codebook", asked, lines=self.desk.codes(asked.filter))

    def code(self, request: Request) -> Response:
        asked, code = _query(request), request.path_params["code"]
        if code not in (known := self.desk.codebook.by_id):
            raise SelectionError(f'There is no code "{code}" in the codebook. {nearest(code, list(known))}')
        return self._page(request, "code", asked, page=self.desk.code(code, asked.filter), entry=known[code])

    def dashboard(self, request: Request) -> Response:
        asked = _query(request, "by", "level", "show")
        summary, show = self._summary(asked)
        table = make_dashboard(summary, show, asked.filters, self.desk.documents(asked.filter))
        return self._page(
            request,
            "dashboard",
            asked,
            table=table,
            shows=SHOWS,
            groupings={by: by.replace("_", " ") for by in BY},
            levels=LEVELS,
            figures=FIGURES,
        )

    def figure(self, request: Request) -> Response:
        asked = _query(request, "by", "level", "show")
        name = _one_of(request.path_params["name"], "figure", FIGURES)
        summary, show = self._summary(asked)
        with self._drawing:
            drawn = figure_svg(summary, name, show=show, codebook=self.desk.codebook, filters=asked.filters)
        return Response(drawn, media_type="image/svg+xml")

    def _summary(self, asked: asking.Query) -> tuple[Summary, Show]:
        by = _one_of(asked.more.get("by", "region"), "by", tuple(BY))
        level = _one_of(asked.more.get("level", "code"), "level", tuple(LEVELS))
        show = _one_of(asked.more.get("show", "documents"), "show", tuple(SHOWS))
        return self.desk.summary(asked.filter, by=by, level=level), cast("Show", show)

    def quotes(self, request: Request) -> Response:
        asked = _query(request)
        passages, total = self.desk.quotes(asked.filter, limit=QUOTES)
        return self._page(request, "quotes", asked, passages=passages, total=total)

    def disagreements(self, request: Request) -> Response:
        asked = _query(request, "coders")
        found = self.desk.disagreements(asked.coders, asked.filter)
        coders = self.desk.coders()
        return self._page(
            request, "disagreements", asked, found=found, coders=coders, chosen=asked.coders or tuple(coders)
        )

    def _page(self, request: Request, name: str, asked: asking.Query, **shown: Any) -> Response:
        state = request.state
        return HTMLResponse(self.pages.page(name, nonce=state.nonce, csrf=state.csrf, query=asked.filters, **shown))

    # --- files ---------------------------------------------------------------------------------

    def static(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in STATIC:
            raise HTTPException(404, "There is no such file.")
        return Response((_STATIC / name).read_bytes(), media_type=STATIC[name])

    def colours(self, _request: Request) -> Response:
        return Response(self.pages.colours(), media_type="text/css")

    # --- what is stored ------------------------------------------------------------------------

    def decide(self, request: Request) -> Response:
        return self._done(self.desk.decide(_body(asking.Decide, request).for_desk()))

    def finish(self, request: Request) -> Response:
        return self._done(self.desk.finish(_body(asking.Finish, request).for_desk()))

    def bulk(self, request: Request) -> Response:
        asked = _body(asking.Bulk, request)
        return self._done(self.desk.decide_all(asking.make_filter(asked.filters), asked.decision))

    def adjudicate(self, request: Request) -> Response:
        asked = _body(asking.Adjudicate, request)
        return self._done(self.desk.adjudicate(asked.place, asked.codes))

    def memo(self, request: Request) -> Response:
        asked = _body(asking.Memo, request)
        return self._done(self.desk.note(asked.text, place=asked.place, code=asked.code))

    def undo(self, request: Request) -> Response:
        _body(asking.Undo, request)
        return self._done(self.desk.undo())

    def _done(self, decided: Decided) -> Response:
        sentences = {
            f"{place.document_id}:{place.position}": self.pages.sentence(place, shown)
            for place, shown in decided.sentences.items()
        }
        return JSONResponse({"action": decided.action, "said": decided.said, "sentences": sentences})

    # --- what is refused -----------------------------------------------------------------------

    def refused(self, request: Request, error: Exception) -> Response:
        """An answer for a fault that a person can mend."""
        headers = error.headers if isinstance(error, HTTPException) else None
        if isinstance(error, HTTPException):
            status, text = error.status_code, _WORDS.get(error.detail, error.detail)
        else:
            status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 400)
            text = str(error)
        return self._message(request, status, text, headers)

    def failed(self, request: Request, _error: Exception) -> Response:
        """An answer for a fault of the program; the guard logs where it happened."""
        return self._message(request, 500, UNEXPECTED)

    def _message(self, request: Request, status: int, text: str, headers: Any = None) -> Response:
        if request.method == "POST":
            return JSONResponse({"error": text}, status, headers)
        state = request.state
        title = _TITLES.get(status, "This cannot be shown")
        return HTMLResponse(self.pages.message(title, text, nonce=state.nonce, csrf=state.csrf), status, headers)


_STATUS = {SelectionError: 404, StoreError: 409}
_TITLES = {404: "Not found", 405: "Not this way", 409: "The store cannot be used", 500: "Something went wrong"}
_WORDS = {
    "Not Found": "There is no such page.",
    "Method Not Allowed": "This address is asked in another way; nothing was stored.",
}
"""What Starlette says itself, in our words."""


def _query(request: Request, *more: str) -> asking.Query:
    return asking.read_query(request.query_params.multi_items(), *more)


def _body(kind: Any, request: Request) -> Any:
    return asking.read_body(kind, request.state.body)


def _one_of(value: str, what: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise SelectionError(f'There is no {what} "{value}". {nearest(value, list(known))}')
    return value
