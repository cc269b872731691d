"""Sentences in, cue hits and markers out: the codebook's wordings compiled to spaCy matchers.

spaCy cuts the words (a blank pipeline: no statistical model is needed), simplemma looks up their
lemmas on the lower-cased word, so that a lemma does not depend on the sentence around it. Regular
expressions run in ``regex`` with a time limit. A sentence is read alone; nothing here knows of turns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import regex
import simplemma
import spacy
from spacy.matcher import Matcher, PhraseMatcher
from spacy.tokens import Doc

from ..codebook import Codebook, Cue
from ..errors import TagError
from .literals import LiteralIndex
from .view import View, make_view

if TYPE_CHECKING:
    from spacy.language import Language

RULES_VERSION = "rules.v1"
REGEX_SECONDS = 0.5
_NEGATORS = frozenset({"no", "not", "never", "without", "hardly", "neither", "nor"})
_NEGATION_REACH = 3
"""Tokens before a deficit marker in which a negator turns it round ("not really a lack of")."""
_IRREGULAR = {"n't": "not", "ca": "can", "wo": "will", "'m": "be", "'re": "be", "'ve": "have", "'ll": "will"}


@dataclass(frozen=True)
class CueHit:
    """A cue found in a sentence.

    Attributes
    ----------
    code : str
        Code id.
    label : str
        The cue, as the codebook writes it.
    weight : float
    start, end : int
        Code points into the sentence as given.
    """

    code: str
    label: str
    weight: float
    start: int
    end: int


@dataclass(frozen=True)
class MarkerHit:
    """A marker found in a sentence; offsets as in `CueHit`, `negated` for deficits turned round."""

    group: str
    label: str
    start: int
    end: int
    negated: bool = False


@dataclass(frozen=True)
class Reading:
    """What the rules see in one sentence.

    Attributes
    ----------
    hits : tuple of CueHit
        Cues whose needs are met, at most one hit a cue (the first), in codebook order.
    markers : tuple of MarkerHit
        All markers.
    question : bool
        The sentence ends in a question mark.
    """

    hits: tuple[CueHit, ...] = ()
    markers: tuple[MarkerHit, ...] = ()
    question: bool = False
    scores: dict[str, float] = field(default_factory=dict)

    def has(self, group: str) -> bool:
        """Whether a marker of `group` stands in the sentence (a negated deficit does not count)."""
        return any(marker.group == group and not marker.negated for marker in self.markers)

    @property
    def veto(self) -> str | None:
        """Why the sentence reports no present problem, in one word; None when nothing says so.

        A deficit that stands un-negated in the sentence keeps the coding ("money is no problem, but we
        still wait two years"). Recommendations and good practice are evidence for a model, no veto: on
        the examples their markers stand in more barriers than in sentences without one.
        """
        if self.has("deficit"):
            return None
        if self.question:
            return "asked"
        for group, name in _VETOES:
            if self.has(group):
                return name
        return "negated" if any(marker.negated for marker in self.markers) else None


_VETOES = (("negation", "negated"), ("solved", "solved"), ("hypothetical", "hypothetical"))


@dataclass(frozen=True)
class _CompiledCue:
    """A cue with its conditions compiled; `expression` only where the cue is a regular expression."""

    code: str
    cue: Cue
    expression: Any
    given: tuple[Any, ...]
    unless: Any


class RuleBook:
    """A codebook's cues and markers, compiled once.

    Parameters
    ----------
    codebook : Codebook

    Raises
    ------
    TagError
        For a token pattern that spaCy refuses, naming the code.
    """

    def __init__(self, codebook: Codebook) -> None:
        self.codebook = codebook
        self._language = codebook.language
        self._nlp = _blank(codebook.language)
        self._phrases = PhraseMatcher(self._nlp.vocab, attr="LEMMA")
        self._tokens = Matcher(self._nlp.vocab)
        self._cues: dict[str, _CompiledCue] = {}
        self._expressions: list[_CompiledCue] = []
        self._marker_labels: dict[str, tuple[str, str]] = {}
        for code in codebook.codes:
            for number, cue in enumerate(code.cues):
                self._add_cue(f"cue:{code.id}:{number}", code.id, cue)
        for group, labels in codebook.markers.groups():
            for number, label in enumerate(labels):
                key = f"marker:{group}:{number}"
                self._phrases.add(key, [self._parse(label)])
                self._marker_labels[key] = (group, label)
        self._index = LiteralIndex([codebook.expand(compiled.cue.regex or "") for compiled in self._expressions])

    def read(self, sentence: str) -> Reading:
        """Cues and markers of one sentence.

        Parameters
        ----------
        sentence : str

        Returns
        -------
        Reading

        Raises
        ------
        TagError
            If a regular expression takes longer than `REGEX_SECONDS`; names the cue.
        """
        view = make_view(sentence)
        matchers = [matcher for matcher in (self._phrases, self._tokens) if len(matcher)]  # spaCy warns of empty ones
        doc = self._parse(view.text if matchers else "")  # regular expressions need no words
        spans: dict[str, list[tuple[int, int]]] = {}
        markers: list[tuple[str, int, int]] = []
        for match, start, end in (found for matcher in matchers for found in matcher(doc)):
            key = self._nlp.vocab.strings[match]
            if key in self._marker_labels:
                markers.append((key, start, end))
            else:
                spans.setdefault(key, []).append((start, end))
        found_markers = list(self._marker_hits(doc, view, markers))
        hits = [
            *self._cue_hits(doc, view, spans, markers),
            *self._regex_hits(view, found_markers),
        ]
        order = {code.id: number for number, code in enumerate(self.codebook.codes)}
        hits.sort(key=lambda hit: (order[hit.code], hit.start, hit.label))
        scores: dict[str, float] = {}
        for hit in hits:
            scores[hit.code] = scores.get(hit.code, 0.0) + hit.weight
        question = view.text.rstrip(" \"')]").endswith(("?", ";" if self._language == "el" else "?"))
        return Reading(tuple(hits), tuple(found_markers), question, scores)

    def _add_cue(self, key: str, code: str, cue: Cue) -> None:
        compiled = _CompiledCue(
            code,
            cue,
            self._compile(cue.regex),
            tuple(self._compile(rf"\b(?:{words})\b") for words in cue.given),
            self._compile(rf"\b(?:{cue.unless})\b" if cue.unless else None),
        )
        if cue.regex is not None:
            self._expressions.append(compiled)
            return
        self._cues[key] = compiled
        if cue.lemma is not None:
            self._phrases.add(key, [self._parse(cue.lemma)])
            return
        try:
            self._tokens.add(key, [list(cue.tokens or ())], greedy="LONGEST")
        except (ValueError, KeyError) as error:
            reason = str(error).splitlines()[0]
            raise TagError(f"code {code}: token pattern {cue.label} is refused by spaCy: {reason}") from error

    def _compile(self, expression: str | None) -> Any:
        return None if expression is None else _compiled(self.codebook.expand(expression))

    def _parse(self, text: str) -> Doc:
        doc = self._nlp.make_doc(text)
        for token in doc:
            token.lemma_ = _lemma(token.lower_, self._language)
        return doc

    def _cue_hits(
        self, doc: Doc, view: View, spans: dict[str, list[tuple[int, int]]], markers: list[tuple[str, int, int]]
    ) -> Iterator[CueHit]:
        for key, places in spans.items():
            compiled = self._cues[key]
            for start, end in sorted(places):
                if compiled.cue.needs and not self._needed(doc, compiled.cue.needs, markers, start, end):
                    continue
                if not _fits(compiled, view.text):
                    break
                span = doc[start:end]
                yield self._hit(compiled, view, span.start_char, span.end_char)
                break

    def _needed(self, doc: Doc, group: str, markers: list[tuple[str, int, int]], start: int, end: int) -> bool:
        return any(
            self._marker_labels[key][0] == group
            and (b <= start or a >= end)
            and not (group == "deficit" and _is_negated(doc, a))
            for key, a, b in markers
        )

    def _regex_hits(self, view: View, markers: list[MarkerHit]) -> Iterator[CueHit]:
        for number in self._index.possible(view.text):
            compiled = self._expressions[number]
            match = _search(compiled, compiled.expression, view.text)
            if match is None or match.start() == match.end() or not _fits(compiled, view.text):
                continue
            hit = self._hit(compiled, view, match.start(), match.end())
            needs = compiled.cue.needs
            if needs is None or any(
                m.group == needs and not m.negated and (m.end <= hit.start or m.start >= hit.end) for m in markers
            ):
                yield hit

    def _marker_hits(self, doc: Doc, view: View, markers: list[tuple[str, int, int]]) -> Iterator[MarkerHit]:
        for key, start, end in sorted(markers, key=lambda found: (found[1], found[2], found[0])):
            group, label = self._marker_labels[key]
            span = doc[start:end]
            a, b = view.original(span.start_char, span.end_char)
            yield MarkerHit(group, label, a, b, negated=group == "deficit" and _is_negated(doc, start))

    @staticmethod
    def _hit(compiled: _CompiledCue, view: View, start: int, end: int) -> CueHit:
        a, b = view.original(start, end)
        return CueHit(compiled.code, compiled.cue.label, compiled.cue.weight, a, b)


def _fits(compiled: _CompiledCue, text: str) -> bool:
    """Whether the words the cue asks for stand in the sentence, and those it excludes do not."""
    if compiled.unless is not None and _search(compiled, compiled.unless, text) is not None:
        return False
    return all(_search(compiled, given, text) is not None for given in compiled.given)


def _search(compiled: _CompiledCue, expression: Any, text: str) -> Any:
    try:
        return expression.search(text, timeout=REGEX_SECONDS)
    except TimeoutError as error:
        raise TagError(
            f"code {compiled.code}: the regular expression {compiled.cue.label} took longer than {REGEX_SECONDS} s on "
            "one sentence. Rewrite it without nested repeats."
        ) from error


def _is_negated(doc: Doc, start: int) -> bool:
    return any(token.lemma_ in _NEGATORS for token in doc[max(0, start - _NEGATION_REACH) : start])


@lru_cache(maxsize=20_000)
def _compiled(expression: str) -> Any:
    # The module's own cache holds 500, fewer than a codebook has.
    return regex.compile(expression, regex.IGNORECASE)


@lru_cache(maxsize=200_000)
def _lemma(word: str, language: str) -> str:
    if language == "en" and word in _IRREGULAR:
        return _IRREGULAR[word]
    return str(simplemma.lemmatize(word, lang=language)).lower()


@lru_cache(maxsize=4)
def _blank(language: str) -> Language:
    return spacy.blank(language)
