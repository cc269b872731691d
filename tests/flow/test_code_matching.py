from __future__ import annotations

from pathlib import Path

import pytest

from foreign_projects import code, project, selection, written
from qualcode import flow
from qualcode.errors import ReadError, SelectionError
from qualcode.store import Filter

from .importing_study import FIRST, INSIDE, PROJECT, at, counted, taken


def test_a_later_state_of_the_project_may_have_more_codes(tmp_path: Path) -> None:
    taken(written(PROJECT, tmp_path))
    new = code("Trust")
    more = selection("That is all.", new)
    later = project(FIRST, INSIDE, more, codes=(*PROJECT.codes, new))
    assert taken(written(later, tmp_path, "later.qdpx")).passages == 1
    assert ("trust", "That is all.") in counted(tmp_path)
    assert ("money", "There is no money for it.") in counted(tmp_path)


def test_codes_of_the_study_are_recognised_by_name(tmp_path: Path) -> None:
    book = at(tmp_path).codebook
    theirs = code(f"{book.codes[1].number}. {book.codes[1].name.upper()}")
    path = written(project(selection("There is no money for it.", theirs), codes=(theirs,)), tmp_path)
    report = taken(path)
    assert report.match is not None
    assert (report.match.is_own, report.match.used) == (False, 1)
    assert counted(tmp_path) == {(book.codes[1].id, "There is no money for it.")}
    work = at(tmp_path)
    frame = flow.summarize(work, Filter(code=book.codes[1].id)).frame
    assert frame.loc[frame["group"] == "Crete", "documents_with_code"].tolist() == [1]


def test_half_a_match_is_refused_until_somebody_says_what_the_others_are(tmp_path: Path) -> None:
    book = at(tmp_path).codebook
    theirs, odd, waste = code(book.codes[0].name), code("Our word"), code("To be sorted")
    path = written(
        project(
            selection("There is no money for it.", theirs), selection("We wait for months.", odd, waste),
            codes=(theirs, odd, waste),
        ),
        tmp_path,
    )  # fmt: skip
    with pytest.raises(SelectionError, match=r"1 of its 3 codes .* not: Our word, To be sorted"):
        taken(path)
    assert not (tmp_path / "study.db").exists()
    codes = tmp_path / "codes.csv"
    codes.write_text(f"code,to\nour WORD,{book.codes[1].number}\nTo be sorted,\n", encoding="utf-8")
    report = taken(path, codes=codes)
    assert {code for code, _ in counted(tmp_path)} == {book.codes[0].id, book.codes[1].id}
    assert [(loss.what, loss.count) for loss in report.losses if "left out" in loss.what] == [("coding left out", 1)]
    codes.write_text("code,to\nOur word,Reimbursment\n", encoding="utf-8")
    with pytest.raises(ReadError, match=r'codes.csv:2: "Reimbursment" is no code'):
        taken(path, codes=codes)
    (tmp_path / "study.db").unlink()
    assert taken(path, own_codebook=True).passages == 3


def test_a_code_is_recognised_by_the_guid_it_went_out_with(tmp_path: Path) -> None:
    from qualcode.refi import Code, guid

    book = at(tmp_path).codebook
    theirs = Code(guid("code", book.id, "delays"), "Renamed there")
    taken(written(project(selection("We wait for months.", theirs), codes=(theirs,)), tmp_path))
    assert counted(tmp_path) == {("delays", "We wait for months.")}


def test_a_project_without_codes_takes_the_study_as_it_is(tmp_path: Path) -> None:
    report = taken(written(project(codes=()), tmp_path))
    assert report.match is not None
    assert (report.match.is_own, report.match.codebook.id, report.new) == (False, "night_buses", 1)


def test_a_list_of_codes_that_cannot_be_used_is_refused_with_its_line(tmp_path: Path) -> None:
    path = written(PROJECT, tmp_path)
    codes = tmp_path / "codes.csv"
    for content, message in (
        ("a,b\n1,2\n", r"codes\.csv:1: needs the columns"),
        ("code,to\nMony,1\n", r'codes\.csv:2: the project has no code "Mony"\. Did you mean "Money"'),
    ):
        codes.write_text(content, encoding="utf-8")
        with pytest.raises(ReadError, match=message):
            taken(path, codes=codes)
    with pytest.raises(ReadError, match="cannot be read"):
        taken(path, codes=tmp_path / "none.csv")
    assert not (tmp_path / "study.db").exists()


def test_a_list_may_name_codes_without_codings_and_does_not_go_with_an_own_codebook(tmp_path: Path) -> None:
    theirs, unused = code(at(tmp_path).codebook.codes[0].name), code("Never given")
    path = written(project(selection("We wait for months.", theirs), codes=(theirs, unused)), tmp_path)
    codes = tmp_path / "codes.csv"
    codes.write_text("code,to\nNever given,\n", encoding="utf-8")
    with pytest.raises(SelectionError, match="exclude each other"):
        taken(path, codes=codes, own_codebook=True)
    match = taken(path, codes=codes).match
    assert match is not None
    assert (match.used, match.left_out) == (1, 0)
