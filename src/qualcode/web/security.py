"""The door of a page of ours: who may ask, from where and how, and what every answer says about itself.

Pure ASGI, around the whole application, so that nothing is answered without it. A page on another site, another
program's page on this machine, a name that was pointed at 127.0.0.1: none of them has the session cookie, the page's
own address and the page's token at once. Nothing asked or answered is ever logged.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_BYTES = 1_000_000
"""Longest body of a request."""
PATH_CHARACTERS = 500
"""Longest path; ids of documents and codes are far shorter."""
SECRET_BYTES = 32
"""Session, page token and launch token have 256 random bits each."""
CSRF_HEADER = "x-qualcode-token"

ALWAYS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'nonce-{nonce}'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_FIGURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""A figure has its colours in style attributes, and nothing else."""

HOW_TO_ENTER = (
    "This page opens only with the address that `{command}` opens in your browser or prints, and with that "
    "only once. Stop `{command}` in its terminal with Ctrl-C and start it again."
)
_log = logging.getLogger(__name__)


class _Refused(Exception):  # noqa: N818  # an answer, not a fault
    """A request that goes no further."""

    def __init__(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(text)
        self.status, self.text, self.headers = status, text, headers


class Guard:
    """ASGI middleware that lets in whoever has the one-time address, and refuses everybody else.

    Behind it, ``request.state`` has `nonce` (of scripts), `csrf` (the page's token) and `body` (bytes, of a POST).

    Parameters
    ----------
    app : ASGIApp
        What answers; it may write for a POST only.
    port : int
        Of 127.0.0.1, where the page is.
    start : str
        Path and query of the first page.
    command : str
        What a person typed to start it, for messages.
    content_policy : str
        Where a page's scripts, styles and so on may come from; ``{nonce}`` = of the request.
    takes_posts : bool
        Whether anything can be stored.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        port: int,
        start: str = "/documents",
        command: str = "qualcode review",
        content_policy: str = _CONTENT_POLICY,
        takes_posts: bool = True,
    ) -> None:
        self.app, self.port, self.start, self.command = app, port, start, command
        self._policy = content_policy
        self._methods = ("GET", "HEAD", "POST") if takes_posts else ("GET", "HEAD")
        self._how_to_enter = HOW_TO_ENTER.format(command=command)
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        # Cookies know no ports: two reviews at once would take each other's.
        self._cookie = f"qualcode-{port}"
        self._session, self._csrf = (secrets.token_urlsafe(SECRET_BYTES) for _ in range(2))
        self._launch: str | None = None

    def launch_address(self) -> str:
        """A new address that opens the page once; an older one that was not used is void."""
        self._launch = secrets.token_urlsafe(SECRET_BYTES)
        return f"http://127.0.0.1:{self.port}/?token={self._launch}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let it through."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            return
        answer = _Answer(send, nonce=secrets.token_urlsafe(16), policy=self._policy)
        try:
            headers = Headers(scope=scope)
            self._check_address(scope, headers)
            if scope["path"] == "/":
                await self._enter(scope, headers)(scope, receive, answer.send)
                return
            self._check_session(headers)
            body = await self._check_post(headers, receive) if scope["method"] == "POST" else b""
            scope["state"] = {"nonce": answer.nonce, "csrf": self._csrf, "body": body}
            await self.app(scope, receive, answer.send)
        except _Refused as refused:
            await _said(scope, refused.status, refused.text, refused.headers)(scope, receive, answer.send)
        except Exception as error:
            _log_place(error, scope["method"])
            if not answer.is_begun:
                await _said(scope, 500, UNEXPECTED)(scope, receive, answer.send)

    # --- who, from where, how ------------------------------------------------------------------

    def _check_address(self, scope: Scope, headers: Headers) -> None:
        if scope["method"] not in self._methods:
            known = ", ".join(self._methods)
            raise _Refused(405, f"The page knows {' and '.join(known.rsplit(', ', 1))}.", {"Allow": known})
        # A name pointed at 127.0.0.1 (DNS rebinding) comes with that name here.
        if len(hosts := headers.getlist("host")) != 1 or hosts[0] not in self._hosts:
            raise _Refused(403, f"The page is at http://127.0.0.1:{self.port} and nowhere else.")
        # "same-site" is another port of this machine: another program's page.
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            raise _Refused(
                403, "A link from elsewhere does not open the page. Copy the address into the browser's address bar."
            )
        if len(scope["path"]) > PATH_CHARACTERS:
            raise _Refused(404, "There is no such page.")

    def _enter(self, scope: Scope, headers: Headers) -> Response:
        """Answer the launch address: the token becomes a cookie and leaves the address bar."""
        if scope["method"] != "GET":
            raise _Refused(405, "The first page is opened with GET.", {"Allow": "GET"})
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token")
        if given is None:
            self._check_session(headers)
            return RedirectResponse(self.start, 303)
        if self._launch is None or len(given) != 1 or not _same(given[0], self._launch):
            raise _Refused(403, f"This address was used before, or is not complete. {self._how_to_enter}")
        self._launch = None
        response = RedirectResponse(self.start, 303)
        response.set_cookie(self._cookie, self._session, path="/", httponly=True, samesite="strict")
        return response

    def _check_session(self, headers: Headers) -> None:
        # Lenient with cookies of other programs on 127.0.0.1, which come along and need not be well-formed.
        if not _same(cookie_parser(headers.get("cookie", "")).get(self._cookie, ""), self._session):
            raise _Refused(403, self._how_to_enter)

    async def _check_post(self, headers: Headers, receive: Receive) -> bytes:
        if headers.getlist("origin") != [f"http://{headers['host']}"]:
            raise _Refused(403, "Only the page itself may store something; this came from elsewhere.")
        if not _same(headers.get(CSRF_HEADER, ""), self._csrf):
            raise _Refused(403, f"This page is from an earlier start of `{self.command}`. Load it again.")
        if headers.get("content-type", "").replace(" ", "").lower() not in _JSON:
            raise _Refused(415, "What is stored is sent as application/json.")
        return await _read_body(headers, receive)


UNEXPECTED = "Something went wrong in the program, and nothing was stored. The terminal says where."
_DIGITS = len(str(BODY_BYTES))
_JSON = ("application/json", "application/json;charset=utf-8")


def _same(given: str, secret: str) -> bool:
    """Compare in constant time."""
    return secrets.compare_digest(given.encode(), secret.encode())


async def _read_body(headers: Headers, receive: Receive) -> bytes:
    """The whole body, and never more than may be; its announced length saves the reading."""
    too_long = _Refused(413, f"At most {BODY_BYTES:,} bytes can be stored at once.", {"Connection": "close"})
    announced = headers.get("content-length", "0")
    if not announced.isdecimal() or len(announced) > _DIGITS or int(announced) > BODY_BYTES:
        raise too_long
    body, more = bytearray(), True
    while more:
        message = await receive()
        body += message.get("body", b"")
        # A browser that leaves in the middle must not have half of it stored.
        more = message["type"] == "http.request" and message.get("more_body", False)
        if message["type"] == "http.disconnect":
            raise _Refused(400, "The request ended early.")
        if len(body) > BODY_BYTES:
            raise too_long
    return bytes(body)


# --- answers -----------------------------------------------------------------------------------


class _Answer:
    """Sends an answer with the headers that every one has."""

    def __init__(self, send: Send, *, nonce: str, policy: str) -> None:
        self._send, self.nonce, self._policy, self.is_begun = send, nonce, policy, False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.is_begun = True
            headers = MutableHeaders(scope=message)
            headers.update(ALWAYS)
            is_figure = headers.get("content-type", "").startswith("image/svg+xml")
            headers["Content-Security-Policy"] = _FIGURE_POLICY if is_figure else self._policy.format(nonce=self.nonce)
        await self._send(message)


def _said(scope: Scope, status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    """An answer in words: an error for a script, plain text for a person."""
    if scope["method"] == "POST":
        return JSONResponse({"error": text}, status, headers)
    return PlainTextResponse(text, status, headers)


def _log_place(error: Exception, method: str) -> None:
    """Where it went wrong; not what was said, which may be words of a transcript."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    _log.error("%s at %s:%s while answering a %s", type(error).__name__, last.filename, last.lineno, method)
