from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from qualcode import flow
from qualcode.errors import SelectionError
from studies import dump, query


def test_the_demo_is_a_study_of_ten_regions(demo: Path) -> None:
    store = demo / "qualcode.db"
    assert query(store, "SELECT count(*), count(DISTINCT region) FROM documents_long") == [(23, 10)]
    assert query(store, "SELECT DISTINCT coder FROM codings_long") == [("hybrid.v2",)]
    assert query(store, "SELECT count(DISTINCT code) FROM codings_long WHERE status = 'auto'") == [(17,)]
    assert query(store, "SELECT count(*) FROM documents_long WHERE words < 500") == [(0,)]


def test_a_second_demo_in_the_same_folder_changes_nothing(demo: Path, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    shutil.copytree(demo, folder)
    before = dump(folder / "qualcode.db")
    files = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    report = flow.run_demo(folder)
    assert (report.tagged.unchanged, report.tagged.new, report.tagged.retagged) == (23, 0, 0)
    assert dump(folder / "qualcode.db") == before
    assert {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()} == files
    assert len(report.summary.frame) == 17 * 10


def test_the_demo_stays_out_of_a_study_of_somebody(tmp_path: Path) -> None:
    (tmp_path / "qualcode.toml").write_text('[study]\ntitle = "Mine"\n', encoding="utf-8")
    with pytest.raises(SelectionError, match="holds a study already"):
        flow.run_demo(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["qualcode.toml"]


def test_the_sample_has_attributes_and_gold_for_every_document() -> None:
    sample = flow.shipped_sample()
    documents = {path.name for path in sample.iterdir()} - {"documents.csv", "gold.jsonl", "gold_facets.jsonl"}
    assert len(documents) >= 22
    listed = (sample / "documents.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert {line.split(",")[0] for line in listed} == documents
    gold = [json.loads(line) for line in (sample / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {entry["document"] for entry in gold} == documents
