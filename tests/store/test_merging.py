"""Stores are pooled by what they say, not by their numbers; nothing is overwritten, and what differs is listed."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.errors import StoreError
from qualcode.model import Coding
from qualcode.review import Decision, Place
from qualcode.store import AuditDraw, Memo, Merged, Store, TaggedDocument, examine, merge_stores
from qualcode.store.merging import HANDLED

from .builders import (
    CRETE,
    LATER,
    RUN,
    TALK,
    codebook,
    coding,
    dump,
    facets_book,
    query,
    tagged,
    two_documents_with_facets,
)
from .damaged import damage, full_store

KEPT = sorted(Path(__file__).with_name("data").glob("schema_*.db"))
LONG = [*TALK, ("R2", "respondent", ["No."])]


def make(path: Path, *items: TaggedDocument, run: object = RUN, version: str = "1.0.0") -> Path:
    with Store(path, create=True) as store:
        store.save_run(run, codebook(version), items, facets=facets_book())  # type: ignore[arg-type]
    return path


def decide(path: Path, who: str, document: str, code: str, decision: str = "accept", at: str = "2026-04-01") -> str:
    with Store(path) as store:
        place = Place(store.known_documents()[document].document_id, 1)
        action = store.verdicts.decide(who, [Decision(place, code, decision)], made_utc=at)  # type: ignore[arg-type]
    assert action
    return action


def said(merged: Merged) -> list[tuple[str | None, str, str]]:
    return [(one.document, one.differs, one.kept) for one in merged.conflicts]


def faults(path: Path) -> list[str]:
    path.chmod(0o600)
    return [finding.found for finding in examine(path).findings if finding.state != "ok"]


_FREE = (
    "SELECT * FROM codebooks", "SELECT * FROM categories", "SELECT * FROM codes", "SELECT * FROM coders",
    "SELECT document_id, name, region, date, words, text FROM documents",
    "SELECT * FROM turns",
    'SELECT document_id, position, turn, start, "end", words, is_coded FROM segments',
    "SELECT run_hash, started_utc, finished_utc, documents, undone_utc FROM runs",
    "SELECT run_hash, document_id, v.undone_utc FROM coverage v JOIN runs USING (run_id)",
    *(
        f"SELECT run_hash, document_id, position, {columns} FROM {table} "
        "JOIN runs USING (run_id) JOIN segments USING (segment_id)"
        for table, columns in (
            ("codings", "code_id, probability, status, is_intense, evidence"),
            ("facets", "facet_id, probability, evidence"),
            ("audits", "stratum, chance"), ("intense", "1"),
        )
    ),
    "SELECT * FROM actions",
    *(
        f"SELECT c.*, document_id, position FROM (SELECT {columns} FROM {table}) c "
        "LEFT JOIN segments USING (segment_id)"
        for table, columns in (
            ("verdicts", "action_id, code_id, decision, segment_id"), ("looks", "action_id, is_blind, segment_id"),
            ("memos", "action_id, code_id, text, segment_id"), ("decisions", "codebook, code_id, outcome, segment_id"),
        )
    ),
    "SELECT * FROM assignments", "SELECT * FROM imports", "SELECT * FROM passages", "SELECT * FROM import_actions",
    "SELECT * FROM pseudonymised",
    "SELECT import_id, run_hash, document_id FROM import_coverage JOIN runs USING (run_id)",
)  # fmt: skip
_CURRENT = (
    "SELECT document_id FROM documents WHERE is_current = 1",
    "SELECT run_hash, document_id FROM coverage JOIN runs USING (run_id) WHERE is_current = 1",
)


def free(path: Path, statements: Iterable[str] = (*_FREE, *_CURRENT)) -> list[list[tuple[object, ...]]]:
    """All a store says, without its numbers."""
    with closing(sqlite3.connect(path)) as connection:
        found = []
        for sql in statements:
            cursor = connection.execute(sql)
            names = [column[0] for column in cursor.description]
            kept = [place for place, name in enumerate(names) if name != "segment_id"]
            found.append(sorted((tuple(row[place] for place in kept) for row in cursor), key=repr))
        return found


def test_a_store_with_itself_is_itself(tmp_path: Path) -> None:
    path = full_store(tmp_path / "a.db")
    before = path.read_bytes()
    assert merge_stores([path, path, path], tmp_path / "out.db").conflicts == ()
    assert dump(tmp_path / "out.db") == dump(path)
    assert path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.db", "out.db"]


def test_stores_of_different_documents_become_one(tmp_path: Path) -> None:
    first, second = two_documents_with_facets()
    whole = make(tmp_path / "whole.db", first, second)
    parts = [make(tmp_path / "a.db", first), make(tmp_path / "b.db", second)]
    with Store(whole) as store:
        store.save_audit_sample(1, [AuditDraw("crete/one.txt", 2, "x", 0.5), AuditDraw("ghent/two.txt", 3, "y", 0.25)])
    with Store(parts[0]) as store:
        store.save_audit_sample(1, [AuditDraw("crete/one.txt", 2, "x", 0.5)])
    with Store(parts[1]) as store:
        store.save_audit_sample(1, [AuditDraw("ghent/two.txt", 3, "y", 0.25)])
    merged = merge_stores(parts, tmp_path / "out.db")
    assert merged.conflicts == ()
    assert merged.added[1] == (parts[1], {"documents": 1, "runs": 0, "actions": 0, "passages": 0})
    pooled, alone = (
        [line for line in dump(path) if "_migrations" not in line] for path in (tmp_path / "out.db", whole)
    )
    assert pooled == alone


def test_the_second_merge_adds_nothing_and_any_order_says_the_same(tmp_path: Path) -> None:
    a, b = full_store(tmp_path / "a.db"), make(tmp_path / "b.db", tagged("b.txt", [coding(2, "price")]), run=LATER)
    decide(b, "Dora", "b.txt", "money")
    out, again, other = (tmp_path / f"{name}.db" for name in ("out", "again", "other"))
    assert merge_stores([a, b], out).conflicts == ()
    merge_stores([out, b, a], again)
    assert dump(again) == dump(out)
    merge_stores([b, a], other)
    assert free(other) == free(out)
    assert faults(out) == faults(other) == []
    with Store(out) as store:
        assert [row["document"] for row in store.search("hours")] == ["b.txt", "crete/one.txt", "ghent/two.txt"]


def test_a_run_of_two_stores_is_one_with_the_earliest_start_and_the_latest_end(tmp_path: Path) -> None:
    a = make(tmp_path / "a.db", tagged("a.txt"), run=LATER)
    b = make(tmp_path / "b.db", tagged("b.txt"))
    merge_stores([a, b], tmp_path / "out.db")
    found = query(tmp_path / "out.db", "SELECT run_id, started_utc, finished_utc, documents FROM runs")
    assert found == [(1, RUN.started_utc, LATER.finished_utc, 2)]


# --- conflicts ---------------------------------------------------------------------------------


def test_other_words_under_one_name_are_both_kept_and_the_first_named_is_current(tmp_path: Path) -> None:
    a = make(tmp_path / "a.db", tagged("x.txt", [coding(1, "money")]))
    b = make(tmp_path / "b.db", tagged("x.txt", [coding(1, "price")], talk=LONG))
    decide(b, "Dora", "x.txt", "travel")
    for first, second, code in ((a, b, "money"), (b, a, "price")):
        out = tmp_path / f"{code}.db"
        merged = merge_stores([first, second], out)
        assert said(merged) == [("x.txt", "another version is current, with other words", "both; current is version 1")]
        assert merged.conflicts[0].store == second
        with Store(out) as store:
            assert code in [row["code"] for row in store.codings()]
        assert query(out, "SELECT count(*), sum(is_current), max(version) FROM documents") == [(2, 1, 2)]
        assert query(out, "SELECT count(*) FROM codings") == [(2,)]
        assert faults(out) == []
    assert free(tmp_path / "money.db", _FREE) == free(tmp_path / "price.db", _FREE)


def test_another_run_over_one_document_is_kept_and_listed(tmp_path: Path) -> None:
    a = make(tmp_path / "a.db", tagged("x.txt", [coding(1, "money")]))
    b = make(tmp_path / "b.db", tagged("x.txt", [coding(2, "price")]), version="2.0.0", run=replace(LATER, coder="new"))
    merged = merge_stores([a, b], tmp_path / "out.db")
    assert said(merged) == [
        (
            "x.txt",
            "new with codebook 2.0.0 coded it last",
            "the codings of both; current are those of hybrid.v1 with codebook 1.0.0",
        ),
        (None, "codebook small is version 2.0.0 there", "both; 1.0.0 is in the earlier store"),
    ]
    with Store(tmp_path / "out.db") as store:
        assert [row["code"] for row in store.codings()] == ["money"]
        assert len(store.runs_over()) == 2
    assert faults(tmp_path / "out.db") == []


def test_differing_attributes_times_and_codings_stay_as_the_first_has_them(tmp_path: Path) -> None:
    item = tagged("x.txt", [coding(1, "money")])
    a = make(tmp_path / "a.db", item)
    other = tagged("x.txt", [coding(1, "money", 0.7), coding(2, "price")], attributes=replace(CRETE, region="Ghent"))
    turns = tuple(replace(turn, time="09:00") for turn in other.transcript.turns)
    b = make(tmp_path / "b.db", replace(other, transcript=replace(other.transcript, turns=turns), reading_hash="b2:x"))
    with Store(b) as store:
        store.save_audit_sample(1, [AuditDraw("x.txt", 2, "coded", 0.5)])
    with Store(a) as store:
        store.save_audit_sample(1, [AuditDraw("x.txt", 2, "coded", 0.25)])
    before = dump(a)
    kept = "as the earlier store has it"
    assert said(merge_stores([a, b], tmp_path / "out.db")) == [
        ("x.txt", "region, what its file was read from", kept),
        ("x.txt", "2 coding(s) of the same run", kept),
        ("x.txt", "1 sentence(s) drawn at random for the audit", kept),
        ("x.txt", "4 time(s) or heading(s) of turns", kept),
    ]
    after = dump(tmp_path / "out.db")
    assert [line for line in after if "2026-02" not in line] == [line for line in before if "2026-02" not in line]


def test_what_people_did_comes_together_and_taking_back_wins(tmp_path: Path) -> None:
    a = make(tmp_path / "a.db", tagged("x.txt", [coding(1, "money"), coding(1, "price")]))
    b = tmp_path / "b.db"
    common = decide(a, "Anna", "x.txt", "money", "reject")
    shutil.copy(a, b)
    decide(a, "Anna", "x.txt", "price", "reject", "2026-04-02")
    with Store(b) as store:
        store.verdicts.undo(common, undone_utc="2026-04-03")
        store.verdicts.note("Ben", Memo("Why?", code="travel"))
    decide(b, "Ben", "x.txt", "price", "accept", "2026-04-04")
    one, two = tmp_path / "one.db", tmp_path / "two.db"
    assert merge_stores([a, b], one).conflicts == merge_stores([b, a], two).conflicts == ()
    assert free(one) == free(two)
    with Store(one) as store:
        found = {row["code"]: row["outcome"] for row in store.verdicts.suggestions()}
    assert found == {"money": "auto", "price": "pending"}
    assert faults(one) == []


def test_a_run_that_was_taken_back_in_one_store_is_as_the_first_named_has_it(tmp_path: Path) -> None:
    a = make(tmp_path / "a.db", tagged("x.txt", [coding(1, "money")]))
    b = Path(shutil.copy(a, tmp_path / "b.db"))
    damage(
        b, "UPDATE coverage SET undone_utc = '2026', is_current = 0", "UPDATE runs SET undone_utc = '2026'",
        "UPDATE documents SET is_current = 0",
    )  # fmt: skip
    for first, second, documents in ((a, b, 1), (b, a, 0)):
        out = tmp_path / f"{documents}.db"
        assert said(merge_stores([first, second], out)) == [
            ("x.txt", "1 run(s) taken back in one of the stores", "as the earlier store has it")
        ]
        with Store(out) as store:
            assert store.status_counts().documents == documents
        assert faults(out) == []


# --- what is refused, and what is only read ----------------------------------------------------


@pytest.mark.parametrize("kept", KEPT, ids=[file.stem for file in KEPT])
def test_older_stores_are_brought_up_to_date_in_a_copy(kept: Path, tmp_path: Path) -> None:
    old = Path(shutil.copy(kept, tmp_path / "old.db"))
    a = make(tmp_path / "a.db", tagged("a.txt", [coding(1, "money")]))
    before = old.read_bytes()
    for order in ([a, old], [old, a]):
        out = tmp_path / f"{order[0].stem}-first.db"
        merge_stores(order, out)
        assert query(out, "SELECT count(*) FROM documents") == [(3,)]
        assert faults(out) == []
    assert old.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 4


def test_what_cannot_be_pooled_is_refused_and_leaves_no_file(tmp_path: Path) -> None:
    a, b = (make(tmp_path / f"{name}.db", tagged(f"{name}.txt")) for name in "ab")
    damage(b, "UPDATE documents SET text = replace(text, 'money', 'honey')")
    text = tmp_path / "c.db"
    text.write_text("no store", encoding="utf-8")
    out = tmp_path / "out.db"
    for paths, message in (
        ([a, b], r"b\.db is not whole: b\.txt \(version 1\): its text .* See: qualcode doctor --store"),
        ([a, text], r"c\.db is not a SQLite file"),
        ([a, tmp_path / "none.db"], r"There is no store .*none\.db"),
    ):
        with pytest.raises(StoreError, match=message):
            merge_stores(paths, out)
        assert not out.exists()
    with pytest.raises(StoreError, match="no folder"):
        merge_stores([a, a], tmp_path / "nowhere" / "out.db")
    before = a.read_bytes()
    with pytest.raises(StoreError, match=r"a\.db exists"):
        merge_stores([a, a], a)
    assert a.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.db", "b.db", "c.db"]


def test_every_table_of_the_schema_is_pooled(tmp_path: Path) -> None:
    path = make(tmp_path / "a.db", tagged("a.txt"))
    tables = {name for (name,) in query(path, "SELECT name FROM sqlite_schema WHERE type = 'table'")}
    own = {name for name in tables if name.startswith(("segments_fts_", "sqlite_", "_sqlite_"))}
    assert tables - own == HANDLED


# --- any stores --------------------------------------------------------------------------------

_CODINGS = st.lists(
    st.tuples(st.sampled_from([1, 2, 3, 5]), st.sampled_from(["money", "price", "travel"])), unique=True, max_size=3
)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("tag"), st.sampled_from("xyz"), st.booleans(), _CODINGS),
        st.tuples(st.just("decide"), st.sampled_from(["Anna", "Ben"]), st.sampled_from("xyz"), st.booleans()),
        st.tuples(st.just("undo")),
    ),
    min_size=1,
    max_size=5,
)


def lived(path: Path, steps: list[tuple[object, ...]]) -> Path:
    """A store to which this has happened; each run has a seed of its own, so no two are one."""
    with Store(path, create=True) as store:
        for number, (what, *given) in enumerate(steps):
            if what == "tag":
                name, is_long, codings = given
                coded: list[Coding] = [coding(place, code) for place, code in codings]  # type: ignore[attr-defined]
                item = tagged(str(name), coded, talk=LONG if is_long else TALK)
                store.save_run(replace(RUN, seed=100 * len(path.stem) + number), codebook(), [item])
            elif what == "decide" and str(given[1]) in (known := store.known_documents()):
                place = Place(known[str(given[1])].document_id, 2)
                decision = Decision(place, "price", "accept" if given[2] else "reject")
                store.verdicts.decide(str(given[0]), [decision], made_utc=f"2026-05-0{len(path.stem)}")
            elif what == "undo" and (actions := store.verdicts.actions()):
                store.verdicts.undo(actions[0]["action_id"], undone_utc=f"2026-06-0{len(path.stem)}")
    return path


@settings(max_examples=5, deadline=None)
@given(_STEPS, _STEPS)
def test_any_two_stores_say_the_same_in_either_order_but_for_what_is_current(
    tmp_path_factory: pytest.TempPathFactory, ours: list[tuple[object, ...]], theirs: list[tuple[object, ...]]
) -> None:
    folder = tmp_path_factory.mktemp("pooled")
    a, b = lived(folder / "a.db", ours), lived(folder / "bb.db", theirs)
    one, two, again = (folder / f"{name}.db" for name in ("one", "two", "again"))
    merge_stores([a, b], one)
    merge_stores([b, a], two)
    merge_stores([one, a, b], again)
    assert free(one, _FREE) == free(two, _FREE)
    assert dump(again) == dump(one)
    assert faults(one) == faults(two) == []
    first, second = query(a, _CURRENT[0]), query(one, _CURRENT[0])
    assert set(first) <= set(second)
