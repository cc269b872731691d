"""Write ``requirements-hashed.txt``: every package a user installs, with its version and the SHA-256 of its wheels.

Run by hand after a change of ``constraints.txt``; asks the package index that pip is set up for. pip says which wheel
it would take on each system below; no wheel is kept, nothing is built, and a file that lies on this machine is refused.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HASHED = ROOT / "requirements-hashed.txt"
PYTHONS = ("3.11", "3.12", "3.13")
SYSTEMS = (
    ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    ("manylinux_2_28_aarch64", "manylinux_2_27_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"),
    ("win_amd64",),
    ("macosx_14_0_arm64",),
)
ONLY_ON_WINDOWS = "colorama"
"""pip judges markers by the system it runs on, so what only Windows needs is named here."""

Hashes = dict[tuple[str, str], set[str]]


def write_hashed() -> None:
    """Ask for every system and Python, and write the file."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    hashes: Hashes = defaultdict(set)
    for system in SYSTEMS:
        for python in PYTHONS:
            for package in _wheels([*wanted, ONLY_ON_WINDOWS], system, python):
                url, archive = package["download_info"]["url"], package["download_info"]["archive_info"]
                if url.startswith("file:"):
                    raise SystemExit(f"{url} is a file of this machine: its hash is nobody else's.")
                metadata = package["metadata"]
                hashes[metadata["name"].lower().replace("_", "-"), metadata["version"]].add(archive["hashes"]["sha256"])
    HASHED.write_text(_page(hashes), encoding="utf-8", newline="\n")


def _wheels(wanted: list[str], system: tuple[str, ...], python: str) -> list[dict]:  # type: ignore[type-arg]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
        command += ["--only-binary", ":all:", "--python-version", python, "--target", folder]
        command += [part for name in system for part in ("--platform", name)]
        command += ["--constraint", str(ROOT / "constraints.txt"), "--report", str(report), *wanted]
        subprocess.run(command, check=True)
        return list(json.loads(report.read_text(encoding="utf-8"))["install"])


def _page(hashes: Hashes) -> str:
    lines = [
        "# By docs/hashed_requirements.py: wheels for Python 3.11 to 3.13 on Linux, Windows and macOS. To use it:",
        "# pip install --require-hashes -r requirements-hashed.txt, then: pip install --no-deps qualcode",
    ]
    for (name, version), known in sorted(hashes.items()):
        marker = ' ; platform_system == "Windows"' if name == ONLY_ON_WINDOWS else ""
        entry = [f"{name}=={version}{marker}", *(f"--hash=sha256:{one}" for one in sorted(known))]
        lines.append(" \\\n    ".join(entry))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    write_hashed()
