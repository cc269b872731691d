"""The facets beside the barriers: they load, find what they are meant to find, and leave the rest alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qualcode.cli import app
from qualcode.codebook import Codebook, facets_file, read_codebook
from qualcode.tag import RuleBook
from qualcode.tag.rules import Reading

FACETS = facets_file()


@pytest.fixture(scope="module")
def facets() -> Codebook:
    return read_codebook(FACETS)


@pytest.fixture(scope="module")
def rules(facets: Codebook) -> RuleBook:
    return RuleBook(facets)


def found(reading: Reading) -> set[str]:
    """Codes that rules.v1 would give without a person looking: a score of 1, no veto."""
    return set() if reading.veto else {code for code, score in reading.scores.items() if score >= 1}


def test_it_has_five_categories_and_thirteen_codes_in_order(facets: Codebook) -> None:
    assert facets.id == "precision_medicine_facets"
    assert [(c.id, [code.id for code in c.codes]) for c in facets.categories] == [
        ("affected_party", ["patients", "clinicians", "companies", "researchers", "authorities"]),
        ("impact", ["delay", "cost", "access", "quality"]),
        ("recommendation", ["recommendation"]),
        ("good_practice", ["good_practice"]),
        ("strengths", ["strength", "weakness"]),
    ]
    assert [code.number for code in facets.codes] == list(range(1, 14))


def test_every_code_explains_itself(facets: Codebook) -> None:
    for code in facets.codes:
        assert len(code.examples.typical) >= 3, code.id
        assert code.examples.borderline, code.id
        assert len(code.examples.counter) >= 3, code.id
        assert all((code.use_when, code.not_when, code.cues)), code.id
    assert len({code.colour for code in facets.codes}) == len(facets.codes)


def test_no_markers_so_that_a_strength_may_say_no_problem(facets: Codebook, rules: RuleBook) -> None:
    assert all(not phrases for _, phrases in facets.markers.groups())
    assert found(rules.read("The trial unit works very well, the contracts are no problem.")) == {"good_practice"}


def test_its_own_sentences_pass(facets: Codebook, rules: RuleBook) -> None:
    for code in facets.codes:
        for text in (*code.examples.typical, *code.examples.borderline):
            assert code.id in found(rules.read(text)), (code.id, text)
        for entry in code.examples.counter:
            assert code.id not in found(rules.read(entry.text)), (code.id, entry.text)


def test_check_passes_with_rules(tmp_path: Path) -> None:
    shutil.copy(FACETS, tmp_path / "codebook.yaml")  # alone: examples.jsonl beside it has codes of the barriers
    result = CliRunner().invoke(app, ["codebook", "check", str(tmp_path), "--tagger", "rules.v1"])
    assert result.exit_code == 0, result.output
    assert "not caught" not in result.stdout


def test_show_prints_it() -> None:
    result = CliRunner().invoke(app, ["codebook", "show", str(FACETS)])
    assert result.exit_code == 0, result.output
    assert "What the place lacks or is behind in." in result.stdout


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("For the parents it is almost impossible to plan anything.", {"patients"}),
        ("Our doctors are overworked, and small companies have to wait as well.", {"clinicians", "companies", "delay"}),
        ("The postdocs typed the old records by hand, in their evenings.", {"researchers"}),
        ("The regions cannot plan such expenses.", {"authorities"}),
        ("Hospitals pay for it out of their own budget.", {"clinicians", "cost"}),
        ("Whether you get it depends on where you live.", {"access"}),
        ("The copied report had the wrong dose.", {"quality"}),
        ("If I were the minister, I would train more nurses.", {"recommendation"}),
        ("In Slovenia they have one form for all hospitals.", {"good_practice"}),
        ("We are strong in stem cells, one of the best in Europe.", {"strength"}),
        ("There is not a single counsellor in the whole region.", {"weakness"}),
    ],
)
def test_a_sentence_gets_its_facets(rules: RuleBook, text: str, codes: set[str]) -> None:
    assert found(rules.read(text)) == codes


@pytest.mark.parametrize(
    "text",
    [
        "Patients sign the consent at admission.",
        "The company is next to the river and has forty people.",
        "I have worked in this hospital for twenty years.",
        "The insurance covers the test since 2021.",
        "You should have seen his face.",
        "With the shoulders he said more than with words.",
        "I would say it depends on the department.",
        "We meet every second Wednesday with the oncologists.",
        "Could you tell me what should be done?",
    ],
)
def test_small_talk_and_mentions_get_none(rules: RuleBook, text: str) -> None:
    assert found(rules.read(text)) == set()
