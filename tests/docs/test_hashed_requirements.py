"""``requirements-hashed.txt`` names what a user installs, in the versions that are tested, each with hashes."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
HASHED = (ROOT / "requirements-hashed.txt").read_text(encoding="utf-8")
ENTRIES = re.findall(
    r"^([\w.-]+)==(\S+)( ; [^\\\n]+)?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", HASHED, re.MULTILINE
)


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


VERSIONS = {plain(name): version for name, version, *_ in ENTRIES}


def test_every_line_is_a_package_or_a_hash_of_it() -> None:
    lines = [line for line in HASHED.splitlines() if not line.startswith("#")]
    assert len(lines) == sum(1 + hashes.count("--hash") for *_, hashes in ENTRIES)
    assert len(VERSIONS) == len(ENTRIES) > 50


def test_versions_are_those_of_the_constraints() -> None:
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pinned = {plain(name): version for name, version in re.findall(r"^([\w.-]+)==(\S+)", constraints, re.MULTILINE)}
    # colorama on Windows alone; the other two come with every environment.
    assert set(VERSIONS) - set(pinned) <= {"colorama", "pip", "setuptools"}
    assert {name: pinned[name] for name in VERSIONS if name in pinned} == {
        name: version for name, version in VERSIONS.items() if name in pinned
    }


def test_every_package_that_runs_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {plain(Requirement(one).name) for one in project["dependencies"]} <= set(VERSIONS)
