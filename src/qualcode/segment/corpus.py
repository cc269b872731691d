"""Coded transcripts for work with language tools: a spaCy DocBin, and lines of tokens like CoNLL's; both read back.

In: transcripts with the codes of their segments. Out: the content of a file. Texts stay as they are, so offsets do.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span

from ..model import ATTRIBUTES, Transcript

SPANS = "codes"
"""Key of the codings in ``doc.spans``."""
NO_CODE = "_"
_ANY_LANGUAGE = "xx"
_WORD = re.compile(r"\S")

Place = tuple[int, int, str]
"""Start, end and code."""


@dataclass(frozen=True)
class Coded:
    """A transcript with its codings.

    Attributes
    ----------
    transcript : Transcript
    codings : sequence of mapping
        With `start`, `end` (of a segment) and `code`; everything else in it goes along where the format has room.
    language : str
        ISO 639-1 code: whose rules for tokens; "xx" = those of none.
    """

    transcript: Transcript
    codings: Sequence[Mapping[str, Any]]
    language: str = "xx"

    @property
    def places(self) -> list[Place]:
        """Where which code was given, in order."""
        return sorted((row["start"], row["end"], row["code"]) for row in self.codings)


@dataclass(frozen=True)
class Corpus:
    """The content of a file.

    Attributes
    ----------
    content : bytes
    expanded : int
        Codings whose segment begins or ends inside a token: they cover the whole token.
    """

    content: bytes
    expanded: int = 0


# --- spaCy ---------------------------------------------------------------------------------------


def write_docbin(coded: Iterable[Coded]) -> Corpus:
    """One Doc a document: sentences are our segments, ``doc.spans["codes"]`` the codings, labelled by code id.

    Parameters
    ----------
    coded : iterable of Coded

    Returns
    -------
    Corpus
        Tokens are those of a blank model of the language. Words between segments (names of speakers) are
        sentences of their own. ``doc.user_data`` has the name, the attributes and the codings as they are.
    """
    box = DocBin(attrs=["ORTH", "SPACY", "SENT_START"], store_user_data=True)
    expanded = 0
    for item in coded:
        doc, widened = _doc(item)
        expanded += widened
        box.add(doc)
    return Corpus(box.to_bytes(), expanded)


def read_docbin(content: bytes) -> list[tuple[str, str, list[Place]]]:
    """Name, text and places of each document of `write_docbin`; places are those of tokens."""
    docs = DocBin().from_bytes(content).get_docs(_blank(_ANY_LANGUAGE).vocab)
    return [
        (doc.user_data["document"], doc.text, sorted((s.start_char, s.end_char, s.label_) for s in doc.spans[SPANS]))
        for doc in docs
    ]


def _doc(item: Coded) -> tuple[Doc, int]:
    document = item.transcript.document
    doc = _tokens(item)
    starts = _sentence_starts(item.transcript)
    for token in doc:
        first = bisect_left(starts, token.idx)
        token.is_sent_start = token.i == 0 or first < bisect_left(starts, token.idx + len(token))
    exact = [doc.char_span(*place) for place in item.places]
    spans = [span or _covering(doc, *place) for span, place in zip(exact, item.places, strict=True)]
    expanded = exact.count(None)
    doc.spans[SPANS] = spans
    attributes = {name: getattr(document.attributes, name) for name in ATTRIBUTES}
    doc.user_data = {"document": document.name, **attributes, "codings": [dict(row) for row in item.codings]}
    return doc, expanded


def _sentence_starts(transcript: Transcript) -> list[int]:
    """Where segments begin, and where other words begin behind them."""
    behind = (_WORD.search(transcript.document.text, segment.end) for segment in transcript.segments)
    return sorted({segment.start for segment in transcript.segments} | {found.start() for found in behind if found})


def _covering(doc: Doc, start: int, end: int, label: str = "") -> Span:
    """The tokens that hold a place, whole."""
    span = doc.char_span(start, end, label=label, alignment_mode="expand")
    assert span is not None  # a segment has words
    return span


def _tokens(item: Coded) -> Doc:
    text, model = item.transcript.document.text, _blank(item.language)
    model.max_length = max(model.max_length, len(text) + 1)
    return model.make_doc(text)


@cache
def _blank(language: str) -> Language:
    """A model without parts; of no language where spaCy has none, or needs a program that is not there."""
    try:
        return spacy.blank(language)
    except ImportError:
        return spacy.blank(_ANY_LANGUAGE)


# --- lines of tokens -----------------------------------------------------------------------------


def write_conll(coded: Iterable[Coded]) -> Corpus:
    """A token a line: number in the sentence, token, start, end, codes of the sentence apart by "|" or "_".

    Parameters
    ----------
    coded : iterable of Coded

    Returns
    -------
    Corpus
        Sentences are our segments, apart by an empty line, below comments: ``# newdoc``, the attributes, ``# speaker``,
        ``# role``, ``# sentence`` (number, start, end). Words outside of segments are not in it. UTF-8, LF.
    """
    lines = ["# qualcode tokens: number, token, start, end, codes"]
    for item in coded:
        lines += _document_lines(item)
    return Corpus("\n".join([*lines, ""]).encode())


def read_conll(content: bytes) -> list[tuple[str, list[tuple[str, int, int]], list[Place]]]:
    """Name, tokens with their places, and places of codings of each document of `write_conll`."""
    found: list[tuple[str, list[tuple[str, int, int]], list[Place]]] = []
    place = (0, 0)
    for line in content.decode().split("\n"):
        if line.startswith("# newdoc = "):
            found.append((line.removeprefix("# newdoc = "), [], []))
        elif line.startswith("# sentence = "):
            _, start, end = line.removeprefix("# sentence = ").split()
            place = int(start), int(end)
        elif line.startswith("# codes = "):
            found[-1][2].extend((*place, code) for code in line.removeprefix("# codes = ").split("|"))
        elif "\t" in line:
            _, token, start, end, _ = line.split("\t")
            found[-1][1].append((token, int(start), int(end)))
    return [(name, tokens, sorted(places)) for name, tokens, places in found]


def _document_lines(item: Coded) -> Iterable[str]:
    document = item.transcript.document
    yield f"# newdoc = {_one_line(document.name)}"
    for name in ATTRIBUTES:
        if (value := getattr(document.attributes, name)) is not None:
            yield f"# {name} = {_one_line(value)}"
    codes: dict[tuple[int, int], list[str]] = {}
    for start, end, code in item.places:
        codes.setdefault((start, end), []).append(code)
    doc = _tokens(item)
    for segment in item.transcript.segments:
        turn = item.transcript.turns[segment.turn]
        given = codes.get((segment.start, segment.end), [])
        yield ""
        yield f"# sentence = {segment.position} {segment.start} {segment.end}"
        yield f"# role = {turn.role}"
        if turn.speaker:
            yield f"# speaker = {_one_line(turn.speaker)}"
        if given:
            yield f"# codes = {'|'.join(given)}"
        span = _covering(doc, segment.start, segment.end)
        words = [words for token in span for words in _inside(token, segment.start, segment.end) if words[0].strip()]
        for number, (text, start) in enumerate(words, start=1):
            yield f"{number}\t{text}\t{start}\t{start + len(text)}\t{'|'.join(given) or NO_CODE}"
    yield ""


def _inside(token: Any, first: int, last: int) -> Iterable[tuple[str, int]]:
    """The part of a token inside of a segment, in pieces without blanks; each with its place."""
    start, end = max(token.idx, first), min(token.idx + len(token), last)
    text = token.text[start - token.idx : end - token.idx]
    at = 0
    for piece in text.split():
        at = text.index(piece, at)
        yield piece, start + at
        at += len(piece)


def _one_line(text: str) -> str:
    return " ".join(text.split())
