"""Who codes: names of people as they are typed, as they are stored, and as the machine knows its user."""

from __future__ import annotations

import getpass
import re
import unicodedata
from collections.abc import Collection, Sequence

from ..errors import SelectionError, nearest
from ..review import MACHINE

NAME_CHARACTERS = 80


def coder_name(given: str) -> str:
    """The name of a person, as it is stored.

    Parameters
    ----------
    given : str
        As typed; blanks count once, and an accent is part of its letter.

    Raises
    ------
    SelectionError
        For no name, one too long, one with a comma (which parts names in lists), or the one that means the machine.

    Examples
    --------
    >>> coder_name("  Anna   Berg ")
    'Anna Berg'
    """
    name = unicodedata.normalize("NFC", " ".join(given.split()))
    if not name or len(name) > NAME_CHARACTERS or "," in name or not name.isprintable():
        raise SelectionError(
            f"{given[:NAME_CHARACTERS]!r} is not a name. Write 1 to {NAME_CHARACTERS} letters, without commas."
        )
    if name.casefold() == MACHINE:
        raise SelectionError(f'"{name}" stands for the tagger. Give the name of a person.')
    return name


def default_coder() -> str:
    """Who is at this machine, by the name of the user, written as the name of a person.

    Raises
    ------
    SelectionError
        Where the machine does not say.
    """
    try:
        name = readable_name(getpass.getuser())
    except (ImportError, KeyError, OSError):
        name = ""
    if not name:
        raise SelectionError("This machine does not say who you are. Give your name: --coder NAME")
    return coder_name(name)


def readable_name(user: str) -> str:
    """A user name written as the name of a person.

    Examples
    --------
    >>> readable_name("anna.berg"), readable_name("mfernández"), readable_name("AnnaB")
    ('Anna Berg', 'Mfernández', 'AnnaB')
    """
    words = [word for word in re.split(r"[\W_]+", user) if word]
    return " ".join(word[:1].upper() + word[1:] for word in words)


def coder_names(given: str) -> tuple[str, ...]:
    """Names of people in a list with commas, each once.

    Raises
    ------
    SelectionError
        As `coder_name`, and for a name that is there twice.

    Examples
    --------
    >>> coder_names("Ann, Ben")
    ('Ann', 'Ben')
    """
    names = tuple(coder_name(name) for name in given.split(","))
    for place, name in enumerate(names):
        if name in names[:place]:
            raise SelectionError(f"{name} is named twice. Name each person once.")
    return names


def find_person(given: str, known: Collection[str], what: str = "has decided anything") -> str:
    """The name that is meant, among those the store knows; capitals do not matter where only one fits.

    Parameters
    ----------
    given : str
        As typed.
    known : collection of str
    what : str
        What those known have in common, for the message.

    Raises
    ------
    SelectionError
        If there is none, with the nearest.

    Examples
    --------
    >>> find_person("anna berg", ["Anna Berg", "Ben"])
    'Anna Berg'
    """
    names: Sequence[str] = sorted(known)
    wanted = unicodedata.normalize("NFC", " ".join(given.split()))
    if wanted in names:
        return wanted
    same = [name for name in names if name.casefold() == wanted.casefold()]
    if len(same) == 1:
        return same[0]
    raise SelectionError(f'Nobody called "{wanted}" {what} in this store. {nearest(wanted, names)}')
