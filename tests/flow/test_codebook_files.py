from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from qualcode import flow
from qualcode.codebook import Codebook, read_codebook
from qualcode.errors import QualcodeError, ReadError, SelectionError
from qualcode.flow.codebook_files import codebook_from_tree, tree_of
from qualcode.refi import (
    Code,
    Coding,
    Project,
    Selection,
    Set,
    Source,
    guid,
    read_codebook_file,
    write_codebook_file,
    write_project,
)
from studies import SmallStudy

SAMPLES = Path(__file__).parents[2] / "../shared/samples/refi"


def sample(name: str) -> Path:
    if not (path := SAMPLES / name).is_file():
        pytest.skip("the samples are not on this machine")
    return path


@cache
def shipped() -> Codebook:
    return read_codebook()


def kept(codebook: Codebook) -> list[tuple[Any, ...]]:
    """What every format must give back of a code."""
    return [
        (
            *(code.id, code.number, code.name, code.definition, code.short_definition, code.colour),
            *(code.use_when, code.not_when, code.examples),
            *(group.id, group.name, group.definition, group.colour),
        )
        for group in codebook.categories
        for code in group.codes
    ]


# --- trees ---------------------------------------------------------------------------------------

TREE = (
    Code(
        *("c1", "Costs", False, "#112233", "What it costs."),
        codes=(
            Code("c2", "Patients", colour="#FF0000", description="Paid by patients.\n\nSecond paragraph."),
            Code("c3", "Public", False, None, "Paid by all.", codes=(Code("c4", "Hospitals"), Code("c5", "Drugs"))),
        ),
    ),
    Code("c6", "People", codes=(Code("c7", "Patients"),)),
    Code("c8", "Trust"),
    Code("c9", "Empty folder", False),
)


def test_the_top_of_a_tree_is_the_category_and_deeper_levels_are_in_the_name() -> None:
    book, ids = codebook_from_tree("Trial A", TREE)
    assert {group.name: [code.name for code in group.codes] for group in book.categories} == {
        "Costs": ["Patients", "Public / Hospitals", "Public / Drugs"],
        "People": ["People", "Patients (2)"],
        "Uncategorised": ["Trust"],
    }
    assert ids == {
        "c2": "patients", "c4": "public_hospitals", "c5": "public_drugs", "c6": "people", "c7": "patients_2",
        "c8": "trust",
    }  # fmt: skip
    assert [code.number for code in book.codes] == [1, 2, 3, 4, 5, 6]
    assert book.categories[0].definition == "What it costs.\nPublic: Paid by all."
    assert (book.id, book.title, book.categories[0].colour) == ("trial_a", "Trial A", "#112233")
    first = book.codes[0]
    assert (first.definition, first.short_definition) == (TREE[0].codes[0].description, "Paid by patients.")
    assert first.colour == "#FF0000"
    assert book.codes[1].definition == "Public / Hospitals"
    assert not any(code.cues for code in book.codes)


def test_a_folder_with_codings_is_a_code_too() -> None:
    book, ids = codebook_from_tree("Trial", TREE, {"c3", "c9"})
    assert (ids["c3"], ids["c9"]) == ("public", "empty_folder")
    assert book.by_id["public"].definition == "Paid by all."
    assert book.category_of["empty_folder"].name == "Uncategorised"


def test_a_tree_without_codes_is_refused() -> None:
    with pytest.raises(SelectionError, match="holds no code"):
        codebook_from_tree("Trial", TREE[3:])


def test_seven_levels_and_names_that_come_again_are_kept() -> None:
    chain = Code("g7", "Same")
    for level in range(6, 0, -1):
        chain = Code(f"g{level}", "Same", codes=(chain,))
    book, ids = codebook_from_tree("Deep", [chain])
    assert len(set(ids.values())) == 7
    assert [code.name for code in book.codes][-1].count("Same") == 6
    assert len({code.name for code in book.codes}) == 7


def test_the_tree_of_a_codebook_is_made_into_the_same_codebook(study: SmallStudy) -> None:
    for book in (study.work.codebook, shipped()):
        tree = tree_of(book)
        assert [root.is_codable for root in tree] == [False] * len(book.categories)
        assert [code.guid for root in tree for code in root.codes] == [guid("code", book.id, c.id) for c in book.codes]
        back, ids = codebook_from_tree(book.title, tree)
        assert kept(back) == kept(book)
        assert ids == {guid("code", book.id, code.id): code.id for code in book.codes}


def test_rules_and_examples_stand_in_the_description_under_headings(study: SmallStudy) -> None:
    assert tree_of(study.work.codebook)[0].codes[0].description.split("\n\n") == [
        "Passengers cannot or do not want to pay the fare.",
        "In short: The ticket costs too much.",
        "Examples:\n- The ticket costs too much.",
        "Counter-examples:\n- The driver was friendly. (because: praise)",
        "qualcode: 1 fares",
    ]


def test_what_a_person_wrote_into_another_program_is_not_taken_apart() -> None:
    theirs = "Use when:\n- always\n\nSee the note."
    book, _ = codebook_from_tree("Trial", [Code("c1", "Costs", description=theirs)])
    assert (book.codes[0].definition, book.codes[0].use_when) == (theirs, ())


# --- files in ------------------------------------------------------------------------------------


def test_a_taguette_codebook_becomes_a_skeleton_that_check_accepts(tmp_path: Path) -> None:
    given = tmp_path / "taguette.csv"
    given.write_text(
        "tag,description,number of highlights,number of documents\n"
        'interesting,Further review required,2,0\ncosts.travel,"to the, clinic",1,0\ncosts.drugs,,8,0\n',
        encoding="utf-8",
    )
    made = flow.import_codebook_file(given, tmp_path)
    assert made.path == tmp_path / "codebook.yaml"
    assert (made.undefined, made.notes) == (1, ())
    assert made.left_out == ('column "number of highlights"', 'column "number of documents"')
    assert made.content.startswith("# Made from taguette.csv: 3 codes in 2 categories. No cues yet: nothing is tagged")
    made.path.write_text(made.content, encoding="utf-8")
    assert read_codebook(tmp_path) == made.codebook
    report = flow.check_codebook(flow.Workspace(flow.open_workspace().study, tmp_path / "x.db", made.path))
    assert (len(report.rows), report.failures) == (3, 0)
    assert [(code.name, code.definition) for code in made.codebook.codes] == [
        ("travel", "to the, clinic"),
        ("drugs", "drugs"),
        ("interesting", "Further review required"),
    ]


def test_colours_and_names_that_come_again_are_told(tmp_path: Path) -> None:
    given = tmp_path / "a.csv"
    given.write_text("code,color\nCosts,#ff0000\ncosts,#FF0000\nTrust,red\nTime,#00ff00\n", encoding="utf-8")
    made = flow.import_codebook_file(given, tmp_path)
    assert made.notes == (
        "names that came again have a number: costs (2)",
        "2 colours that came again, or are none, were changed",
    )


def test_an_existing_codebook_is_never_overwritten(study: SmallStudy) -> None:
    given = study.folder / "a.csv"
    given.write_text("code\nCosts\n", encoding="utf-8")
    with pytest.raises(SelectionError, match=r"codebook\.yaml is there already and is not overwritten"):
        flow.import_codebook_file(given, study.folder)
    with pytest.raises(SelectionError, match="is there already and is not overwritten"):
        flow.export_codebook_file(study.work, study.folder / "codebook.yaml")


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match=r"no codebook of a known kind\. Endings: \.csv"):
        flow.import_codebook_file(tmp_path / "a.docx", tmp_path)
    with pytest.raises(ReadError, match=r"gone\.csv cannot be read"):
        flow.import_codebook_file(tmp_path / "gone.csv", tmp_path)
    (tmp_path / "bad.qdc").write_bytes(b"no xml")
    with pytest.raises(QualcodeError, match=r"bad\.qdc"):
        flow.import_codebook_file(tmp_path / "bad.qdc", tmp_path)


def test_a_qdc_keeps_tree_colours_and_definitions_and_says_what_is_lost(tmp_path: Path) -> None:
    def known(code: Code) -> Code:
        return replace(code, guid=guid("test", code.guid), codes=tuple(map(known, code.codes)))

    given = tmp_path / "Trial B.qdc"
    given.write_bytes(write_codebook_file(tuple(map(known, TREE)), (), origin="Other 1").content)
    made = flow.import_codebook_file(given, tmp_path, language="lt")
    assert [code.name for code in made.codebook.codes][:3] == ["Patients", "Public / Hospitals", "Public / Drugs"]
    assert (made.codebook.title, made.codebook.id, made.codebook.language) == ("Trial B", "trial_b", "lt")
    assert made.undefined == 5
    assert made.notes[-1] == "names that came again have a number: Patients (2)"
    assert made.left_out == ("empty categories: 1",)


def test_the_codes_of_a_project_come_in_with_the_folders_that_were_coded(tmp_path: Path) -> None:
    folder = Code(guid("test", "f"), "Costs", False, codes=(Code(guid("test", "c"), "Travel"),))
    mark = Selection(guid("test", "s"), 0, 3, "Too", codings=(Coding(guid("test", "x"), folder.guid),))
    source = Source(guid("test", "t"), "ana", "Too dear.", selections=(mark,))
    given = tmp_path / "study.qdpx"
    given.write_bytes(write_project(Project("Study", codes=(folder,), sources=(source,))).content)
    made = flow.import_codebook_file(given, tmp_path)
    assert [(code.id, made.codebook.category_of[code.id].name) for code in made.codebook.codes] == [
        ("costs", "Costs"),
        ("travel", "Costs"),
    ]
    assert made.left_out == ("everything but the codes: 1 document with codings, and notes",)


def test_groups_of_codes_are_the_categories_of_a_flat_list(tmp_path: Path) -> None:
    codes = tuple(Code(guid("test", name), name) for name in ("Travel", "Drugs", "Trust"))
    sets = (
        Set(guid("set", "a"), "Costs", "What it costs.", codes=(codes[0].guid, codes[1].guid)),
        Set(guid("set", "b"), "Pharmacy", codes=(codes[1].guid,)),
    )
    given = tmp_path / "atlas.qdc"
    given.write_bytes(write_codebook_file(codes, sets, origin="ATLAS.ti").content)
    made = flow.import_codebook_file(given, tmp_path)
    assert {group.name: [code.name for code in group.codes] for group in made.codebook.categories} == {
        "Costs": ["Travel", "Drugs"],
        "Uncategorised": ["Trust"],
    }
    assert made.codebook.categories[0].definition == "What it costs."
    assert made.left_out == ("codes in (further) groups of codes: 1",)


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("taguette152_codebook.csv", ["interesting", "open: privacy", "in vivo: disclose"]),
        ("taguette152_codebook.qdc", ["interesting", "open: privacy", "in vivo: disclose"]),
        ("requal_atlasti_win23_ns1.0.qdc", ["code1"]),
    ],
)
def test_real_codebooks_of_other_programs_come_in(tmp_path: Path, name: str, names: list[str]) -> None:
    made = flow.import_codebook_file(sample(name), tmp_path)
    assert [code.name for code in made.codebook.codes][:3] == names


# --- files out -----------------------------------------------------------------------------------


def test_yaml_is_everything(study: SmallStudy) -> None:
    path = study.folder / "copy.yaml"
    exported = flow.export_codebook_file(study.work, path)
    path.write_bytes(exported.content)
    assert (read_codebook(path), exported.left_out) == (study.work.codebook, ())


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".qdc"])
def test_every_format_gives_the_codes_back(tmp_path: Path, ending: str) -> None:
    work = flow.Workspace(flow.open_workspace().study, tmp_path / "x.db", None)
    work.__dict__["codebook"] = shipped()  # read once for all formats
    path = tmp_path / f"book{ending}"
    exported = flow.export_codebook_file(work, path)
    path.write_bytes(exported.content)
    back = flow.import_codebook_file(path, tmp_path, title="Back").codebook
    assert kept(back) == kept(shipped())
    cues = sum(len(code.cues) for code in shipped().codes)
    assert exported.left_out[0] == f"{cues} cues"
    assert "title, version and language of the codebook" in exported.left_out
    if ending == ".qdc":
        assert len(read_codebook_file(exported.content, file="book.qdc").codes) == 6


def test_a_name_like_a_formula_comes_back_from_csv(study: SmallStudy, tmp_path: Path) -> None:
    study.codebook("name: High fares", 'name: "=SUM(A1)"')
    exported = flow.export_codebook_file(study.work, tmp_path / "a.csv")
    assert b"'=SUM(A1)" in exported.content
    (tmp_path / "a.csv").write_bytes(exported.content)
    assert flow.import_codebook_file(tmp_path / "a.csv", tmp_path).codebook.codes[0].name == "=SUM(A1)"


def test_the_codebook_of_the_store_is_the_one_its_codings_have(tagged: SmallStudy) -> None:
    before = tagged.work.codebook
    tagged.codebook("name: High fares", "name: Fares")
    out = tagged.folder / "a.csv"
    assert flow.export_codebook_file(tagged.work, out, from_store=True).codebook == before
    assert flow.export_codebook_file(tagged.work, out).codebook != before


def test_an_unknown_ending_is_refused(study: SmallStudy) -> None:
    with pytest.raises(SelectionError, match=r"a codebook is written as \.csv, \.xlsx, \.qdc"):
        flow.export_codebook_file(study.work, study.folder / "a.txt")
