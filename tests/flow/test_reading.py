from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qualcode import flow
from qualcode.errors import SelectionError, StudyError
from qualcode.flow.reading import ReadingDesk
from qualcode.model import Attributes
from studies import SmallStudy


def attributes_of(study: SmallStudy, *paths: Path, **given: Any) -> dict[str, Attributes]:
    report = flow.preview_documents(list(paths) or [study.notes], study.work, flow.ReadOptions(**given))
    return {p.transcript.document.name: p.transcript.document.attributes for p in report.previews}


def test_command_line_wins_over_settings_over_table_over_front_matter(study: SmallStudy) -> None:
    study.write("anna.txt", "---\nregion: Front\ncountry: Front\nlanguage: sv\ndate: 2020\n---\nR1: The bus is late.\n")
    study.metadata("anna.txt,Northfield,passenger,interview,2025-01-10", "anna.txt,Northfield,table,,2021")
    assert attributes_of(study)["anna.txt"] == Attributes("Northfield", "Front", "table", None, "2021", "sv")
    study.settings('[documents."anna.txt"]\nstakeholder_group = "settings"\ndate = "2022"\n')
    assert attributes_of(study)["anna.txt"] == Attributes("Northfield", "Front", "settings", None, "2022", "sv")
    given = Attributes(region="Southport", date="2023")
    assert attributes_of(study, attributes=given)["anna.txt"] == Attributes(
        "Southport", "Front", "settings", None, "2023", "sv"
    )


def test_a_table_named_on_the_command_line_replaces_the_one_beside_the_files(study: SmallStudy, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("file,region\nanna.txt,Southport\n", encoding="utf-8")
    found = attributes_of(study, metadata=other)
    assert found["anna.txt"].region == "Southport"
    assert found["ben.txt"].region is None


def test_options_are_understood_as_the_table_is() -> None:
    options = flow.read_options(attributes={"kind": "Workshop", "date": "23.1.2025", "language": "English"})
    assert options.attributes == Attributes(kind="workshop", date="2025-01-23", language="en")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kind": "interviw"}, '--kind "interviw" is not known. Did you mean "interview"?'),
        ({"date": "soon"}, '--date "soon" is not a date. Write it as 2025-03-01, 2025-03 or 2025.'),
        ({"language": "Englisch"}, '--language "Englisch" is not a two-letter code. Did you mean "English"?'),
    ],
)
def test_faulty_options_are_refused_by_name(given: dict[str, str], message: str) -> None:
    with pytest.raises(SelectionError) as caught:
        flow.read_options(attributes=dict(given))
    assert str(caught.value) == message


def test_faulty_attributes_in_the_settings_are_all_named(study: SmallStudy) -> None:
    study.settings('[documents."anna.txt"]\ndate = "soon"\n[documents."ben.txt"]\nlanguage = "xxx"\n')
    with pytest.raises(StudyError) as caught:
        attributes_of(study)
    assert [fault.message.split(" is not")[0] for fault in caught.value.faults] == [
        '[documents."anna.txt"] date "soon"',
        '[documents."ben.txt"] language "xxx"',
    ]


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(SelectionError, match='--speakers "MK=boss" is not LABEL=ROLE'):
        flow.read_options(speakers=["MK=boss"])


def roles(study: SmallStudy, name: str, **given: Any) -> dict[str, str]:
    report = flow.preview_documents([study.notes / name], study.work, flow.read_options(**given))
    (preview,) = report.previews
    return {speaker.speaker or "": speaker.role for speaker in preview.speakers}


def test_roles_come_from_the_study_then_the_document_then_the_command_line(study: SmallStudy) -> None:
    assert roles(study, "cleo.txt") == {"Moderator": "facilitator", "Cleo": "respondent", "Dora": "respondent"}
    study.settings(
        '[speakers]\nDora = "note"\nCleo = "note"\n[documents."cleo.txt"]\nspeakers = { Cleo = "interviewer" }'
    )
    assert roles(study, "cleo.txt") == {"Moderator": "facilitator", "Cleo": "interviewer", "Dora": "note"}
    given = ["Cleo=facilitator", "Dora=respondent"]
    assert roles(study, "cleo.txt", speakers=given) == {
        "Moderator": "facilitator",
        "Cleo": "facilitator",
        "Dora": "respondent",
    }


def test_preview_shows_speakers_with_roles_turns_and_words(study: SmallStudy) -> None:
    report = flow.preview_documents([study.notes / "anna.txt"], study.work, flow.ReadOptions())
    (preview,) = report.previews
    assert [(s.speaker, s.role, s.turns, s.words) for s in preview.speakers] == [
        ("Interviewer", "interviewer", 2, 6),  # Is the bus late? Thank you.
        ("Anna", "respondent", 2, 22),  # 8 + 4 + 8 words, then 2
    ]
    assert preview.transcript.document.format == "txt"
    assert preview.transcript.document.encoding == "utf-8"


def test_the_language_is_guessed_only_where_it_is_not_given(study: SmallStudy) -> None:
    text = "R1: Автобусът винаги закъснява вечер и билетът струва твърде много за моето семейство.\n" * 8
    study.write("anna.txt", text)
    options = flow.ReadOptions()
    (guessed,) = flow.preview_documents([study.notes / "anna.txt"], study.work, options).previews
    assert guessed.language_guess == "bg"
    given = flow.read_options(attributes={"language": "bg"})
    (known,) = flow.preview_documents([study.notes / "anna.txt"], study.work, given).previews
    assert (known.language_guess, known.transcript.document.attributes.language) == (None, "bg")


def test_the_encoding_comes_from_the_command_line_or_the_settings(study: SmallStudy) -> None:
    study.write("anna.txt", "R1: Закъснява. Винаги.".encode("cp1251"))
    by_option = flow.read_options(encoding="cp1251")
    (preview,) = flow.preview_documents([study.notes / "anna.txt"], study.work, by_option).previews
    assert "Закъснява" in preview.transcript.document.text
    assert not preview.transcript.document.encoding_guessed
    study.settings('[documents."anna.txt"]\nencoding = "cp1251"\n')
    (preview,) = flow.preview_documents([study.notes / "anna.txt"], study.work, flow.ReadOptions()).previews
    assert (preview.transcript.document.encoding, "Закъснява" in preview.transcript.document.text) == ("cp1251", True)


def test_an_unknown_encoding_is_a_problem_of_the_file(study: SmallStudy) -> None:
    report = flow.preview_documents([study.notes / "anna.txt"], study.work, flow.read_options(encoding="klingon"))
    assert len(report.problems) == 1
    assert 'anna.txt: there is no encoding "klingon"' in report.problems[0]


def test_each_problem_names_its_file_once_and_the_rest_is_previewed(study: SmallStudy) -> None:
    study.write("empty.txt", "")
    study.write("sound.txt", b"\x00\x01RIFF\x00\xff" * 50)
    report = flow.preview_documents([study.notes, study.folder / "gone.txt"], study.work, flow.ReadOptions())
    assert [p.transcript.document.name for p in report.previews] == ["anna.txt", "ben.txt", "cleo.txt"]
    assert sorted(problem.split(": ")[0].rsplit("/")[-1] for problem in report.problems) == [
        "empty.txt",
        "gone.txt",
        "sound.txt",
    ]
    assert all(problem.count(".txt") == 1 for problem in report.problems)


def test_a_preview_stores_nothing(study: SmallStudy) -> None:
    before = sorted(study.folder.rglob("*"))
    flow.preview_documents([study.notes], study.work, flow.ReadOptions())
    assert sorted(study.folder.rglob("*")) == before


def test_rows_of_the_table_that_name_no_source_are_mentioned(study: SmallStudy) -> None:
    (study.notes / "ben.txt").unlink()
    notes = flow.preview_documents([study.notes], study.work, flow.ReadOptions()).notes
    assert notes == ("1 row(s) of documents.csv name no source of this run: ben.txt",)


def test_a_document_in_which_nobody_answers_is_mentioned(study: SmallStudy) -> None:
    study.write("ben.txt", "Interviewer: What is hard? Is it the money?\n")
    report = flow.preview_documents([study.notes], study.work, flow.ReadOptions())
    assert [note.split(": ")[0] for note in report.notes] == ["1 document(s) hold no words of respondents"]
    assert "ben.txt" in report.notes[0]
    assert "ben.txt" in "".join(study.tag().notes)


def test_the_reading_hash_changes_with_words_speakers_encoding_and_kind_and_nothing_else(study: SmallStudy) -> None:
    def reading_hash(**given: Any) -> str:
        desk = flow.reading.ReadingDesk([study.notes / "anna.txt"], study.work.study, flow.read_options(**given))
        return desk.reading_hash(desk.load(desk.files[0]))

    same = reading_hash()
    assert reading_hash(attributes={"region": "Southport", "date": "2020", "country": "X"}) == same
    others = [
        reading_hash(attributes={"kind": "workshop"}),
        reading_hash(speakers=["Anna=note"]),
        reading_hash(encoding="cp1252"),
    ]
    study.write("anna.txt", "R1: Other words.")
    others.append(reading_hash())
    assert len({same, *others}) == 5


SURVEY = "ID,Q1,Q2\np1,The bus is late every day.,Too dear for my family.\n"


def previewed(study: SmallStudy, **given: Any) -> flow.Preview:
    report = flow.preview_documents([study.notes / "survey.csv"], study.work, flow.read_options(**given))
    assert report.problems == ()
    return report.previews[0]


def test_columns_come_from_the_command_line_or_the_settings_or_are_guessed(study: SmallStudy) -> None:
    study.write("survey.csv", SURVEY)
    assert (
        previewed(study).transcript.document.read_as[1] == "columns: text = Q1 + Q2 (guessed), speaker = ID (guessed)"
    )
    study.settings('[documents."survey.csv"]\ncolumns = "text=Q2,speaker=ID"\n')
    assert previewed(study).transcript.document.read_as[1] == "columns: text = Q2, speaker = ID"
    by_option = previewed(study, columns="text=Q1").transcript.document
    assert by_option.read_as[1] == "columns: text = Q1"
    assert "dear" not in by_option.text


def test_columns_of_tables_do_not_matter_to_other_files_and_wrong_ones_are_a_problem(study: SmallStudy) -> None:
    study.write("survey.csv", SURVEY)
    report = flow.preview_documents([study.notes], study.work, flow.read_options(columns="text=Q3"))
    assert len(report.previews) == 3
    (problem,) = report.problems
    assert 'survey.csv: has no column "Q3". Did you mean' in problem
    alone = flow.preview_documents([study.notes / "anna.txt"], study.work, flow.read_options(columns="text=Q1"))
    assert "--columns is for csv, tsv, xlsx; no source of this run is one." in alone.notes
    with pytest.raises(SelectionError, match='columns "Q1" is not NAME=HEADER'):
        flow.read_options(columns="Q1")


def test_other_columns_are_another_reading_and_none_leave_it_as_it_was(study: SmallStudy) -> None:
    study.write("survey.csv", SURVEY)
    hashes = set()
    for columns in (None, "text=Q1", "text=Q2"):
        desk = ReadingDesk([study.notes / "survey.csv"], study.work.study, flow.read_options(columns=columns))
        hashes.add(desk.reading_hash(desk.load(desk.files[0])))
    assert len(hashes) == 3
    others = set()
    for columns in (None, "text=Q1"):
        desk = ReadingDesk([study.notes / "anna.txt"], study.work.study, flow.read_options(columns=columns))
        others.add(desk.reading_hash(desk.load(desk.files[0])))
    assert len(others) == 1
