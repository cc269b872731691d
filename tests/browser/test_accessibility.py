"""The pages for everybody: axe-core on each, in light and dark, wide and narrow; keyboard, focus, layout, motion."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from qualcode.review import Decision, Place
from qualcode.store import Store
from studies import SmallStudy

from .running import Review, Tab, open_tab

WIDE, NARROW, NARROWEST = 1280, 360, 320
"""Pixels; 320 is what WCAG 2.2 asks of a page without scrolling sideways."""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
STATES = {
    "documents": ("/documents", ""),
    "document": ("{document}", ""),
    "evidence": ("{document}", "n ArrowRight"),
    "queue": ("/queue", ""),
    "empty queue": ("/queue?order=audit", ""),
    "codebook": ("/codebook", ""),
    "code": ("/codebook/{code}", ""),
    "dashboard": ("/dashboard", ""),
    "quotes": ("/quotes?code={code}", ""),
    "disagreements": ("/disagreements", ""),
    "message": ("/documents/nothing", ""),
    "keys": ("{document}", "?"),
    "adder": ("{document}", "j /"),
    "memo": ("{document}", "j m"),
}
"""Address and keys, by name."""
PAGES = [name for name, (_, keys) in STATES.items() if not keys]


@pytest.fixture(scope="module")
def study(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo with a sentence on which two people differ, as the store's file."""
    folder = Path(shutil.copytree(demo_folder, tmp_path_factory.mktemp("accessible") / "demo"))
    with Store(folder / "qualcode.db") as store:
        first = next(row for row in store.verdicts.suggestions("Anna") if row["outcome"] == "pending")
        place = Place(first["document_id"], first["position"])
        store.verdicts.decide("Anna", [Decision(place, first["code"], "accept")], looked=[place])
        store.verdicts.decide("Ben", [Decision(place, first["code"], "reject")], looked=[place])
    return folder / "qualcode.db"


@pytest.fixture(scope="module")
def review(study: Path) -> Iterator[Review]:
    """One review for all tests here."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
            patch.setenv(name, str(study.parent))
        started = Review.start(study, "--coder", "Anna")
    yield started
    started.stop()


@pytest.fixture(scope="module")
def opened(browser: Browser, review: Review) -> Iterator[Tab]:
    with open_tab(browser, review) as tab:
        yield tab


@pytest.fixture
def tab(opened: Tab) -> Iterator[Tab]:
    """The review at its first page, as wide and as bright as at first."""
    opened.page.set_viewport_size({"width": WIDE, "height": 800})
    opened.page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    yield opened
    assert opened.faults == []


def show(tab: Tab, name: str, study: Path) -> None:
    """Bring a page into a state of `STATES`."""
    with Store(study, read_only=True) as store:
        row = store.document_rows()[0]
        code = store.codebook().codes[0].id
    path, keys = STATES[name]
    tab.go(path.format(document=f"/documents/{quote(row['document_id'])}", code=code))
    tab.press(*keys.split())
    tab.faults[:] = [fault for fault in tab.faults if name != "message" or "404" not in fault]


def resize(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})


# --- axe-core ----------------------------------------------------------------------------------


def violations(page: Page) -> list[str]:
    """Serious and critical findings of axe-core, with where."""
    options = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
    found: list[dict[str, Any]] = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['html'][:160]} {node['failureSummary']}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("name", STATES)
def test_axe_finds_nothing_serious(tab: Tab, study: Path, name: str) -> None:
    show(tab, name, study)
    found = {}
    for width in (WIDE, NARROW):
        resize(tab.page, width)
        for scheme in SCHEMES:
            tab.page.emulate_media(color_scheme=scheme)
            found[width, scheme] = violations(tab.page)
    assert not any(found.values()), found


def test_the_scheme_can_be_chosen_and_is_kept(tab: Tab) -> None:
    tab.go("/documents")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = tab.page.evaluate(paper)
    tab.page.emulate_media(color_scheme="dark")
    dark = tab.page.evaluate(paper)
    assert dark != light
    scheme = tab.page.locator("#theme")
    scheme.click()
    assert tab.page.evaluate(paper) == light
    tab.page.reload()
    assert tab.page.evaluate(paper) == light
    scheme.click()
    tab.page.emulate_media(color_scheme="light")
    assert tab.page.evaluate(paper) == dark
    scheme.click()
    assert tab.page.evaluate(paper) == light


# --- reading and finding one's way -------------------------------------------------------------


def test_every_page_has_a_language_a_title_of_its_own_and_one_heading(tab: Tab, study: Path) -> None:
    titles = []
    for name in PAGES:
        show(tab, name, study)
        assert tab.page.locator("html").get_attribute("lang") == "en"
        assert tab.page.locator("h1").count() == 1, name
        titles.append(tab.page.title())
    assert len(set(titles)) == len(titles), titles


@pytest.mark.parametrize("name", STATES)
def test_nothing_scrolls_sideways_on_a_phone(tab: Tab, study: Path, name: str) -> None:
    show(tab, name, study)
    for width in (NARROW, NARROWEST):
        resize(tab.page, width)
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= width, width


def test_the_skip_link_leads_past_the_navigation(tab: Tab) -> None:
    tab.go("/documents")
    tab.press("Tab")
    skip = tab.page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    tab.press("Enter")
    expect(tab.page.locator("main")).to_be_focused()
    tab.press("Tab")
    assert tab.page.evaluate("document.querySelector('main').contains(document.activeElement)")


_FOCUSED = """() => {
    const it = document.activeElement;
    if (it === document.body || it.dataset.reached) return null;
    it.dataset.reached = "yes";
    const style = getComputedStyle(it), box = it.getBoundingClientRect();
    const isSeen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const isInside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    // what is broken into lines may have another's words in its middle
    const top = it.getClientRects().length === 1
        && document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const isFree = !top || it.contains(top) || top.contains(it);
    return isSeen && isInside && isFree ? "" : it.outerHTML.slice(0, 120)
        + (isSeen ? "" : ": no visible focus") + (isInside ? "" : ": out of view") + (isFree ? "" : ": covered");
}"""
"""Marks what has the focus; what is wrong with it, or null at the end."""
_LEFT = """root => [...root.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
    .filter(it => it.checkVisibility({ visibilityProperty: true }) && it.type !== "hidden" && !it.disabled)
    .filter(it => !it.matches(".chip, #why") && !it.dataset.reached)
    .map(it => it.outerHTML.slice(0, 120))"""
"""What can be used and was not reached; codes are reached with the arrow keys, and with `e` their evidence."""


@pytest.mark.parametrize("name", [*PAGES, "keys"])
def test_everything_is_reached_by_tab_with_a_visible_focus(tab: Tab, study: Path, name: str) -> None:
    show(tab, name, study)
    faults, ends = [], 0
    tab.page.evaluate(_FOCUSED)  # a dialog and a queue begin inside
    while ends < 2:
        tab.page.keyboard.press("Tab")
        said = tab.page.evaluate(_FOCUSED)
        ends = ends + 1 if said is None else 0
        faults += [said] if said else []
    assert faults == []
    assert tab.page.locator("dialog[open]" if name == "keys" else "body").evaluate(_LEFT) == []


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_what_is_chosen_is_not_under_the_bar(tab: Tab, study: Path, width: int) -> None:
    resize(tab.page, width)
    under = "document.querySelector('#bar').getBoundingClientRect().top < it.getBoundingClientRect().bottom"
    show(tab, "document", study)
    anchor = tab.page.locator(".s").nth(7).get_attribute("id")
    there = f"{tab.page.url.removeprefix(tab.review.origin)}#{anchor}"
    for path in ("/queue?order=uncertain", "/queue?order=impact", "/queue?order=random", there):
        tab.go(path)
        assert not tab.page.locator(".s.here").evaluate(f"it => {under}"), path
    show(tab, "document", study)
    for _ in range(30):
        tab.press("j")
        assert not tab.page.locator(".s.here").evaluate(f"it => {under}")


def test_sentences_and_codes_say_what_they_are(tab: Tab, study: Path) -> None:
    show(tab, "document", study)
    tab.press("n")
    sentence = tab.page.locator(".s.here")
    expect(sentence).to_be_focused()
    words = " ".join(sentence.inner_text().split())
    expect(tab.page.get_by_role("group", name=words)).to_be_focused()
    tab.press("ArrowRight")
    chip = tab.page.locator(":focus")
    expect(chip).to_have_role("button")
    expect(chip).to_have_accessible_name(re.compile(r"^\d+ .+ (waits|disputed)"))
    expect(chip).to_have_accessible_description(re.compile("probability"))
    tab.press("e")
    expect(tab.page.get_by_role("region", name="Evidence")).to_be_focused()
    tab.press("Escape")
    expect(chip).to_be_focused()
    expect(tab.page.get_by_role("status")).to_have_count(1)
    tab.press("?")
    expect(tab.page.get_by_role("dialog", name="Keys")).to_be_visible()
    tab.press("Escape")
    expect(chip).to_be_focused()


RUTH = """\
Interviewer: And at night?
Ruth: האוטובוס תמיד מאחר בערב. אני הולכת ברגל.
Interviewer: And you?
Nikos: Το λεωφορείο αργεί πάντα.
Ruth: Аз вървя пеша.
Nikos: Ναι.
"""


def test_each_script_runs_its_own_way(enter: Callable[..., Tab], buses: SmallStudy) -> None:
    buses.write("ruth.txt", RUTH)
    buses.metadata("cleo.txt,", "ruth.txt,Northfield,passenger,interview,2025-05-14\ncleo.txt,")
    buses.tag()
    tab = enter(buses.store_path)
    tab.go(f"/documents/{quote(buses.documents()['ruth.txt']['document_id'])}")
    page = tab.page
    directions = "all => all.map(it => getComputedStyle(it).direction)"
    assert page.locator(".t").evaluate_all(directions) == ["ltr", "rtl", "ltr", "ltr", "ltr", "ltr"]
    assert page.locator(".s").all_inner_texts() == [
        "האוטובוס תמיד מאחר בערב.", "אני הולכת ברגל.", "Το λεωφορείο αργεί πάντα.", "Аз вървя пеша.", "Ναι.",
    ]  # fmt: skip
    tab.press("j", "1", "m")
    page.get_by_label("Text of the memo").fill("מאחר")
    assert page.get_by_label("Text of the memo").evaluate_all(directions) == ["rtl"]
    tab.press("Control+Enter")
    expect(page.locator(".memo")).to_have_text("מאחר")
    assert page.locator(".m, .chip, .memo").evaluate_all(directions) == ["ltr", "ltr", "rtl"]
    for width in (WIDE, NARROW):
        resize(page, width)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# --- nothing jumps, nothing moves --------------------------------------------------------------

_BOXES = """() => [...document.querySelectorAll(".s")].map(it => {
    const { x, y, width, height } = it.getBoundingClientRect();
    return [x, y + scrollY, width, height].map(Math.round).join(" ");
})"""
_SEEN = """() => [...document.querySelectorAll(".s")].map(it => it.getBoundingClientRect())
    .filter(box => box.bottom > 0 && box.top < innerHeight)
    .map(box => [box.x, box.y, box.width, box.height].map(Math.round).join(" "))"""
# The height of turns that were never near the window is guessed (content-visibility), and known once they are.
_ALL_KNOWN = """() => document.querySelectorAll(".turn").forEach(it => { it.style.contentVisibility = "visible" })"""


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_no_sentence_moves_when_a_code_changes_its_state(tab: Tab, study: Path, width: int) -> None:
    resize(tab.page, width)
    show(tab, "document", study)
    tab.page.evaluate(_ALL_KNOWN)
    tab.press("n", "n", "n", "ArrowRight")
    before = tab.page.evaluate(_BOXES)
    moved = {}
    for key in ("a", "r", "u", "z", "z", "z"):
        tab.press(key)
        moved[key] = [pair for pair in zip(before, tab.page.evaluate(_BOXES), strict=True) if pair[0] != pair[1]]
    assert not any(moved.values()), moved


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_nothing_in_the_window_moves_where_the_rest_is_not_laid_out(tab: Tab, study: Path, width: int) -> None:
    resize(tab.page, width)
    show(tab, "document", study)
    tab.press("n", "n", "n", "ArrowRight")
    before = tab.page.evaluate(_SEEN)
    assert before
    for key in ("a", "r", "u", "z", "z", "z"):
        tab.press(key)
        assert tab.page.evaluate(_SEEN) == before, key


def test_nothing_moves_for_those_who_asked_for_it(tab: Tab, study: Path) -> None:
    running = "document.getAnimations().length + getComputedStyle(document.querySelector('#said')).animationName"
    show(tab, "document", study)
    tab.press("z")
    expect(tab.page.locator("#said")).not_to_be_empty()
    assert tab.page.evaluate(running).endswith("come")
    tab.page.emulate_media(reduced_motion="reduce")
    assert tab.page.evaluate(running) == "0none"
    assert tab.page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
