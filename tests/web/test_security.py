"""The door, asked by hand: who is let in, and that everybody else changes nothing."""

from __future__ import annotations

import asyncio
import itertools
import logging
from typing import Any

import pytest

from qualcode.web.security import BODY_BYTES, Guard
from studies import SmallStudy

from .visitor import HOST, ORIGIN, PORT, Answer, Visitor, ask

HELD = b'{"decisions": []}'


class Behind:
    """An application that notes who comes to it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, bytes]] = []
        self.fault: Exception | None = None

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        if self.fault:
            raise self.fault
        self.asked.append((scope["method"], scope["path"], scope["state"]["body"]))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"cache-control", b"public")]})
        page = f'<meta name="csrf" content="{scope["state"]["csrf"]}">{scope["state"]["nonce"]}'
        await send({"type": "http.response.body", "body": page.encode()})


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def guard(behind: Behind) -> Guard:
    return Guard(behind, port=PORT, start="/queue?order=uncertain")


@pytest.fixture
def visitor(guard: Guard, behind: Behind) -> Visitor:
    made = Visitor(guard)
    behind.asked.clear()
    return made


def launch(guard: Guard) -> str:
    return guard.launch_address().removeprefix(ORIGIN)


# --- the launch address ------------------------------------------------------------------------


def test_the_launch_address_gives_a_cookie_and_leaves_the_address_bar(guard: Guard) -> None:
    answer = ask(guard, "GET", launch(guard))
    assert (answer.status, answer.headers["location"]) == (303, "/queue?order=uncertain")
    name, _, rest = answer.headers["set-cookie"].partition("=")
    secret, *flags = rest.split("; ")
    assert name == f"qualcode-{PORT}"
    assert len(secret) >= 43  # 256 bits in base64
    assert {flag.lower() for flag in flags} == {"httponly", "path=/", "samesite=strict"}
    assert secret not in answer.headers["location"]


def test_the_launch_address_works_once(guard: Guard) -> None:
    address = launch(guard)
    assert ask(guard, "GET", address).status == 303
    again = ask(guard, "GET", address)
    assert again.status == 403
    assert "set-cookie" not in again.headers
    assert "was used before" in again.text
    assert "start it again" in again.text


def test_a_new_launch_address_makes_the_old_one_void(guard: Guard) -> None:
    old, new = launch(guard), launch(guard)
    assert old != new
    assert [ask(guard, "GET", address).status for address in (old, new)] == [403, 303]


@pytest.mark.parametrize("token", ["", "wrong", "é", "%00", "x&token=y", "x" * 5000])
def test_a_wrong_token_lets_nobody_in_and_leaves_the_right_one(guard: Guard, token: str) -> None:
    address = launch(guard)
    answer = ask(guard, "GET", f"/?token={token}")
    assert (answer.status, "set-cookie" in answer.headers) == (403, False)
    assert ask(guard, "GET", address).status == 303


def test_two_tokens_at_once_are_refused(guard: Guard) -> None:
    address = launch(guard)
    assert ask(guard, "GET", f"{address}&token=x").status == 403


@pytest.mark.parametrize(("method", "status"), [("HEAD", 405), ("POST", 405)])
def test_only_get_uses_the_token_up(guard: Guard, method: str, status: int) -> None:
    address = launch(guard)
    assert ask(guard, method, address).status == status
    assert ask(guard, "GET", address).status == 303


def test_a_link_from_another_site_does_not_use_the_token_up(guard: Guard) -> None:
    address = launch(guard)
    answer = ask(guard, "GET", address, [("Host", HOST), ("Sec-Fetch-Site", "cross-site")])
    assert answer.status == 403
    assert "address bar" in answer.text
    assert ask(guard, "GET", address).status == 303


def test_before_a_launch_address_was_made_no_token_is_right(guard: Guard) -> None:
    assert ask(guard, "GET", "/?token=None").status == 403


def test_who_has_the_cookie_comes_from_the_root_to_the_first_page(visitor: Visitor) -> None:
    answer = visitor.get("/")
    assert (answer.status, answer.headers["location"]) == (303, "/queue?order=uncertain")
    assert ask(visitor.app, "GET", "/").status == 403


# --- the cookie --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cookie",
    [
        None,
        "",
        f"qualcode-{PORT}=",
        f"qualcode-{PORT}=wrong",
        f"qualcode-{PORT}=é",
        f"qualcode-{PORT + 1}={{secret}}",
        "session={secret}",
        "{secret}",
        "\x00;=;;",
    ],
)
@pytest.mark.parametrize("path", ["/documents", "/static/review.js", "/nowhere"])
def test_without_the_cookie_nothing_is_shown(visitor: Visitor, behind: Behind, cookie: str | None, path: str) -> None:
    secret = visitor.cookie.partition("=")[2]
    given = [] if cookie is None else [("Cookie", cookie.format(secret=secret))]
    answer = ask(visitor.app, "GET", path, [("Host", HOST), *given])
    assert answer.status == 403
    assert "qualcode review" in answer.text
    assert behind.asked == []


@pytest.mark.parametrize("others", ['theme={"a":1}', 'bad"=x y', "a=1; qualcode-1=zzz"])
def test_cookies_of_other_programs_do_no_harm(visitor: Visitor, others: str) -> None:
    assert (
        ask(visitor.app, "GET", "/documents", [("Host", HOST), ("Cookie", f"{others}; {visitor.cookie}")]).status == 200
    )


def test_the_cookie_of_another_start_is_void(visitor: Visitor) -> None:
    other = Guard(Behind(), port=PORT)
    assert ask(other, "GET", "/documents", [("Host", HOST), ("Cookie", visitor.cookie)]).status == 403


# --- the address -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        f"evil.example:{PORT}",
        "127.0.0.1",
        f"127.0.0.1:{PORT + 1}",
        f"127.0.0.1.:{PORT}",
        f"127.0.0.1.evil.example:{PORT}",
        f"localhost.:{PORT}",
        f"user@127.0.0.1:{PORT}",
        f"127.0.0.1:{PORT}@evil.example",
        f"127.0.0.1:{PORT}, evil.example",
        f"127.0.0.2:{PORT}",
        f"127.1:{PORT}",
        f"2130706433:{PORT}",
        f"0.0.0.0:{PORT}",
        f"[::1]:{PORT}",
        f"LOCALHOST.evil:{PORT}",
        "",
        f" 127.0.0.1:{PORT}",
    ],
)
def test_a_name_pointed_at_this_machine_is_refused(visitor: Visitor, behind: Behind, host: str) -> None:
    for method, path in (("GET", "/documents"), ("GET", launch(visitor.app)), ("POST", "/decide")):
        headers = [("Host", host), ("Cookie", visitor.cookie), ("Origin", f"http://{host}")]
        headers += [("X-Qualcode-Token", visitor.csrf), ("Content-Type", "application/json")]
        assert ask(visitor.app, method, path, headers, HELD).status == 403
    assert behind.asked == []


def test_no_host_or_two_are_refused(visitor: Visitor) -> None:
    cookie = ("Cookie", visitor.cookie)
    assert ask(visitor.app, "GET", "/documents", [cookie]).status == 403
    assert ask(visitor.app, "GET", "/documents", [("Host", HOST), ("Host", HOST), cookie]).status == 403
    assert ask(visitor.app, "GET", "/documents", [("X-Forwarded-Host", HOST), ("Host", "evil"), cookie]).status == 403


def test_localhost_is_the_page_too(visitor: Visitor) -> None:
    host = f"localhost:{PORT}"
    assert visitor.get("/documents").status == 200
    assert ask(visitor.app, "GET", "/documents", [("Host", host), ("Cookie", visitor.cookie)]).status == 200
    assert visitor.post("/decide", {}, headers={"Host": host, "Origin": f"http://{host}"}).status == 200
    assert visitor.post("/decide", {}, headers={"Host": host}).status == 403  # Origin is 127.0.0.1


@pytest.mark.parametrize(
    ("site", "status"), [("same-origin", 200), ("none", 200), ("same-site", 403), ("cross-site", 403), ("x", 403)]
)
def test_other_pages_of_this_machine_are_other_pages(visitor: Visitor, site: str, status: int) -> None:
    assert visitor.get("/documents", ("Sec-Fetch-Site", site)).status == status
    assert visitor.post("/decide", {}, headers={"Sec-Fetch-Site": site}).status == status


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get"])
def test_other_methods_are_not_known(visitor: Visitor, behind: Behind, method: str) -> None:
    answer = visitor.get("/documents", method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, POST")
    assert not any(name.startswith("access-control") for name in answer.headers)
    assert behind.asked == []


def test_an_endless_path_is_no_page(visitor: Visitor, behind: Behind) -> None:
    assert visitor.get("/documents/" + "x" * 100_000).status == 404
    assert behind.asked == []


def test_a_web_socket_is_closed(guard: Guard) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    asyncio.run(guard({"type": "websocket", "path": "/", "headers": []}, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


# --- what is stored ----------------------------------------------------------------------------


def test_a_post_of_the_page_comes_through_with_its_body(visitor: Visitor, behind: Behind) -> None:
    assert visitor.post("/decide", None, body=HELD).status == 200
    assert (
        visitor.post(
            "/decide", None, body=[HELD[:5], b"", HELD[5:]], headers={"Content-Type": "application/json; charset=UTF-8"}
        ).status
        == 200
    )
    assert behind.asked == [("POST", "/decide", HELD)] * 2


REFUSED: list[tuple[dict[str, str | None], int]] = [
    ({"Cookie": None}, 403),
    ({"Cookie": f"qualcode-{PORT}=wrong"}, 403),
    ({"Origin": None}, 403),
    ({"Origin": "null"}, 403),
    ({"Origin": "http://evil.example"}, 403),
    ({"Origin": f"https://{HOST}"}, 403),
    ({"Origin": f"{ORIGIN}/"}, 403),
    ({"Origin": f"http://127.0.0.1:{PORT + 1}"}, 403),
    ({"Origin": f"http://localhost:{PORT}"}, 403),
    ({"X-Qualcode-Token": None}, 403),
    ({"X-Qualcode-Token": ""}, 403),
    ({"X-Qualcode-Token": "wrong"}, 403),
    ({"X-Qualcode-Token": "é"}, 403),
    ({"Content-Type": None}, 415),
    ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ({"Content-Type": "multipart/form-data; boundary=x"}, 415),
    ({"Content-Type": "text/plain"}, 415),
    ({"Content-Type": "text/plain; application/json"}, 415),
    ({"Content-Type": "application/json; charset=utf-16"}, 415),
    ({"Content-Length": str(BODY_BYTES + 1)}, 413),
    ({"Content-Length": "-1"}, 413),
    ({"Content-Length": "1e3"}, 413),
    ({"Content-Length": "9" * 5000}, 413),
]


def said(answer: Answer) -> str:
    """The error of a refused POST: JSON, with no more than the message."""
    assert answer.headers["content-type"] == "application/json"
    assert list(answer.json) == ["error"]
    return str(answer.json["error"])


@pytest.mark.parametrize(("changed", "status"), REFUSED)
def test_a_post_from_elsewhere_is_refused(
    visitor: Visitor, behind: Behind, changed: dict[str, str | None], status: int
) -> None:
    answer = visitor.post("/decide", None, body=HELD, headers=changed)
    assert answer.status == status
    assert said(answer)
    assert behind.asked == []


def test_the_session_is_not_the_page_token(visitor: Visitor) -> None:
    assert visitor.post("/decide", {}, headers={"X-Qualcode-Token": visitor.cookie.partition("=")[2]}).status == 403


def test_a_body_in_pieces_has_the_same_limit(visitor: Visitor, behind: Behind) -> None:
    half = b" " * (BODY_BYTES // 2)
    assert visitor.post("/decide", None, body=[half, half]).status == 200
    answer = visitor.post("/decide", None, body=[half, half, b" "])
    assert (answer.status, answer.headers["connection"]) == (413, "close")
    assert len(behind.asked) == 1


def test_an_endless_body_is_not_read_to_its_end(visitor: Visitor) -> None:
    assert visitor.post("/decide", None, body=itertools.repeat(b"x" * 1000)).status == 413


def test_half_a_body_is_not_handed_on(visitor: Visitor, behind: Behind) -> None:
    assert visitor.post("/decide", None, body=HELD[:5], leaves=True).status == 400
    assert behind.asked == []


# --- answers -----------------------------------------------------------------------------------


def policy(answer: Answer) -> dict[str, str]:
    return dict(part.strip().partition(" ")[::2] for part in answer.headers["content-security-policy"].split(";"))


def answers(visitor: Visitor) -> list[Answer]:
    return [
        visitor.get("/documents"),
        visitor.get("/documents", method="HEAD"),
        visitor.get("/"),
        visitor.get("/documents", method="PUT"),
        visitor.post("/decide", {}),
        visitor.post("/decide", {}, headers={"Origin": None}),
        ask(visitor.app, "GET", "/documents"),
        ask(visitor.app, "GET", "/documents", [("Host", "evil")]),
        ask(visitor.app, "GET", launch(visitor.app)),
    ]


def test_every_answer_says_what_a_browser_may_do_with_it(visitor: Visitor) -> None:
    for answer in answers(visitor):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "camera=()" in answer.headers["permissions-policy"]
        assert not any(name.startswith("access-control") for name in answer.headers)
        allowed = policy(answer)
        assert allowed.pop("script-src").startswith("'nonce-")
        assert allowed == {
            "default-src": "'none'",
            "style-src": "'self'",
            "img-src": "'self' data:",
            "connect-src": "'self'",
            "form-action": "'self'",
            "base-uri": "'none'",
            "frame-ancestors": "'none'",
        }


def test_scripts_run_by_a_nonce_that_no_other_answer_has(visitor: Visitor) -> None:
    seen = {policy(answer)["script-src"] for answer in answers(visitor)}
    assert len(seen) == len(answers(visitor))
    page = visitor.get("/documents")
    assert page.text.endswith(policy(page)["script-src"].removeprefix("'nonce-").removesuffix("'"))


@pytest.mark.parametrize("evil", ["/%0d%0aSet-Cookie:%20a=b", "/documents?region=%0d%0aSet-Cookie:%20a=b"])
def test_no_header_can_be_slipped_in(visitor: Visitor, evil: str) -> None:
    assert "set-cookie" not in visitor.get(evil).headers


def test_a_fault_tells_the_browser_nothing_and_the_log_only_where(
    visitor: Visitor, behind: Behind, caplog: pytest.LogCaptureFixture
) -> None:
    behind.fault = KeyError("words of a transcript")
    with caplog.at_level(logging.DEBUG):
        shown, stored = visitor.get("/documents?region=Crete"), visitor.post("/memo", {"text": "a secret"})
    assert (shown.status, stored.status) == (500, 500)
    assert "Something went wrong" in said(stored)
    for text in (shown.text, stored.text, caplog.text):
        assert not any(word in text for word in ("transcript", "Crete", "secret", visitor.csrf, visitor.cookie))
    assert "KeyError at " in caplog.text
    assert "test_security.py" in caplog.text


def test_nothing_that_is_asked_or_refused_is_logged(guard: Guard, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        ask(guard, "GET", launch(guard))
        ask(guard, "GET", "/?token=wrong")
        answers(Visitor(guard))
    assert [record for record in caplog.records if record.name.startswith(("qualcode", "starlette", "uvicorn"))] == []


# --- on a real store ---------------------------------------------------------------------------

POSTS = ("/decide", "/finish", "/bulk", "/adjudicate", "/memo", "/undo")


def test_what_is_refused_leaves_the_store_as_it_was(anna: Visitor, study: SmallStudy) -> None:
    before = study.store_path.read_bytes()
    memo = {"text": "x", "code": "fares"}
    for path in POSTS:
        for method in ("GET", "HEAD"):
            answer = anna.get(path, method=method)
            assert (answer.status, answer.headers["allow"]) == (405, "POST")
        for changed, status in REFUSED:
            assert anna.post(path, memo, headers=changed).status == status
        assert anna.post(path, memo, headers={"Host": "evil.example"}).status == 403
        assert anna.post(path, None, body=[b"x" * BODY_BYTES, b"x"]).status == 413
    assert study.store_path.read_bytes() == before
    assert anna.post("/memo", memo).status == 200
    assert study.store_path.read_bytes() != before


def test_showing_never_writes(anna: Visitor, study: SmallStudy) -> None:
    before = study.store_path.read_bytes()
    document = study.documents()["anna.txt"]["document_id"]
    for path in (
        "/documents", f"/documents/{document}", "/queue", "/queue?order=audit", "/codebook", "/codebook/fares",
        "/dashboard", "/quotes?code=fares", "/disagreements", "/static/colours.css", "/nowhere", "/undo?x=1",
    ):  # fmt: skip
        for method in ("GET", "HEAD"):
            anna.get(path, method=method)
        assert anna.post(path, {}).status in (404, 405) or path.startswith("/undo")
    assert study.store_path.read_bytes() == before
