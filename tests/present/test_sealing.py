from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.errors import ReportError, SelectionError
from qualcode.present.sealing import is_ours_untouched, seal, write_report

OFFICE = shutil.which("soffice")


def word_file() -> bytes:
    document = docx.Document()
    document.add_paragraph("7 of 10")
    return saved(document.save)


def workbook() -> bytes:
    book = openpyxl.Workbook()
    book["Sheet"]["A1"] = "7 of 10"
    return saved(book.save)


def saved(save: Callable[[BytesIO], object]) -> bytes:
    buffer = BytesIO()
    save(buffer)
    return buffer.getvalue()


PAGE = b"<!doctype html>\n<p>7 of 10</p>\n"
FILES: dict[str, Callable[[], bytes]] = {".docx": word_file, ".xlsx": workbook, ".html": lambda: PAGE}


@pytest.mark.parametrize("suffix", FILES)
def test_a_file_just_written_is_ours_and_writing_it_again_changes_nothing(tmp_path: Path, suffix: str) -> None:
    path, data = tmp_path / f"report{suffix}", FILES[suffix]()
    assert write_report(data, path) == "written"
    assert is_ours_untouched(path)
    before = path.stat().st_mtime_ns
    assert write_report(data, path) == "same"
    assert path.stat().st_mtime_ns == before


@pytest.mark.parametrize("suffix", FILES)
def test_one_changed_byte_breaks_the_seal(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"report{suffix}"
    sealed = seal(FILES[suffix](), suffix)
    for place in (0, len(sealed) // 2, len(sealed) - 1, len(sealed) - 100):
        changed = bytearray(sealed)
        changed[place] ^= 1
        path.write_bytes(changed)
        assert not is_ours_untouched(path), place


@given(st.binary(max_size=300), st.binary(min_size=1, max_size=20))
def test_nothing_can_be_added_to_a_sealed_page(page: bytes, added: bytes) -> None:
    sealed = seal(page, ".html")
    assert seal(page, ".HTML") == sealed
    for changed in (sealed + added, added + sealed):
        path = Path("page.html")
        path.write_bytes(changed)
        assert not is_ours_untouched(path)


@pytest.mark.parametrize("suffix", FILES)
def test_files_of_others_and_empty_ones_are_not_ours(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"report{suffix}"
    for content in (b"", b"x", FILES[suffix]()):
        path.write_bytes(content)
        assert not is_ours_untouched(path)


@pytest.mark.parametrize("suffix", FILES)
def test_a_file_of_a_person_is_refused_and_kept(tmp_path: Path, suffix: str) -> None:
    path, data = tmp_path / f"report{suffix}", FILES[suffix]()
    path.write_bytes(data)
    with pytest.raises(ReportError, match=r"Rename it, or give another file with --out") as caught:
        write_report(data, path)
    assert str(path) in str(caught.value)
    assert path.read_bytes() == data


def test_a_newer_report_replaces_an_untouched_older_one(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_report(b"older", path)
    assert write_report(b"newer", path) == "written"
    assert path.read_bytes().startswith(b"newer\n<!-- qualcode sha256=")
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_is_an_error_a_user_can_solve(tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match="There is no folder"):
        write_report(PAGE, tmp_path / "no" / "report.html")


def test_other_endings_are_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r'"\.pdf".*\.docx, \.html, \.xlsx'):
        write_report(PAGE, tmp_path / "report.pdf")


def test_the_same_content_is_the_same_bytes_whenever_it_was_zipped() -> None:
    def zipped(year: int) -> bytes:
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(zipfile.ZipInfo("a.xml", (year, 1, 1, 0, 0, 0)), "<a/>")
        return buffer.getvalue()

    assert zipped(2024) != zipped(2025)
    assert seal(zipped(2024), ".docx") == seal(zipped(2025), ".docx")


def test_sealed_files_open_as_before(tmp_path: Path) -> None:
    assert docx.Document(BytesIO(seal(word_file(), ".docx"))).paragraphs[0].text == "7 of 10"
    assert openpyxl.load_workbook(BytesIO(seal(workbook(), ".xlsx")))["Sheet"]["A1"].value == "7 of 10"
    with zipfile.ZipFile(BytesIO(seal(word_file(), ".docx"))) as archive:
        assert archive.testzip() is None


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("suffix", [".docx", ".xlsx"])
def test_a_file_saved_by_an_office_program_is_no_longer_ours(tmp_path: Path, suffix: str) -> None:
    path, saved_to = tmp_path / f"report{suffix}", tmp_path / "saved"
    write_report(FILES[suffix](), path)
    assert OFFICE is not None
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        [OFFICE, profile, "--headless", "--convert-to", suffix[1:], "--outdir", str(saved_to), str(path)],
        check=True,
        capture_output=True,
    )
    again = saved_to / path.name
    assert again.stat().st_size > 0
    assert not is_ours_untouched(again)
