from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualcode.errors import StoreError
from qualcode.model import Attributes, Coding, Document, Segment, Transcript, Turn
from qualcode.review import Decision, Place
from qualcode.store import SavedRun, Store, TaggedDocument

from .builders import (
    CRETE,
    LATER,
    RUN,
    TALK,
    Talk,
    codebook,
    coding,
    dump,
    facets_book,
    query,
    tagged,
    two_documents,
    two_documents_with_facets,
)
from .damaged import damage


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "study.db"


def save(path: Path, items: list[TaggedDocument], **changes: Any) -> SavedRun:
    with Store(path, create=True) as store:
        return store.save_run(replace(RUN, **changes), codebook(), items)


# --- one run = one transaction -----------------------------------------------------------------


def test_run_is_counted(path: Path) -> None:
    saved = save(path, two_documents())
    assert saved == SavedRun(run_id=1, new=2, segments=8, words=30, auto=5, pending=2)
    assert saved.documents == 2


def test_run_keeps_what_it_was_made_with(path: Path) -> None:
    save(path, two_documents())
    columns = "run_id, model_hash, settings, seed, qualcode_version, started_utc, finished_utc, documents"
    assert query(path, f"SELECT {columns} FROM runs") == [
        (1, "b2:model", '{"auto":0.5,"review":0.2}', 7, "0.1.0", RUN.started_utc, RUN.finished_utc, 2)
    ]
    assert query(path, "SELECT name, kind FROM coders") == [("hybrid.v1", "model")]
    assert query(path, "SELECT code_id, number, category_id FROM codes ORDER BY number") == [
        ("money", 1, "paying"),
        ("price", 2, "paying"),
        ("travel", 3, "distance"),
    ]


def test_end_of_a_run_is_stamped_when_not_given(path: Path) -> None:
    save(path, two_documents(), finished_utc=None)
    ((finished,),) = query(path, "SELECT finished_utc FROM runs")
    assert finished > RUN.started_utc
    assert finished.endswith("+00:00")


def test_run_without_documents_writes_nothing(path: Path) -> None:
    with Store(path, create=True) as store:
        before = dump(path)
        assert store.save_run(RUN, codebook(), []) == SavedRun(None)
    assert dump(path) == before


def fails_after_one() -> Iterator[TaggedDocument]:
    yield two_documents()[0]
    raise ZeroDivisionError


@pytest.mark.parametrize("filled", [False, True])
def test_error_in_the_items_rolls_everything_back(path: Path, filled: bool) -> None:
    with Store(path, create=True) as store:
        if filled:
            store.save_run(RUN, codebook(), two_documents())
        before = dump(path)
        with pytest.raises(ZeroDivisionError):
            store.save_run(replace(RUN, seed=8), codebook("2.0.0"), fails_after_one())
        assert dump(path) == before
        store.save_run(LATER, codebook(), two_documents())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (coding(1, "weather"), "not in the codebook of the run"),
        (coding(0, "money"), "not a respondent's"),
        (coding(1, "money", 1.2), "CHECK constraint failed: probability"),
    ],
)
def test_wrong_coding_is_refused_by_the_database(path: Path, wrong: Coding, message: str) -> None:
    with Store(path, create=True) as store:
        before = dump(path)
        with pytest.raises(sqlite3.IntegrityError, match=message):
            store.save_run(RUN, codebook(), [*two_documents(), tagged("third.txt", [wrong])])
    assert dump(path) == before


def test_one_name_twice_in_a_run_is_refused(path: Path) -> None:
    with pytest.raises(ValueError, match="each document once"):
        save(path, [tagged(), tagged()])


@pytest.mark.parametrize(("text", "message"), [("No\0money.", "a NUL .* at character 5"), ("No \ud800", "U\\+D800")])
def test_text_sqlite_cannot_hold_is_refused_by_name(path: Path, text: str, message: str) -> None:
    with pytest.raises(StoreError, match=f"bad.txt: .*{message}"):
        save(path, [tagged("good.txt"), tagged("bad.txt", talk=[("R", "respondent", [text])])])
    assert query(path, "SELECT count(*) FROM documents") == [(0,)]


# --- killed half-way ---------------------------------------------------------------------------


def _endless(started: object) -> Iterator[TaggedDocument]:
    for number in range(1_000_000):
        if number == 150:
            started.set()  # type: ignore[attr-defined]
        if number >= 150:
            time.sleep(0.02)
        yield tagged(f"more/{number}.txt", [coding(1, "money"), coding(3, "travel")], talk=[*TALK, *TALK])


def _save_endlessly(path: Path, started: object, cache_pages: int) -> None:
    store = Store(path)
    store._connection.execute(f"PRAGMA cache_size = {cache_pages}")
    store.save_run(replace(RUN, seed=99), codebook("2.0.0"), _endless(started))


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
@pytest.mark.parametrize("cache_pages", [10, 10_000], ids=["pages already in the file", "pages in memory"])
@pytest.mark.parametrize("read_only", [False, True])
def test_store_is_as_before_when_a_run_is_killed(path: Path, cache_pages: int, read_only: bool) -> None:
    save(path, two_documents())
    before, size = dump(path), path.stat().st_size
    context = multiprocessing.get_context("spawn")
    started = context.Event()
    child = context.Process(target=_save_endlessly, args=(path, started, cache_pages))
    child.start()
    assert started.wait(60)
    os.kill(child.pid or 0, signal.SIGKILL)
    child.join(60)
    if cache_pages == 10:
        assert path.stat().st_size > size
        assert path.with_name("study.db-journal").stat().st_size > 0
    with Store(path, read_only=read_only) as store:
        assert len(store.codings()) == 7
    assert dump(path) == before
    assert query(path, "PRAGMA integrity_check") == [("ok",)]
    assert save(path, two_documents()).unchanged == 2


# --- the same again ----------------------------------------------------------------------------


def test_same_run_twice_is_the_same_store(path: Path) -> None:
    save(path, two_documents())
    before, content = dump(path), path.read_bytes()
    with Store(path) as store:
        saved = store.save_run(LATER, codebook(), two_documents())
    assert saved == SavedRun(run_id=1, unchanged=2, segments=8, words=30, auto=5, pending=2)
    assert dump(path) == before
    assert path.read_bytes() == content


def test_same_inputs_make_the_same_rows_in_another_file(path: Path, tmp_path: Path) -> None:
    save(path, two_documents())
    save(tmp_path / "other.db", two_documents())
    without_times = [
        [line for line in dump(file) if "_sqlite_migrations" not in line] for file in (path, tmp_path / "other.db")
    ]
    assert without_times[0] == without_times[1]


def test_same_run_with_other_codings_replaces_them_and_takes_the_new_times(path: Path) -> None:
    save(path, two_documents())
    with Store(path) as store:
        store.save_run(LATER, codebook(), [tagged("crete/one.txt", [coding(2, "money", 0.55)])])
        assert [(r["document"], r["position"], r["code"]) for r in store.codings()] == [
            ("crete/one.txt", 2, "money"),
            ("ghent/two.txt", 3, "travel"),
        ]
    assert query(path, "SELECT run_id, started_utc, documents FROM runs") == [(1, LATER.started_utc, 2)]


def test_same_run_over_another_document_grows(path: Path) -> None:
    first, second = two_documents()
    save(path, [first])
    assert save(path, [second]).run_id == 1
    assert query(path, "SELECT documents FROM runs") == [(2,)]


@pytest.mark.parametrize(
    "change", [{"seed": 8}, {"model_hash": None}, {"settings": {"auto": 0.6}}, {"coder": "hybrid.v2"}]
)
def test_other_settings_are_another_run_whose_codings_count(path: Path, change: dict[str, Any]) -> None:
    save(path, two_documents())
    saved = save(path, [tagged("crete/one.txt", [coding(5, "price")])], **change)
    assert saved.run_id == 2
    with Store(path) as store:
        assert [(r["document"], r["code"], r["run"]) for r in store.codings()] == [
            ("crete/one.txt", "price", 2),
            ("ghent/two.txt", "travel", 1),
        ]
    assert query(path, "SELECT run_id, count(*) FROM codings GROUP BY 1") == [(1, 7), (2, 1)]


def test_older_run_made_again_counts_again(path: Path) -> None:
    save(path, two_documents())
    save(path, two_documents(), seed=8)
    save(path, two_documents())
    current = "SELECT run_id, is_current FROM coverage ORDER BY document_id, run_id"
    assert query(path, current) == [(1, 1), (2, 0), (1, 1), (2, 0)]


def test_codebook_is_kept_once_per_content(path: Path) -> None:
    save(path, two_documents())
    with Store(path) as store:
        store.save_run(RUN, codebook(), two_documents())
        store.save_run(RUN, codebook("1.0.1"), two_documents())
    assert query(path, "SELECT version FROM codebooks ORDER BY version") == [("1.0.0",), ("1.0.1",)]


# --- facets ------------------------------------------------------------------------------------


def save_facets(path: Path, version: str = "1.0.0", **changes: Any) -> SavedRun:
    with Store(path, create=True) as store:
        run = replace(RUN, **changes)
        return store.save_run(run, codebook(), two_documents_with_facets(), facets=facets_book(version))


def test_facets_twice_are_the_same_store(path: Path) -> None:
    save_facets(path)
    content = path.read_bytes()
    assert save_facets(path, started_utc=LATER.started_utc).unchanged == 2
    assert path.read_bytes() == content


def test_other_facets_are_another_run(path: Path) -> None:
    save(path, two_documents())
    assert save_facets(path).run_id == 2
    assert save_facets(path, "1.1.0").run_id == 3
    facets = "SELECT r.run_id, b.version FROM runs r LEFT JOIN codebooks b ON b.codebook_id = r.facets_id ORDER BY 1"
    assert query(path, facets) == [(1, None), (2, "1.0.0"), (3, "1.1.0")]
    assert query(path, "SELECT run, count(*) FROM facets_long GROUP BY 1") == [(3, 3)]


def test_facets_that_are_found_no_more_are_removed(path: Path) -> None:
    save_facets(path)
    with Store(path) as store:
        first = replace(two_documents_with_facets()[0], facets=(coding(5, "patients"),))
        store.save_run(LATER, codebook(), [first], facets=facets_book())
        assert [(row["position"], row["facet"]) for row in store.facets()] == [(5, "patients")]
        assert len(store.codings()) == 7


def test_facet_without_its_codebook_is_refused(path: Path) -> None:
    save(path, two_documents())
    before = path.read_bytes()
    with pytest.raises(sqlite3.IntegrityError, match="not among the facets of the run"):
        save(path, two_documents_with_facets())
    assert path.read_bytes() == before


# --- documents ---------------------------------------------------------------------------------


OTHER_TALK: Talk = [("R1", "respondent", ["The price went up.", "We travel."])]


def test_other_words_are_a_new_version_and_old_codings_stay_readable(path: Path) -> None:
    save(path, two_documents())
    saved = save(path, [tagged("crete/one.txt", [coding(0, "price")], talk=OTHER_TALK)])
    assert (saved.new, saved.changed, saved.unchanged) == (0, 1, 0)
    versions = "SELECT version, is_current, words FROM documents WHERE name = 'crete/one.txt' ORDER BY version"
    assert query(path, versions) == [(1, 0, 15), (2, 1, 6)]
    with Store(path) as store:
        now = [row["text"] for row in store.codings() if row["document"] == "crete/one.txt"]
    assert now == ["The price went up."]
    old = """
        SELECT substr(d.text, s.start + 1, s."end" - s.start), c.code_id
        FROM documents d JOIN segments s USING (document_id) JOIN codings c USING (segment_id)
        WHERE d.name = 'crete/one.txt' AND d.version = 1 ORDER BY s.position, c.code_id
    """
    assert query(path, old)[:2] == [("There is no money.", "money"), ("There is no money.", "price")]
    assert len(query(path, old)) == 6


def test_older_text_that_comes_back_is_current_again(path: Path) -> None:
    save(path, two_documents())
    save(path, [tagged("crete/one.txt", [], talk=OTHER_TALK)])
    saved = save(path, two_documents())
    assert (saved.changed, saved.unchanged) == (1, 1)
    versions = "SELECT version, is_current FROM documents WHERE name = 'crete/one.txt' ORDER BY version"
    assert query(path, versions) == [(1, 1), (2, 0)]
    with Store(path) as store:
        assert len(store.codings()) == 7


def test_other_role_is_a_new_version(path: Path) -> None:
    save(path, [tagged()])
    as_facilitator: Talk = [(s, "facilitator" if r == "interviewer" else r, t) for s, r, t in TALK]
    assert save(path, [tagged(talk=as_facilitator)]).changed == 1


def test_same_words_take_new_attributes_hash_and_times_only(path: Path) -> None:
    save(path, two_documents())
    first = two_documents()[0]
    turns = tuple(replace(turn, time="1:00", heading="Money") for turn in first.transcript.turns)
    document = replace(first.transcript.document, attributes=replace(CRETE, region="Ghent"), encoding="cp1252")
    again = TaggedDocument(Transcript(document, turns, first.transcript.segments), first.codings, "b2:other")
    assert save(path, [again]).unchanged == 1
    described = "SELECT version, region, encoding, reading_hash FROM documents WHERE name = 'crete/one.txt'"
    assert query(path, described) == [(1, "Ghent", "cp1252", "b2:other")]
    assert query(path, "SELECT DISTINCT time, heading FROM segments_long WHERE document = 'crete/one.txt'") == [
        ("1:00", "Money")
    ]


def test_a_damaged_text_is_mended_by_its_file(path: Path) -> None:
    save(path, two_documents())
    before = query(path, "SELECT * FROM documents")
    damage(path, "UPDATE documents SET text = replace(text, 'o', 'x')", "UPDATE documents SET text_hash = 'sha256:0'")
    assert query(path, "SELECT * FROM documents") != before
    assert save(path, two_documents()).unchanged == 2
    assert query(path, "SELECT * FROM documents") == before


def test_empty_attribute_is_not_known(path: Path) -> None:
    save(path, [tagged(attributes=Attributes(region="", kind="report"))])
    assert query(path, "SELECT region, kind FROM documents") == [(None, "report")]


def test_probability_is_kept_to_six_digits(path: Path) -> None:
    save(path, [tagged(codings=[coding(1, "money", 0.123456789)])])
    assert query(path, "SELECT probability FROM codings") == [(0.123457,)]


# --- words and offsets -------------------------------------------------------------------------

HARD = ["Kein Geld 😀 mehr.", "cafe\u0301 n\u0303o", "Δεν υπάρχει χρηματοδότηση.", "Няма пари…", "👩‍👩‍👧 šeima"]


def test_code_points_cut_the_same_words_in_sql_and_python(path: Path) -> None:
    save(path, [tagged(talk=[("Π", "respondent", HARD), ("I", "interviewer", HARD)])])
    rows = query(path, "SELECT text FROM segments_long ORDER BY position")
    assert [text for (text,) in rows] == [*HARD, *HARD]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1), data=st.data())
def test_any_text_comes_back_and_any_slice_of_it(tmp_path: Path, text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    transcript = Transcript(
        Document("any.txt", text, ()),
        (Turn(0, 0, len(text), None, "respondent"),),
        (Segment(0, 0, start, end, text[start:end], 1),),
    )
    file = tmp_path / "any.db"
    save(file, [TaggedDocument(transcript, (), "b2:x")])
    assert query(file, "SELECT d.text, s.text FROM documents d JOIN segments_long s USING (document_id)") == [
        (text, text[start:end])
    ]


# --- taking back -------------------------------------------------------------------------------

TIMES = ("started_utc", "finished_utc", "undone_utc")
KEPT_TABLES = (
    *("codebooks", "categories", "codes", "coders", "documents", "turns", "segments", "runs", "coverage", "codings"),
    *("facets", "audits", "intense", "segments_fts_docsize"),
)


def tables(path: Path) -> dict[str, list[Any]]:
    """All rows of all tables, without times; whether something was taken back stays."""

    def columns(table: str) -> str:
        names = [name for (name,) in query(path, "SELECT name FROM pragma_table_info(?) ORDER BY cid", table)]
        return ", ".join(f"{name} IS NULL" if name in TIMES else f'"{name}"' for name in names)

    return {table: query(path, f"SELECT {columns(table)} FROM {table} ORDER BY 1, 2") for table in KEPT_TABLES}


def current(path: Path) -> list[Any]:
    """Which run over which version of which document is current."""
    return query(
        path,
        "SELECT d.name, d.version, v.run_id FROM documents d JOIN coverage v USING (document_id) "
        "WHERE d.is_current = 1 AND v.is_current = 1 ORDER BY d.name",
    )


OTHER = {"settings": {"auto": 0.6, "review": 0.2}}
"""Makes another run."""
EDITED: Talk = (("I", "interviewer", ["What is hard?"]), ("R1", "respondent", ["The bus."]))
SECOND = "ghent/two.txt"


def undo(path: Path, run_id: int) -> list[str]:
    with Store(path) as store:
        return store.undo_run(run_id)


def test_tagging_again_after_taking_back_leaves_no_trace(path: Path, tmp_path: Path) -> None:
    def tag(path: Path) -> SavedRun:
        with Store(path, create=True) as store:
            return store.save_run(RUN, codebook(), two_documents_with_facets(), facets=facets_book())

    tag(tmp_path / "once.db")
    tag(path)
    before = tables(path)
    assert undo(path, 1) == ["crete/one.txt", SECOND]
    assert current(path) == []
    with Store(path) as store:
        assert (store.codings(), store.document_rows(), store.known_documents()) == ([], [], {})
        assert (store.status_counts().documents, store.status_counts().undone_runs) == (0, 1)
        with pytest.raises(StoreError, match="holds no codebook yet"):
            store.codebook()
    assert query(path, "SELECT count(*) FROM codings") == [(7,)]  # nothing is deleted
    assert tag(path).new == 2
    assert tables(path) == before == tables(tmp_path / "once.db")


def test_run_below_comes_up_again(path: Path) -> None:
    save(path, two_documents())
    before = tables(path)
    save(path, two_documents()[:1], **OTHER)
    assert current(path) == [("crete/one.txt", 1, 2), (SECOND, 1, 1)]
    undo(path, 2)
    assert current(path) == [("crete/one.txt", 1, 1), (SECOND, 1, 1)]
    assert tables(path)["documents"] == before["documents"]
    with pytest.raises(StoreError, match="no run 2 that still stands"):
        undo(path, 2)


def test_run_under_a_newer_one_goes_without_changing_what_is_current(path: Path) -> None:
    save(path, two_documents())
    save(path, two_documents()[:1], **OTHER)
    undo(path, 1)
    assert current(path) == [("crete/one.txt", 1, 2)]
    undo(path, 2)
    assert current(path) == []
    save(path, two_documents()[1:])  # only the document that is tagged again comes back
    assert current(path) == [(SECOND, 1, 1)]
    assert query(path, "SELECT documents FROM runs WHERE run_id = 1") == [(1,)]
    save(path, two_documents()[:1])
    assert current(path) == [("crete/one.txt", 1, 1), (SECOND, 1, 1)]


def test_version_before_is_current_again(path: Path) -> None:
    save(path, two_documents())
    edited = tagged(SECOND, [coding(1, "money")], talk=EDITED)
    save(path, [edited], **OTHER)
    before = tables(path)
    assert current(path) == [("crete/one.txt", 1, 1), (SECOND, 2, 2)]
    undo(path, 2)
    assert current(path) == [("crete/one.txt", 1, 1), (SECOND, 1, 1)]
    with Store(path) as store:
        assert store.projects.earlier_versions() == 0  # what was taken back is none
    assert save(path, [edited], **OTHER).changed == 1
    assert tables(path) == before


def test_a_clock_that_went_back_decides_nothing(path: Path) -> None:
    save(path, two_documents()[:1], finished_utc="2026-03-01T10:00:00+00:00")
    save(path, two_documents()[:1], **OTHER, finished_utc="2026-02-01T10:00:00+00:00")
    save(path, two_documents()[:1], settings={}, finished_utc="2026-01-01T10:00:00+00:00")
    undo(path, 3)
    assert current(path) == [("crete/one.txt", 1, 2)]


def test_what_people_decided_outlives_the_run(path: Path) -> None:
    save(path, two_documents())
    with Store(path) as store:
        document = store.known_documents()["crete/one.txt"].document_id
        store.verdicts.decide("Ann", [Decision(Place(document, 1), "money", "reject")])
        store.undo_run(1)
        assert store.verdicts.actions()[0]["undone_utc"] is None
        assert store.verdicts.opinions() == []  # of no current document
        store.save_run(RUN, codebook(), two_documents())
        assert [row["decision"] for row in store.verdicts.opinions()] == ["reject"]
        assert store.status_counts().rejected == 1


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["tag", "undo"]),
        st.sampled_from([0, 1, 2]),  # the run
        st.sampled_from([(0,), (1,), (0, 1)]),  # documents
        st.booleans(),  # their first or second words
    ),
    max_size=9,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_what_is_current_is_what_a_simple_model_says(
    steps: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("model") / "study.db"
    runs = [replace(RUN, settings={"auto": number / 10}) for number in range(3)]
    numbers: dict[int, int] = {}
    passes: list[tuple[int, str, bool]] = []  # run, document, second words: in the order they were tagged
    with Store(path, create=True) as store:
        for what, run, documents, is_edited in steps:
            if what == "tag":
                items = [
                    tagged(f"{n}.txt", [coding(1, "money")], talk=EDITED if is_edited else TALK) for n in documents
                ]
                numbers[run] = store.save_run(runs[run], codebook(), items).run_id or 0
                for n in documents:
                    if _newest(passes, f"{n}.txt") != (run, f"{n}.txt", is_edited):
                        passes = [one for one in passes if one != (run, f"{n}.txt", is_edited)]
                        passes.append((run, f"{n}.txt", is_edited))
            elif any(one[0] == run for one in passes):
                store.undo_run(numbers[run])
                passes = [one for one in passes if one[0] != run]
            shown = {row["name"]: (row["run"], row["segments"] == 1) for row in store.document_rows()}
            newest = {n: _newest(passes, n) for n in ("0.txt", "1.txt")}
            assert shown == {n: (numbers[one[0]], one[2]) for n, one in newest.items() if one}
    assert query(path, "PRAGMA foreign_key_check") == []


def _newest(passes: list[tuple[int, str, bool]], name: str) -> tuple[int, str, bool] | None:
    return next((one for one in reversed(passes) if one[1] == name), None)
