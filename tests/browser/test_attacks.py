"""What others try at a running review: all is refused or does nothing, and the store stays as it was to the byte."""

from __future__ import annotations

import http.client
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, Request, Response, expect

from qualcode.review import Place
from qualcode.store import Store
from studies import SmallStudy, make_small_study
from web.hostile import BEN, PAYLOADS, make_hostile_study

from .running import EVIL, Review, Tab, open_tab

POSTS = ("/decide", "/finish", "/bulk", "/adjudicate", "/memo", "/undo")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> SmallStudy:
    """Three notes about buses, tagged, and something to undo."""
    made = make_small_study(tmp_path_factory.mktemp("attacked") / "buses")
    made.tag()
    with Store(made.store_path) as store:
        store.verdicts.decide("Anna", looked=[Place(made.documents()["anna.txt"]["document_id"], 1)])
    return made


@pytest.fixture(scope="module")
def review(study: SmallStudy) -> Iterator[Review]:
    """One review for all requests that it refuses."""
    started = Review.start(study.store_path, "--coder", "Anna")
    yield started
    started.stop()


@pytest.fixture(scope="module")
def own(review: Review, browser: Browser) -> dict[str, str]:
    """Headers of what the page itself sends."""
    with open_tab(browser, review) as tab:
        return own_headers(tab)


def own_headers(tab: Tab) -> dict[str, str]:
    (cookie,) = tab.page.context.cookies()
    return {
        "Cookie": f"{cookie['name']}={cookie['value']}",
        "Origin": tab.review.origin,
        "X-Qualcode-Token": str(tab.page.locator("meta[name=csrf]").get_attribute("content")),
        "Content-Type": "application/json",
    }


def content(folder: Path) -> dict[str, bytes]:
    """The store's files; what readers note in shared memory is not content."""
    return {path.name: path.read_bytes() for path in folder.glob("qualcode.db*") if not path.name.endswith("-shm")}


@pytest.fixture
def untouched(study: SmallStudy) -> Iterator[None]:
    """The store holds the same bytes before and after."""
    before = content(study.folder)
    yield
    assert content(study.folder) == before


# --- raw requests ------------------------------------------------------------------------------


def lines(headers: Mapping[str, str]) -> list[str]:
    return [f"{name}: {value}" for name, value in headers.items()]


def raw(review: Review, request: str) -> tuple[int, str, str]:
    """Send a request as written; status, head and body of the answer."""
    with socket.create_connection(("127.0.0.1", review.port), timeout=20) as connection:
        connection.sendall(request.replace("\n", "\r\n").encode("latin-1"))
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    head, _, body = answer.partition("\r\n\r\n")
    return int(head.split()[1]), head, body


def ask(
    review: Review, method: str, path: str, headers: Mapping[str, str] = MappingProxyType({}), body: str = ""
) -> tuple[int, str, dict[str, str]]:
    """A request; status, body and headers of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", review.port, timeout=20)
    try:
        connection.request(method, path, body.encode(), dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()


def test_nobody_enters_without_the_token(browser: Browser, buses: SmallStudy, start: Callable[..., Review]) -> None:
    review = start(buses.store_path, "--coder", "Anna")
    before = content(buses.folder)
    token = review.address.partition("token=")[2]
    wrong = ["", "x" * 43, token[:-1], token + "a", token.swapcase(), "%00", f"{token}&token={token}", quote("ü")]
    for path in ("/", "/documents", "/static/review.js", "/nothing", *(f"/?token={one}" for one in wrong)):
        status, body, headers = ask(review, "GET", path)
        assert (status, headers.get("set-cookie")) == (403, None), path
        assert "anna.txt" not in body
    for method in ("HEAD", "POST", "PUT", "OPTIONS"):
        assert ask(review, method, f"/?token={token}")[0] in (403, 405)
    with open_tab(browser, review) as tab:
        expect(tab.page.get_by_role("heading", name="Documents")).to_be_visible()
        headers = own_headers(tab)
    with open_tab(browser, review, enter=False) as second:
        assert second.go(f"/?token={token}") == 403
        expect(second.page.get_by_text("used before")).to_be_visible()
        assert second.go("/documents") == 403
        assert second.page.context.cookies() == []
        assert all("403" in fault for fault in second.faults)
        second.faults.clear()
    assert content(buses.folder) == before
    # What every test below leaves something out of.
    memo = '{"text": "a", "code": "fares"}'
    assert json.loads(ask(review, "POST", "/memo", headers, memo)[1])["said"] == "Memo kept"
    assert content(buses.folder) != before


HOSTS = (
    "Host: evil.example:{port}",
    "Host: evil.example",
    "Host: localhost.evil.example:{port}",
    "Host: 127.0.0.1:{port}.evil.example",
    "Host: 127.0.0.1",
    "Host: 127.0.0.1:1",
    "Host: [::1]:{port}",
    "Host:",
    "X-Host: none",
    "Host: 127.0.0.1:{port}\nHost: evil.example",
)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.usefixtures("untouched")
def test_a_request_under_another_name_is_refused(review: Review, own: dict[str, str], host: str) -> None:
    named = host.format(port=review.port)
    origin = named.splitlines()[0].partition(": ")[2]
    head = "\n".join((named, "Connection: close", *lines({**own, "Origin": f"http://{origin}"})))
    assert raw(review, f"GET /documents HTTP/1.1\n{head}\n\n")[0] in (400, 403)
    assert raw(review, f"POST /undo HTTP/1.1\n{head}\nContent-Length: 2\n\n{{}}")[0] in (400, 403)


@pytest.mark.usefixtures("untouched")
def test_a_name_pointed_at_this_machine_opens_nothing(browser: Browser, review: Review) -> None:
    with open_tab(browser, review, enter=False) as tab:
        answer = tab.page.goto(f"http://{EVIL}:{review.port}/documents")
        assert answer is not None
        assert answer.status == 403
        assert tab.page.locator("body").inner_text() == f"The page is at {review.origin} and nowhere else."
        tab.faults.clear()


CHANGES: dict[str, tuple[str, str | None]] = {
    "no cookie": ("Cookie", None),
    "another cookie": ("Cookie", "qualcode-{port}=AAAA"),
    "no origin": ("Origin", None),
    "null": ("Origin", "null"),
    "another site": ("Origin", "https://evil.example"),
    "another port": ("Origin", "http://127.0.0.1:1"),
    "another scheme": ("Origin", "https://127.0.0.1:{port}"),
    "its other name": ("Origin", "http://localhost:{port}"),
    "no token": ("X-Qualcode-Token", None),
    "another token": ("X-Qualcode-Token", "A" * 43),
    "a form": ("Content-Type", "application/x-www-form-urlencoded"),
    "plain text": ("Content-Type", "text/plain"),
    "no type": ("Content-Type", None),
    "from another port": ("Sec-Fetch-Site", "same-site"),
    "from another site": ("Sec-Fetch-Site", "cross-site"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.usefixtures("untouched")
def test_a_post_that_lacks_anything_is_refused(review: Review, own: dict[str, str], change: str) -> None:
    name, value = CHANGES[change]
    left = {key: text for key, text in own.items() if key != name}
    headers = left if value is None else {**left, name: value.format(port=review.port)}
    for path in POSTS:
        status, body, _ = ask(review, "POST", path, headers, "{}")
        assert status == (415 if name == "Content-Type" else 403), path
        assert list(json.loads(body)) == ["error"]


BODIES = (
    "",
    "[]",
    "{",
    "\x00",
    '{"x": 1}',
    '{"a":' * 20_000,
    '{"decisions": []}',
    '{"decisions": [{"document_id": "b2:0", "position": 1e400, "code": "x", "decision": "accept"}]}',
    '{"places": [{"document_id": "b2:0", "position": 99999999999999999999}]}',
    '{"places": [{"document_id": "b2:0", "position": 1}]}',
    '{"text": "a", "document_id": "b", "position": -1}',
    '{"filter": {}, "decision": "accept"}',
    '{"filter": {"region": ""}, "decision": "accept"}',
)


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
@pytest.mark.usefixtures("untouched")
def test_a_post_that_says_nothing_sensible_stores_nothing(review: Review, own: dict[str, str], body: str) -> None:
    for path in POSTS:
        status, said, _ = ask(review, "POST", path, own, body)
        assert status in (400, 404), path
        assert list(json.loads(said)) == ["error"]


@pytest.mark.usefixtures("untouched")
def test_a_post_that_is_too_long_is_refused_before_it_comes(review: Review, own: dict[str, str]) -> None:
    head = "\n".join((f"Host: 127.0.0.1:{review.port}", *lines(own), "Content-Length: 2000000"))
    assert raw(review, f"POST /undo HTTP/1.1\n{head}\n\n{{")[0] == 413


PAGES = (
    "/documents",
    "/queue",
    "/queue?order=audit",
    "/codebook",
    "/codebook/fares",
    "/dashboard",
    "/quotes",
    "/disagreements",
    "/figures/map.svg",
    "/static/review.js",
)


@pytest.mark.usefixtures("untouched")
def test_get_never_writes_and_pages_take_no_post(review: Review, own: dict[str, str], study: SmallStudy) -> None:
    asked = "?document_id=x&position=1&code=fares&decision=accept"
    for path in POSTS:
        assert [ask(review, method, path + asked, own)[0] for method in ("GET", "HEAD")] == [405, 405]
        others = ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT")
        assert {ask(review, method, path, own, "{}")[0] for method in others} <= {400, 403, 405}
    for path in (*PAGES, f"/documents/{quote(study.documents()['anna.txt']['document_id'])}"):
        assert ask(review, "GET", path, own)[0] == 200, path
        assert ask(review, "POST", path, own, "{}")[0] == 405, path


PATHS = (
    "/static/../app.py",
    "/static/%2e%2e/app.py",
    "/static/..%2fapp.py",
    "/static/..%5capp.py",
    "/static/....//app.py",
    "/static//etc/passwd",
    "/static/%2fetc%2fpasswd",
    "/static/review.css%00.js",
    "/static/",
    "/static/review.css/",
    "/STATIC/review.css",
    "/documents/../../../../etc/passwd",
    "/documents/%2e%2e%2fqualcode.db",
    "/documents/b2:0/../../static",
    "/documents//evil.example",
    "/documents/%ff%fe",
    "/documents?page=2/../..",
    "/documents?region=../../etc/passwd",
    "/figures/../map.svg",
    "/figures/%2e%2e%2fmap.svg",
    "/figures/map.svg.svg",
    "/figures/.svg",
    "/codebook/../documents",
    "/codebook/%00",
    "/qualcode.db",
    "//evil.example/documents",
    "/\\evil.example",
    "http://evil.example/documents",
    "documents",
    "/.%2e/",
    "/%",
    "*",
    f"/{'a' * 100_000}",
    f"/{'a/' * 300}",
)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:32])
@pytest.mark.usefixtures("untouched")
def test_no_path_leads_out_of_the_page(review: Review, own: dict[str, str], path: str) -> None:
    head = "\n".join((f"Host: 127.0.0.1:{review.port}", "Connection: close", *lines(own)))
    status, headers, body = raw(review, f"GET {path} HTTP/1.1\n{head}\n\n")
    assert status in (400, 403, 404)
    assert not re.search("(?im)^location:", headers)
    assert not re.search("root:|import annotations|SQLite format", body)


@pytest.mark.usefixtures("untouched")
def test_every_answer_says_how_it_may_be_used(review: Review, own: dict[str, str]) -> None:
    answers = [
        *(ask(review, "GET", path, own) for path in ("/", "/documents", "/nothing", "/undo", *PAGES)),
        ask(review, "GET", "/documents"),
        ask(review, "POST", "/undo"),
        ask(review, "PUT", "/undo", own),
    ]
    for _, _, headers in answers:
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["content-security-policy"].startswith("default-src 'none'; ")
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert {"server", "access-control-allow-origin"}.isdisjoint(headers)
    first, second = (ask(review, "GET", "/documents", own)[2]["content-security-policy"] for _ in range(2))
    assert re.search(r"script-src 'nonce-[\w-]{20,}'; ", first)
    assert first != second


# --- a page of another program on this machine -------------------------------------------------


class _Elsewhere(BaseHTTPRequestHandler):
    """Answers every request with the attacking page."""

    page: ClassVar[bytes] = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.page)

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture
def elsewhere(review: Review) -> Iterator[str]:
    """Address of another program's page on this machine."""
    page = Path(__file__).with_name("elsewhere.html").read_text(encoding="utf-8")
    handler = type("Handler", (_Elsewhere,), {"page": page.replace("ORIGIN", review.origin).encode()})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.usefixtures("untouched")
def test_another_page_on_this_machine_gets_and_does_nothing(
    browser: Browser, review: Review, own: dict[str, str], elsewhere: str
) -> None:
    with open_tab(browser, review, enter=False) as tab:
        name, _, value = own["Cookie"].partition("=")
        tab.page.context.add_cookies([{"name": name, "value": value, "url": review.origin, "sameSite": "Strict"}])
        answered: list[Response] = []
        tab.page.on("response", lambda response: answered.append(response))
        tab.page.goto(elsewhere)
        said = tab.page.evaluate("window.said")
        assert said == dict.fromkeys(("page", "opaque", "post", "json", "script", "image"), "refused")
        assert tab.page.locator("#image").evaluate("it => it.naturalWidth") == 0
        with tab.page.expect_response(f"{review.origin}/undo") as posted:
            tab.page.locator("#form").evaluate("form => form.submit()")
        assert posted.value.status == 403
        for frame in tab.page.frames[1:]:
            assert "anna.txt" not in frame.content()
        # The cookie comes along, for a port is no other site; the page is not shown even so.
        with tab.page.expect_navigation():
            tab.page.locator("#link").click()
        expect(tab.page.locator("body")).to_contain_text("A link from elsewhere does not open the page.")
        assert {one.status for one in answered if one.url.startswith(review.origin)} == {403}
        assert tab.go("/documents") == 200
        tab.faults.clear()


# --- words that try to become markup -----------------------------------------------------------

NAMES = dict(zip(PAYLOADS, ("script", "attribute", "end_tags", "quotes", "address"), strict=True))
SHOWN = (
    "/documents",
    "/documents?region={region}",
    "{document}",
    "/queue",
    "/codebook",
    "/codebook/fares",
    "/dashboard",
    "/dashboard?level=category",
    "/quotes",
    "/quotes?region={region}&code=fares",
    "/disagreements",
)
NOT_FOUND = (
    "/{payload}",
    "/codebook/{payload}",
    "/documents/{payload}",
    "/documents?region={payload}",
    "/queue?order={payload}",
)
_FLAG = "for (const name of ['alert', 'confirm', 'prompt']) window[name] = () => { top.hasRun = true; }"


@pytest.mark.parametrize("payload", PAYLOADS, ids=NAMES.get)
def test_words_stay_words_on_every_page(
    browser: Browser, start: Callable[..., Review], tmp_path: Path, payload: str
) -> None:
    work, place = make_hostile_study(tmp_path / "study", payload)
    coder = payload if payload.isprintable() else BEN
    review = start(work.store_path, "--coder", coder)
    known = {"document": f"/documents/{quote(place.document_id)}", "payload": quote(payload, safe="")}
    known["region"] = quote(f"Region {payload}", safe="")
    with open_tab(browser, review, enter=False) as tab:
        tab.page.add_init_script(_FLAG)
        requests: list[Request] = []
        tab.page.on("request", lambda request: requests.append(request))
        tab.page.goto(review.address)
        for path in SHOWN:
            assert tab.go(path.format(**known)) == 200
            assert payload in str(tab.page.locator("main").text_content()), path
            assert tab.page.locator("#coder").text_content() == coder
            assert_inert(tab.page)
        for path in NOT_FOUND:
            assert tab.go(path.format(**known)) == 404
            assert_inert(tab.page)
        assert all("404" in fault for fault in tab.faults), tab.faults
        tab.faults.clear()
        tab.go(known["document"])
        assert tab.page.locator("#s1").text_content() == f"The fare {payload} is high."
        expect(tab.page.locator(".turn.respondent .head > :first-child")).to_have_text(f"R {payload}")
        type_into_the_page(tab, payload)
        assert_inert(tab.page)
        assert [one.url for one in requests if not one.url.startswith(f"{review.origin}/")] == []


def type_into_the_page(tab: Tab, payload: str) -> None:
    """Memos, the list of codes, evidence and messages: what scripts of the page show."""
    page = tab.page
    tab.press("j", "m")
    page.locator("#note-text").fill(f"new {payload}")
    tab.press("Control+Enter")
    expect(page.locator("#s1 + .m .memo")).to_contain_text("new ")
    assert page.locator("#s1 + .m .memo").text_content() == f"new {payload}"
    page.reload()
    assert page.locator("#s1 + .m .memo").text_content() == f"new {payload}"
    tab.press("j", "ArrowRight")
    expect(page.locator("#why")).to_be_visible()
    assert payload in str(page.locator("#why").text_content())
    tab.press("a")
    page.locator("#said", has_text="fares").wait_for()
    assert payload in str(page.locator("#said").text_content())
    tab.press("/")
    page.locator("#adder-input").fill(payload)
    assert payload in str(page.locator("#adder-list [role=option]").first.text_content())
    tab.press("Escape")
    tab.go("/codebook/fares")
    page.locator("#code-memo-text").fill(f"</textarea>{payload}")
    page.get_by_role("button", name="Save").click()
    tab.stored()
    page.reload()
    assert page.locator("#code-memo-text").input_value() == f"</textarea>{payload}"


_THEIRS = "main script, main iframe, main svg, [onerror], [onload], [onmouseover], [onfocus], img[src=x], a[href^=java]"


def assert_inert(page: Page) -> None:
    """No script of the words ran, and no element of theirs is there."""
    assert page.evaluate("window.hasRun") is None
    assert page.locator(_THEIRS).count() == 0


@pytest.mark.parametrize("name", ["\u200b<b>", "Anna\x1b[2J", "Anna,Ben", "x" * 81])
def test_a_name_that_cannot_be_read_is_no_coder(buses: SmallStudy, start: Callable[..., Review], name: str) -> None:
    with pytest.raises(AssertionError, match="is not a name"):
        start(buses.store_path, "--coder", name)
