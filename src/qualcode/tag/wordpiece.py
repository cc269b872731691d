"""Text in, WordPiece ids out: the tokenizer of all-MiniLM-L6-v2 (BERT, uncased).

The vocabulary is a table of 30,522 pieces, one a line, line number = id (see ``NOTICE.md``).
Written here because the usual package brings sixteen others along; the tests compare every id with
that package on odd text.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from ..errors import TagError

VOCABULARY_FILE = Path(__file__).with_name("data") / "wordpiece.txt"
VOCABULARY_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
MAX_PIECES = 256
"""Longest input the encoder was trained for, [CLS] and [SEP] included; the rest is cut off."""

_MAX_CHARACTERS_PER_WORD = 100


class WordPiece:
    """Tokenizer with a fixed vocabulary.

    Parameters
    ----------
    vocabulary : dict of str to int
        Piece to id; pieces inside a word begin with ``##``.
    """

    def __init__(self, vocabulary: dict[str, int]) -> None:
        self.vocabulary = vocabulary
        self.unknown = vocabulary["[UNK]"]
        self.start = vocabulary["[CLS]"]
        self.end = vocabulary["[SEP]"]

    def encode(self, text: str) -> list[int]:
        """Ids of `text`, from [CLS] to [SEP], at most `MAX_PIECES`.

        Parameters
        ----------
        text : str

        Returns
        -------
        list of int
            At least two ids.
        """
        ids = [piece for word in _words(text) for piece in self._pieces(word)]
        return [self.start, *ids[: MAX_PIECES - 2], self.end]

    def _pieces(self, word: str) -> list[int]:
        """Greedy longest match from the left; one [UNK] where that fails."""
        if len(word) > _MAX_CHARACTERS_PER_WORD:
            return [self.unknown]
        ids: list[int] = []
        start = 0
        while start < len(word):
            prefix = "##" if start else ""
            for end in range(len(word), start, -1):
                piece = self.vocabulary.get(prefix + word[start:end])
                if piece is not None:
                    break
            else:
                return [self.unknown]
            ids.append(piece)
            start = end
        return ids


@lru_cache(maxsize=1)
def load_wordpiece() -> WordPiece:
    """The tokenizer with the shipped vocabulary.

    Raises
    ------
    TagError
        If the file's SHA-256 is not `VOCABULARY_SHA256`.
    """
    table = VOCABULARY_FILE.read_bytes()
    if sha256(table).hexdigest() != VOCABULARY_SHA256:
        raise TagError(f"{VOCABULARY_FILE.name} is not the file that this version ships. Install qualcode again.")
    lines = table.decode("utf-8").split("\n")
    return WordPiece({piece: number for number, piece in enumerate(line for line in lines if line)})


def _words(text: str) -> list[str]:
    """BERT's basic tokens: cleaned, lower-cased, accents stripped, punctuation and CJK apart."""
    cleaned = "".join(_clean(character) for character in text)
    # One by one: the published tokenizer lower-cases characters, not words (no final sigma).
    lowered = unicodedata.normalize("NFD", "".join(c.lower() for c in cleaned))
    bare = "".join(c for c in lowered if unicodedata.category(c) != "Mn")
    return "".join(f" {c} " if _stands_alone(c) else c for c in bare).split()


def _clean(character: str) -> str:
    category = unicodedata.category(character)
    if character in "\t\n\r" or category == "Zs":
        return " "
    # Unassigned characters (Cn) stay: which they are depends on the Unicode version of this Python.
    dropped = character == "\ufffd" or category in ("Cc", "Cf", "Cs", "Co")
    return "" if dropped else character


@lru_cache(maxsize=4096)
def _stands_alone(character: str) -> bool:
    code = ord(character)
    ascii_symbol = 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126
    return ascii_symbol or unicodedata.category(character).startswith("P") or _is_cjk(code)


_CJK = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)


def _is_cjk(code: int) -> bool:
    return any(low <= code <= high for low, high in _CJK)
