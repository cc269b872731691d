"""Where the passphrase of encrypted stores comes from, and the key that is made of it.

In: the environment or the terminal; the salt of a file. Out: the key as SQLCipher takes it. The passphrase itself is
in no argument, message, log or file of ours.
"""

from __future__ import annotations

import getpass
import hashlib
import os
import sys
import unicodedata
from functools import lru_cache
from pathlib import Path

from ..errors import StoreError

KEY_FILE = "QUALCODE_KEY_FILE"
KEY = "QUALCODE_KEY"
LEAST_LETTERS = 12
"""Of a passphrase for a new file; who has the file can try as many as they like."""

SALT_BYTES = 16
ITERATIONS = 256_000
"""As SQLCipher 4 makes its key by default, so that other programs open the file with the same passphrase."""

_asked: list[str] = []
"""What was typed in, for as long as the program runs."""


def is_given() -> bool:
    """Whether the environment names a passphrase."""
    return bool(os.environ.get(KEY_FILE) or os.environ.get(KEY))


def source() -> str:
    """Where the passphrase is from, for messages."""
    return KEY_FILE if os.environ.get(KEY_FILE) else KEY if os.environ.get(KEY) else "the one typed in"


def forget() -> None:
    """Ask again next time."""
    _asked.clear()


def settle_new() -> None:
    """Get the passphrase of a new file: from the environment, or typed in twice.

    Raises
    ------
    StoreError
        If there is none, it is too short, or what was typed in differs.
    """
    if not is_given():
        forget()
        words = _ask("New passphrase: ", "a new file")
        if _ask("Once more: ", "a new file") != words:
            raise StoreError("The two passphrases differ. Nothing was written; try again.")
        _asked.append(words)
    if len(_passphrase("a new file")) < LEAST_LETTERS:
        where = source()
        forget()
        raise StoreError(
            f"The passphrase ({where}) is too short: take {LEAST_LETTERS} letters or more, such as five words "
            "drawn at random."
        )


def cipher_key(salt: bytes, what: str | Path) -> str:
    """The key of a file, as ``PRAGMA key`` and ``ATTACH ... KEY`` take it.

    Parameters
    ----------
    salt : bytes
        The first 16 bytes of the file.
    what : str or Path
        What is to be opened, for the message.

    Raises
    ------
    StoreError
        If there is no passphrase: none in the environment, and nobody at a terminal to ask.
    """
    return f"x'{_derived(_passphrase(what), salt)}{salt.hex()}'"


@lru_cache(maxsize=16)
def _derived(words: str, salt: bytes) -> str:
    return hashlib.pbkdf2_hmac("sha512", words.encode("utf-8"), salt, ITERATIONS, 32).hex()


def _passphrase(what: str | Path) -> str:
    if named := os.environ.get(KEY_FILE):
        return _in_file(Path(named))
    if words := os.environ.get(KEY):
        return unicodedata.normalize("NFC", words)
    if not _asked:
        _asked.append(_ask(f"Passphrase of {what}: ", what))
    return _asked[0]


def _in_file(path: Path) -> str:
    try:
        words = path.read_text(encoding="utf-8-sig").strip("\r\n")
    except OSError as error:
        raise StoreError(f"{path}, which {KEY_FILE} names, cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise StoreError(f"{path}, which {KEY_FILE} names, is not UTF-8 text. Save it as such.") from None
    if not words or len(words.splitlines()) > 1:
        raise StoreError(f"{path}, which {KEY_FILE} names, must hold the passphrase, in one line and nothing else.")
    # The same letters can be written in two ways, and systems differ in which they type.
    return unicodedata.normalize("NFC", words)


def _ask(question: str, what: str | Path) -> str:
    if sys.stdin is None or not sys.stdin.isatty():
        raise StoreError(
            f"{what} needs a passphrase, and there is no terminal to ask for it. Name a file that holds it in "
            f"{KEY_FILE}, or set {KEY}."
        )
    try:
        words = getpass.getpass(question)
    except EOFError:
        words = ""
    if not words:
        raise StoreError("No passphrase was typed in. Nothing was opened.")
    return unicodedata.normalize("NFC", words)
