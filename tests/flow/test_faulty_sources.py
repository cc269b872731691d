"""Faulty and foreign sources up to the store: what is refused leaves it as it was, the rest is coded alike."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pdf_files import lines, pdf
from qualcode import flow
from qualcode.errors import ReadError
from studies import ANNA, SmallStudy, dump, query


def coded(study: SmallStudy, name: str) -> list[tuple[Any, ...]]:
    """(start, end, words, code) of the codings of a document."""
    return query(
        study.store_path,
        "SELECT s.start, s.end, substr(d.text, s.start + 1, s.end - s.start), c.code_id FROM codings c "
        "JOIN segments s USING (segment_id) JOIN documents d USING (document_id) "
        "WHERE d.name = ? ORDER BY s.start, c.code_id",
        name,
    )


def segments(study: SmallStudy, name: str) -> list[tuple[Any, ...]]:
    return query(
        study.store_path,
        "SELECT s.position, s.start, s.end, s.is_coded FROM segments s JOIN documents d USING (document_id) "
        "WHERE d.name = ? ORDER BY s.position",
        name,
    )


def tag(study: SmallStudy, *names: str) -> flow.TagReport:
    return study.tag(*(study.notes / name for name in names), options=flow.ReadOptions(allow_missing=True))


def test_files_without_words_are_listed_and_the_run_goes_on(study: SmallStudy) -> None:
    for name, raw in (("empty.txt", b""), ("white.txt", b" \n\t"), ("mark.txt", b"\xef\xbb\xbf")):
        study.write(name, raw)
    report = study.tag()
    assert report.new == 3
    assert set(study.documents()) == {"anna.txt", "ben.txt", "cleo.txt"}
    assert [problem.partition(": ")[2][:12] for problem in report.problems] == ["holds no text"[:12]] * 3


@pytest.mark.parametrize(
    ("raw", "cause"),
    [
        ("Café: late.\n".encode() + "Café: late.\n".encode("cp1252"), "UTF-8 in one part"),
        (b"Ana: late\0.\n", "NUL"),
        (b"%PDF-1.7 broken", "damaged"),
    ],
)
def test_what_is_refused_leaves_the_store_as_it_was(study: SmallStudy, raw: bytes, cause: str) -> None:
    study.tag()
    before = study.store_path.read_bytes()
    file = study.write("new.pdf" if raw.startswith(b"%PDF") else "new.txt", raw)
    with pytest.raises(ReadError, match=cause) as caught:
        study.tag(file, options=flow.ReadOptions(encoding="cp1252"))
    assert file.name in str(caught.value)
    assert study.store_path.read_bytes() == before


def test_the_encoding_of_an_old_file_is_recorded(study: SmallStudy) -> None:
    study.write("anna.txt", ANNA.replace("garden", "café – “garden”").encode("cp1252"))
    study.tag()
    assert study.documents()["anna.txt"]["encoding"] == "cp1252"
    assert query(study.store_path, "SELECT text FROM documents WHERE text LIKE '%café – “garden”%'")


def test_newlines_and_marks_change_no_sentence_and_no_coding(study: SmallStudy) -> None:
    study.write("crlf.txt", b"\xef\xbb\xbf" + ANNA.replace("\n", "\r\n").encode())
    study.write("cr.txt", ANNA.replace("\n", "\r"))
    tag(study, "anna.txt", "crlf.txt", "cr.txt")
    assert len(coded(study, "anna.txt")) == 2
    for name in ("crlf.txt", "cr.txt"):
        assert segments(study, name) == segments(study, "anna.txt")
        assert coded(study, name) == coded(study, "anna.txt")


def test_a_cue_finds_decomposed_letters_and_the_passage_is_the_stored_text(study: SmallStudy) -> None:
    study.codebook('regex: "no money"', 'regex: "\\\\bακριβή υγεία"')
    study.codebook("version: 1.0.0", "version: 1.0.0\nlanguage: el")
    text = "R1: Τι κρίμα. Έχουμε ακριβή υγεία εδώ.\n"
    study.write("nfc.txt", unicodedata.normalize("NFC", text))
    study.write("nfd.txt", unicodedata.normalize("NFD", text))
    tag(study, "nfc.txt", "nfd.txt")
    (composed,), (decomposed,) = coded(study, "nfc.txt"), coded(study, "nfd.txt")
    assert composed == (14, 38, "Έχουμε ακριβή υγεία εδώ.", "funding")
    # By hand: ί of κρίμα takes one code point more, the sentence itself four (Έ, ή, ί, ώ).
    assert decomposed == (15, 43, unicodedata.normalize("NFD", composed[2]), "funding")


def test_typographic_signs_hide_no_cue_and_move_nothing(study: SmallStudy) -> None:
    study.codebook('regex: "no money"', 'regex: "don\'t pay"')
    study.write("word.txt", "R1: Well…\u00a0we don’t\u00a0pay. It\u200bis la\u00adte, always late.\n")
    tag(study, "word.txt")
    assert coded(study, "word.txt") == [
        (4, 23, "Well…\u00a0we don’t\u00a0pay.", "funding"),
        (24, 49, "It\u200bis la\u00adte, always late.", "delays"),
    ]


def test_offsets_count_code_points(study: SmallStudy) -> None:
    family, letter = "👩\u200d👩\u200d👧", "\U0001d518"
    study.write("emoji.txt", f"R1: So {family} {letter}. The bus is late {family}!\n")
    tag(study, "emoji.txt")
    # By hand: "R1: So " 7, the family 5 code points, " 𝔘." 3, a blank: the second sentence begins at 16 and has 22.
    assert coded(study, "emoji.txt") == [(16, 38, f"The bus is late {family}!", "delays")]


@pytest.mark.parametrize("words", ["האוטובוס late תמיד.", "الحافلة late دائما."])
def test_words_from_right_to_left_keep_their_order_through_a_table(study: SmallStudy, words: str) -> None:
    study.write("rtl.txt", f"R1: {words}\n")
    tag(study, "rtl.txt")
    content = flow.export(study.work, flow.make_filter(), Path("a.csv")).content
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""))
    assert row["text"] == words


def test_exports_of_control_characters_still_parse(study: SmallStudy) -> None:
    study.write("bell.txt", "R1: The bus\x07 is \x1b late.\n")
    tag(study, "bell.txt")
    content = {ending: flow.export(study.work, flow.make_filter(), Path(f"a{ending}")).content for ending in
               (".csv", ".jsonl", ".xlsx")}  # fmt: skip
    (row,) = csv.DictReader(io.StringIO(content[".csv"].decode("utf-8"), newline=""))
    assert row["text"] == json.loads(content[".jsonl"])["text"] == "The bus\x07 is \x1b late."
    assert openpyxl.load_workbook(io.BytesIO(content[".xlsx"])).active is not None


def test_a_line_without_a_stop_beyond_what_spacy_takes_is_coded(study: SmallStudy) -> None:
    study.codebook('regex: "no money"', 'lemma: "no money"')  # words, not letters: read by spaCy
    study.write("long.txt", "R1: " + "the bus is late and there is no money " * 27_000)  # 1,026,000 characters
    report = tag(study, "long.txt")
    # A sentence of 2,000 characters at most holds the words 52 times and a half.
    assert 513 <= report.segments <= 520
    assert len(coded(study, "long.txt")) == 2 * report.segments


# --- archives ----------------------------------------------------------------------------------


def pack(file: Path, **entries: bytes) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return file


def test_an_archive_is_coded_like_its_files_with_the_table_inside(study: SmallStudy) -> None:
    study.tag()
    table = b"file,region,kind\nanna.txt,Southport,interview\n"
    packed = {"in__anna_txt": ANNA.encode(), "in__documents_csv": table, "in__b_pdf": pdf(lines(["R1: Late bus."]))}
    notes = pack(study.folder / "notes.zip", **packed)
    report = study.tag(notes, options=flow.ReadOptions(allow_missing=True))
    assert (report.new, report.problems) == (2, ())
    assert coded(study, "notes.zip/in/anna.txt") == coded(study, "anna.txt")
    assert coded(study, "notes.zip/in/b.pdf") == [(4, 13, "Late bus.", "delays")]
    assert study.documents()["notes.zip/in/anna.txt"]["region"] == "Southport"
    assert study.tag(notes, options=flow.ReadOptions(allow_missing=True)).unchanged == 2
    assert not (study.folder / "in").exists()


def test_an_archive_that_would_write_elsewhere_or_unpack_too_far_is_refused_whole(study: SmallStudy) -> None:
    study.tag()
    before = dump(study.store_path)
    outside = pack(study.folder / "outside.zip", a_txt=ANNA.encode(), **{"..__b_txt": b"late"})
    bomb = pack(study.folder / "bomb.zip", a_txt=ANNA.encode(), b_txt=b"0" * 10_000_000)
    for file, cause in ((outside, "leaves the archive"), (bomb, "packed more than 200 to 1")):
        with pytest.raises(ReadError, match=cause):
            study.tag(file)
    assert dump(study.store_path) == before
    assert not (study.folder.parent / "b.txt").exists()


def test_a_damaged_entry_is_named_and_the_others_are_read(study: SmallStudy) -> None:
    notes = pack(study.folder / "notes.zip", a_txt=ANNA.encode() * 3, b_txt=ANNA.encode())
    raw = bytearray(notes.read_bytes())
    raw[40] ^= 0xFF
    notes.write_bytes(bytes(raw))
    report = study.tag(notes, options=flow.ReadOptions(allow_missing=True))
    assert report.new == 1
    assert 'the part "a.txt" is damaged' in report.problems[0]
