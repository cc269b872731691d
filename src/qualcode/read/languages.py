"""Text in, language code out: offline, for documents whose language nobody has given."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

LANGUAGES = ("en", "sv", "de", "es", "ca", "it", "ro", "el", "bg", "lt", "nl", "fr")
"""ISO 639-1 codes a guess may give: those of the ten regions, and French."""

MIN_WORDS = 20
_CHUNK_WORDS = 40
_MAX_CHUNKS = 12
_AGREEMENT = 2 / 3
"""Share of the chunks that must give the same language."""


def guess_language(text: str) -> str | None:
    """Guess the language a text is written in.

    Parameters
    ----------
    text : str
        The words of a document.

    Returns
    -------
    str or None
        ISO 639-1 code, one of `LANGUAGES`; None below 20 words, or when stretches of about 40 words do not
        agree (less than two thirds for one language).

    Notes
    -----
    Several votes instead of one: over a whole text the classifier is sure of itself even where two languages mix.
    """
    words = re.findall(r"[^\W\d_]+", text)
    if len(words) < MIN_WORDS:
        return None
    chunks = [" ".join(words[at : at + _CHUNK_WORDS]) for at in range(0, len(words), _CHUNK_WORDS)]
    if len(chunks) > 1 and len(words) % _CHUNK_WORDS < MIN_WORDS and len(words) % _CHUNK_WORDS:
        chunks.pop()
    step = max(1, len(chunks) // _MAX_CHUNKS)
    votes = [_identifier().classify(chunk)[0] for chunk in chunks[::step][:_MAX_CHUNKS]]
    winner = max(LANGUAGES, key=votes.count)
    return winner if votes.count(winner) >= _AGREEMENT * len(votes) else None


@cache
def _identifier() -> Any:
    # Loading takes half a second: only a document without a language pays for it.
    import py3langid

    py3langid.set_languages(list(LANGUAGES))
    return py3langid
