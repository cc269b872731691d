"""Measure the review page: each page of a large store, and an interview of 10,000 words in a browser.

``python benchmarks/review_page.py`` prints the rows that ``make bench`` puts into ``docs/performance.md``. The page
runs as a process of its own, as researchers run it; the browser is Chromium without a window.
"""

from __future__ import annotations

import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import HTTPCookieProcessor, build_opener

from run import QUALCODE, ROOT, long_interview

VISITS = 15
DECISIONS = 20
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
PAGES = {
    "documents": "/documents",
    "a document": "/documents/{document}",
    "queue, uncertain": "/queue?order=uncertain",
    "queue, impact": "/queue?order=impact",
    "queue, conflict": "/queue?order=conflict",
    "codebook": "/codebook",
    "a code": "/codebook/reimbursement",
    "tables": "/dashboard",
    "quotes of a cell": "/quotes?code=reimbursement&region=Flanders",
    "disagreements": "/disagreements",
}


@contextmanager
def review(store: Path) -> Iterator[str]:
    """A running review; its one-time address."""
    command = [*QUALCODE, "review", "--no-browser", "--coder", "Bench", "--store", str(store)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=store.parent) as child:
        assert child.stderr is not None
        address = next(found.group(0) for line in child.stderr if (found := re.search(r"http://\S+token=\S+", line)))
        try:
            yield address
        finally:
            child.send_signal(signal.SIGINT)
            child.wait(30)


def milliseconds(values: list[float]) -> str:
    ordered = sorted(1000 * value for value in values)
    return f"{statistics.median(ordered):.0f} ({ordered[0]:.0f}-{ordered[-1]:.0f})"


def large_rows(store: Path) -> list[str]:
    """Time of each page of a large store, one request at a time."""
    rows = []
    with review(store) as address:
        browser = build_opener(HTTPCookieProcessor())
        with browser.open(address) as documents:
            document = re.findall(r"/documents/(b2:[0-9a-f]+)", documents.read().decode())[0]
        time.sleep(12)  # what the page reads ahead after its start
        for name, path in PAGES.items():
            taken = []
            for _ in range(VISITS):
                start = time.perf_counter()
                with browser.open(address.partition("/?")[0] + path.format(document=document)) as page:
                    page.read()
                taken.append(time.perf_counter() - start)
            rows.append(f"| {name} | {milliseconds(taken)} |")
    return rows


def interview_rows(folder: Path) -> list[str]:
    """First paint of a long interview, and the round trip of a decision made by a key."""
    from playwright.sync_api import sync_playwright

    (folder / "long.txt").write_text(long_interview(10_000), encoding="utf-8")
    subprocess.run([*QUALCODE, "tag", "long.txt", "--region", "Crete"], cwd=folder, check=True, capture_output=True)
    chromium = next(path for name in CHROMIUM if (path := shutil.which(name)))
    with review(folder / "qualcode.db") as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(address)
        link = page.locator("a[href*='/documents/b2']").first.get_attribute("href")
        paints, loads = [], []
        for _ in range(VISITS):
            page.goto(address.partition("/?")[0] + str(link), wait_until="load")
            paints.append(
                page.evaluate(
                    "new Promise(done => new PerformanceObserver(list => list.getEntries().forEach(entry => "
                    "entry.name === 'first-contentful-paint' && done(entry.startTime)))"
                    ".observe({type: 'paint', buffered: true}))"
                )
                / 1000
            )
            loads.append(page.evaluate("performance.getEntriesByType('navigation')[0].responseEnd") / 1000)
        trips = []
        for _ in range(DECISIONS):
            page.keyboard.press("n")
            start = time.perf_counter()
            with page.expect_response(lambda response: response.url.endswith("/decide")):
                page.keyboard.press("r")
            trips.append(time.perf_counter() - start)
        browser.close()
    words = sum(len(line.split()) for line in (folder / "long.txt").read_text(encoding="utf-8").splitlines())
    return [
        f"| interview of {words:,} words: answer of the server complete | {milliseconds(loads)} |",
        f"| the same: first contentful paint | {milliseconds(paints)} |",
        f"| a decision by a key, until the answer is there | {milliseconds(trips)} |",
    ]


def rows(large: Path) -> list[str]:
    """All rows of the table."""
    with tempfile.TemporaryDirectory() as name:
        return [*interview_rows(Path(name)), *large_rows(large)]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        store = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(made) / "large.db"
        if not store.exists():
            subprocess.run([sys.executable, str(ROOT / "benchmarks" / "large_store.py"), str(store)], check=True)
        print("\n".join(rows(store)))
