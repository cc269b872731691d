"""The page served on 127.0.0.1: what reaches it there, how it begins, and how it ends."""

from __future__ import annotations

import queue
import socket
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest

from qualcode import flow
from qualcode.errors import SelectionError
from qualcode.web.app import create_app
from qualcode.web.serving import _config, _listen, _Server, serve
from studies import SmallStudy


@dataclass
class Served:
    """A page that is served, and whom it let in."""

    port: int
    cookie: str = ""

    def send(self, request: bytes) -> bytes:
        """Raw bytes there, raw bytes back, until the other side closes."""
        with socket.create_connection(("127.0.0.1", self.port)) as line:
            answer = b""
            with suppress(ConnectionError):  # it need not hear all of a request that it refuses
                line.sendall(request)
                for part in iter(lambda: line.recv(65536), b""):
                    answer += part
            return answer

    def get(self, target: str, *headers: str, version: str = "1.1") -> bytes:
        own = (f"Host: 127.0.0.1:{self.port}", f"Cookie: {self.cookie}", "Connection: close")
        return self.send("\r\n".join([f"GET {target} HTTP/{version}", *own, *headers, "", ""]).encode())


def status(answer: bytes) -> int:
    """The status of an answer; 0 = the line was cut."""
    return int(answer.split(b" ", 2)[1]) if answer else 0


@pytest.fixture
def served(desk: flow.ReviewDesk) -> Iterator[Served]:
    """The page, served in a thread, with somebody let in."""
    with _listen(0) as listener:
        port = listener.getsockname()[1]
        app = create_app(desk, port=port)
        begun = threading.Event()
        server = _Server(_config(app), begin=begun.set, idle_seconds=0)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        assert begun.wait(60)
        page = Served(port)
        entered = page.get(app.launch_address().partition(str(port))[2])
        page.cookie = entered.partition(b"set-cookie: ")[2].partition(b";")[0].decode()
        yield page
        server.should_exit = True
        thread.join()


def test_a_page_comes_through_the_socket(served: Served) -> None:
    answer = served.get("/documents")
    assert status(answer) == 200
    assert b"anna.txt" in answer
    assert b"\r\nserver:" not in answer.lower()
    assert status(served.get("/documents", version="1.0")) == 200


def test_it_listens_on_this_machine_alone(desk: flow.ReviewDesk) -> None:
    with _listen(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
        assert listener.family == socket.AF_INET


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/static/../app.py", {404}),
        ("/static/%2e%2e/app.py", {404}),
        ("/static/..%2f..%2fetc%2fpasswd", {404}),
        ("/static/%00", {404}),
        ("/documents/%00", {404}),
        ("/documents/%0d%0aSet-Cookie:%20evil=1", {404}),
        ("/documents/%ff%fe%c0%ae", {404}),
        ("/documents/" + "x" * 10_000, {404}),
        ("/documents?region=" + "x" * 200_000, {0, 400}),
        ("//127.0.0.1/documents", {404}),
        ("http://evil.example/documents", {400, 403, 404}),
        ("*", {400, 404}),
        ("documents", {400, 404}),
        ("/documents#é", {400, 404}),
    ],
)
def test_odd_addresses_find_nothing(served: Served, target: str, expected: set[int]) -> None:
    answer = served.get(target)
    assert status(answer) in expected
    assert b"evil=1" not in answer.partition(b"\r\n\r\n")[0]
    assert b"root:" not in answer


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /documents HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nHost: evil\r\nCookie: {cookie}\r\n\r\n",
        b"GET /documents HTTP/1.1\r\nHost: evil.example\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n",
        b"GET /documents HTTP/1.1\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n",
        b"GET /documents HTTP/1.0\r\nCookie: {cookie}\r\n\r\n",
        b"GET /documents HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n",
        b"GET /documents HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-A: a\x00b\r\nCookie: {cookie}\r\n\r\n",
        b"\x16\x03\x01 no words of HTTP\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
def test_odd_requests_are_refused(served: Served, request_: bytes) -> None:
    filled = request_.replace(b"{port}", str(served.port).encode()).replace(b"{cookie}", served.cookie.encode())
    answer = served.send(filled)
    assert status(answer) in (0, 400, 403, 405)
    assert b"anna.txt" not in answer


def test_a_body_that_never_ends_is_cut_off(served: Served, study: SmallStudy) -> None:
    before = study.store_path.read_bytes()
    csrf = served.get("/documents").partition(b'name="csrf" content="')[2].partition(b'"')[0].decode()
    head = (
        f"POST /memo HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nOrigin: http://127.0.0.1:{served.port}\r\n"
        f"Cookie: {served.cookie}\r\nX-Qualcode-Token: {csrf}\r\nContent-Type: application/json\r\n"
    )
    chunk = b"186A0\r\n" + b" " * 100_000 + b"\r\n"
    answer = b""
    with socket.create_connection(("127.0.0.1", served.port)) as line:
        line.sendall(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n")
        with suppress(ConnectionError):  # cut in the middle, which is the point
            while True:
                line.sendall(chunk)
        with suppress(ConnectionError):
            answer = line.recv(65536)
    assert status(answer) in (0, 413)
    assert status(served.send(f"{head}Connection: close\r\nContent-Length: 9999999\r\n\r\n".encode())) == 413
    assert study.store_path.read_bytes() == before
    assert status(served.get("/documents")) == 200


# --- beginning and ending ----------------------------------------------------------------------


def test_it_ends_by_itself_when_nobody_asks(desk: flow.ReviewDesk) -> None:
    said: list[str] = []
    serve(desk, say=said.append, idle_minutes=0.001, open_browser=False)
    assert said[-1] == "Nobody asked for 0.001 minutes: the page is closed. Everything you decided is stored."


@pytest.mark.parametrize("opens", [True, False, None])
def test_the_address_is_printed_where_no_browser_opens(
    desk: flow.ReviewDesk, monkeypatch: pytest.MonkeyPatch, opens: bool | None
) -> None:
    opened: queue.Queue[str] = queue.Queue()

    def browser(address: str) -> bool:
        opened.put(address)
        if opens is None:
            raise webbrowser.Error("no browser")
        return opens

    monkeypatch.setattr(webbrowser, "open", browser)
    said: queue.Queue[str] = queue.Queue()
    serve(desk, say=said.put, idle_minutes=0.005)
    address = opened.get_nowait()
    first = said.get_nowait()
    assert address.startswith("http://127.0.0.1:")
    assert (address in first) == (opens is not True)
    assert "token" not in said.get_nowait()


def test_without_a_browser_none_is_opened(desk: flow.ReviewDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _address: pytest.fail("a browser was opened"))
    said: list[str] = []
    serve(desk, say=said.append, idle_minutes=0.001, open_browser=False, start="/queue?order=audit")
    assert said[0].startswith("Open this address in your browser; it works once:\nhttp://127.0.0.1:")


def test_a_port_that_is_taken_is_said(desk: flow.ReviewDesk) -> None:
    with _listen(0) as listener:
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(SelectionError, match=f"--port {port} cannot be used: "):
            serve(desk, say=print, port=port, open_browser=False)
    with pytest.raises(SelectionError, match=r"--port 80: ports below 1024 are the system's"):
        serve(desk, say=print, port=80, open_browser=False)


def test_the_port_can_be_chosen(desk: flow.ReviewDesk) -> None:
    with _listen(0) as listener:
        port = listener.getsockname()[1]
    said: list[str] = []
    serve(desk, say=said.append, port=port, idle_minutes=0.001, open_browser=False)
    assert f"http://127.0.0.1:{port}/?token=" in said[0]
