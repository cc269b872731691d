"""The manifest of a file: where it lies, and its bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .output import write_output

ENDING = ".manifest.json"


def manifest_path(out: Path, command: str) -> Path:
    """Where the manifest of a file lies: beside it; of a folder: in it, by the command's name.

    Examples
    --------
    >>> manifest_path(Path("table.csv"), "summarize").name
    'table.csv.manifest.json'
    """
    return out / f"{command}{ENDING}" if out.is_dir() else out.with_name(out.name + ENDING)


def write_manifest(manifest: Mapping[str, Any], path: Path) -> None:
    """Write a manifest whole or not at all; the same manifest gives the same bytes.

    Raises
    ------
    SelectionError
        If the file cannot be written.
    """
    write_output(json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False), path)
