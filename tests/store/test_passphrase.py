from __future__ import annotations

import getpass
import hashlib
import io
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from qualcode.errors import StoreError
from qualcode.store import passphrase

SALT = bytes(range(16))


@pytest.fixture(autouse=True)
def _forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing typed in yet; and fewer rounds, for speed: `test_database` proves that SQLCipher makes as many as we."""
    monkeypatch.setattr(passphrase, "ITERATIONS", 100)
    passphrase._derived.cache_clear()
    passphrase.forget()
    yield
    passphrase._derived.cache_clear()
    passphrase.forget()


def key_of(words: str) -> str:
    derived = hashlib.pbkdf2_hmac("sha512", words.encode(), SALT, 100, 32)
    return f"x'{derived.hex()}{SALT.hex()}'"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def type_in(monkeypatch: pytest.MonkeyPatch, *lines: str) -> list[str]:
    """Let somebody at a terminal type lines; the questions as they come."""
    questions: list[str] = []
    answers = iter(lines)

    def ask(question: str) -> str:
        questions.append(question)
        return next(answers)

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(getpass, "getpass", ask)
    return questions


def test_the_file_goes_before_the_variable_and_its_line_end_is_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_bytes("\ufeff one é two \r\n".encode())
    monkeypatch.setenv("QUALCODE_KEY", "another")
    assert passphrase.cipher_key(SALT, "a.db") == key_of("another")
    assert passphrase.source() == "QUALCODE_KEY"
    monkeypatch.setenv("QUALCODE_KEY_FILE", str(tmp_path / "key"))
    assert passphrase.cipher_key(SALT, "a.db") == key_of(" one é two ")
    assert passphrase.source() == "QUALCODE_KEY_FILE"


def test_the_same_letters_are_the_same_passphrase_on_every_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUALCODE_KEY", unicodedata.normalize("NFD", "é and ü"))
    assert passphrase.cipher_key(SALT, "a.db") == key_of(unicodedata.normalize("NFC", "é and ü"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file"),
        (b"", "in one line and nothing else"),
        (b"\n\n", "in one line and nothing else"),
        (b"secret words\nmore\n", "in one line and nothing else"),
        (b"secret \xff", "not UTF-8 text"),
    ],
)
def test_a_file_without_a_passphrase_is_refused_and_not_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, said: str
) -> None:
    path = tmp_path / "key"
    monkeypatch.setenv("QUALCODE_KEY_FILE", str(path))
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StoreError, match=said) as caught:
        passphrase.cipher_key(SALT, "a.db")
    assert str(path) in str(caught.value)
    assert "secret" not in str(caught.value)


def test_without_a_terminal_nobody_is_asked() -> None:
    with pytest.raises(StoreError, match=r"a\.db needs a passphrase, .* QUALCODE_KEY_FILE, or set QUALCODE_KEY\."):
        passphrase.cipher_key(SALT, "a.db")


def test_on_a_terminal_it_is_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    questions = type_in(monkeypatch, "typed words", "other words")
    assert [passphrase.cipher_key(SALT, "a.db") for _ in range(2)] == [key_of("typed words")] * 2
    assert questions == ["Passphrase of a.db: "]
    passphrase.forget()
    assert passphrase.cipher_key(SALT, "a.db") == key_of("other words")


def test_nothing_typed_in_is_no_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, "")
    with pytest.raises(StoreError, match="No passphrase was typed in"):
        passphrase.cipher_key(SALT, "a.db")


def test_a_new_one_is_typed_in_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    questions = type_in(monkeypatch, "five words at random", "five words at random")
    passphrase.settle_new()
    assert questions == ["New passphrase: ", "Once more: "]
    assert passphrase.cipher_key(SALT, "a.db") == key_of("five words at random")
    type_in(monkeypatch, "five words at random", "five words at randon")
    with pytest.raises(StoreError, match="differ"):
        passphrase.settle_new()


def test_a_new_one_is_not_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUALCODE_KEY", "eleven sign")
    with pytest.raises(StoreError, match=r"passphrase \(QUALCODE_KEY\) is too short: take 12") as caught:
        passphrase.settle_new()
    assert "eleven" not in str(caught.value)
    monkeypatch.setenv("QUALCODE_KEY", "twelve signs")
    passphrase.settle_new()
    monkeypatch.delenv("QUALCODE_KEY")
    type_in(monkeypatch, "short", "short", "asked again")
    with pytest.raises(StoreError, match="too short"):
        passphrase.settle_new()
    assert passphrase.cipher_key(SALT, "a.db") == key_of("asked again")
