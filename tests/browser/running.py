"""A `qualcode review` that runs, and the browser that looks at it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, expect, sync_playwright

NO_CHROMIUM = "no Chromium: apt install chromium"
EVIL = "evil.example"
"""A name that leads to this machine, as after DNS rebinding."""
PATIENCE = 20_000
"""Milliseconds until a state that does not come is a failure; the machine may be busy."""
_QUIET = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    # A page that reached for the network would get nowhere.
    f"--host-resolver-rules=MAP {EVIL} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]  # fmt: skip


def find_chromium() -> str | None:
    """Program of the browser: what CHROMIUM says, or the first of the usual names."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def open_browser(program: str) -> Iterator[Browser]:
    """A browser; asyncio cannot run in this thread as long as it is open."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_QUIET)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Review:
    """The page's program, started as people start it."""

    store: Path
    process: subprocess.Popen[str]
    address: str
    """Opens the page, once."""

    @property
    def origin(self) -> str:
        return self.address.partition("/?")[0]

    @property
    def port(self) -> int:
        return int(self.origin.rpartition(":")[2])

    @classmethod
    def start(cls, store: Path, *options: str, command: str = "review") -> Review:
        # One that outlives its test by an accident ends by itself.
        own = ("--no-browser", "--idle", "10", "--store", str(store))
        typed = [sys.executable, "-m", "qualcode", command, *own, *options]
        process = subprocess.Popen(typed, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            if line.startswith("http://127.0.0.1:"):
                return cls(store, process, line.strip())
            said += line
        process.communicate()
        raise AssertionError(f"{command} ended with {process.returncode}: {said}")

    def stop(self) -> str:
        """Stop it as Ctrl-C does; what it said after its address."""
        if self.process.returncode is not None:
            return ""
        if sys.platform == "win32":
            self.process.terminate()
            return self.process.communicate()[1]
        self.process.send_signal(signal.SIGINT)
        out, said = self.process.communicate(timeout=PATIENCE / 1000)
        assert self.process.returncode == 0, said
        assert out == ""
        return said


@dataclass
class Tab:
    """A page of the browser, with all that went wrong in it."""

    review: Review
    page: Page
    faults: list[str] = field(default_factory=list)
    consents: list[bool] = field(default_factory=list)
    """Answers to the questions that will be asked; any other question is a fault."""

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._heard)
        self.page.on("dialog", self._answer)

    def _heard(self, message: ConsoleMessage) -> None:
        # A policy that is violated is said here as well.
        if message.type in ("error", "warning"):
            self.faults.append(message.text)

    def _answer(self, dialog: Dialog) -> None:
        if not self.consents:
            self.faults.append(f"a dialog: {dialog.message}")
        if self.consents and self.consents.pop(0):
            dialog.accept()
        else:
            dialog.dismiss()

    def go(self, path: str) -> int:
        """Open a page of the review; its status."""
        answer = self.page.goto(self.review.origin + path)
        assert answer is not None
        return answer.status

    def press(self, *keys: str) -> None:
        """Press keys one after the other, and wait until what they decide is stored."""
        for key in keys:
            self.page.keyboard.press(key)
        self.stored()

    def stored(self) -> None:
        expect(self.page.locator("body:not([data-saving])")).to_have_count(1)

    def hears(self, words: str) -> None:
        """The status line says so."""
        expect(self.page.locator("#said")).to_contain_text(words)


@contextmanager
def open_tab(browser: Browser, review: Review, *, enter: bool = True, **options: Any) -> Iterator[Tab]:
    """A browser of its own at a review; nothing may go wrong in it."""
    context: BrowserContext = browser.new_context(viewport={"width": 1280, "height": 800}, **options)
    context.set_default_timeout(PATIENCE)
    try:
        tab = Tab(review, context.new_page())
        if enter:
            tab.page.goto(review.address)
        yield tab
        assert tab.faults == []
    finally:
        context.close()
