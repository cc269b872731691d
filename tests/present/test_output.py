from __future__ import annotations

import os
from pathlib import Path

import pytest

from qualcode.errors import SelectionError
from qualcode.present import FORMATS, choose_format, write_output


def test_the_given_format_wins_over_the_ending_of_the_file() -> None:
    assert choose_format("json", Path("a.csv")) == "json"
    assert choose_format(None, None) == "table"
    assert choose_format(None, Path("a")) == "table"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.csv", "csv"),
        ("a.JSON", "json"),
        ("a.md", "md"),
        ("a.html", "html"),
        ("a.htm", "html"),
        ("a.xlsx", "xlsx"),
        ("a.txt", "table"),
    ],
)
def test_the_ending_picks_the_format(name: str, expected: str) -> None:
    assert choose_format(None, Path(name)) == expected


def test_unknown_formats_are_refused_with_the_known_ones() -> None:
    with pytest.raises(SelectionError) as caught:
        choose_format("docx", None)
    assert all(known in str(caught.value) for known in FORMATS)


def test_excel_needs_a_file() -> None:
    with pytest.raises(SelectionError, match=r"--out FILE\.xlsx"):
        choose_format("xlsx", None)
    assert choose_format("xlsx", Path("a.xlsx")) == "xlsx"


def test_printed_text_ends_with_one_newline_and_is_else_untouched(capsys: pytest.CaptureFixture[str]) -> None:
    write_output('a,"x\n\n\n\ny"\n\n', None)
    write_output("ξ".encode(), None)
    assert capsys.readouterr() == ('a,"x\n\n\n\ny"\nξ\n', "")


def test_files_hold_utf8_with_plain_newlines_or_the_bytes_given(tmp_path: Path) -> None:
    write_output("ξ\nb  \n\n", tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_bytes() == "ξ\nb  \n".encode()
    write_output(b"PK\r\n\x00\n", tmp_path / "a.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == b"PK\r\n\x00\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "a.xlsx"]


def test_an_older_file_is_replaced_whole(tmp_path: Path) -> None:
    out = tmp_path / "a.txt"
    out.write_text("older and longer", encoding="utf-8")
    write_output("new", out)
    assert out.read_text(encoding="utf-8") == "new\n"


@pytest.mark.skipif(os.name != "posix", reason="permission bits as on POSIX")
def test_a_file_is_readable_as_other_new_files_are(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_output("x", tmp_path / "a.txt")
    assert (tmp_path / "a.txt").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("failing", ["write_bytes", "replace"])
def test_a_failed_write_keeps_the_older_file_and_leaves_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    out = tmp_path / "a.txt"
    out.write_text("older", encoding="utf-8")

    def fail(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, failing, fail)
    with pytest.raises(SelectionError, match="cannot be written: No space left on device"):
        write_output("new", out)
    assert out.read_text(encoding="utf-8") == "older"
    assert list(tmp_path.iterdir()) == [out]


def test_a_missing_folder_is_an_error_a_user_can_solve(tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match=r"There is no folder .*no for a\.txt\. Make the folder first\."):
        write_output("x", tmp_path / "no" / "a.txt")


def test_a_folder_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(SelectionError, match="cannot be written"):
        write_output("x", tmp_path / "a.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_an_ending_that_picks_no_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match=r'the ending "\.pdf" picks no format'):
        choose_format(None, tmp_path / "table.pdf")
    assert choose_format("csv", tmp_path / "table.pdf") == "csv"
