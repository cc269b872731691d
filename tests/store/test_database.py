from __future__ import annotations

import os
import sqlite3
import sys
import zlib
from contextlib import closing
from pathlib import Path

import pytest

from qualcode.errors import StoreError
from qualcode.store.database import (
    StoreConnection,
    attach,
    connect,
    create_private,
    database_errors,
    is_open_here,
    salt_of,
    uri,
)

SALT = bytes(range(16))


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUALCODE_KEY", 'it\'s a ; "passphrase" -- é')


def make(path: Path, salt: bytes | None = None) -> Path:
    with closing(connect(path, "rwc", salt=salt)) as connection:
        connection.execute("CREATE TABLE said (words TEXT)")
        connection.execute("INSERT INTO said VALUES ('the bus is late')")
    return path


def read(path: Path) -> object:
    with closing(connect(path, "ro")) as connection:
        return connection.execute("SELECT words FROM said").fetchone()


def test_a_plain_file_is_opened_by_sqlite_whatever_key_there_is(tmp_path: Path) -> None:
    path = make(tmp_path / "a ?#%.db")
    assert path.read_bytes().startswith(b"SQLite format 3\0")
    assert salt_of(path) is None
    assert read(path) == ("the bus is late",)


def test_an_encrypted_file_looks_like_random_bytes_after_its_salt(tmp_path: Path) -> None:
    pytest.importorskip("sqlcipher3")
    path = make(tmp_path / "a.db", SALT)
    content = path.read_bytes()
    assert content.startswith(SALT)
    assert salt_of(path) == SALT
    assert b"late" not in content
    assert len(zlib.compress(content[16:])) >= len(content) - 16
    assert read(path) == ("the bus is late",)


def test_other_programs_open_it_with_the_passphrase_alone(tmp_path: Path) -> None:
    sqlcipher = pytest.importorskip("sqlcipher3")
    path = make(tmp_path / "a.db", SALT)
    with closing(sqlcipher.connect(path)) as connection:
        connection.execute("PRAGMA key = 'it''s a ; \"passphrase\" -- é'")
        assert connection.execute("SELECT words FROM said").fetchone() == ("the bus is late",)


def test_a_wrong_key_opens_nothing_and_says_nothing_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("sqlcipher3")
    path = make(tmp_path / "a.db", SALT)
    monkeypatch.setenv("QUALCODE_KEY", "another")
    with pytest.raises(database_errors()) as caught:
        read(path)
    assert caught.value.sqlite_errorcode == sqlite3.SQLITE_NOTADB
    assert capfd.readouterr() == ("", "")


def test_what_is_attached_to_a_plain_file_is_plain(tmp_path: Path) -> None:
    pytest.importorskip("sqlcipher3")
    plain, other = make(tmp_path / "plain.db"), make(tmp_path / "other.db")
    secret, second = make(tmp_path / "secret.db", SALT), make(tmp_path / "second.db", SALT[::-1])
    with closing(connect(plain, "ro")) as connection:
        attach(connection, other, "other")
        with pytest.raises(StoreError, match=r"secret\.db is encrypted, .* Name an encrypted store first"):
            attach(connection, secret, "secret")
    with closing(connect(secret, "ro")) as connection:
        attach(connection, plain, "plain")
        attach(connection, second, "second")
        for name in ("main", "plain", "second"):
            assert connection.execute(f"SELECT words FROM {name}.said").fetchone() == ("the bus is late",)


@pytest.mark.parametrize("content", [b"", b"words " * 2000, bytes(8192), os.urandom(4095)])
def test_what_is_no_encrypted_file_has_no_salt(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(content)
    assert salt_of(path) is None
    assert salt_of(tmp_path / "none.db") is None
    assert salt_of(tmp_path) is None


def test_an_open_file_is_known_and_not_read_again(tmp_path: Path) -> None:
    pytest.importorskip("sqlcipher3")
    path = make(tmp_path / "a.db", SALT)
    first, second = connect(path, "ro"), connect(path, "ro")
    for connection in (first, second):
        connection.remember(path)
    path.write_bytes(b"")
    assert is_open_here(path)
    assert salt_of(path) == SALT
    first.close()
    first.close()
    assert salt_of(path) == SALT
    second.close()
    assert not is_open_here(path)
    assert salt_of(path) is None


def test_without_the_extra_an_encrypted_file_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(SALT + os.urandom(8176))
    monkeypatch.setitem(sys.modules, "sqlcipher3", None)
    with pytest.raises(StoreError, match=r"a\.db: .* pip install 'qualcode\[encrypt\]'"):
        connect(path, "ro")


def test_errors_of_both_are_known() -> None:
    assert sqlite3.IntegrityError in database_errors("IntegrityError")
    sqlcipher = pytest.importorskip("sqlcipher3.dbapi2")
    assert database_errors() == (sqlite3.DatabaseError, sqlcipher.DatabaseError)


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_private_file_is_its_owners_from_the_first_byte_on(tmp_path: Path) -> None:
    create_private(tmp_path / "a")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        create_private(tmp_path / "a")


def test_a_path_is_a_uri_of_sqlite(tmp_path: Path) -> None:
    assert uri(tmp_path / "a b?.db", "ro") == f"{tmp_path.as_uri()}/a%20b%3F.db?mode=ro"


def test_a_plain_connection_is_one_of_sqlite(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "a.db", "rwc")) as connection:
        assert isinstance(connection, StoreConnection)
        assert isinstance(connection, sqlite3.Connection)
