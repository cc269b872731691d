from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from gardens import GARDENING, decide, make_gardens, mixed_up, workspace
from qualcode import __version__
from qualcode.cli import app
from qualcode.codebook import read_codebook
from qualcode.tag import load_encoder
from studies import ANNA, SmallStudy, dump, make_once, need_shipped_model, query

program = sys.modules["qualcode.cli.app"]
runner = CliRunner()


class Ran:
    """What one command line did."""

    def __init__(self, *arguments: object) -> None:
        result = runner.invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
        self.code, self.out, self.err = result.exit_code, result.stdout, result.stderr

    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)


@pytest.fixture
def here(study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> SmallStudy:
    """The small study as the working folder."""
    monkeypatch.chdir(study.folder)
    return study


@pytest.fixture
def tagged(here: SmallStudy) -> SmallStudy:
    here.tag()
    return here


@pytest.fixture
def in_demo(demo: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo study as the working folder; only to be read."""
    monkeypatch.chdir(demo)
    return demo


# --- the program as a whole ---------------------------------------------------------------------


def test_help_names_every_command_and_where_to_begin() -> None:
    ran = Ran("--help")
    assert ran.code == 0
    for command in ("tag", "try", "summarize", "codings", "quotes", "status", "init", "demo", "codebook"):
        assert f" {command} " in ran.out
    assert "qualcode demo" in ran.out


def test_version_is_printed_alone() -> None:
    assert Ran("--version").out == f"qualcode {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["status"], 0),
        (["summarize", "--region", "Nowhere"], 1),
        (["summarize", "--regoin", "Crete"], 2),
        (["sumarize"], 2),
        (["tag"], 2),
        (["quotes", "--limit", "0"], 2),
    ],
)
def test_exit_codes_tell_done_from_problem_from_wrong_usage(
    tagged: SmallStudy, arguments: list[str], code: int
) -> None:
    assert Ran(*arguments).code == code


def test_an_error_is_one_message_on_stderr_without_a_traceback(tagged: SmallStudy) -> None:
    ran = Ran("summarize", "--region", "Nothfield")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == 'Error: There is no region "Nothfield" in the store. Did you mean "Northfield"?\n'


def test_a_fault_of_ours_shows_its_traceback(tagged: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_given: object) -> None:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr("qualcode.flow.study_status", fail)
    with pytest.raises(ZeroDivisionError, match="a fault of ours"):
        Ran("status")
    driver = "import qualcode.flow as f; f.study_status = None; from qualcode.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", driver, "status"], capture_output=True, text=True, cwd=tagged.folder, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" in done.stderr
    assert "TypeError" in done.stderr


def test_the_keyboard_stops_a_run_with_a_message(here: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_given: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("qualcode.tag.RulesTagger.score", stop)
    ran = Ran("tag", "notes")
    assert (ran.code, ran.out) == (130, "")
    assert ran.err == "Stopped. Nothing of this run was stored.\n"
    assert not here.store_path.exists()


def test_warnings_are_notes_on_stderr(here: SmallStudy) -> None:
    ran = Ran("try", "The bus is late.", "--tagger", "hybrid.v2", "--format", "json")
    assert json.loads(ran.out)[0]["id"] == "1"
    assert ran.err == "Note: This codebook has no examples.jsonl: hybrid.v2 runs on its rules alone.\n"


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_the_program_prints_every_language_on_any_console(tagged: SmallStudy, encoding: str) -> None:
    tagged.write("anna.txt", "R1: Късно е, it is late here now ξ 🚌.\n")
    tagged.tag()
    done = subprocess.run(
        [sys.executable, "-m", "qualcode", "codings", "--format", "json"],
        capture_output=True,
        cwd=tagged.folder,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        check=True,
    )
    assert "Късно е, it is late here now ξ 🚌." in {row["text"] for row in json.loads(done.stdout.decode("utf-8"))}


# --- tag ----------------------------------------------------------------------------------------


def test_tag_tells_counts_and_what_to_run_next(here: SmallStudy) -> None:
    ran = Ran("tag", "notes")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(
        "Documents: 3 new.\n"
        "Respondents: 62 words in 11 sentences.\n"
        "Codings by rules.v1: 6 counted (probability 0.50 or more), 1 pending (from 0.29).\n"
    )
    assert [line.split() for line in ran.out.splitlines() if line.startswith(("Money", "Service"))] == [
        ["Money", "3", "0"],
        ["Service", "3", "1"],
    ]
    assert "Next: qualcode summarize" in ran.out.splitlines()[-1]
    before = dump(here.store_path)
    again = Ran("tag", "notes")
    assert again.out.startswith("Documents: 3 unchanged.\n")
    assert dump(here.store_path) == before


def test_tag_says_what_is_new_changed_and_corrected(tagged: SmallStudy) -> None:
    tagged.write("anna.txt", ANNA + "Anna: One more.\n")
    tagged.write("dan.txt", "---\nregion: Northfield\n---\nR1: It is late.\n")
    tagged.metadata("ben.txt,Southport", "ben.txt,Northfield")
    lines = Ran("tag", "notes").out.splitlines()
    assert lines[0] == "Documents: 1 new, 1 changed, 2 unchanged."
    assert lines[1] == "Attributes corrected in 1 document."
    assert Ran("tag", "notes", "--retag").out.startswith("Documents: 4 tagged again.\n")


def test_tag_takes_attributes_roles_and_store_from_options(here: SmallStudy, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(
        "MK: Is it late? MK asks.\nPP: It is late here.\nMK: And?\nPP: Late.\n", encoding="utf-8"
    )
    ran = Ran(
        *("tag", tmp_path / "x.txt", "--region", "Southport", "--country", "Utopia", "--stakeholder", "driver"),
        *("--kind", "Interview", "--date", "1.2.2025", "--language", "English"),
        *("--speakers", "MK=interviewer", "--speakers", "PP=respondent", "--store", tmp_path / "own.db"),
    )
    assert ran.code == 0, ran.err
    rows = Ran("codings", "--store", tmp_path / "own.db", "--format", "json").json()
    assert {row["speaker"] for row in rows} == {"PP"}
    names = ("region", "country", "stakeholder_group", "kind", "date")
    assert [rows[0][name] for name in names] == ["Southport", "Utopia", "driver", "interview", "2025-02-01"]
    assert not here.store_path.exists()


def test_tag_names_unreadable_files_on_stderr_and_stores_the_rest(here: SmallStudy) -> None:
    here.write("empty.txt", "")
    here.write("sound.txt", b"\x00\x01RIFF\x00\xff" * 50)
    ran = Ran("tag", "notes", "gone.txt")
    assert ran.code == 1
    assert ran.out.startswith("Documents: 3 new.\n")
    lines = ran.err.splitlines()
    assert lines[0] == "3 sources could not be read:"
    assert [line.split(":")[0].strip() for line in lines[1:]] == [
        "gone.txt",
        str(Path("notes/empty.txt")),
        str(Path("notes/sound.txt")),
    ]
    assert len(here.documents()) == 3


def test_tag_of_nothing_readable_leaves_no_file(here: SmallStudy) -> None:
    ran = Ran("tag", here.write("empty.txt", ""))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("Error: There is nothing to tag.\n")
    assert not here.store_path.exists()


def test_tag_refuses_files_without_region_and_takes_them_when_told(here: SmallStudy) -> None:
    here.metadata("ben.txt,Southport", "ben.txt,")
    refused = Ran("tag", "notes")
    assert (refused.code, refused.out) == (1, "")
    assert "  ben.txt\n" in refused.err
    assert not here.store_path.exists()
    assert Ran("tag", "notes", "--allow-missing").code == 0
    assert Ran("status", "--format", "json").json()[2]["region"] == "(missing)"


def test_tag_offers_the_planned_region_that_is_near(here: SmallStudy) -> None:
    ran = Ran("tag", "notes", "--region", "Sothport")
    assert ran.code == 1
    assert 'There is no region "Sothport" in the study. Did you mean "Southport"?' in ran.err


def test_dry_run_shows_what_is_understood_and_stores_nothing(here: SmallStudy) -> None:
    here.write("anna.txt", f"---\nlanguage: en\nfunder: Lions\n---\n{ANNA}")
    here.write(
        "ben.txt", "Interviewer: Où?\nBen: Très tard.\nInterviewer: Et?\nBen: Déjà, c'est ça.\n".encode("cp1252")
    )
    here.write("notes.doc", b"\xd0\xcf")
    here.metadata("cleo.txt,Northfield,driver,workshop,2025-03-12", "cleo.txt,,,,")
    ran = Ran("tag", "notes", "--dry-run")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(
        "anna.txt\n"
        "  format txt, utf-8; 5 turns, 4 sentences of respondents\n"
        "  region Northfield, stakeholder_group passenger, kind interview, date 2025-01-10, language en\n"
        "  (no name): note, 1 turn, 4 words\n"  # the front matter
        "  Interviewer: interviewer, 2 turns, 6 words\n"
        "  Anna: respondent, 2 turns, 22 words\n"
        "  left out: front matter not used as attributes: funder\n"
    )
    assert "  format txt, cp1252 (guessed);" in ran.out
    assert "  region MISSING" in ran.out
    assert "notes.doc (old Word format: save it as .docx)" in ran.out
    assert ran.out.endswith("3 documents understood. Nothing was stored.\n")
    assert not here.store_path.exists()


def test_the_columns_of_a_table_are_guessed_shown_and_chosen(here: SmallStudy) -> None:
    here.write("survey.csv", "ID;Was fehlt Ihnen?;Was hilft?\np1;Mir fehlt ein Bus am Abend.;\n")
    guessed = Ran("tag", "notes/survey.csv", "--dry-run")
    assert "  columns: text = Was fehlt Ihnen? (guessed), speaker = ID (guessed)\n" in guessed.out
    assert "  left out: columns not read: " not in guessed.out
    chosen = Ran("tag", "notes/survey.csv", "--dry-run", "--columns", "text=Was hilft?+Was fehlt Ihnen?,speaker=")
    assert "  columns: text = Was hilft? + Was fehlt Ihnen?\n" in chosen.out
    assert "  left out: 1 empty answer\n" in chosen.out
    refused = Ran("tag", "notes/survey.csv", "--dry-run", "--columns", "text=Was hilf")
    assert (refused.code, 'has no column "Was hilf". Did you mean "Was hilft?"' in refused.err) == (1, True)


def test_a_difference_goes_to_stdout_and_the_run_to_stderr(tagged: SmallStudy) -> None:
    tagged.codebook('{regex: "slow", weight: 0.6}', '{regex: "slow"}')
    before = tagged.store_path.read_bytes()
    tried = Ran("tag", "notes", "--retag", "--diff", "--dry-run", "--format", "json")
    found = tried.json()
    assert (tried.err, found["is_trial"]) == ("", True)
    assert found["documents"] == {"new": 0, "changed": 0, "retagged": 3, "unchanged": 0}
    assert tagged.store_path.read_bytes() == before
    done = Ran("tag", "notes", "--diff")  # the codebook has changed: all are tagged again anyhow
    assert done.out.startswith("What changes in the codings that count")
    assert "Documents: 3 tagged again." in done.err
    assert tagged.store_path.read_bytes() != before


def test_formats_are_for_differences(here: SmallStudy) -> None:
    refused = Ran("tag", "notes", "--format", "json")
    assert (refused.code, refused.out) == (1, "")
    assert "Add --diff" in refused.err


def test_dry_run_tells_problems_too(here: SmallStudy) -> None:
    here.write("empty.txt", "")
    ran = Ran("tag", "notes", "--dry-run")
    assert ran.code == 1
    assert ran.err.splitlines() == [
        "1 source could not be read:",
        f"  {Path('notes/empty.txt')}: holds no text (0 bytes). Nothing is stored for it.",
    ]


def test_progress_is_silent_without_a_terminal_and_shown_with_one(
    here: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    for stream, shown in ((io.StringIO(), False), (Terminal(), True)):
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stderr", stream)
            with program._progress() as step:
                step("anna.txt", 1, 3)
        assert ("Tagging" in stream.getvalue()) == shown
        assert ("1/3" in stream.getvalue()) == shown


# --- try ----------------------------------------------------------------------------------------


def test_try_gives_one_object_a_text_in_input_order_with_all_codes(here: SmallStudy) -> None:
    (here.folder / "t.jsonl").write_text(
        '{"id": "z", "text": "It is late."}\n{"id": "a", "text": "It costs too much and is late."}\n', encoding="utf-8"
    )
    found = Ran("try", "--file", "t.jsonl", "--format", "json").json()
    assert [list(entry) for entry in found] == [["id", "text", "none", "codes"]] * 2
    assert [entry["id"] for entry in found] == ["z", "a"]
    assert found[0]["none"] == 0.5
    assert [(c["number"], c["code"], c["probability"]) for c in found[0]["codes"]] == [
        (3, "delays", 0.5),
        (1, "fares", 0.0),
        (2, "funding", 0.0),
    ]
    (evidence,) = found[0]["codes"][0]["evidence"]
    assert "It is late."[evidence["start"] : evidence["end"]] == "late"


def test_try_with_the_shipped_tagger_ranks_all_seventeen(tmp_path: Path) -> None:
    need_shipped_model()
    typical = read_codebook().by_id["data_fragmentation"].examples.typical[0]
    text = f"I came by bus this morning. {typical} Ask my sister."
    (tmp_path / "t.txt").write_text(f"{text}\nI have two dogs.\n", encoding="utf-8")
    found = Ran("try", "--file", tmp_path / "t.txt", "--format", "json").json()
    assert [entry["text"] for entry in found] == [text, "I have two dogs."]
    for entry in found:
        probabilities = [code["probability"] for code in entry["codes"]]
        assert sorted(code["number"] for code in entry["codes"]) == list(range(1, 18))
        assert probabilities == sorted(probabilities, reverse=True)
        assert 0 <= entry["none"] <= 1
    assert found[0]["codes"][0]["code"] == "data_fragmentation"
    assert found[1]["none"] > 0.5 > found[0]["none"]
    assert list(tmp_path.iterdir()) == [tmp_path / "t.txt"]


def test_try_explains_itself_to_people(here: SmallStudy) -> None:
    lines = Ran("try", "It is late.").out.splitlines()
    assert lines[:3] == ["It is late.", "  0.50   3 Delays", '        +1.00  cue: /\\blate\\b/: "late"']
    assert lines[-1] == "  0.50  no code"


@pytest.mark.parametrize("text", ["", "   "])
def test_try_refuses_a_blank_text(here: SmallStudy, text: str) -> None:
    ran = Ran("try", text)
    assert (ran.code, ran.err) == (1, "Error: The text is blank.\n")


def test_try_writes_every_format(here: SmallStudy) -> None:
    rows = list(csv.DictReader(io.StringIO(Ran("try", "=It is late.", "--format", "csv").out)))
    assert (rows[0]["number"], rows[0]["code"], rows[0]["probability"]) == ("3", "delays", "0.5")
    assert {row["text"] for row in rows} == {"'=It is late."}  # no spreadsheet is to run it
    assert json.loads(rows[0]["evidence"])[0]["source"] == "cue"
    assert Ran("try", "=It is late.", "--out", "t.xlsx").code == 0
    sheet = openpyxl.load_workbook(here.folder / "t.xlsx").active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][:5] == ["1", "=It is late.", 0.5, 3, "delays"]
    assert Ran("try", "It is late.", "--format", "md").out.startswith("## 1 text\n")


# --- results ------------------------------------------------------------------------------------

SUMMARY_FIELDS = {
    *("code_number", "code", "category", "group", "documents", "documents_with_code", "share_documents"),
    *("share_documents_low", "share_documents_high", "segments", "words", "share_words", "share_words_low"),
    *("share_words_high", "relative_emphasis", "relative_emphasis_low", "relative_emphasis_high", "q_value"),
    *("salience", "intensity", "rank", "flag"),
}
CODING_FIELDS = [
    *(
        "document",
        "region",
        "country",
        "stakeholder_group",
        "kind",
        "date",
        "speaker",
        "role",
        "position",
        "start",
        "end",
        "text",
    ),
    *(
        "code_number",
        "code",
        "category",
        "probability",
        "status",
        "coder",
        "decided_by",
        "evidence",
        "codebook_version",
        "run",
    ),
]


def test_summary_rows_carry_every_column(in_demo: Path) -> None:
    rows = Ran("summarize", "--format", "json").json()
    assert len(rows) == 170
    assert all(set(row) >= SUMMARY_FIELDS for row in rows)
    for row in rows:
        assert row["share_documents"] == row["documents_with_code"] / row["documents"]
        assert row["share_documents_low"] <= row["share_documents"] <= row["share_documents_high"]
        assert row["share_words"] == pytest.approx(row["words"] / row["group_words"])
        assert row["flag"] == "n<5"


@pytest.mark.parametrize("by", ["region", "country", "stakeholder_group", "kind", "language", "document"])
def test_tables_of_the_demo_fit_a_hundred_columns_and_no_number_is_cut(in_demo: Path, by: str) -> None:
    lines = Ran("summarize", "--by", by).out.splitlines()
    assert max(map(len, lines)) <= 100
    assert not any(re.search(r"[\d.]…", line) for line in lines)
    rows = Ran("summarize", "--by", by, "--format", "json").json()
    cells = [word for line in lines for word in line.split() if word == "100"]
    frequent = [row for row in rows if row["share_documents"] == 1]
    assert len(cells) >= len(frequent)


@pytest.mark.parametrize("by", ["region", "kind", "document"])
@pytest.mark.parametrize("level", ["code", "category"])
def test_rankings_of_the_demo_fit_a_hundred_columns(in_demo: Path, by: str, level: str) -> None:
    asked = {"region": ["--region", "Sofia"], "kind": ["--kind", "workshop"], "document": []}[by]
    lines = Ran("summarize", "--by", by, "--level", level, *asked).out.splitlines()
    assert max(map(len, lines)) <= 100


def test_a_region_is_ranked_against_all_others(in_demo: Path) -> None:
    lines = Ran("summarize", "--region", "crete").out.splitlines()
    assert lines[0].startswith("Crete: 2 documents, 2.8k words of respondents (n<5")
    rows = Ran("summarize", "--region", "Crete", "--format", "json").json()
    assert len(rows) == 17
    best = min((row for row in rows if row["rank"]), key=lambda row: row["rank"])
    assert lines[4].split()[:2] == ["1", str(best["code_number"])]


def test_a_misspelt_region_gets_the_near_match(in_demo: Path) -> None:
    ran = Ran("summarize", "--region", "Catalunya")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == 'Error: There is no region "Catalunya" in the store. Did you mean "Catalonia"?\n'


def test_code_category_and_level_choose_rows(in_demo: Path) -> None:
    assert {row["code_number"] for row in Ran("summarize", "--code", "5", "--format", "json").json()} == {5}
    financial = Ran("summarize", "--category", "Financial barriers", "--format", "json").json()
    assert {row["code_number"] for row in financial} == {5, 6}
    assert len(Ran("summarize", "--level", "category", "--format", "json").json()) == 60
    assert Ran("summarize", "--code", "18").code == 1


def test_missing_numbers_are_null_in_json_and_empty_in_csv(tagged: SmallStudy) -> None:
    Ran("tag", "notes")
    (row,) = Ran("summarize", "--code", "fares", "--region", "Southport", "--format", "json").json()
    assert (row["rank"], row["intensity"]) == (None, None)
    assert row["share_words"] == 0
    (read,) = csv.DictReader(
        io.StringIO(Ran("summarize", "--code", "fares", "--region", "Southport", "--format", "csv").out)
    )
    assert (read["rank"], read["intensity"], read["share_words"]) == ("", "", "0.0")


def test_codings_carry_every_column_in_every_format(tagged: SmallStudy) -> None:
    rows = Ran("codings", "--format", "json").json()
    assert [list(row) for row in rows] == [CODING_FIELDS] * 7
    read = list(csv.DictReader(io.StringIO(Ran("codings", "--format", "csv").out)))
    assert [list(row) for row in read] == [CODING_FIELDS] * 7
    assert [(row["document"], row["text"], int(row["start"])) for row in read] == [
        (row["document"], row["text"], row["start"]) for row in rows
    ]
    assert json.loads(read[0]["evidence"]) == rows[0]["evidence"]
    assert {row["run"] for row in rows} == {1}


def test_codings_for_people_fit_a_hundred_columns(in_demo: Path) -> None:
    lines = Ran("codings", "--code", "9").out.splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[0].endswith(" codings")


def test_no_coding_found_is_an_empty_list(tagged: SmallStudy) -> None:
    asked = ("codings", "--code", "fares", "--region", "Southport", "--format")
    assert Ran(*asked, "json").json() == []
    assert Ran(*asked, "csv").out == ",".join(CODING_FIELDS) + "\n"


def test_quotes_give_context_speaker_and_place(tagged: SmallStudy) -> None:
    out = Ran("quotes", "--code", "delays", "--region", "Northfield").out
    assert out.startswith("3 Delays\n\n")
    assert (
        "    … Is the bus late?\n"
        "    “The bus is always late in the evening.”\n"
        "    My garden is fine. …\n"
        "    (Anna, Northfield, interview, anna.txt; probability 0.50)\n"
    ) in out
    rows = Ran("quotes", "--code", "3", "--format", "json").json()
    assert {row["document"] for row in rows} == {"anna.txt", "cleo.txt"}
    assert "No passage" in Ran("quotes", "--code", "delays", "--region", "Southport").out


def test_status_counts_against_the_plan(tagged: SmallStudy) -> None:
    north, south, total = Ran("status", "--format", "json").json()
    assert (north["interviews"], north["interviews_planned"], north["workshops"]) == (1, 3, 1)
    assert (north["passenger"], north["passenger_planned"], north["driver"]) == (1, 2, 0)
    assert (south["interviews"], south["interviews_planned"], south["words"]) == (1, 2, 17)
    assert (total["documents"], total["words"], total["interviews_planned"]) == (3, 62, 5)
    out = Ran("status").out
    assert "1 of 3" in out
    assert "6 codings count, 1 waits for a person." in out


@pytest.mark.parametrize("command", ["summarize", "codings", "quotes", "status"])
def test_data_goes_to_stdout_and_nothing_else_does(tagged: SmallStudy, command: str) -> None:
    ran = Ran(command, "--format", "json")
    assert ran.err == ""
    assert isinstance(ran.json(), list)
    written = Ran(command, "--out", f"{command}.json")
    assert (written.code, written.out) == (0, "")
    assert json.loads((tagged.folder / f"{command}.json").read_text(encoding="utf-8")) == ran.json()


def test_the_ending_of_the_file_picks_the_format(tagged: SmallStudy) -> None:
    for ending, begin in (("csv", b"code_number,code,"), ("xlsx", b"PK"), ("html", b"<!doctype html>"), ("md", b"## ")):
        assert Ran("summarize", "--out", f"t.{ending}").code == 0
        assert (tagged.folder / f"t.{ending}").read_bytes().startswith(begin)
    assert Ran("summarize", "--format", "json", "--out", "t.csv").code == 0
    assert json.loads((tagged.folder / "t.csv").read_text(encoding="utf-8"))


@pytest.mark.parametrize("command", ["summarize", "codings", "quotes", "status"])
def test_excel_without_a_file_and_unknown_formats_are_refused(tagged: SmallStudy, command: str) -> None:
    for wanted, message in (("xlsx", "needs a file: add --out FILE.xlsx"), ("pdf", '--format "pdf" is not known')):
        ran = Ran(command, "--format", wanted)
        assert (ran.code, ran.out) == (1, "")
        assert message in ran.err


def test_a_failed_write_keeps_the_older_file(tagged: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    (tagged.folder / "t.csv").write_text("older", encoding="utf-8")

    def fail(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail)
        ran = Ran("summarize", "--out", "t.csv")
    assert ran.code == 1
    assert ran.err == "Error: t.csv cannot be written: No space left on device.\n"
    assert (tagged.folder / "t.csv").read_text(encoding="utf-8") == "older"
    assert not [path for path in tagged.folder.iterdir() if path.name.startswith(".")]


def test_results_without_a_store_say_what_to_do(here: SmallStudy) -> None:
    for command in ("summarize", "codings", "quotes", "status"):
        ran = Ran(command)
        assert ran.code == 1
        assert ran.err.endswith("Fill it from your notes with: qualcode tag FILES\n")
    assert not here.store_path.exists()


# --- set up -------------------------------------------------------------------------------------


def test_init_then_fill_in_then_tag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("R1: Nobody pays for it, it is not reimbursed.\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    ran = Ran("init", "--title", "Mine")
    assert (ran.code, ran.err) == (0, "")
    assert "Found 1 source." in ran.out
    assert "Kept documents.csv" in Ran("init").out
    table = tmp_path / "documents.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("a.txt,", "a.txt,Crete"), encoding="utf-8")
    assert Ran("tag", ".", "--tagger", "rules.v1").code == 0
    assert '"region": "Crete", "interviews": 1' in Ran("status", "--format", "json").out


def test_demo_tells_both_tables_and_a_second_time_changes_nothing(demo: Path, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    shutil.copytree(demo, folder)
    before = dump(folder / "qualcode.db")
    ran = Ran("demo", folder)
    assert ran.code == 0
    assert ran.out.startswith("Documents: 23 unchanged.\n")
    assert "Frequency: of each region's documents" in ran.out
    assert "Emphasis: of each region's words" in ran.out
    assert f"cd {folder}" in ran.err
    assert dump(folder / "qualcode.db") == before


def test_codebook_check_fails_on_a_missed_example(here: SmallStudy) -> None:
    good = Ran("codebook", "check")
    assert good.code == 0
    assert "2 of 2 sentences pass with rules.v1" in good.out
    here.codebook("typical: [The ticket costs too much.]", "typical: [It is dear.]")
    bad = Ran("codebook", "check", "codebook.yaml")
    assert bad.code == 1
    assert "  fares: not caught: It is dear.\n" in bad.out


def test_codebook_faults_come_all_at_once_with_lines(here: SmallStudy) -> None:
    for old, new in (
        ("number: 2", "number: 1"),
        ('colour: "#4f8fd8"', "colour: blue"),
        ("id: delays", "id: Delays here"),
        ("counter: [{text", "contra: [{text"),
        ("        short_definition: The bus comes late.\n", ""),
    ):
        here.codebook(old, new)
    ran = Ran("codebook", "check")
    assert (ran.code, ran.out) == (1, "")
    source = (here.folder / "codebook.yaml").read_text(encoding="utf-8").splitlines()
    lines = [
        int(line.removeprefix("Error: ").split("codebook.yaml:")[1].split(":")[0]) for line in ran.err.splitlines()
    ]
    assert len(lines) == 5
    for word in ("number: 1", "blue", "Delays here", "contra"):
        assert any(word in source[line - 1] for line in lines), word


def test_codebook_show_prints_all_or_one(here: SmallStudy) -> None:
    whole = Ran("codebook", "show").out
    assert all(code in whole for code in ("fares", "funding", "delays"))
    one = Ran("codebook", "show", "--code", "Delays").out
    assert one.startswith("3 Delays (delays)\nin Service; themes: none\n")
    assert Ran("codebook", "show", "--code", "delays", "--format", "json").json()["number"] == 3
    rows = list(csv.DictReader(io.StringIO(Ran("codebook", "show", "--code", "delays", "--format", "csv").out)))
    assert [row["code"] for row in rows] == ["delays"]
    assert Ran("codebook", "show", "--code", "nothing").code == 1


def test_codebook_show_of_the_shipped_one_fits_a_hundred_columns(tmp_path: Path) -> None:
    assert max(map(len, Ran("codebook", "show").out.splitlines())) <= 100
    for number in (1, 5, 17):
        assert max(map(len, Ran("codebook", "show", "--code", number).out.splitlines())) <= 100


def test_codebook_diff_fails_while_the_version_is_too_low(here: SmallStudy) -> None:
    (here.folder / "older.yaml").write_bytes((here.folder / "codebook.yaml").read_bytes())
    here.codebook("The bus does not come when it should.", "The bus is not there when the timetable says so.")
    ran = Ran("codebook", "diff", "older.yaml", "codebook.yaml")
    assert ran.code == 1
    assert "Meaning changed" in ran.out
    assert "call for 2.0.0 or higher" in ran.out
    here.codebook("version: 1.0.0", "version: 2.0.0")
    assert Ran("codebook", "diff", "older.yaml", "codebook.yaml").code == 0


def test_codebook_schema_is_json() -> None:
    assert "properties" in json.loads(Ran("codebook", "schema").out)


# --- explain, train, evaluate ------------------------------------------------------------------


def test_explain_says_why_a_sentence_was_coded(tagged: SmallStudy) -> None:
    row, *_ = Ran("codings", "--code", "fares", "--format", "json").json()
    out = Ran("explain", f"{row['document']}:{row['position']}").out
    assert "> The ticket costs too much, it is terrible." in out
    assert 'the codebook\'s cue "/costs? too much/"' in out


def test_explain_refuses_what_is_not_there(tagged: SmallStudy) -> None:
    ran = Ran("explain", "anna.txt:400")
    assert (ran.code, ran.out) == (1, "")
    assert "There is no 400" in ran.err


def test_evaluate_prints_figures_and_draws_them(tagged: SmallStudy) -> None:
    gold = {"document": "anna.txt", "quote": "The ticket costs too much, it is terrible.", "codes": [1]}
    (tagged.folder / "gold.jsonl").write_text(json.dumps(gold) + "\n", encoding="utf-8")
    ran = Ran("evaluate", "--gold", "gold.jsonl", "--figure", "figure.png", "--format", "json")
    first, *_ = ran.json()["overall"]
    # Of anna.txt "late" and "costs too much" are coded; the gold has the second.
    assert (first["precision"], first["recall"]) == (0.5, 1.0)
    assert (tagged.folder / "figure.png").read_bytes().startswith(b"\x89PNG")
    assert "Wrote figure.png." in ran.err


def test_train_says_what_is_missing(tagged: SmallStudy) -> None:
    ran = Ran("train")
    assert ran.code == 1
    assert "This codebook has no examples to train from." in ran.err


@pytest.fixture
def gardens(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six tagged interviews of gardeners as the working folder."""
    if load_encoder() is None:
        pytest.skip("the embedding weights are not installed")
    folder = Path(shutil.copytree(make_once(tmp_path_factory, "gardens", make_gardens), tmp_path / "gardens"))
    monkeypatch.chdir(folder)
    return folder


def test_train_learns_what_people_decided_and_says_what_it_gains(gardens: Path) -> None:
    decide(workspace(gardens))
    ran = Ran("train", "--from-verdicts", "--folds", 2, "--codebook", GARDENING)
    assert ran.code == 0, ran.err
    assert "learning without fold 2 of 2 and tagging it …" in ran.err
    table = " ".join(ran.out.split())
    assert "What people's decisions gain, on documents not learned from" in table
    assert re.search(r"All 60 0\.\d\d → 0\.\d\d 0\.\d\d → 0\.\d\d 0\.\d\d → 0\.\d\d ", table)
    (model,) = re.findall(r"qualcode tag --model (\S+),", table)
    assert (gardens / f"{model}.json").is_file()
    # Tagging with it is a run of its own, which says so.
    before = {run for (run,) in query(gardens / "qualcode.db", "SELECT model_hash FROM runs")}
    assert Ran("tag", ".", "--model", model, "--codebook", GARDENING, "--region", "North").code == 0
    assert len({run for (run,) in query(gardens / "qualcode.db", "SELECT model_hash FROM runs")} - before) == 1


def test_train_refuses_decisions_that_make_the_model_worse(gardens: Path) -> None:
    decide(workspace(gardens), mixed_up)
    before = sorted(gardens.rglob("*"))
    ran = Ran("train", "--from-verdicts", "--codebook", GARDENING)
    assert (ran.code, ran.out) == (1, "")
    assert "Error: These decisions do not make the model better" in ran.err
    assert sorted(gardens.rglob("*")) == before
    record = Ran("train", "--from-verdicts", "--force", "--codebook", GARDENING, "--format", "json").json()["learned"]
    assert record["forced"]
    assert record["gain"]["f1_difference"] < 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--force"], "Add --from-verdicts."),
        (["--folds", "4"], "Add --from-verdicts."),
        (["--from-verdicts", "--curve"], "--curve is about the codebook's examples."),
    ],
)
def test_train_options_that_do_not_go_together_are_refused(here: SmallStudy, options: list[str], said: str) -> None:
    ran = Ran("train", *options)
    assert ran.code == 1
    assert said in ran.err


def test_train_from_verdicts_needs_a_store(tmp_path: Path) -> None:
    ran = Ran("train", "--from-verdicts", "--codebook", GARDENING, "--store", "nowhere.db")
    assert ran.code == 1
    assert "nowhere.db" in ran.err
