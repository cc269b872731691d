"""What a person looking through the store with SQL is given: a connection that only reads, and queries worth having.

In: a store, and the regions it has. Out: SQL in which every number is that of `qualcode summarize`, without intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import SelectionError
from . import queries
from .database import StoreConnection
from .opening import open_connection
from .searching import match_of

REGIONS = """
SELECT coalesce(region, '(missing)') FROM documents WHERE is_current = 1 GROUP BY region ORDER BY region IS NULL, region
"""
"""One row per region of the current documents, as `qualcode summarize` orders them."""


def open_explored(path: Path) -> StoreConnection:
    """Open a store to be read with SQL.

    Parameters
    ----------
    path : Path

    Returns
    -------
    StoreConnection
        Cannot write to the file. Knows two functions more: ``casefold(text)``, and ``words(text)``, which makes what
        `qualcode search` takes ready for ``segments_fts MATCH``; where there is nothing to search for, nothing
        matches.

    Raises
    ------
    StoreError
        As `open_connection`.
    """
    connection = open_connection(path, read_only=True)
    connection.create_function("casefold", 1, _casefold, deterministic=True)
    connection.create_function("words", 1, _words, deterministic=True)
    return connection


def _casefold(value: object) -> str | None:
    # SQLite's own lower() knows the letters of English only.
    return None if value is None else str(value).casefold()


def _words(typed: object) -> str:
    try:
        return match_of(str(typed or ""))
    except SelectionError:
        return '""'


def frequency_sql(regions: Sequence[str]) -> str:
    """Table of code x region: per cent of the documents asked about a code in which it counts.

    Parameters
    ----------
    regions : sequence of str
        As `REGIONS` gives them.

    Returns
    -------
    str
        SQL; columns number, code, category, documents (with the code, in all regions), then one per region (per cent
        to one place; NULL = no document of the region was asked).
    """
    cells = _cells(regions, "round(100.0 * count(words) {here} / nullif(count(*) {here}, 0), 1)")
    return _table(["count(words) AS documents", *cells])


def emphasis_sql(regions: Sequence[str]) -> str:
    """Table of code x region: per cent of respondents' words in sentences with a code.

    Parameters
    ----------
    regions : sequence of str
        As `REGIONS` gives them.

    Returns
    -------
    str
        SQL; columns number, code, category, words (in sentences with the code, in all regions), then one per region
        (per cent to two places; NULL = no words of respondents who were asked).
    """
    cells = _cells(regions, "round(100.0 * total(words) {here} / nullif(sum(all_words) {here}, 0), 2)")
    return _table(["coalesce(sum(words), 0) AS words", *cells])


def _cells(regions: Sequence[str], cell: str) -> list[str]:
    return [
        f"{cell.format(here=f'FILTER (WHERE region = {_quoted(region, chr(39))})')} AS {_quoted(region, chr(34))}"
        for region in regions
    ]


def _quoted(text: str, mark: str) -> str:
    """A string (single marks) or a name (double marks) of SQL."""
    return mark + text.replace(mark, mark * 2) + mark


def _table(columns: Sequence[str]) -> str:
    shown = ",\n    ".join(["number", "name AS code", "category", *columns])
    return f"{_ASKED}SELECT\n    {shown}\nFROM asked\nGROUP BY number, name, category\nORDER BY number"


# A document that names its topics is in the numbers of these codes only, as in aggregate/asked.py.
_ASKED = f"""\
-- counted: words of a document in sentences with a code that counts
WITH counted AS (
    SELECT document_id, code, sum(words) AS words
    FROM codings_long WHERE status IN ('auto', 'accepted')
    GROUP BY document_id, code
),
codebook AS (
    SELECT codebook_id FROM ({queries.newest_run.strip().replace(chr(10), chr(10) + " " * 8)})
),
-- asked: one row per document and code its people were asked about; words is NULL where they do not raise it
asked AS (
    SELECT e.number, e.name, g.name AS category, coalesce(d.region, '(missing)') AS region,
           d.words AS all_words, counted.words
    FROM codebook
    JOIN codes e USING (codebook_id)
    JOIN categories g USING (codebook_id, category_id)
    CROSS JOIN documents d ON d.is_current = 1 AND (
        d.topics_asked IS NULL OR EXISTS (
            SELECT 1 FROM json_each(d.topics_asked) t
            WHERE casefold(t.value) IN (
                casefold(e.number), casefold(e.code_id), casefold(e.name), casefold(g.category_id), casefold(g.name)
            )
        )
    )
    LEFT JOIN counted ON counted.document_id = d.document_id AND counted.code = e.code_id
)
"""

QUOTES = """\
SELECT document, region, stakeholder_group, speaker, code_name, text, status, probability, position
FROM codings_long
WHERE status IN ('auto', 'accepted')
  AND (:code = '' OR casefold(:code) IN (casefold(code), casefold(code_name), casefold(code_number)))
  AND (:region = '' OR casefold(region) = casefold(:region))
ORDER BY status = 'accepted' DESC, probability DESC, document, position
LIMIT 500
"""
"""Sentences with a code that counts: what people accepted first, then the most probable."""

SEARCH = """\
SELECT document, region, stakeholder_group, speaker, role, text, position
FROM segments_long
WHERE segment_id IN (SELECT rowid FROM segments_fts WHERE segments_fts MATCH words(:words))
ORDER BY document, position
"""
"""Sentences with the words, written as for `qualcode search`."""
