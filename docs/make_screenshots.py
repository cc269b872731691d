"""Take the pictures of the review page again: ``python docs/make_screenshots.py FOLDER``.

Reviews a copy of the demo study in its folder. Needs Chromium on the machine, which is why no test does it; run it
when the look of a page changes.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, expect

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from browser.running import NO_CHROMIUM, Review, Tab, find_chromium, open_browser, open_tab  # noqa: E402

IMAGES = ROOT / "docs" / "images"
LIGHT, DARK = "baden-wuerttemberg_interview_02.csv", "netherlands_interview_02.txt"
"""Documents shown."""
_NO_SCROLLBAR = (
    """addEventListener("DOMContentLoaded", () => { document.documentElement.style.scrollbarGutter = "auto" })"""
)


def main(study: Path) -> None:
    """Write the four pictures."""
    if (program := find_chromium()) is None:
        raise SystemExit(NO_CHROMIUM)
    with tempfile.TemporaryDirectory() as name, open_browser(program) as browser:
        store = Path(shutil.copytree(study, Path(name) / study.name)) / "qualcode.db"
        review = Review.start(store, "--coder", "Anna")
        take_all(browser, review)
        review.stop()


def take_all(browser: Browser, review: Review) -> None:
    """What a person does who reviews, from page to page."""
    with open_tab(browser, review, color_scheme="light", reduced_motion="reduce") as tab:
        tab.page.add_init_script(_NO_SCROLLBAR)
        read(tab, LIGHT, "n n a n r p p ArrowRight")
        take(tab, "review-document")
        tab.go("/queue?order=uncertain")
        take(tab, "review-queue")
        tab.go("/dashboard")
        take(tab, "review-dashboard")
        tab.page.emulate_media(color_scheme="dark")
        read(tab, DARK, "n a n")
        take(tab, "review-dark")


def read(tab: Tab, document: str, keys: str) -> None:
    """Open a document and press keys."""
    tab.go("/documents")
    with tab.page.expect_navigation():
        tab.page.get_by_role("link", name=document).click()
    tab.press(*keys.split())


def take(tab: Tab, name: str) -> None:
    """Keep a picture of what is seen now, small: in 128 colours."""
    tab.page.mouse.move(0, 0)
    tab.page.locator("#said").evaluate("said => { said.textContent = ''; }")
    for picture in tab.page.locator("img").all():
        if picture.is_visible():
            expect(picture).to_have_js_property("complete", True)
    with Image.open(io.BytesIO(tab.page.screenshot())) as image:
        image.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(IMAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
