from __future__ import annotations

from pathlib import Path

from foreign_projects import BEN, MONEY, TEXT, WAITING, code, note, project, selection, written
from qualcode import flow
from qualcode.codebook import Codebook
from qualcode.flow import Workspace, export_project, import_project, open_workspace
from qualcode.model import Coding
from qualcode.read import document_of_text
from qualcode.refi import guid
from qualcode.review import Decision, Place
from qualcode.segment import segment_document
from qualcode.store import Memo, RunRecord, Store, TaggedDocument

from .exported_study import read, tables
from .importing_study import at, taken


def test_everybody_who_gave_a_code_is_a_user_and_the_words_are_those_of_the_store(
    decided_work: Workspace, exported: flow.ProjectExport
) -> None:
    project = read(exported.content)
    names = {user.guid: user.name for user in project.users}
    assert sorted(names.values()) == ["Ana", "hybrid.v2 (machine)"]
    found = {
        (source.name, source.text[s.start : s.end], names[coding.user or ""])
        for source in project.sources
        for s in source.selections
        for coding in s.codings
    }
    with Store(decided_work.store_path, read_only=True) as store:
        rows = [row for row in store.codings() if row["status"] != "pending"]
        machine = {(row["document"], row["text"], "hybrid.v2 (machine)") for row in rows}
        people = {(row["document"], row["text"], "Ana") for row in rows if '"Ana"' in row["decided_by"]}
    assert found == machine | people
    codes = {code.name for root in project.codes for _, code in root.walk() if code.is_codable}
    assert len(codes) == 17
    values = {v.value for source in project.sources for v in source.values}
    assert "Catalonia" in values


def test_what_others_will_not_see_is_counted(exported: flow.ProjectExport) -> None:
    losses = {loss.what: loss.count for loss in exported.losses}
    assert losses["suggestion that people turned down"] == 1
    assert losses["sentence somebody is done with"] == 1
    assert losses["coding waiting for a person"] > 0
    assert losses["probability with evidence"] > 0


def test_codings_that_wait_go_out_under_a_user_of_their_own_where_asked(
    decided_work: Workspace, exported: flow.ProjectExport
) -> None:
    more = export_project(decided_work, pending=True)
    assert "suggested by hybrid.v2 (machine)" in more.users
    waiting = next(loss.count for loss in exported.losses if loss.what == "coding waiting for a person")
    assert more.codings == exported.codings + waiting


def test_passages_of_other_programs_go_out_as_they_were_marked(tmp_path: Path) -> None:
    inside = selection("nobody repays it", MONEY)
    question = selection("What is hard?", WAITING)
    theirs = written(project(inside, question), tmp_path)
    work = open_workspace(store=tmp_path / "study.db")
    import_project(work, theirs)
    out = export_project(work)
    back, went = read(out.content), read(theirs.read_bytes())
    (source,) = back.sources
    assert source.guid == went.sources[0].guid
    assert [(TEXT[s.start : s.end], [c.guid for c in s.codings]) for s in source.selections] == [
        ("What is hard?", [question.codings[0].guid]),
        ("nobody repays it", [inside.codings[0].guid]),
    ]
    assert back.codes == went.codes
    assert {v.name for v in back.variables} >= {"Region", "Age"}
    assert [case.values for case in back.cases] == [case.values for case in went.cases]
    # And once more into another store: the same to the byte.
    again = tmp_path / "again.qdpx"
    again.write_bytes(out.content)
    other = open_workspace(store=tmp_path / "other.db")
    import_project(other, again)
    assert tables(other.store_path) == tables(work.store_path)
    assert export_project(other).content == out.content


def test_a_passage_that_its_own_coder_turned_down_does_not_go_out(tmp_path: Path) -> None:
    taken(written(project(selection("That is all.", MONEY)), tmp_path))
    work = at(tmp_path)
    with Store(work.store_path) as store:
        (row,) = store.codings()
        place = Place(row["document_id"], row["position"])
        store.verdicts.decide("Ben", [Decision(place, "money", "accept")])
        store.verdicts.decide("Ana", [Decision(place, "money", "reject")])
        store.verdicts.decide("Cleo", [Decision(place, "money", "accept")], kind="adjudicate")
    assert export_project(work).users == ("Ben",)


def retagged(work: Workspace, *, without: str) -> Codebook:
    """A next version of the codebook, with one category less."""
    tree = work.codebook.model_dump(mode="json")
    kept = [category for category in tree["categories"] if category["id"] != without]
    return Codebook.model_validate({**tree, "version": "2.0.0", "categories": kept})


def test_a_code_that_only_an_earlier_version_has_goes_out_too(tmp_path: Path) -> None:
    work = at(tmp_path)
    newer = retagged(work, without="service")
    one, two = (
        segment_document(document_of_text(f"R1: The bus is late.\nR1: {name}.\n", name=name, format="txt"), roles={})
        for name in ("one", "two")
    )
    with Store(work.store_path, create=True) as store:
        for day, book, transcript, code in ((1, work.codebook, one, "delays"), (2, newer, two, "fares")):
            run = RunRecord("a.v1", "rules", "1", f"2026-01-0{day}T00:00:00+00:00")
            store.save_run(run, book, [TaggedDocument(transcript, (Coding(0, code, 0.9, "auto"),), "read")])
    project = read(export_project(work).content)
    names = {code.guid: code.name for root in project.codes for _, code in root.walk()}
    given = {source.name: [names[c.code] for s in source.selections for c in s.codings] for source in project.sources}
    assert given == {"one": ["Delays"], "two": ["High fares"]}


def test_what_came_with_a_project_goes_out_after_tagging_with_a_newer_codebook(tmp_path: Path) -> None:
    loose, fares = note("A loose note", BEN), code("High fares")
    place = selection("There is no money for it.", notes=(loose.guid,))
    theirs = project(selection("That is all.", fares), place, codes=(fares,), notes=(loose,))
    taken(written(theirs, tmp_path))
    work = at(tmp_path)
    with Store(work.store_path) as store:
        run = RunRecord("a.v1", "rules", "1", "2099-01-01T00:00:00+00:00")
        items = [TaggedDocument(store.transcript("crete/one"), (), "read")]
        store.save_run(run, retagged(work, without="service"), items)
    back = read(export_project(work).content)
    assert [case.name for case in back.cases] == ["R1"]
    assert [(one.text, one.user) for one in back.notes] == [("A loose note", guid("user", "Ben"))]
    assert [user.name for user in back.users] == ["Ana", "Ben"]
    assert {key for one in back.sources[0].selections for key in one.notes} == {loose.guid}


def test_each_person_has_selections_of_their_own_and_memos_go_with_a_coded_one(tmp_path: Path) -> None:
    sentence = "There is no money for it."
    ana, ben = selection(sentence, MONEY, WAITING), selection(sentence, MONEY, user=BEN)
    taken(written(project(ana, ben), tmp_path))
    work = at(tmp_path)
    with Store(work.store_path) as store:
        row = next(row for row in store.codings() if row["text"] == sentence)
        place = Place(row["document_id"], row["position"])
        for who in ("Ben", "Cleo"):
            store.verdicts.note(who, Memo(f"From {who}", place, None))
    back = read(export_project(work).content)
    names = {user.guid: user.name for user in back.users}
    said = {one.guid: one.text for one in back.notes}
    found = [
        (
            names[s.user or ""],
            {names[c.user or ""] for c in s.codings},
            len(s.codings),
            s.created,
            [said[k] for k in s.notes],
        )
        for s in back.sources[0].selections
    ]
    made = "2025-03-01T10:00:00Z"
    assert sorted(found, key=str) == [
        ("Ana", {"Ana"}, 2, made, ["From Cleo"]),
        ("Ben", {"Ben"}, 1, made, ["From Ben"]),
    ]
