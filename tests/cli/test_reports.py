"""`compare`, `figures` and `report` as typed: what is printed, written, refused, and that the store stays as it is."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest

from counted_study import (
    RUN,
    CountedStudy,
    codebook,
    document,
    documents,
    facets_codebook,
    make_counted_study,
)
from qualcode.model import Coding
from qualcode.store import Store
from studies import SmallStudy

from .test_app import Ran

PROFILE = """\
title = "Data or money"
claim = "Alpha speaks of data, Beta of money."

[[poles]]
name = "data"
codes = ["data"]

[[poles]]
name = "money"
codes = [3, 4]
"""


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> CountedStudy:
    """The mini study, coded by Kim in one document too."""
    study = make_counted_study(tmp_path_factory.mktemp("counted") / "study")
    (study.folder / "claim.toml").write_text(PROFILE, encoding="utf-8")
    kim = replace(RUN, coder="Kim", coder_kind="human", settings={}, finished_utc="2025-04-01T00:00:00+00:00")
    item = replace(document("a1.txt"), codings=(Coding(3, "silos", 1.0, "auto"),), facets=())
    with Store(study.store_path) as store:
        store.save_run(kim, codebook(), [item])
        store.save_run(RUN, codebook(), documents(), facets=facets_codebook())  # the machine's codings stay current
    return study


@pytest.fixture
def here(counted: CountedStudy, monkeypatch: pytest.MonkeyPatch) -> Iterator[CountedStudy]:
    """The mini study as the working folder; whatever is asked, its files stay byte for byte as they are."""
    monkeypatch.chdir(counted.folder)
    before = contents(counted.folder)
    yield counted
    assert contents(counted.folder) == before


def contents(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.is_file()}


def refused(*arguments: object) -> str:
    ran = Ran(*arguments)
    assert (ran.code, ran.out) == (1, ""), ran.err
    assert ran.err.startswith("Error: ")
    return ran.err.removeprefix("Error: ").rstrip("\n")


# --- compare -----------------------------------------------------------------------------------


def test_two_regions_are_compared_on_screen(here: CountedStudy) -> None:
    ran = Ran("compare", "Alpha", "Beta")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == "Alpha against Beta"
    assert "What was said, where the difference is largest" in ran.out


def test_every_format_has_the_same_numbers(here: CountedStudy, tmp_path: Path) -> None:
    records = Ran("compare", "Alpha", "Beta", "--format", "json").json()
    assert [(row["code"], row["documents_with_code_a"], row["documents_with_code_b"]) for row in records] == [
        ("pay", 1, 2),
        ("silos", 2, 1),
        ("consent", 1, 1),
        ("trials", 0, 0),
    ]
    table = list(csv.DictReader(io.StringIO(Ran("compare", "Alpha", "Beta", "--format", "csv").out)))
    assert [row["code"] for row in table] == [row["code"] for row in records]
    assert "| 3 | Pay | 1/4 | 2/3 |" in Ran("compare", "Alpha", "Beta", "--format", "md").out
    assert "<td class=r>2/3</td>" in Ran("compare", "Alpha", "Beta", "--format", "html").out
    out = tmp_path / "out.xlsx"
    assert Ran("compare", "Alpha", "Beta", "--out", out).code == 0
    assert openpyxl.load_workbook(out).worksheets[0].cell(2, 2).value == "pay"


def test_one_region_is_compared_with_all_others(here: CountedStudy) -> None:
    assert Ran("compare", "gamma").out.startswith("Gamma against all others\n")


def test_filters_levels_and_attributes_are_heard(here: CountedStudy) -> None:
    one = Ran("compare", "Alpha", "Beta", "--kind", "interview", "--code", "3", "--format", "json").json()
    assert [(row["code"], row["documents_b"]) for row in one] == [("pay", 2)]
    levels = Ran("compare", "Austria", "Belgium", "--level", "category", "--by", "country", "--format", "json").json()
    assert [row["code"] for row in levels] == ["money", "data"]


def test_two_coders_are_compared_on_the_documents_of_both(here: CountedStudy) -> None:
    records = {row["code"]: row for row in Ran("compare", "hybrid.v2", "Kim", "--format", "json").json()}
    assert {row["documents"] for row in records.values()} == {1}
    assert (records["silos"]["segments_a"], records["silos"]["segments_b"], records["pay"]["lost"]) == (2, 1, 1)
    assert Ran("compare", "hybrid.v2", "Kim").out.startswith("hybrid.v2 against Kim\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Name two sides to compare, or a claim: qualcode compare A B, or --profile FILE."),
        (["Alpha", "--profile", "claim.toml"], "Name two sides to compare, or a claim"),
        (["Alpha", "Betta"], 'There is nothing called "Betta" to compare. Did you mean "Beta"?'),
        (["Alpha", "Beta", "--by", "regio"], '--by "regio" is not known. Did you mean "region"?'),
        (["Alpha", "Beta", "--level", "categories"], '--level "categories" is not known. Did you mean "category"?'),
        (["Alpha", "Beta", "--code", "payy"], "There is no code"),
        (["Alpha", "Beta", "--format", "doc"], '--format "doc" is not known.'),
        (["Alpha", "Beta", "--format", "xlsx"], "An Excel workbook needs a file"),
        (["Kim"], '"Kim" needs another coder to compare with'),
        (["--profile", "claims.toml"], "claims.toml: there is no such file. Name a profile (TOML)."),
        (["--profile", "claim.toml", "--code", "3"], "A profile names the codes it compares."),
        (["--profile", "claim.toml", "--level", "category"], "A profile says itself what it compares."),
        (["--profile", "claim.toml", "--by", "country"], "A profile says itself what it compares."),
    ],
)
def test_comparisons_that_cannot_be_made_say_why(here: CountedStudy, arguments: list[str], message: str) -> None:
    assert refused("compare", *arguments).startswith(message)


def test_a_claim_is_tested_by_its_profile(here: CountedStudy) -> None:
    ran = Ran("compare", "--profile", "claim.toml")
    assert (ran.code, ran.err) == (0, "")
    assert "Claim: Alpha speaks of data, Beta of money." in ran.out
    records = Ran("compare", "--profile", "claim.toml", "--format", "json").json()
    assert [(row["group"], row["words_first"], row["words_second"]) for row in records] == [
        ("Alpha", 60, 10),
        ("Gamma", 5, 0),
        ("Beta", 30, 120),
    ]
    one = Ran("compare", "--profile", "claim.toml", "--region", "Beta", "--format", "json").json()
    assert one == records[2:]


# --- figures -----------------------------------------------------------------------------------


def test_figures_are_written_into_a_folder(here: CountedStudy, tmp_path: Path) -> None:
    ran = Ran("figures", "--out", tmp_path / "new", "--code", "pay", "--region", "beta")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"Wrote 8 figures to {tmp_path / 'new'}.\n"
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "code_03_pay.svg",
        "cooccurrence.svg",
        "figures.manifest.json",
        "frequency_and_emphasis.svg",
        "heat_map_emphasis.svg",
        "heat_map_frequency.svg",
        "heat_map_relative_emphasis.svg",
        "region_beta.svg",
        "saturation.svg",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--format", "jpg"], '--format "jpg" is not known. Formats of figures: svg, png, pdf.'),
        (["--region", "Bita"], 'There is no region "Bita" in the store. Did you mean "Beta"?'),
        (["--since", "2199"], "No document fits all of these filters."),
    ],
)
def test_figures_that_cannot_be_drawn_say_why(
    here: CountedStudy, tmp_path: Path, arguments: list[str], message: str
) -> None:
    assert refused("figures", "--out", tmp_path / "figures", *arguments).startswith(message)
    assert not (tmp_path / "figures").exists()


def test_figures_need_a_folder(here: CountedStudy) -> None:
    assert Ran("figures").code == 2


# --- report ------------------------------------------------------------------------------------


def test_a_regional_report_is_written_and_then_unchanged(here: CountedStudy, tmp_path: Path) -> None:
    out = tmp_path / "beta.docx"
    first, again = (Ran("report", "--region", "beta", "--out", out) for _ in range(2))
    assert (first.code, first.out, first.err) == (0, "", f"{out}: written.\n")
    assert (again.code, again.out, again.err) == (0, "", f"{out}: unchanged.\n")
    assert docx.Document(str(out)).paragraphs[0].text == "Beta"


def test_each_region_gets_a_file(here: CountedStudy, tmp_path: Path) -> None:
    folder = tmp_path / "regions"
    ran = Ran("report", "--each-region", "--out", folder)
    assert ran.code == 0
    assert ran.err.splitlines() == [f"{folder / name}.docx: written." for name in ("alpha", "beta", "gamma")]
    assert [docx.Document(str(path)).paragraphs[0].text for path in sorted(folder.glob("*.docx"))] == [
        "Alpha",
        "Beta",
        "Gamma",
    ]


def test_the_cross_regional_report_takes_its_kind_from_the_ending(here: CountedStudy, tmp_path: Path) -> None:
    for ending in ("docx", "html", "xlsx"):
        out = tmp_path / f"all.{ending}"
        ran = Ran("report", "--cross-regional", "--out", out)
        assert (ran.code, ran.out, ran.err) == (0, "", f"{out}: written.\n")
    assert docx.Document(str(tmp_path / "all.docx")).paragraphs[0].text == "Mini study"
    assert "Mini study" in (tmp_path / "all.html").read_text(encoding="utf-8")
    assert "Codes by region" in openpyxl.load_workbook(tmp_path / "all.xlsx").sheetnames


def test_documents_can_be_chosen_for_a_report(here: CountedStudy, tmp_path: Path) -> None:
    out = tmp_path / "all.xlsx"
    assert Ran("report", "--cross-regional", "--kind", "interview", "--country", "Belgium", "--out", out).code == 0
    head, *rows = openpyxl.load_workbook(out)["Documents"].iter_rows(values_only=True)
    names = [row[head.index("name")] for row in rows]
    assert [name for name in names if str(name).endswith(".txt")] == ["b2.txt", "b3.txt"]


def test_an_edited_report_stays_and_the_edit_is_named(here: CountedStudy, tmp_path: Path) -> None:
    out = tmp_path / "beta.docx"
    Ran("report", "--region", "Beta", "--out", out)
    edited = docx.Document(str(out))
    edited.add_paragraph("My own word.")
    edited.save(str(out))
    before = out.read_bytes()
    assert refused("report", "--region", "Beta", "--out", out) == (
        f"{out} was edited, or not written by qualcode report; it is left as it is. "
        "Rename it, or give another file with --out."
    )
    assert "beta.docx: edited" in refused("report", "--each-region", "--out", tmp_path)
    assert out.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["beta.docx", "beta.docx.manifest.json"]


def test_a_template_of_a_team_is_used(here: CountedStudy, tmp_path: Path) -> None:
    template = tmp_path / "ours.docx"
    ours = docx.Document()
    ours.add_paragraph("{{ participation.region }} has {{ participation.words }} words")
    ours.save(str(template))
    out = tmp_path / "gamma.docx"
    assert Ran("report", "--region", "Gamma", "--template", template, "--out", out).code == 0
    assert docx.Document(str(out)).paragraphs[0].text == "Gamma has 200 words"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Choose one: --region NAME, --each-region or --cross-regional."),
        (["--region", "Beta", "--cross-regional"], "Choose one:"),
        (["--region", "Beta", "--each-region"], "Choose one:"),
        (["--each-region", "--cross-regional"], "Choose one:"),
        (["--cross-regional", "--template", "ours.docx"], "--template is for regional reports."),
        (["--region", "Betty"], 'There is no region "Betty" in the store. Did you mean "Beta"?'),
        (["--region", "Beta", "--kind", "workshops"], "There is no kind"),
        (["--region", "Beta"], "--out x.pdf: a regional report ends in .docx."),
        (["--cross-regional"], "--out x.pdf: a report ends in .docx, .html, .xlsx."),
    ],
)
def test_reports_that_cannot_be_made_say_why(
    here: CountedStudy, tmp_path: Path, arguments: list[str], message: str
) -> None:
    assert refused("report", "--out", tmp_path / "x.pdf", *arguments).startswith(message)
    assert not list(tmp_path.iterdir())


def test_a_report_needs_an_output(here: CountedStudy) -> None:
    assert Ran("report", "--cross-regional").code == 2


@pytest.mark.parametrize(
    "command", [["compare", "Alpha"], ["figures", "--out", "x"], ["report", "--each-region", "--out", "x"]]
)
def test_without_a_store_nothing_is_made(
    study: SmallStudy, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.chdir(study.folder)
    assert "There is no store" in refused(*command)
    assert not study.store_path.exists()
    assert not (study.folder / "x").exists()


def test_another_store_can_be_named(counted: CountedStudy, tmp_path: Path) -> None:
    ran = Ran("compare", "Alpha", "Beta", "--store", counted.store_path, "--format", "json")
    assert len(json.loads(ran.out)) == 4
