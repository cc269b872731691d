"""`reproduce` as typed: the same files are made again elsewhere, and every change of an input is named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from qualcode import flow
from qualcode.review import Decision, Place
from qualcode.store import Store
from studies import SETTINGS, SmallStudy, dump

from .test_app import Ran
from .test_reports import refused

GOLD = '{"document": "ben.txt", "quote": "The town has no money for a second bus.", "codes": [2], "kind": "clear"}\n'


@pytest.fixture
def here(study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> SmallStudy:
    """The small study, tagged, as the working folder."""
    study.tag()
    monkeypatch.chdir(study.folder)
    return study


@pytest.fixture
def made(here: SmallStudy) -> SmallStudy:
    assert Ran("summarize", "--out", "table.csv").code == 0
    return here


def again(name: str = "table.csv", *more: object) -> tuple[int, list[dict[str, str]]]:
    """Exit code and rows of a table made again."""
    ran = Ran("reproduce", f"{name}.manifest.json", "--format", "json", *more)
    return ran.code, json.loads(ran.out)


def about(rows: list[dict[str, str]], *names: str) -> list[tuple[str, str, str]]:
    return [(row["what"], row["before"], row["after"]) for row in rows if row["about"] in names]


# --- the same ----------------------------------------------------------------------------------


def test_a_table_is_made_again_from_a_copy_of_the_study(
    made: SmallStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = shutil.copytree(made.folder, tmp_path / "Žemaičių study" / "a copy")
    monkeypatch.chdir(copy)
    before = {path.name: path.read_bytes() for path in copy.iterdir() if path.is_file()}
    ran = Ran("reproduce", "table.csv.manifest.json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Identical\n")
    assert ran.out.endswith("Made again to the byte: 1 file.\n")
    assert {path.name: path.read_bytes() for path in copy.iterdir() if path.is_file()} == before


def test_the_store_may_lie_elsewhere(made: SmallStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(made.folder / "table.csv", elsewhere)
    manifest = shutil.copy(made.folder / "table.csv.manifest.json", elsewhere)
    monkeypatch.chdir(elsewhere)
    ran = Ran("reproduce", manifest, "--store", made.store_path, "--format", "json")
    # Without the study's settings there are more draws: not the same intervals, and it says why.
    assert ran.code == 1
    assert about(json.loads(ran.out), "settings") == [("bootstrap_draws changed", "100", "2000")]


@pytest.mark.parametrize(
    "command",
    [
        ("codings", "--code", "3", "--out", "made.xlsx"),
        ("quotes", "--region", "Northfield", "--limit", "1", "--out", "made.md"),
        ("search", "--regex", "--out", "made.html", "--", "--|late"),
        ("export", "--status", "auto", "--excel", "made.csv"),
        ("summarize", "--region", "Northfield", "--level", "category", "--format", "csv", "--out", "made"),
    ],
)
def test_every_command_runs_again_with_its_options(here: SmallStudy, command: tuple[str, ...]) -> None:
    assert Ran(*command).code == 0
    name = next(path.name for path in here.folder.iterdir() if path.stem == "made" and ".manifest" not in path.name)
    assert again(name)[0] == 0


def test_a_folder_of_reports_is_made_again_as_one(here: SmallStudy) -> None:
    assert Ran("report", "--each-region", "--out", "reports").code == 0
    code, rows = again("reports/report")
    assert (code, [row["what"] for row in rows]) == (0, ["northfield.docx identical", "southport.docx identical"])


def test_files_it_read_are_looked_for_and_compared(here: SmallStudy, tmp_path: Path) -> None:
    Path("gold").mkdir()
    gold = Path("gold") / "gold.jsonl"
    gold.write_text(GOLD, encoding="utf-8")
    assert Ran("evaluate", "--gold", gold, "--out", "judged.json", "--figure", "drawn.svg").code == 0
    manifest = json.loads(Path("judged.json.manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["outputs"]) == {"judged.json", "drawn.svg"}
    assert "Say in which folder it lies: --files FOLDER" in refused("reproduce", "judged.json.manifest.json")
    assert again("judged.json", "--files", "gold")[0] == 0
    gold.write_text(GOLD.replace("[2]", "[1]"), encoding="utf-8")
    code, rows = again("judged.json", "--files", "gold")
    assert code == 1
    assert [what for what, *_ in about(rows, "files")] == ["gold.jsonl changed"]


def test_tables_of_many_teams_are_made_again_from_their_shares(here: SmallStudy) -> None:
    assert Ran("share", "--region", "Northfield", "--smallest", "1", "--out", "north.qcshare", "--yes").code == 0
    assert Ran("combine", "north.qcshare", "--level", "category", "--out", "all.csv").code == 0
    manifest = json.loads(Path("all.csv.manifest.json").read_text(encoding="utf-8"))
    assert (manifest["store"], list(manifest["command"]["files"])) == (None, ["north.qcshare"])
    assert again("all.csv")[0] == 0


# --- not the same ------------------------------------------------------------------------------


def test_one_more_verdict_is_named(made: SmallStudy) -> None:
    with Store(made.store_path) as store:
        document = store.known_documents()["anna.txt"].document_id
        store.verdicts.decide("Kim", [Decision(Place(document, 1), "delays", "reject")])
    code, rows = again()
    assert code == 1
    (output,) = about(rows, "output")
    assert output[0].startswith("table.csv different: row ")
    assert about(rows, "decisions") == [("changed", "0", "1")]
    assert not about(rows, "documents", "runs", "codings", "settings", "versions")


def test_another_seed_is_named(made: SmallStudy) -> None:
    made.settings("")
    toml = made.folder / "qualcode.toml"
    toml.write_text(SETTINGS.replace("bootstrap_draws", "seed = 7\nbootstrap_draws"), encoding="utf-8")
    code, rows = again()
    assert code == 1
    assert about(rows, "settings") == [("seed changed", "20250301", "7")]
    assert "share_words_low" in about(rows, "output")[0][0]


def test_a_changed_document_is_named_by_its_hash_alone(made: SmallStudy) -> None:
    made.write("ben.txt", "Interviewer: What is hard?\nBen: The bus is late.\n")
    made.tag()
    code, rows = again()
    assert code == 1
    documents = [what for what, *_ in about(rows, "documents")]
    assert [what.split(" ")[1] for what in documents] in (["missing", "added"], ["added", "missing"])
    assert "ben" not in json.dumps(rows)


def test_another_region_of_a_document_and_other_thresholds_are_named(made: SmallStudy) -> None:
    made.metadata("ben.txt,Southport", "ben.txt,Northfield")
    made.settings("[thresholds]\nauto = 0.4\nreview = 0.1\n")
    flow.tag_documents([made.notes], made.work, retag=True)
    code, rows = again()
    assert code == 1
    changed = [what for what, *_ in about(rows, "documents")]
    assert sum(what.endswith("attributes") for what in changed) == 1
    assert any(row["about"] == "runs" for row in rows)


def test_what_changed_without_effect_is_said_and_is_no_difference(made: SmallStudy) -> None:
    manifest = made.folder / "table.csv.manifest.json"
    page = json.loads(manifest.read_text(encoding="utf-8"))
    page["versions"]["scipy"] = "0.0.1"
    manifest.write_text(json.dumps(page), encoding="utf-8")
    ran = Ran("reproduce", manifest)
    assert ran.code == 0
    assert "1 input is not as it was, without effect on the result." in ran.out


def test_a_file_edited_by_hand_is_told_from_one_that_cannot_be_made_again(made: SmallStudy) -> None:
    table = made.folder / "table.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("Northfield", "Elsewhere", 1), encoding="utf-8")
    code, rows = again()
    assert code == 1
    assert rows[0]["what"] == "table.csv identical; the file beside the manifest was changed since: row 2: group"
    ran = Ran("reproduce", "table.csv.manifest.json")
    assert ran.out.startswith("Different\n")
    assert "Made again to the byte: 1 file. 1 file beside the manifest was changed since." in ran.out
    table.unlink()
    code, rows = again()
    assert (code, rows[0]["what"]) == (0, "table.csv identical; the file is not beside its manifest")


def test_a_region_that_is_gone_is_said(here: SmallStudy) -> None:
    assert Ran("summarize", "--region", "Southport", "--out", "south.csv").code == 0
    here.metadata("ben.txt,Southport", "ben.txt,Northfield")
    here.tag()
    assert refused("reproduce", "south.csv.manifest.json").startswith(
        'It cannot be made again: There is no region "Southport" in the store.'
    )


def test_the_answer_goes_to_a_file_in_any_format(made: SmallStudy) -> None:
    assert Ran("reproduce", "table.csv.manifest.json", "--out", "answer.xlsx").out == ""
    assert openpyxl.load_workbook("answer.xlsx").worksheets[0].cell(2, 1).value == "output"


@pytest.mark.parametrize("name", ["table.csv", "table.csv.manifest.json"])
def test_the_answer_never_replaces_what_is_compared(made: SmallStudy, name: str) -> None:
    before = (made.folder / name).read_bytes()
    assert "would overwrite what is compared" in refused("reproduce", "table.csv.manifest.json", "--out", name)
    assert (made.folder / name).read_bytes() == before


# --- manifests from strangers ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"command": {"name": "tag", "options": {"paths": ["notes"]}, "files": {}}}, "no command that makes tables"),
        ({"command": {"name": "undo", "options": {}, "files": {}}}, "no command that makes tables"),
        ({"command": {"name": "summarize", "options": {"out": "../table.csv"}, "files": {}}}, "leaves its folder"),
        ({"command": {"name": "figures", "options": {"out": ".."}, "files": {}}}, "leaves its folder"),
        ({"command": {"name": "compare", "options": {"profile": "/etc/passwd"}, "files": {}}}, "leaves its folder"),
        ({"command": {"name": "summarize", "options": {"store": "C:\\x.db"}, "files": {}}}, "leaves its folder"),
        ({"outputs": {"../../table.csv": "0"}}, "without folders"),
        ({"format": 99}, "has format 99; this version reads 1"),
        ({"more": 1}, "is no manifest of qualcode"),
    ],
)
def test_a_manifest_cannot_ask_for_more_than_a_table(made: SmallStudy, change: dict[str, object], words: str) -> None:
    manifest = made.folder / "table.csv.manifest.json"
    page = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps(page | change), encoding="utf-8")
    store, files = dump(made.store_path), sorted(made.folder.rglob("*"))
    assert words in refused("reproduce", manifest)
    assert (dump(made.store_path), sorted(made.folder.rglob("*"))) == (store, files)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"3", b'{"format": 1}'])
def test_what_is_no_manifest_is_refused(here: SmallStudy, content: bytes) -> None:
    (here.folder / "x.manifest.json").write_bytes(content)
    assert "is no manifest of qualcode" in refused("reproduce", "x.manifest.json")
    assert "cannot be read" in refused("reproduce", "none.manifest.json")
