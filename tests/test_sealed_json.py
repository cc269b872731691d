from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qualcode.errors import PacketError
from qualcode.sealed_json import MAX_DEPTH, SealedKind, checksum, explain_field, read_sealed

KIND = SealedKind("letters", 2, "letter", "write FILE", 1_000_000, 3, PacketError)


def sealed(**fields: Any) -> dict[str, Any]:
    tree = {"format": "letters", "version": 2, **fields}
    return {**tree, "sha256": checksum(tree)} if "sha256" not in fields else tree


def read(tmp_path: Path, content: object) -> dict[str, Any]:
    path = tmp_path / "a.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return read_sealed(path, KIND)


def test_a_whole_letter_is_read_whatever_its_layout(tmp_path: Path) -> None:
    tree = {"format": "letters", "version": 1}
    tree["sha256"] = checksum(tree)
    assert read(tmp_path, tree) == tree
    assert read(tmp_path, b"\xef\xbb\xbf" + json.dumps(tree, indent=4).encode()) == tree


def nested(levels: int) -> object:
    return [nested(levels - 1)] if levels else 1


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "is not JSON"),
        (b"\xff", r"is not UTF-8 text \(byte 0\), so no letter"),
        (b"[1]", "is not a letter. One is made with: write FILE"),
        (sealed(format="cards"), "is not a letter"),
        (sealed(version=3), r"made by a newer qualcode \(format 3; this one knows 2\)"),
        (sealed(version=True), "is of no version of a letter"),
        (sealed(version=1.0), "is of no version of a letter"),
        (sealed(sha256="0" * 64), "damaged or edited on its way"),
        (sealed(a=1), "an object has 4 fields"),
        (b'{"format": "letters", "format": "letters"}', "a name stands twice"),
        (b'{"format": "letters", "version": NaN}', "NaN is no number"),
        (b'{"format": "letters", "version": ' + b"9" * 5_000 + b"}", "a number has thousands of digits"),
        (b"[" * 100_000, f"nested deeper than {MAX_DEPTH} levels"),
        ({"format": "letters", "version": 1, "a": nested(30)}, f"nested deeper than {MAX_DEPTH} levels"),
        ({"format": "letters", "version": 1, "a": "\ud800"}, "half of a character"),
        (b" " * 1_000_001, "larger than 1 MB, as no letter is"),
    ],
)
def test_anything_else_is_refused_by_cause(tmp_path: Path, content: object, found: str) -> None:
    with pytest.raises(PacketError, match=found) as raised:
        read(tmp_path, content)
    assert "a.json" in str(raised.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PacketError, match=r"nowhere.json: cannot be read"):
        read_sealed(tmp_path / "nowhere.json", KIND)


def test_words_of_the_file_are_cut_and_cannot_steer_a_terminal() -> None:
    detail = {"type": "extra_forbidden", "loc": ("rows", 3, "\x1b[31m" + "x" * 99), "msg": "", "input": 1}
    said = explain_field(detail, "letter")
    assert said.startswith("rows[3].\\x1b[31mxxx")
    assert said.endswith("… is not a field of a letter.")
    wrong = {"type": "int_type", "loc": ("a",), "msg": "No integer", "input": "y" * 99}
    assert explain_field(wrong, "letter") == f"a: No integer. Found '{'y' * 58}…."
