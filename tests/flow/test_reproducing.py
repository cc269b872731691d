from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qualcode import flow
from qualcode.errors import ReadError
from qualcode.flow.reproducing import MAX_MANIFEST

DIGITS = "0123456789abcdef" * 2
PAGE: dict[str, Any] = {
    "format": 1,
    "command": {"name": "summarize", "options": {}, "files": {"gold.jsonl": "a"}},
    "outputs": {"t.csv": "0"},
    "settings": {"seed": 1},
    "store": {
        "schema": 5,
        "documents": {"b2:1": {"text": f"sha256:{DIGITS}", "run": "r"}, "b2:2": {"text": "t", "run": "r"}},
        "codebook": {"id": "buses", "version": "1.0.0", "hash": "h"},
        "runs": {"r": {"tagger": "rules.v1", "settings": {"auto": 0.5}}},
        "codings": {"count": 4, "hash": "c"},
        "facets": {"count": 0, "hash": "f"},
        "decisions": {"count": 0, "hash": "d"},
        "audit": {"count": 0, "hash": "a"},
    },
    "versions": {"qualcode": "1.0.0", "spacy": None},
}


def manifest(tmp_path: Path, **change: Any) -> flow.Manifest:
    file = tmp_path / "x.manifest.json"
    file.write_text(json.dumps(PAGE | change), encoding="utf-8")
    return flow.read_manifest(file)


def store(**change: Any) -> dict[str, Any]:
    return {"store": {**PAGE["store"], **change}}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"settings": {"seed": 2}}, [("settings", "seed changed", "1", "2")]),
        ({"versions": {"qualcode": "1.0.0", "spacy": "3"}}, [("versions", "spacy changed", "", "3")]),
        (
            store(documents={"b2:2": {"text": "t", "run": "r"}}),
            [("documents", "b2:1 missing", "sha256:0123456789ab", "")],
        ),
        (
            store(documents={**PAGE["store"]["documents"], "b2:2": {"text": "u", "run": "s"}}),
            [("documents", "b2:2 changed: run", "r", "s"), ("documents", "b2:2 changed: text", "t", "u")],
        ),
        (
            store(codebook={"id": "buses", "version": "1.1.0", "hash": "h"}),
            [("codebook", "buses changed: version", "1.0.0", "1.1.0")],
        ),
        (store(codebook=None), [("codebook", "buses missing", "h", "")]),
        (
            store(runs={"r": {"tagger": "rules.v1", "settings": {"auto": 0.6}}}),
            [("runs", "r changed: settings", '{"auto": 0.5}', '{"auto": 0.6}')],
        ),
        (store(decisions={"count": 1, "hash": "e"}), [("decisions", "changed", "0", "1")]),
        (store(schema=6), [("schema", "store changed", "5", "6")]),
        (
            {"command": {**PAGE["command"], "files": {}}},
            [("files", "gold.jsonl missing", "a", "")],
        ),
    ],
)
def test_what_differs_is_named(tmp_path: Path, change: dict[str, Any], found: list[tuple[str, ...]]) -> None:
    told = flow.differences(manifest(tmp_path), manifest(tmp_path, **change))
    assert [(one.about, one.what, one.before, one.after) for one in told] == found


def test_without_a_store_all_of_it_is_missing(tmp_path: Path) -> None:
    told = flow.differences(manifest(tmp_path), manifest(tmp_path, store=None))
    assert {one.about for one in told} == {
        *("documents", "codebook", "runs", "codings", "facets", "decisions", "audit", "schema"),
    }


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "x.manifest.json"
    with file.open("wb") as written:
        written.truncate(MAX_MANIFEST + 1)
    with pytest.raises(ReadError, match="larger than 64 MiB"):
        flow.read_manifest(file)


def test_a_folder_is_no_manifest(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="cannot be read"):
        flow.read_manifest(tmp_path)
