r"""Rich Text Format (rtf) in: the same blocks as from Word.

The tokens are read here, since the small libraries for it keep deleted and hidden words as if they were said and know
neither bold nor footnotes. Words come from ``\'xx`` in the code page of their font and from ``\u``.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..errors import ReadError
from .layout import Parsed, TextBuilder, storable
from .margins import add_note, comment_note, finish
from .rich_stories import Story
from .runs import add_pieces

_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,9})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|([^\\{}\r\n]+)|.", re.DOTALL
)
_PAGES = {
    0: "cp1252", 77: "mac_roman", 85: "mac_greek", 86: "mac_turkish", 88: "mac_latin2", 89: "mac_cyrillic",
    128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "big5", 161: "cp1253", 162: "cp1254", 163: "cp1258",
    177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
"""Code page by ``\\fcharset``."""
_SIGNS = {
    "tab": "\t", "line": "\n", "lbr": "\n", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "bullet": "•",
    "ldblquote": "“", "rdblquote": "”", "emspace": "\u2003", "enspace": "\u2002", "qmspace": "\u2005", "~": "\xa0",
    "_": "\u2011", "{": "{", "}": "}", "\\": "\\", "zwj": "\u200d", "zwnj": "\u200c", "nestcell": " ",
}  # fmt: skip
_STORIES = {
    "footnote", "annotation", "shptxt", "atnauthor", "atndate", "atnref", "atrfstart", "atrfend",
    "header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf",
}  # fmt: skip
"""Groups with words of their own."""
_SKIPPED = {
    "colortbl", "info", "fldinst", "nonshppict", "shprslt", "sp", "listtext", "pntext", "nonesttables", "xe", "tc",
    "private", "upr", "stylesheet", "fonttbl", "pict", "object", "mmath", "txe", "rxe", "ftnsep", "ftnsepc", "ftncn",
    "aftnsep", "aftnsepc", "aftncn", "filetbl",
}  # fmt: skip
"""Groups whose text is nobody's words."""
_THROUGH = {"shppict", "shpinst", "ud", "fldrslt", "nesttableprops", "moMathPara", "moMath"}
"""Starred groups that are looked into."""
_COUNTED = {"object": "embedded object", "mmath": "equation (not read)"}
_SWITCHES = ("b", "v", "deleted", "mvf")
_HEADING = re.compile(r"(heading|title|subtitle)\b", re.IGNORECASE)
_OF_COMMENTS = ("atnauthor", "atndate", "atnref")
_NO_CHARACTER = "byte without a character (shown as \ufffd)"
_MAX_DEPTH = 1_000
_MAX_OPEN = 50
"""Comments whose passage is followed at one time: more at one place is no honest file."""


@dataclass(frozen=True)
class _Group:
    """What holds inside of a pair of braces."""

    story: Story
    name: str = ""
    skipped: bool = False
    bold: bool = False
    hidden: bool = False
    deleted: bool = False
    moved: bool = False
    font: int | None = None
    after_u: int = 1
    """How many characters stand after a ``\\u`` for programs that do not know it."""
    shape: list[str] | None = None
    """What the shape around it holds: pictures and text boxes."""


class RichTextReader:
    """Reads the tokens of one file into stories.

    Parameters
    ----------
    content : str
        One character a byte.
    """

    def __init__(self, content: str, file: str) -> None:
        self.left_out: Counter[str] = Counter()
        self.body = Story("body")
        self.notes: list[str] = []
        self.outside: set[str] = set()
        self.page = "cp1252"
        self._comments: list[tuple[str, str, str, str]] = []
        self._passages: dict[str, list[str]] = {}
        self._open: set[str] = set()
        self._said = dict.fromkeys(_OF_COMMENTS, "")
        self._fonts: dict[int | None, str] = {}
        self._headings: set[int] = set()
        self._defined = 0
        self._bytes = bytearray()
        self._high = 0
        self._unread = 0
        self._starred = False
        self._last = ""
        self._group = _Group(self.body)
        self._stack: list[_Group] = []
        self._read(content, file)

    @property
    def comments(self) -> Iterator[str]:
        """Comments as labelled lines."""
        for words, author, date, identity in self._comments:
            passage = "".join(self._passages.get(identity, ()))
            yield comment_note(words, author=author, date=_day(date), passage=passage)

    def _read(self, content: str, file: str) -> None:
        at = 0
        while at < len(content) and (token := _TOKEN.match(content, at)):
            at = token.end()
            word, number, byte, sign, brace, text = token.groups()
            if byte or text:
                self._take_bytes(bytes.fromhex(byte) if byte else text.encode("latin-1", "replace"))
                continue
            if not any((word, sign, brace)):
                continue  # the file's own line ends: words run on over them
            self._flush()
            if brace == "{":
                self._stack.append(self._group)
                if len(self._stack) > _MAX_DEPTH:
                    raise ReadError(
                        f"{file}: has groups inside of {_MAX_DEPTH:,} others: no honest file. It is not read."
                    )
            elif brace == "}":
                self._close()
                if len(self._stack) == 0:
                    break
            elif word == "bin":
                at += max(0, int(number or 0))
            elif word:
                self._take_word(word, None if number is None else int(number))
            elif sign:
                self._take_sign(sign)
        self._flush()
        if self._stack:
            self.left_out["end of the file (it breaks off)"] += 1
        while self._stack:
            self._close()
        self.body.end()

    # --- words -------------------------------------------------------------------------------

    def _take_bytes(self, raw: bytes) -> None:
        passed = min(self._unread, len(raw))
        self._unread -= passed
        self._bytes += raw[passed:]

    def _flush(self) -> None:
        """Decode the bytes since the last control word in the code page of their font."""
        self._unread = 0
        if not self._bytes:
            return
        raw, self._bytes = bytes(self._bytes), bytearray()
        if self._group.name == "stylesheet":
            if _HEADING.match(raw.decode("latin-1").strip()):
                self._headings.add(self._defined)
            return
        if not self._group.skipped:
            words = raw.decode(self._fonts.get(self._group.font, self.page), "replace")
            self.left_out[_NO_CHARACTER] += words.count("\ufffd")
            self._add(storable(words, self.left_out))

    def _add(self, words: str) -> None:
        group = self._group
        if group.skipped or not words:
            return
        reason = (
            "moved passage (read at its new place)" if group.moved
            else "deleted run" if group.deleted
            else "hidden run" if group.hidden
            else ""
        )  # fmt: skip
        self.left_out[reason] += bool(reason) and reason != self._last
        self._last = reason
        if not reason:
            group.story.runs.add(words, group.bold)
            for identity in self._open if group.story is self.body else ():
                self._passages[identity].append(words)

    def _take_unicode(self, number: int) -> None:
        """Take a character, or half of one: those beyond U+FFFF come as two numbers."""
        code = number % 0x10000
        high, self._high = self._high, 0
        if 0xD800 <= code < 0xDC00:
            self._high = code
        elif high and 0xDC00 <= code < 0xE000:
            self._add(chr(0x10000 + ((high - 0xD800) << 10) + code - 0xDC00))
        elif 0xF000 <= code <= 0xF0FF:
            self.left_out["sign of a symbol font"] += not self._group.skipped
        elif code >= 32:
            self._add(storable(chr(code), self.left_out))
        self._unread = self._group.after_u

    def _take_sign(self, sign: str) -> None:
        if sign == "*":
            self._starred = True
        elif sign in "\r\n":
            self._take_word("par", None)
        else:
            self._add(_SIGNS.get(sign, ""))

    # --- control words -----------------------------------------------------------------------

    def _take_word(self, word: str, number: int | None) -> None:
        starred, self._starred = self._starred, False
        if word in _STORIES or word in _SKIPPED or starred:
            self._enter(word, starred)
        elif word == "u":
            self._take_unicode(number or 0)
        elif word in _SIGNS:
            self._add(_SIGNS[word])
        elif word in _SWITCHES:
            self._group = _switched(self._group, word, number != 0)
        elif word == "plain":
            self._group = replace(self._group, bold=False, hidden=False, deleted=False, moved=False)
        elif word == "uc":
            self._group = replace(self._group, after_u=min(max(number or 0, 0), 100))
        else:
            self._take_layout(word, number or 0)

    def _take_layout(self, word: str, number: int) -> None:
        group, story = self._group, self._group.story
        if word == "f":
            self._group = replace(group, font=number)
        elif word == "fcharset" and number in _PAGES:
            self._fonts[group.font] = _PAGES[number]
        elif word in ("ansicpg", "mac"):
            self.page = _code_page(number) if word == "ansicpg" else "mac_roman"
        elif group.name == "stylesheet":
            self._defined = number if word == "s" else self._defined
        elif group.skipped:
            return
        elif word == "pard":
            story.style, story.in_table = "paragraph", False
        elif word == "intbl":
            story.in_table = True
        elif (word == "s" and number in self._headings) or (word == "outlinelevel" and number < 9):
            story.style = "heading"
        elif word == "ls" and story.style != "heading":
            story.style = "bullet"
        elif word in ("par", "sect", "page") and not (group.deleted or group.moved):
            if word == "par" or story.runs.parts:
                story.end_paragraph()
        elif word == "cell":
            story.end_cell()
        elif word == "row":
            story.end_row()

    def _enter(self, word: str, starred: bool) -> None:
        """Make the group the destination that a control word at its start names."""
        group = self._group
        if word == "nesttableprops" and not group.skipped:
            self._add("\n")
        if word == "shpinst":
            self._group = group = replace(group, shape=[])
        elif group.shape is not None and word in ("pict", "shptxt"):
            group.shape.append(word)
        if word in ("listtext", "pntext") and group.story.style == "paragraph" and not group.skipped:
            group.story.style = "bullet"
        if word == "pict" and (not group.skipped or group.name == "sp"):
            self.left_out["image"] += 1
        if word in _COUNTED and not group.skipped:
            self.left_out[_COUNTED[word]] += 1
        if word == "ud":
            self._group = replace(group, skipped=False, name="ud")
        elif word in _STORIES and not group.skipped:
            self._group = _Group(Story(word), name=word, font=group.font, after_u=group.after_u)
        elif word in _SKIPPED or (starred and word not in _THROUGH):
            inner = group.name == "sp" and word != "pict"
            self._group = replace(group, skipped=True, name="sp" if inner else word)

    def _close(self) -> None:
        closed, self._group = self._group, self._stack.pop()
        if closed.shape == [] and closed.shape is not self._group.shape and not closed.skipped:
            self.left_out["drawing"] += 1
        if closed.story is not self._group.story:
            closed.story.end()
            self._keep(closed.story)

    def _keep(self, story: Story) -> None:
        """Put a story that ended where it belongs."""
        words = story.text.strip()
        if story.kind == "shptxt":
            self._group.story.boxes.append(story)
        elif story.kind == "footnote":
            self.notes.append(words)
        elif story.kind == "annotation":
            author, date, identity = (self._said[name] for name in _OF_COMMENTS)
            self._comments.append((words, author, date, identity))
            self._said = dict.fromkeys(_OF_COMMENTS, "")
        elif story.kind in self._said:
            self._said[story.kind] = words
        elif story.kind == "atrfstart" and len(self._open) < _MAX_OPEN:
            self._open.add(words)
            self._passages[words] = []
        elif story.kind == "atrfend":
            self._open.discard(words)
        elif words and story.kind.startswith(("header", "footer")):
            self.outside.add(words)


def parse_rich_text(raw: bytes, *, format: str, file: str, encoding: str | None = None) -> Parsed:  # noqa: A002, ARG001
    """Read an RTF file.

    Parameters
    ----------
    raw : bytes
        The whole file.
    format : {"rtf"}
    file : str
        Name for the messages.
    encoding : str or None
        Has no meaning here: the file names the code page of each font.

    Returns
    -------
    Parsed
        As of a Word document; see `parse_word`.

    Raises
    ------
    ReadError
        If it is no RTF, nests without end, or holds no text. A file that breaks off is read as far as it goes, and that
        is said in `left_out`.
    """
    if not raw.strip():
        raise ReadError(f"{file}: holds no text ({len(raw)} bytes). Nothing is stored for it.")
    if not raw.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"{\\rtf"):
        raise ReadError(f'{file}: is not RTF: it does not begin with "{{\\rtf". Was a file of another kind renamed?')
    reader, builder = RichTextReader(raw[raw.index(b"{") :].decode("latin-1"), file), TextBuilder()
    add_pieces(reader.body.pieces, builder)
    for note in (*reader.notes, *reader.comments):
        add_note(note, builder)
    return finish(builder, reader.left_out, file=file, headers=reader.outside, encoding=reader.page)


def _switched(group: _Group, word: str, on: bool) -> _Group:
    if word == "b":
        return replace(group, bold=on)
    if word == "v":
        return replace(group, hidden=on)
    return replace(group, deleted=on) if word == "deleted" else replace(group, moved=on)


def _code_page(number: int) -> str:
    try:
        return codecs.lookup("mac_roman" if number == 10000 else "utf-8" if number == 65001 else f"cp{number}").name
    except LookupError:
        return "cp1252"


def _day(date: str) -> str:
    """Day of a comment: the file counts minutes, hours, days, months and years since 1900 in bits."""
    bits = int(date) if date.isdecimal() and len(date) < 12 else 0
    day, month, year = bits >> 11 & 31, bits >> 16 & 15, 1900 + (bits >> 20 & 511)
    return f"{year}-{month:02}-{day:02}" if day and 0 < month < 13 else ""
