"""documents.csv."""

import datetime as dt
import unicodedata
from pathlib import Path

import openpyxl
import pytest

from qualcode.codebook import Codebook
from qualcode.errors import StudyError
from qualcode.model import Attributes
from qualcode.read import read_attributes
from qualcode.read.attributes import document_name


def _read(tmp_path: Path, text: str, encoding: str = "utf-8") -> dict[str, Attributes]:
    file = tmp_path / "documents.csv"
    file.write_text(text, encoding=encoding, newline="")
    return read_attributes(file)


def _faults(tmp_path: Path, text: str) -> list[tuple[int, str]]:
    with pytest.raises(StudyError) as error:
        _read(tmp_path, text)
    return [(fault.line, fault.message) for fault in error.value.faults]


def test_all_columns(tmp_path: Path) -> None:
    found = _read(
        tmp_path,
        "file,region,country,stakeholder_group,kind,date,language\n"
        "a.txt,Crete,Greece,industry,interview,2025-02-04,en\nb.txt,Sofia,,,,,\n",
    )
    assert found == {
        "a.txt": Attributes("Crete", "Greece", "industry", "interview", "2025-02-04", "en"),
        "b.txt": Attributes("Sofia"),
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_excel_variants(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = "Document,Region,Type\r\na.txt,Baden-Württemberg,Workshop\r\n".replace(",", delimiter)
    assert _read(tmp_path, text, encoding) == {"a.txt": Attributes("Baden-Württemberg", kind="workshop")}


def test_xlsx_with_real_dates(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Filename", "Region", "Date", "notes"])
    book.active.append(["a.txt", "Crete", dt.date(2025, 2, 4), "x"])
    book.save(tmp_path / "documents.xlsx")
    assert read_attributes(tmp_path / "documents.xlsx") == {"a.txt": Attributes("Crete", date="2025-02-04")}


def test_names_are_matched_with_slashes_and_nfc(tmp_path: Path) -> None:
    written = "file,region\n" + unicodedata.normalize("NFD", ".\\väst\\a.txt") + ",Crete\n"
    assert list(_read(tmp_path, written)) == ["väst/a.txt"]
    assert document_name(" ./a/b.txt") == "a/b.txt"


def test_all_faults_at_once_with_their_lines(tmp_path: Path) -> None:
    faults = _faults(
        tmp_path,
        "file,region,kind,date\na.txt,Crete,intervew,2025-02-04\n,Crete,,\nA.txt,Crete,,\nb.txt,Crete,report,31.2.2025\n"
        "c.txt,Crete,report,2025,x\n",
    )
    assert [line for line, _ in faults] == [2, 3, 4, 5, 6]
    said = [
        'Did you mean "interview"?',
        "names no file",
        "stands twice (first on line 2)",
        "is not a date",
        "5 cells under 4",
    ]
    assert all(words in message for words, (_, message) in zip(said, faults, strict=True))


def test_faulty_headers(tmp_path: Path) -> None:
    assert [m for _, m in _faults(tmp_path, "regoin,kind\nCrete,report\n")] == [
        'column "regoin" is not known. Did you mean "region"?',
        'has no column "file". Found: regoin, kind. Name each document in it.',
    ]
    assert "two columns give the region" in _faults(tmp_path, "file,region,Region\na.txt,b,c\n")[0][1]


def test_further_columns_are_ignored(tmp_path: Path) -> None:
    assert _read(tmp_path, "file,name,region,transcriber\na.txt,Anna,Crete,MK\n") == {"a.txt": Attributes("Crete")}


@pytest.mark.parametrize("content", [b"", b"\0\0\0"])
def test_unreadable_table_is_a_study_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "documents.csv").write_bytes(content)
    with pytest.raises(StudyError):
        read_attributes(tmp_path / "documents.csv")
    with pytest.raises(StudyError, match="cannot be read"):
        read_attributes(tmp_path / "absent.csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("header", ["topics_asked", "Topics asked"])
def test_topics_asked(tmp_path: Path, delimiter: str, header: str) -> None:
    text = f'file,region,{header}\na.txt,Crete,"1; Financial barriers"\nb.txt,Sofia,5\nc.txt,Sofia,\n'
    assert _read(tmp_path, text.replace(",", delimiter)) == {
        "a.txt": Attributes("Crete", topics_asked=("1", "Financial barriers")),
        "b.txt": Attributes("Sofia", topics_asked=("5",)),
        "c.txt": Attributes("Sofia"),
    }


def test_topics_need_no_quotes_where_commas_part_the_columns(tmp_path: Path) -> None:
    found = _read(tmp_path, "file,region,topics_asked\na.txt,Crete,1;5;7\n")
    assert found["a.txt"].topics_asked == ("1", "5", "7")


def test_a_number_in_a_workbook_is_a_topic(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["file", "topics_asked"])
    book.active.append(["a.txt", 5])
    book.save(tmp_path / "documents.xlsx")
    assert read_attributes(tmp_path / "documents.xlsx")["a.txt"].topics_asked == ("5",)


def test_topics_the_codebook_does_not_know_are_faults_with_their_lines(tmp_path: Path, shipped: Codebook) -> None:
    (tmp_path / "documents.csv").write_text(
        "file,kind,topics_asked\na.txt,,1;42\nb.txt,intervew,reimbursment\nc.txt,,Financial barriers\n",
        encoding="utf-8",
    )
    with pytest.raises(StudyError) as error:
        read_attributes(tmp_path / "documents.csv", shipped)
    said = [(fault.line, fault.message) for fault in error.value.faults]
    assert [line for line, _ in said] == [2, 3, 3]
    assert 'topics_asked names "42"' in said[0][1]
    assert 'Did you mean "reimbursement"?' in said[2][1]


@pytest.mark.parametrize("header", ["topics", "questions_asked", "topics discussed"])
def test_a_column_of_the_studys_own_that_is_a_little_like_it_is_left_alone(tmp_path: Path, header: str) -> None:
    assert _read(tmp_path, f"file,region,{header}\na.txt,Crete,money\n") == {"a.txt": Attributes("Crete")}


def test_a_column_almost_named_topics_asked_is_a_fault(tmp_path: Path) -> None:
    assert _faults(tmp_path, "file,topics_aske\na.txt,5\n")[0][1].endswith('Did you mean "topics_asked"?')
