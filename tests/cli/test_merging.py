"""`merge` as typed."""

from __future__ import annotations

from pathlib import Path

from studies import SmallStudy, make_small_study

from .test_app import Ran
from .test_reports import refused


def test_two_stores_become_one_and_what_differs_is_said(study: SmallStudy, tmp_path: Path) -> None:
    other = make_small_study(tmp_path / "other")
    other.write("anna.txt", "Anna: The bus is late.\n")
    study.tag()
    other.tag()
    out = tmp_path / "pooled.db"
    ran = Ran("merge", study.store_path, other.store_path, "--out", out)
    assert (ran.code, ran.err) == (0, "")
    assert f"{study.store_path}: 3 documents, 1 run, 0 actions, 0 passages.\n" in ran.out
    assert f"{other.store_path}: 1 document, 0 runs, 0 actions, 0 passages more.\n" in ran.out
    assert "another version is" in ran.out
    assert ran.out.endswith(f"Wrote {out}.\n")
    first = Ran("summarize", "--store", study.store_path, "--format", "json").out
    assert Ran("summarize", "--store", out, "--format", "json").out == first


def test_a_file_that_is_there_is_left_alone(study: SmallStudy) -> None:
    study.tag()
    before = study.store_path.read_bytes()
    said = refused("merge", study.store_path, study.store_path, "--out", study.store_path)
    assert said == f"{study.store_path} exists. Stores are pooled into a new file: name another with --out."
    assert study.store_path.read_bytes() == before
    assert "Name two or more" in refused("merge", study.store_path, "--out", study.folder / "new.db")
