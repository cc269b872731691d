from __future__ import annotations

import json
from dataclasses import replace

import pytest

from qualcode import flow, present
from studies import SmallStudy


@pytest.fixture
def tagged(study: SmallStudy) -> SmallStudy:
    study.tag()
    return study


def test_codings_show_people_less_than_programs(tagged: SmallStudy) -> None:
    table = present.codings_table(flow.list_codings(tagged.work, flow.make_filter()))
    assert (table.title, len(table.columns), len(table.shown)) == ("7 codings", 22, 7)
    assert isinstance(table.rows[0]["evidence"], list)
    shown = str(present.render([table], "table"))
    assert "auto" in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_quotes_stand_in_their_context(tagged: SmallStudy) -> None:
    quotes = flow.list_quotes(tagged.work, flow.make_filter(code="fares", region="Northfield"), per_code=1)
    text = str(present.quotes_text(quotes, "table"))
    assert text.startswith("1 High fares\n\n    ")
    markdown = str(present.quotes_text(quotes, "md"))
    assert markdown.startswith("## 1 High fares\n\n> ")
    (row,) = json.loads(str(present.quotes_text(quotes, "json")))
    assert row["text"] in row["text"]
    assert {"before", "after", "speaker", "region", "document", "start", "end", "probability"} <= set(row)


def test_long_quotes_and_names_fit_a_hundred_columns(tagged: SmallStudy) -> None:
    (quote,) = flow.list_quotes(tagged.work, flow.make_filter(code="fares"), per_code=1)
    long = replace(
        quote,
        passage=replace(quote.passage, text="word " * 80, speaker="S" * 60, region="R" * 60, document="d" * 60),
        before="before " * 40,
        after="after " * 40,
    )
    text = str(present.quotes_text([long], "table"))
    assert max(map(len, text.splitlines())) <= 100


def test_no_quote_says_where_to_look() -> None:
    assert "qualcode codings --status pending" in str(present.quotes_text([], "table"))
    assert present.quotes_text([], "json") == "[]"
