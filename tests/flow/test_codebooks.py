from __future__ import annotations

from pathlib import Path

import pytest

from qualcode import flow
from qualcode.errors import CodebookError, SelectionError
from qualcode.study import Study
from studies import SmallStudy


def test_typical_sentences_must_be_caught_and_counter_examples_not(study: SmallStudy) -> None:
    report = flow.check_codebook(study.work)
    assert (report.tagger, report.failures) == ("rules.v1", 0)
    fares = report.rows[0]
    assert (fares.code.id, fares.typical, fares.borderline, fares.counter) == ("fares", (1, 1), (0, 0), (1, 1))


def test_each_failed_sentence_is_given_with_what_was_expected(study: SmallStudy) -> None:
    study.codebook(
        "typical: [The ticket costs too much.]", "typical: [It is dear.]\n          borderline: [Rather dear.]"
    )
    study.codebook("The driver was friendly.", "The driver costs too much.")
    report = flow.check_codebook(study.work)
    assert report.failures == 3
    assert report.rows[0].failures == (
        "not caught: It is dear.",
        "not caught: Rather dear.",
        "caught, must not be: The driver costs too much.",
    )
    assert report.rows[0].typical == (0, 1)


def test_the_shipped_codebook_passes_its_own_examples(tmp_path: Path) -> None:
    work = flow.Workspace(Study(folder=tmp_path), tmp_path / "x.db")
    report = flow.check_codebook(work)
    assert len(report.rows) == 17
    assert [failure for row in report.rows for failure in row.failures] == []
    assert all(row.examples >= 15 for row in report.rows)
    assert report.uncoded_examples >= 200


def test_all_faults_of_a_codebook_come_at_once(study: SmallStudy) -> None:
    study.codebook("number: 2", "number: 1")
    study.codebook('colour: "#4f8fd8"', 'colour: "blue"')
    with pytest.raises(CodebookError) as caught:
        flow.check_codebook(study.work)
    assert len(caught.value.faults) == 2


@pytest.mark.parametrize("wanted", ["3", "delays", "Delays", "DELAYS"])
def test_a_code_is_found_by_number_id_or_name(study: SmallStudy, wanted: str) -> None:
    found = flow.find_code(study.work.codebook, wanted)
    assert found is not None
    assert found.id == "delays"


def test_no_code_asked_for_is_none_and_a_misspelt_one_gets_the_near_match(study: SmallStudy) -> None:
    assert flow.find_code(study.work.codebook, None) is None
    with pytest.raises(SelectionError, match=r'There is no code "delay"\. Did you mean "delays"\?'):
        flow.find_code(study.work.codebook, "delay")


def test_a_comparison_says_what_changed_and_which_version_it_calls_for(study: SmallStudy, tmp_path: Path) -> None:
    older = tmp_path / "older.yaml"
    older.write_bytes((study.folder / "codebook.yaml").read_bytes())
    same = flow.compare_codebooks(older, study.folder)
    assert (same.changes, same.too_low) == ((), False)
    study.codebook("The bus does not come when it should.", "The bus does not come, or comes when it should not.")
    report = flow.compare_codebooks(older, study.folder)
    assert [(change.part, change.field, change.level) for change in report.changes] == [
        ("delays", "definition", "meaning")
    ]
    assert (report.required, report.too_low) == ("2.0.0", True)
    study.codebook("version: 1.0.0", "version: 2.0.0")
    assert not flow.compare_codebooks(older, study.folder).too_low


def test_the_schema_describes_a_codebook() -> None:
    schema = flow.codebook_schema()
    assert {"id", "title", "version", "categories"} <= set(schema["properties"])
