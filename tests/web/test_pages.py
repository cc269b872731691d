"""What pages are made of: texts inert wherever they stand, links that lead nowhere else, colours that are colours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode import flow
from qualcode.review import Place
from qualcode.web.app import create_app
from qualcode.web.pages import Pages, colour_rules, url
from studies import SmallStudy

from .hostile import ANNA, BEN, PAYLOADS, make_hostile_study
from .visitor import PORT, Read, Visitor

# --- texts that try to become markup ------------------------------------------------------------


@pytest.fixture(scope="module", params=PAYLOADS, ids=["script", "attribute", "end_tags", "quotes", "address"])
def hostile(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Any, Place]:
    """A payload, and the study that has it everywhere."""
    work, place = make_hostile_study(tmp_path_factory.mktemp("hostile") / "study", request.param)
    return request.param, work, place


def addresses(payload: str, place: Place) -> Iterator[str]:
    document = f"/documents/{quote(place.document_id)}"
    yield from ("/documents", document, f"{document}?at=1", "/codebook", "/codebook/fares", "/dashboard", "/quotes")
    yield from ("/queue", "/queue?order=conflict", "/queue?order=audit", "/disagreements", "/quotes?code=fares")
    for known in (quote(f"Region {payload}"), quote(payload)):  # the second is no region: the message repeats it
        yield from (f"/documents?region={known}", f"/dashboard?region={known}", f"/queue?region={known}")
    yield from (f"/{quote(payload)}", f"/codebook/{quote(payload, safe='')}", f"/documents/{quote(payload, safe='')}")
    yield from (f"/queue?order={quote(payload)}", f"/documents?{quote(payload)}=x", f"/queue?later={quote(payload)}:1")


def assert_inert(page: str, payload: str) -> None:
    """Nothing of a text became an element, a handler or an address; scripts are the page's own."""
    read = Read(page)
    for tag, attributes in read.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], attributes
        for name in ("href", "src", "action", "formaction"):
            if attributes.get(name) is not None:
                assert str(attributes[name]).startswith(("/", "#")), attributes
                assert not str(attributes[name]).startswith("//")
        assert tag not in ("svg", "iframe", "object", "embed", "style", "base")
        if tag == "script":
            assert attributes.get("nonce")
            assert str(attributes.get("src", "/static/")).startswith("/static/")
        if tag == "img":
            assert str(attributes["src"]).startswith(("/static/icon.svg", "/figures/"))
    assert "\u202949" not in read.text  # no text is taken for a template
    assert "alert(1)" not in "".join(re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL))


@pytest.mark.parametrize(("coder", "is_blind"), [(ANNA, False), (BEN, True)])
def test_texts_stay_texts_on_every_page(hostile: tuple[str, Any, Place], coder: str, is_blind: bool) -> None:
    payload, work, place = hostile
    visitor = Visitor(create_app(flow.ReviewDesk(work, coder, is_blind=is_blind), port=PORT))
    shown = 0
    for address in addresses(payload, place):
        answer = visitor.get(address)
        assert answer.status in (200, 303, 404), address
        if answer.status != 303:
            assert_inert(answer.text, payload)
            read = Read(answer.text)
            shown += payload.split("\u2028")[0] in read.text + " ".join(read.values)
    assert shown >= 15


def test_the_words_are_shown_as_they_are(hostile: tuple[str, Any, Place]) -> None:
    payload, work, place = hostile
    visitor = Visitor(create_app(flow.ReviewDesk(work, ANNA), port=PORT))
    page = Read(visitor.get(f"/documents/{place.document_id}").text)
    for text in (f"The fare {payload} is high.", f"R {payload}", f"one {payload}.txt", f"memo {payload}", ANNA):
        assert text in page.text
    evidence = next(a["data-r"] for _, a in page.elements if a.get("data-code") == "fares" and a.get("data-r"))
    assert payload in json.dumps(json.loads(str(evidence)), ensure_ascii=False).replace('\\"', '"')
    quotes = Read(visitor.get("/quotes?code=fares").text)
    assert f"The fare {payload} is high." in quotes.text
    code = Read(visitor.get("/codebook/fares").text)
    assert f"memo {payload}" in code.text
    assert f"fares {payload}" in code.text


def test_a_sentence_sent_after_a_decision_is_inert_too(hostile: tuple[str, Any, Place], tmp_path: Path) -> None:
    payload, _, _ = hostile
    work, place = make_hostile_study(tmp_path / "own", payload)
    visitor = Visitor(create_app(flow.ReviewDesk(work, ANNA), port=PORT))
    where = {"document_id": place.document_id, "position": 2}
    answer = visitor.post("/memo", {"text": f"new {payload}", "code": "delays", **where})
    assert answer.status == 200
    answer = visitor.post("/memo", {"text": f"new {payload}", **where})
    (sentence,) = answer.json["sentences"].values()
    assert_inert(sentence, payload)
    assert f"It is late {payload}." in Read(sentence).text
    assert f"new {payload}" in Read(sentence).text
    refused = visitor.post("/decide", {"decisions": [{**where, "code": payload, "decision": "add"}]})
    assert refused.status in (400, 404, 409)
    assert list(refused.json) == ["error"]


def test_a_header_never_holds_a_text(hostile: tuple[str, Any, Place]) -> None:
    payload, work, place = hostile
    visitor = Visitor(create_app(flow.ReviewDesk(work, ANNA), port=PORT))
    moved = visitor.get(f"/documents/{place.document_id}?at=1&region={quote(payload)}")
    assert moved.status == 303
    assert re.fullmatch(r"/documents/[\w:]+\?region=[\w%.+*-]+#s1", moved.headers["location"])


def test_characters_no_page_may_hold_are_marked(study: SmallStudy) -> None:
    pages = Pages(flow.ReviewDesk(study.work, "Anna"))
    said = pages.message("Odd", "a\x00b\x1bc\ud800d\te", nonce="n", csrf="c")
    assert "a�b�c�d\te" in said


# --- templates ---------------------------------------------------------------------------------


def test_a_value_that_is_missing_is_a_fault(study: SmallStudy) -> None:
    pages = Pages(flow.ReviewDesk(study.work, "Anna"))
    with pytest.raises(jinja2.UndefinedError):
        pages.page("documents", nonce="n", csrf="c", query={})


def test_templates_never_switch_escaping_off(root: Path) -> None:
    templates = root / "src" / "qualcode" / "web" / "templates"
    for path in templates.iterdir():
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe\b|autoescape|Markup|javascript:", source), path.name


def test_a_sentence_alone_is_the_one_of_its_page(study: SmallStudy) -> None:
    desk = flow.ReviewDesk(study.work, "Anna")
    pages = Pages(desk)
    line = next(line for line in desk.documents() if line.name == "anna.txt")
    page = desk.document(line.document_id)
    whole = pages.page("document", nonce="n", csrf="c", query={}, page=page)
    sentences = [one for turn in page.turns for one in turn.sentences if one.is_coded]
    assert len(sentences) == 4
    for one in sentences:
        assert pages.sentence(Place(line.document_id, one.position), one) in whole


def test_the_page_says_which_store_it_edits(study: SmallStudy) -> None:
    pages = Pages(flow.ReviewDesk(study.work, "Anna"))
    assert "buses/qualcode.db" in pages.message("Title", "Text", nonce="n", csrf="c")


# --- links -------------------------------------------------------------------------------------


@given(
    path=st.text(max_size=30),
    query=st.dictionaries(st.sampled_from(["region", "code", "path"]), st.text(max_size=20) | st.none(), max_size=3),
)
def test_a_link_says_what_it_was_made_of(path: str, query: dict[str, str | None]) -> None:
    made = url(f"/documents/{path}", **query)
    assert made.isascii()
    assert not set(made) & set("\"'<> \\`")
    parts = urlsplit(made)
    assert (parts.scheme, parts.netloc, parts.fragment) == ("", "", "")
    given_values = {name: [value] for name, value in query.items() if value}
    assert parse_qs(parts.query, strict_parsing=bool(parts.query)) == given_values


@pytest.mark.parametrize(
    "path", ["", "documents", "javascript:alert(1)", "//evil.example/", "/\\evil.example", "https://x"]
)
def test_a_link_leads_nowhere_else(path: str) -> None:
    with pytest.raises(ValueError, match='A link leads from "/" on'):
        url(path)


# --- colours -----------------------------------------------------------------------------------


def test_codes_and_categories_have_their_colours(study: SmallStudy) -> None:
    assert list(colour_rules(study.work.codebook)) == [
        ".c-fares{--hue:#2f6fb8}\n",
        ".c-funding{--hue:#4f8fd8}\n",
        ".c-delays{--hue:#b86f2f}\n",
        ".k-money{--hue:#1f5fa8}\n",
        ".k-service{--hue:#a85f1f}\n",
    ]


@pytest.mark.parametrize(
    ("key", "colour"),
    [
        ("fares", "red"),
        ("fares", "#2f6fb8}body{display:none"),
        ("fares", "#2f6fb8\n"),
        ("fares", "url(https://evil.example)"),
        ("fares", "#2f6fb"),
        ("x}body{display:none}.y", "#2f6fb8"),
        ("", "#2f6fb8"),
    ],
)
def test_what_is_no_colour_makes_no_rule(key: str, colour: str) -> None:
    """A codebook in a store may have been made by another program than ours."""
    book: Any = SimpleNamespace(codes=[SimpleNamespace(id=key, colour=colour)], categories=[])
    assert list(colour_rules(book)) == []


def test_colours_follow_the_store(study: SmallStudy) -> None:
    study.codebook("#2f6fb8", "#123456")
    study.tag(retag=True)
    desk = flow.ReviewDesk(replace(study.work), "Anna")
    assert ".c-fares{--hue:#123456}\n" in Pages(desk).colours()
