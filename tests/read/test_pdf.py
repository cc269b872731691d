"""PDFs, end to end through the process that opens them."""

from pathlib import Path

import pytest

from pdf_files import content, lines, pdf, pdf_of
from qualcode.errors import ReadError
from qualcode.read.layout import Parsed
from qualcode.read.pdf import parse_pdf

SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "samples" / "pdf"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared/samples")

TALK = ["Ana: We wait for hours, and nobody", "tells us when the bus comes.", "", "Ben: It is the money."]


def read(raw: bytes, max_seconds: float = 60) -> Parsed:
    return parse_pdf(raw, format="pdf", file="a.pdf", max_seconds=max_seconds)


def test_lines_paragraphs_and_bold_names_come_as_in_plain_text() -> None:
    page = [(72, 760, "*Ana:"), (108, 760, "We wait – hours."), *lines(["So be it (they say)."], top=748)]
    found = read(pdf([*page, *lines(["Ben: No."], top=720)]))
    assert found.text == "Ana: We wait – hours.\nSo be it (they say).\n\nBen: No."
    assert [(found.text[b.start : b.end], b.style, b.bold) for b in found.blocks] == [
        ("Ana: We wait – hours.", "line", 4),
        ("So be it (they say).", "line", 0),
        ("Ben: No.", "line", 0),
    ]
    assert found.left_out == ()


def test_a_word_cut_at_the_end_of_a_line_stays_cut() -> None:
    assert read(pdf(lines(["The hos-", "pital is far."]))).text == "The hos-\npital is far."


def test_pages_without_text_are_named() -> None:
    found = read(pdf(lines(TALK), [], [], [], lines(TALK), []))
    assert found.left_out == ("pages 2-4, 6 hold no text: scanned? Run text recognition (OCR) first",)


def test_only_pages_without_text_are_refused() -> None:
    with pytest.raises(ReadError, match=r"a.pdf: holds no text on its 2 pages: scanned\?"):
        read(pdf([], []))


def test_images_forms_comments_and_fields() -> None:
    image = b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray"
    notes = (
        "/Annots [<< /Type /Annot /Subtype /Text /Contents (Ask again.) /T (Ana) /M (D:20240501120000Z) "
        "/Rect [0 0 1 1] >> << /Type /Annot /Subtype /Widget /Contents (no note) /Rect [0 0 1 1] >>]"
    )
    raw = pdf_of(
        [content(lines(TALK)) + b" /X Do /X Do"],
        objects=[image + b" /Length 1 >>\nstream\n0\nendstream"],
        extra=notes,
    )
    found = read(raw)
    assert found.left_out == ("1 form field (not read)", "1 image")
    assert found.text.endswith("\nComment by Ana, 2024-05-01: Ask again.")
    assert found.blocks[-1].style == "header"


def test_words_inside_a_form_are_read_at_their_place() -> None:
    inside = content([(0, 0, "Ben: Inside.")])
    form = (
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 200 20] /Matrix [1 0 0 1 72 700] /Resources << /Font "
        b"<< /F 3 0 R >> >> /Length " + str(len(inside)).encode() + b" >>\nstream\n" + inside + b"\nendstream"
    )
    raw = pdf_of([b"/X Do " + content([(72, 712, "Ana: Above."), (72, 688, "Below.")])], objects=[form])
    assert read(raw).text == "Ana: Above.\nBen: Inside.\nBelow."


def test_words_beside_the_page_and_sideways_are_counted() -> None:
    words = content([*lines(TALK), (72, 900, "above the page")])
    found = read(pdf_of([words + b" BT /F 10 Tf 0 1 -1 0 500 300 Tm (DRAFT) Tj ET"]))
    assert "DRAFT" not in found.text
    assert found.left_out == ("1 piece of text outside of the page", "1 line of text in another direction (not read)")


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_page_that_is_shown_turned_reads_the_same(rotate: int) -> None:
    assert read(pdf(lines(["Ana: One.", "Two."]), rotate=rotate)).text == "Ana: One.\nTwo."


def test_a_page_written_sideways_is_read() -> None:
    words = b" ".join(
        f"BT /F 10 Tf 0 1 -1 0 {x} 72 Tm ({text}) Tj ET".encode() for x, text in ((100, "Ana: One."), (112, "Two."))
    )
    assert read(pdf_of([words])).text == "Ana: One.\nTwo."


def test_a_line_that_a_page_break_cuts_is_taken_once() -> None:
    cut = "and this is the line that the break between the pages cuts through"
    found = read(pdf(lines(["Ana: We wait for the bus", cut]), lines([cut, "and so on."])))
    assert found.text == f"Ana: We wait for the bus\n{cut}\nand so on."
    assert found.left_out == ("1 line drawn on both sides of a page break",)


# --- what is refused ---------------------------------------------------------------------------

WHOLE = pdf(lines(TALK))


@pytest.mark.parametrize(
    ("raw", "cause"),
    [
        (b"", r"a.pdf: holds no text \(0 bytes\)"),
        (b"plain words", "a.pdf: is not a PDF .* Was a file of another kind renamed?"),
        (b"%PDF-1.7\nand nothing more", "a.pdf: is damaged, or no PDF that can be read .* Print it to a new PDF"),
        (WHOLE[: len(WHOLE) // 3], "a.pdf: is damaged"),
        (
            pdf(lines(TALK), trailer=f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O ({'1' * 32}) /U ({'2' * 32}) >>"
                " /ID [(ab) (ab)]"),
            "a.pdf: is protected by a password",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_cause(raw: bytes, cause: str) -> None:
    with pytest.raises(ReadError, match=cause):
        read(raw)


def test_too_many_pages_are_refused_with_their_number() -> None:
    with pytest.raises(ReadError, match=r"a.pdf: has 2,001 pages; at most 2,000 are read. Split it."):
        read(pdf(*[[]] * 2_001))


def test_a_file_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(ReadError, match=r"a.pdf: takes longer than 0.001 seconds"):
        read(WHOLE, max_seconds=0.001)


def test_a_bomb_is_refused_inside_its_own_process() -> None:
    with pytest.raises(ReadError, match=r"a.pdf: is damaged, or no PDF that can be read \(.*[Ll]imit"):
        read(pdf_of([b" " * 100_000_000]))


@pytest.mark.parametrize("seed", range(4))
def test_damaged_bytes_never_end_in_a_traceback(seed: int) -> None:
    import random

    chance = random.Random(seed)
    raw = bytearray(WHOLE)
    for _ in range(30):
        raw[chance.randrange(9, len(raw))] = chance.randrange(256)
    try:
        assert read(bytes(raw)).text
    except ReadError as error:
        assert str(error).startswith("a.pdf: ")  # noqa: PT017


# --- real files --------------------------------------------------------------------------------


@needs_samples
def test_a_real_court_transcript_loses_its_line_numbers() -> None:
    found = read((SAMPLES / "scotus-transcript-p1.pdf").read_bytes())
    assert found.left_out == ("25 line numbers a page on 1 page",)
    assert found.text.startswith("Official - Subject to Final Review\nIN THE SUPREME COURT OF THE UNITED STATES\n")
    assert "The above-entitled matter came on for oral\nargument before the Supreme Court" in found.text


@needs_samples
def test_a_real_interview_keeps_its_turns() -> None:
    found = read((SAMPLES / "P1.pdf").read_bytes())
    assert found.left_out == (
        "98 line numbers on 5 pages",
        'running head or foot "1/5" on 5 pages',
        "300 pieces of text outside of the page",
        "1 line drawn on both sides of a page break",
    )
    assert found.text.startswith("Interview\nDan: Okay. So now you can stop sharing your screen")
    assert "\n\nParticipant: Okay.\n\nDan: Okay. Okay. So my first question" in found.text
