"""Datasette on the store, for this machine alone: what it is told about the store, and how it is opened.

In: an `Exploration` of `flow`. Out: pages for a browser on this machine, until Ctrl-C. Datasette itself is in
``explorer.py``, which is loaded only here: it is an extra.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

from ..errors import SelectionError
from .serving import serve_page

if TYPE_CHECKING:
    from ..flow import Exploration

DATABASE = "store"
"""What the store is called in addresses."""

SHOWN_TABLES = ("categories", "codes")
"""Tables that people read; the others are what the views are made of."""
CLOSED_VIEWS = ("adjudications", "looked", "opinions", "outcomes")
"""Views that other views are made of; SQL may ask them all the same."""

_FACETS = {
    "codings_long": ["region", "stakeholder_group", "kind", "code_name", "status"],
    "segments_long": ["region", "stakeholder_group", "kind", "role"],
    "documents_long": ["region", "stakeholder_group", "kind", "language"],
    "verdicts_long": ["region", "code_name", "decision", "coder"],
    "facets_long": ["region", "stakeholder_group", "kind", "facet_name"],
    "passages_long": ["region", "code_name", "coder", "origin"],
}

_IN_COLUMNS = "<style>.column-descriptions { columns: 22rem; } .column-descriptions dt { break-after: avoid; }</style>"
"""The meanings of 30 columns side by side, so that they do not fill two screens before the first row."""

PATIENCE_MS = 10_000
"""Longest query: tables of 300,000 codings are counted in it, and who writes to the store waits for up to 30 s."""

SETTINGS = {
    "sql_time_limit_ms": PATIENCE_MS,
    "facet_time_limit_ms": PATIENCE_MS,
    # Facets are chosen above; to suggest others costs a query a column.
    "suggest_facets": False,
    "max_returned_rows": 5_000,
    "default_facet_size": 50,
    "truncate_cells_html": 500,
    "allow_download": False,
    "default_cache_ttl": 0,
}


def explore(
    exploration: Exploration,
    *,
    say: Callable[[str], None],
    port: int = 0,
    idle_minutes: float = 60,
    open_browser: bool = True,
) -> None:
    """Serve Datasette on a store; returns when it was stopped.

    Parameters
    ----------
    exploration : Exploration
    say, port, idle_minutes, open_browser
        As `qualcode.web.serve`.

    Raises
    ------
    SelectionError
        If Datasette is not installed, or the port cannot be used.
    """
    try:
        from .explorer import create_explorer
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "datasette":
            raise
        raise SelectionError(
            "qualcode explore needs Datasette, which is not installed. Install it with: pip install 'qualcode[explore]'"
        ) from error
    serve_page(
        lambda chosen: create_explorer(exploration, port=chosen),
        say=say,
        port=port,
        idle_minutes=idle_minutes,
        open_browser=open_browser,
    )


def explorer_metadata(exploration: Exploration) -> dict[str, Any]:
    """What Datasette is told of a store.

    Parameters
    ----------
    exploration : Exploration

    Returns
    -------
    dict
        Datasette's metadata: titles, what tables, views and columns mean, facets, what is hidden, how to search.
    """
    tables: dict[str, dict[str, Any]] = {}
    for relation in exploration.relations:
        told: dict[str, Any] = {
            "description_html": _IN_COLUMNS + escape(relation.comment),
            "columns": {column.name: column.comment for column in relation.columns},
        }
        if relation.name in _FACETS:
            told["facets"] = _FACETS[relation.name]
        if relation.name in CLOSED_VIEWS:
            told["allow"] = False
        if not relation.is_view and relation.name not in SHOWN_TABLES:
            told["hidden"] = True
        tables[relation.name] = told
    tables["segments_long"] |= {"fts_table": "segments_fts", "fts_pk": "segment_id"}
    tables["_sqlite_migrations"] = {"hidden": True}
    store = {
        "title": exploration.title,
        "description": f"{exploration.path.name}, to be read. Begin with a query below, or with a view: codings_long "
        "has a row a coding, segments_long a row a sentence, documents_long a row a document. Nothing here can change "
        "the store.",
        "tables": tables,
    }
    return {"title": exploration.title, "databases": {DATABASE: store}}
