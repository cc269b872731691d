from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from foreign_projects import MONEY, TEXT, parts_of, project, selection, written, zipped
from qualcode import flow
from qualcode.errors import ExchangeError
from qualcode.flow import Workspace, export_project, import_project, open_workspace
from qualcode.flow.study_files import STUDY_PART
from qualcode.read import document_of_text
from qualcode.refi import Project, Source, guid, write_project
from qualcode.segment import segment_document
from qualcode.store import RunRecord, Store, TaggedDocument

from .exported_study import read, tables
from .importing_study import at, taken


def test_own_export_comes_back_whole_and_goes_out_the_same(
    decided_work: Workspace, exported: flow.ProjectExport, tmp_path: Path
) -> None:
    path = tmp_path / "ours.qdpx"
    path.write_bytes(exported.content)
    other = open_workspace(store=tmp_path / "other.db")
    report = import_project(other, path)
    assert report.restored is not None
    assert (report.restored.new, report.restored.known) == (exported.documents, 0)
    assert tables(other.store_path) == tables(decided_work.store_path)
    assert export_project(other).content == exported.content
    for level in ("code", "category"):
        ours, theirs = (flow.summarize(one, flow.make_filter(), level=level).frame for one in (decided_work, other))
        assert ours.equals(theirs)
    before = other.store_path.read_bytes()
    again = import_project(other, path)
    assert (again.new, again.known) == (0, exported.documents)
    assert other.store_path.read_bytes() == before


def test_a_study_is_not_read_where_another_program_has_changed_the_project(
    exported: flow.ProjectExport, tmp_path: Path
) -> None:
    with zipfile.ZipFile(io.BytesIO(exported.content)) as archive:
        study = archive.read(STUDY_PART)
    changed = read(exported.content)
    path = tmp_path / "changed.qdpx"
    fewer = Project(**{**vars(changed), "sources": changed.sources[1:]})
    path.write_bytes(write_project(fewer, extra={STUDY_PART: study}).content)
    report = import_project(open_workspace(store=tmp_path / "other.db"), path)
    assert report.restored is None
    assert any("Another program has changed the project" in note for note in report.notes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda tree: tree.update(version=2), "made by a newer qualcode"),
        (lambda tree: tree["documents"][0].update(reading_hash=5), "is damaged"),
        (lambda tree: tree["actions"][0].update(clock=99), "something else than their ids"),
        (lambda tree: tree["documents"][0]["segments"][0].update(end=3), "does not fit its id"),
    ],
)
def test_a_study_that_was_meddled_with_is_refused_and_nothing_is_stored(
    exported: flow.ProjectExport, tmp_path: Path, change: object, message: str
) -> None:
    with zipfile.ZipFile(io.BytesIO(exported.content)) as archive:
        tree = json.loads(archive.read(STUDY_PART))
    change(tree)  # type: ignore[operator]
    path = tmp_path / "ours.qdpx"
    content = write_project(read(exported.content), extra={STUDY_PART: json.dumps(tree).encode()}).content
    path.write_bytes(content)
    with pytest.raises(ExchangeError, match=message):
        import_project(open_workspace(store=tmp_path / "other.db"), path)
    assert not (tmp_path / "other.db").exists()


def test_decisions_that_reach_into_an_earlier_version_come_back_for_the_rest(tmp_path: Path) -> None:
    other = "R1: Something else. We have no money here.\n"
    two = Source(guid("two"), "two", other, selections=(selection("We have no money here.", MONEY, text=other),))
    one = project(selection("That is all.", MONEY))
    taken(written(replace(one, sources=(*one.sources, two)), tmp_path))
    work = at(tmp_path)
    with Store(work.store_path) as store:
        changed = segment_document(document_of_text(f"{TEXT}R1: And more.\n", name="crete/one", format="txt"), roles={})
        run = RunRecord("import", "human", "1", "2026-01-01T00:00:00+00:00")
        store.save_run(run, store.codebook(), [TaggedDocument(changed, (), "read")])
        counted = [(row["document"], row["text"], row["decided_by"]) for row in store.codings()]
    assert counted == [("two", "We have no money here.", '["Ana"]')]
    path = tmp_path / "ours.qdpx"
    path.write_bytes(export_project(work).content)
    back = open_workspace(store=tmp_path / "back.db", codebook=tmp_path / "codebook.yaml")
    import_project(back, path)
    with Store(back.store_path) as store:
        assert [(row["document"], row["text"], row["decided_by"]) for row in store.codings()] == counted
        assert [row["is_standing"] for row in store.projects.passages()] == [1]
    assert export_project(back).content == path.read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        lambda tree: tree["documents"][0].update(run=7),
        lambda tree: tree["documents"][0]["segments"][0].update(turn=99),
        lambda tree: tree["documents"][0]["attributes"].update(region="\ud800"),
        lambda tree: tree.update(actions=[]),
        lambda tree: tree.update(codebooks={}),
        lambda tree: tree["imports"][0].update(content="{}"),
        lambda tree: tree["passages"][0].update(code_id="unknown"),
    ],
)
def test_a_study_that_fits_no_store_is_refused(tmp_path: Path, change: Callable[[Any], None]) -> None:
    path = written(project(selection("That is all.", MONEY)), tmp_path)
    taken(path)
    content = export_project(at(tmp_path)).content
    path.write_bytes(content)
    parts = parts_of(path)
    tree = json.loads(parts[STUDY_PART])
    change(tree)
    path.write_bytes(zipped({**parts, STUDY_PART: json.dumps(tree).encode()}))
    with pytest.raises(ExchangeError, match=r"theirs\.qdpx: .*damaged"):
        import_project(open_workspace(store=tmp_path / "other.db"), path)
    assert not (tmp_path / "other.db").exists()


def test_assignments_of_the_file_join_those_of_the_store(tmp_path: Path) -> None:
    here = open_workspace(store=tmp_path / "here.db")
    import_project(here, written(project(name="ours"), tmp_path, "ours.qdpx"))
    there = open_workspace(store=tmp_path / "there.db")
    other = TEXT.replace("months", "years")
    import_project(there, written(project(text=other, name="theirs"), tmp_path, "theirs.qdpx"))
    for work, coder in ((here, "Ana"), (there, "Ben")):
        with Store(work.store_path) as store:
            store.verdicts.assign({coder: [row["document_id"] for row in store.document_rows()]})
    (tmp_path / "study.qdpx").write_bytes(export_project(there).content)
    for _ in range(2):
        import_project(here, tmp_path / "study.qdpx")
        with Store(here.store_path, read_only=True) as store:
            names = {row["document_id"]: row["name"] for row in store.document_rows()}
            assigned = {names[key]: coders for key, coders in store.verdicts.assignments().items()}
        assert assigned == {"ours": ["Ana"], "theirs": ["Ben"]}
