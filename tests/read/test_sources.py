"""Which files are documents, and their names."""

import os
import sys
import unicodedata
import zipfile
from pathlib import Path

import pytest

from qualcode.read import find_metadata, find_sources


def _touch(folder: Path, *names: str) -> None:
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("words", encoding="utf-8")


def test_folder_is_searched_with_sub_folders_in_name_order(tmp_path: Path) -> None:
    _touch(tmp_path, "b.TXT", "a.md", "sofia/c.vtt")
    assert [source.name for source in find_sources([tmp_path]).files] == ["a.md", "b.TXT", "sofia/c.vtt"]


def test_files_beside_documents_are_silent_and_others_are_listed(tmp_path: Path) -> None:
    _touch(tmp_path, "a.txt", "documents.csv", "documents.xlsx", "gold.jsonl", "gold_part.jsonl", ".hidden.txt")
    _touch(tmp_path, "~$a.docx", "README.md", "readme.txt", "qualcode.toml", "qualcode.db", ".git/x.txt")
    _touch(tmp_path, "old.doc", "photo.png", "noending")
    sources = find_sources([tmp_path])
    assert [source.name for source in sources.files] == ["a.txt"]
    assert [(Path(path).name, reason) for path, reason in sources.skipped] == [
        ("noending", "has no file ending, so its format is not known"),
        ("old.doc", "old Word format: save it as .docx"),
        ("photo.png", ".png is not a document format"),
    ]
    assert sources.problems == ()


def test_named_files_that_cannot_be_used_are_problems(tmp_path: Path) -> None:
    _touch(tmp_path, "a.doc", "documents.csv")
    paths = [tmp_path / name for name in ("a.doc", "documents.csv", "absent.txt", "no*.txt")]
    problems = find_sources(paths).problems
    assert len(problems) == 4
    for path, problem, said in zip(
        paths, problems, ("save it as .docx", "--metadata", "no such file", "no file"), strict=True
    ):
        assert str(path) in problem
        assert said in problem


def test_empty_folder_is_a_problem(tmp_path: Path) -> None:
    assert "holds no document" in find_sources([tmp_path]).problems[0]


def test_name_is_relative_to_the_folder_of_the_metadata(tmp_path: Path) -> None:
    _touch(tmp_path, "documents.csv", "sofia/interviews/a.txt")
    for named in (tmp_path, tmp_path / "sofia", tmp_path / "sofia" / "interviews" / "a.txt"):
        assert [source.name for source in find_sources([named]).files] == ["sofia/interviews/a.txt"]


def test_name_without_metadata_is_relative_to_the_named_folder(tmp_path: Path) -> None:
    _touch(tmp_path, "sofia/interviews/a.txt")
    assert find_sources([tmp_path / "sofia"]).files[0].name == "interviews/a.txt"
    assert find_sources([tmp_path / "sofia" / "interviews" / "a.txt"]).files[0].name == "a.txt"


def test_name_is_nfc(tmp_path: Path) -> None:
    _touch(tmp_path, unicodedata.normalize("NFD", "göteborg.txt"))
    assert find_sources([tmp_path]).files[0].name == "göteborg.txt"


def test_pattern_is_expanded_and_each_file_taken_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _touch(tmp_path, "a.txt", "b.txt", "sub/c.txt")
    monkeypatch.chdir(tmp_path)
    sources = find_sources([Path("*.txt"), Path("a.txt"), tmp_path / "b.txt", Path("**/c.txt")])
    assert [source.name for source in sources.files] == ["a.txt", "b.txt", "c.txt"]


def test_file_with_brackets_in_its_name_is_taken_literally(tmp_path: Path) -> None:
    _touch(tmp_path, "a[1].txt")
    assert [source.name for source in find_sources([tmp_path / "a[1].txt"]).files] == ["a[1].txt"]


def test_two_files_of_one_name_are_a_problem(tmp_path: Path) -> None:
    _touch(tmp_path, "sofia/a.txt", "crete/a.txt")
    sources = find_sources([tmp_path / "sofia", tmp_path / "crete"])
    assert len(sources.files) == 1
    assert "same name" in sources.problems[0]


def test_find_metadata_gives_each_table_once(tmp_path: Path) -> None:
    _touch(tmp_path, "documents.csv", "a.txt", "sofia/b.txt", "crete/documents.xlsx", "crete/c.txt")
    files = [tmp_path / name for name in ("a.txt", "sofia/b.txt", "crete/c.txt")]
    assert find_metadata(files) == [tmp_path / "documents.csv", tmp_path / "crete" / "documents.xlsx"]


# --- archives ----------------------------------------------------------------------------------


def _pack(file: Path, *names: str) -> Path:
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, f"words of {name}")
    return file


def test_an_archive_is_read_like_a_folder_of_its_name(tmp_path: Path) -> None:
    notes = _pack(tmp_path / "notes.zip", "b.txt", "sofia/a.docx", "sofia/photo.png", "README.md", "__MACOSX/._b.txt")
    sources = find_sources([notes])
    assert [source.name for source in sources.files] == ["notes.zip/b.txt", "notes.zip/sofia/a.docx"]
    assert sources.files[0].path == notes / "b.txt"
    assert sources.files[0].raw == b"words of b.txt"
    assert sources.skipped == ((str(notes / "sofia" / "photo.png"), ".png is not a document format"),)
    assert sources.problems == ()
    assert list(tmp_path.iterdir()) == [notes]


def test_the_name_is_the_same_whether_the_archive_or_its_folder_is_named(tmp_path: Path) -> None:
    notes = _pack(tmp_path / "notes.zip", "a.txt")
    _touch(tmp_path, "c.txt")
    assert [source.name for source in find_sources([tmp_path]).files] == ["c.txt", "notes.zip/a.txt"]
    assert [source.name for source in find_sources([notes, notes]).files] == ["notes.zip/a.txt"]


def test_a_table_of_attributes_in_an_archive_is_kept_apart(tmp_path: Path) -> None:
    notes = _pack(tmp_path / "notes.zip", "notes/a.txt", "notes/documents.csv")
    sources = find_sources([notes, notes])
    assert [source.name for source in sources.files] == ["notes.zip/notes/a.txt"]
    assert [table.name for table in sources.tables] == ["notes.zip/notes/documents.csv"]


def test_an_archive_inside_an_archive_is_refused_by_name(tmp_path: Path) -> None:
    notes = _pack(tmp_path / "notes.zip", "a.txt", "more.zip")
    sources = find_sources([notes])
    assert [source.name for source in sources.files] == ["notes.zip/a.txt"]
    assert sources.problems == (
        f"{notes / 'more.zip'}: is an archive inside an archive, so it is not opened. Unpack it.",
    )


def test_archives_without_documents_and_what_is_none_are_problems(tmp_path: Path) -> None:
    empty = _pack(tmp_path / "empty.zip", "photo.png")
    _touch(tmp_path, "words.zip")
    problems = find_sources([empty, tmp_path / "words.zip"]).problems
    assert problems[0].startswith(f"{empty}: the archive holds no document. Formats: txt,")
    assert problems[1].startswith(f"{tmp_path / 'words.zip'}: is not a zip archive, or is damaged")


@pytest.mark.parametrize("name", ["../out.txt", "/out.txt", "..\\out.txt", "C:/out.txt"])
def test_an_archive_whose_names_leave_it_is_refused_whole(tmp_path: Path, name: str) -> None:
    notes = tmp_path / "notes.zip"
    with zipfile.ZipFile(notes, "w") as archive:
        archive.writestr("a.txt", "words")
        entry = zipfile.ZipInfo("x")
        entry.filename = name
        archive.writestr(entry, "words")
    sources = find_sources([notes])
    assert sources.files == ()
    assert "name leaves the archive" in sources.problems[0]
    assert list(tmp_path.iterdir()) == [notes]


def test_json_without_speech_is_passed_over_in_a_folder_and_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "talk.json").write_text('[{"speaker": "A", "text": "Hello."}]', encoding="utf-8")
    (tmp_path / "model.json").write_text('{"weights": [1]}', encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as archive:
        archive.writestr("talk.json", '[{"speaker": "A", "text": "Hello."}]')
        archive.writestr("model.json", "[]")
    found = find_sources([tmp_path])
    assert [source.name for source in found.files] == ["more.zip/talk.json", "talk.json"]
    assert [Path(path).name for path, _ in found.skipped] == ["model.json", "model.json"]
    assert {reason for _, reason in found.skipped} == {"holds no speech: no list of segments with text"}
    assert found.problems == ()
    assert [source.name for source in find_sources([tmp_path / "model.json"]).files] == ["model.json"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take names in Unicode only")
def test_a_name_in_an_old_code_page_is_a_problem_and_no_traceback(tmp_path: Path) -> None:
    _touch(tmp_path, "a.txt")
    (tmp_path / os.fsdecode(b"\x8eemai\xe8iai.txt")).write_text("words", encoding="utf-8")
    sources = find_sources([tmp_path])
    assert [source.name for source in sources.files] == ["a.txt"]
    (problem,) = sources.problems
    assert problem.endswith("iai.txt: the name of this file is in another encoding. Give the file another name.")
    assert problem.encode("utf-8")
