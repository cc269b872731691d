"""The process that opens PDFs: its answers, and that it answers within its limits."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pdf_files import content, lines, pdf, pdf_of
from qualcode.read import pdf_child
from qualcode.read.pdf_child import RefusedError, read, times


def test_pieces_have_their_places_in_points() -> None:
    answer = read(pdf([(72, 700, "Ana:"), (72, 688, "*bold")]))
    assert answer["pages"] == [[[72, 96, 700, 10, "Ana:", 0], [72, 96, 688, 10, "bold", 1]]]
    assert answer["counts"] == {}


def test_kerned_words_become_one_piece_and_far_ones_two() -> None:
    # 0.6 em a letter; a gap of 0.05 em is none, one of 0.25 em a blank, one of 1 em parts two pieces.
    words = b"BT /F 10 Tf 72 700 Td [(Wa) -50 (it) -250 (for) -1000 (it)] TJ ET"
    (page,) = read(pdf_of([words]))["pages"]
    assert [(piece[0], round(piece[1], 2), piece[4]) for piece in page] == [(72, 117, "Wait for"), (127, 139, "it")]


def test_line_operators_scaling_and_spacing_move_the_pen() -> None:
    words = b"BT /F 1 Tf 10 0 0 10 72 700 Tm 1.2 TL (a) Tj T* (b) Tj 0 -2 TD (c) ' 1 0.5 (d e) \" ET"
    (page,) = read(pdf_of([b"q 1 0 0 1 0 10 cm " + words + b" Q BT /F 10 Tf 9 9 Td (z) Tj ET"]))["pages"]
    found = [(piece[0], round(piece[1], 2), round(piece[2], 2), piece[4]) for piece in page]
    assert found == [
        (72, 78, 710, "a"),
        (72, 78, 698, "b"),
        (72, 78, 658, "c"),  # TD made the leading 2 lines of 10 points
        (72, 115, 638, "d e"),  # three letters of 6, three times 5 between letters, 10 for the blank
        (9, 15, 9, "z"),
    ]


def test_a_page_without_content_and_operators_without_operands_are_borne() -> None:
    assert read(pdf_of([b"Q Q Tj Td Tm Tf TJ cm ' \" BT (no font) Tj ET"]))["pages"] == [[]]


def test_a_form_that_holds_itself_ends() -> None:
    form = b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >> /Length 5 >>"
    answer = read(pdf_of([b"/X Do " + content(lines(["words"]))], objects=[form + b"\nstream\n/X Do\nendstream"]))
    assert [piece[4] for piece in answer["pages"][0]] == ["words"]


def test_too_many_pages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_child, "MAX_PAGES", 1)
    with pytest.raises(RefusedError, match="has 2 pages; at most 1 are read"):
        read(pdf([], []))


def test_too_many_characters_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_child, "MAX_CHARACTERS", 5)
    with pytest.raises(RefusedError, match="holds more than 5 characters"):
        read(pdf(lines(["one", "two", "three"])))


def test_transformations_follow_each_other() -> None:
    assert times((2, 0, 0, 2, 1, 1), (0, 1, -1, 0, 10, 0)) == (0, 2, -2, 0, 9, 1)


def _answer(raw: bytes, limit: int = pdf_child.MAX_MEMORY) -> dict[str, object]:
    code = "import sys; sys.argv = ['x']; import runpy; m = runpy.run_path({!r}); m['main'].__globals__.update("
    code = code.format(str(Path(pdf_child.__file__))) + f"MAX_MEMORY={limit}); m['main']()"
    done = subprocess.run([sys.executable, "-c", code], input=raw, capture_output=True, check=True)
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux is sure to keep the limit of memory")
def test_a_file_larger_than_the_memory_is_refused() -> None:
    pytest.importorskip("resource")
    answer = _answer(pdf_of([b" " * 60_000_000]), limit=120 * 2**20)
    assert answer == {"refused": "needs more than 120 MiB of memory to read. Print it to a new PDF"}


def test_whatever_comes_in_an_answer_goes_out() -> None:
    assert "is damaged" in str(_answer(b"\xff\x00 nothing of a PDF")["refused"])
