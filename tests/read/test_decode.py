"""Bytes to text."""

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.errors import ReadError
from qualcode.read.decode import decode

SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "samples"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared/samples")

NATIVE = {
    "cp1252": "Vi måste få mer pengar till vården. Det är inte lätt – “säger man”.",
    "cp1250": "Nu avem bani pentru medicină, în spital lipsesc oameni şi aparatură, iar pacienţii aşteaptă.",
    "cp1251": "Нямаме пари за лекарства и хората чакат дълго в болницата.",
    "cp1253": "Δεν υπάρχουν χρήματα για την έρευνα, και οι ασθενείς περιμένουν.",
    "cp1257": "Trūksta pinigų ir žmonių, o ligoninės neturi reikalingos įrangos.",
}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["Hello world, this is text", "Γειά σου, τι κάνεις; Καλά.", "Да, добър ден на всички"])
def test_unicode_is_decoded_with_or_without_mark(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding), file="a.txt").text == text


def test_mark_makes_the_encoding_certain_and_its_absence_a_guess() -> None:
    assert not decode("ab cd".encode("utf-16"), file="a.txt").guessed
    assert decode("ab cd".encode("utf-16-le"), file="a.txt").guessed


@pytest.mark.parametrize("encoding", NATIVE)
def test_old_windows_files_come_out_right_and_are_marked_as_guessed(encoding: str) -> None:
    decoded = decode(NATIVE[encoding].encode(encoding), file="a.txt")
    assert (decoded.text, decoded.encoding, decoded.guessed) == (NATIVE[encoding], encoding, True)


@pytest.mark.parametrize(
    "text",
    ["¿Quién es el presidente francés?", "Londra è una grande città.", "I: So – what is it? R: It’s the café.", "10 €"],
)
def test_short_western_texts_are_not_taken_for_another_alphabet(text: str) -> None:
    assert decode(text.encode("cp1252"), file="a.txt").text == text


@needs_samples
@pytest.mark.parametrize(
    ("old", "twin"),
    [("greek_cp1253.txt", "greek_ud_gud.txt"), ("lithuanian_cp1257.txt", "lithuanian_ud_alksnis.txt")],
)
def test_real_greek_and_lithuanian_equal_their_utf8_twins(old: str, twin: str) -> None:
    decoded = decode((SAMPLES / "languages" / old).read_bytes(), file=old)
    expected = (SAMPLES / "languages" / twin).read_text(encoding="utf-8")
    assert expected.startswith(decoded.text[:19_000])


@needs_samples
def test_real_cp1252_captions_hold_dashes_and_lf() -> None:
    raw = (SAMPLES / "oralhistory" / "wrigley_speakers_crlf_cp1252.srt").read_bytes()
    decoded = decode(raw, file="a.srt")
    assert decoded.encoding == "cp1252"
    assert "Italian words—the lesser" in decoded.text
    assert "\r" not in decoded.text


def test_newlines_become_lf_and_the_line_separator_stays() -> None:
    assert decode("a\r\nb\rc\u2028d".encode(), file="a.txt").text == "a\nb\nc\u2028d"


def test_given_encoding_wins() -> None:
    assert decode("Ã© tells of it".encode("cp1252"), file="a.txt", encoding="cp1252").text == "Ã© tells of it"


@pytest.mark.parametrize("encoding", [None, "cp1252", "cp1250", "latin-1", "mac-roman"])
def test_no_code_page_hides_a_mixture(encoding: str | None) -> None:
    raw = "Größe und Länge\n".encode() + "Größe und Länge\n".encode("cp1252")
    with pytest.raises(
        ReadError, match=r"a.txt: is UTF-8 in one part .* byte 21 \(line 2\) is 0xf6.*save it again as UTF-8"
    ):
        decode(raw, file="a.txt", encoding=encoding)


@pytest.mark.parametrize("encoding", NATIVE)
def test_a_given_code_page_reads_what_is_written_in_it(encoding: str) -> None:
    raw = (NATIVE[encoding] + "\n").encode(encoding) * 50
    assert decode(raw, file="a.txt", encoding=encoding).text == (NATIVE[encoding] + "\n") * 50


def test_given_encoding_that_does_not_fit_is_refused_with_its_place() -> None:
    with pytest.raises(ReadError, match=r"a.txt: is not utf-8: byte 4 \(line 2\) is 0xe9"):
        decode(b"abc\n\xe9 ", file="a.txt", encoding="utf8")


def test_unknown_encoding_is_named() -> None:
    with pytest.raises(ReadError, match='no encoding "latin-99"'):
        decode(b"abc", file="a.txt", encoding="latin-99")


@pytest.mark.parametrize(
    "raw", [b"", b" \n\t", codecs.BOM_UTF8, codecs.BOM_UTF16_LE + b"\n\0", "\u00a0\ufeff".encode()]
)
def test_files_without_words_are_refused(raw: bytes) -> None:
    with pytest.raises(ReadError, match="holds no text"):
        decode(raw, file="a.txt")


@pytest.mark.parametrize(
    ("raw", "place"), [(b"ab\0cd and more words", "byte 2"), (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "byte 8")]
)
def test_binary_is_refused_with_the_place_of_the_nul(raw: bytes, place: str) -> None:
    with pytest.raises(ReadError, match=place):
        decode(raw, file="a.txt")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_a_nul_is_placed_in_bytes_of_the_file(encoding: str) -> None:
    raw = "one\r\ntwo\0three".encode(encoding)
    place = len("one\r\ntwo".encode(encoding))
    with pytest.raises(ReadError, match=rf"byte {place}\b"):
        decode(raw, file="a.txt", encoding=encoding)


def test_control_characters_are_kept_and_counted() -> None:
    decoded = decode(b"a\x01b\x1b[0m c\x7f\td", file="a.txt")
    assert decoded.text == "a\x01b\x1b[0m c\x7f\td"
    assert decoded.notes == ("3 control characters in the text (kept)",)


@pytest.mark.parametrize(
    "raw",
    [
        "Größe und Länge\n".encode() + "Größe und Länge\n".encode("cp1252"),
        "he said ‘no’ \n".encode() * 2 + "ça va, é è à ü ö ä ß ñ\n".encode("cp1252") * 40,
    ],
)
def test_mixed_encodings_are_refused_with_the_first_foreign_byte(raw: bytes) -> None:
    with pytest.raises(UnicodeDecodeError) as found:
        raw.decode("utf-8")
    with pytest.raises(ReadError, match=rf"UTF-8 in one part.*byte {found.value.start} \(line"):
        decode(raw, file="a.txt")


def test_accidental_utf8_pair_in_a_code_page_is_no_mixture() -> None:
    text = "Το είπε η κυρία «Σοφή» και έφυγε από την αίθουσα."
    assert decode(text.encode("cp1253"), file="a.txt").text == text


def test_damage_done_before_is_reported() -> None:
    notes = decode("Caf\ufffd and cafÃ© and donâ€™t".encode(), file="a.txt").notes
    assert notes == (
        "1 characters were lost before this file was saved (U+FFFD in the file)",
        "2 places look like UTF-8 that was read in another encoding",
    )


@given(st.binary(max_size=200), st.sampled_from([None, "cp1252", "utf-8"]))
def test_any_bytes_are_decoded_without_replacement_or_refused(raw: bytes, encoding: str | None) -> None:
    try:
        decoded = decode(raw, file="a.txt", encoding=encoding)
    except ReadError:
        return
    assert "\0" not in decoded.text
    assert "\r" not in decoded.text
    assert "\ufffd" not in decoded.text or b"\xef\xbf\xbd" in raw or b"\xfd\xff" in raw or b"\xff\xfd" in raw


@given(st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), min_size=1))
def test_utf8_survives_untouched(text: str) -> None:
    try:
        assert decode(text.encode(), file="a.txt").text == text.removeprefix("\ufeff")
    except ReadError as error:
        assert "holds no text" in str(error)  # noqa: PT017
