from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from qualcode.errors import SelectionError, StudyError
from qualcode.model import Thresholds
from qualcode.study import (
    STUDY_FILE,
    RegionPlan,
    Study,
    find_study,
    parse_columns,
    parse_speakers,
    read_study,
    template,
)


def written(folder: Path, source: str, encoding: str = "utf-8") -> Path:
    file = folder / STUDY_FILE
    file.write_bytes(source.encode(encoding))
    return file


def faults_of(folder: Path, source: str) -> list[tuple[int, str]]:
    with pytest.raises(StudyError) as caught:
        read_study(written(folder, source))
    return [(fault.line, fault.message) for fault in caught.value.faults]


def test_a_study_needs_no_file(tmp_path: Path) -> None:
    study = find_study(tmp_path)
    assert study.file is None
    assert study.folder == tmp_path.resolve()
    assert (study.study.tagger, study.study.bootstrap_draws, study.study.small_group) == ("hybrid.v2", 2000, 5)
    assert study.store_path == tmp_path.resolve() / "qualcode.db"
    assert study.codebook_path is None


def test_the_working_folder_is_where_a_study_is_looked_for_first(tmp_path: Path) -> None:
    written(tmp_path, '[study]\ntitle = "Here"\n')
    assert find_study().study.title == "Here"


def test_the_nearest_file_upwards_is_the_study_and_paths_start_at_it(tmp_path: Path) -> None:
    written(tmp_path, '[study]\ntitle = "Above"\nstore = "data/x.db"\ncodebook = "book"\n')
    below = tmp_path / "notes" / "may"
    below.mkdir(parents=True)
    study = find_study(below)
    assert study.study.title == "Above"
    assert study.store_path == tmp_path.resolve() / "data" / "x.db"
    assert study.codebook_path == tmp_path.resolve() / "book"


def test_a_folder_named_like_the_file_is_no_study(tmp_path: Path) -> None:
    (tmp_path / STUDY_FILE).mkdir()
    assert find_study(tmp_path).file is None


def test_a_byte_order_mark_is_no_part_of_a_study(tmp_path: Path) -> None:
    assert read_study(written(tmp_path, '[study]\ntitle = "É"\n', "utf-8-sig")).study.title == "É"


def test_an_empty_file_is_a_study_of_defaults(tmp_path: Path) -> None:
    study = read_study(written(tmp_path, ""))
    assert study.study.title == "Untitled study"
    assert study.file == tmp_path / STUDY_FILE


def test_a_file_cannot_move_the_study_elsewhere(tmp_path: Path) -> None:
    study = read_study(written(tmp_path, 'folder = "/elsewhere"\nfile = "x"\n'))
    assert study.folder == tmp_path


def test_regions_documents_and_speakers_are_read(tmp_path: Path) -> None:
    source = """\
[speakers]
MK = "interviewer"
[regions."Västra Götaland"]
interviews = 18
groups = { industry = 5 }
[documents."a b.txt"]
kind = "workshop"
encoding = "cp1252"
speakers = { R1 = "note" }
"""
    study = read_study(written(tmp_path, source))
    assert study.speakers == {"MK": "interviewer"}
    assert study.regions == {"Västra Götaland": RegionPlan(interviews=18, groups={"industry": 5})}
    document = study.documents["a b.txt"]
    assert (document.kind, document.encoding, document.speakers) == ("workshop", "cp1252", {"R1": "note"})


def test_all_faults_are_reported_with_their_lines(tmp_path: Path) -> None:
    source = """\
[study]
titel = "Typo"
bootstrap_draws = 5
tagger = "hybrid.v9"

[thresholds]
auto = 1.5

[speakers]
MK = "moderator"

[regions."Crete"]
interviews = -1

[regions."Sofia"]
interviews = 3
groups = { industry = "many" }

[documents."a.txt"]
kind = "focus group"
"""
    found = faults_of(tmp_path, source)
    assert [line for line, _ in found] == [2, 3, 4, 7, 10, 13, 17, 20]
    text = "\n".join(message for _, message in found)
    for expected in (
        "study.titel is not a setting. Correct the name or remove it.",
        "study.bootstrap_draws: Input should be greater than or equal to 100. Found 5.",
        "study.tagger: Input should be 'hybrid.v2', 'model.v2' or 'rules.v1'. Found 'hybrid.v9'.",
        "thresholds.auto: Input should be less than or equal to 1. Found 1.5.",
        "speakers.MK: Input should be 'respondent', 'interviewer'",
        "regions.Crete.interviews: Input should be greater than or equal to 0. Found -1.",
        "regions.Sofia.groups.industry: Input should be a valid integer",
        "documents.a.txt.kind: Input should be 'interview', 'workshop', 'report' or 'survey'. Found 'focus group'.",
    ):
        assert expected in text, text


@pytest.mark.parametrize(
    ("source", "line"),
    [("[study]\ntitle = unquoted\n", 2), ("[study\n", 1), ("[study]\n[study]\n", 2), ("a = 1\na = 2\n", 2)],
)
def test_toml_that_is_none_is_named_at_its_line(tmp_path: Path, source: str, line: int) -> None:
    ((found, message),) = faults_of(tmp_path, source)
    assert found == line
    assert "is not valid TOML" in message


def test_an_unknown_section_is_a_fault(tmp_path: Path) -> None:
    assert faults_of(tmp_path, "[study]\n\n[threshold]\nauto = 0.5\n") == [
        (3, "threshold is not a setting. Correct the name or remove it.")
    ]


def test_not_a_number_is_no_threshold(tmp_path: Path) -> None:
    ((line, message),) = faults_of(tmp_path, "[thresholds]\nauto = nan\n")
    assert line == 2
    assert "Found nan" in message


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"no such file\. Make one with: qualcode init"):
        read_study(tmp_path / "none.toml")


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="is not UTF-8 text"):
        read_study(written(tmp_path, '[study]\ntitle = "é"\n', "cp1252"))


def test_a_folder_given_as_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="cannot be read"):
        read_study(tmp_path)


# --- thresholds --------------------------------------------------------------------------------


def study_of(folder: Path, source: str) -> Study:
    return read_study(written(folder, source))


def test_thresholds_left_out_come_from_the_tagger(tmp_path: Path) -> None:
    default = Thresholds(auto=0.6, review=0.3)
    assert Study().thresholds_over(default) == default
    assert study_of(tmp_path, "[thresholds]\nauto = 0.8\n").thresholds_over(default) == Thresholds(0.8, 0.3)
    assert study_of(tmp_path, "[thresholds]\nreview = 0.0\n").thresholds_over(default) == Thresholds(0.6, 0.0)
    assert study_of(tmp_path, "[thresholds]\nreview = 0.6\n").thresholds_over(default) == Thresholds(0.6, 0.6)


def test_a_review_threshold_above_auto_is_refused(tmp_path: Path) -> None:
    study = study_of(tmp_path, "[thresholds]\nauto = 0.2\n")
    with pytest.raises(StudyError, match=r"review \(0\.3\) is above auto \(0\.2\)\. Lower it"):
        study.thresholds_over(Thresholds(auto=0.6, review=0.3))


# --- regions and speakers ----------------------------------------------------------------------


def test_a_region_of_the_plan_is_accepted_and_another_answered_with_the_nearest(tmp_path: Path) -> None:
    study = study_of(tmp_path, '[regions."Catalonia"]\n[regions."Crete"]\n')
    study.check_region("Crete")
    with pytest.raises(SelectionError, match=r'no region "Catalunya" in the study\. Did you mean "Catalonia"'):
        study.check_region("Catalunya")


def test_without_a_plan_every_region_is_accepted() -> None:
    Study().check_region("Anywhere")


def test_speakers_are_parsed_at_the_last_equals_sign() -> None:
    given = ["MK=interviewer", " Dr = Who = respondent ", "N=note", "F=facilitator"]
    assert parse_speakers(given) == {
        "MK": "interviewer",
        "Dr = Who": "respondent",
        "N": "note",
        "F": "facilitator",
    }


@pytest.mark.parametrize("entry", ["MK", "=interviewer", "MK=", "MK=moderator", "MK=heading", ""])
def test_a_speaker_without_label_or_role_is_refused(entry: str) -> None:
    with pytest.raises(SelectionError, match=r"is not LABEL=ROLE\. Roles: respondent, interviewer, facilitator, note"):
        parse_speakers([entry])


# --- the template ------------------------------------------------------------------------------


def test_the_template_is_a_study_of_defaults_with_the_plan_of_ten_regions(tmp_path: Path) -> None:
    study = study_of(tmp_path, template(title="Mine", today=date(2025, 3, 1)))
    assert study.study == Study().study.model_copy(update={"title": "Mine"})
    assert (study.thresholds, study.context, study.speakers, study.documents) == (
        Study().thresholds,
        Study().context,
        {},
        {},
    )
    assert len(study.regions) == 10
    assert sum(plan.interviews for plan in study.regions.values()) == 158
    assert sum(plan.workshops for plan in study.regions.values()) == 9
    assert sum(plan.workshop_participants for plan in study.regions.values()) == 199


def test_the_template_names_every_setting() -> None:
    source = template(title="Mine")
    for name in ("title", "codebook", "store", "tagger", "seed", "bootstrap_draws", "small_group"):
        assert f"\n{name} =" in source or f"\n# {name} =" in source, name
    for name in ("auto", "review", "question", "turn", "enter"):
        assert f"{name} =" in source, name


@pytest.mark.parametrize("title", ['The "big" one', "back\\slash", "Västra ✓", "@MADE@ 'x'", "two\nlines"])
def test_any_title_survives_the_template(title: str) -> None:
    assert tomllib.loads(template(title=title))["study"]["title"] == title


def test_the_template_carries_the_day_it_was_made_or_none() -> None:
    assert template(title="x", today=date(2025, 3, 1)).startswith("# Settings of a qualcode study (made 2025-03-01).")
    assert template(title="x").startswith("# Settings of a qualcode study.")


# --- topics ------------------------------------------------------------------------------------


def test_topics_of_a_document_are_texts_or_numbers(tmp_path: Path) -> None:
    study = study_of(tmp_path, '[documents."a.txt"]\nregion = "Crete"\ntopics_asked = [5, "consent"]\n')
    assert study.documents["a.txt"].topics_asked == (5, "consent")
    assert faults_of(tmp_path, '[documents."a.txt"]\ntopics_asked = "5"\n')[0][0] == 2


def test_the_line_of_a_setting_is_found_in_the_file(tmp_path: Path) -> None:
    source = '[study]\ntitle = "x"\n[documents."b.txt"]\ndate = "2025"\n[documents."a.txt"]\n\ndate = "2024"\n'
    study = study_of(tmp_path, source)
    assert study.line_of("documents", "a.txt", "date") == 7
    assert Study().line_of("documents", "a.txt", "date") == 0


# --- columns ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("text=Antwort, speaker=Wer", {"text": "Antwort", "speaker": "Wer"}),
        ("text=What helps, and why = what?+Q2,time=", {"text": "What helps, and why = what?+Q2", "time": ""}),
        (" sheet = Interview 2 ", {"sheet": "Interview 2"}),
    ],
)
def test_columns_are_apart_by_commas_that_a_header_may_hold(given: str, found: dict[str, str]) -> None:
    assert parse_columns(given) == found


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("Antwort", 'columns "Antwort" is not NAME=HEADER. Names: text, speaker, role, time, sheet.'),
        ("words=Antwort", 'columns "words=Antwort" is not NAME=HEADER.'),
        ("text=a,text=b", 'columns "text=a,text=b" gives text twice'),
        ("text=", 'columns "text=" gives text twice, or no header for it.'),
    ],
)
def test_columns_that_cannot_be_understood_are_refused(given: str, message: str) -> None:
    with pytest.raises(SelectionError, match=re.escape(message)):
        parse_columns(given)


def test_columns_of_a_document_are_checked_with_their_line(tmp_path: Path) -> None:
    file = tmp_path / "qualcode.toml"
    file.write_text('[documents."a.csv"]\nregion = "Sofia"\ncolumns = "text"\n', encoding="utf-8")
    with pytest.raises(StudyError, match=r'qualcode.toml:3: .*columns "text" is not NAME=HEADER'):
        read_study(file)
    file.write_text('[documents."a.csv"]\ncolumns = "text=Q1"\n', encoding="utf-8")
    assert read_study(file).documents["a.csv"].columns == "text=Q1"
