from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from qualcode.cli import app
from qualcode.codebook import Codebook, read_dialogues, read_examples

FOLDER = Path(__file__).with_name("community_gardening")
NOTES = """\
Interviewer: How is the garden doing?
Ana: Well. They could sell the land next month and we would be out.
Ana: In the drought we carry watering cans from the church.
Interviewer: And the people?
Ana: It is always the same three who weed. The neighbours bring us cake.
"""


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_it_has_two_levels_five_codes_and_enough_examples(gardening: Codebook) -> None:
    assert [(c.id, [code.number for code in c.codes]) for c in gardening.categories] == [
        ("land", [1, 2, 3]),
        ("people", [4, 5]),
    ]
    examples = read_examples(FOLDER, gardening)
    assert Counter(n for e in examples for n in e.codes) == dict.fromkeys(range(1, 6), 25)
    assert sum(not e.codes for e in examples) == 60
    assert read_dialogues(FOLDER, gardening) == ()


def test_held_out_sentences_are_no_examples(gardening: Codebook) -> None:
    lines = (FOLDER / "heldout.jsonl").read_text(encoding="utf-8").splitlines()
    texts = {json.loads(line)["text"] for line in lines}
    assert len(texts) == 40
    assert not texts & {example.text for example in read_examples(FOLDER, gardening)}


def test_check_passes_with_rules() -> None:
    result = run("codebook", "check", str(FOLDER))
    assert result.exit_code == 0, result.output
    assert "30 of 30 sentences pass with rules.v1" in result.stdout


def test_check_as_json_counts_examples() -> None:
    result = run("codebook", "check", str(FOLDER), "--format", "json")
    assert result.exit_code == 0
    assert "neighbours" in json.dumps(json.loads(result.stdout))


def test_show_prints_the_codebook_and_one_code() -> None:
    whole = run("codebook", "show", str(FOLDER))
    assert whole.exit_code == 0
    for words in ("version 0.3.0", "tenure", "The garden may lose its land.", "neighbours"):
        assert words in whole.stdout
    one = run("codebook", "show", str(FOLDER), "--code", "2")
    assert one.exit_code == 0
    assert "Water is hard to get" in one.stdout
    assert "another sense" in one.stdout


def test_diff_against_itself_finds_nothing() -> None:
    assert run("codebook", "diff", str(FOLDER), str(FOLDER)).exit_code == 0


def test_try_scores_all_five_codes() -> None:
    result = run("try", "Somebody stole all our pumpkins.", "--codebook", str(FOLDER), "--tagger", "rules.v1",
                 "--format", "json")  # fmt: skip
    assert result.exit_code == 0, result.output
    (entry,) = json.loads(result.stdout)
    assert entry["codes"][0]["number"] == 5
    assert len(entry["codes"]) == 5


@pytest.mark.parametrize("tagger", ["rules.v1", "hybrid.v2"])
def test_notes_are_tagged_and_counted(tmp_path: Path, tagger: str) -> None:
    (tmp_path / "ana.txt").write_text(NOTES, encoding="utf-8")
    tagged = run("tag", "ana.txt", "--region", "East", "--codebook", str(FOLDER), "--tagger", tagger)
    assert tagged.exit_code == 0, tagged.output
    rows = json.loads(run("codings", "--format", "json").stdout)
    if tagger == "rules.v1":
        assert {(row["code_number"], row["text"]) for row in rows if row["status"] == "auto"} == {
            (1, "They could sell the land next month and we would be out."),
            (2, "In the drought we carry watering cans from the church."),
            (4, "It is always the same three who weed."),
        }
    assert all(NOTES[row["start"] : row["end"]] == row["text"] for row in rows)
    summary = run("summarize", "--format", "json")
    assert summary.exit_code == 0, summary.output
    assert {row["code"] for row in json.loads(summary.stdout)} <= {
        "tenure", "water", "soil", "volunteers", "neighbours"
    }  # fmt: skip
