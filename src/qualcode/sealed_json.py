"""JSON that teams send one another (packets, shares): sealed with a checksum, read as a stranger's file, with limits.

What is checked here holds for every kind: size, depth, names given twice, numbers that are none, version, checksum.
What the fields must hold is the business of who knows the kind.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from .errors import Fault, FaultyFileError

MAX_DEPTH = 24


@dataclass(frozen=True)
class SealedKind:
    """A kind of file.

    Attributes
    ----------
    format : str
        What its field ``format`` says.
    version : int
        The newest this qualcode knows, from 1.
    noun : str
        "share"; for messages.
    command : str
        How one is made; for messages.
    max_bytes : int
    max_fields : int
        Of one object: a million unknown ones would cost a minute further on.
    error : type of FaultyFileError
        What is raised for a bad one.
    """

    format: str
    version: int
    noun: str
    command: str
    max_bytes: int
    max_fields: int
    error: type[FaultyFileError]


def checksum(tree: Mapping[str, Any]) -> str:
    """SHA-256 of the content in one spelling: keys in order, no blanks, UTF-8; without the field ``sha256`` itself.

    Parameters
    ----------
    tree : mapping
        Plain JSON values.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    ValueError
        For half a character, or a number that is none.

    Examples
    --------
    >>> checksum({"b": 1, "a": "é", "sha256": "?"}) == checksum({"a": "é", "b": 1})
    True
    """
    content = {name: value for name, value in tree.items() if name != "sha256"}
    packed = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(packed.encode()).hexdigest()


def read_sealed(path: Path, kind: SealedKind) -> dict[str, Any]:
    """Read a file of a kind whose seal is whole; what its fields hold is not checked yet.

    Parameters
    ----------
    path : Path
    kind : SealedKind

    Returns
    -------
    dict

    Raises
    ------
    FaultyFileError
        As `kind.error`: too large, no such file, another kind, of a newer qualcode, damaged or changed.
    """
    tree = _tree(path, kind)
    if not isinstance(tree, dict) or tree.get("format") != kind.format:
        raise _fault(path, kind, f"is not a {kind.noun}. One is made with: {kind.command}")
    version = tree.get("version")
    if type(version) is not int or not 0 < version < 10**6:  # True == 1 == 1.0
        raise _fault(path, kind, f"is of no version of a {kind.noun}. Ask for it again.")
    if version > kind.version:
        raise _fault(
            path,
            kind,
            f"was made by a newer qualcode (format {version}; this one knows {kind.version}). "
            "Update with: pip install --upgrade qualcode",
        )
    if _is_deeper(tree, MAX_DEPTH):
        raise _fault(path, kind, _TOO_DEEP.format(kind=kind))
    try:
        is_whole = checksum(tree) == tree.get("sha256")
    except ValueError as error:
        raise _fault(
            path, kind, f"holds half of a character or no number, as no {kind.noun} does. Ask for it again."
        ) from error
    if not is_whole:
        raise _fault(path, kind, "was damaged or edited on its way: its checksum does not fit. Ask for it again.")
    return tree


_TOO_DEEP = f"is nested deeper than {MAX_DEPTH} levels, as no {{kind.noun}} is. Ask for it again."


class _MemberError(ValueError):
    """Something that JSON allows and none of our files holds."""


def _tree(path: Path, kind: SealedKind) -> Any:
    try:
        with path.open("rb") as file:
            raw = file.read(kind.max_bytes + 1)
    except OSError as error:
        raise _fault(path, kind, f"cannot be read ({error.strerror}).") from error
    if len(raw) > kind.max_bytes:
        raise _fault(path, kind, f"is larger than {kind.max_bytes // 1_000_000} MB, as no {kind.noun} is.")
    try:
        once = partial(_once, kind.max_fields)
        return json.loads(raw.decode("utf-8-sig"), object_pairs_hook=once, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise _fault(path, kind, f"is not UTF-8 text (byte {error.start}), so no {kind.noun}.") from error
    except json.JSONDecodeError as error:
        found = f"is not JSON ({error.msg}), so no {kind.noun}, or a damaged one. Ask for it again."
        raise kind.error([Fault(str(path), error.lineno, found)]) from error
    except RecursionError as error:
        raise _fault(path, kind, _TOO_DEEP.format(kind=kind)) from error
    except ValueError as error:
        found = str(error) if isinstance(error, _MemberError) else "a number has thousands of digits"
        raise _fault(path, kind, f"is not JSON as a {kind.noun} is: {found}. Ask for it again.") from error


def _once(max_fields: int, pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """The members of an object; a name that is there twice would be read as one by some and as the other by others."""
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _MemberError("a name stands twice in one object")
    if len(members) > max_fields:
        raise _MemberError(f"an object has {len(members):,} fields")
    return members


def _no_number(name: str) -> Any:
    raise _MemberError(f"{name} is no number")


def _is_deeper(node: Any, levels: int) -> bool:
    if not isinstance(node, dict | list):
        return False
    inside = node.values() if isinstance(node, dict) else node
    return not levels or any(_is_deeper(one, levels - 1) for one in inside)


def explain_field(detail: Any, noun: str) -> str:
    """What pydantic finds wrong with a field, as a sentence; words of the file are cut and shown plainly.

    Parameters
    ----------
    detail : dict
        One of ``ValidationError.errors()``.
    noun : str
        The kind's.

    Returns
    -------
    str
    """
    steps = (f"[{step}]" if isinstance(step, int) else f".{_cut(repr(step)[1:-1])}" for step in detail["loc"])
    field = "".join(steps).removeprefix(".")
    if detail["type"] == "missing":
        return f"{field} is missing."
    if detail["type"] == "extra_forbidden":
        return f"{field} is not a field of a {noun}."
    return f"{field}: {detail['msg']}. Found {_cut(repr(detail['input']))}."


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def _fault(path: Path, kind: SealedKind, message: str) -> FaultyFileError:
    return kind.error([Fault(str(path), 0, message)])
