"""Asks an ASGI application by hand, so that a test says every byte of a request; and reads the HTML of an answer."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

from qualcode.web.security import Guard

PORT = 8123
HOST = f"127.0.0.1:{PORT}"
ORIGIN = f"http://{HOST}"

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """An answer; several headers of one name are joined by newlines."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    app: Any,
    method: str,
    target: str,
    headers: Headers = (("Host", HOST),),
    body: bytes | Iterable[bytes] = b"",
    *,
    leaves: bool = False,
) -> Answer:
    """One request as a server hands it on: the path decoded, nothing made up, nothing left out.

    A body in pieces comes piece by piece, as long as it is asked for; who `leaves` goes away before its end.
    """
    path, _, query = target.partition("?")
    pieces = iter([body] if isinstance(body, bytes) else body)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "server": ("127.0.0.1", PORT),
        "client": ("127.0.0.1", 50000),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
    }
    last = iter([{"type": "http.disconnect"} if leaves else {"type": "http.request"}])
    sent: list[Any] = []

    async def receive() -> Any:
        for piece in pieces:
            return {"type": "http.request", "body": piece, "more_body": True}
        return next(last, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    answered: dict[str, str] = {}
    for name, value in ((n.decode(), v.decode("latin-1")) for n, v in sent[0]["headers"]):
        answered[name] = f"{answered[name]}\n{value}" if name in answered else value
    return Answer(sent[0]["status"], answered, b"".join(message.get("body", b"") for message in sent[1:]))


@dataclass
class Visitor:
    """A browser that has opened the page with its launch address."""

    app: Guard
    cookie: str = field(init=False)
    csrf: str = field(init=False)

    def __post_init__(self) -> None:
        entered = ask(self.app, "GET", self.app.launch_address().removeprefix(ORIGIN))
        self.cookie = entered.headers["set-cookie"].partition(";")[0]
        found = re.search(r'<meta name="csrf" content="([^"]+)">', self.get("/documents").text)
        self.csrf = found[1] if found else ""

    def get(self, target: str, *more: tuple[str, str], method: str = "GET") -> Answer:
        return ask(self.app, method, target, [("Host", HOST), ("Cookie", self.cookie), *more])

    def post(
        self,
        target: str,
        said: Any,
        *,
        body: bytes | Iterable[bytes] | None = None,
        leaves: bool = False,
        headers: Mapping[str, str | None] | None = None,
    ) -> Answer:
        """A POST as the page sends it; `headers` replace its own, None leaves one out."""
        own: dict[str, str | None] = {
            "Host": HOST,
            "Cookie": self.cookie,
            "Origin": ORIGIN,
            "X-Qualcode-Token": self.csrf,
            "Content-Type": "application/json",
        }
        own |= headers or {}
        sent = [(name, value) for name, value in own.items() if value is not None]
        given = json.dumps(said).encode() if body is None else body
        return ask(self.app, "POST", target, sent, given, leaves=leaves)


class Read(HTMLParser):
    """What a browser makes of a page: its elements and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def values(self) -> list[str]:
        """Values of all attributes."""
        return [value for _, attributes in self.elements for value in attributes.values() if value]
