from __future__ import annotations

import multiprocessing
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from qualcode.errors import StoreError
from qualcode.store import APPLICATION_ID, SCHEMA_VERSION, Memo, Store, database, examine, opening, schema

from .builders import RUN, codebook, dump, facets_book, query, two_documents, two_documents_with_facets

KEPT = Path(__file__).with_name("data")
OWN = "_sqlite_migrations"

CAREFUL = {
    "application_id": APPLICATION_ID,
    "user_version": SCHEMA_VERSION,
    "journal_mode": "delete",
    "synchronous": 3,
    "foreign_keys": 1,
    "busy_timeout": 30_000,
    "mmap_size": 0,
}


def make_store(path: Path) -> Path:
    with Store(path, create=True) as store:
        store.save_run(RUN, codebook(), two_documents())
    return path


def text_file(path: Path) -> None:
    path.write_text("Interviewer: Hello\n" * 40, encoding="utf-8")


def short_file(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0")


def foreign_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE contacts (name)")
        connection.commit()


def newer_store(path: Path) -> None:
    make_store(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")


def wal_store(path: Path) -> None:
    make_store(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def protected_store(path: Path) -> None:
    make_store(path).chmod(0o444)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (text_file, "is not a SQLite file"),
        (short_file, "is not a SQLite file"),
        (foreign_database, "of another program"),
        (newer_store, f"newer qualcode \\(schema {SCHEMA_VERSION + 1}"),
        (wal_store, "WAL mode"),
        (protected_store, "write-protected"),
    ],
)
@pytest.mark.parametrize("create", [False, True])
def test_refused_file_is_left_byte_for_byte(tmp_path: Path, make: object, message: str, create: bool) -> None:
    path = tmp_path / "study.db"
    make(path)  # type: ignore[operator]
    before, names = path.read_bytes(), sorted(p.name for p in tmp_path.iterdir())
    with pytest.raises(StoreError, match=message) as caught:
        Store(path, create=create)
    assert "study.db" in str(caught.value)
    assert path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == names


@pytest.mark.parametrize("read_only", [False, True])
def test_missing_store_names_the_command_and_makes_no_file(tmp_path: Path, read_only: bool) -> None:
    with pytest.raises(StoreError, match=r"There is no store .*study\.db yet.*qualcode tag"):
        Store(tmp_path / "study.db", read_only=read_only)
    assert list(tmp_path.iterdir()) == []


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no folder .*nowhere"):
        Store(tmp_path / "nowhere" / "study.db", create=True)
    assert list(tmp_path.iterdir()) == []


def test_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        Store(tmp_path, create=True)


def test_empty_file_is_filled_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    path.touch()
    with pytest.raises(StoreError, match="is empty"):
        Store(path)
    assert path.read_bytes() == b""
    with Store(path, create=True) as store:
        assert store.status_counts().documents == 0


def test_create_and_read_only_exclude_each_other(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="exclude each other"):
        Store(tmp_path / "study.db", create=True, read_only=True)


def test_fresh_store_is_marked_and_careful(tmp_path: Path) -> None:
    path = tmp_path / "a folder, #1 %20" / "größe.db"
    path.parent.mkdir()
    with Store(path, create=True) as store:
        found = {name: store._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in CAREFUL}
    assert found == CAREFUL
    assert [p.name for p in path.parent.iterdir()] == ["größe.db"]


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_new_store_and_its_backup_are_their_owners_alone(tmp_path: Path) -> None:
    path = make_store(tmp_path / "study.db")
    with Store(path) as store:
        backup = store.back_up()
    assert backup is not None
    assert [file.stat().st_mode & 0o777 for file in (path, backup)] == [0o600, 0o600]
    found = [finding.state for finding in examine(path).findings if finding.check == "permissions"]
    assert found == ["ok"]


@pytest.mark.parametrize("read_only", [False, True])
def test_reopening_changes_no_byte(tmp_path: Path, read_only: bool) -> None:
    path = make_store(tmp_path / "study.db")
    before = path.read_bytes()
    with Store(path, read_only=read_only) as store:
        assert len(store.codings()) == 7
    assert path.read_bytes() == before


def test_store_may_be_given_as_text_and_closed_twice(tmp_path: Path) -> None:
    before = dict(database._open_files)
    store = Store(str(tmp_path / "study.db"), create=True)
    store.close()
    store.close()
    assert database._open_files == before


def test_protected_store_can_be_read(tmp_path: Path) -> None:
    path = make_store(tmp_path / "study.db")
    path.chmod(0o444)
    with Store(path, read_only=True) as store:
        assert store.status_counts().documents == 2


def test_reading_only_refuses_to_write(tmp_path: Path) -> None:
    path = make_store(tmp_path / "study.db")
    with Store(path, read_only=True) as store:
        with pytest.raises(StoreError, match="for reading only"):
            store.save_run(RUN, codebook(), two_documents())
        with pytest.raises(StoreError, match="for reading only"):
            store.update_attributes({})
        with pytest.raises(StoreError, match="for reading only"):
            store.save_audit_sample(1, [])
        with pytest.raises(StoreError, match="for reading only"):
            store.save_audit_verdicts("Anna", {})
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            store._connection.execute("DELETE FROM codings")


def test_two_stores_of_one_process_share_the_file(tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    with Store(path, create=True) as writer, Store(path, read_only=True) as reader:
        writer.save_run(RUN, codebook(), two_documents())
        assert len(reader.codings()) == 7


def test_opening_a_second_time_keeps_the_lock_of_the_first(tmp_path: Path) -> None:
    path = make_store(tmp_path / "study.db")
    code = f"import sqlite3; sqlite3.connect({str(path)!r}, timeout=0).execute('BEGIN IMMEDIATE')"
    with Store(path) as writer, opening.immediate_transaction(writer._connection):
        Store(path, read_only=True).close()
        other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "database is locked" in other.stderr


def test_busy_store_is_said_to_be_in_use(tmp_path: Path) -> None:
    path = make_store(tmp_path / "study.db")
    before = dump(path)
    with Store(path) as writer, Store(path) as other:
        other._connection.execute("PRAGMA busy_timeout = 10")
        with (
            opening.immediate_transaction(writer._connection),
            pytest.raises(StoreError, match="in use by another program"),
        ):
            other.save_run(RUN, codebook("2.0.0"), two_documents())
    assert dump(path) == before


def test_damaged_store_is_named(tmp_path: Path) -> None:
    path = make_store(tmp_path / "study.db")
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(StoreError, match="is damaged"), Store(path) as store:
        store.codings()


def test_a_fault_of_ours_is_not_renamed(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"), opening.sqlite_errors_named(tmp_path):
        sqlite3.connect(":memory:").execute("SELECT * FROM no_such")


# --- migrations --------------------------------------------------------------------------------


def next_schema(monkeypatch: pytest.MonkeyPatch, *, fails: bool = False) -> None:
    """Pretend that one more migration exists."""
    migrations = Migrations("qualcode")
    migrations()(schema.m001_initial)
    migrations()(schema.m002_topics_facets_audit)
    migrations()(schema.m003_review)

    @migrations()
    def m004_letters(db: Database) -> None:
        db.execute("CREATE TABLE letters (letter_id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT")
        if fails:
            raise ZeroDivisionError

    monkeypatch.setattr(schema, "MIGRATIONS", migrations)
    monkeypatch.setattr(opening, "SCHEMA_VERSION", SCHEMA_VERSION + 1)


def test_pending_migration_runs_after_a_backup_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_store(tmp_path / "study.db")
    before = dump(path)
    next_schema(monkeypatch)
    with Store(path) as store:
        assert len(store.codings()) == 7
    assert query(path, "PRAGMA user_version") == [(SCHEMA_VERSION + 1,)]
    assert query(path, "SELECT * FROM letters") == []
    assert dump(tmp_path / "study.db.backup-1") == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["study.db", "study.db.backup-1"]


def test_reading_command_migrates_too_but_only_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_store(tmp_path / "study.db")
    next_schema(monkeypatch)
    for _ in range(2):
        with Store(path, read_only=True) as store:
            assert len(store.codings()) == 7
    assert sorted(p.name for p in tmp_path.iterdir()) == ["study.db", "study.db.backup-1"]


def test_interrupted_migration_leaves_old_schema_and_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_store(tmp_path / "study.db")
    before = dump(path)
    next_schema(monkeypatch, fails=True)
    with pytest.raises(ZeroDivisionError):
        Store(path)
    assert dump(path) == before
    assert query(path, "PRAGMA user_version") == [(SCHEMA_VERSION,)]
    assert dump(tmp_path / "study.db.backup-1") == before
    monkeypatch.undo()
    with Store(path) as store:
        assert len(store.codings()) == 7


def test_interrupted_first_migration_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    next_schema(monkeypatch, fails=True)
    with pytest.raises(ZeroDivisionError):
        Store(tmp_path / "study.db", create=True)
    assert list(tmp_path.iterdir()) == []


def test_protected_old_store_is_refused_and_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_store(tmp_path / "study.db")
    path.chmod(0o444)
    before = path.read_bytes()
    next_schema(monkeypatch)
    with pytest.raises(StoreError, match="write-protected"):
        Store(path, read_only=True)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["study.db"]


def test_last_ten_backups_are_kept(tmp_path: Path) -> None:
    path = make_store(tmp_path / "study.db")
    (tmp_path / "study.db.backup-x").touch()
    with Store(path) as store:
        for number in range(12):
            store.verdicts.note("Ann", Memo(str(number), code="money"))
            store.back_up()
    kept = {int(p.name.rpartition("-")[2]) for p in tmp_path.glob("study.db.backup-[0-9]*")}
    assert kept == set(range(3, 13))
    assert (tmp_path / "study.db.backup-x").exists()


def test_backup_is_the_store_as_it_was_and_not_kept_twice(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = make_store(tmp_path / "study.db")
    path.chmod(0o640)
    before = dump(path)
    with Store(path) as store:
        first = store.back_up()
        assert first == tmp_path / "study.db.backup-1"
        assert store.back_up() == first
        with store.writing():
            store.save_run(RUN, codebook("2.0.0"), two_documents())
            assert store.back_up() == first  # as last committed
    assert sorted(p.name for p in tmp_path.iterdir()) == ["study.db", "study.db.backup-1"]
    assert dump(first) == before
    assert os.name != "posix" or first.stat().st_mode & 0o777 == 0o640
    assert caplog.messages[0] == f"{path}: a copy as it was before is in study.db.backup-1"


def test_empty_store_has_nothing_to_back_up(tmp_path: Path) -> None:
    with Store(tmp_path / "study.db", create=True) as store:
        assert store.back_up() is None
    assert [p.name for p in tmp_path.iterdir()] == ["study.db"]


@pytest.mark.skipif(os.name != "posix", reason="needs a limit on the size of files")
def test_backup_that_does_not_fit_is_refused_and_older_ones_stay(tmp_path: Path) -> None:
    path = make_store(tmp_path / "study.db")
    with Store(path) as store:
        store.back_up()
        store.save_run(RUN, codebook("2.0.0"), two_documents())
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    code = (
        "import resource, signal, sys\nfrom qualcode.store import Store\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, (40960, 40960))\n"
        "with Store(sys.argv[1]) as store: store.back_up()"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)
    assert re.search(r"StoreError: .*(disk is full|disk refused).*study\.db\.backup-2", ran.stderr), ran.stderr
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


# --- killed while it wrote ---------------------------------------------------------------------

_KILLED = """
import os, signal, sys
from qualcode.store import Store
from store.builders import RUN, codebook, two_documents
with Store(sys.argv[1]) as store, store.writing():
    store.save_run(RUN, codebook("2.0.0"), two_documents())
    if sys.argv[2] == "spill":  # some of it is in the file already
        store._connection.execute("PRAGMA cache_size = 1")
        store._connection.execute("PRAGMA cache_spill = 1")
        store._connection.execute("UPDATE documents SET text = text || ?", [" " * 500_000])
    if sys.argv[2] != "wait":
        os.kill(os.getpid(), signal.SIGKILL)
    print("writing", flush=True)
    sys.stdin.read()
"""


def writer(path: Path, what: str) -> subprocess.Popen[str]:
    tests = str(Path(__file__).resolve().parents[1])
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {tests!r})\n{_KILLED}", str(path), what]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("when", ["early", "spill"])
def test_next_start_says_once_that_a_killed_run_was_rolled_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, read_only: bool, when: str
) -> None:
    path = make_store(tmp_path / "study.db")
    before = dump(path)
    with writer(path, when) as process:
        assert process.wait(60) == -signal.SIGKILL
    assert (tmp_path / "study.db-journal").stat().st_size
    for _ in range(2):
        Store(path, read_only=read_only).close()
    assert caplog.messages == [
        f"{path}: a run was interrupted; it was rolled back, nothing of it was stored. Run it again."
    ]
    assert dump(path) == before
    assert [p.name for p in tmp_path.iterdir()] == ["study.db"]


@pytest.mark.skipif(os.name != "posix", reason="locks are told apart by process")
def test_run_that_is_still_at_it_was_not_interrupted_and_is_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = make_store(tmp_path / "study.db")
    with writer(path, "wait") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        with Store(path) as store:
            store._connection.execute("PRAGMA busy_timeout = 10")
            with pytest.raises(StoreError, match="in use by another program") as caught:
                store.save_run(RUN, codebook(), two_documents())
        process.communicate("")
    assert caplog.messages == []
    assert sys.platform != "linux" or f"another program (process {process.pid}); waited" in str(caught.value)


@pytest.mark.parametrize("kept", sorted(KEPT.glob("schema_*.db")), ids=lambda path: path.stem)
def test_kept_store_of_every_schema_opens(tmp_path: Path, kept: Path) -> None:
    path = Path(shutil.copy(kept, tmp_path / "study.db"))
    with Store(path) as store:
        # From schema 2 on a person has said that a sentence is about money, not price.
        has_verdicts = bool(store.verdicts.actions())
        counts = store.status_counts()
        assert (counts.auto, counts.accepted, counts.rejected) == ((4, 1, 1) if has_verdicts else (5, 0, 0))
        assert counts.pending == 2
        assert [row["name"] for row in store.document_rows()] == ["crete/one.txt", "ghent/two.txt"]
        assert store.codings()[0]["text"] == "There is no money."
        assert store.codebook() == codebook()


@pytest.mark.parametrize("kept", sorted(KEPT.glob("schema_*.db")), ids=lambda path: path.stem)
def test_upgrade_keeps_every_value_of_every_table(tmp_path: Path, kept: Path) -> None:
    path = Path(shutil.copy(kept, tmp_path / "study.db"))
    tables = [name for (name,) in query(kept, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> ?", OWN)]
    if kept.stem == "schema_2":  # what people said has other columns since; the next tests compare it
        tables = [name for name in tables if name not in ("verdicts", "audits")]
    columns = {
        name: ", ".join(f'"{column}"' for (column,) in query(kept, "SELECT name FROM pragma_table_info(?)", name))
        for name in tables
    }
    with Store(path, read_only=True):
        pass
    for name in tables:
        assert query(path, f"SELECT {columns[name]} FROM {name}") == query(kept, f"SELECT {columns[name]} FROM {name}")
    assert query(path, "PRAGMA foreign_key_check") == []
    assert query(path, "PRAGMA integrity_check") == [("ok",)]


def test_store_of_schema_1_has_neither_topics_nor_facets_until_it_is_tagged_again(tmp_path: Path) -> None:
    path = Path(shutil.copy(KEPT / "schema_1.db", tmp_path / "study.db"))
    runs = query(path, "SELECT run_hash, codebook_id FROM runs")
    with Store(path) as store:
        assert dump(tmp_path / "study.db.backup-1") == dump(KEPT / "schema_1.db")
        assert {row["topics_asked"] for row in store.document_rows()} == {None}
        assert (store.facets(), store.audit_rows(), store.facets_codebook()) == ([], [], None)
        # The same run is still known by the same hash.
        assert [RUN.run_hash(made_with) for _, made_with in runs] == [run_hash for run_hash, _ in runs]
        store.save_run(RUN, codebook(), two_documents_with_facets(), facets=facets_book())
        assert len(store.facets()) == 3
        assert store.document_rows()[0]["topics_asked"] == '["1","distance"]'
        assert store.codebook() == codebook()


def test_kept_store_of_schema_2_holds_what_came_with_it(tmp_path: Path) -> None:
    path = Path(shutil.copy(KEPT / "schema_2.db", tmp_path / "study.db"))
    with Store(path, read_only=True) as store:
        assert store.document_rows()[0]["topics_asked"] == '["1","distance"]'
        assert [row["facet"] for row in store.facets()] == ["companies", "patients", "companies"]
        assert [(row["machine"], row["person"]) for row in store.audit_rows()] == [('["price"]', '["money"]')]


def test_a_store_of_every_schema_is_kept() -> None:
    assert [path.name for path in sorted(KEPT.glob("schema_*.db"))] == [
        f"schema_{number}.db" for number in range(1, SCHEMA_VERSION + 1)
    ]


# --- killed while it made the file -------------------------------------------------------------


def _die_before_commit(path: Path) -> None:
    apply = schema.apply_migrations

    def apply_and_die(connection: sqlite3.Connection) -> int:
        apply(connection)
        os.kill(os.getpid(), signal.SIGKILL)
        return 0

    schema.apply_migrations = apply_and_die
    Store(path, create=True)


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_store_killed_while_it_was_made_is_made_by_the_next_command(tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    child = multiprocessing.get_context("spawn").Process(target=_die_before_commit, args=(path,))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    with pytest.raises(StoreError, match="is empty"):
        Store(path)
    assert len(query(make_store(path), "SELECT * FROM codings")) == 7


def test_half_made_store_is_not_taken_for_one(tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    with closing(opening._connect(path, "rwc")) as connection:
        schema.apply_migrations(connection)
    with pytest.raises(StoreError, match="of another program"):
        Store(path, create=True)


def test_foreign_tables_that_appear_meanwhile_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    foreign_database(path)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="being filled by another program"):
        opening._migrate(path)
    assert path.read_bytes() == before
