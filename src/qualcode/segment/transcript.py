"""A `Document` in, a `Transcript` out: turns first, then the sentences of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..model import Block, Document, Role, Segment, Transcript, Turn, count_words
from .sentences import Span, split_sentences
from .turns import Draft, find_turns

SEGMENTER_VERSION = "segment.v1"
"""Changes when the same document would be cut otherwise."""


def segment_document(document: Document, *, roles: Mapping[str, Role] | None = None) -> Transcript:
    """Cut a document into turns and segments.

    Parameters
    ----------
    document : Document
    roles : mapping of str to Role, optional
        Speaker label to role, overriding what is found; case does not matter.

    Returns
    -------
    Transcript
        Segments are ordered and disjoint, each inside its turn, and together hold every non-blank
        character of the turns.
    """
    return _transcript(document, find_turns(document, roles or {}))


def segment_passage(text: str, *, name: str = "text") -> Transcript:
    """Cut a passage that somebody said into sentences, without looking for labels.

    Parameters
    ----------
    text : str
        Newlines of any kind.
    name : str
        Name of the document it becomes.

    Returns
    -------
    Transcript
        One respondent turn; none when the text is blank.

    Examples
    --------
    >>> [s.text for s in segment_passage("Well, yes. Note: we wait.").segments]
    ['Well, yes.', 'Note: we wait.']
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    blocks: list[Block] = []
    start = 0
    for line in text.split("\n"):
        if line.strip():
            first = start + len(line) - len(line.lstrip())
            blocks.append(Block(first, start + len(line.rstrip()), "line"))
        start += len(line) + 1
    document = Document(name=name, text=text, blocks=tuple(blocks))
    spans = [Span(block.start, block.end, block.style) for block in blocks]
    return _transcript(document, [Draft(spans, role="respondent")] if spans else [])


def _transcript(document: Document, drafts: Sequence[Draft]) -> Transcript:
    turns: list[Turn] = []
    segments: list[Segment] = []
    for position, draft in enumerate(drafts):
        role = draft.role or "respondent"
        turns.append(Turn(position, draft.start, draft.end, draft.speaker, role, draft.time, draft.heading))
        for start, end in split_sentences(document.text, draft.spans):
            words = document.text[start:end]
            segments.append(Segment(len(segments), position, start, end, words, count_words(words)))
    return Transcript(document, tuple(turns), tuple(segments))
