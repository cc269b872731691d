"""Datasette behind our door, asked by hand: what it shows, what it refuses, and what it keeps to itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from qualcode import flow
from qualcode.review import Decision, Place
from qualcode.store import Store
from qualcode.web.explorer import create_explorer
from studies import SmallStudy, dump, make_small_study

from .visitor import HOST, ORIGIN, PORT, Visitor, ask


@pytest.fixture
def anna(study: SmallStudy) -> Visitor:
    """Anna, at the page."""
    return Visitor(create_explorer(flow.exploration(study.work), port=PORT))


def rows(visitor: Visitor, target: str) -> list[dict[str, Any]]:
    path, _, query = target.partition("?")
    answer = visitor.get(f"/store/{path}.json?_shape=objects&{query}")
    assert answer.status == 200, answer.text
    found: list[dict[str, Any]] = answer.json["rows"]
    return found


def test_the_first_page_says_what_there_is(anna: Visitor) -> None:
    answer = anna.get("/")
    assert (answer.status, answer.headers["location"]) == (303, "/store")
    page = anna.get("/store").text
    for words in (
        "Night buses", "Frequency: documents with each barrier, by region", "Emphasis: share of respondents",
        "Quotes of a code", "codings_long", "segments_long", "documents_long", "hidden tables",
    ):  # fmt: skip
        assert words in page
    for words in ("opinions", "adjudications", ">looked<", "outcomes", "segments_fts", "_internal", "Download SQLite"):
        assert words not in page


def test_tables_are_counted_as_they_are_now(anna: Visitor, study: SmallStudy) -> None:
    cells = {row["code"]: (row["Northfield"], row["Southport"]) for row in rows(anna, "frequency")}
    assert cells == {"High fares": (100.0, 0.0), "No funding": (0.0, 100.0), "Delays": (100.0, 0.0)}
    study.metadata("ben.txt,Southport", "ben.txt,")
    study.tag(options=flow.read_options(allow_missing=True))
    assert [list(row)[4:] for row in rows(anna, "emphasis")] == [["Northfield", "(missing)"]] * 3
    with Store(study.store_path) as store:
        ids = {row["name"]: row["document_id"] for row in store.document_rows()}
        store.verdicts.decide("Kim", [Decision(Place(ids["ben.txt"], 2), "delays", "accept")])
    assert [row["(missing)"] for row in rows(anna, "frequency")] == [0.0, 100.0, 100.0]


def test_facets_search_and_sql(anna: Visitor) -> None:
    answer = anna.get("/store/codings_long.json?_facet=region").json
    found = answer["facet_results"]
    assert {one["value"]: one["count"] for one in found["code_name"]["results"]}["Delays"] == 4
    assert [row["text"] for row in rows(anna, "segments_long?_search=garden")] == ["My garden is fine."]
    assert [row["document"] for row in rows(anna, "search?words=" + quote('"no money" bus'))] == ["ben.txt"]
    assert rows(anna, "search?words=" + quote('"?')) == []
    assert {row["document"] for row in rows(anna, "quotes?code=2&region=southport")} == {"ben.txt"}
    sql = quote("select count(*) as n from outcomes")
    assert anna.get(f"/store.json?sql={sql}&_shape=array").json == [{"n": 0}]


@pytest.mark.parametrize("sql", ["delete from codings", "attach 'x' as y", "pragma query_only=0", "select nothing"])
def test_a_query_that_is_none_is_said_on_the_page_alone(
    anna: Visitor, capfd: pytest.CaptureFixture[str], sql: str
) -> None:
    for ending in ("", ".json"):
        answer = anna.get(f"/store{ending}?sql={quote(sql)}")
        assert answer.status == 400
    assert anna.get("/store/nothing").status == 404
    assert anna.get("/store/outcomes").status == 403
    assert capfd.readouterr() == ("", "")


def test_nothing_is_written(anna: Visitor, study: SmallStudy) -> None:
    before, files = dump(study.store_path), sorted(study.folder.iterdir())
    for path in ("/store", "/store/codings_long", "/store/frequency", "/-/versions", "/-/settings.json"):
        assert anna.get(path).status == 200
    assert anna.get("/store.db").status == 403
    assert dump(study.store_path) == before
    assert sorted(study.folder.iterdir()) == files


def test_a_path_with_signs_of_an_address_is_that_path(tmp_path: Path) -> None:
    study = make_small_study(tmp_path / "a%20b #1")
    study.tag()
    anna = Visitor(create_explorer(flow.exploration(study.work), port=PORT))
    assert len(rows(anna, "documents_long")) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["a%20b #1"]


def test_the_door_is_that_of_the_review_page(study: SmallStudy) -> None:
    guard = create_explorer(flow.exploration(study.work), port=PORT)
    answer = ask(guard, "GET", "/store")
    assert answer.status == 403
    assert "`qualcode explore`" in answer.text
    assert "review" not in answer.text
    anna = Visitor(guard)
    assert ask(guard, "GET", "/store", [("Host", "evil.example"), ("Cookie", anna.cookie)]).status == 403
    for method in ("POST", "PUT", "DELETE"):
        refused = ask(guard, method, "/store", [("Host", HOST), ("Cookie", anna.cookie), ("Origin", ORIGIN)])
        assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD")
    page = anna.get("/store/codings_long")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert page.headers["cache-control"] == "no-store"
    # Nothing on the pages comes from elsewhere.
    for path in ("/store", "/store/codings_long", "/store/frequency", "/store/quotes?code=1"):
        assert not [part for part in anna.get(path).text.split('src="')[1:] if not part.startswith("/")]
