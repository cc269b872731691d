"""Bytes in, text out: BOM, UTF-8, UTF-16 and the old Windows code pages; newlines become LF.

The order is from certain to guessed: the encoding given by the researcher, a byte order mark,
strict UTF-8, UTF-16 without a mark, then a guess among the code pages that texts of the region
come in. A replacement character is never made here: what does not decode is refused with its place.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import chardet

from ..errors import ReadError

CODE_PAGES = ("cp1252", "cp1250", "cp1251", "cp1253", "cp1257")
"""Code pages a guess may choose from: Western, Central European, Cyrillic, Greek, Baltic."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the one of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_UTF8_PUNCTUATION = re.compile(rb"\xe2\x80[\x90-\xbf]")
_LIKELY_IN_UTF8 = re.compile("[\u00a0-\u017f\u0218-\u021b\u0370-\u04ff\u2010-\u203a\u20ac]")
_MIXED_WORD = re.compile("[a-zA-Z][\u0370-\u03ff\u0400-\u04ff]|[\u0370-\u03ff\u0400-\u04ff][a-zA-Z]")
_NOT_WESTERN = re.compile(
    "[^\0-\x7fàáâäåçèéêëìíîïñòóôöœùúûüÿßÀÁÂÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÖŒÙÚÛÜŸ¿¡«»‹›“”„‘’‚–—…€£§°·•ºª©®™²³½¼\xa0]"
)
_CONTROL = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_NEARLY = 0.75
_MOJIBAKE = re.compile("â€[\u0080-\uffff]|Ã[\u00a0-\u00bf\u0192\u201e\u2026\u2020-\u2022]")


@dataclass(frozen=True)
class Decoded:
    """Text of a file and how it was found.

    Attributes
    ----------
    text : str
        Without byte order mark, newlines LF.
    encoding : str
        Python's name of the codec.
    guessed : bool
        True when the encoding was not certain.
    notes : tuple of str
        What a reader should know ("3 characters were damaged ...").
    """

    text: str
    encoding: str
    guessed: bool = False
    notes: tuple[str, ...] = ()


def decode(raw: bytes, *, file: str, encoding: str | None = None) -> Decoded:
    r"""Decode the bytes of a text file.

    Parameters
    ----------
    raw : bytes
        The whole file.
    file : str
        Name for the messages.
    encoding : str or None
        Encoding given by the researcher; None = find it.

    Returns
    -------
    Decoded

    Raises
    ------
    ReadError
        If the file holds no text, is binary, mixes encodings, or does not decode.

    Examples
    --------
    >>> decode("Gött\r\nmos".encode("cp1252"), file="a.txt").text
    'Gött\nmos'
    """
    if encoding is not None:
        text, name, guessed = *_decode_as(raw, encoding, file), False
        _refuse_mixture_as_page(raw, name, file)
    else:
        text, name, guessed = _find(raw, file)
    if "\0" in text:
        raise ReadError(
            f"{file}: holds a NUL character (byte {_byte_of_nul(raw, text, name)}): damaged or no text file."
        )
    text = unify_newlines(text.removeprefix("\ufeff"))
    if not text.strip("\ufeff\u200b \t\n\r\f\v\u00a0"):
        raise ReadError(f"{file}: holds no text ({len(raw)} bytes). Nothing is stored for it.")
    return Decoded(text, name, guessed, tuple(_notes(text)))


def unify_newlines(text: str) -> str:
    r"""CR LF and CR alone become LF; other line separators stay.

    Examples
    --------
    >>> unify_newlines("a\r\nb\rc")
    'a\nb\nc'
    """
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _find(raw: bytes, file: str) -> tuple[str, str, bool]:
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return *_decode_as(raw[len(mark) :], name, file), False
    if b"\0" in raw:
        return *_decode_utf16(raw, file), True
    try:
        return raw.decode("utf-8"), "utf-8", False
    except UnicodeDecodeError as error:
        bad = error.start
    _refuse_mixture(raw, bad, file)
    return *_guess(raw, bad, file), True


def _refuse_mixture(raw: bytes, bad: int, file: str) -> None:
    """Refuse a file that no encoding reads; `bad` = its first byte that is not UTF-8."""
    if _is_mixed(raw):
        raise ReadError(
            f"{file}: is UTF-8 in one part and another encoding in the next: byte {bad} (line {_line(raw, bad)}) is "
            f"0x{raw[bad]:02x}. No --encoding reads both: open it in an editor, put the lines right that look wrong, "
            "and save it again as UTF-8."
        )


def _refuse_mixture_as_page(raw: bytes, name: str, file: str) -> None:
    """Refuse a mixture that was given as a code page: one that has a sign for every byte would hide it."""
    if name.startswith("utf") or len(bytes(range(256)).decode(name, "replace")) != 256:
        return
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse_mixture(raw, error.start, file)


def _decode_as(raw: bytes, encoding: str, file: str) -> tuple[str, str]:
    try:
        codec = codecs.lookup(encoding)
        text = raw.decode(codec.name)
    except (LookupError, TypeError) as error:
        raise ReadError(f'{file}: there is no encoding "{encoding}". Try utf-8, cp1252, cp1253 or cp1257.') from error
    except UnicodeDecodeError as error:
        raise ReadError(
            f"{file}: is not {codec.name}: byte {error.start} (line {_line(raw, error.start)}) is "
            f"0x{raw[error.start]:02x}. Give another --encoding, or none to have it found."
        ) from error
    return text, codec.name


def _decode_utf16(raw: bytes, file: str) -> tuple[str, str]:
    """UTF-16 without a mark: blanks and digits leave NULs at every second place only."""
    even, odd = raw[::2].count(0), raw[1::2].count(0)
    name = "utf-16-le" if odd > even else "utf-16-be"
    if min(even, odd) == 0 and max(even, odd) >= len(raw) * 0.02 and len(raw) % 2 == 0:
        text = raw.decode(name, errors="ignore")
        if len(text.encode(name)) == len(raw) and _is_speech(text):
            return text, name
    at = raw.find(b"\0")
    raise ReadError(f"{file}: is not a text file: byte {at} is NUL. If it is text, save it as UTF-8.")


def _is_speech(text: str) -> bool:
    """Mostly letters and blanks of European scripts, no control characters beyond tab and newline.

    Two Latin letters read as one character give a Chinese one: so the script tells.
    """
    letters = sum(1 for character in text if character < "\u0700" and (character.isalpha() or character.isspace()))
    controls = sum(1 for character in text if ord(character) < 32 and character not in "\t\n\r\f\v")
    return controls == 0 and letters >= len(text) * 0.6


def _is_mixed(raw: bytes) -> bool:
    """Whether bytes that are not UTF-8 stand beside sequences that can hardly be anything else.

    Two neighbours of a code page may look like UTF-8 by accident, so a few sequences among many
    foreign bytes prove nothing; typographic signs (E2 80 xx) do.
    """
    sequences = [match[0].decode("utf-8", errors="ignore") for match in _UTF8_SEQUENCE.finditer(raw)]
    likely = sum(1 for sequence in sequences if _LIKELY_IN_UTF8.match(sequence))
    foreign = sum(1 for byte in _UTF8_SEQUENCE.sub(b"", raw) if byte >= 0x80)
    return bool(_UTF8_PUNCTUATION.search(raw)) or likely > 0.05 * (likely + foreign)


def _guess(raw: bytes, bad: int, file: str) -> tuple[str, str]:
    """Choose the likeliest code page that decodes every byte and mixes no alphabets inside a word.

    cp1252 is preferred when all its characters are those of Western European text and the detector
    finds it nearly as likely as the best: in short texts it cannot tell them apart.
    """
    candidates: dict[str, tuple[str, float]] = {}
    for candidate in chardet.detect_all(raw, ignore_threshold=True, include_encodings=CODE_PAGES, compat_names=False):
        name = codecs.lookup(candidate["encoding"] or "cp1252").name
        text = _decoded(raw, name)
        if text is not None and not _mixes_alphabets(text):
            candidates[name] = (text, candidate["confidence"])
    if not candidates:
        raise ReadError(
            f"{file}: the encoding cannot be found: byte {bad} (line {_line(raw, bad)}) is 0x{raw[bad]:02x}. "
            "Give --encoding (cp1252 for Western European Windows files), or save the file as UTF-8."
        )
    best = max(candidates, key=lambda name: candidates[name][1])
    western, likely = candidates.get("cp1252", ("\0", 0.0))
    if likely >= _NEARLY * candidates[best][1] and not _NOT_WESTERN.search(western):
        best = "cp1252"
    return candidates[best][0], best


def _mixes_alphabets(text: str) -> bool:
    """Whether more than a few Greek or Cyrillic letters stand next to Latin ones: a wrong code page."""
    letters = sum(1 for character in text if "\u0370" <= character <= "\u04ff")
    return len(_MIXED_WORD.findall(text)) > letters * 0.02


def _decoded(raw: bytes, name: str) -> str | None:
    try:
        return raw.decode(name)
    except UnicodeDecodeError:
        return None


def _line(raw: bytes, position: int) -> int:
    head = raw[:position].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return head.count(b"\n") + 1


def _byte_of_nul(raw: bytes, text: str, name: str) -> int:
    """Place in the file, counted from its end: a mark at its beginning is not in the text."""
    return len(raw) - len(text[text.find("\0") :].encode(name)) + len("".encode(name))


def _notes(text: str) -> list[str]:
    notes = []
    if lost := text.count("\ufffd"):
        notes.append(f"{lost} characters were lost before this file was saved (U+FFFD in the file)")
    if broken := len(_MOJIBAKE.findall(text)):
        notes.append(f"{broken} places look like UTF-8 that was read in another encoding")
    if controls := len(_CONTROL.findall(text)):
        notes.append(f"{controls} control character{'s' if controls > 1 else ''} in the text (kept)")
    return notes
