"""``names.csv`` in, checked names with their pseudonyms out; all faults at once, each with its line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import Fault, NamesError, nearest

NAMES_FILE = "names.csv"
COLUMNS = ("name", "kind", "aliases", "pseudonym")
KINDS = {"person": "Person", "organisation": "Organisation", "place": "Place"}
"""Kinds of names, and what their pseudonyms begin with."""

_ORGANISATIONS = (
    ("Hospital", "hospital spital klini clinic ligonin νοσοκομ болница ospedale ziekenhuis sjukhus"),
    ("University", "univers πανεπιστ"),
    ("Ministry", "minist υπουργ министер"),
    ("Insurer", "insur asigur krankenkasse kasse mutual"),
)
"""An organisation that says itself what it is gets a pseudonym that says it too."""

_ELSE = ("Name", "Mark", "X")
"""Instead of a kind that is listed as a name itself."""
_SAID = re.compile("|".join([*KINDS.values(), *(kind for kind, _ in _ORGANISATIONS), *_ELSE]), re.IGNORECASE)


@dataclass(frozen=True)
class Name:
    """A row of the list.

    Attributes
    ----------
    name : str
    kind : {"person", "organisation", "place"}
    aliases : tuple of str
        Other ways the same one is called.
    pseudonym : str
        "" = not made yet.
    line : int
        1-based line of the file.
    """

    name: str
    kind: str
    aliases: tuple[str, ...] = ()
    pseudonym: str = ""
    line: int = 0

    @property
    def spellings(self) -> tuple[str, ...]:
        """The name and its aliases."""
        return (self.name, *self.aliases)


def read_names(path: Path, taken: Iterable[str] = ()) -> tuple[Name, ...]:
    """The list of a file, every name with a pseudonym.

    Parameters
    ----------
    path : Path
    taken : iterable of str
        Pseudonyms that are not to be made: they stand for somebody else.

    Raises
    ------
    NamesError
        With every fault of the file.
    """
    try:
        source = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise NamesError([Fault(str(path), 0, f"is not UTF-8 text (byte {error.start}). Save it as UTF-8.")]) from error
    except OSError as error:
        raise NamesError(
            [Fault(str(path), 0, f"cannot be read: {error.strerror}. Make it with: qualcode pseudonymize --suggest")]
        ) from error
    return add_pseudonyms(parse_names(source, str(path)), taken)


def parse_names(source: str, file: str = NAMES_FILE) -> tuple[Name, ...]:
    r"""Rows of the text of a list; ``;`` may stand for the comma, as a spreadsheet writes it.

    Raises
    ------
    NamesError
        With every fault.

    Examples
    --------
    >>> parse_names("name,kind,aliases\nAna Popa,person,Ana; Dr. Popa\n")[0].spellings
    ('Ana Popa', 'Ana', 'Dr. Popa')
    """
    first = source.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(source), delimiter=";" if "," not in first and ";" in first else ",")
    header = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    faults = [
        Fault(file, 1, f'the column "{name}" is missing. Write as the first line: {",".join(COLUMNS)}')
        for name in COLUMNS[:2]
        if name not in header
    ]
    if faults:
        raise NamesError(faults)
    faults += [
        Fault(file, 1, f'there is no column "{name}". {nearest(name, COLUMNS)}')
        for name in header
        if name not in COLUMNS
    ]
    reader.fieldnames = header
    names: list[Name] = []
    seen: dict[str, int] = {}
    for row in reader:
        line = reader.line_num
        plain = {key: (row.get(key) or "").strip() for key in COLUMNS}
        if not any(plain.values()):
            continue
        aliases = tuple(one for part in plain["aliases"].split(";") if (one := part.strip()))
        name = Name(plain["name"], plain["kind"].lower() or "person", aliases, plain["pseudonym"], line)
        faults += [Fault(file, line, message) for message in _faults(name, seen)]
        faults += [Fault(file, line, "has more columns than the first line. Put quotes around commas.")] * (None in row)
        names.append(name)
        seen |= dict.fromkeys(name.spellings, line)
    faults += _clashes(names, file)
    if faults:
        raise NamesError(faults)
    return tuple(names)


def _faults(name: Name, seen: dict[str, int]) -> list[str]:
    found = []
    if name.kind not in KINDS:
        found.append(f'kind "{name.kind}" is not known. Kinds: {", ".join(KINDS)}.')
    for spelling in name.spellings:
        if len(re.sub(r"[\W_]", "", spelling)) < 2:
            found.append("a name or alias has fewer than two letters or digits. Write it out, or remove it.")
        elif spelling in seen:
            found.append(f"a name or alias stands in line {seen[spelling]} too. Keep it in one of them.")
    return found


def _clashes(names: Sequence[Name], file: str) -> list[Fault]:
    """Pseudonyms given by hand that would put a listed name back, or stand for two."""
    from .finding import Finder

    given: dict[str, int] = {}
    faults = []
    finder = Finder(names)
    for name in names:
        if not name.pseudonym:
            continue
        if name.pseudonym in given:
            faults.append(Fault(file, name.line, f"has the pseudonym of line {given[name.pseudonym]}. Write another."))
        given[name.pseudonym] = name.line
        if finder.hits(name.pseudonym):
            faults.append(Fault(file, name.line, "the pseudonym holds a listed name or a form of one. Write another."))
        if re.search(r"[\x00-\x1f\\/:*?\"<>|]", name.pseudonym):
            faults.append(Fault(file, name.line, "the pseudonym holds what no file name may. Write another."))
    return faults


def add_pseudonyms(names: Sequence[Name], taken: Iterable[str] = ()) -> tuple[Name, ...]:
    """Make the pseudonyms that are not given, numbered by kind in the order of the list; none that is taken.

    Examples
    --------
    >>> [n.pseudonym for n in add_pseudonyms([Name("Ana", "person"), Name("City Hospital", "organisation")])]
    ['[Person 1]', '[Hospital 1]']
    """
    from .finding import Finder

    taken = {name.pseudonym for name in names}.union(taken)
    counts: dict[str, int] = {}
    made = []
    said = Finder([one for one in names if any(_SAID.search(spelling) for spelling in one.spellings)])
    for name in names:
        pseudonym = name.pseudonym
        while not pseudonym:
            kind = next(one for one in (_said_kind(name), KINDS[name.kind], *_ELSE) if not said.hits(one))
            counts[kind] = counts.get(kind, 0) + 1
            wanted = f"[{kind} {counts[kind]}]"
            pseudonym = "" if wanted in taken or said.hits(wanted) else wanted
        made.append(replace(name, pseudonym=pseudonym))
    return tuple(made)


def _said_kind(name: Name) -> str:
    if name.kind == "organisation":
        folded = name.name.casefold()
        for kind, beginnings in _ORGANISATIONS:
            if any(beginning in folded for beginning in beginnings.split()):
                return kind
    return KINDS[name.kind]
