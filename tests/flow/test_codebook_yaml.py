from __future__ import annotations

from pathlib import Path

from qualcode.codebook import read_codebook
from qualcode.flow.codebook_drafts import CategoryDraft, CodeDraft, build_codebook
from qualcode.flow.codebook_yaml import codebook_yaml


def test_the_shipped_codebook_reads_back_the_same() -> None:
    shipped = read_codebook()
    assert codebook_yaml(shipped).startswith("id: precision_medicine_barriers\n")  # it reads its text back itself


def test_the_skeleton_is_made_for_writing_on() -> None:
    made, _ = build_codebook("Trial", [CategoryDraft("Money", [CodeDraft("1", "Costs: all", "First.\n\nSecond: #2")])])
    assert codebook_yaml(made, heading="Made from a.qdc\nsecond").splitlines()[:20] == [
        "# Made from a.qdc",
        "# second",
        "id: trial",
        "title: Trial",
        "version: 1.0.0",
        "categories:",
        "  - id: money",
        "    name: Money",
        "    definition: Money",
        f"    colour: '{made.categories[0].colour}'",
        "    codes:",
        "      - id: costs_all",
        "        number: 1",
        "        name: 'Costs: all'",
        "        short_definition: First.",
        "        definition: |-",
        "          First.",
        "",
        "          Second: #2",
        f"        colour: '{made.codes[0].colour}'",
    ]
    assert codebook_yaml(made).rstrip().endswith("cues: []  # write cues: docs/codebook.md")


def test_signs_that_yaml_cannot_hold_plainly_read_back(tmp_path: Path) -> None:
    odd = [
        "tab\there",
        "bell \x07",
        "nel \x85",
        "line \u2028 end",
        "\ufeffmark",
        "trail \nx",
        "  lead\nx",
        "C:\\x " * 40,
    ]
    drafts = [CodeDraft(str(n), f"c{n}", definition=text) for n, text in enumerate(odd)]
    made, _ = build_codebook("Odd", [CategoryDraft("All", drafts)])
    path = tmp_path / "codebook.yaml"
    path.write_text(codebook_yaml(made), encoding="utf-8", newline="\n")
    assert read_codebook(path) == made
