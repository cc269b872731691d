"""A review from its command to its end in a real browser; what it leaves is read from the store itself."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

from qualcode.review import Decision, Place
from qualcode.store import Store
from studies import SmallStudy, query

from .conftest import WAITING
from .running import Review, Tab

Verdict = tuple[str, int, str, str, str, str]
"""Document, position, code, decision, coder, kind of action."""

_VERDICTS = """
SELECT document, position, code, decision, coder, action FROM verdicts_long
WHERE undone_utc IS NULL ORDER BY clock, document, position, code_number
"""
_LOOKS = """
SELECT d.name, s.position, k.name FROM looks l
JOIN actions a ON a.action_id = l.action_id AND a.undone_utc IS NULL
JOIN coders k ON k.coder_id = a.coder_id
JOIN segments s ON s.segment_id = l.segment_id
JOIN documents d ON d.document_id = s.document_id
ORDER BY a.clock, d.name, s.position
"""
_ACTIONS = "SELECT kind, undone_utc IS NULL FROM actions ORDER BY clock"
_MEMOS = """
SELECT m.text, s.position, m.code_id FROM memos m
JOIN actions a ON a.action_id = m.action_id AND a.undone_utc IS NULL
LEFT JOIN segments s ON s.segment_id = m.segment_id
ORDER BY a.clock
"""


def verdicts(study: SmallStudy) -> list[Verdict]:
    """What stands, the oldest first."""
    return query(study.store_path, _VERDICTS)


def looks(study: SmallStudy) -> list[tuple[str, int, str]]:
    return query(study.store_path, _LOOKS)


def counted(study: SmallStudy) -> list[tuple[str, str]]:
    """(document, code) of the codings that count."""
    return [(document, code) for document, code, status in study.codings() if status in ("auto", "accepted")]


def document_id(study: SmallStudy, name: str) -> str:
    return str(study.documents()[name]["document_id"])


def open_document(tab: Tab, name: str) -> None:
    tab.page.get_by_role("link", name=name).click()
    expect(tab.page.get_by_role("heading", level=1)).to_have_text(name)
    tab.page.wait_for_load_state()  # keys work from then on


def sentence(page: Page, position: int) -> Locator:
    return page.locator(f"#s{position}")


def chips(page: Page, position: int) -> Locator:
    return page.locator(f"#s{position} + .m .chip")


def outcomes(page: Page, position: int) -> dict[str, str]:
    """Codes shown on a sentence."""
    return {
        str(chip.get_attribute("data-code")): str(chip.get_attribute("data-outcome"))
        for chip in chips(page, position).all()
    }


# --- opening and reading -----------------------------------------------------------------------


def test_the_address_opens_the_documents_and_leaves_no_token_behind(anna: Tab, buses: SmallStudy) -> None:
    page = anna.page
    assert page.url == f"{anna.review.origin}/documents"
    assert page.title() == "Documents · qualcode"
    expect(page.locator("#coder")).to_have_text("Anna")
    assert page.evaluate("document.cookie") == ""
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["domain"]) == (True, "Strict", "127.0.0.1")
    token = anna.review.address.partition("token=")[2]
    assert token not in page.content()
    assert token not in page.evaluate("JSON.stringify(performance.getEntries()) + document.referrer")
    assert anna.review.stop() == "The page is closed. Everything you decided is stored.\n"
    assert verdicts(buses) == []


def test_reads_a_document(anna: Tab) -> None:
    page = anna.page
    open_document(anna, "anna.txt")
    assert page.locator(".turn .head").all_inner_texts() == ["Interviewer", "Anna", "Interviewer", "Anna"]
    expect(page.locator(".turn.interviewer").first).to_contain_text("Is the bus late?")
    assert page.locator(".s").all_inner_texts() == [
        "The bus is always late in the evening.",
        "My garden is fine.",
        "The ticket costs too much, it is terrible.",
        "Goodbye then.",
    ]
    assert [outcomes(page, n) for n in (1, 2, 3)] == [{"delays": "auto"}, {}, {"fares": "auto"}]
    expect(page.get_by_text("0 of 4 sentences done, 0 waiting")).to_be_visible()


def test_a_code_says_what_speaks_for_it(anna: Tab) -> None:
    page = anna.page
    open_document(anna, "anna.txt")
    anna.press("j", "ArrowRight")
    expect(chips(page, 1)).to_be_focused()
    why = page.locator("#why")
    expect(why).to_contain_text("rules.v1 counts it, probability 0.50; codebook 1.0.0")
    expect(why.locator(".reasons")).to_contain_text(re.compile("cue.*late"))
    marked = "[...CSS.highlights.get('for')].map(it => it.startContainer.data.slice(it.startOffset, it.endOffset))"
    assert page.evaluate(marked) == ["late"]
    anna.press("Escape")
    expect(why).to_be_hidden()
    assert page.evaluate("CSS.highlights.size") == 0


def test_words_behind_signs_of_two_units_are_marked_to_the_letter(enter: Callable[..., Tab], buses: SmallStudy) -> None:
    buses.write("emoji.txt", "Eva: 👩\u200d👩\u200d👧 🧬 The bus is late again 🚌.\n")
    buses.metadata("cleo.txt,", "emoji.txt,Southport,passenger,interview,2025-04-14\ncleo.txt,")
    buses.tag()
    tab = enter(buses.store_path)
    open_document(tab, "emoji.txt")
    tab.press("j", "ArrowRight")
    marked = "[...CSS.highlights.get('for')].map(it => it.startContainer.data.slice(it.startOffset, it.endOffset))"
    assert tab.page.evaluate(marked) == ["late"]


# --- deciding with the keyboard ----------------------------------------------------------------


def test_decides_and_takes_back_with_the_keyboard_alone(anna: Tab, buses: SmallStudy) -> None:
    page = anna.page
    open_document(anna, "anna.txt")
    anna.press("j", "a")
    anna.hears("No code waits on this sentence")
    assert verdicts(buses) == []

    anna.press("ArrowRight", "a")  # the code in focus
    anna.hears("Accepted Delays on 1 sentence")
    anna.press("j", "2")  # adds the code of that number
    anna.hears("Added No funding on 1 sentence")
    anna.press("j", "ArrowRight", "r")
    anna.hears("Rejected High fares on 1 sentence")
    anna.press("/")
    page.keyboard.type("del")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Delays")
    anna.press("Enter")
    anna.hears("Added Delays on 1 sentence")
    expect(chips(page, 3).first).to_be_focused()  # fares, where it was
    anna.press("u")
    first: list[Verdict] = [
        ("anna.txt", 1, "delays", "accept", "Anna", "decide"),
        ("anna.txt", 2, "funding", "add", "Anna", "decide"),
        ("anna.txt", 3, "fares", "reject", "Anna", "decide"),
        ("anna.txt", 3, "delays", "add", "Anna", "decide"),
        ("anna.txt", 3, "fares", "unsure", "Anna", "decide"),
    ]
    anna.hears("Unsure of High fares on 1 sentence")
    assert verdicts(buses) == first
    assert outcomes(page, 3) == {"fares": "pending", "delays": "accepted"}
    assert counted(buses) == [
        ("anna.txt", "delays"), ("anna.txt", "funding"), ("anna.txt", "delays"),
        ("ben.txt", "funding"), ("cleo.txt", "fares"), ("cleo.txt", "delays"), ("cleo.txt", "delays"),
    ]  # fmt: skip

    anna.press("z", "z", "z")
    anna.hears("Taken back")
    assert verdicts(buses) == first[:2]
    assert outcomes(page, 3) == {"fares": "auto"}
    anna.press("z", "z", "z")
    anna.hears("There is nothing to take back.")
    assert verdicts(buses) == []
    assert [outcomes(page, n) for n in (1, 2, 3)] == [{"delays": "auto"}, {}, {"fares": "auto"}]
    assert query(buses.store_path, _ACTIONS) == [("decide", 0)] * 5


def test_decides_on_a_range_and_is_done_with_it(anna: Tab, buses: SmallStudy) -> None:
    page = anna.page
    open_document(anna, "dora.txt")
    anna.press("j", "Shift+J", "Shift+J")
    expect(page.locator("#here")).to_have_text("3 sentences chosen")
    anna.press("a")
    anna.hears("Accepted Delays on 3 sentences")
    anna.press("1")  # another code on each of them
    anna.hears("Added High fares on 3 sentences")
    anna.press("Enter")
    anna.hears("Done with 3 sentences")
    expect(sentence(page, 4)).to_be_focused()
    anna.press("Enter")
    expect(page.get_by_text("4 of 4 sentences done, 0 waiting")).to_be_visible()
    assert verdicts(buses) == [
        *[("dora.txt", n, "delays", "accept", "Anna", "decide") for n in (1, 2, 3)],
        *[("dora.txt", n, "fares", "add", "Anna", "decide") for n in (1, 2, 3)],
    ]
    assert looks(buses) == [("dora.txt", n, "Anna") for n in (1, 2, 3, 4)]
    assert query(buses.store_path, _ACTIONS) == [("decide", 1), ("decide", 1), ("done", 1), ("done", 1)]

    anna.press("z", "z", "z")  # the range is one action each time
    assert looks(buses) == []
    assert {code for _, _, code, *_ in verdicts(buses)} == {"delays"}
    expect(page.get_by_text("0 of 4 sentences done")).to_be_visible()


def write_memo(tab: Tab, text: str) -> None:
    """Write into the dialog, and save."""
    tab.page.keyboard.type(text)
    with tab.page.expect_response("**/memo"):
        tab.page.keyboard.press("Control+Enter")
    tab.stored()


def test_keeps_memos_on_a_sentence_and_on_a_code(anna: Tab, buses: SmallStudy) -> None:
    page = anna.page
    open_document(anna, "anna.txt")
    anna.press("j", "m")
    write_memo(anna, "Ask her again: “which evening?”")
    expect(page.locator("#s1 + .m .memo")).to_have_text("Ask her again: “which evening?”")
    anna.press("ArrowRight", "m")
    expect(page.get_by_role("dialog", name="Memo on Delays, sentence 1")).to_be_visible()
    write_memo(anna, "Strong.")
    assert query(buses.store_path, _MEMOS) == [("Ask her again: “which evening?”", 1, None), ("Strong.", 1, "delays")]
    anna.press("z")
    assert query(buses.store_path, _MEMOS) == [("Ask her again: “which evening?”", 1, None)]

    anna.press("g", "c")
    page.get_by_role("link", name="Delays", exact=False).first.click()
    page.get_by_label("Your memo on this code").fill("Also trains?")
    page.get_by_role("button", name="Save").click()
    anna.hears("Memo kept")
    anna.stored()
    assert query(buses.store_path, _MEMOS)[1:] == [("Also trains?", None, "delays")]


def test_adds_codes_of_two_digits_by_typing_on(enter: Callable[..., Tab], demo: Path) -> None:
    tab = enter(demo / "qualcode.db")
    open_document(tab, "catalonia_interview_01.txt")
    tab.press("j", "1")  # ten codes begin with it
    expect(tab.page.get_by_role("dialog", name="Add a code")).to_be_visible()
    tab.press("2", "Enter")
    tab.press("j", "9")  # nothing else begins with it
    tab.stored()
    found = query(
        demo / "qualcode.db", "SELECT code_number, decision IN ('add', 'accept') FROM verdicts_long ORDER BY clock"
    )
    assert found == [(12, 1), (9, 1)]


def test_the_keys_can_be_switched_off(anna: Tab, buses: SmallStudy) -> None:
    page = anna.page
    open_document(anna, "dora.txt")
    anna.press("?")
    page.get_by_label("Single letters and digits are keys").uncheck()
    anna.press("Escape", "j", "1", "z")
    expect(page.locator("#here")).to_contain_text("No sentence chosen")
    page.locator("#s1").click()
    page.get_by_role("button", name="Accept").click()
    anna.hears("Accepted Delays on 1 sentence")
    anna.stored()
    page.get_by_role("button", name="Undo").click()
    anna.hears("Taken back")
    anna.stored()
    assert query(buses.store_path, _ACTIONS) == [("decide", 0)]


# --- queues ------------------------------------------------------------------------------------


def test_runs_a_queue_to_its_end_with_the_keyboard(enter: Callable[..., Tab], buses: SmallStudy) -> None:
    tab = enter(buses.store_path, "--queue", "uncertain", "--region", "Southport", "--code", "delays")
    page = tab.page
    assert parse_qs(urlsplit(page.url).query) == {"order": ["uncertain"], "region": ["Southport"], "code": ["delays"]}
    expected: list[Verdict] = []
    seen: list[str] = []
    for decision, key in (("accept", "a"), ("reject", "r"), ("accept", "a"), ("accept", "a")):
        shown = page.locator(".passage .s")
        expect(shown).to_be_focused()
        expect(page.locator(".progress p")).to_contain_text(f"{len(seen)} decided, {4 - len(seen)} left")
        document, position = page.locator(".source").inner_text(), int(str(shown.get_attribute("data-position")))
        seen.append(shown.inner_text())
        tab.press(key)
        tab.hears("Delays on 1 sentence")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expected.append((document, position, "delays", decision, "Anna", "decide"))
    expect(page.locator("#empty")).to_contain_text("Nothing is left to decide.")
    assert sorted(seen) == sorted((*WAITING, "The road is slow."))
    assert verdicts(buses) == expected
    assert looks(buses) == [(document, position, "Anna") for document, position, *_ in expected]


def test_a_passage_put_aside_comes_last(enter: Callable[..., Tab], buses: SmallStudy) -> None:
    tab = enter(buses.store_path, "--queue", "uncertain", "--code", "delays", "--region", "Southport")
    page = tab.page
    first = page.locator(".passage .s").get_attribute("data-place")
    with page.expect_navigation():
        page.keyboard.press("s")
    for _ in range(3):
        expect(page.locator(".passage .s")).not_to_have_attribute("data-place", str(first))
        with page.expect_navigation():
            page.keyboard.press("Enter")
    expect(page.locator(".passage .s")).to_have_attribute("data-place", str(first))
    assert f"{first}" in parse_qs(urlsplit(page.url).query)["later"]
    assert [decision for _, _, _, decision, *_ in verdicts(buses)] == ["reject"] * 3


def test_a_card_shows_what_its_code_means_and_decides(enter: Callable[..., Tab], buses: SmallStudy) -> None:
    tab = enter(buses.store_path, "--queue", "uncertain", "--code", "fares", "--region", "Northfield")
    page = tab.page
    card = page.get_by_role("article", name="1 High fares")
    expect(card).to_contain_text("The ticket costs too much.")
    expect(card.get_by_role("group").or_(card.locator("details"))).to_contain_text("Typical")
    card.get_by_role("button", name="Reject").click()
    expect(card.locator(".now")).to_contain_text("rejected")
    tab.stored()
    assert [(code, decision) for _, _, code, decision, *_ in verdicts(buses)] == [("fares", "reject")]


def test_decides_all_that_wait_with_a_filter_in_one_action(enter: Callable[..., Tab], buses: SmallStudy) -> None:
    tab = enter(buses.store_path, "--queue", "uncertain", "--region", "Southport", "--code", "delays")
    page = tab.page
    page.get_by_text("Decide all that wait").click()
    tab.consents = [False, True]
    page.get_by_role("button", name="Accept all").click()
    assert verdicts(buses) == []
    with page.expect_navigation():
        page.get_by_role("button", name="Accept all").click()
    assert verdicts(buses) == [
        ("ben.txt", 2, "delays", "accept", "Anna", "bulk"),
        *[("dora.txt", n, "delays", "accept", "Anna", "bulk") for n in (1, 2, 3)],
    ]
    tab.press("z")
    tab.hears("Taken back")
    assert query(buses.store_path, _ACTIONS) == [("bulk", 0)]
    assert [status for name, _, status in buses.codings() if name == "dora.txt"] == ["pending"] * 3


def test_an_audit_is_looked_at_sentence_by_sentence(enter: Callable[..., Tab], buses: SmallStudy) -> None:
    tab = enter(buses.store_path, "--audit", "9")
    for left in range(9, 0, -1):
        expect(tab.page.locator(".progress p")).to_contain_text(f"{left} left")
        with tab.page.expect_navigation():
            tab.page.keyboard.press("Enter")
    expect(tab.page.locator("#empty")).to_contain_text("Every sentence drawn was looked at.")
    drawn = (
        "SELECT d.name, s.position FROM audits JOIN segments s USING (segment_id) JOIN documents d USING (document_id)"
    )
    assert sorted(query(buses.store_path, drawn)) == sorted((name, position) for name, position, _ in looks(buses))


# --- filters and tables ------------------------------------------------------------------------


def test_filters_are_in_the_address_and_the_back_button_takes_them_back(anna: Tab) -> None:
    page = anna.page
    names = page.locator("#documents tbody th a")
    assert names.all_inner_texts() == ["anna.txt", "ben.txt", "cleo.txt", "dora.txt"]
    page.get_by_role("combobox", name="Region").select_option("Southport")
    page.get_by_role("button", name="Show").click()
    expect(names).to_have_text(["ben.txt", "dora.txt"])
    page.get_by_label("Stakeholders").select_option("driver")
    page.get_by_role("button", name="Show").click()
    expect(names).to_have_text(["ben.txt"])
    asked = parse_qs(urlsplit(page.url).query)
    assert (asked["region"], asked["stakeholder"]) == (["Southport"], ["driver"])
    page.go_back()
    expect(names).to_have_text(["ben.txt", "dora.txt"])
    page.go_back()
    expect(names).to_have_text(["anna.txt", "ben.txt", "cleo.txt", "dora.txt"])


def test_the_tables_follow_decisions_and_lead_to_their_quotes(anna: Tab, buses: SmallStudy) -> None:
    page = anna.page
    cell = page.locator("#grid tr[data-code=funding] td[data-group=Southport]")
    anna.press("g", "t")
    expect(cell).to_contain_text("1/2")
    cell.get_by_role("link").click()
    expect(page.locator("#total")).to_have_attribute("data-total", "1")
    expect(page.locator("mark")).to_have_text("The town has no money for a second bus.")
    page.get_by_role("link", name="ben.txt").click()
    expect(sentence(page, 1)).to_be_focused()
    anna.press("ArrowRight", "r")
    assert verdicts(buses) == [("ben.txt", 1, "funding", "reject", "Anna", "decide")]
    page.go_back()
    page.reload()
    expect(page.locator("#total")).to_have_attribute("data-total", "0")
    page.go_back()
    page.reload()
    expect(cell).to_contain_text("0/2")

    page.locator("[data-show=words]").click()
    expect(page.locator("#grid")).to_have_attribute("data-show", "words")
    assert parse_qs(urlsplit(page.url).query)["show"] == ["words"]
    page.get_by_role("combobox", name="Region").select_option("Northfield")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#grid thead")).not_to_contain_text("Southport")
    expect(page.locator("#grid")).to_have_attribute("data-show", "words")
    page.go_back()
    expect(page.locator("#grid thead")).to_contain_text("Southport")


def test_the_figures_are_drawn(anna: Tab) -> None:
    anna.go("/dashboard")
    for figure in anna.page.locator(".figures img").all():
        figure.scroll_into_view_if_needed()
        expect(figure).to_have_js_property("complete", True)
        assert figure.evaluate("image => image.naturalWidth") > 100


# --- several people ----------------------------------------------------------------------------


def disagree(study: SmallStudy, place: Place) -> None:
    """Anna and Ben have looked at a sentence, and differ on both codes it could have."""
    with Store(study.store_path) as store:
        store.verdicts.decide("Anna", [Decision(place, "delays", "accept")], looked=[place])
        store.verdicts.decide(
            "Ben", [Decision(place, "delays", "reject"), Decision(place, "fares", "add")], looked=[place]
        )


def test_settles_a_disagreement(enter: Callable[..., Tab], buses: SmallStudy) -> None:
    place = Place(document_id(buses, "anna.txt"), 1)
    disagree(buses, place)
    before = verdicts(buses)
    tab = enter(buses.store_path)
    page = tab.page
    tab.go("/disagreements")
    item = page.locator(f'.disagreement[data-place="{place.document_id}:1"]')
    expect(item.locator("mark")).to_have_text("The bus is always late in the evening.")
    expect(page.locator("#open")).to_have_text("1")
    item.get_by_role("button", name="As Ben").click()
    expect(item.get_by_label("High fares")).to_be_checked()
    expect(item.get_by_label("Delays")).not_to_be_checked()
    item.get_by_label("Delays").check()
    item.get_by_label("High fares").uncheck()
    item.get_by_role("button", name="Settle", exact=True).click()
    tab.hears("Settled: Delays")
    expect(page.locator("#open")).to_have_text("0")
    settled: list[Verdict] = [
        ("anna.txt", 1, "fares", "reject", "Anna", "adjudicate"),
        ("anna.txt", 1, "delays", "accept", "Anna", "adjudicate"),
    ]
    assert verdicts(buses) == before + settled
    assert [code for name, code in counted(buses) if name == "anna.txt"] == ["delays", "fares"]

    item.get_by_role("button", name="Undo").click()
    expect(page.locator("#open")).to_have_text("1")
    assert verdicts(buses) == before
    item.get_by_label("Another code").fill("2")
    item.get_by_role("button", name="Add").click()
    expect(item.get_by_label("No funding")).to_be_checked()
    item.get_by_role("button", name="Settle", exact=True).press("Enter")
    expect(page.locator("#settled")).to_have_text("1")
    tab.stored()
    page.reload()
    expect(page.locator("#settled")).to_have_text("1")
    assert ("anna.txt", 1, "funding", "add", "Anna", "adjudicate") in verdicts(buses)


def test_what_was_suggested_is_shown_to_the_blind_after_they_are_done(
    enter: Callable[..., Tab], buses: SmallStudy
) -> None:
    place = Place(document_id(buses, "anna.txt"), 1)
    disagree(buses, place)
    with Store(buses.store_path) as store:
        store.verdicts.undo(store.verdicts.actions("Anna")[0]["action_id"])
    tab = enter(buses.store_path, "--blind")
    page = tab.page
    expect(page.locator("#blind")).to_be_visible()
    document = f"/documents/{place.document_id}"
    for path in (document, "/queue", f"/queue?later={place.document_id}:1", "/documents", "/codebook"):
        source = page.request.get(tab.review.origin + path).text()
        shown = re.search("<main.*</main>", source, re.DOTALL)
        assert shown
        for trace in (
            "data-code=",
            "data-waits",
            "data-e=",
            "data-r=",
            "chip",
            "<u ",
            "rules.v1",
            "Ben",
            "0.50",
            "0.34",
        ):
            assert trace not in (shown[0] if path != "/codebook" else shown[0].replace("data-code=", "")), (path, trace)
    tab.go(document)
    assert outcomes(page, 1) == outcomes(page, 2) == {}
    tab.press("j", "1", "Enter")
    tab.stored()
    assert outcomes(page, 1) == {"fares": "accepted", "delays": "rejected"}
    assert outcomes(page, 3) == {}
    expect(chips(page, 1).first).to_have_attribute("data-o", re.compile("Ben"))
    assert verdicts(buses)[-2:] == [
        ("anna.txt", 1, "fares", "add", "Anna", "decide"),
        ("anna.txt", 1, "delays", "reject", "Anna", "done"),
    ]
    assert query(
        buses.store_path,
        "SELECT is_blind FROM looks JOIN actions USING (action_id) WHERE undone_utc IS NULL ORDER BY clock",
    ) == [(0,), (1,)]


# --- the page and the command line -------------------------------------------------------------


def qualcode(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "qualcode", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def test_the_page_and_the_command_line_see_what_the_other_does(anna: Tab, buses: SmallStudy) -> None:
    page = anna.page
    open_document(anna, "dora.txt")
    anna.press("j", "a", "j", "r")
    done = qualcode("undo", "--coder", "Anna", "--store", str(buses.store_path))
    assert done.returncode == 0, done.stderr
    anna.press("k", "1")
    assert verdicts(buses) == [
        ("dora.txt", 1, "delays", "accept", "Anna", "decide"),
        ("dora.txt", 1, "fares", "add", "Anna", "decide"),
    ]
    page.reload()
    assert [outcomes(page, n)["delays"] for n in (1, 2)] == ["accepted", "pending"]


def test_a_second_review_is_told_who_has_the_store(anna: Tab, buses: SmallStudy) -> None:
    second = qualcode("review", "--no-browser", "--coder", "Ben", "--store", str(buses.store_path))
    assert second.returncode != 0
    assert re.search(rf"open in another review \(process {anna.review.process.pid}, Anna, since", second.stderr)
    anna.review.stop()
    again = Review.start(buses.store_path, "--coder", "Ben")
    again.stop()


def test_what_cannot_be_stored_is_said_and_not_lost(anna: Tab, buses: SmallStudy) -> None:
    page = anna.page
    open_document(anna, "dora.txt")
    anna.press("j", "a")
    anna.review.stop()
    page.keyboard.press("1")
    expect(page.get_by_role("alert")).to_contain_text("Not saved. The review program does not answer.")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    page.get_by_role("button", name="Give it up").click()
    anna.stored()
    assert verdicts(buses) == [("dora.txt", 1, "delays", "accept", "Anna", "decide")]
    assert [fault for fault in anna.faults if "ERR_CONNECTION_REFUSED" not in fault] == []
    anna.faults.clear()
