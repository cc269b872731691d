"""A transcript in, the facets of its sentences out: what is said of a barrier beside its name.

Facets (whom it concerns, with what effect, what is recommended) have a codebook of their own and are found by a
tagger for it, as codes are. They are no codes: nothing counts them as barriers, and none waits for a person.
"""

from __future__ import annotations

from ..model import Coding, Thresholds, Transcript
from .languages import LanguageTagger
from .taggers import RULES_THRESHOLDS, Tagger, decide

FACETS_FROM = 0.3
"""Probability from which a model's facet is given. A facet is a hint for the author of a report, who reads the
passage: half of them may be wrong where otherwise most would be missed. For calibrated probabilities the best F1 lies
at half its value (Lipton, Elkan & Naryanaswamy 2014), here about 0.25."""


class FacetTagger:
    """Finds facets in respondents' sentences that are in the language of the codebook.

    Parameters
    ----------
    tagger : Tagger
        For the facets' codebook.
    main : LanguageTagger
        Tells the language of a turn.
    """

    def __init__(self, tagger: Tagger, main: LanguageTagger) -> None:
        self._tagger = tagger
        self._main = main
        self._from = FACETS_FROM if tagger.kind == "model" else RULES_THRESHOLDS.auto
        self.hash = tagger.hash

    def find(self, transcript: Transcript) -> list[Coding]:
        """Facets of a transcript, their ids as codes, in the order of the sentences; all count."""
        scores = self._tagger.score(self._main.own_part(transcript))
        return decide(scores, Thresholds(auto=self._from, review=self._from))
