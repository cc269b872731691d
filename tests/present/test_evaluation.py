from __future__ import annotations

import csv
import json
import subprocess
import sys
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook

from qualcode import present
from qualcode.aggregate import Accuracy, Judgement, measure
from qualcode.codebook import Codebook
from qualcode.errors import SelectionError
from studies import SmallStudy


@dataclass(frozen=True)
class Evaluation:
    accuracy: Accuracy
    judged: str
    gold: str
    codebook: Codebook


@pytest.fixture
def evaluation(study: SmallStudy) -> Evaluation:
    random = np.random.default_rng(0)
    truth = random.uniform(size=(60, 3)) < 0.2
    truth[:, 2] = False
    judgement = Judgement(
        tuple(f"d{n // 10}" for n in range(60)),
        np.arange(60) // 3,
        ("fares", "funding", "delays"),
        np.clip(truth * 0.6 + random.uniform(size=(60, 3)) * 0.5, 0, 1),
        truth,
        tuple("negated" if n % 9 == 0 and not truth[n].any() else None for n in range(60)),
    )
    accuracy = measure(judgement, {"auto": 0.7, "half": 0.5, "review": 0.2}, seed=1, draws=100)
    return Evaluation(accuracy, "rules.v1", "gold.jsonl", study.work.codebook)


def test_people_read_two_tables_and_what_they_rest_on(evaluation: Evaluation) -> None:
    text = str(present.evaluation_text(evaluation, "table"))
    assert "rules.v1 against gold.jsonl" in text
    assert "6 documents, 60 sentences of respondents" in text
    assert "Expected calibration error" in text
    for name in ("auto 0.70", "half 0.50", "review 0.20", "1 High fares", "3 Delays", "negated"):
        assert name in text
    assert "nan" not in text


def test_json_has_every_table_in_full(evaluation: Evaluation) -> None:
    record = json.loads(str(present.evaluation_text(evaluation, "json")), parse_constant=pytest.fail)
    assert list(record) == [
        "judged", "gold", "documents", "sentences", "coded_sentences", "thresholds", "calibration_error",
        "overall", "per_code", "ranking", "traps", "confusion", "calibration", "curve", "effort", "notes",
    ]  # fmt: skip
    assert record["overall"][0]["threshold"] == "auto"
    assert record["per_code"][2]["recall"] is None  # "delays" is not in the gold
    assert sum(row["sentences"] for row in record["confusion"]) == 60


def test_csv_is_one_table_that_says_where_each_row_belongs(evaluation: Evaluation) -> None:
    lines = list(csv.DictReader(str(present.evaluation_text(evaluation, "csv")).splitlines()))
    record = json.loads(str(present.evaluation_text(evaluation, "json")))
    assert not any(None in line for line in lines)  # no row is longer than the header
    for name in ("overall", "per_code", "ranking", "traps", "confusion", "calibration", "curve", "effort"):
        rows = [{k: v for k, v in line.items() if v and k != "table"} for line in lines if line["table"] == name]
        assert rows == [{k: str(v) for k, v in row.items() if v is not None} for row in record[name]]


def test_excel_has_a_sheet_a_table_and_the_notes(evaluation: Evaluation) -> None:
    content = present.evaluation_text(evaluation, "xlsx")
    assert isinstance(content, bytes)
    book = load_workbook(BytesIO(content))
    assert book.sheetnames == [
        "overall", "per_code", "ranking", "traps", "confusion", "calibration", "curve", "effort",
    ]  # fmt: skip
    assert [cell.value for cell in book["traps"][1]] == ["threshold", "kind", "coded", "n"]
    written = [str(row[0].value) for row in book["overall"].iter_rows(min_row=5)]
    assert any("Not in the gold, so without recall: delays." in line for line in written)


@pytest.mark.parametrize("output", ["md", "html"])
def test_other_formats_hold_the_figures(evaluation: Evaluation, output: present.Format) -> None:
    assert "funding" in str(present.evaluation_text(evaluation, output)).lower()


def test_the_figure_is_the_same_each_time_and_names_every_code(evaluation: Evaluation, tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg", "one.png"):
        present.evaluation_figure(evaluation, tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert (tmp_path / "one.png").read_bytes().startswith(b"\x89PNG")
    drawn = (tmp_path / "one.svg").read_text(encoding="utf-8")
    for words in ("Calibration", "What a person must read", "High fares (1)", "auto 0.70"):
        assert f"<!-- {words} -->" in drawn


@pytest.mark.parametrize("ending", [".SVG", ".png", ".pdf"])
def test_no_time_of_drawing_is_in_the_file(evaluation: Evaluation, tmp_path: Path, ending: str) -> None:
    present.evaluation_figure(evaluation, tmp_path / f"x{ending}")
    content = (tmp_path / f"x{ending}").read_bytes()
    assert b"dc:date" not in content
    assert b"CreationDate" not in content


@pytest.mark.parametrize("name", ["x.foo", "x", "x.csv"])
def test_an_ending_that_is_no_drawing_is_refused(evaluation: Evaluation, tmp_path: Path, name: str) -> None:
    with pytest.raises(SelectionError, match=r"is no drawing. Endings: \.svg, \.png, \.pdf\."):
        present.evaluation_figure(evaluation, tmp_path / name)
    assert not list(tmp_path.glob("x*"))


def test_a_figure_in_no_folder_is_refused(evaluation: Evaluation, tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match="There is no folder"):
        present.evaluation_figure(evaluation, tmp_path / "nowhere" / "x.png")


def test_the_headline_names_the_file_and_not_the_folders_of_its_owner(evaluation: Evaluation, tmp_path: Path) -> None:
    for gold, shown in (("/home/mia/gold.csv", "gold.csv"), ("TUM/Mia", "TUM/Mia")):
        present.evaluation_figure(replace(evaluation, gold=gold), tmp_path / "x.svg")
        drawn = (tmp_path / "x.svg").read_text(encoding="utf-8")
        assert f"<!-- rules.v1 against {shown}: 6 documents, 60 sentences -->" in drawn


def test_a_code_without_f1_is_named_as_such(evaluation: Evaluation, tmp_path: Path) -> None:
    accuracy = evaluation.accuracy
    per_code = accuracy.per_code.assign(f1=[0.5, 0.6, float("nan")])
    found = replace(evaluation, accuracy=replace(accuracy, per_code=per_code))
    present.evaluation_figure(found, tmp_path / "x.svg")
    assert "<!-- neither given nor in the gold -->" in (tmp_path / "x.svg").read_text(encoding="utf-8")


def test_matplotlib_is_loaded_for_a_figure_only() -> None:
    code = "import sys, qualcode.present; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_codings_without_probabilities_are_drawn_too(evaluation: Evaluation, tmp_path: Path) -> None:
    judgement = Judgement(
        ("a", "a"), np.array([0, 0]), ("fares", "funding", "delays"), np.eye(3)[:2], np.eye(3)[:2] > 0, (None, None),
        has_probabilities=False,
    )  # fmt: skip
    accuracy = measure(judgement, {"counted": 0.5}, seed=1, draws=50)
    found = Evaluation(accuracy, "Mia", "Ben", evaluation.codebook)
    present.evaluation_figure(found, tmp_path / "x.svg")
    empty = (tmp_path / "x.svg").read_text(encoding="utf-8").count("<!-- undefined: see the notes below the tables -->")
    assert empty == 2  # calibration and reading effort
    assert "most probable" not in str(present.evaluation_text(found, "table"))
