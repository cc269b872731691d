"""The page on a real store: what each address shows and what each decision stores."""

from __future__ import annotations

import logging
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from counted_study import CountedStudy, make_counted_study
from qualcode import flow
from qualcode.review import QUEUE_ORDERS
from qualcode.store import Store
from qualcode.web.app import STATIC, create_app
from studies import SmallStudy, query

from .visitor import ORIGIN, PORT, Answer, Read, Visitor


@pytest.fixture
def documents(study: SmallStudy) -> dict[str, str]:
    """Ids of the documents by name."""
    return {name: row["document_id"] for name, row in study.documents().items()}


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> CountedStudy:
    """Nine documents, to be shown only."""
    return make_counted_study(tmp_path_factory.mktemp("counted") / "study")


@pytest.fixture
def kim(counted: CountedStudy) -> Visitor:
    return Visitor(create_app(flow.ReviewDesk(counted.work, "Kim"), port=PORT))


def names(page: Answer) -> list[str]:
    """Documents that a page lists."""
    assert page.status == 200, page.text
    return sorted(set(re.findall(r">(\w+\.txt)<", page.text)))


def said(page: Answer, status: int = 404) -> str:
    """What a page says that shows nothing else."""
    assert page.status == status, page.text
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    return Read(page.text).text


# --- pages -------------------------------------------------------------------------------------


def test_every_page_is_html_of_one_frame(anna: Visitor, documents: dict[str, str]) -> None:
    pages = {
        "documents": "/documents",
        "document": f"/documents/{documents['anna.txt']}",
        "queue": "/queue",
        "codebook": "/codebook",
        "code": "/codebook/fares",
        "dashboard": "/dashboard",
        "quotes": "/quotes",
        "disagreements": "/disagreements",
    }
    for name, address in pages.items():
        page = anna.get(address)
        assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8"), address
        assert f'<body class="{name}">' in page.text
        assert "buses/qualcode.db" in page.text
        assert "Anna" in Read(page.text).text
        nonces = {str(attributes["nonce"]) for tag, attributes in Read(page.text).elements if tag == "script"}
        assert page.headers["content-security-policy"].count("nonce") == 1
        assert [f"'nonce-{nonce}'" in page.headers["content-security-policy"] for nonce in nonces] == [True]


def test_links_of_every_page_lead_to_pages(anna: Visitor, documents: dict[str, str]) -> None:
    seen: set[str] = set()
    waiting = ["/documents", "/quotes", "/disagreements", "/queue?order=audit"]
    while waiting:
        address = waiting.pop().partition("#")[0]
        if not address or address in seen:
            continue
        seen.add(address)
        page = anna.get(address)
        if page.status == 303:
            waiting.append(page.headers["location"])
            continue
        assert page.status == 200, address
        if "text/html" in page.headers["content-type"]:
            found = Read(page.text).elements
            waiting += [str(a[name]) for _, a in found for name in ("href", "src") if a.get(name)]
    kinds = {re.split(r"[?/]", address.removeprefix("/"))[0] for address in seen}
    assert kinds >= {"documents", "queue", "codebook", "dashboard", "figures", "quotes", "disagreements", "static"}
    assert {f"/static/{name}" for name in STATIC} <= seen


def test_documents_are_chosen_by_the_address(anna: Visitor) -> None:
    assert names(anna.get("/documents")) == ["anna.txt", "ben.txt", "cleo.txt"]
    assert names(anna.get("/documents?region=northfield&kind=")) == ["anna.txt", "cleo.txt"]
    assert names(anna.get("/documents?region=Northfield&stakeholder=driver")) == ["cleo.txt"]
    assert names(anna.get("/documents?since=2025-02")) == ["ben.txt", "cleo.txt"]


def test_a_document_is_shown_whole(anna: Visitor, documents: dict[str, str]) -> None:
    page = Read(anna.get(f"/documents/{documents['anna.txt']}").text)
    for text in ("Interviewer", "Is the bus late?", "My garden is fine.", "Goodbye then."):
        assert text in page.text
    assert [a["id"] for tag, a in page.elements if tag == "span" and str(a.get("id", "")).startswith("s")] == [
        *("s1", "s2", "s3", "s5"),
    ]


def test_a_place_leads_to_its_page(anna: Visitor, documents: dict[str, str]) -> None:
    address = f"/documents/{documents['cleo.txt']}"
    answer = anna.get(f"{address}?at=2&region=Northfield")
    assert (answer.status, answer.headers["location"]) == (303, f"{address}?region=Northfield#s2")


@pytest.mark.parametrize("order", QUEUE_ORDERS)
def test_every_queue_can_be_asked(anna: Visitor, order: str) -> None:
    page = anna.get(f"/queue?order={order}&region=Northfield")
    assert page.status == 200
    assert re.search(rf'<option value="{order}" selected>', page.text)


def test_a_passage_put_aside_comes_last(anna: Visitor, documents: dict[str, str]) -> None:
    def place(page: Answer) -> str:
        return next(str(a["data-place"]) for _, a in Read(page.text).elements if a.get("data-place"))

    first = place(anna.get("/queue"))
    second = place(anna.get(f"/queue?later={first}"))
    assert first != second
    assert {first, second} <= {f"{key}:{n}" for key in documents.values() for n in range(10)}


def test_a_code_is_shown_with_its_meaning(anna: Visitor) -> None:
    text = Read(anna.get("/codebook/fares").text).text
    for words in ("High fares", "Passengers cannot or do not want to pay the fare.", "The driver was friendly."):
        assert words in text


def test_the_dashboard_is_as_the_address_says(kim: Visitor) -> None:
    for address, by, level, show in (
        ("/dashboard", "region", "code", "documents"),
        ("/dashboard?by=kind&level=category&show=words", "kind", "category", "words"),
        ("/dashboard?by=stakeholder_group&region=Alpha", "stakeholder_group", "code", "documents"),
    ):
        page = kim.get(address)
        assert page.status == 200
        assert f'data-show="{show}" data-by="{by}" data-level="{level}"' in page.text


@pytest.mark.parametrize("address", ["/figures/heat.svg", "/figures/map.svg?show=words&kind=interview&level=category"])
def test_figures_are_drawings(kim: Visitor, address: str) -> None:
    answer = kim.get(address)
    assert (answer.status, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert ET.fromstring(answer.body).tag == "{http://www.w3.org/2000/svg}svg"
    policy = answer.headers["content-security-policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def test_quotes_say_how_many_there_are(kim: Visitor) -> None:
    page = kim.get("/quotes?code=pay&region=Beta")
    assert 'data-total="6"' in page.text  # five in b1, one in b2; two of b1 wait
    assert names(page) == ["b1.txt", "b2.txt"]


def test_disagreements_are_of_the_coders_named(anna: Visitor, study: SmallStudy, documents: dict[str, str]) -> None:
    place = {"document_id": documents["anna.txt"], "position": 1}
    anna.post("/decide", {"decisions": [{**place, "code": "delays", "decision": "reject"}]})
    ben = Visitor(create_app(flow.ReviewDesk(study.work, "Ben"), port=PORT))
    ben.post("/decide", {"decisions": [{**place, "code": "delays", "decision": "accept"}]})
    for visitor in (anna, ben):
        visitor.post("/finish", {"places": [place]})
    assert 'id="open" data-count="1"' in anna.get("/disagreements?coders=Anna&coders=Ben").text
    assert 'id="open" data-count="1"' in anna.get("/disagreements?coders=Anna,Ben").text
    assert anna.post("/adjudicate", {**place, "codes": ["delays"]}).status == 200
    page = anna.get("/disagreements").text
    assert 'id="open" data-count="0"' in page
    assert 'id="settled" data-count="1"' in page


def test_in_a_blind_review_tables_are_hidden(study: SmallStudy) -> None:
    visitor = Visitor(create_app(flow.ReviewDesk(study.work, "Anna", is_blind=True), port=PORT))
    assert "blind" in said(visitor.get("/dashboard"))
    assert visitor.get("/figures/heat.svg").status == 404
    document = study.documents()["anna.txt"]["document_id"]
    assert "data-outcome" not in visitor.get(f"/documents/{document}").text


# --- files -------------------------------------------------------------------------------------


def test_files_are_those_of_the_list(anna: Visitor, root: Path) -> None:
    folder = root / "src" / "qualcode" / "web" / "static"
    assert {path.name for path in folder.iterdir()} == set(STATIC)
    for name, kind in STATIC.items():
        answer = anna.get(f"/static/{name}")
        assert answer.status == 200
        assert answer.headers["content-type"].partition(";")[0] == kind
        assert answer.headers["cache-control"] == "no-store"
        assert answer.body == (folder / name).read_bytes()


def test_colours_are_made_of_the_codebook(anna: Visitor) -> None:
    answer = anna.get("/static/colours.css")
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert ".c-fares{--hue:#2f6fb8}\n" in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/%2e%2e/security.py",
        "/static/..%5capp.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/review.js%00.css",
        "/static/review.js/",
        "/static/REVIEW.JS",
        "/static/",
        "/static",
        "/static/C:%5cWindows%5cwin.ini",
        "/static/file:%2f%2f%2fetc%2fpasswd",
        "/../../etc/passwd",
        "//evil.example/documents",
        "/%2e%2e/",
        "/qualcode.db",
        "/documents/..",
        "/documents/%2e%2e%2fqualcode.db",
        "/documents/%00",
        "/documents/b2:00%00",
        "/documents/",
        "/documents/" + "x" * 400,
        "/documents/%ff%fe",
        "/documents/'%20OR%201=1--",
        "/codebook/nothing",
        "/codebook/__class__",
        "/codebook/fares/",
        "/figures/heat.png",
        "/figures/..%2fheat.svg",
        "/figures/none.svg",
        "/figures/__init__.svg",
        "/templates/base.html.j2",
        "/favicon.ico",
        "/docs",
        "/openapi.json",
    ],
)
def test_what_there_is_not_is_not_found(anna: Visitor, address: str) -> None:
    assert "There is no " in said(anna.get(address))


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("/documents?region=Northfeld", 'There is no region "Northfeld" in the store. Did you mean "Northfield"?'),
        ("/documents?regoin=x", 'The address says "regoin". Did you mean "region"?'),
        ("/documents/b2:00", 'There is no current document "b2:00" in the store.'),
        ("/documents/{anna}?page=0", 'The address says "0" where a whole number from 1 is expected.'),
        ("/documents/{anna}?page=2", "There is no page 2."),
        ("/documents/{anna}?at=first", "where a whole number from 0 is expected"),
        ("/queue?order=fast", 'There is no order "fast".'),
        ("/queue?later=x", "where a whole number from 0 is expected"),
        ("/dashboard?by=document", 'There is no by "document".'),
        ("/dashboard?level=codes", 'There is no level "codes". Did you mean "code"?'),
        ("/dashboard?show=both", 'There is no show "both".'),
        ("/dashboard?code=nothing", 'There is no code "nothing" in the store.'),
        ("/dashboard?region=Southport&stakeholder=passenger", "No document fits all of these filters."),
        ("/quotes?since=tomorrow", '"tomorrow" is not a date.'),
    ],
)
def test_what_cannot_be_shown_says_why(anna: Visitor, documents: dict[str, str], address: str, message: str) -> None:
    assert message in said(anna.get(address.format(anna=documents["anna.txt"])))


# --- decisions ---------------------------------------------------------------------------------


def verdicts(study: SmallStudy) -> list[tuple[Any, ...]]:
    """(coder, position, code, decision) of what stands."""
    with Store(study.store_path, read_only=True) as store:
        rows = store.verdicts.opinions()
    return sorted((row["coder"], row["position"], row["code"], row["decision"]) for row in rows)


def test_a_decision_is_stored_at_once_and_taken_back(
    anna: Visitor, study: SmallStudy, documents: dict[str, str]
) -> None:
    place = {"document_id": documents["anna.txt"], "position": 2}
    answer = anna.post("/decide", {"decisions": [{**place, "code": "funding", "decision": "add"}]})
    assert answer.status == 200
    assert sorted(answer.json) == ["action", "said", "sentences"]
    assert answer.json["said"] == "Added No funding on 1 sentence"
    ((key, sentence),) = answer.json["sentences"].items()
    assert key == f"{place['document_id']}:2"
    assert 'data-code="funding"' in sentence
    assert "My garden is fine." in Read(sentence).text
    assert verdicts(study) == [("Anna", 2, "funding", "add")]
    back = anna.post("/undo", {})
    assert back.json["action"] == answer.json["action"]
    assert "funding" not in back.json["sentences"][key]
    assert verdicts(study) == []
    nothing = anna.post("/undo", {})
    assert (nothing.status, nothing.json["action"], nothing.json["sentences"]) == (200, None, {})


def test_right_as_it_stands(anna: Visitor, study: SmallStudy, documents: dict[str, str]) -> None:
    place = {"document_id": documents["anna.txt"], "position": 3}
    answer = anna.post("/finish", {"places": [place]})
    assert answer.status == 200
    assert "data-done" in answer.json["sentences"][f"{place['document_id']}:3"]
    assert verdicts(study) == [("Anna", 3, "fares", "accept")]


def test_a_filtered_list_is_decided_in_one_go(anna: Visitor, study: SmallStudy) -> None:
    waits = [row for row in study.codings() if row[2] == "pending"]
    assert waits == [("ben.txt", "delays", "pending")]
    assert anna.post("/bulk", {"decision": "accept", "filter": {"code": "delays", "region": ""}}).status == 200
    assert [(coder, code, said) for coder, _, code, said in verdicts(study)] == [("Anna", "delays", "accept")]
    anna.post("/undo", {})
    assert verdicts(study) == []


def test_memos_are_kept_and_taken_away(anna: Visitor, documents: dict[str, str]) -> None:
    text = "Ask her again.\u2028Line two </script>"
    assert anna.post("/memo", {"text": text, "code": "fares"}).status == 200
    assert text in Read(anna.get("/codebook/fares").text).text
    place = {"document_id": documents["anna.txt"], "position": 1}
    answer = anna.post("/memo", {"text": text, **place})
    assert text in Read(answer.json["sentences"][f"{place['document_id']}:1"]).text
    assert anna.post("/memo", {"text": "", "code": "fares"}).status == 200
    assert text not in Read(anna.get("/codebook/fares").text).text


@pytest.mark.parametrize(
    ("path", "given", "status"),
    [
        ("/decide", [], 400),
        ("/decide", {"decisions": [{"position": 1, "code": "fares", "decision": "add"}]}, 400),
        ("/decide", {"decisions": [{"document_id": "b2:00", "position": 1, "code": "fares", "decision": "add"}]}, None),
        ("/finish", {"places": [{"document_id": "../x", "position": 1}]}, None),
        ("/bulk", {"decision": "accept", "filter": {}}, 400),
        ("/bulk", {"decision": "accept", "filter": {"code": "nothing"}}, 404),
        ("/adjudicate", {"document_id": "b2:00", "position": 1, "codes": ["fares"]}, None),
        ("/memo", {"text": "x", "code": "nothing"}, None),
        ("/undo", {"action": "x"}, 400),
        ("/documents", {}, 405),
        ("/nowhere", {}, 404),
        ("/static/review.js", {}, 405),
    ],
)
def test_what_cannot_be_stored_says_why_and_stores_nothing(
    anna: Visitor, study: SmallStudy, path: str, given: Any, status: int | None
) -> None:
    before = study.store_path.read_bytes()
    answer = anna.post(path, given)
    assert answer.status == status or (status is None and answer.status in (404, 409))
    assert list(answer.json) == ["error"]
    assert answer.json["error"].endswith((".", "?"))
    assert study.store_path.read_bytes() == before


def test_two_people_at_one_store_lose_nothing(anna: Visitor, study: SmallStudy, documents: dict[str, str]) -> None:
    ben = Visitor(create_app(flow.ReviewDesk(study.work, "Ben"), port=PORT))
    place = {"document_id": documents["cleo.txt"], "position": 1}
    for visitor, decision in ((anna, "accept"), (ben, "reject")):
        visitor.post("/decide", {"decisions": [{**place, "code": "delays", "decision": decision}]})
    assert verdicts(study) == [("Anna", 1, "delays", "accept"), ("Ben", 1, "delays", "reject")]
    ben.post("/undo", {})
    assert verdicts(study) == [("Anna", 1, "delays", "accept")]


# --- faults ------------------------------------------------------------------------------------


def test_a_store_that_went_away_is_a_message(
    anna: Visitor, study: SmallStudy, caplog: pytest.LogCaptureFixture
) -> None:
    study.store_path.rename(study.folder / "elsewhere.db")
    assert "There is no store" in said(anna.get("/documents"), 409)
    answer = anna.post("/undo", {})
    assert (answer.status, "There is no store" in answer.json["error"]) == (409, True)
    assert caplog.records == []
    assert not study.store_path.exists()


@pytest.fixture
def broken(anna: Visitor, study: SmallStudy) -> Visitor:
    """A page whose store has lost a table."""
    with closing(sqlite3.connect(study.store_path)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("DROP TABLE segments")
        connection.commit()
    return anna


def test_a_fault_of_the_program_shows_no_words(
    documents: dict[str, str], broken: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    place = {"document_id": documents["anna.txt"], "position": 1}
    page = broken.get("/documents?region=Northfield")
    assert "Something went wrong" in said(page, 500)
    answer = broken.post("/finish", {"places": [place]})
    assert (answer.status, list(answer.json)) == (500, ["error"])
    records = [record for record in caplog.records if record.name.startswith("qualcode")]
    assert [record.levelno for record in records] == [logging.ERROR] * 2
    for text in (page.text, answer.text, caplog.text):
        assert not any(
            word in text for word in ("Northfield", "no such table", "Traceback", "SELECT", documents["anna.txt"])
        ), text
    assert "OperationalError at " in caplog.text


def test_the_first_page_may_be_another(study: SmallStudy) -> None:
    app = create_app(flow.ReviewDesk(study.work, "Anna"), port=PORT, start="/queue?order=audit")
    assert Visitor(app).get("/").headers["location"] == "/queue?order=audit"
    assert app.launch_address().startswith(f"{ORIGIN}/?token=")


def test_nothing_is_written_that_no_one_decided(anna: Visitor, study: SmallStudy) -> None:
    assert query(study.store_path, "SELECT count(*) FROM verdicts") == [(0,)]
