"""Serve the page on 127.0.0.1 until Ctrl-C, or until nobody has asked for a while; open the browser."""

from __future__ import annotations

import signal
import socket
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.server import HANDLED_SIGNALS

from ..errors import SelectionError
from .app import create_app
from .security import Guard

if TYPE_CHECKING:
    from ..flow import ReviewDesk

_FIRST_PORT = 1024
_HEAD_BYTES = 65_536
"""Longest head of a request: an address lists the passages put aside."""


def serve(
    desk: ReviewDesk,
    *,
    say: Callable[[str], None],
    port: int = 0,
    start: str = "/documents",
    idle_minutes: float = 60,
    open_browser: bool = True,
) -> None:
    """Serve the review page; returns when it was stopped.

    Parameters
    ----------
    desk : ReviewDesk
    say : callable
        Takes messages for people. The one-time address is said only where the browser is not opened.
    port : int
        0 = a free one.
    start : str
        Path and query of the first page.
    idle_minutes : float
        Stop when nothing was asked for so long; 0 = never.
    open_browser : bool

    Raises
    ------
    SelectionError
        If the port is taken, or belongs to the system.
    """
    serve_page(
        lambda chosen: create_app(desk, port=chosen, start=start),
        say=say,
        port=port,
        idle_minutes=idle_minutes,
        open_browser=open_browser,
        warm=desk.warm,
        goodbye=" Everything you decided is stored.",
    )


def serve_page(
    make_app: Callable[[int], Guard],
    *,
    say: Callable[[str], None],
    port: int,
    idle_minutes: float,
    open_browser: bool,
    warm: Callable[[], None] | None = None,
    goodbye: str = "",
) -> None:
    """Serve any page of ours; returns when it was stopped.

    Parameters
    ----------
    make_app : callable
        Takes the port, gives the application.
    say, port, idle_minutes, open_browser
        As for `serve`.
    warm : callable or None
        Called once the page can be reached, while the browser opens.
    goodbye : str
        Said after "The page is closed."

    Raises
    ------
    SelectionError
        If the port is taken, or belongs to the system.
    """
    with _listen(port) as listener:
        app = make_app(listener.getsockname()[1])

        def begin() -> None:
            address = app.launch_address()
            if open_browser and _opened(address):
                say("The page opens in your browser. If it does not: stop it, and start again with --no-browser.")
            else:
                say(f"Open this address in your browser; it works once:\n{address}")
            if warm is not None:
                warm()

        server = _Server(_config(app), begin=begin, idle_seconds=60 * idle_minutes)
        server.run(sockets=[listener])
    why = f"Nobody asked for {idle_minutes:g} minutes: the page" if server.is_idle else "The page"
    say(f"{why} is closed.{goodbye}")


@contextmanager
def _listen(port: int) -> Iterator[socket.socket]:
    """A socket that only programs of this machine reach."""
    if 0 < port < _FIRST_PORT:
        raise SelectionError(
            f"--port {port}: ports below {_FIRST_PORT} are the system's. Choose another, or leave it out."
        )
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        if sys.platform == "win32":
            # There, SO_REUSEADDR would let another program take the port over.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            raise SelectionError(
                f"--port {port} cannot be used: {error.strerror}. Choose another one, or leave it out."
            ) from error
        yield listener


def _config(app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        # Nothing that was asked goes to any log; the guard logs faults without words of the study.
        access_log=False,
        log_config=None,
        log_level="critical",
        http="h11",
        loop="asyncio",
        ws="none",
        lifespan="off",
        interface="asgi3",
        proxy_headers=False,
        server_header=False,
        h11_max_incomplete_event_size=_HEAD_BYTES,
        timeout_graceful_shutdown=5,
    )


def _opened(address: str) -> bool:
    try:
        return webbrowser.open(address)
    except webbrowser.Error:
        return False


class _Server(uvicorn.Server):
    """A server that begins when it can be reached, ends when idle, and for which Ctrl-C is a way to end."""

    def __init__(self, config: uvicorn.Config, *, begin: Callable[[], None], idle_seconds: float) -> None:
        super().__init__(config)
        self._begin, self._idle_seconds = begin, idle_seconds
        self._asked, self._last_asked = 0, time.monotonic()
        self.is_idle = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # A browser may take its time to open, and must be answered meanwhile.
        threading.Thread(target=self._begin, daemon=True).start()

    async def on_tick(self, counter: int) -> bool:
        state = self.server_state
        if state.tasks or state.total_requests != self._asked:
            self._asked, self._last_asked = state.total_requests, time.monotonic()
        if self._idle_seconds and time.monotonic() - self._last_asked > self._idle_seconds:
            self.is_idle = self.should_exit = True
        return await super().on_tick(counter)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End on a signal without raising it again: nothing went wrong."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in HANDLED_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
