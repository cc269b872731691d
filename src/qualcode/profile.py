"""A profile: a TOML file with a claim about groups in, checked `Profile` out.

A claim says which of two poles (groups of codes) which groups of documents dwell on, for example
that some regions speak more of advanced therapies and others of health data. What is counted, and how
sure it is, is the business of ``aggregate.profiles``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from .errors import Fault, ProfileError, nearest

if TYPE_CHECKING:
    from .codebook import Codebook

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Pole(_Section):
    """One side of a claim.

    Attributes
    ----------
    name : str
    codes : tuple of str
        In the file numbers or ids of codes, or ids of categories (all their codes); from `read_profile`
        ids of codes, each once, in the order of the codebook.
    """

    name: Text
    codes: tuple[Text, ...]


class Profile(_Section):
    """A claim that can be tested.

    Attributes
    ----------
    title, claim : str
        The claim in the study's own words.
    source : str
        Who makes it, and where; "" where nobody is named.
    by : {"region", "country", "stakeholder_group", "kind", "language"}
        What groups the documents.
    poles : tuple of Pole, length 2
        With different names and no code in common.
    expected : dict of str to str
        Which pole a group is said to dwell on, by the names of both; groups may be left out.
    """

    title: Text
    claim: Text
    source: str = ""
    by: Literal["region", "country", "stakeholder_group", "kind", "language"] = "region"
    poles: tuple[Pole, ...]
    expected: dict[str, Text] = Field(default_factory=dict)

    @property
    def codes_of(self) -> dict[str, tuple[str, ...]]:
        """Codes by the name of their pole."""
        return {pole.name: pole.codes for pole in self.poles}


def read_profile(path: Path, codebook: Codebook) -> Profile:
    """Read and check one profile.

    Parameters
    ----------
    path : Path
    codebook : Codebook
        Whose codes the poles name.

    Returns
    -------
    Profile

    Raises
    ------
    ProfileError
        With every fault of the file.
    """
    try:
        source = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise _fault(path, 0, "there is no such file. Name a profile (TOML).") from error
    except OSError as error:
        raise _fault(path, 0, f"cannot be read: {error.strerror}. Check the file.") from error
    except UnicodeDecodeError as error:
        raise _fault(path, 0, f"is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error
    try:
        profile = Profile.model_validate(tomllib.loads(source))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        raise _fault(path, int(found[1]) if found else 0, f"is not valid TOML: {error}.") from error
    except ValidationError as error:
        raise ProfileError(
            Fault(str(path), _line_of(source, detail["loc"]), _explain(detail)) for detail in error.errors()
        ) from error
    faults = [Fault(str(path), _line_of(source, where), said) for where, said in _faults(profile, codebook)]
    if faults:
        raise ProfileError(faults)
    poles = tuple(pole.model_copy(update={"codes": _ids(pole, codebook)}) for pole in profile.poles)
    return profile.model_copy(update={"poles": poles})


Location = tuple[int | str, ...]


def _faults(profile: Profile, codebook: Codebook) -> Iterator[tuple[Location, str]]:
    """What the poles and the expectation name that does not fit, and where it is written."""
    names = [pole.name for pole in profile.poles]
    if len(names) != 2:
        yield ("poles", 2), f"a profile has two poles, each under its own [[poles]]. Found {len(names)}."
    elif names[0] == names[1]:
        yield ("poles", 1, "name"), f'both poles are called "{names[0]}". Rename one.'
    taken: dict[str, str] = {}
    for place, pole in enumerate(profile.poles):
        if not pole.codes:
            yield ("poles", place, "codes"), f'"{pole.name}" has no codes. Name at least one.'
        for written in pole.codes:
            where = ("poles", place, "codes", written)
            ids = _meant(written, codebook)
            if not ids:
                yield where, f'"{written}" is no code or category of the codebook. {nearest(written, _known(codebook))}'
            shared = [code for code in ids if taken.setdefault(code, names[place]) != names[place]]
            if shared:
                yield where, f"{', '.join(shared)} is in both poles. A code belongs to one of them; remove it."
    for group, pole_name in profile.expected.items():
        if pole_name not in names:
            yield ("expected", group), f'there is no pole "{pole_name}". {nearest(pole_name, names)}'


def _meant(written: str, codebook: Codebook) -> list[str]:
    """Ids of the codes that a number, an id of a code or an id of a category means."""
    return [
        code.id for code in codebook.codes if written in (str(code.number), code.id, codebook.category_of[code.id].id)
    ]


def _known(codebook: Codebook) -> list[str]:
    return [*(code.id for code in codebook.codes), *(category.id for category in codebook.categories)]


def _ids(pole: Pole, codebook: Codebook) -> tuple[str, ...]:
    meant = {code for written in pole.codes for code in _meant(written, codebook)}
    return tuple(code.id for code in codebook.codes if code.id in meant)


def _fault(path: Path, line: int, message: str) -> ProfileError:
    return ProfileError([Fault(str(path), line, message)])


def _explain(detail: Any) -> str:
    name = ".".join(str(step + 1) if isinstance(step, int) else step for step in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return f"{name} is not a setting. Correct the name or remove it."
    if detail["type"] == "missing":
        return f"{name} is missing. Add it."
    if detail["type"] == "tuple_type":
        return f"{name} must be a list, as in [8, 9]. Found {detail['input']!r}."
    return f"{name}: {detail['msg']}. Found {detail['input']!r}."


def _line_of(source: str, location: Location) -> int:
    """1-based line of the deepest step of `location` that is written, each looked for after the one before."""
    lines = source.splitlines()
    tables = [number for number, line in enumerate(lines) if line.strip().startswith("[[poles]]")]
    at = 0
    for place, step in enumerate(location):
        if isinstance(step, int):
            at = tables[min(step, len(tables) - 1)] if place == 1 and tables else at
            continue
        word = re.escape(step)
        # As a key or section first: the words of a claim may hold the name of a setting.
        for pattern in (rf"""^\s*\[*["']?{word}["']?\s*[\].=]""", rf"(?<![\w-]){word}(?![\w-])"):
            found = next((number for number in range(at, len(lines)) if re.search(pattern, lines[number])), None)
            if found is not None:
                at = found
                break
    return at + 1
