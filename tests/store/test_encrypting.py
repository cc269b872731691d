from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from qualcode.errors import StoreError
from qualcode.store import (
    Store,
    decrypt_store,
    encrypt_store,
    encrypting,
    examine,
    is_encrypted,
    mend,
    merge_stores,
    read_tables,
    rewrite_store,
)
from qualcode.store.database import connect, create_private
from qualcode.store.examining import backup_files

from .builders import RUN, codebook, two_documents

pytest.importorskip("sqlcipher3")

KEPT = Path(__file__).parent / "data"
KEY = "five words drawn at random"
WORDS = b"money"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUALCODE_KEY", KEY)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plain store and an encrypted copy of it, made once: only to be copied."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("QUALCODE_KEY", raising=False)
        with Store(folder / "plain.db", create=True) as store:
            store.save_run(RUN, codebook(), two_documents())
        patch.setenv("QUALCODE_KEY", KEY)
        encrypt_store(folder / "plain.db", folder / "secret.db")
    return folder


@pytest.fixture
def plain(made: Path, tmp_path: Path) -> Path:
    path = Path(shutil.copy(made / "plain.db", tmp_path / "plain.db"))
    assert WORDS in path.read_bytes()
    return path


@pytest.fixture
def secret(made: Path, plain: Path, tmp_path: Path) -> Path:
    """An encrypted copy of the plain store, alone in its folder."""
    folder = tmp_path / "secret"
    folder.mkdir()
    return Path(shutil.copy(made / "secret.db", folder / "study.db"))


def readable_files(folder: Path) -> list[str]:
    """Files that hold a word of the transcripts or look like a plain database."""
    files = ((path.name, path.read_bytes()) for path in folder.rglob("*") if path.is_file())
    return [name for name, content in files if WORDS in content or content.startswith(b"SQLite")]


# --- there and back ----------------------------------------------------------------------------


def test_every_row_is_there_and_comes_back(plain: Path, secret: Path, tmp_path: Path) -> None:
    assert (is_encrypted(plain), is_encrypted(secret)) == (False, True)
    decrypt_store(secret, tmp_path / "back.db")
    assert read_tables(plain) == read_tables(secret) == read_tables(tmp_path / "back.db")
    assert not is_encrypted(tmp_path / "back.db")
    assert [path.name for path in secret.parent.iterdir()] == ["study.db"]
    for path in (secret, tmp_path / "back.db"):
        assert {finding.state for finding in examine(path).findings} == {"ok"}


def test_what_is_still_plain_is_told(plain: Path, tmp_path: Path) -> None:
    with Store(plain) as store:
        backup = store.back_up()
    assert encrypt_store(plain, tmp_path / "a.db") == [plain, backup]


def test_what_is_there_is_not_overwritten_and_nothing_is_left(plain: Path, secret: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    for act, path, out, said in (
        (encrypt_store, plain, secret, "exists already"),
        (encrypt_store, secret, tmp_path / "a.db", "is encrypted already"),
        (decrypt_store, plain, tmp_path / "a.db", "is not encrypted"),
        (encrypt_store, tmp_path / "none.db", tmp_path / "a.db", "There is no store"),
        (decrypt_store, secret, tmp_path / "none" / "a.db", "There is no folder"),
    ):
        with pytest.raises(StoreError, match=said):
            act(path, out)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("change", ["UPDATE documents SET words = 99 WHERE version = 1", "DELETE FROM verdicts"])
def test_a_copy_that_differs_is_no_copy(
    plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    prove = encrypting._prove

    def meddle(path: Path, part: Path, salt: bytes | None) -> None:
        with closing(connect(part, "rw")) as connection:
            if connection.execute(change).rowcount <= 0:
                connection.execute("PRAGMA user_version = 99")
        prove(path, part, salt)

    monkeypatch.setattr(encrypting, "_prove", meddle)
    with pytest.raises(StoreError, match="not the same as"):
        encrypt_store(plain, tmp_path / "a.db")
    assert [path.name for path in tmp_path.iterdir()] == ["plain.db"]


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_copies_are_their_owners_alone(plain: Path, secret: Path, tmp_path: Path) -> None:
    plain.chmod(0o644)
    encrypt_store(plain, tmp_path / "a.db")
    decrypt_store(secret, tmp_path / "b.db")
    for path in (tmp_path / "a.db", tmp_path / "b.db"):
        assert path.stat().st_mode & 0o777 == 0o600


# --- the key -----------------------------------------------------------------------------------


def test_a_wrong_key_is_refused_by_name_and_changes_nothing(
    secret: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = secret.read_bytes()
    monkeypatch.setenv("QUALCODE_KEY", "a wrong passphrase")
    for act in (
        lambda: Store(secret),
        lambda: Store(secret, read_only=True),
        lambda: examine(secret),
        lambda: read_tables(secret),
        lambda: merge_stores([secret, secret], tmp_path / "a.db"),
        lambda: decrypt_store(secret, tmp_path / "a.db"),
    ):
        with pytest.raises(
            StoreError, match=r"study\.db does not open with this passphrase \(QUALCODE_KEY\)"
        ) as caught:
            act()
        assert "wrong passphrase" not in str(caught.value)
    assert secret.read_bytes() == before
    assert [path.name for path in secret.parent.iterdir()] == ["study.db"]
    assert not (tmp_path / "a.db").exists()
    assert caplog.messages == []


def test_another_passphrase_is_another_copy(
    plain: Path, secret: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decrypt_store(secret, tmp_path / "between.db")
    monkeypatch.setenv("QUALCODE_KEY", "quite another passphrase")
    encrypt_store(tmp_path / "between.db", tmp_path / "new.db")
    assert read_tables(tmp_path / "new.db") == read_tables(plain)
    with pytest.raises(StoreError, match="does not open"):
        Store(secret)


def test_what_was_changed_on_the_disk_is_found(secret: Path) -> None:
    content = bytearray(secret.read_bytes())
    place = len(content) // 2
    content[place : place + 16] = bytes(16)
    secret.write_bytes(content)
    assert [f.check for f in examine(secret).findings if f.state == "fault"]


# --- nothing of it is ever plain on the disk ---------------------------------------------------


def test_with_a_key_a_new_store_is_encrypted_from_the_start(tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    with Store(path, create=True) as store:
        store.save_run(RUN, codebook(), two_documents())
        assert readable_files(tmp_path) == []
    assert is_encrypted(path)
    with Store(path, read_only=True) as store:
        assert store.status_counts().documents == 2


def test_a_store_that_several_make_at_once_is_one_store(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _MADE, str(tmp_path / "study.db")]
    makers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    for maker in makers:
        assert maker.stdout is not None
        assert maker.stdout.readline() == b"ready\n"
    for maker in makers:
        assert maker.stdin is not None
        maker.stdin.write(b"go\n")
        maker.stdin.flush()
    assert [maker.communicate()[1] for maker in makers] == [b""] * 2
    assert {finding.state for finding in examine(tmp_path / "study.db").findings} == {"ok"}


_MADE = """
import sys
from pathlib import Path
from qualcode.store import Store, passphrase, schema
print("ready", flush=True)
sys.stdin.readline()
Store(sys.argv[1], create=True).close()
"""


def test_nothing_is_plain_while_it_is_written(secret: Path) -> None:
    with Store(secret) as store, store.writing():
        store._connection.execute("PRAGMA cache_size = 1")
        store._connection.execute("PRAGMA cache_spill = 1")
        store._connection.execute("UPDATE documents SET text = text || ?", ["money " * 50_000])
        assert secret.with_name("study.db-journal").stat().st_size > 4096
        assert readable_files(secret.parent) == []
        assert store._connection.execute("PRAGMA temp_store").fetchone() == (2,)  # MEMORY


def test_copies_backups_pools_and_rewritten_ones_are_encrypted(plain: Path, secret: Path) -> None:
    folder = secret.parent
    with Store(secret) as store:
        assert [store.back_up(), store.back_up()] == [folder / "study.db.backup-1"] * 2
        store.save_run(RUN, codebook("2.0.0"), two_documents())
        store.copy_to(folder / "copy.db")
        assert store.back_up() == folder / "study.db.backup-2"
    assert merge_stores([secret, plain, folder / "copy.db"], folder / "pool.db").conflicts
    rewrite_store(secret, folder / "new.db", lambda tables, _keys: tables)
    assert read_tables(secret) == read_tables(folder / "copy.db") == read_tables(folder / "new.db")
    assert len(list(folder.iterdir())) == 6
    assert readable_files(folder) == []


def test_a_plain_store_does_not_take_in_an_encrypted_one(plain: Path, secret: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Name an encrypted store first"):
        merge_stores([plain, secret], tmp_path / "pool.db")
    assert not [path for path in tmp_path.iterdir() if "pool" in path.name]


def test_an_older_store_is_brought_up_to_date_encrypted(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    path = tmp_path / "old" / "study.db"
    shutil.copy(KEPT / "schema_4.db", tmp_path / "plain.db")
    create_private(path)
    encrypting._export(tmp_path / "plain.db", path, bytes(range(16)))
    assert any("older qualcode" in finding.found for finding in examine(path).findings)
    with Store(path) as store:
        assert store.status_counts().documents == 2
    assert [file.name for file in backup_files(path)] == ["study.db.backup-1"]
    assert readable_files(path.parent) == []


def test_mending_takes_a_text_from_an_encrypted_backup(secret: Path) -> None:
    with Store(secret) as store:
        store.back_up()
        store._connection.execute("UPDATE documents SET text = 'X' || substr(text, 2) WHERE name LIKE '%one%'")
    assert any("backup-1" in done for done in mend(secret, examine(secret).findings))
    assert not [finding for finding in examine(secret).findings if finding.state == "fault"]
    assert readable_files(secret.parent) == []


def test_plain_backups_beside_an_encrypted_store_are_named(plain: Path, secret: Path) -> None:
    shutil.copy(plain, secret.with_name("study.db.backup-1"))
    (finding,) = (f for f in examine(secret).findings if f.check == "backups" and f.state == "warning")
    assert finding.found == "The store is encrypted, but not: study.db.backup-1."
    with Store(secret) as store:
        assert store.back_up() == secret.with_name("study.db.backup-2")  # the same rows, but plain, are no backup


# --- a power cut -------------------------------------------------------------------------------

_KILLED = """
import os, signal, sys
from qualcode.store import Store
with Store(sys.argv[1]) as store, store.writing():
    store._connection.execute("PRAGMA cache_size = 1")
    store._connection.execute("PRAGMA cache_spill = 1")
    store._connection.execute("UPDATE documents SET text = text || ?", ["money " * 100_000])
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_killed_run_is_rolled_back_also_after_a_wrong_key(
    plain: Path, secret: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done = subprocess.run([sys.executable, "-c", _KILLED, str(secret)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert secret.with_name("study.db-journal").stat().st_size
    assert readable_files(secret.parent) == []
    assert any(f.check == "journal" and f.state == "warning" for f in examine(secret).findings)
    with monkeypatch.context() as wrong:
        wrong.setenv("QUALCODE_KEY", "a wrong passphrase")
        with pytest.raises(StoreError, match="does not open with this passphrase"):
            Store(secret)
    caplog.clear()
    with Store(secret):
        pass
    assert read_tables(secret) == read_tables(plain)
    assert not secret.with_name("study.db-journal").exists()


def test_the_extra_is_in_use_here() -> None:
    with closing(sqlite3.connect(":memory:")) as connection, pytest.raises(sqlite3.OperationalError):
        connection.execute("SELECT sqlcipher_export('main')")
