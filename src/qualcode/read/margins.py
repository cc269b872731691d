"""What stands around the words of a page: notes, comments, page headers, and the account of what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ..errors import ReadError
from .layout import Parsed, TextBuilder, counted, listed
from .speaker_headings import with_speakers

_MAX_PASSAGE = 60
_MAX_HEADER = 40


def add_note(words: str, builder: TextBuilder) -> None:
    """Append a note on one line, as nobody's talk."""
    if folded := " ".join(words.split()):
        builder.add(folded, "header")


def comment_note(words: str, *, author: str = "", date: str = "", passage: str = "") -> str:
    """Put a comment from the margin into one labelled line.

    Parameters
    ----------
    words : str
        What the comment says.
    author, date : str
        As the file gives them; of the date only the day is shown. Empty = not known.
    passage : str
        The words it hangs on; cut after 60 code points.

    Returns
    -------
    str
        Empty when the comment is.

    Examples
    --------
    >>> comment_note("Ask again.", author="Ana", date="2024-05-01T10:00:00Z", passage="we wait")
    'Comment by Ana, 2024-05-01, on "we wait": Ask again.'
    """
    if not words.strip():
        return ""
    passage = " ".join(passage.split())
    if len(passage) > _MAX_PASSAGE:
        passage = passage[:_MAX_PASSAGE].rstrip() + "…"
    said = (f"by {author}" if author else "", date[:10], f'on "{passage}"' if passage else "")
    who = ", ".join(part for part in said if part)
    return f"Comment {who}: {words}" if who else f"Comment: {words}"


def finish(
    builder: TextBuilder,
    left_out: Counter[str],
    *,
    file: str,
    headers: Iterable[str] = (),
    encoding: str = "utf-8",
    guessed: bool = False,
    notes: tuple[str, ...] = (),
) -> Parsed:
    """Close a document with the account of what was left out.

    Parameters
    ----------
    builder : TextBuilder
    left_out : Counter of str
        For `counted`.
    file : str
        Name for the message.
    headers : iterable of str
        Words of page headers and footers; each is named once, up to 40 code points.
    encoding, guessed
        As for `Parsed`.
    notes : tuple of str
        Said before all else.

    Returns
    -------
    Parsed

    Raises
    ------
    ReadError
        If there is no text; it says what there was instead.
    """
    outside = sorted({" ".join(words.split()) for words in headers} - {""})
    phrases = (*notes, *counted(left_out), *(f'page header or footer "{words[:_MAX_HEADER]}"' for words in outside))
    if not builder.blocks:
        rest = f" Left out: {', '.join(phrases)}." if phrases else ""
        raise ReadError(f"{file}: holds no text. Nothing is stored for it.{rest}")
    blocks = with_speakers(builder.blocks, builder.text)
    changed = (new for old, new in zip(builder.blocks, blocks, strict=True) if new is not old)
    speakers = dict.fromkeys(builder.text[block.start : block.end].rstrip(": ") for block in changed)
    return Parsed(
        builder.text,
        blocks,
        left_out=phrases,
        encoding=encoding,
        encoding_guessed=guessed,
        read_as=(f"headings read as speakers: {listed(speakers)}",) if speakers else (),
    )
