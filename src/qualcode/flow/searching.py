"""Words or a pattern in, the sentences of the store with them out: where, whose, in what context, with which codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from time import monotonic
from typing import TYPE_CHECKING, Any

from ..errors import SelectionError
from ..model import ATTRIBUTES, Transcript
from .workspace import Workspace

if TYPE_CHECKING:
    from ..store import Filter, Store

ROLES = ("respondent", "all")
SECONDS = 20.0
"""A pattern that takes longer over the whole store is given up."""

Mark = tuple[int, int]


@dataclass(frozen=True)
class SearchReport:
    """What was found.

    Attributes
    ----------
    rows : list of dict
        One per sentence shown, by document and position: document, the six attributes, speaker, role, position, start
        and end, text, matches (list of [start, end]), before and after (the sentences around it, joined), codes (ids
        of the codes that count on it). Places are code points of the document, ends exclusive.
    sentences, documents : int
        All that were found, shown or not.
    others : int
        Sentences more that are not respondents', where only those of respondents were asked for.
    """

    rows: list[dict[str, Any]]
    sentences: int
    documents: int
    others: int


@dataclass(frozen=True)
class _Found:
    document_id: str
    document: str
    position: int
    role: str


def search(
    work: Workspace,
    words: str,
    asked: Filter,
    *,
    near: int | None = None,
    is_regex: bool = False,
    role: str = "respondent",
    context: int = 1,
    limit: int = 100,
    seconds: float = SECONDS,
) -> SearchReport:
    """Find sentences.

    Parameters
    ----------
    work : Workspace
    words : str
        As `qualcode.store.match_of` takes them; or a pattern.
    asked : Filter
        Documents; with `code` or `category`, only sentences on which such a code counts. `coder` and `status` do not
        matter here.
    near : int or None
        Most words, 0 or more, between the first and the last of the words; None = anywhere in the sentence.
    is_regex : bool
        `words` is a regular expression (of the module ``regex``), looked for within each sentence; capitals do not
        matter, and a line break counts as a blank.
    role : {"respondent", "all"}
        Whose sentences.
    context : int
        Sentences before and after it, whoever says them; 0 or more.
    limit : int
        At most so many sentences are given; 1 or more.
    seconds : float
        How long a pattern may take, above 0.

    Returns
    -------
    SearchReport

    Raises
    ------
    SelectionError
        For words that hold none, a pattern with a fault or that takes too long, a filter that names what there is not.
    """
    from ..store import Store, mark_words, match_of

    if role not in ROLES:
        raise SelectionError(f'--role "{role}" is not known. Roles: {", ".join(ROLES)}.')
    if is_regex and near is not None:
        raise SelectionError("--near is for words. Leave it out, or leave out --regex.")
    matcher = "" if is_regex else match_of(words, near=near)
    pattern = _Pattern(words, seconds) if is_regex else None
    with Store(work.store_path, read_only=True) as store, store.reading():
        chosen = store.check_filter(asked)
        if pattern is not None:
            found = list(_with_pattern(store, chosen, pattern))
        else:
            found = [_Found(**row) for row in store.search(matcher, chosen)]
        if chosen.code or chosen.category:
            coded = {(row["document_id"], row["position"]) for row in store.coded_sentences(chosen)}
            found = [one for one in found if (one.document_id, one.position) in coded]
        kept = [one for one in found if role == "all" or one.role == "respondent"]
        rows = list(_rows(store, kept[:limit], context))
    texts = [row["text"] for row in rows]
    marks = [pattern.marks(text) for text in texts] if pattern is not None else mark_words(texts, matcher)
    for row, places in zip(rows, marks, strict=True):
        row["matches"] = [[row["start"] + first, row["start"] + last] for first, last in places]
    return SearchReport(rows, len(kept), len({one.document_id for one in kept}), len(found) - len(kept))


class _Pattern:
    """A regular expression with a time that all its matching together may take."""

    def __init__(self, source: str, seconds: float) -> None:
        import regex

        try:
            self._compiled = regex.compile(source, regex.IGNORECASE)
        except regex.error as error:
            raise SelectionError(f'--regex "{source}" is no regular expression: {error}.') from error
        self._source, self._seconds, self._left = source, seconds, seconds

    def marks(self, text: str) -> tuple[Mark, ...]:
        """Where it matches; a match of nothing is none."""
        begin = monotonic()
        try:
            if self._left <= 0:
                raise TimeoutError
            # A blank for a blank: places stay.
            found = self._compiled.finditer(text.replace("\n", " "), timeout=self._left)
            return tuple(one.span() for one in found if one.end() > one.start())
        except TimeoutError as error:
            raise SelectionError(
                f'--regex "{self._source}" takes longer than {self._seconds:g} s, so nothing is shown. '
                "Repeat less inside of what is repeated, or ask for one --region."
            ) from error
        finally:
            self._left -= monotonic() - begin


def _with_pattern(store: Store, asked: Filter, pattern: _Pattern) -> Iterator[_Found]:
    for document in store.document_rows(asked):
        transcript = store.transcript(document["name"])
        for segment in transcript.segments:
            if pattern.marks(segment.text):
                role = transcript.turns[segment.turn].role
                yield _Found(document["document_id"], document["name"], segment.position, role)


def _rows(store: Store, found: Sequence[_Found], context: int) -> Iterator[dict[str, Any]]:
    for (document_id, name), group in groupby(found, key=lambda one: (one.document_id, one.document)):
        transcript = store.transcript(name)
        positions = [one.position for one in group]
        codes = _codes(store, document_id, positions)
        for position in positions:
            yield {**_row(transcript, position, context), "codes": codes.get(position, [])}


def _row(transcript: Transcript, position: int, context: int) -> dict[str, Any]:
    segment, segments = transcript.segments[position], transcript.segments
    turn = transcript.turns[segment.turn]
    return {
        "document": transcript.document.name,
        **{name: getattr(transcript.document.attributes, name) for name in ATTRIBUTES if name != "topics_asked"},
        "speaker": turn.speaker,
        "role": turn.role,
        "position": position,
        "start": segment.start,
        "end": segment.end,
        "text": segment.text,
        "before": " ".join(one.text for one in segments[max(0, position - context) : position]),
        "after": " ".join(one.text for one in segments[position + 1 : position + 1 + context]),
    }


def _codes(store: Store, document_id: str, positions: Sequence[int]) -> Mapping[int, list[str]]:
    """Ids of the codes that count, by number, at each position that has any."""
    numbers = store.verdicts.segment_ids(document_id)
    segments = [numbers[position] for position in positions if position in numbers]
    rows = store.verdicts.suggestions(document_id=document_id, segments=segments)
    counted = [row for row in rows if row["outcome"] in ("auto", "accepted")]
    return {
        position: [row["code"] for row in group] for position, group in groupby(counted, key=itemgetter("position"))
    }
