from __future__ import annotations

from pathlib import Path

import pytest

from qualcode.present import manifest_path, write_manifest


def test_the_manifest_of_a_folder_lies_in_it(tmp_path: Path) -> None:
    assert manifest_path(tmp_path, "figures") == tmp_path / "figures.manifest.json"
    assert manifest_path(tmp_path / "a.csv", "codings") == tmp_path / "a.csv.manifest.json"


def test_keys_are_in_order_and_letters_stay(tmp_path: Path) -> None:
    write_manifest({"b": "Žemaičių", "a": 1}, tmp_path / "m.json")
    assert (tmp_path / "m.json").read_bytes() == '{\n "a": 1,\n "b": "Žemaičių"\n}\n'.encode()


def test_what_is_no_number_is_no_json(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_manifest({"a": float("nan")}, tmp_path / "m.json")
    assert list(tmp_path.iterdir()) == []
