"""Every error and warning class of the package; imports nothing of ours.

The tree::

    QualcodeError                 a problem in the user's data or files; exit code 1
    ├── FaultyFileError           one file with one or more faults, all listed, each with its line
    │   ├── CodebookError         codebook.yaml or examples.jsonl cannot be used
    │   ├── GoldError             a file of gold codings cannot be used
    │   ├── NamesError            a list of names cannot be used
    │   ├── PacketError           a packet of verdicts cannot be used
    │   ├── ProfileError          a file with the claim of a profile cannot be used
    │   ├── ShareError            a share of another team cannot be used, or does not go with the others
    │   └── StudyError            qualcode.toml or documents.csv cannot be used
    ├── NamesLeftError            what would be written holds listed names, or what looks like a person's data
    ├── ExchangeError             a project or codebook of another program cannot be read or written
    ├── ReadError                 a source file is missing, empty, binary or not decodable
    ├── TagError                  a tagger cannot be built, loaded or run
    ├── StoreError                the SQLite store cannot be opened, or a write is refused
    ├── SelectionError            a filter names a region, code ... that does not exist
    ├── AggregateError            rows do not have the shape a table needs
    └── ReportError               a report cannot be made from its template, or would overwrite a person's work

    QualcodeWarning
    ├── ReducedTaggerWarning      hybrid.v2 runs without its embedding part
    └── TrainingWarning           a model is being trained first, which takes a while

Wrong use of the Python API is a plain ``ValueError`` or ``TypeError``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class QualcodeError(Exception):
    """A problem a user can solve: what, where, what was found, what to do."""

    exit_code = 1


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong in one file.

    Attributes
    ----------
    file : str
        The file as the user named it.
    line : int
        1-based line; 0 when the fault belongs to the whole file.
    message : str
        What is wrong, what was found and what to do, in one sentence or two.
    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.message}"


class FaultyFileError(QualcodeError):
    """A file that cannot be used; carries all its faults in line order.

    Parameters
    ----------
    faults : iterable of Fault
        At least one.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class CodebookError(FaultyFileError):
    """A codebook, or the examples beside it, cannot be used."""


class StudyError(FaultyFileError):
    """qualcode.toml or documents.csv cannot be used."""


class GoldError(FaultyFileError):
    """A file of gold codings cannot be used, or names what is not there."""


class NamesError(FaultyFileError):
    """A list of names cannot be used."""


class NamesLeftError(QualcodeError):
    """What would be written holds listed names, or what looks like a person's data."""


class PacketError(FaultyFileError):
    """A packet of verdicts cannot be used, or was damaged or changed on its way."""


class ProfileError(FaultyFileError):
    """A file with the claim of a profile cannot be used, or names codes the codebook lacks."""


class ShareError(FaultyFileError):
    """A share cannot be used, was damaged or changed on its way, or does not go with the others."""


class ExchangeError(QualcodeError):
    """A project or codebook of another program cannot be read, or not be written so that it reads back the same."""


class ReadError(QualcodeError):
    """A source file is missing, empty, binary, or cannot be decoded."""


class TagError(QualcodeError):
    """A tagger cannot be built, loaded or run."""


class StoreError(QualcodeError):
    """The store cannot be opened, or a write is refused."""


class SelectionError(QualcodeError):
    """A filter names something that does not exist."""


class AggregateError(QualcodeError):
    """Rows do not have the shape a table needs."""


class ReportError(QualcodeError):
    """A report cannot be made from its template, or would overwrite what a person wrote."""


class QualcodeWarning(UserWarning):
    """Base of the warnings a user should see."""


class ReducedTaggerWarning(QualcodeWarning):
    """A tagger runs without one of its parts and says which."""


class TrainingWarning(QualcodeWarning):
    """A model is being trained before anything can be tagged, which takes a while."""


def shown(value: object) -> str:
    r"""What comes from a stranger's file, fit for a message: on one line, nothing that steers a terminal, not long.

    Parameters
    ----------
    value : object
        A name, or the error of a library, which may quote the file.

    Returns
    -------
    str
        At most 120 characters.

    Examples
    --------
    >>> shown("a\x1b[2J\nb"), len(shown("x" * 1000))
    ('a [2J b', 120)
    """
    words = "".join(sign if sign.isprintable() else " " for sign in str(value)[:1000])
    return words if len(words) <= 120 else f"{words[:119]}…"


def nearest(wanted: str, known: Sequence[str]) -> str:
    """Phrase that offers the nearest known name, or lists the known ones.

    Parameters
    ----------
    wanted : str
        What the user typed.
    known : sequence of str
        What exists.

    Returns
    -------
    str
        ``'Did you mean "Catalonia"?'``, or ``'Known: a, b.'`` when nothing is near.

    Examples
    --------
    >>> nearest("Catalunya", ["Catalonia", "Crete"])
    'Did you mean "Catalonia"?'
    >>> nearest("x", ["Catalonia", "Crete"])
    'Known: Catalonia, Crete.'
    """
    folded = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(wanted.casefold(), list(folded), n=1, cutoff=0.5)
    if found:
        return f'Did you mean "{folded[found[0]]}"?'
    if not known:
        return "The store holds none yet."
    return f"Known: {', '.join(known)}."
