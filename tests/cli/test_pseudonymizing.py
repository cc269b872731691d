"""`pseudonymize` as typed, and what goes out of a store without names."""

from __future__ import annotations

import csv
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from qualcode.review import Decision, Place
from qualcode.store import Memo, Store, examine, read_tables
from studies import SmallStudy

from .test_app import Ran

PLANTED = Path(__file__).parents[1] / "names" / "data" / "planted.csv"
NAMES = b"name,kind\nAnna,person\nBen,person\nCleo,person\nDora,person\n"


@pytest.fixture
def here(study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> SmallStudy:
    """The small study, tagged, with a list, as the working folder."""
    study.tag()
    (study.folder / "names.csv").write_bytes(NAMES)
    monkeypatch.chdir(study.folder)
    return study


def decide(study: SmallStudy) -> None:
    with Store(study.store_path) as store:
        row = store.codings()[0]
        place = Place(row["document_id"], row["position"])
        store.verdicts.decide("Eva", [Decision(place, row["code"], "accept")])
        store.verdicts.note("Eva", Memo("Ask Anna", place))


def test_no_name_goes_out_and_all_come_back(here: SmallStudy) -> None:
    ran = Ran("pseudonymize", "--out", "o.db")
    assert (ran.code, ran.out) == (0, "")
    assert "4 listed names found" in ran.err
    assert Ran("quotes", "--out", "q.md", "--store", "o.db").code == 0
    assert Ran("report", "--cross-regional", "--out", "r.html", "--store", "o.db").code == 0
    for path in (here.folder / "q.md", here.folder / "r.html"):
        assert standing(("Anna", "Ben", "Cleo", "Dora"), path.name, path.read_bytes()) == set()
    assert Ran("pseudonymize", "--reverse", "o.db.key.json", "--store", "o.db", "--out", "back.db").code == 0
    assert read_tables(here.folder / "back.db") == read_tables(here.store_path)


def test_files_with_names_do_not_come_into_a_pseudonymised_store(here: SmallStudy) -> None:
    assert Ran("pseudonymize", "--out", "o.db").code == 0
    ran = Ran("tag", "anna.txt", "--region", "Northfield", "--store", "o.db")
    assert ran.code == 1
    assert "is pseudonymised" in ran.err
    doctor = Ran("doctor", "--store", "o.db")
    assert "was changed since" not in doctor.out
    assert "its files are not compared" in " ".join(doctor.out.split())
    assert here.store_path.is_file()


def test_packets_and_shares_with_listed_names_are_refused(here: SmallStudy) -> None:
    decide(here)
    (here.folder / "names.csv").write_bytes(NAMES + b"Northfield,place\n")
    share = ("share", "--region", "Northfield", "--smallest", "1", "--yes", "--out")
    packet = ("verdicts", "export", "--out")
    for given, name in ((share, "a.qcshare"), (packet, "a.qcverdicts")):
        ran = Ran(*given, name)
        assert ran.code == 1
        assert "listed names" in ran.err
        assert not Path(name).exists()
        assert Ran(*given, name, "--allow-names").code == 0
    assert Ran("pseudonymize", "--out", "o.db").code == 0
    assert Ran(*packet, "b.qcverdicts", "--store", "o.db").code == 0
    assert Ran("share", "--region", "[Place 1]", *share[3:], "b.qcshare", "--store", "o.db").code == 0
    for name in ("b.qcverdicts", "b.qcshare"):
        assert standing(("Anna", "Northfield"), name, Path(name).read_bytes()) == set()


@pytest.fixture
def sample(demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The demo with decisions and notes that name people, and all that its texts name, as the working folder."""
    shutil.copy(demo / "qualcode.db", tmp_path / "qualcode.db")
    shutil.copy(PLANTED, tmp_path / "names.csv")
    (tmp_path / "qualcode.toml").write_text("[study]\nbootstrap_draws = 100\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with Store(tmp_path / "qualcode.db") as store:
        row = store.codings()[0]
        place = Place(row["document_id"], row["position"])
        store.verdicts.decide("Katerina", [Decision(place, row["code"], "accept")])
        store.verdicts.note("Katerina", Memo("Ask Mireia, or THE HAGUE — η υγεία", place))
    rows = csv.DictReader(PLANTED.read_text(encoding="utf-8").splitlines())
    return [one.strip() for row in rows for one in (row["name"], *row["aliases"].split(";")) if one.strip()]


def parts_of(path: Path) -> Iterator[tuple[str, bytes]]:
    """The name and the bytes of a file, and of all that is packed in it."""
    yield path.name, path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from ((f"{path.name}/{name}", archive.read(name)) for name in archive.namelist())


def standing(names: Iterable[str], name: str, content: bytes) -> set[str]:
    """Names that stand in a file: as words of a text, or, the long ones, in the bytes of a store or picture."""
    if name.endswith((".xlsx", ".docx", ".qdpx", ".zip")):
        content = b""  # its parts are looked at by themselves
    if name.endswith((".db", ".png", ".jpeg")):
        coded = [(one, one.encode(code)) for one in names if len(one) > 4 for code in ("utf-8", "utf-16-le")]
        return {one for one, code in coded if code in content}
    text = f"{name}\n{content.decode()}"
    words = set(re.findall(r"\w+", text))
    likely = [one for one in names if words.issuperset(re.findall(r"\w+", one))]
    return {one for one in likely if re.search(rf"(?<!\w){re.escape(one)}(?!\w)", text)}


def values_of(tables: dict[str, list[dict[str, object]]]) -> str:
    return "\n".join(str(value) for rows in tables.values() for row in rows for value in row.values())


def test_no_identifier_of_the_sample_is_left_anywhere_and_all_come_back(sample: list[str], tmp_path: Path) -> None:
    was = (tmp_path / "qualcode.db").read_bytes()
    assert f"{len(sample) - 4} listed names found" in Ran("pseudonymize", "--out", "o.db").err  # four are aliases
    assert (tmp_path / "qualcode.db").read_bytes() == was
    tables = read_tables(tmp_path / "o.db")
    book = {name: tables.pop(name) for name in ("codebooks", "categories", "codes")}
    # The shipped codebook and its facets name a few towns and firms in their patterns and texts: no transcripts.
    allowed = standing(sample, "", values_of(book).encode())
    assert allowed == {
        *("Barcelona", "Basel", "Berlin", "Boston", "Brussels", "Cambridge", "Copenhagen", "Dublin", "Facebook"),
        *("Google", "Leiden", "London", "Madrid", "Munich", "Paris", "Stockholm", "Vienna", "Zurich"),
    }
    assert standing(sample, "", values_of(tables).encode()) == set()

    out = tmp_path / "out"
    out.mkdir()
    for name in ("a.qdpx", "a.xlsx", "a.csv", "a.jsonl", "a.zip"):
        assert Ran("export", out / name, "--store", "o.db").code == 0
    for given in (("--region", "Lithuania", "--out", out / "r.docx"), ("--cross-regional", "--out", out / "r.xlsx")):
        assert Ran("report", *given, "--store", "o.db").code == 0
    seen = 0
    for path in (tmp_path / "o.db", *sorted(out.iterdir())):
        for name, content in parts_of(path):
            seen += 1
            holds_book = name.endswith(("o.db", ".qde", "qualcode.json", ".manifest.json"))
            assert standing(sample, name, content) <= (allowed if holds_book else set()), name
    assert seen > 60

    assert Ran("pseudonymize", "--reverse", "o.db.key.json", "--store", "o.db", "--out", "back.db").code == 0
    old, new, back = (read_tables(tmp_path / name) for name in ("qualcode.db", "o.db", "back.db"))
    assert back == old
    for store in ("o.db", "back.db"):
        assert [one for one in examine(tmp_path / store).findings if one.state == "fault"] == []
    for table in ("segments", "passages"):
        texts, before = ({row["document_id"]: row["text"] for row in one["documents"]} for one in (new, old))
        for now, then in zip(new[table], old[table], strict=True):
            words = re.split(r"\[[^\]]+ \d+\](?:'s)?", texts[now["document_id"]][now["start"] : now["end"]])
            spoken = before[then["document_id"]][then["start"] : then["end"]]
            assert re.fullmatch(".+".join(map(re.escape, words)), spoken, re.DOTALL), spoken
    assert [row["segment_id"] for row in new["codings"]] == [row["segment_id"] for row in old["codings"]]


@pytest.mark.usefixtures("here")
def test_a_queue_is_written() -> None:
    ran = Ran("pseudonymize", "--suggest")
    assert (ran.code, ran.out) == (0, "")
    assert Path("names_suggested.csv").read_text(encoding="utf-8").startswith("name,kind,places,why,decision\n")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "given",
    [
        (),
        ("--suggest", "--out", "o.db"),
        ("--examples", "--out", "o.db"),
        ("--reverse", "k.json", "--key", "k.json", "--out", "o.db"),
        ("--reverse", "none.json", "--out", "o.db"),
    ],
)
def test_what_does_not_go_together_is_refused(given: tuple[str, ...]) -> None:
    ran = Ran("pseudonymize", *given)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("Error: ")
    assert not Path("o.db").exists()
