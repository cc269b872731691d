"""Hiding names of a store, giving them back, and refusing to write what is left."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from foreign_projects import written
from qualcode import flow
from qualcode.errors import NamesError, NamesLeftError, StoreError
from qualcode.review import Decision, Place
from qualcode.store import Memo, Store, fitting_ids, read_tables
from studies import SmallStudy

from .importing_study import PROJECT, taken
from .importing_study import at as project_at

NAMES = "name,kind,aliases,pseudonym\nAnna,person,,\nBen,person,,\nCleo Popa,person,Cleo,\nNorthfield,place,,[Town]\n"
PLANTED = Path(__file__).parents[1] / "names" / "data" / "planted.csv"


@pytest.fixture
def listed(tagged: SmallStudy) -> SmallStudy:
    (tagged.folder / "names.csv").write_text(NAMES, encoding="utf-8")
    return tagged


def at(study: SmallStudy, name: str) -> flow.Workspace:
    return flow.Workspace(study.work.study, study.folder / name, study.work.codebook_path)


def decide(work: flow.Workspace, coder: str, memo: str) -> None:
    with Store(work.store_path) as store:
        row = store.codings()[0]
        place = Place(row["document_id"], row["position"])
        store.verdicts.decide(coder, [Decision(place, row["code"], "accept")])
        store.verdicts.note(coder, Memo(memo, place))


def test_names_go_from_texts_speakers_file_names_memos_and_attributes(listed: SmallStudy) -> None:
    decide(listed.work, "Anna", "Ask Anna's brother Ben")
    before = listed.store_path.read_bytes()
    made = flow.pseudonymize(listed.work, listed.folder / "o.db")
    assert listed.store_path.read_bytes() == before
    tables = read_tables(made.out)
    assert [row["name"] for row in tables["documents"]] == ["[Person 1].txt", "[Person 2].txt", "[Person 3].txt"]
    assert {row["region"] for row in tables["documents"]} == {"[Town]", "Southport"}
    assert {row["speaker"] for row in tables["turns"]} >= {"[Person 1]", "[Person 2]", "[Person 3]", "Dora"}
    assert tables["memos"][0]["text"] == "Ask [Person 1]'s brother [Person 2]"
    assert [row["name"] for row in tables["coders"] if row["kind"] == "human"] == ["[Person 1]"]
    assert made.places == {"[Person 1]": 2, "[Person 2]": 2, "[Person 3]": 3}
    content = made.out.read_bytes()
    assert not [name for name in (b"Anna", b"anna", b"Ben", b"Cleo", b"cleo.", b"Northfield") if name in content]


def test_codings_quote_the_same_words_and_all_ids_fit(listed: SmallStudy) -> None:
    listed.write("ben.txt", "Interviewer: What is hard?\nBen: Ben and Anna say the ticket costs too much for Ben.\n")
    listed.tag()
    flow.pseudonymize(listed.work, listed.folder / "o.db")
    with Store(listed.folder / "o.db", read_only=True) as store:
        quoted = {row["text"] for row in store.codings() if row["document"] == "[Person 2].txt"}
        found = list(store.search('"person"', store.check_filter(flow.make_filter())))
    assert quoted == {"[Person 2] and [Person 1] say the ticket costs too much for [Person 2]."}
    assert found
    tables = read_tables(listed.folder / "o.db")
    assert {column: len(ids) for column, ids in fitting_ids(tables).items() if ids} == {
        "document_id": 4, "coder_id": 1, "run_hash": 1,
    }  # fmt: skip
    for row in tables["codings"]:
        for one in json.loads(row["evidence"]):
            if one["source"] == "cue" and "start" in one:
                segment = next(s for s in tables["segments"] if s["segment_id"] == row["segment_id"])
                assert segment["start"] <= one["start"] < one["end"] <= segment["end"]


def test_the_key_gives_every_row_back(listed: SmallStudy) -> None:
    decide(listed.work, "Ben", "Ask Anna")
    before = read_tables(listed.store_path)
    made = flow.pseudonymize(listed.work, listed.folder / "o.db", hide_coders=True)
    assert [row["name"] for row in read_tables(made.out)["coders"] if row["kind"] == "human"] == ["[Coder 1]"]
    flow.give_back_names(at(listed, "o.db"), made.key, listed.folder / "back.db")
    assert read_tables(listed.folder / "back.db") == before
    if os.name == "posix":
        assert made.key.stat().st_mode & 0o777 == 0o600


def test_what_was_done_since_comes_back_too(listed: SmallStudy) -> None:
    made = flow.pseudonymize(listed.work, listed.folder / "o.db")
    decide(at(listed, "o.db"), "Eva", "Nothing new")
    flow.give_back_names(at(listed, "o.db"), made.key, listed.folder / "back.db")
    tables = read_tables(listed.folder / "back.db")
    assert [row["text"] for row in tables["memos"]] == ["Nothing new"]
    assert fitting_ids(tables)["action_id"].keys() == {row["action_id"] for row in tables["actions"]}
    with Store(listed.folder / "back.db", read_only=True) as store:
        accepted = [row for row in store.codings() if row["status"] == "accepted"]
    assert [row["document"] for row in accepted] == ["anna.txt"]


def test_twice_is_the_same_and_a_second_time_changes_nothing(listed: SmallStudy) -> None:
    made = flow.pseudonymize(listed.work, listed.folder / "o.db")
    again = flow.pseudonymize(listed.work, listed.folder / "p.db", key=made.key)
    assert read_tables(made.out) == read_tables(again.out)
    flow.pseudonymize(at(listed, "o.db"), listed.folder / "q.db")
    assert read_tables(listed.folder / "q.db") == read_tables(made.out)


def test_files_that_are_there_are_kept(listed: SmallStudy) -> None:
    made = flow.pseudonymize(listed.work, listed.folder / "o.db")
    with pytest.raises(StoreError, match="exists already"):
        flow.pseudonymize(listed.work, made.out)
    listed.write("ben.txt", "Ben: Ben is new.\n")
    listed.tag()
    with pytest.raises(StoreError, match="key to another store"):
        flow.pseudonymize(listed.work, listed.folder / "p.db", key=made.key)
    assert not (listed.folder / "p.db").exists()
    assert not list(listed.folder.glob(".*.part"))


def test_a_key_that_does_not_fit_is_refused(listed: SmallStudy) -> None:
    made = flow.pseudonymize(listed.work, listed.folder / "o.db")
    with pytest.raises(StoreError, match="not the key to"):
        flow.give_back_names(listed.work, made.key, listed.folder / "back.db")
    formed = '{"format": "qualcode-key", "version": %d}'
    for text in ("", "{}", "[" * 100_000, formed % 9, formed % 1):
        made.key.write_text(text, encoding="utf-8")
        with pytest.raises(StoreError):
            flow.give_back_names(at(listed, "o.db"), made.key, listed.folder / "back.db")
    assert not (listed.folder / "back.db").exists()


def test_without_a_list_nothing_is_hidden(tagged: SmallStudy) -> None:
    with pytest.raises(NamesError, match=r"names\.csv"):
        flow.pseudonymize(tagged.work, tagged.folder / "o.db")
    (tagged.folder / "names.csv").write_text("name,kind\n", encoding="utf-8")
    with pytest.raises(NamesError, match="holds no name"):
        flow.pseudonymize(tagged.work, tagged.folder / "o.db")


def test_the_queue_keeps_what_was_decided(listed: SmallStudy) -> None:
    listed.write(
        "ben.txt", "Ben: Dr. Okafor drove, and Anne too. Write to a.b@bus.org or anne@bus.org. The bus is late.\n"
    )
    listed.tag()
    first = flow.suggest_names(listed.work)
    assert {(row["name"], row["kind"]) for row in first.rows} >= {
        ("Okafor", "person"), ("a.b@bus.org", "e-mail"), ("anne@bus.org", "e-mail"), ("Dora", "unknown"),
    }  # fmt: skip
    assert "Anna" not in {row["name"] for row in first.rows}
    assert "example" not in first.rows[0]
    path = listed.folder / "names_suggested.csv"
    text = path.read_text(encoding="utf-8").replace("looks like one,\n", "looks like one,ignore\n")
    path.write_text(text, encoding="utf-8")
    second = flow.suggest_names(listed.work, examples=True)
    assert second.ignored > 0
    assert any("Okafor drove" in row["example"] for row in second.rows)


def test_what_is_left_is_counted_and_never_named(listed: SmallStudy) -> None:
    listed.write("ben.txt", "Ben: Write to a.b@bus.org, Okafor.\n")
    listed.tag()
    (listed.folder / "names_suggested.csv").write_text("name,decision\nOkafor,\nDora,ignore\n", encoding="utf-8")
    with pytest.raises(NamesLeftError) as refused:
        flow.check_names(listed.work)
    said = str(refused.value)
    assert "1 place(s) with suggested names" in said
    assert "1 place(s) that look like an e-mail address" in said
    assert not [name for name in ("Anna", "Ben", "Okafor", "bus.org") if name in said]
    assert "listed names" in str(flow.check_names(listed.work, allow=True))
    assert flow.check_names(listed.work, ["Nobody is here."]) is None


def test_without_a_list_there_is_only_a_note(tagged: SmallStudy) -> None:
    assert flow.check_names(tagged.work) is None
    assert "e-mail" in str(flow.check_names(tagged.work, ["a.b@bus.org"]))


def test_suggestions_alone_find_the_names_of_the_sample(demo: Path, tmp_path: Path) -> None:
    from qualcode.names import parse_names

    names = parse_names(PLANTED.read_text(encoding="utf-8"))
    study = flow.open_workspace().study.model_copy(update={"folder": tmp_path})
    rows = flow.suggest_names(flow.Workspace(study, demo / "qualcode.db")).rows
    words = {word for row in rows for word in str(row["name"]).split()}
    found = sum(any(set(spelling.split()) <= words for spelling in name.spellings) for name in names)
    assert found == len(names) == 195


def test_a_copy_that_was_cut_short_is_named_and_a_fault_leaves_none(
    listed: SmallStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stops(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("qualcode.store.rewriting._index_words", stops)
        with pytest.raises(KeyboardInterrupt):
            flow.pseudonymize(listed.work, listed.folder / "o.db")
    assert not [one for one in listed.folder.iterdir() if "o.db" in one.name]
    (listed.folder / ".o.db.99.part").write_bytes(b"Anna")
    made = flow.pseudonymize(listed.work, listed.folder / "o.db")
    assert any(".o.db.99.part" in one for one in made.still)


def test_a_pseudonym_that_the_text_holds_already_comes_back(listed: SmallStudy) -> None:
    listed.write(
        "ben.txt", "Ben: [Person 1] is not Anna, and [Town] is not Northfield; [person 2] Anna[Person 1]Ben.\n"
    )
    listed.tag()
    made = flow.pseudonymize(listed.work, listed.folder / "o.db")
    assert "[Person 1]" not in made.places  # it is somebody else already
    flow.give_back_names(at(listed, "o.db"), made.key, listed.folder / "back.db")
    assert read_tables(listed.folder / "back.db") == read_tables(listed.store_path)


def test_names_in_each_other_and_across_sentences_come_back(listed: SmallStudy) -> None:
    (listed.folder / "names.csv").write_text(
        "name,kind,aliases\nAnna,person,\nAnna Ben,person,Ben Cleo\nCleo,person,Anna Ben Cleo\nSt. Ives,place,\n",
        encoding="utf-8-sig",
    )
    listed.write("ben.txt", "Ben: Anna Ben Cleo. Anna\nBen Cleo came to St. Ives. Anna M. Ben, ANNA BEN, St. Ives!\n")
    listed.tag()
    made = flow.pseudonymize(listed.work, listed.folder / "o.db")
    text = next(
        row["text"] for row in read_tables(made.out)["documents"] if "Ives" in row["text"] or "Place" in row["text"]
    )
    assert not [name for name in ("Anna", "ANNA", "Cleo", "Ives") if name in text]
    flow.give_back_names(at(listed, "o.db"), made.key, listed.folder / "back.db")
    assert read_tables(listed.folder / "back.db") == read_tables(listed.store_path)


def test_names_beside_the_texts_are_refused_too(listed: SmallStudy) -> None:
    assert flow.check_names(listed.work, ["notes of Bernard", "AnnaBen1.docx, and more"]) is None
    with pytest.raises(NamesLeftError, match=r"2 place\(s\) with listed names"):
        flow.check_names(listed.work, ["AnnaBen1.docx"])
    (listed.folder / "names.csv").write_text("name,kind\nSouthport,place\n", encoding="utf-8")
    with pytest.raises(NamesLeftError, match=r"1 place\(s\) with listed names"):
        flow.check_names(listed.work)


def test_what_came_from_other_programs_moves_and_comes_back(tmp_path: Path) -> None:
    work = at_project(tmp_path)
    before = read_tables(work.store_path)
    assert before["passages"]
    made = flow.pseudonymize(work, tmp_path / "o.db")
    tables = read_tables(made.out)
    assert fitting_ids(tables)["passage_id"].keys() == {row["passage_id"] for row in tables["passages"]}
    assert b"crete" not in made.out.read_bytes().lower().replace(b"secrete", b"")
    flow.give_back_names(replace(work, store_path=made.out), made.key, tmp_path / "back.db")
    assert read_tables(tmp_path / "back.db") == before


def at_project(folder: Path) -> flow.Workspace:
    """A study with an imported project, whose documents and codes of people are named in the list."""
    path = written(PROJECT, folder)
    taken(path)
    (folder / "names.csv").write_text("name,kind\nCrete,place\nmoney,person\nAna,person\n", encoding="utf-8")
    work = project_at(folder)
    return replace(work, study=work.study.model_copy(update={"folder": folder}))
