"""A transcript in several languages in, scores out: each turn read by the tagger of its language.

The study's tagger knows one language, the codebook's. Turns in another are read by rules with the cues
written for it; where there are none they are not read, and counted, so that silence is not taken for
an absence of barriers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise

from ..codebook import Codebook
from ..model import CODED_ROLES, Evidence, Score, Thresholds, Transcript, Turn, content_hash, count_words
from .taggers import RulesTagger, Tagger

MIN_WORDS = 8
"""A turn of fewer words is in the language of the rest."""
TOLD_FROM = 20_000
"""The language of a turn is told from its first characters: an hour's monologue has more."""


class LanguageTagger:
    """The study's tagger for turns in the codebook's language, rules with cues of their own for others.

    Where all turns are in the codebook's language, its scores are those of the study's tagger.

    Parameters
    ----------
    main : Tagger
        The study's, for the codebook's language.
    codebook : Codebook
    translations : mapping of str to Codebook
        The codebook with the cues of other languages, by language.
    language_of : callable
        Language of a text, ISO 639-1; None = cannot be told.

    Notes
    -----
    The probabilities of rules are no frequencies as a model's are. They are moved so that what would count, or wait, by
    `RulesTagger.thresholds` does so by the thresholds of `main`; in between they are interpolated.
    """

    def __init__(
        self,
        main: Tagger,
        codebook: Codebook,
        translations: Mapping[str, Codebook],
        language_of: Callable[[str], str | None],
    ) -> None:
        self.name, self.kind, self.thresholds = main.name, main.kind, main.thresholds
        self.hash = content_hash("languages.v1", main.hash, {key: book.hash for key, book in translations.items()})
        self._main = main
        self._language = codebook.language
        self._codes = [code.id for code in codebook.codes]
        self._translations = translations
        self._language_of = language_of
        self._rules: dict[str, RulesTagger] = {}

    def score(self, transcript: Transcript) -> list[Score]:
        """See `Tagger.score`; sentences in a language without cues have no code."""
        return self._score(transcript, lambda tagger, part: tagger.score(part))

    def score_written(self, transcript: Transcript) -> list[Score]:
        """See `Tagger.score_written`."""
        return self._score(transcript, lambda tagger, part: tagger.score_written(part))

    def explain(self, transcript: Transcript, position: int) -> Score | None:
        """See `Tagger.explain`."""

        def explained(tagger: Tagger, part: Transcript) -> list[Score]:
            score = tagger.explain(part, position)
            return [] if score is None else [score]

        return next((s for s in self._score(transcript, explained) if s.segment == position), None)

    def foreign(self, transcript: Transcript) -> Counter[str]:
        """Respondents' sentences in other languages than the codebook's, by language."""
        spoken = self._languages(transcript)
        coded = [spoken[segment.turn] for segment in transcript.segments if transcript.is_coded(segment)]
        return Counter(language for language in coded if language != self._language)

    def own_part(self, transcript: Transcript) -> Transcript:
        """The transcript with the turns in other languages than the codebook's silenced; positions stay."""
        return _only(transcript, self._languages(transcript), self._language)

    def has_cues(self, language: str) -> bool:
        """Whether there are cues of that language."""
        return language in self._translations

    def _score(self, transcript: Transcript, read: Callable[[Tagger, Transcript], list[Score]]) -> list[Score]:
        spoken = self._languages(transcript)
        if set(spoken) <= {self._language}:
            return read(self._main, transcript)
        scores = read(self._main, _only(transcript, spoken, self._language))
        for language in sorted(set(spoken) - {self._language}):
            part = _only(transcript, spoken, language)
            if self.has_cues(language):
                scores += [self._moved(score, language) for score in read(self._tagger_of(language), part)]
            else:
                scores += self._unread(part)
        return sorted(scores, key=lambda score: score.segment)

    def _languages(self, transcript: Transcript) -> list[str]:
        """Language of each turn: told from its words, or that of the longer turns, or as the document says."""
        texts = [
            transcript.document.text[turn.start : min(turn.end, turn.start + TOLD_FROM)] for turn in transcript.turns
        ]
        told = [self._language_of(text) if count_words(text) >= MIN_WORDS else None for text in texts]
        # The words before the attribute: notes of an interview held in Swedish may be written in English.
        common = Counter(language for language in told if language is not None).most_common(1)
        rest = common[0][0] if common else transcript.document.attributes.language or self._language
        return [language or rest for language in told]

    def _tagger_of(self, language: str) -> RulesTagger:
        # Made on first use: the lemmas of a language take a second to load.
        if language not in self._rules:
            self._rules[language] = RulesTagger(self._translations[language])
        return self._rules[language]

    def _moved(self, score: Score, language: str) -> Score:
        codes = {code: _on_scale(p, RulesTagger.thresholds, self.thresholds) for code, p in score.probabilities.items()}
        none = 1.0 - _on_scale(1.0 - score.none, RulesTagger.thresholds, self.thresholds)
        evidence = {code: (*found, Evidence("language", language)) for code, found in score.evidence.items()}
        return replace(score, probabilities=codes, none=none, evidence=evidence)

    def _unread(self, part: Transcript) -> list[Score]:
        return [Score(s.position, dict.fromkeys(self._codes, 0.0), 1.0) for s in part.segments if part.is_coded(s)]


def _only(transcript: Transcript, spoken: list[str], language: str) -> Transcript:
    """The transcript with the turns of other languages silenced; positions stay."""
    turns = [t if own == language else _silenced(t) for t, own in zip(transcript.turns, spoken, strict=True)]
    return replace(transcript, turns=tuple(turns))


def _silenced(turn: Turn) -> Turn:
    """A turn nobody codes; a question asks nothing, so that no earlier one is taken for it."""
    return replace(turn, role="note") if turn.role in CODED_ROLES else replace(turn, end=turn.start)


def _on_scale(p: float, old: Thresholds, new: Thresholds) -> float:
    """A probability moved so that it stands to `new` as it did to `old`.

    Examples
    --------
    >>> old, new = Thresholds(auto=0.5, review=0.3), Thresholds(auto=0.7, review=0.1)
    >>> [round(_on_scale(p, old, new), 3) for p in (0.0, 0.3, 0.5, 0.75, 1.0)]
    [0.0, 0.1, 0.7, 0.85, 1.0]
    """
    steps = list(zip((0.0, old.review, old.auto, 1.0), (0.0, new.review, new.auto, 1.0), strict=True))
    (a, x), (b, y) = next(pair for pair in pairwise(steps) if p <= pair[1][0])
    return x + (p - a) / (b - a) * (y - x)
