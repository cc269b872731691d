from __future__ import annotations

from pathlib import Path

import pytest

from qualcode.errors import SelectionError
from qualcode.present import Column, Table
from qualcode.present.exports import TABLE_ENDINGS, write_rows
from qualcode.present.replacing import write_export
from qualcode.present.standoff import write_standoff

KEYS = ("document", "region", "country", "text")


def content(ending: str, keys: tuple[str, ...] = KEYS, text: str = "a") -> bytes:
    return write_rows(Table(tuple(Column(key) for key in keys), [dict.fromkeys(keys, text)]), ending)[0]


@pytest.mark.parametrize("ending", TABLE_ENDINGS)
def test_a_newer_file_of_its_kind_replaces_a_file(tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"codings{ending}"
    write_export(content(ending), out)
    write_export(content(ending, (*KEYS, "more"), text="b"), out)
    assert out.read_bytes() == content(ending, (*KEYS, "more"), text="b")
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".xlsx", ".jsonl"])
def test_another_table_is_never_replaced(tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"documents{ending}"
    attributes = content(ending, ("file", "region", "kind"))
    out.write_bytes(attributes)
    with pytest.raises(SelectionError, match="holds something else, so it is not overwritten"):
        write_export(content(ending), out)
    assert out.read_bytes() == attributes


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("a.csv", b"\xff\xfe\x00binary"),
        ("a.xlsx", b"not a workbook"),
        ("a.zip", b"not a zip"),
        ("a.jsonl", b"not json"),
        ("a.parquet", b"text"),
        ("a.qdc", b'<?xml version="1.0"?><CodeBook origin="QualCoder"/>'),
    ],
)
def test_what_only_has_the_name_is_never_replaced(tmp_path: Path, name: str, before: bytes) -> None:
    out = tmp_path / name
    out.write_bytes(before)
    new = {
        ".zip": write_standoff([]),
        ".qdc": b'<?xml version="1.0"?><CodeBook origin="qualcode 1.0"/>',
    }.get(out.suffix) or content(out.suffix)
    with pytest.raises(SelectionError, match="not overwritten"):
        write_export(new, out)
    assert out.read_bytes() == before


def test_an_empty_file_may_be_filled_and_a_missing_folder_is_said(tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    out.touch()
    write_export(content(".csv"), out)
    assert out.read_bytes() == content(".csv")
    with pytest.raises(SelectionError, match="There is no folder"):
        write_export(b"x", tmp_path / "nowhere" / "a.csv")
