"""What a user of qualcode installs with it, under which licence: the packages' own metadata in, a table out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"

FREE = {
    *("0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC", "MIT", "MIT-CMU"),
    *("PSF", "PSF-2.0", "public domain", "Zlib"),
}
"""Ask for a notice at most."""

WITH_TERMS = {
    "LGPL-2.1": "changes to the package itself stay under it; using it from a program of another licence is free",
    "MPL-2.0": "changes to its own files stay under it; using it from a program of another licence is free",
}
"""Weak copyleft: fits a program under MIT that imports the package as it is."""

SPELLED = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "GNU Lesser General Public License v2 (LGPLv2)": "LGPL-2.1",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "LGPL-2.1-only": "LGPL-2.1",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Public Domain": "public domain",
    "Public-Domain": "public domain",
    "Python Software Foundation License": "PSF",
}
"""Other words of packages for the same licence."""

UNSAID = {"sqlcipher3": "Zlib AND BSD-3-Clause AND Apache-2.0"}
"""Packages whose metadata name no licence: read in the files they come with, and of what is built into them."""

_LONGEST = 60
"""Characters of a licence's name; what is longer is its text."""


def licences() -> dict[str, str]:
    """Licence of every package that comes with qualcode or its extras (but `notebook`), in order; "" = it says none."""
    with PROJECT.open("rb") as file:
        project = tomllib.load(file)["project"]
    extras = [one for name, extra in project["optional-dependencies"].items() if name != "notebook" for one in extra]
    found: dict[str, str] = {}
    waiting = [Requirement(one) for one in (*project["dependencies"], *extras)]
    while waiting:
        asked = waiting.pop()
        name = re.sub(r"[-_.]+", "-", asked.name).lower()
        if name in found:
            continue
        package = distribution(asked.name)
        found[name] = licence_of(package)
        waiting += _needed(package.requires or ())
    return dict(sorted(found.items()))


def _needed(requires: Iterable[str]) -> Iterator[Requirement]:
    for one in map(Requirement, requires):
        if one.marker is None or one.marker.evaluate({"extra": ""}):
            yield one


def licence_of(package: Distribution) -> str:
    """Say the licence as the package states it, in one spelling."""
    told = package.metadata
    stated = [told.get("License-Expression"), told.get("License")]
    classified = [one.split(" :: ")[-1] for one in told.get_all("Classifier", []) if one.startswith("License ::")]
    for one in (*stated, *classified):
        if one and one != "UNKNOWN" and "\n" not in one and len(one) <= _LONGEST:
            return SPELLED.get(one, one)
    return UNSAID.get(told.get("Name", ""), "")


def atoms(expression: str) -> set[str]:
    """Licences an expression names.

    Examples
    --------
    >>> sorted(atoms("BSD-3-Clause AND (MIT OR Zlib)"))
    ['BSD-3-Clause', 'MIT', 'Zlib']
    """
    return {
        SPELLED.get(one.strip(), one.strip()) for one in re.split(r"(?i) and | or |[()]", expression) if one.strip()
    }


def licences_page() -> str:
    """The table with what the licences ask."""
    told = licences()
    terms = "\n".join(f"- {name}: {what}." for name, what in WITH_TERMS.items())
    rows = "\n".join(f"| {name} | {licence} |" for name, licence in told.items())
    return (
        "# Licences\n\nqualcode is under the MIT licence. It installs these packages, extras included (all but "
        "`notebook`), each under its own\nlicence. Generated from what the packages say of themselves; none is copied "
        "into qualcode but what\n`src/qualcode/tag/NOTICE.md` names. A test fails where a package says nothing, or a "
        "licence that does not fit MIT.\n\n"
        f"Two ask for more than a notice:\n\n{terms}\n\n| package | licence |\n|---|---|\n{rows}\n"
    )
