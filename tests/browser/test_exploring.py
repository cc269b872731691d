"""`qualcode explore` in a browser: both tables, facets and search; nothing leaves this machine, nothing is written."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from qualcode.review import Decision, Place
from qualcode.store import Store
from studies import SmallStudy

from .running import EVIL, Review, Tab, open_tab


@pytest.fixture(scope="module")
def study(tagged_buses: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallStudy:
    """Four notes about buses; Kim says that Ben's slow road is a delay, and Cleo's first sentence is not."""
    made = SmallStudy(Path(shutil.copytree(tagged_buses, tmp_path_factory.mktemp("explored") / "buses")))
    with Store(made.store_path) as store:
        ids = {row["name"]: row["document_id"] for row in store.document_rows()}
        said = [
            Decision(Place(ids["ben.txt"], 2), "delays", "accept"),
            Decision(Place(ids["cleo.txt"], 1), "fares", "reject"),
        ]
        store.verdicts.decide("Kim", said)
    return made


@pytest.fixture(scope="module")
def explorer(study: SmallStudy) -> Iterator[Review]:
    """One page for all tests; it must say nothing of what was asked, and leave the store as it was."""
    before = study.store_path.read_bytes()
    started = Review.start(study.store_path, command="explore")
    yield started
    assert started.stop() == "The page is closed.\n"
    assert study.store_path.read_bytes() == before
    assert sorted(path.name for path in study.folder.glob("qualcode.db*")) == ["qualcode.db"]


@pytest.fixture(scope="module")
def tab(browser: Browser, explorer: Review) -> Iterator[Tab]:
    """A browser that has entered; what it asks for is on the page's own port."""
    asked: set[str] = set()
    with open_tab(browser, explorer) as opened:
        opened.page.on("request", lambda request: asked.add(re.sub(r"(//[^/]+)/.*", r"\1", request.url)))
        yield opened
    assert asked == {explorer.origin}


def cell(page: Page, code: str, column: str) -> str:
    """What stands in a table of code x region."""
    heads = page.locator("table.rows-and-columns th").all_inner_texts()
    row = page.locator("table.rows-and-columns tbody tr", has=page.get_by_role("cell", name=code, exact=True))
    return row.locator("td").nth(heads.index(column)).inner_text().strip()


def test_both_tables_are_one_click_away(tab: Tab, explorer: Review) -> None:
    page = tab.page
    assert page.url == f"{explorer.origin}/store"
    expect(page.get_by_text("attached")).to_have_count(0)
    page.get_by_role("link", name="Frequency: documents with each barrier, by region").click()
    expect(page.get_by_role("heading", name="Frequency: documents with each barrier, by region")).to_be_visible()
    # Anna in Northfield raises fares; Cleo does no longer. Ben is slow by Kim's word, Dora by nobody's.
    assert (cell(page, "High fares", "Northfield"), cell(page, "High fares", "documents")) == ("50.0", "1")
    assert (cell(page, "Delays", "Northfield"), cell(page, "Delays", "Southport")) == ("100.0", "50.0")
    page.goto(f"{explorer.origin}/")
    page.get_by_role("link", name="Emphasis: share of respondents' words").click()
    expect(page.get_by_role("heading", name="Emphasis: share of respondents' words with each")).to_be_visible()
    # 8 of Anna's 22 words; "The road is slow." is 4 of the 17 of Ben and the 21 of Dora.
    assert (cell(page, "High fares", "words"), cell(page, "Delays", "Southport")) == ("8", "10.53")
    page.get_by_role("link", name="show", exact=True).click()
    expect(page.locator("#sql-query, .cm-content").first).to_contain_text("counted")


def test_facets_choose_rows(tab: Tab) -> None:
    assert tab.go("/store/codings_long") == 200
    page = tab.page
    expect(page.get_by_text("One row per current coding").first).to_be_visible()
    facet = page.locator(".facet-info", has_text="code_name")
    expect(facet).to_contain_text("High fares")
    facet.get_by_role("link", name="No funding").click()
    expect(page.locator("table.rows-and-columns tbody tr")).to_have_count(1)
    expect(page.locator("td.col-document").first).to_have_text("ben.txt")


def test_search_finds_a_sentence(tab: Tab) -> None:
    assert tab.go("/store/segments_long") == 200
    page = tab.page
    page.get_by_label("Search:").fill("GARDEN fine")
    page.get_by_label("Search:").press("Enter")
    expect(page.locator("td.col-text")).to_have_text(["My garden is fine."])
    assert tab.go("/store/search") == 200
    page.get_by_label("words").fill('"no mon"* OR river "')
    page.get_by_role("button", name="Run SQL").click()
    expect(page.locator("td.col-document")).to_have_text(["ben.txt", "dora.txt"])


def test_a_query_of_ones_own(tab: Tab) -> None:
    assert tab.go("/store?sql=select+count(*)+as+n+from+documents_long") == 200
    expect(tab.page.locator("td.col-n")).to_have_text("4")
    assert tab.go("/store?sql=delete+from+documents") == 400
    expect(tab.page.get_by_text("Statement must be a SELECT")).to_be_visible()
    assert tab.go("/-/nothing") == 404
    assert len(tab.faults) == 2
    assert all(re.search("40[04]", fault) for fault in tab.faults)
    tab.faults.clear()


def test_others_stay_outside(browser: Browser, explorer: Review) -> None:
    with open_tab(browser, explorer, enter=False) as other:
        assert other.go("/store") == 403
        expect(other.page.get_by_text("`qualcode explore`")).to_be_visible()
        answer = other.page.goto(f"http://{EVIL}:{explorer.port}/store")
        assert answer is not None
        assert answer.status == 403
        other.faults.clear()


def test_a_script_cannot_reach_elsewhere(tab: Tab, explorer: Review) -> None:
    tab.go("/store")
    reached: list[str] = []

    def note(route: Route) -> None:
        reached.append(route.request.url)
        route.abort()

    tab.page.route("http://localhost:1/**", note)
    assert tab.page.evaluate("fetch('http://localhost:1/x').then(() => 'sent', () => 'refused')") == "refused"
    assert reached == []
    assert any("Content Security Policy" in fault for fault in tab.faults)
    tab.faults.clear()
