"""`doctor` on the small study: what is stale, what changed beside it, what it mends."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from foreign_projects import written
from qualcode import flow
from qualcode.errors import StoreError
from qualcode.review import Decision, Place
from qualcode.store import Store
from qualcode.study import Study, find_study
from store.damaged import damage
from studies import SmallStudy

from .importing_study import PROJECT, taken

KNOWN_TO_ALL = "permissions"
KEPT = Path(__file__).parents[1] / "store" / "data"


def unwell(work: flow.Workspace, **given: bool) -> list[tuple[str, str, str]]:
    findings = flow.doctor(work, **given).findings
    return [(f.check, f.state, f.found) for f in findings if f.state != "ok" and f.check != KNOWN_TO_ALL]


def said(work: flow.Workspace, check: str) -> list[str]:
    return [finding.found for finding in flow.doctor(work).findings if finding.check == check]


def tree(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_study_as_it_was_tagged_is_well_and_nothing_is_written(tagged: SmallStudy) -> None:
    before = tree(tagged.folder)
    assert unwell(tagged.work) == []
    assert said(tagged.work, "codings") == [
        "3 document(s) are coded by the study's codebook and rules.v1 as they are now."
    ]
    assert said(tagged.work, "sources") == ["3 file(s) are as they were tagged."]
    assert tree(tagged.folder) == before


@pytest.mark.parametrize("setting", ["older", "WAL"])
def test_a_store_that_opening_would_change_is_not_opened(setting: str, tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    shutil.copy(KEPT / ("schema_2.db" if setting == "older" else "schema_5.db"), path)
    if setting == "WAL":
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
    before = tree(tmp_path)
    work = flow.Workspace(Study(folder=tmp_path), path)
    assert said(work, "sources")[0].startswith("0 file(s) are as they were tagged")
    assert tree(tmp_path) == before


def test_the_demo_is_well(demo: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(demo, tmp_path / "demo"))
    study = find_study(folder)
    work = flow.Workspace(study, study.store_path, study.codebook_path)
    assert unwell(work) == []
    assert said(work, "codings")[0].endswith("as they are now.")


def test_a_store_after_an_import_and_a_review_is_well(tmp_path: Path) -> None:
    taken(written(PROJECT, tmp_path))
    work = flow.Workspace(Study(folder=tmp_path), tmp_path / "study.db")
    with Store(work.store_path) as store:
        (row,) = store.document_rows()
        place = Place(row["document_id"], 1)
        store.verdicts.decide("Dora", [Decision(place, "money", "reject")], looked=[place])
    assert unwell(work) == []
    flow.undo(work, coder="Dora")
    assert unwell(work) == []


def test_a_file_that_was_edited_or_is_gone_is_told(tagged: SmallStudy) -> None:
    tagged.write("anna.txt", "Anna: I was never there.\n")
    (tagged.notes / "ben.txt").unlink()
    assert unwell(tagged.work) == [("sources", "warning", "notes/anna.txt was changed since it was tagged.")]
    finding = next(f for f in flow.doctor(tagged.work).findings if f.state == "warning" and f.check == "sources")
    assert finding.advice == "Tag it again: qualcode tag notes"
    assert said(tagged.work, "sources")[-1] == "1 file(s) are as they were tagged; 1 are not beside the study."


def test_a_file_in_a_folder_of_the_notes_is_tagged_again_from_where_its_name_begins(study: SmallStudy) -> None:
    """Tagging `notes/crete` would make a second document, `dora.txt`, of `crete/dora.txt`."""
    (study.notes / "crete").mkdir()
    study.write("crete/dora.txt", "Dora: The ticket costs too much.\n")
    study.metadata("anna.txt,", "crete/dora.txt,Northfield,,interview,\nanna.txt,")
    study.tag()
    study.write("crete/dora.txt", "Dora: I was never there.\n")
    (finding,) = (f for f in flow.doctor(study.work).findings if f.state == "warning" and f.check == "sources")
    assert finding.found == "notes/crete/dora.txt was changed since it was tagged."
    assert finding.advice == "Tag it again: qualcode tag notes"


def test_codings_of_another_codebook_or_threshold_are_stale(tagged: SmallStudy) -> None:
    tagged.settings("[thresholds]\nauto = 0.9\n")
    ((check, state, found),) = unwell(tagged.work)
    assert (check, state) == ("codings", "warning")
    assert found == "3 document(s) were tagged by rules.v1 with other thresholds than the study's now."
    tagged.codebook("version: 1.0.0", "version: 1.1.0")
    ((check, state, found),) = unwell(tagged.work)
    assert found == (
        "3 document(s) were tagged with codebook night_buses 1.0.0, another than the study's night_buses 1.1.0."
    )
    tagged.tag()
    assert unwell(tagged.work) == []


def test_a_codebook_that_cannot_be_used_is_a_fault(tagged: SmallStudy) -> None:
    tagged.codebook("version: 1.0.0", "version: [")
    ((check, state, found),) = unwell(tagged.work)
    assert (check, state) == ("codings", "fault")
    assert "codebook.yaml" in found
    assert not flow.doctor(tagged.work).is_healthy


def test_a_model_that_must_be_trained_first_is_told_and_not_trained(
    tagged: SmallStudy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(tmp_path / "cache"))
    (tagged.folder / "examples.jsonl").write_text(
        '{"id": "a1", "text": "The ticket costs too much.", "codes": [1], "kind": "barrier"}\n', encoding="utf-8"
    )
    tagged.settings("")
    path = tagged.folder / "qualcode.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("rules.v1", "hybrid.v2"), encoding="utf-8")
    found = [found for check, _, found in unwell(tagged.work) if check == "codings"]
    assert found == ["The model of the codebook is not on this machine: whether the codings are of it cannot be told."]
    assert not (tmp_path / "cache").exists()


def test_only_asked_does_it_mend_and_says_what(tagged: SmallStudy) -> None:
    damage(tagged.store_path, "INSERT INTO segments_fts (segments_fts) VALUES ('delete-all')")
    before = hashlib.sha256(tagged.store_path.read_bytes()).hexdigest()
    report = flow.doctor(tagged.work)
    assert (report.done, report.is_healthy) == ((), False)
    assert hashlib.sha256(tagged.store_path.read_bytes()).hexdigest() == before
    report = flow.doctor(tagged.work, fix=True)
    assert len(report.done) == 1
    assert report.done[0].startswith("Made the search index again")
    assert report.is_healthy
    assert flow.search(tagged.work, "garden", flow.make_filter()).sentences == 1


def test_there_must_be_a_store(study: SmallStudy) -> None:
    with pytest.raises(StoreError, match="There is no store"):
        flow.doctor(study.work)


def test_a_store_that_cannot_be_read_has_no_word_on_its_codings(tagged: SmallStudy) -> None:
    tagged.store_path.write_text("no store at all\n", encoding="utf-8")
    checks = {finding.check for finding in flow.doctor(tagged.work).findings}
    assert "file" in checks
    assert not checks & {"codings", "sources", "texts"}
