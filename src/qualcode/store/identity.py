"""Rows of a whole store in, the same with ids that fit their content again out.

Ids of documents, coders, runs, actions and passages are hashes of content (`qualcode.model.Transcript.document_id`,
`coder_id`, `RunRecord.run_hash`, `action_hash`, `passage_hash`). Who changes the content of rows makes them anew here.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from ..model import content_hash
from .projects import passage_hash
from .records import RunRecord, coder_id
from .rewriting import Tables
from .verdicts import action_hash

Row = dict[str, Any]
Ids = dict[str, dict[str, str]]
"""Id of the content by id, for each column of ids."""

_MOVED = ("document_id", "coder_id", "action_id", "passage_id", "import_id")


def content_ids(tables: Tables, *, moved: Mapping[str, str] | None = None, only: Ids | None = None) -> Ids:
    """Ids that the content of the rows has.

    Parameters
    ----------
    tables : Tables
    moved : mapping of str to str or None
        New ids of imports by old; None = as they are.
    only : Ids or None
        Only these ids are made anew, the others stay; None = all.

    Returns
    -------
    Ids
        For document_id, coder_id, run_hash, action_id, passage_id and import_id: new by old.
    """
    ids: Ids = {"import_id": dict(moved or {})}
    for column, found in (
        ("document_id", _documents),
        ("coder_id", _coders),
        ("run_hash", _runs),
        ("action_id", _actions),
        ("passage_id", _passages),
    ):
        made = dict(found(tables, ids))
        ids[column] = {old: new if only is None or old in only[column] else old for old, new in made.items()}
    return ids


def fitting_ids(tables: Tables) -> Ids:
    """Those ids that are the hash of their content, which all should be."""
    return {
        column: {old: new for old, new in made.items() if old == new} for column, made in content_ids(tables).items()
    }


def with_ids(tables: Tables, ids: Ids) -> Tables:
    """The same rows with new ids, wherever they are named."""
    new = {}
    for table, rows in tables.items():
        moved = [column for column in (*_MOVED, "run_hash") if rows and column in rows[0]]
        new[table] = [{**row, **{c: ids[c].get(row[c], row[c]) for c in moved}} for row in rows]
    return new


def _documents(tables: Tables, _ids: Ids) -> Iterator[tuple[str, str]]:
    turns, segments = _by_document(tables["turns"]), _by_document(tables["segments"])
    for row in tables["documents"]:
        key = row["document_id"]
        said = [(t["start"], t["end"], t["speaker"], t["role"]) for t in turns[key]]
        yield key, content_hash(row["name"], row["text"], said, [(s["start"], s["end"]) for s in segments[key]])


def _by_document(rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda one: (one["document_id"], one["position"])):
        found[row["document_id"]].append(row)
    return found


def _coders(tables: Tables, _ids: Ids) -> Iterator[tuple[str, str]]:
    for row in tables["coders"]:
        yield row["coder_id"], coder_id(row["kind"], row["name"])


def _runs(tables: Tables, _ids: Ids) -> Iterator[tuple[str, str]]:
    coders = {row["coder_id"]: row for row in tables["coders"]}
    for row in tables["runs"]:
        coder = coders[row["coder_id"]]
        record = RunRecord(
            coder["name"], coder["kind"], row["qualcode_version"], row["started_utc"], row["model_hash"],
            json.loads(row["settings"]), row["seed"],
        )  # fmt: skip
        yield row["run_hash"], record.run_hash(row["codebook_id"], row["facets_id"])


def _actions(tables: Tables, ids: Ids) -> Iterator[tuple[str, str]]:
    places = {
        s["segment_id"]: (ids["document_id"].get(s["document_id"], s["document_id"]), s["position"])
        for s in tables["segments"]
    }
    said, looked = defaultdict(list), defaultdict(list)
    for v in tables["verdicts"]:
        said[v["action_id"]].append((*places[v["segment_id"]], v["codebook_id"], v["code_id"], v["decision"]))
    for look in tables["looks"]:
        looked[look["action_id"]].append((*places[look["segment_id"]], look["codebook_id"], look["is_blind"]))
    memos = {
        m["action_id"]: (*places.get(m["segment_id"], (None, None)), m["codebook_id"], m["code_id"], m["text"])
        for m in tables["memos"]
    }
    for row in tables["actions"]:
        key = row["action_id"]
        action = {**row, "coder_id": ids["coder_id"].get(row["coder_id"], row["coder_id"])}
        yield key, action_hash(action, said[key], looked[key], memos.get(key))


def _passages(tables: Tables, ids: Ids) -> Iterator[tuple[str, str]]:
    books = {row["codebook_id"]: row["name"] for row in tables["codebooks"]}
    coders = {row["coder_id"]: row["name"] for row in tables["coders"]}
    for row in tables["passages"]:
        document = str(ids["document_id"].get(row["document_id"], row["document_id"]))
        book, coder = books[row["codebook_id"]], coders[row["coder_id"]]
        yield row["passage_id"], passage_hash(document, row["start"], row["end"], book, row["code_id"], coder)
