"""What Datasette is told of a store, and what happens without it."""

from __future__ import annotations

import sys
from html import escape

import pytest

from qualcode import flow, web
from qualcode.errors import SelectionError
from qualcode.web.exploring import CLOSED_VIEWS, DATABASE, SHOWN_TABLES, explorer_metadata
from studies import SmallStudy


@pytest.fixture
def explored(study: SmallStudy) -> flow.Exploration:
    return flow.exploration(study.work)


def test_every_table_and_column_is_described(explored: flow.Exploration) -> None:
    tables = explorer_metadata(explored)["databases"][DATABASE]["tables"]
    for relation in explored.relations:
        assert tables[relation.name]["description_html"].endswith(escape(relation.comment))
        assert set(tables[relation.name]["columns"]) == {column.name for column in relation.columns}
    assert tables["codings_long"]["facets"] == ["region", "stakeholder_group", "kind", "code_name", "status"]
    assert (tables["segments_long"]["fts_table"], tables["segments_long"]["fts_pk"]) == ("segments_fts", "segment_id")


def test_what_is_named_is_there(explored: flow.Exploration) -> None:
    tables = explorer_metadata(explored)["databases"][DATABASE]["tables"]
    columns = {relation.name: {column.name for column in relation.columns} for relation in explored.relations}
    assert {*SHOWN_TABLES, *CLOSED_VIEWS} <= set(columns)
    for name, told in tables.items():
        assert set(told.get("facets", [])) <= columns.get(name, set()), name


def test_without_datasette_it_says_how_to_get_it(explored: flow.Exploration, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasette", None)
    monkeypatch.delitem(sys.modules, "qualcode.web.explorer", raising=False)
    with pytest.raises(SelectionError, match=r"pip install 'qualcode\[explore\]'"):
        web.explore(explored, say=print, open_browser=False)
