from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from foreign_projects import MONEY, TEXT, WAITING, code, parts_of, project, selection, written, zipped
from qualcode import flow
from qualcode.errors import SelectionError
from qualcode.flow import ImportOptions, Workspace, import_project
from qualcode.refi import Source, guid
from qualcode.store import Filter, Store
from studies import make_small_study

from .importing_study import PROJECT, counted, taken


def test_other_words_under_a_known_name_are_another_document(tmp_path: Path) -> None:
    taken(written(PROJECT, tmp_path))
    other = TEXT.replace("months", "years")
    path = written(project(selection("We wait for years.", WAITING, text=other), text=other), tmp_path, "b.qdpx")
    report = taken(path)
    assert report.renamed == (("crete/one", "crete/one (b)"),)
    assert taken(path).known == 1


def test_values_of_cases_and_sources_are_attributes_and_the_command_line_wins(tmp_path: Path) -> None:
    path = written(PROJECT, tmp_path)
    taken(path, reading=flow.read_options(attributes={"country": "Greece", "region": "Ghent"}))
    with Store(tmp_path / "study.db") as store:
        (row,) = store.document_rows()
        assert (row["region"], row["country"], row["kind"], row["format"]) == ("Ghent", "Greece", "interview", "qdpx")


def test_a_file_of_attributes_is_read_by_name(tmp_path: Path) -> None:
    metadata = tmp_path / "documents.csv"
    metadata.write_text("file,region,kind\ncrete/one,Sofia,workshop\n", encoding="utf-8")
    taken(written(PROJECT, tmp_path), reading=flow.read_options(metadata=metadata))
    with Store(tmp_path / "study.db") as store:
        assert [(row["region"], row["kind"]) for row in store.document_rows()] == [("Sofia", "workshop")]


def test_a_value_that_is_not_understood_is_said(tmp_path: Path) -> None:
    region, *_ = PROJECT.variables
    odd = replace(region, name="Kind")
    report = taken(written(replace(PROJECT, variables=(odd, *PROJECT.variables[1:])), tmp_path))
    assert any('kind "Crete" is not known' in note for note in report.notes)


def test_speakers_get_their_roles_from_the_command_line(tmp_path: Path) -> None:
    report = taken(written(PROJECT, tmp_path), reading=flow.read_options(speakers=["R1=interviewer"]))
    assert report.uncounted == 5
    assert counted(tmp_path) == set()


def test_a_known_document_is_found_by_its_words_under_any_name(tmp_path: Path) -> None:
    taken(written(PROJECT, tmp_path))
    (source,) = PROJECT.sources
    renamed = replace(PROJECT, sources=(replace(source, name="Interview of May"),))
    report = taken(written(renamed, tmp_path, "renamed.qdpx"))
    assert (report.new, report.known, report.passages) == (0, 1, 0)


def test_tagging_on_import_gives_suggestions_beside_the_codings(tmp_path: Path) -> None:
    study = make_small_study(tmp_path / "buses")
    theirs = code("No funding")
    path = written(project(selection("We wait for months.", theirs), codes=(theirs,)), tmp_path)
    import_project(study.work, path, ImportOptions(tag=True))
    with Store(study.store_path, read_only=True) as store:
        assert {row["coder"] for row in store.document_rows()} == {"rules.v1"}
        assert {(row["text"], row["coder"], row["decided_by"]) for row in store.codings(Filter(code="funding"))} == {
            ("There is no money for it.", "rules.v1", "[]"),
            ("We wait for months.", "people", '["Ana"]'),
        }
    own = written(project(selection("That is all.", MONEY)), tmp_path, "own.qdpx")
    with pytest.raises(SelectionError, match="--tag needs codes of the study's codebook"):
        import_project(
            Workspace(study.work.study, tmp_path / "x.db", study.work.codebook_path), own, ImportOptions(tag=True)
        )


def test_sources_of_the_same_words_stay_apart_and_are_found_again(tmp_path: Path) -> None:
    taken(written(project(text="R1: Entirely other words.\n"), tmp_path, "other.qdpx"))  # has the name already
    (one,) = project(selection("That is all.", MONEY)).sources
    money = replace(selection("There is no money for it.", MONEY), guid=guid("in the second"))
    two = replace(one, guid=guid("second"), selections=(money,))
    path = written(replace(PROJECT, sources=(one, two)), tmp_path)
    parts = parts_of(path)
    parts["project.qde"] = parts["project.qde"].replace(b'"crete/one (2)"', b'"crete/one"')  # as its program names it
    path.write_bytes(zipped(parts))
    first = taken(path)
    assert [name for _, name in first.renamed] == ["crete/one (theirs)", "crete/one (theirs 2)"]
    with Store(tmp_path / "study.db") as store:
        before = store.projects.passages()
        assert [(row["document"], row["start"]) for row in before] == [
            ("crete/one (theirs 2)", TEXT.index("There is")),
            ("crete/one (theirs)", TEXT.index("That is")),
        ]
    again = taken(path)
    assert (again.new, again.known, again.passages, again.known_passages) == (0, 2, 0, 2)
    with Store(tmp_path / "study.db") as store:
        assert store.projects.passages() == before


def test_a_source_without_words_is_left_out_and_said(tmp_path: Path) -> None:
    empty = Source(
        guid("empty"), "scanned", " \n", selections=(replace(PROJECT.sources[0].selections[0], start=0, end=1),)
    )
    report = taken(written(replace(PROJECT, sources=(empty, *PROJECT.sources)), tmp_path))
    losses = {loss.what: (loss.count, loss.why) for loss in report.losses}
    assert (report.new, report.passages) == (1, 5)
    assert losses["source without words"] == (1, 'left out: "scanned"')
    assert losses["coding of a source without words"] == (1, "left out")
