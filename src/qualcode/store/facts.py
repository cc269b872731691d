"""What all tables of a store are made of, as a few hashes: no name, no word of a transcript, no clock.

In: the store's rows. Out: one mapping that JSON can hold. Two stores with the same facts give the same tables.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from ..codebook import Codebook
from ..model import content_hash
from . import queries
from .opening import SCHEMA_VERSION

Row = Mapping[str, Any]

_ATTRIBUTES = ("region", "country", "stakeholder_group", "kind", "date", "language", "topics_asked")


def read_facts(rows: Callable[[str], Sequence[Row]], codebook: Codebook | None) -> dict[str, Any]:
    """Facts of a store; see `qualcode.store.Store.facts`."""
    documents, runs = rows(queries.fact_documents), rows(queries.fact_runs)
    return {
        "schema": SCHEMA_VERSION,
        "documents": {row["document_id"]: _document(row) for row in documents},
        "codebook": codebook and {"id": codebook.id, "version": codebook.version, "hash": codebook.hash},
        "runs": {row["run_hash"]: _run(row) for row in runs},
        "codings": _many(rows(queries.fact_codings)),
        "facets": _many(rows(queries.fact_facets)),
        "decisions": _many(rows(queries.fact_decisions)),
        "audit": _many(_drawn(row) for row in rows(queries.audit_sample)),
    }


def _document(row: Row) -> dict[str, Any]:
    return {
        "text": row["text_hash"],
        "source": row["source_hash"],
        # With words of the text: of attributes alone there are so few that all can be tried.
        "attributes": content_hash(row["text_end"], *(row[name] for name in _ATTRIBUTES)),
        "run": row["run_hash"],
    }


def _run(row: Row) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name not in ("run_hash", "settings")}
    return {**kept, "settings": json.loads(row["settings"])}


def _drawn(row: Row) -> Row:
    """Without the number that a segment has in this store alone."""
    return {name: value for name, value in row.items() if name != "segment_id"}


def _many(rows: Iterable[Row]) -> dict[str, Any]:
    """How many rows there are, and one hash of all in their order."""
    digest, count = blake2b(digest_size=16), 0
    for row in rows:
        digest.update(json.dumps(list(row.values()), ensure_ascii=False).encode("utf-8") + b"\n")
        count += 1
    return {"count": count, "hash": f"b2:{digest.hexdigest()}"}
